r"""A value with its standard uncertainty, as people write it: `3.00±0.10`, `3.0(1)`, `3±1%`, `(3.0±0.1)e-3`.

    item := value sign spread ["%"] | "(" value sign spread ")" factor | decimal "(" digits ")" [exponent]
    sign := "±" | "+-" | "+/-" | "\pm"

A value and a spread are constant formulas, and a decimal has a point. Digits in brackets count in the last place of the
decimal, 12.345(12) = 12.345±0.012, unless they have a point themselves: 3.0(1.2) = 3.0±1.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivcli.errors import DerivError, Note, Span

SIGN_HINT = "write it like x=3.00±0.10, x=3.0(1) or x=3±1%"

_SIGN = re.compile(r"±|\+/?[-\u2212]|\\pm(?![A-Za-z])")
_FACTOR = re.compile(r"\s*(?:[eE][-+\u2212]?\d+|(?:[*·×]|\\cdot|\\times).*)\s*")
_DIGITS = r"(?P<digits>\d+(?:\.\d*)?|\.\d+)"
_EXPONENT = r"(?P<exponent>(?:[eE][-+\u2212]?\d+)?)"
_BRACKETS = re.compile(rf"(?P<sign>[-+\u2212]?)\s*(?P<whole>\d*)\.(?P<places>\d*)\({_DIGITS}\){_EXPONENT}")
_WHOLE = re.compile(rf"(?P<sign>[-+\u2212]?)\s*(?P<whole>\d+)\((?P<digits>\d+)\){_EXPONENT}")
_WITHIN = re.compile(rf"(?<![\w.])(?:\d+\.\d*|\.\d+){_EXPONENT}\(\d+\)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A formula in a text: where it stands, and how it is written where that is not what stands there."""

    span: Span
    written: str = ""


@dataclass(frozen=True, slots=True)
class UncertainText:
    """The texts of a value and of its standard uncertainty, which may be a part of the value, in percent.

    `factor` multiplies both. `notes` have the other reading, where there is one.
    """

    value: Piece
    spread: Piece
    is_percent: bool = False
    factor: Piece | None = None
    notes: tuple[Note, ...] = ()


def is_uncertain(text: str) -> bool:
    """Whether a text is a value with an uncertainty, as far as its signs tell."""
    has_digits = _with_digits(text, *_stripped(text, 0, len(text))) is not None
    return has_digits or re.search(r"±|\+/[-\u2212]|\\pm(?![A-Za-z])", text) is not None


def uncertain_text(spec: str, start: int, stop: int) -> UncertainText | None:
    """The value and the uncertainty that a stretch of a text writes; None where it writes a value alone."""
    start, stop = _stripped(spec, start, stop)
    found = _with_digits(spec, start, stop)
    if found is not None:
        return found
    depths = _signs(spec, start, stop)
    signs = [sign for sign, depth in depths if depth == 0]
    if signs and spec[start : signs[0].start()].strip():
        return _with_sign(spec, start, stop, signs)
    found = _in_brackets(spec, start, stop) if any(depth == 1 for _, depth in depths) else None
    lost = None if found is not None else re.compile(r"±|\\pm(?![A-Za-z])").search(spec, start, stop)
    if lost is not None:
        raise DerivError("an uncertainty stands behind a whole value", spec, Span(*lost.span()), SIGN_HINT)
    return found


def reading_notes(spec: str, start: int, stop: int) -> list[Note]:
    """Notes of digits in brackets that are factors here, and might have been meant as an uncertainty."""
    start, stop = _stripped(spec, start, stop)
    product = _WHOLE.fullmatch(spec, start, stop)
    if product is not None:
        value, exponent = product["sign"] + product["whole"], product["exponent"]
        read, other = _product(value, product["digits"], exponent), f"{value}±{product['digits']}"
        other = f"({other}){exponent}" if exponent else other
        return [_note(spec, product, f"the product {read}", f"{other} for an uncertainty")]
    alone, behind = "it alone, as in x=3.0(1), for an uncertainty", "3.0(1)e-2 for an uncertainty"
    return [
        _note(spec, found, "a product", behind if found["exponent"] else alone)
        for found in _WITHIN.finditer(spec, start, stop)
    ]


def _note(spec: str, found: re.Match[str], read: str, other: str) -> Note:
    return Note(f"'{found[0]}' is read as {read}; write {other}", spec, Span(*found.span()))


def _product(value: str, factor: str, exponent: str) -> str:
    """What brackets behind a number multiply it by, and an `e` behind them, which is Euler's number there."""
    return f"{value}*{factor}*{exponent}" if exponent else f"{value}*{factor}"


def _stripped(spec: str, start: int, stop: int) -> tuple[int, int]:
    text = spec[start:stop]
    return start + len(text) - len(text.lstrip()), stop - len(text) + len(text.rstrip())


def _signs(spec: str, start: int, stop: int) -> list[tuple[re.Match[str], int]]:
    """The signs between values and uncertainties, each with how many brackets are open before it."""
    found, depth = [], 0
    for sign in _SIGN.finditer(spec, start, stop):
        depth += spec.count("(", start, sign.start()) - spec.count(")", start, sign.start())
        start = sign.start()
        found.append((sign, depth))
    return found


def _with_digits(spec: str, start: int, stop: int) -> UncertainText | None:
    """A decimal with digits in brackets, which count in its last place."""
    found = _BRACKETS.fullmatch(spec, start, stop)
    if found is None or not found["whole"] + found["places"]:
        return None
    decimal, digits, exponent = f"{found['whole']}.{found['places']}", found["digits"], found["exponent"]
    if "." not in digits:
        places = len(found["places"])
        padded = digits.rjust(places + 1, "0")
        digits = f"{padded[: len(padded) - places]}.{padded[len(padded) - places :]}"
    span, value = Span(start, stop), found["sign"] + decimal
    uncertain = f"({value}±{digits}){exponent}" if exponent else f"{value}±{digits}"
    note = _note(spec, found, uncertain, f"{_product(value, found['digits'], exponent)} for the product")
    return UncertainText(Piece(span, value + exponent), Piece(span, digits + exponent), notes=(note,))


def _with_sign(spec: str, start: int, stop: int, signs: list[re.Match[str]]) -> UncertainText:
    """A value and an uncertainty with a sign between them."""
    sign = signs[0]
    if len(signs) > 1:
        hint = "write their sum, or the root of the sum of their squares: x=3±sqrt(0.1^2+0.2^2)"
        raise DerivError("there are two uncertainties of one value", spec, Span(*signs[1].span()), hint)
    percent = re.compile(r"\\?%\s*$").search(spec, sign.end(), stop)
    end = percent.start() if percent is not None else stop
    if not spec[sign.end() : end].strip():
        raise DerivError("the uncertainty is missing here", spec, Span(*sign.span()), SIGN_HINT)
    notes: tuple[Note, ...] = ()
    if sign[0].startswith("+") and "/" not in sign[0]:
        value, spread = spec[start : sign.start()].strip(), spec[sign.end() : end].strip()
        notes = (_note(spec, sign, f"±, as in {value}±{spread}", f"{value}-{spread} for the difference"),)
    pieces = [Piece(Span(*_stripped(spec, *each))) for each in ((start, sign.start()), (sign.end(), end))]
    return UncertainText(pieces[0], pieces[1], percent is not None, notes=notes)


def _in_brackets(spec: str, start: int, stop: int) -> UncertainText | None:
    """A value and an uncertainty in brackets, perhaps with a factor behind them."""
    close = _closing(spec, start, stop)
    found = None if close is None else uncertain_text(spec, start + 1, close)
    if found is None or close is None or close + 1 == stop:
        return found
    if found.factor is not None or not _FACTOR.fullmatch(spec, close + 1, stop):
        hint = "compute the value and the uncertainty, and write them like x=3.00±0.10"
        raise DerivError("a point is one value with its uncertainty", spec, Span(start, stop), hint)
    return UncertainText(found.value, found.spread, found.is_percent, _factor(spec, close + 1, stop), found.notes)


def _closing(spec: str, start: int, stop: int) -> int | None:
    """Where the bracket at the start is closed, if one is there."""
    depth = 0
    for place in range(start, stop if spec.startswith("(", start) else start):
        depth += (spec[place] == "(") - (spec[place] == ")")
        if depth == 0:
            return place
    return None


def _factor(spec: str, start: int, stop: int) -> Piece:
    """What stands behind brackets as a formula: an exponent of ten, or what a sign of multiplication is before."""
    start, stop = _stripped(spec, start, stop)
    if spec[start] in "eE":
        return Piece(Span(start, stop), "1" + spec[start:stop])
    sign = re.compile(r"[*·×]{1,2}|\\cdot|\\times").match(spec, start, stop)
    assert sign is not None, "a factor begins with a sign or an exponent"
    return Piece(Span(sign.end(), stop))
