"""Drawn constants: the polynomial in generators, and the formula made of it, come to what the formula's ball does."""

import random
from typing import Any

import pytest
from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls import exact_angles
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.tape import record
from derivcli.errors import DerivError
from derivcli.language.parse import parse_expression
from derivcli.study.exact.constant_formulas import constant_tree

NUMBERS = (
    *("1", "2", "3", "1/2", "2/3", "5/4", "pi", "pi/3", "pi/5", "pi/7", "3*pi/8", "pi/12", "4*pi/9", "e", "sqrt(2)"),
    *("sqrt(3)", "sqrt(6)", "sqrt(5)", "cbrt(2)", "log(2)", "atan(2)"),
)
POWERS = ("2", "3", "-1", "-2", "(1/2)", "(1/3)", "(3/2)", "(-1/2)", "5")
CALLS = (
    *("sin", "cos", "atan", "asin", "acos", "exp", "log", "sqrt", "cbrt", "tan", "sinh", "cosh", "tanh", "asinh"),
    *("sin", "cos"),
)


def drawn(source: Any, depth: Any) -> Any:
    """A formula without variables."""
    kind = source.random()
    if depth == 0 or kind < 0.2:
        return source.choice(NUMBERS)
    inside = drawn(source, depth - 1)
    if kind < 0.45:
        return f"({inside}){source.choice('+-*/')}({drawn(source, depth - 1)})"
    if kind < 0.55:
        return f"({inside})^{source.choice(POWERS)}"
    return f"{source.choice(CALLS)}({inside})"


def wrong_ones(seed: Any, count: Any) -> Any:
    """How many of some drawn formulas have exact constants, and those that are wrong."""
    source, known, wrong = random.Random(seed), 0, []
    with restored_context():
        for _ in range(count):
            text = f"({drawn(source, 3)})-({drawn(source, 2)})"
            try:
                tree = parse_expression(text).expanded
                ball = ball_of(coordinate(tree), 400)
            except (DerivError, TouchError, UnsureError):
                continue
            found = verdict(tree, ball)
            known += found is not None
            wrong += [text] if found is False else []
    return known, wrong


def verdict(tree: Any, ball: Any) -> Any:
    """Whether the exact constant of a formula, and the formula made of that, lie in its ball; None without one."""
    tape = record(tree, ())
    constants = Constants(tape, {}, 192)
    found = constants.of(tape.order[-1])
    if found is None:
        return None
    made = constant_tree(found, constants.field)
    numbers = [constants.field._ball(found.polynomial) if found.polynomial else arb(0)]
    if made is not None:
        numbers.append(ball_of(coordinate(made), 300))
    ctx.prec = 300
    return all(number.overlaps(ball) for number in numbers)


def test_drawn_constants_are_what_they_are() -> None:
    known, wrong = wrong_ones(1, 600)
    assert wrong == []
    assert known > 300


def test_a_wrong_sine_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(exact_angles.RADICALS, fmpq(1, 12), [(fmpq(1, 4), (6,)), (fmpq(1, 4), (2,))])
    assert wrong_ones(1, 600)[1]
