"""The function table once more: every row's power series, in each argument and along a curve, against the oracle."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import mpmath
import pytest
import torch
from flint import fmpq, fmpq_mat
from mpmath import mp, mpf
from torch import Tensor

from derivcli import parse
from derivcli.engines.program import LOGIC, OPERATIONS, lower
from derivcli.engines.taylor import rules
from derivcli.engines.taylor.composition import SAMPLED
from derivcli.engines.taylor.evaluation import expand
from derivcli.engines.taylor.rules import TAYLOR_RULES
from derivcli.engines.taylor.series import Series
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from tests.oracles import ORACLE
from tests.rows import (
    FACTOR,
    FLAT,
    PARTS,
    Sample,
    call_of,
    decisive,
    drawn_count,
    every_row,
    samples,
    smooth,
    with_numbers,
)
from tests.support import each

DIGITS = 60
"""Digits of the oracle's coefficients, beyond those that differences cancel; float64 has 16."""
STEP_DIGITS = 8
"""The oracle is asked at steps of 1e-8 of the smallest number of a sample."""
SPARE_NODES = 6
"""What a polynomial leaves out is as small as this power of a step."""
ORDER = 20
CURVE_ORDER = 6
ELSEWHERE_ORDER = 8
"""The highest order at the samples that are written down, of which the sweep goes to the order of the first one."""

LOW = 4
SLOW = {"zeta": 6, "uppergamma": 8, "gammaincc": 8, "expint": 8, "bessely": 8, "yn": 8}
"""The orders up to which rows are compared whose oracle, or whose samples in high precision, take long."""
TOLERANCE = 1e-11
NOISE = 1e-15
"""What may be left of the coefficients on either side where one is nearly 0."""
CURVE = ((1.0, -0.375), (-0.75, 0.25), (0.5, 0.3125))
"""For each varying argument its first and second coefficient along a curve, times the size of its value."""

Line = Callable[[int, Any], Sequence[Any]]
"""The coefficients of a parameter, given its index among those that vary and its value."""


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with mp.workdps(DIGITS):
        yield


def one_by_one(by: int) -> Line:
    """A straight line along one argument."""
    return lambda index, value: (value, 1.0) if index == by else (value,)


def together(index: int, value: float) -> Sequence[float]:
    """A curve along which all arguments move."""
    first, second = CURVE[index % len(CURVE)]
    size = min(1.0, abs(value)) or 1.0
    return value, first * size, second * size


def order_of(row: Function) -> int:
    """The order up to which a row is compared along a line."""
    return LOW if row.derivatives_of else SLOW.get(row.name, ORDER)


def quick_order_of(row: Function) -> int:
    """The same, and a low one for most rows that are sampled in high precision, all in one way; the sweep goes on."""
    return min(order_of(row), ELSEWHERE_ORDER if row.name in SAMPLED and FUNCTIONS.index(row) % 5 else ORDER)


def some_samples(row: Function) -> list[Sample]:
    """Few of those drawn, and all those written down, but for rows that are slow."""
    first, *_ = drawn = samples(row)
    written = drawn[drawn_count(row) :]
    return [first, *(written[:1] if row.derivatives_of else written)]


def series(row: Function, sample: Sample, line: Line, order: int) -> list[float]:
    """The coefficients that the engine finds along a line."""
    names = [row.parameters[index] for index in smooth(row)]
    program = lower([parse(with_numbers(row, call_of(row), sample), declared=names)], names)
    columns = [line(number, sample[index]) for number, index in enumerate(smooth(row))]
    inputs = [torch.tensor(column, dtype=torch.float64)[:, None] for column in columns]
    found = expand(program, inputs, (order,), 1)[:, 0].tolist()
    return found + [0.0] * (order + 1 - len(found))


@cache
def truth(name: str, sample: Sample, varying: tuple[tuple[int, tuple[float, ...]], ...], order: int) -> list[Any]:
    """The coefficients of the polynomial through values of the oracle in many digits, very near the sample."""
    lines = dict(varying)
    step = mpf(10) ** -STEP_DIGITS * min([1.0, *(abs(value) for value in sample if value)])

    def along(t: Any) -> Any:
        arguments = [mpmath.polyval(lines[index][::-1], t) if index in lines else mpf(value)
                     for index, value in enumerate(sample)]  # fmt: skip
        return ORACLE[name](*arguments)

    with mp.workdps(DIGITS - order * math.floor(mpmath.log10(step))):
        values = [along(node * step) for node in nodes(order)]
        sums = [mpmath.fdot(weights, values) / divisor for weights, divisor in interpolation(order)]
        return [total / step**power for power, total in enumerate(sums)]


def nodes(order: int) -> range:
    """Whole numbers around 0, as many as a coefficient of this order takes and `SPARE_NODES` more."""
    most = (order + SPARE_NODES) // 2
    return range(-most, most + 1)


@cache
def interpolation(order: int) -> list[tuple[list[int], int]]:
    """For every coefficient up to an order the whole weights of the values at the nodes, and what divides their sum."""
    powers = fmpq_mat([[fmpq(node) ** power for power in range(len(nodes(order)))] for node in nodes(order)])
    weights, divisor = powers.inv().numer_denom()
    return [([int(weight) for weight in row], int(divisor)) for row in weights.table()[: order + 1]]


def failures(row: Function, line: Line, order: int, chosen: Sequence[Sample]) -> Iterator[str]:
    """Every coefficient that is not the oracle's, which is asked at one sample after the other."""
    for sample in chosen:
        columns = tuple((index, tuple(line(number, sample[index]))) for number, index in enumerate(smooth(row)))
        want = truth(row.name, sample, columns, order)
        for power, (got, exact) in enumerate(zip(series(row, sample, line, order), want, strict=True)):
            noise = NOISE * max(map(abs, want[max(0, power - 1) : power + 2])) + mpf(10) ** -35
            if not abs(got - exact) <= TOLERANCE * abs(exact) + noise:
                yield f"{call_of(row)} at {sample}, power {power}: {got} is not {mpmath.nstr(exact, 20)}"


def test_every_operation_has_a_rule() -> None:
    assert TAYLOR_RULES.keys() | {"constant", "pow_constant", "piecewise", "integral", *LOGIC} == OPERATIONS


@pytest.mark.parametrize("part", range(PARTS))
def test_series_in_each_argument(part: int) -> None:
    told = [
        fault
        for row in FUNCTIONS[part::PARTS]
        for by in range(len(smooth(row)))
        for number, sample in enumerate(some_samples(row))
        for fault in failures(
            row, one_by_one(by), min(quick_order_of(row), ELSEWHERE_ORDER if number else ORDER), [sample]
        )
    ]
    assert told == []


@pytest.mark.sweep
@every_row
def test_series_of_high_order_in_each_argument(row: Function) -> None:
    for by in range(len(smooth(row))):
        assert list(failures(row, one_by_one(by), order_of(row), some_samples(row))) == []


@every_row
def test_series_along_a_curve(row: Function) -> None:
    order = 2 if row.derivatives_of else CURVE_ORDER
    assert list(failures(row, together, order, some_samples(row)[:2])) == []


def planted(rule: Callable[..., Series], power: int) -> Callable[..., Series]:
    """The rule with its coefficients from a power on wrong by a factor."""

    def wrong(*inputs: Any) -> Series:
        found = rule(*inputs)
        terms: Tensor = found.terms.clone()
        terms[power:] *= FACTOR
        return Series(terms, found.caps)

    return wrong


STRAIGHT = {"abs", "relu", "max", "min", "mod", "fmod"}
"""Operations without a second derivative."""


@each("row", [row for row in FUNCTIONS if row.name not in FLAT])
def test_a_wrong_rule_is_caught(row: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = decisive(row)
    power = 1 if operation in STRAIGHT | {"piecewise"} else 2
    if operation == "piecewise":
        monkeypatch.setattr(rules, "_piecewise", planted(rules._piecewise, power))
    else:
        monkeypatch.setitem(TAYLOR_RULES, operation, planted(TAYLOR_RULES[operation], power))
    assert any(failures(row, together, 2, samples(row)[:3]))
