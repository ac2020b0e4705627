"""Integrals as series: along their bounds by the integrand there, and else coefficient by coefficient by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import torch
from torch import Tensor

from derivcli.engines.taylor.recurrences import growing, sloping
from derivcli.engines.taylor.series import Series, embed
from derivcli.engines.torch.adaptive_quadrature import quadrature

Integrand = Callable[..., Series]
"""A function of the abscissa and of parameters, series all of them."""

PlainIntegral = Callable[..., Tensor]
"""The integral of numbers: bounds and parameters at every point."""


def integral(integrand: Integrand, plain: PlainIntegral, operands: list[Series], like: Series) -> Series:
    """The integral of `integrand(t, *parameters)`: operands are the bounds, then the parameters."""
    lower, upper, *parameters = operands
    if all(each.is_constant or _is_still(each) for each in parameters):
        slopes = [lambda a, b, *v: -integrand(a, *v), lambda a, b, *v: integrand(b, *v)]
        unused = [slopes[0]] * len(parameters)  # of what does not move
        return growing(plain, sloping(*slopes, *unused))(*operands)
    return _sampled(integrand, plain, lower, upper, parameters, like)


def _is_still(series: Series) -> bool:
    """Whether a series has no terms but the first."""
    return all(length == 1 for length in series.terms.shape[:-1])


def _sampled(
    integrand: Integrand, plain: PlainIntegral, lower: Series, upper: Series, parameters: list[Series], like: Series
) -> Series:
    """Each coefficient by quadrature over s from 0 to 1, at t = a + (b - a) s; the value as elsewhere."""
    count = max(each.points for each in (lower, upper, *parameters))
    shape = [cap + 1 for cap in like.caps]
    zero, one = (torch.full((count,), end, dtype=like.terms.dtype) for end in (0.0, 1.0))

    def heights(places: Tensor, points: Tensor) -> Tensor:
        a, width, *others = (each.at(points) for each in (lower, upper - lower, *parameters))
        found = integrand(a + width * Series(_lifted(places, like), like.caps), *others) * width
        return embed(found.terms, [*shape, len(places)]).reshape(prod(shape), len(places))

    terms = quadrature(heights, zero, one, prod(shape)).reshape(*shape, count).clone()
    terms[(0,) * len(shape)] = plain(*(each.value for each in (lower, upper, *parameters)))
    return Series(terms, like.caps)


def _lifted(numbers: Tensor, like: Series) -> Tensor:
    return numbers.reshape((1,) * len(like.caps) + (-1,))
