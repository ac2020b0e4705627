"""Random formulas in the notations of people, of TeX and of SymPy come back with their values in 50 digits."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from derivcli import DerivError, parse
from tests.formulas_drawn import GREEK, VARIABLES, Formula, Hand, TeX, draw, sympy_of, value, value_of_tree
from tests.support import sample

SEEDS = range(sample(1, 24))
COUNT = sample(250, 2_800)
"""Formulas of each seed in each of the three notations: more than 200,000 in the sweep."""
DIGITS = (70, 600)
"""How many are computed with; many more where a value hangs on the last of them, as that of tan(1e60) does."""
COMPARED = 50
REFUSED = 0.02
"""The part that may be refused: chance makes constants such as 0 to divide by."""

Writer = Callable[[Formula, random.Random], str]
NOTATIONS: dict[str, Writer] = {
    "hand": lambda formula, dice: Hand(dice).write(formula),
    "TeX": lambda formula, dice: TeX(dice).write(formula),
    "SymPy": lambda formula, dice: str(sympy_of(formula)),
}


def misread(text: str, formula: Formula, at: dict[str, Any]) -> str:
    """How what is read differs from what was written; nothing where it does not, or has no value to compare."""
    tree, difference = parse(text).expanded, ""
    for digits in DIGITS:
        with mpmath.workdps(digits):
            try:
                wanted = value(formula, at)
            except (ZeroDivisionError, OverflowError, ValueError):
                return ""
            if not mpmath.isfinite(wanted) or abs(wanted) > mpmath.mpf(10) ** 15:
                return ""
            try:
                found = value_of_tree(tree, at)
            except ZeroDivisionError:
                return f"{text}: {mpmath.nstr(wanted, 12)} read as what has no value"
            if abs(found - wanted) <= mpmath.mpf(10) ** -COMPARED * max(1, abs(wanted)):
                return ""
            difference = f"{text}: {mpmath.nstr(wanted, 12)} read as {mpmath.nstr(found, 12)}"
    return difference


def point(dice: random.Random) -> dict[str, Any]:
    return {name: mpmath.mpf(dice.randrange(3, 29)) / 10 + mpmath.mpf(1) / 97 for name in (*VARIABLES, *GREEK)}


@pytest.mark.sampled
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_formulas_come_back(notation: str, seed: int) -> None:
    dice = random.Random(f"{notation} {seed}")
    wrong, refused = [], []
    for _ in range(COUNT):
        formula = draw(dice, dice.choice((2, 3, 3, 4)))
        text = NOTATIONS[notation](formula, dice)
        if re.search(r"\bI\b", text):  # SymPy's imaginary unit, which is a variable here
            continue
        try:
            found = misread(text, formula, point(dice))
        except DerivError as error:
            refused.append(f"{text}: {error.message}")
            continue
        wrong += [found] if found else []
    assert not wrong, f"{len(wrong)} of {COUNT} are misread, such as\n{shortest(wrong)}"
    assert len(refused) < REFUSED * COUNT, f"{len(refused)} of {COUNT} are refused, such as\n{shortest(refused)}"


def shortest(texts: list[str]) -> str:
    return "\n".join(sorted(texts, key=len)[:20])


@pytest.mark.parametrize("planted", [("+", "-"), ("/", "*"), ("2", "3"), ("cos", "sin")])
def test_a_planted_misreading_is_caught(planted: tuple[str, str]) -> None:
    dice, texts, missed = random.Random(0), 0, []
    while texts < 40:
        formula = draw(dice, 3)
        text = Hand(dice).write(formula)
        if planted[0] in text:
            texts += 1
            missed += [] if misread(text.replace(*planted), formula, point(dice)) else [text]
    assert len(missed) < 8, f"{len(missed)} of {texts} are missed, such as\n{shortest(missed)}"
