"""Hints for an exercise: the rule to begin with, then the steps one after another, but for those that are the answer.

The rule of the first of these is said in letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivcli.engines.symbolic import differentiate
from derivcli.explain.practice_exercises import Exercise
from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.sight import Sight, markers
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import Derivative, PartialDerivative, Tree, add, multiply, symbol
from derivcli.result import derivative_key
from derivcli.simplify.cost import cost

NEAR = 6
"""A formula whose cost is not farther above that of the answer is the answer, but for order and common factors."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence, derivations as far as they are shown, or a step of which the rule alone is said."""

    sentence: str = ""
    derivations: tuple[Derivation, ...] = ()
    hidden: Step | None = None


def hints(derivations: Sequence[Derivation]) -> list[Hint]:
    """The hints of a formula, each of which tells more than the one before."""
    *lower, last = derivations
    first = derivations[0].steps[0]
    found = [Hint(f"begin with: {first.spelling.rule(first.rule)}")]
    shown = _told(last)
    for place, one in enumerate([*lower, replace(last, steps=shown)]):
        for count in range(1, len(one.steps) + 1):
            found.append(Hint(derivations=(*derivations[:place], replace(one, steps=one.steps[:count]))))
    before = shown[-1].tree if shown else last.start
    hidden = _in_letters(last.steps[len(shown)], before)
    is_new = bool(hidden.statements or shown or lower)
    return [*found, Hint(hidden=hidden)] if _is_open(before) and is_new else found


def _told(one: Derivation) -> tuple[Step, ...]:
    """The steps of a derivation before the first that gives the answer away."""
    equations = [place for place, step in enumerate(one.steps, 1) if step.left is not None]
    start = max(equations, default=0)  # what comes before is about another left side
    end = next(place for place, step in enumerate(one.steps) if place >= start and _is_answer(step, one.answer.tree))
    return one.steps[:end]


def _in_letters(step: Step, before: Tree) -> Step:
    """A step with what each of its rules says; `steps` leaves out what is plain once the formula after it is seen."""
    said = {each.spelled(): each for each in step.statements}
    for marker in markers(before):
        sight = Sight(Differentiator(marker.args[1], isinstance(marker, PartialDerivative)))
        sight(marker.args[0])
        said = {**{each.spelled(): each for each in sight.statements}, **said}
    kept = [each for each in said.values() if each not in step.statements]
    return replace(step, statements=(*step.statements, *kept))


def _is_answer(step: Step, answer: Tree) -> bool:
    """Whether a step is the answer but for its order and common factors."""
    return not _is_open(step.tree) and cost(step.tree)[0] <= cost(answer)[0] + NEAR


def _is_open(tree: Tree) -> bool:
    """Whether a derivative is still to be taken."""
    return bool(tree.has(Derivative))


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
