"""A tree as LaTeX, in the shape that was typed. What a function is called in LaTeX stands in its row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.language.bound_variables import Integral, IteratedProduct, Summation, free_symbols
from derivcli.language.functions.row import Function
from derivcli.language.notations.latex.patterns import letter_of, may_be_called
from derivcli.language.printer import (
    AND,
    ATOM,
    COMPARISON,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    NodeWriter,
    Piece,
    Pieces,
    joined,
    literally,
    number_text,
    spelling_of,
    sum_writer,
    unknown_head,
)
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import RELATIONS, Derivative, PartialDerivative, Tree, divisor, negated, postorder, row_of
from derivcli.render.labels import name_latex

SPELLED = ("log", "lg")
"""Words that users have for what is called otherwise in its row, and that are commands too."""

_HIGH = re.compile(r"\\(?:frac|sum|prod|int|begin|binom)(?![A-Za-z])")
"""What is higher than a line."""

SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


class _Written(dict[Tree, Piece]):
    """What has been written, and what is known of the variables of the whole tree and of its spelling."""

    spelling: Spelling = CANONICAL
    names: frozenset[str] = frozenset()
    like_functions: frozenset[str] = frozenset()
    """Variables as they are written that before a bracket would be functions."""


def latex_of(tree: Tree, spelling: Spelling = CANONICAL) -> str:
    r"""The LaTeX of a tree, for math mode; it is \log for users who write so."""
    pieces = _Written()
    pieces.spelling = spelling
    nodes = list(postorder(tree))
    pieces.names = frozenset(str(node) for node in nodes if node.is_Symbol)
    pieces.like_functions = frozenset(name_latex(name) for name in pieces.names if may_be_called(name))
    for node in nodes:
        if node not in pieces:
            pieces[node] = _piece(node, [pieces[part] for part in node.args], pieces)
    return pieces[tree][0]


def _piece(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    for kind, write in _WRITERS.items():
        if isinstance(node, kind):
            return write(node, parts, pieces)
    row = row_of(node)
    texts = [text for text, _ in parts]
    if row is not None and row.unknown:
        return f"{_unknown_head(row, node.args)}{bracketed(', '.join(texts))}", ATOM
    if row is not None and "#" in row.latex:
        texts += row.defaults[len(texts) - len(row.parameters) :] if len(texts) < len(row.parameters) else ()
        return _filled(row.latex, texts)
    if row is not None and row.name == "factorial":
        return f"{_enclosed(parts[0], ATOM)}!", POWER
    command = _command(row, pieces) if row is not None else _upright(type(node).__name__)
    return f"{command}{bracketed(', '.join(texts))}", ATOM


def _command(row: Function, pieces: Pieces) -> str:
    """What stands before the bracket: the row's command, but no letter that is a variable in the same formula."""
    word = dict(spelling_of(pieces).written).get(row.name, "")
    if word in SPELLED:
        return f"\\{word}"
    letter = letter_of(row) if row.latex else ""
    is_variable = bool(letter) and isinstance(pieces, _Written) and letter in pieces.names
    return row.latex if row.latex and not is_variable else _upright(row.name)


def _unknown_head(row: Function, arguments: Sequence[Tree]) -> str:
    """What stands before the brackets of a call of an unknown function: f', f^{(4)}, f_{xy}."""
    head = unknown_head(row, arguments)
    name, rest = name_latex(row.name), head.removeprefix(row.name)
    return name + (f"^{{{rest[1:]}}}" if rest[:1] == "^" else f"_{{{rest[1:]}}}" if rest[:1] == "_" else rest)


def _filled(call: str, arguments: Sequence[str]) -> Piece:
    """A row's LaTeX with its arguments; what ends in an exponent takes no other."""
    if not any(map(_HIGH.search, arguments)):
        call = call.replace(r"\left(", "(").replace(r"\right)", ")")
    raised = "^" in call and not call.endswith(")")
    for place, text in enumerate(arguments, 1):
        call = call.replace(f"#{place}", text)
    return call, POWER if raised else ATOM


def _upright(name: str) -> str:
    return rf"\operatorname{{{name}}}".replace("_", r"\_")


def _enclosed(piece: Piece, level: int) -> str:
    return piece[0] if piece[1] >= level else bracketed(piece[0])


def bracketed(text: str, opening: str = "(", closing: str = ")") -> str:
    """A text in brackets, which are as high as it is where it is higher than a line."""
    return f"\\left{opening}{text}\\right{closing}" if _HIGH.search(text) else f"{opening}{text}{closing}"


def _number(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    text = number_text(node)
    if "/" in text:
        sign = "-" * (node.p < 0)
        return rf"{sign}\frac{{{abs(node.p)}}}{{{node.q}}}", PRODUCT if sign else POWER
    mantissa, _, exponent = text.partition("e")
    if exponent:
        return rf"{mantissa} \cdot 10^{{{exponent}}}", PRODUCT
    return text, SIGN if text[0] == "-" else ATOM


def _product(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    """Factors side by side; what follows a division sign goes under a fraction's bar, before which a minus stands."""
    positive = negated(node)
    if positive is not None and divisor(positive) is None:
        return f"-{_enclosed(pieces[positive], POWER)}", SIGN
    first = negated(node.args[0])
    sign = "-" if first is not None and any(divisor(factor) is not None for factor in node.args) else ""
    above: list[Piece] = []
    below: list[Piece] = []
    for factor, piece in zip(node.args, [pieces[first], *parts[1:]] if sign else parts, strict=True):
        base = divisor(factor)
        if base is not None:
            below.append(pieces[base])
            continue
        if below:
            above, below = [(_fraction(above, below, pieces), POWER)], []
        above.append(piece)
    written = sign + (_fraction(above, below, pieces) if below else _beside(above, pieces))
    return written, POWER if below and written[0] != "-" else PRODUCT


def _fraction(above: Sequence[Piece], below: Sequence[Piece], pieces: Pieces) -> str:
    """A fraction, whose minus sign stands before it."""
    top = _beside(above, pieces) if above else "1"
    sign = "-" if top[0] == "-" and above[0][1] >= PRODUCT else ""
    return rf"{sign}\frac{{{top.removeprefix(sign)}}}{{{_beside(below, pieces)}}}"


def _beside(factors: Sequence[Piece], pieces: Pieces) -> str:
    """Factors with a thin space or, before a digit, a dot between them; one alone needs no brackets.

    A dot stands too between a letter and a bracket that together would be a function.
    """
    if len(factors) == 1:
        return factors[0][0]
    text = _enclosed(factors[0], SIGN)
    for before, factor in pairwise(factors):
        written = _enclosed(factor, POWER)
        head = before[0].removeprefix("-").partition("^")[0]
        is_call = written.startswith(("(", r"\left(")) and head in _like_functions(pieces)
        is_mixed = text[-1].isdigit() and written.startswith(r"\frac")  # two and a half
        text += rf" \cdot {written}" if written[0].isdigit() or is_call or is_mixed else f" {written}"
    return text


def _like_functions(pieces: Pieces) -> frozenset[str]:
    return pieces.like_functions if isinstance(pieces, _Written) else frozenset()


def _power(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    base, exponent = parts
    if node.exp is sympy.S.Half:
        return rf"\sqrt{{{base[0]}}}", ATOM
    row = row_of(node.base)
    is_plain = isinstance(node.exp, sympy.Integer) and node.exp.is_positive  # -1 would mean the inverse
    if row is not None and row.latex_power and not row.unknown and "#" not in row.latex and is_plain:
        command = _command(row, pieces)
        return f"{command}^{{{exponent[0]}}}{base[0].removeprefix(command)}", POWER
    return f"{_enclosed(base, ATOM)}^{{{exponent[0]}}}", POWER


def _piecewise(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    rows = r" \\ ".join(text for text, _ in parts)
    return rf"\begin{{cases}} {rows} \end{{cases}}", SUM


def _pair(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    condition = r"\text{otherwise}" if node.cond == sympy.true else rf"\text{{if }} {parts[1][0]}"
    return f"{parts[0][0]} & {condition}", ATOM


def _relation(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    sign = next(sign for sign, kind in RELATIONS.items() if isinstance(node, kind))
    return f"{_enclosed(parts[0], SUM)} {SIGNS[sign]} {_enclosed(parts[1], SUM)}", COMPARISON


def _derivative(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    sign, gap = (r"\partial", " ") if isinstance(node, PartialDerivative) else ("d", "")
    body = bracketed(parts[0][0], "[", "]")
    return rf"\frac{{{sign}}}{{{sign}{gap}{parts[1][0]}}}{body}", POWER


def _iterated(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    """A sum or a product over an index, of a product at most."""
    body, index, lower, upper = parts
    sign = r"\sum" if isinstance(node, Summation) else r"\prod"
    inner = _enclosed(body, POWER if body[0][0] == "-" else PRODUCT)
    return rf"{sign}_{{{index[0]}={lower[0]}}}^{{{upper[0]}}} {inner}", PRODUCT


_plain_sum = sum_writer(_enclosed)


def _sum(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    """A sum; brackets part a sum over an index from a variable of the index's name behind it."""
    apart: dict[Tree, Piece] = {}
    for place, term in enumerate(node.args[:-1]):
        written = negated(term) or term
        if isinstance(written, Summation | IteratedProduct):
            behind = {symbol.name for other in node.args[place + 1 :] for symbol in free_symbols(other)}
            if written.args[1].name in behind:
                apart[written] = _enclosed((pieces[written][0], SUM), PRODUCT), ATOM
    if not apart:
        return _plain_sum(node, parts, pieces)
    shown = [apart.get(term, part) for term, part in zip(node.args, parts, strict=True)]
    return _plain_sum(node, shown, {**pieces, **apart})


def _integral(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    body, variable, lower, upper = parts
    return rf"\int_{{{lower[0]}}}^{{{upper[0]}}} {_enclosed(body, PRODUCT)} \, d{variable[0]}", PRODUCT


_WRITERS: dict[type[Tree], NodeWriter] = {
    sympy.Symbol: lambda node, parts, pieces: (name_latex(node.name), ATOM),
    sympy.Rational: _number,
    type(sympy.E): literally("e"),
    type(sympy.pi): literally(r"\pi"),
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.Piecewise: _piecewise,
    ExprCondPair: _pair,
    sympy.core.relational.Relational: _relation,
    sympy.And: joined(r" \text{ and } ", AND, _enclosed),
    sympy.Or: joined(r" \text{ or } ", OR, _enclosed),
    sympy.Not: lambda node, parts, pieces: (rf"\text{{not }} {_enclosed(parts[0], COMPARISON)}", NOT),
    Derivative: _derivative,
    Summation: _iterated,
    IteratedProduct: _iterated,
    Integral: _integral,
    type(sympy.true): literally(r"\text{true}"),
    type(sympy.false): literally(r"\text{false}"),
}
