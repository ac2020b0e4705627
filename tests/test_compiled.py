"""Compiled kernels give the numbers and flags of the reverse engine, for every row and at every hard place."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from derivcli import DerivError, parse
from derivcli.engines.chunks import CHUNK_POINTS
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.task import Task, at_once
from derivcli.engines.torch import backward, compiled, flags
from derivcli.engines.torch.compiled import prepared, traced
from derivcli.engines.torch.rules import NoKernelError
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.points import points
from derivcli.points.points import Points
from derivcli.result import Partial, Result, derivative_key
from tests.rows import batches, call_of, smooth
from tests.support import drawn, each
from tests.test_flags import GRID, KNOWN, SWALLOWED, formulas

Array = NDArray[np.floating[Any]]

TOLERANCE = 1e-13
SMALLEST = 1e-300
"""Numbers below this have fewer digits than others."""

HARD = [0.0, -0.0, *(sign * size for sign in (1, -1) for size in (0.25, 0.5, 1, 2, 3, 6, 30, 1e-9, 1e200, 1e308))]
"""Points at edges, corners and jumps of rows, and where they overflow."""


def columns(names: Sequence[str], group: Sequence[Sequence[float]] = (), count: int = 100) -> dict[str, Array]:
    """Points of a group and so many hard ones, drawn alike in every run."""
    draw = np.random.default_rng(1)
    return {
        name: np.array([*(sample[number] for sample in group), *draw.choice(HARD, count)])
        for number, name in enumerate(names)
    }


def differences(got: Sequence[Result], wanted: Sequence[Result]) -> list[str]:
    """The numbers that are not those of the other engine to 13 digits, and the flags that are not the same."""
    found = []
    for one, other in zip(got, wanted, strict=True):
        numbers = {"": (one.value, other.value)}
        numbers |= {key: (one.derivatives[key], other.derivatives[key]) for key in other.derivatives}
        for key, (here, there) in numbers.items():
            for point in np.flatnonzero(~close(here, there)):
                at = {name: values[point] for name, values in other.at.items()}
                found.append(f"{one.expression.source} by {key!r} at {at}: {here[point]}, not {there[point]}")
        for point in np.flatnonzero(one.flags != other.flags):
            at = {name: values[point] for name, values in other.at.items()}
            found.append(f"{one.expression.source} at {at}: flags {one.flags[point]:b}, not {other.flags[point]:b}")
    return found


def close(here: Array, there: Array) -> NDArray[np.bool_]:
    tolerance = TOLERANCE * np.finfo(here.dtype).eps / np.finfo(np.float64).eps
    with np.errstate(all="ignore"):
        near = np.abs(here - there) <= tolerance * np.abs(there) + SMALLEST
    return np.asarray(near | (here == there) | np.isnan(here) & np.isnan(there))


def interpreted(job: Task, at: Mapping[str, Array]) -> list[Result]:
    """What a job's graph computes without being compiled."""
    graph = traced(job, len(next(iter(at.values()))))
    with torch.no_grad():
        outputs = graph(*(torch.tensor(values) for values in at.values()))
    return compiled.results(job, at, [output.numpy() for output in outputs])


def both(
    texts: Sequence[str],
    at: Mapping[str, Array],
    partials: Sequence[Partial],
    direction: Points | None = None,
    dependent: str = "",
) -> tuple[list[Result], list[Result]]:
    """The results of a graph, not compiled, and those of the reverse engine."""
    expressions = [parse(text, declared=tuple(at)) for text in texts]
    job = Task(expressions, tuple(at), partials, direction=direction, dependent=dependent)
    return interpreted(job, at), at_once(backward.prepared, expressions, at, partials, "float64", direction, dependent)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs of the same operations that the reverse engine runs: others differ by a rounding, which may grow."""
    monkeypatch.setattr(compiled, "DECOMPOSITIONS", {})


ROWS = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)


@pytest.mark.parametrize("order", [1, 2])
@ROWS
@pytest.mark.usefixtures("plain")
def test_a_graph_computes_what_the_reverse_engine_does(row: Function, order: int) -> None:
    names = [row.parameters[index] for index in smooth(row)]
    for text, group in batches(row, call_of(row)):
        points = columns(names, [[sample[index] for index in smooth(row)] for sample in group])
        missing: list[str] = []
        try:
            assert differences(*both([text], points, [(name,) * order for name in names])) == []
        except NoKernelError as error:
            missing = [str(error)]
        assert KERNELS.keys() >= {*missing}


VECTOR = points.points_from_arrays({"x": np.array([1.0]), "y": np.array([2.0])})
SHAPES: list[tuple[list[str], list[Partial], Points | None, str]] = [
    (["x^y", "tanh(x*y)", "7"], [("x", "y"), ("y", "y"), ("x", "x", "y")], None, ""),
    (["x^2*y^3", "sqrt(x^2+y^2)"], [("along",), ("along", "along")], VECTOR, ""),
    (["x^2+y^2-25", "x*exp(y)-1"], [("x",), ("x", "x")], None, "y"),
]


@pytest.mark.parametrize(("texts", "partials", "direction", "dependent"), SHAPES)
@pytest.mark.usefixtures("plain")
def test_every_shape_of_derivative(
    texts: list[str], partials: list[Partial], direction: Points | None, dependent: str
) -> None:
    assert differences(*both(texts, columns("xy"), partials, direction, dependent)) == []


ONE = {"x": np.array([1.0, -1.0])}


def inside(text: str) -> list[str]:
    """A formula whose step overflows at 1, and the same in branches."""
    swallowing = text.format("(x*10^200*10^200)")
    return [each.format(swallowing) for each in ("{}", "if(x > 0, {}, 0)", "if(x < 0, 0, if(x < 2, {}, 3))")]


@pytest.mark.parametrize("text", [text for text in SWALLOWED if "gamma" not in text])
@pytest.mark.usefixtures("plain")
def test_a_swallowed_infinity_has_the_same_flags(text: str) -> None:
    assert differences(*both(inside(text), ONE, [("x",)])) == []


@pytest.mark.usefixtures("plain")
def test_hard_places_have_the_same_flags() -> None:
    for text, x, _ in KNOWN:
        assert differences(*both([text], {"x": np.array([x, 1.0, -1.0, 2.0])}, [("x",)])) == []


@drawn(100, derandomize=True)
@given(formula=formulas, wrt=st.sampled_from(["x", "y", "xy"]))
def test_any_formula_has_the_same_numbers_and_flags(formula: str, wrt: str) -> None:
    points = dict(zip("xy", map(np.array, zip(*GRID, strict=True)), strict=True))
    try:
        got, wanted = both([f"{formula} + 0*(x + y)"], points, [(name,) for name in wrt])
    except DerivError:  # of a constant that cannot be computed
        return
    assert differences(got, wanted) == []


BRANCHES = ["abs(if(x > 0, x - 1, 0)) + 0*y", "if(x > 0, x, 2)*if(x + y > 0, abs(x), sqrt(3))"]


def test_a_wrong_flag_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences(*both(BRANCHES, columns("xy"), [("x",)])) == []
    monkeypatch.setitem(flags.TENSOR_OPERATIONS, "==", torch.ne)
    assert differences(*both(BRANCHES, columns("xy"), [("x",)]))


@pytest.mark.parametrize("name", ["mask", "observe_finite"])
def test_flags_of_branches_not_taken_would_be_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*BRANCHES, "if(x > 0, atan(1/(x-1)), 1)"]
    assert differences(*both(texts, columns("xy"), [("x",)])) == []
    faults = {"mask": lambda found, points: points | True, "observe_finite": lambda *rest: None}
    monkeypatch.setattr(flags.TensorFlags, name, faults[name])
    assert differences(*both(texts, columns("xy"), [("x",)]))


LEAKS = [
    "if(x > 0, log(x), 0)", "if(x > 0, sqrt(x), 0)", "if(x < 1, x, exp(1000*x))", "if(x == 0, 1, sin(x)/x)",
    "if(x > 0, if(x < 2, log(x)*sqrt(2-x), 0), x)", "Piecewise((1/x, x > 0), (x^0.5, x > -1))", "x*if(x != 0, 1/x, 1)",
]  # fmt: skip
"""Formulas with branches that have no number where they are not taken."""

FINITE = 4
"""So many of them have derivatives everywhere."""


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.usefixtures("plain")
def test_nothing_leaks_from_a_branch_not_taken(order: int) -> None:
    at = {"x": np.array([-2.0, -0.5, 0.0, 0.25, 0.75])}
    got, wanted = both(LEAKS, at, [("x",) * order])
    assert differences(got, wanted) == []
    for result in got[:FINITE]:
        assert np.isfinite(result.derivatives[derivative_key(("x",) * order)]).all()


PRIMITIVES = [row for row in FUNCTIONS if row.primitive and row.name not in (*KERNELS, "loggamma")]
CALLS = [f"{row.name}({', '.join('xy'[: len(row.parameters)])})" for row in PRIMITIVES]
TEXTS = [*CALLS, *LEAKS[: FINITE - 1], *BRANCHES, "7", "x", "1/x"]
Run = Callable[[Mapping[str, NDArray[Any]]], list[Result]]
FIRST: list[Partial] = [("x",), ("y",)]


@pytest.fixture(scope="module")
def kernel() -> Run:
    """One kernel for every primitive and some formulas with branches."""
    ready = prepared(Task([parse(text, declared="xy") for text in TEXTS], ("x", "y"), FIRST))
    return lambda at: ready.run(at, None)


def by_reverse(texts: Sequence[str], at: Mapping[str, Array], dtype: str = "float64") -> list[Result]:
    return at_once(backward.prepared, [parse(text, declared="xy") for text in texts], at, FIRST, dtype)


def spread(count: int) -> dict[str, Array]:
    """Points of every size, of which some are whole numbers, and the hard ones."""
    draw = np.random.default_rng(count)
    sizes = 10 ** np.concatenate([draw.uniform(-300, 300, count // 4), draw.uniform(-9, 3, count // 4)])
    signed = sizes * draw.choice([-1, 1], len(sizes))
    all_sizes = [*HARD, *signed, *draw.uniform(-3, 3, count // 4), *draw.integers(-20, 20, count // 4)]
    return {"x": np.array(all_sizes), "y": np.array(all_sizes[::-1])}


def test_a_kernel_computes_what_the_reverse_engine_does(kernel: Run) -> None:
    at = spread(4000)
    assert differences(kernel(at), by_reverse(TEXTS, at)) == []


@pytest.mark.parametrize("count", [1, 2, 777, CHUNK_POINTS, CHUNK_POINTS + 1])
def test_any_number_of_points(kernel: Run, count: int) -> None:
    at = {name: np.resize(values, count) for name, values in spread(400).items()}
    last = {name: values[-5:] for name, values in at.items()}
    results = kernel(at)
    assert {len(result.value) for result in results} == {len(result.flags) for result in results} == {count}
    for result, wanted in zip(results, by_reverse(TEXTS, last), strict=True):
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
        assert differences(results, by_reverse(TEXTS, part)) == []


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


def extreme_differences(texts: Sequence[str], dtype: str) -> list[str]:
    """The functions whose values at the ends of a format are not those of the reverse engine."""
    x = np.array(EXTREMES if dtype == "float64" else EXTREMES_32, dtype)
    task = Task([parse(text, declared="x") for text in texts], ("x",), [], dtype)
    found = []
    results = (engine(task).run({"x": x}, None) for engine in (prepared, backward.prepared))
    for text, got, wanted in zip(texts, *results, strict=True):
        same = (got.value == wanted.value) | (np.isnan(got.value) & np.isnan(wanted.value))
        with np.errstate(all="ignore"):
            near = np.abs(got.value - wanted.value) <= 64 * np.finfo(dtype).eps * np.abs(wanted.value)
        found += [f"{text} at {point}" for point in x[~(same | near)]]
    return found


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_odd_functions_keep_the_smallest_numbers(dtype: str) -> None:
    assert extreme_differences(ODD, dtype) == []


@pytest.mark.sweep
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_elementary_function_at_the_ends_of_a_format(dtype: str) -> None:
    calls = {row.name: f"{row.name}(x)" for row in FUNCTIONS if row.parameters == row.variables == ("x",)}
    assert extreme_differences([call for call in calls.values() if has_kernel(call)], dtype) == []


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


LOSING = ["expm1(x)", "acosh(x)", "atanh(x)", "mod(x, y)", "csch(x)"]


def test_digits_that_the_compiler_loses_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "DECOMPOSITIONS", {})
    at = spread(400)
    results = prepared(Task([parse(text, declared="xy") for text in LOSING], ("x", "y"), FIRST)).run(at, None)
    for text, got, wanted in zip(LOSING, results, by_reverse(LOSING, at), strict=True):
        assert differences([got], [wanted]), text


@each("order", [2, 3])
@each("text", ["abs(x)", "relu(x)", "sign(x)*x", "7*x", "floor(x)", "max(x, 1)"])
def test_zeros_have_a_memory(text: str, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel would read it."""
    job = Task([parse(text)], ("x",), [("x",) * order])
    assert "_efficientzerotensor" not in traced(job, 4).code
    monkeypatch.setattr(compiled, "DECOMPOSITIONS", {})
    assert "_efficientzerotensor" in traced(Task([parse("abs(x)")], ("x",), [("x", "x")]), 4).code


def test_single_precision(capfd: pytest.CaptureFixture[str]) -> None:
    texts, at = ["sin(x)*exp(-y)", "if(x > 0, sqrt(x), abs(y))"], columns("xy", [(0.5, 0.25), (-1.5, 2.0)], 0)
    results = prepared(Task([parse(text) for text in texts], ("x", "y"), FIRST, "float32")).run(at, None)
    assert results[0].value.dtype == results[0].derivatives["x"].dtype == results[0].at["x"].dtype == np.float32
    assert differences(results, by_reverse(texts, at, "float32")) == []
    assert capfd.readouterr() == ("", "")
