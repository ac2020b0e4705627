"""What a picture of two variables is called, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.pictures.fields.grid import Window
from derivcli.pictures.scene import Name
from derivcli.render.labels import name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import number_text

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.pictures.drawn import Drawn
    from derivcli.study.boxes.records import BoxPoint, BoxStudy

DIGITS = 5

TOLD_POINTS = 12
"""Up to so many critical points are told one by one."""


def called(expression: Expression, names: Sequence[str], letter: str) -> Name:
    """`f(x, y) = ...`, or as a left side calls it."""
    letter = expression.name or letter
    text = f"{letter}({', '.join(names)}) = {expression.text}"
    head = rf"{name_latex(letter)}({', '.join(map(name_latex, names))})"
    return Name(text, f"{head} = {latex_of(expression.tree, expression.spelling)}")


def variable(name: str) -> Name:
    """The name of an axis."""
    return Name(name, name_latex(name))


def fixed_notes(drawn: Drawn) -> list[str]:
    """Definitions, and the values of the variables that do not vary."""
    definitions = {part.name: part.text for each in drawn.expressions for part in each.definitions}
    found = [f"{name} = {text}" for name, text in definitions.items()]
    return found + [f"{name} = {number_text(value, DIGITS)}" for name, value in drawn.fixed.items()]


def critical_notes(known: BoxStudy | None) -> list[str]:
    """How many critical points there are, and whether they are proved to be all."""
    if known is None:
        return []
    count = len(known.critical)
    curves = [f"all points of {curve.equation.text}" for curve in known.curves]
    points = ["1 critical point" if count == 1 else f"{count or 'no'} critical points"] if count or not curves else []
    listed = f"critical: {' and '.join([*(f'{count} points' for _ in points), *curves])}" if curves else points[0]
    if known.complete:
        return [f"{listed}{' and no other' if count or curves else ''} here (proved)"]
    if count or curves:
        return [f"{listed} (proved), others are not ruled out"]
    return ["critical points are not decided"]


def critical_sentences(known: BoxStudy | None) -> list[str]:
    """The critical points for those who cannot see them."""
    if known is None:
        return ["Critical points were not looked for."]
    sentences = [note[0].upper() + note[1:] + "." for note in critical_notes(known)]
    return sentences + told_points(known.critical)


def told_points(points: Sequence[BoxPoint]) -> list[str]:
    """The first points in a sentence each."""
    sentences = []
    for point in points[:TOLD_POINTS]:
        place = ", ".join(number_text(number.value, DIGITS) for number in point.at)
        value = "" if point.value is None else f", where the value is {number_text(point.value.value, DIGITS)}"
        kind = " ".join(filter(None, (point.extent, point.kind)))
        sentences.append(f"{kind[0].upper()}{kind[1:]} at ({place}){value}.")
    return sentences


def window_sentence(names: Sequence[str], window: Window) -> str:
    """From where to where both variables go."""
    ends = [
        f"{name} from {number_text(low, DIGITS)} to {number_text(high, DIGITS)}"
        for name, (low, high) in zip(names, window, strict=True)
    ]
    return " and ".join(ends)
