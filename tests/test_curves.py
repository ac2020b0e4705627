"""Curves against mpmath's differentiation of hand-written coordinates, and against what geometry says of them.

The curvature is the turning of the direction over the way, and the torsion that of the binormal, none of which the
package uses.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from mpmath import atan2, cos, diff, exp, mp, mpf, sin, sqrt

from derivcli import DerivError, derive, implicit, parametric, polar
from derivcli.study.curves import measures
from derivcli.study.curves.curve import Curve
from tests.support import each

Coordinate = Callable[[Any], Any]

PLANE: list[tuple[list[str], Sequence[Coordinate]]] = [
    (["3*cos(t)", "3*sin(t)"], (lambda t: 3 * cos(t), lambda t: 3 * sin(t))),
    (["2*cos(t)", "5*sin(t)"], (lambda t: 2 * cos(t), lambda t: 5 * sin(t))),
    (["t-sin(t)", "1-cos(t)"], (lambda t: t - sin(t), lambda t: 1 - cos(t))),
    (["cos(t)^3", "sin(t)^3"], (lambda t: cos(t) ** 3, lambda t: sin(t) ** 3)),
    (["cos(t)/(1+sin(t)^2)", "sin(t)*cos(t)/(1+sin(t)^2)"],
     (lambda t: cos(t) / (1 + sin(t) ** 2), lambda t: sin(t) * cos(t) / (1 + sin(t) ** 2))),
    (["exp(t)*cos(t)", "exp(t)*sin(t)"], (lambda t: exp(t) * cos(t), lambda t: exp(t) * sin(t))),
    (["sin(3*t)", "sin(2*t)"], (lambda t: sin(3 * t), lambda t: sin(2 * t))),
    (["t^2", "t^3-t"], (lambda t: t**2, lambda t: t**3 - t)),
]  # fmt: skip

SPACE: list[tuple[list[str], Sequence[Coordinate]]] = [
    (["cos(t)", "sin(t)", "t"], (cos, sin, lambda t: t)),
    (["t", "t^2", "t^3"], (lambda t: t, lambda t: t**2, lambda t: t**3)),
    (["1+cos(t)", "sin(t)", "2*sin(t/2)"], (lambda t: 1 + cos(t), sin, lambda t: 2 * sin(t / 2))),
    (["exp(-t)", "cos(2*t)", "t*sin(t)"], (lambda t: exp(-t), lambda t: cos(2 * t), lambda t: t * sin(t))),
]

POLAR: list[tuple[str, Coordinate]] = [
    ("1+cos(theta)", lambda t: 1 + cos(t)),
    ("theta", lambda t: t),
    ("cos(3*theta)", lambda t: cos(3 * t)),
    ("sqrt(cos(2*theta))", lambda t: sqrt(cos(2 * t))),
    ("2", lambda t: mpf(2)),
]


def close(found: float, truth: Any, tolerance: float = 1e-9) -> bool:
    return abs(found - float(truth)) <= tolerance * max(1.0, abs(float(truth)))


def plane_truth(curve: Sequence[Coordinate], t: Any) -> dict[str, Any]:
    """What is measured of a plane curve, by differences in many digits."""
    x, y = curve

    def speed(t: Any) -> Any:
        return sqrt(diff(x, t) ** 2 + diff(y, t) ** 2)

    def slope(t: Any) -> Any:
        return diff(y, t) / diff(x, t)

    def heading(s: Any) -> Any:
        """The angle to the direction at t."""
        return atan2(diff(y, s) * cos(turn) - diff(x, s) * sin(turn), diff(x, s) * cos(turn) + diff(y, s) * sin(turn))

    turn = atan2(diff(y, t), diff(x, t))
    return {
        "dy/dx": slope(t), "d2y/dx2": diff(slope, t) / diff(x, t), "speed": speed(t),
        "curvature": diff(heading, t) / speed(t),
    }  # fmt: skip


def space_truth(curve: Sequence[Coordinate], t: Any) -> dict[str, Any]:
    """The same of a curve in space: how fast its tangent and its binormal turn, over the speed."""

    def velocity(t: Any) -> list[Any]:
        return [diff(each, t) for each in curve]

    def unit(parts: Sequence[Any]) -> list[Any]:
        size = sqrt(sum(part**2 for part in parts))
        return [part / size for part in parts]

    def turning(place: int, s: Any) -> Any:
        return diff(lambda u: unit(velocity(u))[place], s)

    def binormal(s: Any) -> list[Any]:
        a, b = unit(velocity(s)), unit([turning(place, s) for place in range(3)])
        return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]

    speed = sqrt(sum(part**2 for part in velocity(t)))
    turns = [turning(place, t) for place in range(3)]
    normal = unit(turns)
    twist = [diff(lambda s, place=place: binormal(s)[place], t) for place in range(3)]
    return {
        "speed": speed,
        "curvature": sqrt(sum(part**2 for part in turns)) / speed,
        "torsion": -sum(a * b for a, b in zip(twist, normal, strict=True)) / speed,
    }


def agrees(curve: Curve, truth: dict[str, Any], tolerance: float = 1e-12) -> None:
    """Every number is right, and so is what its verdict says of it."""
    for key, true in truth.items():
        verdict = curve.verdicts[key][0]
        assert verdict is not None
        assert verdict.kind in ("proved", "lossy"), (key, verdict)
        assert verdict.truth is not None
        assert close(verdict.truth, true, tolerance), (key, verdict, true)
        assert verdict.kind == "lossy" or close(float(curve.quantities[key][0]), true), key


def by_formula(formula: Any, name: str, t: float) -> float:
    return float(derive(formula, {name: t}, name, check=False).value[0])


@each(("texts", "coordinates"), PLANE)
def test_plane_curves(texts: list[str], coordinates: Sequence[Coordinate]) -> None:
    t = random.Random(texts[0]).uniform(0.1, 1.4)
    with mp.workdps(30):
        truth = plane_truth(coordinates, mpf(t))
    agrees(parametric(texts, "t", {"t": t}), truth)


@each(("texts", "coordinates"), SPACE)
def test_curves_in_space(texts: list[str], coordinates: Sequence[Coordinate]) -> None:
    t = random.Random(texts[-1]).uniform(0.3, 1.4)
    with mp.workdps(30):
        truth = space_truth(coordinates, mpf(t))
    agrees(parametric(texts, "t", {"t": t}), truth, 1e-9)


@each(("text", "radius"), POLAR)
def test_polar_curves(text: str, radius: Coordinate) -> None:
    t = random.Random(text).uniform(0.1, 0.7)
    with mp.workdps(30):
        truth = plane_truth((lambda s: radius(s) * cos(s), lambda s: radius(s) * sin(s)), mpf(t))
    agrees(polar(text, "theta", {"theta": t}), truth)


@each(
    ("found", "curve", "name"),
    [
        (lambda at: parametric(["t-sin(t)", "1-cos(t)"], "t", at), PLANE[2][1], "t"),
        (lambda at: parametric(["t", "t^2", "t^3"], "t", at), SPACE[1][1], "t"),
        (lambda at: polar("sqrt(cos(2*a))", "a", at),
         (lambda s: sqrt(cos(2 * s)) * cos(s), lambda s: sqrt(cos(2 * s)) * sin(s)), "a"),
    ],
)  # fmt: skip
def test_formulas(found: Callable[[Any], Any], curve: Sequence[Coordinate], name: str) -> None:
    with mp.workdps(30):
        truth = (plane_truth if len(curve) == 2 else space_truth)(curve, mpf(0.4))
    formulas = found(None).formulas
    assert formulas.keys() == truth.keys()
    assert all(close(by_formula(each, name, 0.4), truth[key]) for key, each in formulas.items())


INF = math.inf

SPECIAL: list[tuple[list[str], str, str, float | None, float | None, float | None]] = [
    (["cos(t)", "sin(t)"], "0", "vertical", None, None, None),  # a circle turns back at its right end
    (["t^3", "t"], "0", "vertical", INF, INF, INF),
    (["1", "t"], "2", "vertical", None, None, None),
    (["t-sin(t)", "1-cos(t)"], "0", "cusp", None, -INF, INF),  # a cycloid between two arches
    (["t-sin(t)", "1-cos(t)"], "2*pi", "cusp", None, -INF, INF),
    (["t^2", "t^3"], "0", "hole", None, 0, 0),  # the cusp lies along the axis
    (["cos(t)^3", "sin(t)^3"], "0", "hole", None, 0, 0),  # an astroid
    (["(1+cos(t))*cos(t)", "(1+cos(t))*sin(t)"], "pi", "hole", None, 0, 0),  # a cardioid
    (["t^3", "t^6"], "0", "hole", 0, 0, 0),  # a parabola that stops for a moment
    (["t^3", "2*t^3+t^4"], "0", "hole", 2, 2, 2),
    (["t^3", "abs(t)^3"], "0", "corner", None, -1, 1),
    (["t", "abs(t)"], "0", "corner", None, -1, 1),
    (["sqrt(t)", "t"], "0", "edge", 0, None, 0),
    (["cbrt(t)", "2*cbrt(t)"], "0", "hole", 2, 2, 2),
    (["floor(t)", "t"], "1", "jump", None, None, None),
    (["1/t", "t"], "0", "undefined", None, None, None),
    (["max(t, 0)", "max(t, 0)^2"], "-1", "undefined", None, None, None),  # it does not move
]


@each(("texts", "t", "kind", "truth", "left", "right"), SPECIAL)
def test_points_without_a_slope(
    texts: list[str], t: str, kind: str, truth: float | None, left: float | None, right: float | None
) -> None:
    """Where the direction is vertical or the curve stops the verdict tells the direction, as geometry knows it."""
    verdict = parametric(texts, "t", {"t": t}).verdicts["dy/dx"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.truth, verdict.left, verdict.right) == (kind, truth, left, right)


@each(
    ("texts", "t", "second"),
    [(["t^3", "t^6"], "0", 2), (["t^3", "t^9"], "0", 0), (["t^3", "5*t^3+3*t^6"], "0", 6), (["t^2", "t^3"], "0", None)],
)
def test_a_second_slope_where_a_curve_stops(texts: list[str], t: str, second: float | None) -> None:
    verdict = parametric(texts, "t", {"t": t}).verdicts["d2y/dx2"][0]
    assert verdict is not None
    assert (verdict.kind, verdict.truth) == ("hole", second)


@each(
    ("texts", "t", "key", "exact"),
    [
        (["cos(t)", "sin(t)"], "pi/4", "dy/dx", "-1"),
        (["cos(t)", "sin(t)"], "pi/4", "d2y/dx2", "-2*sqrt(2)"),
        (["cos(t)", "sin(t)", "t"], "pi/3", "speed", "sqrt(2)"),
        (["2*cos(t)", "3*sin(t)"], "pi/6", "dy/dx", "-3*sqrt(3)/2"),
    ],
)
def test_exact_values(texts: list[str], t: str, key: str, exact: str) -> None:
    (found,) = parametric(texts, "t", {"t": t}).exact[key]
    assert found is not None
    assert found.text == exact


@each("name", ["SLOPE", "SECOND_SLOPE", "SPEED", "CURVATURE"])
def test_a_wrong_number_and_a_wrong_enclosure_are_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that is wrong by 0.05 % is called wrong, and so is a right one by an enclosure that is wrong."""
    row: measures.Row = getattr(measures, name)
    number, enclosure = row.number, row.enclosure
    for fault in (
        replace(row, number=lambda motion: number(motion) * 1.0005),
        replace(row, enclosure=lambda curve: enclosure(curve) * 1.0005),
    ):
        monkeypatch.setattr(measures, "PLANE", (fault,))
        (verdicts,) = parametric(["t-sin(t)", "exp(t)"], "t", {"t": [1, 2.5]}).verdicts.values()
        assert verdicts.names() == ["wrong", "wrong"]


def test_an_angle_is_an_ordinary_variable_and_others_are_constants() -> None:
    found = polar("a*(1+cos(theta))", "theta", {"a": 2, "theta": "pi/2"})
    assert found.coordinates["y"].value[0] == pytest.approx(2)
    assert float(found.quantities["dy/dx"][0]) == pytest.approx(1)
    circle, curve = (
        implicit("x^2+y^2=25", "y", "x=3,y=4"),
        parametric(["5*cos(t)", "5*sin(t)"], "t", {"t": "acos(3/5)"}),
    )
    assert float(curve.quantities["dy/dx"][0]) == pytest.approx(circle.derivatives["x"][0])


@each(
    ("call", "said"),
    [
        (lambda: parametric(["t"], "t"), "a curve of a parameter has two coordinates or three"),
        (lambda: parametric(["x", "x^2"], "x"), "'x' is a coordinate of the curve and a variable here"),
        (lambda: parametric(["t", "t^2"], "s"), "'s' is no variable here"),
        (lambda: parametric(["t", "t^2"], "t", {"t": 1, "a": 2}), "'a' has a value but does not occur here"),
        (lambda: polar("a*theta", "theta", {"theta": 1}), "'a' has no value"),
    ],
)
def test_refusals(call: Callable[[], object], said: str) -> None:
    with pytest.raises(DerivError, match=said.split("'")[-1].strip()):
        call()
