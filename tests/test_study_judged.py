"""Studies of curves against a table of what is known of them, and against a dense look at functions that are drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from derivcli.study.study import SpecialPoint, Study
from tests import drawn_boxes, drawn_claims
from tests.drawn_curves import COUNT, Drawn, drawn_curve, misses, studied
from tests.judged_curves import false_claims
from tests.scanned_curves import CASES
from tests.support import each, sample
from tests.torn_curves import missing

PORTION = 250
"""So many drawn curves are one item of the sweeps."""

ROWS = [json.loads(line) for line in CASES.read_text().splitlines()]


def of_row(row: dict[str, Any]) -> Study:
    return studied(Drawn("", row["expr"], *row["on"]))


def near(one: float, other: float, share: float = 1e-12) -> bool:
    return one == other or abs(one - other) <= share * (1 + abs(other))


def misses_of(row: dict[str, Any], study: Study) -> Iterator[str]:
    """What a study says otherwise than a row."""
    breaks = [float(each[0]) for each in row["breaks"]]
    zeros, critical = ([float(each[0]) for each in row[kind]] for kind in ("zeros", "critical"))
    at_kinks = [float(each[0]) for each in row["breaks"] if each[1] == "kink" or "0.0" in each[4:6]]
    yield from missing(study, "zeros", zeros, [place for place in breaks if place in zeros])
    yield from missing(study, "critical", critical, at_kinks)
    yield from missing(study, "inflections", map(float, row["inflections"]), breaks)
    yield from missing(study, "breaks", breaks)
    for place, kind, multiplicity in row["zeros"]:
        for point in at(study.zeros, place):
            if multiplicity and (point.kind, point.multiplicity) not in ((kind, multiplicity), (kind, 0), ("zero", 0)):
                yield f"zeros: {place} is {kind} {multiplicity} times, not {point.kind} {point.multiplicity}"
    for place, kind, extent, multiplicity in row["critical"]:
        for point in at(study.critical, place):
            told = (point.kind, point.extent or extent, point.multiplicity or multiplicity)
            if told != (kind, extent, multiplicity):
                yield f"critical: {place} is {kind, extent, multiplicity}, not {told}"
    for place, kinds, *limits in row["breaks"]:
        for point in at(study.breaks, place):
            yield from of_break(point, place, kinds, limits)
    if study.range is not None:
        told_range = (study.range.low.value, study.range.high.value)
        if not all(near(one, float(other)) for one, other in zip(told_range, row["range"], strict=False)):
            yield f"range: {row['range'][:2]}, not {told_range}"
        elif [study.range.has_low, study.range.has_high] != row["range"][2:]:
            yield f"range: its bounds are values: {row['range'][2:]}, not {study.range.has_low, study.range.has_high}"


def of_break(point: SpecialPoint, place: str, kinds: str, limits: list[str | None]) -> Iterator[str]:
    if point.kind not in kinds.split("/"):
        yield f"breaks: {place} is a {kinds}, not a {point.kind}"
    told = [point.left, point.right, point.left_slope, point.right_slope]
    for name, number, known in zip("left right left_slope right_slope".split(), told, limits, strict=True):
        if number is not None and (known is None or not near(number.value, float(known), 1e-9)):
            yield f"breaks: {name} at {place} is {known}, not {number.text}"


def at(points: tuple[SpecialPoint, ...], place: str) -> list[SpecialPoint]:
    return [point for point in points if near(point.x.value, float(place))]


@each("row", ROWS)
def test_a_study_tells_what_is_known(row: dict[str, Any]) -> None:
    assert list(misses_of(row, of_row(row))) == []


@pytest.mark.sampled
@each("row", ROWS[:: sample(6, 1)])
def test_what_a_study_tells_is_so(row: dict[str, Any]) -> None:
    assert false_claims(row["expr"], of_row(row)) == []


@pytest.mark.sampled
@pytest.mark.parametrize("first", range(0, sample(16, COUNT), PORTION))
def test_nothing_false_is_said_of_what_is_drawn(first: int) -> None:
    curves = map(drawn_curve, range(first, min(first + PORTION, sample(16, COUNT))))
    assert [(drawn, miss) for drawn in curves for miss in misses(drawn, studied(drawn))] == []


@pytest.mark.sampled
@each("seed", range(sample(8, COUNT)))
def test_claims_and_equations_are_decided_rightly(seed: int) -> None:
    assert list(drawn_claims.misses(seed, Counter())) == []


@pytest.mark.sampled
@each("seed", range(sample(4, 300)))
def test_all_critical_points_of_a_box_are_found(seed: int) -> None:
    drawn = drawn_boxes.drawn_box(seed)
    assert list(drawn_boxes.misses(drawn, drawn_boxes.studied(drawn))) == []
