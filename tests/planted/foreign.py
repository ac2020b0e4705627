"""PyTorch's own judges of planted functions: gradcheck and gradgradcheck, on tensors that are drawn here."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from tests.planted.row import Planted

DEFAULT_SHAPE = (5,)
DRAWS: tuple[tuple[float, float], ...] = ((-2.0, 2.0), (0.2, 0.9), (1.2, 3.0))
"""Tensors are drawn from the first of these ranges in which the forward gives finite numbers."""

Call = Callable[..., Any]


def call_of(row: Planted) -> tuple[Call, list[str], dict[str, Tensor]]:
    """What calls the function with tensors, their names, and tensors that a module has by itself."""
    function, literals = row.function, dict(row.options.get("with_") or {})
    if isinstance(function, type) and issubclass(function, torch.nn.Module):
        function = function()
    if isinstance(function, torch.nn.Module):
        function = copy.deepcopy(function).double()
        weights = {name: each.detach() for name, each in function.named_parameters()}
        given = inspect.signature(function.forward).parameters.values()
        names = [each.name for each in given if each.default is inspect.Parameter.empty]

        def of_module(*given: Tensor) -> Any:
            return torch.func.functional_call(
                function, dict(zip(weights, given[len(names) :], strict=True)), given[: len(names)]
            )

        return of_module, names, weights
    forward = getattr(function, "forward", None) or getattr(function, "_init_fn", function)
    parameters = list(inspect.signature(forward).parameters.values())
    is_class = isinstance(function, type)
    if is_class and function.setup_context is torch.autograd.Function.setup_context:
        parameters = parameters[1:]
    order: list[tuple[str, Any]] = []
    names = []
    for each in parameters:
        if each.kind is inspect.Parameter.VAR_POSITIONAL:
            names += [f"{each.name}[0]", f"{each.name}[1]"] if each.name == "xs" else []
            order += [(name, None) for name in names if "[" in name]
        elif each.name in literals:
            order.append((each.name, (literals[each.name],)))
        elif (
            each.name in row.found
            or each.name in (row.options.get("shape") or {})
            or (each.default is inspect.Parameter.empty and each.kind is not inspect.Parameter.VAR_KEYWORD)
        ):
            names.append(each.name)
            order.append((each.name, None))
        elif each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            order.append((each.name, (each.default,)))
    keywords = {each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}

    def call(*given: Tensor) -> Any:
        tensors = iter(given)
        values = [(name, next(tensors) if known is None else known[0]) for name, known in order]
        run = function.apply if is_class else function
        return run(
            *(value for name, value in values if name not in keywords),
            **{name: value for name, value in values if name in keywords},
        )

    return call, names, {}


def example(row: Planted) -> tuple[Call, list[Tensor]]:
    """A call of the function and tensors that suit it."""
    call, names, weights = call_of(row)
    at = row.options.get("at")
    if isinstance(at, dict):
        return call, [torch.tensor(each, dtype=torch.float64) for each in at.values()]
    shapes = dict(row.found) | dict(row.options.get("shape") or {})
    for low, high in DRAWS:
        generator = torch.Generator().manual_seed(3)
        tensors = [
            low + (high - low) * torch.rand(shapes.get(name, DEFAULT_SHAPE), dtype=torch.float64, generator=generator)
            for name in names
        ]
        given = [*tensors, *weights.values()]
        with torch.no_grad():
            values = call(*(each.clone() for each in given))
        if all(each.isfinite().all() for each in outputs(values)):
            break
    return call, given


def outputs(values: Any) -> Iterator[Tensor]:
    """The tensors of floating-point numbers that a call gave."""
    for each in values if isinstance(values, tuple | list) else (values,):
        if isinstance(each, Tensor) and each.is_floating_point():
            yield each


def foreign_finding(row: Planted) -> str:
    """Which of PyTorch's judges finds a fault: "gradcheck", "gradgradcheck", or "" where neither does.

    What says that it has one derivative only is not asked for two.
    """
    judges: list[tuple[str, Callable[..., bool]]] = [("gradcheck", gradcheck)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call, given = example(row)
            inputs = [each.clone().requires_grad_() for each in given]
            if not refuses_two(call, inputs):
                judges.append(("gradgradcheck", gradgradcheck))
        except (Exception, SystemExit):
            return "gradcheck"
        for name, judge in judges:
            try:
                judge(lambda *x: tuple(outputs(call(*(each * 1 for each in x)))), inputs)
            except (Exception, SystemExit):
                return name
    return ""


def refuses_two(call: Call, inputs: list[Tensor]) -> bool:
    """Whether a backward is marked with once_differentiable."""
    try:
        values = [*outputs(call(*(each * 1 for each in inputs)))]
        upstream = [torch.ones_like(each, requires_grad=True) for each in values]  # PyTorch looks at these alone
        slopes = torch.autograd.grad(values, inputs, upstream, create_graph=True, allow_unused=True)
        torch.stack([each.sum() for each in slopes if each is not None]).sum().backward()  # type: ignore[no-untyped-call]
    except (Exception, SystemExit) as error:
        return "once_differentiable" in str(error)
    return False
