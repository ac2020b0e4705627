"""What a claim says: a formula, perhaps behind a left side that says which derivative it is, `y' = 2x`."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from derivcli.errors import DerivError, Span
from derivcli.language.definitions.definitions import read_definitions
from derivcli.language.definitions.left_sides import Stated, signs_of_equality, stated_derivative
from derivcli.language.definitions.named_functions import parse_formula
from derivcli.language.expression import Definition, Expression
from derivcli.language.lexer.tokens import canonical_name
from derivcli.language.notations.notations import transcribed
from derivcli.language.parse import in_place, parse_expression
from derivcli.result import Partial

_CALLED = re.compile(r"(?<=[A-Za-z])\s*\([\w\s,]*\)(?=\s*[/∕÷⁄])")
"""The `(x)` of `df(x)/dx`."""
_OVER = re.compile(r"\s*\(?\s*[d∂](?:\^?[0-9])?\s*([A-Za-z])\s*[)/∕÷⁄]")
"""The y of `dy/dx`."""
_NO_FUNCTIONS = frozenset("deE")


def read_claim(
    claim: str,
    expression: Expression,
    let: Mapping[str, str],
    names: Collection[str],
    by: Sequence[str],
    dependent: str = "",
) -> Expression:
    """The claim, in which the names that are known of the formula mean the same; `asked` is what its left side says.

    That is about the `dependent` variable where the expression is an equation.
    """
    function = replace(expression, name=dependent) if dependent else expression
    written = transcribed(claim, {*names, *expression.variables})
    if written is None:
        return _read(claim, function, let, names, by)
    with written.refusals():
        found = _read(written.text, function, let, {*names, *written.names}, by)
    return replace(found, source=claim, notes=tuple(written.notes(found.notes)))


def _read(
    claim: str, expression: Expression, let: Mapping[str, str], names: Collection[str], by: Sequence[str]
) -> Expression:
    stated = stated_derivative(claim)
    equality = next(iter(signs_of_equality(claim)), None)
    if stated is None and equality:
        right = claim[equality.stop :].strip() or "2*x"
        hint = f"write what stands behind it: {right}, or which derivative it is: y' = {right}"
        raise DerivError("a claim is a formula, not an equation", claim, equality, hint)
    start = stated.start if stated else 0
    named = read_definitions({**_formula_by_name(claim, stated, expression, let), **let}, names)
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


def _formula_by_name(
    claim: str, stated: Stated | None, expression: Expression, let: Mapping[str, str]
) -> Mapping[str, str]:
    """The formula under the name that a left side gives it, where a claim such as `f'(x) = f(x)` speaks of it."""
    name, arguments, start = expression.name, ", ".join(expression.arguments), 0
    if stated is not None:
        start = stated.start
        if not name:
            over = _OVER.match(claim, 0, stated.stop)
            name, arguments = stated.name or (over[1] if over else ""), stated.arguments or ""
    known = {*expression.variables, *expression.unknown_functions, *(key.partition("(")[0].strip() for key in let)}
    if not name or name in known or name not in claim[start:]:
        return {}
    listed = f"({arguments})" * bool(arguments)
    return {f"{name}{listed}": in_place(expression).text}


def _check_arguments(claim: str, stated: Stated, expression: Expression, by: Sequence[str]) -> None:
    """Refuse `f'(2) = 4`, which is a value, and `f'(t) = 2t`, which speaks of another variable."""
    if stated.arguments is None:
        return
    named = [canonical_name(each.strip()) for each in stated.arguments.split(",")]
    known = [*expression.arguments] or [*dict.fromkeys([*by, *expression.variables])]
    if named == known or (not expression.arguments and by[0] in named and set(named) <= set(known)):
        return
    message = f"the left side speaks of {', '.join(named)}, and the formula of {', '.join(known)}"
    hint = f"write it like {expression.name or 'f'}'({', '.join([*expression.arguments] or [by[0]])}) = ..."
    raise DerivError(message, claim, Span(0, stated.stop), f"{hint}; a value at a point is given by `--at`")


def _stated(claim: str, stated: Stated, expression: Expression, by: Sequence[str]) -> Partial:
    """The derivative that a left side says."""
    left = Span(0, stated.stop)
    if not stated.order:
        return _fraction(claim[: stated.stop], expression)
    if expression.name and stated.name != expression.name:
        message = f"the function is {expression.name} here, and not {stated.name}"
        raise DerivError(message, claim, left, f"write {expression.name}' = ...")
    if stated.name in expression.variables and stated.name != expression.name:
        message = f"'{stated.name}' is a variable here, and no function"
        raise DerivError(message, claim, left, "give the function another name, as in y' = ...")
    if len(by) != 1:
        message = f"by which of {' and '.join(by)} this is the derivative is not said"
        raise DerivError(message, claim, left, f"write it like dy/d{by[0]} = ...")
    _check_arguments(claim, stated, expression, by)
    return (by[0],) * stated.order


def _fraction(left: str, expression: Expression) -> Partial:
    """What `dy/dx` says, in which any letter that is no variable stands for the formula."""
    letters = sorted(set(string.ascii_letters) - _NO_FUNCTIONS - {*expression.variables})
    formula = [Definition(name, expression.expanded) for name in ([expression.name] if expression.name else letters)]
    text = _CALLED.sub("", left)
    read = parse_expression(text, {*expression.variables} - {expression.name}, tuple(formula))
    if not read.asked or read.expanded != expression.expanded:
        message = "the left side is no derivative of the formula"
        raise DerivError(message, left, Span(0, len(left)), "write it like dy/dx = ...")
    return read.asked
