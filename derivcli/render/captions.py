"""Lines that stand above or under the numbers: the direction, the gradient's length, what computed them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from derivcli.check.verdict_kinds import code_of
from derivcli.engines.engine_table import ENGINES, TAYLOR, engine_named
from derivcli.language.printer import text_of
from derivcli.render.blocks import Style
from derivcli.render.numbers import number_at, number_texts
from derivcli.render.quantities import named, point_text
from derivcli.result import Result, SeriesResult, SymbolicResult, partials_taken

MAX_GRADIENTS = 8
"""Points whose gradients get a line."""

DIRECTION_DIGITS = 6

MAX_LENGTH_ERROR = 1e-15
"""A vector whose length is that near to 1 was meant to have it."""


def direction_line(results: Sequence[Result] | Sequence[SymbolicResult]) -> str:
    """Along what vector a derivative is, and that the vector is taken as long as it is; "" without one."""
    import numpy as np  # late, since formulas need none

    direction = results[0].direction
    if direction is None:
        return ""
    trees = [(direction.exact(name, 0), values) for name, values in direction.at.items()]
    components = [number_texts(values[:1])[0] if tree is None else text_of(tree) for tree, values in trees]
    names = list(direction.at)
    vector = f"{names[0]} = {components[0]}"
    if len(names) > 1:
        vector = f"({', '.join(names)}) = ({', '.join(components)})"
    length = math.hypot(*(float(values[0]) for values in direction.at.values()))
    if abs(length - 1) <= MAX_LENGTH_ERROR:
        return f"D is along {vector}, of length 1"
    return f"D is along {vector}, of length {number_texts(np.array([length]))[0]}, not scaled"


def gradient_lines(results: Sequence[Result], style: Style) -> list[str]:
    """For each of a few points how long one function's gradient is, and where it points.

    Nothing is said of a point at which a derivative is not finite or known to be none.
    """
    import numpy as np  # late, since formulas need none

    (name, result), *others = named(results)
    norms, direction = result.gradient_norm, result.gradient_direction
    if others or norms is None or len(norms) > MAX_GRADIENTS:
        return []
    doubtful = np.zeros(len(norms), np.bool_)
    for verdicts in result.verdicts.values():
        doubtful |= verdicts.hard() & (verdicts.kinds != code_of("unchecked"))
    lines = []
    for point in np.flatnonzero(~np.isnan(norms) & ~doubtful).tolist():
        where = f"{point_text(result.at, point, style)}: " if len(norms) > 1 else ""
        unit = [number_at(values, point, style.digits or DIRECTION_DIGITS) for values in direction.values()]
        norm = number_at(norms, point, style.digits)
        lines.append(where + _gradient(f"∇{name}" if style.unicode else f"grad {name}", norm, unit))
    return lines


def _gradient(gradient: str, norm: str, unit: Sequence[str]) -> str:
    if norm == "0":
        return f"|{gradient}| = 0"
    return f"|{gradient}| = {norm}, direction ({', '.join(unit)})"


def engine_line(results: Sequence[Result] | Sequence[SeriesResult]) -> str:
    """What computed the numbers, where it is not one backward pass alone."""
    first = results[0]
    if isinstance(first, SeriesResult):
        return TAYLOR.caption
    high = any(len(partial) > 1 for partial in partials_taken(first))
    return engine_named(first.engine).caption if high or first.engine != ENGINES[0].name else ""
