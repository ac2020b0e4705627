"""Derivations with equations in them: implicit ones, those by logarithms, and what derivatives are at points."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from derivcli import Derivation, DerivError, implicit, steps
from derivcli.explain.steps import implicit_derivation
from derivcli.language.tree import Derivative, symbol
from tests.derivation_oracle import Value, faults
from tests.support import deriv, each

CURVES = (
    ("x^2 + y^2 = 25", {"x": 3, "y": 4}), ("x^3 + y^3 = 6*x*y", {"x": 3, "y": 3}), ("sin(x*y) = x", {"x": 0.5, "y": 1}),
    ("e^y = x*y + 2", {"x": 0.3, "y": 1}), ("x*y", {"x": 2, "y": 0}), ("sqrt(x*y) = x^2*y - 1", {"x": 1, "y": 2.6}),
    ("ln(x^2*y) = y - 1", {"x": 1.2, "y": 2}), ("y^5 + y = x", {"x": 1, "y": 0.7}),
)  # fmt: skip


def branch(derivation: Derivation, x: Any, near: float) -> Any:
    """The dependent variable where the other one has a value, by a search for the root near another one."""
    return mpmath.findroot(lambda y: Value({"x": x, "y": y})(derivation.expression.expanded), near)


def implicit_faults(derivation: Derivation, x: float, near: float) -> list[str]:
    """Every equation of an implicit derivation whose sides differ on the curve."""
    y = branch(derivation, mpf(x), near)
    slope = mpmath.diff(lambda t: branch(derivation, t, y), mpf(x))

    class OnCurve(Value):
        def find(self, node: Any) -> Any:
            if isinstance(node, Derivative):
                inner = node.args[0]
                return mpmath.diff(lambda t: Value({"x": t, "y": branch(derivation, t, y)})(inner), self.at["x"])
            return super().find(node)

    value = OnCurve({"x": mpf(x), "y": y, "y'": slope})
    found, before = [], slope
    for step in derivation.steps:
        expected = before if step.left is None else value(step.left)
        before = value(step.tree)
        if abs(expected - before) > 1e-9:
            found.append(f"{step.rule}: {expected} = {before}")
    return [*found, *([] if abs(before - slope) < 1e-9 else ["the last step"])]


@each(("equation", "at"), CURVES)
def test_both_sides_are_equal_on_the_curve(equation: str, at: dict[str, float]) -> None:
    (one,) = steps(equation, "x", dependent="y")
    assert one.steps[-1].tree == implicit(equation, "y", wrt="x").derivatives["x"].tree
    with mp.workdps(30):
        assert implicit_faults(one, at["x"], at["y"]) == []


def test_a_wrong_slope_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(implicit_derivation, "slope_symbol", lambda name: symbol("x"))
    (one,) = steps("x^2 + x*y^2 = 25", "x", dependent="y")
    with mp.workdps(30):
        assert implicit_faults(one, 3, 2) != []


def test_the_lines_of_an_implicit_derivation() -> None:
    (first, second) = steps("x^2 + y^2 = 25", "x", order=2, dependent="y")
    assert [step.text for step in first.steps[:4]] == [
        "d/dx[x^2 + y^2] = d/dx[25]", "2*x + 2*y*y' = 0", "2*y*y' = -2*x", "y' = -2*x/(2*y)",
    ]  # fmt: skip
    assert [step.rule for step in second.steps[:2]] == ["quotient rule", "y' put in"]
    assert second.start.args[0] == first.answer.tree


@each("text", ["x^x", "x^sin(x)", "(1 + x^2)^(x*y)", "(x/y)^ln(x)"])
def test_powers_are_derived_by_logarithms(text: str) -> None:
    (one,) = steps(text, "x")
    rules = [step.rule for step in one.steps]
    assert rules[:3] == ["a letter for the function", "logarithm of both sides", "both sides differentiated"]
    with mp.workdps(30):
        assert faults(one, {"x": mpf("1.37"), "y": mpf("0.81")}) == []


def test_the_letter_for_the_function_is_no_variable() -> None:
    assert steps("x^(x*y*z)", "x")[0].steps[0].text == "w = x^(x*y*z)"


@each(("text", "at", "exact"), [
    ("6*x^2 + 2*x + 4", "x=2", "26"), ("sin(x)", "x=pi/4", "sqrt(2)/2"), ("x^3", "x=-1/3", "1/3"),
    ("atan(x)", "x=sqrt(2)", "1/3"), ("exp(2*x)", "x=0", "2"), ("ln(x)", "x=e", "exp(-1)"),
])  # fmt: skip
def test_values_are_exact(text: str, at: str, exact: str) -> None:
    (value,) = steps(text, at=at)[0].values
    assert value.exact is not None
    assert mpmath.almosteq(Value({})(value.exact.tree), Value({})(value.put), 1e-12)
    assert value.exact.text == exact


@each(("text", "at", "reason"), [
    ("ln(x)", "x=-1", "log has no real value at -1"),
    ("abs(x)", "x=0", "left -1, right 1"),
    ("sqrt(x)", "x=0", "defined on the right only"),
])  # fmt: skip
def test_there_is_no_value_where_there_is_no_derivative(text: str, at: str, reason: str) -> None:
    (value,) = steps(text, at=at)[0].values
    assert (value.exact, value.number, value.reason) == (None, "", reason)


def test_a_point_beside_the_curve_has_no_slope() -> None:
    (value,) = steps("x^2 + y^2 = 25", "x", dependent="y", at="x=3,y=3")[0].values
    assert value.reason == "the point is not on the curve"
    with pytest.raises(DerivError, match="'y' has no value"):
        steps("u*y", at="u=1")


def test_values_are_shown_in_every_format() -> None:
    said = ("steps", "sin(x)", "--at", "x=pi/4")
    assert "f'(pi/4) = cos(pi/4) = sqrt(2)/2 ≈ 0.7071067812" in deriv(*said, columns=80).stdout
    assert r"f'(\frac{\pi}{4}) &= " in deriv(*said, "--format", "latex").stdout
    found = deriv(*said, "--format", "json").json["functions"][0]["derivations"][0]["values"]
    assert found == [
        {"at": {"x": "pi/4"}, "formula": "cos(pi/4)", "exact": "sqrt(2)/2", "number": 0.7071067812, "reason": ""}
    ]


@each(("text", "statement"), [
    ("x*sin(x)", "(u*v)' = u'*v + u*v'"),
    ("x*sin(x)*ln(x)", "(u*v*w)' = u'*v*w + u*v'*w + u*v*w'"),
    ("sin(x)/x", "(u/v)' = (u'*v - u*v')/v^2"),
    ("u*sin(x)/x", "(v/w)' = (v'*w - v*w')/w^2"),
    ("1/ln(x)", "(1/u)' = -u'/u^2"),
    ("sqrt(ln(x))", "sqrt(u)' = u'/(2*sqrt(u))"),
    ("sin(x)^5", "(u^n)' = n*u^(n - 1)*u'"),
    ("2^sin(x)", "(a^u)' = a^u*ln(a)*u'"),
    ("sin(x^2)", "sin(u)' = cos(u)*u'"),
    ("ln|sin(x)|", "ln(|u|)' = u'/u"),
    ("3*x^x", "(u^v)' = u^v*d/dx[v*ln(u)]"),
])  # fmt: skip
def test_a_rule_is_stated_in_letters(text: str, statement: str) -> None:
    assert steps(f"{text} + 0*y^1", wrt="x")[0].steps[0].statement == statement


def test_a_rule_is_stated_once_and_not_where_it_is_brief() -> None:
    whole = deriv("steps", "x*sin(x) + x^2*exp(x)", "--order", "2", columns=120).stdout
    assert whole.count("(u*v)' = u'*v + u*v'") == 1
    assert whole.count("product rule: ") > 1
    brief = deriv("steps", "x*sin(x) + x^2*exp(x)", "--brief", columns=120).stdout
    assert "product rule" in brief
    assert "u = " not in brief
