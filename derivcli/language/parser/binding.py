"""How calls that bind a variable are read: sums, products and integrals, in our own form and in SymPy's.

    call   := ("sum" | "product" | "integral") "(" sum "," name "," sum "," sum ")"
            | ("sum" | "product" | "integral") "(" sum "," range { "," range } ")"
    range  := "(" name "," sum "," sum ")"                             the first is the innermost

The variable is named behind the formula that it stands in, so the text is looked through for it once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span
from derivcli.language import limits, tree
from derivcli.language.bound_variables import BoundVariable, IndexVariable
from derivcli.language.differentiation import unrolling
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.tokens import GREEK, Token, canonical_name
from derivcli.language.lexer.unsupported_operations import OPERATIONS
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import RANGE, Frame

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser

Names = Mapping[int, tuple[str, ...]]
"""By the place of a bracket, the names that may be bound in it."""

_SIGN = re.compile(r"[()\[\],]")
_NAME = rf"\s*([A-Za-z{''.join(GREEK)}][A-Za-z0-9_]*[₀-₉]*)\s*"
_PLAIN, _RANGE = re.compile(rf"{_NAME}[,)]"), re.compile(rf"\s*\({_NAME},")

KINDS: dict[str, type[BoundVariable]] = {"index": IndexVariable, "variable": BoundVariable}


def names_by_bracket(text: str) -> Names:
    """The name behind the first comma of every bracket in a text, or those at the head of ranges behind its commas."""
    found: dict[int, tuple[str, ...]] = {}
    opened: list[int] = []
    ended: set[int] = set()
    for sign in _SIGN.finditer(text):
        place = sign.start()
        if sign.group() in "([":
            opened.append(place)
            if len(opened) > limits.MAX_BRACKETS:
                break  # the parser refuses the text where it comes to this place
        elif sign.group() in ")]":
            del opened[-1:]
        elif opened and opened[-1] not in ended:
            bracket = opened[-1]
            named = _RANGE.match(text, place + 1)
            if named is None:
                ended.add(bracket)
                named = None if bracket in found else _PLAIN.match(text, place + 1)
            if named is not None:
                found[bracket] = (*found.get(bracket, ()), canonical_name(named[1]))
    return found


def open_binder(parser: Parser, frame: Frame, bracket: Token) -> None:
    """Let the names that a call binds mean these inside of it."""
    assert frame.form is not None, "a form binds"
    names = parser.names_by_bracket.get(bracket.start, ())
    for name in names:
        if name_resolution.is_function_name(name, parser.functions, called=False) and name not in parser.declared:
            hint = "use a letter, as in " + frame.form.example
            raise DerivError(
                f"'{name}' is a function and cannot be the {frame.form.binds}", span=bracket.span, hint=hint
            )
        if len(name) > 1:
            parser.stream.bound.add(name)
    if names:
        frame.bound = names
        parser.binding.append(frame)


def read_bound(parser: Parser, comma: Token) -> None:
    """Take what stands behind a comma of a call that binds, up to where an operand is due.

    That is a name with its comma, perhaps behind a range's bracket.
    """
    frame = parser.frame
    form = frame.form
    assert form is not None, "a form binds"
    is_first = len(frame.arguments) == 1
    if parser.next.text == "(" and (is_first or frame.ranges):
        opener = parser.stream.take()
        parser.push(Frame(RANGE, opener, form=form, bound=frame.bound[frame.ranges :]))
        if parser.frame.bound:
            parser.binding.append(parser.frame)
        parser.frame.arguments.append(_name(parser, frame, opener))
    elif is_first:
        frame.arguments.append(_name(parser, frame, comma))
    elif frame.ranges:
        raise DerivError("another range is due here", span=parser.next.span, hint="write (k, 1, 5)")


def _name(parser: Parser, call: Frame, before: Token) -> Operand:
    """The bound variable, and the comma behind it."""
    form, token = call.form, parser.stream.take()
    assert form is not None, "a form binds"
    names = parser.frame.bound
    if token.kind != "name" or token.text not in names[:1]:
        message = f"the {form.binds} of {call.opener.text} is due here, a name"
        raise DerivError(message, span=token.span, hint=f"write {form.example}")
    if parser.next.text != ",":
        raise _without_bounds(call, Span(call.opener.start, parser.next.stop))
    parser.stream.take()
    return Operand(tree.bound_variable(KINDS[form.binds], token.text), token.start, token.stop)


def _without_bounds(call: Frame, span: Span) -> DerivError:
    assert call.form is not None, "a form binds"
    if call.form.name == "integral":
        message, hint = OPERATIONS["integral"]
        return DerivError(message, span=span, hint=f"{hint}; with bounds write {call.form.example}")
    return DerivError(f"{call.opener.text} needs its bounds", span=span, hint=f"write {call.form.example}")


def close_range(parser: Parser, closed: Frame, token: Token) -> None:
    """Hand a range to its call, whose next token must part or end it."""
    if len(closed.arguments) != 3:
        span = Span(closed.opener.start, token.stop)
        raise DerivError("a range is a name and its two bounds", span=span, hint="write (k, 1, 5)")
    parser.frame.arguments += closed.arguments
    parser.frame.ranges += 1
    following = parser.stream.take()
    if following.text == ")":
        parser.close_call(following)
    elif following.kind == "comma":
        read_bound(parser, following)
    else:
        raise DerivError("another range or ')' is due here", span=following.span, hint="write (k, 1, 5)")


def bound_operand(parser: Parser, token: Token) -> Operand | None:
    """A name as what the innermost call around it binds; None where none does."""
    for frame in reversed(parser.binding):
        if token.text in frame.names_in_scope:
            assert frame.form is not None, "a form binds"
            return Operand(tree.bound_variable(KINDS[frame.form.binds], token.text), token.start, token.stop)
    return None


def with_value(parser: Parser, operand: Operand, rewrite_value: unrolling.RewriteValue) -> Operand:
    """A sum or product that is looked at term by term: with its value where it is constant."""
    node, span = operand.tree, operand.span
    bounds = unrolling.whole_bounds(node, span)
    if bounds is None:
        return operand
    value = unrolling.check_terms(node, span, rewrite_value)
    if bounds[1] < bounds[0]:
        parser.notes.add("empty", f"this {node.word} has no terms and is {value}", span)
    if not any(frame.form is not None and frame.form.binds == "index" for frame in parser.binding):
        parser.terms += unrolling.term_count(node)
        limits.check_terms(parser.terms, node.word, span)
    return replace(operand, value=value)


def infinite(parser: Parser, token: Token) -> DerivError | None:
    """The refusal of an infinite bound; None for a token that is no such bound."""
    frame = parser.frame
    if (
        token.text not in name_resolution.NOT_FINITE
        or frame.form is None
        or not frame.form.binds
        or not frame.arguments
    ):
        return None
    hint = "write a large bound, such as 50, or substitute t = u/(1 - u)"
    if frame.form.binds == "index":
        hint = f"a {frame.form.name} has whole numbers for its bounds, such as 100"
    return DerivError(f"the bounds of this {frame.form.name} are to be finite", span=token.span, hint=hint)
