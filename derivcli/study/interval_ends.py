"""The ends of an interval that was typed, as real numbers."""

from __future__ import annotations

from flint import arb

from derivcli.errors import DerivError
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree
from derivcli.points.at_option import Interval
from derivcli.simplify.domains.roots import Root, root


def ends_of(interval: Interval) -> tuple[Root, Root]:
    """The two ends; an infinite one has an infinite ball."""
    return _end(interval.low, interval.ends[0]), _end(interval.high, interval.ends[1])


def _end(size: float, tree: Tree | None) -> Root:
    if tree is None:
        return Root(arb(size), arb(size))
    found = root(tree)
    if found is None:
        message = f"an end of the interval is not known as a number: {text_of(tree)}"
        raise DerivError(message, hint="write a number such as 2 or pi/2")
    return found
