"""Beside poles and edges the truth of every verdict is mpmath's, and its kind is one that fits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from mpmath import mpf

from derivcli import derive
from derivcli.check import judge
from derivcli.check.verdict import RIGHT, Verdict
from tests.poles import Number, Pole, places, truth

CLOSE = 1e-12
"""Relative, of a truth and of a number that is called right."""

SPACING = 5e-324
LARGEST = mpf(1.7976931348623157e308)
KINDS = {*RIGHT, "lossy", "wrong", "overflow", "unchecked"}
"""What a number can be at a place that is no special one."""


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "SECONDS", 60.0)


def is_close(number: float | None, exact: Any) -> bool:
    """Whether a float64 is as near to an exact number as a right one is."""
    return number is not None and bool(abs(number - exact) <= CLOSE * abs(exact) + 2 * SPACING)


def complaint(verdict: Verdict, printed: float, exact: Any) -> str:
    """What is false in a verdict; empty if nothing is."""
    if verdict.kind not in KINDS:
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
    found, kinds = swept(seed=1, each=1, nearest=300)
    assert not found, "\n".join(found)
    assert kinds["unchecked"] <= kinds.total() // 100


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(10, 14))
def test_no_verdict_beside_thousands_of_places_is_false(seed: int) -> None:
    found, kinds = swept(seed, each=8, nearest=300)
    assert kinds.total() > 5000
    assert not found, "\n".join(found)
    assert kinds["unchecked"] <= kinds.total() // 200
