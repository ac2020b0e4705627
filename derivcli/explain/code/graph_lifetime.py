"""Which variables are still in PyTorch's graph after differentiating: that of 3*x is empty after one derivative."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import sympy

from derivcli.engines.program import lower_tree
from derivcli.language.functions import formulas
from derivcli.language.tree import Tree, fold, piecewise, rebuild, row_of
from derivcli.result import Partial

Term: TypeAlias = frozenset[tuple[str, float]]
"""How often one term of a sum can be differentiated by each of its variables."""

MAX_TERMS = 64
"""How many terms are followed; what is found of them stays true where others are left out."""

LINEAR = ("xlogy", "xlog1py")
"""AutogradClasses whose derivative in their first argument is one of the second alone."""

NONSMOOTH_KINDS = ("corner", "jump", "branch")
"""Kinds of singular points of functions whose derivatives may have no graph."""


def depends_on(tree: Tree) -> set[str]:
    """The variables that a formula is computed from; those of conditions alone do not count."""
    names: set[str] = set()
    seen: set[Tree] = set()
    waiting: list[Any] = [_opened(tree)]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            names |= {node.name} if node.is_Symbol else set()
            waiting += [pair.expr for pair in node.args] if isinstance(node, sympy.Piecewise) else node.args
    return names


def graph_lasts(tree: Tree, partials: Sequence[Partial], variables: Iterable[str]) -> bool:
    """Whether each step of these derivatives surely finds its variable in the graph that the one before leaves."""
    names = set(variables)
    terms = fold(_opened(tree), lambda node, parts: _terms(node, parts, names)[:MAX_TERMS], stop_at=sympy.Piecewise)
    return all(_lasts(terms, partial) for partial in partials)


def _lasts(terms: Sequence[Term], partial: Partial) -> bool:
    now = [dict(term) for term in terms]
    for name in reversed(partial):
        now = [{**term, name: term[name] - 1} for term in now if term.get(name, 0) > 0]
        if not now:
            return False
    return True


def possible(pairs: Iterable[tuple[Tree, Tree]]) -> list[tuple[Tree, Tree]]:
    """The branches that can be taken: those of conditions without variables are taken always or never."""
    kept: list[tuple[Tree, Tree]] = []
    for value, condition in pairs:
        known = None if condition.free_symbols else holds(condition)
        if known is not False:
            kept.append((value, sympy.true if known else condition))
        if known:
            break
    return kept


def holds(condition: Tree) -> bool:
    """Whether a condition without variables holds."""
    return lower_tree(condition, ()).steps[-1].operation == "true"


def _opened(tree: Tree) -> Tree:
    """The formula with the definitions in place of the calls that a script spells so."""

    def make(node: Tree, parts: list[Any]) -> Tree:
        row = row_of(node)
        if row is not None and row.definition is not None and not (row.torch or row.scipy):
            return _opened(formulas.rewritten(row, parts))
        if isinstance(node, sympy.Piecewise):
            kept = possible([(pair.expr, pair.cond) for pair in parts])
            return kept[0][0] if kept and kept[0][1] == sympy.true else piecewise(kept)
        return node if parts == list(node.args) else rebuild(node, parts)

    return fold(tree, make)


def _terms(node: Any, parts: list[list[Term]], variables: set[str]) -> list[Term]:
    """The terms of a node, made of those of its parts."""
    if node.is_Symbol:
        return [frozenset({(node.name, 1.0)})] if node.name in variables else [frozenset()]
    if isinstance(node, sympy.Piecewise):
        return [frozenset()]
    if isinstance(node, sympy.Add):
        return list(dict.fromkeys(term for part in parts for term in part))
    if isinstance(node, sympy.Mul):
        return _product(parts)
    if isinstance(node, sympy.Pow) and node.exp.is_Integer and node.exp > 0:
        return _product([parts[0]] * min(int(node.exp), MAX_TERMS))
    row = row_of(node)
    if row is not None and row.name in LINEAR:
        return _product([parts[0], [frozenset((name, math.inf) for term in parts[1] for name, _ in term)]])
    if row is not None and (row.kernel is not None or any(kind in NONSMOOTH_KINDS for kind, _ in row.special)):
        return [frozenset()]
    return [frozenset((name, math.inf) for part in parts for term in part for name, _ in term)]


def _product(parts: Sequence[Sequence[Term]]) -> list[Term]:
    found: list[Term] = [frozenset()]
    for part in parts:
        found = list(dict.fromkeys(_joined(one, other) for one in found for other in part))[:MAX_TERMS]
    return found


def _joined(one: Term, other: Term) -> Term:
    first, second = dict(one), dict(other)
    return frozenset((name, first.get(name, 0) + second.get(name, 0)) for name in first | second)
