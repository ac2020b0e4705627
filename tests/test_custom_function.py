"""Whatever has a backward, as one noun: how it is called and what its arguments are."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import DerivError
from derivcli.custom.loading.argument_names import names_in_formulas
from derivcli.custom.loading.custom_function import REQUIRED, Parameter, custom_function, names_text
from tests.support import each


class Scaled(torch.autograd.Function):
    """The argument, scaled.

    More of it.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: float = 2.0, flip: bool = False) -> Tensor:
        ctx.factor = -scale if flip else scale
        return torch.mul(x, ctx.factor)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        return grad_output * ctx.factor, None, None


class ByContext(torch.autograd.Function):
    @staticmethod
    def forward(x: Tensor, scale: float = 2.0) -> Tensor:
        return x * scale

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.scale = inputs[1]

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        return grad_output * ctx.scale, None


class Generic(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *tensors: Tensor, unreachable: int = 1, **named: Any) -> Tensor:
        return torch.stack(tensors).sum(0) * unreachable


class Bare(torch.autograd.Function):
    @staticmethod
    def forward(*arguments: Any) -> Any:
        return arguments[1]


class ByNameOnly(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, *, lam: float) -> Tensor:
        return x * lam


class Layer(torch.nn.Module):
    calls: Tensor

    def __init__(self, size: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.full((size,), 3.0))
        self.bias = torch.nn.Parameter(torch.ones(size)) if bias else None
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        self.calls += 1
        return x * self.weight * gain + (0 if self.bias is None else self.bias)


def plain(x: Tensor, y: Tensor, /, *more: Tensor, mode: str = "sum", **options: Any) -> Tensor:
    """A function of tensors."""
    return x + y


@each(
    ("thing", "kind", "arguments"),
    [
        (Scaled, "autograd function", "x, scale=2.0, flip=False"),
        (Scaled.apply, "autograd function", "x, scale=2.0, flip=False"),
        (ByContext, "autograd function", "x, scale=2.0"),
        (Generic, "autograd function", "*tensors"),
        (Bare, "autograd function", "*arguments"),
        (plain, "function", "x, y, *more, mode='sum'"),
        (functools.partial(plain, torch.ones(1)), "function", "y, *more, mode='sum'"),
        (torch.sin, "function", "*args"),
        (torch.ops.aten.sin, "operator", "self"),
        (torch.ops.aten.clamp.default, "operator", "self, min=None, max=None"),
        (torch.nn.Linear(2, 1, bias=False), "module", "input, weight=<tensor of shape (1, 2)>"),
    ],
)
def test_arguments(thing: Any, kind: str, arguments: str) -> None:
    found = custom_function("f", thing)
    assert (found.kind, names_text(found.parameters)) == (kind, arguments)


def test_apply_is_called_by_name() -> None:
    x = torch.ones(2)
    call = custom_function("f", Scaled).call
    assert call(x).tolist() == [2, 2]
    assert call(x, 3.0).tolist() == [3, 3]
    assert call(x, flip=True).tolist() == [-2, -2]
    assert call(flip=True, scale=5.0, x=x).tolist() == [-5, -5]
    assert custom_function("f", ByContext).call(x, scale=4.0).tolist() == [4, 4]
    assert custom_function("f", Generic).call(x, x, x).tolist() == [3, 3]
    with pytest.raises(TypeError, match="missing a required argument: 'x'"):
        call(scale=3.0)


def test_a_module_is_a_function_of_its_weights() -> None:
    layer = Layer(2)
    found = custom_function("f", layer)
    weight = torch.full((2,), 5.0, dtype=torch.float64, requires_grad=True)
    assert found.call(torch.ones(2)).tolist() == [4, 4]
    value = found.call(torch.ones(2, dtype=torch.float64), gain=2.0, weight=weight)
    assert value.tolist() == [11, 11]
    assert torch.autograd.grad(value.sum(), weight)[0].tolist() == [2, 2]
    assert (layer.calls.item(), layer.weight.tolist()) == (0, [3, 3])
    assert found.parameters[2] == Parameter("weight", "keyword", layer.weight, "weight")
    assert found.parameters[0].default is REQUIRED


def test_weights_that_are_called_like_an_argument() -> None:
    class Awkward(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.x = torch.nn.Parameter(torch.full((1,), 2.0))

        def forward(self, x: Tensor) -> Tensor:
            return x * self.x

    found = custom_function("f", Awkward)
    assert [each.name for each in found.parameters] == ["x", "self_x"]
    assert found.call(torch.ones(1), self_x=torch.full((1,), 7.0)).tolist() == [7]


def test_a_class_of_modules_is_constructed() -> None:
    found = custom_function("f", Layer, {"size": 3, "gain": 2.0})
    assert found.call(torch.ones(3)).tolist() == [4, 4, 4]
    assert [each.name for each in custom_function("f", Layer, {"size": 1, "bias": False}).parameters][2:] == ["weight"]


def test_names_that_formulas_cannot_have() -> None:
    def awkward(input_: Tensor, _input: Tensor, λ: float, __: float = 1.0, **more: Any) -> Tensor:
        return input_ + 10 * _input + 100 * λ + 1000 * __

    found = custom_function("f", awkward)
    assert [(each.name, each.written) for each in found.parameters] == [
        ("input", "input_"), ("input_2", "_input"), ("lambda", "λ"), ("arg", "__"),
    ]  # fmt: skip
    one = torch.ones(1)
    assert found.call(input=one, input_2=one, **{"lambda": 1.0, "arg": 1.0}).tolist() == [1111]
    assert found.call(input_=one, _input=one, λ=1.0, __=1.0).tolist() == [1111]
    inner = custom_function("f", torch.nn.Sequential(torch.nn.PReLU())).parameters[1]
    assert (inner.name, inner.written) == ("arg0_weight", "0.weight")


@each(
    ("text", "expected"),
    [
        ("input_=1,_y=2", "input=1,y=2"),
        ("input_**2+x_1*np.sin(y_)", "input**2+x_1*np.sin(y)"),
        ("1e5_+x", "1e5_+x"),
    ],
)
def test_texts_with_such_names(text: str, expected: str) -> None:
    assert names_in_formulas(text) == expected


def test_an_operator() -> None:
    @torch.library.custom_op("derivcli_test::cubed", mutates_args=())
    def cubed(x: Tensor, scale: float = 2.0, *, shift: float = 0.0) -> Tensor:
        """The cube."""
        return x**3 * scale + shift

    found = custom_function("f", cubed)
    assert (found.kind, found.doc, names_text(found.parameters)) == (
        "operator", "The cube.", "x, scale=2.0, shift=0.0",
    )  # fmt: skip
    assert found.call(torch.full((1,), 2.0), shift=1.0).tolist() == [17]


def test_the_first_line_of_a_docstring() -> None:
    things = (Scaled, ByContext, plain, Layer(1), torch.nn.ReLU())
    docs = [custom_function("f", thing).doc for thing in things]
    assert docs[:4] == ["The argument, scaled.", "", "A function of tensors.", ""]
    assert docs[4]


@each(
    ("thing", "construct", "message"),
    [
        (torch.autograd.Function, {}, "'f' has no backward: it is the class Function"),
        (3, {}, "'f' has no backward: it is of type int"),
        (Tensor, {}, "'f' has no backward: it is the class Tensor"),
        (torch.ones(2), {}, "'f' has no backward: it is of type Tensor"),
        (None, {}, "'f' has no backward: it is of type NoneType"),
        (ByNameOnly, {}, "'f' takes lam by name only, which apply cannot give"),
        (Layer, {}, "'f' is constructed with size"),
        (Layer, {"size": "x"}, "'f' cannot be constructed: TypeError: "),
    ],
)
def test_refusals(thing: Any, construct: dict[str, object], message: str) -> None:
    with pytest.raises(DerivError) as caught:
        custom_function("f", thing, construct)
    assert caught.value.message.startswith(message)
    assert caught.value.hint
