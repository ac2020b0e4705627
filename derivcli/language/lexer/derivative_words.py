"""Letters that may be signs of derivatives, names in patterns, and a text apart from its brackets."""

from __future__ import annotations

import re

from derivcli.language.lexer.tokens import GREEK, GREEK_NAMES

MAX_CHARACTERS = 1000
"""Of longer texts no part is offered for the whole."""

LETTERS = frozenset("dDΔδ")
"""Letters that may ask for a derivative or a difference."""

GREEKS = "".join(GREEK)
NAME = rf"(?:{'|'.join(sorted(GREEK_NAMES, key=len, reverse=True))}|[A-Za-z{GREEKS}])[0-9₀-₉]*(?:_[0-9]+)?"
ENDS = rf"(?![A-Za-z0-9_{GREEKS}])"
"""What stands behind a name that is no part of a longer one."""
LONE_OPERATOR = re.compile(r"([dD])\s*(?:(?:\^|\*\*)\s*[0-9]+|[⁰¹²³⁴-⁹]+)?")
"""`d` and `D^2` before a formula, where they are read as variables."""

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def is_differential(name: str) -> bool:
    """Whether a name is a d and a letter, such as dx."""
    return name[0] == "d" and len(name) == 2


def bracket_at(text: str, start: int, limit: int = MAX_CHARACTERS) -> str:
    """The bracket that opens at a position, whole, or nothing where it is not closed within so many characters."""
    opener = text[start : start + 1]
    closer, depth = _PAIRS.get(opener, ""), 0
    for position in range(start, min(len(text), start + limit) if closer else start):
        depth += (text[position] == opener) - (text[position] == closer)
        if depth == 0:
            return text[start : position + 1]
    return ""


def without_brackets(text: str) -> str:
    """A formula without the brackets around all of it, of whatever kind."""
    text = text.strip()
    while text and bracket_at(text, 0) == text:
        text = text[1:-1].strip()
    return text
