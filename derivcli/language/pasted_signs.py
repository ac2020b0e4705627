"""Signs that came along with a formula, from a shell, a word processor or a book, and are no part of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derivcli.errors import Span
from derivcli.language.derivative_words import ENDS, GREEKS, NAME, without_brackets
from derivcli.language.functions.table import vocabulary
from derivcli.language.tokens import GREEK, canonical_name

_QUOTES = dict(zip("'\"`´“”„‘’«»", ("'", '"', "`´'", "´", '”"', "”", "“”", "’", "’", "»", "«"), strict=True))
_DIFFERENCE = rf"(?<![A-Za-z_{GREEKS}])(?P<sign>[Δδ])(?P<name>[A-Za-z{GREEKS}])"

_DEGREE = rf"[°º˚]|(?<=[0-9])∘|(?<=[\w)])\s*(?<![A-Za-z_])(?P<unit>deg(?:ree)?s?){ENDS}(?!\s*\()"
_MAY_BE_DEGREE = re.compile("[°º˚∘]|deg")
_ANGLE = rf"(?P<angle>[0-9.]+(?:[eE][+-]?[0-9]+)?\s*(?:{NAME})?|{NAME}|\([^()]*\))\s*$"
_ANGLES = (
    rf"(?<![A-Za-z_{GREEKS}])(?P<function>[a-z]+(?:2|10)?)(?:\s+|(?=[0-9(])){_ANGLE}",
    rf"(?<![A-Za-z0-9_.^{GREEKS}]){_ANGLE}",
)
"""`sin 30` and `30` before a degree sign."""
_MAX_ANGLE = 60


@dataclass(frozen=True, slots=True)
class Notation:
    """What is not read: its kind, where it stands, and the way out; `name` is a formula that stands in quotes."""

    kind: str
    message: str
    span: Span
    hint: str = ""
    name: str = ""


def pasted_in(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """Differences such as `Δx`, quotes around a formula, and degree signs."""
    yield from _differences(text, declared)
    yield from _quotes(text)
    yield from _degrees(text, declared)


def _differences(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """`Δx`, which is one name to its author."""
    for found in re.finditer(_DIFFERENCE, text) if "Δ" in text or "δ" in text else ():
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


def _degrees(text: str, declared: Collection[str]) -> Iterator[Notation]:
    """`cos 60°`, whose number is not an angle in radians."""
    sign = re.search(_DEGREE, text) if _MAY_BE_DEGREE.search(text) else None
    if sign is None or sign["unit"] in declared:
        return
    span = Span(sign.end() - len(sign["unit"] or sign[0]), sign.end())
    after = text[span.stop :].lstrip()
    if re.match(rf"[CFK]{ENDS}", after):
        yield Notation("unit", "units are no part of a formula", span, "write the number alone")
        return
    angle = "" if after[:1].isdigit() else _angle(text[max(0, sign.start() - _MAX_ANGLE) : sign.start()])
    hint = f"write {angle or 'deg2rad(...) for an angle in degrees'}"
    yield Notation("degrees", "angles are in radians here", span, hint)


def _angle(before: str) -> str:
    """The angle at the end of a text in radians, in the function that it is the argument of, or nothing."""
    for found in filter(None, (re.search(pattern, before) for pattern in _ANGLES)):
        function = found.groupdict().get("function", "")
        radians = f"deg2rad({without_brackets(found['angle'])})"
        if not function or function in vocabulary():
            return f"{function}({radians})" if function else radians
    return ""
