"""What a formula is at numbers, exactly: fractions, roots, multiples of pi, powers of e, logarithms.

SymPy evaluates, and its own functions make candidates. Nothing here proves that they are right.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.engines.symbolic import SYMPY_FAILURES, UNREAL, arrange, deep_recursion
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.bound_variables import Binder
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.tree import NUMBERS, Tree, fold, postorder, rebuild, row_of, substitute, symbol
from derivcli.simplify.cost import cost

FORM_SECONDS = 0.3
"""The time for the forms of a value. After twice that time on the clock a form that is not found is left."""

MAX_NODES = 2_000
"""Longer formulas are not evaluated exactly."""

MAX_COST = 60
"""A value that costs its reader more tells less than its digits."""

FREE_DIGITS = 3
"""Of a number more digits than these cost as much as another number."""

MAX_FACTORED_BITS = 64
"""Logarithms of longer numbers are not split into those of primes."""


def exact_forms(formula: Tree, at: Mapping[str, Tree], seconds: float = FORM_SECONDS) -> list[Tree]:
    """A formula's value at exact numbers in the shapes that SymPy finds for it, the shortest first; [] without one.

    The time is that of the processor: no form is begun after it.
    """
    found: list[Tree] = []
    with suppress(OutOfTimeError, *SYMPY_FAILURES), deep_recursion():
        limited(2 * seconds, _collect, formula, at, found, time.thread_time() + seconds)
    prices = {shape: _price(shape) for shape in found}
    return sorted((shape for shape, (length, _) in prices.items() if length <= MAX_COST), key=prices.__getitem__)


def _price(shape: Tree) -> tuple[int, int]:
    """The cost of a value, in which functions and long numbers count for more.

    So 3/4 is read before sinh(log(2)), and 24*log(2) before log(16777216).
    """
    length, depth = cost(shape)
    digits = (len(str(abs(part))) for part in postorder(shape) if part.is_Integer)
    calls = sum(isinstance(part, sympy.Function) for part in postorder(shape))
    return length + calls + sum(max(0, count - FREE_DIGITS) // FREE_DIGITS for count in digits), depth


def _collect(formula: Tree, at: Mapping[str, Tree], found: list[Tree], end: float) -> None:
    put = unrolled(substitute(formula, {symbol(name): value for name, value in at.items()}))
    if sum(1 for _ in postorder(put)) > MAX_NODES or any(isinstance(node, Binder) for node in postorder(put)):
        return
    for form in _forms(at_numbers(put), end):
        if not form.has(*UNREAL) and not form.free_symbols and all(map(_can_be_said, postorder(form))):
            found.append(arrange(form))


def _can_be_said(node: Any) -> bool:
    """Whether the language has a node's kind: it has no name for Euler's constant, which SymPy brings in."""
    if node.args:
        return isinstance(node, sympy.Add | sympy.Mul | sympy.Pow) or row_of(node) is not None
    return bool(node.is_Rational) or node in NUMBERS.values()


def at_numbers(tree: Tree) -> Tree:
    """A tree without variables as SymPy evaluates it, by cases where it has some, and rows by what they are."""
    return fold(tree, _at_numbers)


def _at_numbers(node: Any, parts: list[Tree]) -> Tree:
    row = row_of(node)
    if not parts:
        return node
    if isinstance(node, ExprCondPair):
        return rebuild(node, parts)
    if isinstance(node, sympy.Piecewise):
        return _branch(parts)
    if row is not None and row.also:
        return getattr(sympy, row.also[0])(*parts)
    if row is not None and row.elementary is not None:
        return at_numbers(formulas.bind(row, formulas.parse_tree(row.elementary, declared=row.parameters), parts))
    if row is not None and not row.primitive and row.sympy is None:
        return at_numbers(formulas.rewritten(row, parts))
    return rebuild(node, parts) if hasattr(type(node), "row") else node.func(*parts)


def _branch(pairs: list[Tree]) -> Tree:
    """The value of the first pair whose condition holds."""
    for value, condition in (pair.args for pair in pairs):
        if condition == sympy.true:
            return value
        if condition != sympy.false:
            break
    return sympy.nan


def _forms(value: Tree, end: float) -> Iterator[Tree]:
    """The value as it is and in other forms, each way of writing it tried on what the ways before it made."""
    made = [value]
    yield value
    for way in WAYS:
        for form in tuple(made):
            if time.thread_time() > end:
                return
            with suppress(*SYMPY_FAILURES):
                other = way(form)
                if other not in made:
                    made.append(other)
                    yield other


def split_logarithms(value: Tree) -> Tree:
    """Logarithms of fractions and of powers by those of prime numbers, so that log(8)/log(2) is 3."""

    def make(node: Any, parts: list[Tree]) -> Tree:
        if isinstance(node, sympy.log) and parts[0].is_Rational and parts[0].is_positive:
            number = parts[0]
            if max(number.p.bit_length(), number.q.bit_length()) <= MAX_FACTORED_BITS:
                return sympy.Add(*[count * sympy.log(prime) for prime, count in sympy.factorrat(number).items()])
        return node.func(*parts) if parts else node

    return fold(value, make)


def by_exponentials(value: Tree) -> Tree:
    """Hyperbolic functions by powers of e, and their inverses by logarithms, so that sinh(log(2)) is 3/4."""
    return value.rewrite(HYPERBOLIC, sympy.exp).rewrite(INVERSE_HYPERBOLIC, sympy.log)


HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)
INVERSE_HYPERBOLIC = (sympy.asinh, sympy.acosh, sympy.atanh, sympy.acoth, sympy.asech, sympy.acsch)

WAYS: tuple[Callable[[Tree], Tree], ...] = (
    by_exponentials,
    split_logarithms,
    sympy.expand,
    sympy.sqrtdenest,
    sympy.radsimp,
    sympy.factor_terms,
    sympy.together,
)
"""The ways of writing a value; what one makes the next ones take."""
