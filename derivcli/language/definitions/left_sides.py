"""The left side that gives a formula its name, and that which states its derivative.

named  := name [ "(" name { "," name } ")" ] ( "=" | ":=" ) formula | formula "=" name
        | [ name ":" ] ( name | "(" name { "," name } ")" ) ( "->" | "↦" ) formula
stated := ( name primes [ "(" names ")" ] | "d" name "/" "d" name ) "=" formula
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derivcli.errors import DerivError, EquationError, Span
from derivcli.language import limits
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.name_resolution import KEYWORDS, TRUTHS, is_function_name
from derivcli.language.lexer.tokens import GREEK, PRIMES, canonical_name, is_name

_WORD = rf"[A-Za-z{''.join(GREEK)}][\w{''.join(GREEK)}]*"
_HEAD = re.compile(rf"\s*({_WORD})\s*(?:\(([^()]*)\))?\s*")
_TAIL = re.compile(rf"\s*({_WORD})\s*")
_ARROW = re.compile(rf"\s*(?:({_WORD})\s*:\s*)?(?:\(([^()]*)\)|({_WORD}))\s*(?:\|?->|↦|⟼|→)")
_PRIMED = re.compile(rf"\s*({_WORD})\s*([{''.join(PRIMES)}]+)\s*(?:\(([^()]*)\))?\s*")
_NUMBER = re.compile(r"\s*[-+−]?[0-9.∞]+\s*$")
_FRACTION = re.compile(rf"[d∂].*[/∕÷⁄]\s*\(?\s*[d∂]\s*[A-Za-z{''.join(GREEK)}]", re.DOTALL)
_SIGN = re.compile(r"(?<![<>=!]):?=(?!=)|≔")

ARROWS = ("->", "↦", "⟼", "→")
SIGNS = ("=", "≔", *ARROWS)
"""What a text with a left side has one of."""


@dataclass(frozen=True, slots=True)
class LeftSide:
    """The name and arguments of a formula, where the formula stands in the text, and where the sign between them."""

    name: str
    arguments: tuple[str, ...]
    start: int
    stop: int
    sign: Span


@dataclass(frozen=True, slots=True)
class Stated:
    """The left side of a claim that says which derivative it is: a function's name with primes, or any other text.

    `order` counts the primes, and is 0 of other texts. `stop` is where it ends, `start` where the formula begins.
    """

    name: str
    order: int
    stop: int
    start: int
    arguments: str | None = None
    """What stands in brackets behind the primes."""


def left_side(text: str, functions: Collection[str] = ()) -> LeftSide | None:
    """The left side of a text; None where it has none that gives a formula a name."""
    arrow = _ARROW.match(text)
    limits.check_arrows(sum(text.count(sign) for sign in ARROWS), text)
    if arrow and not (arrow[1] is None and _NUMBER.match(text, arrow.end())):  # x→0 is a limit
        arguments = listed_names(arrow[2] if arrow[2] is not None else arrow[3], text, arrow.start(), EquationError)
        return LeftSide(
            canonical_name(arrow[1] or ""), arguments, arrow.end(), len(text), Span(arrow.end() - 1, arrow.end())
        )
    sign = _only_sign(text)
    if sign is None:
        return None
    head, tail = _HEAD.fullmatch(text, 0, sign.start), _TAIL.fullmatch(text, sign.stop)
    if head and _is_free(head[1], functions, called=head[2] is not None):
        arguments = () if head[2] is None else listed_names(head[2], text, head.start(2), EquationError)
        return LeftSide(canonical_name(head[1]), arguments, sign.stop, len(text), sign)
    if tail and _is_free(tail[1], functions, called=False) and text[: sign.start].strip():
        return LeftSide(canonical_name(tail[1]), (), 0, sign.start, sign)
    return None


def stated_derivative(text: str) -> Stated | None:
    """The left side that says of which derivative a claim is; None for any other text."""
    sign = _only_sign(text) if "=" in text else None
    if sign is None:
        return None
    primed = _PRIMED.fullmatch(text, 0, sign.start)
    if primed:
        order = sum(PRIMES[mark] for mark in primed[2])
        return Stated(canonical_name(primed[1]), order, sign.start, sign.stop, primed[3])
    return Stated("", 0, sign.start, sign.stop) if _FRACTION.search(text, 0, sign.start) else None


def check_stated(text: str) -> None:
    """Refuse a formula that is stated to be a derivative: of which function is not known."""
    stated = stated_derivative(text)
    if stated is not None:
        right = text[stated.start :].strip()
        hint = f'write {right} to differentiate it; whether it is a derivative `deriv answer FORMULA "{right}"` tells'
        raise EquationError("this states a derivative", text, Span(stated.stop, stated.start), hint)


def _only_sign(text: str) -> Span | None:
    """Where the only equality sign outside of brackets stands."""
    found = list(signs_of_equality(text))
    return found[0] if len(found) == 1 else None


def signs_of_equality(text: str) -> Iterator[Span]:
    """Where the equality signs outside of brackets stand."""
    depth = last = 0
    for sign in _SIGN.finditer(text):
        between = text[last : sign.start()]
        depth += sum(map(between.count, "([{")) - sum(map(between.count, ")]}"))
        last = sign.end()
        if depth <= 0:
            yield Span(*sign.span())


def _is_free(name: str, functions: Collection[str], called: bool) -> bool:
    """Whether a name can be that of a formula: e and E can, as constants that are letters."""
    taken = {*KEYWORDS, *TRUTHS, *functions, *(constant for constant in CONSTANTS if len(constant) > 1)}
    canonical = canonical_name(name)
    return canonical not in taken and not is_function_name(canonical, (), called) and is_name(name)


def listed_names(listed: str, source: str, start: int, refusal: type[DerivError] = DerivError) -> tuple[str, ...]:
    """The variables between the brackets of a head, which stand in the source from a place on."""
    found: list[str] = []
    for part in listed.split(","):
        name = part.strip()
        place = start + len(part) - len(part.lstrip())
        span = Span(place, place + max(1, len(name)))
        if not is_name(name) or name in KEYWORDS or name in TRUTHS:
            message = f"'{name}' is no name of a variable" if name else "the name of a variable is missing"
            raise refusal(message, source, span, "write it like f(x) = x^2")
        if canonical_name(name) in found:
            raise refusal(f"'{name}' stands twice among the variables", source, span, "use another name")
        found.append(canonical_name(name))
        start += len(part) + 1
    return tuple(found)
