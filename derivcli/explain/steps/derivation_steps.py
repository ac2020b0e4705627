"""The steps from a derivative that is to be taken to one in which all are taken, each by a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import sympy

from derivcli.explain.steps.derivation import Step
from derivcli.explain.steps.differentiation_rules import Differentiator, taken
from derivcli.explain.steps.preparations import prepared
from derivcli.explain.steps.sight import Sight, markers, title_of
from derivcli.explain.steps.statements import Statement, statement
from derivcli.explain.steps.teacher_notation import put
from derivcli.language.printer import text_of
from derivcli.language.tree import Derivative, PartialDerivative, Tree, fold

MAX_CHARACTERS = 500_000
"""Characters in all steps of one derivation."""

TOO_LONG = "the derivation is longer than {:,} characters"

SPREAD = "sum rule"
POWER_RULE = "power rule"


class TooLongError(Exception):
    """A derivation of more characters than anybody reads."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the rule for a formula still to be differentiated makes of it, and how nested the formula is.

    `at_sight` are the rules that were taken without a step of their own, of a formula that is known by them.
    """

    height: int
    rule: str
    tree: Tree
    statements: tuple[Statement, ...] = ()
    at_sight: tuple[str, ...] = ()


def steps_from(tree: Tree, moving: Mapping[Tree, Tree], names: frozenset[str]) -> Iterator[Step]:
    """A step for each rule: that of the most nested formula still to be differentiated, wherever else it is due too.

    So all that is known at sight is differentiated at once, in the end. `names` are those of the whole formula.
    """
    known: dict[Tree, Taken] = {}
    length = 0
    while due := markers(tree):
        for marker in due:
            if marker not in known:
                known[marker] = _taken(marker, moving, names)
        step = _step(tree, {marker: known[marker] for marker in due})
        yield step
        tree = step.tree
        length += len(step.text)
        if length > MAX_CHARACTERS:
            raise TooLongError(TOO_LONG.format(MAX_CHARACTERS))


def _step(tree: Tree, due: Mapping[Tree, Taken]) -> Step:
    hard = {marker: each for marker, each in due.items() if not each.at_sight}
    if hard:
        first = max(hard.values(), key=lambda each: each.height)
        chosen = {marker: each for marker, each in hard.items() if each.rule == first.rule}
        title = first.rule
    else:
        chosen = dict(due)
        title = title_of(list(dict.fromkeys(rule for each in due.values() for rule in each.at_sight)))
        if title != POWER_RULE:
            chosen = {marker: replace(each, statements=_with_parts(each)) for marker, each in chosen.items()}
    said = {(each.spelled(), str(each.parts)): each for one in chosen.values() for each in one.statements}
    whole = put(tree, {marker: each.tree for marker, each in chosen.items()})
    return Step(title, whole, tuple(said.values()))


def _with_parts(taken: Taken) -> tuple[Statement, ...]:
    """The statements of more than the power rule for the variable, which is named beside other rules."""
    return tuple(each for each in taken.statements if [name for name, _ in each.parts] != ["n"])


def _taken(marker: Derivative, moving: Mapping[Tree, Tree], names: frozenset[str]) -> Taken:
    """What a rule makes of a derivative: sums and constant factors are taken apart on the way."""
    inner, variable = marker.args
    copies = 1 if isinstance(inner, sympy.Add | sympy.Piecewise) else len(inner.args)
    if copies**2 > MAX_CHARACTERS or copies * len(text_of(inner)) > MAX_CHARACTERS:
        raise TooLongError(TOO_LONG.format(MAX_CHARACTERS))
    d = Differentiator(variable, isinstance(marker, PartialDerivative), moving)
    easier = prepared(inner, d)
    if easier is not None:
        return Taken(_height(inner), easier[0], d(easier[1]))
    sight = Sight(d, names)
    tree = sight(inner)
    due = markers(tree)
    if not due:
        rules = tuple(sight.rules)
        return Taken(_height(inner), title_of(sight.rules), tree, tuple(sight.statements), rules)
    if len(due) > 1:
        return Taken(_height(inner), SPREAD, tree)
    return _ruled(tree, due[0], d, names)


def _ruled(tree: Tree, marker: Derivative, d: Differentiator, names: frozenset[str]) -> Taken:
    """What a rule makes of the only derivative in a tree that is not known at sight."""
    inner = marker.args[0]
    easier = prepared(inner, d)
    if easier is not None:
        return Taken(_height(inner), easier[0], put(tree, {marker: d(easier[1])}))
    rule, found = taken(inner, d)
    title, said = rule.title(inner, found), statement(rule, inner, d, names)
    if isinstance(inner, sympy.Piecewise):
        found = put(found, {each: Sight(d)(each.args[0]) for each in markers(found)})
    return Taken(_height(inner), title, put(tree, {marker: found}), () if said is None else (said,))


def _height(tree: Tree) -> int:
    """How many nodes stand above each other."""
    return fold(tree, lambda node, heights: 1 + max(heights, default=0))
