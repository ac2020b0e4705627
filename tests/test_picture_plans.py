"""What of a request varies in a picture, and what is refused before anything is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derivcli.errors import DerivError
from derivcli.picture_plans import Sight, drawn_of, scene
from derivcli.pictures.scene import Panel
from derivcli.points.at_option import read_intervals, read_points, without_intervals
from derivcli.request import Request
from tests.support import each


def drawn(*texts: str, at: str = "", on: str = "", **others: Any) -> Any:
    """What is drawn of formulas, with points and intervals as on the command line."""
    points, intervals = without_intervals([at] if at else [])
    shown = [interval for text in [*intervals, *([on] if on else [])] for interval in read_intervals(text)]
    return drawn_of(Request(texts, read_points(points) if points else None, study=shown, **others), Sight())


@each(
    ("texts", "at", "on", "names", "fixed", "partials"),
    [
        (["x^3-3x"], "", "", "x", {}, "x"),
        (["5"], "", "", "x", {}, "x"),
        (["d/dx x^3"], "", "", "x", {}, "x"),
        (["u^2*v"], "", "", "uv", {}, "u v"),
        (["u^2*v"], "v=2", "", "u", {"v": 2.0}, "u"),
        (["u^2*v"], "u=1,v=2", "", "uv", {}, "u v"),
        (["u^2*v"], "u=0:1,v=2", "", "u", {"v": 2.0}, "u"),
        (["u*v*w"], "u=0:1,v=2,w=1:2", "", "uw", {"v": 2.0}, "u w"),
        (["x^2+y^2=25"], "", "", "xy", {}, "x y"),
        (["y=x^2"], "", "", "x", {}, "x"),
        (["y=x^2"], "", "x=-1:1,y=0:1", "xy", {}, "x y"),
        (["sin(x)", "cos(x)"], "", "", "x", {}, "x"),
    ],
)
def test_what_has_no_single_value_varies(
    texts: list[str], at: str, on: str, names: str, fixed: dict[str, float], partials: str
) -> None:
    found = drawn(*texts, at=at, on=on)
    assert (found.names, dict(found.fixed)) == (tuple(names), fixed)
    assert found.partials == tuple((name,) for name in partials.split())


@each(
    ("at", "on", "interval", "marked"),
    [
        ("x=-3:3", "", (-3, 3), []),
        ("x=-3:3:100", "", (-3, 3), []),
        ("x=3:-3:5", "", (-3, 3), [3, 1.5, 0, -1.5, -3]),
        ("x=1,2", "x=0:5", (0, 5), [1, 2]),
        ("x=pi/2", "", None, [np.pi / 2]),
        ("x=1,0:1:100", "", (0, 1), [1]),
    ],
)
def test_ranges_are_what_is_shown_and_values_are_marked(
    at: str, on: str, interval: tuple[float, float] | None, marked: list[float]
) -> None:
    found = drawn("x^2", at=at, on=on)
    assert [(each.low, each.high) for each in found.intervals] == ([interval] if interval else [])
    assert list(found.points.at["x"] if found.points else []) == marked


def test_an_interval_is_told_from_points_in_one_text() -> None:
    assert without_intervals(["x=-3:3,y=1", "z=0:1:5,w=sin(1)"]) == (["y=1", "z=0:1:5", "w=sin(1)"], ["x=-3:3"])


def test_the_engine_gives_values_then_derivatives() -> None:
    found = drawn("u^2*v", at="v=3", orders=(1, 2))
    ((value, slope, second),) = found.evaluate({"u": np.array([1.0, 2.0])})
    assert value.tolist() == [3, 12]
    assert slope.tolist() == [6, 12]
    assert second.tolist() == [6, 6]


def test_a_polar_curve_has_two_coordinates() -> None:
    found = drawn("1+cos(theta)", angle="theta")
    x, y = found.evaluate({"theta": np.array([0.0, np.pi / 2])})
    assert np.allclose(x[0], [2, 0], atol=1e-15)
    assert np.allclose(y[0], [0, 1])
    assert found.radius is not None


@each(
    ("texts", "at", "on", "message"),
    [
        (["a*x*y"], "", "", "one variable or two, and a, x and y vary"),
        (["x*y", "x+y"], "", "", "one variable, and x and y vary"),
        (["x^2"], "y=1", "", "'y' does not occur"),
        (["x^2"], "", "y=0:1", "'y' does not occur"),
        (["x^2+y^2=25"], "y=3", "", "the curve of an equation has two variables, and here one varies"),
        (["x"], "", "x=0:1,x=0:2", "two intervals of 'x'"),
        (["foo(x)"], "", "", "foo"),
    ],
)
def test_what_cannot_be_drawn_is_refused(texts: list[str], at: str, on: str, message: str) -> None:
    with pytest.raises(DerivError) as refusal:
        drawn(*texts, at=at, on=on)
    assert message in str(refusal.value)


def test_tangents_touch_at_points_as_they_were_typed() -> None:
    """At pi/2 the slope of a sine is 0, and not that at the float64 beside it; at pi it is a corner of its size."""
    request = Request(["sin(x)"], read_points(["x=pi/2,pi"]))
    (panel,) = scene(request, Sight()).panels
    names = [curve.name.text for curve in panel.curves if curve.role == "tangent"]
    assert names[0] == "y = 1"
    assert "e-" not in names[1]
    (panel,) = scene(Request(["abs(sin(x))"], read_points(["x=pi"])), Sight()).panels
    assert len([curve for curve in panel.curves if curve.role == "tangent"]) == 2


def test_one_scale_shows_the_function() -> None:
    (panel,) = scene(Request(["sqrt(1-x^2)"]), Sight(equal=True)).panels
    assert isinstance(panel, Panel)
    assert -0.2 < panel.y.low < 0
    assert 1 < panel.y.high < 1.2
