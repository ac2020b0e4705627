"""What the parser notices about a text that it reads all the same."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from derivcli.errors import Span
from derivcli.language.parser_stack import TEXT, Frame
from derivcli.language.tokens import Token

EXACT_DIGITS = 15
"""Whole numbers of so many digits are exact in float64."""


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
    message = f"{token.text} is read as {number}; declare it, as in `--wrt {token.text}`, to have a variable"
    return Remark(token.text, message, token.span)


_LONE_ARGUMENT = re.compile(r"\(\s*[A-Za-z]\w*\s*\)")


def no_function(frame: Frame, token: Token, text: str) -> Remark | None:
    """`f(x)`, where f is no function."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    joined = operand.stop == token.start
    if frame.prefixes or not operand.tree.is_Symbol or not joined or not _LONE_ARGUMENT.match(text, token.start):
        return None
    written = text[operand.start : operand.stop]
    message = f"this is read as the product of {written} and the bracket, not as a function"
    return Remark("function", message, Span(operand.start, token.stop))


_DIFFERENTIAL = re.compile(r"([dD])\s*(?:(?:\^|\*\*)\s*[0-9]+|[⁰¹²³⁴-⁹]+)?")


def differential(frame: Frame, text: str, declared: Collection[str]) -> Remark | None:
    """`d sin(x)` and `D x^2`, where the letter that asks for a derivative is read as a variable."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    if frame.kind != TEXT or frame.factors or text[operand.start] not in "dD0123456789":
        return None
    first = frame.prefixes[0][1] if frame.prefixes else operand
    found = _DIFFERENTIAL.fullmatch(text, first.start, operand.stop) if first is not None else None
    if found is None or found[1] in declared:
        return None
    message = f"{found[1]} is read as a variable; for the derivative leave it out"
    return Remark("differential", message, Span(*found.span()))


def glued_base(function: Token, base: str, text: str) -> Remark | None:
    """`log5(x)`, which could be log(5x)."""
    if not text[function.start : function.stop].endswith(base) or "_" in function.text:
        return None
    message = f"{function.text} is read as the logarithm to the base {base}, as in log(x, {base})"
    return Remark("glued", message, function.span)


def clash(call: Frame) -> Remark | None:
    """A function whose name means another one in another library."""
    if call.row is None or not call.row.clash or call.opener.text != call.row.name:
        return None
    return Remark(f"clash {call.row.name}", f"{call.row.name} is {call.row.clash}", call.opener.span)
