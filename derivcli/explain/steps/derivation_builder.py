"""How a derivative is found, rule by rule, up to the formula that the calculator gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.engines.symbolic import deep_recursion, differentiate, has_pieces
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.errors import DerivError, Span
from derivcli.explain.piecewise.piecewise_derivative import derivatives
from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.explain.steps.derivation_steps import TooLongError, steps_from
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.final_forms import finished
from derivcli.explain.steps.implicit_derivation import implicit_steps, put_in, slope_symbol
from derivcli.explain.steps.logarithmic_differentiation import by_logarithms, is_for_logarithms
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, symbol
from derivcli.result import Partial, SymbolicResult, derivative_key, partial_of
from derivcli.simplify.shortest import shortest

if TYPE_CHECKING:
    from derivcli.points.points import Points

DERIVATION_SECONDS = 10.0

IN_PLACE = "definitions put in place"
MEETING = "where the pieces meet"


def derivations(result: SymbolicResult, points: Points | None = None) -> list[Derivation]:
    """How the derivatives of a result are found, those of lower order on the way to others before these.

    With points the derivatives that were asked for have values there.
    """
    partials = [partial_of(key) for key in result.derivatives]
    known = list(dict.fromkeys(whole[place:] for whole in partials for place in reversed(range(len(whole)))))
    expression = result.expression
    complete = result if known == partials else derivatives(expression, known, dependent=result.dependent)
    try:
        with deep_recursion():
            found = limited(DERIVATION_SECONDS, lambda: [_derivation(complete, partial) for partial in known])
        return found if points is None else [_with_values(one, points, one.key in result.derivatives) for one in found]
    except OutOfTimeError:
        message = f"the derivation takes longer than {DERIVATION_SECONDS:g} seconds"
    except TooLongError as error:
        message = str(error)
    hint = "ask for the derivative alone, without the word 'steps'"
    raise DerivError(message, expression.source, Span(0, len(expression.source)), hint)


def _with_values(one: Derivation, points: Points, asked: bool) -> Derivation:
    from derivcli.explain.steps.derivative_values import values  # late: it takes NumPy

    return replace(one, values=values(one.result, one.key, one.answer.expanded, points)) if asked else one


def _derivation(result: SymbolicResult, partial: Partial) -> Derivation:
    """How a derivative is found from the one of an order below, or from the formula or the equation."""
    name, *below = partial
    names = {*result.expression.variables, *(name for key in result.derivatives for name in partial_of(key))}
    d = Differentiator(symbol(name), is_partial=len(names - {result.dependent}) > 1)
    expression = result.derivatives[derivative_key(tuple(below))] if below else result.expression
    if result.dependent:
        start, steps = _implicit(result, d, frozenset(names), bool(below), expression)
    else:
        start = d(expression.tree)
        steps = [Step(IN_PLACE, d(expression.expanded))] if expression.definitions else []
        first = steps[-1].tree if steps else start
        found = by_logarithms if is_for_logarithms(first) else steps_from
        steps += found(first, {}, frozenset(names))
    key = derivative_key(partial)
    steps = _ended(steps, _derived(result, expression, partial), result.derivatives[key].tree)
    spelling = result.expression.spelling
    return Derivation(result, key, start, tuple(replace(step, spelling=spelling) for step in steps))


def _implicit(
    result: SymbolicResult, d: Differentiator, names: frozenset[str], is_higher: bool, expression: Expression
) -> tuple[Tree, list[Step]]:
    """The start and the steps of a derivative of the variable that an equation makes a function of others."""
    dependent = result.dependent
    if not is_higher:
        return d(symbol(dependent)), list(implicit_steps(expression, d, dependent, names))
    start = d(expression.tree)
    steps = list(steps_from(start, {symbol(dependent): slope_symbol(dependent)}, names))
    slope = derivatives(result.expression, [(str(d.variable),)], dependent=dependent)
    replaced = put_in(steps[-1].tree, dependent, slope.derivatives[str(d.variable)].tree)
    return start, [*steps, *([] if replaced is None else [replaced])]


def _derived(result: SymbolicResult, expression: Expression, partial: Partial) -> Tree:
    """The derivative as SymPy has it, before the search for its shortest form."""
    if result.dependent:
        return (
            differentiate(result.expression, [partial], dependent=result.dependent)
            .derivatives[derivative_key(partial)]
            .tree
        )
    return differentiate(expression, [partial[:1]]).derivatives[partial[0]].tree


def _ended(steps: list[Step], derived: Tree, answer: Tree) -> list[Step]:
    """The steps up to the answer. Where there are pieces, it was looked at where they meet."""
    if not any(map(has_pieces, [answer, *(step.tree for step in steps[-1:])])):
        return finished(steps, derived, shortest(derived).way, answer)
    steps = finished(steps, derived, (), derived)
    return [*steps, *([Step(MEETING, answer)] if text_of(derived) != text_of(answer) else [])]
