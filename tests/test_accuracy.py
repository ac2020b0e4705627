"""Digits where torch's own derivatives lose them: values and two derivatives over wide ranges, against mpmath."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import mpmath
import pytest
import torch
from mpmath import mp, mpf

from derivcli import derive, parse
from derivcli.engines.program import lower
from derivcli.engines.torch.rules import TORCH_RULES, forward
from derivcli.language.functions.table import vocabulary
from tests.oracles import ORACLE

TOLERANCE = 1e-13
DIGITS = 800
"""A second difference of hypot at 1e-160 and 1e200 loses the most, 780 of these."""
STEP_DIGITS = 30
LEAST, GREATEST = 2.3e-308, 1.7e308
"""What float64 holds with all its digits."""

WIDE = (1e-200, 1e-160, 1e-30, 1e-8, 1e-4, 0.03, 0.7, 1.9, 4.2, 8.1, 19.9, 38.0, 120.0, 350.0, 700.0)
HUGE = (1e8, 1e100, 1e154, 1e160, 1e200, 1e300)
SMALL = (1e-200, 1e-160, 1e-30, 1e-8, 1e-4, 0.03, 0.49, 0.51, 0.99, 1 - 1e-12)
BOTH = tuple(sign * size for size in WIDE for sign in (1, -1))

RANGES: dict[str, tuple[float, ...]] = {
    "tanh": BOTH, "sech": BOTH, "csch": BOTH, "coth": BOTH, "tanhshrink": BOTH, "expm1": BOTH,
    "sigmoid": BOTH, "logsigmoid": BOTH, "softplus": BOTH, "silu": BOTH, "mish": BOTH, "elu": BOTH, "selu": BOTH,
    "gelu": (-30.0, -8.4, -8.0, -1e-8, 1e-200, 3.0, 30.0),
    "gelu_tanh": (-20.0, -5.0, -1e-8, 1e-200, 3.0, 30.0, 1e90),
    "softsign": (*BOTH, *HUGE),
    "atan": (*BOTH, *HUGE), "acot": (*BOTH, *HUGE), "asinh": (*BOTH, *HUGE), "acsch": (*BOTH, *HUGE),
    "acosh": (1 + 1e-12, 1.5, *HUGE),
    "asin": (*SMALL, -0.3), "acos": (*SMALL, -0.3), "atanh": (*SMALL, -0.3), "asech": SMALL, "logit": SMALL,
    "log1p": (*SMALL, -0.3), "exp2": BOTH, "log2": (*WIDE, *HUGE), "log10": (*WIDE, *HUGE),
    "cbrt": (*BOTH, *HUGE),
}  # fmt: skip
PAIRS = [(a, b) for a in (1e-160, 0.3, 7.0, 1e200) for b in (1e-150, 0.3, 1e4, 1e200, -2.0)]
OF_TWO = ("hypot", "atan2")

CONDITIONED = {"gelu", "gelu_tanh", "mish", "silu", "acos", "log2", "log10", "logit"}
"""Those whose derivatives have zeros or tails where a rounded argument alone costs digits; they get that much."""

DIFFERENT = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "asinh": torch.asinh, "acosh": torch.acosh,
             "expm1": torch.expm1, "atan": torch.atan, "asin": torch.asin, "atanh": torch.atanh,
             "hypot": torch.hypot, "atan2": torch.atan2, "softsign": torch.nn.functional.softsign,
             "tanhshrink": torch.nn.functional.tanhshrink, "logsumexp": torch.logaddexp}  # fmt: skip
"""torch's own rules, each of which fails somewhere."""


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with mp.workdps(DIGITS):
        yield


def computed(name: str, sample: tuple[float, ...], by: int) -> list[float]:
    """Value, first and second derivative by the program."""
    row = vocabulary()[name]
    parameters = row.parameters[: len(sample)]
    program = lower([parse(f"{name}({', '.join(parameters)})", declared=parameters)], parameters)
    leaves = [torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in sample]
    value = forward(program, leaves, 1)
    (first,) = torch.autograd.grad(value.sum(), leaves[by], create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), leaves[by], allow_unused=True) if first.requires_grad else (None,)
    return [value.item(), first.item(), 0.0 if second is None else second.item()]


@cache
def exact(name: str, sample: tuple[float, ...], by: int) -> list[Any]:
    """Value and derivatives up to the third, by differences that lose hundreds of digits."""
    point = [mpf(x) for x in sample]
    if name == "elu":
        point.append(mpf(1))
    step = abs(point[by]) * mpf(10) ** -STEP_DIGITS

    def f(steps: int) -> Any:
        return ORACLE[name](*point[:by], point[by] + steps * step, *point[by + 1 :])

    one, two = (f(k) - f(-k) for k in (1, 2))
    return [f(0), one / (2 * step), (f(1) - 2 * f(0) + f(-1)) / step**2, (two - 2 * one) / (2 * step**3)]


def failures(name: str, samples: list[tuple[float, ...]], by: int = 0) -> Iterator[str]:
    """Every number that float64 could hold and that is not right."""
    for sample in samples:
        wanted = exact(name, sample, by)
        for order, got in enumerate(computed(name, sample, by)):
            want = wanted[order]
            if not LEAST < abs(want) < GREATEST:
                continue
            condition = abs(sample[by] * wanted[order + 1] / want) if name in CONDITIONED else 0
            if not abs(got - want) <= max(TOLERANCE, 1e-15 * condition) * abs(want):
                yield f"{name}, order {order}, at {sample}: {got} is not {mpmath.nstr(want, 17)}"


def points(name: str) -> list[tuple[float, ...]]:
    if name in OF_TWO:
        return [*PAIRS]
    return [(x, 0.5) for x in BOTH] if name == "logsumexp" else [(x,) for x in RANGES[name]]


@pytest.mark.parametrize("name", RANGES)
def test_wide_ranges(name: str) -> None:
    assert [*failures(name, points(name))] == []


@pytest.mark.parametrize("by", [0, 1])
@pytest.mark.parametrize("name", [*OF_TWO, "logsumexp"])
def test_functions_of_two(name: str, by: int) -> None:
    assert [*failures(name, points(name), by)] == []


@pytest.mark.parametrize("name", DIFFERENT)
def test_torch_by_itself_would_fail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TORCH_RULES, name, DIFFERENT[name])
    assert any(failures(name, points(name)))


def test_a_batch_does_not_change_a_derivative() -> None:
    """Which of its two rules the logistic function takes depends on all points together."""
    sample = torch.tensor([0.5, 3.0, 38.0, -1e-5], dtype=torch.float64, requires_grad=True)
    (together,) = torch.autograd.grad(TORCH_RULES["sigmoid"](sample).sum(), sample)
    alone = [computed("sigmoid", (x,), 0)[1] for x in sample.tolist()]
    assert together.tolist() == pytest.approx(alone, rel=2e-14)


POWERS = [
    ("x^x", 1, 3, 3),
    ("(x/(1/x))^x", 1, 3, 18),
    ("(2+0*x)^x", 0, 3, math.log(2) ** 3),
    ("x^(2-x)", 2, 2, math.log(2) ** 2 - 1),
]
"""A formula, x, an order and the derivative, where the exponent, or it less one or two, is 0."""


@pytest.mark.parametrize(("text", "x", "order", "wanted"), POWERS)
def test_powers_at_whole_exponents(text: str, x: float, order: int, wanted: float) -> None:
    """PyTorch's own derivative of a power takes an exponent of 0 for one that stays 0."""
    (found,) = derive(text, {"x": x}, order=order, check=False).derivatives.values()
    assert found[0] == pytest.approx(wanted, rel=1e-14)


def test_a_mixed_derivative_of_a_power_where_the_exponent_is_0() -> None:
    found = derive("x^y", "x=3,y=0", mixed="x,y", check=False).derivatives["x,y"]
    assert found[0] == pytest.approx(1 / 3, rel=1e-14)


def test_a_constant_power_of_zero_has_derivatives_0() -> None:
    """x^0 is 1 at 0 too."""
    assert derive("x^y", "x=0,y=0", "x", order=2, check=False).derivatives["x,x"].tolist() == [0]
