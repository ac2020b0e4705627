"""The parts of which bounds of uncertainties are made: series over boxes, moments, independent parts."""

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from flint import arb

from derivcli import derive
from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.tape import record
from derivcli.errors import DerivError
from derivcli.uncertainty.correlations import factor
from derivcli.uncertainty.inputs import Inputs, inputs_at
from derivcli.uncertainty.normal_moments import moment, size_moment, whole_moment
from derivcli.uncertainty.ranges import RANGES, whole_power
from derivcli.uncertainty.taylor_arithmetic import key_of
from tests.formulas_uncertain import measurement_drawn
from tests.gum_cases import MEASUREMENTS
from tests.measurement import Measurement
from tests.support import each, sample


@pytest.fixture(autouse=True)
def settings_put_back() -> Iterator[None]:
    """FLINT's settings are the process's own."""
    with restored_context():
        yield


def inputs_of(case: Measurement) -> Inputs:
    """The inputs of a measurement, as if they were independent."""
    expression = derive(case.formula, at=case.at, check=False).expression  # in which e is a variable if it is one
    sizes = {name: size for name, size in case.sizes.items() if size and name in expression.variables}
    parts = factor(np.eye(len(sizes)))
    assert parts is not None
    tape = record(expression.expanded, expression.variables)
    return inputs_at(tape, {name: coordinate(float(value)) for name, value in case.at.items()}, sizes, parts, 128)


@pytest.mark.sampled
@each("seed", range(sample(60, 2000)))
def test_series_over_a_box_hold_those_at_its_points(seed: int) -> None:
    case, generator = measurement_drawn(seed), np.random.default_rng(seed)
    try:
        inputs, order = inputs_of(case), int(generator.integers(0, 4))
        ends = np.sort(generator.uniform(-2, 2, (inputs.count, 2)))
        box = inputs.series([(low, high) for low, high in ends.tolist()], order)
    except (UnsureError, TouchError, DerivError):
        return
    for _ in range(3):
        place = generator.uniform(ends[:, 0], ends[:, 1]).tolist()
        try:
            series = inputs.about(place, order)
        except UnsureError:
            assert order == 0 or "abs" in case.formula, "what has a series everywhere has one here"
            continue
        for degree, terms in enumerate(series):
            for key, value in terms.items():
                assert box[degree].get(key, arb(0)).overlaps(value)


@each("case", MEASUREMENTS[:: 60 // sample(15, 60)])
def test_the_second_order_is_that_of_second_derivatives(case: Measurement) -> None:
    names = [name for name, size in case.sizes.items() if size]
    if not all(math.isfinite(value) for value in case.at.values()) or case.formula in ("abs(x)", "sqrt(x^2+y^2)"):
        return
    result = derive(case.formula, at=case.at, wrt=names, order=2, check=False)
    series = inputs_of(case).about([0.0] * len(names), 2)
    for place, name in enumerate(names):
        wanted = float(result.derivatives[f"{name},{name}"][0]) * case.sizes[name] ** 2 / 2
        found = series[2].get(2 * key_of(place), arb(0)) if len(series) > 2 else arb(0)
        assert float(found.mid()) == pytest.approx(wanted, rel=1e-9, abs=1e-300)


@each(
    "low, high, centre",
    [(-6.0, 6.0, 0.0), (0.0, 0.75, 0.375), (-1.5, -0.75, -1.125), (5.25, 6.0, 5.625), (-3.0, 6.0, 1.5)],
)
def test_moments_of_cut_normal_numbers(low: float, high: float, centre: float) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(80)
    z = (low + high) / 2 + (high - low) / 2 * nodes
    density = weights * (high - low) / 2 * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    for power in range(9):
        wanted = float((density * (z - centre) ** power).sum())
        scale = float((density * np.abs(z - centre) ** power).sum())
        assert float(moment(power, low, high, centre).mid()) == pytest.approx(wanted, rel=1e-10, abs=1e-12 * scale)


def test_moments_of_whole_numbers() -> None:
    assert [whole_moment(power) for power in range(9)] == [1, 0, 1, 0, 3, 0, 15, 0, 105]
    assert float(size_moment((2, 4), 40.0).mid()) == pytest.approx(3, rel=1e-12)


@each("power, ends", product([-3, -2, -1, 0, 1, 2, 3, 4, 7], [(-1.0, 1.0), (-0.5, 2.0), (0.25, 4.0), (-3.0, -1.0)]))
def test_whole_powers_of_intervals(power: int, ends: tuple[float, float]) -> None:
    low, high = ends
    if power < 0 and low <= 0 <= high:
        return
    ball = whole_power(arb(low).union(arb(high)), power)
    values = np.linspace(low, high, 100) ** float(power)
    assert ball.is_finite()
    assert float(ball.lower()) <= values.min() + 1e-12
    assert float(ball.upper()) >= values.max() - 1e-12
    if power > 1 and power % 2 == 0:
        assert float(ball.lower()) > -1e-6


KINKED: dict[str, Callable[..., Any]] = {
    **{"abs": np.abs, "sign": np.sign, "floor": np.floor, "round": np.round, "trunc": np.trunc},
    "relu": lambda x: np.maximum(x, 0),
}


@each("name, ends", product(KINKED, [(-1.5, 2.5), (-0.25, 0.25), (0.5, 0.75), (-3.0, -2.0), (0.0, 1.0)]))
def test_values_of_kinked_functions_over_intervals(name: str, ends: tuple[float, float]) -> None:
    low, high = ends
    ball = RANGES[name](arb(low).union(arb(high)))
    values = KINKED[name](np.linspace(low, high, 401))
    assert float(ball.lower()) <= values.min()
    assert float(ball.upper()) >= values.max()
    assert float(ball.upper() - ball.lower()) <= float(np.ptp(values)) + 2.001


@each(
    "matrix, parts",
    [
        ([[1, 1], [1, 1]], 1),
        ([[1, -1], [-1, 1]], 1),
        ([[1, 0.5], [0.5, 1]], 2),
        ([[1, 0.6, 0.8], [0.6, 1, 0], [0.8, 0, 1]], 2),  # singular in decimals, which float64 does not see
        ([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]], None),
        ([[1, 1, 0.3], [1, 1, 0.3], [0.3, 0.3, 1]], 2),
    ],
)
def test_correlated_inputs_as_independent_parts(matrix: list[list[float]], parts: int | None) -> None:
    found = factor(np.array(matrix, float))
    assert (None if found is None else len(found.weights)) == parts
    if found is not None:
        assert found.matrix @ found.matrix.T == pytest.approx(np.array(matrix), abs=1e-15)
