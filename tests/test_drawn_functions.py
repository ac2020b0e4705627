"""Of functions that are drawn no right one is accused, and every one is found that is wrong in a zone."""

from __future__ import annotations

import pytest

from derivcli import check_function
from tests.drawn_functions import COUNT, drawn_function, is_told_right, misses
from tests.planted.pending import PENDING_SEEDS
from tests.support import each

FEW = 12


@each("seed", range(FEW))
def test_a_right_one_is_not_accused(seed: int) -> None:
    drawn, _, formula = drawn_function(seed)
    assert check_function(drawn.right, drawn.text if formula else None).diagnosis == ""


@each("seed", [seed for seed in range(FEW) if seed not in PENDING_SEEDS])
def test_a_zone_is_found(seed: int) -> None:
    assert list(misses(seed)) == []


@pytest.mark.sweep
@each("seed", range(FEW, COUNT))
def test_every_zone_is_found(seed: int) -> None:
    assert list(misses(seed)) == []


@each("seed", range(FEW))
def test_a_zone_that_is_told_wrongly_is_seen(seed: int) -> None:
    drawn, zone, _ = drawn_function(seed)
    name, width = "xy"[zone.along], zone.high - zone.low
    assert not is_told_right(drawn, zone, f"backward is wrong where {name} is above {zone.low - 3}")
    beside = f"between {zone.high} and {zone.high + width}"
    assert not is_told_right(drawn, zone, f"backward is wrong where {name} is {beside}")
    assert not is_told_right(drawn, zone, "off by a factor 2")
