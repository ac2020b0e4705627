"""Jumps of a function inside of a piece, and points of a study that are missing or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import mpmath
import numpy as np

from derivcli.study.study import Piece, Study
from tests.real_curves import along, at

NAMES = ("f", "f'", "f''")


def torn(text: str, piece: Piece) -> Iterator[str]:
    """Jumps of f, f' or f'' inside of a piece."""
    low, high = max(piece.low.high, -1e3), min(piece.high.low, 1e3)
    x = np.linspace(low, high, 202)[1:-1]
    if not low < high or len(np.unique(x)) < len(x):
        return
    rows = along(text, x)
    step = x[1] - x[0]
    for order in range(2):
        with np.errstate(all="ignore"):
            steps, slopes = np.abs(np.diff(rows[order])), np.abs(rows[order + 1])
            wanted = step * np.maximum(slopes[1:], slopes[:-1])
        scale = np.nanmax(np.abs(rows[order][np.isfinite(rows[order])]), initial=1e-300)
        for k in np.flatnonzero((steps > 10 * wanted + 1e-6 * scale) & np.isfinite(steps))[:3]:
            if jumps(text, order, mpmath.mpf(x[k]), mpmath.mpf(x[k + 1])):
                yield f"{NAMES[order]} jumps between {float(x[k])!r} and {float(x[k + 1])!r}, inside of a piece"
                return


def jumps(text: str, order: int, low: Any, high: Any) -> bool:
    """Whether f or f' differs by as much on a stretch that becomes shorter and shorter."""
    first = abs(at(text, high)[order] - at(text, low)[order])
    if first < mpmath.mpf(10) ** -20:
        return False
    for _ in range(60):
        middle = (low + high) / 2
        values = [at(text, each)[order] for each in (low, middle, high)]
        if any(map(mpmath.isnan, values)):
            return True
        low, high = (low, middle) if abs(values[1] - values[0]) > abs(values[2] - values[1]) else (middle, high)
    last = abs(at(text, high)[order] - at(text, low)[order])
    return bool(last > first / 100 and last > mpmath.mpf(10) ** -20)


def missing(study: Study, kind: str, known: Iterable[float], lenient: Iterable[float] = ()) -> Iterator[str]:
    """Points of a kind that are known and not told, those told that are none; what is undecided may be missing."""
    told = [point.x.value for point in getattr(study, kind) if study.low.value < point.x.value < study.high.value]
    left = list(told)
    optional = list(lenient)
    for place in known:
        match = next((each for each in left if abs(each - place) <= 1e-12 * (1 + abs(place))), None)
        if match is not None:
            left.remove(match)
        elif not any(each.low.low <= place <= each.high.high for each in study.undecided) and not any(
            abs(each - place) <= 1e-12 * (1 + abs(place)) for each in optional
        ):
            yield f"{kind}: {place!r} is missing"
    for each in left:
        if not any(abs(each - place) <= 1e-12 * (1 + abs(place)) for place in optional):
            yield f"{kind}: {each!r} is none"
