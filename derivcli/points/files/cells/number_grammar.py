"""How a number is written in a cell."""

from __future__ import annotations

import re

from derivcli.language.lexer.tokens import SPELLINGS

_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
NOT_FINITE = r"[+-]?([nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)"
NUMBER = re.compile(rf"{_DECIMAL}|{NOT_FINITE}")
"""A number as people write it, without the spaces around it."""

MINUS = str.maketrans({sign: spelled for sign, spelled in SPELLINGS.items() if spelled == "-"})
"""Other signs that people write for minus."""

_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?")


def is_number(text: str, decimal_comma: bool = False) -> bool:
    """Whether a cell is a number, of whatever size."""
    if decimal_comma and "." in text:
        return False
    written = text.replace(",", ".") if decimal_comma else text
    return NUMBER.fullmatch(written.strip().translate(MINUS)) is not None


def has_decimal_comma(text: str) -> bool:
    """Whether a cell is a number if its comma is the decimal sign."""
    return _COMMA.fullmatch(text.strip().translate(MINUS)) is not None
