"""A derivative with kinks in one variable, interval by interval: one formula for each, and what holds at their ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sympy

from derivcli.engines.balls.coordinates import rational
from derivcli.engines.symbolic import arrange, merged
from derivcli.explain.piecewise.breakpoints import all_roots
from derivcli.explain.piecewise.pieces import between, constant_at, piece_equations
from derivcli.language import tree as build
from derivcli.language.differentiation.unrolling import steps_of
from derivcli.language.tree import Tree, row_of
from derivcli.simplify.domains.roots import ALL, Root, same_root
from derivcli.study.breaks.branches import piece

MAX_ENDS = 6
"""With more ends the formula is not written interval by interval."""


@dataclass(slots=True)
class _Interval:
    """A formula between two ends, of which it holds at those that are `closed`; None is infinity."""

    tree: Tree
    low: Root | None
    high: Root | None
    closed: tuple[bool, bool] = (False, False)

    def condition(self, name: str) -> Tree:
        x = build.symbol(name)
        parts = []
        if self.low is not None:
            parts.append(build.relation(">=" if self.closed[0] else ">", x, arrange(self.low.tree)))
        if self.high is not None:
            parts.append(build.relation("<=" if self.closed[1] else "<", x, arrange(self.high.tree)))
        return build.all_of(parts)


def by_intervals(
    tree: Tree, name: str, is_open: Callable[[Root], bool], values: Sequence[tuple[Root, Tree]]
) -> Tree | None:
    """A formula interval by interval; None where its pieces are not known.

    It states nothing at open ends, at others one of the values, or else what the formula itself does.
    """
    found = piece_equations(tree)
    if found is None or not is_total(tree):
        return None
    known = all_roots(found, name)[0]
    places = between(known.found)
    if known.extent != ALL or not 0 < len(known.found) <= MAX_ENDS or any(each.tree is None for each in known.found):
        return None
    pieces = [piece(tree, name, rational(place)) for place in places]
    if not places or None in pieces:
        return None
    made = [_Interval(arrange(merged(pieces[0])), None, known.found[0])]
    points: list[tuple[Tree, Tree]] = []
    for place, end in enumerate(known.found):
        after = _Interval(arrange(merged(pieces[place + 1])), end, ([*known.found, None])[place + 1])
        if is_open(end):
            made.append(after)
            continue
        here = _value(tree, name, end, dict(values))  # to which the question may have added
        if here is None:
            return None
        points += _joined(made, after, name, end, here)
    pairs = [*points, *((each.tree, each.condition(name)) for each in made)]
    if all(each.closed[1] for each in made[:-1]) or (points and len(made) == 1):
        pairs[-1] = (made[-1].tree, sympy.true)
    return made[0].tree if len(pairs) == 1 and made[0].high is None else build.piecewise(pairs)


def _value(tree: Tree, name: str, end: Root, values: Mapping[Root, Tree]) -> Tree | None:
    given = same_root(end, values)
    if given is not None:
        return values[given]
    stated = constant_at(tree, name, end)
    return None if stated is None else stated.tree


def _joined(made: list[_Interval], after: _Interval, name: str, end: Root, here: Tree) -> list[tuple[Tree, Tree]]:
    """Add an interval; its first end belongs to it, to the interval before, or to a separate branch."""
    left, right = (_is_value(each.tree, name, end, here) for each in (made[-1], after))
    branch = (arrange(here), build.relation("==", build.symbol(name), arrange(end.tree)))
    if made[-1].tree == after.tree:
        made[-1].high = after.high
        return [] if left else [branch]
    made.append(after)
    if left:
        made[-2].closed = (made[-2].closed[0], True)
    elif right:
        after.closed = (True, False)
    return [] if left or right else [branch]


def _is_value(tree: Tree, name: str, end: Root, here: Tree) -> bool:
    """Whether a formula comes to a number at an end."""
    one, other = constant_at(tree, name, end), constant_at(here, name, end)
    return one is not None and other is not None and one.is_same(other) is True


def is_total(tree: Tree) -> bool:
    """Whether a formula has a value everywhere, so that no value is made up where it is simplified."""
    for node in steps_of(tree):
        row = row_of(node)
        if isinstance(node, sympy.Pow) and not (node.exp.is_Integer and node.exp > 0) and node.base.free_symbols:
            return False
        if row is not None and (row.defined or row.name in ("log", "tan")):
            return False
    return True
