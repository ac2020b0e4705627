"""Functions at the ends of their domains: where the value still exists it is there, with its one-sided derivative.

The oracle is mpmath in 100 digits: values by its own functions and integrals, slopes by quotients of differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq

from derivcli import derive
from derivcli.engines.balls.germs.evaluation import GERM_RULES
from derivcli.flag_table import FLAGS
from tests.support import each

Function = Callable[[Any], Any]


def li(x: Any) -> Any:
    return mpmath.mpf(0) if x == 0 else mpmath.li(x)


def elliptic_f(z: Any, m: Any) -> Any:
    """The integral itself, by a substitution that leaves no root at its end."""
    return _integral(z, m, lambda sine: 1)


def elliptic_e(z: Any, m: Any) -> Any:
    return _integral(z, m, lambda sine: 1 - m * sine**2)


def elliptic_pi(n: Any, z: Any, m: Any) -> Any:
    return _integral(z, m, lambda sine: 1 / (1 - n * sine**2))


def _integral(z: Any, m: Any, factor: Function) -> Any:
    """factor(sin(t))/sqrt(1 - m sin(t)**2) from 0 to z, with sqrt(m) sin(t) = sin(a)."""
    end = mpmath.asin(min(mpmath.sqrt(m) * mpmath.sin(abs(z)), mpmath.mpf(1)))

    def inside(a: Any) -> Any:
        sine = mpmath.sin(a) / mpmath.sqrt(m)
        return factor(sine) / mpmath.sqrt(m * (1 - sine**2))

    return mpmath.sign(z) * mpmath.quad(inside, mpmath.linspace(0, end, 3))


ENDS: list[tuple[str, str, int, Function]] = [
    ("li(x)", "0", 1, li),
    ("Li(x)", "0", 1, lambda x: li(x) - mpmath.li(2)),
    ("x*li(x)", "0", 1, lambda x: x * li(x)),
    ("li(sin(x))", "0", 1, lambda x: li(mpmath.sin(x))),
    ("li(2x) - 2*li(x)", "0", 1, lambda x: li(2 * x) - 2 * li(x)),
    ("sqrt(x)*li(x)", "0", 1, lambda x: mpmath.sqrt(x) * li(x)),
    ("li(1-x)", "1", -1, lambda x: li(1 - x)),
    ("elliptic_f(x, 2)", "pi/4", -1, lambda x: elliptic_f(x, 2)),
    ("elliptic_f(x, 2)", "-pi/4", 1, lambda x: elliptic_f(x, 2)),
    ("elliptic_f(x, 4)", "pi/6", -1, lambda x: elliptic_f(x, 4)),
    ("elliptic_f(x, 4/3)", "pi/3", -1, lambda x: elliptic_f(x, mpmath.mpf(4) / 3)),
    ("elliptic_f(pi/2-x, 2)", "pi/4", 1, lambda x: elliptic_f(mpmath.pi / 2 - x, 2)),
    ("elliptic_f(pi/4, x)", "2", -1, lambda x: elliptic_f(mpmath.pi / 4, x)),
    ("elliptic_e(x, 2)", "pi/4", -1, lambda x: elliptic_e(x, 2)),
    ("elliptic_e(x, 4)", "-pi/6", 1, lambda x: elliptic_e(x, 4)),
    ("elliptic_e(pi/4, x)", "2", -1, lambda x: elliptic_e(mpmath.pi / 4, x)),
    ("elliptic_pi(1/2, x, 2)", "pi/4", -1, lambda x: elliptic_pi(0.5, x, 2)),
    ("elliptic_pi(-3, x, 4)", "pi/6", -1, lambda x: elliptic_pi(-3, x, 4)),
    ("elliptic_e(x)", "1", -1, mpmath.ellipe),
    ("expint(2, x)", "0", 1, lambda x: mpmath.expint(2, x)),
    ("expint(3/2, x)", "0", 1, lambda x: mpmath.expint(1.5, x)),
    ("acosh(x)", "1", 1, mpmath.acosh),
    ("lambertw(x)", "-1/e", 1, lambda x: mpmath.lambertw(x).real),
    ("gammainc(1/2, x)", "0", 1, lambda x: mpmath.gammainc(0.5, 0, x, regularized=True)),
    ("gammainc(2, x)", "0", 1, lambda x: mpmath.gammainc(2, 0, x, regularized=True)),
    ("xlogy(x, x)", "0", 1, lambda x: x * mpmath.log(x) if x else mpmath.mpf(0)),
    ("besselj(1/2, x)", "0", 1, lambda x: mpmath.besselj(0.5, x)),
    ("asin(x)", "1", -1, mpmath.asin),
]


def slope(function: Function, at: Any, side: int) -> float:
    """What quotients of differences tend to: a number, also by way of 1/log(h), or an infinity."""
    here = function(at)
    steps = [side * mpmath.mpf(10) ** -power for power in (10, 20, 40)]
    one, two, three = ((function(at + step) - here) / step for step in steps)
    if abs(three) > 1.2 * abs(two) > 1.4 * abs(one):
        return math.copysign(math.inf, three)
    if abs(three - two) < 1e-8 * abs(three):
        return float(three)
    assert abs(three) < 0.6 * abs(two) < 0.5 * abs(one), "it tends to 0 or to nothing"
    return 0.0


@pytest.mark.parametrize(("text", "at", "side", "function"), ENDS)
def test_an_end_with_a_value_is_an_edge(text: str, at: str, side: int, function: Function) -> None:
    result = derive(text, f"x={at}", check=True)
    verdict, value = result.verdicts["x"][0], result.value_verdicts[0]  # type: ignore[index]
    with mpmath.workdps(100):
        over, under = [*at.replace("pi", "1").split("/"), "1"][:2]
        exact = -mpmath.exp(-1) if at == "-1/e" else mpmath.mpf(over) / int(under) * (mpmath.pi if "pi" in at else 1)
        wanted, want_slope = function(exact), slope(function, exact, side)
    assert result.value[0] == pytest.approx(float(wanted), rel=1e-7, abs=1e-12)
    assert value is not None
    assert value.truth == pytest.approx(float(wanted), rel=1e-14, abs=1e-300)
    assert verdict is not None
    assert verdict.kind == "edge"
    known, other = (verdict.right, verdict.left) if side > 0 else (verdict.left, verdict.right)
    assert other is None
    assert known == pytest.approx(want_slope, rel=1e-7, abs=1e-6)


FACTORS = {
    "elliptic_f": "elliptic_f(x, 2)",
    "elliptic_e_inc": "elliptic_e(x, 2)",
    "elliptic_pi_inc": "elliptic_pi(1/2, x, 2)",
}


@pytest.mark.parametrize("rule", FACTORS)
def test_a_rule_that_is_wrong_by_little_is_told(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slope of a product with x - pi/4 is the integral itself, and is wrong as it is."""

    def found() -> float:
        result = derive(f"{FACTORS[rule]}*(x - pi/4)", "x=pi/4", check=True)
        assert result.value[0] == 0
        verdict = result.verdicts["x"][0]
        assert verdict is not None
        assert verdict.left is not None
        return verdict.left

    function: Function = {
        "elliptic_f": lambda x: elliptic_f(x, 2),
        "elliptic_e_inc": lambda x: elliptic_e(x, 2),
        "elliptic_pi_inc": lambda x: elliptic_pi(0.5, x, 2),
    }[rule]
    with mpmath.workdps(40):
        wanted = float(function(mpmath.pi / 4))
    assert found() == pytest.approx(wanted, rel=1e-14)
    sound = GERM_RULES[rule]
    monkeypatch.setitem(GERM_RULES, rule, lambda run, *parts: run.germs.scaled(sound(run, *parts), fmpq(10005, 10000)))
    assert found() == pytest.approx(wanted * 1.0005, rel=1e-14)


BEYOND = [
    ("elliptic_k(x)", "1"), ("elliptic_f(x, 1)", "pi/2"), ("elliptic_pi(2, x, 1/2)", "pi/4"), ("li(x)", "1"),
    ("elliptic_f(x, 4)", "5*pi/6"), ("elliptic_e(x, 4)", "5*pi/6"), ("elliptic_f(x, 2)", "4/5"), ("li(x)", "-1"),
    ("Ei(x)", "0"), ("Ci(x)", "0"), ("Chi(x)", "0"), ("E1(x)", "0"), ("erfinv(x)", "1"), ("besselk(0, x)", "0"),
]  # fmt: skip


@each(("text", "at"), BEYOND)
def test_where_an_integral_diverges_there_is_nothing(text: str, at: str) -> None:
    verdict = derive(text, f"x={at}", check=True).verdicts["x"][0]
    assert verdict is not None
    assert verdict.kind == "undefined"


def test_a_logarithmic_integral_of_a_square_is_smooth_at_0() -> None:
    result = derive("li(x^2)", "x=0", check=True)
    assert (result.value[0], result.derivatives["x"][0]) == (0, 0)
    assert result.verdicts["x"][0].kind == "proved"  # type: ignore[union-attr]
    second = derive("li(x)", "x=0", order=2, check=True).verdicts["x,x"][0]
    assert second is not None
    assert (second.kind, second.right) == ("edge", -math.inf)


def test_the_nearest_float64_of_an_end_is_no_end() -> None:
    inside, beyond = math.pi / 4, math.nextafter(math.pi / 4, 1)
    result = derive("elliptic_f(x, 2)", {"x": [inside, beyond]}, check=True)
    verdicts = result.value_verdicts
    assert verdicts is not None
    with mpmath.workdps(60):
        wanted = float(elliptic_f(mpmath.mpf(inside), mpmath.mpf(2)))
    first, second = verdicts[0], verdicts[1]
    assert first is not None
    assert first.truth == pytest.approx(wanted, rel=1e-15)
    assert second is not None
    assert second.kind == "undefined"


def test_an_array_keeps_the_value_at_its_end() -> None:
    result = derive("li(x)", {"x": np.array([-1.0, 0.0, 0.5])})
    assert np.isnan(result.value[0])
    assert result.value[1:].tolist() == [0, pytest.approx(float(mpmath.li(0.5)))]
    assert not result.flags[1] >> FLAGS.index("undefined") & 1


HUGE = [
    ("exp(exp(x))", "700", "10^(4.40475e303)"), ("-exp(exp(x))", "700", "-10^(4.40475e303)"),
    ("x^(10^300)", "700", "10^(2.8451e300)"), ("gamma(x)", "700", "3.46006e1686"),
    ("exp(exp(exp(x)))", "5", "10^("), ("gamma(x)", "1e300", "10^(2.99566e302)"),
]  # fmt: skip


@each(("text", "at", "number"), HUGE)
def test_no_note_is_full_of_digits(text: str, at: str, number: str) -> None:
    verdict = derive(text, f"x={at}", check=True).value_verdicts[0]  # type: ignore[index]
    assert verdict is not None
    assert verdict.kind == "overflow"
    assert number in verdict.message
    assert len(verdict.message) < 80
    with mpmath.workdps(40):
        assert mpmath.nstr(mpmath.exp(700) / mpmath.log(10), 6) == "4.40475e+303"
