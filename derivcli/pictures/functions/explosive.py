"""Functions whose positive values would look like a corner on a linear axis, as those of exp(x) up to 700 do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from derivcli.pictures.sampling.sampled import Sampled
from derivcli.pictures.scene import Floats, Stroke

EXPLOSIVE = 1e6
"""The largest of explosive values is so many times the middle one."""


def explodes(values: Floats) -> bool:
    """Whether values at equally distant places are positive, and the largest is far above the middle one."""
    return bool(np.isfinite(values).all() and values.min() > 0 and values.max() / EXPLOSIVE > np.median(values))


def by_logarithms(
    values: Callable[[Floats], Sequence[Floats]], which: Sequence[bool]
) -> Callable[[Floats], list[Floats]]:
    """The same values, the logarithms of those that explode."""

    def changed(x: Floats) -> list[Floats]:
        found = []
        for each, does in zip(values(x), which, strict=True):
            found.append(np.where(each > 0, np.log10(np.where(each > 0, each, 1)), np.nan) if does else each)
        return found

    return changed


def raised(sampled: Sampled) -> Sampled:
    """What was sampled by logarithms; all of it is to be seen."""
    strokes = tuple(Stroke(each.x, 10.0**each.y) for each in sampled.strokes)
    ends = [end for each in strokes for end in (float(each.y.min()), float(each.y.max()))]
    return Sampled(strokes, (min(ends), max(ends)) if ends else sampled.window)
