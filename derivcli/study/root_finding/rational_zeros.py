"""The zeros of a polynomial or rational function and of its derivatives on a stretch, by exact root isolation alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derivcli.study.exact.polynomials import MultipleRoot, RationalFunction, zeros
from derivcli.study.root_finding.zeros import Stretch, Zero
from derivcli.study.variations.course import between


def fill_exactly(stretch: Stretch, function: RationalFunction, orders: Sequence[int]) -> None:
    """Find all zeros of the derivatives of some orders between the walls of a stretch.

    Raises NotRationalError where a derivative has too many digits.
    """
    derivatives = {order: function.derivative(order) for order in orders}
    for order, derivative in derivatives.items():
        stretch.zeros[order] = []
        if derivative.is_zero:
            stretch.throughout.add(order)
        else:
            inside = [each for each in zeros(derivative) if _is_inside(stretch, each)]
            stretch.zeros[order] = _with_signs(stretch, derivative, inside)


def _is_inside(stretch: Stretch, each: MultipleRoot) -> bool:
    return bool(stretch.left.root.ball < each.root.ball and each.root.ball < stretch.right.root.ball)


def _with_signs(stretch: Stretch, derivative: RationalFunction, inside: Sequence[MultipleRoot]) -> list[Zero]:
    """Zeros in order with the signs around them, which change where a multiplicity is odd."""
    ends = [stretch.left.root, *(each.root for each in inside), stretch.right.root]
    cuts = [between(*pair) for pair in pairwise(ends)]
    value = derivative.above(cuts[0]) / derivative.below(cuts[0])
    sign, found = (1 if value > 0 else -1), []
    for each, low, high in zip(inside, cuts[:-1], cuts[1:], strict=True):
        after = -sign if each.multiplicity % 2 else sign
        found.append(Zero(each.root, each.multiplicity, sign, after, low, high))
        sign = after
    return found
