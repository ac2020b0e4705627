"""Exact values: judged by mpmath, which knows nothing of ours, and refused where they are not the truth."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Mapping
from random import Random

import mpmath
import pytest
import sympy

import derivcli
from derivcli import Expression, derive, parse
from derivcli.check.exact_equality import is_exactly
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import record
from derivcli.explain import exact_values
from derivcli.language.tree import Tree
from derivcli.simplify import exact_value
from tests.support import each, sample

DIGITS = 50

FUNCTIONS = {name: getattr(mpmath, name) for name in "sqrt exp log sin cos tan atan sinh cosh tanh asinh erf".split()}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit of time, however much else the machine does."""
    for name in ("TOTAL", "UNASKED", "FORMULA", "PROOF"):
        monkeypatch.setattr(exact_values, f"{name}_SECONDS", 60.0)
    monkeypatch.setattr(exact_values, "VALUE_SECONDS", {True: 60.0, False: 60.0})


def number(text: str, at: Mapping[str, mpmath.mpf]) -> mpmath.mpf:
    """A formula of ours by mpmath, with its numbers exact."""
    exact = re.sub(r"(?<![\w.])\d+", r"mpf(\g<0>)", text)
    return eval(exact, {**FUNCTIONS, **at, "mpf": mpmath.mpf, "pi": mpmath.pi, "e": mpmath.e})


def drawn(draw: Random) -> tuple[str, str]:
    """A formula in x and an exact point at which it is smooth."""
    outer = draw.choice(["sqrt({})", "exp({})", "log({})", "sin({})", "cos({})", "atan({})", "({})**2", "1/({})", "{}"])
    inner = draw.choice(
        ["x", "x + 1", "x**2 + 1", "3*x", "2 + sin(x)", "sqrt(x) + 1", "exp(x)", "x*exp(-x)", "1 + log(x)**2", "x**x"]
    )
    last = draw.choice(["", " + x", "*x", " - cos(x)", "*sqrt(x)", " + 1/x"])
    point = draw.choice(["1/3", "2", "pi/4", "pi/3", "pi/6", "log(2)", "e", "sqrt(2)", "2/5", "1", "9/4"])
    return outer.format(inner) + last, point


@pytest.mark.sampled
def test_drawn_formulas_have_the_values_that_mpmath_has() -> None:
    draw, known, count = Random(18), 0, sample(15, 400)
    with mpmath.workdps(DIGITS):
        for _ in range(count):
            text, point = drawn(draw)
            at = number(point, {})
            result = derive(text, {"x": point}, exact=True, check=False)
            slope = mpmath.diff(lambda x, text=text: number(text, {"x": x}), at)
            for (exact,), truth in ((result.exact_value, number(text, {"x": at})), (result.exact["x"], slope)):
                if exact is not None:
                    known += 1
                    assert mpmath.almosteq(number(exact.text, {}), truth, rel_eps=1e-35), (text, point, exact.text)
    assert known > 1.95 * count


KNOWN = [
    ("sin(x)", "x=pi/4", "sqrt(2)/2", "sqrt(2)/2"),
    ("6x^2 + 2x + 4", "x=1/3", "16/3", "6"),
    ("x^2", "x=1.2", "36/25", "12/5"),
    ("tan x", "x=pi/12", "2 - sqrt(3)", "8 - 4*sqrt(3)"),
    ("atan(x)", "x=1/sqrt(3)", "pi/6", "3/4"),
    ("sqrt(3 + 2*sqrt(x))", "x=2", "1 + sqrt(2)", "(2 - sqrt(2))/4"),
    ("log(x)/log(2)", "x=8", "3", "1/(8*log(2))"),
    ("log10(x)", "x=1/100", "-2", "100/log(10)"),
    ("exp(2x)", "x=log(3)", "9", "18"),
    ("sinh(x)", "x=log(2)", "3/4", "5/4"),
    ("sigmoid(x)", "x=log(3)", "3/4", "3/16"),
    ("root(x, 5)", "x=-1/32", "-1/2", "16/5"),
    ("abs(x) + relu(x) + floor(x)", "x=-1/3", "-2/3", "-1"),
    ("if(x > 1/3, x^3, -x)", "x=1/2", "1/8", "3/4"),
    ("max(x, 1/x)", "x=pi", "pi", "1"),
    ("x*abs(x)", "x=0", "0", "0"),
    ("relu(x) - relu(-x)", "x=0", "0", "1"),
    ("sum(x^k/k, k, 1, 5)", "x=1/2", "661/960", "31/16"),
    ("integral(sin(t), t, 0, x)", "x=pi/3", None, "sqrt(3)/2"),
    ("gamma(x)", "x=1", "1", None),
]
"""Formulas, points, and what they and their derivatives are there; None where no value is known."""


@each("text, at, value, slope", KNOWN)
def test_book_values(text: str, at: str, value: str | None, slope: str | None) -> None:
    result = derive(text, at, exact=True)
    assert (texts(result.exact_value), texts(result.exact["x"])) == ([value], [slope])


def texts(exact: tuple[Expression | None, ...]) -> list[str | None]:
    """Exact values as text."""
    return [None if known is None else known.text for known in exact]


def test_every_kind_of_derivative() -> None:
    assert texts(derive("x^5", "x=sqrt(2)", order=3, exact=True).exact["x,x,x"]) == ["120"]
    gradient = derive("x^2*y", "x=1/3,y=pi", exact=True).exact
    assert {key: texts(exact) for key, exact in gradient.items()} == {"x": ["2*pi/3"], "y": ["1/9"]}
    assert texts(derive("x^2*y", "x=1/3,y=pi", along="x=3,y=9", exact=True).exact["along"]) == ["1 + 2*pi"]
    hessian = derivcli.hessian("x^2*y", "x=1/3,y=pi", exact=True).exact
    assert {key: texts(exact) for key, exact in hessian.items()} == {"x,x": ["2*pi"], "x,y": ["2/3"], "y,y": ["0"]}
    jacobian = derivcli.jacobian(["u*v", "u/v"], "u=1/3,v=2", exact=True)
    assert [texts(result.exact["v"]) for result in jacobian.results] == [["1/3"], ["-1/12"]]
    circle = derivcli.implicit("x^2 + y^2 = 25", "y", "x=3,y=4,-4,0,5", exact=True)
    assert texts(circle.exact["x"]) == ["-3/4", "3/4", None, None]
    series = derivcli.series("exp(x)", 4, "x=0,log(2)", exact=True)
    assert [texts(each) for each in series.exact] == [
        ["1", "2"], ["1", "2"], ["1/2", "1"], ["1/6", "1/3"], ["1/24", "1/12"],
    ]  # fmt: skip


NONE = [
    ("abs(x)", "x=0", "corner"),
    ("sqrt(x)", "x=0", "edge"),
    ("x*sqrt(x)", "x=0", "edge"),
    ("cbrt(x)", "x=0", "vertical"),
    ("floor(x)", "x=2", "jump"),
    ("(x^2 - 1)/(x - 1)", "x=1", "hole"),
    ("abs(cos(x))", "x=pi/2", "corner"),
    ("log(x)", "x=-1", "undefined"),
    ("sign(x)", "x=0", "jump"),
]


@each("text, at, kind", NONE)
@pytest.mark.parametrize("check", [True, False])
def test_no_exact_derivative_where_the_verdict_says_there_is_none(text: str, at: str, kind: str, check: bool) -> None:
    result = derive(text, at, exact=True, check=check)
    assert texts(result.exact["x"]) == [None]
    verdicts = derive(text, at).verdicts["x"]
    assert verdicts[0] is not None
    assert verdicts[0].kind == kind


def test_what_is_said_where_points_are_floats() -> None:
    said = "an exact value was found of 2 of 4 numbers: float64 numbers that are not whole are no exact points"
    assert derive("sin(x)", {"x": ["pi/4", 0.5]}, exact=True).exact_remark == said
    assert derivcli.series("sin(x)", 1, {"x": ["pi/4", 0.5]}, exact=True).exact_remark == said


def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = parse("sqrt(2)/2 + 10^(-60)").tree
    monkeypatch.setattr(exact_values, "exact_forms", lambda formula, at, seconds: [wrong])
    result = derive("sin(x)", "x=pi/4", exact=True)
    assert texts(result.exact["x"]) == [None]
    assert result.exact_remark == "an exact value was found of 0 of 2 numbers"


def test_the_next_form_is_taken_where_the_shortest_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = [parse(text).tree for text in ("7/10", "sqrt(2)/2")]
    monkeypatch.setattr(exact_values, "exact_forms", lambda formula, at, seconds: forms)
    assert texts(derive("sin(x)", "x=pi/4", exact=True).exact["x"]) == ["sqrt(2)/2"]


@each("claim, is_right", [("cos(1)", True), ("cos(1) + 10^(-70)", False), ("0", False)])
def test_claims_are_told_from_the_truth(claim: str, is_right: bool) -> None:
    at = {"x": record(parse("1").tree, ())}
    assert is_exactly(parse(claim), parse("sin(x)"), Derivative(("x",)), at) == is_right


def test_zero_is_told_from_what_is_nearly_zero() -> None:
    assert not is_exactly(parse("0"), parse("10^(-250)*x"), Derivative(("x",)), {"x": record(parse("1").tree, ())})
    assert is_exactly(parse("0"), parse("x - x"), Derivative(("x",)), {"x": record(parse("pi").tree, ())})


def test_no_value_is_begun_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_values, "TOTAL_SECONDS", 0.0)
    result = derive("sin(x)", "x=pi/4", exact=True)
    assert (texts(result.exact_value), texts(result.exact["x"])) == ([None], [None])
    assert result.exact_remark == "an exact value was found of 0 of 2 numbers within 0 seconds"


def test_a_form_that_takes_for_ever_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(value: Tree) -> Tree:
        while True:
            value = sympy.expand(value)

    monkeypatch.setattr(exact_value, "WAYS", (endless,))
    monkeypatch.setattr(exact_values, "VALUE_SECONDS", {True: 0.1})
    assert texts(derive("sin(x)", "x=pi/4", exact=True).exact["x"]) == ["sqrt(2)/2"]


UNASKED: list[tuple[str, object, str | None]] = [
    ("sin(x)", "pi/4", "sqrt(2)/2"),
    ("x^2", "1/3", "2/3"),
    ("6x^2", "1/2", None),
    ("12x", "1/3", None),
    ("x^3", "1/4", None),
    ("x^2 + exp(x)", "1/3", None),
    ("exp(x)", "1/3", None),
    ("sin(x)", "0.25", None),
    ("6x^2 + 2x + 4", 3, None),
    ("x/3", 0.5, None),
    ("x^2/3", "0:1:4", None),
]
"""What stands beside a derivative unasked: only what is short, no decimal again, and at points typed as formulas."""


@each("text, at, slope", UNASKED)
def test_short_values_unasked(text: str, at: float | str, slope: str | None) -> None:
    result = derive(text, {"x": at})
    assert [*texts(result.exact.get("x", ())), None][0] == slope
    assert derive(text, {"x": at}, exact=False).exact == {}


def test_results_with_exact_values_copy_and_pickle() -> None:
    for result in (derive("sin(x)", "x=pi/4,1", exact=True), derivcli.series("sin(x)", 2, "x=pi/4", exact=True)):
        for made in (copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
            assert made == result
    assert derive("sin(x)", "x=pi/4", exact=True) != derive("sin(x)", "x=pi/4", exact=False)
