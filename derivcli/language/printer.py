"""A tree as text in the language's own notation, in one of its spellings; the parser reads it back to the same text.

A derivative still to be taken is written too, `d/dx[x**2]`, and is not read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.basic import Basic
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.language.bound_variables import Binder
from derivcli.language.functions.row import Function, is_function_letter
from derivcli.language.spelling import BARS, CANONICAL, HALF, ROOTS, Spelling
from derivcli.language.tree import (
    SIGN_OF,
    Derivative,
    PartialDerivative,
    Tree,
    divisor,
    negated,
    number,
    postorder,
    row_of,
)

OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)
"""How tightly a piece of text holds together."""

Piece = tuple[str, int]
Pieces = dict[Tree, Piece]
NodeWriter = Callable[[Any, list[Piece], Pieces], Piece]

_MAX_PLAIN_DIGITS = 17
"""Digits of a number before it is written with an exponent."""


class _Written(dict[Tree, Piece]):
    """What has been written, and in which spelling."""

    spelling: Spelling = CANONICAL


def text_of(tree: Tree, spelling: Spelling = CANONICAL) -> str:
    """The text of a tree in a spelling."""
    pieces = _Written()
    pieces.spelling = spelling
    for node in postorder(tree):
        if node not in pieces:
            pieces[node] = _piece(node, [pieces[part] for part in node.args], pieces)
    return pieces[tree][0]


def number_text(value: sympy.Rational) -> str:
    """An exact number: an integer, a decimal where it ends, else a quotient."""
    quotient = value.q
    for prime in (2, 5):
        while quotient % prime == 0:
            quotient //= prime
    if quotient != 1:
        return f"{value.p}/{value.q}"
    exact = Context(prec=2000)
    decimal = exact.divide(Decimal(value.p), Decimal(value.q)).normalize(exact)
    plain = format(decimal, "f")
    if len(plain.lstrip("-0.")) <= _MAX_PLAIN_DIGITS and len(plain) <= _MAX_PLAIN_DIGITS + 4:
        return plain
    scientific = format(decimal, "e").replace("e+", "e").removesuffix("e0")
    return scientific if decimal.as_tuple().exponent != 0 else plain


def place_text(at: Mapping[str, Fraction | Tree], spelling: Spelling = CANONICAL) -> str:
    """A point in words: `x = 1/2, y = pi`."""
    trees = {name: number(value) if isinstance(value, Fraction) else value for name, value in at.items()}
    return ", ".join(f"{name} = {text_of(tree, spelling)}" for name, tree in trees.items())


def enclosed(piece: Piece, level: int) -> str:
    """The piece in brackets where it holds together less tightly than `level`."""
    return piece[0] if piece[1] >= level else f"({piece[0]})"


def _piece(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    for kind, write in _WRITERS.items():
        if isinstance(node, kind):
            return write(node, parts, pieces)
    row = row_of(node)
    if row is not None:
        if row.name == "polygamma" and parts[0][0] in ("0", "1"):
            name = ("digamma", "trigamma")[int(parts[0][0])]
            return f"{spelling_of(pieces).names.get(name, name)}({parts[1][0]})", ATOM
        if row.unknown:
            return f"{unknown_head(row, node.args)}({', '.join(text for text, _ in parts)})", ATOM
        return _spelled_call(row, parts, spelling_of(pieces))
    return str(node), ATOM


def spelling_of(pieces: Pieces) -> Spelling:
    """The spelling in which pieces are written, in this notation and in others."""
    return getattr(pieces, "spelling", CANONICAL)


def _spelled_call(row: Function, parts: list[Piece], spelling: Spelling) -> Piece:
    """A call by the word or the sign that the spelling has for the function."""
    if row.name == "exp" and spelling.has_powers_of_e:
        return _raised("e", parts[0], spelling)
    word = spelling.names.get(row.name, row.name)
    if word == BARS and BARS not in parts[0][0]:  # bars inside of bars are hard to tell apart
        return f"|{parts[0][0]}|", ATOM
    if word in ROOTS:
        return f"{word}{enclosed(parts[0], ATOM)}", POWER
    return f"{row.name if word == BARS else word}({', '.join(text for text, _ in parts)})", ATOM


def unknown_head(row: Function, arguments: Sequence[Tree]) -> str:
    """What stands before the brackets of a call of an unknown function, so that it is read as one.

    Derivatives in several variables are written by these where the arguments are nothing but different letters: f_xy.
    """
    names = [str(argument) for argument in arguments if argument.is_symbol]
    if not row.orders:
        return row.head if is_function_letter(row.name) or len(names) == len(arguments) else f"{row.name}^(0)"
    letters = len({*names}) == len(arguments) > 1 and all(len(name) == 1 for name in names) and "_" not in row.name
    if not letters:
        return row.head
    return f"{row.name}_{''.join(name * order for name, order in zip(names, row.orders, strict=True))}"


def _write_number(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    text = number_text(node)
    return text, PRODUCT if "/" in text else SIGN if text[0] == "-" else ATOM


def sum_writer(bracket: Callable[[Piece, int], str]) -> NodeWriter:
    """How a sum is written, in this notation and in others: terms from left to right, minus signs between them."""

    def write(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
        text = bracket(parts[0], PRODUCT)
        for term, part in zip(node.args[1:], parts[1:], strict=True):
            positive = negated(term)
            if positive is not None and divisor(positive) is None:  # -1/x is written as a fraction, not as x**-1
                inner = pieces[positive]
                text += f" - {bracket(inner, POWER if inner[0][0] == '-' else PRODUCT)}"
            else:
                written = bracket(part, PRODUCT)
                text += f" - {written[1:]}" if written[0] == "-" else f" + {written}"
        return text, SUM

    return write


def write_product(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    """How a product is written, here and in Python: factors from left to right, a slash before each reciprocal."""
    positive = negated(node)
    if positive is not None and divisor(positive) is None:
        return f"-{enclosed(pieces[positive], POWER)}", SIGN
    text = ""
    for factor, part in zip(node.args, parts, strict=True):
        base = divisor(factor)
        if base is not None:
            text = f"{text or 1}/{enclosed(pieces[base], POWER)}"
        else:
            text = f"{text}*{enclosed(part, POWER)}" if text else enclosed(part, SIGN)
    return text, PRODUCT


def _write_power(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    base, exponent = parts
    spelling = spelling_of(pieces)
    if node.exp is sympy.S.Half:
        return _root(base, spelling)
    return _raised(enclosed(base, ATOM), exponent, spelling)


def _root(base: Piece, spelling: Spelling) -> Piece:
    if spelling.root == HALF:
        return f"{enclosed(base, ATOM)}{spelling.power}(1/2)", POWER
    if spelling.root in ROOTS:
        return f"{spelling.root}{enclosed(base, ATOM)}", POWER
    return f"{spelling.root}({base[0]})", ATOM


def _raised(base: str, exponent: Piece, spelling: Spelling) -> Piece:
    """A power; a negative whole exponent needs no bracket, and a power above `^` has one: e^(x^2)."""
    is_whole = exponent[0].removeprefix("-").isdigit()
    level = ATOM if spelling.in_books else POWER
    return f"{base}{spelling.power}{exponent[0] if is_whole else enclosed(exponent, level)}", POWER


def _write_piecewise(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    if len(node.args) == 2 and node.args[1].cond == sympy.true:
        first, second = node.args
        return f"if({pieces[first.cond][0]}, {pieces[first.expr][0]}, {pieces[second.expr][0]})", ATOM
    return f"Piecewise({', '.join(text for text, _ in parts)})", ATOM


def _write_relation(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    left, right = (enclosed(part, SUM) for part in parts)
    return f"{left} {SIGN_OF[type(node)]} {right}", COMPARISON


def joined(word: str, level: int, bracket: Callable[[Piece, int], str]) -> NodeWriter:
    """How parts joined by a word are written, in this notation and in others."""

    def write(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
        return word.join(bracket(part, level + 1) for part in parts), level

    return write


def _write_derivative(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    sign = "∂" if isinstance(node, PartialDerivative) else "d"
    return f"{sign}/{sign}{parts[1][0]}[{parts[0][0]}]", ATOM


def _write_binder(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    return f"{node.word}({', '.join(text for text, _ in parts)})", ATOM


def literally(text: str) -> NodeWriter:
    """How a node that is always the same is written."""
    return lambda node, parts, pieces: (text, ATOM)


_WRITERS: dict[type[Basic], NodeWriter] = {
    sympy.Symbol: lambda node, parts, pieces: (node.name, ATOM),
    sympy.Rational: _write_number,
    type(sympy.E): literally("e"),
    type(sympy.pi): literally("pi"),
    sympy.Add: sum_writer(enclosed),
    sympy.Mul: write_product,
    sympy.Pow: _write_power,
    sympy.Piecewise: _write_piecewise,
    ExprCondPair: lambda node, parts, pieces: (f"({parts[0][0]}, {parts[1][0]})", ATOM),
    sympy.core.relational.Relational: _write_relation,
    sympy.And: joined(" and ", AND, enclosed),
    sympy.Or: joined(" or ", OR, enclosed),
    sympy.Not: lambda node, parts, pieces: (f"not {enclosed(parts[0], COMPARISON)}", NOT),
    Derivative: _write_derivative,
    Binder: _write_binder,
    type(sympy.true): literally("True"),
    type(sympy.false): literally("False"),
}
