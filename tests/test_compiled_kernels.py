"""Compiled kernels give the numbers and flags of the reverse engine, one by one and many at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.fx.experimental.proxy_tensor import make_fx

from derivcli import parse
from derivcli.engines.chunks import CHUNK_POINTS
from derivcli.engines.task import Task, at_once
from derivcli.engines.torch import backward, compiled
from derivcli.engines.torch.compiled import prepared, traced
from derivcli.engines.torch.decompositions import DECOMPOSITIONS
from derivcli.engines.torch.rules import NoKernelError
from derivcli.language.functions.table import FUNCTIONS
from derivcli.result import Result
from tests.support import each
from tests.test_compiled import (
    FIRST,
    HARD,
    LOSING,
    MANY_TEXTS,
    NUMBERS,
    TEXTS,
    TOLERANCE,
    Array,
    columns,
    differences,
    interpreted,
    task_of,
    traced_with,
    unflagged,
)

Run = Callable[[Mapping[str, NDArray[Any]]], list[Result]]


def kernel_of(task: Task, losing: int = 0) -> Run:
    """One kernel of formulas, some of them for their numbers alone, and the last as the compiler would have them."""

    def graph_of(task: Task, count: int) -> torch.fx.GraphModule:
        last = len(task.expressions) - losing
        graphs = traced_with(DECOMPOSITIONS, replace(task, expressions=task.expressions[:last]), count)
        graphs += traced_with({}, replace(task, expressions=task.expressions[last:]), count)
        trace = make_fx(lambda *columns: [output for graph in graphs for output in graph(*columns)], None, "fake")
        return trace(*compiled.columns_of(task, count))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "traced", graph_of)
        ready = prepared(task)
    return lambda at: ready.run(at, None)


@pytest.fixture(scope="module")
def whole_kernel() -> Run:
    """One kernel of the formulas, and of one that loses digits, since one takes less time to compile than two."""
    return kernel_of(task_of([*TEXTS, LOSING[0]]), losing=1)


@pytest.fixture(scope="module")
def kernel(whole_kernel: Run) -> Run:
    return lambda at: whole_kernel(at)[: len(TEXTS)]


def by_reverse(texts: Sequence[str], at: Mapping[str, Array], dtype: str = "float64") -> list[Result]:
    return at_once(backward.prepared, [parse(text, declared="xy") for text in texts], at, FIRST, dtype)


def in_kernel(texts: Sequence[str], at: Mapping[str, Array], dtype: str = "float64") -> list[Result]:
    """What the reverse engine computes of what a kernel computes: of some formulas no flags."""
    found = []
    for alone, group in groupby(texts, lambda text: text in NUMBERS):
        with unflagged() if alone else nullcontext():
            found += by_reverse([*group], at, dtype)
    return found


def spread(count: int) -> dict[str, Array]:
    """Points of every size, of which some are whole numbers, and the hard ones."""
    draw = np.random.default_rng(count)
    sizes = 10 ** np.concatenate([draw.uniform(-300, 300, count // 4), draw.uniform(-9, 3, count // 4)])
    signed = sizes * draw.choice([-1, 1], len(sizes))
    all_sizes = [*HARD, *signed, *draw.uniform(-3, 3, count // 4), *draw.integers(-20, 20, count // 4)]
    return {"x": np.array(all_sizes), "y": np.array(all_sizes[::-1])}


def test_a_kernel_computes_what_the_reverse_engine_does(kernel: Run) -> None:
    at = spread(4000)
    assert differences(kernel(at), in_kernel(TEXTS, at)) == []


@pytest.mark.parametrize("count", [1, 2, 777, CHUNK_POINTS, CHUNK_POINTS + 1])
def test_any_number_of_points(kernel: Run, count: int) -> None:
    at = {name: np.resize(values, count) for name, values in spread(400).items()}
    last = {name: values[-5:] for name, values in at.items()}
    results = kernel(at)
    assert {len(result.value) for result in results} == {len(result.flags) for result in results} == {count}
    for result, wanted in zip(results, in_kernel(TEXTS, last), strict=True):
        derivatives = {key: values[-5:] for key, values in result.derivatives.items()}
        ends = replace(result, value=result.value[-5:], derivatives=derivatives, flags=result.flags[-5:])
        assert differences([ends], [wanted]) == []


def test_no_points(kernel: Run) -> None:
    results = kernel({"x": np.empty(0), "y": np.empty(0)})
    assert {len(result.value) for result in results} == {len(result.flags) for result in results} == {0}


def test_threads_get_their_own_numbers(kernel: Run) -> None:
    parts = [{name: values + shift for name, values in spread(400).items()} for shift in range(16)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(kernel, parts))
    for results, part in zip(together, parts, strict=True):
        assert differences(results, in_kernel(TEXTS, part)) == []


def test_arrays_that_must_not_be_written_to(kernel: Run) -> None:
    at = {"x": np.broadcast_to(np.array(0.5), CHUNK_POINTS), "y": np.arange(2.0 * CHUNK_POINTS)[::2]}
    results = dict(zip(TEXTS, kernel(at), strict=True))
    assert np.allclose(results["hypot(x, y)"].value, np.hypot(0.5, at["y"]), rtol=TOLERANCE)
    assert at["x"].max() == 0.5


def test_the_smallest_and_the_greatest_numbers_survive(kernel: Run) -> None:
    at = {"x": np.array([5e-324, -5e-324, -0.0, 0.0, -745.0]), "y": np.zeros(5)}
    values = {text: result.value.tolist() for text, result in zip(TEXTS, kernel(at), strict=True)}
    assert values["exp(x)"] == [1, 1, 1, 1, 5e-324]
    assert values["x"] == at["x"].tolist()
    assert list(map(str, values["x"])) == ["5e-324", "-5e-324", "-0.0", "0.0", "-745.0"]
    assert values["1/x"][:4] == [math.inf, -math.inf, -math.inf, math.inf]
    assert list(map(math.isnan, values["log(x)"])) == [False, True, False, False, True]


EXTREMES = [
    sign * size
    for size in (5e-324, 1e-323, 2e-310, 1e-308, 1e-160, 1e-30, 1e-9, 0.3, 1, 1.5, 20, 700, 1e17, 1e160, 1e308, 0.0)
    for sign in (1, -1)
]
EXTREMES_32 = [sign * x for x in (1e-45, 1e-40, 1e-38, 1e-20, 1e-7, 1e-4, 0.3, 1, 20, 1e19, 3e38) for sign in (1, -1)]
ODD = ["tan(x)", "asinh(x)", "erf(x)", "sinh(x)", "expm1(x)"]


SINGLE = [*ODD, "sin(x)*exp(-y)", "if(x > 0, sqrt(x), abs(y))"]


@pytest.fixture(scope="module")
def single() -> Run:
    """One kernel in single precision."""
    return kernel_of(replace(task_of(SINGLE), dtype="float32"))


def extreme_differences(texts: Sequence[str], dtype: str, run: Run) -> list[str]:
    """The functions of x whose values at the ends of a format are not those of the reverse engine."""
    x = np.array(EXTREMES if dtype == "float64" else EXTREMES_32, dtype)
    wanted = backward.prepared(Task([parse(text, declared="x") for text in texts], ("x",), [], dtype))
    found = []
    for text, got, right in zip(texts, run({"x": x, "y": x}), wanted.run({"x": x}, None), strict=True):
        same = (got.value == right.value) | (np.isnan(got.value) & np.isnan(right.value))
        with np.errstate(all="ignore"):
            near = np.abs(got.value - right.value) <= 64 * np.finfo(dtype).eps * np.abs(right.value)
        found += [f"{text} at {point}" for point in x[~(same | near)]]
    return found


def test_odd_functions_keep_the_smallest_numbers(kernel: Run, single: Run) -> None:
    def odd(run: Run) -> Run:
        return lambda at: [result for result in run(at) if result.expression.source in ODD]

    texts = [text for text in TEXTS if text in ODD]
    assert {*texts} == {*ODD}
    assert extreme_differences(texts, "float64", odd(kernel)) == []
    assert extreme_differences(ODD, "float32", odd(single)) == []


@pytest.mark.sweep
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_elementary_function_at_the_ends_of_a_format(dtype: str) -> None:
    calls = [f"{row.name}(x)" for row in FUNCTIONS if row.parameters == row.variables == ("x",)]
    texts = [call for call in calls if has_kernel(call)]
    ready = prepared(Task([parse(text, declared="x") for text in texts], ("x",), [], dtype))
    assert extreme_differences(texts, dtype, lambda at: ready.run(at, None)) == []


def has_kernel(call: str) -> bool:
    """Whether the compiler has kernels for all steps of a call."""
    try:
        traced(Task([parse(call)], ("x",), []), 4)
    except NoKernelError:
        return False
    return True


def test_a_kernel_computes_every_point_as_if_it_were_alone(kernel: Run) -> None:
    at = spread(40)
    for point in range(0, 40, 7):
        alone = kernel({name: values[point : point + 1] for name, values in at.items()})
        for result, one in zip(kernel(at), alone, strict=True):
            assert np.array_equal(result.value[point : point + 1], one.value, equal_nan=True)
            for key, numbers in result.derivatives.items():
                assert np.array_equal(numbers[point : point + 1], one.derivatives[key], equal_nan=True)


def test_digits_that_the_compiler_loses_would_be_seen(whole_kernel: Run) -> None:
    at = spread(400)
    assert differences(whole_kernel(at)[-1:], in_kernel(LOSING[:1], at))


@pytest.mark.sweep
def test_digits_that_the_compiler_loses_of_any_function_would_be_seen() -> None:
    at = spread(400)
    results = kernel_of(task_of(LOSING), losing=len(LOSING))(at)
    for text, got, wanted in zip(LOSING, results, in_kernel(LOSING, at), strict=True):
        assert differences([got], [wanted]), text


def test_what_stands_in_place_of_an_operation_keeps_its_digits() -> None:
    at = spread(4000)
    assert differences(interpreted(task_of(LOSING), at), by_reverse(LOSING, at)) == []


@pytest.mark.sweep
def test_a_kernel_of_every_primitive_computes_what_the_reverse_engine_does() -> None:
    at = spread(4000)
    assert differences(prepared(task_of(MANY_TEXTS)).run(at, None), by_reverse(MANY_TEXTS, at)) == []


@each("order", [2, 3])
@each("text", ["abs(x)", "relu(x)", "sign(x)*x", "7*x", "floor(x)", "max(x, 1)"])
def test_zeros_have_a_memory(text: str, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel would read it."""
    job = Task([parse(text)], ("x",), [("x",) * order])
    assert "_efficientzerotensor" not in traced(job, 4).code
    monkeypatch.setattr(compiled, "DECOMPOSITIONS", {})
    assert "_efficientzerotensor" in traced(Task([parse("abs(x)")], ("x",), [("x", "x")]), 4).code


def test_single_precision(single: Run, capfd: pytest.CaptureFixture[str]) -> None:
    at = columns("xy", [(0.5, 0.25), (-1.5, 2.0)], 0)
    results = single(at)
    assert results[0].value.dtype == results[0].derivatives["x"].dtype == results[0].at["x"].dtype == np.float32
    assert differences(results, in_kernel(SINGLE, at, "float32")) == []
    assert capfd.readouterr() == ("", "")
