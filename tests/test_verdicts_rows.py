"""Every row of the function table inside mixed, directional and implicit derivatives: proved, and told when off."""

from __future__ import annotations

import re

import pytest

from derivcli.check import judge
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from tests.judging import claimed, computed, judged, verdict_of
from tests.rows import PARTS, Sample, call_of, samples, smooth, with_numbers
from tests.support import each

PLAIN = re.compile(r"[a-z]")
"""A parameter that is a variable without being declared."""


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "VERDICT_SECONDS", 60.0)


def composed(row: Function, sample: Sample) -> tuple[str, str]:
    """A row's function of u*v in place of its last smooth argument, and where that is the sample."""
    *others, last = [row.parameters[by] for by in smooth(row)]
    at = {name: sample[row.parameters.index(name)] for name in (*others, last)}
    text = re.sub(rf"\b{last}\b", "(u*v)", with_numbers(row, call_of(row), sample))
    where = {"u": 1.25, "v": at.pop(last) / 1.25, **at}
    return text, ",".join(f"{name}={value!r}" for name, value in where.items())


ROWS = [row for row in FUNCTIONS if smooth(row) and all(PLAIN.fullmatch(name) for name in row.parameters)]
"""The rows with a smooth argument of one letter."""
STRIDE = 5
"""A number that is off is looked at for each fifth row, but for derivatives, which take seconds.

That every operation tells a fault is tested with other faults.
"""


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("key", "along"), [("u,v", ""), ("along,along", "u=1,v=sqrt(2)")])
def test_every_row_is_proved_and_a_number_that_is_off_is_told(part: int, key: str, along: str) -> None:
    off = [row for row in ROWS[2 if along else 0 :: STRIDE] if not row.derivatives_of]
    assert unproved(ROWS[part::PARTS], key, along, off) == {}


@pytest.mark.sweep
@pytest.mark.parametrize(("key", "along"), [("u,v", ""), ("along,along", "u=1,v=sqrt(2)")])
def test_every_number_that_is_off_is_told(key: str, along: str) -> None:
    assert unproved(ROWS, key, along, ROWS) == {}


def unproved(rows: list[Function], key: str, along: str, off: list[Function]) -> dict[str, str]:
    """The rows of which a verdict is not true, be it of the derivative or of a number that is off."""
    return {row.name: fault for row in rows if (fault := untrue(row, key, along, row in off))}


def untrue(row: Function, key: str, along: str, is_off_too: bool) -> str:
    """What is wrong with the verdict of a row's derivative, or with that of a number that is off."""
    text, at = composed(row, samples(row)[0])
    right = computed(text, at, key, along)
    verdict = verdict_of(right, at)
    if verdict.truth == 0:
        return "" if verdict.kind in ("proved", "lossy") else str(verdict)
    if not is_off_too:
        return "" if verdict.kind in ("proved", "agrees") else str(verdict)
    off = verdict_of(claimed(right, key, float(right.derivatives[key][0]) * 1.0005), at)
    return "" if verdict.kind in ("proved", "agrees") and off.kind == "wrong" else f"{verdict}, {off}"


@each("part", range(PARTS))
def test_every_row_is_proved_in_an_equation(part: int) -> None:
    assert_proved_in_an_equation([row for row in ROWS[part::PARTS] if not row.derivatives_of])


@pytest.mark.sweep
def test_derivatives_of_rows_are_proved_in_an_equation() -> None:
    assert_proved_in_an_equation([row for row in ROWS if row.derivatives_of])


def assert_proved_in_an_equation(rows: list[Function]) -> None:
    """The verdicts of rows in an equation are right ones."""
    kinds = {row.name: kind_in_an_equation(row) for row in rows}
    assert {name: kind for name, kind in kinds.items() if kind not in ("proved", "agrees")} == {}


def kind_in_an_equation(row: Function) -> str:
    """The verdict in g(u*v) w - w^3 = c, solved for w, with the c of the point."""
    text, at = composed(row, samples(row)[0])
    difference, where = f"({text})*w-w^3", f"{at},w=1.5"
    level = float(computed(difference, where, "u", dependent="w").value[0])
    return judged(f"{difference}-({level!r})", where, "u,v", dependent="w").kind


@pytest.mark.parametrize("row", ["elliptic_f(z, m)", "elliptic_e_inc(z, m)", "elliptic_pi_inc(0.5, z, m)"])
def test_an_elliptic_integral_is_real_only_where_all_of_its_way_is(row: str) -> None:
    kinds = {at: judged(row, at, "z").kind for at in ("z=3,m=10", "z=-3,m=1.2", "z=3,m=0.5", "z=1,m=1.2")}
    assert [*kinds.values()] == ["undefined", "undefined", "proved", "proved"]
