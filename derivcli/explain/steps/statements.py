"""What a rule says in letters: (u*v)' = u'*v + u*v', and what the letters stand for in a formula.

A statement is made by the rule itself, which is taken of letters, so that it says what the rule does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import sympy

from derivcli.explain.steps.differentiation_rules import Differentiator, Rule, size_in_logarithm
from derivcli.explain.steps.teacher_notation import ONE, product, quotient, split
from derivcli.language import tree as build
from derivcli.language.pickling import equal, itself, reduced
from derivcli.language.printer import text_of
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import Tree, divisor, row_of, symbol

LETTERS = "uvwzpqrs"
"""What stands for parts of a formula, but for letters that are in it."""

MAX_PARTS = 4
"""A product of more factors is not stated in letters."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule in letters: `right` is the derivative of `left`. `parts` are what the letters stand for."""

    left: Tree
    right: Tree
    parts: tuple[tuple[str, Tree], ...]

    __eq__ = equal
    __reduce__ = reduced
    __copy__ = __deepcopy__ = itself

    def __repr__(self) -> str:
        return f"<Statement {self.spelled()}>"

    def spelled(self, spelling: Spelling = CANONICAL) -> str:
        """The rule as text, with a prime for each derivative."""
        left = text_of(self.left, spelling)
        return f"{left if self.is_call else f'({left})'}' = {text_of(self.right, spelling)}"

    @property
    def is_call(self) -> bool:
        """Whether the left side is a function of something, behind which a prime needs no brackets."""
        return row_of(self.left) is not None or getattr(self.left, "exp", None) is sympy.S.Half


def statement(rule: Rule, tree: Tree, d: Differentiator, names: Iterable[str] = ()) -> Statement | None:
    """What a rule says of formulas like this one; None where that is no more than the step shows."""
    taken = {*names, *(str(part) for part in tree.free_symbols)}
    letters = (symbol(letter) for letter in LETTERS if letter not in taken)
    pattern = _PATTERNS[rule.name](tree, d, letters) if rule.name in _PATTERNS else None
    if pattern is None:
        return None
    left, parts = pattern
    moving = {letter: symbol(f"{letter.name}'") for letter, part in parts.items() if d.moves(part)}
    right = rule.apply(left, Differentiator(d.variable, moving=moving))
    if right is None:
        return None
    return Statement(left, right, tuple((letter.name, part) for letter, part in parts.items()))


Pattern = tuple[Tree, Mapping[sympy.Symbol, Tree]] | None
"""A formula in letters, and what they stand for."""


def _product(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    _, above, _ = split(tree)
    parts = dict(zip(letters, above, strict=False))
    return (product(list(parts)), parts) if len(above) <= MAX_PARTS else None


def _quotient(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    _, above, below = split(tree)
    parts = dict(zip(letters, (product(above), product(below)), strict=False))
    return quotient(*parts), parts


def _reciprocal(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    base = divisor(tree)
    inner = product(split(tree)[2]) if base is None else base
    if inner == d.variable:
        return quotient(ONE, inner), {}
    letter = next(letters)
    return quotient(ONE, letter), {letter: inner}


def _root(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    letter = next(letters)
    return None if tree.args[0] == d.variable else (build.power(letter, sympy.S.Half), {letter: tree.args[0]})


def _power(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    base, exponent = tree.args
    n = symbol("n") if symbol("n") not in tree.free_symbols else next(letters)
    if base == d.variable:
        return build.power(base, n), {n: exponent}
    letter = next(letters)
    return build.power(letter, n), {letter: base, n: exponent}


def _exponential(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    base, exponent = tree.args
    parts: dict[sympy.Symbol, Tree] = {}
    if base is not sympy.E:
        a = symbol("a") if symbol("a") not in tree.free_symbols else next(letters)
        parts[a], base = base, a
    if exponent != d.variable:
        letter = next(letters)
        parts[letter], exponent = exponent, letter
    return (build.power(base, exponent), parts) if parts else None


def _both(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    parts = dict(zip(letters, tree.args, strict=False))
    return build.power(*parts), parts


def _logarithm(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    inner, letter = size_in_logarithm(tree), next(letters)
    if inner is None or inner == d.variable:
        return None
    return build.rebuild(tree, [build.rebuild(tree.args[0], [letter])]), {letter: inner}


def _call(tree: Tree, d: Differentiator, letters: Iterator[sympy.Symbol]) -> Pattern:
    moving = [argument for argument in tree.args if d.moves(argument)]
    if moving == [d.variable] or len(moving) > MAX_PARTS:
        return None
    named = {argument: next(letters) for argument in dict.fromkeys(moving)}
    left = build.rebuild(tree, [named.get(argument, argument) for argument in tree.args])
    return left, {letter: argument for argument, letter in named.items()}


_PATTERNS: Mapping[str, Callable[[Tree, Differentiator, Iterator[sympy.Symbol]], Pattern]] = {
    "product rule": _product,
    "reciprocal rule": _reciprocal,
    "quotient rule": _quotient,
    "derivative of sqrt": _root,
    "power rule": _power,
    "exponential rule": _exponential,
    "logarithmic differentiation": _both,
    "derivative of log|u|": _logarithm,
    "derivative of {}": _call,
}
