"""The last steps of a derivation: from what the rules give to the derivative in its shortest form, each with a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod
from typing import TypeAlias

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, merged
from derivcli.explain.steps.derivation import Step
from derivcli.explain.steps.teacher_notation import product, split
from derivcli.language.printer import text_of
from derivcli.language.spelling import EULER, Spelling
from derivcli.language.tree import Tree, reciprocal
from derivcli.simplify.cost import cost

SIMPLIFIED = "simplified"
MULTIPLIED = "numerator multiplied out"

AS_GIVEN = "rearranged"
"""Where no shorter form was found in time than the one that the rules give."""

POWERS_OF_E = Spelling(((EULER, EULER),))

MAX_TERMS = 40
"""A numerator of more terms is not multiplied out."""

Way: TypeAlias = Sequence[tuple[str, Tree]]
"""The names of rewritings, each with the formula after it."""


def finished(steps: Sequence[Step], derived: Tree, way: Way, answer: Tree) -> list[Step]:
    """The steps up to the answer, of which none of the last ones is longer than the one before.

    `derived` is the derivative from which `way` leads to the answer. Where the answer is what the
    last step has, in another order, it takes its place.
    """
    last = steps[-1]
    if _read(last.tree) == _read(answer):
        return [*steps]
    if _same_words(last.tree, answer):
        return [*steps[:-1], Step(last.rule, answer, last.statements, last.left)]
    return [*steps, *_shortened(last, [*_by_hand(last.tree), (SIMPLIFIED, derived), *way], answer)]


def _by_hand(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """What one tries first: numbers and powers put together, and the numerator of a quotient multiplied out."""
    with suppress(*SYMPY_FAILURES):
        _, above, below = split(tree)
        sums = [each for each in above if isinstance(each, sympy.Add)]
        if not below or not sums or _size(sums) > MAX_TERMS:
            yield SIMPLIFIED, arrange(merged(tree))
        else:
            numerator = merged(product(above))
            expanded = sympy.expand(numerator)
            whole = sympy.Mul(expanded, merged(product(list(map(reciprocal, below)))))
            yield MULTIPLIED if expanded != numerator else SIMPLIFIED, arrange(whole if split(tree)[0] > 0 else -whole)


def _size(sums: Sequence[Tree]) -> int:
    return prod(len(each.args) for each in sums)


def _shortened(last: Step, forms: Way, answer: Tree) -> Iterator[Step]:
    """A step for each form that is shorter than the one before, under the names of what led to it."""
    before = last.tree
    names: list[str] = []
    for name, tree in forms:
        names += [name]
        if _read(tree) == _read(answer):
            break
        if cost(answer)[0] < cost(tree)[0] < cost(before)[0] and not _same_words(tree, before):
            yield Step(_title(names), tree)
            before, names = tree, []
    yield Step(_title(names) if cost(answer)[0] <= cost(before)[0] else AS_GIVEN, answer)


def _title(names: Sequence[str]) -> str:
    """The names of what was done, of which what is meant by all of them says nothing beside others."""
    named = [name for name in dict.fromkeys(names) if name not in (SIMPLIFIED, MULTIPLIED)]
    return ", ".join(named) if named else names[-1] if names else SIMPLIFIED


def _read(tree: Tree) -> str:
    """What is read of a formula, exp(x) and e^x being one."""
    return text_of(tree, POWERS_OF_E)


def _same_words(one: Tree, two: Tree) -> bool:
    """Whether two formulas are made of the same numbers, names and signs."""
    return Counter(_read(one)) == Counter(_read(two))
