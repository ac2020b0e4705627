"""Scenes made by hand, for tests of what is drawn of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from derivcli.pictures.drawing.draw import figure_of
from derivcli.pictures.drawing.figure import clean_matplotlib
from derivcli.pictures.drawing.sheet import scale_of
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.look import Look
from derivcli.pictures.scene import (
    AnyPanel,
    Axis,
    Band,
    Contours,
    Curve,
    Density,
    FieldPanel,
    Floats,
    Mark,
    Name,
    Panel,
    Scene,
    Stroke,
    TangentPlane,
    VectorPanel,
)

X, Y, NOTHING = Name("x", "x"), Name("y", "y"), Name("")


def stroke(function: Callable[[Floats], Floats], low: float, high: float, points: int = 101) -> Stroke:
    x = np.linspace(low, high, points)
    return Stroke(x, function(x) + 0 * x)


def panel(*curves: Curve, x: tuple[float, float] = (-3, 3), y: tuple[float, float] = (-2, 10), **more: Any) -> Panel:
    return Panel(Axis(X, *x), Axis(NOTHING, *y), curves, **more)


def scene(*panels: AnyPanel, title: str = "f(x) = x^2", **more: Any) -> Scene:
    return Scene((Name(title, title),), panels, **more)


def parabola(points: int = 101) -> Scene:
    f = Curve(Name("f(x)", "f(x)"), (stroke(np.square, -3, 3, points),))
    slope = Curve(Name("f'(x)", "f'(x)"), (stroke(lambda x: 2 * x, -3, 3, points),), "derivative", 1)
    return scene(panel(f, slope), description="A parabola and its slope.")


def steps() -> Scene:
    """A line of two strokes with a jump between them, whose ends are an open and a filled circle."""
    strokes = stroke(lambda x: -1 - 0 * x, -3, 0), stroke(lambda x: 1 + x, 0, 3)
    marks = Mark(0, -1, "open"), Mark(0, 1, "closed"), Mark(3, 4, "closed", Name("end"))
    return scene(panel(Curve(Name("f"), strokes, marks=marks)), title="steps")


def field(surface: bool = False) -> Scene:
    """x^2 - y^2 with its gradient, its saddle and a tangent plane."""
    x, y = np.linspace(-2, 2, 61), np.linspace(-1, 1, 41)
    coarse = np.linspace(-1.5, 1.5, 7), np.linspace(-0.8, 0.8, 5)
    values = x[None, :] ** 2 - y[:, None] ** 2
    gradient = np.array([2 * coarse[0][None, :] + 0 * coarse[1][:, None], 0 * coarse[0] - 2 * coarse[1][:, None]])
    contours = Contours(Name("f", "f"), x, y, values, np.array([-0.5, 0.0, 1.0, 2.0]), gradient, coarse)
    plane = (TangentPlane((1.0, 0.5, 0.75), (2.0, -1.0)),) if surface else ()
    marks = (Mark(0, 0, "saddle", Name("saddle")),)
    return scene(FieldPanel(Axis(X, -2, 2), Axis(Y, -1, 1), contours, marks, (), surface, plane), title="f(x, y)")


def rotation() -> Scene:
    """The field (-y, x) with its curl as colour."""
    grid = np.linspace(-1, 1, 5), np.linspace(-1, 1, 5)
    x, y = np.meshgrid(*grid)
    contours = Contours(Name("curl F"), *grid, 2 + 0 * x, np.array([-2.0, 2.0]))
    return scene(VectorPanel(Axis(X, -1.2, 1.2), Axis(Y, -1.2, 1.2), grid, np.array([-y, x]), contours), title="F")


def everything() -> list[Scene]:
    """A scene for each kind of panel and of what a panel holds."""
    x = np.linspace(-3, 3, 50)
    band = Band(Name("proved"), x, x**2 - 1, x**2 + 1)
    density = Density(Name("rows"), np.arange(12).reshape(3, 4), (-3, 3), (-2, 10))
    path = Curve(NOTHING, (Stroke(np.cos(x), np.sin(x)),), "path", arrows=np.array([[1.0, 0, 0, 1]]))
    (parabolas,) = parabola().panels
    assert isinstance(parabolas, Panel)
    shapes = scene(panel(*parabolas.curves, bands=(band,), densities=(density,)))
    circle = scene(panel(path, x=(-1.2, 1.2), y=(-1.2, 1.2)), equal=True)
    return [parabola(), steps(), shapes, circle, field(), field(surface=True), rotation()]


@contextmanager
def figure(made: Scene, look: Look | None = None) -> Iterator[Any]:
    """The figure of a scene, as long as its settings hold."""
    look = look or Look()
    with clean_matplotlib(THEMES[look.theme], scale_of(look)):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        drawn = figure_of(made, look)
        FigureCanvasAgg(drawn)  # which tells how large texts are
        yield drawn
