"""How a derivative is found, rule by rule, up to the formula that the calculator gives."""

from __future__ import annotations

from dataclasses import replace

from derivcli.engines.symbolic import deep_recursion, differentiate, has_pieces
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.errors import DerivError, Span
from derivcli.explain.piecewise.piecewise_derivative import derivatives
from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.explain.steps.derivation_steps import TooLongError, steps_from
from derivcli.explain.steps.differentiation_rules import Differentiator
from derivcli.explain.steps.final_forms import finished
from derivcli.language.printer import text_of
from derivcli.language.tree import symbol
from derivcli.result import SymbolicResult, derivative_key, partial_of
from derivcli.simplify.shortest import shortest

DERIVATION_SECONDS = 10.0

IN_PLACE = "definitions put in place"
MEETING = "where the pieces meet"


def derivations(result: SymbolicResult) -> list[Derivation]:
    """How the derivatives of a result are found, those of lower order on the way to others before these."""
    partials = [partial_of(key) for key in result.derivatives]
    known = list(dict.fromkeys(whole[place:] for whole in partials for place in reversed(range(len(whole)))))
    complete = result if known == partials else derivatives(result.expression, known)
    expression = result.expression
    try:
        with deep_recursion():
            return limited(
                DERIVATION_SECONDS, lambda: [_derivation(complete, derivative_key(partial)) for partial in known]
            )
    except OutOfTimeError:
        message = f"the derivation takes longer than {DERIVATION_SECONDS:g} seconds"
    except TooLongError as error:
        message = str(error)
    hint = "ask for the derivative alone, without the word 'steps'"
    raise DerivError(message, expression.source, Span(0, len(expression.source)), hint)


def _derivation(result: SymbolicResult, key: str) -> Derivation:
    """How the derivative with a key is found from the one of an order below, or from the formula."""
    name, *below = partial_of(key)
    expression = result.derivatives[derivative_key(tuple(below))] if below else result.expression
    names = {*result.expression.variables, *(name for key in result.derivatives for name in partial_of(key))}
    d = Differentiator(symbol(name), is_partial=len(names) > 1)
    start = d(expression.tree)
    steps = [Step(IN_PLACE, d(expression.expanded))] if expression.definitions else []
    steps += steps_from(steps[-1].tree if steps else start, {}, frozenset(names))
    answer = result.derivatives[key].tree
    derived = differentiate(expression, [(name,)]).derivatives[name].tree
    if any(map(has_pieces, [answer, *(step.tree for step in steps[-1:])])):  # looked at where they meet
        steps = finished(steps, derived, (), derived)
        steps += [Step(MEETING, answer)] if text_of(derived) != text_of(answer) else []
    else:
        steps = finished(steps, derived, shortest(derived).way, answer)
    spelling = result.expression.spelling
    return Derivation(result, key, start, tuple(replace(step, spelling=spelling) for step in steps))
