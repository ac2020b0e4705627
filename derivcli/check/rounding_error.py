"""How much a formula that is computed in float64 may be off: balls of that precision grow by what rounding can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derivcli.check.enclosure import restored_context
from derivcli.check.equality import Quantity, quantity
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.language.tree import Tree

FLOAT_BITS, LARGEST = 53, 2.0**1000
"""The precision of float64, and a number near its largest ones."""


def rounding_errors(tree: Tree, names: Sequence[str], points: Sequence[Mapping[str, Fraction]]) -> list[float]:
    """The relative error that a formula has at most at each point; infinite where that is not known."""
    found = quantity(tree, names)
    with restored_context():
        return [_error(found, point) for point in points]


def sizes(tree: Tree, names: Sequence[str], points: Sequence[Mapping[str, Fraction]]) -> list[float]:
    """About the values of a formula; 0 where none is known, and infinite far beyond float64."""
    found = quantity(tree, names)
    with restored_context():
        return [_size(found, point) for point in points]


def _error(found: Quantity, point: Mapping[str, Fraction]) -> float:
    try:
        ball = found.ball({name: rational(value) for name, value in point.items()}, FLOAT_BITS)
    except (TouchError, UnsureError):
        return float("inf")
    middle = abs(float(ball.mid()))
    return float(ball.rad()) / middle if middle else float(ball.rad() > 0)


def _size(found: Quantity, point: Mapping[str, Fraction]) -> float:
    try:
        return float(found.ball({name: rational(value) for name, value in point.items()}, FLOAT_BITS).mid())
    except (TouchError, UnsureError):
        return 0.0
