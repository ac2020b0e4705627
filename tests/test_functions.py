"""The function table is the test plan: every row, its value and derivatives, against mpmath in 40 digits."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import pytest
import torch
from mpmath import mp, mpf
from torch import Tensor

from derivcli import derive, parse
from derivcli.engines.program import OPERATIONS, lower
from derivcli.engines.rules import RULES, forward
from derivcli.language.function import Function
from derivcli.language.functions import CONSTANTS, FUNCTIONS, vocabulary
from tests.oracles import ELSEWHERE, ORACLE

DIGITS = 40
SAMPLES = 8
TOLERANCE = 1e-13
"""Relative, for every row and every partial derivative alike; none needs an exception."""

FACTOR = 1.0005
"""A rule wrong by 0.05 % has to be caught."""

ORDER = 2
"""The value of parameters that are constant whole numbers."""

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
    return [index for index, name in enumerate(row.parameters) if name not in row.whole]


def samples(row: Function) -> list[Sample]:
    """Points drawn from the row's domain, the same ones in every run."""
    draw = random.Random(zlib.crc32(row.name.encode()))
    ranges = [(ORDER, ORDER) if name in row.whole else row.domain[i] for i, name in enumerate(row.parameters)]
    drawn = [tuple(draw.uniform(*interval) for interval in ranges) for _ in range(SAMPLES)]
    return drawn + ELSEWHERE.get(row.name, [])


def call_of(row: Function, name: str = "") -> str:
    return f"{name or row.name}({', '.join(row.parameters)})"


def with_order(row: Function, text: str) -> str:
    """A formula over the row's parameters with the whole ones written as numbers."""
    for name in row.whole:
        text = re.sub(rf"\b{name}\b", str(ORDER), text)
    return text


def evaluated(row: Function, text: str) -> list[Sample]:
    """The value and the partial derivatives of a formula over the row's parameters, at every sample."""
    columns = list(zip(*samples(row), strict=True))
    at = {row.parameters[index]: columns[index] for index in smooth(row)}
    result = derive(with_order(row, text), at, list(at), paired=True)
    return list(zip(*(column.tolist() for column in (result.value, *result.derivatives.values())), strict=True))


def oracle(row: Function, sample: Sample, by: int | None = None, order: int = 1) -> Any:
    """The row's value, or its derivative in the parameter `by`."""
    exact = tuple(map(mpf, sample))
    if by is None:
        return ORACLE[row.name](*exact)
    return mpmath.diff(lambda t: ORACLE[row.name](*exact[:by], t, *exact[by + 1 :]), exact[by], order)


def is_close(got: float, want: Any, tolerance: float = TOLERANCE) -> bool:
    return bool(abs(got - want) <= tolerance * abs(want))


def failures(row: Function) -> list[str]:
    """Every value and partial derivative that is not the oracle's."""
    found = []
    for sample, numbers in zip(samples(row), evaluated(row, call_of(row)), strict=True):
        for by, got in zip([None, *smooth(row)], numbers, strict=True):
            want = oracle(row, sample, by)
            if not is_close(got, want):
                found.append(f"{call_of(row)} at {sample}, by {by}: {got} is not {mpmath.nstr(want, 20)}")
    return found


def second_failures(row: Function) -> list[str]:
    """Every second derivative in the last parameter that is not the oracle's."""
    name, last = row.parameters[-1], len(row.parameters) - 1
    found = []
    for sample in samples(row):
        fixed = {p: repr(v) for p, v in zip(row.parameters[:-1], sample, strict=False) if p not in row.whole}
        program = lower([parse(with_order(row, call_of(row)), declared=[name], let=fixed)], [name])
        leaf = torch.tensor([sample[-1]], dtype=torch.float64, requires_grad=True)
        (first,) = torch.autograd.grad(forward(program, [leaf], 1).sum(), leaf, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), leaf)
        want = oracle(row, sample, last, 2)
        if not is_close(second.item(), want, 1e-11):
            found.append(f"{row.name} at {sample}: {second.item()} is not {mpmath.nstr(want, 20)}")
    return found


def planted(rule: Callable[..., Tensor], by: int) -> Callable[..., Tensor]:
    """The rule with its value (0), its slope (1) or its second derivative (2) wrong by a factor."""

    def wrong(*inputs: Tensor) -> Tensor:
        output = rule(*inputs)
        rest = output - output.detach()
        if by == 2:
            return output + (FACTOR - 1) * output.detach() * (inputs[-1] - inputs[-1].detach()) ** 2
        return output.detach() * (FACTOR if by == 0 else 1) + rest * (FACTOR if by == 1 else 1)

    return wrong


def test_the_oracle_has_exactly_the_rows_of_the_table() -> None:
    assert list(ORACLE) == [row.name for row in FUNCTIONS]


@every_row
def test_value_and_derivatives(row: Function) -> None:
    assert failures(row) == []


@pytest.mark.parametrize("order", range(6))
def test_every_order_of_polygamma(order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ORDER", order)
    assert failures(vocabulary()["polygamma"]) == []


SECOND = ("cbrt", "gamma", "polygamma", "sin", "hypot", "erfc", "loggamma", "sigmoid", "root")


@pytest.mark.parametrize("name", SECOND)
def test_second_derivative(name: str) -> None:
    assert second_failures(vocabulary()[name]) == []


FLAT = {"sign", "floor", "round", "trunc"}
"""Primitives whose derivative is 0, which is not wrong by any factor."""


@every_primitive
def test_a_wrong_value_is_caught(row: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, row.name, planted(RULES[row.name], 0))
    assert failures(row)


@pytest.mark.parametrize("name", [row.name for row in PRIMITIVES if row.name not in FLAT])
def test_a_wrong_derivative_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, name, planted(RULES[name], 1))
    assert failures(vocabulary()[name])


@pytest.mark.parametrize("name", [name for name in SECOND if name in RULES])
def test_a_wrong_second_derivative_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, name, planted(RULES[name], 2))
    assert second_failures(vocabulary()[name])


def test_every_operation_has_a_rule() -> None:
    assert RULES.keys() | {"constant", "pow_constant", "piecewise"} == OPERATIONS


@every_primitive
def test_a_primitive_keeps_the_graph(row: Function) -> None:
    for by in smooth(row):
        values = [torch.tensor([value], dtype=torch.float64) for value in samples(row)[0]]
        values[by].requires_grad_()
        assert RULES[row.name](*values).requires_grad, row.parameters[by]


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.floats], ids=lambda row: row.name)
def test_floats_agree(row: Function) -> None:
    assert row.floats is not None
    for sample in samples(row):
        assert is_close(row.floats(*sample), oracle(row, sample)), sample


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.definition], ids=lambda row: row.name)
def test_definition_agrees(row: Function) -> None:
    for sample, (value, *_) in zip(samples(row), evaluated(row, row.definition or ""), strict=True):
        assert is_close(value, oracle(row, sample)), sample


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.derivatives], ids=lambda row: row.name)
def test_derivative_formulas_agree(row: Function) -> None:
    assert row.derivatives is not None
    assert len(row.derivatives) == len(row.parameters)
    for by in smooth(row):
        for sample, (value, *_) in zip(samples(row), evaluated(row, row.derivatives[by]), strict=True):
            assert is_close(value, oracle(row, sample, by)), (row.parameters[by], sample)


ALIASES = [(row, alias) for row in FUNCTIONS for alias in row.aliases]


@pytest.mark.parametrize(("row", "alias"), ALIASES, ids=[alias for _, alias in ALIASES])
def test_an_alias_is_the_function(row: Function, alias: str) -> None:
    own, other = (parse(with_order(row, call_of(row, name)), declared=row.parameters) for name in (row.name, alias))
    assert own.tree == other.tree


def test_names_are_unique() -> None:
    names = [name for row in FUNCTIONS for name in (row.name, *row.aliases)] + list(CONSTANTS)
    assert sorted(set(names)) == sorted(names)


@every_row
def test_a_row_is_well_formed(row: Function) -> None:
    assert row.doc.endswith(".")
    assert len(row.domain) == len(row.parameters)
    assert row.definition or row.name in RULES
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
        monkeypatch.setitem(RULES, name, planted(RULES[name], 1))
    assert len(several_failures(row)) >= len(SEVERAL) - 2


EXACT = [
    ("gamma(x)", 5, 24),
    ("factorial(x)", 5, 120),
    ("x!", 10, 3628800),
    ("log10(x)", 1000, 3),
    ("log(x, 2)", 8, 3),
    ("log(x, 10)", 1000, 3),
    ("exp2(x)", 10, 1024),
    ("cbrt(x)", -8, -2),
    ("cbrt(x)", 125, 5),
    ("root(x, 3)", -27, -3),
    ("root(x, 3)", 64, 4),
    ("hypot(x, 4)", 3, 5),
    ("sqrt(x)", 49, 7),
]


@pytest.mark.parametrize(("text", "point", "value"), EXACT)
def test_whole_numbers_come_out_whole(text: str, point: int, value: int) -> None:
    constant = parse(re.sub(r"\bx\b", f"({point})", text)).constant
    assert (derive(text, at={"x": point}).value[0], constant) == (value, value)


EXTREME = [
    ("erfc(x)", 20.0),
    ("gelu(x)", -30.0),
    ("softplus(x)", -40.0),
    ("softplus(x)", 800.0),
    ("sigmoid(x)", -700.0),
    ("gamma(x)", 170.0),
    ("gamma(x)", -0.5),
    ("loggamma(x)", -0.5),
    ("digamma(x)", 1e-10),
    ("cbrt(x)", 1e-60),
    ("cbrt(x)", -1e60),
    ("log1p(x)", 1e-20),
    ("expm1(x)", 1e-20),
    ("silu(x)", -700.0),
    ("mish(x)", -40.0),
]


@pytest.mark.parametrize(("text", "point"), EXTREME)
def test_extreme_arguments(text: str, point: float) -> None:
    row = vocabulary()[text.removesuffix("(x)")]
    result = derive(text, at={"x": point})
    with mp.workdps(200):
        wanted = [oracle(row, (point,)), oracle(row, (point,), 0)]
    assert is_close(result.value[0], wanted[0], 1e-12)
    assert is_close(result.derivatives["x"][0], wanted[1], 1e-12)
