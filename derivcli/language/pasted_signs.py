"""Signs that came along with a formula, from a shell, a word processor or a book, and are no part of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derivcli.errors import Span
from derivcli.language.derivative_words import GREEKS
from derivcli.language.tokens import GREEK, canonical_name

_QUOTES = dict(zip("'\"`´“”„‘’«»", ("'", '"', "`´'", "´", '”"', "”", "“”", "’", "’", "»", "«"), strict=True))
_DIFFERENCE = rf"(?<![A-Za-z_{GREEKS}])(?P<sign>[Δδ∆])(?P<name>[A-Za-z{GREEKS}])"


@dataclass(frozen=True, slots=True)
class Notation:
    """What is not read: its kind, where it stands, and the way out; `name` is a formula that stands in quotes."""

    kind: str
    message: str
    span: Span
    hint: str = ""
    name: str = ""


def pasted_in(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """Differences such as `Δx`, and quotes around a formula."""
    yield from _differences(text, declared)
    yield from _quotes(text)


def _differences(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """`Δx`, which is one name to its author."""
    for found in re.finditer(_DIFFERENCE, text) if any(sign in text for sign in "Δδ∆") else ():
        sign, name = found.groups()
        if GREEK[sign] not in declared and not any(word.startswith(canonical_name(found[0])) for word in declared):
            hint = f"write {sign}*{name} for the product, or give the difference a name of its own, such as h"
            yield Notation("difference", f"'{sign}{name}' is not one name here", Span(*found.span()), hint)


def _quotes(text: str) -> Iterator[Notation]:
    """Quotes around a formula, which a shell or a text editor left there."""
    inner = text.strip()
    start = text.find(inner)
    if not inner or inner[0] not in _QUOTES:
        return
    span = Span(start, start + 1)
    if len(inner) > 1 and inner[-1] in _QUOTES[inner[0]]:
        inner = inner.strip("".join(_QUOTES) + " \t\n")
        yield Notation("quotes", "the quotes came along with the formula", span, name=inner)
    elif not any(quote in inner[1:] for quote in _QUOTES):
        hint = "leave it out; where a shell keeps single quotes, put double quotes around the formula"
        yield Notation("quote", "a quote came along with the formula", span, hint)
