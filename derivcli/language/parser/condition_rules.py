"""Conditions and choices as books, SymPy and programs write them: `&`, `|`, `~`, and `a if x > 0 else b`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span
from derivcli.language import tree
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import derivative_rules, operands
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import BARE, CHOICE, GROUP, Frame

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser

MAX_CONDITION_CHARACTERS = 4_000
"""A bracket behind `if` is searched so far for the comma that makes it a call."""

BITWISE = ("&", "|")
"""Signs that Python reads before comparisons."""

_COMPARED = re.compile(r"(?:[^|,()<>=!≤≥≠]|\([^()]{0,200}\)){0,200}(?:[<>=≤≥≠]|!=)")
"""A comparison before the next `|`, which stands inside of no absolute value."""

CHOICE_EXAMPLE = "write x**2 if x > 0 else 0"


def is_or(parser: Parser, token: Token) -> bool:
    """Whether a `|` behind an operand joins two conditions, and opens no absolute value."""
    frame = next(frame for frame in reversed(parser.frames) if frame.kind != BARE)
    operand = parser.frame.operand
    if not frame.wants_condition or operand is None:
        return False
    first = token.stop + parser.text.startswith("|", token.stop)
    return operand.condition or (bool(frame.relations) and _COMPARED.match(parser.text, first) is not None)


def bars(parser: Parser, token: Token) -> Token:
    """The `|` or `||` at hand as a sign of logic."""
    twice = parser.next.kind == "bar" and parser.next.start == token.stop
    return Token("logic", "or", token.start, parser.stream.take().stop if twice else token.stop)


def read_junction(parser: Parser, token: Token) -> None:
    """Take `and` or `or`, in words or by a sign."""
    parser.end_product()
    frame = parser.frame
    if parser.text[token.start : token.stop] in BITWISE and frame.relations:
        parser.notes.bitwise(token)
    note_word(parser, token)
    (frame.close_comparison if token.text == "and" else frame.close_conjunction)()


def note_word(parser: Parser, token: Token) -> None:
    """Keep a word or sign of logic, and refuse those that do not go together without brackets."""
    frame = parser.frame
    raw = parser.text[token.start : token.stop]
    word = token.text if token.kind == "name" else raw
    frame.logic = (*(other for other in frame.logic if other != word), word)
    bitwise = [sign for sign in BITWISE if sign in frame.logic]
    word = "not" if "not" in frame.logic else "and"
    if word in frame.logic and bitwise and (word == "not" or "|" in bitwise):
        message = f"'{word}' and '{bitwise[-1]}' side by side mean one thing in Python and another in words"
        raise DerivError(message, span=token.span, hint="put brackets around what belongs together")


def check_compared(parser: Parser, token: Token) -> None:
    """Note a comparison beside `&`, and refuse one behind `~`, that Python reads in another order."""
    frame = parser.frame
    if frame.logic and frame.logic[-1] in BITWISE:
        parser.notes.bitwise(token)
    denial = frame.denials[-1] if frame.denials else None
    if denial is not None and denial.kind == "logic":
        sign = parser.text[denial.start : denial.stop]
        hint = f"write {sign}(x > 0)"
        raise DerivError(f"'{sign}' denies a condition in brackets", span=denial.span, hint=hint)


def begins_choice(parser: Parser) -> bool:
    """Whether an `if` behind a value has its condition behind it, and is no call of three arguments."""
    if "if" in parser.declared:
        return False
    return parser.next.text != "(" or not _has_comma(parser.text, parser.next.start)


def read_if(parser: Parser, token: Token) -> None:
    """Take the `if` of `a if x > 0 else b`, which chooses between all that stands before and all behind."""
    derivative_rules.check_choice(parser, token)
    parser.end_product()
    frame = parser.frame
    if (
        frame.relations
        or frame.conjuncts
        or frame.disjuncts
        or frame.denials
        or (frame.wants_condition and frame.kind != GROUP)
    ):
        message, hint = "a choice inside a condition stands in brackets", "write (a if x > 0 else b) > 1"
        raise DerivError(message, span=token.span, hint=hint)
    value = frame.close_sum()
    operands.require_number(value)
    parser.push(Frame(CHOICE, token, arguments=[value]))


def read_else(parser: Parser, token: Token) -> None:
    """Take the `else` of a choice."""
    parser.end_product()
    frame = parser.frame
    if frame.kind != CHOICE or len(frame.arguments) != 1:
        raise DerivError("'else' stands behind no condition", span=token.span, hint=CHOICE_EXAMPLE)
    frame.close_argument()
    operands.require_condition(frame.arguments[-1])


def end_choices(parser: Parser, token: Token) -> None:
    """End every choice that is open at the end of a bracket, of an argument or of the text."""
    while parser.frame.kind == CHOICE:
        frame = parser.frame
        if len(frame.arguments) == 1:
            raise DerivError("'else' is due here", span=token.span, hint=CHOICE_EXAMPLE)
        frame.close_argument()
        parser.pop()
        value, condition, other = frame.arguments
        everywhere = Operand(tree.truth(True), other.stop, other.stop, condition=True)
        span = Span(value.start, other.stop)
        parser.frame.operand = operands.piecewise([(value, condition), (other, everywhere)], span)


def _has_comma(text: str, start: int) -> bool:
    """Whether a comma parts what the bracket at `start` holds."""
    depth = 0
    for found in re.compile("[(),]").finditer(text, start, start + MAX_CONDITION_CHARACTERS):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0 or (depth == 1 and found[0] == ","):
            return depth == 1
    return False
