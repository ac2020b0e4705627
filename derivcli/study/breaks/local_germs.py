"""The germs of a formula beside a break point or beside infinity, from what its equations say of the point.

A point without a formula is a number of which nothing but digits are known. That an equation holds there tells that
parts of the formula are equal, whose difference no digits would show to be 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from flint import arb, ctx, fmpq

from derivcli.check.one_sided import GERM_BITS, MORE_TERMS
from derivcli.check.one_sided_germs import LocalGerms
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.exact_constants import ExactConstant, Field, working
from derivcli.engines.balls.germs.approach import Approach, KnownLimit
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.evaluation import coordinate_of, germ_of
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, OSCILLATION, Germ, NoGermError, ShortError
from derivcli.engines.balls.tape import Tape, record_parts
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.break_points import BreakPoint, Solution
from derivcli.study.breaks.growth import growth_of, stand_in

MIN_BITS = 64
"""A place that is known to fewer bits tells nothing."""

PLACE = "place"


@dataclass(eq=False)
class Formula:
    """A formula in one variable, recorded once."""

    tree: Tree
    name: str

    @cached_property
    def recorded(self) -> tuple[Tape, Mapping[Tree, int]]:
        """Its tape, and the numbers of its parts."""
        return record_parts(self.tree, (self.name,))


def local_germs(formula: Formula, point: BreakPoint, order: int) -> Iterator[LocalGerms]:
    """The germs for derivatives up to an order, at more and more precision and with more and more terms.

    Each is to be asked before the next one is computed. Raises NoGermError where germs are not known.
    """
    for precision in precisions(point.at):
        for more in MORE_TERMS:
            germs = LocalGerms(formula.recorded[0], {}, working(precision), {}, order, more)
            try:
                _fill(germs, formula, point)
            except ShortError:
                continue
            except UnsureError:
                break
            ctx.prec = precision
            yield germs


def precisions(at: Root) -> list[int]:
    """Precisions at which germs are computed at a place: those to which it is known."""
    if not isinstance(at.where, arb):
        return [*GERM_BITS]
    bits = at.where.rel_accuracy_bits()
    return [max(MIN_BITS, min(int(bits), GERM_BITS[-1]))]


def _fill(germs: LocalGerms, formula: Formula, point: BreakPoint) -> None:
    """Compute the value and both germs."""
    known, limits = germs.field, limits_of(formula, point)
    at = place_in(known, point.at)
    with suppress(NoValueError):
        here, _ = _germ(germs, formula, {CONSTANT_TERM: at}, limits)
        germs.value = here.terms.get(CONSTANT_TERM) or known.rational(0)
    for sense in (1, -1):
        try:
            germ, decisions = _germ(germs, formula, {CONSTANT_TERM: at, (1, 0): known.rational(sense)}, limits)
        except NoValueError:
            continue
        if sense > 0:
            germs.right = germ
            reflected = None if decisions else germ.reflected()
            if reflected is not None:
                germs.left = reflected
                return
        else:
            germs.left = germ


def germ_at_infinity(formula: Formula, side: int, precision: int, more: int) -> LocalGerms:
    """The germ at infinity or at minus infinity, on the right, in t = 1/|x|."""
    germs = LocalGerms(formula.recorded[0], {}, working(precision), {}, 1, more)
    with suppress(NoValueError):
        germs.right, _ = _germ(germs, formula, {(-1, 0): germs.field.rational(side)}, {})
    return germs


def _germ(
    local: LocalGerms, formula: Formula, terms: dict[object, ExactConstant], limits: Mapping[int, KnownLimit]
) -> tuple[Germ, list[int | str]]:
    tape = formula.recorded[0]
    germs = Germs(local.field, local.order + local.more)
    approach = Approach(tape, germs, {formula.name: germs.made(terms, None)}, limits=limits)  # type: ignore[arg-type]
    try:
        try:
            return germ_of(approach), germs.decisions
        except NoGermError:
            approach.values.clear()
            return stand_in(germs, growth_of(approach)), germs.decisions
    finally:
        local.rigorous = local.rigorous and approach.rigorous
        local.oscillates = local.oscillates or OSCILLATION in germs.decisions


def place_in(known: Field, at: Root) -> ExactConstant:
    """A place as a constant; one without a formula is a number of its own."""
    if not isinstance(at.where, arb):
        return coordinate_of(known, at.where)
    return known.named(PLACE, at.where)


def limits_of(formula: Formula, point: BreakPoint) -> dict[int, KnownLimit]:
    """What parts of the formula tend to, by the equations that hold at the point."""
    numbers = formula.recorded[1]
    found: dict[int, KnownLimit] = {}
    for solution in point.solutions:
        told = _told(solution, numbers)
        if told is not None:
            found[told[0]] = told[1]
            equation = solution.equation
            if equation is not None and equation.sides is not None and equation.sides[1] == 0:
                found.update(dict.fromkeys(_bases(formula.recorded[0], told[0]), told[1]))
    return found


def _bases(tape: Tape, number: int) -> Iterator[int]:
    """The numbers of the parts that are 0 where a power of them is."""
    while tape.nodes[number].operation in ("power", "abs"):
        parts = tape.nodes[number].parts
        exponent = tape.nodes[parts[-1]]
        if len(parts) > 1 and not (exponent.operation == "number" and exponent.data > 0):
            return
        number = parts[0]
        yield number


def _told(solution: Solution, numbers: Mapping[Tree, int]) -> tuple[int, KnownLimit] | None:
    """The number of a part, and what it tends to as another part tells, which is evaluated before it."""
    equation = solution.equation
    if equation is None or equation.sides is None or solution.whole is None:
        return None
    left, right = equation.sides
    factor = fmpq(1)
    if equation.stepped:
        shift = equation.shift
        factor = fmpq(solution.whole) + fmpq(int(shift.p), int(shift.q))
    if not right.free_symbols:
        return (numbers[left], _constant(right, factor)) if left in numbers else None
    if not left.free_symbols and factor != 0:
        return (numbers[right], _constant(left, 1 / factor)) if right in numbers else None
    if left not in numbers or right not in numbers:
        return None
    if numbers[left] > numbers[right]:
        return numbers[left], _multiple(numbers[right], factor)
    return (numbers[right], _multiple(numbers[left], 1 / factor)) if factor != 0 else None


def _constant(tree: Tree, factor: fmpq) -> KnownLimit:
    where = coordinate(tree)
    return lambda approach: approach.field.scaled(coordinate_of(approach.field, where), factor)


def _multiple(other: int, factor: fmpq) -> KnownLimit:
    """A multiple of what another node tends to."""

    def limit(approach: Approach) -> ExactConstant | None:
        germ = approach.values.get(other)
        if germ is None or any(place < CONSTANT_TERM for place in germ.terms):
            return None
        return approach.field.scaled(germ.terms.get(CONSTANT_TERM) or approach.field.rational(0), factor)

    return limit
