"""What is said of a fault: a number and what it should be, the line of the code, and the way out."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import DerivError, check_function
from tests.custom_functions import made, pair, saving

NUMBERS = re.compile(r": \S+, should be \S+$")


class Product(torch.autograd.Function):
    """A product whose vmap rule takes all its arguments for batched in the same way."""

    @staticmethod
    def forward(x: Tensor, y: Tensor) -> Tensor:
        return x * y

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        x, y = ctx.saved_tensors
        return g * y, g * x

    @staticmethod
    def vmap(info: Any, in_dims: Any, x: Tensor, y: Tensor) -> Any:
        return Product.apply(x, y), in_dims[0]  # type: ignore[no-untyped-call]


class Cube(torch.autograd.Function):
    """The cube, with a jvp as usual, in which PyTorch keeps no tangents."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x**3

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        return g * 3 * x**2

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        return t * 3 * x**2


def test_a_batch_of_another_shape_is_told_as_one() -> None:
    report = check_function(Product)
    assert report.diagnosis == "the vmap rule gives another shape"
    assert "DerivError" not in report.failures[0].detail


def test_a_jvp_that_is_lost_has_a_way_out() -> None:
    """The way out itself is right in tests of forward mode."""
    report = check_function(Cube)
    assert report.diagnosis.endswith("forward mode taken twice gives 0")
    assert report.failures[0].detail.endswith("let it call a Function of its own that has a jvp")


def test_what_is_nan_is_not_silent() -> None:
    report = check_function(saving(torch.square, lambda g, i: g * torch.where(i > 99, torch.sqrt(i - 99), 2 * i)))
    assert "second derivative is nan" in (report.diagnosis, *report.more)


def test_tensors_of_other_dimensions_have_numbers_too() -> None:
    wrong_axis = saving(lambda x: torch.logsumexp(x, -1), lambda g, x: g[..., None] * torch.softmax(x, 0))
    report = check_function(wrong_axis)
    assert report.diagnosis == "backward is wrong for tensors of 2 dimensions"
    assert NUMBERS.search(report.failures[0].detail)


def test_a_module_that_draws_has_a_way_out() -> None:
    module = torch.nn.Dropout(0.3)
    report = check_function(module)
    assert report.diagnosis == "not deterministic: forward differs from call to call"
    assert report.failures[0].detail.endswith("name an instance of which .eval() was called")
    assert check_function(module.eval())


def test_a_size_that_is_not_summed_over_is_no_mean() -> None:
    def attention(q: Tensor, k: Tensor) -> Tensor:
        return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1)

    def slopes(g: Tensor, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
        p = attention(q, k)
        inner = p * (g - (g * p).sum(-1, keepdim=True))
        return inner @ k / math.sqrt(q.shape[-1]), inner.mT @ q

    assert (
        check_function(pair(attention, slopes), shape={"x": (3, 4), "y": (2, 4)}).diagnosis == "off by a factor 2 in y"
    )


def test_a_scaled_gradient_is_called_so() -> None:
    scaled = made(lambda ctx, x, scale: _kept(ctx, x, scale), lambda ctx, g: (g * ctx.scale, None), "Scaled")
    said = check_function(scaled).diagnosis
    assert said == "looks like a scaled gradient in x; say --gradient x=scale if that is meant"
    assert check_function(scaled, gradient={"x": "scale"}, wrt="x")


def _kept(ctx: Any, x: Tensor, scale: Any) -> Tensor:
    ctx.scale = scale
    return x.clone()


def test_weights_have_the_names_that_the_module_has() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    for wrt in ("0.weight", ["0.weight", "2.bias"]):
        report = check_function(module, shape={"input": (2, 3)}, wrt=wrt)
        assert report
        assert report.parameters == ("input", "0.weight", "0.bias", "2.weight", "2.bias")
        assert "0.weight of shape 4x3" in report.trials[0].detail


def raising(ctx: Any, x: Tensor) -> Tensor:
    """A forward that fails with whatever it is given."""
    raise RuntimeError("the kernel is not built")


def test_code_that_fails_is_told_by_its_line() -> None:
    with pytest.raises(DerivError) as refused:
        check_function(made(raising, lambda ctx, g: g))
    line = raising.__code__.co_firstlineno + 2
    assert f"RuntimeError: the kernel is not built (line {line} of {__file__.rpartition('/')[2]})" in str(refused.value)


def choosing(ctx: Any, x: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """A loss that refuses words that it does not know, after it refuses shapes that do not fit."""
    loss = (x - y) ** 2
    if reduction not in ("mean", "sum"):
        raise ValueError(f"what is {reduction}?")
    return loss.mean() if reduction == "mean" else loss.sum()


def test_what_is_raised_furthest_down_is_told() -> None:
    """Shapes that do not fit, which are tried too, are not what is wrong."""
    with pytest.raises(DerivError, match="ValueError: what is summ") as refused:
        check_function(made(choosing, lambda ctx, g: (g, g, None)), with_={"reduction": "summ"})
    assert "shape" not in str(refused.value)
