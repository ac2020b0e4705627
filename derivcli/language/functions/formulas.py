"""The table's own formulas as trees: read once, by the parser that reads everything else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

from derivcli.errors import DerivError
from derivcli.language.differentiation import binder_derivatives  # noqa: F401  (binders have derivatives from there on)
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.parser.parser import Parser
from derivcli.language.tree import CallNode, Tree, call, multiply, substitute, symbol, without_zero_products

PartialDerivativeOf: TypeAlias = Callable[[Function, int, Sequence[Tree]], Tree]
"""The partial derivative of a call with as many arguments as its row has parameters."""


def parse_tree(text: str, declared: Collection[str] = (), condition: bool = False) -> Tree:
    """The tree of a formula of our own or, with `condition`, of a condition."""
    return Parser(text, declared, condition, trusted=True).run().tree


@cache
def definition(row: Function) -> Tree:
    """The rewrite of a row, over its parameters."""
    assert row.definition is not None, f"{row.name} is a primitive"
    return parse_tree(row.definition, declared=row.parameters)


@cache
def derivative(row: Function, index: int) -> Tree:
    """The row's partial derivative in its parameter `index`, over its parameters."""
    assert row.derivatives is not None, f"{row.name} has no derivatives of its own"
    return parse_tree(row.derivatives[index], declared=row.parameters)


def partial(row: Function, index: int) -> Tree:
    """The partial derivative in the parameter `index`, of the row's own or that of its rewrite."""
    if row.derivatives is not None:
        return derivative(row, index)
    return definition(row).diff(symbol(row.parameters[index]))


@cache
def alone(row: Function) -> Tree:
    """The value of a variadic row for one argument, over its parameters."""
    return parse_tree(row.alone, declared=row.parameters)


@cache
def special(row: Function) -> tuple[tuple[str, Tree], ...]:
    """Where the row has no ordinary derivative: kinds with conditions over its parameters."""
    return tuple((kind, parse_tree(text, declared=row.parameters, condition=True)) for kind, text in row.special)


@cache
def defaults(row: Function) -> tuple[Tree, ...]:
    """The values of the last parameters where a call leaves them out."""
    return tuple(parse_tree(text) for text in row.defaults)


def complete(row: Function, arguments: Sequence[Tree]) -> tuple[Tree, ...]:
    """The arguments of a call with the defaults filled in."""
    missing = len(row.parameters) - len(arguments)
    return (*arguments, *(defaults(row)[-missing:] if missing > 0 else ()))


def bind(row: Function, formula: Tree, arguments: Sequence[Tree]) -> Tree:
    """A formula of the row with its parameters replaced by the arguments of a call."""
    parameters = [symbol(name) for name in row.parameters]
    return substitute(formula, dict(zip(parameters, complete(row, arguments), strict=True)))


def rewritten(row: Function, arguments: Sequence[Tree]) -> Tree:
    """The rewrite of a call of the row, whatever the number of its arguments."""
    if row.variadic and len(arguments) == 1:
        return substitute(alone(row), {symbol(row.parameters[0]): arguments[0]})
    if row.others is not None and len(arguments) > 2:
        arguments = [arguments[0], call(vocabulary()[row.others], arguments[1:])]
    return bind(row, definition(row), arguments)


def derivative_of_call(
    row: Function, index: int, arguments: Sequence[Tree], slope: PartialDerivativeOf | None = None
) -> Tree:
    """The partial derivative of a call in its argument `index`, from the row's formulas or by `slope`."""
    if row.unknown:
        return call(differentiated(row, index), arguments)
    if row.kernel is not None:
        raise DerivError(f"'{row.name}' is code and has no formula")
    if row.variadic and len(arguments) == 1:
        return alone(row).diff(symbol(row.parameters[0]))
    if row.variadic and len(arguments) > 2:
        return _derivative_in_several(row, index, arguments, slope)
    return slope(row, index, arguments) if slope else bind(row, partial(row, index), arguments)


def differentiated(row: Function, index: int) -> Function:
    """The partial derivative of an unknown function in its parameter `index`."""
    orders = list(row.orders or (0,) * len(row.parameters))
    orders[index] += 1
    return replace(row, orders=tuple(orders))


def _derivative_in_several(
    row: Function, index: int, arguments: Sequence[Tree], slope: PartialDerivativeOf | None
) -> Tree:
    """The partial derivative of a call with more than two arguments, which is one of calls with two.

    A smooth symmetric function is one of the argument `index` and of the call with all the others; of any other,
    the arguments behind the first count by what the row `others` makes of them.
    """
    if row.others is None and row.special:
        return _derivative_in_halves(row, index, arguments, slope)
    if row.others is None:
        rest = [argument for i, argument in enumerate(arguments) if i != index]
        return derivative_of_call(row, 0, [arguments[index], call(row, rest)], slope)
    joined = vocabulary()[row.others]
    pair = [arguments[0], call(joined, arguments[1:])]
    if index == 0:
        return derivative_of_call(row, 0, pair, slope)
    inner = derivative_of_call(joined, index - 1, arguments[1:], slope)
    return multiply([derivative_of_call(row, 1, pair, slope), inner])


def _derivative_in_halves(
    row: Function, index: int, arguments: Sequence[Tree], slope: PartialDerivativeOf | None
) -> Tree:
    """The partial derivative of a greatest or least of several as one of those of two halves.

    So the conventions where several are equal, one half for two of them, add up to 1.
    """
    middle = len(arguments) // 2
    halves = [arguments[:middle], arguments[middle:]]
    side = int(index >= middle)
    pair = [half[0] if len(half) == 1 else call(row, half) for half in halves]
    outer = derivative_of_call(row, side, pair, slope)
    if len(halves[side]) == 1:
        return outer
    return multiply([outer, derivative_of_call(row, index - side * middle, halves[side], slope)])


def _fdiff(made_call: Any, argindex: int = 1) -> Tree:
    """The derivative of a call in one argument, as SymPy asks for it.

    A term that an order of 0 multiplies by 0 is left out. SymPy asks whether such a product is 0, real and so on in an
    order that it draws, and refuses the tree where two answers contradict each other.
    """
    slope = derivative_of_call(made_call.row, argindex - 1, made_call.args)
    return without_zero_products(slope) if made_call.row.whole else slope


CallNode.fdiff = _fdiff
