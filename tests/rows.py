"""Rows of the function table as cases of tests: their samples, what is true of them, and faults planted in them."""

from __future__ import annotations

import os
import random
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf
from torch import Tensor

from derivcli import derive, parse
from derivcli.engines.program import LOGIC, Step, lower
from derivcli.engines.torch import rules
from derivcli.engines.torch.rules import TORCH_RULES
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from tests.oracles import ELSEWHERE, ORACLE
from tests.support import each

DIGITS = 40
SAMPLES, FEW_SAMPLES = 8, 3
"""Drawn samples of a row, and of one that is a derivative of another, which takes seconds; not so in the sweep."""
TOLERANCE = 1e-13
"""Relative, for every row and every partial derivative alike; none needs an exception."""

FACTOR = 1.0005
"""A rule wrong by 0.05 % has to be caught."""

ORDER = {"lambertw": 0}
"""The value of whole parameters in drawn samples, where it is not 2."""

Sample = tuple[float, ...]


every_row = each("row", FUNCTIONS)
PARTS = 4
"""So many tests share all rows where they take long, so that several processes may run them."""

FLAT = {"sign", "floor", "ceil", "round", "trunc", "heaviside"}
"""Rows whose derivative is 0, which is not wrong by any factor."""


def smooth(row: Function) -> list[int]:
    """The indices of the parameters to differentiate by."""
    return [index for index, name in enumerate(row.parameters) if name not in row.whole + row.constant]


def drawn_count(row: Function) -> int:
    """How many samples of a row are drawn."""
    return FEW_SAMPLES if row.derivatives_of and not os.environ.get("SWEEP") else SAMPLES


def samples(row: Function) -> list[Sample]:
    """Points drawn from the row's domain, the same ones in every run, and those written down."""
    draw = random.Random(zlib.crc32(row.name.encode()))
    order = ORDER.get(row.name, 2)
    ranges = [(order, order) if name in row.whole else row.domain[i] for i, name in enumerate(row.parameters)]
    drawn = [tuple(draw.uniform(*interval) for interval in ranges) for _ in range(drawn_count(row))]
    return drawn + ELSEWHERE.get(row.name, [])


def call_of(row: Function, name: str = "") -> str:
    return f"{name or row.name}({', '.join(row.parameters)})"


def orders(row: Function, sample: Sample) -> list[float]:
    """The values of the whole parameters."""
    return [value for name, value in zip(row.parameters, sample, strict=True) if name in row.whole]


def with_numbers(row: Function, text: str, sample: Sample) -> str:
    """A formula over the row's parameters with those that have to be constant written as numbers."""
    for name, value in zip(row.parameters, sample, strict=True):
        if name in row.whole + row.constant:
            text = re.sub(rf"\b{name}\b", f"({int(value) if name in row.whole else value!r})", text)
    return text


def batches(row: Function, text: str) -> Iterator[tuple[str, list[Sample]]]:
    """The formula with numbers for what has to be constant, and the samples that have those numbers.

    A formula of the table may go on to an order below the least, which is refused to a user: such samples are left out.
    """
    by_text: dict[str, list[Sample]] = {}
    for sample in samples(row):
        if text != call_of(row) and row.least in orders(row, sample):
            continue
        by_text.setdefault(with_numbers(row, text, sample), []).append(sample)
    yield from by_text.items()


def evaluated(row: Function, text: str) -> Iterator[tuple[Sample, list[float]]]:
    """Every sample with the value and the partial derivatives of a formula over the row's parameters."""
    for written, group in batches(row, text):
        columns = list(zip(*group, strict=True))
        at = {row.parameters[index]: columns[index] for index in smooth(row)}
        result = derive(written, at, list(at), paired=True, check=False)
        numbers = [column.tolist() for column in (result.value, *result.derivatives.values())]
        yield from zip(group, map(list, zip(*numbers, strict=True)), strict=True)


@cache
def known(name: str, sample: Sample, by: int | None, order: int, precision: int) -> Any:
    """What the oracle says, remembered, since every planted fault is held against it."""
    exact = tuple(map(mpf, sample))
    if by is None:
        return ORACLE[name](*exact)
    return mpmath.diff(lambda t: ORACLE[name](*exact[:by], t, *exact[by + 1 :]), exact[by], order)


def oracle(row: Function, sample: Sample, by: int | None = None, order: int = 1) -> Any:
    """The row's value, or its derivative in the parameter `by`."""
    return known(row.name, sample, by, order, mp.prec)


def is_close(got: float, want: Any, tolerance: float = TOLERANCE, noise: Any = 0) -> bool:
    return bool(abs(got - want) <= tolerance * abs(want) + noise)


def planted(rule: Callable[..., Tensor], by: int) -> Callable[..., Tensor]:
    """The rule with its value (0), its slope (1) or its second derivative (2) wrong by a factor."""

    def wrong(*inputs: Tensor) -> Tensor:
        output = rule(*inputs)
        rest = output - output.detach()
        if by == 2:
            bends = [(part - part.detach()) ** 2 for part in inputs if part.requires_grad]
            return output + (FACTOR - 1) * output.detach() * sum(bends)
        return output.detach() * (FACTOR if by == 0 else 1) + rest * (FACTOR if by == 1 else 1)

    return wrong


def operations(steps: Sequence[Step]) -> Iterator[str]:
    """The operations of steps and of their branches that compute with numbers."""
    for step in steps:
        for branch in step.branches:
            yield from operations(branch.value.steps)
        if step.operation in TORCH_RULES and step.operation not in LOGIC:
            yield step.operation


def decisive(row: Function) -> str:
    """The operation in which a fault of the row is planted: its own, or the last of its rewrite.

    A choice between numbers that are computed nowhere has none but the choice itself.
    """
    if row.primitive:
        return row.name
    names = [row.parameters[index] for index in smooth(row)]
    program = lower([parse(with_numbers(row, call_of(row), samples(row)[0]), declared=names)], names)
    return ["piecewise", *operations(program.steps)][-1]


@cache
def rows_by_operation(fault: int) -> dict[str, list[Function]]:
    """The operations in which a fault is planted, each with the rows that it decides.

    The value of heaviside is that of a branch, where a comparison is at fault or nothing; rows that are flat have no
    slope that could be wrong.
    """
    left_out = FLAT if fault else {"heaviside"}
    found: dict[str, list[Function]] = {}
    for row in FUNCTIONS:
        if row.name not in left_out:
            found.setdefault(decisive(row), []).append(row)
    return found


def plant(monkeypatch: pytest.MonkeyPatch, operation: str, by: int) -> None:
    """Plant a fault in an operation, which is a rule of its own but for the choice."""
    if operation != "piecewise":
        monkeypatch.setitem(TORCH_RULES, operation, planted(TORCH_RULES[operation], by))
        return
    choose = rules._piecewise

    def wrong(step: Step, operands: list[Tensor], *rest: Any) -> Tensor:
        return planted(lambda *inputs: choose(step, [*inputs], *rest), by)(*operands)

    monkeypatch.setattr(rules, "_piecewise", wrong)
