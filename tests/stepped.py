"""Formulas made of steps, kinks and choices, with what is true of them at a point by exact arithmetic.

The truth shares nothing with the check: it is read off germs, in which no digit is lost and no distance is too small.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from tests.germs import FUNCTIONS, ROOT, Germ, NotDecidedError, NoValueError, power

Tree: TypeAlias = tuple[Any, ...]
"""A formula: ("number", Fraction), ("x",), or the name of what is done and the trees that it is done with."""

BINARY: dict[str, Callable[[Germ, Germ], Germ]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

X: Tree = ("x",)


def number(value: Fraction | int) -> Tree:
    return ("number", Fraction(value))


def ten(exponent: int) -> Fraction:
    """A power of ten."""
    return Fraction(10) ** exponent


def decimal(value: Fraction) -> str:
    """A number as one types it: a decimal where it is a short one, else a quotient."""
    if value < 0:
        return f"(-{decimal(-value)})"
    if value == 0:
        return "0"
    exponent = 0
    while value.denominator != 1 and exponent > -400:
        value, exponent = value * 10, exponent - 1
    if value.denominator != 1:
        value *= ten(exponent)
        return f"({value.numerator}/{value.denominator})"
    digits = str(value.numerator)
    if -4 < exponent < 0:
        digits = digits.rjust(1 - exponent, "0")
        return f"{digits[:exponent]}.{digits[exponent:]}"
    short = digits.rstrip("0")
    exponent += len(digits) - len(short)
    return short + ("0" * exponent if 0 <= exponent < 4 else f"e{exponent}")


def written(tree: Tree) -> str:
    """The formula as one types it."""
    head, *parts = tree
    if head == "number":
        return decimal(parts[0])
    if head == "x":
        return "x"
    if head == "^":
        return f"({written(parts[0])})^{parts[1]}"
    texts = [written(part) if isinstance(part, tuple) else str(part) for part in parts]
    if head in BINARY:
        return f"({texts[0]}{head}{texts[1]})"
    if head == "if":
        return f"if({texts[1]} {texts[0]} {texts[2]}, {texts[3]}, {texts[4]})"
    return f"{head}({', '.join(texts)})"


def germ(tree: Tree, x: Germ) -> Germ:
    """The germ of a formula whose variable has a germ."""
    head, *parts = tree
    if head == "number":
        return Germ.constant(parts[0])
    if head == "x":
        return x
    if head == "^":
        return power(germ(parts[0], x), parts[1])
    if head == "if":
        sign = (germ(parts[1], x) - germ(parts[2], x)).sign()
        return germ(parts[3] if COMPARISONS[parts[0]](sign, 0) else parts[4], x)
    found = [germ(part, x) for part in parts]
    return (BINARY.get(head) or FUNCTIONS[head])(*found)


def germ_or_none(tree: Tree, x: Germ) -> Germ | None:
    """The germ, or None where the formula has no value."""
    try:
        return germ(tree, x)
    except NoValueError:
        return None


@dataclass(frozen=True)
class Place:
    """What a formula is at a point: its value, and its germs on the left, in t = a - x, and on the right."""

    value: Fraction | None
    left: Germ | None
    right: Germ | None

    @staticmethod
    def of(tree: Tree, point: Fraction) -> Place:
        """The place of a formula; raises NotDecidedError where the germs are not enough."""
        a = Germ.constant(point)
        value = germ_or_none(tree, a)
        left, right = (germ_or_none(tree, a + Germ({ROOT: Fraction(side)})) for side in (-1, 1))
        if any(side is not None and side.top <= HIGHEST * ROOT for side in (left, right)):
            raise NotDecidedError
        return Place(None if value is None else value.limit(), left, right)


@dataclass(frozen=True)
class Case:
    """A formula, a point as it is typed and as it is, and the order of the derivative, 0 for the value."""

    tree: Tree
    at: str
    point: Fraction
    order: int

    @property
    def text(self) -> str:
        return written(self.tree)

    def __str__(self) -> str:
        return f"{self.text} at x={self.at}, order {self.order}"


HIGHEST = 2
"""The highest order of the derivatives that germs have to know."""

NAMES = (
    *("floor", "floor", "ceil", "frac", "mod", "fmod", "round", "trunc", "sign", "heaviside", "heaviside"),
    *("abs", "relu", "max", "min", "clamp", "if", "if", "root", "root"),
)
"""What formulas are made of, some of it twice as often."""

SIZES = (-300, -100, -60, -40, -33, -30, -20, -16, -15, -8, -3, -1, 0, 0, 0, 1, 3, 8, 15, 16, 20, 30, 100, 300)
"""Powers of ten of which scale factors, offsets and points are made."""

FACTORS = (1, 1, 1, 2, 3, -1, -2, Fraction(1, 2), Fraction(1, 3), Fraction(3, 10), Fraction(-5, 2))
"""Factors of ordinary size."""

DISTANCES = (-3, -8, -15, -16, -17, -30, -33, -60, -100, -200, -300)
"""Powers of ten of distances from a step."""

POINTS = (0, 0, 0, 1, 2, -1, -2, 3, Fraction(1, 2), Fraction(3, 2), Fraction(-5, 2), Fraction(1, 3), Fraction(27, 20))
"""Points of ordinary size."""


def drawn_point(draw: random.Random) -> Tree:
    """A point as it is typed: a number, or one and a distance from it."""
    kind = draw.random()
    base = Fraction(draw.choice(POINTS))
    if kind < 0.6:
        return number(base)
    if kind < 0.75:
        return number(draw.choice((1, -1, 2, 5)) * ten(draw.choice(SIZES)))
    return beside(draw, number(base))


def beside(draw: random.Random, tree: Tree) -> Tree:
    """A tree moved by a small distance."""
    return shift(tree, draw.choice((1, -1)) * ten(draw.choice(DISTANCES)))


def exact(tree: Tree) -> Fraction:
    """The number that a tree without a variable is."""
    return germ(tree, Germ({})).limit()


def size(draw: random.Random, wild: float = 0.3) -> Fraction:
    """A factor: mostly of ordinary size, else of any."""
    if draw.random() < wild:
        return draw.choice((1, -1, 3)) * ten(draw.choice(SIZES))
    return Fraction(draw.choice(FACTORS))


def shift(base: Tree, offset: Fraction) -> Tree:
    """The sum of a tree and a number, spelled as one types it."""
    return base if not offset else ("+" if offset > 0 else "-", base, number(abs(offset)))


def times(factor: Fraction, tree: Tree) -> Tree:
    return tree if factor == 1 else ("*", number(factor), tree)


def from_point(point: Tree) -> Tree:
    """The variable less the point."""
    return X if exact(point) == 0 else ("-", X, point) if point[0] != "number" else shift(X, -exact(point))


def argument(draw: random.Random, point: Tree) -> Tree:
    """What a step is taken of: mostly something that is at the point, or beside it, where steps are."""
    scale = size(draw)
    kind = draw.random()
    if kind < 0.2:
        return times(scale, X)
    target = Fraction(draw.choice((0, 0, 1, -1, 2, 3, Fraction(1, 2), Fraction(3, 2), Fraction(-1, 2), Fraction(5, 2))))
    if kind < 0.5 and point[0] == "number":
        found = shift(shift(times(scale, X), -scale * exact(point)), target)
    elif kind < 0.8:
        found = shift(times(scale, from_point(point)), target)
    elif kind < 0.9:
        found = shift(times(scale, ("^", from_point(point), draw.choice((2, 3)))), target)
    else:
        found = shift(times(scale, ("*", X, from_point(point))), target)
    return beside(draw, found) if draw.random() < 0.15 else found


def step(draw: random.Random, point: Tree) -> Tree:
    """A step, a kink or a choice."""
    inner = argument(draw, point)
    name = draw.choice(NAMES)
    if name == "root":
        return draw.choice((("sqrt", inner), ("sqrt", ("abs", inner)), ("cbrt", inner)))
    if name in ("mod", "fmod"):
        return (name, inner, number(size(draw)))
    if name in ("max", "min"):
        return (name, inner, draw.choice((number(0), number(1), smooth(draw, point))))
    if name == "clamp":
        return (name, inner, number(draw.choice((-1, 0))), number(draw.choice((1, 2))))
    if name == "if":
        comparison = draw.choice((*COMPARISONS,))
        level = number(draw.choice((0, 0, 1)))
        return ("if", comparison, inner, level, smooth(draw, point), smooth(draw, point))
    return (name, inner)


def smooth(draw: random.Random, point: Tree) -> Tree:
    """Something without steps."""
    kind = draw.randrange(8)
    if kind == 0:
        return number(size(draw))
    if kind == 1:
        return times(size(draw), X)
    if kind == 2:
        return ("^", X, 2)
    if kind == 3:
        return times(size(draw), ("^", from_point(point), draw.choice((1, 2))))
    if kind == 4:
        return (draw.choice(("exp", "sin", "cos")), times(size(draw), from_point(point)))
    if kind == 5:
        return from_point(point)
    if kind == 6:
        return shift(X, size(draw))
    return X


def part(draw: random.Random, point: Tree) -> Tree:
    """A step, now and then of another one, or something smooth."""
    kind = draw.random()
    if kind < 0.2:
        return smooth(draw, point)
    if kind < 0.3:
        return (draw.choice(("floor", "round", "sign", "heaviside", "abs", "relu", "ceil")), step(draw, point))
    return step(draw, point)


def formula(draw: random.Random, point: Tree) -> Tree:
    """A step in a sum, a product, a quotient, or by itself."""
    kind, first = draw.random(), part(draw, point)
    if kind < 0.1:
        return times(size(draw), first)
    if kind < 0.2:
        return shift(times(size(draw), first), size(draw, 0.6))
    if kind < 0.5:
        sign = draw.choice("+-")
        return (sign, times(size(draw), part(draw, point)), times(size(draw), first))
    if kind < 0.75:
        return ("*", part(draw, point), first)
    if kind < 0.9:
        return ("/", first, draw.choice((part(draw, point), number(size(draw)))))
    return ("+", ("*", part(draw, point), first), part(draw, point))


def has_variable(tree: Tree) -> bool:
    return tree == X or any(has_variable(part) for part in tree if isinstance(part, tuple))


def refused(tree: Tree) -> bool:
    """Whether a constant of the formula has no value, or is beyond the range that formulas allow."""
    if has_variable(tree):
        return any(refused(part) for part in tree if isinstance(part, tuple))
    found = germ_or_none(tree, Germ({}))
    return found is None or (found.sign() != 0 and not ten(-306) < abs(found.limit()) < ten(307))


def drawn(draw: random.Random) -> tuple[Case, Place]:
    """A case and what is true there."""
    while True:
        point = drawn_point(draw)
        case = Case(formula(draw, point), written(point), exact(point), draw.choice((0, 1, 1, 1, 1, 2)))
        try:
            if has_variable(case.tree) and not refused(case.tree):
                return case, Place.of(case.tree, case.point)
        except NotDecidedError:
            continue
