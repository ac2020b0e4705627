"""Where a text asks for a derivative in the notation of the field: fractions, operators, differentials and primes.

Read as products they would be something else without a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from derivcli.errors import Span
from derivcli.language import derivative_words as words
from derivcli.language.functions.table import vocabulary
from derivcli.language.tokens import PRIMES, canonical_name
from derivcli.language.unsupported_operations import DIFFERENTIATES, OPERATIONS

_OPERATOR = (
    rf"{words.ALONE}(?P<operator>(?:[dD∂](?:{words.POWER}|(?P<by>_?{words.NAME}))?|(?P<word>diff|[Dd]erivative))(?=\s*(?P<bracket>[(\[]))"
    rf"|[D∂]_?{words.NAME}(?=\s+[A-Za-z0-9|√{words.GREEKS}]))"
)
_DIFFERENTIAL = rf"(?P<before>[^\s*/+^,(<>=-]\s*){words.ALONE}[d∂](?P<by>{words.NAME})$"
_MAY_BE_FRACTION = re.compile(rf"{words.OVER}[d∂]")
_MAY_BE_OPERATOR = re.compile(rf"(?<![A-Za-z_])(?:[dD∂](?:{words.POWER}|\w{{0,40}})\s*[(\[]|[D∂]_?[^\W_]\w{{0,40}}\s)")
_MAY_BE_DIFFERENTIAL = re.compile(r"(?<![A-Za-z_])[d∂]\w+$")
"""Most texts hold nothing of the kind, and patterns with all names in them take long to make."""
_MAX_DIFFERENTIAL = 30
_PRIME = rf"(?<=[A-Za-z0-9_)\]}}!⁰¹²³⁴-⁹₀-₉{words.GREEKS}])\s?[{''.join(PRIMES)}]+"
_BRACKET, _ENDS_NAME = re.compile(r"\s*\("), re.compile(rf"[A-Za-z0-9_₀-₉{words.GREEKS}]")
_STRING = r"(?:^|[(,=+*/\[{-])\s*['\"]|^\s*(?:[br]|br|rb)(['\"])\w*\1\s*$"
"""A quote that begins something, or a string of Python's with its prefix."""


@dataclass(frozen=True, slots=True)
class Notation:
    """Notation that is not read: its kind, where it stands, and the way out where no formula has to be read for it.

    `name` is what stands there apart from signs: of a differential its variable, in quotes the formula. `whole` says
    of a fraction whether something stands over it, and of an operator whether it can be a factor.
    """

    kind: str
    message: str
    span: Span
    hint: str = ""
    name: str = ""
    whole: bool = False


def derivatives_in(text: str, declared: Collection[str], custom: Collection[str]) -> Iterator[Notation]:
    """What asks for a derivative in a text, each kind after the other."""
    yield from _fractions(text, declared)
    yield from _operators(text, declared, custom)
    yield from _differentials(text, declared)
    yield from _primes(text)


def _fractions(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """`d/dx`, `d(x^2)/dx`, `dy/dx`: whatever stands over a differential."""
    if not _MAY_BE_FRACTION.search(text):
        return
    for below in chain(re.finditer(words.BELOW, text), re.finditer(words.CANCELLED, text)):
        sign, by = below["sign"], below["by"]
        if sign == "d" and ("d" in declared or sign + canonical_name(by) in declared):
            continue
        head = re.compile(words.ALONE + words.HEAD).search(
            text, max(0, below.start() - words.MAX_CHARACTERS), below.start("below")
        )
        span = Span(head.start() if head else below.start(), below.end())
        yield Notation("fraction", DIFFERENTIATES, span, whole=head is not None)


def _operators(text: str, declared: Collection[str], custom: Collection[str]) -> Iterator[Notation]:
    """`D(x^2)`, `Dx(x^2)`, `D_x x^2`, `D[x^2, x]`, `diff(x^2, x)`; `d(x^2)` and `D^2(x^3)`, which could be products."""
    for found in re.finditer(_OPERATOR, text) if _MAY_BE_OPERATOR.search(text) else ():
        name = canonical_name(found["operator"])
        if name in declared or name in custom or name in vocabulary() or (name[0] in declared and len(name) > 1):
            continue
        message = f"'{name}' is not needed: {DIFFERENTIATES}" if found["word"] else DIFFERENTIATES
        is_letter = not found["word"] and not found["by"]
        product = is_letter and found["bracket"] == "(" and name[0] != "∂"
        yield Notation("operator", message, Span(*found.span()), whole=product)


def _differentials(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """`x^2 dx` and `d x^4 dx`, which end in a differential."""
    body = text.rstrip()
    start = max(0, len(body) - _MAX_DIFFERENTIAL)
    found = re.compile(_DIFFERENTIAL).search(body, start) if _MAY_BE_DIFFERENTIAL.search(body, start) else None
    if found is None or "d" in declared or f"d{canonical_name(found['by'])}" in declared:
        return
    span = Span(found.end("before"), found.end())
    if "∫" in text:
        message, hint = OPERATIONS["integral"]
        yield Notation("integral", message, span, hint)
    else:
        message = f"'{body[span.start :]}' is no factor of a formula: {DIFFERENTIATES}"
        yield Notation("differential", message, span, name=found["by"])


def _primes(text: str) -> Iterator[Notation]:
    """`(x^2)'` and `y''`, but not `f'(x)`."""
    if not any(mark in text for mark in PRIMES) or re.search(_STRING, text):
        return
    for found in re.finditer(_PRIME, text):
        if _BRACKET.match(text, found.end()) and _ENDS_NAME.match(text[found.start() - 1]):
            continue
        start = found.end() - len(found.group().strip())
        yield Notation("prime", DIFFERENTIATES, Span(start, found.end()))
