"""Random formulas with arguments without brackets: read as a reader of that rule alone reads them, with brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from derivcli import DerivError, Expression, parse
from derivcli.language.parser.ambiguities import edited
from derivcli.language.parser.parser import Parser
from derivcli.language.tree import postorder
from tests.support import drawn, each

NAMES = ("sin", "ln", "sqrt", "tan")
SIGNS = ("+", "-", "*", "/", "//", "·", "÷", "−")


@dataclass(frozen=True)
class Piece:
    """A text, and the same with brackets around every argument and every group."""

    text: str
    full: str


@st.composite
def atoms(draw: DrawFn, depth: int) -> Piece:
    kind = draw(st.sampled_from(["name", "name", "number", "group", "bar", "call"] if depth else ["name", "number"]))
    if kind == "group":
        inner = draw(sums(depth - 1))
        return Piece(f"({inner.text})", f"({inner.full})")
    if kind == "bar":
        inner = draw(sums(0))
        return Piece(f"|{inner.text}|", f"abs({inner.full})")
    if kind == "call":
        name, inner = draw(st.sampled_from(NAMES)), draw(sums(depth - 1))
        return Piece(f"{name}({inner.text})", f"{name}({inner.full})")
    text = draw(st.sampled_from("xyz") if kind == "name" else st.sampled_from(["2", "3", "0.5"]))
    return Piece(text, text)


@st.composite
def powers(draw: DrawFn, depth: int) -> Piece:
    base = draw(atoms(depth))
    tail = draw(st.sampled_from(["", "", "", "^2", "^-1", "!", "^y"]))
    return Piece(base.text + tail, base.full + tail)


@st.composite
def arguments(draw: DrawFn, depth: int) -> Piece:
    """A product whose signs are left out, or a function of one."""
    sign = draw(st.sampled_from(["", "", "", "-", "√"]))
    if depth and draw(st.integers(0, 3)) == 0:
        inner = draw(bares(depth - 1))
        return Piece(sign + inner.text, sign + inner.full)
    factors = draw(st.lists(powers(depth), min_size=1, max_size=3))
    if not sign and factors[0].text[0] == "(":
        factors.insert(0, Piece("x", "x"))  # a bracket behind a name is the function's own
    for place, (left, right) in enumerate(pairwise(factors), 1):
        if (left.text[-1].isdigit() and right.text[0].isdigit()) or right.text.startswith(NAMES):
            factors = factors[:place]  # two numbers side by side are a slip, and a function ends the argument
            break
    return Piece(sign + " ".join(f.text for f in factors), sign + "*".join(f.full for f in factors))


@st.composite
def bares(draw: DrawFn, depth: int) -> Piece:
    """A function without brackets."""
    name = draw(st.sampled_from(NAMES)) + draw(st.sampled_from(["", "", "^2"]))
    inner = draw(arguments(depth))
    return Piece(f"{name} {inner.text}", f"{name}({inner.full})")


@st.composite
def products(draw: DrawFn, depth: int) -> Piece:
    """Factors between written signs; a function without brackets may also follow with none."""
    text, full = "", ""
    for _ in range(draw(st.integers(1, 3))):
        is_bare = draw(st.booleans())
        factor = draw(bares(depth) if is_bare else powers(depth))
        blank = draw(st.sampled_from(["", " "]))
        sign = "" if is_bare and draw(st.integers(0, 3)) == 0 else draw(st.sampled_from(["*", "/", "//", "·", "÷"]))
        if text:
            plain = {"·": "*", "÷": "/", "": "*"}.get(sign, sign)
            text, full = text + blank + (sign or " ") + blank, full + plain
        text, full = text + factor.text, full + factor.full
    return Piece(text, full)


@st.composite
def sums(draw: DrawFn, depth: int) -> Piece:
    terms = draw(st.lists(products(depth), min_size=1, max_size=2))
    sign = draw(st.sampled_from([" + ", "-", " − "]))
    return Piece(sign.join(t.text for t in terms), sign.replace("−", "-").join(t.full for t in terms))


def factors(node: sympy.Basic) -> list[sympy.Basic]:
    """The factors of a product, those of products in it among them."""
    return [f for arg in node.args for f in factors(arg)] if isinstance(node, sympy.Mul) else [node]


def shape(node: sympy.Basic) -> tuple[object, ...]:
    """A tree in which a product of products is one of all their factors, and 1 is no factor."""
    parts = [part for part in factors(node) if part != 1] if isinstance(node, sympy.Mul) else list(node.args)
    return (type(node).__name__, *(shape(part) if part.args else str(part) for part in parts))


def meaning(text: str) -> object:
    """The shape of what is read, or why there is none, such as a constant without a value."""
    try:
        return shape(parse(text).tree)
    except DerivError as error:
        return error.message


@drawn(160)
@given(sums(2))
def test_an_argument_ends_where_the_rule_says(piece: Piece) -> None:
    assert meaning(piece.text) == meaning(piece.full)


@drawn(100)
@given(sums(2))
def test_both_spellings_of_a_note_mean_what_it_says(piece: Piece) -> None:
    """What is read, when written in its place, is read the same and needs no such note; the other is another tree."""
    assume(isinstance(meaning(piece.text), tuple))
    before = Parser(piece.text, ())
    read = before.run().tree
    for reading in before.notes.ambiguities:
        start, stop = reading.span.start, reading.span.stop
        spelled = piece.text[:start] + reading.read + piece.text[stop:]
        again = Parser(spelled, ())
        assert shape(again.run().tree) == shape(read), spelled
        same = [
            sum((each.kind, each.other) == (reading.kind, reading.other) for each in parser.notes.ambiguities)
            for parser in (before, again)
        ]
        assert same[1] < same[0], spelled
        assert meaning(edited(piece.text, [reading])) != shape(read), reading


def sizes(expression: Expression) -> int:
    return sum(1 for _ in postorder(expression.tree))


@each("sign", SIGNS)
@each("head", "sin|2 sin|-sin|e^sin|√sin|1/sin|sin^2|cos ln|cos -ln|log_3".split("|"))
def test_every_written_sign_ends_an_argument(head: str, sign: str) -> None:
    expected = re.sub(r"([a-z]+(?:\^2|_3)?) x", r"\1(x)", f"{head} x") + f"{sign}y"
    expected = re.sub(r"cos (-?)(.*?\))", r"cos(\1\2)", expected)
    for blank in ("", " "):
        assert parse(f"{head} x{blank}{sign}{blank}y").canonical_text == parse(expected).canonical_text
    assert sizes(parse(f"{head} 2x")) > sizes(parse(f"{head} x"))
