"""Where some functions of one variable were evaluated, and what they are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Floats

Mask: TypeAlias = NDArray[np.bool_]
Evaluate: TypeAlias = Callable[[Floats], Sequence[Floats]]
"""From abscissas, of which thousands cost little more than one, to the values of each function at them."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Values `y`, shape (functions, points), at increasing `x`; nan where there is none.

    `cut`, shape (functions, points), says over which gaps, each after its point, no line may pass.
    """

    x: Floats
    y: Floats
    cut: Mask

    def with_more(self, x: Floats, y: Floats) -> Samples:
        """These and others; of those at one place the first is kept."""
        order = np.argsort(np.concatenate((self.x, x)), kind="stable")
        places = np.concatenate((self.x, x))[order]
        new = np.concatenate(([True], places[1:] > places[:-1]))
        order = order[new]
        cut = np.concatenate((self.cut, np.zeros(y.shape, dtype=np.bool_)), axis=1)[:, order]
        return Samples(places[new], np.concatenate((self.y, y), axis=1)[:, order], cut)

    def with_cuts(self, functions: NDArray[np.intp], left: Floats) -> Samples:
        """These, with no line over the gap that begins at a place, each for one function."""
        cut = self.cut.copy()
        cut[functions, np.searchsorted(self.x, left)] = True
        return Samples(self.x, self.y, cut)

    @property
    def joined(self) -> Mask:
        """The gaps that a line passes, shape (functions, points - 1)."""
        finite = np.isfinite(self.y)
        return np.asarray(finite[:, 1:] & finite[:, :-1] & ~self.cut[:, :-1])


def values_at(evaluate: Evaluate, x: Floats) -> Floats:
    """The values of all functions at some places, shape (functions, points), nan where there is none."""
    y = np.array([np.broadcast_to(np.asarray(each, dtype=np.float64), x.shape) for each in evaluate(x)])
    y[~np.isfinite(y)] = np.nan
    return y


# Floats by their numbers: neighbouring floats have neighbouring ones.


def ordinal(x: Floats) -> NDArray[np.int64]:
    """The numbers of floats in their order; that of zero is zero."""
    bits = np.ascontiguousarray(x, dtype=np.float64).view(np.int64)
    return np.where(bits >= 0, bits, np.int64(-(2**63)) - bits)


def of_ordinal(number: NDArray[np.int64]) -> Floats:
    """The floats with these numbers."""
    return np.where(number >= 0, number, np.int64(-(2**63)) - number).view(np.float64)


def subdivided(left: Floats, right: Floats, parts: int) -> Floats:
    """Floats from one to another with as many floats between each two, shape (gaps, parts + 1)."""
    low, high = ordinal(left)[:, None], ordinal(right)[:, None]
    share = np.arange(parts + 1)
    rest = (low % parts * (parts - share) + high % parts * share) // parts
    return of_ordinal(low // parts * (parts - share) + high // parts * share + rest)
