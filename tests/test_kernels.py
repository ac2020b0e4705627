"""The special functions' kernels beyond their values: shapes, types, poles, complex values, and the clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import torch

from derivcli import derive
from derivcli.engines.special_functions import high_precision
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.engines.torch.rules import TORCH_RULES
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FAMILIES, vocabulary
from tests.rows import DIGITS, Sample, call_of, oracle, samples, smooth, with_numbers
from tests.support import each

SPECIAL = [row for rows in FAMILIES.values() for row in rows if any(each.name in KERNELS for each in rows)]
"""The families that kernels of ours serve."""

every_kernel = each("row", [vocabulary()[name] for name in KERNELS])


@every_kernel
def test_constants_are_broadcast(row: Function) -> None:
    points = samples(row)[:3]
    for by in range(len(row.parameters)):
        fixed = [(*points[0][:by], point[by], *points[0][by + 1 :]) for point in points]
        at_once = [torch.tensor(value, dtype=torch.float64) for value in points[0]]
        at_once[by] = torch.tensor([point[by] for point in fixed], dtype=torch.float64)
        one_by_one = [TORCH_RULES[row.name](*(torch.tensor(v, dtype=torch.float64) for v in point)) for point in fixed]
        assert TORCH_RULES[row.name](*at_once).tolist() == pytest.approx([one.item() for one in one_by_one], rel=1e-15)
        assert all(one.shape == () for one in one_by_one)


@every_kernel
def test_float32_stays_float32(row: Function) -> None:
    point = samples(row)[0]
    value = TORCH_RULES[row.name](*(torch.tensor([v], dtype=torch.float32) for v in point))
    assert value.dtype == torch.float32
    with mpmath.workdps(DIGITS):
        assert value.item() == pytest.approx(float(oracle(row, point)), rel=1e-3)


@every_kernel
def test_no_points_give_no_values(row: Function) -> None:
    assert KERNELS[row.name](*(np.empty(0) for _ in row.parameters)).shape == (0,)


@each("row", SPECIAL)
def test_the_formula_agrees_with_the_number(row: Function) -> None:
    names = [row.parameters[by] for by in smooth(row)]
    by_text: dict[str, list[Sample]] = {}
    for sample in (samples(row)[0], samples(row)[-1]):
        by_text.setdefault(with_numbers(row, call_of(row), sample), []).append(sample)
    for text, points in by_text.items():
        at = {row.parameters[by]: [point[by] for point in points] for by in smooth(row)}
        numbers = derive(text, at, names, paired=True, check=False).derivatives
        for name, formula in derive(text, wrt=names).derivatives.items():
            values = derive(formula.text, at, names, paired=True, check=False).value
            assert values.tolist() == pytest.approx(numbers[name].tolist(), rel=1e-11), formula.text


NOT_REAL = [
    ("lowergamma(x, y)", 1.5, -2.0),
    ("uppergamma(x, y)", 1.5, -2.0),
    ("gammainc(x, y)", 1.5, -2.0),
    ("lambertw(x*y)", 1.0, -0.5),
    ("lambertw(x*y, -1)", 1.0, 0.5),
    ("lambertw(x*y, 1)", 1.0, 0.5),
    ("besselj(x, y)", 0.5, -2.0),
    ("bessely(x, y)", 2.0, -2.0),
    ("besselk(x, y)", 70.0, -2.0),
    ("Ci(x*y)", 1.0, -2.0),
    ("Chi(x*y)", 1.0, -2.0),
    ("expint(x, y)", 1.5, -2.0),
    ("erfinv(x*y)", 1.0, 1.5),
    ("elliptic_k(x*y)", 1.0, 1.5),
    ("elliptic_f(x, y)", 1.5, 2.0),
    ("elliptic_pi(x, y)", 1.5, 0.5),
    ("elliptic_pi(x, 1, y)", 0.5, 1.5),
    ("zeta(2 + x, y)", 1.0, -0.5),
]


@each(("text", "x", "y"), NOT_REAL)
def test_a_complex_value_is_none(text: str, x: float, y: float) -> None:
    assert math.isnan(derive(text, {"x": x, "y": y}, check=False).value[0])


POLES = [("gamma(x)", -2), ("zeta(x)", 1), ("Ei(x)", 0), ("bessely(0, x)", 0), ("besselk(1, x)", 0), ("beta(x, 2)", 0)]


@each(("text", "x"), POLES)
def test_a_pole_has_no_finite_value(text: str, x: float) -> None:
    result = derive(text, {"x": x})
    assert not math.isfinite(result.value[0])
    assert result.flags[0]


LIMITS = [
    ("sinc(x)", 0, 1, 0),
    ("jn(1, x)", 0, 0, 1 / 3),
    ("Si(x)", 0, 0, 1),
    ("Shi(x)", 0, 0, 1),
    ("besselj(0, x)", 0, 1, 0),
    ("besselj(1, x)", 0, 0, 0.5),
    ("i1e(x)", 0, 0, 0.5),
    ("binomial(x, 3)", 2, 0, 1 / 3),
    ("ff(x, 3)", 2, 0, 2),
    ("rf(x, 3)", -2, 0, 2),
    ("rf(x, 3)", 0, 0, 2),
    ("elliptic_k(x)", 0, math.pi / 2, math.pi / 8),
    ("legendre(5, x)", 1, 1, 15),
    ("hermite(0, x)", 2, 1, 0),
    ("fresnels(x)", 0, 0, 0),
    ("lambertw(x)", 0, 0, 1),
    ("erfcx(x)", 0, 1, -2 / math.sqrt(math.pi)),
]


@each(("text", "x", "value", "slope"), LIMITS)
def test_removable_places(text: str, x: float, value: float, slope: float) -> None:
    result = derive(text, {"x": x})
    got = (result.value[0], result.derivatives["x"][0])
    assert got == pytest.approx((value, slope), rel=1e-14, abs=1e-300)


EDGES = [("lambertw(x)", "-1/e"), ("elliptic_e(x)", "1"), ("besselj(1/2, x)", "0"), ("gammainc(1/2, x)", "0")]


@pytest.mark.parametrize(("text", "x"), EDGES)
def test_an_edge_is_flagged(text: str, x: str) -> None:
    assert derive(text, f"x={x}", check=False).flags[0]


def test_a_point_without_end_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(high_precision, "POINT_SECONDS", 0.05)

    def endless(mp: Any, x: Any) -> Any:
        while x:
            pass

    kernel: Callable[..., Any] = high_precision.pointwise(endless)
    assert np.isnan(kernel(np.array([2.5]))).all()


def test_the_end_of_a_clock_around_is_no_value_of_the_function() -> None:
    """Where a check's time is over inside a kernel, the kernel gives nothing, and remembers nothing."""
    calls = []

    def slow_at_first(mp: Any, x: Any) -> Any:
        calls.append(x)
        while len(calls) == 1:
            pass
        return 2 * x

    kernel: Callable[..., Any] = high_precision.pointwise(slow_at_first)
    with pytest.raises(OutOfTimeError):
        limited(0.05, kernel, np.array([1.5]))
    assert kernel(np.array([1.5])).tolist() == [3.0]
