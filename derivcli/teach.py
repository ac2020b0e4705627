"""The functions for Python that show the work.

Arguments that `derive` has too mean what it says of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli import calculate
from derivcli.errors import DerivError, Span
from derivcli.fitting import check_wrt
from derivcli.wanted import NOTHING, Named, Wanted, mixed_of, wrt_of

if TYPE_CHECKING:
    from derivcli.derive import Lets
    from derivcli.explain.answer import Answer
    from derivcli.explain.derivation import Derivation
    from derivcli.language.expression import Expression
    from derivcli.result import Partial

_EQUALITY = re.compile(r"(?<![<>=!])=(?!=)")


def steps(
    expression: str | Expression,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
) -> list[Derivation]:
    """How the derivatives of an expression are found, rule by rule.

    There is a derivation for each derivative, and for each of lower order on the way to it, before it. Its `steps` have
    the `rule` and the `text` of the formula after it; the last is the derivative that `derive` gives.
    """
    return steps_of(expression, Wanted(wrt_of(wrt), order, mixed_of(mixed)), Named(let or {}))


def steps_of(expression: str | Expression, wanted: Wanted, named: Named) -> list[Derivation]:
    """The derivations of the derivatives that are wanted of an expression."""
    from derivcli.explain.steps import derivations
    from derivcli.language.tokens import EQUATION

    try:
        (result,) = calculate.derive_formulas([expression], wanted, named)
    except DerivError as error:
        if error.message == EQUATION:
            error.hint = "write a formula; for the derivative of an equation say --implicit y, without 'steps'"
        raise
    return derivations(result)


def answer(
    expression: str | Expression,
    claim: str | Expression,
    wrt: str | Sequence[str] | None = None,
    *,
    let: Lets | None = None,
    order: int = 1,
    mixed: str | Sequence[str] | None = None,
) -> Answer:
    """Whether a formula, the `claim`, is the derivative of an expression, and if not, where and perhaps why not.

    The answer is `equal` or not, and `how` it is known: "proved", "agrees" (at `points` points to `digits` digits),
    "differs" (at the `counterexample`, with a `diagnosis`), or "undecided". An expression of several variables needs
    `wrt` or `mixed`.
    """
    return answer_of(expression, claim, Wanted(wrt_of(wrt), order, mixed_of(mixed)), Named(let or {}))


def answer_of(expression: str | Expression, claim: str | Expression, wanted: Wanted, named: Named = NOTHING) -> Answer:
    """Whether a claim is the derivative that is wanted of an expression."""
    from derivcli.explain.judging import judged

    formula, claimed = _read(expression, claim, wanted, named)
    return judged(formula, claimed, _only_partial(formula, claimed, wanted))


def _read(
    expression: str | Expression, claim: str | Expression, wanted: Wanted, named: Named
) -> tuple[Expression, Expression]:
    """The formula and the claim, in which the variables of the formula are declared."""
    from derivcli.language.definitions import read_definitions
    from derivcli.language.parse import parse_expression

    definitions = read_definitions(named.formulas, wanted.names)
    if isinstance(expression, str):
        expression = parse_expression(expression, wanted.names, definitions)
    if expression.own:
        hint = "deriv check-fn checks code"
        raise DerivError(f"'{expression.own[0]}' is code, whose derivative is not known", hint=hint)
    if isinstance(claim, str):
        equality = _EQUALITY.search(claim)
        if equality:
            hint = f"write what stands behind it: {claim[equality.end() :].strip() or '2*x'}"
            raise DerivError("a claim is a formula, not an equation", claim, Span(*equality.span()), hint)
        known = definitions or expression.definitions
        claim = parse_expression(claim, {*wanted.names, *expression.variables}, known)
    return expression, claim


def _only_partial(expression: Expression, claim: Expression, wanted: Wanted) -> Partial:
    """The derivative that the claim is about."""
    variables = expression.variables or (claim.variables if len(claim.variables) == 1 else ())
    by = wanted.by(variables)
    source = expression.source
    if not by:
        message = "there is no variable to differentiate by"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    check_wrt(by, variables or by, [expression])
    partials = wanted.partials(variables)
    if len(partials) > 1:
        message = f"a claim is one derivative, and there are those by {' and '.join(map(','.join, partials))}"
        hint = f"say which, as in {f'--wrt {by[0]}' if not wanted.mixed else '--mixed ' + ','.join(partials[0])}"
        raise DerivError(message, source, Span(0, len(source)), hint)
    return partials[0]
