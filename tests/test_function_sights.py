"""What pictures of functions show: intervals, panels, tangents, dots, special points, polynomials with their bands."""

import math
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from derivcli import DerivError
from derivcli.picture_plans import Sight, scene
from derivcli.pictures.scene import Band, Curve, Panel, Scene
from derivcli.points.at_option import read_intervals, read_points
from derivcli.request import Request
from tests.support import each


def shown(*texts: str, on: str = "", at: str = "", studied: bool = False, **asked: Any) -> Scene:
    intervals = tuple(read_intervals(on)) if on else ()
    points = read_points([at]) if at else None
    return scene(Request(texts, study=intervals, points=points, **asked), Sight(studied=studied))


def panels_of(made: Scene) -> list[Panel]:
    return [panel for panel in made.panels if isinstance(panel, Panel)]


def curves_of(made: Scene, role: str) -> list[Curve]:
    return [curve for panel in panels_of(made) for curve in panel.curves if curve.role == role]


SIGHTS = [
    ("x^3-3x", (-1.8, 1.8), 8),
    ("exp(-x^2)", (-1.5, 1.5), 10),
    ("1/x", (-1, 1), 10),
    ("log(x)", (0, 3), 12),
    ("sqrt(x-100)", (100, 102), 12),
    ("sqrt(1-x^2)", (-1, 1), 3),
    ("x^2+1e6", (-1, 1), 12),
    ("5", (-1, 1), 20),
    ("exp(1000x)", (-0.001, 0.001), 0.1),
    ("1/(x-1000)", (999, 1001), 20),
    ("exp(-1e10*x^2)", (-1e-5, 1e-5), 1e-4),
    ("x*exp(-x)", (0, 3), 10),
    ("floor(x)", (-2, 2), 12),
    ("gamma(x)", (-3, 3), 20),
    ("tanh(x)", (-2, 2), 12),
    ("x^x", (0, 1), 5),
]
"""Formulas with what has to be seen, and how wide the picture is at most."""


@each(("text", "inner", "most"), SIGHTS)
def test_a_picture_without_an_interval_shows_what_there_is(text: str, inner: tuple[float, float], most: float) -> None:
    axis = panels_of(shown(text))[0].x
    assert axis.low <= inner[0] < inner[1] <= axis.high
    assert axis.high - axis.low <= most


@each(("text", "half"), [("sin(x)", 2 * math.pi), ("tan(x)", math.pi), ("abs(cos(pi*x))", 1)])
def test_a_function_that_repeats_is_shown_for_two_periods(text: str, half: float) -> None:
    axis = panels_of(shown(text))[0].x
    assert (axis.low, axis.high) == pytest.approx((-half, half))
    assert axis.turns == (text != "abs(cos(pi*x))")


def test_a_point_is_in_sight() -> None:
    assert panels_of(shown("x^3-3x", at="x=4"))[0].x.high > 4
    axis = panels_of(shown("x^3-3x", at="x=1e6"))[0].x
    assert axis.low < 1e6 < axis.high


def test_functions_and_derivatives_of_other_scales_have_their_own_panels() -> None:
    assert [len(panel.curves) for panel in panels_of(shown("sin(x)"))] == [2]
    above, below = panels_of(shown("x^2+1e6"))
    assert [panel.curves[0].role for panel in (above, below)] == ["function", "derivative"]
    assert above.y.low > 9e5


def test_equal_scales_are_those_of_the_functions() -> None:
    made = scene(Request(("sqrt(1-x^2)",)), Sight(equal=True))
    (panel,) = panels_of(made)
    assert made.equal
    assert -0.2 < panel.y.low < 0 < 1 < panel.y.high < 1.2


def test_explosive_and_enormous_values_have_their_axes() -> None:
    (panel,) = panels_of(shown("exp(x)", on="x=0:700"))
    assert panel.y.logarithmic
    assert panel.y.high >= math.exp(700)
    (panel,) = panels_of(shown("1e300*x^3", on="x=-3:3"))
    assert panel.y.unit == 301
    assert panel.curves[0].strokes[0].y.max() == pytest.approx(2.7e301)


@each(("text", "highest"), [("exp(1/x)", 100), ("x^(1/x)", 10), ("gamma(x)", 30), ("1/x^4", 10), ("exp(-1e10*x^2)", 2)])
def test_poles_and_isolated_points_do_not_flatten_the_rest(text: str, highest: float) -> None:
    assert panels_of(shown(text))[0].y.high < highest


def test_peaks_are_never_cut() -> None:
    assert panels_of(shown("1/(x^2+1e-6)", on="x=-3:3"))[0].y.high >= 1e6
    assert panels_of(shown("log(x)/sqrt(x)"))[0].y.low < 0


TANGENTS = [
    ("x^3-3x", "x=2", [((2, 2), 9)]),
    ("abs(x)", "x=0", [((0, 0), -1), ((0, 0), 1)]),
    ("sin(x)/x", "x=0", []),
    ("floor(x)", "x=1", []),
    ("cbrt(x)", "x=0", [((0, 0), math.inf)]),
    ("relu(x)", "x=-1,2", [((-1, 0), 0), ((2, 2), 1)]),
]


@each(("text", "at", "wanted"), TANGENTS)
def test_tangents_touch_with_the_slope_that_there_is(
    text: str, at: str, wanted: list[tuple[tuple[float, float], float]]
) -> None:
    found = []
    for curve in curves_of(shown(text, at=at), "tangent"):
        (stroke,), (touch,) = curve.strokes, curve.marks
        run, rise = np.diff(stroke.x).item(), np.diff(stroke.y).item()
        slope = rise / run if run else math.inf
        if run:
            assert stroke.y[0] + slope * (touch.x - stroke.x[0]) == pytest.approx(touch.y, abs=1e-12)
        found.append(((touch.x, touch.y), round(slope, 9) + 0.0))
    assert found == wanted


def test_half_tangents_stay_on_their_sides() -> None:
    left, right = (curve.strokes[0].x.tolist() for curve in curves_of(shown("abs(x)", at="x=0"), "tangent"))
    assert (left[-1], right[0]) == (0, 0)
    assert (left[0] < 0, right[-1] > 0) == (True, True)


def test_many_points_get_dots_where_there_is_something() -> None:
    function, derivative = (curves_of(shown("abs(x)", at="x=-2:2:5"), role)[0] for role in ("function", "derivative"))
    dots = [[(mark.x, mark.y) for mark in curve.marks if mark.kind == "dot"] for curve in (function, derivative)]
    assert dots[0] == [(-2, 2), (-1, 1), (0, 0), (1, 1), (2, 2)]
    assert dots[1] == [(-2, -1), (-1, -1), (1, 1), (2, 1)]
    assert not any(
        mark.kind == "dot" for curve in curves_of(shown("x", at="x=0:1:100"), "function") for mark in curve.marks
    )


def test_derivatives_of_a_kink_break_where_they_stop_to_exist() -> None:
    first, second, third = curves_of(shown("abs(x)^3", orders=[1, 2, 3]), "derivative")
    assert [len(curve.strokes) for curve in (first, second, third)] == [1, 1, 2]
    assert [(mark.x, mark.kind) for curve in (first, second) for mark in curve.marks] == []
    assert sorted((mark.x, round(mark.y, 6), mark.kind) for mark in third.marks) == [(0, -6, "open"), (0, 6, "open")]


def test_partial_derivatives_along_a_cut() -> None:
    made = shown("u^2*v+abs(u)*v", at="v=2", wrt=["u", "v"])
    function, by_u, by_v = (curve for panel in panels_of(made) for curve in panel.curves)
    assert [curve.name.text for curve in (function, by_u, by_v)] == ["f(u, v)", "∂f/∂u", "∂f/∂v"]
    assert [len(curve.strokes) for curve in (function, by_u, by_v)] == [1, 2, 1]
    assert sorted(mark.y for mark in by_u.marks) == [-2, 2]
    assert np.interp(1.5, by_v.strokes[0].x, by_v.strokes[0].y) == pytest.approx(1.5**2 + 1.5, abs=1e-3)
    assert made.notes == ("v = 2",)


def test_special_points_are_marked_and_named_where_they_are_asked_for() -> None:
    marks = curves_of(shown("x^3-3x", studied=True), "function")[0].marks
    named = {mark.name.text: mark.kind for mark in marks if mark.name}
    wanted = {"(−1, 2)": "maximum", "(1, −2)": "minimum", "(0, 0)": "inflection"}
    assert wanted.items() <= named.items()
    assert [mark.x for mark in marks if mark.kind == "zero"] == pytest.approx([-math.sqrt(3), math.sqrt(3)])
    assert not curves_of(shown("x^3-3x"), "function")[0].marks


POLYNOMIALS = [
    ("sin(x)", mp.sin, "x=0", 5, (-5, 5)),
    ("exp(x)", mp.exp, "x=1", 3, (-2, 3)),
    ("log(1+x)", mp.log1p, "x=0", 4, (-0.9, 2)),
    ("1/(1+x^2)", lambda x: 1 / (1 + x * x), "x=0.5", 6, (-2, 2)),
    ("sqrt(x)", mp.sqrt, "x=4", 2, (1, 9)),
    ("cos(x)", mp.cos, "x=3", 8, (4, 6)),
]


@each(("text", "true", "at", "degree", "ends"), POLYNOMIALS)
def test_the_band_of_a_polynomial_holds_the_function(
    text: str, true: Any, at: str, degree: int, ends: tuple[float, float]
) -> None:
    made = shown(text, at=at, on=f"x={ends[0]}:{ends[1]}", series=degree)
    (panel,) = panels_of(made)
    (polynomial,), (band,) = curves_of(made, "polynomial"), panel.bands
    assert outside(band, true) == 0
    inner = Band(band.name, band.x, band.low + 0.6 * (band.high - band.low), band.high, 0)
    lower = Band(band.name, band.x, band.low, band.high - 0.6 * (band.high - band.low), 0)
    assert max(outside(inner, true), outside(lower, true)) > 0
    centre = polynomial.marks[0].x if polynomial.marks else (ends[0] + ends[1]) / 2
    near = np.abs(band.x - centre) < 0.2 * (ends[1] - ends[0])
    assert (band.high - band.low)[near].mean() <= (band.high - band.low)[~near].mean()


def outside(band: Band, true: Any) -> int:
    """At how many points the function is not in a band."""
    places = range(0, len(band.x), 40)
    with mp.workdps(30):
        return sum(not band.low[each] <= true(mpf(band.x[each].item())) <= band.high[each] for each in places)


def test_polynomials_about_several_points_have_their_names() -> None:
    names = [curve.name for curve in curves_of(shown("exp(x)", at="x=0,1", series=2), "polynomial")]
    assert [name.text for name in names] == ["T₂ about 0", "T₂ about 1"]
    assert not panels_of(shown("exp(x)", at="x=0", series=2))[0].bands


MISSING = [
    ("sin(x)/x", {"at": "x=0"}, "no tangent at x = 0: the function has no value there"),
    ("floor(x)", {"at": "x=1"}, "no tangent at x = 1: a jump"),
    ("abs(x)", {"at": "x=0", "series": 2}, "no Taylor polynomial about 0: the derivative of order 1 does not exist"),
    ("abs(x)^3", {"at": "x=0", "series": 3}, "no Taylor polynomial about 0: the derivative of order 3 does not exist"),
    ("1/x", {"at": "x=0", "series": 2}, "no Taylor polynomial about 0"),
]


@each(("text", "asked", "note"), MISSING)
def test_what_is_missing_is_said(text: str, asked: dict[str, Any], note: str) -> None:
    made = shown(text, **asked)
    assert not [*curves_of(made, "tangent"), *curves_of(made, "polynomial")]
    assert any(each.startswith(note) for each in made.notes)


def test_corners_where_no_float_lies_have_both_tangents() -> None:
    found = curves_of(shown("abs(sin(x))", at="x=pi"), "tangent")
    assert [curve.name.text for curve in found] == ["y = −x + 3.1416", "y = x − 3.1416"]


def test_short_intervals_are_not_divided_by_pi() -> None:
    assert [panels_of(shown("sin(x)", on=f"x=0:{end}"))[0].x.turns for end in ("1", "pi")] == [False, True]


@each("text", ["sqrt(-1-x^2)", "log(-exp(x))"])
def test_a_function_without_values_is_refused(text: str) -> None:
    with pytest.raises(DerivError, match="no finite value was found for x from"):
        shown(text)


def test_the_description_tells_what_is_seen() -> None:
    said = shown("1/x+x").description
    for part in (
        "The graph of f(x) = 1/x + x with f′(x) for x from",
        "pole: −∞ left, +∞ right at 0",
        "minimum at (1, 2)",
    ):
        assert part in said


def test_marks_tell_what_happens() -> None:
    function, derivative = (curves_of(shown("abs(x)"), role)[0] for role in ("function", "derivative"))
    assert [mark.tip for mark in function.marks] == ["corner: slopes −1 and 1 at 0"]
    assert {mark.tip for mark in derivative.marks} == {"f′(x) does not exist at 0, corner: slopes −1 and 1"}


@each(("text", "heights"), [("min(x,1)", []), ("if(x<0,-1,1)", []), ("atan(x)", [-math.pi / 2, math.pi / 2])])
def test_a_function_is_no_asymptote_of_itself(text: str, heights: list[float]) -> None:
    assert sorted(line.place for panel in panels_of(shown(text)) for line in panel.asymptotes) == heights
