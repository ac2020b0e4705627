"""Integrals as a function of torch: the number by quadrature, and a backward that is Leibniz's rule.

    d/db = f(b, ...),   d/da = -f(a, ...),   d/dp = the integral of df/dp

The derivative of the integrand in a parameter is PyTorch's own, at every abscissa, and its integral is a function of
this kind again, so that there are derivatives of any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from derivcli.engines.torch.adaptive_quadrature import quadrature

Integrand = Callable[..., Tensor]
"""A function of abscissas and of parameters, tensors of one length."""


def integral(integrand: Integrand, operands: Sequence[Tensor], count: int) -> Tensor:
    """The integral of `integrand(t, *parameters)` at every point: operands are the bounds, then the parameters."""
    is_constant = all(operand.ndim == 0 for operand in operands)
    whole = [operand.expand(1 if is_constant else count) for operand in operands]
    found = _applied(integrand, whole)
    return found[0] if is_constant else found


def _applied(integrand: Integrand, operands: Sequence[Tensor]) -> Tensor:
    apply: Callable[..., Tensor] = _Integral.apply
    return apply(integrand, *operands)


class _Integral(torch.autograd.Function):
    """The integral of a function from a to b."""

    @staticmethod
    def forward(ctx: Any, integrand: Integrand, *operands: Tensor) -> Tensor:
        ctx.integrand = integrand
        ctx.save_for_backward(*operands)
        lower, upper, *parameters = (operand.detach() for operand in operands)

        def heights(abscissas: Tensor, points: Tensor) -> Tensor:
            found = integrand(abscissas, *(each[points] for each in parameters))
            return found.expand(len(abscissas))[None]

        return quadrature(heights, lower, upper)[0]

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        (grad_output,) = grad_outputs
        lower, upper, *parameters = ctx.saved_tensors
        at_lower, at_upper, *varying = ctx.needs_input_grad[1:]
        slopes = [
            -ctx.integrand(lower, *parameters) if at_lower else None,
            ctx.integrand(upper, *parameters) if at_upper else None,
            *(
                _applied(Slope(ctx.integrand, place), (lower, upper, *parameters)) if varies else None
                for place, varies in enumerate(varying)
            ),
        ]
        return (None, *(None if slope is None else grad_output * slope for slope in slopes))


@dataclass(frozen=True, slots=True)
class Slope:
    """The partial derivative of an integrand in one of its parameters, itself an integrand."""

    integrand: Integrand
    place: int

    def __call__(self, abscissas: Tensor, *parameters: Tensor) -> Tensor:
        """The slope at every abscissa, with a graph where one is recorded."""
        again = torch.is_grad_enabled()
        here = list(parameters)
        with torch.enable_grad():
            given = here[self.place]
            leaf = given.clone() if again and given.requires_grad else given.detach().clone().requires_grad_()
            here[self.place] = leaf
            value = self.integrand(abscissas, *here)
            if not value.requires_grad:
                return torch.zeros_like(abscissas)
            (slope,) = torch.autograd.grad(value.sum(), leaf, create_graph=again, allow_unused=True)
        return torch.zeros_like(abscissas) if slope is None else slope
