"""Taylor polynomials: each coefficient is held to the truth, and what an enclosure says of the remainder is so."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import fmpq
from mpmath import mp

from derivcli import parse
from derivcli.check import taylor_remainder as module
from derivcli.check.taylor_coefficients import check_series
from derivcli.check.taylor_remainder import remainder, remainders
from derivcli.check.verdict import Verdict
from derivcli.engines.balls import evaluation
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.run import Run
from derivcli.engines.taylor import engine
from derivcli.points.at_option import read_points
from derivcli.result import SeriesResult
from tests.support import each

INF = math.inf


def polynomial(text: str, at: str, degree: int, variable: str = "x", dtype: str = "float64") -> SeriesResult:
    """The polynomial as it is computed."""
    return engine.series([parse(text, declared=["x", "y"])], read_points([at]), variable, degree, dtype)[0]


def claimed(result: SeriesResult, coefficients: list[float]) -> SeriesResult:
    """The result with other coefficients about its only point."""
    return replace(result, coefficients=np.array([coefficients]))


def verdicts(result: SeriesResult, point: int = 0) -> list[Verdict]:
    found = [column[point] for column in check_series(result).verdicts]
    assert all(found)
    return [verdict for verdict in found if verdict is not None]


def kinds(text: str, at: str, degree: int, variable: str = "x") -> list[str]:
    return [verdict.kind for verdict in verdicts(polynomial(text, at, degree, variable))]


@each(
    ("text", "at", "wanted"),
    [
        ("sin(x)*y", "x=1/3,y=3", ["proved"] * 5),
        ("x^2", "x=3", ["proved"] * 5),
        ("gamma(x)*besselj(1/2, x)", "x=1.5", ["proved"] * 5),
        ("abs(x)^3", "x=0", ["proved", "proved", "proved", "corner", "corner"]),
        ("if(x == 0, 1, sin(x)/x)", "x=0", ["proved", "proved", "wrong", "proved", "wrong"]),
        ("sqrt(x)", "x=0", ["proved", "edge", "edge", "edge", "edge"]),
        ("log(x)", "x=-1", ["undefined"] * 5),
        ("sin(x)/x", "x=0", ["undefined"] + ["hole"] * 4),
        ("floor(x)", "x=2", ["proved"] + ["jump"] * 4),
        ("exp(x)", "x=709.5", ["proved"] * 5),
        ("exp(x)", "x=710", ["overflow"] * 2 + ["proved"] * 3),
        ("(1-cos(x))/x^2", "x=1e-4", ["lossy"] * 5),
        ("2/3", "x=1", ["proved"] * 5),
    ],
)
def test_coefficients(text: str, at: str, wanted: list[str]) -> None:
    if at == "x=710":  # nested passes overflow before they are divided by n!
        size = mpmath.exp(710)
        wanted_numbers = [INF, INF, *(float(size / math.factorial(order)) for order in range(2, 5))]
        found = [verdict.kind for verdict in verdicts(claimed(polynomial(text, at, 4), wanted_numbers))]
        assert found == wanted
    else:
        assert kinds(text, at, 4) == wanted


def test_a_coefficient_is_compared_and_not_the_derivative() -> None:
    found = verdicts(polynomial("exp(2*x)", "x=0", 4))
    assert [verdict.truth for verdict in found] == [1, 2, 2, 4 / 3, 2 / 3]
    sides = verdicts(polynomial("abs(x)^3", "x=0", 4))[3:]
    assert [(each.left, each.right) for each in sides] == [(-1, 1), (None, None)]
    assert sides[1].message == "a corner at order 3: left -1, right 1"


def test_a_coefficient_that_is_off_is_wrong_and_the_others_are_not() -> None:
    right = polynomial("sin(x)*exp(-x^2)", "x=0.7", 5)
    for place in range(6):
        numbers = right.coefficients[0].tolist()
        numbers[place] *= 1.0005
        found = [verdict.kind for verdict in verdicts(claimed(right, numbers))]
        assert found == ["wrong" if each == place else "proved" for each in range(6)]


def test_all_coefficients_come_from_one_series(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    original = evaluation._block

    def counted(run: Run, numbers: Iterable[int]) -> Any:
        if numbers is run.tape.order:
            runs.append(run.order)
        return original(run, numbers)

    monkeypatch.setattr(evaluation, "_block", counted)
    numbers = [math.exp(0.5) / math.factorial(order) for order in range(31)]
    found = verdicts(claimed(polynomial("exp(x)", "x=1/2", 1), numbers))
    assert {verdict.kind for verdict in found} == {"proved"}
    assert runs == [30]


def test_two_hundred_coefficients() -> None:
    with mp.workdps(40):
        numbers = [float(mpmath.exp(mp.mpf(1) / 2) / mpmath.factorial(order)) for order in range(201)]
    numbers[40] *= 1.0005
    found = [verdict.kind for verdict in verdicts(claimed(polynomial("exp(x)", "x=1/2", 1), numbers))]
    assert found == ["proved"] * 40 + ["wrong"] + ["proved"] * 160


def test_points_have_verdicts_of_their_own_and_float32_its_own_digits() -> None:
    told: list[tuple[int, int | None]] = []
    result = check_series(polynomial("abs(x)", "x=-1,0,1", 2), lambda _, done, total: told.append((done, total)))
    assert [column.names() for column in result.verdicts] == [
        ["proved", "proved", "proved"],
        ["proved", "corner", "proved"],
        ["proved", "corner", "proved"],
    ]
    assert told == [(3, 9), (6, 9), (9, 9)]
    assert {verdict.digits for verdict in verdicts(polynomial("sin(x)", "x=0.5", 3, dtype="float32"))} <= {6, 7}


# The remainder

Bounds = tuple[float, float] | None


def bounds(text: str, at: str, degree: int, low: float, high: float) -> Bounds:
    """The enclosure of the remainder in x about a point as it was typed."""
    points, expression = read_points([at]), parse(text)
    typed = {name: points.exact(name, 0) for name in expression.variables}
    exact = {name: coordinate(float(points.at[name][0]) if tree is None else tree) for name, tree in typed.items()}
    return remainder(expression, exact, "x", printed(text, at, degree), low, high)


def printed(text: str, at: str, degree: int) -> list[float]:
    """The coefficients as they are shown."""
    numbers: list[float] = polynomial(text, at, degree).coefficients[0].tolist()
    return numbers


SMOOTH: list[tuple[str, str, Callable[[Any], Any], int, float, float]] = [
    ("exp(x)", "0", mpmath.exp, 3, -1.0, 1.0),
    ("sin(x)", "pi/2", mpmath.sin, 5, -1.0, 2.0),
    ("sin(x)", "0", mpmath.sin, 5, 0.5, 1.0),
    ("sin(50*x)", "0", lambda x: mpmath.sin(50 * x), 3, -5.0, 5.0),
    ("log(1+x)", "0", mpmath.log1p, 4, -0.5, 0.5),
    ("1/x", "1", lambda x: 1 / x, 4, 0.5, 2.0),
    ("tan(x)", "0", mpmath.tan, 7, -1.5, 1.5),
    ("sin(x)*exp(-x^2)", "1", lambda x: mpmath.sin(x) * mpmath.exp(-(x**2)), 20, 0.0, 2.0),
    ("gamma(x)", "3", mpmath.gamma, 4, 2.0, 4.0),
    ("erf(x)", "1", mpmath.erf, 3, -5.0, 5.0),
    ("airyai(x)/x", "1", lambda x: mpmath.airyai(x) / x, 3, 0.5, 1.5),
    ("if(x > 0, x^5, 0)", "1", lambda x: x**5, 2, 0.25, 2.0),
    ("x^3", "2", lambda x: x**3, 2, 1.0, 4.0),
    ("0.1*x^2", "0.1", lambda x: x**2 / 10, 0, 0.0, 1.0),
]


def sampled(
    at: str, function: Callable[[Any], Any], coefficients: Sequence[float], low: float, high: float
) -> list[Any]:
    """The function less the polynomial at points of the interval with both ends, in many digits."""
    with mp.workdps(80):
        centre = {"pi/2": mp.pi / 2}.get(at) or mp.mpf(at)
        places = [mp.mpf(low) + (mp.mpf(high) - mp.mpf(low)) * k / 200 for k in range(201)]
        return [function(x) - mpmath.polyval([*map(mp.mpf, coefficients[::-1])], x - centre) for x in places]


@pytest.mark.parametrize(("text", "at", "function", "degree", "low", "high"), SMOOTH)
def test_a_remainder_holds_what_was_sampled_and_little_more(
    text: str, at: str, function: Callable[[Any], Any], degree: int, low: float, high: float
) -> None:
    found = bounds(text, f"x={at}", degree, low, high)
    assert found is not None
    values = sampled(at, function, printed(text, f"x={at}", degree), low, high)
    least, most = min(values), max(values)
    with mp.workdps(80):
        assert found[0] <= least
        assert most <= found[1]
        assert found[1] - found[0] <= 1.05 * (most - least)


def test_of_functions_without_series_of_their_own_an_enclosure_is_wider() -> None:
    found = bounds("besselj(0, x)", "x=3", 2, 2.75, 3.25)
    assert found is not None
    values = sampled("3", lambda x: mpmath.besselj(0, x), printed("besselj(0, x)", "x=3", 2), 2.75, 3.25)
    assert found[0] <= min(values) <= max(values) <= found[1]
    assert found[1] - found[0] <= 5 * (max(values) - min(values))


def test_a_bound_that_is_too_narrow_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    original = module._Polynomial.enclosed
    monkeypatch.setattr(
        module._Polynomial,
        "enclosed",
        lambda *known: [(piece, ball * 99 / 100, middle * 99 / 100) for piece, ball, middle in original(*known)],
    )
    with pytest.raises(AssertionError):
        test_a_remainder_holds_what_was_sampled_and_little_more("exp(x)", "0", mpmath.exp, 3, -1.0, 1.0)


def test_a_polynomial_is_its_own_taylor_polynomial() -> None:
    assert bounds("x^3*y", "x=3,y=2", 4, 2.0, 4.0) == (0, 0)
    assert bounds("y", "x=3,y=2", 0, 2.0, 4.0) == (0, 0)
    assert bounds("abs(x)", "x=1", 1, 0.5, 2.0) == (0, 0)


def test_the_rounding_of_the_coefficients_is_part_of_the_remainder() -> None:
    """The polynomial of x^2/3 holds a rounded 1/3, and a coefficient that lost its digits is told as it is."""
    third = fmpq(1, 3) - fmpq(*(1 / 3).as_integer_ratio())
    found = bounds("x^2/3", "x=0", 2, 0.0, 1.0)
    assert found is not None
    assert found[0] <= 0 < float(third) <= found[1] <= 1.05 * float(third)
    assert bounds("x/3", "x=0", 1, 0.5, 0.5) == pytest.approx((float(third) / 2,) * 2, rel=1e-12)
    lost = bounds("(1-cos(x))/x^2", "x=1e-8", 2, 0.1, 0.2)
    assert lost is not None
    assert lost[1] > 1e13
    single = replace(polynomial("x^2/3", "x=0", 2, dtype="float32"), interval=(0.0, 1.0))
    assert remainders(single)[0, 0] == pytest.approx(1 / 3 - float(np.float32(1 / 3)), rel=0.05)
    assert bounds("1/3", "x=5", 0, 0.0, 1.0) == pytest.approx((float(third),) * 2, rel=1e-12)


@each(
    ("text", "at", "low", "high"),
    [
        ("abs(x)", "x=1", -0.5, 2.0),
        ("abs(x)", "x=1", -2.0, -1.0),
        ("floor(x)", "x=1.5", 1.2, 2.8),
        ("log(1+x)", "x=0", -1.0, 0.5),
        ("log(x)", "x=1", -2.0, -1.0),
        ("1/x", "x=1", -0.5, 2.0),
        ("tan(x)", "x=0", -1.6, 1.6),
        ("if(x > 0, x, x^2)", "x=1", -1.0, 2.0),
        ("sqrt(x)", "x=1", 0.0, 2.0),
        ("sqrt(x)", "x=0", 0.0, 2.0),
        ("max(x, x^2)", "x=0.5", 0.25, 2.0),
        ("sin(1/x)", "x=1", -1.0, 2.0),
        ("relu(x)", "x=0", 0.0, 1.0),
    ],
)
def test_where_the_function_may_not_be_smooth_there_is_no_enclosure(
    text: str, at: str, low: float, high: float
) -> None:
    assert bounds(text, at, 2, low, high) is None


def test_remainders_of_a_result() -> None:
    result = replace(polynomial("abs(x)^3", "x=-1,0,1", 2), interval=(0.5, 2.0))
    found = remainders(result)
    assert found.shape == (3, 2)
    assert np.isnan(found[:2]).all()
    assert found[2] == pytest.approx((-0.125, 1), rel=0.02)


def test_a_remainder_about_an_irrational_point_is_that_of_the_exact_polynomial() -> None:
    """Of sin about pi/2 the polynomial of degree 1 is 1."""
    found = bounds("sin(x)", "x=pi/2", 1, 1.5, 1.625)
    assert found is not None
    ends = [float(sympy.sin(sympy.Rational(each)).evalf(30) - 1) for each in (1.5, 1.625)]
    assert found[0] == pytest.approx(min(ends), rel=0.03)
    assert 0 <= found[1] < 1e-4
