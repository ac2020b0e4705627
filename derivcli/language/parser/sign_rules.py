"""What signs of books mean in a formula: `30°`, `50%`, `2½`, `⌊x⌋`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span
from derivcli.language import tree
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import operands
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import FENCE, FENCES, Frame

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser

DEGREES = ("deg", "degs", "degree", "degrees")
"""Words for the sign of degrees."""

_TEMPERATURES = ("C", "F", "K")
_MINUTES = "'’′\"″"


def read_fraction(parser: Parser, token: Token) -> None:
    """Take `½` where an operand is due."""
    parser.frame.operand = fraction(token)


def fraction(token: Token) -> Operand:
    """The quotient that a sign such as `½` is."""
    above, below = (operands.number(text, token.start, token.stop) for text in token.text.split("/"))
    made = operands.multiply([above, operands.reciprocal(below)])
    made.literal = True
    return made


def read_mixed_number(parser: Parser, token: Token) -> None:
    """Take `½` behind a number, which it is added to, or refuse it behind anything else."""
    whole = parser.frame.operand
    assert whole is not None, "a fraction stands behind an operand"
    typed = parser.text[whole.start : whole.stop]
    if typed.isdecimal() and whole.stop == token.start:
        parser.frame.operand = made = operands.add([whole, fraction(token)])
        made.literal = True
        parser.notes.add("mixed", f"{typed}{parser.text[token.start]} is read as {typed}+{token.text}", made.span)
        return
    if whole.literal:
        hint = f"write {typed}+{token.text} or {typed}*({token.text})"
    else:
        hint = f"write *({token.text}) for the product or ^({token.text}) for the power"
    message = f"what the fraction '{parser.text[token.start]}' means behind this is not clear"
    raise DerivError(message, span=Span(whole.start, token.stop), hint=hint)


def is_degree(parser: Parser, token: Token) -> bool:
    """Whether a name behind an operand is the word for degrees."""
    return token.text in DEGREES and token.text not in parser.declared and parser.next.text != "("


def read_degrees(parser: Parser, token: Token) -> None:
    """`30°` is 30*pi/180."""
    angle, following = _scaled(parser, token), parser.next
    typed = parser.text[angle.start : angle.stop]
    if typed[-1] == ")" and typed[0] != "(":
        name, _, inner = typed.partition("(")
        hint = f"write {name.strip()}(({inner}°) or ({typed})°"
        message = "whether the argument or the value is in degrees is not clear"
        raise DerivError(message, span=Span(angle.start, token.stop), hint=hint)
    if following.text in _TEMPERATURES and following.start == token.stop:
        raise DerivError("units are no part of a formula", span=token.span, hint="write the number alone")
    if following.kind == "number" or parser.text[token.stop : token.stop + 1] in tuple(_MINUTES):
        message, hint = "minutes and seconds of an angle are not read here", "write (60+30/60)° for 60°30'"
        raise DerivError(message, span=Span(angle.start, following.stop), hint=hint)
    pi = Operand(tree.constant("pi"), token.start, token.stop, value=CONSTANTS["pi"])
    per_degree = replace(_per_degree(), start=token.start, stop=token.stop)
    parser.frame.operand = _at(operands.multiply([angle, pi, per_degree]), angle, token)
    message = f"{typed}{'°' if token.kind == 'operator' else ' degrees'} is read as {typed}*pi/180, in radians"
    parser.notes.add("degrees", message, Span(angle.start, token.stop))


@cache
def _per_degree() -> Operand:
    return operands.reciprocal(operands.number("180", 0, 0))


def read_percent(parser: Parser, token: Token) -> None:
    """`50%` is 50/100, unless a number or a name behind it could make it Python's remainder."""
    share = _scaled(parser, token)
    following, text = parser.next, parser.text
    has_blanks = following.start > token.stop and text[following.stop : following.stop + 1].isspace()
    is_minus = following.text == "-" and has_blanks and share.stop == token.start  # 5% - 3, but not 5 % -3
    ends = following.kind in ("end", "comma", "comparison", "bar", "logic", "superscript") or following.text in _ENDS
    if not (ends or is_minus):
        hint = "for the remainder write mod(x, y); for percent divide by 100"
        raise DerivError("'%' is not read here", span=token.span, hint=hint)
    hundred = operands.number("100", token.start, token.stop)
    parser.frame.operand = _at(operands.multiply([share, operands.reciprocal(hundred)]), share, token)
    typed = text[share.start : share.stop]
    message = f"{typed}% is read as {typed}/100; for the remainder write mod(x, y)"
    parser.notes.add("percent", message, Span(share.start, token.stop))


_ENDS = (")", "+", "*", "/", "//", "**", "⌋", "⌉", "and", "or")
"""What ends an operand, so that no remainder can be meant."""


def _scaled(parser: Parser, token: Token) -> Operand:
    """The operand before a sign that scales it, which is not to be an exponent."""
    operand = parser.frame.operand
    assert operand is not None, "a sign that scales stands behind an operand"
    raised = next((base for _, base in parser.frame.prefixes if base is not None), None)
    if raised is not None:
        sign = parser.text[token.start : token.stop]
        power, exponent = parser.text[raised.start : operand.stop], parser.text[operand.start : operand.stop]
        base = parser.text[raised.start : raised.stop]
        hint = f"write ({power}){sign} or {base}^({exponent}{sign})"
        message = f"whether '{sign}' belongs to the power or to its exponent is not clear"
        raise DerivError(message, span=Span(raised.start, token.stop), hint=hint)
    return operand


def _at(made: Operand, scaled: Operand, token: Token) -> Operand:
    made.start, made.stop = scaled.start, token.stop
    return made


def open_fence(parser: Parser, token: Token) -> None:
    """Open `⌊x⌋` and `⌈x⌉`."""
    name, _ = FENCES[token.text]
    parser.push(Frame(FENCE, token, row=vocabulary()[name]))


def closer_of(frame: Frame) -> str:
    """The bracket that closes a frame."""
    if frame.kind == FENCE:
        return FENCES[frame.opener.text][1]
    return "|" if frame.opener.kind == "bar" else frame.closes
