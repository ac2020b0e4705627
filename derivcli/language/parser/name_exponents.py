"""The exponent between a function's name and its argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import operands, syntax_errors
from derivcli.language.parser.operands import Operand
from derivcli.language.spelling import POWER

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser


def read_exponent(parser: Parser, function: Token) -> Operand | None:
    """The exponent between a function's name and its argument: the 2 of sin^2(x)."""
    token = parser.next
    if token.kind == "superscript" or token.text == "**":
        parser.spelled.setdefault(POWER, "**" if parser.text[token.start] == "*" else "^")
    if token.kind == "superscript":
        parser.stream.take()
    elif token.text == "**":
        parser.stream.take()
        token = parser.next
        if token.kind == "number" or name_resolution.is_variable_name(token.text):
            parser.stream.take()
    else:
        return None
    if token.kind == "name" and name_resolution.is_variable_name(token.text):
        return parser.variable(token)
    if token.kind == "number" or (token.kind == "superscript" and token.text.isdigit()):
        return operands.number(token.text, token.start, token.stop)
    raise syntax_errors.power_of_a_name(function, token)
