"""Tangents, stops and crossings of plane curves, against the tables of textbooks and against SymPy's algebra."""

import math
import pickle
from typing import Any

import pytest
import sympy

from derivcli import parse
from derivcli.simplify.domains.roots import root
from derivcli.study.boxes import krawczyk
from derivcli.study.boxes.records import CurveStudy
from derivcli.study.boxes.study_implicit import study_implicit
from derivcli.study.boxes.study_parametric import study_parametric
from tests.support import each


def implicit(left: str, sides: str) -> CurveStudy:
    """The study of a curve in a square."""
    ends: Any = tuple(root(parse(end).tree) for end in sides.split(":"))
    return study_implicit(parse(left), {"x": ends, "y": ends})


def path(x: str, y: str, interval: str) -> CurveStudy:
    """The study of a moving point."""
    ends: Any = tuple(root(parse(end).tree) for end in interval.split(":"))
    return study_parametric(parse(x), parse(y), "t", *ends)


def places(points: Any) -> list[tuple[float, ...]]:
    return sorted(tuple(round(number.value, 12) + 0.0 for number in point.at) for point in points)


def rounded(*points: Any) -> list[tuple[float, ...]]:
    return sorted(tuple(round(float(each), 12) + 0.0 for each in point) for point in points)


R, S = math.sqrt(3), 2 ** (1 / 3)

IMPLICIT = [
    ("x^2+y^2-25", "-6:6", {"horizontal": [(0, -5), (0, 5)], "vertical": [(-5, 0), (5, 0)]}),
    ("x^3+y^3-3x*y", "-6:6", {"horizontal": [(S, S * S)], "vertical": [(S * S, S)], "crossings": [(0, 0)]}),
    (
        "(x^2+y^2)^2-2(x^2-y^2)",
        "-2:2",
        {
            "horizontal": [(a * R / 2, b / 2) for a in (1, -1) for b in (1, -1)],
            "vertical": [(-math.sqrt(2), 0), (math.sqrt(2), 0)],
            "crossings": [(0, 0)],
        },
    ),
    ("y^2-x^3", "-1:1", {"singular": [(0, 0)]}),
    ("y^2-x^2*(x-1)", "-2:2", {"singular": [(0, 0)], "vertical": [(1, 0)]}),
    (
        "(x^2+y^2-x)^2-x^2-y^2",
        "-3:3",
        {
            "horizontal": [(3 / 4, 3 * R / 4), (3 / 4, -3 * R / 4)],
            "vertical": [(2, 0), (-1 / 4, R / 4), (-1 / 4, -R / 4)],
            "singular": [(0, 0)],
        },
    ),
    ("(x^2+y^2-1)^2", "-2:2", {"horizontal": [(0, -1), (0, 1)], "vertical": [(-1, 0), (1, 0)]}),
    ("y-x^3", "-2:2", {"horizontal": [(0, 0)]}),
    ("x*y-1", "-3:3", {}),
    ("sin(x)-sin(y)", "0:3", {"crossings": [(math.pi / 2, math.pi / 2)]}),
]


@each("text, sides, expected", IMPLICIT)
def test_tangents_and_singular_points_of_known_curves(text: Any, sides: Any, expected: Any) -> None:
    study = implicit(text, sides)
    assert study.complete
    for name in ("horizontal", "vertical", "singular", "crossings"):
        assert places(getattr(study, name)) == rounded(*expected.get(name, ())), name


@each("text", [text for text, _, _ in IMPLICIT if "sin" not in text and text != "(x^2+y^2-1)^2"])
def test_sympy_solves_for_no_other_tangents(text: Any) -> None:
    x, y = sympy.symbols("x y", real=True)
    formula = sympy.sympify(text.replace("^", "**").replace("3x", "3*x").replace("2(", "2*("), {"x": x, "y": y})
    study = implicit(text, "-6:6")
    for derivative, other, name in ((x, y, "horizontal"), (y, x, "vertical")):
        system = sympy.solve([formula, formula.diff(derivative)], [x, y], dict=True)
        wanted = [(each[x], each[y]) for each in system if x in each and y in each]
        regular = [at for at in wanted if formula.diff(other).subs({x: at[0], y: at[1]}).simplify() != 0]
        assert places(getattr(study, name)) == rounded(*regular), name


def test_kinds_of_singular_points_are_told() -> None:
    kinds = {text: implicit(text, "-1:1").singular for text in ("y^2-x^3", "y^2-x^2*(x-1)", "y^2-x^4")}
    assert [[point.kind for point in points] for points in kinds.values()] == [["cusp"], ["isolated"], ["singular"]]


def test_what_is_not_proved_of_a_curve_stays_open() -> None:
    near = implicit("x^2-y^2-1/10^40", "-1:1")  # two vertical tangents 2e-20 apart
    assert not near.crossings
    assert {part.what for part in near.undecided} == {"vertical"}


PATHS = [
    ("cos(t)", "sin(2t)", "0:2pi", {"horizontal": 4, "vertical": 3, "crossings": 1}),
    ("cos(t)", "sin(t)", "0:2pi", {"horizontal": 2, "vertical": 3}),
    ("t^2", "t^3", "-1:1", {"singular": 1}),
    ("t^2-1", "t^3-t", "-2:2", {"horizontal": 2, "vertical": 1, "crossings": 1}),
    ("2cos(t)-cos(2t)", "2sin(t)-sin(2t)", "0:2pi", {"horizontal": 2, "vertical": 3, "singular": 2}),
    ("cos(3t)", "sin(2t)", "0:2pi", {"horizontal": 4, "vertical": 7, "crossings": 7}),
    ("cos(3t)", "sin(4t)", "0:2pi", {"horizontal": 8, "vertical": 7, "crossings": 17}),
    ("t-sin(t)", "1-cos(t)", "0:4pi", {"horizontal": 2, "singular": 3}),
    ("3t/(1+t^3)", "3t^2/(1+t^3)", "-1/2:10", {"horizontal": 2, "vertical": 1}),
]
"""Paths with the numbers of their points; those of Lissajous have 2ab - a - b crossings."""


@each("x, y, interval, expected", PATHS)
def test_points_of_known_paths(x: Any, y: Any, interval: Any, expected: Any) -> None:
    study = path(x, y, interval)
    assert study.complete
    counts = {name: len(getattr(study, name)) for name in ("horizontal", "vertical", "singular", "crossings")}
    assert {name: count for name, count in counts.items() if count} == expected


def test_crossings_are_where_both_times_give_the_same_point() -> None:
    study = path("cos(3t)", "sin(5t)+t/100", "0:2pi")
    assert study.complete
    for point in study.crossings:
        s, t = (number.value for number in point.parameters)
        assert s < t
        assert math.isclose(math.cos(3 * s), math.cos(3 * t), abs_tol=1e-12)
        assert math.isclose(math.sin(5 * s) + s / 100, math.sin(5 * t) + t / 100, abs_tol=1e-12)


def test_a_path_that_is_traced_twice_is_not_called_complete() -> None:
    study = path("cos(2t)", "sin(4t)", "0:2pi")
    assert {part.what for part in study.undecided} == {"crossing"}
    assert pickle.loads(pickle.dumps(study)) == study


def test_a_faulty_jacobian_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = krawczyk.krawczyk
    monkeypatch.setattr(krawczyk, "krawczyk", lambda system, balls: honest(system, [ball.mid() for ball in balls]))
    failed = 0
    known: Any = IMPLICIT[:3]
    for text, sides, expected in known:
        study = implicit(text, sides)
        failed += not study.complete or places(study.horizontal) != rounded(*expected["horizontal"])
    assert failed
