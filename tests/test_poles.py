"""Beside poles and edges the truth of every verdict is mpmath's, and its kind is one that fits."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import acb, arb
from mpmath import mpf

from derivcli import derive
from derivcli.check import judge
from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls import bounds, cauchy
from tests.poles import POLES, Number, Pole, places, truth
from tests.support import each

CLOSE = 1e-12
"""Relative, of a truth and of a number that is called right."""

SPACING = 5e-324
LARGEST = mpf(1.7976931348623157e308)
RIGHT = {kind for kind, row in KINDS.items() if row.is_right}
KINDS_AT_POLES = {*RIGHT, "lossy", "wrong", "overflow", "unchecked"}
"""What a number can be at a place that is no special one."""


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "VERDICT_SECONDS", 60.0)


def is_close(number: float | None, exact: Any) -> bool:
    """Whether a float64 is as near to an exact number as a right one is."""
    return number is not None and bool(abs(number - exact) <= CLOSE * abs(exact) + 2 * SPACING)


def complaint(verdict: Verdict, printed: float, exact: Any) -> str:
    """What is false in a verdict; empty if nothing is."""
    if verdict.kind not in KINDS_AT_POLES:
        return "kind"
    if verdict.kind == "unchecked":
        return ""
    if abs(exact) > LARGEST * (1 + CLOSE):
        infinite = verdict.kind == "overflow" and verdict.truth == math.copysign(math.inf, exact)
        return "" if infinite else "no overflow"
    if not is_close(verdict.truth, exact):
        return "truth"
    right = math.isfinite(printed) and is_close(printed, exact)
    if verdict.kind == "overflow" or (verdict.kind in RIGHT) > right or (verdict.kind == "wrong" and right):
        return "kind"
    return ""


def judged(pole: Pole, numbers: Sequence[Number], order: int) -> tuple[list[str], Counter[str]]:
    """What is false in the verdicts of a value and a derivative at several places, and how many of each kind are."""
    result = derive(pole.text, {"x": [number.typed for number in numbers]}, ["x"], order=order, check=True)
    (key,) = result.derivatives
    found, kinds = [], Counter[str]()
    for times, printed, verdicts in (
        (0, result.value, result.value_verdicts),
        (order, result.derivatives[key], result.verdicts[key]),
    ):
        assert verdicts is not None
        for place, number in enumerate(numbers):
            verdict, exact = verdicts[place], truth(pole, number.distance, times)
            assert verdict is not None
            kinds[verdict.kind] += 1
            said = complaint(verdict, float(printed[place]), exact)
            if said:
                found.append(f"{said}: {pole.text} at {number.typed}, {times} times: {verdict}, truth {exact}")
    return found, kinds


def swept(seed: int, each: int, nearest: int, orders: Sequence[int] = (1, 2, 3)) -> tuple[list[str], Counter[str]]:
    """All that is false beside all poles, at so many places for each order, and the kinds of the verdicts."""
    found, kinds = [], Counter[str]()
    for pole, numbers in places(seed, each * len(orders), nearest):
        for part, order in enumerate(orders):
            more, counted = judged(pole, numbers[part * each : (part + 1) * each], order)
            found += more
            kinds += counted
    return found, kinds


def test_no_verdict_beside_a_pole_is_false() -> None:
    found, kinds = swept(seed=1, each=1, nearest=300, orders=(1, 3))
    assert not found, "\n".join(found)
    assert kinds["unchecked"] <= kinds.total() // 100


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(10, 14))
def test_no_verdict_beside_thousands_of_places_is_false(seed: int) -> None:
    found, kinds = swept(seed, each=8, nearest=300)
    assert kinds.total() > 5000
    assert not found, "\n".join(found)
    assert kinds["unchecked"] <= kinds.total() // 200


def test_a_disk_that_holds_a_pole_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bound that is none, on a disk that may hold a pole, truths are false, and the judge of them says so."""
    monkeypatch.setattr(cauchy._Path, "bound", lambda path, exponent: arb(100) if exponent >= 16 else None)
    pole = next(pole for pole in POLES if pole.text == "trigamma(x)")
    found, _ = judged(pole, [Number(pole, "1e-20", Fraction(1, 10**20))], 1)
    assert any(each.startswith("truth") for each in found)


@each(
    ("text", "at", "value", "slope"),
    [
        ("zeta(x)", "1.00000000000000000001", 1e20, -1e40),
        ("zeta(x+1)", "1e-100", 1e100, -1e200),
        ("zeta(x)*(x-1)^2", "1.00000000000000000000000001", 1e-26, 1.0),
        ("digamma(x)", "1e-306", -1e306, math.inf),
        ("digamma(x-3)", "1e-17", -1e17, 1e34),
        ("binomial(-1+x,0.5)", "1e-20", -3.1830988618379067e19, 3.183098861837907e39),
        ("lowergamma(-1+x,2)", "1e-20", -1e20, 1e40),
        ("lowergamma(x,3)", "1e-100", 1e100, -1e200),
        ("lowergamma(x,2)*x^2", "1e-305", 1e-305, 1.0),
        ("trigamma(x)", "1e-302", math.inf, -math.inf),
    ],
)
def test_truths_beside_poles(text: str, at: str, value: float, slope: float) -> None:
    result = derive(text, {"x": at}, check=True)
    assert result.value_verdicts is not None
    for verdict, due in ((result.value_verdicts[0], value), (result.verdicts["x"][0], slope)):
        assert verdict is not None
        assert verdict.truth == pytest.approx(due, rel=1e-12)
        assert verdict.kind != "wrong"


@pytest.mark.parametrize("at", ["0", "-3", "-10"])
def test_the_lower_gamma_function_has_no_value_at_its_poles(at: str) -> None:
    result = derive("lowergamma(x,3)", {"x": at}, check=True)
    assert result.value_verdicts is not None
    assert result.value_verdicts.names() == result.verdicts["x"].names() == ["undefined"]


@pytest.mark.parametrize("at", ["1e-100", "-1.000000000001", "-0.999999999999", "-3.0001"])
def test_the_lower_gamma_function_is_right_beside_its_poles(at: str) -> None:
    with mpmath.workdps(400):
        s, h = mpf(float(at)), mpf(10) ** -150
        due = (mpmath.gammainc(s + h, 0, 3) - mpmath.gammainc(s - h, 0, 3)) / (2 * h)
    assert float(derive("lowergamma(x,3)", {"x": at}).derivatives["x"][0]) == pytest.approx(float(due), rel=1e-12)


BOUNDS = {
    "bessel_j": mpmath.besselj,
    "bessel_y": mpmath.bessely,
    "bessel_i": mpmath.besseli,
    "bessel_k": mpmath.besselk,
    "upper_gamma": mpmath.gammainc,
    "upper_gamma_regularized": lambda a, x: mpmath.gammainc(a, x) * mpmath.rgamma(a),
    "lower_gamma_regularized": lambda a, x: 1 - mpmath.gammainc(a, x) * mpmath.rgamma(a),
    "expint": mpmath.expint,
}


@pytest.mark.parametrize("name", BOUNDS)
def test_no_function_exceeds_its_bound(name: str) -> None:
    """At complex numbers within balls about whole orders, and at some distance from them."""
    draw = random.Random(name)
    for _ in range(60):
        reach = 2.0 ** draw.randint(-10, -1)
        order, argument = draw.randint(-4, 1 if "gamma" in name else 4), draw.uniform(0.6, 30)
        side = arb(0, reach)
        bound = getattr(bounds, name)(acb(order) + acb(side, side), acb(argument) + acb(side, side))
        n, x = (mpmath.mpc(c + reach * draw.uniform(-1, 1), reach * draw.uniform(-1, 1)) for c in (order, argument))
        if bound.is_finite():
            assert abs(BOUNDS[name](n, x)) <= float(bound.upper()) * (1 + 1e-10), (n, x)
        else:
            assert order in (-4, -3, -2, -1, 0, 1)
