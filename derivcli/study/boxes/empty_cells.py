"""Which cells of a lattice a curve F(x, y) = 0 may pass: all others are proved to have no point of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import arb, ctx

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.tape import record
from derivcli.language.tree import Tree
from derivcli.study.boxes.jets import Jets
from derivcli.study.boxes.krawczyk import ball

BITS = 64

Cells = tuple[int, int, int, int]
"""Columns from the first to before the second number, and rows from the third to before the fourth."""


def cells_not_empty(
    tree: Tree,
    names: tuple[str, str],
    fixed: Mapping[str, float],
    columns: Sequence[float],
    rows: Sequence[float],
    asked: Callable[[Cells], bool],
    most_boxes: int,
) -> list[tuple[int, int]] | None:
    """The column and the row of each such cell; None if it takes more boxes than that to tell.

    `columns` and `rows` are the lines between cells, in order. A box in which F is not proved to be other than 0 is
    divided into four, down to single cells, as long as some of its cells are `asked` for.
    """
    values = {name: coordinate(float(value)) for name, value in fixed.items()}
    jets = Jets(record(tree, (*names, *fixed)), names, values)
    waiting: list[Cells] = [(0, len(columns) - 1, 0, len(rows) - 1)]
    found: list[tuple[int, int]] = []
    with restored_context():
        ctx.prec = BITS
        for _ in range(most_boxes):
            if not waiting:
                return found
            left, right, low, high = waiting.pop()
            if not asked((left, right, low, high)):
                continue
            if _is_empty(jets, (columns[left], columns[right]), (rows[low], rows[high])):
                continue
            if right - left == high - low == 1:
                found.append((left, low))
                continue
            across, up = ((start, (start + stop) // 2, stop) for start, stop in ((left, right), (low, high)))
            waiting += [
                (a, b, c, d)
                for a, b in ((across[0], across[1]), (across[1], across[2]))
                for c, d in ((up[0], up[1]), (up[1], up[2]))
                if a < b and c < d
            ]
    return None


def _is_empty(jets: Jets, *sides: tuple[float, float]) -> bool:
    """Whether F has no zero in a box: by its values there, or from the middle by the mean value theorem."""
    box = [ball(side) for side in sides]
    try:
        if not jets.at(box, 0)[0].contains(0):
            return True
        middle = [arb(each.mid()) for each in box]
        value = jets.at(middle, 0)[0]
        for slope, each in zip(jets.at(box, 1), box, strict=True):
            value += slope * arb(0, each.rad())
        return not value.contains(0)
    except NoValueError:
        return True
    except UnsureError:
        return False
