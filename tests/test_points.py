"""Where a formula is evaluated: texts and Python values to points, exact where they are typed, refused with a place."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from derivcli import DerivError, derive
from derivcli.language import limits
from derivcli.language.tree import symbol
from derivcli.points.at_option import points_from, read_points
from derivcli.points.points import Points
from tests.support import deriv, each


def values(points: Points) -> dict[str, list[float]]:
    return {name: column.tolist() for name, column in points.at.items()}


SPECS: list[tuple[str, dict[str, list[float]]]] = [
    ("x=3", {"x": [3]}),
    ("x=-3", {"x": [-3]}),
    ("x=+.5e1", {"x": [5]}),
    ("x=3,y=4", {"x": [3], "y": [4]}),
    (" x = 3 , y = 4 ", {"x": [3], "y": [4]}),
    ("x=1,2,3", {"x": [1, 2, 3]}),
    ("x=2,5", {"x": [2, 5]}),
    ("x=3,1,3", {"x": [3, 1, 3]}),
    ("x=1,2,y=3", {"x": [1, 2], "y": [3, 3]}),
    ("x=0:1:5", {"x": [0, 0.25, 0.5, 0.75, 1]}),
    ("x=1:0:3", {"x": [1, 0.5, 0]}),
    ("x=1:1:2", {"x": [1, 1]}),
    ("x=0:1:3,5,7:8:2", {"x": [0, 0.5, 1, 5, 7, 8]}),
    ("x=0:1:1+1", {"x": [0, 1]}),
    ("x=pi/2", {"x": [math.pi / 2]}),
    ("x=-pi:pi:3", {"x": [-math.pi, 0, math.pi]}),
    ("x=e, sqrt(2), log(8, 2), 5!", {"x": [math.e, math.sqrt(2), 3, 120]}),
    ("x=max(1, 2), 3, y=atan2(1, 1)", {"x": [2, 3], "y": [math.pi / 4] * 2}),
    ("x=2², y=|−3|", {"x": [4], "y": [3]}),
    ("α=1, x₁=2, x_max=3", {"alpha": [1], "x1": [2], "x_max": [3]}),
    ("speed=3, e=1, pi=2, sin=4", {"speed": [3], "e": [1], "pi": [2], "sin": [4]}),
    ("x=1,X=2", {"x": [1], "X": [2]}),
]


@each(("spec", "wanted"), SPECS)
def test_what_a_text_means(spec: str, wanted: dict[str, list[float]]) -> None:
    assert values(read_points([spec])) == wanted


REFUSED = [
    ("", "the points are empty", 0),
    ("  ", "the points are empty", 0),
    ("3", "needs the name of its variable", 0),
    ("x", "needs the name of its variable", 0),
    ("=3", "needs the name of its variable", 0),
    ("x==3", "needs the name of its variable", 0),
    ("1x=3", "needs the name of its variable", 0),
    ("x.y=3", "needs the name of its variable", 0),
    ("2, x=3", "needs the name of its variable", 0),
    ("x=1, é=3", "'é' is no name of a variable", 5),
    ("x=", "a value is missing", 2),
    ("x=3,", "a value is missing", 4),
    ("x=1,,2", "a value is missing", 4),
    ("x=0::3", "a value is missing", 4),
    ("x=y", "'y' is a variable", 2),
    ("x=1,2y", "'y' is a variable", 4),
    ("x=nan", "'nan' is not a finite number", 2),
    ("x=1,-inf", "'inf' is not a finite number", 5),
    ("x=1e400", "outside the range of float64", 2),
    ("x=1, 9**9**9", "outside the range of float64", 5),
    ("x=1/0", "this divides by zero", 4),
    ("x=sqrt(-1)", "not a real number", 2),
    ("x=1_000", "this is not a number", 2),
    ("x=1 2", "two numbers stand side by side", 2),
    ("x=١", "U+0661", 2),
    ("x=3\x1b[0m", "U+001B", 3),
    ("x='3'", "the quotes came along", 2),
    ("x=__import__('os')", "'_' stands only between the letters and digits of a name", 2),
    ("x=3=4", "a comma is missing between two variables", 2),
    ("x=0:1", "a range is start:stop:count", 2),
    ("x=5, 0:1:2:3", "a range is start:stop:count", 4),
    ("x=(0:1:3)", "':' is no part of a formula", 4),
    ("x=0:1:1", "a range has at least 2 points", 6),
    ("x=0:1:0", "a range has at least 2 points", 6),
    ("x=0:1:-3", "the count of a range is a whole number", 6),
    ("x=0:1:2.5", "the count of a range is a whole number", 6),
    ("x=0:1:n", "'n' is a variable", 6),
    ("x=0:1:1000000000001", "1,000,000,000,001 points are over the limit of 1,000,000,000,000", 6),
    ("x=0:1:1e300", "over the limit of 1,000,000,000,000", 6),
    ("x=" + "-" * 200 + "1", "deeper than the limit of 100", 102),
    ("x=" + "9" * 400, "outside the range of float64", 2),
    ("x=0:1:" + "9" * 400, "outside the range of float64", 6),
]


@each(("spec", "message", "start"), REFUSED)
def test_what_is_refused(spec: str, message: str, start: int) -> None:
    with pytest.raises(DerivError) as caught:
        read_points([spec])
    error = caught.value
    assert message in error.message
    assert error.hint
    assert error.source == spec
    assert error.span
    assert error.span.start == start
    assert all(line.isprintable() for line in str(error).split("\n"))


@pytest.mark.parametrize(
    ("spec", "other"),
    [
        ("x=1/2pi", "x=1/(2*pi)"),
        ("x=1, y=0, sin pi/2, 3", "x=1, y=0, sin(pi/2), 3"),
        ("x=0:1/2pi:3,y=1", "x=0:1/(2*pi):3,y=1"),
        ("x=8^1/3", "x=8^(1/3)"),
    ],
)
def test_a_value_with_two_meanings_has_a_note(spec: str, other: str) -> None:
    (note,) = read_points([spec]).notes
    assert (note.source, note.other) == (spec, other)
    assert not read_points([other]).notes
    assert values(read_points([other])) != values(read_points([spec]))


@pytest.mark.parametrize("specs", [["x=1,x=2"], ["x=1", "x=2"], ["x1=1", "x₁=2"]])
def test_a_variable_has_one_list_of_values(specs: list[str]) -> None:
    with pytest.raises(DerivError, match="given values more than once"):
        read_points(specs)


ZEROS = [
    ("-0.3:0.3:7", 3),
    ("-0.1:0.2:4", 1),
    ("-1:2:301", 100),
    ("-1/3:2/3:4", 1),
    ("-0.7:0.7:15", 7),
    ("-1e-9:1e-9:3", 1),
]


@each(("text", "place"), ZEROS)
def test_a_range_meets_zero_exactly(text: str, place: int) -> None:
    column = read_points([f"x={text}"]).at["x"]
    assert column[place] == 0
    assert np.count_nonzero(column) == len(column) - 1


@pytest.mark.parametrize(
    ("start", "stop", "count"), [("0", "1", 11), ("-3", "3", 100), ("0.1", "0.7", 7), ("-1/7", "3", 50)]
)
def test_a_range_holds_the_nearest_float64(start: str, stop: str, count: int) -> None:
    first, last = Fraction(start), Fraction(stop)
    exact = [first + (last - first) * i / (count - 1) for i in range(count)]
    assert read_points([f"x={start}:{stop}:{count}"]).at["x"].tolist() == [float(value) for value in exact]


@pytest.mark.parametrize("text", ["-1.7e308:1.7e308:3", "-1e308:1.7e308:5", "1e-300:3e-300:3", "0:1e-320:3", "-pi:e:9"])
def test_a_range_neither_overflows_nor_misses_its_ends(text: str) -> None:
    start, stop, count = text.split(":")
    column = read_points([f"x={text}"]).at["x"]
    assert len(column) == int(count)
    assert np.isfinite(column).all()
    assert (np.diff(column) > 0).all()
    assert [column[0], column[-1]] == [read_points([f"x={end}"]).at["x"][0] for end in (start, stop)]


def test_the_last_variable_varies_fastest() -> None:
    points = read_points(["x=1,2", "y=3,4,5", "z=6,7"])
    assert list(zip(*values(points).values(), strict=True)) == [
        (x, y, z) for x in (1, 2) for y in (3, 4, 5) for z in (6, 7)
    ]
    assert points.count == 12


def test_paired_variables_go_side_by_side() -> None:
    points = read_points(["x=1,2,3", "y=0:1:3,z=9"], paired=True)
    assert values(points) == {"x": [1, 2, 3], "y": [0, 0.5, 1], "z": [9, 9, 9]}
    with pytest.raises(DerivError, match="x has 3, y has 2"):
        read_points(["x=1,2,3", "y=3,4"], paired=True)


def test_no_points_are_one_point_without_variables() -> None:
    assert read_points([]).count == 1


@pytest.mark.parametrize("spec", ["x=0:1:1000000,y=0:1:1000001", "x=0:1:500000000001,y=1,2", "x=0:1:1000000000000,5"])
def test_more_points_than_the_limit_are_refused(spec: str) -> None:
    with pytest.raises(DerivError, match=f"over the limit of {limits.MAX_POINTS:,}"):
        read_points([spec])


def test_the_limit_itself_is_admitted() -> None:
    assert read_points(["x=0:1:1000000", "y=0:1:1000000"]).count == limits.MAX_POINTS


def test_typed_values_stay_exact() -> None:
    points = read_points(["x=pi/2, 0.1, 1/3"])
    exact = [points.exact("x", point) for point in range(3)]
    assert [tree.doit() for tree in exact if tree is not None] == [
        sympy.pi / 2, sympy.Rational(1, 10), sympy.Rational(1, 3),
    ]  # fmt: skip
    assert points.at["x"].tolist() == [math.pi / 2, 0.1, 1 / 3]


def test_typed_values_stay_exact_beside_a_range() -> None:
    points = read_points(["x=1/3,0:1:3,1/7"])
    exact = [points.exact("x", point) for point in range(5)]
    assert [tree is not None for tree in exact] == [True, False, False, False, True]
    assert points.at["x"].tolist() == [1 / 3, 0, 0.5, 1, 1 / 7]


@each("size", [1, 2, 3, 7, 100])
@each("paired", [False, True])
def test_parts_are_the_whole(size: int, paired: bool) -> None:
    specs = ["x=1/3,0:1:3,1/7", "y=2" if paired else "y=0:1:4,pi", "z=1,2,3,4,5" if paired else "z=-1,1"]
    points = read_points(specs, paired)
    parts = list(points.parts(size))
    assert [part.count for part in parts[:-1]] == [size] * (len(parts) - 1)
    for name in points.names:
        assert np.concatenate([part.at[name] for part in parts]).tolist() == points.at[name].tolist()
        typed = [part.exact(name, point) for part in parts for point in range(part.count)]
        assert typed == [points.exact(name, point) for point in range(points.count)]


def test_a_part_of_a_huge_range_takes_its_own_memory_only() -> None:
    points = read_points(["x=0:1:1000001", "y=0:1:1000"])
    first = next(points.parts(5))
    assert first.at["y"].tolist() == [place / 999 for place in range(5)]
    last = Points(points.axes, start=points.count - 2)
    assert last.at["x"].tolist() == [1, 1]
    assert last.at["y"].tolist() == [998 / 999, 1]


@pytest.mark.parametrize("points", [read_points(["x=0:1:3"]), points_from({"x": [0.1, 0.2]})])
def test_ranges_and_arrays_are_the_float64_they_are(points: Points) -> None:
    assert points.exact("x", 0) is None


ITEMS: list[tuple[Any, list[float]]] = [
    (3, [3]),
    (2.5, [2.5]),
    ("pi/2", [math.pi / 2]),
    ("0:1:3", [0, 0.5, 1]),
    ("1, 2", [1, 2]),
    ([1, 2, 3], [1, 2, 3]),
    ((1.5, 2), [1.5, 2]),
    (range(3), [0, 1, 2]),
    (["1/2", "pi"], [0.5, math.pi]),
    ([1, "2", "3:4:2"], [1, 2, 3, 4]),
    (np.array([1.5, 2.5]), [1.5, 2.5]),
    (np.arange(3), [0, 1, 2]),
    (np.float32(0.1), [float(np.float32(0.1))]),
    (np.array(3.0), [3]),
]


@each(("item", "wanted"), ITEMS)
def test_python_values_are_points(item: Any, wanted: list[float]) -> None:
    result = derive("x^2", at={"x": item})
    assert result.at["x"].tolist() == wanted
    assert result.derivatives["x"].tolist() == [2 * value for value in wanted]
    assert result.value.shape == (len(wanted),)


NO_POINTS: list[tuple[Any, str]] = [
    ([], "a number or an array of one dimension"),
    (np.zeros((2, 2)), "a number or an array of one dimension"),
    (math.nan, "not finite"),
    ([1, math.inf], "not finite"),
    (10**400, "finite|float64"),
    ("y", "'y' is a variable"),
    ("", "a value is missing"),
    ("3, y=4", r"\w"),
]


@each(("item", "message"), NO_POINTS)
def test_python_values_that_are_no_points(item: Any, message: str) -> None:
    with pytest.raises(DerivError, match=message):
        derive("x^2", at={"x": item})


NAMES: list[tuple[str, Any, list[float]]] = [
    ("speed*t^2", "speed=3,t=2", [4, 12]),
    ("speed*t^2", {"speed": 3, "t": 2}, [4, 12]),
    ("uv^2", {"u": 3, "v": 2}, [4, 12]),
    ("α x₁^2", {"α": 3, "x₁": 2}, [4, 12]),
    ("e x^2", {"e": 3, "x": 2}, [4, 12]),
]


@pytest.mark.parametrize(("text", "at", "slopes"), NAMES)
def test_names_with_values_are_variables(text: str, at: Any, slopes: list[float]) -> None:
    assert [column.item() for column in derive(text, at=at).derivatives.values()] == slopes


def test_a_name_with_a_value_is_one_variable() -> None:
    result = derive("uv^2", at={"uv": 3})
    assert list(result.derivatives) == ["uv"]
    assert result.expression.tree.free_symbols == {symbol("uv")}


MISSING = [
    ("x*y", {"x": 1}, None, "'y' has no value"),
    ("x", {"x": 1, "y": 2}, None, "'y' has a value but does not occur"),
    ("x", {"x": 1}, ["z"], "'z' is no variable"),
    ("x", {}, None, "'x' has no value"),
]


@pytest.mark.parametrize(("text", "at", "wrt", "message"), MISSING)
def test_values_and_variables_have_to_match(text: str, at: Any, wrt: list[str] | None, message: str) -> None:
    with pytest.raises(DerivError, match=message):
        derive(text, at=at, wrt=wrt)


def test_crossed_and_paired_through_derive() -> None:
    at = {"x": [1, 2], "y": [10, 20]}
    assert derive("x y", at=at).value.tolist() == [10, 20, 20, 40]
    assert derive("x y", at=at, paired=True).value.tolist() == [10, 40]


def test_a_table_shows_points_as_they_were_typed() -> None:
    table = deriv("sin(x)", "--at", "x=0,pi/4,1/3,0.5", columns=80).stdout
    cells = [line.split("│")[1].strip() for line in table.splitlines() if line.startswith("│")]
    assert [cell for cell in cells[1:] if cell] == ["0", "pi/4", "1/3", "0.5"]
    assert "| pi/4 | " in deriv("sin(x)", "--at", "x=pi/4", "--format", "markdown").stdout
    assert r"\frac{\pi}{4} & 0.70710678" in deriv("sin(x)", "--at", "x=pi/4", "--format", "latex").stdout
    crossed = deriv("x*y", "--at", "x=1,y=sqrt(2),2", "--format", "markdown").stdout
    assert "|   1 | sqrt(2) |" in crossed


def test_programs_and_ranges_have_numbers() -> None:
    for name in ("csv", "tsv", "json"):
        told = deriv("sin(x)", "--at", "x=pi/4", "--format", name).stdout
        assert "0.7853981633974483" in told
        assert "pi" not in told
    assert "pi" not in deriv("sin(x)", "--at", "x=0:pi:3", columns=80).stdout
    assert "pi" not in deriv("sin(x)", "--at", "x=0.5,2", columns=80).stdout
