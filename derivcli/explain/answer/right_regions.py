"""Where a claim is right that is wrong elsewhere: where a part of the formulas has one sign, or on an interval.

A region is named only where the formulas suggest its boundary and further points of all scales confirm it; else the
points are named that were tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

import sympy

from derivcli.check.equality import Match, Quantity, Sample
from derivcli.explain.answer.answer import Diagnosis
from derivcli.explain.answer.comparison import MIN_MATCHES, Case
from derivcli.explain.answer.sample_points import numbers_of
from derivcli.language import tree as build
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.expression import Expression
from derivcli.language.functions import formulas
from derivcli.language.printer import number_text, place_text, text_of
from derivcli.language.tree import Tree, postorder, row_of, symbol

MIN_RUN_LENGTH = 3
"""So many neighbouring points at which a claim is right are no chance."""

MAX_CHANGES = 2
"""A claim that changes more often along the line is not described by intervals."""

MAX_HALVINGS = 40

NATURAL_BOUNDARIES = tuple(map(Fraction, (0, 1, -1, 2, -2)))
"""Boundaries that need not stand in a formula."""

FURTHER_POINTS = 40
"""So many further points have to bear out a region, and these of other scales."""
SCALES = tuple(sign * Fraction(10) ** power for power in (4, 5, -5, -8) for sign in (1, -1))

MAX_CHARACTERS = 40
"""The longest part of a formula whose sign is mentioned."""

WRONG_KINDS = ("different", "undefined")


@dataclass(frozen=True, slots=True)
class Region:
    """A sentence on where a claim is right, and whether it is so at a point: None where the sentence does not tell."""

    sentence: str
    is_right: Callable[[Sample], bool | None]


def right_region(case: Case) -> Diagnosis | None:
    """Where a claim is right, and where it is wrong."""
    right, wrong = case.of_kind("same"), case.of_kind(*WRONG_KINDS)
    if len(right) < MIN_MATCHES:
        return None
    for region in chain(_by_sign(case, right, wrong), _by_stretches(case)):
        if _is_borne_out(case, region):
            return _told(region.sentence, wrong)
    return None


def right_points(case: Case) -> Diagnosis | None:
    """Some of the points tried, where no region is known."""
    right, wrong = case.of_kind("same"), case.of_kind(*WRONG_KINDS)
    if len(right) < MIN_MATCHES:
        return None
    there, elsewhere = (_such_as(case, matches) for matches in (right, wrong))
    return _told(f"of the points tried it agrees at {there}, and is wrong at {elsewhere}", wrong)


def _told(sentence: str, wrong: Sequence[Match]) -> Diagnosis:
    """The diagnosis, in other words where a claim is wrong only since it has no value."""
    if any(match.right is not None for match in wrong):
        return Diagnosis("partly", sentence)
    return Diagnosis("undefined", sentence.replace("is wrong", "has no value").replace("and wrong", "and has no value"))


def _such_as(case: Case, matches: Sequence[Match]) -> str:
    nicest = sorted((match.sample for match in matches), key=case.niceness)[:2]
    named = " and ".join(place_text(case.named(sample), case.expression.spelling) for sample in nicest)
    return f"{len(matches)}, such as {named}" if len(matches) > len(nicest) else named


def _is_borne_out(case: Case, region: Region) -> bool:
    """Whether a claim is right and wrong where a region says so, at further points too."""
    further = islice(case.further_samples(), FURTHER_POINTS)
    sizes = () if case.dependent else SCALES
    scaled = ((*[size * place for place in range(1, len(case.names) + 1)],) for size in sizes)
    for sample in chain(further, scaled):
        kind, expected = case.comparison.confirmed(case.comparison.at(sample)).kind, region.is_right(sample)
        if expected is not None and kind in ("same", *WRONG_KINDS) and expected != (kind == "same"):
            return False
    return True


def _by_sign(case: Case, right: Sequence[Match], wrong: Sequence[Match]) -> Iterator[Region]:
    """Where the sign of a part of the formulas tells right from wrong."""
    for left, other in _partings(case):
        part = case.quantity(build.add([left, build.negative(other)]) if other != 0 else left)
        here, there = ([_sign(case, part, match.sample) for match in matches] for matches in (right, wrong))
        one, two = (text_of(side, case.expression.spelling) for side in _apart(left, other))
        for sign, mark, opposite in ((1, ">", "<"), (-1, "<", ">")):
            chance = [match.sample for match, found in zip(right, here, strict=True) if found == -sign]
            is_told = {*here} <= {sign, -sign} and here.count(sign) >= MIN_MATCHES and len(chance) < MIN_RUN_LENGTH
            if (
                is_told
                and {*there} <= {0, -sign}
                and there.count(-sign) >= MIN_RUN_LENGTH
                and len(one) + len(two) < MAX_CHARACTERS
            ):
                sentence = f"it is right where {one} {mark} {two}, and wrong where {one} {opposite} {two}"
                yield Region(sentence + _except(case, chance), partial(_is_side, case, part, sign))


def _except(case: Case, chance: Sequence[Sample]) -> str:
    return (
        f" except at {' and '.join(place_text(case.named(sample), case.expression.spelling) for sample in chance)}"
        if chance
        else ""
    )


def _is_side(case: Case, part: Quantity, sign: int, sample: Sample) -> bool | None:
    """Whether a part of the formulas has a sign at a point; None where it has neither that one nor the other."""
    found = _sign(case, part, sample)
    return found == sign if found in (sign, -sign) else None


def _apart(left: Any, right: Any) -> tuple[Tree, Tree]:
    """Two sides with the number of a sum on the right: x and 3 for x - 3 and 0."""
    if right == 0 and isinstance(left, sympy.Add) and len(left.args) == 2 and left.args[1].is_Rational:
        return left.args[0], -left.args[1]
    return left, right


def _sign(case: Case, part: Quantity, sample: Sample) -> int:
    """The sign that a quantity has at a point; 2 stands for that it has none."""
    ball = case.value(part, sample)
    return 2 if ball is None else 1 if ball > 0 else -1 if ball < 0 else 0


def _partings(case: Case) -> Iterator[tuple[Tree, Tree]]:
    """What the formulas may change at: where the two are equal, the likely ones first."""
    variables = [(symbol(name), sympy.S.Zero) for name in case.names]
    likely = chain.from_iterable(map(_partings_of, (case.expression, case.claim)))
    trees = [each.expanded for each in (case.truth, case.claim) if each is not None]
    calls = [(node, sympy.S.Zero) for tree in trees for node in steps_of(tree) if row_of(node) is not None]
    yield from dict.fromkeys(chain(variables, likely, calls))


def _partings_of(expression: Expression) -> Iterator[tuple[Tree, Tree]]:
    """The sides of comparisons, of the conditions of corners and jumps, and what stands under roots of squares."""
    for node in steps_of(expression.expanded):
        row = row_of(node)
        if isinstance(node, sympy.core.relational.Relational):
            yield node.args[0], node.args[1]
        elif isinstance(node, sympy.Pow) and node.base.is_Pow:
            yield node.base.base, sympy.S.Zero
        elif row is not None and (not row.variadic or len(node.args) == 2):
            for _, condition in formulas.special(row):
                for part in postorder(formulas.bind(row, condition, node.args)):
                    if isinstance(part, sympy.core.relational.Relational):
                        yield part.args[0], part.args[1]


def _by_stretches(case: Case) -> Iterator[Region]:
    """Where a claim in one variable is wrong on one or two stretches of the line, or at as many points."""
    if len(case.names) != 1:
        return
    known = sorted((match for match in case.matches if match.kind in ("same", *WRONG_KINDS)), key=_place)
    runs = _runs([(match.kind == "same", match) for match in known])
    chance = [match.sample for is_right, run in runs if is_right and len(run) < MIN_RUN_LENGTH for match in run]
    runs = _runs([(match.kind == "same" and match.sample not in chance, match) for match in known])
    wrong = [_stretch(case, runs, number) for number, (is_right, _) in enumerate(runs) if not is_right]
    stretches = [each for each in wrong if each is not None]
    changes = sum(1 if low == high else (low is not None) + (high is not None) for low, high in stretches)
    if not stretches or len(stretches) < len(wrong) or not 0 < changes <= MAX_CHANGES:
        return

    def is_right(sample: Sample) -> bool | None:
        if any(sample[0] in ends for ends in stretches):
            return None
        inside = any((low is None or low < sample[0]) and (high is None or sample[0] < high) for low, high in stretches)
        return not inside

    where = " or ".join(_stretch_text(case.names[0], *ends) for ends in stretches)
    yield Region(f"it is wrong where {where}{_except(case, chance)}, and right elsewhere", is_right)


Ends = tuple[Fraction | None, Fraction | None]
"""Where a stretch begins and ends; None where it does not, and the same twice for a point."""

Runs = list[tuple[bool, list[Match]]]


def _runs(matches: Iterable[tuple[bool, Match]]) -> Runs:
    return [(is_right, [match for _, match in run]) for is_right, run in groupby(matches, key=itemgetter(0))]


def _place(match: Match) -> Fraction:
    return match.sample[0]


def _stretch(case: Case, runs: Runs, number: int) -> Ends | None:
    """The stretch on which a run of points lies, where its ends are natural ones."""
    run = runs[number][1]
    inner = 0 < number < len(runs) - 1
    if inner and len(run) == 1 and _place(run[0]) in _natural(case):
        x, step = _place(run[0]), Fraction(1, 2**20)
        if all(case.comparison.at((x + each,)).kind == "same" for each in (step, -step)):
            return x, x
    if len(run) < MIN_RUN_LENGTH:
        return None
    low = _boundary(case, runs[number - 1][1][-1], run[0]) if number else None
    high = _boundary(case, run[-1], runs[number + 1][1][0]) if number < len(runs) - 1 else None
    unknown = (number and low is None) or (number < len(runs) - 1 and high is None)
    return None if unknown else (low, high)


def _natural(case: Case) -> list[Fraction]:
    """Where a claim may well change: at the numbers of the formulas."""
    return [*NATURAL_BOUNDARIES, *numbers_of([case.expression.expanded, case.claim.expanded])]


def _boundary(case: Case, low: Match, high: Match) -> Fraction | None:
    """Where between two points the claim changes, if that is a natural place."""
    start, stop, is_right = _place(low), _place(high), low.kind == "same"
    near = [number for number in _natural(case) if start <= number <= stop]
    for _ in range(MAX_HALVINGS):
        for middle in ((start + stop) / 2, (3 * start + 5 * stop) / 8):  # the first may be the boundary itself
            kind = case.comparison.confirmed(case.comparison.at((middle,))).kind
            if kind in ("same", *WRONG_KINDS):
                break
        else:
            return None
        start, stop = (middle, stop) if (kind == "same") == is_right else (start, middle)
        near = [number for number in near if start <= number <= stop]
    return near[0] if near else None


def _shown(number: Fraction) -> str:
    return number_text(sympy.Rational(number.numerator, number.denominator))


def _stretch_text(name: str, low: Fraction | None, high: Fraction | None) -> str:
    if low is not None and high is not None:
        return f"{name} = {_shown(low)}" if low == high else f"{_shown(low)} < {name} < {_shown(high)}"
    return f"{name} > {_shown(low)}" if low is not None else f"{name} < {_shown(high or Fraction(0))}"
