"""Taylor polynomials: text that the language reads back to the same polynomial, in every format."""

import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivcli import derive, parse
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.points.at_option import points_from, read_points
from derivcli.render.blocks import Style
from derivcli.render.format_table import formats_for
from derivcli.render.numbers import outward_texts
from derivcli.render.polynomial import offset_text, polynomial_text
from derivcli.render.results import render
from derivcli.result import SeriesResult
from tests.support import drawn, each

WIDE = Style(width=200)


def series(
    coefficients: list[list[float]],
    at: str = "x=0.5",
    text: str = "sin(x)",
    remainder: list[list[float]] | None = None,
    verdicts: tuple[Verdicts, ...] = (),
) -> SeriesResult:
    points = read_points([at])
    numbers = np.array(coefficients, dtype=np.float64)
    interval, ends = (None, None) if remainder is None else ((0.0, 1.0), np.array(remainder))
    flags = np.zeros(len(numbers), np.uint8)
    return SeriesResult(parse(text), points.at, "x", numbers, flags, points, verdicts, interval, ends)


@each(
    ("at", "coefficients", "expected"),
    [
        ("x=0", [0, 1, 0, -1 / 6], "x - 0.16666666666666666*x**3"),
        ("x=0.5", [2, -1, 1], "2 - (x - 0.5) + (x - 0.5)**2"),
        ("x=pi/2", [1, 0, -0.5], "1 - 0.5*(x - pi/2)**2"),
        ("x=-1", [0, -2], "-2*(x + 1)"),
        ("x=-pi/2", [0, 1], "(x + pi/2)"),
        ("x=1+sqrt(2)", [0, 1], "(x - (1 + sqrt(2)))"),
        ("x=0.1", [0, 0, 1e-30], "1e-30*(x - 0.1)**2"),
        ("x=0", [-0.0, 0, 0], "0"),
        ("x=0", [-1, -1], "-1 - x"),
    ],
)
def test_text(at: str, coefficients: list[float], expected: str) -> None:
    assert polynomial_text(series([coefficients], at), 0) == expected


def test_digits_are_cut_if_so_asked() -> None:
    assert polynomial_text(series([[1 / 3, 0.9999]]), 0, 3) == "0.333 + (x - 0.5)"


NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False) | st.sampled_from([0.0, -0.0, 1.0, -1.0])
CENTRES = st.floats(-100, 100, allow_subnormal=False) | st.decimals(-9, 9, places=3) | st.sampled_from(["1/8", "-3"])


def read_back(text: str, x: float) -> float:
    """The value of a text as the language reads it."""
    return float(derive(text, at={"x": x}, check=False).value[0])


def exactly(coefficients: list[float], distance: Fraction) -> tuple[float, float]:
    """The value of the polynomial by Horner's rule in whole numbers, and how far rounding may lead away."""
    value = size = Fraction(0)
    for coefficient in reversed(coefficients):
        value = value * distance + Fraction(coefficient)
        size = size * abs(distance) + abs(Fraction(coefficient))
    return float(value), 1e-14 * float(size) + 1e-290


def series_about(centre: float | str | Decimal, coefficients: list[float]) -> SeriesResult:
    points = points_from({"x": centre if isinstance(centre, float) else str(centre)})
    flags = np.zeros(1, np.uint8)
    return SeriesResult(parse("sin(x)"), points.at, "x", np.array([coefficients]), flags, points)


@drawn(200, derandomize=True)
@given(coefficients=st.lists(NUMBERS, min_size=1, max_size=7), centre=CENTRES, x=st.floats(-100, 100))
def test_the_language_reads_a_polynomial_back(
    coefficients: list[float], centre: float | str | Decimal, x: float
) -> None:
    result = series_about(centre, coefficients)
    text = polynomial_text(result, 0)
    assert text is not None
    value, rounding = exactly(coefficients, Fraction(x) - Fraction(float(result.at["x"][0])))
    assert abs(read_back(text, x) - value) <= rounding


@pytest.mark.parametrize("planted", ["1 + 3*(x - 0.5)", "1 + 2*(x - 0.5) + 1e-9", "1 + 2*(x + 0.5)", "1 - 2*(x - 0.5)"])
def test_another_polynomial_would_be_seen(planted: str) -> None:
    value, rounding = exactly([1.0, 2.0], Fraction(2) - Fraction(1, 2))
    assert abs(read_back("1 + 2*(x - 0.5)", 2.0) - value) <= rounding
    assert abs(read_back(planted, 2.0) - value) > rounding


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_there_is_no_polynomial_without_finite_coefficients(bad: float) -> None:
    result = series([[1, 2, bad]])
    assert polynomial_text(result, 0) is None
    reason = f"no Taylor polynomial of degree 2: the coefficient of (x - 0.5)**2 is {bad}"
    assert reason in render([result], "table", WIDE)
    assert reason in render([result], "markdown", WIDE)
    assert render([result], "value", WIDE) == "nan\n"
    assert json.loads(render([result], "json", WIDE))["functions"][0]["polynomials"] == [None]


def test_table() -> None:
    shown = render([series([[0, 1, -0.5]], remainder=[[-1.23456e-5, 3.45678e-5]])], "table", WIDE)
    assert shown.startswith("f(x) = sin(x)\n\nT2(x) = (x - 0.5) - 0.5*(x - 0.5)**2\n╭")
    assert "│ 2 │        -0.5 │" in shown
    assert shown.endswith("for x from 0 to 1, f - T2 lies between -1.24e-5 and 3.46e-5\nby Taylor arithmetic\n")


def test_several_points_and_variables_have_headings() -> None:
    several = render([series([[0, 1], [1, 1]], "x=0,pi/2")], "table", WIDE)
    assert "\nabout x = 0\nT1(x) = x\n" in several
    assert "\nabout x = pi/2\nT1(x) = 1 + (x - pi/2)\n" in several
    others = [series([[0, 1]], "x=0,a=2", text) for text in ("a*x", "a^2*x")]
    assert "\nf2 about x = 0, with a = 2\nT1(x) = x\n" in render(others, "table", WIDE)
    assert render(others, "value", WIDE) == "x\nx\n"
    assert render(others, "csv", WIDE) == "x,a,f1 c0,f1 c1,f2 c0,f2 c1\n0,2,0,1,0,1\n"
    assert r"T_{1}(x) &= x && \text{for } f_{2} \text{ about } x = 0,\, a = 2" in render(others, "latex", WIDE)


def test_many_points_are_rows() -> None:
    result = series([[0, 1]] * 9, "x=0:1:9", remainder=[[-1, 1]] * 9)
    assert "remainder low" in render([result], "table", WIDE)
    assert "T1(x)" not in render([result], "table", WIDE)
    assert "| 0.125 |   0 |   1 |            -1 |              1 |" in render([result], "markdown", WIDE)


def test_a_long_polynomial_is_broken_between_its_terms() -> None:
    lines = render([series([[1 / 3] * 8])], "table", Style(width=60)).splitlines()
    terms = [line for line in lines if "(x - " in line and "T7" not in line]
    assert len(terms) > 3
    assert all(line.startswith("        + ") and line.count("(") == line.count(")") for line in terms)
    narrow = render([series([[1 / 3] * 8])], "table", Style(width=24))
    assert max(map(len, narrow.splitlines())) <= 24


def test_csv_has_remainders_and_verdicts() -> None:
    verdicts = tuple(Verdicts.empty(1) for _ in range(2))
    verdicts[1].put(0, Verdict("lossy", 2, truth=0.25))
    result = series([[0, 1]], remainder=[[-1e-5, 2]], verdicts=verdicts)
    names, row = render([result], "csv", Style(verdicts=True)).splitlines()
    assert names == "x,c0,c0 verdict,c0 truth,c1,c1 verdict,c1 truth,remainder low,remainder high"
    assert row == "0.5,0,,,1,lossy,0.25,-1e-5,2"


def test_json() -> None:
    result = series([[0, 1], [1, 0]], "x=0,1", remainder=[[-1 / 3, 1], [np.nan, np.nan]])
    found = json.loads(render([result], "json", Style(digits=2)))["functions"][0]
    assert found["coefficients"] == [[0, 1], [1, 0]]
    assert found["polynomials"] == ["x", "1"]
    assert (found["variable"], found["degree"], found["engine"]) == ("x", 1, "taylor")
    assert (found["interval"], found["remainder"]) == ([0, 1], [[-1 / 3, 1], ["nan", "nan"]])


def test_latex() -> None:
    result = series([[0, 1, 0, -0.5]], "x=pi/2", remainder=[[-2e-5, 1]])
    shown = render([result], "latex", WIDE)
    assert r"T_{3}(x) &= \left(x - \frac{\pi}{2}\right) - 0.5 \left(x - \frac{\pi}{2}\right)^{3}" in shown
    assert r"f(x) - T_{3}(x) &\in \left[-2 \cdot 10^{-5}, 1\right] \quad \text{for } x \in \left[0, 1\right]" in shown


def test_a_missing_enclosure_is_said() -> None:
    result = series([[0, 1]], remainder=[[np.nan, np.nan]])
    said = "for x from 0 to 1, no enclosure of the remainder was found; the function may not be smooth there\n"
    assert said in render([result], "table", WIDE)


def test_verdicts_name_the_coefficient() -> None:
    verdicts = tuple(Verdicts.empty(2) for _ in range(4))
    for order, one in enumerate(verdicts):
        one.put(0, Verdict("lossy", 2, truth=0.25, message="cancellation") if order == 3 else Verdict("proved", 15))
        one.put(1, Verdict("corner", left=-1.0, right=1.0) if order else Verdict("proved", 15))
    shown = render([series([[0, 1, 2, 3]] * 2, "x=0.5,0", "abs(x)", verdicts=verdicts)], "table", WIDE)
    assert "x = 0.5: the coefficient of (x - 0.5)**3 lost all but 2 digits: the truth is 0.25" in shown
    assert "x = 0: the coefficient of x does not exist, a corner: left -1, right 1; Taylor arithmetic's 1" in shown
    assert "x**2 does not exist" not in shown
    assert "\nabout x = 0\nno Taylor polynomial of degree 3: the coefficient of x does not exist\n" in shown
    assert "│ ✓ 15" in shown


def test_all_proved() -> None:
    verdicts = tuple(Verdicts.empty(1) for _ in range(3))
    for one in verdicts:
        one.put(0, Verdict("proved", 15))
    assert render([series([[0, 1, 2]], verdicts=verdicts)], "table", WIDE).endswith("✓ 3 proved, at least 15 digits\n")


@settings(deadline=None, derandomize=True)
@given(value=st.floats(allow_nan=False), digits=st.integers(1, 17))
def test_ends_are_rounded_outward(value: float, digits: int) -> None:
    low, high = (outward_texts(np.array([value]), digits, way)[0] for way in ("ROUND_FLOOR", "ROUND_CEILING"))
    assert float(low) <= value <= float(high)


@each("name", formats_for("results"))
def test_every_format_has_series(name: str) -> None:
    assert render([series([[0, 1]])], name, Style()).endswith("\n")


def test_offsets() -> None:
    assert [offset_text(series([[0.0]] * 2, "x=0:1:2"), point) for point in (0, 1)] == ["x", "(x - 1)"]
