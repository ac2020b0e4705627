"""The functions for Python that show the work.

Arguments that `derive` has too mean what it says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli import calculate
from derivcli.errors import DerivError
from derivcli.wanted import Named, Wanted, mixed_of, wrt_of

if TYPE_CHECKING:
    from derivcli.derive import Lets
    from derivcli.explain.derivation import Derivation
    from derivcli.language.expression import Expression


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
