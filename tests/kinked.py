"""Formulas of two variables with kinks and jumps in one of them, and what is true of their mixed derivatives.

A formula is a sum of products g(u)*h(v), where g is smooth and h has branches. Each branch is a function of mpmath, so
that derivatives on each side are Taylor coefficients of one branch; nothing here is shared with the check.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import inf
from typing import Any, TypeAlias

import mpmath
from mpmath import mp, mpf

from tests import jets
from tests.admitted import Admitted, Number, Numbers, exists
from tests.jets import Jet, slopes

DIGITS = 300
"""Digits in which derivatives are computed."""

ZERO = mpf(10) ** -260
"""What is below this is 0: no number of a drawn formula comes near it otherwise."""

Branch: TypeAlias = Callable[[Jet], Jet]
Series: TypeAlias = Sequence[Any]


@dataclass(frozen=True, eq=False)
class Factor:
    """A function of one variable: its text with `{}` for the argument, where it breaks, and what it is between.

    `branches` has one entry more than `breaks`; at each break the value is that of the branch on the left where
    `from_left` says so.
    """

    text: str
    branches: tuple[Branch, ...]
    breaks: tuple[Fraction, ...] = ()
    from_left: bool = True

    def at(self, point: Fraction) -> tuple[Branch, Branch, Branch]:
        """The branch at a point, and those on its left and right."""
        below = sum(each < point for each in self.breaks)
        above = sum(each <= point for each in self.breaks)
        return self.branches[below if self.from_left else above], self.branches[below], self.branches[above]


def exact(number: Fraction) -> Any:
    return mpf(number.numerator) / number.denominator


def constant(number: Fraction | int | str) -> Branch:
    return lambda x: Jet.of(exact(Fraction(number)))


def same(x: Jet) -> Jet:
    return x


def selu_scale() -> Any:
    return mpf("1.0507009873554804934193349852946")


def selu_slope() -> Any:
    return selu_scale() * mpf("1.6732632423543772848170429916717")


SMOOTH = (
    Factor("1", (constant(1),)),
    Factor("({})", (same,)),
    Factor("({})^2", (lambda x: x * x,)),
    Factor("({})^3", (lambda x: x * x * x,)),
    Factor("sin({})", (jets.sin,)),
    Factor("exp({})", (jets.exp,)),
    Factor("cos({})", (jets.cos,)),
    Factor("({})/3", (lambda x: x / 3,)),
    Factor("exp(({})/3)", (lambda x: jets.exp(x / 3),)),
    Factor("1/(({})^2+1)", (lambda x: 1 / (x * x + 1),)),
    Factor("softplus({})", (jets.softplus,)),
    Factor("sigmoid({})", (jets.sigmoid,)),
    Factor("tanh({})", (jets.tanh,)),
)
"""Factors without a kink."""

NIL = Fraction(0)

KINKED = (
    Factor("elu({})", (jets.expm1, same), (NIL,)),
    Factor("elu({}, 0.5)", (lambda x: jets.expm1(x) / 2, same), (NIL,)),
    Factor("celu({})", (jets.expm1, same), (NIL,)),
    Factor("celu({}, 2)", (lambda x: 2 * jets.expm1(x / 2), same), (NIL,)),
    Factor("celu({}, 0.3)", (lambda x: mpf(3) / 10 * jets.expm1(x * 10 / 3), same), (NIL,)),
    Factor("selu({})", (lambda x: selu_slope() * jets.expm1(x), lambda x: selu_scale() * x), (NIL,)),
    Factor("relu({})", (constant(0), same), (NIL,)),
    Factor("relu({})^2", (constant(0), lambda x: x**2), (NIL,)),
    Factor("relu({})^3", (constant(0), lambda x: x**3), (NIL,)),
    Factor("relu({})^4", (constant(0), lambda x: x**4), (NIL,)),
    Factor("abs({})", (lambda x: -x, same), (NIL,)),
    Factor("abs({})^3", (lambda x: -(x**3), lambda x: x**3), (NIL,)),
    Factor("leaky_relu({})", (lambda x: x / 100, same), (NIL,)),
    Factor("leaky_relu({}, 0.3)", (lambda x: x * 3 / 10, same), (NIL,)),
    Factor("relu6({})", (constant(0), same, constant(6)), (NIL, Fraction(6))),
    Factor("hardtanh({})", (constant(-1), same, constant(1)), (Fraction(-1), Fraction(1))),
    Factor("hardswish({})", (constant(0), lambda x: x * (x + 3) / 6, same), (Fraction(-3), Fraction(3))),
    Factor(
        "softshrink({})",
        (lambda x: x + mpf(1) / 2, constant(0), lambda x: x - mpf(1) / 2),
        (Fraction(-1, 2), Fraction(1, 2)),
    ),
    Factor(
        "if(abs({0}) < 1, ({0})^2/2, abs({0})-1/2)",
        (lambda x: -x - mpf(1) / 2, lambda x: x * x / 2, lambda x: x - mpf(1) / 2),
        (Fraction(-1), Fraction(1)),
    ),
    Factor("if({0} > 0, sin({0}), {0})", (same, jets.sin), (NIL,)),
    Factor("if({0} > 0, exp({0})-1, sin({0}))", (jets.sin, jets.expm1), (NIL,)),
    Factor("if({0} >= 0, cos({0}), 1)", (constant(1), jets.cos), (NIL,), from_left=False),
    Factor("if({0} >= 0, cos({0}), 1+({0}))", (lambda x: 1 + x, jets.cos), (NIL,), from_left=False),
    Factor("if({0} < 0, ({0})^2, {0})", (lambda x: x * x, same), (NIL,), from_left=False),
    Factor("max({0}, ({0})^2)", (lambda x: x * x, same, lambda x: x * x), (NIL, Fraction(1))),
    Factor("heaviside({})*({})", (constant(0), same), (NIL,)),
    Factor("heaviside({0})*({0})^2", (constant(0), lambda x: x * x), (NIL,)),
    Factor("if({0} > 0, 1+({0}), ({0})^2)", (lambda x: x * x, lambda x: 1 + x), (NIL,)),
    Factor("floor({})", tuple(map(constant, range(-99, 99))), tuple(map(Fraction, range(-98, 99))), from_left=False),
)
"""Factors with kinks, with breaks in some derivative only, and with jumps."""

INNER = tuple(
    (text, Fraction(scale), Fraction(offset))
    for text, scale, offset in (
        ("{}", 1, 0),
        ("{}", 1, 0),
        ("{}-1", 1, -1),
        ("{}-1.35", 1, "-1.35"),
        ("{}-1/3", 1, "-1/3"),
        ("1-{}", -1, 1),
        ("3*{}-1", 3, -1),
        ("{}/3", "1/3", 0),
        ("{}/0.3-1", "10/3", -1),
        ("0.3*{}", "0.3", 0),
    )
)
"""Arguments of kinked factors: text, slope and value at 0."""


@dataclass(frozen=True)
class Term:
    """A coefficient, a smooth factor of one variable, and a factor of a linear argument in the other."""

    weight: tuple[str, Fraction]
    smooth: Factor
    kinked: Factor
    inner: tuple[str, Fraction, Fraction]

    def text(self, u: str, v: str) -> str:
        """The product as one types it."""
        kinked = self.kinked.text.replace("{}", "{0}").format(self.inner[0].format(v))
        return f"{self.weight[0]}*{self.smooth.text.format(u)}*{kinked}"


@dataclass(frozen=True)
class Case:
    """A formula, a point, and the key of one of its derivatives."""

    text: str
    at: str
    key: str

    def __str__(self) -> str:
        return f"{self.text} at {self.at}, by {self.key}"


@dataclass(frozen=True)
class Part:
    """A product at the point: Taylor coefficients of its smooth factor, and of the other at, left and right of it."""

    smooth: Series
    value: Any
    left: Series
    right: Series

    def by_smooth(self) -> Part:
        return replace(self, smooth=slopes(self.smooth))

    def by_kinked(self) -> Part:
        """The derivative on each side, whose value at the point is that of the right side."""
        left, right = slopes(self.left), slopes(self.right)
        return Part(self.smooth, right[0], left, right)


def is_zero(number: Any) -> bool:
    return bool(abs(number) < ZERO)


def rational(number: Any) -> Fraction:
    """The fraction that stands for a number of mpmath."""
    return Fraction(0) if is_zero(number) else Fraction(str(mpmath.nstr(number, 40)))


@cache
def taylor(branch: Branch, scale: Fraction, offset: Fraction, point: Fraction) -> Series:
    """The Taylor coefficients of a branch of a linear argument."""
    return branch(Jet.variable(exact(scale * point + offset), exact(scale))).series


def part_of(term: Term, u: Fraction, v: Fraction) -> Part:
    """A term at the point (u, v)."""
    _, scale, offset = term.inner
    here, left, right = term.kinked.at(scale * v + offset)
    if scale < 0:
        left, right = right, left
    sides = [taylor(branch, scale, offset, v) for branch in (here, left, right)]
    smooth = [exact(term.weight[1]) * number for number in taylor(term.smooth.branches[0], Fraction(1), NIL, u)]
    return Part(smooth, sides[0][0], sides[1], sides[2])


def summed(parts: Sequence[Part], numbers: Callable[[Part], Any]) -> Series:
    """The Taylor coefficients, along the smooth variable, of products with some number of each other factor."""
    rows = [[each * numbers(part) for each in part.smooth] for part in parts]
    return [mpmath.fsum(column) for column in zip(*rows, strict=True)]


def admitted(terms: Sequence[Term], names: tuple[str, str], point: tuple[Fraction, Fraction], key: str) -> Admitted:
    """What may be said of a mixed derivative; the last variable of the key is taken first."""
    with mp.workdps(DIGITS):
        parts = [part_of(term, *point) for term in terms]
        order = [name == names[1] for name in reversed(key.split(","))]
        return _admitted(parts, order)


def _admitted(parts: list[Part], order: list[bool]) -> Admitted:
    """The same, where each step of the order says whether it is by the variable with kinks."""
    frozen = False
    for index, kinked in enumerate(order):
        if kinked:
            found = break_of(parts, order[index + 1 :])
            if found:
                return found
            frozen = frozen or not everywhere(parts)
            parts = [part.by_kinked() for part in parts]
        elif frozen:
            return {"isolated": Numbers()}
        else:
            parts = [part.by_smooth() for part in parts]
    return exists(rational(summed(parts, lambda part: part.value)[0]))


def jumps(parts: Sequence[Part]) -> tuple[Series, Series, Series]:
    """How far the function jumps on the left and on the right, and how far its slope, along the smooth variable."""
    return (
        summed(parts, lambda part: part.value - part.left[0]),
        summed(parts, lambda part: part.right[0] - part.value),
        summed(parts, lambda part: part.right[1] - part.left[1]),
    )


def everywhere(parts: Sequence[Part]) -> bool:
    """Whether the derivative by the variable with kinks exists along the smooth one, and not at the point alone."""
    return all(is_zero(number) for series in jumps(parts) for number in series)


def break_of(parts: Sequence[Part], after: list[bool]) -> Admitted:
    """The jump or the corner where the derivative by the variable with kinks does not exist."""
    left, right, bend = (series[0] for series in jumps(parts))
    if is_zero(left) and is_zero(right) and is_zero(bend):
        return {}
    sides = [one_sided(parts, after, side) for side in (-1, 1)]
    if is_zero(left) and is_zero(right):
        numbers: list[tuple[Number, ...]] = [(None, side) if after else (side,) for side in sides]
        return {"corner": Numbers(left=numbers[0], right=numbers[1])}
    numbers = [jumping(left, sides[0], after), jumping(right, sides[1], after)]
    return {"jump": Numbers(left=numbers[0], right=numbers[1])}


def jumping(jump: Any, side: Fraction, after: list[bool]) -> tuple[Number, ...]:
    """What a side of a jump may be said to be: its derivative, or the infinity that quotients go to."""
    if is_zero(jump):
        return (None, side)
    steep = inf if jump > 0 else -inf
    return (None, steep, -steep) if after else (None, steep)


def one_sided(parts: Sequence[Part], after: list[bool], side: int) -> Fraction:
    """The derivative on one side, and all the derivatives that are taken after it."""
    parts = [part.by_kinked() for part in parts]
    for kinked in after:
        parts = [part.by_kinked() if kinked else part.by_smooth() for part in parts]
    return rational(summed(parts, lambda part: (part.left if side < 0 else part.right)[0])[0])


WEIGHTS = (("1", "1"), ("1", "1"), ("3", "3"), ("0.3", "0.3"), ("(1/3)", "1/3"), ("(-2)", "-2"), ("1e-5", "1e-5"))
DIVISORS = (("", "1"), ("", "1"), ("/3", "1/3"), ("/0.3", "10/3"), ("*0.3", "0.3"), ("/7", "1/7"))
ALONE = 0.4
"""How often a factor stands alone, so that sums of a function of each variable are among the drawn."""

POINTS = ("1.5", "1.35", "1/3", "0", "2", "-1", "0.1", "-2.7", "1")
BESIDE = ("", "", "", "", "+1e-3", "-1e-3", "+1e-8", "-1e-15", "+1e-20", "-1e-30")
KEYS = ("{u},{v}", "{v},{u}", "{u},{u},{v}", "{u},{v},{v}", "{v},{u},{v}", "{v},{u},{u}", "{v},{v}")


def drawn_term(draw: random.Random, kinks: Sequence[Factor]) -> Term:
    """A product of which the second factor is one of those; now and then one of its factors is 1."""
    text, value = draw.choice(WEIGHTS)
    smooth = SMOOTH[0] if draw.random() < ALONE else draw.choice(SMOOTH)
    kinked = SMOOTH[0] if kinks is SMOOTH and draw.random() < ALONE else draw.choice(kinks)
    return Term((text, Fraction(value)), smooth, kinked, draw.choice(INNER))


def place_of(draw: random.Random, terms: Sequence[Term]) -> str:
    """A point of the variable with kinks: mostly one of them, or one beside it."""
    broken = [term for term in terms if term.kinked.breaks]
    if draw.random() < 0.2 or not broken:
        return draw.choice(POINTS)
    term = draw.choice(broken)
    _, scale, offset = term.inner
    point = (draw.choice(term.kinked.breaks) - offset) / scale
    return f"{point}{draw.choice(BESIDE)}"


def value_of(text: str) -> Fraction:
    """The number that a point as it is typed is."""
    for sign in "+-":
        base, mark, near = text.rpartition(f"{sign}1e-")
        if mark and base:
            return Fraction(base) + Fraction(f"{sign}1e-{near}")
    return Fraction(text)


@dataclass(frozen=True)
class Formula:
    """A drawn formula at a drawn point."""

    text: str
    terms: Sequence[Term]
    names: tuple[str, str]
    at: tuple[str, str]

    @property
    def where(self) -> str:
        """The point as one types it."""
        return ",".join(f"{name}={place}" for name, place in zip(self.names, self.at, strict=True))

    def admitted(self, key: str) -> Admitted:
        """What may be said of a derivative."""
        return admitted(self.terms, self.names, (value_of(self.at[0]), value_of(self.at[1])), key)


def drawn_formula(draw: random.Random) -> Formula:
    """A sum of products of both variables, most of them smooth, with a factor around it."""
    while True:
        found = drawn_sum(draw)
        if any(term.smooth is not SMOOTH[0] for term in found.terms):
            return found


def drawn_sum(draw: random.Random) -> Formula:
    """The same, of one variable now and then."""
    u, v = names = draw.choice((("x", "y"), ("y", "x")))
    terms = [drawn_term(draw, KINKED), *(drawn_term(draw, SMOOTH) for _ in range(draw.randrange(3)))]
    if draw.random() < 0.2:
        terms.append(drawn_term(draw, KINKED))
    draw.shuffle(terms)
    divisor, factor = draw.choice(DIVISORS)
    text = f"({'+'.join(term.text(u, v) for term in terms)}){divisor}"
    scaled = [replace(term, weight=("", term.weight[1] * Fraction(factor))) for term in terms]
    return Formula(text, scaled, names, (draw.choice(POINTS), place_of(draw, terms)))


def drawn(draw: random.Random) -> tuple[Case, Admitted]:
    """A case, and what may be said there."""
    formula = drawn_formula(draw)
    key = draw.choice(KEYS).format(u=formula.names[0], v=formula.names[1])
    return Case(formula.text, formula.where, key), formula.admitted(key)


def drawn_hessian(draw: random.Random) -> tuple[str, str, dict[str, Admitted]]:
    """A formula, a point, and what may be said of the entries of the Hessian."""
    formula = drawn_formula(draw)
    entries = {key: formula.admitted(key) for key in ("x,x", "x,y", "y,y")}
    return formula.text, formula.where, entries
