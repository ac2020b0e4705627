"""Bounds of the standard deviation that a formula has where its inputs are normal and cut at six deviations.

With the power series P of degree n about a place and R = f - P, std(f) lies within std(P) + and - sqrt(mean of R^2)
by Minkowski's inequality. The moments of P are exact. By Lagrange's remainder R is a sum over all a of degree n of
(c_a(xi) - c_a) h^a for some xi in between, where the series over a box encloses all c_a(xi).

About the point itself boxes are nested cubes, and in the shell between two of them the bound of the greater one holds.
Where that does not do, the whole is cut into cells, each with a series of its own. Where f has no enclosure in some
part S', the rest S still tells that var(f) >= P(S) var(f given S), whatever f is in S'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from derivcli.engines.balls.errors import UnsureError
from derivcli.uncertainty.inputs import Inputs
from derivcli.uncertainty.normal_moments import CUT, inside
from derivcli.uncertainty.polynomials import integral, shell_integral, squared, whole_mean
from derivcli.uncertainty.taylor_arithmetic import Series

_ZERO = arb(0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The standard deviation is at least `low` and, unless nothing is known, at most `high`."""

    low: arb = _ZERO
    high: arb | None = None

    def within(self, other: Bounds) -> Bounds:
        """What both say."""
        highs = [each for each in (self.high, other.high) if each is not None]
        return Bounds(max(self.low, other.low), min(highs, default=None))


def about(deviation: arb, remainder: arb) -> Bounds:
    """The bounds from a deviation and the mean square of what was left out of it."""
    if not (deviation.is_finite() and remainder.is_finite()):
        return Bounds()
    rest = root(remainder).upper()
    return Bounds(max((root(deviation) - rest).lower(), _ZERO), (root(deviation) + rest).upper())


def root(square: arb) -> arb:
    """The square root of a number that is not negative, whatever its ball says."""
    low, high = square.lower(), square.upper()
    if low >= 0:
        return square.sqrt()
    return _ZERO.union(high.sqrt()) if high > 0 else _ZERO


def polynomial_bounds(inputs: Inputs, degree: int) -> Bounds:
    """The deviation of a polynomial of a degree, whose inputs need not be cut."""
    series = without_value(inputs.about([0.0] * inputs.count, degree))
    mean = whole_mean(series, inputs.count)
    return about(whole_mean(squared(series), inputs.count) - mean * mean, _ZERO)


def shell_bounds(inputs: Inputs, order: int, reaches: Sequence[float], max_terms: int) -> Bounds:
    """The bounds from one power series and its remainders in shells that end at `reaches`, the last one at CUT.

    Raises UnsureError where there is no series about the point, or one of more terms than there may be.
    """
    count = inputs.count
    series = inputs.about([0.0] * count, order)
    if sum(map(len, series)) > max_terms:
        raise UnsureError
    polynomial = without_value(middles(series))
    shells: list[tuple[float, arb]] = []
    for reach in reaches:
        try:
            box = inputs.series([(-reach, reach)] * count, order)
        except UnsureError:
            break
        inner, before = shells[-1] if shells else (0.0, _ZERO)
        rest = squared(without_value(differences(series, box)))
        shells.append((reach, before + shell_integral(rest, count, inner, reach)))
    square, found = squared(polynomial), Bounds()
    for reach, remainder in shells[-1:] if shells and shells[-1][0] == CUT else shells:
        cell, weight = [(-reach, reach)] * count, inside(count, reach)
        mean = integral(polynomial, cell) / weight
        variance = integral(square, cell) / weight - mean * mean
        found = found.within(of_part(about(variance, remainder / weight), weight, count, whole=reach == CUT))
    return found


def of_part(bounds: Bounds, weight: arb, count: int, whole: bool) -> Bounds:
    """What the deviation in a part of some probability says of that in the whole."""
    if whole:
        return bounds
    return Bounds((bounds.low * root(weight / inside(count))).lower())


def middles(series: Series) -> Series:
    """The polynomial with the middles of the coefficients."""
    return [{key: value.mid() for key, value in terms.items()} for terms in series]


def without_value(series: Series) -> Series:
    """A series without its value, which does not vary."""
    return [{}, *series[1:]]


def differences(series: Series, box: Series) -> Series:
    """How far the coefficients of the polynomial's middles may be from the true ones, which in the box holds the last.

    A coefficient below the highest degree is one about the centre, and only its own ball is in doubt.
    """
    order = max(len(series), len(box)) - 1
    found: Series = [{} for _ in range(order + 1)]
    for degree, terms in enumerate(series):
        if degree < order:
            found[degree] = {key: value.rad() for key, value in terms.items() if not value.is_exact()}
    top = box[order] if len(box) > order else {}
    known = series[order] if len(series) > order else {}
    for key in {*top, *known}:
        difference = (top.get(key, _ZERO) - known.get(key, _ZERO).mid()).abs_upper()
        if not difference.is_zero():
            found[order][key] = difference
    return found
