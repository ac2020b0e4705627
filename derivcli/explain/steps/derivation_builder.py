"""How a derivative is found, rule by rule, up to the formula that the calculator gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from derivcli.engines.symbolic import deep_recursion, differentiate, has_pieces
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.errors import DerivError, Span
from derivcli.explain.piecewise.piecewise_derivative import derivatives
from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.explain.steps.differentiation_rules import Differentiator, taken
from derivcli.explain.steps.teacher_notation import put
from derivcli.language.printer import text_of
from derivcli.language.tree import Derivative, PartialDerivative, Tree, fold, postorder, symbol
from derivcli.result import SymbolicResult, derivative_key, partial_of

DERIVATION_SECONDS = 10.0

MAX_CHARACTERS = 500_000
"""Characters in all steps of one derivation."""

IN_PLACE = "definitions put in place"
SIMPLIFIED = "simplified"
MEETING = "where the pieces meet"


class _TooLongError(Exception):
    """A derivation of more characters than anybody reads."""


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
    except _TooLongError:
        message = f"the derivation is longer than {MAX_CHARACTERS:,} characters"
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
    length = 0
    for step in _steps(steps[-1].tree if steps else start):
        steps.append(step)
        length += len(step.text)
        if length > MAX_CHARACTERS:
            raise _TooLongError
    answer = result.derivatives[key]
    if any(map(has_pieces, [answer.tree, *(step.tree for step in steps[-1:])])):  # looked at where they meet
        simplified = differentiate(expression, [(name,)]).derivatives[name]
        steps += [Step(SIMPLIFIED, simplified.tree)] if not steps or steps[-1].text != simplified.canonical_text else []
        steps += [Step(MEETING, answer.tree)] if simplified.canonical_text != answer.canonical_text else []
    elif not steps or steps[-1].text != answer.canonical_text:
        steps.append(Step(SIMPLIFIED, answer.tree))
    spelled = tuple(replace(step, spelling=result.expression.spelling) for step in steps)
    return Derivation(result, key, start, spelled)


def _steps(tree: Tree) -> Iterator[Step]:
    """A step for each rule: that of the most nested formula still to be differentiated, wherever else it is due too.

    So sums and powers of the variable that come out of several places are differentiated at once, in the end.
    """
    known: dict[Tree, tuple[int, str, Tree]] = {}
    while markers := [node for node in postorder(tree, stop_at=Derivative) if isinstance(node, Derivative)]:
        for marker in markers:
            if marker not in known:
                known[marker] = _taken(marker)
        _, rule, _ = max((known[marker] for marker in markers), key=lambda each: each[0])
        tree = put(tree, {marker: known[marker][2] for marker in markers if known[marker][1] == rule})
        yield Step(rule, tree)


def _taken(marker: Derivative) -> tuple[int, str, Tree]:
    """How nested a formula still to be differentiated is, the rule for it, and what that makes of it."""
    inner, variable = marker.args
    copies = 1 if isinstance(inner, sympy.Add | sympy.Piecewise) else len(inner.args)
    if copies**2 > MAX_CHARACTERS or copies * len(text_of(inner)) > MAX_CHARACTERS:
        raise _TooLongError
    rule, found = taken(inner, Differentiator(variable, isinstance(marker, PartialDerivative)))
    return _height(inner), rule.title(inner, found), found


def _height(tree: Tree) -> int:
    """How many nodes stand above each other."""
    return fold(tree, lambda node, heights: 1 + max(heights, default=0))
