"""Scripts are run, and print the numbers of the calculator."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from derivcli import DerivError, derive, hessian, implicit, jacobian, script, series
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.result import Result
from tests.rows import Sample, batches, call_of, drawn_count, smooth
from tests.scripts import differences, is_near, printed
from tests.support import each

TOLERANCE = 1e-12
FEW = 2
"""Samples of a row, beside those written down for it."""

PLAIN = {
    "softsign": "PyTorch's derivative is a difference that cancels far out",
    "tanhshrink": "PyTorch subtracts, which cancels near 0",
    "i0e": "PyTorch's derivative is a difference that cancels far out",
    "erfcx": "PyTorch's derivative is a difference that cancels far out",
    "log_ndtr": "PyTorch's second derivative is a difference that cancels far out",
}
"""Rows spelled by a function of PyTorch that is right at ordinary points, the first ones, alone."""

every_row = each("row", FUNCTIONS)


def ordinary(row: Function, group: list[Sample], most: int) -> list[Sample]:
    """The samples that a script of the row is run at."""
    return group[: most + 1] if row.name in PLAIN else [*group[:most], *group[drawn_count(row) :]]


def failures(row: Function, order: int, most: int) -> list[str]:
    """What the scripts of a row print that is not what the calculator says."""
    found = []
    for written, group in batches(row, call_of(row)):
        columns = list(zip(*ordinary(row, group, most), strict=True))
        at = {row.parameters[index]: list(columns[index]) for index in smooth(row)}
        got = printed(script(written, at, list(at), paired=True, order=order))
        result = derive(written, at, list(at), paired=True, order=order, engine="reverse", check=False)
        found += wrong(got, result)
    return found


def wrong(got: Mapping[str, Sequence[float]], result: Result, tolerance: float = TOLERANCE) -> list[str]:
    """The columns, of those printed, whose numbers are not the result's."""
    wanted = [result.value, *result.derivatives.values()]
    labels = list(got)[-len(wanted) :]
    pairs = zip(labels, wanted, strict=True)
    bad = {label: differences(got[label], numbers.tolist(), tolerance) for label, numbers in pairs}
    return [f"{result.expression.text}, {label}: {pair}" for label, found in bad.items() for pair in found]


@every_row
def test_every_function(row: Function) -> None:
    assert failures(row, 1, FEW) == []


SLOW = [row for row in FUNCTIONS if row.derivatives_of]
"""Rows whose numbers are integrals or differences in many digits, all by the same class of scripts."""


@each("row", [row for row in FUNCTIONS if row not in SLOW[1:]])
def test_second_derivatives(row: Function) -> None:
    assert failures(row, 2, 1) == []


@pytest.mark.sweep
@every_row
def test_second_derivatives_of_every_function(row: Function) -> None:
    assert failures(row, 2, 1) == []


def test_every_primitive_is_spelled() -> None:
    assert {row.name for row in FUNCTIONS if row.primitive and not (row.torch or row.scipy)} == {"pow"}  # a sign


PLANTED = [(row, column) for row in FUNCTIONS for column in ("torch", "scipy") if getattr(row, column)]


@pytest.fixture
def spelling(request: pytest.FixtureRequest) -> Iterator[tuple[Function, str]]:
    """A row, one of whose spellings is wrong by 0.05 %, and the column of that."""
    row, column = request.param
    right = getattr(row, column)
    called = right if "#" in right or column == "scipy" else f"{right}({places(row)})"
    object.__setattr__(row, column, f"{called}*1.0005")
    yield row, column
    object.__setattr__(row, column, right)


def places(row: Function) -> str:
    return ", ".join(f"#{place}" for place in range(1, len(row.parameters) + 1))


@pytest.mark.parametrize("spelling", PLANTED, ids=[row.name for row, _ in PLANTED], indirect=True)
def test_a_wrong_spelling_is_caught(spelling: tuple[Function, str]) -> None:
    row, column = spelling
    if row.torch_number:
        text = f"{row.name}(x, 2)"
        assert wrong(printed(script(text, "x=-1,2")), derive(text, "x=-1,2", check=False))
    else:
        assert failures(row, 2 if row.torch and column == "scipy" else 1, 1)


KINKS = [
    "abs(x)", "relu(x)", "relu(x)-relu(-x)", "leaky_relu(x)", "elu(x)", "selu(x)", "celu(x, 2)", "relu6(x+6)",
    "hardtanh(x+1)", "clamp(x, -1, 0)", "max(x, x^2)", "max(x, 0, -x)", "sqrt(x)", "sqrt(x^2)", "x*sqrt(x)", "cbrt(x)",
    "root(x, 3)", "sign(x)", "floor(x)", "heaviside(x)", "mod(x, 1)", "if(x > 0, x, -x)", "if(x > 0, sqrt(x), 0)",
    "if(x > 0, log(x), x)", "if(x != 0, sin(x)/x, 1)", "if(x < 1, x, exp(1000*x))", "hypot(x, 0)", "x^0", "x^x", "0^x",
    "softshrink(x, 0)", "hardshrink(x+1/2)", "threshold(x, 0, 1)", "sinc(x)", "log(x)", "1/x", "atan2(x, -1)",
]  # fmt: skip


@each("text", KINKS)
def test_kinks(text: str) -> None:
    at = {"x": [0.0, 1.0, 2.5, -1.0]}
    assert wrong(printed(script(text, at)), derive(text, at, check=False)) == []


SHAPES: list[tuple[Any, ...]] = [
    ("6*x**2+2*x+4", "x=3", {}),
    ("x*sin(x)", "x=0:1:11,pi/2,1/3,-2", {}),
    ("u**3+v**2+4*u*v", "u=3,v=4", {}),
    ("u**3+v**2+4*u*v", "u=3,v=4", {"wrt": "v"}),
    ("u**3+v**2+4*u*v", "u=3,v=4", {"wrt": "v,u"}),
    ("u**2", "u=3,v=4", {"wrt": "u,v"}),
    ("u**2", "u=3,v=4", {"wrt": "v"}),
    ("sin(a)*x", "a=1,2,3,x=4,5", {}),
    ("sin(a)*x", "a=1,2,3,x=4", {}),
    ("sin(a)*x", "a=1,2,3,x=4", {"wrt": "a"}),
    ("sin(a)*x + b", "a=1,2,x=4,5,b=6", {"wrt": "b,x"}),
    ("max(a, 2)*x", "a=3,x=4,5", {"wrt": "x"}),
    ("sin(a)*x", {"a": [1, 2, 3], "x": [4, 5, 6]}, {"paired": True}),
    ("sin(a)*x", {"a": [1, 2, 3], "x": 4}, {"paired": True}),
    ("sin(a)", {"a": [1, 2, 3], "x": 4}, {"wrt": "x"}),
    ("5", "x=1,2", {}),
    ("5", "x=1", {"order": 3}),
    ("3*x+1", "x=1,2", {"order": 2}),
    ("x**2+abs(x)", "x=1,-2", {"order": 2}),
    ("sin(x)*exp(x)", "x=1", {"order": 3}),
    ("sin(x)*exp(x)", "x=1,2", {"order": 5}),
    ("x**5", "x=2", {"order": 6}),
    ("x**5*y+y**2", "x=2,y=3", {"order": 4}),
    ("u**3*v**2", "u=3,v=4", {"mixed": "u,u,v"}),
    ("u+v", "u=3,v=4", {"mixed": ["u,v", "v,v", "u"]}),
    ("sin(u)+v", "u=3,v=4,5", {"mixed": "u,v"}),
    ("exp(u*v)", "u=1,v=1/2", {"mixed": ["u,v,u,v", "u"]}),
    ("u*v+u**2", "u=3,v=4", {"along": "u=1,v=2"}),
    ("u*v+u**2", "u=3,4,v=4", {"along": "u=-1/3,v=-2.5"}),
    ("u*v+u**2", "u=3,v=4", {"along": "u=1", "order": 3}),
    ("u*v", {"u": 3, "v": 4}, {"along": {"u": 0.5, "v": -1}}),
    ("sin(u)*v*w", "u=3,v=4,w=5", {"along": "u=1,v=pi", "order": 4}),
    ("x*z+w", "x=2,3", {"let": {"z": "x**2", "unused": "1", "w": "2/3"}}),
    ("if(x > 0, z, -z)", "x=2,-3", {"let": {"z": "log(x)+x"}}),
    ("1.5e300*x/1e300 + 2**70*x + (0.1+0.2-0.3)*x + 12345678901234567890*x", "x=1.25", {}),
    ("sqrt(2)*x + sin(2)**2*x + e**2*x + x**(1/3) + gamma(1/2)", "x=2", {}),
    ("besselj(0, 2)*x + atan2(1, 2) + max(1, 2)*x + digamma(3) + elu(-1, 2)*x", "x=2", {}),
    ("x^-2 + 2^-x - -x + (-2)^2*x + (x-1)*-3 + x/2/3*4 - (x - (1 - x)) + (x^2)^3 + 2^x^2", "x=1.5", {}),
    ("Piecewise((log(x), x > 1), (sqrt(x), x > 0 and x <= 1), (x^2, not (x >= -1) or x == 5))", "x=2,0.5,-2", {}),
    ("if(2 > 1, x, y) + if(1 > 2, log(x), x)", "x=2,y=3", {"wrt": "x"}),
    ("if(a > 2, x, log(x)) + sin(a) + x^a + if(a*x > 3, sqrt(x), 2)", "x=1,2", {"let": {"a": "5/2"}}),
    ("t*x", "t=2,x=3", {"along": "t=1,x=2"}),
    ("if(2 > 1, x/(1.5+z^2), y+2)^-1", "x=1,2,y=3", {"let": {"z": "-1"}}),
    ("gelu((if(z*pi < 0, x*y, 8)^2)^(1/2))", "x=1,2,y=3", {"let": {"z": "log(2)"}}),
    ("(x+relu(x))/(1.5+(sqrt(z)-1/2)^2) + (w-z)^(1/2)*x", "x=1,2", {"let": {"z": "cos(4)", "w": "1/9"}}),
    ("if(0.25 > 0, 0.25, sin(x))*2", "x=1,2", {"order": 2}),
    ("if(x < y, sqrt(y-x), if(x > 2*y, log(x-2*y), y))", "x=1,2,5,y=2", {}),
    ("gelu(gelu(sin(x)*y)) + silu(sin(x)) + softplus(800*x) + mish(x^2)", "x=0.5,y=2", {}),
    ("sin(" * 60 + "x" + ")" * 60, "x=1", {}),
    ("+".join(f"sin({i}x)*cos({i}y)/{i}" for i in range(1, 40)), "x=2,y=pi/3", {}),
]  # fmt: skip


@each(("text", "at", "options"), SHAPES)
def test_shapes(text: str, at: Any, options: dict[str, Any]) -> None:
    result = derive(text, at, **options, check=False)
    assert wrong(printed(script(text, at, **options)), result, 1e-11) == []


@pytest.mark.parametrize("at", ["x=1,y=2", "x=1,2,y=3,4,5"])
def test_jacobian(at: str) -> None:
    functions = ["x**2*y", "sin(z)", "x", "7"]
    result = jacobian(functions, at, let={"z": "x*y"}, check=False)
    got = list(printed(script(functions, at, let={"z": "x*y"})).values())[-12:]
    want = [numbers for one in result.results for numbers in (one.value, *one.derivatives.values())]
    assert all(differences(one, other.tolist(), TOLERANCE) == [] for one, other in zip(got, want, strict=True))


@each("at", ["u=1,v=2", "u=1,2,v=3,4,5"])
@each("text", ["u**3*v+sin(u*v)", "u**2+v", "relu(u)*v"])
def test_hessian(text: str, at: str) -> None:
    assert wrong(printed(script(text, at, hessian=True)), hessian(text, at, check=False)) == []


@each(
    ("text", "at", "options"),
    [
        ("x**2+y**2=25", "x=3,y=4", {}),
        ("x**2+y**2=25", "x=3,4,y=4", {"order": 3}),
        ("x+2*y-3", "x=1,y=1", {"order": 2}),
        ("y=1+sin(x)", "x=1,y=2", {}),
        ("y**3+y=x*z", "x=1,y=1,z=2", {"mixed": ["x,z", "z,z"]}),
        ("y**3+y=x*z", "x=1,y=1,z=2", {"wrt": "z"}),
        ("y**2=x", "x=1,y=1,z=2", {"wrt": "x,z"}),
    ],
)
def test_implicit(text: str, at: str, options: dict[str, Any]) -> None:
    result = implicit(text, "y", at, **options, check=False)
    got = list(printed(script(text, at, dependent="y", **options)).values())
    want = list(result.derivatives.values())
    pairs = zip(got[-len(want) :], want, strict=True)
    assert all(differences(one, other.tolist(), 1e-11) == [] for one, other in pairs)


@each(("text", "at"), [("exp(x)*x", "x=1"), ("sin(x)", "x=0,1,2"), ("n**2", "n=1"), ("3", "x=1,2")])
@each("degree", [0, 1, 6])
def test_series(text: str, at: str, degree: int) -> None:
    want = series(text, degree, at, check=False).coefficients
    got = list(printed(script(text, at, series=degree)).values())[-degree - 1 :]
    assert np.allclose(np.array(got).T, want, rtol=1e-11, atol=1e-15)


def test_float32() -> None:
    text, at = "sin(x)*y+besselj(1, x)+max(y, 1/3)+gamma(x)", {"x": [0.1, 1.5], "y": [2.0, 1 / 3]}
    result = derive(text, at, paired=True, dtype="float32", check=False)
    got = printed(script(text, at, paired=True, dtype="float32"))
    assert wrong(got, result, 1e-5) == []
    assert all(number == float(np.float32(number)) for column in got.values() for number in column)


@each(
    "values", ["0:1:11", "-0.3:0.3:7", "-3:3:100", "1:0:8", "0:pi:5", "-pi/2:2*pi:7", "1e-20:1e20:9", "2:2.5:6,pi,1/3"]
)
def test_points_are_the_calculator_s_to_the_last_bit(values: str) -> None:
    assert printed(script("x", f"x={values}"))["x"] == derive("x", f"x={values}", check=False).at["x"].tolist()


TYPED = ["0.1+0.2", "1/49*49", "sqrt(2)/3", "-pi/3", "2^0.5", "1e300*1e-300", "sin(1)^2", "erf(1)", "gelu(1)", "1e22"]


@each("value", TYPED)
def test_a_typed_point_is_the_calculator_s(value: str) -> None:
    got, want = printed(script("x", f"x={value}"))["f"][0], derive("x", f"x={value}", check=False).at["x"].item()
    assert is_near(got, want, 1e-15)


UNARY = "sin cos exp tanh sigmoid relu abs gelu softplus erf atan sqrt log cbrt".split()


def formula(draw: random.Random, depth: int) -> str:
    """A formula in x and y, now and then with a let or a branch."""
    kind = draw.randrange(9) if depth else 8
    parts = [formula(draw, depth - 1) for _ in range(3)] if kind < 8 else []
    match kind:
        case 0 | 1:
            return f"({parts[0]} {draw.choice('+-')} {parts[1]})"
        case 2:
            return f"{parts[0]}*{parts[1]}"
        case 3:
            return f"({parts[0]})/(1.5+({parts[1]})^2)"
        case 4:
            return f"({parts[0]})^{draw.choice(['2', '3', '-1', '(1/2)'])}"
        case 5 | 6:
            return f"{draw.choice(UNARY)}({parts[0]})"
        case 7:
            return f"if({parts[0]} {draw.choice('<>')} {draw.choice(['0', 'y'])}, {parts[1]}, {parts[2]})"
    return draw.choice(["x", "y", "z", "x", "2", "1/3", "0.25", "pi"])


@each("seed", range(100))
def test_random_formulas(seed: int) -> None:
    draw = random.Random(seed)
    text, let = formula(draw, 3), {"z": formula(draw, 1).replace("z", "x")}
    at = {"x": [draw.uniform(-2, 2) for _ in range(3)], "y": [draw.uniform(-2, 2) for _ in range(3)]}
    options: dict[str, Any] = {"let": let, "wrt": "x,y", "paired": True, "order": draw.choice([1, 1, 2])}
    try:
        result = derive(text, at, **options, check=False)
    except DerivError:  # a constant that is no number
        return
    got = printed(script(text, at, **options))
    size = [np.nan_to_num(numbers, posinf=0, neginf=0) for numbers in (result.value, *result.derivatives.values())]
    for (label, column), want in zip(list(got.items())[2:], [result.value, *result.derivatives.values()], strict=True):
        for place, (one, other) in enumerate(zip(column, want.tolist(), strict=True)):
            noise = 1e-12 * max(abs(numbers[place]) for numbers in size)
            assert is_near(one, other, 1e-10) or abs(one - other) <= noise, (text, let, label, one, other)
