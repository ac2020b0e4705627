"""How a programming language writes formulas: what a dialect is, and the writer that reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.language.bound_variables import Binder, Summation
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
    Piece,
    enclosed,
    number_text,
    sum_writer,
)
from derivcli.language.tree import SIGN_OF, Tree, divisor, negated, postorder, row_of

MAX_EXACT = 2**53
"""Larger whole numbers are written as the float64 that they are."""

_SUM = sum_writer(enclosed)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language writes formulas. Spellings have `#1`, `#2` where their arguments stand, as in TeX.

    An argument that a spelling has as `%1` is a whole number, and is written as one.
    """

    title: str
    """What the language is called in a sentence."""
    reserved: frozenset[str]
    """Names that are not free for variables."""
    functions: Mapping[str, str]
    """Spellings of rows by their names; `besselj(0)` is one whose first argument is 0. A name alone is called."""
    power: Callable[[Piece, Piece, Any], Piece]
    """A power by its base, its exponent, and its tree."""
    number: Callable[[Fraction], Piece]
    constants: Mapping[str, str]
    """How pi, e and nan are written."""
    times: str = " * "
    over: str = " / "
    number_times: str = ""
    """How a number is multiplied, where that is not as arrays are; `number_over` is how one divides."""
    number_over: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: {"and": " && ", "or": " || ", "not": "!", "!=": "!="})
    choice: str = ""
    """A choice: condition, value, and the rest; "" where a choice is a block of lines."""
    loop: str = ""
    """A sum over an index as an expression: term, index, first and last; "" where it is a loop."""
    product_loop: str = ""
    number_type: str = ""
    """The type whose method is called where the number before the dot has no type of its own."""
    ignores_case: bool = False
    """Whether x and X are one name."""
    reads_files: bool = False
    """Whether a call reads the columns of a data file."""

    @property
    def blocks(self) -> tuple[type[Tree], ...]:
        """What is no expression but a block of lines: choices, and sums over an index."""
        return (*(() if self.choice else (sympy.Piecewise,)), *(() if self.loop else (Binder,)))

    def spelling(self, node: Tree) -> str:
        """How the call of a row is spelled; "" where the language has no such function."""
        row = row_of(node)
        if row is None:
            return ""
        first = node.args[0] if node.args else None
        special = self.functions.get(f"{row.name}({first})", "")
        spelling = special or self.functions.get(row.name, "")
        wholes = [place for place, part in enumerate(node.args, 1) if f"%{place}" in spelling and not part.is_Integer]
        return "" if wholes else spelling


@dataclass
class FormulaText:
    """What writes trees in a dialect, by the names that variables have there."""

    dialect: Dialect
    names: Mapping[str, str]

    def text(self, tree: Tree) -> str:
        """The text of a tree."""
        return self.piece(tree)[0]

    def piece(self, tree: Tree) -> Piece:
        """The text of a tree, and how tightly it holds together."""
        pieces: dict[Tree, Piece] = {}
        for node in postorder(tree, stop_at=Binder):
            if node not in pieces:
                pieces[node] = self._piece(node, [pieces[part] for part in node.args if part in pieces], pieces)
        return pieces[tree]

    def _piece(self, node: Any, parts: list[Piece], pieces: dict[Tree, Piece]) -> Piece:
        if isinstance(node, sympy.Rational):
            return self.dialect.number(Fraction(node.p, node.q))
        if isinstance(node, sympy.NumberSymbol):
            return self.dialect.constants["pi" if node is sympy.pi else "e"], ATOM
        if isinstance(node, sympy.Symbol):
            return self.names.get(node.name, node.name), ATOM
        if isinstance(node, sympy.Add):
            return _SUM(node, parts, pieces)
        if isinstance(node, sympy.Mul):
            return self._product(node, parts, pieces)
        if isinstance(node, sympy.Pow):
            return self._power(node, parts)
        if isinstance(node, Binder):
            return self._binder(node)
        if isinstance(node, ExprCondPair):
            return "", ATOM
        if isinstance(node, sympy.Piecewise):
            return self._choice(node, pieces)
        if isinstance(node, sympy.core.relational.Relational | sympy.logic.boolalg.Boolean):
            return self._condition(node, parts)
        return self.filled(self.dialect.spelling(node), parts, node.args)

    def _product(self, node: Any, parts: list[Piece], pieces: dict[Tree, Piece]) -> Piece:
        """Factors from left to right; numbers in front are multiplied exactly, so that no 1/2 is one of integers."""
        positive = negated(node)
        if positive is not None and divisor(positive) is None:
            return f"-{enclosed(pieces[positive], _factor_level(positive, POWER))}", SIGN
        front, count = sympy.S.One, 0
        for factor in node.args:
            value = _rational(factor)
            if value is None:
                break
            front, count = front * value, count + 1
        pairs, text = list(zip(node.args, parts, strict=True)), ""
        if count > 1:
            number = self.dialect.number(Fraction(front.p, front.q))
            if count == len(pairs):
                return number
            text, pairs = enclosed(number, PRODUCT), pairs[count:]
        for factor, part in pairs:
            base = divisor(factor)
            if base is not None:
                over = self.dialect.number_over if isinstance(base, sympy.Rational) else ""
                text = f"{text or self._one}{over or self.dialect.over}{enclosed(pieces[base], POWER)}"
            elif text:
                times = self.dialect.number_times if text.replace(".", "").lstrip("-").isdigit() else ""
                text += f"{times or self.dialect.times}{enclosed(part, _factor_level(factor, POWER))}"
            else:
                text = enclosed(part, _factor_level(factor, SIGN))
        return text, PRODUCT

    @property
    def _one(self) -> str:
        return self.dialect.number(Fraction(1))[0]

    def _power(self, node: Any, parts: list[Piece]) -> Piece:
        base, exponent = parts
        if node.base is sympy.E:
            return self.filled(self.dialect.functions["exp"], [exponent], [node.exp])
        if node.exp is sympy.S.Half:
            return self.filled(self.dialect.functions["sqrt"], [base], [node.base])
        if node.exp is sympy.S.NegativeOne:
            return f"{self._one}{self.dialect.over}{enclosed(base, POWER)}", PRODUCT
        return self.dialect.power(base, exponent, node)

    def filled(self, spelling: str, parts: list[Piece], trees: Any) -> Piece:
        """A spelling with its arguments; one that stands between brackets or commas needs no brackets of its own."""
        if "#" not in spelling and "%" not in spelling:
            return f"{spelling}({', '.join(text for text, _ in parts)})", ATOM
        text = self._typed(spelling, trees)
        for place in range(len(parts), 0, -1):
            hole = f"#{place}"
            while hole in text:
                before, _, after = text.partition(hole)
                bare = before.endswith(("(", ", ", "[")) and after.startswith((")", ",", "]"))
                written = parts[place - 1][0] if bare else enclosed(parts[place - 1], ATOM)
                text = before + written + after
            text = text.replace(f"%{place}", str(trees[place - 1]))
        return text, ATOM if text.endswith(")") else PRODUCT

    def _typed(self, spelling: str, trees: Any) -> str:
        """The spelling of a method, as a function of its type where the number before the dot may have any type."""
        method, bracket, rest = spelling.removeprefix("#1.").partition("(")
        if not self.dialect.number_type or not spelling.startswith("#1.") or not self.is_untyped(trees[0]):
            return spelling
        return f"{self.dialect.number_type}::{method}{bracket}#1{rest if rest.startswith(')') else f', {rest}'}"

    def is_untyped(self, tree: Any) -> bool:
        """Whether nothing but literals says of which type a number is: those of its terms, factors and branches."""
        if isinstance(tree, sympy.Piecewise):
            return tree.args[-1].cond == sympy.true and all(self.is_untyped(pair.expr) for pair in tree.args)
        is_sign = isinstance(tree, sympy.Add | sympy.Mul) or divisor(tree) is not None
        if is_sign or (row_of(tree) is not None and not re.search("[a-z]", self.dialect.spelling(tree))):
            return all(map(self.is_untyped, tree.args))
        return isinstance(tree, sympy.Rational)

    def _choice(self, node: Any, pieces: dict[Tree, Piece]) -> Piece:
        """A choice as an expression, from the last branch to the first; not a number where no condition holds."""
        text, level = self.dialect.constants["nan"], ATOM
        for pair in reversed(node.args):
            value = pieces[pair.expr]
            if pair.cond == sympy.true:
                text, level = value
                continue
            condition, template = pieces[pair.cond], self.dialect.choice
            before = template.partition("#1")[0]
            held = condition[0] if before.endswith(("(", ", ", "if ")) else enclosed(condition, AND)
            if text.startswith("if "):
                template = template.replace("{ #3 }", "#3")
            text = template.replace("#1", held).replace("#2", value[0]).replace("#3", text)
            level = ATOM if template.endswith(")") else OR
        return text, level

    def _condition(self, node: Any, parts: list[Piece]) -> Piece:
        words = self.dialect.words
        if isinstance(node, sympy.core.relational.Relational):
            left, right = (enclosed(part, SUM) for part in parts)
            sign = SIGN_OF[type(node)]
            return f"{left} {words.get(sign, sign)} {right}", COMPARISON
        if isinstance(node, sympy.Not):
            return f"{words['not']}{enclosed(parts[0], ATOM)}", NOT
        if isinstance(node, sympy.And | sympy.Or):
            is_and = isinstance(node, sympy.And)
            both, level = (words["and"], AND) if is_and else (words["or"], OR)
            needed = ATOM if words.get("tight") else COMPARISON
            return both.join(enclosed(part, needed) for part in parts), level
        return words["true" if node == sympy.true else "false"], ATOM

    def _binder(self, node: Any) -> Piece:
        """A sum or product as an expression."""
        body, index, *bounds = node.args
        template = self.dialect.loop if isinstance(node, Summation) else self.dialect.product_loop
        first, last = (str(bound) for bound in bounds)
        text = template.replace("#1", self.text(body)).replace("#2", index.name)
        return text.replace("#3", first).replace("#4", last).replace("#5", str(int(last) + 1)), ATOM


def _factor_level(factor: Tree, level: int) -> int:
    """How tightly a factor must hold together: x*x, which is a power, needs no brackets, and a/b does."""
    loose = isinstance(factor, sympy.Pow) or (level == SIGN and isinstance(factor, sympy.Rational))
    return PRODUCT if loose else level


def _rational(factor: Any) -> Any:
    """The number that a factor is; None of any other."""
    if isinstance(factor, sympy.Rational):
        return factor
    base = divisor(factor)
    return 1 / base if isinstance(base, sympy.Rational) and base != 0 else None


def float_literal(value: Fraction, suffix: str = "") -> Piece:
    """A number as a literal that is no integer: a decimal where it ends, else a quotient."""
    if value.denominator == 1 and abs(value) > MAX_EXACT:
        return _signed(repr(float(value)) + suffix)
    text = number_text(sympy.Rational(value.numerator, value.denominator))
    if "/" in text:
        above, below = (float_literal(Fraction(int(part)), suffix)[0] for part in text.split("/"))
        return f"{above} / {below}", PRODUCT
    return _signed((text if "." in text or "e" in text else f"{text}.0") + suffix)


def plain_literal(value: Fraction) -> Piece:
    """A number where a quotient of integers is no integer."""
    if value.denominator == 1 and abs(value) > MAX_EXACT:
        return _signed(repr(float(value)))
    text = number_text(sympy.Rational(value.numerator, value.denominator))
    return (text, PRODUCT) if "/" in text else _signed(text)


def _signed(text: str) -> Piece:
    return text, SIGN if text[0] == "-" else ATOM


def raised(base: Piece, exponent: Piece, sign: str) -> Piece:
    """A power by a sign between base and exponent; a whole exponent keeps its minus without brackets."""
    held = exponent[0] if exponent[1] == SIGN and exponent[0][1:].isdigit() else enclosed(exponent, ATOM)
    return f"{enclosed(base, ATOM)}{sign}{held}", POWER
