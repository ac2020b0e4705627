"""What a shorter form does not show: where it is defined though the function has no derivative there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy

from derivcli.check.enclosure import restored_context
from derivcli.check.true_derivative import derivative_at, derivative_by_germs
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, attempted
from derivcli.engines.time_limit import OutOfTimeError, ProcessorSeconds, limited
from derivcli.errors import DerivError
from derivcli.language import tree as build
from derivcli.language.differentiation.derivatives import differentiated
from derivcli.language.expression import Expression
from derivcli.language.printer import place_text, text_of
from derivcli.language.spelling import Spelling
from derivcli.language.tree import Tree, postorder, symbol
from derivcli.result import Partial
from derivcli.simplify.domains.bisection import roots_by_halving
from derivcli.simplify.domains.conditions import (
    CALL,
    NONNEGATIVE,
    NONZERO,
    POSITIVE,
    POWER,
    Condition,
    conditions,
    required,
)
from derivcli.simplify.domains.consequences import Facts
from derivcli.simplify.domains.points import At, difference_of, probes, turning, value_at, zeros
from derivcli.simplify.domains.roots import ALL, Root

MAX_NODES = 400
"""Of longer functions the conditions are not looked at."""

MAX_NAMED_POINTS = 3
"""So many points are named one by one."""

NO_DERIVATIVE, ANOTHER_VALUE, NONE_KNOWN = (
    "no derivative",
    "the derivative has another value",
    "no derivative is known",
)
"""What may be wrong with a printed form at a point."""

MAX_JUDGED = 10
"""About so many points are looked at of those at which something is 0."""

GAP_SECONDS = ProcessorSeconds(1.0)
"""How long one derivative may be looked at."""

SEARCH_SECONDS = ProcessorSeconds(0.2)
"""How long zeros may be searched that have no formula."""


def gaps(
    expression: Expression,
    partial: Partial,
    derived: Iterable[Tree],
    shape: Tree,
    moving: Sequence[str] = (),
    is_term: bool = False,
) -> list[str]:
    """Sentences about where a derivative in its printed shape states a number that the function does not have.

    `derived` are the forms that came before it. The rules of differentiation, applied to the function as typed, say
    where else it may have no derivative. Along a direction, where all `moving` variables move, the function alone is
    asked. Where the derivative `is_term` of a sum, that is the shape.
    """
    if sum(1 for _ in postorder(expression.expanded)) > MAX_NODES:
        return []
    found = attempted(GAP_SECONDS, _gaps, expression, partial, tuple(derived), shape, moving, is_term)
    return found or []


def _gaps(
    expression: Expression,
    partial: Partial,
    derived: Iterable[Tree],
    shape: Tree,
    moving: Sequence[str],
    is_term: bool,
) -> list[str]:
    wanted = dict.fromkeys(each for tree in derived for each in conditions(tree))
    with suppress(DerivError, *SYMPY_FAILURES):
        for name in moving or partial[-1:]:
            wanted |= dict.fromkeys(conditions(differentiated(expression.expanded, symbol(name))))
    never = _contradiction(conditions(expression.expanded), expression.spelling)
    if never:
        return [never]
    missing = lost(wanted, conditions(shape))
    if any(each.sign in (POSITIVE, NONNEGATIVE) for each in missing):  # who is told one end of a domain asks for all
        missing = lost(wanted | dict.fromkeys(conditions(expression.expanded)), conditions(shape))
    with restored_context():
        checked = _Checked(expression, partial, shape, tuple(moving), is_term)
        told = [sentence for each in missing for sentence in checked.sentences(each)]
        return told if moving else [*dict.fromkeys([*told, *checked.at_kinks()])]


def gaps_on_curve(equation: Expression, derived: Iterable[Tree], shape: Tree) -> list[str]:
    """Sentences about where the slope of a curve states a number though the forms that came before it have none.

    The curve has points only where its equation has a value.
    """
    wanted = dict.fromkeys(each for tree in derived for each in conditions(tree))
    missing = lost(wanted, [*conditions(shape), *conditions(equation.expanded)])
    return [f"the equation gives no slope where {_failure(each, True, equation.spelling)}" for each in missing]


def _contradiction(known: Iterable[Condition], spelling: Spelling) -> str:
    """That a function has a value nowhere, or at single points alone, where two of its conditions show it."""
    signed = [each for each in known if each.sign in (POSITIVE, NONNEGATIVE)]
    for place, one in enumerate(signed):
        for other in signed[:place]:
            if Facts.of([one]).imply(Condition(NONNEGATIVE, -other.tree)):
                needed = " and ".join(_comparison(each.tree, each.sign, spelling) for each in (other, one))
                return f"no derivative anywhere: the function needs {needed}"
    return ""


def lost(wanted: Iterable[Condition], known: Iterable[Condition]) -> list[Condition]:
    """The conditions that do not follow from known ones, without those that follow from others of them."""
    facts = Facts.of(known)
    missing = sorted(
        (each for each in wanted if each.sign not in (POWER, CALL) and not facts.imply(each)),
        key=lambda each: (each.sign == NONZERO, sympy.default_sort_key(each.tree)),
    )
    kept: list[Condition] = []
    for each in missing:
        if not Facts.of([*facts.known, *kept]).imply(each):
            kept.append(each)
    return kept


@dataclass(frozen=True, slots=True)
class _Checked:
    """A function, its derivative as it is printed, and what is true where a condition fails."""

    expression: Expression
    partial: Partial
    shape: Tree
    moving: tuple[str, ...]
    is_term: bool
    """Whether what is printed is a sum, of which the derivative is a term."""

    def sentences(self, failing: Condition) -> Iterator[str]:
        """What is to be said of a condition that the printed form does not have, or where that has a step or kink."""
        points = probes(failing, conditions(self.shape), self.names)
        if points is None:
            points = self.searched(failing)
        if points is None:
            yield f"{NONE_KNOWN} where {_failure(failing, True, self.expression.spelling)}, if that is anywhere"
            return
        points = _fewer(points) if failing.sign == NONZERO else points
        judged = [self.judged(at) for at in points]
        named = _simple_points(failing, self.names)
        for kind in (NO_DERIVATIVE, ANOTHER_VALUE, NONE_KNOWN):
            bad = [at for at, found in zip(points, judged, strict=True) if found == kind]
            if bad and named:
                for name, each in named:
                    if self.judged({name: each.where}) == kind:
                        place = _place(name, each, self.expression.spelling)
                        yield f"{kind} at {place}{self.reason({name: each.where})}"
            elif bad:
                is_everywhere = failing.sign != NONZERO or set(judged) <= {kind, None}
                at_zero = any(_is_zero(failing.tree, at) for at in bad)
                failure = _failure(failing, at_zero, self.expression.spelling)
                where = f"{'' if is_everywhere else 'at some points '}where {failure}"
                yield f"{kind} {where}{self.reason(bad[0])}"

    def at_kinks(self) -> Iterator[str]:
        """What is to be said of the steps and kinks of functions in the formula and in its printed derivative."""
        calls = dict.fromkeys([*postorder(self.shape), *postorder(self.expression.expanded)])
        for condition in dict.fromkeys(each for call in calls for each in turning(call)):
            if isinstance(condition, sympy.Eq):
                for failing in required(NONZERO, difference_of(condition)):
                    yield from self.sentences(failing)
            elif any(self.judged(at) == NO_DERIVATIVE for at in self.meeting(condition)):
                yield f"{NO_DERIVATIVE} where {text_of(condition, self.expression.spelling).replace('==', '=')}"

    def meeting(self, condition: Any) -> Iterator[At]:
        """Points at which the equations of a condition hold."""
        for part in postorder(condition):
            if isinstance(part, sympy.Eq):
                yield from probes(Condition(NONZERO, difference_of(part)), (), self.names) or ()

    def searched(self, failing: Condition) -> list[At] | None:
        """All points at which something in one variable is 0, by halving; None where they are not known to be all."""
        if failing.sign != NONZERO or len(self.names) != 1:
            return None
        with suppress(DerivError, OutOfTimeError, *SYMPY_FAILURES):
            found = limited(SEARCH_SECONDS, roots_by_halving, failing.tree, self.names[0])
            if found.extent == ALL:
                return [{self.names[0]: each.where} for each in found.found]
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """The variables of a point."""
        others = sorted(map(str, self.shape.free_symbols)) if self.is_term else ()
        return tuple(dict.fromkeys([*self.expression.variables, *(self.moving or self.partial), *others]))

    def judged(self, at: At) -> str | None:
        """What is wrong with the value that the printed form has at a point, "" for nothing; None where it has none."""
        with suppress(UnsureError):
            here = value_at(self.shape, at)
            if here is None:
                return None
            if value_at(self.expression.expanded, at) is None:
                return NO_DERIVATIVE
            if self.moving:
                return ""
            derivative = Derivative(self.partial[::-1])
            with suppress(TouchError):
                known = derivative_by_germs(self.expression, derivative, at)
                known = known or derivative_at(self.expression, derivative, at)
                if known.ball is not None:
                    return "" if self.is_term or known.ball.overlaps(here) else ANOTHER_VALUE
                return NO_DERIVATIVE if known.none else NONE_KNOWN
        return NONE_KNOWN

    def reason(self, at: At) -> str:
        """Why there is no derivative at a point, where that is simple."""
        with suppress(UnsureError):
            if value_at(self.expression.expanded, at) is None:
                return ": the function has no value there"
        return ""


def _fewer(points: list[At]) -> list[At]:
    """Some of many points, with those in the middle, one of which is 0 if it is among endlessly many in a row."""
    middle, step = len(points) // 2, len(points) // MAX_JUDGED + 1
    return [at for place, at in enumerate(points) if place % step == 0 or place in (middle - 1, middle)]


def _simple_points(failing: Condition, names: Sequence[str]) -> list[tuple[str, Root]]:
    """All points at which a condition fails, if these are few and can be written; else none."""
    if failing.sign != NONZERO or len(names) != 1:
        return []
    known = zeros(failing.tree, names[0])
    is_simple = known.extent == ALL and len(known.found) <= MAX_NAMED_POINTS
    return [(names[0], each) for each in known.found] if is_simple and all(map(_has_formula, known.found)) else []


def _has_formula(each: Root) -> bool:
    return each.tree is not None


def _is_zero(tree: Tree, at: At) -> bool:
    with suppress(UnsureError):
        value = value_at(tree, at)
        return value is not None and bool(value.contains(0))
    return False


def _place(name: str, at: Root, spelling: Spelling) -> str:
    return place_text({name: arrange(at.tree)}, spelling)


def _failure(condition: Condition, with_zero: bool, spelling: Spelling) -> str:
    """That a condition fails."""
    sign = "==" if condition.sign == NONZERO else "<=" if with_zero else "<"
    return _comparison(condition.tree, sign, spelling)


def _comparison(tree: Any, sign: str, spelling: Spelling) -> str:
    """A comparison of a formula with 0, with what is subtracted on the other side."""
    terms: Any = sympy.Add.make_args(tree)
    numbers = [term for term in terms if term.is_number]
    below = [-term for term in terms if not term.is_number and term.could_extract_minus_sign()]
    above = [term for term in terms if not term.is_number and not term.could_extract_minus_sign()]
    right = [*below, *(-each for each in numbers)] if above else below
    sides = [arrange(sympy.Add(*side)) for side in (above or numbers, right)]
    if not above:
        sides, sign = sides[::-1], {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
    return text_of(build.relation(sign, *sides), spelling).replace("==", "=")
