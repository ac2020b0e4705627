"""Where a formula is defined: the conditions that its parts set, in a normal form.

A divisor is not 0, an even root's inside not negative, a logarithm's positive, and so on, as the table of functions
says. Factors stand by themselves, without signs and constants, and what holds everywhere is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import sympy

from derivcli.engines.symbolic import SYMPY_FAILURES, merged
from derivcli.errors import DerivError
from derivcli.language.bound_variables import Integral
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.tree import SIGN_OF, Tree, postorder, row_of
from derivcli.simplify.angles import angles
from derivcli.simplify.on_one_angle import factors_on

MAX_NODES, MAX_DEGREE = 80, 24
"""A longer formula, or a polynomial of a higher degree, is not factored."""

NONZERO, POSITIVE, NONNEGATIVE, POWER, CALL = "!=", ">", ">=", "power", "call"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a formula needs to be defined: that `tree` is not 0, above 0 or not below 0, or is itself defined.

    A power whose exponent varies, and a call of a function whose domain has no formula, are conditions themselves.
    """

    sign: str
    tree: Tree


@lru_cache(maxsize=512)
def conditions(tree: Tree) -> tuple[Condition, ...]:
    """The conditions under which a formula is defined."""
    found: dict[Condition, None] = {}
    for node in postorder(unrolled(tree), stop_at=(sympy.Piecewise, Integral)):
        found |= dict.fromkeys(of_node(node))
    return tuple(found)


def of_node(node: Any) -> Iterator[Condition]:
    """The conditions of a node itself, without those of its parts."""
    if isinstance(node, sympy.Pow):
        yield from _of_power(node)
    elif isinstance(node, sympy.Piecewise):
        yield Condition(CALL, node)
    elif isinstance(node, sympy.tan | sympy.cot):  # the same as a quotient, which no row says
        yield from required(NONZERO, (sympy.cos if isinstance(node, sympy.tan) else sympy.sin)(*node.args))
    elif (row := row_of(node)) is not None and row.defined and not row.unknown:
        yield from _of_call(node, row)


def _of_power(node: Any) -> Iterator[Condition]:
    base, exponent = node.args[0], merged(node.args[1])
    if exponent.free_symbols:
        if not merged(base).is_positive:
            yield Condition(POWER, merged(base) ** exponent)
    elif exponent.is_Integer:
        if exponent.is_negative:
            yield from required(NONZERO, base)
    else:
        yield from required(POSITIVE if exponent.is_negative else NONNEGATIVE, base)


def _of_call(node: Any, row: Function) -> Iterator[Condition]:
    if row.definition is not None and row.kernel is None:
        yield from conditions(formulas.rewritten(row, node.args))
        return
    known = _comparisons(row)
    if known is None:
        yield Condition(CALL, node)
        return
    for relation in known:
        bound: Any = formulas.bind(row, relation, node.args)
        sign, (left, right) = SIGN_OF[type(bound)], bound.args
        if sign in ("<", "<="):
            sign, left, right = {"<": ">", "<=": ">="}[sign], right, left
        yield from required(sign, merged(left) - merged(right))


@cache
def _comparisons(row: Function) -> tuple[Tree, ...] | None:
    """The domain of a function as comparisons that all hold; None where its row says it in words."""
    text = re.sub(r"^(\S+) (<=?) (\w+) (<=?) (\S+)$", r"\1 \2 \3 and \3 \4 \5", row.defined)
    with suppress(DerivError):
        found: Any = formulas.parse_tree(text, row.parameters, condition=True)
        parts = found.args if isinstance(found, sympy.And) else (found,)
        if all(SIGN_OF.get(type(part), "==") != "==" for part in parts):
            return tuple(parts)
    return None


def required(sign: str, tree: Tree) -> Iterator[Condition]:
    """The conditions that come to this one: those of the factors, as far as they may fail."""
    number, factors = factored(merged(tree))
    odd = [base for base, power in factors if power % 2]
    if sign == NONZERO:
        yield from (Condition(NONZERO, base) for base, _ in factors)
        return
    if sign == POSITIVE:
        yield from (Condition(NONZERO, base) for base, power in factors if power % 2 == 0)
    elif len(odd) < len(factors):
        odd = [base**power for base, power in factors]
    if odd or number < 0:
        yield Condition(sign, sympy.Mul(number, *odd))


@lru_cache(maxsize=2048)
def factored(tree: Any) -> tuple[int, tuple[tuple[Any, int], ...]]:
    """The sign of what never vanishes in a product, and the factors that may, with their powers.

    A factor stands without its sign, and in the place of a function of it that has the same zeros and signs.
    """
    sign, found, waiting = 1, dict[Any, int](), [(tree, 1)]
    while waiting:
        node, power = waiting.pop()
        node = _product(node)
        inside = _alike(node)
        if isinstance(node, sympy.Mul):
            waiting += [(part, power) for part in node.args]
        elif isinstance(node, sympy.Pow) and node.exp.is_Rational:
            waiting.append((node.base, power * abs(int(node.exp)) if node.exp.is_Integer else power))
        elif inside is not None:
            waiting.append((inside, 2 * power if isinstance(node, sympy.Abs) or _is(node, "abs") else power))
        else:
            if node.could_extract_minus_sign():
                sign, node = sign * (-1) ** power, -node
            constant = constant_sign(node)
            if constant is None:
                found[node] = found.get(node, 0) + power
            else:
                sign *= constant**power
    return sign, tuple(found.items())


def _is(node: Tree, name: str) -> bool:
    return getattr(row_of(node), "name", "") == name


def _alike(node: Any) -> Tree | None:
    """A formula that has the zeros of a function's call, and its signs, where it has a value."""
    row = row_of(node)
    if isinstance(node, sympy.log) and len(node.args) == 1:
        return node.args[0] - 1
    if isinstance(node, sympy.tan | sympy.cot):
        return sympy.sin(node.args[0]) * sympy.cos(node.args[0])
    if isinstance(node, sympy.sec | sympy.csc):  # it has no zeros, and neither has what it is one over, where it is
        return (sympy.cos if isinstance(node, sympy.sec) else sympy.sin)(node.args[0])
    return node.args[0] if row is not None and row.only_zero else None


def _product(node: Any) -> Any:
    """A sum as a product, over one denominator, where it is one."""
    if not isinstance(node, sympy.Add):
        return node
    made = node.primitive()[1]
    if sum(1 for _ in postorder(made)) > MAX_NODES or any(_degree(part) > MAX_DEGREE for part in postorder(made)):
        return made
    with suppress(*SYMPY_FAILURES):
        for angle in angles(made):
            made = factors_on(made, angle)
            break
        return sympy.factor(made) if isinstance(made, sympy.Add) else made
    return made


def _degree(node: Any) -> int:
    return abs(int(node.exp)) if isinstance(node, sympy.Pow) and node.exp.is_Rational else 0


def constant_sign(node: Any) -> int | None:
    """The sign of a formula that has the same one everywhere, 1 or -1; None where it may be 0 or is not known."""
    if not node.free_symbols:
        known = node.is_positive, node.is_negative
        return 1 if known[0] else -1 if known[1] else None
    if node.is_positive:
        return 1
    if node.is_negative:
        return -1
    if isinstance(node, sympy.Add) and len(node.free_symbols) == 1:
        (x,) = node.free_symbols
        if node.is_polynomial(x):
            with suppress(*SYMPY_FAILURES):
                polynomial = sympy.Poly(node, x)
                if polynomial.degree() <= MAX_DEGREE and not polynomial.domain.is_EX and polynomial.count_roots() == 0:
                    return 1 if polynomial.LC() > 0 else -1
    return None
