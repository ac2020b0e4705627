"""Pictures that went wrong once, each held against what is known of it by other means."""

import warnings

import mpmath
import numpy as np
import pytest

from derivcli.picture_plans import Sight, scene
from derivcli.pictures.drawing.draw import draw
from derivcli.pictures.look import Look
from derivcli.pictures.scene import Curve, Panel, Scene
from derivcli.points.at_option import read_intervals, read_points
from derivcli.request import Request


def scene_of(*texts: str, on: str = "", at: str = "", moving: str = "") -> Scene:
    points = read_points([at]) if at else None
    intervals = tuple(read_intervals(on)) if on else ()
    return scene(Request(texts, points=points, parameter=moving, study=intervals), Sight(pixels=(1200, 800)))


def panel_of(made: Scene, order: int = 0) -> tuple[Panel, Curve]:
    """The first curve of an order, and its panel."""
    panels = [panel for panel in made.panels if isinstance(panel, Panel)]
    return next((panel, curve) for panel in panels for curve in panel.curves if curve.order == order)


@pytest.mark.parametrize(
    ("text", "poles"),
    [("gamma(x)", range(-6, 1)), ("factorial(x)", range(-7, 0)), ("1e-4/x+1/(x-1)", (0, 1))],
)
def test_lines_leave_the_picture_at_poles_however_thin_these_are(text: str, poles: tuple[int, ...]) -> None:
    panel, curve = panel_of(scene_of(text))
    for pole in poles:
        sides = [each for each in curve.strokes if abs(each.x[-1] - pole) < 0.1 or abs(each.x[0] - pole) < 0.1]
        ends = [each.y[-1] if abs(each.x[-1] - pole) < 0.1 else each.y[0] for each in sides]
        assert len(ends) == 2
        assert all(not panel.y.low <= end <= panel.y.high for end in ends), pole


def test_a_broad_branch_is_in_sight_where_the_rest_is_low() -> None:
    panel, _ = panel_of(scene_of("zeta(x)"))
    places = np.linspace(1, panel.x.high, 202)[1:-1]
    heights = np.array([float(mpmath.zeta(each)) for each in places])
    assert panel.x.high > 2
    assert np.mean((panel.y.low < heights) & (heights < panel.y.high)) > 0.2


def test_an_explosive_function_is_drawn_up_to_the_end_of_the_floats() -> None:
    made = scene_of("exp(x)", on="x=0:700")
    panel, _ = panel_of(made)
    assert isinstance(panel.y.high, float)
    assert panel.y.low < 1
    assert panel.y.high > float(mpmath.exp(700))
    assert draw(made, "png", Look()).startswith(b"\x89PNG")


@pytest.mark.parametrize("place", ["-1e300", "1e20", "1e12", "-123456789012345"])
def test_a_far_zero_is_shown_with_floats_enough(place: str) -> None:
    panel, curve = panel_of(scene_of(f"x-({place})"))
    there = float(place)
    assert panel.x.low < there < panel.x.high
    assert panel.x.high - panel.x.low > 1e4 * np.spacing(abs(there))
    assert curve.strokes[0].x[0] == panel.x.low
    assert curve.strokes[-1].y[-1] == pytest.approx(panel.x.high - there)


@pytest.mark.parametrize(("text", "level"), [("exp(-1/x^2)", 1.0), ("atan(x)", float(mpmath.pi / 2))])
def test_a_level_that_is_named_is_in_sight(text: str, level: float) -> None:
    panel, _ = panel_of(scene_of(text))
    levels = [each.place for each in panel.asymptotes if not each.vertical]
    assert level in levels
    assert all(panel.y.low <= each <= panel.y.high for each in levels)


@pytest.mark.parametrize(
    ("text", "place", "zero"),
    [
        ("tan(x)", "1.5707963267948966", float(mpmath.pi / 2)),
        ("1/x", "1e-100", 2e-100),
        ("exp(1000x)", "2/3", 2 / 3 - 1e-3),
    ],
)
def test_a_tangent_crosses_the_axis_where_it_should_however_steep_it_is(text: str, place: str, zero: float) -> None:
    panel, _ = panel_of(scene_of(text, on="x=-3:3", at=f"x={place}"))
    ((stroke,),) = [each.strokes for each in panel.curves if each.role == "tangent"]
    height = panel.y.high - panel.y.low
    assert max(abs(stroke.y)) < 100 * height
    rows = np.argsort(stroke.y)
    assert np.interp(0, stroke.y[rows], stroke.x[rows]) == pytest.approx(zero, abs=1e-9)


def test_a_path_that_does_not_move_is_a_point() -> None:
    panel, curve = panel_of(scene_of("1", "2", moving="t"))
    assert [(mark.x, mark.y) for mark in curve.marks] == [(1, 2)]
    assert panel.x.low < 1 < panel.x.high
    assert panel.y.low < 2 < panel.y.high


def test_a_path_to_the_end_of_the_floats_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel, _ = panel_of(scene_of("t", "1e300*t", moving="t"))
    assert panel.y.high > 1e300


@pytest.mark.parametrize("text", ["x+1e-3/(x-0.5)", "digamma(x)", "x^2+1e-5/x", "100+x+1e-5/x"])
def test_no_line_is_hidden_by_another_or_ends_in_the_air(text: str) -> None:
    made = scene_of(text, on="x=-3:3")
    for order in (0, 1):
        panel, curve = panel_of(made, order)
        places = np.concatenate([each.x for each in curve.strokes])
        width = sum(np.ptp(each.x[(panel.y.low <= each.y) & (each.y <= panel.y.high)]) for each in curve.strokes)
        assert width > 0.6 * np.ptp(places)
        for end, height in ((each.x[place], each.y[place]) for each in curve.strokes for place in (0, -1)):
            assert abs(end) == 3 or not panel.y.low <= height <= panel.y.high, (order, end, height)
