"""What somebody found for a derivative, as text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from derivcli.errors import DerivError, Span
from derivcli.language.definitions import read_definitions
from derivcli.language.expression import Expression
from derivcli.language.parse import parse_expression

_EQUALITY = re.compile(r"(?<![<>=!])=(?!=)")


def read_claim(claim: str, expression: Expression, let: Mapping[str, str], names: Collection[str]) -> Expression:
    """The claim, in which the names that are known of the formula mean the same."""
    equality = _EQUALITY.search(claim)
    if equality:
        hint = f"write what stands behind it: {claim[equality.end() :].strip() or '2*x'}"
        raise DerivError("a claim is a formula, not an equation", claim, Span(*equality.span()), hint)
    known = read_definitions(let, names) or expression.definitions
    return parse_expression(claim, {*names, *expression.variables}, known)
