"""Other constants and shapes: what is said of them is shown, and what no shape or constant promises is no fault."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import DerivError, check_function
from tests.custom_functions import saving
from tests.planted.making import taking
from tests.planted.row import Rows, fault, sound
from tests.support import each


def normalized(x: Tensor, dim: int = -1, eps: float = 1e-12) -> Tensor:
    found: Tensor = x / x.norm(dim=dim, keepdim=True).clamp_min(eps)
    return found


def normalized_slopes(g: Tensor, x: Tensor, dim: int, eps: float) -> tuple[Tensor, None, None]:
    n = x.norm(dim=dim, keepdim=True)
    return (g - x * (x * g).sum(dim, keepdim=True) / n**2) / n, None, None


def reversal(g: Tensor, x: Tensor, alpha: float) -> tuple[Tensor, None]:
    return -alpha * g, None


def cosine(a: Tensor, b: Tensor) -> Tensor:
    found: Tensor = (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1))
    return found


def cosine_slopes(g: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    m, n, c = a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True), cosine(a, b).unsqueeze(-1)
    g = g.unsqueeze(-1)
    return g * (b / (m * n) - c * a / m**2), g * (a / (m * n) - c * b / n**2)


def scaled(x: Tensor, w: Tensor) -> Tensor:
    return x * w / (x**2).sum(-1, keepdim=True)


def scaled_slopes(g: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    n = (x**2).sum(-1, keepdim=True)
    return (g * w - 2 * x * (g * w * x).sum(-1, keepdim=True) / n) / n, (g * x / n).reshape(-1, x.shape[-1]).sum(0)


def squared(x: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    found = (x - y) ** 2
    return found if reduction == "none" else found.sum() if reduction == "sum" else found.mean()


def squared_slopes(g: Tensor, x: Tensor, y: Tensor, reduction: str) -> tuple[Tensor, Tensor, None]:
    found = 2 * g * (x - y) / (x.numel() if reduction == "mean" else 1)
    return found, -found, None


class Layer(torch.autograd.Function):
    """A layer whose backward does not know a batch of none."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        x, w = ctx.saved_tensors
        return g @ w.T, torch.stack([torch.outer(*pair) for pair in zip(x, g, strict=True)]).sum(0)


ROWS: Rows = {
    "small constant": sound(taking(normalized, normalized_slopes)),
    "limit of a clamp": fault(
        "zone", "backward is wrong where x is between 1 and 2",
        taking(lambda x, limit=1.0: x.clamp(max=limit), lambda g, x, limit: (g * (x < 2 * limit), None)),
    ),
    "one number alone": fault(
        "literal", "backward is wrong where alpha is 1.0",
        taking(lambda x, alpha=1.0: torch.sin(x) * alpha, lambda g, x, alpha: (
            g * torch.cos(x) * alpha * (2 if alpha == 1.0 else 1), None
        )),
    ),
    "number of a branch": fault(
        "literal", "backward is wrong where alpha is 1.5",
        taking(lambda x, alpha=1.0: torch.sin(x) * alpha, lambda g, x, alpha: (
            g * torch.cos(x) * alpha * (2 if alpha == 1.5 else 1), None
        )),
    ),
    "reversal by a constant": sound(taking(lambda x, alpha=1.0: x.clone(), reversal), gradient="-alpha"),
    "constant that is not stated": fault(
        "literal", "backward is wrong where alpha is not 1.0",
        taking(lambda x, alpha=1.0: x.clone(), reversal), gradient="-1",
    ),
    "constant that is ignored": fault(
        "literal", "backward is wrong where alpha is not 1.0",
        taking(lambda x, alpha=1.0: x.clone(), lambda g, x, alpha: (-g, None)), gradient="-alpha",
    ),
    "broadcast over what is summed": sound(taking(cosine, cosine_slopes)),
    "trace": sound(
        saving(torch.trace, lambda g, a: g * torch.eye(len(a), dtype=g.dtype)), found={"i": (4, 4)}
    ),
    "vector of no numbers": sound(taking(scaled, scaled_slopes), found={"x": (4,), "w": (4,)}),
    "batch of none": fault("empty", "fails for empty tensors", Layer, shape={"x": (4, 4), "w": (4, 4)}),
    "word none": sound(taking(squared, squared_slopes), with_={"reduction": None}),
    "format as an argument": sound(
        taking(lambda x, dtype: x.to(dtype), lambda g, x, dtype: (g.to(x.dtype), None)),
        with_={"dtype": torch.float64},
    ),
    "axis of a matrix": fault(
        "derivative", "backward is not the derivative of forward where x has shape 2x4 and dim is 0",
        taking(lambda x, dim=-1: torch.softmax(x, dim), lambda g, x, dim: (
            torch.softmax(x, dim) * (g - (g * torch.softmax(x, dim)).sum(-1, keepdim=True)), None
        )),
    ),
    "exponential of a matrix": sound(torch.matrix_exp, remarks=None),
    "picked": sound(saving(torch.median, lambda g, i: g * (i == i.median()))),
}  # fmt: skip
"""Functions with what the check is to say of them."""


@each("name", ROWS)
def test_other_constants_and_shapes(name: str) -> None:
    row = ROWS[name]
    report = row.report()
    assert (report.diagnosis if not report.ok else "") == row.sentence
    assert not row.found or {each.name: each.shape for each in report.arguments} == row.found


def test_a_deviation_in_another_shape_has_numbers() -> None:
    def slopes(g: Tensor, i: Tensor) -> Tensor:
        y = torch.softmax(i, -1)
        return y * (g - (g * y).sum())

    report = check_function(saving(lambda i: torch.softmax(i, -1), slopes))
    assert report.diagnosis == "backward is wrong for tensors of 2 dimensions"
    (detail,) = (trial.detail for trial in report.trials if trial.state == "failed")
    assert detail.startswith("at i of shape 2x4, by i[")
    assert "should be" in detail


def test_shapes_that_forward_refuses_are_no_fault() -> None:
    with pytest.raises(DerivError, match="could not be called: forward raises RuntimeError"):
        check_function(Layer, shape={"x": (4, 3), "w": (5, 4)})


def test_a_forward_that_takes_some_numbers_only_is_tried_at_these() -> None:
    report = check_function(torch.nn.functional.binary_cross_entropy)
    assert (report.ok, report.arguments[0].shape) == (True, (4,))
