"""What the parser notices about a text that it reads all the same: where people mean two things by one notation."""

from __future__ import annotations

import re
from collections.abc import Collection
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


def euler_number(token: Token, declared: Collection[str]) -> Remark | None:
    """A capital E, which in engineering is a modulus, and an e beside a variable E, as in Kepler's equation."""
    if token.text not in ("e", "E") or (token.text == "e" and "E" not in declared):
        return None
    number = "Euler's number e" if token.text == "E" else "Euler's number"
    message = f"{token.text} is read as {number}; declare it, as in --wrt {token.text}, to have a variable"
    return Remark(token.text, message, token.span)


def silent_multiplication(frame: Frame, token: Token, after: Token, text: str) -> Remark | None:
    """`1/2x` and `e^2x`, where the product that `token` begins is not the divisor or the exponent; `f(x)`."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    joined = operand.stop == token.start
    base, second_start = _raised(frame, operand)
    if base is not None and joined and (operand.tree.is_Symbol or (operand.literal and base.value is not None)):
        first, sign, start = text[base.start : base.stop], "^", base.start
    elif frame.operator is not None and frame.operator.text == "/" and (joined or not operand.literal):
        start, second_start = frame.factors[0].start, frame.operator.stop
        first, sign = text[start : frame.factors[-1].stop], "/"
    elif not frame.prefixes and operand.tree.is_Symbol and joined and _LONE_ARGUMENT.match(text, token.start):
        written = text[operand.start : operand.stop]
        message = f"this is read as the product of {written} and the bracket, not as a function"
        return Remark("function", message, Span(operand.start, token.stop))
    else:
        return None
    second = text[second_start : operand.stop].strip()
    following = text[token.start : token.stop] if token.kind == "name" else "(…)" if token.text == "(" else ""
    goes_on = after.text in ("**", "(", "!") or after.kind in ("superscript", "name", "number")
    if not following or (goes_on and token.kind == "name"):
        following += "…"
    if len(first) + len(second) + len(following) > SHORT:
        return None
    read, other = f"({first}{sign}{second})*{following}", f"{first}{sign}({second}*{following})"
    message = f"this is read as {read}; for the other meaning put brackets, as in {other}"
    return Remark(sign, message, Span(start, token.stop))


def _raised(frame: Frame, operand: Operand) -> tuple[Operand | None, int]:
    """The base whose exponent the operand is, signs between them passed over, and where the exponent starts."""
    start = operand.start
    for prefix, base in reversed(frame.prefixes):
        if base is not None:
            return base, start
        start = prefix.start
    return None, start


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


def clash(call: Frame) -> Remark | None:
    """A function whose name means another one in another library."""
    if call.row is None or not call.row.clash or call.opener.text != call.row.name:
        return None
    return Remark(f"clash {call.row.name}", f"{call.row.name} is {call.row.clash}", call.opener.span)
