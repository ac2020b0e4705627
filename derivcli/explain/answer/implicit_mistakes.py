"""The slope of a curve as it is found wrongly: a slip in a rule, y for a constant, or y' solved for wrongly.

The equation is differentiated as a formula in which y is a function y(x) of which nothing else is known; that gives
a + b*y' = 0, which is solved for y'.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivcli.engines.symbolic import deep_recursion
from derivcli.explain.answer.answer import Diagnosis
from derivcli.explain.answer.comparison import Case, formula_of
from derivcli.explain.answer.mistake import COMMON, ODD, USUAL, Mistake
from derivcli.explain.answer.mistaken_derivations import Choose, MistakenDerivation, looked_through, odd_slips, one_slip
from derivcli.explain.steps import differentiation_rules as rules
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.teacher_notation import ONE, ZERO, negative, put, quotient, total
from derivcli.language import tree as build
from derivcli.language.definitions.unknown_rows import unknown_row
from derivcli.language.tree import Tree, substitute, symbol


def implicit_derivation(case: Case) -> MistakenDerivation | None:
    """The derivation of the slope, or of its last derivative, in which mistakes may be made; None without a formula."""
    x, y = symbol(case.partial[0]), symbol(case.dependent)
    d = Differentiator(x)
    function = build.call(unknown_row(case.dependent, 1), [x])
    slope = rules.calls(function, d)
    assert slope is not None, "a call has a derivative"
    before = formula_of(case.expression, case.partial[1:], case.dependent) if case.partial[1:] else case.expression
    first = formula_of(case.expression, case.partial[:1], case.dependent)
    if before is None or first is None:
        return None

    def finish(tree: Tree) -> Tree:
        if case.partial[1:]:
            return put(tree, {slope: first.expanded, function: y})
        above, below = linear(tree, slope, {function: y})
        return negative(quotient(above, below))

    return MistakenDerivation(
        substitute(before.expanded, {y: function}),
        d,
        finish=finish,
        more=lambda place: _of_function(place, function, y),
        spelling=case.expression.spelling,
        written={function: y, slope: symbol(f"{case.dependent}'")},
    )


def linear(tree: Tree, slope: Tree, replaced: dict[Tree, Tree]) -> tuple[Tree, Tree]:
    """The a and the b of a formula a + b*y'."""
    without, once = (put(tree, {slope: value, **replaced}) for value in (ZERO, ONE))
    return without, total([once, negative(without)])


def _of_function(place: Tree, function: Tree, y: Tree) -> Iterator[Mistake]:
    """y is a function, and not another name of x or a constant."""
    if place == function:
        sentence = "{0} is a function here: behind its derivative the factor {0}' is missing"
        yield Mistake("inner", "function", sentence, ONE, (y,), COMMON)
        yield Mistake("variable", "held", "{0} is a function here, and no constant", ZERO, (y,), USUAL)


def implicit_slip(case: Case) -> Diagnosis | None:
    """One slip that leads to the claim, or the same one everywhere."""
    return _slip(case, lambda found: one_slip(found, COMMON, USUAL, ODD))


def rare_implicit_slip(case: Case) -> Diagnosis | None:
    """The rare slip, or the two slips, that lead to the claim."""
    return _slip(case, odd_slips)


def _slip(case: Case, choose: Choose) -> Diagnosis | None:
    with deep_recursion():
        derivation = implicit_derivation(case) if case.probes else None
        return None if derivation is None else looked_through(case, derivation, choose)


def solving_mistake(case: Case) -> Diagnosis | None:
    """The right a + b*y' = 0, solved wrongly."""
    name, dependent = case.partial[0], case.dependent
    if len(case.partial) > 1:
        return None
    pair = [formula_of(case.expression, (by,)) for by in (name, dependent)]
    if None in pair:
        return None
    above, below = (each.expanded for each in pair if each is not None)
    slope = f"{dependent}'"
    for candidate, message in (
        (negative(quotient(below, above)), f"it is upside down: it is 1 over {slope}"),
        (quotient(below, above), f"it is upside down, and the sign is wrong: it is -1 over {slope}"),
        (above, f"it is the derivative of the equation by {name} alone, with {dependent} as a constant"),
        (negative(above), f"it is not divided by what {slope} is multiplied with"),
        (below, f"it is what {slope} is multiplied with when the equation is differentiated"),
    ):
        if case.is_claim(candidate):
            return Diagnosis("solving", message)
    return None
