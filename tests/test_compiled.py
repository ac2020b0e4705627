"""Compiled kernels give the numbers and flags of the reverse engine, for every row and at every hard place."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from derivcli import DerivError, derive, hessian, implicit, parse
from derivcli.engines import compiled, decompositions, reverse, watch
from derivcli.engines.compiled import CHUNK, Job, NotCompiledError, pays, prepared, traced
from derivcli.engines.kernels import KERNELS
from derivcli.engines.rules import NoKernelError
from derivcli.language.function import Function
from derivcli.language.functions import FUNCTIONS
from derivcli.points.spec import Points
from derivcli.result import Partial, Result, derivative_key
from tests.support import deriv
from tests.test_flags import GRID, KNOWN, SWALLOWED, formulas
from tests.test_functions import batches, call_of, smooth

Array = NDArray[np.float64]

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
    with np.errstate(all="ignore"):
        near = np.abs(here - there) <= TOLERANCE * np.abs(there) + SMALLEST
    return near | (here == there) | np.isnan(here) & np.isnan(there)


def interpreted(job: Job, at: Mapping[str, Array]) -> list[Result]:
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
    job = Job(expressions, tuple(at), partials, direction=direction, dependent=dependent)
    return interpreted(job, at), reverse.differentiate(expressions, at, partials, "float64", direction, dependent)


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
        try:
            got, wanted = both([text], points, [(name,) * order for name in names])
        except NoKernelError as error:
            assert str(error) in KERNELS
            return
        assert differences(got, wanted) == []


VECTOR = Points((), {"x": np.array([1.0]), "y": np.array([2.0])})
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


@settings(max_examples=100, deadline=None, derandomize=True)
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
    monkeypatch.setitem(watch.IN_TENSORS, "==", torch.ne)
    assert differences(*both(BRANCHES, columns("xy"), [("x",)]))


@pytest.mark.parametrize("name", ["mask", "see_finite"])
def test_flags_of_branches_not_taken_would_be_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*BRANCHES, "if(x > 0, atan(1/(x-1)), 1)"]
    assert differences(*both(texts, columns("xy"), [("x",)])) == []
    faults = {"mask": lambda found, points: points | True, "see_finite": lambda *rest: None}
    monkeypatch.setattr(watch.InTensors, name, faults[name])
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
TEXTS = [*(f"{row.name}({', '.join('xy'[: len(row.parameters)])})" for row in PRIMITIVES), *LEAKS, *BRANCHES, "7", "x"]
FIRST: list[Partial] = [("x",), ("y",)]
CANCELLING = {"sech(x)", "if(x == 0, 1, sin(x)/x)"}


@pytest.fixture(scope="module")
def kernel() -> compiled.Compute:
    """One kernel for every primitive and some formulas with branches."""
    return prepared([parse(text, declared="xy") for text in TEXTS], ("x", "y"), FIRST)


def spread(count: int) -> Array:
    """Points of every size, of which some are whole numbers and some near 1."""
    draw = np.random.default_rng(count)
    sizes = 10 ** np.concatenate([draw.uniform(-300, 300, count // 4), draw.uniform(-9, 3, count // 4)])
    signed = sizes * draw.choice([-1, 1], len(sizes))
    return np.concatenate([signed, draw.uniform(-3, 3, count // 4), draw.integers(-20, 20, count - 3 * (count // 4))])


def test_a_kernel_computes_what_the_reverse_engine_does(kernel: compiled.Compute) -> None:
    at = {"x": np.concatenate([HARD, spread(4000)]), "y": np.concatenate([HARD[::-1], spread(4000)[::-1]])}
    wanted = reverse.differentiate([parse(text, declared="xy") for text in TEXTS], at, FIRST)
    assert differences(kernel(at), wanted) == []


@pytest.mark.parametrize("operation", ["expm1", "acosh", "atanh", "remainder"])
def test_digits_that_the_compiler_loses_would_be_seen(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ...
