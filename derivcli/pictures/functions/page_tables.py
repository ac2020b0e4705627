"""The numbers that a page shows where its reader points: those of every curve, with verdicts about the derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.pictures.functions.curves import Line, slopes_of
from derivcli.pictures.functions.names import DIGITS, letters_of
from derivcli.pictures.functions.shown import Shown
from derivcli.pictures.scene import Curve, Floats, Panel, Table
from derivcli.pictures.tables import table_of
from derivcli.render.blocks import Style
from derivcli.render.verdicts import JudgedColumn, columns_of, digits_text, sentence
from derivcli.result import Result, derivative_key

STYLE = Style(digits=DIGITS)

SAID = {"proved": "proved to {}", "agrees": "agrees in {}"}
"""What is said of a number that is right, with how many digits."""


def tables(shown: Shown, lines: Sequence[Line], panels: Sequence[Panel]) -> Iterator[Table]:
    """A table for each function, if they are asked for."""
    if not shown.drawn.tips:
        return
    curves = [(curve, panel.y.high - panel.y.low) for panel in panels for curve in panel.curves]
    step = 1 + len(shown.drawn.partials)
    slopes = slopes_of(shown.drawn)
    for number, known in enumerate(shown.known):
        own = [(curve, height) for curve, height in curves if _is_column(curve, number)]
        own.sort(key=lambda each: each[0].order)
        first = number * step
        yield table_of(
            number,
            [curve.name for curve, _ in own],
            _numbers(shown, lines, slice(first, first + step)),
            (shown.low, shown.high),
            [point.x.value for point in known.breaks],
            [height for _, height in own],
            slopes=[-1 if slope is None else slope - first for slope in slopes[first : first + step]],
            judged=_judged(shown, number),
            places=[mark.x for curve, _ in own for mark in curve.marks],
            parts=len(shown.known),
        )


def _is_column(curve: Curve, number: int) -> bool:
    return curve.function == number and curve.role in ("function", "derivative")


def _numbers(shown: Shown, lines: Sequence[Line], own: slice) -> Callable[[Floats], list[Floats]]:
    """A function with its derivatives, which at breaks have no number where PyTorch's is a convention."""

    def numbers(x: Floats) -> list[Floats]:
        found = shown.values(x)[own]
        for values, line in zip(found, lines[own], strict=True):
            for joint in line.joints:
                values[x == joint.place] = np.nan if joint.here is None else joint.here
        return found

    return numbers


def _judged(shown: Shown, number: int) -> Callable[[Floats], list[str]] | None:
    """What is known of the first derivative at places, where it is drawn."""
    key = derivative_key((shown.variable,))
    if (shown.variable,) not in shown.drawn.partials:
        return None
    letter = letters_of(shown.drawn)[number]

    def judged(x: Floats) -> list[str]:
        result = shown.drawn.judge({shown.variable: x})[number]
        verdicts = result.verdicts.get(key)
        if verdicts is None:
            return [""] * len(x)
        column = _column(letter, result, key)
        return [_said(column, point, verdicts[point], result) for point in range(len(x))]

    return judged


def _column(letter: str, result: Result, key: str) -> JudgedColumn:
    columns = columns_of(letter, result, STYLE)
    return columns[[*result.verdicts].index(key)]


def _said(column: JudgedColumn, point: int, verdict: Verdict | None, result: Result) -> str:
    if verdict is None:
        return ""
    if KINDS[verdict.kind].is_right:
        return f"{column.label(point)} {SAID[verdict.kind].format(digits_text(verdict.digits or 0))}"
    return sentence(column, point, verdict, STYLE, result.expression.spelling)
