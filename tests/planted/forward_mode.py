"""Planted faults of forward mode, of rules for vmap, and of other transforms of functions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.custom_functions import RightTangent
from tests.planted.making import modern
from tests.planted.row import Rows, fault

TWICE = "jvp is not the derivative of jvp: forward mode taken twice gives 0"
WRONG_RULE = "the vmap rule gives another result"
FAILING_RULE = "the vmap rule fails"
WRONG_TANGENT = "jvp is not the derivative"


def cube(x: Tensor) -> Tensor:
    return x**3


def cube_slope(g: Tensor, x: Tensor) -> Tensor:
    return g * 3 * x**2


def product(x: Tensor, y: Tensor) -> Tensor:
    return x * y


def product_slopes(g: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return g * y, g * x


def total(x: Tensor) -> Tensor:
    return (x**2).sum(-1)


def total_slope(g: Tensor, x: Tensor) -> Tensor:
    return g[..., None] * 2 * x


def by_the_first_axis(info: Any, in_dims: Any, x: Tensor) -> tuple[Tensor, int]:
    return (x**2).sum(-1), 0


def to_the_last_axis(info: Any, in_dims: Any, x: Tensor) -> tuple[Tensor, int]:
    found: Tensor = Row.apply(x.movedim(in_dims[0], 0))  # type: ignore[no-untyped-call]
    return found.reshape(-1, info.batch_size), 1


def both_batched(info: Any, in_dims: Any, x: Tensor, y: Tensor) -> tuple[Tensor, int]:
    return x.movedim(in_dims[0], 0) * y.movedim(in_dims[1], 0), 0


def other_batched(info: Any, in_dims: Any, x: Tensor, y: Tensor) -> tuple[Tensor, int]:
    x, y = (each if axis is None else each.movedim(axis, 0) for each, axis in zip((x, y), in_dims, strict=True))
    return x * y if None not in in_dims else x + y, 0


def raising_rule(info: Any, in_dims: Any, x: Tensor) -> Any:
    raise NotImplementedError("vmap comes later")


def branching(x: Tensor) -> Tensor:
    return x**3 if x.sum() > 0 else x**3 * 1.0


def branching_slope(g: Tensor, x: Tensor) -> Tensor:
    return g * 3 * x**2 if g.abs().sum().item() >= 0 else g


Row = modern(lambda x: x**2, lambda g, x: g * 2 * x, name="Row", generate_vmap_rule=True)


def slope_of_a_slope(factor: float) -> Any:
    """The slope of the cube, with derivatives of its own; its jvp is right with a factor of 6."""
    return modern(
        cube_slope, lambda g, t, x: (cube_slope(g, x), g * t * 6 * x),
        jvp=lambda move, turn, t, x: cube_slope(move, x) + t * factor * x * turn,
    ).apply  # fmt: skip


FORWARD_MODE: Rows = {
    "jvp under no tangent": fault("jvp twice", TWICE, RightTangent, "i**2"),
    "jvp of a cube": fault("jvp twice", TWICE, modern(cube, cube_slope, jvp=cube_slope, generate_vmap_rule=True)),
    "jvp of a product": fault(
        "jvp twice", TWICE,
        modern(product, product_slopes, jvp=lambda dx, dy, x, y: (
            (0 * x if dx is None else dx * y) + (0 * y if dy is None else dy * x)
        )),
    ),
    "jvp times two": fault("jvp", WRONG_TANGENT, modern(cube, cube_slope, jvp=lambda t, x: 2 * cube_slope(t, x))),
    "jvp of x alone": fault(
        "jvp", WRONG_TANGENT,
        modern(product, product_slopes, jvp=lambda dx, dy, x, y: 0 * x if dx is None else dx * y),
    ),
    "jvp of the wrong sign": fault(
        "jvp", WRONG_TANGENT,
        modern(lambda x: torch.cos(x), lambda g, x: -g * torch.sin(x), jvp=lambda t, x: t * torch.sin(x)),
    ),
    "jvp of both": fault(
        "jvp partial", "jvp fails where only x has a tangent",
        modern(product, product_slopes, materialize=False, jvp=lambda dx, dy, x, y: dx * y + dy * x),
    ),
    "jvp that detaches": fault(
        "reverse over forward", "the gradient of jvp is silently wrong",
        modern(cube, cube_slope, jvp=lambda t, x: cube_slope(t, x.detach())),
    ),
    "backward of another jvp": fault(
        "forward over reverse", "forward mode over backward is silently wrong",
        modern(cube, slope_of_a_slope(7), jvp=slope_of_a_slope(6)),
    ),
    "jvp without a factor for matrices": fault(
        "jvp", WRONG_TANGENT,
        modern(lambda x, w: x @ w, lambda g, x, w: (g @ w.T, x.T @ g), jvp=lambda dx, dw, x, w: (
            (0 if dx is None else dx @ w) + (0 if dw is None else 2 * x @ dw)
        )),
        shape={"x": (4, 3), "w": (3, 2)},
    ),
}  # fmt: skip

VMAP: Rows = {
    "rule of the first axis": fault(
        "vmap", WRONG_RULE, modern(total, total_slope, vmap=by_the_first_axis), shape={"x": (3,)},
    ),
    "rule with another out_dims": fault(
        "vmap", WRONG_RULE, modern(lambda x: x**2, lambda g, x: g * 2 * x, vmap=to_the_last_axis), shape={"x": (3,)},
    ),
    "rule of batches only": fault(
        "vmap", FAILING_RULE, modern(product, product_slopes, vmap=both_batched), shape={"x": (3,), "y": (3,)},
    ),
    "rule that adds": fault(
        "vmap", WRONG_RULE, modern(product, product_slopes, vmap=other_batched), shape={"x": (3,), "y": (3,)},
    ),
    "rule that is missing": fault(
        "vmap", FAILING_RULE, modern(cube, cube_slope, vmap=raising_rule),
    ),
    "generated rule of a branch": fault(
        "vmap generated", "fails under torch.func.vmap", modern(branching, cube_slope, generate_vmap_rule=True),
    ),
    "generated rule of a number": fault(
        "torch.func", "fails under torch.func.jacrev", modern(cube, branching_slope, generate_vmap_rule=True),
    ),
}  # fmt: skip
