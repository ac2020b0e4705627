"""Unknown functions as rows, and those that a tree calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivcli.language.functions.row import Function
from derivcli.language.tree import Tree, postorder, row_of


def unknown_row(name: str, count: int, orders: Sequence[int] = ()) -> Function:
    """An unknown function of so many variables, or its derivative of some orders in these."""
    parameters = tuple(f"x{place}" for place in range(1, count + 1)) if count > 1 else ("x",)
    return Function(name, "", parameters=parameters, unknown=True, orders=tuple(orders) if any(orders) else ())


def unknown_in(node: Tree) -> Iterator[Function]:
    """The unknown functions in a tree, and their derivatives."""
    for part in postorder(node):
        row = row_of(part)
        if row is not None and row.unknown:
            yield row


def unknown_rows(node: Tree) -> dict[str, Function]:
    """The unknown functions in a tree by their names, not differentiated."""
    return {row.name: replace(row, orders=()) for row in unknown_in(node)}
