"""The function table is the test plan: every row, its value and derivatives, against an oracle of 40 digits."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import pytest
import sympy
import torch
from mpmath import mp, mpf
from torch import Tensor

from derivcli import derive, parse
from derivcli.engines.program import OPERATIONS, lower
from derivcli.engines.torch.rules import TORCH_RULES, forward
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import CONSTANTS, FUNCTIONS, vocabulary
from derivcli.language.tree import call, postorder, symbol
from tests import support
from tests.oracles import ORACLE
from tests.rows import (
    DIGITS,
    Sample,
    batches,
    call_of,
    evaluated,
    every_row,
    is_close,
    oracle,
    plant,
    planted,
    rows_by_operation,
    samples,
    smooth,
    with_numbers,
)
from tests.support import each

NOISE = mpf(10) ** -25
"""What the numeric second derivative of a linear function may be."""

PRIMITIVES = [row for row in FUNCTIONS if row.primitive]
every_primitive = each("row", PRIMITIVES)


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with mp.workdps(DIGITS):
        yield


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


def failures(row: Function) -> Iterator[str]:
    """Every value and partial derivative that is not the oracle's, which is asked for one after the other."""
    for sample, numbers in evaluated(row, call_of(row)):
        for by, got in zip([None, *smooth(row)], numbers, strict=True):
            want = oracle(row, sample, by)
            if not is_close(got, want):
                yield f"{call_of(row)} at {sample}, by {by}: {got} is not {mpmath.nstr(want, 20)}"


def second_failures(row: Function) -> Iterator[str]:
    """Every second derivative, in each parameter by itself, that is not the oracle's."""
    for by in smooth(row):
        for sample, got in seconds(row, by):
            want = oracle(row, sample, by, 2)
            if not is_close(got, want, 1e-11, NOISE):
                yield f"{call_of(row)} at {sample}, by {by}: {got} is not {mpmath.nstr(want, 20)}"


def test_the_oracle_has_exactly_the_rows_of_the_table() -> None:
    assert set(ORACLE) == {row.name for row in FUNCTIONS}


@every_row
def test_value_and_derivatives(row: Function) -> None:
    assert list(failures(row)) == []


@pytest.mark.sampled
@each("row", FUNCTIONS[:: support.sample(4, 1)])
def test_second_derivatives(row: Function) -> None:
    assert list(second_failures(row)) == []


@pytest.mark.sweep
@each("row", [row for row in FUNCTIONS if row.derivatives_of])
def test_derivatives_of_rows_at_more_samples(row: Function) -> None:
    assert [*failures(row), *second_failures(row)] == []


@each("operation", rows_by_operation(0))
def test_a_wrong_value_is_caught(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, operation, 0)
    assert any(told for row in rows_by_operation(0)[operation] for told in failures(row))


def test_a_wrong_comparison_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TORCH_RULES, "<", torch.gt)
    assert any(failures(vocabulary()["heaviside"]))


@each("operation", rows_by_operation(1))
@each("order", [1, 2])
def test_a_wrong_derivative_is_caught(operation: str, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, operation, order)
    look = failures if order == 1 else second_failures
    assert any(told for row in rows_by_operation(order)[operation] for told in look(row))


def test_every_operation_has_a_rule() -> None:
    assert TORCH_RULES.keys() | {"constant", "pow_constant", "piecewise", "integral"} == OPERATIONS


@every_primitive
def test_a_primitive_keeps_the_graph(row: Function) -> None:
    for by in smooth(row):
        values = [torch.tensor([value], dtype=torch.float64) for value in samples(row)[0]]
        values[by].requires_grad_()
        assert TORCH_RULES[row.name](*values).requires_grad, row.parameters[by]


@each("row", [row for row in FUNCTIONS if row.floats])
def test_floats_agree(row: Function) -> None:
    assert row.floats is not None
    for sample in samples(row):
        assert is_close(row.floats(*sample), oracle(row, sample)), sample


@each("row", [row for row in FUNCTIONS if row.definition])
def test_definition_agrees(row: Function) -> None:
    for sample, (value, *_) in evaluated(row, row.definition or ""):
        assert is_close(value, oracle(row, sample)), sample


@each("row", [row for row in FUNCTIONS if row.derivatives])
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


@each(("row", "alias"), ALIASES)
def test_an_alias_is_the_function(row: Function, alias: str) -> None:
    texts = [with_numbers(row, call_of(row, name), samples(row)[0]) for name in (row.name, alias)]
    own, other = (parse(text, declared=row.parameters) for text in texts)
    assert own.tree == other.tree


@each("row", [row for row in FUNCTIONS if row.whole and row.derivatives])
def test_no_order_leaves_a_product_with_zero(row: Function) -> None:
    """SymPy asks whether such a product is 0 or real in an order that it draws, and some orders fail."""
    for order in range(row.least, row.least + 3):
        whole = {name: sympy.Integer(order) for name in row.whole}
        made = call(row, [whole[name] if name in whole else symbol(name) for name in row.parameters])
        for name in row.variables:
            slope = made.fdiff(row.parameters.index(name) + 1)
            assert not [node for node in postorder(slope) if node.is_Mul and sympy.S.Zero in node.args], (order, slope)


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
        result, formulas = derive(text, at, check=False), derive(text)
        for by, name in enumerate(at):
            exact = derive(formulas.derivatives[name].text, at, list(at), check=False).value[0]
            want = oracle(row, sample, by)
            got = (result.derivatives[name][0], exact)
            if not all(is_close(each, want) for each in got) or not is_close(result.value[0], oracle(row, sample)):
                found.append(sample)
    return found


@each("row", VARIADIC)
def test_any_number_of_arguments(row: Function) -> None:
    assert several_failures(row) == []


@each("row", VARIADIC)
def test_a_wrong_derivative_in_several_arguments_is_caught(row: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("max", "min", "sigmoid", "logsumexp"):
        monkeypatch.setitem(TORCH_RULES, name, planted(TORCH_RULES[name], 1))
    assert len(several_failures(row)) >= len(SEVERAL) - 2
