"""What a claim may mean if brackets were forgotten in it: 2x/x^2+1 for 2x/(x^2+1), e^2x for e^(2x).

A pair of brackets is put around neighbouring operands, and another pair may follow; or a bracket is closed later than
it was, sqrt(x)+1 for sqrt(x+1). Whatever is still a formula, and another one, is a meaning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer.tokens import Token, tokenize
from derivcli.language.notations.notations import transcribed
from derivcli.language.parse import parse_expression

MAX_TOKENS = 60
"""A longer claim has too many places for brackets."""

MAX_TEXTS = 400
"""How many texts with brackets put in are read."""

OPENING, CLOSING = "([", ")]"

SUM, PRODUCT, POWER = range(1, 4)
STRENGTHS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}
"""How strongly signs bind what stands beside them."""


def bracketed(claim: Expression, declared: Collection[str]) -> Iterator[Expression]:
    """The other formulas that a claim becomes with one pair of brackets more, or two, each once."""
    known = {*declared, *claim.variables, *(definition.name for definition in claim.definitions)}
    written = transcribed(claim.source, known)
    source = claim.source if written is None else written.text
    seen = {claim.text}
    once: list[str] = []
    texts = chain(_with_a_pair(source.rpartition("=")[2].strip(), known), _twice(once, known))
    for text in islice(texts, MAX_TEXTS):
        try:
            found = parse_expression(text, known, claim.definitions)
        except DerivError:
            continue
        if found.text not in seen:
            seen.add(found.text)
            once.append(text)
            yield replace(found, notes=())


def _twice(once: list[str], known: Collection[str]) -> Iterator[str]:
    """A second pair in each of the texts that are there by now."""
    for text in list(once):
        yield from _with_a_pair(text, known)


def _with_a_pair(source: str, known: Collection[str]) -> Iterator[str]:
    """The text with a pair of brackets that changes its meaning, or with the bracket of a call closed later."""
    try:
        tokens = [token for token in tokenize(source, known) if token.kind != "end"]
    except DerivError:
        return
    if len(tokens) > MAX_TOKENS:
        return
    for first, token in enumerate(tokens):
        if _may_begin(tokens, first):
            for last in _ends(tokens, first):
                if _changes(tokens, first, last):
                    start, stop = token.start, tokens[last].stop
                    yield f"{source[:start]}({source[start:stop]}){source[stop:]}"
        elif token.text in CLOSING and _is_call(tokens, first):
            for last in _ends(tokens, first + 1, least=1):
                stop = tokens[last].stop
                yield f"{source[: token.start]}{source[token.stop : stop]}{token.text}{source[stop:]}"


def _may_begin(tokens: Sequence[Token], place: int) -> bool:
    """Whether an operand begins at a place, but for the brackets of a call."""
    token = tokens[place]
    if token.kind == "operator":
        return token.text in "+-√"
    if token.text in OPENING:
        return not (place and _is_function(tokens[place - 1]))
    return token.kind in ("number", "name", "fraction")


def _ends(tokens: Sequence[Token], first: int, least: int = 2) -> Iterator[int]:
    """The last tokens of runs of at least so many operands that begin at a place and end in the same bracket."""
    depth, operands = 0, 0
    for place in range(first, len(tokens)):
        token = tokens[place]
        depth += _step(token)
        if depth < 0 or (depth == 0 and token.kind == "comma"):
            return
        is_operand = token.kind in ("number", "name", "fraction", "superscript") or token.text in CLOSING
        operands += is_operand
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        is_parted = after is None or after.kind not in ("superscript", "prime")
        if depth == 0 and is_operand and operands >= least and not _is_function(token) and is_parted:
            yield place


def _changes(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether brackets around some tokens make another formula: what binds least in them binds less than outside.

    A power of a product is left out: that (2x)^2 is not 2x^2 is more than a matter of notation.
    """
    inside = _weakest(tokens, first, last)
    before, after = tokens[first - 1] if first else None, tokens[last + 1] if last + 1 < len(tokens) else None
    left, right = _strength(before), _strength(after)
    if after is not None and after.text == "**" and inside != SUM:
        return False
    undone = before is not None and (
        (before.text == "-" and inside == SUM) or (before.text == "/" and inside <= PRODUCT)
    )
    return undone or inside < max(left, right)


def _weakest(tokens: Sequence[Token], first: int, last: int) -> int:
    """How strongly binds what binds least in some tokens, outside of brackets."""
    depth, weakest = 0, POWER
    for place in range(first, last + 1):
        depth += _step(tokens[place])
        if depth == 0 and place > first:
            is_side_by_side = _may_begin(tokens, place) and tokens[place - 1].text not in STRENGTHS
            weakest = min(weakest, STRENGTHS.get(tokens[place].text, PRODUCT if is_side_by_side else POWER))
    return weakest


def _strength(token: Token | None) -> int:
    """How strongly what stands beside brackets binds: a sign, a function or a factor."""
    if token is None or token.kind == "comma" or (token.kind == "bracket" and token.text not in OPENING + CLOSING):
        return 0
    return POWER if _is_function(token) else STRENGTHS.get(token.text, PRODUCT)


def _step(token: Token) -> int:
    return (token.text in OPENING) - (token.text in CLOSING)


def _is_call(tokens: Sequence[Token], last: int) -> bool:
    """Whether the bracket that is closed at a place is that of a function."""
    depth = 0
    for place in range(last, 0, -1):
        depth += _step(tokens[place])
        if depth == 0:
            return _is_function(tokens[place - 1])
    return False


def _is_function(token: Token) -> bool:
    return token.kind == "name" and token.text in vocabulary()
