"""The numbers of functions for a page: their tables, with verdicts at some places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial as with_arguments
from typing import TYPE_CHECKING

import numpy as np

from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.pictures.functions.curves import Line
from derivcli.pictures.functions.shown import Shown
from derivcli.pictures.scene import Floats, Table
from derivcli.pictures.tables import table_of
from derivcli.render.blocks import Style
from derivcli.render.quantities import named
from derivcli.render.verdicts import columns_of, digits_text, sentence
from derivcli.result import Partial, derivative_key

if TYPE_CHECKING:
    from derivcli.language.spelling import Spelling
    from derivcli.render.verdicts import JudgedColumn

STYLE = Style()


def tables_of(shown: Shown, lines: Sequence[Line]) -> Iterator[Table]:
    """A table for each function, with its derivatives behind it."""
    step = 1 + len(shown.drawn.partials)
    for number in range(len(shown.known)):
        own = lines[number * step : (number + 1) * step]
        yield table_of(
            number,
            [line.curve.name for line in own],
            with_arguments(_values, shown, number, own),
            (shown.low, shown.high),
            [joint.place for joint in own[0].joints],
            [line.curve.window[1] - line.curve.window[0] for line in own],
            slopes=_slopes([(), *shown.drawn.partials], shown.variable),
            judged=with_arguments(_verdicts, shown, number),
            places=[mark.x for line in own for mark in line.curve.marks],
            parts=len(shown.known),
        )


def _values(shown: Shown, number: int, lines: Sequence[Line], x: Floats) -> list[Floats]:
    """A function and its derivatives; at breaks what is known there, which is no number where there is none."""
    step = len(lines)
    found = shown.values(x)[number * step : (number + 1) * step]
    for values, line in zip(found, lines, strict=True):
        for joint in line.joints:
            values[x == joint.place] = np.nan if joint.here is None else joint.here
    return found


def _slopes(partials: Sequence[Partial], variable: str) -> list[int]:
    """For each derivative the place of its own derivative by the variable, -1 where that is not there."""
    places = {tuple(sorted(partial)): place for place, partial in enumerate(partials)}
    return [places.get(tuple(sorted((*partial, variable))), -1) for partial in partials]


def _verdicts(shown: Shown, number: int, x: Floats) -> list[str]:
    """What is known of the first derivative at places."""
    results = shown.drawn.judge({shown.variable: x})
    name, result = [*named(results)][number]
    key = derivative_key((shown.variable,))
    if key not in result.verdicts:
        return [""] * len(x)
    first = replace(result, verdicts={key: result.verdicts[key]}, value_verdicts=None)
    (column,) = columns_of(name, first, STYLE)
    return [_words(column, point, result.expression.spelling) for point in range(len(x))]


def _words(column: JudgedColumn, point: int, spelling: Spelling) -> str:
    verdict = column.verdicts[point]
    if verdict is None:
        return ""
    kind = KINDS[verdict.kind]
    if kind.is_right:
        return f"{kind.marks[0]} {column.label(point)} {_right(verdict)}"
    return sentence(column, point, verdict, STYLE, spelling)


def _right(verdict: Verdict) -> str:
    return f"{verdict.kind} to {digits_text(verdict.digits)}" if verdict.digits else verdict.kind
