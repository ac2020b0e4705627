"""Tangents against hand-made tables, and against what they are: nothing nearer to a curve at its point."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from mpmath import cos, diff, exp, log, mp, mpf, sin, sqrt

from derivcli import DerivError, derive, parse, tangent
from derivcli.study.curves import circles, measures
from tests.support import deriv, each

LINES: list[tuple[str, str, dict[str, str]]] = [
    ("x^2", "3", {"tangent": "y = 6*x - 9", "normal": "y = -x/6 + 19/2"}),
    ("x^2", "0", {"tangent": "y = 0", "normal": "x = 0"}),
    ("x^2+2*x", "1", {"tangent": "y = 4*x - 1", "normal": "y = -x/4 + 13/4"}),
    ("sin(x)", "0", {"tangent": "y = x", "normal": "y = -x"}),
    ("sin(x)", "pi", {"tangent": "y = -x + pi", "normal": "y = x - pi"}),
    ("log(x)", "e", {"tangent": "y = x*exp(-1)", "normal": "y = -e*x + 1 + exp(2)"}),
    ("sqrt(x)", "2", {"tangent": "y = sqrt(2)*x/4 + sqrt(2)/2", "normal": "y = -2*sqrt(2)*x + 5*sqrt(2)"}),
    ("1/x", "1/2", {"tangent": "y = -4*x + 4", "normal": "y = x/4 + 15/8"}),
    ("x^2", "0.3", {"tangent": "y = 0.6*x - 0.09", "normal": "y = -1.6666666666666667*x + 0.59"}),
    ("d/dx x^3", "1", {"tangent": "y = 6*x - 3", "normal": "y = -x/6 + 19/6"}),
    ("7", "1", {"tangent": "y = 7", "normal": "x = 1"}),
    ("cbrt(x)", "0", {"tangent": "x = 0", "normal": "y = 0"}),
    ("abs(x)", "0", {"tangent from the left": "y = -x", "tangent from the right": "y = x"}),
    ("abs(x-1)+x", "1", {"tangent from the left": "y = 1", "tangent from the right": "y = 2*x - 1"}),
    ("cbrt(x)^2", "0", {"tangent from the left": "x = 0", "tangent from the right": "x = 0"}),
    ("sqrt(x)", "0", {"tangent from the right": "x = 0"}),
    ("x*sqrt(x)", "0", {"tangent from the right": "y = 0"}),
    ("relu(x)-relu(-x)", "0", {"tangent": "y = x", "normal": "y = -x"}),  # where PyTorch gives 0
    ("floor(x)", "1", {}),
    ("sin(x)/x", "0", {}),
    ("log(x)", "-1", {}),
    ("1/x", "0", {}),
    ("x*sin(1/x)", "0", {}),
]


@each(("formula", "x", "lines"), LINES)
def test_tangents_of_functions(formula: str, x: str, lines: dict[str, str]) -> None:
    found = tangent(formula, {"x": x})
    assert {line.kind: line.equation for line in found.touching[0]} == lines
    assert bool(found.absence[0]) == ("tangent" not in lines)


OTHERS: list[tuple[Any, dict[str, Any], dict[str, str]]] = [
    ("x^2+y^2=25", {"at": "x=3,y=4", "dependent": "y"},
     {"tangent": "y = -3*x/4 + 25/4", "normal": "y = 4*x/3"}),
    ("x^2+y^2=25", {"at": "x=5,y=0", "dependent": "y"}, {"tangent": "x = 5", "normal": "y = 0"}),
    ("x^2+y^2=25", {"at": "x=5,y=1", "dependent": "y"}, {}),
    ("x^3+y^3=3*x*y", {"at": "x=3/2,y=3/2", "dependent": "y"}, {"tangent": "y = -x + 3", "normal": "y = x"}),
    ("x^2+y^2+z^2=14", {"at": "x=1,y=2,z=3", "dependent": "z"},
     {"tangent plane": "z = -x/3 - 2*y/3 + 14/3", "normal line": "(x, y, z) = (1, 2, 3) + s*(-1/3, -2/3, -1)"}),
    ("x^2+y^2", {"at": "x=1,y=2"},
     {"tangent plane": "z = 2*x + 4*y - 5", "normal line": "(x, y, z) = (1, 2, 5) + s*(2, 4, -1)"}),
    ("x*y*z", {"at": "x=1,y=2,z=3"},
     {"tangent hyperplane": "w = 6*x + 3*y + 2*z - 12",
      "normal line": "(x, y, z, w) = (1, 2, 3, 6) + s*(6, 3, 2, -1)"}),
    ("a*x^2", {"at": "a=2,x=1", "wrt": "x"}, {"tangent": "y = 4*x - 2", "normal": "y = -x/4 + 9/4"}),
    ("abs(x)+y", {"at": "x=0,y=1"}, {}),
    ("sqrt(abs(x*y))", {"at": "x=0,y=0"}, {}),  # both partial derivatives are 0
    ("x*y/sqrt(x^2+y^2)", {"at": "x=0,y=0"}, {}),
    (["cos(t)", "sin(t)"], {"at": "t=pi/4", "parameter": "t"}, {"tangent": "y = -x + sqrt(2)", "normal": "y = x"}),
    (["cos(t)", "sin(t)"], {"at": "t=0", "parameter": "t"}, {"tangent": "x = 1", "normal": "y = 0"}),
    (["cos(t)", "sin(t)", "t"], {"at": "t=pi/2", "parameter": "t"},
     {"tangent": "(x, y, z) = (0, 1, pi/2) + s*(-1, 0, 1)", "normal plane": "-x + z = pi/2"}),
    (["t^2", "t^3"], {"at": "t=0", "parameter": "t"}, {"tangent before": "y = 0", "tangent after": "y = 0"}),
    (["t^3", "t^6"], {"at": "t=0", "parameter": "t"}, {"tangent": "y = 0", "normal": "x = 0"}),
    (["t^2", "t^3", "t^4"], {"at": "t=0", "parameter": "t"}, {}),
    ("1+cos(theta)", {"at": "theta=pi/2", "angle": "theta"}, {"tangent": "y = x + 1", "normal": "y = -x + 1"}),
    ("1+cos(theta)", {"at": "theta=pi", "angle": "theta"}, {"tangent before": "y = 0", "tangent after": "y = 0"}),
]  # fmt: skip


@each(("expression", "options", "lines"), OTHERS)
def test_tangents_of_curves_and_surfaces(expression: Any, options: dict[str, Any], lines: dict[str, str]) -> None:
    found = tangent(expression, **options)
    assert {line.kind: line.equation for line in found.touching[0]} == lines
    assert bool(found.absence[0]) == (not {"tangent", "tangent plane", "tangent hyperplane"} & lines.keys())


SMOOTH: list[tuple[str, Callable[[Any], Any]]] = [
    ("exp(x)*sin(x)", lambda x: exp(x) * sin(x)),
    ("log(1+x^2)", lambda x: log(1 + x**2)),
    ("x/(1+x^2)", lambda x: x / (1 + x**2)),
    ("sqrt(2+cos(x))", lambda x: sqrt(2 + cos(x))),
]


@each(("formula", "function"), SMOOTH)
def test_nothing_is_nearer_to_a_graph_than_its_tangent_and_its_circle(
    formula: str, function: Callable[[Any], Any]
) -> None:
    """A step h along the graph leaves the tangent by h^2, and the circle of curvature by h^3."""
    draw = random.Random(formula)
    points, step = [draw.uniform(-3, 3) for _ in range(3)], mpf(10) ** -3
    found = tangent(formula, {"x": points})
    with mp.workdps(30):
        for place, (x, lines) in enumerate(zip(points, found.touching, strict=True)):
            line = parse(lines[0].right)
            beside = float(derive(line, {"x": x + float(step)}, check=False).value[0])
            assert abs(beside - function(x + step)) < 10 * step**2
            radius, *centre = (mpf(float(found.quantities[key][place])) for key in ("radius", "centre x", "centre y"))
            for way in (step, -step):
                distance = sqrt((x + way - centre[0]) ** 2 + (function(x + way) - centre[1]) ** 2)
                assert abs(distance - radius) < 100 * step**3 * max(1, radius)
            verdicts = [found.verdicts[key][place] for key in found.quantities]
            assert all(each is not None and each.kind in ("proved", "lossy") for each in verdicts)


def test_a_plane_touches_a_surface() -> None:
    found = tangent("exp(x)*cos(y)", "x=0.4,y=0.7")
    (plane, normal) = found.touching[0]
    with mp.workdps(30):
        slopes = [diff(lambda x: exp(x) * cos(mpf("0.7")), mpf("0.4")), diff(lambda y: exp(mpf("0.4")) * cos(y), 0.7)]
    assert plane.normal == pytest.approx([*map(float, slopes), -1])
    assert normal.direction == pytest.approx(plane.normal)
    assert plane.point == pytest.approx((0.4, 0.7, math.exp(0.4) * math.cos(0.7)))


@each(
    ("expression", "options", "curvature", "radius", "centre"),
    [
        ("x^2+y^2=25", {"at": "x=3,y=4", "dependent": "y"}, -1 / 5, 5, (0, 0)),
        ("x^2+y^2=25", {"at": "x=5,y=0", "dependent": "y"}, 1 / 5, 5, (0, 0)),
        ("x^2+y^2=25", {"at": "x=3,y=-4", "dependent": "y"}, 1 / 5, 5, (0, 0)),
        ("x^2/4+y^2/9=1", {"at": "x=0,y=3", "dependent": "y"}, -3 / 4, 4 / 3, (0, 5 / 3)),
        ("x^2/4+y^2/9=1", {"at": "x=-2,y=0", "dependent": "y"}, -2 / 9, 9 / 2, (5 / 2, 0)),
        ("y=x^2", {"at": "x=0,y=0", "dependent": "y"}, 2, 1 / 2, (0, 1 / 2)),
        (["t-sin(t)", "1-cos(t)"], {"at": "t=pi", "parameter": "t"}, -1 / 4, 4, (math.pi, -2)),
        ("3", {"at": "a=1", "angle": "a"}, 1 / 3, 3, (0, 0)),
        ("cosh(x)", {"at": "x=0"}, 1, 1, (0, 2)),
    ],
)
def test_circles_of_curvature(
    expression: Any, options: dict[str, Any], curvature: float, radius: float, centre: tuple[float, float]
) -> None:
    found = tangent(expression, **options)
    verdicts = [each[0] for each in found.verdicts.values()]
    truths = [verdict.truth for verdict in verdicts if verdict is not None]
    assert truths == pytest.approx([curvature, radius, *centre], abs=1e-15)
    assert [float(each[0]) for each in found.quantities.values()] == pytest.approx(truths, abs=1e-12)


@each(
    ("expression", "options"),
    [
        ("x", {"at": "x=1"}),
        ("sin(x)", {"at": "x=pi"}),
        ("abs(x)", {"at": "x=0"}),
        ("x^3+y^3=3*x*y", {"at": "x=0,y=0", "dependent": "y"}),
        ("x^2+y^2=25", {"at": "x=5,y=1", "dependent": "y"}),
        (["t^2", "t^3"], {"at": "t=0", "parameter": "t"}),
    ],
)
def test_there_is_no_circle_where_a_curve_is_straight_or_has_no_direction(
    expression: Any, options: dict[str, Any]
) -> None:
    found = tangent(expression, **options)
    assert {found.verdicts[key].names()[0] for key in ("radius", "centre x", "centre y")} == {"undefined"}


def test_a_wrong_curvature_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    row = measures.CURVATURE
    monkeypatch.setattr(circles, "CURVATURE", replace(row, number=lambda motion: row.number(motion) * 1.0005))
    assert tangent("exp(x)", "x=0.3,2").verdicts["curvature"].names() == ["wrong", "wrong"]
    assert tangent("x^2+y^2=25", "x=3,y=4", dependent="y").verdicts["curvature"].names() == ["wrong"]


def test_numbers_that_cancel_stay_at_their_point() -> None:
    """The constant of y = m*x + c would have lost the digits that the point still has."""
    (line, _) = tangent("sin(x)", {"x": 1e9 + 0.1}, exact=False).touching[0]
    assert "(x - 1000000000.1)" in line.right


def test_a_number_that_misleads_is_not_drawn() -> None:
    """PyTorch's slope is 1e8 there, and the true one -8.3e-10."""
    (line, _) = tangent("(1-cos(x))/x^2", {"x": 1e-8}, exact=False).touching[0]
    assert line.direction[1] == pytest.approx(-8.333333e-10, rel=1e-5)


def test_all_is_checked() -> None:
    assert deriv("x^2", "--tangent", "--at", "x=0:1:60", "--format", "value").stdout.count("\n") == 60
    with pytest.raises(DerivError, match="known by the check"):
        tangent("x^2", "x=1", check=False)
