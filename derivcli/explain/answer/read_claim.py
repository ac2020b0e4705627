"""What a claim says: a formula, perhaps behind a left side that says which derivative it is, `y' = 2x`."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from derivcli.errors import DerivError, Span
from derivcli.language.definitions import read_definitions
from derivcli.language.expression import Definition, Expression
from derivcli.language.left_sides import Stated, stated_derivative
from derivcli.language.named_functions import parse_formula
from derivcli.language.parse import in_place, parse_expression
from derivcli.result import Partial

_EQUALITY = re.compile(r"(?<![<>=!])=(?!=)")
_CALLED = re.compile(r"(?<=[A-Za-z])\s*\([\w\s,]*\)(?=\s*[/∕÷⁄])")
"""The `(x)` of `df(x)/dx`."""
_NO_FUNCTIONS = frozenset("deE")


def read_claim(
    claim: str, expression: Expression, let: Mapping[str, str], names: Collection[str], by: Sequence[str]
) -> Expression:
    """The claim, in which the names that are known of the formula mean the same; `asked` is what its left side says."""
    stated = stated_derivative(claim)
    equality = _EQUALITY.search(claim)
    if stated is None and equality:
        right = claim[equality.end() :].strip() or "2*x"
        hint = f"write what stands behind it: {right}, or which derivative it is: y' = {right}"
        raise DerivError("a claim is a formula, not an equation", claim, Span(*equality.span()), hint)
    start = stated.start if stated else 0
    named = read_definitions(let, names)
    definitions = named.definitions or expression.definitions
    text = " " * start + claim[start:]
    try:
        found = in_place(parse_formula(text, {*names, *expression.variables}, definitions, named.functions))
    except DerivError as error:
        error.source = claim if error.source == text else error.source
        raise
    if stated is None:
        return found
    notes = tuple(replace(note, source=claim) if note.source == text else note for note in found.notes)
    return replace(found, source=claim, notes=notes, asked=_stated(claim, stated, expression, by))


def _stated(claim: str, stated: Stated, expression: Expression, by: Sequence[str]) -> Partial:
    """The derivative that a left side says."""
    left = Span(0, stated.stop)
    if not stated.order:
        return _fraction(claim[: stated.stop], expression)
    if expression.name and stated.name != expression.name:
        message = f"the function is {expression.name} here, and not {stated.name}"
        raise DerivError(message, claim, left, f"write {expression.name}' = ...")
    if stated.name in expression.variables:
        message = f"'{stated.name}' is a variable here, and no function"
        raise DerivError(message, claim, left, "give the function another name, as in y' = ...")
    if len(by) != 1:
        message = f"by which of {' and '.join(by)} this is the derivative is not said"
        raise DerivError(message, claim, left, f"write it like dy/d{by[0]} = ...")
    return (by[0],) * stated.order


def _fraction(left: str, expression: Expression) -> Partial:
    """What `dy/dx` says, in which any letter that is no variable stands for the formula."""
    letters = sorted(set(string.ascii_letters) - _NO_FUNCTIONS - {*expression.variables})
    formula = [Definition(name, expression.expanded) for name in ([expression.name] if expression.name else letters)]
    text = _CALLED.sub("", left)
    read = parse_expression(text, expression.variables, tuple(formula))
    if not read.asked or read.expanded != expression.expanded:
        message = "the left side is no derivative of the formula"
        raise DerivError(message, left, Span(0, len(left)), "write it like dy/dx = ...")
    return read.asked
