"""Hints for an exercise: the rule to begin with, then the steps one after another, but for the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivcli.engines.symbolic import differentiate
from derivcli.explain.practice_exercises import Exercise
from derivcli.explain.steps.derivation import Derivation
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import add, multiply, symbol
from derivcli.result import derivative_key


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence, or derivations as far as they are shown."""

    sentence: str = ""
    derivations: tuple[Derivation, ...] = ()


def hints(derivations: Sequence[Derivation]) -> list[Hint]:
    """The hints of a formula, each of which tells more than the one before."""
    first = derivations[0].steps[0]
    found = [Hint(f"begin with: {first.rule}")]
    for place, one in enumerate(derivations):
        for count in range(1, len(one.steps) + 1):
            shown = replace(one, steps=one.steps[:count])
            found.append(Hint(derivations=(*derivations[:place], shown)))
    return found[:-1] if len(found) > 2 or not first.statement else [found[0], Hint(first.statement)]


def slope_hints(equation: Expression, exercise: Exercise) -> list[Hint]:
    """The hints of an equation: it is differentiated, then solved for the derivative."""
    x, y = exercise.partial[0], exercise.dependent
    partials = differentiate(equation, [(x,), (y,)]).derivatives
    rate, factor = (partials[derivative_key((name,))].tree for name in (x, y))
    slope = symbol(f"{y}'")
    differentiated = text_of(add([rate, multiply([factor, slope])]), equation.spelling)
    return [
        Hint(f"differentiate both sides by {x}; {y} is a function of {x}, and wherever it stands {y}' is a factor"),
        Hint(f"that gives {differentiated} = 0"),
        Hint(f"solve that for {y}': bring what has no {y}' to the other side, and divide"),
    ]
