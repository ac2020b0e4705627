"""Places where people mean two things by one notation: how the parser reads them, and what they would mean otherwise.

Each place is a stretch of the text with two spellings that leave no doubt: one of what is read, and one of the other
meaning. So what a text would be otherwise is the text with some of these put in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import gcd

from derivcli.errors import Span, without_middle
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.name_resolution import is_variable_name
from derivcli.language.lexer.tokens import SUPERSCRIPTS, Token, canonical_name
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import BARE, ROOTS, Frame

MAX_SPELLING = 40
"""Characters of a spelling in a message; longer ones are shortened."""

MAX_AMBIGUITIES = 32
"""Places that are kept of a text."""

FACTOR, RUN, PRODUCT = range(3)
"""How far the other meaning of a place reaches: over a factor, over all that stand side by side without a blank, or up
to the end of the product or a function."""

_RAISED = re.compile("[⁰¹²³⁴-⁹⁺⁻]+$")

_ROOTS = (2, 3)
"""What people divide exponents by."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place, its kind, and what could stand there instead: the same in full, or the other meaning."""

    kind: str
    span: Span
    read: str
    other: str

    @property
    def message(self) -> str:
        """The two meanings in a sentence."""
        read, other = without_middle(self.read, MAX_SPELLING), without_middle(self.other, MAX_SPELLING)
        return f"this is read as {read}; for the other meaning write {other}"


@dataclass(frozen=True, slots=True)
class Pending:
    """A place whose end is not reached yet: how far it reaches, and what it is once it ends at a position."""

    reach: int
    end: Callable[[int], Ambiguity | None]


def silent_product(frame: Frame, token: Token, text: str) -> Pending | None:
    """`1/2x`, `e^2x` and `√2x`, where the product that `token` begins is not under the sign before it."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    joined = operand.stop == token.start
    named = operand.tree.is_symbol or canonical_name(text[operand.start : operand.stop]) in CONSTANTS
    plain = named or operand.literal
    base, inner = _raised(frame, operand)
    if base is not None and joined and (named or (operand.literal and base.value is not None)):
        return Pending(RUN, _regrouped("^", text, base.start, inner, token.start))
    if base is None and joined and plain and frame.prefixes and frame.prefixes[-1][0].text in ROOTS:
        return Pending(RUN, _regrouped("√", text, frame.prefixes[-1][0].start, operand.start, token.start))
    if frame.operator is not None and frame.operator.text == "/" and (joined or not operand.literal):
        return Pending(RUN, _regrouped("/", text, frame.factors[0].start, frame.operator.stop, token.start))
    return None


def _regrouped(kind: str, text: str, start: int, inner: int, rest: int) -> Callable[[int], Ambiguity]:
    """What is read as (first second)*rest, and could be first (second*rest)."""

    def end(stop: int) -> Ambiguity:
        first, second, last = text[start:inner].rstrip(), text[inner:rest].strip(), text[rest:stop]
        return Ambiguity(kind, Span(start, stop), f"({first}{second})*{last}", f"{first}({second}*{last})")

    return end


def _raised(frame: Frame, operand: Operand) -> tuple[Operand | None, int]:
    """The base whose exponent the operand is, signs between them passed over, and where the exponent starts."""
    start = operand.start
    for prefix, base in reversed(frame.prefixes):
        if base is not None:
            return base, start
        start = prefix.start
    return None, start


def raised_exponent(frame: Frame, sign: Token, text: str) -> Ambiguity | None:
    """`x^3²`, in which a raised digit stands behind an exponent."""
    operand = frame.operand
    base, start = _raised(frame, operand) if operand is not None else (None, 0)
    if base is None or operand is None or not operand.literal:  # e^x² is e^(x²) to everybody
        return None
    raised, exponent, power = text[base.start : start], text[start : sign.start], _digits(text[sign.start : sign.stop])
    read, other = f"{raised}({exponent}^{power})", f"({raised}{exponent})^{power}"
    return Ambiguity("raised exponent", Span(base.start, sign.stop), read, other)


def exponent_of_raised(frame: Frame, sign: Token, text: str) -> Pending | None:
    """`x²^3`, in which an exponent stands behind a raised digit."""
    operand = frame.operand
    assert operand is not None, "an exponent stands behind an operand"
    found = _RAISED.search(text, operand.start, operand.stop)
    if found is None or found.start() == operand.start:
        return None

    def end(stop: int) -> Ambiguity:
        base, power, last = text[operand.start : found.start()], _digits(found[0]), text[sign.stop : stop].strip()
        read, other = f"({base}^{power})^{last}", f"{base}^({power}^{last})"
        return Ambiguity("raised exponent", Span(operand.start, stop), read, other)

    return Pending(FACTOR, end)


def _digits(raised: str) -> str:
    return raised.translate(SUPERSCRIPTS)


def root(frame: Frame, sign: Token, after: Token, text: str) -> Pending | None:
    """`x^1/2` and `x^1/n`, whose exponents look like fractions."""
    operand = frame.operand
    if sign.text != "/" or operand is None or not operand.literal or not operand.stop == sign.start == after.start - 1:
        return None
    base, start = _raised(frame, operand)
    if base is None or not text[operand.start : operand.stop].isdecimal():
        return None

    def end(stop: int) -> Ambiguity | None:
        exponent, divisor = text[start : sign.start], text[after.start : stop]
        named = exponent == "1" and stop == after.stop and is_variable_name(after.text)
        if not named and not (divisor.isdecimal() and _is_root(text[operand.start : operand.stop], divisor)):
            return None
        raised = text[base.start : start]
        read, other = f"({raised}{exponent})/{divisor}", f"{raised}({exponent}/{divisor})"
        return Ambiguity("root", Span(base.start, stop), read, other)

    return Pending(FACTOR, end)


def _is_root(over: str, under: str) -> bool:
    """Whether a fraction is one that people write as an exponent: nobody means x^(2/2) or x^(2/9)."""
    numerator, denominator = int(over), int(under)
    return denominator > 1 and (numerator == 1 or (denominator in _ROOTS and gcd(numerator, denominator) == 1))


def bare_quotient(bares: Sequence[tuple[Operand, Operand]], sign: Token, after: Token, text: str) -> Pending | None:
    """`sin x/2`: calls without brackets, each in the argument of the one before, which end at a written sign."""
    argument = bares[-1][1]
    if sign.text == "*" and argument.value is None and not argument.stop == sign.start == after.start - 1:
        return None
    opened, position = "", bares[0][0].start
    for call, inner in bares:
        opened += text[position : call.start] + text[call.start : inner.start].rstrip() + "("
        position = inner.start
    closed = ")" * len(bares)

    def end(stop: int) -> Ambiguity:
        tail = text[argument.stop : stop]
        read, other = opened + text[position : argument.stop], opened + text[position:stop]
        return Ambiguity("argument", Span(bares[0][0].start, stop), f"{read}{closed}{tail}", f"{other}{closed}")

    return Pending(PRODUCT, end)


def bare_product(frame: Frame, token: Token, after: Token, text: str) -> Pending | None:
    """`sin x (x+1)`, `sin x e^x`: an argument without brackets in which something stands by itself."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    if frame.kind != BARE or (operand.value is not None and not frame.factors):
        return None
    apart = token.start > operand.stop and (after.text == "**" or after.kind == "superscript")
    if token.kind not in ("bracket", "bar") and not apart:
        return None
    first = operand.stop

    def end(stop: int) -> Ambiguity:
        begin = frame.factors[0].start
        name = text[frame.opener.start : begin].rstrip()
        factor, rest = text[begin:first], text[token.start : stop]
        return Ambiguity(
            "bracket", Span(frame.opener.start, stop), f"{name}({factor}*{rest})", f"{name}({factor})*{rest}"
        )

    return Pending(PRODUCT, end)


def base_first(call: Frame, stop: int, text: str) -> Ambiguity | None:
    """`log(3, x)`, whose arguments other programs take the other way round."""
    if call.opener.text not in ("log", "ln") or len(call.arguments) != 2 or call.exponent is not None:
        return None
    first, second = call.arguments
    if first.value is None or second.value is not None:
        return None
    number, base = text[first.start : first.stop], text[second.start : second.stop]
    name = call.opener.text
    read, other = f"{name}({number})/{name}({base})", f"{name}({base}, {number})"
    return Ambiguity("base", Span(call.opener.start, stop), read, other)


def other_texts(text: str, ambiguities: Iterable[Ambiguity]) -> Iterator[str]:
    """The text with other meanings put in: those of a kind together, one by one, and those of several kinds."""
    kinds: dict[str, list[Ambiguity]] = {}
    for ambiguity in ambiguities:
        kinds.setdefault(ambiguity.kind, []).append(ambiguity)
    chosen: list[Sequence[Ambiguity]] = [*kinds.values()]
    chosen += [[each] for group in kinds.values() if len(group) > 1 for each in group]
    for size in range(2, len(kinds) + 1):
        chosen += [[each for group in some for each in group] for some in combinations(kinds.values(), size)]
    yield from dict.fromkeys(edited(text, some) for some in chosen)


def edited(text: str, ambiguities: Iterable[Ambiguity]) -> str:
    """The text with the other meanings of some places put in; of places that overlap, the first that starts."""
    parts, position = [], 0
    for ambiguity in sorted(ambiguities, key=lambda each: (each.span.start, -each.span.stop)):
        if ambiguity.span.start >= position:
            parts += [text[position : ambiguity.span.start], ambiguity.other]
            position = ambiguity.span.stop
    return "".join([*parts, text[position:]])
