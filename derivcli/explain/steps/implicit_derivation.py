"""The derivative of a function that an equation makes of a variable: both sides differentiated, and solved for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from derivcli.engines.symbolic import arrange, merged
from derivcli.explain.steps.derivation import Step
from derivcli.explain.steps.derivation_steps import steps_from
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.teacher_notation import ONE, ZERO, product, put, quotient
from derivcli.language import tree as build
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree, expansions, substitute, symbol

DIFFERENTIATED = "both sides differentiated, {0}' for d{0}/d{1}"
COLLECTED = "terms with {} collected"
SOLVED = "solved for {}"
PUT_IN = "{} put in"


def slope_symbol(dependent: str) -> sympy.Symbol:
    """What stands for the derivative of the dependent variable: y'."""
    return symbol(f"{dependent}'")


def implicit_steps(expression: Expression, d: Differentiator, dependent: str, names: frozenset[str]) -> Iterator[Step]:
    """The steps to the first derivative of the dependent variable: the last one is solved for it."""
    rate = slope_symbol(dependent)
    sides = expression.sides or (expression.tree, ZERO)
    put_in = expansions(expression.definitions)
    left, right = (substitute(side, put_in) for side in sides)
    equation = build.relation("==", build.derivative(left, d.variable, d.is_partial), _derivative(right, d))
    yield _equation(DIFFERENTIATED.format(dependent, d.variable), equation)
    for step in steps_from(equation, {symbol(dependent): rate}, names):
        equation = step.tree
        yield _equation(step.rule, equation, step)
    yield from _solved(equation, rate)


def _derivative(tree: Tree, d: Differentiator) -> Tree:
    return ZERO if tree is ZERO else build.derivative(tree, d.variable, d.is_partial)


def _equation(rule: str, equation: Any, step: Step | None = None) -> Step:
    return Step(rule, equation.args[1], () if step is None else step.statements, equation.args[0])


def _solved(equation: Any, rate: sympy.Symbol) -> Iterator[Step]:
    """The terms with the derivative on the left, all others on the right, and the quotient of both."""
    left, right = (merged(side) for side in equation.args)
    total = sympy.expand(left - right)
    factor, rest = total.coeff(rate, 1), total.coeff(rate, 0)
    if total != sympy.expand(factor * rate + rest):
        factor, rest = (left - right).diff(rate), (left - right).xreplace({rate: ZERO})
    if not factor.is_Add and factor.could_extract_minus_sign():
        factor, rest = -factor, -rest
    shown, other = arrange(factor), arrange(-rest)
    if (left, right) != (sympy.expand(factor * rate), -rest):
        yield Step(COLLECTED.format(rate), other, left=product([shown, rate]))
    if shown is not ONE:
        yield Step(SOLVED.format(rate), quotient(other, shown), left=rate)


def put_in(tree: Tree, dependent: str, slope: Tree) -> Step | None:
    """The step in which the first derivative takes the place of its sign; None where that does not stand there."""
    rate = slope_symbol(dependent)
    if rate not in tree.free_symbols:
        return None
    return Step(PUT_IN.format(rate), put(tree, {rate: slope}))
