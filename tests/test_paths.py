"""Parametric and polar curves: the drawn lines against densely computed points of the same curves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from derivcli.errors import DerivError
from derivcli.picture_plans import Sight, drawn_of
from derivcli.pictures.curves.path_scene import path_scene
from derivcli.pictures.scene import Panel, Scene
from derivcli.points.at_option import read_intervals, read_points
from derivcli.request import Request
from tests.support import each, sample
from tests.test_implicit_curves import distances, panel_of

Floats = NDArray[np.float64]
Path = Callable[[Floats], tuple[Floats, Floats]]

PIXELS = (600, 400)
DENSE = 12_001

PATHS: dict[str, tuple[str, int, Path]] = {
    "cos(t);sin(t)": ("", 1, lambda t: (np.cos(t), np.sin(t))),
    "cos(3t);sin(2t)": ("", 1, lambda t: (np.cos(3 * t), np.sin(2 * t))),
    "t-sin(t);1-cos(t)": ("", 1, lambda t: (t - np.sin(t), 1 - np.cos(t))),
    "t^2;t^3": ("", 1, lambda t: (t**2, t**3)),
    "t^3-3t;t^2": ("", 1, lambda t: (t**3 - 3 * t, t**2)),
    "cos(t)^3;sin(t)^3": ("", 1, lambda t: (np.cos(t) ** 3, np.sin(t) ** 3)),
    "cbrt(t);t": ("t=-1:1", 1, lambda t: (np.cbrt(t), t)),
    "tan(t);1/cos(t)": ("t=-4:4", 3, lambda t: (np.tan(t), 1 / np.cos(t))),
    "floor(t);t^2": ("t=-2.5:2.5", 6, lambda t: (np.floor(t), t**2)),
    "sqrt(t);log(t)": ("t=0:3", 1, lambda t: (np.sqrt(t), np.log(t))),
    "t*cos(1/t);t*sin(1/t)": ("t=0.02:0.5", 1, lambda t: (t * np.cos(1 / t), t * np.sin(1 / t))),
    "t;2": ("t=0:1", 1, lambda t: (t, 2 + 0 * t)),
    "1e200t;1e-200t^2": ("t=-1:1", 1, lambda t: (1e200 * t, 1e-200 * t**2)),
}
"""Coordinates, the interval, in how many pieces the path is drawn, and the same computed otherwise."""

POLAR: dict[str, tuple[str, int, Path]] = {
    "1+cos(theta)": ("", 1, lambda t: ((1 + np.cos(t)) * np.cos(t), (1 + np.cos(t)) * np.sin(t))),
    "theta": ("", 1, lambda t: (t * np.cos(t), t * np.sin(t))),
    "cos(2theta)": ("", 1, lambda t: (np.cos(2 * t) * np.cos(t), np.cos(2 * t) * np.sin(t))),
    "1/theta": ("theta=0.1:20", 1, lambda t: (np.cos(t) / t, np.sin(t) / t)),
    "1/(1+2cos(theta))": ("", 3, lambda t: (np.cos(t) / (1 + 2 * np.cos(t)), np.sin(t) / (1 + 2 * np.cos(t)))),
}


def scene_of(formulas: str, interval: str = "", points: str = "", *, polar: bool = False) -> Scene:
    at = read_points([points]) if points else None
    study = read_intervals(interval) if interval else ()
    parameter, angle = ("", "theta") if polar else ("t", "")
    request = Request(formulas.split(";"), at, study=study, parameter=parameter, angle=angle)
    return path_scene(drawn_of(request, Sight(pixels=PIXELS)))


def in_pixels(panel: Panel, points: Floats) -> Floats:
    low = np.array([[panel.x.low], [panel.y.low]])
    sides = np.array([[panel.x.high], [panel.y.high]]) - low
    inside: Floats = (points - low) / sides * np.array(PIXELS)[:, None]
    return inside


def run_of(scene: Scene) -> tuple[float, float]:
    """The interval of the parameter, as a note tells it."""
    low, high = scene.notes[0].partition(" from ")[2].split(" to ")
    return tuple(float(mpmath.mpmathify(_number(each))) for each in (low, high))  # type: ignore[return-value]


def _number(text: str) -> float:
    above, _, below = text.replace("−", "-").partition("/")
    times, pi, _ = above.partition("π")
    value = float({"": 1, "-": -1}.get(times, times)) * (np.pi if pi else 1)
    return value / float(below or 1)


@pytest.mark.sampled
@each(
    ("formulas", "polar"),
    [*((each, False) for each in PATHS), *((each, True) for each in POLAR)][:: sample(3, 1)],
)
def test_a_path_is_within_half_a_pixel(formulas: str, polar: bool) -> None:
    interval, pieces, path = (POLAR if polar else PATHS)[formulas]
    scene = scene_of(formulas, interval, polar=polar)
    panel = panel_of(scene)
    low, high = run_of(scene)
    with np.errstate(all="ignore"):
        points = in_pixels(panel, np.stack(path(np.linspace(low, high, DENSE))))
    edge = np.array(PIXELS)[:, None]
    seen = points[:, ((points >= 0) & (points <= edge)).all(0)]
    lines = [in_pixels(panel, np.stack([stroke.x, stroke.y])) for stroke in panel.curves[0].strokes]
    assert len(lines) == pieces
    assert seen.shape[1] > 500
    assert distances(seen[:, :: seen.shape[1] // 400], lines).max() <= 0.5
    assert strays(points, lines, edge) <= 0.5


def strays(points: Floats, lines: list[Floats], edge: Floats) -> float:
    """How far points of the lines are from the dense points, which lie on both sides of each of them."""
    runs = np.split(points, np.nonzero(np.hypot(*np.diff(points, axis=1)) > 30)[0] + 1, axis=1)
    known = [run[:, np.isfinite(run).all(0)] for run in runs]
    drawn = np.concatenate([(line[:, 1:] + line[:, :-1]) / 2 for line in lines], axis=1)
    drawn = drawn[:, ((drawn >= 0) & (drawn <= edge)).all(0)]
    return float(
        distances(drawn[:, :: max(1, drawn.shape[1] // 150)], [run for run in known if run.shape[1] > 1]).max()
    )


def test_the_oracle_sees_a_chord() -> None:
    turn = np.linspace(0, 2 * np.pi, 12)
    polygon = [np.stack([300 + 100 * np.cos(turn), 200 + 100 * np.sin(turn)])]
    dense = np.linspace(0, 2 * np.pi, 2001)
    circle = np.stack([300 + 100 * np.cos(dense), 200 + 100 * np.sin(dense)])
    assert distances(circle, polygon).max() > 3
    assert strays(circle, polygon, np.array([[600], [400]])) > 3


def test_arrows_point_the_way_the_path_runs() -> None:
    (panel,) = scene_of("cos(t);sin(t)").panels
    assert isinstance(panel, Panel)
    arrows = panel.curves[0].arrows
    assert arrows is not None
    assert 3 <= len(arrows) <= 16
    assert (arrows[:, 0] * arrows[:, 3] - arrows[:, 1] * arrows[:, 2] > 0).all()
    assert abs(arrows[:, 0] * arrows[:, 2] + arrows[:, 1] * arrows[:, 3]).max() < 1e-3


def test_the_interval_is_a_period_or_what_is_special() -> None:
    for formulas, polar, text in (
        ("cos(t);sin(t)", False, "t from 0 to 2π"),
        ("cos(2t);sin(4t)", False, "t from 0 to π"),
        ("t-sin(t);1-cos(t)", False, "t from 0 to 6π"),
        ("3t/(1+t^3);3t^2/(1+t^3)", False, "t runs through all numbers"),
        ("t^3-3t;t^2", False, "t from −2.5 to 2.5"),
        ("t;t^2", False, "t from −2 to 2"),
        ("cos(theta)", True, "theta from 0 to π"),
        ("theta", True, "theta from 0 to 6π"),
    ):
        assert scene_of(formulas, polar=polar).notes == (text,), formulas


def test_a_path_that_runs_through_all_numbers_passes_near_its_limit() -> None:
    panel = panel_of(scene_of("(1-t^2)/(1+t^2);2t/(1+t^2)"))
    line = np.concatenate([np.stack([stroke.x, stroke.y]) for stroke in panel.curves[0].strokes], axis=1)
    assert abs(np.hypot(*line) - 1).max() < 1e-12
    turn = np.sort(np.arctan2(line[1], line[0]))
    assert max(after - before for before, after in pairwise([*turn, turn[0] + 2 * np.pi])) < 0.05


def test_a_start_is_marked_unless_the_path_comes_back() -> None:
    assert [mark.kind for mark in panel_of(scene_of("t;t^2")).curves[0].marks] == ["start"]
    assert not panel_of(scene_of("cos(t);sin(t)")).curves[0].marks


def test_tangents_touch_where_the_path_is() -> None:
    panel = panel_of(scene_of("t^2;t^3", "t=-2:2", "t=1,0"))
    _, one, cusp = panel.curves
    assert [each.role for each in (one, cusp)] == ["tangent"] * 2
    assert one.name.text == "y = 1.5x − 0.5"
    assert cusp.name.text == "y = 0"
    assert [(mark.x, mark.y, mark.kind) for mark in one.marks] == [(1, 1, "touch")]
    (stroke,) = one.strokes
    assert np.allclose(stroke.y, 1.5 * stroke.x - 0.5)
    corner = panel_of(scene_of("t*abs(t);abs(t)*abs(t)", "t=-1:1", "t=0"))
    assert [each.name.text for each in corner.curves[1:]] == ["y = −x", "y = x"]
    assert all((each.strokes[0].y >= 0).all() for each in corner.curves[1:])
    kink = panel_of(scene_of("t;abs(t)", "t=-1:1", "t=0"))
    assert [each.name.text for each in kink.curves[1:]] == ["y = −x", "y = x"]
    heart = panel_of(scene_of("1+cos(theta)", "", "theta=pi,pi/2", polar=True))
    assert [each.name.text for each in heart.curves[1:]] == ["y = 0", "y = x + 1"]


def test_many_points_are_dots() -> None:
    panel = panel_of(scene_of("cos(t);sin(t)", "", "t=0:1:9"))
    assert [mark.kind for mark in panel.marks] == ["dot"] * 9
    assert np.allclose([mark.x for mark in panel.marks], np.cos(np.linspace(0, 1, 9)))


def test_nothing_to_see_is_said() -> None:
    assert scene_of("sqrt(-1-t^2);t", "t=0:1").notes == ("there is no point of this path for t from 0 to 1",)


def test_a_path_in_space_is_refused() -> None:
    with pytest.raises(DerivError, match="two coordinates"):
        scene_of("cos(t);sin(t);t")


def test_special_points_are_marked_where_they_are_asked_for() -> None:
    for formulas, marks in (
        ("t^3-3t;t^2", {("start", -8.125, 6.25), ("node", 0, 3), ("flat", 0, 0), ("flat", 2, 1), ("flat", -2, 1)}),
        ("cos(t)^3;sin(t)^3", {("corner", 1, 0), ("corner", -1, 0), ("corner", 0, 1), ("corner", 0, -1)}),
    ):
        request = Request(formulas.split(";"), parameter="t")
        scene = path_scene(drawn_of(request, Sight(studied=True, pixels=PIXELS)))
        found = panel_of(scene).curves[0].marks
        assert {(mark.kind, round(mark.x, 6), round(mark.y, 6)) for mark in found} == marks
