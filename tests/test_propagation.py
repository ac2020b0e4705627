"""Uncertainties: the law of propagation, and what is proved of its estimates."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from derivcli import derive, implicit
from derivcli.errors import DerivError
from derivcli.points.at_option import read_points
from derivcli.points.points import points_from_arrays
from derivcli.propagated import LINEAR, Propagated
from derivcli.uncertainty import spread_bounds
from derivcli.uncertainty.propagation import linear_estimates, propagated
from tests.formulas_uncertain import measurement_drawn
from tests.gum_cases import MEASUREMENTS
from tests.measurement import Measurement, deviation_drawn
from tests.support import each, sample


def spread(
    formula: str,
    at: dict[str, float],
    sizes: dict[str, float],
    correlations: dict[tuple[str, str], float] | None = None,
    dtype: str = "float64",
) -> Propagated:
    """What uncertain inputs make of a formula at one point."""
    arrays = {name: np.array([value], dtype) for name, value in at.items()}
    result = derive(formula, at=arrays, dtype=dtype, check=False)
    inputs = {name: np.array([value]) for name, value in sizes.items()}
    return propagated(result, points_from_arrays(arrays), inputs, correlations or {}, True)


def word(found: Propagated) -> str | None:
    """What is said of the linear estimate at the first point."""
    return LINEAR[found.linear[0]]


CLOSED_FORMS = [
    # formula, point, uncertainties, correlations, second order's deviation, its shift, true deviation
    ("x^2", {"x": 0.0}, {"x": 0.1}, {}, math.sqrt(2) * 0.01, 0.01, math.sqrt(2) * 0.01),
    ("x^2", {"x": 3.0}, {"x": 0.1}, {}, math.sqrt(0.36 + 2e-4), 0.01, math.sqrt(0.36 + 2e-4)),
    ("x*y", {"x": 2.0, "y": 3.0}, {"x": 0.5, "y": 0.25}, {}, math.sqrt(2.5156250), 0.0, math.sqrt(2.515625)),
    ("x*y", {"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}, {("x", "y"): 0.5}, math.sqrt(1.25), 0.5, math.sqrt(1.25)),
    ("x-y", {"x": 1.0, "y": 1.0}, {"x": 0.3, "y": 0.3}, {("x", "y"): 1.0}, 0.0, 0.0, 0.0),
    ("x^3", {"x": 0.0}, {"x": 1.0}, {}, 0.0, 0.0, math.sqrt(15)),
    (
        "exp(x)",
        {"x": 0.0},
        {"x": 0.05},
        {},
        math.sqrt(0.0025 + 0.0025**2 / 2),
        0.00125,
        math.sqrt(math.expm1(0.0025) * math.exp(0.0025)),
    ),
]


@each("formula, at, sizes, correlations, second, bias, true", CLOSED_FORMS)
def test_closed_forms(
    formula: str,
    at: dict[str, float],
    sizes: dict[str, float],
    correlations: dict[tuple[str, str], float],
    second: float,
    bias: float,
    true: float,
) -> None:
    found = spread(formula, at, sizes, correlations)
    assert found.second[0] == pytest.approx(second, rel=1e-12, abs=1e-300)
    assert found.bias[0] == pytest.approx(bias, rel=1e-12, abs=1e-300)
    right = abs(found.sigma[0] - true) <= 0.01 * true
    assert word(found) == ("good" if right else "off")
    if true:
        assert found.error[0] >= abs(found.sigma[0] / true - 1) * (1 - 1e-6)


def agrees(case: Measurement, found: Propagated, draws: int, seed: int) -> bool:
    """Whether what is said of the estimate is so by values drawn, as far as these tell."""
    deviation, noise = deviation_drawn(case, draws, seed)
    if deviation == 0:
        return word(found) != "good" or found.sigma[0] == 0  # an event may be too rare to be drawn
    off, allowed = abs(found.sigma[0] / deviation - 1), 5 * noise
    said = word(found)
    return bool(off <= 0.01 + allowed if said == "good" else off >= 0.01 - allowed if said == "off" else True)


SAMPLE = sample(12, len(MEASUREMENTS))


@pytest.mark.sampled
@each("case", MEASUREMENTS[:: len(MEASUREMENTS) // SAMPLE])
def test_measurements_against_values_drawn(case: Measurement) -> None:
    found = spread(case.formula, case.at, case.sizes, dict(case.correlations))
    assert word(found) in ("good", "off")
    assert agrees(case, found, sample(250_000, 10_000_000), seed=1)


@pytest.mark.sampled
@each("case", MEASUREMENTS[len(MEASUREMENTS) // SAMPLE - 1 :: len(MEASUREMENTS) // SAMPLE])
def test_enclosures_of_values_within_three_deviations(case: Measurement) -> None:
    """They hold all values on a net of draws and corners, and are not much wider."""
    found, generator = spread(case.formula, case.at, case.sizes, dict(case.correlations)), np.random.default_rng(2)
    drawn = generator.uniform(-3, 3, (len(case.inputs), 20_000))
    corners = np.array(list(product((-3.0, 0.0, 3.0), repeat=len(case.inputs)))).T
    z = np.concatenate([drawn, corners], axis=1)
    pairs = zip(case.inputs.items(), z, strict=True)
    values = case.function(**{name: value + size * row for (name, (value, size)), row in pairs})
    least, most = np.nanmin(values), np.nanmax(values)
    slack = 1e-12 * max(abs(least), abs(most))
    assert found.low[0] <= least + slack
    assert found.high[0] >= most - slack
    assert found.high[0] - found.low[0] <= 1.1 * (most - least) + slack


@pytest.mark.sampled
@each("seed", range(sample(12, 1000)))
def test_nothing_false_is_said_of_formulas_drawn(seed: int) -> None:
    case = measurement_drawn(seed)
    try:
        found = spread(case.formula, case.at, case.sizes, dict(case.correlations))
    except DerivError:
        return
    assert agrees(case, found, 100_000, seed) or agrees(case, found, 5_000_000, seed)


@each("degree", [3, 15, 31, 32, 33, 41, 63, 64, 99, 150])
@each("tail", ["1e-6", "0.02", "3", "50"])
def test_polynomials_of_high_degree(degree: int, tail: str) -> None:
    """Of x + c*x^n the deviation is known by double factorials, and no draws would see its tail."""

    def moment(power: int) -> int:
        return 0 if power % 2 else math.prod(range(1, power, 2))

    digits = len(str(math.isqrt(moment(2 * degree)))) - 1
    factor = Fraction(tail) / 10**digits
    variance = 1 + 2 * factor * moment(degree + 1) + factor**2 * (moment(2 * degree) - moment(degree) ** 2)
    found = spread(f"x + {tail}*10^-{digits}*x^{degree}", {"x": 0.0}, {"x": 1.0})
    off = abs(1 / math.sqrt(variance) - 1)
    assert abs(off - 0.01) > 1e-4, "a case that is plainly on one side"
    assert word(found) == ("good" if off < 0.01 else "off"), variance


def test_bounds_that_are_too_small_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the remainder left out an estimate seems right that is not, and the draws tell."""
    case = Measurement("planted", "exp(x)", lambda x: np.exp(x), {"x": (0.0, 0.15)})
    assert word(spread(case.formula, case.at, case.sizes)) == "off"
    monkeypatch.setattr(spread_bounds, "differences", lambda series, box, degree: [{} for _ in series])
    found = spread(case.formula, case.at, case.sizes)
    assert word(found) == "good"
    assert not agrees(case, found, 1_000_000, seed=3)


NEVER_GOOD = [
    # formula, point, uncertainty, what is said of the linear estimate
    ("abs(x)", 0.1, 0.1, "off"),
    ("abs(x)", 0.0, 0.1, "off"),
    ("relu(x)", 0.0, 0.1, "off"),
    ("floor(x)", 1.0, 0.1, "off"),
    ("sign(x)", 0.0, 1.0, "off"),
    ("cbrt(x)", 0.1, 0.1, "off"),
    ("x^2", 0.0, 0.1, "off"),
    ("cos(x)", 0.0, 0.1, "off"),
    ("max(x,2*x)", 0.0, 1.0, "off"),
    ("1/x", 1.0, 0.3, "off"),
    ("1/x", 1.0, 0.17, "off"),
    ("log(x)", 1.0, 0.4, "off"),
    ("x/x", 1.0, 0.3, "not decided"),
    ("x+0*log(x)", 1.0, 0.2, "not decided"),
    ("x+0*sqrt(x)", 1.0, 0.19, "not decided"),
    ("sqrt(x)", 0.0, 0.1, "not decided"),
    ("x+sin(x)^2+cos(x)^2-x", 1.0, 0.1, "not decided"),
]


@each("formula, at, size, said", NEVER_GOOD)
def test_kinks_poles_edges_and_zeros_of_the_slope(formula: str, at: float, size: float, said: str) -> None:
    assert word(spread(formula, {"x": at}, {"x": size})) == said


@each("formula, at", [("abs(x)", 5.0), ("max(x,0)", 4.5), ("1/x", 40.0), ("sqrt(x)", 30.0), ("floor(x)", 0.5)])
def test_kinks_and_poles_far_away(formula: str, at: float) -> None:
    size = 0.05 if formula == "floor(x)" else 1.0
    assert word(spread(formula, {"x": at}, {"x": size})) == "good"


@each("scale", [1e-300, 1e-150, 1e-20, 1.0, 1e20, 1e150, 1e300])
def test_any_scale(scale: float) -> None:
    found = spread("x*sin(y)", {"x": scale, "y": 1.0}, {"x": 0.01 * scale, "y": 0.01})
    assert found.sigma[0] == pytest.approx(scale * 0.01 * math.hypot(math.sin(1), math.cos(1)), rel=1e-12)
    assert word(found) == "good"


def test_constant_inputs_and_none() -> None:
    found = spread("x*y", {"x": 2.0, "y": 3.0}, {"x": 0.1, "y": 0.0})
    assert (found.sigma[0], found.shares["x"][0], found.shares["y"][0]) == (pytest.approx(0.3), 1.0, 0.0)
    assert word(found) == "good"
    found = spread("x*y", {"x": 2.0, "y": 3.0}, {"x": 0.0, "y": 0.0})
    assert (found.sigma[0], word(found), found.error[0]) == (0.0, "good", 0.0)
    assert math.isnan(found.shares["x"][0])


def test_single_precision() -> None:
    found = spread("exp(x)*y", {"x": 0.1, "y": 3.0}, {"x": 0.001, "y": 0.002}, dtype="float32")
    assert found.sigma.dtype == np.float64
    assert word(found) == "good"


def test_slopes_that_are_not_finite() -> None:
    found = spread("sqrt(x)+y", {"x": 0.0, "y": 1.0}, {"x": 0.1, "y": 0.1})
    assert math.isnan(found.sigma[0])
    assert word(found) == "not decided"


def exact_square(slopes: list[float], sizes: list[float], matrix: list[list[float]]) -> Fraction:
    """The square of the linear estimate in whole numbers."""
    products = [Fraction(slope) * Fraction(size) for slope, size in zip(slopes, sizes, strict=True)]
    total = Fraction(0)
    for one, row in zip(products, matrix, strict=True):
        total += sum((one * other * Fraction(str(r)) for other, r in zip(products, row, strict=True)), Fraction(0))
    return total


@each("seed", range(20))
def test_linear_estimates_in_exact_arithmetic(seed: int) -> None:
    generator = np.random.default_rng(seed)
    count, points = int(generator.integers(1, 5)), 30
    powers = generator.integers(-140, 140, (2, count, points)) * generator.integers(0, 2)
    slopes = generator.standard_normal((count, points)) * 10.0 ** powers[0]
    sizes = np.abs(generator.standard_normal((count, points))) * 10.0 ** powers[1]
    matrix = np.eye(count)
    if count > 1:
        matrix[0, 1] = matrix[1, 0] = generator.choice([1.0, -1.0, 0.5, 0.99])
    sigma, shares = linear_estimates(list(slopes), list(sizes), matrix)
    for point in range(points):
        square = exact_square(slopes[:, point].tolist(), sizes[:, point].tolist(), matrix.tolist())
        exact = float(square) ** 0.5 if square < 10**300 else math.sqrt(float(square / 10**300)) * 1e150
        assert sigma[point] == pytest.approx(exact, rel=1e-9, abs=1e-160)
        assert sum(share[point] for share in shares) == pytest.approx(1, abs=1e-6)


def test_estimates_do_not_overflow() -> None:
    slopes, sizes = [np.array([1e300, 1e-300, 0.0])] * 2, [np.array([1e-10, 1e-20, 1e300])] * 2
    sigma, shares = linear_estimates(slopes, sizes, np.eye(2))
    assert sigma == pytest.approx(np.array([1e290 * math.sqrt(2), 0.0, 0.0]), rel=1e-14, abs=1e-318)
    assert shares[0][:2] == pytest.approx([0.5, 0.5])
    assert math.isnan(shares[0][2])


def test_most_points_are_computed_as_they_are_and_extreme_ones_scaled() -> None:
    slopes, sizes = [np.array([3.0, 3e200, 0.0, math.inf, 2.0])], [np.array([0.1, 1e100, 1.0, 0.0, 0.0])]
    sigma, shares = linear_estimates(slopes, sizes, np.eye(1))
    assert sigma == pytest.approx(np.array([0.3, 3e300, 0.0, 0.0, 0.0]), rel=1e-15)
    assert shares[0] == pytest.approx(np.array([1.0, 1.0, math.nan, math.nan, math.nan]), nan_ok=True)


def test_points_are_taken_as_typed() -> None:
    """0.1 that was typed is a tenth, where the formula has its kink, and 0.1 from an array is beside it."""
    points = read_points(["x=0.1"])
    result = derive("abs(10*x-1)", at="x=0.1", check=False)
    found = propagated(result, points, {"x": np.array([1e-30])}, {}, True)
    assert word(found) == "off"


def test_an_equation_is_not_judged() -> None:
    result = implicit("x^2+y^2=25", "y", at="x=3,y=4", check=False)
    points = points_from_arrays({"x": np.array([3.0]), "y": np.array([4.0])})
    found = propagated(result, points, {"x": np.array([0.1])}, {}, True)
    assert (word(found), found.sigma[0]) == ("not decided", pytest.approx(0.075))
