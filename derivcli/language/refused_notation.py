"""The refusal of notation that is not read, and how to ask deriv for what it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from derivcli.errors import DerivError, Span
from derivcli.language import derivative_words as words
from derivcli.language.derivative_notation import Notation, derivatives_in
from derivcli.language.functions.table import vocabulary
from derivcli.language.name_resolution import is_variable_name
from derivcli.language.parser import Parser
from derivcli.language.pasted_signs import pasted_in
from derivcli.language.tokens import PRIMES, canonical_name

IN_PLACE = "write the derivative itself in its place"

_WHOLE = [
    *(rf"\(?{words.HEAD}\s*{foot}\s*[*·]?\s*(?P<body>.+)" for foot in (words.BELOW, words.SPACED)),
    *(rf"\({words.HEAD}\s*(?P<body>.+?)\s*\)\s*{foot}" for foot in (words.BELOW, words.SPACED)),
    *(rf"{words.HEAD}\s*[*·]?\s*(?P<body>.+?)\s*{foot}" for foot in (words.BELOW, words.SPACED)),
    rf"(?:diff|[Dd]erivative|D)\s*[(\[](?P<body>.+?),\s*(?P<by>{words.NAME})(?:\s*,\s*(?P<order>[0-9]+))?\s*[)\]]",
    rf"(?:∫\s*|d\s+|d(?=[(\[]))?(?P<body>.+?)\s*{words.ALONE}[d∂](?P<by>{words.NAME})",
    rf"(?:[dD∂](?:(?P<order>{words.POWER})|_?(?P<by>{words.NAME}))?|diff|[Dd]erivative)\s*(?P<bracket>[(\[].+)",
    rf"[D∂]_?(?P<by>{words.NAME})\s+(?P<body>.+)",
]
"""What asks for the derivative of one formula and nothing else; a `bracket` is to hold all of it."""

_SUM_IS_APART = re.compile(rf"{words.HEAD}\s*{words.OVER}")
"""Of `d/dx x + 1` the whole sum can be meant; of what stands over `dx` it cannot."""


def check_notation(text: str, declared: Collection[str], custom: Collection[str] = ()) -> None:
    """Refuse what asks for a derivative, and what came along with a formula and is no part of it."""
    for found in _all_found(text, declared, custom):
        raise DerivError(found.message, text, found.span, found.hint or _way_out(found, text, declared))


def _all_found(text: str, declared: Collection[str], custom: Collection[str] = ()) -> Iterator[Notation]:
    yield from pasted_in(text, declared)
    yield from derivatives_in(text, declared, custom)


def _way_out(found: Notation, text: str, declared: Collection[str]) -> str:
    if found.kind == "quotes":
        is_short = len(found.name) < words.MAX_CHARACTERS
        readable = is_short and _variables_of(found.name, declared) is not None
        return f"write {found.name if readable else 'the formula without quotes'}"
    if found.kind == "prime":
        return _unprimed(text, found.span, declared)
    command = command_for(text, declared)
    if found.kind == "fraction":
        return command or _over(text, found.span, found.whole)
    if found.kind == "operator":
        return (command or IN_PLACE) + (_as_product(text, found.span) if found.whole else "")
    name = text.rstrip()[found.span.start :]
    return command or f"leave out {name}, and name the variable with `--wrt {found.name}`"


def _over(text: str, span: Span, headed: bool) -> str:
    """The way out for a derivative in Leibniz's notation: of all the text, of a letter, or of a part."""
    part = words.with_powers(text[span.start : span.stop])
    below = re.search(words.BELOW, part) or re.search(words.CANCELLED, part)
    assert below is not None, "a fraction was found there"
    above = part[: below.start("below")].rstrip(" (/∕÷⁄")
    upper = re.fullmatch(rf"{words.HEAD}\s*(?P<name>{words.NAME})(?:\([^()]*\))?\s*\)?", above)
    options = options_of(below["by"], words.order_of(upper["order"]) if upper else 1, words.names_below(below["below"]))
    if upper:
        hint = f"give the formula of {upper['name']} with {options}"
        equation = f", or an equation with `shell:--implicit {upper['name']}``python:implicit`"
        return hint + equation if below["sign"] == "d" else hint
    whole = text.strip() == text[span.start : span.stop] or not headed
    return f"leave it out, and name the variable with {options}" if whole else IN_PLACE


def _as_product(text: str, span: Span) -> str:
    """The way out for an operator that can be a variable before a bracket."""
    factor = words.bracket_at(text, text.find("(", span.stop))
    return f"; for a product write {text[span.start : span.stop]}*{factor if 0 < len(factor) < 40 else '(...)'}"


def _unprimed(text: str, span: Span, declared: Collection[str]) -> str:
    """The way out for a prime: the formula before it, or the formula that its letter stands for."""
    order = sum(PRIMES[mark] for mark in text[span.start : span.stop])
    before, after = text[: span.start].strip(), text[span.stop :].strip()
    command = ""
    factor = re.search(rf"(?P<function>[A-Za-z]\w*)?[\s*]+{words.NAME}$", before[-words.MAX_CHARACTERS :])
    glued = re.search("[A-Za-z]{2,}$", before[-words.MAX_CHARACTERS :])
    is_glued = glued is not None and glued[0] not in {*declared, *vocabulary()}
    if is_glued or (factor is not None and factor["function"] not in vocabulary()):
        pass  # uv' and u v' are u*(v'), and sin x' is (sin x)'
    elif not after and len(before) < words.MAX_CHARACTERS and words.is_product(before):
        command = _command(words.without_brackets(before), declared, order=order)
    elif before in vocabulary() and words.bracket_at(after, 0) == after:
        command = _command(before + after, declared, order=order)
    name = re.search(
        rf"(?P<name>{words.NAME}|[A-Za-z{words.GREEKS}]\w*)(?:\([^()]*\))?$", before[-words.MAX_CHARACTERS :]
    )
    letter = name["name"] if name and (is_variable_name(name["name"]) or name["name"] in declared) else ""
    formula = f"give the formula of {letter}{f', with `--order {order}`' * (order > 1)}" if letter else IN_PLACE
    return command or formula


def command_for(text: str, declared: Collection[str]) -> str:
    """How to ask for the derivative that a text asks for, if it asks for one and nothing else."""
    whole = words.with_powers(text.strip())
    for pattern in _WHOLE if len(whole) < words.MAX_CHARACTERS else ():
        found = re.fullmatch(pattern, whole, re.DOTALL)
        command = _command_of(whole, found.groupdict(), declared) if found else ""
        if command:
            return command
    return ""


def _command_of(whole: str, parts: Mapping[str, str | None], declared: Collection[str]) -> str:
    """The command for a derivative by the parts of its text, or nothing where they can be no such thing."""
    written, power = parts.get("body") or parts.get("bracket") or "", parts.get("order") or ""
    body = words.without_brackets(written)
    unwrapped = body != written.strip()
    is_sum = "below" in parts and not unwrapped and not words.is_product(body)
    if (parts.get("bracket") and not unwrapped) or (is_sum and not _SUM_IS_APART.match(whole.lstrip("("))):
        return ""
    if re.search("[nⁿ]", power):
        return ""  # no number
    mixed = words.names_below(parts.get("below") or "")
    command = _command(body, declared, parts.get("by") or "", words.order_of(power), mixed)
    return f"for the derivative of all of it {command}" if command and is_sum else command


def _command(body: str, declared: Collection[str], by: str = "", order: int = 1, mixed: tuple[str, ...] = ()) -> str:
    """How to ask for a derivative of a formula, or nothing where that would be refused.

    `mixed` names every variable of a derivative by several.
    """
    called = re.fullmatch(rf"(?P<name>{words.NAME})\([^()]*\)", body)
    if (called and is_variable_name(called["name"])) or (by != body and re.fullmatch(words.NAME, body)):
        return ""  # y in dy/dx and f in f(x) stand for a formula
    variables = _variables_of(body, {*declared, by} - {""})
    if variables is None:
        return ""
    options = options_of(by if [canonical_name(by)] != variables else "", order, mixed)
    return f'write "{body}"' + (f"`python:,` {options}" if options else "")


def _variables_of(text: str, declared: Collection[str]) -> list[str] | None:
    """The variables of a formula, or None where a text is none.

    A text that asks for derivatives within derivatives is none, and is not looked through again and again.
    """
    try:
        parser = Parser(text, declared)
        if next(_all_found(text, parser.declared), None) is None:
            parser.run()
            return parser.variables
    except DerivError:
        pass
    return None


def options_of(by: str, order: int, mixed: tuple[str, ...] = ()) -> str:
    """The options that name a derivative, as a hint has them."""
    if len(set(mixed)) > 1:
        return f"`--mixed {','.join(mixed)}`"
    options = " ".join([f"--wrt {by}"] * bool(by) + [f"--order {order}"] * (order > 1))
    return f"`{options}`" if options else ""
