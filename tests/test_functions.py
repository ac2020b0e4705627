"""The function table is the test plan: every row, its value and derivatives, against an oracle of 40 digits."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import mpmath
import pytest
import torch
from mpmath import mp, mpf
from torch import Tensor

from derivcli import derive, parse
from derivcli.engines.program import LOGIC, OPERATIONS, Step, lower
from derivcli.engines.torch import rules
from derivcli.engines.torch.rules import TORCH_RULES, forward
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import CONSTANTS, FUNCTIONS, vocabulary
from tests.oracles import ELSEWHERE, ORACLE

DIGITS = 40
SAMPLES = 8
TOLERANCE = 1e-13
"""Relative, for every row and every partial derivative alike; none needs an exception."""

FACTOR = 1.0005
"""A rule wrong by 0.05 % has to be caught."""

ORDER = {"lambertw": 0}
"""The value of whole parameters in drawn samples, where it is not 2."""

NOISE = mpf(10) ** -25
"""What the numeric second derivative of a linear function may be."""

Sample = tuple[float, ...]


PRIMITIVES = [row for row in FUNCTIONS if row.primitive]
every_row = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
every_primitive = pytest.mark.parametrize("row", PRIMITIVES, ids=lambda row: row.name)


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with mp.workdps(DIGITS):
        yield


def smooth(row: Function) -> list[int]:
    """The indices of the parameters to differentiate by."""
    return [index for index, name in enumerate(row.parameters) if name not in row.whole + row.constant]


def samples(row: Function) -> list[Sample]:
    """Points drawn from the row's domain, the same ones in every run, and those written down."""
    draw = random.Random(zlib.crc32(row.name.encode()))
    order = ORDER.get(row.name, 2)
    ranges = [(order, order) if name in row.whole else row.domain[i] for i, name in enumerate(row.parameters)]
    drawn = [tuple(draw.uniform(*interval) for interval in ranges) for _ in range(SAMPLES)]
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
        result = derive(written, at, list(at), paired=True)
        numbers = [column.tolist() for column in (result.value, *result.derivatives.values())]
        yield from zip(group, map(list, zip(*numbers, strict=True)), strict=True)


def seconds(row: Function, by: int) -> Iterator[tuple[Sample, float]]:
    """Every sample with the second derivative of the row in its parameter `by`."""
    names = [row.parameters[index] for index in smooth(row)]
    for written, group in batches(row, call_of(row)):
        program = lower([parse(written, declared=names)], names)
        columns = list(zip(*group, strict=True))
        inputs = [torch.tensor(columns[index], dtype=torch.float64) for index in smooth(row)]
        leaf = inputs[smooth(row).index(by)].requires_grad_()
        slope = once(forward(program, inputs, len(group)), leaf)
        yield from zip(group, once(slope, leaf).tolist(), strict=True)


def once(output: Tensor, leaf: Tensor) -> Tensor:
    """The derivative of each element of `output` in the same element of the leaf."""
    if not output.requires_grad:
        return torch.zeros_like(leaf)
    (slope,) = torch.autograd.grad(output.sum(), leaf, create_graph=True, allow_unused=True, materialize_grads=True)
    return slope + torch.zeros_like(leaf)  # for a slope that is 0 everywhere torch leaves without storage


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


def failures(row: Function) -> list[str]:
    """Every value and partial derivative that is not the oracle's."""
    found = []
    for sample, numbers in evaluated(row, call_of(row)):
        for by, got in zip([None, *smooth(row)], numbers, strict=True):
            want = oracle(row, sample, by)
            if not is_close(got, want):
                found.append(f"{call_of(row)} at {sample}, by {by}: {got} is not {mpmath.nstr(want, 20)}")
    return found


def second_failures(row: Function) -> list[str]:
    """Every second derivative, in each parameter by itself, that is not the oracle's."""
    found = []
    for by in smooth(row):
        for sample, got in seconds(row, by):
            want = oracle(row, sample, by, 2)
            if not is_close(got, want, 1e-11, NOISE):
                found.append(f"{call_of(row)} at {sample}, by {by}: {got} is not {mpmath.nstr(want, 20)}")
    return found


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


def plant(monkeypatch: pytest.MonkeyPatch, operation: str, by: int) -> None:
    """Plant a fault in an operation, which is a rule of its own but for the choice."""
    if operation != "piecewise":
        monkeypatch.setitem(TORCH_RULES, operation, planted(TORCH_RULES[operation], by))
        return
    choose = rules._piecewise

    def wrong(step: Step, operands: list[Tensor], *rest: Any) -> Tensor:
        return planted(lambda *inputs: choose(step, [*inputs], *rest), by)(*operands)

    monkeypatch.setattr(rules, "_piecewise", wrong)


def test_the_oracle_has_exactly_the_rows_of_the_table() -> None:
    assert set(ORACLE) == {row.name for row in FUNCTIONS}


@every_row
def test_value_and_derivatives(row: Function) -> None:
    assert failures(row) == []


@every_row
def test_second_derivatives(row: Function) -> None:
    assert second_failures(row) == []


FLAT = {"sign", "floor", "ceil", "round", "trunc", "heaviside"}
"""Rows whose derivative is 0, which is not wrong by any factor."""


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.name != "heaviside"], ids=lambda row: row.name)
def test_a_wrong_value_is_caught(row: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, decisive(row), 0)
    assert failures(row)


def test_a_wrong_comparison_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TORCH_RULES, "<", torch.gt)
    assert failures(vocabulary()["heaviside"])


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.name not in FLAT], ids=lambda row: row.name)
@pytest.mark.parametrize("order", [1, 2])
def test_a_wrong_derivative_is_caught(row: Function, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, decisive(row), order)
    assert (failures if order == 1 else second_failures)(row)


def test_every_operation_has_a_rule() -> None:
    assert TORCH_RULES.keys() | {"constant", "pow_constant", "piecewise"} == OPERATIONS


@every_primitive
def test_a_primitive_keeps_the_graph(row: Function) -> None:
    for by in smooth(row):
        values = [torch.tensor([value], dtype=torch.float64) for value in samples(row)[0]]
        values[by].requires_grad_()
        assert TORCH_RULES[row.name](*values).requires_grad, row.parameters[by]


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.floats], ids=lambda row: row.name)
def test_floats_agree(row: Function) -> None:
    assert row.floats is not None
    for sample in samples(row):
        assert is_close(row.floats(*sample), oracle(row, sample)), sample


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.definition], ids=lambda row: row.name)
def test_definition_agrees(row: Function) -> None:
    for sample, (value, *_) in evaluated(row, row.definition or ""):
        assert is_close(value, oracle(row, sample)), sample


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.derivatives], ids=lambda row: row.name)
def test_derivative_formulas_agree(row: Function) -> None:
    assert row.derivatives is not None
    assert len(row.derivatives) == len(row.parameters)
    for by in smooth(row):
        for sample, (value, *_) in evaluated(row, row.derivatives[by]):
            assert is_close(value, oracle(row, sample, by)), (row.parameters[by], sample)


@every_row
def test_a_primitive_says_what_a_rewrite_would_lose(row: Function) -> None:
    assert bool(row.primitive_because) == row.primitive


ALIASES = [(row, alias) for row in FUNCTIONS for alias in row.aliases]


@pytest.mark.parametrize(("row", "alias"), ALIASES, ids=[alias for _, alias in ALIASES])
def test_an_alias_is_the_function(row: Function, alias: str) -> None:
    texts = [with_numbers(row, call_of(row, name), samples(row)[0]) for name in (row.name, alias)]
    own, other = (parse(text, declared=row.parameters) for text in texts)
    assert own.tree == other.tree


def test_names_are_unique() -> None:
    names = [name for row in FUNCTIONS for name in (row.name, *row.aliases)] + list(CONSTANTS)
    assert sorted(set(names)) == sorted(names)


@every_row
def test_a_row_is_well_formed(row: Function) -> None:
    assert row.doc.endswith(".")
    assert len(row.domain) == len(row.parameters)
    assert row.definition or row.name in TORCH_RULES
    assert all(low <= high for low, high in row.domain)


VARIADIC = [row for row in FUNCTIONS if row.variadic]
SEVERAL = [
    (0.5, -1.25, 2.0), (2.5, 1.75, -0.5, 1.0), (-1.0, 3.0, 0.25), (700.0, 699.0, 698.5), (-30.0, 9.0, 4.0), (1.5,),
]  # fmt: skip


def several_failures(row: Function) -> list[tuple[float, ...]]:
    """The samples of one argument or more than two where the value or a partial derivative is not the oracle's."""
    found = []
    for sample in SEVERAL:
        at = {f"x{number}": value for number, value in enumerate(sample)}
        text = f"{row.name}({', '.join(at)})"
        result, formulas = derive(text, at), derive(text)
        for by, name in enumerate(at):
            exact = derive(formulas.derivatives[name].text, at, list(at)).value[0]
            want = oracle(row, sample, by)
            got = (result.derivatives[name][0], exact)
            if not all(is_close(each, want) for each in got) or not is_close(result.value[0], oracle(row, sample)):
                found.append(sample)
    return found


@pytest.mark.parametrize("row", VARIADIC, ids=lambda row: row.name)
def test_any_number_of_arguments(row: Function) -> None:
    assert several_failures(row) == []


@pytest.mark.parametrize("row", VARIADIC, ids=lambda row: row.name)
def test_a_wrong_derivative_in_several_arguments_is_caught(row: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("max", "min", "sigmoid", "logsumexp"):
        monkeypatch.setitem(TORCH_RULES, name, planted(TORCH_RULES[name], 1))
    assert len(several_failures(row)) >= len(SEVERAL) - 2
