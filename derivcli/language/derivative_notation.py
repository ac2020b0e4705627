"""Notation of the field that is not read: derivatives, differentials and primes.

Read as products they would be something else without a word, so they are refused with the way to write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from derivcli.errors import DerivError, Span
from derivcli.language.derivative_requests import (
    ALONE,
    BELOW,
    ENDS,
    GREEKS,
    HEAD,
    IN_PLACE,
    LONGEST,
    NAME,
    OVER,
    POWER,
    Asked,
    bracket_at,
    command_for,
    is_product,
    names_below,
    options_of,
    order_of,
    with_powers,
    without_brackets,
)
from derivcli.language.functions.table import vocabulary
from derivcli.language.name_resolution import is_variable_name
from derivcli.language.pasted_signs import check_pasted
from derivcli.language.tokens import canonical_name
from derivcli.language.unsupported_operations import OPERATIONS

DIFFERENTIATES = "deriv differentiates by itself"

_CANCELLED = (
    rf"{ALONE}(?P<sign>d){POWER}?(?:\s+[^-+/=,()]{{0,40}}(?:\([^()/]{{0,40}}\))?)?\s*"
    rf"(?P<below>/\s*d\s+(?P<by>{NAME}){POWER}?){ENDS}"
)
"""`d/d x` and `d f(x)/d x`, in which d would go out as a factor, so that nobody means a product."""
_OPERATOR = (
    rf"{ALONE}(?P<operator>(?:[dD∂](?:{POWER}|(?P<by>_?{NAME}))?|(?P<word>diff|[Dd]erivative))(?=\s*(?P<bracket>[(\[]))"
    rf"|[D∂]_?{NAME}(?=\s+[A-Za-z0-9|√{GREEKS}]))"
)
_DIFFERENTIAL = rf"(?P<before>[^\s*/+^,(<>=-]\s*){ALONE}[d∂](?P<by>{NAME})$"
_MAY_BE_FRACTION = re.compile(rf"{OVER}[d∂]")
_MAY_BE_OPERATOR = re.compile(rf"(?<![A-Za-z_])(?:[dD∂](?:{POWER}|\w{{0,40}})\s*[(\[]|[D∂]_?[^\W_]\w{{0,40}}\s)")
_MAY_BE_DIFFERENTIAL = re.compile(r"(?<![A-Za-z_])[d∂]\w+$")
"""Most texts hold nothing of the kind, and patterns with all names in them take long to make."""
_LONGEST_END = 30

_PRIMES = {"'": 1, "’": 1, "′": 1, "´": 1, "`": 1, "″": 2, "‴": 3}
_PRIME = rf"(?<=[A-Za-z0-9_)\]}}!⁰¹²³⁴-⁹₀-₉{GREEKS}])\s?[{''.join(_PRIMES)}]+"
_STRING = r"(?:^|[(,=+*/\[{-])\s*['\"]|^\s*(?:[br]|br|rb)(['\"])\w*\1\s*$"
"""A quote that begins something, or a string of Python's with its prefix."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What asks for a derivative, where it stands, and what gives the way out."""

    message: str
    span: Span
    hint: Callable[[], str]


def check_notation(text: str, declared: Collection[str], own: Collection[str] = ()) -> None:
    """Refuse what asks for a derivative, and what came along with a formula and is no part of it."""
    check_pasted(text, declared)
    for found in _all_found(text, declared, own):
        raise DerivError(found.message, text, found.span, found.hint())


def holds_notation(text: str, declared: Collection[str]) -> bool:
    """Whether something in a text asks for a derivative."""
    return any(True for _ in _all_found(text, declared, ()))


def _all_found(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[_Found]:
    yield from _fractions(text, declared)
    yield from _operators(text, declared, own)
    yield from _differentials(text, declared)
    yield from _primes(text, declared)


def _fractions(text: str, declared: Collection[str]) -> Iterator[_Found]:
    """`d/dx`, `d(x^2)/dx`, `dy/dx`: whatever stands over a differential."""
    if not _MAY_BE_FRACTION.search(text):
        return
    for below in chain(re.finditer(BELOW, text), re.finditer(_CANCELLED, text)):
        sign, by = below["sign"], below["by"]
        if sign == "d" and ("d" in declared or sign + canonical_name(by) in declared):
            continue
        head = re.compile(ALONE + HEAD).search(text, max(0, below.start() - LONGEST), below.start("below"))
        span = Span(head.start() if head else below.start(), below.end())
        yield _Found(DIFFERENTIATES, span, partial(_over, text, span, head is not None, declared))


def _over(text: str, span: Span, headed: bool, declared: Collection[str]) -> str:
    """The way out for a derivative in Leibniz's notation: of all the text, of a letter, or of a part."""
    command = command_for(text, declared)
    if command:
        return command
    part = with_powers(text[span.start : span.stop])
    below = re.search(BELOW, part) or re.search(_CANCELLED, part)
    assert below is not None, "a fraction was found there"
    above = part[: below.start("below")].rstrip(" (/∕÷⁄")
    upper = re.fullmatch(rf"{HEAD}\s*(?P<name>{NAME})(?:\([^()]*\))?\s*\)?", above)
    options = options_of(below["by"], order_of(upper["order"]) if upper else 1, names_below(below["below"]))
    if upper:
        hint = f"give the formula of {upper['name']} with {options}"
        equation = f", or an equation with `shell:--implicit {upper['name']}``python:implicit`"
        return hint + equation if below["sign"] == "d" else hint
    whole = text.strip() == text[span.start : span.stop] or not headed
    return f"leave it out, and name the variable with {options}" if whole else IN_PLACE


def _operators(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[_Found]:
    """`D(x^2)`, `Dx(x^2)`, `D_x x^2`, `D[x^2, x]`, `diff(x^2, x)`; `d(x^2)` and `D^2(x^3)`, which could be products."""
    for found in re.finditer(_OPERATOR, text) if _MAY_BE_OPERATOR.search(text) else ():
        name = canonical_name(found["operator"])
        if name in declared or name in own or name in vocabulary() or (name[0] in declared and len(name) > 1):
            continue
        message = f"'{name}' is not needed: {DIFFERENTIATES}" if found["word"] else DIFFERENTIATES
        is_letter = not found["word"] and not found["by"]
        span, product = Span(*found.span()), is_letter and found["bracket"] == "(" and name[0] != "∂"
        yield _Found(message, span, partial(_operated, text, span, product, declared))


def _operated(text: str, span: Span, product: bool, declared: Collection[str]) -> str:
    """The way out for an operator with what it acts on, and for the product with a variable of that name."""
    hint = command_for(text, declared) or IN_PLACE
    if product:
        factor = bracket_at(text, text.find("(", span.stop))
        hint += f"; for a product write {text[span.start : span.stop]}*{factor if 0 < len(factor) < 40 else '(...)'}"
    return hint


def _differentials(text: str, declared: Collection[str]) -> Iterator[_Found]:
    """`x^2 dx` and `d x^4 dx`, which end in a differential."""
    body = text.rstrip()
    start = max(0, len(body) - _LONGEST_END)
    found = re.compile(_DIFFERENTIAL).search(body, start) if _MAY_BE_DIFFERENTIAL.search(body, start) else None
    if found is not None and "d" not in declared and f"d{canonical_name(found['by'])}" not in declared:
        span, by = Span(found.end("before"), found.end()), found["by"]
        name = body[span.start :]
        if "∫" in text:
            message, hint = OPERATIONS["integral"]
            yield _Found(message, span, lambda: hint)
        else:
            message = f"'{name}' is no factor of a formula: {DIFFERENTIATES}"
            other = f"leave out {name}, and name the variable with `--wrt {by}`"
            yield _Found(message, span, lambda: command_for(text, declared) or other)


def _primes(text: str, declared: Collection[str]) -> Iterator[_Found]:
    """`(x^2)'`, `f'(x)` and `y''`."""
    found = re.search(_PRIME, text) if any(mark in text for mark in _PRIMES) else None
    if found is None or re.search(_STRING, text):
        return
    start = found.end() - len(found.group().strip())
    span = Span(start, found.end())
    yield _Found(DIFFERENTIATES, span, partial(_unprimed, text, span, declared))


def _unprimed(text: str, span: Span, declared: Collection[str]) -> str:
    """The way out for a prime: the formula before it, or the formula that its letter stands for."""
    order = sum(_PRIMES[mark] for mark in text[span.start : span.stop])
    before, after = text[: span.start].strip(), text[span.stop :].strip()
    command = ""
    factor = re.search(rf"(?P<function>[A-Za-z]\w*)?[\s*]+{NAME}$", before[-LONGEST:])
    if factor is not None and factor["function"] not in vocabulary():
        pass  # u v' is u*(v'), and sin x' is (sin x)'
    elif not after and len(before) < LONGEST and is_product(before):
        command = Asked(without_brackets(before), order=order).command(declared)
    elif before in vocabulary() and bracket_at(after, 0) == after:
        command = Asked(before + after, order=order).command(declared)
    name = re.search(rf"(?P<name>{NAME}|[A-Za-z{GREEKS}]\w*)(?:\([^()]*\))?$", before[-LONGEST:])
    letter = name["name"] if name and (is_variable_name(name["name"]) or name["name"] in declared) else ""
    formula = f"give the formula of {letter}{f', with `--order {order}`' * (order > 1)}" if letter else IN_PLACE
    return command or formula
