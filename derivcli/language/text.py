"""A tree as text in the language's own notation, which the parser reads back to the same text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import sympy
from sympy.core.basic import Basic
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.language.tree import RELATIONS, Tree, postorder, rows_by_class

OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)
"""How tightly a piece of text holds together."""

Piece = tuple[str, int]

_SIGNS = {kind: sign for sign, kind in RELATIONS.items()}
_WIDTH = 17
"""Digits of a number before it is written with an exponent."""


def text_of(tree: Tree) -> str:
    """The canonical text of a tree."""
    pieces: dict[Tree, Piece] = {}
    for node in postorder(tree):
        if node not in pieces:
            pieces[node] = _piece(node, [pieces[part] for part in node.args if part in pieces])
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
    if len(plain.lstrip("-0.")) <= _WIDTH and len(plain) <= _WIDTH + 4:
        return plain
    return format(decimal, "e").replace("e+", "e") if decimal.as_tuple().exponent != 0 else plain


def enclosed(piece: Piece, level: int) -> str:
    """The piece in brackets where it holds together less tightly than `level`."""
    return piece[0] if piece[1] >= level else f"({piece[0]})"


def _piece(node: Any, parts: list[Piece]) -> Piece:
    for kind, write in _WRITERS.items():
        if isinstance(node, kind):
            return write(node, parts)
    row = rows_by_class().get(type(node))
    if row is not None:
        if row.name == "polygamma" and parts[0][0] in ("0", "1"):
            return f"{('digamma', 'trigamma')[int(parts[0][0])]}({parts[1][0]})", ATOM
        return f"{row.name}({', '.join(text for text, _ in parts)})", ATOM
    return str(node), ATOM


def _write_number(node: Any, parts: list[Piece]) -> Piece:
    text = number_text(node)
    return text, PRODUCT if "/" in text else SIGN if text[0] == "-" else ATOM


def _write_sum(node: Any, parts: list[Piece]) -> Piece:
    text = enclosed(parts[0], PRODUCT)
    for part in parts[1:]:
        term = enclosed(part, PRODUCT)
        text += f" - {term[1:]}" if term[0] == "-" else f" + {term}"
    return text, SUM


def _write_product(node: Any, parts: list[Piece]) -> Piece:
    factors = list(zip(node.args, parts, strict=True))
    sign = ""
    if node.args[0] is sympy.S.NegativeOne and len(factors) > 1:
        sign, factors = "-", factors[1:]
    first, piece = factors[0]
    text = f"1/{_divisor(first, piece)}" if _is_reciprocal(first) else enclosed(piece, POWER if sign else SIGN)
    for factor, piece in factors[1:]:
        text += f"/{_divisor(factor, piece)}" if _is_reciprocal(factor) else f"*{enclosed(piece, POWER)}"
    return sign + text, SIGN if sign and len(factors) == 1 and not _is_reciprocal(first) else PRODUCT


def _is_reciprocal(node: Any) -> bool:
    return isinstance(node, sympy.Pow) and node.exp is sympy.S.NegativeOne


def _divisor(node: Any, piece: Piece) -> str:
    """The base of a reciprocal, out of its text `base**-1`."""
    return piece[0].removesuffix("**-1")


def _write_power(node: Any, parts: list[Piece]) -> Piece:
    base, exponent = parts
    if node.exp is sympy.S.Half:
        return f"sqrt({base[0]})", ATOM
    if node.exp is sympy.S.NegativeOne:
        return f"{enclosed(base, POWER)}**-1", POWER
    raised = exponent[0] if node.exp.is_Integer else enclosed(exponent, POWER)
    return f"{enclosed(base, ATOM)}**{raised}", POWER


def _write_piecewise(node: Any, parts: list[Piece]) -> Piece:
    pairs = [text for text, _ in parts]
    if len(node.args) == 2 and node.args[1].cond == sympy.true:
        (then, condition), (otherwise, _) = ((text_of(pair.expr), text_of(pair.cond)) for pair in node.args)
        return f"if({condition}, {then}, {otherwise})", ATOM
    return f"Piecewise({', '.join(pairs)})", ATOM


def _write_pair(node: Any, parts: list[Piece]) -> Piece:
    return f"({', '.join(text for text, _ in parts)})", ATOM


def _write_relation(node: Any, parts: list[Piece]) -> Piece:
    left, right = (enclosed(part, SUM) for part in parts)
    return f"{left} {_SIGNS[type(node)]} {right}", COMPARISON


def _joined(word: str, level: int) -> Callable[[Any, list[Piece]], Piece]:
    def write(node: Any, parts: list[Piece]) -> Piece:
        return f" {word} ".join(enclosed(part, level + 1) for part in parts), level

    return write


def _write_not(node: Any, parts: list[Piece]) -> Piece:
    return f"not {enclosed(parts[0], COMPARISON)}", NOT


def _literally(text: str) -> Callable[[Any, list[Piece]], Piece]:
    return lambda node, parts: (text, ATOM)


_WRITERS: dict[type[Basic], Callable[[Any, list[Piece]], Piece]] = {
    sympy.Symbol: lambda node, parts: (node.name, ATOM),
    sympy.Rational: _write_number,
    type(sympy.E): _literally("e"),
    type(sympy.pi): _literally("pi"),
    sympy.Add: _write_sum,
    sympy.Mul: _write_product,
    sympy.Pow: _write_power,
    sympy.Piecewise: _write_piecewise,
    ExprCondPair: _write_pair,
    sympy.core.relational.Relational: _write_relation,
    sympy.And: _joined("and", AND),
    sympy.Or: _joined("or", OR),
    sympy.Not: _write_not,
    type(sympy.true): _literally("True"),
    type(sympy.false): _literally("False"),
}
