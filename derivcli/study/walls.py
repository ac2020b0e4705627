"""The walls of an interval and the stretches between them."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from derivcli.language.expression import Expression
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.numbers import rational_root
from derivcli.study.study import Number, SpecialPoint
from derivcli.study.taylor_model import Curve
from derivcli.study.touches import decided
from derivcli.study.zeros import Open, Stretch, Wall, exact_end, fill

MARGIN = fmpq(1, 1_594_323)
"""By this share of its length the search goes beyond the ends of an interval, so that no zero lies at its very end."""


def stretches_on(
    curve: Curve, tree: Tree, low: Root, high: Root, orders: Sequence[int]
) -> tuple[list[Stretch], list[Open]]:
    """The stretches of an interval, with all zeros on them."""
    ends = exact_end(low, -1), exact_end(high, 1)
    margin = (ends[1] - ends[0]) * MARGIN
    stretch = Stretch(Wall(rational_root(ends[0] - margin)), Wall(rational_root(ends[1] + margin)))
    fill(
        stretch,
        curve,
        orders,
        lambda wall, side, order: None,
        lambda curve, order, touch: decided(curve, order, touch, lambda order: (), lambda *_: None),
    )
    return [stretch], []


def break_point(expression: Expression, curve: Curve, root: Root, x: Number) -> SpecialPoint:
    """What f does at a point."""
    raise NotImplementedError


def end_point(expression: Expression, curve: Curve, root: Root, x: Number) -> SpecialPoint:
    """What f does at a point."""
    raise NotImplementedError
