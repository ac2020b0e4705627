"""Logarithmic differentiation of a power whose base and exponent both vary, line by line.

y = u**v;  log(y) = v*log(u);  y'/y = (v*log(u))';  y' = y*(v*log(u))'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy

from derivcli.engines.symbolic import arrange, merged
from derivcli.explain.steps.derivation import Step
from derivcli.explain.steps.derivation_steps import steps_from
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.final_forms import SIMPLIFIED
from derivcli.explain.steps.teacher_notation import product, put, quotient
from derivcli.language import tree as build
from derivcli.language.functions.table import vocabulary
from derivcli.language.printer import text_of
from derivcli.language.tree import Derivative, Tree, symbol
from derivcli.simplify.cost import cost

LETTERS = "yzwvutsrqp"
"""What stands for the function, the first one that is free."""

NAMED = "a letter for the function"
LOGARITHMS = "logarithm of both sides"
DIFFERENTIATED = "both sides differentiated"
MULTIPLIED = "multiplied by {}"
PUT_IN = "{} put in"


def is_for_logarithms(tree: Tree) -> bool:
    """Whether a derivative still to be taken is that of a power whose base and exponent both vary."""
    if not isinstance(tree, Derivative) or not isinstance(tree.args[0], sympy.Pow):
        return False
    d = Differentiator(tree.args[1])
    return all(map(d.moves, tree.args[0].args))


def by_logarithms(marker: Any, moving: Mapping[Tree, Tree], names: frozenset[str]) -> Iterator[Step]:
    """The steps of the derivative of a power, by the logarithm of the equation y = u**v."""
    power = marker.args[0]
    letter = next(each for each in LETTERS if each not in names)
    y, rate = symbol(letter), symbol(f"{letter}'")
    logarithm = vocabulary()["log"]
    right = product([power.exp, build.call(logarithm, [power.base])])
    yield Step(NAMED, power, left=y)
    yield Step(LOGARITHMS, right, left=build.call(logarithm, [y]))
    inner = build.rebuild(marker, [right, marker.args[1]])
    relative = quotient(rate, y)
    yield Step(DIFFERENTIATED, inner, left=relative)
    for step in steps_from(inner, moving, names | {letter}):
        inner = step.tree
        yield Step(step.rule, inner, step.statements)
    shorter = arrange(merged(inner))
    if cost(shorter) < cost(inner):
        inner = shorter
        yield Step(SIMPLIFIED, inner)
    multiplied = product([y, inner])
    yield Step(MULTIPLIED.format(letter), multiplied, left=rate)
    yield Step(PUT_IN.format(text_of(y)), put(multiplied, {y: power}))
