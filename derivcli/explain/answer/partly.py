"""Where a claim is right that is right somewhere: where a part of the formulas has one sign, or on a stretch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sympy

from derivcli.check.agreement import Match, Sample, quantity, value
from derivcli.explain.answer.case import LEAST, Case
from derivcli.explain.answer.found import Diagnosis
from derivcli.language import formulas
from derivcli.language import tree as build
from derivcli.language.text import number_text, text_of
from derivcli.language.tree import Tree, postorder, row_of, symbol

if TYPE_CHECKING:
    from derivcli.language.expression import Expression

RUN = 3
"""So many neighbouring points at which a claim is right are no chance."""

STRETCHES = 4
"""Of more stretches on which it is wrong no list is told."""

HALVINGS = 40
"""How often the stretch is halved in which a boundary lies."""

SIMPLE = 1000
"""The largest denominator of a boundary that is told as a fraction."""

LONG = 40
"""The longest part of a formula whose sign is told."""


def partly(case: Case) -> Diagnosis | None:
    """Where a claim is right, and where it is wrong."""
    right, wrong = case.of_kind("same"), case.of_kind("different", "undefined")
    if len(right) < LEAST:
        return None
    found = _by_sign(case, right, wrong) or _by_stretches(case)
    if found is None:
        return None
    if any(match.right is not None for match in wrong):
        return Diagnosis("partly", found)
    return Diagnosis("undefined", found.replace("is wrong", "has no value").replace("and wrong", "and has no value"))


def _by_sign(case: Case, right: Sequence[Match], wrong: Sequence[Match]) -> str | None:
    """The sentence where the sign of a part of the formulas tells right from wrong."""
    for left, other in _partings(case):
        part = quantity(build.add([left, build.negative(other)]) if other != 0 else left, case.names)
        here, there = _signs(case, part, right), _signs(case, part, wrong)
        one, two = map(text_of, _apart(left, other))
        for sign, mark, opposite in ((1, ">", "<"), (-1, "<", ">")):
            if here == {sign} and -sign in there <= {0, -sign} and len(one) + len(two) < LONG:
                return f"it is right where {one} {mark} {two}, and wrong where {one} {opposite} {two}"
    return None


def _apart(left: Any, right: Any) -> tuple[Tree, Tree]:
    """Two sides with the number of a sum on the right: x and 3 for x - 3 and 0."""
    if right == 0 and isinstance(left, sympy.Add) and len(left.args) == 2 and left.args[1].is_Rational:
        return left.args[0], -left.args[1]
    return left, right


def _signs(case: Case, part: Any, matches: Sequence[Match]) -> set[int]:
    """The signs that a quantity has at points; 2 stands for that it has none."""
    found = set()
    for match in matches:
        ball = value(part, case.names, match.sample)
        found.add(2 if ball is None else 1 if ball > 0 else -1 if ball < 0 else 0)
    return found


def _partings(case: Case) -> Iterator[tuple[Tree, Tree]]:
    """What the formulas may change at: where the two are equal."""
    seen: set[tuple[Tree, Tree]] = set()
    for name in case.names:
        yield symbol(name), sympy.S.Zero
    for expression in (case.expression, case.claim):
        for pair in _partings_of(expression):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _partings_of(expression: Expression) -> Iterator[tuple[Tree, Tree]]:
    """The sides of comparisons, of the conditions of corners and jumps, and what stands under roots of squares."""
    for node in postorder(expression.expanded):
        row = row_of(node)
        if isinstance(node, sympy.core.relational.Relational):
            yield node.args[0], node.args[1]
        elif isinstance(node, sympy.Pow) and node.base.is_Pow:
            yield node.base.base, sympy.S.Zero
        elif row is not None and not row.variadic:
            for _, condition in formulas.special(row):
                if isinstance(condition, sympy.core.relational.Relational):
                    bound = formulas.bind(row, condition, node.args)
                    yield bound.args[0], bound.args[1]


def _by_stretches(case: Case) -> str | None:
    """The sentence where a claim in one variable is wrong on a few stretches of the line."""
    if len(case.names) != 1:
        return None
    known = sorted((match for match in case.matches if match.kind not in ("outside", "unsure")), key=_place)
    runs = _runs([(match.kind == "same", match) for match in known])
    by_chance = {match.sample for is_right, run in runs if is_right and len(run) < RUN for match in run}
    runs = _runs([(match.kind == "same" and match.sample not in by_chance, match) for match in known])
    if len(runs) < 2:
        return None
    name = case.names[0]
    wrong = []
    for number, (is_right, run) in enumerate(runs):
        if is_right:
            continue
        if len(run) == 1 and 0 < number < len(runs) - 1 and _is_alone(case, run[0]):
            wrong.append(f"{name} = {_shown(run[0].sample[0])}")
            continue
        low = _boundary(case, runs[number - 1][1][-1], run[0]) if number else None
        high = _boundary(case, run[-1], runs[number + 1][1][0]) if number < len(runs) - 1 else None
        wrong.append(_stretch(name, low, high))
    return f"it is wrong where {' or '.join(wrong)}, and right elsewhere" if len(wrong) <= STRETCHES else None


def _runs(matches: Iterable[tuple[bool, Match]]) -> list[tuple[bool, list[Match]]]:
    """Neighbouring points at which the claim is right, or is not."""
    return [(is_right, [match for _, match in run]) for is_right, run in groupby(matches, key=itemgetter(0))]


def _place(match: Match) -> Fraction:
    return match.sample[0]


def _is_alone(case: Case, match: Match) -> bool:
    """Whether a claim is right on both sides of a point."""
    step = Fraction(1, 2**20)
    return all(case.comparison.at((match.sample[0] + side,)).kind == "same" for side in (step, -step))


def _boundary(case: Case, low: Match, high: Match) -> str:
    """Where between two points the claim changes, as a short number if it is one."""
    start, stop, is_right = low.sample[0], high.sample[0], low.kind == "same"
    for _ in range(HALVINGS):
        middle = (start + stop) / 2
        sample: Sample = (middle,)
        if (case.comparison.at(sample).kind == "same") == is_right:
            start = middle
        else:
            stop = middle
    near = ((start + stop) / 2).limit_denominator(SIMPLE)
    return _shown(near) if start <= near <= stop else f"{float(start):.10g}"


def _shown(number: Fraction) -> str:
    return number_text(sympy.Rational(number.numerator, number.denominator))


def _stretch(name: str, low: str | None, high: str | None) -> str:
    if low is None or high is None:
        return f"{name} < {high}" if high is not None else f"{name} > {low}"
    return f"{low} < {name} < {high}"
