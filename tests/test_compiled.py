"""Compiled kernels give the numbers and flags of the reverse engine, for every row and at every hard place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch._ops import OpOverload

from derivcli import DerivError, parse
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.task import Task, at_once
from derivcli.engines.torch import backward, compiled, flags
from derivcli.engines.torch.compiled import traced
from derivcli.engines.torch.decompositions import DECOMPOSITIONS
from derivcli.engines.torch.rules import NoKernelError
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.points import points
from derivcli.points.points import Points
from derivcli.result import Partial, Result, derivative_key
from tests.rows import batches, call_of, smooth
from tests.support import drawn
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
    return outputs_of(traced(job, len(next(iter(at.values())))), job, at)


def outputs_of(graph: torch.fx.GraphModule, job: Task, at: Mapping[str, Array]) -> list[Result]:
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


@ROWS
@pytest.mark.usefixtures("plain")
def test_a_graph_computes_what_the_reverse_engine_does(row: Function) -> None:
    names = [row.parameters[index] for index in smooth(row)]
    missing = []
    for text, group in batches(row, call_of(row)):
        at = columns(names, [[sample[index] for index in smooth(row)] for sample in group])
        expression, partials = parse(text, declared=names), [(name,) * order for order in (1, 2) for name in names]
        task = Task([expression], tuple(names), partials)
        try:
            graph = traced(task, len(at[names[0]]))
        except NoKernelError as error:
            missing.append(str(error))
            continue
        assert operations(graph) <= operations_of_kernel()
        wanted = at_once(backward.prepared, [expression], at, partials)
        assert differences(outputs_of(graph, task, at), wanted) == []
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
    points = {"x": np.array([*dict.fromkeys(x for _, x, _ in KNOWN), 1.0, -1.0, 2.0])}
    assert differences(*both([text for text, _, _ in KNOWN], points, [("x",)])) == []


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


@pytest.mark.parametrize("orders", [[1], [2, 3]])
@pytest.mark.usefixtures("plain")
def test_nothing_leaks_from_a_branch_not_taken(orders: list[int]) -> None:
    at = {"x": np.array([-2.0, -0.5, 0.0, 0.25, 0.75])}
    got, wanted = both(LEAKS, at, [("x",) * order for order in orders])
    assert differences(got, wanted) == []
    for result in got[:FINITE]:
        for order in orders:
            assert np.isfinite(result.derivatives[derivative_key(("x",) * order)]).all()


PRIMITIVES = [row for row in FUNCTIONS if row.primitive and row.name not in (*KERNELS, "loggamma")]
CALLS = [f"{row.name}({', '.join('xy'[: len(row.parameters)])})" for row in PRIMITIVES]
BY_NAME = dict(zip([row.name for row in PRIMITIVES], CALLS, strict=True))
NUMBERS = [
    *(BY_NAME[name] for name in """acos asin asinh atan atan2 erf erfc exp expm1 fmod hypot log10 log2 logsumexp min
    round sign sinh tan tanh trunc xlog1py xlogy""".split()),
    "x",
]  # fmt: skip
FLAGGED = [*(BY_NAME[name] for name in "log max pow relu".split()), BRANCHES[0], "7", "1/x", "hardshrink(x, 1/2)"]
TEXTS = [*NUMBERS, *FLAGGED]
"""Formulas that have all operations of PyTorch's that rows and their flags have.

They are compiled, some for their numbers alone, which takes a third of the time that all of all primitives takes.
"""

MANY_TEXTS = [*CALLS, *LEAKS[: FINITE - 1], *BRANCHES, "7", "x", "1/x", "hardshrink(x, 1/2)"]
"""The sweep's formulas."""

LOSING = ["expm1(x)", "acosh(x)", "atanh(x)", "mod(x, y)", "csch(x)"]
"""Formulas in which the compiler loses digits, where it gets its own way."""

FIRST: list[Partial] = [("x",), ("y",)]


def task_of(texts: Sequence[str]) -> Task:
    return Task([parse(text, declared="xy") for text in texts], ("x", "y"), FIRST)


@contextmanager
def unflagged() -> Iterator[None]:
    """No flags are computed."""
    with pytest.MonkeyPatch.context() as patch:
        for way in (flags.TensorFlags, flags.ArrayFlags):
            for name in ("observe", "observe_finite"):
                patch.setattr(way, name, lambda *_: None)
        yield


def traced_with(decompositions: dict[Any, Any], task: Task, count: int) -> list[torch.fx.GraphModule]:
    """The graphs of a task, in which formulas that are there for their numbers alone have no flags."""
    graphs = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "DECOMPOSITIONS", decompositions)
        for alone, group in groupby(task.expressions, lambda expression: expression.source in NUMBERS):
            with unflagged() if alone else nullcontext():
                graphs.append(traced(replace(task, expressions=[*group]), count))
    return graphs


def operations(graph: torch.fx.GraphModule) -> set[str]:
    """The names of PyTorch's operations in a graph, in place or not."""
    return {name_of(node.target) for node in graph.graph.nodes if isinstance(node.target, OpOverload)}


def name_of(operation: OpOverload) -> str:
    return operation._schema.name.rstrip("_")


@cache
def operations_of_kernel() -> set[str]:
    """The operations of the formulas that are compiled, and those in whose place others are."""
    found = set().union(*map(operations, traced_with(DECOMPOSITIONS, task_of(TEXTS), 4)))
    return found | {name_of(operation) for operation in DECOMPOSITIONS}
