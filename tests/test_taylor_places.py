"""Series at places where a recurrence would divide by 0 or cancel, and coefficients that are tiny beside the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import mpmath
import pytest
from mpmath import mp, mpf

from derivcli.engines.taylor import composition, elementary
from derivcli.engines.taylor.rules import TAYLOR_RULES
from tests.support import each
from tests.test_taylor_series import along, batch

ORDER = 8


STILL = [
    ("0**x", 2.0, 0.0),
    ("(x-x)**x", 2.0, 0.0),
    ("(x-x)**2.5", 2.0, 0.0),
    ("cbrt(x-x)**(1/3)", 1.5, 0.0),
    ("sqrt(0/x)", 2.0, 0.0),
    ("sqrt(max(x, 3)*(0*x))", 30.0, 0.0),
    ("asin(max(x, 1))", 0.5, 1.5707963267948966),
    ("cbrt(sinh(relu(x)))", -1.0, 0.0),
    ("elliptic_e(1**x)", 0.5, 1.0),
    ("max(max(1/2-x, 0**x), 0)", 1.5, 0.0),
]
"""Functions that are constant around a point, where they are made of one at the edge of its domain."""


@each(("text", "point", "value"), STILL)
def test_what_does_not_move_has_no_slope(text: str, point: float, value: float) -> None:
    first, *rest = along(text, point, ORDER)
    assert first == value
    assert not any(rest)


@pytest.mark.parametrize("text", ["sqrt(x**9)", "sqrt(x**20)", "0/sqrt(x)", "1/(x-x)"])
def test_what_may_move_beyond_the_last_coefficient_has_none(text: str) -> None:
    assert mpmath.isnan(along(text, 0.0, ORDER)[-1])


def test_some_points_of_a_batch_move() -> None:
    mixed = batch("sqrt(max(x, 0))", [4.0, -1.0], 4)
    assert mixed[:, 1].tolist() == [0, 0, 0, 0, 0]
    assert mixed[1, 0] == 0.25


Case: TypeAlias = tuple[float, int, Callable[[Any], Any]]

TINY: dict[str, Case] = {
    "zeta(x)": (800.0, 4, lambda x: sum(mpf(n) ** -x for n in range(2, 9))),
    "besselj(1, erf(x))": (-20.0, 4, lambda x: mpmath.besselj(1, mpmath.erf(x))),
    "expint(2, asinh(x))": (1e10, 4, lambda x: mpmath.expint(2, mpmath.asinh(x))),
    "expint(2, x)": (1e-8, 3, lambda x: mpmath.expint(2, x)),
    "expint(-3, x)": (30.5, 6, lambda x: mpmath.expint(-3, x)),
    "expint(2.5, x)": (1e-8, 6, lambda x: mpmath.expint(2.5, x)),
    "gammaincc(x, 300)": (1.5, 3, lambda x: mpmath.gammainc(x, 300, regularized=True)),
    "asin(x)": (1e-8, ORDER, mpmath.asin),
    "acos(x)": (-1e-8, ORDER, mpmath.acos),
    "atanh(x)": (1e-8, ORDER, mpmath.atanh),
    "logit(x)": (0.5 + 2.0**-30, ORDER, lambda x: mpmath.log(x / (1 - x))),
}
"""Functions some of whose coefficients are far smaller than others, up to an order."""


def failures(text: str) -> list[int]:
    """The powers whose coefficients are not mpmath's."""
    point, order, function = TINY[text]
    with mp.workdps(240 if "erf" in text else 60):
        want = mpmath.taylor(function, mpf(point), order, chop=False)
    got = along(text, point, order)
    return [power for power in range(1, order + 1) if not abs(got[power] - want[power]) <= 1e-11 * abs(want[power])]


@pytest.mark.parametrize("text", TINY)
def test_a_tiny_coefficient_has_its_digits(text: str) -> None:
    assert failures(text) == []


def test_a_coefficient_that_is_lost_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "_looked_at_closely", lambda mp, grids, found: found)
    monkeypatch.setitem(TINY, "zeta(x)", (801.0, *TINY["zeta(x)"][1:]))  # what was found at 800 may be remembered
    assert failures("zeta(x)") == [1, 2, 3, 4]
    monkeypatch.setitem(TAYLOR_RULES, "asin", elementary.log1p)
    assert failures("asin(x)")
