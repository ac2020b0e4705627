"""Whether a formula may stand for another one: the same in ball arithmetic, and defined wherever the other one is."""

from __future__ import annotations

from fractions import Fraction

from derivcli.check.equality import Comparison, quantity
from derivcli.language.tree import Tree, postorder

SAMPLES = tuple(Fraction(*each) for each in ((3, 7), (-5, 9), (11, 8), (-17, 6), (25, 4), (-1, 13), (40, 3)))
"""Where two formulas are compared; several variables take values that differ."""


def is_same(original: Tree, candidate: Tree) -> bool:
    """Whether a candidate has the values of the original at points where that one has some."""
    names = sorted({str(part) for part in postorder(original) if part.is_Symbol})
    comparison = Comparison(names, quantity(original, names), quantity(candidate, names))
    points = [tuple(SAMPLES[(place + 3 * index) % len(SAMPLES)] for index in range(len(names))) for place in range(7)]
    kinds = {match.kind for match in comparison.all(points)}
    return "same" in kinds | {"vanishing"} and not kinds & {"different", "undefined"}
