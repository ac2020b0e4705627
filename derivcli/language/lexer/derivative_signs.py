"""The signs of a derivative as the parser reads them: operators, fractions of differentials, and primes.

    operator  := head "/" below | ("D" | "∂") "_" name | "D" name | "D" power
    over      := head product "/" below | "(" head product ")" "/" below
    head      := ("d" | "∂") [ power ]
    below     := differential { differential } | "(" differential { differential } ")"
    differential := ("d" | "∂") name [ power ]

An operator reaches over the product behind it. A `d`, `D` or `dx` that is declared is a variable.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.token_stream import TokenStream
from derivcli.language.lexer.tokens import Token
from derivcli.language.limits import MAX_ORDER

SIGNS = ("d", "∂")
MAX_SCANNED = 2_000
"""Tokens over a differential that are looked through for it."""

_GLUED = re.compile(r"d([2-9])")
_RUN = re.compile(r"(?:d[A-Za-z][0-9]*){2,}")
_OPENING, _CLOSING = ("(", "["), (")", "]")
_BEFORE_SIGN = ("**", "*", "/", "//")
MAX_DIGITS = 5
"""Digits of an order; longer ones are no numbers here."""


_DIFFERENTIAL = re.compile(r"[/∕÷⁄]\s*\(?\s*[d∂]")


def may_have_differentials(text: str) -> bool:
    """Whether a differential may stand under the line of a fraction in a text."""
    return _DIFFERENTIAL.search(text) is not None


@dataclass(frozen=True, slots=True)
class Match:
    """What was found in the tokens that wait: up to which of them it goes, and what is differentiated by."""

    stop: int
    names: tuple[str, ...] = ()
    order: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """Where the line of a fraction begins, if there is one, and up to where it was looked for."""

    start: int | None
    stop: int


def power_at(stream: TokenStream, place: int) -> Match:
    """The exponent at a place; order 1 where there is none, and 0 where it is no whole number."""
    token = stream.peek(place)
    if token.kind == "superscript":
        return Match(place + 1, order=int(token.text) if token.text.isdigit() else 0)
    if token.text != "**":
        return Match(place)
    place += 1
    bracket = stream.peek(place).text == "("
    number = stream.peek(place + bracket)
    place += 1 + bracket + (bracket and stream.peek(place + 2).text == ")")
    return Match(place, order=int(number.text) if number.text.isdigit() and len(number.text) < MAX_DIGITS else 0)


def head_at(stream: TokenStream, token: Token, place: int) -> Match:
    """The order of a head, whose `d` is `token`; `d2` is one too."""
    glued = _GLUED.fullmatch(token.text)
    return Match(place, order=int(glued[1])) if glued else power_at(stream, place)


def is_head(token: Token, declared: Collection[str]) -> bool:
    """Whether a token can be the `d` over a differential."""
    if token.kind != "name" or "d" in declared or token.text in declared:
        return token.text == "∂"
    return token.text in SIGNS or _GLUED.fullmatch(token.text) is not None


def below_at(stream: TokenStream, place: int, head: Token, order: int, declared: Collection[str]) -> Match | None:
    """The line of a fraction at a place and the differentials under it, as many as the head's order has."""
    if stream.peek(place).text != "/":
        return None
    bracket = stream.peek(place + 1).text == "("
    place += 1 + bracket
    names: tuple[str, ...] = ()
    while len(names) < max(order, 1):
        found = differential_at(stream, place, head, declared, spaced=not bracket)
        if found is None:
            break
        place, names = found.stop, names + found.names
    if not names or (bracket and stream.peek(place).text != ")"):
        return None
    return Match(place + bracket, names, len(names))


def differential_at(
    stream: TokenStream, place: int, head: Token, declared: Collection[str], spaced: bool
) -> Match | None:
    """A differential at a place, as often as its power says: `dx`, `dx^2`, `∂x`, or the `dxdy` of a run of letters.

    `spaced` ones, `d x` and `d(x)`, could be products where nothing stands over them but what goes out.
    """
    token, sign = stream.peek(place), head.text[0]
    if token.kind != "name" or token.text[0] != sign or token.text in declared:
        return None
    if token.text != sign:
        return _joined_differential(stream, place, head, declared)
    by = stream.peek(place + 1)
    if by.text == "(" and spaced and stream.peek(place + 3).text == ")":
        return _raised(stream, place + 4, stream.peek(place + 2), declared)
    if sign == "d" and not spaced and by.start > token.stop:
        return None
    return _raised(stream, place + 2, by, declared)


def _raised(stream: TokenStream, place: int, by: Token, declared: Collection[str]) -> Match | None:
    if not _is_variable(by.text, declared):
        return None
    power = power_at(stream, place)
    return Match(power.stop, (by.text,) * min(power.order, MAX_ORDER + 1)) if power.order else None


def _joined_differential(stream: TokenStream, place: int, head: Token, declared: Collection[str]) -> Match | None:
    """A name that is a `d` and a variable, or several of these."""
    name = stream.peek(place).text
    rest, glued = name[1:], _GLUED.fullmatch(head.text)
    if glued and rest.endswith(glued[1]) and len(rest) > 1 and _is_variable(rest[:-1], declared):
        return Match(place + 1, (rest[:-1],) * int(glued[1]))
    if _is_variable(rest, declared):
        return _raised(stream, place + 1, Token("name", rest, 0, 0), declared)
    if _RUN.fullmatch(name):
        *first, last = re.findall("d([A-Za-z][0-9]*)", name)
        power = power_at(stream, place + 1)
        return Match(power.stop, (*first, *(last,) * min(power.order, MAX_ORDER + 1)))
    return None


def _is_variable(name: str, declared: Collection[str]) -> bool:
    return name in declared or name_resolution.is_variable_name(name)


def line_at(
    stream: TokenStream, place: int, head: Token, order: int, declared: Collection[str], bracketed: bool = False
) -> Line:
    """Where the line of a fraction begins over whose differentials a product stands that begins at a place.

    The product is the rest of a bracket where it is `bracketed`.
    """
    depth, is_in_bars, before = 0, False, "start"
    for ahead in range(place, place + MAX_SCANNED):
        token = stream.peek(ahead)
        outside = depth == 0 and not is_in_bars
        if token.kind == "end" or (outside and _ends_product(token, before)):
            break
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING and depth == 0:
            over = bracketed and below_at(stream, ahead + 1, head, order, declared)
            return Line(stream.peek(ahead + 1).start if over else None, token.start)
        elif token.text in _CLOSING:
            depth -= 1
        elif token.kind == "bar" and depth == 0:
            is_in_bars = not is_in_bars
        elif outside and not bracketed and below_at(stream, ahead, head, order, declared):
            return Line(token.start, token.start)
        before = token.text
    return Line(None, token.start)


def _ends_product(token: Token, before: str) -> bool:
    if token.text in ("+", "-"):
        return before not in _BEFORE_SIGN
    return token.kind in ("comma", "comparison") or token.text in (*name_resolution.KEYWORDS, "if", "else")
