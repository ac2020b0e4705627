"""The picture of a function of two variables: contours or a surface, its gradient, its critical points, its breaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from derivcli.errors import DerivError
from derivcli.pictures.fields.borders import broken_edges
from derivcli.pictures.fields.critical import marks_of, studied
from derivcli.pictures.fields.grid import (
    GRID_POINTS,
    SURFACE_POINTS,
    Field,
    Grid,
    Picked,
    Window,
    field_of,
    middles,
    on_grid,
    value_grid,
)
from derivcli.pictures.fields.levels import Spread, levels_of
from derivcli.pictures.fields.mesh import Cut, cut
from derivcli.pictures.fields.planes import NO_PLANE, planes_of, touching
from derivcli.pictures.fields.window import window_of
from derivcli.pictures.fields.wording import (
    called,
    critical_notes,
    critical_sentences,
    fixed_notes,
    variable,
    window_sentence,
)
from derivcli.pictures.scene import Axis, Contours, Curve, FieldPanel, Floats, Mark, Name, Scene
from derivcli.render.numbers import number_text

if TYPE_CHECKING:
    from derivcli.pictures.drawn import Drawn
    from derivcli.study.boxes.records import BoxStudy

MAX_BROKEN_PART = 0.15
"""Breaks on more edges than this part of the points are too dense to be told apart."""

ARROWS = 17
"""The arrows along each variable."""

LIKE = 2.5
"""Two variables whose windows differ by no more than this factor have one scale."""

UNIT_ABOVE, UNIT_BELOW = 5, -4
"""Levels of such powers of ten have a unit."""

MAX_POWER = 100
"""Axes of such powers of ten have no unit."""

LINE_NAMES = {"border": "the border of the domain", "jump": "a jump", "pole": "a line of poles"}


def first_value(found: list[list[Floats]]) -> Floats:
    """The value of the only function."""
    return found[0][0]


def field_scene(drawn: Drawn) -> Scene:
    """The scene of one function of two variables."""
    field = field_of(drawn)
    window = window_of(drawn, field)
    known = studied(drawn, window)
    grid = value_grid(first_value, field, window, SURFACE_POINTS if drawn.surface else GRID_POINTS)
    if not np.isfinite(grid.values).any():
        raise undefined(drawn, window, "the function")
    parted = parted_of(field, grid, first_value)
    contours = contours_of(drawn, grid, parted, known)
    title = called(drawn.expressions[0], drawn.names, "f")
    marks = () if drawn.surface else marks_of(known.critical if known else (), drawn.studied)
    points = touching(drawn)
    planes = planes_of(drawn, points) if drawn.surface else ()
    panel = FieldPanel(
        *axes_of(drawn, window),
        contours if drawn.surface else with_gradient(contours, field, window, drawn),
        marks=(*marks, *(Mark(point.x, point.y, "dot", point.name, point.tip) for point in points)),
        curves=lines_of(parted),
        surface=drawn.surface,
        planes=planes,
    )
    return Scene(
        (title,),
        (panel,),
        notes=tuple(_notes(drawn, panel, known)),
        description=_description(drawn, title, window, panel, known),
        equal=not drawn.surface and (drawn.equal or has_one_scale(window)),
    )


def undefined(drawn: Drawn, window: Window, what: str) -> DerivError:
    """There is nothing to be seen."""
    where = window_sentence(drawn.names, window)
    message = f"{what} has no value that is a float64 for {where}"
    return DerivError(message, drawn.expressions[0].source, hint="choose where to look, as in `--on x=0:1,y=0:1`")


def parted_of(field: Field, grid: Grid, value: Picked) -> Cut | None:
    """The grid cut along its breaks; None where there are none."""
    edges = broken_edges(lambda x, y: value(field(x, y)), grid)
    breaks = sum(int((each.kinds > 0).sum()) for each in edges)
    if (np.isfinite(grid.values).all() and not breaks) or breaks > MAX_BROKEN_PART * grid.values.size:
        return None
    return cut(grid, edges)


def contours_of(drawn: Drawn, grid: Grid, parted: Cut | None, known: BoxStudy | None) -> Contours:
    """The values with their levels."""
    values = np.sort(grid.values[np.isfinite(grid.values)])
    inner = () if known is None else known.critical
    sizes = [(point.kind, point.value.value) for point in inner if point.value is not None]
    spread = Spread(
        values,
        [size for _, size in sizes],
        min((size for kind, size in sizes if kind == "minimum"), default=None),
        max((size for kind, size in sizes if kind == "maximum"), default=None),
        parted is not None and "pole" in parted.lines,
    )
    return levelled(variable(drawn.expressions[0].name or "f"), grid, parted, spread)


def levelled(name: Name, grid: Grid, parted: Cut | None, spread: Spread) -> Contours:
    """A grid with levels for its values."""
    levels = levels_of(spread)
    mesh = None if parted is None else parted.mesh
    return Contours(name, grid.x, grid.y, grid.values, levels, mesh=mesh, unit=level_unit(levels, spread.values))


def level_unit(levels: Floats, values: Floats) -> int:
    """The power of ten that levels are named in, 0 where they are of usual size."""
    largest = float(np.abs(levels).max()) if len(levels) else float(np.abs(values).max())
    power = math.floor(math.log10(largest)) if largest else 0
    return power if not UNIT_BELOW <= power <= UNIT_ABOVE else 0


def with_gradient(contours: Contours, field: Field, window: Window, drawn: Drawn) -> Contours:
    """The contours with arrows of the gradient."""
    places = [drawn.partials.index((name,)) + 1 for name in drawn.names if (name,) in drawn.partials]
    if len(places) < 2 or not len(contours.levels):
        return contours
    x, y = (middles(ends, ARROWS) for ends in window)
    with np.errstate(all="ignore"):
        found = on_grid(field, x, y)[0]
    gradient = np.array([found[place] for place in places])
    gradient[:, ~(np.isfinite(gradient).all(axis=0) & surrounded(field, x, y))] = np.nan
    return Contours(
        contours.name, contours.x, contours.y, contours.values, contours.levels, gradient, (x, y), contours.mesh,
        contours.unit,
    )  # fmt: skip


def surrounded(field: Field, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """The points with values at them and around them, where an arrow would end."""
    reach = 0.42 * (x[1] - x[0]), 0.42 * (y[1] - y[0])
    moves = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
    found = [np.isfinite(on_grid(field, x + across * reach[0], y + up * reach[1])[0][0]) for across, up in moves]
    return np.asarray(np.logical_and.reduce(found), np.bool_)


def lines_of(parted: Cut | None) -> tuple[Curve, ...]:
    """The breaks as curves."""
    if parted is None:
        return ()
    return tuple(Curve(Name(LINE_NAMES[kind]), strokes, role=kind) for kind, strokes in parted.lines.items())


def axes_of(drawn: Drawn, window: Window) -> tuple[Axis, Axis]:
    """Both axes; pi divides those that go over whole parts of it."""
    first, second = (
        Axis(variable(name), low, high, _far(low, high), turns=_is_turn(low) and _is_turn(high))
        for name, (low, high) in zip(drawn.names, window, strict=True)
    )
    return first, second


def _far(low: float, high: float) -> int:
    """The power of ten of an axis that goes over lengths with which no pixels are reckoned; 0 for others."""
    power = math.floor(math.log10(max(abs(low), abs(high))))
    return power if abs(power) > MAX_POWER else 0


def _is_turn(end: float) -> bool:
    return end == 0 or (end / (math.pi / 4)).is_integer()


def has_one_scale(window: Window) -> bool:
    """Whether both variables go over lengths of one size, so that arrows can stand upright on contours."""
    (left, right), (below, above) = window
    ratio = (right / 2 - left / 2) / (above / 2 - below / 2)
    return 1 / LIKE <= ratio <= LIKE


def constant_note(contours: Contours) -> str:
    """What is to be said of a function without levels."""
    inner = contours.values[np.isfinite(contours.values)]
    told = number_text(float(np.median(inner)) + 0.0, 6)
    digits = "" if inner.min() == inner.max() else " to 13 digits"
    return f"{contours.name.text} = {told}{digits} at all points that were computed"


def _notes(drawn: Drawn, panel: FieldPanel, known: BoxStudy | None) -> list[str]:
    contours = panel.contours
    notes = fixed_notes(drawn)
    if not len(contours.levels):
        notes.append(constant_note(contours))
    elif contours.unit:
        notes.append(f"levels in units of 10^{contours.unit}")
    if not panel.surface:
        notes += critical_notes(known) if known and (known.critical or known.complete or known.curves) else []
        notes += [f"{line.name.text}: {SPELLED[line.role]}" for line in panel.curves]
    notes += [plane.name.text for plane in panel.planes if plane.name is not None]
    notes += [mark.tip for mark in panel.marks if mark.tip.endswith(NO_PLANE) and panel.surface]
    return notes


SPELLED = {"border": "solid line", "jump": "dashed line", "pole": "dotted line"}


def _description(drawn: Drawn, title: Name, window: Window, panel: FieldPanel, known: BoxStudy | None) -> str:
    """The picture in sentences."""
    contours = panel.contours
    inner = contours.values[np.isfinite(contours.values)]
    what = "A surface" if panel.surface else "Contours"
    sentences = [f"{what} of {title.text} for {window_sentence(drawn.names, window)}."]
    low, high = (number_text(float(each), 3) for each in (inner.min(), inner.max()))
    sentences.append(f"Its values on a grid go from {low} to {high}.")
    if len(contours.levels):
        levels = ", ".join(number_text(level, 6) for level in contours.levels.tolist())
        sentences += [f"Lines at {levels}."] * (not panel.surface)
    if len(inner) < contours.values.size:
        sentences.append(f"It is defined at {100 * len(inner) / contours.values.size:.0f} percent of the points.")
    sentences += [f"There is {line.name.text}." for line in panel.curves]
    return " ".join([*sentences, *critical_sentences(known), *_tips(panel.marks)])


def _tips(marks: Sequence[Mark]) -> list[str]:
    return [f"{mark.tip}." for mark in marks if mark.kind == "dot" and mark.tip]
