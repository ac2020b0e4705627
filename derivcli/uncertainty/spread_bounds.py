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
from derivcli.uncertainty.inputs import Cell, Inputs
from derivcli.uncertainty.normal_moments import CUT, inside
from derivcli.uncertainty.polynomials import integral, shell_integral, squared, whole_mean
from derivcli.uncertainty.taylor_arithmetic import MAX_EXPONENT, Series, exponents

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
    assert 2 * degree <= MAX_EXPONENT, "the square of the polynomial has keys too"
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
    degree = order
    for reach in reaches:
        try:
            box = inputs.series([(-reach, reach)] * count, order)
        except UnsureError:
            break
        inner, before = shells[-1] if shells else (0.0, _ZERO)
        degree, least = _least_remainder(series, box, degree, _Shell(count, inner, reach))
        shells.append((reach, before + least))
    square, found = squared(polynomial), Bounds()
    for reach, remainder in shells[-1:] if shells and shells[-1][0] == CUT else shells:
        cell, weight = [(-reach, reach)] * count, inside(count, reach)
        mean = integral(polynomial, cell) / weight
        variance = integral(square, cell) / weight - mean * mean
        found = found.within(of_part(about(variance, remainder / weight), weight, count, whole=reach == CUT))
    return found


@dataclass(frozen=True, slots=True)
class _Shell:
    """What lies between two cubes."""

    variables: int
    inner: float
    outer: float

    def mean_square(self, rest: Series) -> arb:
        """The integral of the square of a remainder, by the bounds of its coefficients."""
        return shell_integral(squared(rest), self.variables, self.inner, self.outer)


def _least_remainder(series: Series, box: Series, degree: int, shell: _Shell) -> tuple[int, arb]:
    """The least mean square of the remainder by its coefficients of one degree or another, and that degree.

    Far out, where boxes are wide, a lower one than that of the polynomial may tell more.
    """
    least = shell.mean_square(differences(series, box, degree))
    while degree and not least.is_zero():
        other = shell.mean_square(differences(series, box, degree - 1))
        if not other < least:
            break
        degree, least = degree - 1, other
    return degree, least


def needs_by_axis(rest: Series, widths: Sequence[arb]) -> list[float]:
    """How much of a remainder over a cell depends on each axis."""
    found = [0.0] * len(widths)
    for terms in rest:
        for key, value in terms.items():
            powers = exponents(key, len(widths))
            size = float(sized(value, powers, widths).mid())
            found = [each + power * size for each, power in zip(found, powers, strict=True)]
    return found


def sized(value: arb, powers: Sequence[int], widths: Sequence[arb]) -> arb:
    """A coefficient times powers of widths."""
    for width, power in zip(widths, powers, strict=True):
        if power:
            value = value * width**power
    return value


def halves(cell: Cell, axis: int) -> list[Cell]:
    """A cell cut in two."""
    low, high = cell[axis]
    middle = (low + high) / 2
    return [[*cell[:axis], ends, *cell[axis + 1 :]] for ends in ((low, middle), (middle, high))]


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


def differences(series: Series, box: Series, degree: int) -> Series:
    """What the remainder is made of: a bound for each monomial.

    Up to a degree it is by how much the coefficients about the centre may differ from the middles of their balls, or
    for this degree those over the box, and beyond it all that the polynomial has.
    """
    found: Series = []
    for place in range(max(len(series), len(box))):
        terms, top = (each[place] if place < len(each) else {} for each in (series, box))
        if place < degree:
            found.append({key: value.rad() for key, value in terms.items() if not value.is_exact()})
        elif place == degree:
            sizes = {key: (top.get(key, _ZERO) - terms.get(key, _ZERO).mid()).abs_upper() for key in {*top, *terms}}
            found.append({key: size for key, size in sizes.items() if not size.is_zero()})
        else:
            found.append({key: value.abs_upper() for key, value in terms.items()})
    return found
