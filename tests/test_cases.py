"""Known answers: small ones by hand, then tables whose numbers come from other systems and exact mathematics."""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from flint import fmpq

from derivcli import DerivError, derive, parse
from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines import symbolic
from derivcli.engines.balls.errors import TouchError
from derivcli.engines.balls.evaluation import coordinate, evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record

CASES = Path(__file__).parents[2] / "shared" / "cases"

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


Case = dict[str, str]


def cases(name: str, orders: range = range(1, 4)) -> list[Case]:
    if not (CASES / name).exists():
        pytest.skip(f"{CASES / name} is absent")
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if int(row["order"]) in orders]


def judged(row: Case, engine: str = "") -> tuple[float, Verdict]:
    """The derivative that a case asks for, and its verdict."""
    at, order = dict(part.split("=") for part in row["at"].split(";")), int(row["order"])
    result = derive(row["expr"], at, [row["wrt"]], order=order, engine=engine, check=True)
    key = ",".join([row["wrt"]] * order)
    verdict = result.verdicts[key][0]
    assert verdict is not None
    return float(result.derivatives[key][0]), verdict


def is_near(number: float | None, wanted: float, tolerance: float) -> bool:
    return number is not None and (number == wanted or abs(number - wanted) <= tolerance * abs(wanted))


def complaint(row: Case, number: float, verdict: Verdict) -> str:
    """What is not true of a number and its verdict, where something is not."""
    wanted = float(row["expected"])
    right = is_near(number, wanted, 1e-12)
    if KINDS[verdict.kind].is_right:
        fine = right and is_near(verdict.truth, wanted, 1e-14)
    elif verdict.kind == "lossy":
        fine = is_near(verdict.truth, wanted, 1e-14) and not is_near(number, wanted, 1e-13)
    else:
        fine = verdict.kind == "undefined" and not is_real(row)
    return "" if fine else f"{row['expr']} at {row['at']}: {number}, {verdict}, and it is {wanted}"


def is_real(row: Case) -> bool:
    """Whether SymPy, which computes with complex numbers, finds every part of the formula real at the point."""
    at = {
        sympy.Symbol(name): sympy.Rational(value) for name, _, value in (p.partition("=") for p in row["at"].split(";"))
    }
    names = {str(name): name for name in at}
    formula = sympy.sympify(row["expr"], locals=names, evaluate=False)  # the case's own text, which is no user's
    parts = [complex(part.subs(at).evalf(30)) for part in sympy.preorder_traversal(formula) if part.free_symbols]
    return all(abs(part.imag) < 1e-20 * abs(part) for part in parts)


def judge_all(
    name: str, orders: range, capsys: pytest.CaptureFixture[str], engine: str = "", every: int = 1
) -> Counter[str]:
    """How many numbers of each kind a table of cases comes to, all of them true; it is printed."""
    found: Counter[str] = Counter()
    complaints = []
    for row in cases(name, orders)[::every]:
        number, verdict = judged(row, engine)
        found[verdict.kind] += 1
        complaints.append(complaint(row, number, verdict))
    with capsys.disabled():
        print(f"\n{name}: {', '.join(f'{count:,} {kind}' for kind, count in found.most_common())}")
    assert [each for each in complaints if each] == []
    return found


def test_answers_of_other_systems(capsys: pytest.CaptureFixture[str]) -> None:
    """At one of 36 rows the formula is not real."""
    assert judge_all("peers.csv", range(1, 3), capsys) == {"proved": 35, "undefined": 1}


def test_answers_of_other_systems_of_higher_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(judge_all("peers.csv", range(3, 11), capsys)) == {"proved"}


def test_answers_of_other_systems_by_taylor_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge_all("peers.csv", range(1, 11), capsys, "taylor") == {"proved": 39, "undefined": 1}


def test_half_of_the_antiderivatives(capsys: pytest.CaptureFixture[str]) -> None:
    found = judge_all("antiderivatives.csv", range(1, 2), capsys, every=2)
    assert found.total() == 770
    assert found.keys() == {"proved", "lossy", "undefined"}
    assert found["proved"] >= 755
    assert found["undefined"] == 4


@pytest.mark.sweep
@pytest.mark.parametrize("engine", ["reverse", "taylor"])
def test_antiderivatives(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """At 15 of 1,540 rows the formula is not real, and some cancel digits; nothing is wrong and nothing unchecked."""
    found = judge_all("antiderivatives.csv", range(1, 2), capsys, engine)
    assert found.total() == 1540
    assert found.keys() == {"proved", "lossy", "undefined"}
    assert found["proved"] >= 1510
    assert found["undefined"] == 15


def test_antiderivatives_by_taylor_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    """At each fifth row; the sweep looks at all of them."""
    found = judge_all("antiderivatives.csv", range(1, 2), capsys, "taylor", every=5)
    assert found.total() == 308
    assert found.keys() == {"proved", "lossy", "undefined"}
    assert found["proved"] >= 301


EDGES = {
    "undefined [-1,1]": ("corner", (-1, 1)),
    "undefined [0,1]": ("corner", (0, 1)),
    "undefined [-6,6]": ("corner", (-6, 6)),
    "undefined": ("jump", None),
    "inf": ("edge", (None, math.inf)),
}
"""The kind and the one-sided derivatives where edge.csv has no number."""


@pytest.mark.parametrize("engine", ["reverse", "taylor"])
def test_edge_cases(engine: str) -> None:
    for row in cases("edge.csv"):
        number, verdict = judged(row, engine)
        expected = row["expected"].partition(" (")[0]
        if expected in EDGES:
            kind, sides = EDGES[expected]
            assert verdict.kind == kind, row
            assert sides is None or (verdict.left, verdict.right) == sides, row
        else:
            wanted = float(expected)
            assert verdict.truth == pytest.approx(wanted, abs=1e-300), row
            assert number == wanted or verdict.kind in ("edge", "hole", "lossy"), row
        if "Piecewise" in row["expr"]:
            assert number == float(expected), "nothing leaks from a branch not taken"


PARTS = [*range(3), *(pytest.param(part, marks=pytest.mark.sweep) for part in range(3, 10))]


@pytest.mark.parametrize("part", PARTS)
def test_symbolic_derivatives_in_balls_agree_with_the_series(part: int) -> None:
    """Two truths: SymPy's derivative of the formula, enclosed, and the series of the formula itself."""
    chosen = cases("antiderivatives.csv")[part * 3 :: 60]
    compared = 0
    for row in chosen:
        expression = parse(row["expr"])
        at = {
            name: coordinate(sympy.Rational(value))
            for name, _, value in (p.partition("=") for p in row["at"].split(";"))
        }
        try:
            formula = symbolic.differentiate(expression, [(row["wrt"],)]).derivatives[row["wrt"]]
            along = {row["wrt"]: (fmpq(1),)}
            enclosed = evaluate(Run(record(formula.expanded, formula.variables), precision=500), at)[0]
            series = evaluate(Run(record(expression.expanded, expression.variables), along, 1, 500), at)[1]
        except (DerivError, TouchError):
            continue
        assert enclosed.overlaps(series), row["expr"]
        compared += 1
    assert compared >= len(chosen) * 0.9


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
