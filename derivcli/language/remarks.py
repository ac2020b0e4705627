"""What the parser notices about a text that it reads all the same: where people mean two things by one notation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivcli.errors import Span
from derivcli.language.frames import Frame
from derivcli.language.operands import Operand
from derivcli.language.tokens import Token

EXACT_DIGITS = 15
"""Whole numbers of so many digits are exact in float64."""

SHORT = 40
"""Longer stretches of text are not repeated in a note."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A message, where it applies, and its kind; of each kind the reader is told one."""

    kind: str
    message: str
    span: Span


def inexact_number(token: Token) -> Remark | None:
    """A whole number that float64 cannot hold as typed."""
    if len(token.text) <= EXACT_DIGITS or not token.text.isdigit():
        return None
    held = int(float(token.text))
    if held == int(token.text):
        return None
    return Remark("inexact", f"float64 holds {held} instead, the nearest it has", token.span)


def euler_number(token: Token) -> Remark | None:
    """A capital E, which in engineering is a modulus or a field."""
    if token.text != "E":
        return None
    return Remark("E", "E is read as Euler's number e; declare it, as in --wrt E, to have a variable", token.span)


def silent_multiplication(frame: Frame, token: Token, text: str) -> Remark | None:
    """`1/2x` and `e^2x`, where the product that `token` begins is not the divisor or the exponent; `f(x)`."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    second = text[operand.start : operand.stop]
    base = frame.prefixes[-1][1] if frame.prefixes else None
    if base is not None:
        if base.value is None or not operand.literal or operand.stop != token.start:
            return None
        first, sign, start = text[base.start : base.stop], "^", base.start
    elif frame.operator is not None and frame.operator.text == "/":
        if operand.literal and operand.stop < token.start:
            return None  # `1/2 m` leaves no doubt
        start = frame.factors[0].start
        first, sign = text[start : frame.factors[-1].stop], "/"
    elif operand.tree.is_Symbol and operand.stop == token.start and _LONE_ARGUMENT.match(text, token.start):
        message = f"this is read as the product of {second} and the bracket, not as a function"
        return Remark("function", message, Span(operand.start, token.stop))
    else:
        return None
    following = "(…)" if token.text == "(" else text[token.start : token.stop]
    if len(first) + len(second) + len(following) > SHORT:
        return None
    read, other = f"({first}{sign}{second})*{following}", f"{first}{sign}({second}*{following})"
    message = f"this is read as {read}; for the other meaning put brackets, as in {other}"
    return Remark(sign, message, Span(start, token.stop))


_LONE_ARGUMENT = re.compile(r"\(\s*[A-Za-z]\w*\s*\)")


def bare_argument(call: Operand, argument: Operand, text: str) -> Remark | None:
    """`sin 2x` and `sin x / x`, where a function without brackets takes more than one factor."""
    if call.stop - call.start > SHORT:
        return None
    name = text[call.start : argument.start].strip()
    written = text[argument.start : argument.stop]
    message = f"this is read as {name}({written})"
    first = re.match(r"[^*/×·⋅∗÷∕]*", written)
    if first is not None and first.group() != written and "(" not in first.group():
        message += f"; for the other meaning write {name}({first.group().strip()}){written[first.end() :]}"
    return Remark("argument", message, call.span)
