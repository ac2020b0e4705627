"""Taylor polynomials beside their functions, with the region that is proved to hold the function."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING

import numpy as np

from derivcli.check.judge import coordinates
from derivcli.check.taylor_coefficients import check_series
from derivcli.check.taylor_remainder import GrowingBound, growing_bound, remainders
from derivcli.check.verdict_kinds import KINDS
from derivcli.errors import DerivError
from derivcli.pictures.functions.names import function_name, latex, shown
from derivcli.pictures.functions.shown import Shown
from derivcli.pictures.scene import Band, Curve, Floats, Mark, Name, Stroke
from derivcli.render.numbers import outward_texts
from derivcli.result import SeriesResult

PLACES = 2001
"""The points of a polynomial, more than a picture has pixels from left to right, and as many of its band."""

MOST_POLYNOMIALS = 6
"""So many centres have a polynomial."""

BOUND_DIGITS = 3
"""Of a bound, which is rounded up: a smaller number would be no bound."""

BEYOND = 1e3
"""A polynomial is drawn until it is so many times as far away as the picture is high."""


def series_of(shown_: Shown) -> tuple[list[SeriesResult], list[str]]:
    """The polynomials of every function about every point, NaN where there is none, and why there is none."""
    drawn, variable = shown_.drawn, shown_.variable
    if drawn.degree is None:
        return [], []
    if drawn.points is None:
        raise DerivError("a Taylor polynomial has a centre", hint=f"try `--at {variable}=0`")
    if drawn.points.count > MOST_POLYNOMIALS:
        hint = f"choose {MOST_POLYNOMIALS} of them"
        raise DerivError(f"a picture shows polynomials about {MOST_POLYNOMIALS} points at most", hint=hint)
    from derivcli.engines.taylor.engine import series

    found, missing = [], []
    results = series([known.expression for known in shown_.known], drawn.points, variable, drawn.degree)
    for known, result in zip(shown_.known, results, strict=True):
        coefficients = result.coefficients.copy()
        verdicts = [] if known.expression.custom_functions else check_series(result).verdicts
        for point, values in enumerate(coefficients):
            kinds = [verdict.kind for column in verdicts if (verdict := column[point]) is not None]
            none = [order for order, kind in enumerate(kinds) if KINDS[kind].derivative in ("none", "one-sided")]
            if none or not np.isfinite(values).all():
                values[:] = np.nan
                what = f": the derivative of order {none[0]} does not exist there" if none and none[0] else ""
                missing.append(f"no Taylor polynomial about {shown(float(result.at[variable][point]))}{what}")
        found.append(replace(result, coefficients=coefficients))
    return found, missing


def polynomials(shown_: Shown, found: Sequence[SeriesResult], height: float) -> Iterator[Curve]:
    """The polynomials as curves, each with its centre."""
    for number, result in enumerate(found):
        x = np.linspace(shown_.low, shown_.high, PLACES)
        for point in range(len(result.coefficients)):
            coefficients = result.coefficients[point]
            centre = float(result.at[result.variable][point])
            if np.isfinite(coefficients).all():
                y = values(coefficients, centre, x)
                kept = np.abs(y - coefficients[0]) <= BEYOND * height
                name = _name(shown_, number, len(coefficients) - 1, centre, len(result.coefficients) > 1)
                mark = Mark(centre, float(coefficients[0]), "touch", tip="centre")
                marks = (mark,) if shown_.low <= centre <= shown_.high else ()
                yield Curve(name, tuple(_strokes(x, y, kept)), "polynomial", 0, number, marks=marks)


def values(coefficients: Floats, centre: float, x: Floats) -> Floats:
    """A polynomial in powers of the distance from a centre."""
    total = np.zeros_like(x)
    with np.errstate(all="ignore"):
        for coefficient in coefficients[::-1].tolist():
            total = total * (x - centre) + coefficient
    return total


def _strokes(x: Floats, y: Floats, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[Stroke]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], kept.astype(np.int8), [0]))))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if stop - start > 1:
            yield Stroke(x[start:stop], y[start:stop])


def _name(shown_: Shown, number: int, degree: int, centre: float, has_centre: bool) -> Name:
    letter = function_name(shown_.drawn, number)
    index = letter.text.partition("(")[0] if len(shown_.known) > 1 else ""
    subscript = str(degree).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    about = f" about {shown(centre)}" if has_centre else ""
    about_latex = rf"\text{{ about }} {latex(centre)}" if has_centre else ""
    of = f" of {index}" if index else ""
    of_latex = rf"\text{{ of }} {letter.latex.partition('(')[0]}" if index else ""
    return Name(f"T{subscript}{of}{about}", f"T_{{{degree}}}{of_latex}{about_latex}")


def bands(shown_: Shown, found: Sequence[SeriesResult]) -> Iterator[Band]:
    """Where each function is proved to lie, by its polynomial and the remainder on the interval that was asked for."""
    for number, result in enumerate(found):
        known = replace(result, interval=(shown_.low, shown_.high))
        ends = remainders(known)
        names = result.expression.variables
        for point in range(len(result.coefficients)):
            if not np.isfinite(ends[point]).all():
                continue
            at = coordinates(result.at, result.points, names, point)
            printed = result.coefficients[point].tolist()
            bound = growing_bound(result.expression, at, result.variable, printed, shown_.low, shown_.high)
            yield _band(shown_, number, result, point, (float(ends[point, 0]), float(ends[point, 1])), bound)


def _band(
    shown_: Shown, number: int, result: SeriesResult, point: int, ends: tuple[float, float], bound: GrowingBound | None
) -> Band:
    """What both bounds allow."""
    x = np.linspace(shown_.low, shown_.high, PLACES)
    y = values(result.coefficients[point], float(result.at[result.variable][point]), x)
    low, high = np.full_like(x, ends[0]), np.full_like(x, ends[1])
    if bound is not None:
        near = _most(bound, x)
        low, high = np.maximum(low, -near), np.minimum(high, near)
    (most,) = outward_texts(np.array([max(-ends[0], ends[1])]), BOUND_DIGITS, ROUND_CEILING)
    text = f"error at most {most}, proved"
    return Band(Name(text), x, y + low, y + high, number)


def _most(bound: GrowingBound, x: Floats) -> Floats:
    """The bound at places: where two stretches meet the greater one."""
    after = np.clip(np.searchsorted(bound.edges, x, "right") - 1, 0, len(bound.factors) - 1)
    before = np.clip(np.searchsorted(bound.edges, x, "left") - 1, 0, len(bound.factors) - 1)
    factors = np.maximum(bound.factors[after], bound.factors[before])
    distance = np.abs(x - bound.centre) * (1 + 4 * np.finfo(np.float64).eps)
    return np.asarray(factors * distance**bound.power * (1 + 1e-12) + bound.rounding, np.float64)


def is_proved_on(shown_: Shown) -> bool:
    """Whether an interval was asked for, on which the remainder is to be proved."""
    return any(map(math.isfinite, (each.low for each in shown_.drawn.intervals)))
