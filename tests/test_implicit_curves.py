"""Curves of equations: the drawn lines against points that are found by halving along many straight lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from derivcli.errors import DerivError
from derivcli.picture_plans import Sight, drawn_of
from derivcli.pictures.curves.implicit_scene import implicit_scene
from derivcli.pictures.scene import Panel, Scene
from derivcli.points.at_option import read_intervals, read_points
from derivcli.request import Request
from tests.support import each, sample

Floats = NDArray[np.float64]
Function = Callable[[Floats, Floats], Floats]

PIXELS = (600, 400)
LINES, SAMPLES = 40, 3001

CURVES: dict[str, tuple[str, Function]] = {
    "x^3+y^3=3x*y": ("x=-3:3,y=-3:3", lambda x, y: x**3 + y**3 - 3 * x * y),
    "(x^2+y^2)^2=x^2-y^2": ("x=-1.5:1.5,y=-1:1", lambda x, y: (x * x + y * y) ** 2 - x * x + y * y),
    "(x^2+y^2-x)^2=x^2+y^2": ("x=-1:2.5,y=-2:2", lambda x, y: (x * x + y * y - x) ** 2 - x * x - y * y),
    "y^2=x^3": ("x=-1:2,y=-2:2", lambda x, y: y * y - x**3),
    "y^2=x^2*(x-1)": ("x=-1:3,y=-3:3", lambda x, y: y * y - x * x * (x - 1)),
    "y^2=x^3-x": ("x=-2:2,y=-2:2", lambda x, y: y * y - x**3 + x),
    "x^2-y^2=1": ("x=-4:4,y=-3:3", lambda x, y: x * x - y * y - 1),
    "sin(x*y)=0.5": ("x=-6:6,y=-5:5", lambda x, y: np.sin(x * y) - 0.5),
    "sin(x)+sin(y)=0.5": ("x=-20:20,y=-15:15", lambda x, y: np.sin(x) + np.sin(y) - 0.5),
    "cos(x)*cos(y)=0.95": ("x=-9:9,y=-7:7", lambda x, y: np.cos(x) * np.cos(y) - 0.95),
    "|x|+|y|=1": ("x=-1.5:1.5,y=-1.5:1.5", lambda x, y: abs(x) + abs(y) - 1),
    "(x^2+y^2-1)^3=x^2*y^3": ("x=-1.5:1.5,y=-1.5:1.5", lambda x, y: (x * x + y * y - 1) ** 3 - x * x * y**3),
    "x^y=y^x": ("x=0:8,y=0:8", lambda x, y: x**y - y**x),
    "x^2=4+0*y": ("x=-3:3,y=-3:3", lambda x, y: x * x - 4),
    "x*y=0": ("x=-1:1,y=-1:1", lambda x, y: x * y),
    "tan(x)=y": ("x=-8:8,y=-5:5", lambda x, y: np.tan(x) - y),
    "floor(x)+0.5=y": ("x=-3.2:3.2,y=-3:3", lambda x, y: np.floor(x) + 0.5 - y),
    "sqrt(x)+sqrt(y)=1": ("x=-0.2:1.2,y=-0.2:1.2", lambda x, y: np.sqrt(x) + np.sqrt(y) - 1),
    "cos(x^2+y^2)=x*y": ("x=-6:6,y=-6:6", lambda x, y: np.cos(x * x + y * y) - x * y),
    "y^2*(2-x)=x^3": ("x=-1:3,y=-3:3", lambda x, y: y * y * (2 - x) - x**3),
    "x^4+y^4=x^2*y": ("x=-1:1,y=-0.5:1", lambda x, y: x**4 + y**4 - x * x * y),
    "e^(x*y)=x+y": ("x=-3:3,y=-3:3", lambda x, y: np.exp(x * y) - x - y),
    "(x-1e6)^2+1e6*y^2=1e-4": ("x=999999.98:1000000.02,y=-2e-5:2e-5", lambda x, y: (x - 1e6) ** 2 + 1e6 * y**2 - 1e-4),
    "(x^2+y^2)^3=4x^2*y^2": ("x=-1:1,y=-1:1", lambda x, y: (x * x + y * y) ** 3 - 4 * x * x * y * y),
    "tan(x*y)=x": ("x=-6:6,y=-4:4", lambda x, y: np.tan(x * y) - x),
    "x=y^3-3y": ("x=-4:4,y=-3:3", lambda x, y: x - y**3 + 3 * y),
    "cbrt(x)+cbrt(y)=1": ("x=-3:3,y=-3:3", lambda x, y: np.cbrt(x) + np.cbrt(y) - 1),
}
"""Equations with windows, and what is 0 there."""


def scene_of(equation: str, window: str = "", size: tuple[int, int] = PIXELS) -> Scene:
    request = Request([equation], study=read_intervals(window) if window else ())
    return implicit_scene(drawn_of(request, Sight(pixels=size)))


def panel_of(scene: Scene) -> Panel:
    (panel,) = scene.panels
    assert isinstance(panel, Panel)
    return panel


def pixel_of(panel: Panel) -> Floats:
    """The sides of a pixel: square ones, since the windows here are about as high as they are wide."""
    sides = np.array([panel.x.high - panel.x.low, panel.y.high - panel.y.low])
    pixel: Floats = sides / np.array(PIXELS)
    return pixel


def strokes_of(panel: Panel) -> list[Floats]:
    return [np.stack([stroke.x, stroke.y]) for stroke in panel.curves[0].strokes]


def true_points(function: Function, panel: Panel) -> Floats:
    """Points of the curve on straight lines in both directions, by halving where the sign changes."""
    low, high = np.array([panel.x.low, panel.y.low]), np.array([panel.x.high, panel.y.high])
    found = []
    for axis in (0, 1):
        fixed = low[1 - axis] + (high - low)[1 - axis] * (np.arange(LINES) + 0.3183) / LINES
        along = np.linspace(low[axis], high[axis], SAMPLES) + (high - low)[axis] / SAMPLES / np.pi
        moving, still = np.meshgrid(along, fixed)

        def values(moving: Floats, still: Floats, axis: int = axis) -> Floats:
            with np.errstate(all="ignore"):
                return function(moving, still) if axis == 0 else function(still, moving)

        grid = values(moving, still)
        rows, columns = np.nonzero(grid[:, :-1] * grid[:, 1:] < 0)
        start, stop, place = along[columns], along[columns + 1], fixed[rows]
        first, size = grid[rows, columns], abs(grid[rows, columns]) + abs(grid[rows, columns + 1])
        for _ in range(60):
            middle = (start + stop) / 2
            same = values(middle, place) * first > 0
            start, stop = np.where(same, middle, start), np.where(same, stop, middle)
        at_end = abs(values(start, place)) + abs(values(stop, place))
        zero = at_end < 1e-3 * size
        pair = [start[zero], place[zero]]
        found.append(np.stack(pair if axis == 0 else pair[::-1]))
    return np.concatenate(found, axis=1)


def distances(points: Floats, lines: list[Floats]) -> Floats:
    """How far each point is from the nearest segment of the lines, all in pixels."""
    starts = np.concatenate([line[:, :-1] for line in lines], axis=1)
    ways = np.concatenate([np.diff(line, axis=1) for line in lines], axis=1)
    least = np.full(points.shape[1], np.inf)
    lengths = np.maximum((ways**2).sum(0), 1e-30)
    for part in np.array_split(np.arange(points.shape[1]), max(1, points.shape[1] * starts.shape[1] // 2_000_000)):
        away = points[:, part, None] - starts[:, None]
        share = np.clip((away * ways[:, None]).sum(0) / lengths, 0, 1)
        least[part] = np.hypot(*(away - share * ways[:, None])).min(1)
    return least


def farthest(function: Function, panel: Panel, lines: list[Floats]) -> tuple[float, int]:
    """How far in pixels points of the curve are from the lines, and how many there are."""
    points, pixel = true_points(function, panel), pixel_of(panel)[:, None]
    origin = np.array([[panel.x.low], [panel.y.low]])
    away = distances((points - origin) / pixel, [(line - origin) / pixel for line in lines])
    return float(away.max(initial=0)), points.shape[1]


def strays(function: Function, panel: Panel, lines: list[Floats]) -> int:
    """How many points of the lines have F of one sign on a disc of half a pixel around them."""
    pixel, count = pixel_of(panel), 0
    low, high = np.array([[panel.x.low], [panel.y.low]]), np.array([[panel.x.high], [panel.y.high]])
    turn, radius = np.meshgrid(np.arange(24) * np.pi / 12, [0.1, 0.25, 0.4, 0.5])
    disc = np.stack([(radius * np.cos(turn)).ravel() * pixel[0], (radius * np.sin(turn)).ravel() * pixel[1]])
    for line in lines:
        middle = np.concatenate([line, (line[:, 1:] + line[:, :-1]) / 2], axis=1)
        middle = middle[:, ((middle >= low) & (middle <= high)).all(0)]
        around = middle[:, :, None] + disc[:, None, :]
        with np.errstate(all="ignore"):
            values = function(*around)
        both = (values >= 0).any(1) & (values <= 0).any(1)
        count += int((~both & ~np.isnan(values).any(1)).sum())
    return count


@pytest.mark.sampled
@each("equation", [*CURVES][:: sample(4, 1)])
def test_a_curve_is_within_half_a_pixel(equation: str) -> None:
    window, function = CURVES[equation]
    panel = panel_of(scene_of(equation, window))
    lines = strokes_of(panel)
    away, count = farthest(function, panel, lines)
    assert count > 20
    assert away <= 0.5
    assert strays(function, panel, lines) == 0


def test_the_oracle_sees_a_line_that_is_left_out_or_moved() -> None:
    function = CURVES["x^2-y^2=1"][1]
    panel = panel_of(scene_of("x^2-y^2=1", "x=-4:4,y=-3:3"))
    lines = strokes_of(panel)
    assert farthest(function, panel, lines[1:])[0] > 10
    moved = [line + 0.8 * pixel_of(panel)[:, None] for line in lines]
    assert farthest(function, panel, moved)[0] > 0.5
    assert strays(function, panel, moved) > 20


@each("equation", ["(x^2+y^2-1)^2=0", "sqrt(1-x^2-y^2)=0", "|x^2+y^2-1|=0"])
def test_a_curve_on_which_no_sign_changes_is_drawn(equation: str) -> None:
    panel = panel_of(scene_of(equation, "x=-2:2,y=-2:2"))
    lines = strokes_of(panel)
    radii = np.hypot(*np.concatenate(lines, axis=1)) / pixel_of(panel)[0]
    assert abs(radii - 1 / pixel_of(panel)[0]).max() < 0.5
    turn = np.linspace(0, 2 * np.pi, 500)
    circle = np.stack([np.cos(turn), np.sin(turn)]) / pixel_of(panel)[:, None]
    assert distances(circle, [line / pixel_of(panel)[:, None] for line in lines]).max() < 0.5


@each(
    ("equation", "lines", "isolated"),
    [
        ("x^2+y^2=0", 0, [(0, 0)]),
        ("|x|+|y|=0", 0, [(0, 0)]),
        ("y^2=x^2*(x-1)", 1, [(0, 0)]),
        ("(x-1)^2+(y-2)^2=0", 0, [(1, 2)]),
        ("(x^2+y^2)*(x^2-1)=0", 2, [(0, 0)]),
        ("x^2+y^2=-1", 0, []),
        ("x^2+y^2=-1e-9", 0, []),
        ("x^2+y^2=1", 1, []),
    ],
)
def test_points_alone_are_marked(equation: str, lines: int, isolated: list[tuple[float, float]]) -> None:
    scene = scene_of(equation, "x=-3:3,y=-3:3")
    (curve,) = panel_of(scene).curves
    assert len(curve.strokes) == lines
    assert [mark.kind for mark in curve.marks] == ["isolated"] * len(isolated)
    assert [(round(mark.x, 6), round(mark.y, 6)) for mark in curve.marks] == isolated
    assert bool(scene.notes) == (not curve.strokes and not isolated)


def test_lines_meet_in_a_crossing_and_turn_back_in_a_cusp() -> None:
    for equation, window, at, ends in (
        ("x^3+y^3=3x*y", "x=-3:3,y=-3:3", (0, 0), 4),
        ("(x^2+y^2-1)^3=x^2*y^3", "x=-2:2,y=-2:2", (0, 1), 2),
    ):
        lines = strokes_of(panel_of(scene_of(equation, window)))
        near = [np.hypot(*(line - np.array([at]).T)) < 1e-6 for line in lines]
        assert sum(int(each[0]) + int(each[-1]) + 2 * int(each[1:-1].sum()) for each in near) in (ends, 2 * ends)


def test_a_window_shows_what_there_is() -> None:
    for equation, low, high in (
        ("x^2+y^2=25", (5, 5), (7, 7)),
        ("(x-100)^2+(y-50)^2=1", (1, 1), (1.5, 1.5)),
        ("x^2+y^2=0.0001", (0.01, 0.01), (0.015, 0.015)),
        ("x^2-y^2=1", (1.5, 1), (5, 5)),
        ("x^3+y^3=3x*y", (1, 1), (4, 4)),
        ("sin(x)=cos(y)", (6, 6), (7, 7)),
    ):
        panel = panel_of(scene_of(equation))
        half = [(axis.high - axis.low) / 2 for axis in (panel.x, panel.y)]
        assert all(a <= each <= b for a, each, b in zip(low, half, high, strict=True)), equation
        assert panel.curves[0].strokes


def test_a_region_is_told() -> None:
    assert "region" in scene_of("floor(x)=0*y", "x=-2:2,y=-2:2").notes[0]


def test_an_equation_in_one_variable_is_a_line_across_the_plane() -> None:
    for equation, window in (("x=1", ""), ("x=1", "x=-2:2,y=-3:3"), ("y^2=4", "x=-2:2,y=-3:3")):
        panel = panel_of(scene_of(equation, window))
        line = np.concatenate(strokes_of(panel), axis=1)
        assert np.allclose(line[0] if "x" in equation else abs(line[1]), 1 if "x" in equation else 2)
        assert (panel.x.name.text, panel.y.name.text) == ("x", "y")


def test_an_equation_in_three_variables_is_refused() -> None:
    with pytest.raises(DerivError, match="vary"):
        scene_of("x+z+y=1", "x=-2:2,y=-2:2")


@each(
    "equation, at, tangents",
    [
        ("x^2+y^2=25", ("x=3", "y=4"), ["y = −0.75x + 6.25"]),
        ("x^2+y^2=25", ("x=5", "y=0"), ["x = 5"]),
        ("x^3+y^3=3x*y", ("x=0", "y=0"), ["x = 0", "y = 0"]),
        ("y^2=x^2*(x+1)", ("x=0", "y=0"), ["y = x", "y = −x"]),
        ("y^2=x^3", ("x=0", "y=0"), ["y = 0"]),
        ("x^4+y^4=x^2*y", ("x=0", "y=0"), ["x = 0", "y = 0"]),
        ("x^2+y^2=0", ("x=0", "y=0"), []),
        ("(x-1)*(y-x)=0", ("x=1", "y=1"), ["x = 1", "y = x"]),
        ("|x|+|y|=1", ("x=0.5", "y=0.5"), ["y = −x + 1"]),
        ("|x|+|y|=1", ("x=1", "y=0"), ["y = x − 1", "y = −x + 1"]),
        ("x^2+y^2=25", ("x=3", "y=5"), None),
    ],
)
def test_tangents_touch_a_curve(equation: str, at: tuple[str, str], tangents: list[str] | None) -> None:
    request = Request([equation], read_points(at), study=read_intervals("x=-7:7,y=-7:7"))
    scene = implicit_scene(drawn_of(request, Sight(pixels=PIXELS)))
    found = sorted(curve.name.text for curve in panel_of(scene).curves if curve.role == "tangent")
    assert found == (tangents or [])
    assert scene.notes == (("(3, 5) is not on the curve",) if tangents is None else ())


def test_special_points_are_marked_where_they_are_asked_for() -> None:
    for equation, marks in (
        ("x^3+y^3=3x*y", {("node", 0, 0), ("flat", 1.259921, 1.587401), ("flat", 1.587401, 1.259921)}),
        ("y^2=x^3", {("corner", 0, 0)}),
        ("y^2=x^2*(x-1)", {("isolated", 0, 0), ("flat", 1, 0)}),
    ):
        request = Request([equation], study=read_intervals("x=-3:3,y=-3:3"))
        scene = implicit_scene(drawn_of(request, Sight(studied=True, pixels=PIXELS)))
        found = panel_of(scene).curves[0].marks
        assert {(mark.kind, round(mark.x, 6), round(mark.y, 6)) for mark in found} == marks
