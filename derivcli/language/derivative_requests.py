"""A derivative that a text asks for in the notation of the field, and how to ask for it instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from derivcli.errors import DerivError
from derivcli.language.name_resolution import is_variable_name
from derivcli.language.tokens import GREEK, GREEK_NAMES, SUPERSCRIPTS, canonical_name

IN_PLACE = "write the derivative itself in its place"
LONGEST = 1000
"""Of longer texts no part is offered for the whole."""

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

_WHOLE = [
    *(rf"\(?{HEAD}\s*{foot}\s*[*·]?\s*(?P<body>.+)" for foot in (BELOW, SPACED)),
    *(rf"\({HEAD}\s*(?P<body>.+?)\s*\)\s*{foot}" for foot in (BELOW, SPACED)),
    *(rf"{HEAD}\s*[*·]?\s*(?P<body>.+?)\s*{foot}" for foot in (BELOW, SPACED)),
    rf"(?:diff|[Dd]erivative|D)\s*[(\[](?P<body>.+?),\s*(?P<by>{NAME})(?:\s*,\s*(?P<order>[0-9]+))?\s*[)\]]",
    rf"(?:∫\s*|d\s+|d(?=[(\[]))?(?P<body>.+?)\s*{ALONE}[d∂](?P<by>{NAME})",
    rf"(?:[dD∂](?:(?P<order>{POWER})|_?(?P<by>{NAME}))?|diff|[Dd]erivative)\s*(?P<bracket>[(\[].+)",
    rf"[D∂]_?(?P<by>{NAME})\s+(?P<body>.+)",
]
"""What asks for the derivative of one formula and nothing else; a `bracket` is to hold all of it."""

_SUM_IS_APART = re.compile(rf"{HEAD}\s*{OVER}")
"""Of `d/dx x + 1` the whole sum can be meant; of what stands over `dx` it cannot."""
_GLUED = re.compile(r"([d∂])([2-9])(.*?/\s*\(?[d∂][A-Za-z])\2(?![0-9])", re.DOTALL)
"""`d2y/dx2`, as it looks where exponents are lost."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A derivative that a text asks for; `mixed` names every variable of one by several."""

    body: str
    by: str = ""
    order: int = 1
    mixed: tuple[str, ...] = ()

    def command(self, declared: Collection[str]) -> str:
        """How to ask deriv for it, or nothing where that would be refused."""
        from derivcli.language.derivative_notation import holds_notation
        from derivcli.language.parse import parse_expression

        names = {*declared, self.by} - {""}
        called = re.fullmatch(rf"(?P<name>{NAME})\([^()]*\)", self.body)
        if (called and is_variable_name(called["name"])) or (self.by != self.body and re.fullmatch(NAME, self.body)):
            return ""  # y in dy/dx and f in f(x) stand for a formula
        try:
            # A text that asks for derivatives within derivatives would be looked through again and again.
            found = None if holds_notation(self.body, names) else parse_expression(self.body, names)
        except DerivError:
            return ""
        if found is None:
            return ""
        options = options_of(self.by if (canonical_name(self.by),) != found.variables else "", self.order, self.mixed)
        return f'write "{self.body}"' + (f"`python:,` {options}" if options else "")


def command_for(text: str, declared: Collection[str]) -> str:
    """How to ask for the derivative that a text asks for, if it asks for one and nothing else."""
    whole = with_powers(text.strip())
    for pattern in _WHOLE if len(whole) < LONGEST else ():
        found = re.fullmatch(pattern, whole, re.DOTALL)
        if found is None:
            continue
        command = _command_of(whole, found.groupdict(), declared)
        if command:
            return command
    return ""


def _command_of(whole: str, parts: Mapping[str, str | None], declared: Collection[str]) -> str:
    """The command for a derivative by the parts of its text, or nothing where they can be no such thing."""
    written, power = parts.get("body") or parts.get("bracket") or "", parts.get("order") or ""
    body = without_brackets(written)
    unwrapped = body != written.strip()
    is_sum = "below" in parts and not unwrapped and not is_product(body)
    if (parts.get("bracket") and not unwrapped) or (is_sum and not _SUM_IS_APART.match(whole.lstrip("("))):
        return ""
    if re.search("[nⁿ]", power):
        return ""  # no number
    asked = Asked(body, parts.get("by") or "", order_of(power), names_below(parts.get("below") or ""))
    command = asked.command(declared)
    return f"for the derivative of all of it {command}" if command and is_sum else command


def with_powers(text: str) -> str:
    """A text in which the lost exponents of `d2y/dx2` are written."""
    return _GLUED.sub(r"\1^\2\3^\2", text) if len(text) < LONGEST else text


def options_of(by: str, order: int, mixed: tuple[str, ...] = ()) -> str:
    """The options that name a derivative, as a hint has them."""
    if len(set(mixed)) > 1:
        return f"`--mixed {','.join(mixed)}`"
    options = " ".join([f"--wrt {by}"] * bool(by) + [f"--order {order}"] * (order > 1))
    return f"`{options}`" if options else ""


def order_of(power: str | None) -> int:
    """The number in a power such as ^2 or ², 1 where there is none."""
    digits = re.search("[0-9]+", (power or "").translate(SUPERSCRIPTS))
    return int(digits.group()) if digits else 1


def names_below(below: str) -> tuple[str, ...]:
    """The variables below a derivative, each as often as it stands there."""
    found = re.finditer(rf"[d∂](?P<name>{NAME})(?P<power>{POWER})?", below)
    return tuple(name for each in found for name in [each["name"]] * min(order_of(each["power"]), 9))


_PAIRS = {"(": ")", "[": "]", "{": "}"}


def bracket_at(text: str, start: int) -> str:
    """The bracket that opens at a position, whole, or nothing where it is never closed."""
    opener = text[start : start + 1]
    closer, depth = _PAIRS.get(opener, ""), 0
    for position in range(start, min(len(text), start + LONGEST) if closer else start):
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
