"""Claims about the slope of a curve: they are judged on the curve, where a claim may use the equation."""

from __future__ import annotations

import pytest

from derivcli import answer
from derivcli.explain.answer import comparison, judge_claim
from derivcli.explain.answer.answer import Answer
from tests.support import deriv, each, sample

CIRCLE = "x^2+y^2=25"

RIGHT = [
    (CIRCLE, "-x/y", False),
    (CIRCLE, "y' = -x/y", False),
    (CIRCLE, "dy/dx = -(2x)/(2y)", False),
    (CIRCLE, "(25-y^2)/(-x*y)", True),
    ("$x^2+y^2=25$", r"\frac{dy}{dx} = -\frac{x}{y}", False),
    ("x y = 1", "-1/x^2", True),
    ("x y = 1", "-y^2", True),
    ("x^3+y^3=6xy", "(2y-x^2)/(y^2-2x)", False),
    ("e^y+x y=1", "-y/(1-x y+x)", True),
    ("x = tan(y)", "1/(1+x^2)", True),
    ("y^5+y=x", "y/(5x-4y)", True),
    ("x = e^y", "1/x", True),
    ("sin(x y) = x", "(1-y cos(x y))/(x cos(x y))", False),
    ("y = x^2", "2x", False),
    ("y^2 = x^3-3x", "3(x^2-1)/(2y)", False),
]

SECOND = [(CIRCLE, "-25/y^3", True), (CIRCLE, "-(x^2+y^2)/y^3", False), ("x y = 1", "2/x^3", True)]

WRONG = [
    (CIRCLE, "x/y", "sign", "minus the derivative"),
    (CIRCLE, "-y/x", "solving", "upside down"),
    (CIRCLE, "-2x", "solving", "not divided"),
    (CIRCLE, "2x", "solving", "with y as a constant"),
    (CIRCLE, "(25-2x)/(2y)", "constant", "of 25, a constant, is 0"),
    (CIRCLE, "-x/sqrt(25-x^2)", "partly", "right where y > 0"),
    (CIRCLE, "-x/t", "variable", "right with y in place of t"),
    (CIRCLE, "-x/y+0.1", "constant", "1/10 more than the derivative"),
    ("x^2+2y^2=9", "-x/2y", "reading", "right if you mean -x/(2*y)"),
    ("x^3+y^3=6xy", "(6y-3x^2)/(3y^2)", "product", "of x*y the term is missing in which y is differentiated"),
    ("x^3+y^3=6xy", "-3x^2/(3y^2-6)", "product", "factor by factor"),
    ("y^5+y=x", "1/(5x^4+1)", "inner", "taken at y, not at x"),
    ("sin(y)+y=x", "1-cos(y)", "inner", "inner derivative y' of y is missing"),
    ("x = cos(y)", "-1/sqrt(1-x^2)", "partly", "right where sin(y) > 0"),
    ("x^2+y^2=25", "if(x==3,7,-x/y)", "partly", ""),
]


def judged(equation: str, claim: str, order: int = 1) -> Answer:
    """What is found of a claim about the y of an equation."""
    return answer(equation, claim, dependent="y", order=order)


@pytest.mark.sampled
@each(("equation", "claim", "on_curve"), RIGHT[:: sample(3, 1)])
def test_a_right_slope_is_right_in_any_form(equation: str, claim: str, on_curve: bool) -> None:
    found = judged(equation, claim)
    assert (found.how, found.on_curve) == ("proved", on_curve)


@each(("equation", "claim", "on_curve"), SECOND)
def test_a_second_derivative_may_use_the_equation(equation: str, claim: str, on_curve: bool) -> None:
    found = judged(equation, claim, order=2)
    assert (found.how, found.on_curve) == ("proved", on_curve)


@pytest.mark.sampled
@each(("equation", "claim", "kind", "words"), WRONG[:: sample(3, 1)])
def test_what_went_wrong_is_named(equation: str, claim: str, kind: str, words: str) -> None:
    found = judged(equation, claim)
    assert found.how == "differs"
    assert (found.diagnosis.kind, words in found.diagnosis.message) == (kind, True), found.diagnosis


def test_a_counterexample_lies_on_the_curve() -> None:
    found = judged(CIRCLE, "x/y").counterexample
    assert found is not None
    x, y = (float(found.at[name]) for name in "xy")
    assert x**2 + y**2 == pytest.approx(25)
    assert found.derivative == pytest.approx(-x / y)


def test_of_the_points_of_a_curve_one_is_told_that_is_short_to_write() -> None:
    found = judged("x^2*y+y^3=4", "x/y").counterexample
    assert found is not None
    assert {name: str(value) for name, value in found.at.items()} == {"x": "sqrt(3)", "y": "1"}


def test_the_points_have_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("is_proved", "is_proved_where"):
        monkeypatch.setattr(judge_claim, name, lambda *trees: True)
    assert judged(CIRCLE, "-x/y").how == "proved"
    assert judged(CIRCLE, "-x/y + (x^2+y^2-24)/10^9").how == "differs"


def test_what_is_the_same_beside_the_curve_only_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = "-x/y + if(x^2+y^2==25,1,0)"
    assert judged(CIRCLE, claim).how == "differs"
    monkeypatch.setattr(comparison, "curve_points", lambda *args: {})
    assert judged(CIRCLE, claim).how == "undecided"


def test_a_claim_with_jumps_is_not_called_right() -> None:
    """At x = 2.9 there is no point that is tried."""
    found = judged(CIRCLE, "if(x==2.9,7,-x/y)")
    assert found.how == "undecided"
    assert "jumps" in found.open


def test_the_command_says_where_a_claim_is_right() -> None:
    shown = deriv("answer", CIRCLE, "(25-y^2)/(-x*y)", "--implicit", "y").stdout
    assert "equal on the curve only: it uses that x^2 + y^2 = 25\n" in shown
