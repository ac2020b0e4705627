"""Gradients that are meant and are not the derivative: stated ones are checked, and others are recognised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import DerivError, check_function
from tests.custom_functions import made, pair, saving, straight
from tests.support import each


def heaviside(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


def same(x: Tensor) -> Tensor:
    return x.view_as(x)


def by_row(x: Tensor) -> Tensor:
    """A step function of the numbers of a row together, which is not pointwise."""
    size = x.abs().amax(-1, keepdim=True)
    return (4 * x / size).round() * size.round()


def hill(g: Tensor, x: Tensor) -> Tensor:
    return g / (1 + (10 * x).abs()) ** 2


def reversing(value: Callable[..., Tensor] = same) -> type[torch.autograd.Function]:
    """A reversal whose factor is an argument."""

    def forward(ctx: Any, x: Tensor, lambd: Any) -> Tensor:
        ctx.lambd = lambd
        return value(x)

    return made(forward, lambda ctx, g: (-ctx.lambd * g, None))


ROUND, STEP, ROWS = saving(torch.round, straight), saving(heaviside, hill), saving(by_row, straight)
HILL = "1/(1+abs(10*i))^2"

STATED: dict[str, tuple[type[torch.autograd.Function], Any]] = {
    "straight through": (ROUND, "1"),
    "a number": (ROUND, 1),
    "by name": (ROUND, {"i": "1"}),
    "by name in a text": (ROUND, "i = 1"),
    "surrogate": (STEP, HILL),
    "with a comparison": (saving(torch.sign, lambda g, i: g * (i.abs() <= 1)), "where(abs(i) <= 1, 1, 0)"),
    "reversal": (reversing(), "-lambd"),
    "reversal by name": (reversing(), {"x": "-lambd", "lambd": 0}),
    "of both": (pair(lambda x, y: torch.round(x) + torch.round(y), lambda g, x, y: (g, g)), "1"),
    "of one": (pair(lambda x, y: torch.round(x) * y, lambda g, x, y: (g * y, g * x.round())), {"x": "y"}),
    "not pointwise": (ROWS, "1"),
}


@each("name", STATED)
def test_a_stated_gradient_is_right(name: str) -> None:
    function, gradient = STATED[name]
    report = check_function(function, gradient=gradient)
    assert report.diagnosis == ""
    assert not any(trial.state == "unreached" for trial in report.trials)
    assert not check_function(function).ok


WRONG: dict[str, tuple[type[torch.autograd.Function], Any, str]] = {
    "factor": (saving(torch.round, lambda g, i: 2 * g), "1", "off by a factor 2"),
    "sign": (reversing(), "lambd", "wrong sign in x"),
    "another": (STEP, "1/(1+abs(20*i))^2", "backward is not the gradient 1/(1+abs(20*i))^2"),
    "zero": (saving(torch.round, lambda g, i: 0 * g), "1", "backward gives 0 and not the gradient 1"),
    "not pointwise": (saving(by_row, lambda g, i: 3 * g), "1", "off by a factor 3"),
    "the other is its derivative": (
        pair(lambda x, y: torch.round(x) * y, lambda g, x, y: (g * y, g * x)), {"x": "y"},
        "backward is not the derivative of forward in y",
    ),
    "ignores": (
        saving(heaviside, lambda g, i: hill(torch.ones_like(g), i)), HILL,
        "ignores grad_output: right at the end of a graph, wrong inside one",
    ),
    "second": (saving(heaviside, lambda g, i: hill(g, i.detach())), HILL, "second derivative silently wrong"),
}  # fmt: skip


@each("name", WRONG)
def test_a_backward_that_is_not_what_was_stated(name: str) -> None:
    function, gradient, sentence = WRONG[name]
    assert check_function(function, gradient=gradient).diagnosis == sentence


def test_forward_mode_gives_the_stated_gradient() -> None:
    def keep(ctx: Any, inputs: Any, output: Any) -> None:
        del inputs, output

    members: dict[str, Any] = {"setup_context": staticmethod(keep)}
    right = made(lambda x: x.round(), lambda ctx, g: g, jvp=staticmethod(lambda ctx, t: t.clone()), **members)
    wrong = made(lambda x: x.round(), lambda ctx, g: g, jvp=staticmethod(lambda ctx, t: 0 * t), **members)
    assert check_function(right, gradient="1").diagnosis == ""
    assert check_function(wrong, gradient="1").diagnosis == "jvp is not the derivative"


STRAIGHT = "looks like a straight-through estimator; say --gradient 1 if that is meant"
SURROGATE = "looks like a surrogate gradient of a step; state it with --gradient if that is meant"

LOOKS: dict[str, tuple[type[torch.autograd.Function], str]] = {
    "straight": (ROUND, STRAIGHT),
    "straight, not pointwise": (ROWS, STRAIGHT),
    "straight in one": (
        pair(lambda x, y: torch.round(x) * y.exp(), lambda g, x, y: (g, g * x.round() * y.exp())),
        "looks like a straight-through estimator in x; say --gradient x=1 if that is meant",
    ),
    "reversal": (
        saving(same, lambda g, i: -0.5 * g), "looks like a gradient reversal; say --gradient -0.5 if that is meant"
    ),
    "reversal by an argument": (
        reversing(), "looks like a gradient reversal in x; say --gradient x=-lambd if that is meant"
    ),
    "surrogate": (STEP, SURROGATE),
    "clipped": (saving(torch.sign, lambda g, i: g * (i.abs() <= 1)), SURROGATE),
    "surrogate, not pointwise": (saving(by_row, lambda g, i: 2 * g), SURROGATE),
    "no reversal of another": (saving(torch.sin, lambda g, i: -g), "backward is not the derivative of forward"),
}  # fmt: skip


@each("name", LOOKS)
def test_what_is_recognised(name: str) -> None:
    function, sentence = LOOKS[name]
    assert check_function(function).diagnosis == sentence


@pytest.mark.parametrize(
    ("function", "gradient", "message"),
    [
        (ROUND, "2*z", "'F' has no argument 'z'"),
        (ROUND, {"z": 1}, "'F' has no gradient in 'z'"),
        (ROUND, ["i=1", "i=2"], "the gradient of 'i' is stated twice"),
        (ROUND, "1 +", "the expression ends where something is still due"),
        (
            saving(lambda i: i.mT.sum(-2), lambda g, i: g[..., None].expand_as(i)),
            "1",
            "a gradient is stated number by number",
        ),
    ],
)
def test_a_gradient_that_cannot_be_stated(function: type[torch.autograd.Function], gradient: Any, message: str) -> None:
    with pytest.raises(DerivError) as caught:
        check_function(function, gradient=gradient)
    assert caught.value.message.startswith(message)
