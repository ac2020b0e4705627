"""Truncated power series in torch: sums, products and quotients of coefficients in several variables.

A series in m variables is a ring element whose coefficients along its first axis are series in the others, so
every rule is written once, along that axis. Powers beyond those stored are exactly 0: a constant has one term
along an axis, a variable two, and a polynomial ends where it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from derivcli.engines.torch.tensors import VECTOR_BYTES


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Coefficients of shape (terms along each axis..., points), and the highest power kept along each axis.

    The last axis has length 1 where nothing varies over points.
    """

    terms: Tensor
    caps: tuple[int, ...]

    def __len__(self) -> int:
        return self.terms.shape[0]

    @property
    def first(self) -> Series:
        """The coefficient of power 0 along the first axis."""
        return Series(self.terms[0], self.caps[1:])

    @property
    def value(self) -> Tensor:
        """The coefficient of power 0 along all axes, of shape (points,)."""
        return self.terms[(0,) * len(self.caps)]

    @property
    def is_constant(self) -> bool:
        """Whether there is only one term."""
        return self.terms[..., 0].numel() == 1

    @property
    def is_zero(self) -> bool:
        """Whether it is the constant 0."""
        return self.is_constant and not self.terms.any()

    @property
    def points(self) -> int:
        """At how many points it is known, 1 where nothing varies over them."""
        return self.terms.shape[-1]

    def constant(self, value: float | Tensor) -> Series:
        """A number, or one for each point, among series like this one."""
        number = torch.as_tensor(value, dtype=self.terms.dtype, device=self.terms.device)
        return Series(number.reshape((1,) * len(self.caps) + (-1,)), self.caps)

    def lifted(self, cap: int) -> Series:
        """The same with a first axis along which nothing varies."""
        return Series(self.terms[None], (cap, *self.caps))

    def at(self, points: Tensor) -> Series:
        """The series at some of the points only."""
        return self if self.terms.shape[-1] == 1 else Series(self.terms.index_select(-1, points), self.caps)

    def __add__(self, other: Operand) -> Series:
        return _sum(self, _series(other, self), 1)

    def __radd__(self, other: Operand) -> Series:
        return _sum(_series(other, self), self, 1)

    def __sub__(self, other: Operand) -> Series:
        return _sum(self, _series(other, self), -1)

    def __rsub__(self, other: Operand) -> Series:
        return _sum(_series(other, self), self, -1)

    def __neg__(self) -> Series:
        return Series(-self.terms, self.caps)

    def __mul__(self, other: Operand) -> Series:
        if isinstance(other, Series):
            return _product(self, other)
        return Series(self.terms * other, self.caps)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> Series:
        if isinstance(other, Series):
            return _quotient(self, other)
        return Series(self.terms / other, self.caps)

    def __rtruediv__(self, other: Operand) -> Series:
        return _quotient(_series(other, self), self)


Operand: TypeAlias = Series | Tensor | float


def _series(operand: Operand, like: Series) -> Series:
    return operand if isinstance(operand, Series) else like.constant(operand)


# Shapes


def embed(small: Tensor, shape: Sequence[int]) -> Tensor:
    """The coefficients in a larger shape, with zeros for the powers that are not there."""
    return small.expand(shape) if list(small.shape[:-1]) == shape[:-1] else fill(small.new_zeros(shape), small)


def fill(large: Tensor, small: Tensor) -> Tensor:
    """The larger tensor with these coefficients in its first entries."""
    large[tuple(slice(length) for length in small.shape[:-1])] = small
    return large


def joint(*inputs: Tensor) -> list[int]:
    """The least shape in which all of these find room."""
    return [max(lengths) for lengths in zip(*(x.shape for x in inputs), strict=True)]


def blank(caps: Sequence[int], *inputs: Series) -> Tensor:
    """Zeros for a function of the inputs: every power that is kept, along each axis along which one of them varies."""
    *lengths, points = joint(*(u.terms for u in inputs))
    shape = [cap + 1 if length > 1 else 1 for cap, length in zip(caps, lengths, strict=True)]
    return inputs[0].terms.new_zeros([*shape, points])


# Arithmetic


def push(out: Tensor, power: int, factor: Tensor, block: Tensor, axes: int, sign: float = 1.0) -> None:
    """Add the product of one coefficient and a block of them to `out`, from a power on along the first axis.

    The coefficient is a series of `axes` axes, each entry of the block and of `out` is one too.
    """
    room = min(block.shape[0], out.shape[0] - power)
    if room > 0:
        _add_product(out[power : power + room], factor, block[:room], axes, sign)


def _add_product(out: Tensor, a: Tensor, b: Tensor, axes: int, sign: float) -> None:
    """out += sign * a * b over the last `axes` axes before the points, with any axes before those."""
    if not axes:
        out.addcmul_(a, b, value=sign)
        return
    axis = -1 - axes
    for power in range(min(a.shape[axis], out.shape[axis])):
        room = min(b.shape[axis], out.shape[axis] - power)
        slot = out.narrow(axis, power, room)
        _add_product(slot, a.select(axis, power), b.narrow(axis, 0, room), axes - 1, sign)


def _sum(a: Series, b: Series, sign: int) -> Series:
    if a.terms.shape == b.terms.shape:
        return Series(torch.add(a.terms, b.terms, alpha=sign), a.caps)
    shape = joint(a.terms, b.terms)
    return Series(torch.add(embed(a.terms, shape), embed(b.terms, shape), alpha=sign), a.caps)


def _product(a: Series, b: Series) -> Series:
    if a.is_constant or b.is_constant:
        found = Series(a.terms * b.terms, a.caps)
        return _ended(found) if a.is_zero or b.is_zero else found
    lengths = zip(a.terms.shape[:-1], b.terms.shape[:-1], a.caps, strict=True)
    shape = [min(p + q - 1, cap + 1) for p, q, cap in lengths]
    out = a.terms.new_zeros([*shape, max(a.terms.shape[-1], b.terms.shape[-1])])
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    _add_product(out, short.terms, long.terms, len(a.caps), 1.0)
    return Series(out, a.caps)


def _quotient(a: Series, b: Series) -> Series:
    """q with b*q = a: each coefficient, once known, is taken times b from what is left of a."""
    if b.is_constant:
        return Series(a.terms / b.terms, a.caps)
    rest = fill(blank(a.caps, a, b), a.terms)
    if len(b) == 1:
        rest = rest[: len(a)]
    for power in range(len(rest)):
        rest[power] = divided(rest[power], b.terms[0], a.caps[1:])
        push(rest, power + 1, rest[power], b.terms[1:], len(a.caps) - 1, -1)
    found = Series(rest, a.caps)
    return _ended(found) if a.is_zero else found


def _ended(found: Series) -> Series:
    """What 0 was multiplied by: the constant 0, unless something was not finite."""
    return found if found.terms.any() else found.constant(found.value)


def divided(a: Tensor, b: Tensor, caps: tuple[int, ...]) -> Tensor:
    """The quotient of two coefficients, series with these caps."""
    return _quotient(Series(a, caps), Series(b, caps)).terms if caps else a / b


# Choices


def _filled(points: Tensor, size: int) -> Tensor:
    """The numbers of points, the last of them repeated until loops over what is computed there leave no rest."""
    return torch.cat([points, points[-1:].expand(-len(points) % (VECTOR_BYTES // size))])


def choose(pieces: Sequence[tuple[Tensor, Callable[..., Series]]], *inputs: Series) -> Series:
    """Each function at the points that take it, given by a mask. Every point takes one. The others are not computed."""
    taken = [(mask, function) for mask, function in pieces if mask.any()]
    if len(taken) == 1:
        return taken[0][1](*inputs)
    indices = [_filled(mask.nonzero()[:, 0], inputs[0].terms.element_size()) for mask, _ in taken]
    found = [function(*(u.at(index) for u in inputs)) for index, (_, function) in zip(indices, taken, strict=True)]
    *shape, _ = joint(*(piece.terms for piece in found))
    out = found[0].terms.new_zeros([*shape, len(taken[0][0])])
    for index, piece in zip(indices, found, strict=True):
        out[..., index] = embed(piece.terms, [*shape, len(index)])
    return Series(out, found[0].caps)
