"""The words of derivative notation: letters, signs and patterns, and what a text is apart from them."""

from __future__ import annotations

import re

from derivcli.language.tokens import GREEK, GREEK_NAMES, SUPERSCRIPTS

MAX_CHARACTERS = 1000
"""Of longer texts no part is offered for the whole."""

LETTERS = frozenset("dDΔδ")
"""Letters that may ask for a derivative or a difference."""

GREEKS = "".join(GREEK)
NAME = rf"(?:{'|'.join(sorted(GREEK_NAMES, key=len, reverse=True))}|[A-Za-z{GREEKS}])[0-9₀-₉]*(?:_[0-9]+)?"
ALONE, ENDS = rf"(?<![A-Za-z_{GREEKS}])", rf"(?![A-Za-z0-9_{GREEKS}])"
"""What stands before and behind a name that is no part of a longer one."""
POWER = r"(?:\s*(?:\^|\*\*)\s*(?:\(\s*)?[0-9n]+(?:\s*\))?|[⁰¹²³⁴-⁹ⁿ]+)"
HEAD = rf"[d∂](?P<order>{POWER})?"
OVER = r"[/∕÷⁄]\s*(?:\(\s*)?"
BELOW = rf"{OVER}(?P<below>(?P<sign>[d∂])(?P<by>{NAME}){POWER}?(?:\s*[d∂]{NAME}{POWER}?)*)(?:\s*\)|{ENDS})"
SPACED = rf"{OVER}(?P<below>(?P<sign>[d∂])\s*(?:\(\s*)?(?P<by>{NAME})(?:\s*\))?{POWER}?)(?:\s*\)|{ENDS})"
"""`/dx^2`, `/(dx)`, `/∂x∂y`; and `/d x`, `/d(x)`, which can be a product too."""
CANCELLED = (
    rf"{ALONE}(?P<sign>d){POWER}?(?:\s+[^-+/=,()]{{0,40}}(?:\([^()/]{{0,40}}\))?)?\s*"
    rf"(?P<below>/\s*d\s+(?P<by>{NAME}){POWER}?){ENDS}"
)
"""`d/d x` and `d f(x)/d x`, in which d would go out as a factor, so that nobody means a product."""
LONE_OPERATOR = re.compile(r"([dD])\s*(?:(?:\^|\*\*)\s*[0-9]+|[⁰¹²³⁴-⁹]+)?")
"""`d` and `D^2` before a formula, where they are read as variables."""

_GLUED = re.compile(r"([d∂])([2-9])(.*?/\s*\(?[d∂][A-Za-z])\2(?![0-9])", re.DOTALL)
"""`d2y/dx2`, as it looks where exponents are lost."""
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def is_differential(name: str) -> bool:
    """Whether a name is a d and a letter, such as dx."""
    return name[0] == "d" and len(name) == 2


def with_powers(text: str) -> str:
    """A text in which the lost exponents of `d2y/dx2` are written."""
    return _GLUED.sub(r"\1^\2\3^\2", text) if len(text) < MAX_CHARACTERS else text


def order_of(power: str | None) -> int:
    """The number in a power such as ^2 or ², 1 where there is none."""
    digits = re.search("[0-9]+", (power or "").translate(SUPERSCRIPTS))
    return int(digits.group()) if digits else 1


def names_below(below: str) -> tuple[str, ...]:
    """The variables below a derivative, each as often as it stands there."""
    found = re.finditer(rf"[d∂](?P<name>{NAME})(?P<power>{POWER})?", below)
    return tuple(name for each in found for name in [each["name"]] * min(order_of(each["power"]), 9))


def bracket_at(text: str, start: int) -> str:
    """The bracket that opens at a position, whole, or nothing where it is never closed."""
    opener = text[start : start + 1]
    closer, depth = _PAIRS.get(opener, ""), 0
    for position in range(start, min(len(text), start + MAX_CHARACTERS) if closer else start):
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


def is_product(text: str) -> bool:
    """Whether no sum stands outside of brackets."""
    depth, before = 0, ""
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in "+-−–" and before and before not in "^*/(eE":
            return False
        before = character if not character.isspace() else before
    return True
