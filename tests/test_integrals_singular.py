"""Integrals whose integrands have poles, kinks, jumps or narrow peaks: their numbers, flags and verdicts."""

from __future__ import annotations

import math

import pytest

from derivcli import DerivError, derive
from tests.judging import value_verdict, verdict
from tests.support import each, hint_of

SINGULAR = [
    # text, x, the value or nan, whether it may be called proved
    pytest.param("integral(1/t, t, -1, x)", 2.0, math.nan, marks=pytest.mark.sweep),
    pytest.param("integral(1/t^2, t, -1, x)", 1.0, math.nan, marks=pytest.mark.sweep),
    ("integral(1/t, t, 0, x)", 1.0, math.nan),
    ("integral(t^(-1.01), t, 0, x)", 1.0, math.nan),
    ("integral(1/sqrt(t), t, 0, x)", 2.0, 2 * math.sqrt(2)),
    ("integral(log(t), t, 0, x)", 2.0, 2 * math.log(2) - 2),
    ("integral(sqrt(t), t, 0, x)", 2.0, 2 / 3 * 2**1.5),
    ("integral(tan(t), t, 0, x)", 2.0, math.nan),
    ("integral(sqrt(t), t, -1, x)", 1.0, math.nan),
    ("integral(log(t), t, -1, x)", 1.0, math.nan),
    ("integral(1/sqrt(1 - t), t, 0, x)", 1.0, math.nan),
]


@pytest.mark.parametrize(("text", "x", "value"), SINGULAR)
def test_singular_integrands_have_their_integral_or_no_number(text: str, x: float, value: float) -> None:
    result = derive(text, at={"x": x}, check=False)
    if math.isnan(value):
        assert math.isnan(result.value[0])
        assert result.flags[0]
    else:
        assert result.value[0] == pytest.approx(value, rel=1e-14)


@each("text", ["integral(1/t, t, -1, x)", "integral(sqrt(t)*sqrt(t), t, -1, x)"])
def test_what_has_no_integral_has_no_number_and_is_not_proved(text: str) -> None:
    result = derive(text, at={"x": 1.0})
    assert math.isnan(result.value[0])
    assert result.flags[0]
    assert value_verdict(result).kind not in ("proved", "agrees")
    assert verdict(result).kind not in ("proved", "agrees")


KINKED = [
    ("integral(abs(t - 1), t, 0, x)", 3.0, 2.5, 2.0),
    ("integral(abs(t - x), t, 0, 3)", 1.0, 2.5, -1.0),
    ("integral(max(t, x), t, 0, 3)", 1.0, 5.0, 1.0),
    ("integral(relu(t - x)*t, t, 0, 3)", 1.0, 14 / 3, -4.0),
    ("integral(floor(t), t, 0, x)", 3.5, 4.5, 3.0),
    ("integral(if(t > 1, t^2, t), t, 0, x)", 2.0, 0.5 + 7 / 3, 4.0),
    ("integral(sign(t - 1)*x, t, 0, 3)", 2.0, 2.0, 1.0),
    ("integral(2^floor(t), t, 0, x)", 2.5, 5.0, 4.0),
]


@pytest.mark.parametrize(("text", "x", "value", "slope"), KINKED)
def test_kinks_and_jumps_between_the_bounds(text: str, x: float, value: float, slope: float) -> None:
    result = derive(text, at={"x": x})
    assert result.value[0] == pytest.approx(value, rel=1e-14)
    assert result.derivatives["x"][0] == pytest.approx(slope, rel=1e-14)
    assert value_verdict(result).kind == "proved"
    assert verdict(result).kind == "proved"


EXPONENTS = [
    ("integral(x^t, t, 0, 1)", 2.0, 1 / math.log(2)),
    ("integral(t^x, t, 1, 2)", 2.0, 7 / 3),
    ("integral(x^(1/t), t, 1, x)", 1.0, 0.0),
    ("integral(2^-t, t, 0, x)", 1.0, 0.5 / math.log(2)),
    ("integral(integral(2^(s*t), s, 0, x), t, 0, 0)", 1.0, 0.0),
]


@pytest.mark.parametrize(("text", "x", "value"), EXPONENTS)
def test_what_is_bound_may_be_an_exponent(text: str, x: float, value: float) -> None:
    result = derive(text, at={"x": x})
    assert result.value[0] == pytest.approx(value, rel=1e-14)
    assert value_verdict(result).kind == "proved"
    assert verdict(result).kind == "proved"


MOVING = [
    ("integral(if(t < x, 1, 0), t, 0, 2)", 1), ("integral(sign(t - x), t, 0, 2)", 1),
    ("integral(floor(t*x), t, 0, 2)", 1), ("integral(heaviside(t - x), t, 0, 2)", 1),
    ("integral(abs(t - x), t, 0, 2)", 2), ("integral(max(t, x), t, 0, 2)", 2),
    ("integral(integral(sign(s - t), s, 0, x), t, 0, 1)", 2),
]  # fmt: skip


@each("text, order", MOVING)
def test_a_jump_that_moves_is_refused(text: str, order: int) -> None:
    for at in ({"x": 1.0}, None):
        with pytest.raises(DerivError) as caught:
            derive(text, at=at, order=order) if at else derive(text, order=order)
        assert "which moves" in caught.value.message
        assert "split the integral" in hint_of(caught.value)
    with pytest.raises(DerivError, match="which moves"):
        derive(text + " + 0*y", at={"x": 1.0, "y": 1.0}, along={"x": 1, "y": 2}, order=order)
    with pytest.raises(DerivError, match="which moves"):
        derive("a", let={"a": text}, at={"x": 1.0}, order=order)


def test_peaks_far_from_the_bounds_are_found() -> None:
    for text in ("integral(exp(-t^2), t, -x, x)", "integral(x/x/(1+t^2), t, -x, x)"):
        for size in (50.0, 1e3, 1e6):
            value = math.sqrt(math.pi) if "exp" in text else 2 * math.atan(size)
            assert derive(text, at={"x": size}, check=False).value[0] == pytest.approx(value, rel=1e-14)


def test_a_jump_at_a_bound_is_flagged_and_its_corner_told() -> None:
    result = derive("integral(sign(t), t, -1, x)", at={"x": 0.0})
    assert result.flags[0]
    assert (verdict(result).kind, verdict(result).left, verdict(result).right) == ("corner", -1.0, 1.0)
    assert derive("integral(abs(x)*t, t, 0, 2)", at={"x": 0.0}, check=False).flags[0]
    assert not derive("integral(abs(x)*t, t, 0, 2)", at={"x": 1.0}, check=False).flags[0]
