"""Real numbers for readers: the nearest float64, two float64 around it, and its digits."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import lru_cache

import sympy
from flint import arb, fmpq

from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.balls.integers import only_whole
from derivcli.engines.symbolic import arrange, expression_of
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import Tree, number
from derivcli.simplify.domains.roots import Root
from derivcli.study.study import Number

PLACE_BITS = 320
"""Bits of a number that has a formula."""

DIGITS = 17
"""Significant digits that tell any two float64 apart."""


def number_of(root: Root, spelling: Spelling = CANONICAL) -> Number:
    """The number that a root is, with its formula where it has one."""
    return number_in(root.ball, root.tree, spelling)


def number_in(ball: arb, tree: Tree | None = None, spelling: Spelling = CANONICAL) -> Number:
    """The number in a ball, which may be infinite."""
    value = float(ball.mid()) + 0.0
    if not ball.is_finite():
        return Number(value, value, value, f"{value:g}")
    exact = None if tree is None else _formula(tree, spelling)
    return Number(value, _below(ball.lower()), -_below(-ball.upper()) + 0.0, digits_of(ball), exact)


@lru_cache(maxsize=4096)
def _formula(tree: Tree, spelling: Spelling) -> Expression | None:
    with suppress(DerivError):  # the language refuses what no float64 holds
        return expression_of(arrange(tree) if tree.is_Rational else tree, spelling)
    return None


def place_of(tree: Tree) -> Root:
    """The number that a formula without variables is."""
    where = coordinate(tree)
    return Root(where, ball_of(where, PLACE_BITS), tree)


def rational_root(value: fmpq) -> Root:
    """A rational number as a root."""
    return Root(value, arb(value), number(sympy.Rational(int(value.p), int(value.q))))


def infinite_root(sign: int) -> Root:
    """An end of the real line."""
    ball = arb.pos_inf() if sign > 0 else arb.neg_inf()
    return Root(ball, ball)


def digits_of(ball: arb) -> str:
    """Digits of a number as far as they are known, and no more than 17; "0" for a ball that holds 0."""
    if ball.is_exact() and ball.is_integer() and abs(ball) < 10**DIGITS:
        return str(only_whole(ball))
    if ball.contains(0):
        return "0"
    mantissa, exponent = str(ball.str(DIGITS, radius=False)).partition("e")[::2]
    if "." in mantissa and ball.is_exact():
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + (f"e{int(exponent)}" if exponent else "")


def _below(bound: arb) -> float:
    """The greatest float64 that is no more than an exact number, as far as rounding tells."""
    near = float(bound)
    return near if arb(near) <= bound else math.nextafter(near, -math.inf)


ZERO = rational_root(fmpq(0))
