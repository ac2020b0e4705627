"""Scenes of functions of two variables and of vector fields: breaks, levels, windows, critical points, planes."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from derivcli.errors import DerivError
from derivcli.picture_plans import Sight, drawn_of
from derivcli.pictures.fields.field_scene import field_scene
from derivcli.pictures.fields.levels import Spread, levels_of
from derivcli.pictures.fields.vector_scene import vector_scene
from derivcli.pictures.fields.window import shown
from derivcli.pictures.scene import FieldPanel, Mesh, Scene, VectorPanel
from derivcli.points.at_option import read_intervals, read_points
from derivcli.request import Request
from tests.support import sample

AROUND = "x=-2.93:3.11,y=-3.02:2.8"


@cache
def scene(text: str, on: str = "", at: str = "", surface: bool = False) -> Scene:
    points = read_points([at]) if at else None
    request = Request([text], points, study=tuple(read_intervals(on)) if on else ())
    return field_scene(drawn_of(request, Sight(surface=surface)))


def panel(text: str, on: str = "", at: str = "", surface: bool = False) -> FieldPanel:
    (found,) = scene(text, on, at, surface).panels
    assert isinstance(found, FieldPanel)
    return found


@cache
def vectors(first: str, second: str, operator: str = "div") -> tuple[Scene, VectorPanel]:
    made = vector_scene(drawn_of(Request([first, second], wrt=["x", "y"], operator=operator), Sight()))
    assert isinstance(made.panels[0], VectorPanel)
    return made, made.panels[0]


Side = Callable[[np.ndarray, np.ndarray], np.ndarray]

PARTED: dict[str, Side] = {
    # The part of the plane in which a function goes on without a break, by mathematics of our own.
    "1/(x-y)": lambda x, y: x > y,
    "sqrt(1-x^2-y^2)": lambda x, y: x * x + y * y <= 1 + 1e-3,
    "floor(x)+y": lambda x, y: np.floor(x),
    "1/(x*y)": lambda x, y: (x > 0) + 2 * (y > 0),
    "floor(x)+floor(y)": lambda x, y: np.floor(x) + 10 * np.floor(y),
    "where(x^2+y^2<2, x, 10+y)": lambda x, y: x * x + y * y < 2,
    "log(x+y)": lambda x, y: x + y > 0,
    "tan(x*y)": lambda x, y: np.round(x * y / math.pi),
    "atan2(y,x)": lambda x, y: (x < 0) & (y >= 0),
    "sign(x^2-y)*(3+y)": lambda x, y: x * x > y,
    "exp(x)/(x-y)": lambda x, y: x > y,
}


def straddling(mesh: Mesh, triangles: np.ndarray, side: Side) -> int:
    """The triangles of which two inner points lie on two sides of a break, but for those too thin to be seen."""
    x, y = mesh.x[triangles], mesh.y[triangles]
    weights = np.full((3, 3), 0.05) + 0.85 * np.eye(3)
    found = side(x @ weights, y @ weights)
    return int(((np.ptp(found.astype(float), axis=1) > 0) & (np.ptp(x, axis=1) > 1e-9)).sum())


@pytest.mark.sampled
@pytest.mark.parametrize("text", [*PARTED][: sample(5, 99)])
def test_no_triangle_reaches_across_a_break(text: str) -> None:
    contours = panel(text, AROUND).contours
    assert contours.mesh is not None
    near = contours.mesh.triangles[contours.mesh.triangles.max(axis=1) >= contours.values.size]
    assert len(near) > 100
    # A curved break is followed by straight pieces, so that it may be missed by a little.
    assert straddling(contours.mesh, near, PARTED[text]) <= len(near) // 50


def test_a_mesh_that_is_not_cut_is_found_out() -> None:
    contours = panel("floor(x)+y", AROUND).contours
    across, up = np.meshgrid(contours.x, contours.y)
    columns = len(contours.x)
    low = (np.arange(len(contours.y) - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    triangles = np.stack([low, low + 1, low + columns + 1], axis=1)
    mesh = Mesh(across.ravel(), up.ravel(), contours.values.ravel(), triangles)
    assert straddling(mesh, triangles, PARTED["floor(x)+y"]) > 500


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("text", "kind", "distance"),
    [
        ("1/(x-y)", "pole", lambda x, y: x - y),
        ("sqrt(1-x^2-y^2)", "border", lambda x, y: np.hypot(x, y) - 1),
        ("floor(x)+y", "jump", lambda x, y: x - np.round(x)),
        ("log(x+y)", "border", lambda x, y: x + y),
        ("where(x^2+y^2<2, x, 10+y)", "jump", lambda x, y: np.hypot(x, y) - math.sqrt(2)),
        ("tan(x*y)", "pole", lambda x, y: (x * y / math.pi - 0.5 - np.round(x * y / math.pi - 0.5)) / np.hypot(x, y)),
    ][: sample(3, 99)],
)
def test_breaks_are_lines_where_they_are(text: str, kind: str, distance: Callable[..., np.ndarray]) -> None:
    lines = panel(text, AROUND).curves
    assert [line.role for line in lines] == [kind]
    strokes = lines[0].strokes
    x, y = (np.concatenate([getattr(stroke, side) for stroke in strokes]) for side in "xy")
    assert len(x) > 100
    assert np.abs(distance(x, y)).max() < 1e-6
    assert len(strokes) <= 14


UNBROKEN = [
    "cbrt(x)*y", "exp(-1000(x-y)^2)", "x^2-y^2", "(x^2+y-11)^2+(x+y^2-7)^2", "exp(-x^2-y^2)", "abs(x)-abs(y)",
    "x^3-3x*y^2", "exp(x+y)", "1e300*x*y", "log(x^2+y^2)", "tanh(50(x-y))", "x*y/(x^2+y^2+1)",
]  # fmt: skip


@pytest.mark.sampled
@pytest.mark.parametrize("text", UNBROKEN[: sample(3, 99)])
def test_what_does_not_break_has_no_lines(text: str) -> None:
    assert panel(text).curves == ()


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2-y^2", {("saddle", 0, 0)}),
        ("x*y", {("saddle", 0, 0)}),
        ("exp(-x^2-y^2)", {("maximum", 0, 0)}),
        ("x^3-3x+y^2", {("saddle", -1, 0), ("minimum", 1, 0)}),
        ("(1-x)^2+100(y-x^2)^2", {("minimum", 1, 1)}),
        ("sqrt(1-x^2-y^2)", {("maximum", 0, 0)}),
        ("x^3-3x*y^2", {("saddle", 0, 0)}),
        ("x^4+y^4-(x+y)^2", {("minimum", -1, -1), ("minimum", 1, 1), ("degenerate", 0, 0)}),
        ("exp(x+y)", set()),
        ("abs(x)-abs(y)", set()),
    ][: sample(5, 99)],
)
def test_critical_points_are_those_of_the_mathematics(text: str, expected: set[tuple[str, int, int]]) -> None:
    found = panel(text)
    assert {(mark.kind, round(mark.x, 9), round(mark.y, 9)) for mark in found.marks} == expected
    assert all(mark.verdict == "proved" for mark in found.marks)
    for axis, places in ((found.x, [mark.x for mark in found.marks]), (found.y, [mark.y for mark in found.marks])):
        assert all(axis.low < place < axis.high for place in places)


def test_what_is_said_to_be_proved_is_complete() -> None:
    assert "9 critical points and no other here (proved)" in scene("(x^2+y-11)^2+(x+y^2-7)^2").notes
    assert not any("no other" in note for note in scene("sin(x*y)").notes)
    assert "critical: all points of x = 0 and no other here (proved)" in scene("x^2*(y+20)", "x=-1:1,y=-1:1").notes
    assert not any("critical" in note for note in scene("abs(x)-abs(y)").notes)


LEVELLED = [
    "1/(x^2+y^2)",
    "x^2-y^2", "(x^2+y-11)^2+(x+y^2-7)^2", "exp(-x^2-y^2)", "sin(x)*cos(y)", "1/(x-y)", "log(x^2+y^2)", "1e300*x*y",
    "(1-x)^2+100(y-x^2)^2", "exp(x+y)", "1e-9*(x+y)", "1e6+x+y", "exp(-100(x^2+y^2))", "exp(exp(x)+y)", "-x^2-y^4",
]  # fmt: skip


@pytest.mark.sampled
@pytest.mark.parametrize("text", LEVELLED[: sample(6, 99)])
def test_levels_are_round_and_cut_the_values(text: str) -> None:
    contours = panel(text).contours
    inner = contours.values[np.isfinite(contours.values)]
    levels = contours.levels
    assert 5 <= len(levels) <= 25
    assert all(one < other for one, other in pairwise(levels))
    assert inner.min() <= levels[0]
    assert levels[-1] <= inner.max()
    # A level has few digits: up to two, or those of a common offset.
    steps = np.diff(levels)
    assert all(float(f"{step:.3g}") == pytest.approx(step, rel=1e-6) for step in steps)
    bands = np.searchsorted(levels, inner)
    assert np.bincount(bands, minlength=len(levels) + 1).max() < 0.85 * inner.size


def test_levels_of_few_values() -> None:
    assert len(levels_of(Spread(np.full(9, 5.0)))) == 0
    assert len(levels_of(Spread(np.empty(0)))) == 0
    assert levels_of(Spread(np.array([0.0, 0.0, 1.0]))).tolist() == [0.5]
    assert levels_of(Spread(np.linspace(0, 1, 50))).tolist() == pytest.approx(np.arange(1, 10) / 10)


def test_a_constant_and_a_function_without_values() -> None:
    found = panel("f(x,y)=5")
    assert not len(found.contours.levels)
    assert "f = 5 at all points that were computed" in scene("f(x,y)=5").notes
    with pytest.raises(DerivError, match="no value"):
        scene("sqrt(-1-x^2-y^2)")
    with pytest.raises(DerivError, match="no value"):
        scene("sqrt(x)*y", "x=-3:-1,y=0:1")


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        ("exp(-100(x^2+y^2))", (-0.3, 0.3), (-0.3, 0.3)),
        ("sqrt(1-x^2-y^2)", (-1.2, 1.2), (-1.2, 1.2)),
        ("sin(x)*cos(y)", (-2 * math.pi, 2 * math.pi), (-2 * math.pi, 2 * math.pi)),
        ("sqrt(x-100)*y", (100, 300), (-300, 300)),
        ("(x-40)^2+(y+70)^2", (37, 43), (-73, -67)),
    ],
)
def test_windows_show_where_something_is(text: str, x: tuple[float, float], y: tuple[float, float]) -> None:
    found = panel(text)
    for axis, (low, high) in ((found.x, x), (found.y, y)):
        assert axis.low == pytest.approx(low, abs=0.25 * (high - low))
        assert axis.high == pytest.approx(high, abs=0.25 * (high - low))


def test_one_interval_is_kept_and_the_other_chosen() -> None:
    found = panel("x^2-y^2", "y=-1:4")
    assert (found.y.low, found.y.high) == (-1, 4)
    assert found.x.low < found.x.high


def test_poles_do_not_choose_the_window() -> None:
    def peak(x: np.ndarray, y: np.ndarray) -> list[list[np.ndarray]]:
        return [[np.exp(-300 * (x * x + y * y))]]

    def poles(x: np.ndarray, y: np.ndarray) -> list[list[np.ndarray]]:
        return [[np.where(x < 0, y / np.sin(math.pi * x), y)]]

    assert max(np.ravel(shown(peak, (0.0, 0.0)))) < 0.5
    assert shown(poles, (0.0, 0.0)) == ((-3, 3), (-3, 3))


def test_planes_touch_the_surface() -> None:
    found = panel("x^2-y^2+x*y", at="x=1,y=2", surface=True)
    (plane,) = found.planes
    assert plane.point == (1, 2, -1)
    assert plane.slopes == (4, -3)
    assert plane.name is not None
    assert plane.name.text == "tangent plane: z = \u22121 + 4(x \u2212 1) \u2212 3(y \u2212 2)"
    assert panel("abs(x)-y", at="x=0,y=0", surface=True).planes == ()


@pytest.mark.parametrize(
    ("first", "second", "operator", "value"),
    [
        ("x^2-y", "x*y", "div", lambda x, y: 3 * x),
        ("x^2-y", "x*y", "curl", lambda x, y: y + 1),
        ("-y", "x", "curl", lambda x, y: 2 + 0 * x),
        ("sin(y)", "cos(x)", "curl", lambda x, y: -np.sin(x) - np.cos(y)),
    ],
)
def test_colour_is_the_operator(first: str, second: str, operator: str, value: Callable[..., np.ndarray]) -> None:
    _, found = vectors(first, second, operator)
    assert found.contours is not None
    x, y = np.meshgrid(found.contours.x, found.contours.y)
    assert np.allclose(found.contours.values, value(x, y))


def test_zeros_of_a_field() -> None:
    def zeros(first: str, second: str) -> set[tuple[str, float, float]]:
        return {(mark.kind, mark.x, mark.y) for mark in vectors(first, second)[1].marks}

    assert zeros("x", "y") == {("source", 0, 0)}
    assert zeros("-x", "-y") == {("sink", 0, 0)}
    assert zeros("-y", "x") == {("zero", 0, 0)}
    assert zeros("x", "-y") == {("saddle", 0, 0)}
    assert zeros("y", "x-x^3-y") == {("saddle", 0, 0), ("sink", 1, 0), ("sink", -1, 0)}


def test_a_field_of_rounding_errors_has_no_levels() -> None:
    made, found = vectors("x/(x^2+y^2)", "y/(x^2+y^2)")
    assert found.contours is not None
    assert not len(found.contours.levels)
    assert any(note.startswith("div F = 0") for note in made.notes)
