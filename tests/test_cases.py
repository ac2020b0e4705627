"""Known answers: small ones by hand, then tables whose numbers come from other systems and exact mathematics."""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import mpmath
import numpy as np
import pytest

from derivcli import FLAGS, DerivError, derive, parse

CASES = Path(__file__).parents[2] / "shared" / "cases"
UNDEFINED = 1 << FLAGS.index("undefined")

BY_HAND = [
    ("3x²", "x=3", {"x": 18}),
    ("6x^2+2x+4", "x=3", {"x": 38}),
    ("6*x**2+2*x+4", "x=3", {"x": 38}),
    ("x²", "x=2", {"x": 4}),
    ("x^2+2x+1", "x=2", {"x": 6}),
    ("2x³+x", "x=1", {"x": 7}),
    ("u³+v²+4uv", "u=3,v=4", {"u": 43, "v": 20}),
    ("uv+u²", "u=1,v=2", {"u": 4, "v": 1}),
    ("uv+(uv)²", "u=2,v=1", {"u": 5, "v": 10}),
    ("x y z", "x=2,y=3,z=5", {"x": 15, "y": 10, "z": 6}),
    ("|x|", "x=-3", {"x": -1}),
    ("x//2 + x", "x=3", {"x": 1}),
    ("if(x > 0, x^2, -x)", "x=-3", {"x": -1}),
    ("Piecewise((0, x < 0), (x^3, x < 2), (8, True))", "x=1", {"x": 3}),
    ("Max(0, x)", "x=3", {"x": 1}),
    ("Max(0, x)", "x=-3", {"x": 0}),
    ("7", "x=2", {"x": 0}),
]


@pytest.mark.parametrize(("text", "at", "wanted"), BY_HAND)
def test_answers_by_hand(text: str, at: str, wanted: dict[str, float]) -> None:
    result = derive(text, at)
    assert {name: column.tolist() for name, column in result.derivatives.items()} == {
        name: [value] for name, value in wanted.items()
    }


@pytest.mark.parametrize(("text", "at", "value"), [("uv+u²", "u=1,v=2", 3), ("6x²+2x+4", "x=3", 64), ("7", "x=2", 7)])
def test_values_by_hand(text: str, at: str, value: float) -> None:
    assert derive(text, at).value.tolist() == [value]


def test_a_parabola_over_a_range() -> None:
    result = derive("x^2", "x=-10:10:10")
    assert result.at["x"] == pytest.approx(np.linspace(-10, 10, 10), rel=1e-15)
    assert np.array_equal(result.derivatives["x"], 2 * result.at["x"])


def test_relu_over_a_range() -> None:
    result = derive("relu(x)", "x=-3:3:100")
    assert result.derivatives["x"].tolist() == [0.0] * 50 + [1.0] * 50
    assert not result.flags.any()


CONSTANTS = [
    ("sqrt(2)*x", 0.3, math.sqrt(2)),
    ("pi*sin(x)", 0.0, math.pi),
    ("pi*x", 0.3, math.pi),
    ("tau x", 0.3, math.tau),
    ("e x", 0.3, math.e),
    ("x*exp(2)", 0.3, math.exp(2)),
    ("0.1x", 0.3, 0.1),
    ("x/3", 0.3, 1 / 3),
    ("2/3 x", 0.3, 2 / 3),
    ("sin(1)*x", 0.3, math.sin(1)),
    ("gamma(1/2)*x", 0.3, math.gamma(0.5)),
]


@pytest.mark.parametrize(("text", "at", "slope"), CONSTANTS)
def test_constants_are_float64_to_the_last_digit(text: str, at: float, slope: float) -> None:
    assert derive(text, {"x": at}).derivatives["x"].tolist() == [slope]


SMOOTH = [
    ("pi*sin(x)", 0.75, mpmath.pi * mpmath.cos(0.75)),
    ("log(x, 10)", 2.0, 1 / (2 * mpmath.log(10))),
    ("sec(x)", 0.75, mpmath.sec(0.75) * mpmath.tan(0.75)),
    ("gamma(x)", 3.5, mpmath.gamma(3.5) * mpmath.digamma(3.5)),
    ("erfc(x)", 1.5, -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-2.25)),
    ("x^x", 1.5, mpmath.mpf(1.5) ** 1.5 * (1 + mpmath.log(1.5))),
    ("2^sin x", 1.5, mpmath.log(2) * 2 ** mpmath.sin(1.5) * mpmath.cos(1.5)),
]


@pytest.mark.parametrize(("text", "at", "slope"), SMOOTH)
def test_derivatives_of_functions(text: str, at: float, slope: mpmath.mpf) -> None:
    assert derive(text, {"x": at}).derivatives["x"][0] == pytest.approx(float(slope), rel=4e-16)


@pytest.mark.parametrize(
    "text",
    [
        "u^3 + v^2 + 4uv",
        "sin(u v)/(1 + u^2)",
        "exp(-u^2/2) log(v)",
        "atan2(u, v) + hypot(u, v)",
        "if(u > v, u^2 v, v^2 u)",
        "max(u, v, u v)^2",
        "sigmoid(u) softplus(v)",
        "abs(gelu(u) - v)",
        "abs(u^v - cbrt(u v))",
        "if(2 > 1, u v, u)",
        "if(1 == 1, u v, u)",
        "if(1 != 1, u, u v)",
        "if(if(u < v, u, v) < 2, u v, u)",
        "if(u < v and 1 > 0, u v, u)",
        "max(u v, u, v) min(u, gelu(1), v)",
    ],
)
def test_the_formula_agrees_with_the_number(text: str) -> None:
    at = {"u": 0.75, "v": 1.25}
    numbers = derive(text, at, ["u", "v"]).derivatives
    for name, formula in derive(text, wrt=["u", "v"]).derivatives.items():
        assert derive(formula.text, at, ["u", "v"]).value[0] == pytest.approx(numbers[name][0], rel=1e-13), formula.text


@pytest.mark.parametrize("text", ["(-2)^x", "x/(x-x)", "0^x", "max(x)", "log(x)^(x-x)", "x^csc(pi)", "abs(relu(x))"])
def test_a_formula_stays_in_the_language(text: str) -> None:
    try:
        formula = derive(text).derivatives["x"].text
    except DerivError as refusal:
        formula = refusal.hint
    else:
        assert set(parse(formula).variables) <= {"x"}
    assert formula


def rows(name: str) -> list[dict[str, str]]:
    if not (CASES / name).exists():
        pytest.skip(f"{CASES / name} is absent")
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["order"] == "1"]


def error_of(row: dict[str, str]) -> float | str:
    """The relative error of the derivative; why there is none, where there is none."""
    try:
        result = derive(row["expr"], dict(part.split("=") for part in row["at"].split(";")), [row["wrt"]])
    except DerivError as refusal:
        return refusal.message
    got, wanted = result.derivatives[row["wrt"]][0], float(row["expected"])
    return "undefined" if result.flags[0] & UNDEFINED else abs(got - wanted) / abs(wanted)


WITHOUT = {"2*atanh(exp(x/2)/sqrt(-1+exp(x)))": "undefined"}
"""The case in which the formula is not real at the point."""


def test_answers_of_other_systems() -> None:
    errors = {row["expr"]: error_of(row) for row in rows("peers.csv")}
    assert len(errors) == 27
    assert {text: error for text, error in errors.items() if isinstance(error, str)} == WITHOUT
    assert {text: error for text, error in errors.items() if not isinstance(error, str) and error > 1e-12} == {}


def test_antiderivatives() -> None:
    """At 15 of 1,540 rows the formula is not real, and 3 cancel nearly all their digits."""
    errors = [error_of(row) for row in rows("antiderivatives.csv")]
    assert len(errors) == 1540
    assert Counter(error for error in errors if isinstance(error, str)) == {"undefined": 15}
    numbers = [error for error in errors if not isinstance(error, str)]
    assert sum(error <= 1e-9 for error in numbers) == len(numbers) - 3
    assert sum(error <= 1e-12 for error in numbers) >= len(numbers) - 15


@pytest.mark.parametrize(
    "text", ["if(1==1,x,2)^2", "sqrt(if(x/x==1,x,2))", "1/if(3>2,x,1)", "if(if(x<1,x,2)<2,x,x^2)^2"]
)
def test_a_choice_inside_a_power_keeps_its_conditions(text: str) -> None:
    formula = derive(text).derivatives["x"].text
    assert derive(formula, at="x=0.7").value[0] == pytest.approx(
        derive(text, at="x=0.7").derivatives["x"][0], rel=1e-14
    )


def test_switched_off_gradients_do_not_matter() -> None:
    import torch

    with torch.no_grad():
        assert derive("x^2", at="x=3").derivatives["x"].tolist() == [6]
    with torch.inference_mode():
        assert derive("x^2", at="x=3").derivatives["x"].tolist() == [6]


@pytest.mark.parametrize("text", ["(x/3)^(10^7)", "(10x)^400", "0^x", "(-2)^x"])
def test_a_formula_that_cannot_be_written_is_refused(text: str) -> None:
    with pytest.raises(DerivError, match="formula"):
        derive(text)
