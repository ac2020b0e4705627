"""The picture of a vector field in the plane: arrows, its zeros, and its divergence or its curl as colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from derivcli.errors import DerivError
from derivcli.pictures.fields.critical import marks_of, zeros_in
from derivcli.pictures.fields.field_scene import (
    axes_of,
    constant_note,
    has_one_scale,
    levelled,
    lines_of,
    parted_of,
    surrounded,
    undefined,
)
from derivcli.pictures.fields.grid import Field, Window, field_of, middles, on_grid, value_grid
from derivcli.pictures.fields.levels import Spread
from derivcli.pictures.fields.window import window_of
from derivcli.pictures.fields.wording import fixed_notes, told_points, window_sentence
from derivcli.pictures.scene import Contours, Floats, Name, Scene, VectorPanel
from derivcli.render.labels import Label, name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import number_text

if TYPE_CHECKING:
    from derivcli.pictures.drawn import Drawn
    from derivcli.study.boxes.study_field import FieldZeros

ARROWS = 21
"""The arrows along each variable."""


ROUNDING = 1e-12
"""A sum that is so small beside its terms may be 0."""


def vector_scene(drawn: Drawn) -> Scene:
    """The scene of a field of two functions of two variables."""
    if len(drawn.expressions) != 2 or len(drawn.names) != 2:
        message = f"a picture shows a field of two functions of two variables, and here {_counted(drawn)}"
        raise DerivError(message, hint="write two expressions, and name both variables as in `--wrt x,y`")
    field = field_of(drawn)
    window = window_of(drawn, field)
    known = zeros_in(drawn, window)
    grid = value_grid(lambda found: operated(drawn, found), field, window)
    if not np.isfinite(grid.values).any():
        raise undefined(drawn, window, "the field")
    parted = parted_of(field, grid, lambda found: operated(drawn, found))
    spread = Spread(np.sort(grid.values[np.isfinite(grid.values)]), poles=parted is not None and "pole" in parted.lines)
    contours = levelled(_operator_name(drawn), grid, parted, spread)
    x, y = (middles(ends, ARROWS) for ends in window)
    panel = VectorPanel(
        *axes_of(drawn, window),
        grid=(x, y),
        vectors=_vectors(field, x, y),
        contours=contours,
        marks=marks_of(() if known is None else known.points, drawn.studied),
        curves=lines_of(parted),
    )
    title = _title(drawn)
    return Scene(
        (title,),
        (panel,),
        notes=tuple(_notes(drawn, contours, known)),
        description=_description(drawn, title, window, contours, known),
        equal=drawn.equal or has_one_scale(window),
    )


def _counted(drawn: Drawn) -> str:
    functions, variables = len(drawn.expressions), len(drawn.names)
    return f"there are {functions} in {variables}"


def operated(drawn: Drawn, found: list[list[Floats]]) -> Floats:
    """The divergence or the curl, from the derivatives of both functions; 0 where rounding alone may differ from it."""
    x, y = ([function[1 + drawn.partials.index((name,))] for function in found] for name in drawn.names)
    first, second = (x[1], -y[0]) if drawn.operator == "curl" else (x[0], y[1])
    with np.errstate(all="ignore"):
        made, terms = first + second, np.abs(first) + np.abs(second)
        finite = np.isfinite(made)
        typical = np.median(terms[finite]) if finite.any() else 0.0
        made[finite & (np.abs(made) <= ROUNDING * np.maximum(terms, typical))] = 0.0
        return np.asarray(made, np.float64)


def _vectors(field: Field, x: Floats, y: Floats) -> Floats:
    """The field on a grid, nan where it has no value."""
    with np.errstate(all="ignore"):
        vectors = np.array([function[0] for function in on_grid(field, x, y)])
        vectors[:, ~(np.isfinite(vectors).all(axis=0) & surrounded(field, x, y))] = np.nan
    return vectors


def _title(drawn: Drawn) -> Name:
    """F(x, y) = (P, Q)."""
    parts = [each.text for each in drawn.expressions]
    inner = r",\; ".join(latex_of(each.tree, each.spelling) for each in drawn.expressions)
    arguments = ", ".join(map(name_latex, drawn.names))
    return Name(
        f"F({', '.join(drawn.names)}) = ({', '.join(parts)})",
        rf"F({arguments}) = \left({inner}\right)",
    )


def _operator_name(drawn: Drawn) -> Name:
    label = Label("F", ("curl" if drawn.operator == "curl" else "div",), drawn.operator)
    return Name(label.shown(), label.latex)


def _notes(drawn: Drawn, contours: Contours, known: FieldZeros | None) -> list[str]:
    notes = fixed_notes(drawn)
    name = contours.name.text
    if not len(contours.levels):
        notes.append(constant_note(contours))
    else:
        notes.append(f"colour: {name}" + (f" in units of 10^{contours.unit}" if contours.unit else ""))
    return [*notes, *zero_notes(known)]


def zero_notes(known: FieldZeros | None) -> list[str]:
    """How many zeros the field has, and whether they are proved to be all."""
    if known is None or not (known.points or known.complete):
        return []
    count = len(known.points)
    zeros = "1 zero" if count == 1 else f"{count or 'no'} zeros"
    if known.complete:
        return [f"{zeros}{' and no other' if count else ''} here (proved)"]
    return [f"{zeros} (proved), others are not ruled out"]


def _description(drawn: Drawn, title: Name, window: Window, contours: Contours, known: FieldZeros | None) -> str:
    """The picture in sentences."""
    inner = contours.values[np.isfinite(contours.values)]
    low, high = (number_text(float(each), 3) for each in (inner.min(), inner.max()))
    sentences = [
        f"Arrows of the vector field {title.text} for {window_sentence(drawn.names, window)}.",
        f"The colour is {contours.name.text}, which goes from {low} to {high} on a grid.",
        *(f"{note[0].upper()}{note[1:]}." for note in zero_notes(known)),
        *told_points(known.points if known else ()),
    ]
    return " ".join(sentences)
