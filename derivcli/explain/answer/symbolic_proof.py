"""Proofs by SymPy that two formulas are the same, in the time that they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from derivcli.engines import symbolic
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.functions import formulas
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import Tree, class_of, fold, number, postorder, rebuild, row_of, substitute, symbol
from derivcli.result import Partial

PROOF_SECONDS = 3.0

MAX_NODES = 400
"""Of a longer formula only the plain difference is looked at."""

MAX_ABSOLUTE_VALUES = 3
"""With more absolute values there are too many cases."""

ABS, SIGN = (class_of(vocabulary()[name]) for name in ("abs", "sign"))


def is_proved(left: Tree, right: Tree) -> bool:
    """Whether SymPy shows within its time that two formulas are the same where both have a derivative."""

    def are_same() -> bool:
        one, other = independent([symbolic.merged(left), symbolic.merged(right)])
        return left == right or _vanishes(one - other)

    return bool(symbolic.attempted(PROOF_SECONDS, are_same))


def independent(trees: Sequence[Tree]) -> list[Tree]:
    """Trees in which each call of an unknown function, or of its derivative, is a number of its own.

    A function and its derivatives can be whatever numbers one likes at a point. What is the same for all such numbers
    is so for all functions.
    """
    known: dict[tuple[Any, ...], Tree] = {}

    def make(node: Tree, parts: list[Tree]) -> Tree:
        row = row_of(node)
        if row is None or not row.unknown:
            return node if parts == list(node.args) else rebuild(node, parts)
        key = (row.name, row.orders, *(sympy.expand(part) for part in parts))
        return known.setdefault(key, sympy.Dummy(row.head, real=True))

    return [fold(tree, make) for tree in trees]


def are_proved(pieces: Sequence[tuple[Tree | None, Tree | None]], partial: Partial) -> bool:
    """Whether SymPy shows that of each pair the second is a partial derivative of the first, if there is one."""
    pairs = [(first, second) for first, second in pieces if first is not None]
    return all(second is not None and _is_derivative(first, second, partial) for first, second in pairs)


def _is_derivative(first: Tree, second: Tree, partial: Partial) -> bool:
    made = symbolic.attempted(PROOF_SECONDS, symbolic.derivative_of, first, partial)
    return made is not None and is_proved(made, second)


def is_proved_where(equation: Tree, left: Tree, right: Tree) -> bool:
    """Whether SymPy shows that two formulas are the same wherever a third one is 0 and both have a value.

    Then that one divides the numerator of their difference, if all are taken for polynomials in what they are made of.
    """

    def is_divided() -> bool:
        trees = (symbolic.merged(left) - symbolic.merged(right), symbolic.merged(equation))
        above, zero = (sympy.expand(sympy.fraction(sympy.together(tree))[0]) for tree in trees)
        numerator, divisor = sympy.parallel_poly_from_expr((above, zero))[0]
        return bool(numerator.rem(divisor).is_zero) if len(divisor.gens) == 1 else _is_multiple(numerator, divisor)

    return bool(symbolic.attempted(PROOF_SECONDS, is_divided))


def _is_multiple(numerator: Any, divisor: Any) -> bool:
    return not divisor.is_zero and bool(sympy.reduced(numerator, [divisor])[1] == 0)


def is_zero_at(tree: Tree, at: Mapping[str, Fraction | Tree]) -> bool:
    """Whether SymPy shows that a formula is 0 at a point."""
    put = {symbol(name): number(value) if isinstance(value, Fraction) else value for name, value in at.items()}
    return is_proved(symbolic.evaluated(substitute(tree, put)), sympy.S.Zero)


def _vanishes(difference: Tree) -> bool:
    """Whether a formula is 0, with absolute values and signs taken for what they are on either side."""
    if difference == 0:
        return True
    if difference.has(sympy.Piecewise) or sum(1 for _ in postorder(difference)) > MAX_NODES:
        return False
    sided = [node for node in steps_of(difference) if node.func in (ABS, SIGN)]
    insides = list(dict.fromkeys(node.args[0] for node in sided))
    return len(insides) <= MAX_ABSOLUTE_VALUES and all(
        _is_zero(_on_sides(difference, insides, signs)) for signs in product((1, -1), repeat=len(insides))
    )


def _on_sides(tree: Tree, insides: Sequence[Tree], signs: Sequence[int]) -> Tree:
    """The formula where what stands inside of absolute values has these signs."""
    for inside, sign in zip(insides, signs, strict=True):
        tree = tree.xreplace({ABS(inside): sign * inside, SIGN(inside): sympy.Integer(sign)})
    return tree


def _is_zero(tree: Tree) -> bool:
    """Whether one of the ways to rewrite a formula makes 0 of it, the quick ones first."""
    for way in REWRITINGS:
        with suppress(*symbolic.SYMPY_FAILURES):
            if way(tree) == 0:
                return True
    return False


def _by_exponentials(tree: Tree) -> Tree:
    return sympy.simplify(sympy.expand(tree.rewrite(sympy.exp)))


def _by_definitions(tree: Tree) -> Tree:
    plain = _elementary(tree)
    return tree if plain == tree else _by_exponentials(sympy.expand_func(plain))


def _elementary(tree: Tree) -> Tree:
    """The formula with every call written by what it is defined as, as far as definitions go."""

    def make(node: Tree, parts: list[Tree]) -> Tree:
        made = _defined(node, parts)
        return (node.func(*parts) if parts else node) if made is None else _elementary(made)

    return fold(tree, make)


def _defined(node: Tree, parts: Sequence[Tree]) -> Tree | None:
    row = row_of(node)
    if row is None or (row.variadic and len(parts) != 2):
        return None
    if row.elementary is not None:
        return formulas.bind(row, formulas.parse_tree(row.elementary, declared=row.parameters), parts)
    return None if row.primitive else formulas.rewritten(row, parts)


REWRITINGS: tuple[Callable[[Tree], Tree], ...] = (
    lambda tree: tree,
    sympy.expand,
    lambda tree: sympy.expand(tree, trig=True),
    sympy.ratsimp,
    sympy.trigsimp,
    lambda tree: sympy.expand_func(sympy.expand_log(sympy.powsimp(tree))),
    sympy.simplify,
    _by_exponentials,
    _by_definitions,
)
