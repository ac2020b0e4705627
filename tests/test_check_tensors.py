"""Gradients of tensors and of several outputs: each mistake is named, and nothing is said of right ones."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from derivcli.custom.arguments.binding import bind
from derivcli.custom.arguments.given import Given
from derivcli.custom.check_function import attempted
from derivcli.custom.loading.custom_function import custom_function
from derivcli.custom.report import Outcome
from derivcli.custom.trials.trial_table import TRIALS
from derivcli.engines.chunks import one_thread
from tests.custom_functions import made
from tests.support import each

Shapes = Mapping[str, tuple[int, ...]]
Row = tuple[Callable[..., Any], Callable[..., Any], Shapes, str]


def outcome(value: Callable[..., Any], slopes: Callable[..., Any], shapes: Shapes) -> Outcome:
    """What the trials up to the backward come to for a function; `slopes` takes upstream gradients and arguments."""

    def forward(ctx: Any, *given: Any) -> Any:
        ctx.save_for_backward(*given)
        return value(*given)

    own = inspect.signature(value)
    first = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    forward.__signature__ = own.replace(parameters=[first, *own.parameters.values()])  # type: ignore[attr-defined]
    function = made(forward, lambda ctx, *upstreams: slopes(*upstreams, *ctx.saved_tensors))
    constants = {"index": (torch.tensor([0, 2, 2, 3]),)} if "index" in own.parameters else {}
    subject = bind(custom_function("F", function), given=Given(shapes=shapes, constants=constants))
    wanted = ("forward and backward run", "backward with an upstream gradient of 1")
    with one_thread():
        found = [attempted(row.attempt, subject) for row in TRIALS if row.name in wanted]
    return next((each for each in found if each.state == "failed"), found[-1])


def linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w.T + b


def softmax(x: Tensor) -> Tensor:
    return torch.softmax(x, -1)


def softmax_slope(g: Tensor, x: Tensor) -> Tensor:
    return softmax(x) * (g - (g * softmax(x)).sum(-1, keepdim=True))


def sine_and_cosine(x: Tensor) -> tuple[Tensor, Tensor]:
    return torch.sin(x), torch.cos(x)


def changed(x: Tensor, place: tuple[int, ...]) -> Tensor:
    found = x.clone()
    found[place] *= 2
    return found


LAYER: Shapes = {"x": (4, 3), "w": (5, 3), "b": (5,)}
SQUARE: Shapes = {"x": (4, 4), "w": (4, 4), "b": (4,)}

FAULTS: dict[str, Row] = {
    "transposed": (
        linear, lambda g, x, w, b: (g @ w, x.T @ g, g.sum(0)), SQUARE, "the gradient of w is transposed"
    ),
    "transposed, refused": (
        linear, lambda g, x, w, b: (g @ w, x.T @ g, g.sum(0)), LAYER, "the gradient of w is transposed"
    ),
    "not summed": (
        lambda x, s: x * s[:, None], lambda g, x, s: (g * s[:, None], g * x), {"x": (4, 3), "s": (4,)},
        "the gradient of s is not summed over axis 1",
    ),
    "last part": (
        linear, lambda g, x, w, b: (g @ w, g.T @ x, g[-1]), LAYER,
        "the gradient of b takes only the last part of axis 0",
    ),
    "wrong axis": (
        linear, lambda g, x, w, b: (g @ w, g.T @ x, g.sum(1)), SQUARE, "the gradient of b is summed over the wrong axis"
    ),
    "mean for sum": (
        linear, lambda g, x, w, b: (g @ w, g.T @ x / len(x), g.sum(0)), LAYER,
        "off by a factor 0.25 in w: a mean where a sum is due?",
    ),
    "factor of the size of an axis": (
        linear, lambda g, x, w, b: (g @ w, g.T @ x * 4, g.sum(0)), LAYER, "off by a factor 4 in w"
    ),
    "sum for mean": (
        lambda x: x.mean(-1), lambda g, x: g[:, None].expand_as(x), {"x": (4, 3)},
        "off by a factor 3: a sum where a mean is due?",
    ),
    "diagonal": (
        softmax, lambda g, x: g * softmax(x) * (1 - softmax(x)), {"x": (2, 3)},
        "backward leaves out how each number moves the others: it is the diagonal of the Jacobian",
    ),
    "Jacobian": (
        lambda x: x.cumsum(0), lambda g, x: g.cumsum(0), {"x": (4,)},
        "backward applies the Jacobian where its transpose is due",
    ),
    "one entry": (
        softmax, lambda g, x: changed(softmax_slope(g, x), (0, -1)), {"x": (2, 3)},
        "the gradient of x is wrong at x[0, -1] alone",
    ),
    "swapped": (
        lambda x, y: x @ y, lambda g, x, y: (x.T @ g, g @ y.T), {"x": (3, 3), "y": (3, 3)},
        "the gradients of x and y are swapped",
    ),
    "another shape": (
        linear, lambda g, x, w, b: (g @ w, g.T @ x, g.flatten()), LAYER, "a gradient of the wrong shape in b"
    ),
    "negative numbers": (
        lambda x: (x**2).sum(-1), lambda g, x: g[..., None] * 2 * x.clamp(min=0), {"x": (4, 3)},
        "backward is wrong where x is negative",
    ),
    "large numbers": (
        lambda x: (x**2).sum(-1), lambda g, x: g[..., None] * 2 * x.clamp(-5, 5), {"x": (4, 3)},
        "backward is wrong where |x| is above 5",
    ),
    "negative numbers of a matrix": (
        lambda x, y: x @ y, lambda g, x, y: (g @ y.T, x.clamp(min=0).T @ g), {"x": (2, 3), "y": (3, 2)},
        "backward is wrong in y where x is negative",
    ),
    "at zero": (
        lambda x: x.prod(-1), lambda g, x: (g * x.prod(-1))[..., None] / x, {"x": (4,)},
        "backward gives no finite number at x = 0",
    ),
    "not proportional": (
        softmax, lambda g, x: softmax_slope(g, x) / g.norm().clamp(min=1), {"x": (3, 4)},
        "backward is not proportional to grad_output",
    ),
    "ignores": (
        lambda x: (x**3).sum(-1), lambda g, x: 3 * x**2, {"x": (3, 4)},
        "ignores grad_output: right at the end of a graph, wrong inside one",
    ),
    "repeated index": (
        lambda x, index: x[index], lambda g, x, index: (torch.zeros_like(x).index_copy(0, index, g), None),
        {"x": (4, 2)}, "backward is wrong where index repeats a number",
    ),
    "unused": (
        lambda x, y: torch.softmax(x, -1), lambda g, x, y: (softmax_slope(g, x), g), {"x": (4,), "y": (4,)},
        "backward gives a gradient for y, on which forward does not depend",
    ),
    "output lost": (sine_and_cosine, lambda g, h, x: g * torch.cos(x), {}, "the gradient of output 2 is lost"),
    "outputs swapped": (
        sine_and_cosine, lambda g, h, x: h * torch.cos(x) - g * torch.sin(x), {},
        "the gradients of outputs 1 and 2 are swapped",
    ),
    "power of one of two": (
        sine_and_cosine, lambda g, h, x: g * torch.cos(x) - h**3 * torch.sin(x), {},
        "backward is not proportional to grad_output",
    ),
    "output factor": (
        sine_and_cosine, lambda g, h, x: g * torch.cos(x) - 3 * h * torch.sin(x), {}, "off by a factor 3 for output 2"
    ),
}  # fmt: skip

RIGHT: dict[str, Row] = {
    "layer": (linear, lambda g, x, w, b: (g @ w, g.T @ x, g.sum(0)), LAYER, ""),
    "bias that PyTorch sums": (linear, lambda g, x, w, b: (g @ w, g.T @ x, g), LAYER, ""),
    "softmax": (softmax, softmax_slope, {"x": (3, 4)}, ""),
    "corners": (
        lambda x, w: torch.relu(x @ w).sum(0), lambda g, x, w: ((g * (x @ w > 0)) @ w.T, x.T @ (g * (x @ w > 0))),
        {"x": (5, 4), "w": (4, 3)}, "",
    ),
    "norm": (
        lambda x: x.norm(dim=-1), lambda g, x: g[..., None] * x / x.norm(dim=-1, keepdim=True), {"x": (2, 3)}, ""
    ),
    "two outputs": (sine_and_cosine, lambda g, h, x: g * torch.cos(x) - h * torch.sin(x), {}, ""),
}  # fmt: skip


@each("name", FAULTS)
def test_a_mistake_is_named(name: str) -> None:
    value, slopes, shapes, sentence = FAULTS[name]
    assert outcome(value, slopes, shapes).sentence == sentence


@each("name", RIGHT)
def test_nothing_is_said_of_right_gradients(name: str) -> None:
    value, slopes, shapes, _ = RIGHT[name]
    assert outcome(value, slopes, shapes).state == "passed"


def test_one_wrong_number_of_two_thousand_is_found() -> None:
    shapes = {"x": (64, 32), "w": (8, 32), "b": (8,)}
    found = outcome(linear, lambda g, x, w, b: (changed(g @ w, (40, 7)), g.T @ x, g.sum(0)), shapes)
    assert found.sentence == "the gradient of x is wrong at x[40, 7] alone"
