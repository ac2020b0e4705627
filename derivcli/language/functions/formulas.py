"""The table's own formulas as trees: read once, by the parser that reads everything else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from derivcli.language.constant_folding import Constant
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.parse import parse_tree
from derivcli.language.parser import Parser
from derivcli.language.tree import Tree, call, substitute, symbol


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


@lru_cache(maxsize=10_000)
def value_of_definition(row: Function, values: tuple[Constant, ...]) -> Constant | None:
    """The value of a row's rewrite for constant arguments."""
    assert row.definition is not None, f"{row.name} is a primitive"
    given = dict(zip(row.parameters, values, strict=False))
    return Parser(row.definition, row.parameters, trusted=True, values=given).run().value


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
