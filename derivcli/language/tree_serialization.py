"""Trees as flat data and back: a tree read back is the one that was written, node by node.

    code  := parts, roots
    part  := maker, the places of its own parts among those before it
    maker := "number", numerator, denominator    exact, in hexadecimal digits, of which Python reads any number
           | "symbol", name                      a variable
           | "bound", class, name                what a sum or an integral binds
           | "constant", class                   pi, e, True, False
           | "call", row                         a function whose class was made here
           | "node", class                       anything else that has parts
           | "atom", node                        anything else

Equal parts have one place, so that trees are equal exactly if their codes are; nothing here recurses, and nothing
calls SymPy's constructors, as its own copies and pickles do, which evaluate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from sympy import Rational
from sympy.core.singleton import Singleton

from derivcli.language.bound_variables import BoundVariable
from derivcli.language.functions import formulas  # noqa: F401  (calls have derivatives from there on)
from derivcli.language.tree import Tree, bound_variable, call, made, number, postorder, symbol

Maker: TypeAlias = tuple[Any, ...]
CodePart: TypeAlias = tuple[Maker, tuple[int, ...]]
TreeCode: TypeAlias = tuple[tuple[CodePart, ...], tuple[int, ...]]


def code_of(trees: Iterable[Tree]) -> TreeCode:
    """The code of several trees, the parts that they share once."""
    places: dict[int, int] = {}
    parts: dict[CodePart, int] = {}
    roots = tuple(trees)  # which keeps the nodes alive, and so their ids apart
    for tree in roots:
        for node in postorder(tree):
            part = (_maker(node), tuple([places[id(each)] for each in node.args]))
            places[id(node)] = parts.setdefault(part, len(parts))
    return tuple(parts), tuple(places[id(tree)] for tree in roots)


def trees_of(code: TreeCode) -> list[Tree]:
    """The trees of a code."""
    parts, roots = code
    nodes: list[Tree] = []
    for (way, *data), places in parts:
        nodes.append(_WAYS[way](*data, [nodes[place] for place in places]))
    return [nodes[root] for root in roots]


def _maker(node: Any) -> Maker:
    kind = type(node)
    if isinstance(node, Rational):
        return "number", hex(node.p), hex(node.q)
    if node.is_Symbol and node == symbol(node.name):
        return "symbol", node.name
    if isinstance(node, BoundVariable):
        return "bound", kind, node.name
    if isinstance(kind, Singleton):
        return "constant", kind
    if not node.args:
        return "atom", node
    return ("call", kind.row) if hasattr(kind, "row") else ("node", kind)


def _number(numerator: str, denominator: str, parts: Sequence[Tree]) -> Tree:
    return number(Fraction(int(numerator, 16), int(denominator, 16)))


_WAYS: dict[str, Callable[..., Tree]] = {
    "number": _number,
    "symbol": lambda name, parts: symbol(name),
    "bound": lambda kind, name, parts: bound_variable(kind, name),
    "constant": lambda kind, parts: kind(),
    "call": call,
    "node": made,
    "atom": lambda node, parts: node,
}
