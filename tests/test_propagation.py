"""Uncertainties: the law of propagation, and what is proved of its estimates."""

import math

import numpy as np
import pytest

from derivcli import derive
from derivcli.points.points import points_from_arrays
from derivcli.propagated import LINEAR, Propagated
from derivcli.uncertainty.propagation import propagated
from tests.support import each


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
