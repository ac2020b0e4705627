"""What Python gives as arguments: arrays are columns, numbers and texts are typed, and the rest is refused."""

from __future__ import annotations

import array
import inspect
import math
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
import sympy
import torch

import derivcli
from derivcli import (
    DerivError,
    check_function,
    derive,
    explain,
    hessian,
    implicit,
    jacobian,
    parse,
    polynomial,
    script,
    series,
)
from derivcli.flag_table import FLAGS
from derivcli.points.at_option import points_from
from tests.scripts import printed, run
from tests.support import each

UNDEFINED = 1 << FLAGS.index("undefined")
COLUMN = np.array([1.0, np.nan, 2.0, np.inf, -np.inf])
FINITE = np.isfinite(COLUMN)
FORMULAS = ["sin(x)/x", "if(x > 0, floor(x), abs(x))", "besselj(0, x)", "x^3", "3", "root(x, 3)*li(2 + x^2)"]
OPTIONS: list[dict[str, Any]] = [
    {}, {"order": 2}, {"order": 4}, {"engine": "taylor"}, {"dtype": "float32"}, {"along": {"x": 2}},
    {"mixed": ["x,x"]}, {"check": False},
]  # fmt: skip


JOBS = [(text, options) for text in FORMULAS for options in OPTIONS] + [(FORMULAS[0], {"engine": "compiled"})]
SOME_JOBS = JOBS[::3]
"""Every formula with two or three of the options, and every option with two of the formulas; and the last one."""


@each(("text", "options"), SOME_JOBS)
def test_an_array_is_a_column(text: str, options: dict[str, Any]) -> None:
    assert_a_column(text, options)


@pytest.mark.sweep
@each(("text", "options"), JOBS)
def test_every_array_is_a_column(text: str, options: dict[str, Any]) -> None:
    assert_a_column(text, options)


def assert_a_column(text: str, options: dict[str, Any]) -> None:
    """An array, of which some numbers are none, gives what its other numbers give, and none where it has none."""
    given = {"check": True} | ({"wrt": "x"} if text == "3" and not {"along", "mixed"} & {*options} else {}) | options
    none, whole, part = (derive(text, {"x": x}, **given) for x in (COLUMN[:0], COLUMN, COLUMN[FINITE]))
    for empty in (none.value, none.flags, none.at["x"], *none.derivatives.values()):
        assert empty.shape == (0,)
    for key, verdicts in none.verdicts.items():
        assert len(verdicts.kinds) == 0, key
    columns = [[result.value, *result.derivatives.values()] for result in (whole, part)]
    for found, wanted in zip(*columns, strict=True):
        assert np.array_equal(found[FINITE], wanted, equal_nan=True)
        assert np.isnan(found[~FINITE]).all()
    assert (whole.flags[~FINITE] == UNDEFINED).all()
    assert np.array_equal(whole.flags[FINITE], part.flags)
    for verdicts in whole.verdicts.values():
        kinds = [getattr(verdicts[point], "kind", None) for point in range(len(COLUMN))]
        assert [kind == "undefined" for kind in kinds] == (~FINITE).tolist()


class Square(torch.autograd.Function):
    """A function of which only code is known."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = ctx.saved_tensors[0]
        return 2 * x * grad_output


@pytest.mark.parametrize("text", ["SQ(x)", "if(x > 0, SQ(x), 1)", "if(x > 9, SQ(x), x)"])
def test_functions_of_the_users_own_take_columns(text: str) -> None:
    formula = parse(text, use={"SQ": Square})
    none, whole, part = (derive(formula, {"x": x}) for x in (COLUMN[:0], COLUMN, COLUMN[FINITE]))
    assert none.value.shape == none.derivatives["x"].shape == (0,)
    assert np.array_equal(whole.derivatives["x"][FINITE], part.derivatives["x"])
    assert np.isnan(whole.value[~FINITE]).all()


def test_every_shape_of_derivatives_has_none_at_no_points() -> None:
    none = np.zeros(0)
    at: dict[str, Any] = {"x": none, "y": [1, 2.0]}
    assert hessian("x*y^2", at).matrix.shape == (0, 2, 2)
    assert jacobian(["x*y", "x"], at).matrix.shape == (0, 2, 2)
    assert jacobian(["x*y", "x"], at).value.shape == (0, 2)
    gradient = derive("x*y", at).gradient
    assert gradient is not None
    assert gradient.shape == (0, 2)
    assert derive("x*y", {"x": none, "y": 3}, paired=True).value.shape == (0,)
    assert implicit("x^2+y^2=25", "y", {"x": none, "y": none}, order=2, check=True).derivatives["x,x"].shape == (0,)
    assert series("sin(x)", 3, {"x": none}, on=(0, 1), check=True).coefficients.shape == (0, 4)
    assert explain("x*sin(x)", {"x": none}, check=True).nodes[-1].value.shape == (0,)
    with pytest.raises(DerivError, match="x has 0, y has 2"):
        derive("x*y", at, paired=True)
    for nowhere in (none, COLUMN):
        with pytest.raises(DerivError, match="tried at finite points"):
            check_function(Square, "x**2", at={"x": nowhere})
    with pytest.raises(DerivError, match="a direction is one vector"):
        derive("x", "x=1", along={"x": none})


def test_a_series_about_no_number_has_none() -> None:
    whole, part = (series("sin(x)", 3, {"x": x}, on=(0, 1), check=True) for x in (COLUMN, COLUMN[FINITE]))
    assert np.array_equal(whole.coefficients[FINITE], part.coefficients)
    assert np.isnan(whole.coefficients[~FINITE]).all()
    assert (whole.flags[~FINITE] == UNDEFINED).all()
    assert whole.remainder is not None
    assert np.isfinite(whole.remainder[FINITE]).all()
    assert np.isnan(whole.remainder[~FINITE]).all()
    assert [(polynomial(whole, point) is None) for point in range(len(COLUMN))] == (~FINITE).tolist()
    for verdicts in whole.verdicts:
        assert [verdicts[point].kind == "undefined" for point in range(len(COLUMN))] == (~FINITE).tolist()  # type: ignore[union-attr]


def test_scripts_and_ledgers_take_columns() -> None:
    numbers = printed(script("x^2", {"x": COLUMN}))["f"]
    assert np.array_equal(np.asarray(numbers, dtype=float), COLUMN**2, equal_nan=True)
    assert run(script("x^2", {"x": np.zeros(0)})).splitlines() == ["x\tf\tf'"]
    result = explain("x/x", {"x": COLUMN}).result
    assert np.isnan(result.value[~FINITE]).all()
    assert (result.flags[~FINITE] == UNDEFINED).all()


EXACT: list[tuple[Any, Fraction]] = [
    (100.3, Fraction(100.3)), ("100.3", Fraction("100.3")), (Decimal("100.3"), Fraction("100.3")),
    (Fraction(1, 3), Fraction(1, 3)), (np.float32(0.1), Fraction(float(np.float32(0.1)))), (3, Fraction(3)),
    (2**53 + 1, Fraction(2**53 + 1)), ("1/7", Fraction(1, 7)), (sympy.Rational(2, 7), Fraction(2, 7)),
    (np.int64(7), Fraction(7)), (torch.tensor(0.5), Fraction(1, 2)),
]  # fmt: skip


@each("values", [EXACT, EXACT[::-1], [pair for one in EXACT for pair in (EXACT[0], one)]])
@each("is_array", [False, True])
def test_each_value_is_exact_as_it_was_given(values: list[tuple[Any, Fraction]], is_array: bool) -> None:
    """A float is the float64 that it is, and a text, a fraction or a decimal what it says, whatever stands beside."""
    items: Any = [item for item, _ in values]
    if is_array:
        items = np.empty(len(values), dtype=object)
        items[:] = [item for item, _ in values]
    points = points_from({"x": items})
    for place, (_, exact) in enumerate(values):
        tree = points.exact("x", place)
        assert points.at["x"][place] == float(exact)
        assert (Fraction(points.at["x"][place]) if tree is None else Fraction(str(tree.doit()))) == exact


def test_the_truth_is_that_of_each_value_as_it_was_given() -> None:
    values: list[float | str | Decimal] = [100.3, "100.3", Decimal("100.3"), 100.3]
    verdicts = derive("(x - 1003/10)*2^40", {"x": values}, check=True).value_verdicts
    assert verdicts is not None
    truths = [verdict.truth for verdict in map(verdicts.__getitem__, range(4)) if verdict is not None]
    off = float((Fraction(100.3) - Fraction("100.3")) * 2**40)
    assert truths == pytest.approx([off, 0, 0, off], rel=1e-15)
    assert off != 0


TAKEN: list[tuple[Any, list[float]]] = [
    (torch.tensor([1.0, 2.0], requires_grad=True), [1, 2]),
    (torch.nn.Parameter(torch.ones(2)), [1, 1]),
    (torch.tensor([1.0], dtype=torch.bfloat16), [1]),
    (torch.tensor([0.5], dtype=torch.float16), [0.5]),
    (torch.tensor([3, 4]), [3, 4]),
    (torch.zeros(0), []),
    (torch.tensor([0.0, 2.0]).to_sparse(), [0, 2]),
    (np.array([1, 2**60]), [1, 2**60]),
    (np.array([1, 2], dtype=np.uint8), [1, 2]),
    (np.array([1.5], dtype=">f8"), [1.5]),
    (np.array([1.0, 2, 3])[::-2], [3, 1]),
    (np.longdouble(1), [1]),
    (np.ma.array([1.0, 2.0]), [1, 2]),
    (np.array(["1/2", "0:1:3"]), [0.5, 0, 0.5, 1]),
    (np.array([1, "1/2", math.nan, Decimal("0.5")], dtype=object), [1, 0.5, math.nan, 0.5]),
    (memoryview(array.array("d", [1, 2])), [1, 2]),
    (array.array("i", [1, 2]), [1, 2]),
    (range(3), [0, 1, 2]),
    (sympy.pi, [math.pi]),
    ([sympy.Integer(2), np.float32(0.5), torch.tensor(3.0)], [2, 0.5, 3]),
    (pyarrow.array([1.0, 2.0]), [1, 2]),
    (pyarrow.chunked_array([[1], [2]]), [1, 2]),
    (pyarrow.array([Decimal("1.5")]), [1.5]),
]


@each(("item", "wanted"), TAKEN)
def test_arrays_of_every_kind_are_points(item: Any, wanted: list[float]) -> None:
    assert np.array_equal(derive("x", {"x": item}).at["x"], wanted, equal_nan=True)


def test_points_of_a_tensor_leave_it_alone() -> None:
    given = torch.tensor([1.0, 2.0], requires_grad=True)
    derive("x^2", {"x": given})
    assert given.grad is None


REFUSED: list[tuple[Any, str]] = [
    (np.array(["2020-01-01"], "M8[D]"), "times"), (np.array([1], "m8[s]"), "spans of time"),
    (np.datetime64("2020-01-01"), "times"), (np.timedelta64(1, "s"), "spans of time"), (date(2020, 1, 1), "date"),
    (timedelta(1), "timedelta"), (np.array([True]), "truth values"), (np.bool_(True), "truth values"), (True, "bool"),
    ([1.0, False], "bool"), (torch.tensor([True]), "truth values"), (1j, "complex"), ([1.0, 0j], "complex"),
    (np.array([0j]), "complex"), (np.complex128(1), "complex"), (torch.tensor([1j]), "complex"),
    (np.ma.array([1.0, 2.0], mask=[False, True]), "without a value"), (np.ma.masked, "without a value"),
    (pyarrow.array([1.0, None]), "without a value"), ([1.0, None], "None"), (np.array([1, None]), "None"),
    (np.array([2**53 + 1]), "no float64: 9007199254740993"), (np.array([2**64 - 1], np.uint64), "no float64"),
    (np.array([np.longdouble("0.1")]), "no float64"), (np.longdouble("1e4000"), "no float64"),
    (10**400, "no float64"), (-(10**5000), "no float64"), (Decimal("1e999999999"), "no float64"),
    (Decimal("1e-999999999"), "no float64"), (Fraction(1, 10**5000), "no float64"),
    (Fraction(10**5000 + 1, 10**5000), "too many digits"), (Decimal("nan"), "not finite"), (sympy.oo, "not finite"),
    (b"1", "bytes"), (bytearray(b"1"), "bytearray"), (np.array([b"1"]), "bytes"), ({1, 2}, "set"), ({"x": 1}, "dict"),
    (iter([1]), "list_iterator"), ((i for i in range(3)), "generator"), ([[1.0]], "list"), (object(), "object"),
    (np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "records"), (sympy.I, "ImaginaryUnit"),
    (torch.zeros(2, device="meta"), "cannot be read"), (torch.zeros(2, 2), "one dimension"), (float, "type"),
    ([np.ones(1)], "ndarray"), (range(10**30), "more values than"), ([math.nan], "in an array"),
]  # fmt: skip


@each(("item", "message"), REFUSED)
def test_what_is_no_number_is_refused_by_its_name(item: Any, message: str) -> None:
    with pytest.raises(DerivError, match=message) as refused:
        derive("x^2", {"x": item})
    assert "'x'" in refused.value.message
    assert refused.value.hint


class Unreadable:
    """An array that cannot be read."""

    def __array__(self, *args: object) -> Any:
        raise RuntimeError("no")


class NoFloat:
    """A number that cannot be had."""

    def __float__(self) -> float:
        raise RuntimeError("no")


def things() -> list[Any]:
    """Values of all types that a parameter may be given by mistake; iterators are new each time."""
    inside: list[Any] = [1]
    inside.append(inside)
    plain = [
        None, True, 0, 2, -1, 3.5, math.nan, 1j, 10**5000, Decimal("sNaN"), Fraction(1, 3), "", " ", "x", "x=1",
        "\x1b[31m", b"x", bytearray(b"x"), memoryview(b"x"), range(3), range(0), range(10**30), iter([1]),
        map(float, [1]), {1}, {"x"}, frozenset(), {}, {"x": 1}, {"x": None}, {1: 2}, {"": 1}, {"x y": 1}, {"x": {}},
        [], (), [None], [1j], [[]], [""], ["x", "x"], [1, "2"], inside, object(), object, print, Unreadable(),
        NoFloat(), [NoFloat()], deque([1]), Ellipsis, NotImplemented, slice(1), {"a": 1}.keys(), Path("x"), parse("x"),
        [parse("x")], np.zeros((0, 3)), np.str_("x"), np.bytes_(b"x"), torch.float64, sympy.Symbol("x"), sympy.true,
    ]  # fmt: skip
    foreign = [given for given, _ in (*REFUSED, *TAKEN) if not isinstance(given, sympy.Basic)]
    return [*plain, *foreign]


FUNCTIONS: dict[str, dict[str, Any]] = {
    "parse": {"text": "x"},
    "derive": {"expression": "x", "at": "x=1"},
    "jacobian": {"expressions": ["x"], "at": "x=1"},
    "hessian": {"expression": "x", "at": "x=1"},
    "implicit": {"equation": "x+y=1", "dependent": "y", "at": "x=0,y=1"},
    "series": {"expression": "x", "degree": 1, "at": "x=1"},
    "polynomial": {"result": series("x", 1, "x=1")},
    "explain": {"expression": "x", "at": "x=1"},
    "check_function": {"function": "no_such_file.py:F"},
    "check_functions": {"file": "no_such_file.py"},
    "script": {"expression": "x", "at": "x=1"},
    "steps": {"expression": "x"},
    "answer": {"expression": "x", "claim": "1"},
    "study": {"expression": "x", "on": "x=0:1"},
    "claim": {"expression": "x", "statement": "f > 0", "on": "x=0:1"},
    "solve": {"expression": "x", "equation": "f = 0", "on": "x=0:1"},
    "inverse": {"expression": "x", "value": "1/2", "on": "x=0:1"},
    "plot": {"expression": "x", "on": "x=0:1"},
    "gradient": {"expression": "x", "at": "x=1"},
    "differential": {"expression": "x", "at": "x=1"},
    "laplacian": {"expression": "x", "at": "x=1"},
    "divergence": {"field": ["x", "y"], "at": "x=1,y=1"},
    "curl": {"field": ["x", "y"], "at": "x=1,y=1"},
    "tangent": {"expression": "x", "at": "x=1"},
    "parametric": {"coordinates": ["t", "t"], "parameter": "t", "at": "t=1"},
    "polar": {"radius": "theta", "angle": "theta", "at": "theta=1"},
}


def test_every_public_function_is_among_them() -> None:
    assert {name for name in derivcli.__all__ if inspect.isfunction(getattr(derivcli, name))} == FUNCTIONS.keys()


PARAMETERS = [(name, each) for name in FUNCTIONS for each in inspect.signature(getattr(derivcli, name)).parameters]


@each(("name", "parameter"), PARAMETERS)
def test_a_wrong_argument_is_refused_in_a_sentence(name: str, parameter: str) -> None:
    call: Callable[..., object] = getattr(derivcli, name)
    refusals: list[str] = []
    for thing in things():
        nested: list[Any] = [thing, {"x": thing}] if parameter in ("let", "use") else [thing]
        for given in nested:
            try:
                call(**FUNCTIONS[name] | {parameter: given})
            except DerivError as error:  # any other exception fails, as does a warning
                refusals.append(error.message)
    assert len(refusals) > 20
    assert all(0 < len(message) < 200 and "\n" not in message for message in refusals)


NAMED: list[tuple[str, dict[str, Any], str]] = [
    ("derive", {"let": ["z"]}, "let is a mapping with names as keys, not list"),
    ("derive", {"let": {"z": None}}, "'z' in let is a text, a number or"),
    ("derive", {"order": 1.5}, "order is a whole number, not float"),
    ("derive", {"order": True}, "order is a whole number, not bool"),
    ("derive", {"order": 10**5000}, "order is a number of too many digits"),
    ("derive", {"dtype": 64}, "dtype is a text or a format of PyTorch or NumPy, not int"),
    ("derive", {"check": "yes"}, "check is True or False, not str"),
    ("derive", {"paired": 1}, "paired is True or False, not int"),
    ("derive", {"wrt": {"x", "y"}}, "wrt is a text or a list of names, not set"),
    ("derive", {"wrt": ["x", 1]}, "wrt is a text or a list of names, and one of these is int"),
    ("derive", {"mixed": 3}, "mixed is a text or a list of names, not int"),
    ("derive", {"along": {"x": np.array([np.nan])}}, "a direction has finite components"),
    ("derive", {"at": {3: 1}}, "'3' is no name of a variable"),
    ("series", {"on": 3}, "on is a pair of numbers or texts"),
    ("polynomial", {"point": 1}, "there is no point 1 among 1"),
    ("polynomial", {"result": 1}, "a polynomial is that of a SeriesResult"),
    ("jacobian", {"expressions": []}, "expressions is a list of formulas, and this is empty"),
    ("jacobian", {"expressions": "x^2"}, "expressions is a list of formulas, not a text"),
    ("parse", {"use": {1: 2}}, "use is a mapping with names as keys, not other keys"),
]


@each(("name", "wrong", "message"), NAMED)
def test_a_refusal_names_the_argument(name: str, wrong: Mapping[str, Any], message: str) -> None:
    with pytest.raises(DerivError) as refused:
        getattr(derivcli, name)(**FUNCTIONS[name] | {**wrong})
    assert refused.value.message.startswith(message)


def test_what_fits_is_taken() -> None:
    assert derive("x*z", "x=2", let={"z": Fraction(1, 3)}).derivatives["x"] == pytest.approx(1 / 3)
    call: Callable[..., Any] = derive
    assert call("x^3", "x=2", order=np.int64(2), check=np.bool_(True), wrt=iter(["x"])).derivatives["x,x"] == [12]
    assert parse("speed", declared={"speed"}).variables == ("speed",)
    assert parse("speed", declared="speed").variables == ("speed",)
