"""Where some functions of one variable were evaluated, and what they are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.pictures.scene import Floats

Mask: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = NDArray[np.intp]
Evaluate: TypeAlias = Callable[[Floats], Sequence[Floats]]
"""From abscissas, of which thousands cost little more than one, to the values of each function at them."""

Evaluated: TypeAlias = Callable[[Floats], Floats]
"""From abscissas to what `evaluated` makes of values."""

UNIT = 16.0
"""What values are divided by, so that no difference of them overflows."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Values `y`, shape (functions, points), in units of UNIT at increasing `x`; nan where there is none.

    `cut`, of the same shape, has for the gap after each point the place of a break in it, nan where there is none.
    """

    x: Floats
    y: Floats
    cut: Floats

    def with_more(self, evaluate: Evaluated, x: Floats) -> Samples:
        """These and those at other places between the first and the last."""
        x = np.unique(x[(x > self.x[0]) & (x < self.x[-1])])
        before = np.searchsorted(self.x, x)
        new = self.x[before] != x
        x, before = x[new], before[new]
        if not x.size:
            return self
        cut = np.insert(self.cut, before, np.nan, axis=1)
        broken = np.flatnonzero(np.isfinite(self.cut[:, before - 1]).any(axis=0))
        samples = Samples(np.insert(self.x, before, x), np.insert(self.y, before, evaluate(x), axis=1), cut)
        return samples._with_cuts_moved() if broken.size else samples

    def _with_cuts_moved(self) -> Samples:
        """These, with each break in the gap where it lies, after points were put into the gap where it lay."""
        which, gap = np.nonzero(np.isfinite(self.cut))
        place = self.cut[which, gap]
        cut = np.full(self.cut.shape, np.nan)
        cut[which, np.searchsorted(self.x, place, side="right") - 1] = place
        return Samples(self.x, self.y, cut)

    def with_cuts(self, functions: Indices, places: Floats) -> Samples:
        """These, with no line of a function over a place, each place being one of the points or between two."""
        cut = self.cut.copy()
        before = np.searchsorted(self.x, places, side="right") - 1
        inside = (before >= 0) & (before < len(self.x) - 1)
        cut[functions[inside], before[inside]] = places[inside]
        return Samples(self.x, self.y, cut)

    @property
    def joined(self) -> Mask:
        """The gaps that a line passes, shape (functions, points - 1)."""
        finite = np.isfinite(self.y)
        return np.asarray(finite[:, 1:] & finite[:, :-1] & np.isnan(self.cut[:, :-1]))


def evaluated(evaluate: Evaluate, slopes: Sequence[int | None]) -> Evaluated:
    """What gives the values of all functions, shape (functions, points), in units of UNIT.

    They are nan where there is none, as is a derivative where its function has none.
    """

    def values(x: Floats) -> Floats:
        y = np.array([np.broadcast_to(np.asarray(each, dtype=np.float64), x.shape) for each in evaluate(x)])
        y[~np.isfinite(y)] = np.nan
        for function, slope in enumerate(slopes):
            if slope is not None:
                y[slope, np.isnan(y[function])] = np.nan
        return y / UNIT

    return values


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
