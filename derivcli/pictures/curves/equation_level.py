"""The function whose zeros are the curve of an equation: its numbers by the engine, its proofs by balls."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.pictures.curves.periods import is_known_to_balls
from derivcli.pictures.curves.plane import Choice, Level, Window
from derivcli.pictures.scene import Floats
from derivcli.study.boxes.empty_cells import Cells, cells_not_empty

if TYPE_CHECKING:
    from derivcli.pictures.drawn import Drawn

MAX_BOXES = 16_000
"""Boxes of which it is asked whether the curve may pass them, at 30 to 300 microseconds each."""


def level_of(drawn: Drawn, window: Window) -> Level:
    """The left side minus the right side in a window."""
    (equation,) = drawn.expressions
    first, second = drawn.names

    def evaluate(x: Floats, y: Floats) -> Floats:
        return np.stack(drawn.evaluate({first: x, second: y})[0][:3])

    def cells(x: Floats, y: Floats, asked: Choice) -> Choice | None:
        def is_asked(box: Cells) -> bool:
            return bool(asked[box[2] : box[3], box[0] : box[1]].any())

        with suppress(AssertionError, LookupError, *SYMPY_FAILURES):
            lines = x.tolist(), y.tolist()
            found = cells_not_empty(equation.expanded, (first, second), drawn.fixed, *lines, is_asked, MAX_BOXES)
            if found is not None:
                empty = asked.copy()
                for column, row in found:
                    empty[row, column] = False
                return empty
        return None

    return Level(evaluate, window, cells if is_known_to_balls(equation) else None)
