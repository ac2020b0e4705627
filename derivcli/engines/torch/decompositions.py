"""Operations of which PyTorch's compiler makes loops that lose digits, in terms of others that keep them.

Its exp(x) - 1 for expm1 has no digits near 0, nor has its logarithm for atanh; acosh overflows too early, asinh and
tan are 0 at the smallest numbers, erf in float32 has no digits near 0, and its remainder is that of a rounded quotient.
No function here calls another that is decomposed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

MIN_SIZE = 1e-30
"""Below it exp(x) - 1 is x in every format."""


def _expm1(x: Tensor) -> Tensor:
    """tanh(x/2)*(exp(x) + 1), or x itself where it is so small that its half is not."""
    return torch.where(torch.abs(x) < MIN_SIZE, x, torch.tanh(x / 2) * (torch.exp(x) + 1))


def _tan(x: Tensor) -> Tensor:
    return torch.sin(x) / torch.cos(x)


def _asinh(x: Tensor) -> Tensor:
    """log(1 + |x| + x^2/(1 + sqrt(1 + x^2))) with the sign of x. Far from 0 it is log(2*|x|), near 0 x itself."""
    size = torch.abs(x)
    near = torch.log1p(size + size * size / (1 + torch.sqrt(1 + size * size)))
    signed = torch.copysign(torch.where(size > 1e17, torch.log(size) + math.log(2), near), x)
    return torch.where(size < MIN_SIZE, x, signed)


def _erf(x: Tensor) -> Any:
    """In float64, so that float32 has its digits. The compiler's way for float32 is 0 where x is small."""
    return torch.erf(x.double()).to(x.dtype) if x.dtype == torch.float32 else NotImplemented


def _acosh(x: Tensor) -> Tensor:
    """log(1 + t + sqrt(t)*sqrt(t + 2)) with t = x - 1. Far from 1 it is log(2*x)."""
    t = x - 1
    near = torch.log1p(t + torch.sqrt(t) * torch.sqrt(t + 2))
    return torch.where(x > 1e17, torch.log(x) + math.log(2), near)


def _atanh(x: Tensor) -> Tensor:
    """log(1 + 2*|x|/(1 - |x|))/2 with the sign of x."""
    size = torch.abs(x)
    return torch.copysign(torch.log1p(2 * size / (1 - size)) / 2, x)


def _remainder(x: Tensor, y: Tensor | float) -> Tensor:
    """The exact remainder with the sign of x, moved by y where y has the other sign."""
    rest = torch.fmod(x, y)
    return torch.where(_opposite(rest, y), rest + y, rest)


def _quotient(x: Tensor, y: Tensor, *, rounding_mode: str | None) -> Any:
    """x/y. Rounded down, it is the whole number that the exact remainder leaves, if float64 has all those near it."""
    if rounding_mode != "floor":
        return NotImplemented
    ratio, rest = x / y, torch.fmod(x, y)
    whole = torch.round((x - rest) / y)
    whole = torch.where(_opposite(rest, y), whole - 1, whole)
    return torch.where(torch.abs(ratio) < 2**53, whole, ratio)


def _opposite(rest: Tensor, y: Tensor | float) -> Tensor:
    """Where a number that is not 0 has not the sign of y."""
    if isinstance(y, Tensor):
        return torch.where(y < 0, rest > 0, rest < 0)
    return rest > 0 if y < 0 else rest < 0


def _zeros(size: Sequence[int], *, dtype: torch.dtype, device: torch.device, **rest: Any) -> Tensor:
    """Zeros with a memory: PyTorch's own for a gradient that is 0 everywhere has none, and a loop would read it."""
    return torch.zeros(size, dtype=dtype, device=device)


aten = torch.ops.aten
DECOMPOSITIONS: dict[Any, Callable[..., Tensor]] = {
    aten.expm1.default: _expm1,
    aten.erf.default: _erf,
    aten.tan.default: _tan,
    aten.asinh.default: _asinh,
    aten.acosh.default: _acosh,
    aten.atanh.default: _atanh,
    aten.remainder.Tensor: _remainder,
    aten.remainder.Scalar: _remainder,
    aten.div.Tensor_mode: _quotient,
    aten._efficientzerotensor.default: _zeros,
}
"""What to record in place of an operation."""
