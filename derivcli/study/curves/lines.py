"""Lines and planes as equations: exact where what they are made of is, else of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from derivcli.engines.symbolic import arrange, merged
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import add, postorder, symbol
from derivcli.simplify.cost import cost
from derivcli.study.curves.curve import Touching
from derivcli.study.curves.numbers import shortest_value

MAX_COST = 24
"""An exact equation that costs its reader more is written in numbers, unless exact values were asked for."""

MAX_CANCELLATION = 1e-3
"""Where terms cancel to a constant or a value that is smaller by this, an equation is left as the point has it."""

PLAIN = (sympy.Rational, sympy.NumberSymbol, sympy.Add, sympy.Mul, sympy.Pow, sympy.exp, sympy.log, sympy.Symbol)

PARAMETERS = "stpqk"
"""What the parameter of a line in space is called, the first letter that is free."""


@dataclass(frozen=True, slots=True)
class Known:
    """A number, and the same exactly where that is known; `is_decimal` says that it is to be read in decimals."""

    number: float
    exact: Any = None

    @classmethod
    def of(cls, number: float, exact: Expression | None) -> Known:
        """A number with its exact value, which is better where both are there."""
        tree = None if exact is None else merged(exact.expanded)
        return cls(float(number) if tree is None else float(tree), tree)

    @property
    def is_zero(self) -> bool:
        """Whether it is 0: exactly, if that is known."""
        return self.exact == 0 if self.exact is not None else self.number == 0


@dataclass(frozen=True, slots=True)
class Writing:
    """How equations are written: whether exactly, in which spelling, in how many digits."""

    spelling: Spelling = CANONICAL
    exact: bool | None = None
    """Whether exact values are asked for; None for short ones."""
    decimals: bool = False
    """Whether the point was typed in decimals, so that its numbers are to be read so."""

    def text(self, numbers: Sequence[Known], tree: Callable[[Sequence[Any]], Any], written: Callable[[], str]) -> str:
        """An equation's side: made of exact numbers where these are to be told, else what is written in numbers."""
        if self.exact is False or any(each.exact is None for each in numbers):
            return written()
        made = tree([each.exact for each in numbers])
        return text_of(made, self.spelling) if self.tells(made, MAX_COST) else written()

    def tells(self, tree: Any, most: int) -> bool:
        """Whether an exact formula is told: where it was asked for, or is short and the point is not decimal."""
        if self.exact is not None:
            return self.exact
        is_plain = all(isinstance(part, PLAIN) for part in postorder(tree))
        return not self.decimals and cost(tree)[0] <= most and is_plain


def number_text(value: float) -> str:
    """A number as the language has it."""
    text = repr(float(value) + 0.0)
    mantissa, mark, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def linear_text(names: Sequence[str], slopes: Sequence[Known], at: Sequence[Known], value: Known, how: Writing) -> str:
    """The side of z = value + slopes*(names - at), multiplied out."""

    def tree(exact: Sequence[Any]) -> Any:
        count = len(names)
        steep, place, here = exact[:count], exact[count : 2 * count], exact[-1]
        constant = here - sum(slope * each for slope, each in zip(steep, place, strict=True))
        known = shortest_value(lambda: constant)
        rest = merged(constant if known is None else known.tree)
        terms = [slope * symbol(name) for slope, name in zip(steep, names, strict=True)]
        terms += rest.as_ordered_terms() if rest.is_Add else [rest]
        shapes = [arrange(term) for term in terms if term != 0]
        return add(shapes) if len(shapes) > 1 else shapes[0] if shapes else sympy.S.Zero

    return how.text([*slopes, *at, value], tree, lambda: _numeric(names, slopes, at, value))


def _numeric(names: Sequence[str], slopes: Sequence[Known], at: Sequence[Known], value: Known) -> str:
    """The same of numbers: by its constant or, where that would lose digits, by the point."""
    pairs = list(zip(slopes, at, strict=True))
    if all(each.exact is not None for each in (*slopes, *at, value)):
        constant = float(value.exact - sum(slope.exact * place.exact for slope, place in pairs))
        return _sum(slopes, names, constant)
    terms = [Fraction(value.number), *(-Fraction(slope.number) * Fraction(place.number) for slope, place in pairs)]
    total = float(sum(terms))
    is_rounded = Fraction(total) != sum(terms)
    if is_rounded and min(abs(total), abs(value.number)) < MAX_CANCELLATION * max(abs(float(term)) for term in terms):
        moved = zip(names, at, strict=True)
        offsets = [f"({name} {_signed(-place.number)})" if place.number else name for name, place in moved]
        return _sum(slopes, offsets, value.number)
    return _sum(slopes, names, total)


def _signed(number: float) -> str:
    return f"{'-' if number < 0 else '+'} {number_text(abs(number))}"


def _sum(slopes: Sequence[Known], factors: Sequence[str], constant: float) -> str:
    """Slopes times factors, and a constant behind them."""
    text = ""
    for slope, factor in zip(slopes, factors, strict=True):
        if slope.number:
            size = abs(slope.number)
            term = factor if size == 1 else f"{number_text(size)}*{factor}"
            sign = "-" if slope.number < 0 else "+"
            text = f"{text} {sign} {term}" if text else f"{sign}{term}".lstrip("+")
    if not text:
        return number_text(constant)
    return f"{text} {_signed(constant)}" if constant else text


def value_text(value: Known, how: Writing) -> str:
    """A number alone."""
    return how.text([value], lambda exact: arrange(exact[0]), lambda: number_text(value.number))


def line(kind: str, names: Sequence[str], at: Sequence[Known], slope: Known | None, how: Writing) -> Touching:
    """A line in the plane through a point with a slope, None for a vertical one."""
    x, y = names
    point = (at[0].number, at[1].number)
    if slope is None:
        return Touching(kind, x, value_text(at[0], how), point, (0.0, 1.0), is_exact=at[0].exact is not None)
    right = linear_text([x], [slope], at[:1], at[1], how)
    is_exact = all(each.exact is not None for each in (slope, *at))
    return Touching(kind, y, right, point, (1.0, slope.number), is_exact=is_exact)


def normal(names: Sequence[str], at: Sequence[Known], slope: Known | None, how: Writing) -> Touching:
    """The line through a point that is upright on one with a slope, None for a vertical one."""
    if slope is None:
        return line("normal", names, at, Known(0.0, sympy.S.Zero), how)
    if slope.is_zero:
        return line("normal", names, at, None, how)
    exact = None if slope.exact is None else shortest_value(lambda: -1 / slope.exact)
    with np.errstate(all="ignore"):
        upright = Known(-1 / slope.number if slope.number else -np.inf, None if exact is None else merged(exact.tree))
    return line("normal", names, at, upright, how)


def line_in_space(
    kind: str, names: Sequence[str], at: Sequence[Known], direction: Sequence[Known], how: Writing
) -> Touching:
    """A line through a point in a direction."""
    letter = next(each for each in PARAMETERS if each not in names)
    point, way = (", ".join(value_text(each, how) for each in part) for part in (at, direction))
    return Touching(
        kind,
        f"({', '.join(names)})",
        f"({point}) + {letter}*({way})",
        tuple(each.number for each in at),
        tuple(each.number for each in direction),
        is_exact=all(each.exact is not None for each in (*at, *direction)),
    )


def plane(
    kind: str, names: Sequence[str], at: Sequence[Known], slopes: Sequence[Known], left: str, how: Writing
) -> Touching:
    """The plane left = value + slopes*(names - at); the last of `at` is the value."""
    right = linear_text(names, slopes, at[:-1], at[-1], how)
    upright = (*(each.number for each in slopes), -1.0)
    is_exact = all(each.exact is not None for each in (*at, *slopes))
    return Touching(kind, left, right, tuple(each.number for each in at), normal=upright, is_exact=is_exact)


def upright_plane(
    kind: str, names: Sequence[str], at: Sequence[Known], direction: Sequence[Known], how: Writing
) -> Touching:
    """The plane through a point that is upright on a direction: a*x + b*y + c*z = d."""
    zeros = [Known(0.0, sympy.S.Zero)] * len(names)
    zero = Known(0.0, sympy.S.Zero)
    left = linear_text(names, direction, zeros, zero, how)
    total = sum(place.number * each.number for place, each in zip(at, direction, strict=True))
    known = None
    if all(each.exact is not None for each in (*at, *direction)):
        known = shortest_value(lambda: sum(place.exact * each.exact for place, each in zip(at, direction, strict=True)))
    right = value_text(Known.of(total, known), how)
    point, way = tuple(each.number for each in at), tuple(each.number for each in direction)
    return Touching(kind, left, right, point, normal=way, is_exact=known is not None)
