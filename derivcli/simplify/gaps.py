"""What a shorter form does not show: where it is defined though the function has no derivative there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy

from derivcli.check.enclosure import restored_context
from derivcli.check.true_derivative import derivative_at
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.symbolic import SYMPY_FAILURES, arrange, attempted
from derivcli.engines.time_limit import ProcessorSeconds
from derivcli.errors import DerivError
from derivcli.language import tree as build
from derivcli.language.differentiation.derivatives import differentiated
from derivcli.language.expression import Expression
from derivcli.language.printer import place_text, text_of
from derivcli.language.tree import Tree, postorder, symbol
from derivcli.result import Partial
from derivcli.simplify.domains.conditions import CALL, NONNEGATIVE, NONZERO, POSITIVE, POWER, Condition, conditions
from derivcli.simplify.domains.consequences import Facts
from derivcli.simplify.domains.points import At, probes, turns, value_at, zeros
from derivcli.simplify.domains.roots import ALL, Root

MAX_NODES = 400
"""Of longer functions the conditions are not looked at."""

MAX_NAMED_POINTS = 3
"""So many points are named one by one."""

GAP_SECONDS = ProcessorSeconds(1.0)
"""How long one derivative may be looked at."""


def gaps(
    expression: Expression, partial: Partial, derived: Iterable[Tree], shape: Tree, moving: Sequence[str] = ()
) -> list[str]:
    """Sentences about where a derivative in its printed shape states a number that the function does not have.

    `derived` are the forms that came before it. The rules of differentiation, applied to the function as typed, say
    where else it may have no derivative. Along a direction, where all `moving` variables move, the function alone is
    asked.
    """
    if sum(1 for _ in postorder(expression.expanded)) > MAX_NODES:
        return []
    found = attempted(GAP_SECONDS, _gaps, expression, partial, tuple(derived), shape, moving)
    return found or []


def _gaps(
    expression: Expression, partial: Partial, derived: Iterable[Tree], shape: Tree, moving: Sequence[str]
) -> list[str]:
    wanted = dict.fromkeys(each for tree in derived for each in conditions(tree))
    with suppress(DerivError, *SYMPY_FAILURES):
        for name in moving or partial[-1:]:
            wanted |= dict.fromkeys(conditions(differentiated(expression.expanded, symbol(name))))
    never = _contradiction(conditions(expression.expanded))
    if never:
        return [never]
    missing = lost(wanted, shape)
    if any(each.sign in (POSITIVE, NONNEGATIVE) for each in missing):  # who is told one end of a domain asks for all
        missing = lost(wanted | dict.fromkeys(conditions(expression.expanded)), shape)
    with restored_context():
        checked = _Checked(expression, partial, shape, tuple(moving))
        told = [sentence for each in missing for sentence in checked.sentences(each)]
        return told or list(checked.wrong_turns())


def gaps_on_curve(derived: Iterable[Tree], shape: Tree) -> list[str]:
    """Sentences about where the slope of a curve states a number though the forms that came before it have none."""
    wanted = dict.fromkeys(each for tree in derived for each in conditions(tree))
    return [f"the equation gives no slope where {_failure(each, True)}" for each in lost(wanted, shape)]


def _contradiction(known: Iterable[Condition]) -> str:
    """That a function has a value nowhere, or at single points alone, where two of its conditions show it."""
    signed = [each for each in known if each.sign in (POSITIVE, NONNEGATIVE)]
    for place, one in enumerate(signed):
        for other in signed[:place]:
            if Facts.of([one]).imply(Condition(NONNEGATIVE, -other.tree)):
                needed = " and ".join(_holds(each) for each in (other, one))
                return f"no derivative anywhere: the function needs {needed}"
    return ""


def lost(wanted: Iterable[Condition], shape: Tree) -> list[Condition]:
    """The conditions that do not hold wherever a formula is defined, without those that follow from others."""
    facts = Facts.of(conditions(shape))
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

    def sentences(self, failing: Condition) -> Iterator[str]:
        """What is to be said of a condition that the printed form does not have."""
        names = tuple(dict.fromkeys([*self.expression.variables, *(self.moving or self.partial)]))
        points = probes(failing, conditions(self.shape), names)
        if points is None:
            yield f"no derivative is known where {_failure(failing, True)}"
            return
        bad = [at for at in points if self.is_untrue(at)]
        if not bad:
            return
        named = _simple_points(failing, names)
        if named:
            for name, each in named:
                if self.is_untrue({name: each.where}):
                    yield f"no derivative at {_place(name, each)}{self.reason({name: each.where})}"
            return
        at_zero = [at for at in bad if _is_zero(failing.tree, at)]
        yield f"no derivative where {_failure(failing, bool(at_zero))}{self.reason(bad[0])}"

    def is_untrue(self, at: At) -> bool:
        """Whether the printed form has a value at a point that is not known to be the derivative there."""
        with suppress(UnsureError):
            here = value_at(self.shape, at)
            if here is None:
                return False
            if value_at(self.expression.expanded, at) is None:
                return True
            if self.moving:
                return False
            with suppress(TouchError):
                known = derivative_at(self.expression, Derivative(self.partial[::-1]), at)
                return known.ball is None or not known.ball.overlaps(here)
        return True

    def wrong_turns(self) -> Iterator[str]:
        """Where a sign or another step in the printed form is passed over by the derivative, which has no step."""
        if self.moving:
            return
        names = tuple(dict.fromkeys([*self.expression.variables, *self.partial]))
        steps = {each for node in postorder(self.shape) for each in turns(node)}
        for each in sorted(steps, key=sympy.default_sort_key):
            failing = Condition(NONZERO, each)
            points = probes(failing, (), names)
            if any(self.is_other(at) for at in points or ()):
                yield f"the derivative has another value where {_failure(failing, True)}"

    def is_other(self, at: At) -> bool:
        """Whether the derivative at a point is known, and is not what the printed form states there."""
        with suppress(UnsureError, TouchError):
            here = value_at(self.shape, at)
            known = derivative_at(self.expression, Derivative(self.partial[::-1]), at).ball
            return here is not None and known is not None and not known.overlaps(here)
        return False

    def reason(self, at: At) -> str:
        """Why there is no derivative at a point, where that is simple."""
        with suppress(UnsureError):
            if value_at(self.expression.expanded, at) is None:
                return ": the function has no value there"
        return ""


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


def _place(name: str, at: Root) -> str:
    return place_text({name: arrange(at.tree)})


def _failure(condition: Condition, with_zero: bool) -> str:
    """That a condition fails."""
    return _comparison(condition.tree, "==" if condition.sign == NONZERO else "<=" if with_zero else "<")


def _holds(condition: Condition) -> str:
    return _comparison(condition.tree, condition.sign)


def _comparison(tree: Any, sign: str) -> str:
    """A comparison of a formula with 0, with what is subtracted on the other side."""
    terms: Any = sympy.Add.make_args(tree)
    numbers = [term for term in terms if term.is_number]
    below = [-term for term in terms if not term.is_number and term.could_extract_minus_sign()]
    above = [term for term in terms if not term.is_number and not term.could_extract_minus_sign()]
    right = [*below, *(-each for each in numbers)] if above else below
    sides = [arrange(sympy.Add(*side)) for side in (above or numbers, right)]
    if not above:
        sides, sign = sides[::-1], {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
    return text_of(build.relation(sign, *sides)).replace("==", "=")
