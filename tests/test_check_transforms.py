"""Forward mode, torch.func and second derivatives of users' functions: each fault has a trial that it alone fails."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from derivcli import DerivError, FunctionReport, check_function
from derivcli.custom.check_function import check
from derivcli.custom.loading.custom_function import custom_function
from tests.custom_functions import FunctionClass, Square, made, saving


def cube_slope(g: Tensor, x: Tensor) -> Any:
    return g * 3 * x**2


def softmax_slope(g: Tensor, x: Tensor) -> Tensor:
    y = torch.softmax(x, -1)
    return y * (g - (g * y).sum(-1, keepdim=True))


def modern(forward: Any, backward: Any, materialize: bool = True, **members: Any) -> FunctionClass:
    """A class with setup_context, whose methods get what ctx saved after what they are given."""

    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)
        ctx.set_materialize_grads(materialize)

    if "jvp" in members:
        jvp = members["jvp"]
        members["jvp"] = staticmethod(lambda ctx, *tangents: jvp(*tangents, *ctx.saved_tensors))
    for name in ("vmap",):
        if name in members:
            members[name] = staticmethod(members[name])
    return made(
        forward,
        lambda ctx, *g: backward(*g, *ctx.saved_tensors),
        setup_context=staticmethod(setup_context),
        **members,
    )


class Slope(torch.autograd.Function):
    """The derivative of the cube in a direction, which forward mode goes through."""

    @staticmethod
    def forward(t: Tensor, x: Tensor) -> Any:
        return cube_slope(t, x)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        t, x = ctx.saved_tensors
        return cube_slope(g, x), g * t * 6 * x

    @staticmethod
    def jvp(ctx: Any, move: Tensor, turn: Tensor) -> Any:
        t, x = ctx.saved_tensors
        return cube_slope(move, x) + t * 6 * x * turn


class WrongSlope(Slope):
    """The same, with another derivative in forward mode."""

    @staticmethod
    def jvp(ctx: Any, move: Tensor, turn: Tensor) -> Any:
        t, x = ctx.saved_tensors
        return cube_slope(move, x) + t * 7 * x * turn


def cube(**members: Any) -> FunctionClass:
    return modern(lambda x: x**3, members.pop("backward", cube_slope), **members)


def product(jvp: Any, materialize: bool = False) -> FunctionClass:
    return modern(lambda x, y: x * y, lambda g, x, y: (g * y, g * x), materialize, jvp=jvp)


def only_failed(report: FunctionReport) -> list[str]:
    """The trials that failed."""
    return [trial.name for trial in report.trials if trial.state == "failed"]


TWICE = "jvp is not the derivative of jvp: forward mode taken twice gives"

FORWARD_MODE: dict[str, tuple[FunctionClass, str, str]] = {
    "jvp of another function": (
        cube(jvp=lambda t, x: t * 3 * x), "jvp is not the derivative", "forward mode",
    ),
    "jvp of softmax without its sum": (
        modern(lambda x: torch.softmax(x, -1), softmax_slope, jvp=lambda t, x: t * torch.softmax(x, -1)),
        "jvp is not the derivative", "forward mode",
    ),
    "jvp that fails": (cube(jvp=lambda t, x: t @ x @ x @ x), "jvp fails", "forward mode"),
    "jvp of all arguments": (
        product(lambda a, b, x, y: a * y + x * b), "jvp fails where only x has a tangent", "forward mode",
    ),
    "jvp that detaches": (
        cube(jvp=lambda t, x: Slope.forward(t, x.detach())), "the gradient of jvp is silently wrong",
        "the gradient of forward mode",
    ),
    "backward through a wrong jvp": (
        cube(backward=WrongSlope.apply, jvp=Slope.apply), "forward mode over backward is silently wrong",
        "forward mode over the backward",
    ),
    "jvp of plain operations": (cube(jvp=cube_slope), f"{TWICE} 0", "forward mode taken twice"),
    "jvp of a wrong jvp": (cube(jvp=WrongSlope.apply), f"{TWICE} another number", "forward mode taken twice"),
}  # fmt: skip


@pytest.mark.parametrize(("function", "sentence", "trial"), FORWARD_MODE.values(), ids=FORWARD_MODE)
def test_each_fault_of_forward_mode_is_named(function: FunctionClass, sentence: str, trial: str) -> None:
    report = check_function(function)
    assert (report.diagnosis, only_failed(report)) == (sentence, [trial])


def inside_torch_func() -> bool:
    return torch._C._functorch.peek_interpreter_stack() is not None


def by_first_axis(info: Any, in_dims: Any, x: Tensor) -> tuple[Tensor, int]:
    return x.movedim(in_dims[0], 0) ** (3 - in_dims[0]), 0


def rule(info: Any, in_dims: Any, x: Tensor) -> tuple[Tensor, int]:
    return x**3, in_dims[0]


TORCH_FUNC: dict[str, tuple[FunctionClass, str]] = {
    "a rule that knows the first axis only": (cube(vmap=by_first_axis), "the vmap rule gives another result"),
    "a rule that fails": (cube(vmap=lambda info, in_dims, x: (x.item(), 0)), "the vmap rule fails"),
    "a forward that branches": (
        modern(lambda x: x**3 if x.sum() > 0 else x * x * x, cube_slope, generate_vmap_rule=True),
        "fails under torch.func.vmap",
    ),
    "another forward": (
        modern(lambda x: x**3 + inside_torch_func(), cube_slope, generate_vmap_rule=True),
        "gives another result under torch.func.vmap",
    ),
    "another backward": (
        cube(backward=lambda g, x: cube_slope(g, x) * (2 if inside_torch_func() else 1)),
        "gives another gradient under torch.func",
    ),
    "a backward that branches": (
        cube(backward=lambda g, x: cube_slope(g, x) if g.sum() > 0 else g * 3 * x * x, generate_vmap_rule=True),
        "fails under torch.func.jacrev",
    ),
    "a backward that detaches": (
        cube(backward=lambda g, x: cube_slope(g, x.detach() if inside_torch_func() else x)),
        "gives another second derivative under torch.func",
    ),
}


@pytest.mark.parametrize(("function", "sentence"), TORCH_FUNC.values(), ids=TORCH_FUNC)
def test_each_fault_under_torch_func_is_named(function: FunctionClass, sentence: str) -> None:
    report = check_function(function)
    assert (report.diagnosis, only_failed(report)) == (sentence, ["torch.func"])


def by_numpy(g: Tensor, x: Tensor) -> Any:
    return torch.from_numpy(np.asarray(g.numpy() * 3 * x.numpy() ** 2))


SOUND: dict[str, FunctionClass] = {
    "jvp that can be taken twice": cube(jvp=Slope.apply),
    "a threshold that rounds to a point": saving(
        lambda x: torch.where(x >= 0.29, x, 0.0), lambda g, x: g * (x >= 0.29)
    ),
    "digits lost to cancellation": saving(
        lambda x: (x + torch.sqrt(x**2 + 4)) / 2, lambda g, x: g * (1 + x / torch.sqrt(x**2 + 4)) / 2
    ),
    "a rule for batches": cube(vmap=rule),
    "a backward outside of PyTorch that torch.func cannot take": cube(
        backward=once_differentiable(by_numpy)
    ),
    "batches and Jacobians of a softmax": modern(
        lambda x: torch.softmax(x, -1), softmax_slope, generate_vmap_rule=True
    ),
    "jvp of a linear function": modern(
        lambda x: x.cumsum(0), lambda g, x: g.flip(0).cumsum(0).flip(0), jvp=lambda t, x: t.cumsum(0)
    ),
}  # fmt: skip


@pytest.mark.parametrize("function", SOUND.values(), ids=SOUND)
def test_nothing_is_said_of_sound_functions(function: FunctionClass) -> None:
    assert check_function(function).diagnosis == ""


def test_forward_mode_is_told_of_only_where_there_is_a_jvp() -> None:
    names = [trial.name for trial in check_function(cube()).trials]
    assert [name for name in names if "forward mode" in name] == ["forward mode"]


@pytest.mark.sweep
def test_torch_compile_is_tried_on_request() -> None:
    other = saving(lambda x: x**2 + torch.compiler.is_compiling(), lambda g, x: g * 2 * x)
    for function, sentence in ((other, "gives another result under torch.compile"), (Square, "")):
        assert check_function(function).diagnosis == ""
        report = check(custom_function("F", function), compiled=True)
        assert (report.diagnosis, report.trials[-1].name) == (sentence, "torch.compile")


def test_complex_numbers_are_not_tried() -> None:
    with pytest.raises(DerivError, match="gives complex numbers"):
        check_function(saving(lambda x: torch.complex(x, x), lambda g, x: g.real))


def test_a_forward_that_overflows_in_16_bits_is_but_a_remark() -> None:
    report = check_function(saving(lambda x: torch.log1p(torch.exp(x)), lambda g, x: g * torch.sigmoid(x)))
    assert (report.ok, report.remarks) == (True, ("forward overflows in float16 on the way to a number that fits",))
