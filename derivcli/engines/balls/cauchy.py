"""Power series of analytic functions from their values alone, with proved error bounds.

The coefficients of f about c are means of its values on a small circle of radius r,

    a_n = 1/(N r^n) sum_k f(c + r w^k) w^(-nk)  +  error,   w = exp(2 pi i/N),

and the error is a sum of further coefficients a_(n+mN) r^(mN), m >= 1, which Cauchy's estimate
|a_j| <= M/R^j bounds, where |f| <= M on a larger disk of radius R: with q = (r/R)^N it is at most
M R^-n (1/(1-q) - 1). FLINT evaluates f on the whole disk for M. The same holds of several variables, with the
product of such circles and the sum of their exponents. (Trefethen and Weideman, "The exponentially convergent
trapezoidal rule", SIAM Review 56, 2014, section 2.)

A finite M proves that the disk holds no pole, for no finite ball encloses the values about one. It tells nothing of
branch cuts, which a `domain` keeps out. Of some functions without poles FLINT has values at single points and none
for balls around them; of these `bounds.py` has an M.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import factorial, prod
from typing import Any

from flint import acb, arb, arb_series, ctx, fmpq

from derivcli.engines.balls.errors import UnsureError
from derivcli.engines.balls.integers import only_whole, scale
from derivcli.engines.balls.rule import no_value
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import TapeNode

ComplexFunction = Callable[..., acb]
"""A function of complex balls."""

Domain = Callable[..., Sequence[acb]]
"""Numbers that have to be positive where a function is real and analytic."""

Bound = Callable[..., arb]
"""What the size of a function does not exceed on complex balls."""

Pole = Callable[..., bool]
"""Whether arguments of a rule are where a function has no value."""

RADIUS_EXPONENTS = (3, 6, 10, 16, 30, 60, 120, 240, 500, 1000, 2000, 4096)
"""Disks that are tried, from large to small: their radii are 2 to the minus these."""

MAX_EXPONENT_GAP = 4
"""Between a disk that is too large and one that is not others are tried, until their exponents are so near."""

MAX_LOSS_BITS = 64
"""A bound that is larger by so many powers of 2 than the function at the centre costs too many digits."""

DISK_BITS, MAX_PRECISION_BITS = 64, 20_000
"""The precision on a disk, besides what tells its radius from its centre, and the most that is taken."""

SPARE_BITS = 128
"""Functions are computed to so many bits more than twice those that are known of their arguments."""

WIDE_EXPONENTS = (-2, -1, 0, 1, 2, 3, 4, 6, 8, 11)
"""The radii of disks about the points of an interval, as powers of 1/2."""

MAX_CENTRED_RADIUS = arb(2) ** -8
"""On longer intervals the values at the middle tell nothing."""

UNDEFINED = acb("nan")


def analytic(
    function: ComplexFunction,
    domain: Domain | None = None,
    pole: Pole | None = None,
    bound: Bound | None = None,
    by: Sequence[int] = (),
) -> Any:
    """The rule of an analytic function, or of (k, ..., *arguments), its k-th derivatives `by` some of its arguments.

    Where one of `domain` is not positive, the function is not real or has a cut, and at a `pole` it has no value.
    A function with a `bound` has no poles in its domain, whatever FLINT knows of it.
    """

    def rule(run: Run, node: TapeNode, numbers: list[Number]) -> arb_series:
        orders = [_order(number) for number in numbers[: len(by)]]
        shifted = [(place, order) for place, order in zip(by, orders, strict=True) if order]
        arguments = numbers[len(by) :]
        if pole and pole(*arguments):
            raise no_value(node, *arguments)
        centre = [acb(number.ball) for number in arguments]
        _check_domain(run, node, arguments, domain(*centre) if domain else ())
        moving = run.order if any(number.varies for number in arguments) else 0
        centres = [_centre(run, number) for number in arguments]
        if not moving and not shifted:
            with ctx.workprec(_deserved(centres)):
                return arb_series([real_value(function(*centre))])
        wide = [place for place, number in enumerate(arguments) if number.varies]
        if not shifted and len(wide) == 1 and _is_wide(centres[wide[0]]):
            return _composed(_enclosures(function, domain, bound, centres, wide[0], moving), arguments[wide[0]])
        polynomials = [[number.series[n] for n in range(moving + 1)] for number in arguments]

        def along(t: acb, *shifts: acb) -> list[acb]:
            here = [_value(first, others, t) for first, (_, *others) in zip(centres, polynomials, strict=True)]
            for (place, _), shift in zip(shifted, shifts, strict=True):
                here[place] += shift
            return here

        path = _Path(function, domain, along, 1 + len(shifted), bound, *_sizes(polynomials))
        with ctx.workprec(_deserved(centres)):
            coefficients = taylor(path, moving, [order for _, order in shifted])
        return arb_series([coefficient * prod(map(factorial, orders)) for coefficient in coefficients])

    return rule


def _centre(run: Run, number: Number) -> fmpq | arb:
    """An argument as exactly as it is known: an error that all points of a circle share costs digits."""
    exact = number.exact if run.rounding is None else None
    return number.ball if exact is None else exact


def _is_wide(centre: fmpq | arb) -> bool:
    """Whether a ball stands for an interval, and not for a number: it is known to less than half of the digits."""
    return isinstance(centre, arb) and bool(centre.rad() > arb(2) ** -(int(ctx.prec) // 2) * (1 + abs(centre)))


def _composed(coefficients: Sequence[arb], number: Number) -> arb_series:
    """A power series with the coefficients of a function about an operand's value, of that operand."""
    steps = [number.series[n] for n in range(1, len(coefficients))]
    if all(step.is_zero() for step in steps):  # FLINT composes with no series that is 0
        return arb_series([coefficients[0]])
    return arb_series(coefficients)(arb_series([arb(0), *steps]))


def _enclosures(
    function: ComplexFunction,
    domain: Domain | None,
    bound: Bound | None,
    centres: Sequence[fmpq | arb],
    place: int,
    order: int,
) -> list[arb]:
    """The Taylor coefficients about all points of an interval, which is one of the `centres`.

    With |f| <= M on all disks of radius R about its points the n-th is no larger than M/R^n. On a short interval the
    n-th differs from that at the middle by at most the radius times n + 1 times a bound of the next one.
    """

    def path_about(centre: fmpq | arb) -> _Path:
        def along(t: acb) -> list[acb]:
            return [acb(each) + t if k == place else acb(each) for k, each in enumerate([*before, centre, *behind])]

        return _Path(function, domain, along, 1, bound, 0, max(0, scale(arb(centre)) or 0))

    before, behind = centres[:place], centres[place + 1 :]
    around = arb(centres[place])
    path, limits = path_about(around), [arb.pos_inf()] * (order + 2)
    for exponent in WIDE_EXPONENTS:
        size = path.bound(exponent)
        if size is not None:
            limits = [limit.min(size * arb(2) ** (exponent * n)) for n, limit in enumerate(limits)]
    if not all(limit.is_finite() for limit in limits):
        raise UnsureError
    if around.rad() > MAX_CENTRED_RADIUS:
        return [real_value(path(acb(0))), *(arb(0, limit) for limit in limits[1:-1])]
    middle = taylor(path_about(arb(around.mid())), order, [])
    return [each + arb(0, around.rad() * (n + 1) * limits[n + 1]) for n, each in enumerate(middle)]


def _deserved(centres: Sequence[fmpq | arb]) -> int:
    """The precision that arguments deserve: of wide balls FLINT seeks digits that they do not have, for minutes."""
    wide = [each for each in centres if isinstance(each, arb) and not each.is_exact()]
    known = min((max(int(each.rel_accuracy_bits()), 0) for each in wide), default=MAX_PRECISION_BITS)
    return min(int(ctx.prec), SPARE_BITS + 2 * known)


def _order(number: Number) -> int:
    order = only_whole(number.ball)
    if order is None:
        raise UnsureError
    return order


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """A function of complex t and shifts of some arguments. `along` says where its arguments go.

    By 2 to minus its `steepness` t has to be smaller for no argument to move by more, and 2**`height` is the size of
    the arguments.
    """

    function: ComplexFunction
    domain: Domain | None
    along: Callable[..., list[acb]]
    dimension: int
    limit: Bound | None
    steepness: int
    height: int

    def __call__(self, *place: acb) -> acb:
        """The function, where that is in its domain."""
        here = self.along(*place)
        return self.function(*here) if self.is_inside(here) else UNDEFINED

    def is_inside(self, here: Sequence[acb]) -> bool:
        """Whether balls are proved to lie in the domain."""
        return self.domain is None or all(value.real > 0 for value in self.domain(*here))

    def bits(self, exponent: int) -> int:
        """The precision for disks of radius 2**-exponent. Functions may grow or turn with the square of arguments."""
        bits = DISK_BITS + exponent + 2 * self.height
        if bits > MAX_PRECISION_BITS:
            raise UnsureError
        return bits

    def is_loose(self, bound: arb, exponent: int) -> bool:
        """Whether a bound is far beyond the function's size: functions that oscillate or grow fast need small disks."""
        size = scale(bound)
        if size is None or size <= MAX_LOSS_BITS:
            return False
        with ctx.workprec(self.bits(exponent)):
            value = self(*[acb(0)] * self.dimension)
        known = scale(abs(value).upper()) if value.is_finite() else None
        return known is not None and size > known + MAX_LOSS_BITS

    def bound(self, exponent: int) -> arb | None:
        """A bound of the function on disks of radius 2**-exponent, if it is proved to be analytic there."""
        with ctx.workprec(self.bits(exponent)):
            side = arb(0, arb(2) ** -exponent)
            here = self.along(*[acb(side, side)] * self.dimension)
            if not self.is_inside(here):
                return None
            size = abs(self.function(*here)).upper()
            if self.limit and not size.is_finite():
                size = self.limit(*here).upper()
            return size if size.is_finite() else None


def _sizes(polynomials: Sequence[Sequence[arb]]) -> tuple[int, int]:
    """How steep the arguments are and how large, as powers of 2."""
    slopes, heights = [0], [0]
    for first, *others in polynomials:
        heights.append(scale(first) or 0)
        reached = [(n, scale(abs(each).upper())) for n, each in enumerate(others, start=1)]
        slopes += [-(-size // n) for n, size in reached if size is not None]
    return max(slopes), max(heights)


def _check_domain(run: Run, node: TapeNode, numbers: list[Number], clear: Sequence[acb]) -> None:
    if any(value.real.is_zero() or run.sign(value.real, lambda: None, *numbers) <= 0 for value in clear):
        raise no_value(node, *numbers)


def real_value(value: acb) -> arb:
    """The value of a function that is real here."""
    if not value.is_finite() or not value.imag.contains(0):
        raise UnsureError
    return value.real


def taylor(path: _Path, order: int, orders: Sequence[int]) -> list[arb]:
    """The coefficients of t**n s1**k1 s2**k2 ... of f(t, s1, s2, ...) about 0, for n up to `order`.

    f is real on the real line. Without a disk on which it is bounded nothing is known.
    """
    precision = ctx.prec
    exponent, bound = _disk(path)
    counts = [2 * each + 3 for each in (order, *orders)]  # odd, so that no two shifts cancel to a special order
    depths = [precision // count + 1 for count in counts]
    lost = sum(depth * (each + 1) for depth, each in zip(depths, (order, *orders), strict=True))
    with ctx.workprec(precision + lost + 20):
        values = _torus(path, [arb(2) ** (-exponent - depth) for depth in depths], counts)
        ratios = [arb(2) ** (-depth * count) for depth, count in zip(depths, counts, strict=True)]
        tail = prod((1 / (1 - ratio) for ratio in ratios), start=arb(1)) - 1
        found = []
        for n in range(order + 1):
            powers = (n, *orders)
            shrunk = sum(power * (exponent + depth) for power, depth in zip(powers, depths, strict=True))
            error = bound * tail * arb(2) ** (exponent * sum(powers))
            found.append(_mean(values, powers, counts) * arb(2) ** shrunk + arb(0, error.upper()))
    if not all(coefficient.is_finite() for coefficient in found):
        raise UnsureError
    return found


Torus = dict[tuple[int, ...], acb]


def _torus(f: Callable[..., acb], radii: Sequence[arb], counts: Sequence[int]) -> Torus:
    """The function at equally spaced points of a product of circles. Half of the values are conjugates of others."""
    circles = [
        [radius * acb.exp_pi_i(acb(2 * k) / count) for k in range(count)]
        for radius, count in zip(radii, counts, strict=True)
    ]
    values: Torus = {}
    for place in product(*map(range, counts)):
        mirrored = tuple(-k % count for k, count in zip(place, counts, strict=True))
        if mirrored in values:
            values[place] = values[mirrored].conjugate()
        else:
            values[place] = f(*[circle[k] for circle, k in zip(circles, place, strict=True)])
    return values


def _mean(values: Torus, powers: Sequence[int], counts: Sequence[int]) -> arb:
    """The mean of the values times the roots of unity to minus the powers, a real number."""
    total = acb(0)
    for place, value in values.items():
        angle = sum(acb(2 * power * k) / count for power, k, count in zip(powers, place, counts, strict=True))
        total += value * acb.exp_pi_i(-angle)
    return total.real / prod(counts)


def _disk(path: _Path) -> tuple[int, arb]:
    """The exponent of a radius of disks on which the function is analytic, nearly as large as can be, and a bound."""
    too_large, largest = 0, None
    for exponent in (path.steepness + each for each in RADIUS_EXPONENTS):
        bound = path.bound(exponent)
        if bound is not None and not path.is_loose(bound, exponent):
            break
        largest = largest or (bound and (exponent, bound))
        too_large = exponent
    else:
        if largest is None:
            raise UnsureError
        return largest
    while too_large and exponent - too_large > MAX_EXPONENT_GAP:
        middle = (exponent + too_large) // 2
        wider = path.bound(middle)
        if wider is None or path.is_loose(wider, middle):
            too_large = middle
        else:
            exponent, bound = middle, wider
    return exponent, bound


def _value(first: fmpq | arb, others: Sequence[arb], t: acb) -> acb:
    total = acb(0)
    for coefficient in reversed(others):
        total = (total + coefficient) * t
    return total + first
