"""Notation of the field that is not read: derivatives, differentials, primes, and quotes that came along.

Read as products they would be something else without a word, so they are refused with the way to write them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from derivcli.errors import DerivError, Span
from derivcli.language.functions import vocabulary
from derivcli.language.names import is_variable_name
from derivcli.language.tokens import GREEK, GREEK_NAMES, SUPERSCRIPTS, canonical_name

DIFFERENTIATES = "deriv differentiates by itself"
_IN_PLACE = "write the derivative itself in its place"

_GREEK = "".join(GREEK)
_NAME = rf"(?:{'|'.join(sorted(GREEK_NAMES, key=len, reverse=True))}|[A-Za-z{_GREEK}])[0-9₀-₉]*(?:_[0-9]+)?"
_ALONE, _ENDS = rf"(?<![A-Za-z_{_GREEK}])", rf"(?![A-Za-z0-9_{_GREEK}])"
_POWER = r"(?:\s*(?:\^|\*\*)\s*\(?\s*[0-9n]+\s*\)?|[⁰¹²³⁴-⁹ⁿ]+)"
_BELOW = rf"[/∕÷⁄]\s*\(?(?P<below>\s*(?P<sign>[d∂])(?P<by>{_NAME}){_POWER}?(?:\s*[d∂]{_NAME}{_POWER}?)*)\s*\)?{_ENDS}"
_FRACTION = _BELOW
_SPACED = rf"{_ALONE}(?P<sign>d){_POWER}?(?P<below>\s*/\s*d\s+(?P<by>{_NAME}){_POWER}?){_ENDS}"
_HEAD = rf"{_ALONE}[d∂]{_POWER}?"
_OPERATOR = rf"{_ALONE}(?P<operator>[d∂]|D(?:_?{_NAME})?|diff|[Dd]erivative)\s*(?P<bracket>[(\[])"
_DIFFERENTIAL = rf"(?P<before>[^\s*/+^,(<>=-]\s*){_ALONE}[d∂](?P<by>{_NAME})"
_DIFFERENCE = rf"{_ALONE}(?P<sign>[Δδ])(?P<name>[A-Za-z{_GREEK}])"
_MAY_BE_FRACTION = re.compile(r"[/∕÷⁄]\s*\(?\s*[d∂]")
_MAY_BE_OPERATOR = re.compile(r"(?<![A-Za-z_])[dD∂]\w*\s*[(\[]")
_MAY_BE_DIFFERENTIAL = re.compile(r"(?<![A-Za-z_])[d∂]\w+$")
"""Most texts hold nothing of the kind, and patterns with all names in them take long to make."""
_LONG = 1000
"""Of longer texts no part is offered for the whole."""

_WHOLE = [
    rf"\(?[d∂](?P<order>{_POWER})?\s*{_BELOW}\s*[*·]?\s*(?P<body>.+)",
    rf"\([d∂](?P<order>{_POWER})?\s*(?P<body>.+?)\s*\)\s*{_BELOW}",
    rf"[d∂](?P<order>{_POWER})?\s*(?P<body>.+?)\s*{_BELOW}",
    rf"(?:diff|[Dd]erivative|D)\s*[(\[](?P<body>.+?),\s*(?P<by>{_NAME})(?:\s*,\s*(?P<order>[0-9]+))?\s*[)\]]",
    rf"(?:d|D(?:_?(?P<by>{_NAME}))?)\s*[(\[](?P<body>.+)[)\]]",
    r"(?:diff|[Dd]erivative)\s*\((?P<body>.+)\)",
    rf"(?:∫\s*|d\s+)?(?P<body>.+?)\s*{_ALONE}[d∂](?P<by>{_NAME})",
]
"""What asks for the derivative of one formula and nothing else."""

_QUOTES = dict(zip("'\"`´“”„‘’«»", ("'", '"', "`´'", "´", '”"', "”", "“”", "’", "’", "»", "«"), strict=True))
_PRIMES = {"'": 1, "’": 1, "′": 1, "´": 1, "`": 1, "″": 2, "‴": 3}
_PRIME = rf"(?<=[A-Za-z0-9_)\]!⁰¹²³⁴-⁹₀-₉{_GREEK}])\s?[{''.join(_PRIMES)}]+"
_STRING = r"(?:^|[(,=+*/\[{-])\s*['\"]|^\s*[bru]{1,2}(['\"]).*\1\s*$"
"""A quote that begins something, or a string of Python's with its prefix."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A derivative that a text asks for; `mixed` names every variable of one by several."""

    body: str
    by: str = ""
    order: int = 1
    mixed: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """How to ask deriv for it, or nothing where that would be refused."""
        from derivcli.language.parse import parse_expression

        try:
            found = parse_expression(self.body, [self.by] if self.by else ())
        except DerivError:
            return ""
        called = re.fullmatch(rf"(?P<name>{_NAME})\([^()]*\)", self.body)
        if (called and is_variable_name(called["name"])) or (self.by != self.body and re.fullmatch(_NAME, self.body)):
            return ""  # y in dy/dx and f in f(x) stand for a formula
        by = self.by if (canonical_name(self.by),) != found.variables else ""
        options = _options(by, self.order, self.mixed)
        return f'write "{self.body}"{" " if options else ""}{options}'


def check_notation(text: str, declared: Collection[str], own: Collection[str] = ()) -> None:
    """Refuse what asks for a derivative, and quotes that are no part of a formula."""
    for look in (_fraction, _operator, _differential, _difference, _quoted, _primed, _degrees):
        for error in look(text, declared, own):
            raise error


def _fraction(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """`d/dx`, `d(x^2)/dx`, `dy/dx`: whatever stands over a differential."""
    if not _MAY_BE_FRACTION.search(text):
        return
    for below in chain(re.finditer(_FRACTION, text), re.finditer(_SPACED, text)):
        sign, by = below["sign"], below["by"]
        if sign == "d" and ("d" in declared or sign + canonical_name(by) in declared):
            continue
        foot = below.start("below")
        heads = [head.start() for head in re.compile(_HEAD).finditer(text, max(0, below.start() - _LONG), foot)]
        span = Span(heads[0] if heads else below.start(), below.end())
        written = text[span.start : below.start()].strip()
        written = written.removesuffix(")").strip() if written.count(")") > written.count("(") else written
        upper = re.fullmatch(rf"[d∂](?P<order>{_POWER})?\s*(?P<name>{_NAME})(?:\([^()]*\))?", written)
        options = _options(by, _number(upper["order"]) if upper else 1, _names(below["below"]))
        whole = text.strip() == text[span.start : span.stop] or not heads
        hint = f"leave it out, and name the variable with {options}" if whole else _IN_PLACE
        if upper:
            hint = f"give the formula of {upper['name']} with {options}"
            hint += f", or an equation with --implicit {upper['name']}" if sign == "d" else ""
        yield DerivError(DIFFERENTIATES, text, span, _command(text) or hint)


def _operator(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """`D(x^2)`, `Dx(x^2)`, `D[x^2, x]`, `diff(x^2, x)`, and `d(x^2)`, which could be a product."""
    for found in re.finditer(_OPERATOR, text) if _MAY_BE_OPERATOR.search(text) else ():
        name = canonical_name(found["operator"])
        if name in declared or name in own or name in vocabulary() or (name[0] in declared and len(name) > 1):
            continue
        known = len(found["operator"]) > 3
        message = f"'{name}' is not needed: {DIFFERENTIATES}" if known else DIFFERENTIATES
        hint = _command(text) or _IN_PLACE
        if len(name) == 1 and found["bracket"] == "(" and found["operator"] != "∂":
            inner = _bracket(text, found.end() - 1)
            hint += f"; for a product write {name}*{inner if 0 < len(inner) < 40 else '(...)'}"
        yield DerivError(message, text, Span(found.start(), found.end("operator")), hint)


def _differential(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """`x^2 dx` and `d x^4 dx`, which end in a differential."""
    body = text.rstrip()
    start = max(0, len(body) - 30)
    if not _MAY_BE_DIFFERENTIAL.search(body, start):
        return
    found = re.compile(f"{_DIFFERENTIAL}$").search(body, start)
    if found is not None and "d" not in declared and f"d{canonical_name(found['by'])}" not in declared:
        name = body[found.end("before") :]
        message = "deriv does not integrate" if "∫" in text else f"'{name}' is no factor of a formula: {DIFFERENTIATES}"
        hint = _command(text) or f"leave out {name}, and name the variable with --wrt {found['by']}"
        yield DerivError(message, text, Span(found.end("before"), found.end()), hint)


def _difference(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """`Δx`, which is one name to its author."""
    for found in re.finditer(_DIFFERENCE, text) if "Δ" in text or "δ" in text else ():
        sign, name = found.groups()
        if GREEK[sign] not in declared and not any(word.startswith(canonical_name(found[0])) for word in declared):
            hint = f"write {sign}*{name} for the product, or give the difference a name of its own, such as h"
            yield DerivError(f"'{sign}{name}' is not one name here", text, Span(*found.span()), hint)


def _quoted(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """Quotes around a formula, which a shell or a text editor left there."""
    inner = text.strip()
    start = text.find(inner)
    if not inner or inner[0] not in _QUOTES:
        return
    if len(inner) > 1 and inner[-1] in _QUOTES[inner[0]]:
        inner = inner[1:-1].strip()
        hint = "write the formula without quotes"
        if len(inner) < _LONG and _is_read(inner, declared):
            hint = f"write {inner}"
        yield DerivError("the quotes came along with the formula", text, Span(start, start + 1), hint)
    elif not any(quote in inner[1:] for quote in _QUOTES):
        hint = 'leave it out; where a shell keeps single quotes, put double quotes around the formula'
        yield DerivError("a quote came along with the formula", text, Span(start, start + 1), hint)


def _options(by: str, order: int, mixed: tuple[str, ...] = ()) -> str:
    """How the command line names a derivative."""
    if len(set(mixed)) > 1:
        return f"--mixed {','.join(mixed)}"
    return " ".join([f"--wrt {by}"] * bool(by) + [f"--order {order}"] * (order > 1))


def _number(power: str | None) -> int:
    """The number in a power such as ^2 or ², 1 where there is none."""
    digits = re.search("[0-9]+", (power or "").translate(SUPERSCRIPTS))
    return int(digits.group()) if digits else 1


def _names(below: str) -> tuple[str, ...]:
    """The variables below a derivative, each as often as it stands there."""
    found = re.finditer(rf"[d∂](?P<name>{_NAME})(?P<power>{_POWER})?", below)
    return tuple(name for each in found for name in [each["name"]] * min(_number(each["power"]), 9))


def _is_read(text: str, declared: Collection[str]) -> bool:
    from derivcli.language.parse import parse_expression

    try:
        return parse_expression(text, declared) is not None
    except DerivError:
        return False


def _primed(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """`(x^2)'`, `f'(x)` and `y''`."""
    found = re.search(_PRIME, text) if any(mark in text for mark in _PRIMES) else None
    if found is None or re.search(_STRING, text):
        return
    order = sum(_PRIMES[mark] for mark in found.group().strip())
    before, after = text[: found.start()].strip(), text[found.end() :].strip()
    name = re.search(rf"(?P<name>[A-Za-z{_GREEK}][A-Za-z0-9_]*)(?:\([^()]*\))?$", before)
    letter = name["name"] if name and name["name"] not in vocabulary() else ""
    options = f", with --order {order}" if order > 1 else ""
    command = ""
    if not after and len(before) < _LONG and _is_product(before):
        command = _Asked(_unbracketed(before), order=order).command
    elif name and name.group() == before in vocabulary() and _bracket(after, 0) == after:
        command = _Asked(before + after, order=order).command
    hint = command or (f"give the formula of {letter}{options}" if letter else _IN_PLACE)
    start = found.end() - len(found.group().strip())
    yield DerivError(DIFFERENTIATES, text, Span(start, found.end()), hint)


_ANGLE = rf"(?P<function>[a-z]+\s+)?(?P<angle>[0-9.]+|[A-Za-z{_GREEK}][0-9]*|\([^()]*\))\s*$"


def _degrees(text: str, declared: Collection[str], own: Collection[str]) -> Iterator[DerivError]:
    """`cos 60°`, whose number is not an angle in radians."""
    sign = text.find("°")
    if sign < 0:
        return
    found = re.search(_ANGLE, text[max(0, sign - 60) : sign])
    hint = "write deg2rad(...) for an angle in degrees"
    if found is not None:
        angle = f"deg2rad({_unbracketed(found['angle'])})"
        function = (found["function"] or "").strip()
        hint = f"write {function}({angle})" if function in vocabulary() else f"write {angle}"
    yield DerivError("angles are in radians here", text, Span(sign, sign + 1), hint)


def _command(text: str) -> str:
    """How to ask for the derivative that a text asks for, if it asks for one and nothing else."""
    whole = text.strip()
    for pattern in _WHOLE if len(whole) < _LONG else ():
        found = re.fullmatch(pattern, whole, re.DOTALL)
        if found is None:
            continue
        parts = found.groupdict()
        body = _unbracketed(parts["body"])
        is_sum = not _is_product(body) and body == parts["body"].strip() and "below" in parts
        if is_sum and pattern is not _WHOLE[0]:
            continue
        order, mixed = _number(parts.get("order")), _names(parts.get("below") or "")
        command = _Asked(body, parts.get("by") or "", order, mixed).command
        if command:
            return f"for the derivative of all of it {command}" if is_sum else command
    return ""


def _bracket(text: str, start: int) -> str:
    """The bracket that opens at a position, whole, or nothing where it is never closed."""
    depth = 0
    for position in range(start, min(len(text), start + _LONG)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0:
            return text[start : position + 1] if text[start] == "(" else ""
    return ""


def _unbracketed(text: str) -> str:
    """A formula without the brackets around all of it."""
    text = text.strip()
    while text.startswith("(") and _bracket(text, 0) == text:
        text = text[1:-1].strip()
    return text


def _is_product(text: str) -> bool:
    """Whether no sum stands outside of brackets."""
    depth, before = 0, ""
    for character in text:
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character in "+-−–" and before and before not in "^*/(eE":
            return False
        before = character if not character.isspace() else before
    return True
