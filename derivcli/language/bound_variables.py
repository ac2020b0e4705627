"""Nodes that bind a variable: sums and products over an index, and integrals.

Each has four parts: what is summed, the bound variable, and its bounds, in which the bound variable means nothing.
A bound variable is another symbol than the variable of the same name, so that none is taken for the other.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.basic import Basic


class BoundVariable(sympy.Symbol):  # type: ignore[misc]
    """The variable of an integral; no variable of a formula, which is what `is_Symbol` says of others."""

    is_Symbol = False  # noqa: N815  (as SymPy has it)


class IndexVariable(BoundVariable):
    """The index of a sum or a product, which runs through whole numbers."""


class Binder(sympy.Expr):  # type: ignore[misc]
    """A node of four parts: the body, the bound variable, the lower and the upper bound."""

    is_commutative = True
    is_real = True
    word = ""
    """What it is called by in a formula."""

    @property
    def free_symbols(self) -> set[Any]:
        """The symbols that its value depends on; found once."""
        found: set[Any] | None = self.__dict__.get("free")
        if found is None:
            body, bound, *bounds = self.args
            found = (free_symbols(body) - {bound}).union(*map(free_symbols, bounds))
            self.__dict__["free"] = found
        return found

    def _sympystr(self, printer: Any) -> str:
        """For SymPy's printer, which takes some of the classes for its own of their names."""
        return f"{self.word}({', '.join(map(printer.doprint, self.args))})"


class Summation(Binder):
    """A sum over an index."""

    word = "sum"


class IteratedProduct(Binder):
    """A product over an index."""

    word = "product"


class Integral(Binder):
    """An integral from the lower to the upper bound."""

    word = "integral"


BINDERS: dict[str, type[Binder]] = {kind.word: kind for kind in (Summation, IteratedProduct, Integral)}


def free_symbols(tree: Basic) -> set[Any]:
    """The symbols that a tree depends on, bound ones of binders around it included, without recursion over it."""
    found: set[Any] = set()
    seen: set[int] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, sympy.Symbol):
            found.add(node)
        elif isinstance(node, Binder):
            found |= node.free_symbols
        else:
            waiting += node.args
    return found
