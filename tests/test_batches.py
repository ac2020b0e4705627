"""A batch is its points one by one: no number depends on its place in an array, nor on the array's length."""

import functools
import random
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from derivcli import series
from derivcli.engines.program import lower
from derivcli.engines.task import at_once
from derivcli.engines.taylor import engine as taylor
from derivcli.engines.torch import backward
from derivcli.flag_table import FLAGS
from derivcli.language.expression import Expression
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.parse import parse_expression
from derivcli.result import Result
from tests.support import each, sample

ENGINES = {
    "reverse": functools.partial(at_once, backward.prepared),
    "taylor": functools.partial(at_once, taylor.prepared),
}
FORMULAS = (
    "asec(cosh(x))", "logit(sigmoid(x))", "sigmoid(10*x-5)", "sigmoid(x)*tanh(5*x)", "if(x > 0.5, sinh(x), atanh(x))",
    "if(x < 0.3, x^0.3, if(x < 0.6, sigmoid(x), cosh(x)*x^x))", "max(sinh(x), atanh(x)*0.9)", "hypot(x, 0.3)*2^x",
    "elliptic_f(10*x, 0.3) + besselk(0.3, x)", "tanhshrink(20*x)", "x^5.5 - atan2(x, x-0.5)", "1/(x-0.5)", "log(x-0.5)",
    "exp(-90*x)^3*1e30",
)  # fmt: skip
"""Of one variable between 0 and 1: with branches and formulas for parts of a batch, and points with no real value."""

Columns = dict[str, NDArray[np.float64]]


def points_of(row: Function, draw: random.Random, count: int) -> Columns:
    """Points in a row's domain for its parameters that a derivative can be taken in."""
    domains = row.domain * len(row.parameters) if len(row.domain) == 1 else row.domain
    ends = dict(zip(row.parameters, domains, strict=False))
    names = [name for name in row.parameters if name in row.variables]
    return {name: np.array([draw.uniform(*ends[name]) for _ in range(count)]) for name in names}


def bits(numbers: NDArray[np.floating]) -> NDArray[np.int64]:
    """Numbers as they lie in memory, with one NaN for all."""
    same = np.where(np.isnan(numbers), np.asarray(np.nan, numbers.dtype), numbers)
    return np.ascontiguousarray(same).view(f"i{numbers.itemsize}").astype(np.int64)


def rows_of(result: Result) -> NDArray[np.int64]:
    """All that is said of each point; where a function has no value, what is said of its derivative means nothing."""
    (derivatives,) = result.derivatives.values()
    real = np.isfinite(result.value)
    flags = np.where(real, result.flags, 1 << FLAGS.index("undefined"))
    return np.stack([bits(result.value), bits(np.where(real, derivatives, 0)), flags.astype(np.int64)])


def taken(at: Columns, points: Sequence[int], dtype: str) -> Columns:
    """Some of the points, in that order."""
    return {name: values[list(points)].astype(dtype) for name, values in at.items()}


def assert_one_by_one(
    engine: str, expression: Expression, at: Columns, partial: tuple[str, ...], dtype: str, draw: random.Random
) -> None:
    """Arrays of points, drawn in any order and more than once, have the numbers that the points have alone."""
    count = len(next(iter(at.values())))

    def found(points: Sequence[int]) -> NDArray[np.int64]:
        return rows_of(ENGINES[engine]([expression], taken(at, points, dtype), [partial], dtype)[0])

    alone = np.concatenate([found([point]) for point in range(count)], axis=1)
    for size in (draw.randint(1, 70), draw.randint(1, 70)):
        points = [draw.randrange(count) for _ in range(size)]
        assert np.array_equal(found(points), alone[:, points]), (expression.text, engine, partial, dtype, points)


SAMPLED = [row for row in FUNCTIONS if row.variables and not row.constant]


@pytest.mark.sampled
@each("row", SAMPLED[:: sample(3, 1)])
def test_a_function_is_the_same_in_every_array(row: Function) -> None:
    draw = random.Random(row.name)
    at = points_of(row, draw, 6)
    expression = parse_expression(row.example, [*at])
    order, dtype, engine = draw.randint(1, 2), draw.choice(["float64", "float32"]), draw.choice([*ENGINES])
    assert_one_by_one(engine, expression, at, (draw.choice(row.variables),) * order, dtype, draw)


@each("engine", ENGINES)
@each("text", FORMULAS)
def test_a_formula_is_the_same_in_every_array(text: str, engine: str) -> None:
    draw = random.Random(text)
    at = {"x": np.array([draw.uniform(0.01, 0.99) for _ in range(12)] + [0.5, 0.25])}
    for order, dtype in ((1, "float64"), (2, "float64"), (3, "float64"), (1, "float32")):
        assert_one_by_one(engine, parse_expression(text, ["x"]), at, ("x",) * order, dtype, draw)


def composed(draw: random.Random) -> tuple[str, Columns]:
    """A formula of two rows of the table, joined in some way, and points of its variables."""
    at: Columns = {}
    calls = []
    for _ in range(2):
        row = draw.choice(SAMPLED)
        at |= points_of(row, draw, 6)
        calls.append(row.example)
    first, second = calls
    ways = [f"{first}*sinh({second})", f"sigmoid({first})/(1+{second}^2)", f"if({first} > {second}, {first}, {second})"]
    ways += [f"hypot({first}, {second})", f"abs({first})^1.5 - atan({second})", f"logit(sigmoid({first} + {second}))"]
    return draw.choice(ways), at


def has_branches(expression: Expression) -> bool:
    """Whether a formula has pieces, which a batch computes if any of its points takes them."""
    steps = lower([expression], expression.variables).steps
    return any(step.branches or step.operation in BRANCHED for step in steps)


BRANCHED = {row.name for row in FUNCTIONS if "if(" in "".join(row.derivatives or ())}
"""Rows whose derivatives have pieces."""


def sweep_formulas(count: int, seed: int) -> None:
    """Formulas of all rows, in both engines, up to the third order.

    With branches only the first: which of them are computed decides in which order the terms of others are summed.
    """
    draw = random.Random(seed)
    for _ in range(count):
        text, at = composed(draw)
        expression = parse_expression(text, [*at])
        name = draw.choice(expression.variables)
        order = draw.randint(1, 1 if has_branches(expression) else 3)
        for engine in ENGINES:
            assert_one_by_one(engine, expression, at, (name,) * order, draw.choice(["float64", "float32"]), draw)


def test_composed_formulas_are_the_same_in_every_array() -> None:
    sweep_formulas(15, 1)


@pytest.mark.sweep
def test_many_composed_formulas_are_the_same_in_every_array() -> None:
    sweep_formulas(600, 2)


def test_a_series_is_the_same_in_every_array() -> None:
    values = np.linspace(0.05, 0.95, 37)
    whole = series("sinh(x)*atanh(x) + sigmoid(9*x)", 5, {"x": values}, check=False)
    for point in range(0, 37, 5):
        alone = series("sinh(x)*atanh(x) + sigmoid(9*x)", 5, {"x": values[point : point + 1]}, check=False)
        assert np.array_equal(bits(alone.coefficients[0]), bits(whole.coefficients[point]))


def test_equal_points_have_equal_numbers() -> None:
    for text, x in (("asec(cosh(x))", 0.7), ("logit(sigmoid(x))", 1.0)):
        (result,) = ENGINES["reverse"]([parse_expression(text, ["x"])], {"x": np.full(17, x)}, [("x",)])
        (alone,) = ENGINES["reverse"]([parse_expression(text, ["x"])], {"x": np.full(1, x)}, [("x",)])
        assert np.array_equal(rows_of(result), np.repeat(rows_of(alone), 17, axis=1))


def test_loops_with_a_rest_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backward, "filled", lambda values, size: values)
    with pytest.raises(AssertionError):
        test_equal_points_have_equal_numbers()
