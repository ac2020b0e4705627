"""Functions drawn from a seed, studied on an interval, and what is false or missing in the study.

Polynomials and rational functions are held against exact isolation of real roots, all others against a dense look in
50 digits. `python -m tests.drawn_curves [FIRST [LAST]]` judges them all, and prints what is false, how many studies are
complete in each family and how long they take.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import mpmath
import sympy

from derivcli.api import study
from derivcli.study.study import Study
from tests.judged_curves import false_claims
from tests.torn_curves import missing

COUNT = 5000
X = sympy.Symbol("x")

Draw = Random


@dataclass(frozen=True)
class Drawn:
    """A formula on an interval, with numerator and denominator where it is a quotient of polynomials."""

    family: str
    text: str
    low: str
    high: str
    quotient: tuple[sympy.Poly, sympy.Poly] | None = None


def whole(draw: Draw, most: int = 5) -> str:
    """A whole number that is not 0."""
    return str(draw.choice([-1, 1]) * draw.randint(1, most))


def decimal(draw: Draw) -> str:
    return f"{draw.uniform(0.2, 3):.{draw.randint(1, 2)}f}"


def signed(text: str) -> str:
    return f"+ {text}" if not text.startswith("-") else f"- {text[1:]}"


def interval(draw: Draw) -> tuple[str, str]:
    """An interval whose ends are rarely special."""
    low = draw.choice([-10, -5, -4, -3, -2.5, -2, -1, -0.7, 0, 0.1, 0.3, 1])
    return f"{low:g}", f"{low + draw.choice([0.5, 1, 2, 3, 4.3, 5, 6, 7.7, 10, 13]):.6g}"


def small_rational(draw: Draw) -> Any:
    return sympy.Rational(draw.randint(-12, 12), draw.choice([1, 1, 2, 3, 4, 7, 10]))


def factor(draw: Draw, r: Any) -> Any:
    """A polynomial with a root of some order, two close ones or two close to the real line."""
    ways: list[Callable[[], Any]] = [
        lambda: (X - r) ** draw.randint(1, 4),
        lambda: (X - r) * (X - r - sympy.Rational(1, 10 ** draw.randint(2, 9))),
        lambda: (X**2 - abs(r) - 1) ** draw.randint(1, 2),
        lambda: X**2 + r * X + draw.randint(-5, 5),
        lambda: (X - r) ** 2 + sympy.Rational(1, 10 ** draw.randint(0, 9)),
        lambda: X**3 - X + r,
    ]
    return draw.choice(ways)()


def polynomial(draw: Draw) -> tuple[str, sympy.Poly]:
    """A polynomial with planted roots: multiple, close or none, as a product or multiplied out."""
    factors = [factor(draw, small_rational(draw)) for _ in range(draw.randint(1, 4))]
    product = sympy.prod(factors) * draw.choice([1, 1, -2, sympy.Rational(1, 3)])
    shown = product if draw.random() < 0.5 else sympy.expand(product)
    if draw.random() < 0.2:
        shown = shown + sympy.Rational(draw.randint(-3, 3), draw.randint(1, 5))
    return str(shown).replace("**", "^"), sympy.Poly(shown, X)


def of_polynomials(draw: Draw) -> tuple[str, Any]:
    text, one = polynomial(draw)
    return text, (one, sympy.Poly(1, X))


def of_quotients(draw: Draw) -> tuple[str, Any]:
    above, one = polynomial(draw)
    below, other = polynomial(draw)
    if one.is_zero or other.is_zero:
        return of_quotients(draw)
    return f"({above})/({below})", (one, other)


ENTIRE = [
    "sin({})", "cos({})", "exp({})", "atan({})", "tanh({})", "sinh({})", "erf({})", "exp(-({})^2)", "sigmoid({})",
]  # fmt: skip
SPECIAL = [
    "gelu({})", "silu({})", "softplus({})", "mish({})", "besselj(0, {})", "besselj(1, {})", "besselj(2, {})",
    "airyai({})", "Si({})", "gamma({})", "loggamma(({})^2+0.3)", "lambertw(({})^2)", "digamma({})", "erf({})",
    "erfc({})", "Ei({})", "gamma(1+({})^2)", "asinh({})", "log(1+({})^2)", "sqrt(1+({})^2)",
]  # fmt: skip
EDGED = [
    "sqrt({})", "log({})", "cbrt({})", "1/({})", "log(abs({}))", "({})^(2/3)", "({})^(3/2)", "cbrt({})^2",
    "asin({})", "acos({})", "tan({})", "1/({})^2", "sqrt(1-({})^2)", "exp(1/({}))", "exp(-1/({})^2)", "atanh({})",
    "acosh({})", "1/log({})", "atan(1/({}))", "sin({})/({})", "1/sin({})", "({0})*log({0})",
]  # fmt: skip
KINKED = [
    "abs({})", "max({}, {})", "min({}, {})", "relu({})", "sign({})", "floor({})", "if({} > {}, {}, {})",
    "if({} < 0, {}, {})", "({0})*abs({0})", "max({}, 0)^2", "abs({})^3", "if({} <= 1, 0, {})", "max(min({}, 1), -1)",
    "abs({})*abs({})", "floor({})*({})",
]  # fmt: skip
ATOMS: list[Callable[[Draw], str]] = [
    lambda draw: "x", lambda draw: f"{decimal(draw)}*x", lambda draw: f"x - {decimal(draw)}", lambda draw: "x^2",
    lambda draw: f"x^2 - {draw.randint(1, 4)}", lambda draw: f"{draw.randint(2, 9)}*x",
    lambda draw: f"x^3 - {draw.randint(1, 3)}*x",
    lambda draw: f"{draw.randint(1, 3)} - x", lambda draw: f"x/{draw.randint(2, 5)} + {decimal(draw)}",
]  # fmt: skip


def composed(draw: Draw, outer: list[str], depth: int) -> str:
    """A formula of some depth; functions are taken from a list."""
    if depth == 0:
        return draw.choice(ATOMS)(draw)

    def inner() -> str:
        return composed(draw, outer if draw.random() < 0.6 else ENTIRE, depth - 1 if draw.random() < 0.7 else 0)

    way = draw.random()
    if way < 0.55:
        pattern = draw.choice(outer)
        return pattern.format(*(inner() for _ in range(6)))
    if way < 0.7:
        return f"{inner()} {signed(whole(draw))}*({inner()})"
    if way < 0.85:
        return f"({inner()})*({inner()})"
    if way < 0.92:
        return f"({inner()})^{draw.choice([2, 2, 3, 4])}"
    return f"({inner()})/(({inner()})^2 + {decimal(draw)})"


def of_smooth(draw: Draw) -> tuple[str, Any]:
    return composed(draw, ENTIRE, draw.randint(1, 3)), None


def of_special(draw: Draw) -> tuple[str, Any]:
    return composed(draw, SPECIAL, draw.randint(1, 2)), None


def of_edged(draw: Draw) -> tuple[str, Any]:
    return composed(draw, EDGED, draw.randint(1, 2)), None


def of_kinked(draw: Draw) -> tuple[str, Any]:
    return composed(draw, KINKED, draw.randint(1, 2)), None


def of_touching(draw: Draw) -> tuple[str, Any]:
    """A function with zeros of higher order, at most of which it has no formula."""
    inner = [composed(draw, ENTIRE, 1) for _ in range(3)]
    return draw.choice([
        "({0})^2*({1})", "({0})^3", "(({0}) - ({1}))^2", "({0})^4*({1})^2",
        "(sin(x) - 1/2)^2*({0})", "(x^2 - 2)^3*({0})",
        "({0})^2 + ({1})^2", "1 - cos({0})", "exp({0}) - ({0}) - 1", "({0})^2*exp({1})", "sin({0})^2 + cos({0})^2 - 1",
        "(exp(x) - 2)^2*(x - 1)^3", "2*cos(x) - 2 + x^2", "(sin(x) - cos(x))^2", "log(1 + ({0})^2)*({1})", "x^3*({0})",
        "tan(x/4) - x/4", "sin(x)^2*({0})", "({0})^2 - 2*({0})*({1}) + ({1})^2",
    ]).format(*inner), None  # fmt: skip


def of_waves(draw: Draw) -> tuple[str, Any]:
    """A function that oscillates."""
    n, m, a = draw.randint(3, 40), draw.randint(2, 9), decimal(draw)
    return draw.choice([
        f"sin({n}*x)", f"sin({n}*x)*exp(-{a}*x)", f"cos({n}*x) + {a}*x", f"sin({m}*x) + sin({m + 1}*x)",
        f"sin({a}*x^2)", f"sin({m}*exp(x/3))",
        f"x*cos({n}*x)", f"sin({n}*x)^2", f"cos({m}*x)^3", f"sin({m}*x)*cos({n}*x)", f"x + sin({m}*x)/{m}",
        f"cos({m}*x) - cos({m + 2}*x)", f"sin(x)/(1.01 + cos({m}*x))", f"sin({m}/(x + 0.05))",
        f"x*sin({m}/x)", f"tan({m}*x)",
    ]), None  # fmt: skip


FAMILIES: list[Callable[[Draw], tuple[str, Any]]] = [
    of_polynomials, of_quotients, of_smooth, of_special, of_edged, of_kinked, of_touching, of_waves,
]  # fmt: skip


def drawn_curve(seed: int) -> Drawn:
    """A function on an interval."""
    draw = Random(seed)
    family = FAMILIES[seed % len(FAMILIES)]
    while True:
        text, quotient = family(draw)
        low, high = interval(draw)
        if "x" in text:
            return Drawn(family.__name__.removeprefix("of_"), text, low, high, quotient)


def studied(drawn: Drawn) -> Study:
    found = study(drawn.text, f"x={drawn.low}:{drawn.high}")
    assert isinstance(found, Study)
    return found


def real_roots(one: sympy.Poly, low: str, high: str) -> list[tuple[float, int]]:
    """The roots of a polynomial in an open interval, with multiplicities."""
    if one.is_zero:
        return []
    ends, found = (sympy.Rational(low), sympy.Rational(high)), []
    for factor, multiplicity in one.sqf_list()[1]:
        for isolating in factor.intervals(inf=ends[0], sup=ends[1], sqf=True):
            place = bisected(factor, *isolating)
            if all(abs(place - mpmath.mpf(end)) > 1e-14 for end in (low, high)):
                found.append((float(place), multiplicity))
    return sorted(found)


def bisected(factor: sympy.Poly, low: sympy.Rational, high: sympy.Rational) -> Any:
    """The only root in an interval, to 25 digits."""
    with mpmath.workdps(90):
        coefficients = [mpmath.mpf(int(each.p)) / int(each.q) for each in map(sympy.Rational, factor.all_coeffs())]
        a, b = (mpmath.mpf(int(each.p)) / int(each.q) for each in (low, high))
        if low == high:
            return a
        first = mpmath.sign(mpmath.polyval(coefficients, a, derivative=True)[factor.eval(low) == 0])
        for _ in range(90):
            middle = (a + b) / 2
            a, b = (middle, b) if mpmath.sign(mpmath.polyval(coefficients, middle)) == first else (a, middle)
        return a


def expected(drawn: Drawn) -> dict[str, list[tuple[float, int]]]:
    """The zeros, critical points, inflections, and poles and holes of a quotient of polynomials."""
    assert drawn.quotient is not None
    above, below = drawn.quotient
    holes = {place for place, _ in real_roots(below, drawn.low, drawn.high)}
    found = {}
    p, q = reduced(above, below)
    for kind in ("zeros", "critical", "inflections"):
        roots = real_roots(p, drawn.low, drawn.high)
        found[kind] = [
            (place, many)
            for place, many in roots
            if place not in holes and not (kind == "inflections" and many % 2 == 0)
        ]
        p, q = reduced(p.diff(X) * q - p * q.diff(X), q * q)
    found["breaks"] = [(place, 0) for place in sorted(holes)]
    return found


def reduced(above: sympy.Poly, below: sympy.Poly) -> tuple[sympy.Poly, sympy.Poly]:
    above, below = sympy.Poly(above, X, domain="QQ"), sympy.Poly(below, X, domain="QQ")
    common = above.gcd(below)
    return above.quo(common), below.quo(common)


def misses(drawn: Drawn, found: Study) -> Iterator[str]:
    """What is false."""
    yield from false_claims(drawn.text, found)
    if drawn.quotient is None:
        return
    for kind, known in expected(drawn).items():
        yield from missing(found, kind, [place for place, _ in known])
        for point in getattr(found, kind):
            for place, many in known:
                if (
                    many
                    and point.multiplicity not in (0, many)
                    and abs(place - point.x.value) <= 1e-15 * abs(place)
                    and kind != "inflections"
                ):
                    yield f"{kind}: {point.x.text} has the multiplicity {many}, and not {point.multiplicity}"


def main(first: int = 0, last: int = COUNT) -> None:
    complete: Counter[str] = Counter()
    count: Counter[str] = Counter()
    seconds: list[tuple[float, str]] = []
    false = 0
    for seed in range(first, last):
        drawn = drawn_curve(seed)
        count[drawn.family] += 1
        start = time.process_time()
        try:
            found = studied(drawn)
        except Exception as error:
            print(f"{seed}: {drawn.text} on {drawn.low}:{drawn.high}: {type(error).__name__}: {error}", flush=True)
            continue
        seconds.append((time.process_time() - start, f"{seed}: {drawn.text} on {drawn.low}:{drawn.high}"))
        complete[drawn.family] += found.complete
        told = list(misses(drawn, found))
        false += bool(told)
        for each in told[:3]:
            print(f"{seed}: {drawn.text} on {drawn.low}:{drawn.high}: {each}", flush=True)
    seconds.sort()
    print(", ".join(f"{family} {complete[family]} of {count[family]}" for family in count), "are complete")
    (median, _), (most, slowest) = seconds[len(seconds) // 2], seconds[-1]
    print(f"false claims in {false} of {last - first}; median {median:.3f} s, most {most:.2f} s: {slowest}")


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main(*map(int, sys.argv[1:]))
