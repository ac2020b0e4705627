"""Claims about unknown functions: proved for all functions, wrong for some that are named, or not decided."""

from __future__ import annotations

import random

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import derivcli
from derivcli.explain.answer import symbolic_proof
from tests.support import deriv, drawn, each

RIGHT = [
    ("f(x)*g(x)", "f'(x)g(x)+f(x)g'(x)"),
    ("f(x)/g(x)", "(f'(x)g(x)-f(x)g'(x))/g(x)^2"),
    ("f(x)/g(x)", "f'(x)/g(x) - f(x)g'(x)/g(x)^2"),
    ("f(g(x))", "g'(x)*f'(g(x))"),
    ("f(2x+1)", "2f'(1+2x)"),
    ("sin(f(x))^2", "sin(2f(x))*f'(x)"),
    ("x^2*y(x)", "2x*y(x)+x^2*y'(x)"),
    ("e^(u(x))", "u'(x)*e^(u(x))"),
    ("1/f(x)", "-f'(x)/f(x)^2"),
]

WRONG = [
    ("f(x)*g(x)", "f'(x)g'(x)", "product"),
    ("f(g(x))", "f'(g(x))", "inner"),
    ("sin(f(x))", "cos(f(x))", "inner"),
    ("f(x)/g(x)", "f'(x)/g'(x)", "quotient"),
    ("f(x)^2", "2f(x)", "inner"),
    ("f(x)", "-f'(x)", "sign"),
    ("f(x)", "f(x)", "function"),
    ("f(x)", "f''(x)", "order"),
    ("3f(x)", "f'(x)", "factor"),
    ("f(x)g(x)", "f'(x)g(x)+f(x)g(x)", ""),
    ("f(x)", "x", ""),
    ("x^2", "f(x)", ""),
]


@each("text, claim", RIGHT)
def test_a_rule_is_proved_for_all_functions(text: str, claim: str) -> None:
    answer = derivcli.answer(text, claim)
    assert answer.how == "proved"
    assert answer.equal


@each("text, claim, kind", WRONG)
def test_a_wrong_claim_is_wrong_for_functions_that_are_named(text: str, claim: str, kind: str) -> None:
    answer = derivcli.answer(text, claim, "x")
    assert answer.how == "differs"
    example = answer.counterexample
    assert example is not None
    assert kind in ("", answer.diagnosis.kind)
    let = dict(example.functions)
    at = {name: str(value) for name, value in example.at.items()}
    truth = derivcli.derive(text, at=at, wrt="x", let=let, check=False)
    assert truth.derivatives["x"][0] == pytest.approx(example.derivative)
    assert derivcli.derive(claim, at=at, wrt="x", let=let, check=False).value[0] == pytest.approx(example.claim)


def test_what_is_told_of_a_wrong_claim() -> None:
    shown = deriv("answer", "f(x)*g(x)", "f'(x)g'(x)", status=1).stdout
    assert "for f(x) = x**2 and g(x) = x**3, at x = 1 the derivative is 5, and yours is 6" in shown


def test_without_a_proof_it_is_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic_proof, "REWRITINGS", ())
    answer = derivcli.answer("sin(f(x))^2", "sin(2f(x))*f'(x)")
    assert answer.how == "undecided"
    assert "SymPy finds no proof" in answer.open
    assert not answer.equal


def test_partial_derivatives_and_named_functions() -> None:
    assert derivcli.answer("f(x, y)*x", "f(x,y)+x*f_x(x,y)", "x").how == "proved"
    assert derivcli.answer("f(x, y)*x", "f(x,y)+x*f_y(x,y)", "x").how == "differs"
    assert derivcli.answer("g(f(x))", "2f(x)f'(x)", let={"g(t)": "t^2"}).how == "proved"


class Drawn:
    """A drawn formula over f and g, its derivative by SymPy, and a slip in it perhaps."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.x = sympy.Symbol("x")
        self.f, self.g = sympy.Function("f"), sympy.Function("g")

    def formula(self, depth: int) -> sympy.Expr:
        kind = self.draw.randrange(6 if depth else 2)
        if kind == 0:
            return self.draw.choice([self.x, sympy.Integer(self.draw.randint(1, 3))])
        if kind == 1:
            return self.draw.choice([self.f, self.g])(self.x)
        one = self.formula(depth - 1)
        if kind == 2:
            return one + self.formula(depth - 1)
        if kind == 3:
            return one * self.formula(depth - 1)
        if kind == 4:
            return self.draw.choice([self.f, self.g, sympy.sin])(one)
        return one**2


def written(tree: sympy.Expr) -> str:
    """SymPy's text of a derivative in primes, by means of its own."""
    x = sympy.Symbol("x")
    tree = tree.doit()
    for node in sorted(tree.atoms(sympy.Subs), key=sympy.count_ops, reverse=True):
        (inner,) = node.point
        derivative = node.expr
        name, order = type(derivative.expr).__name__, derivative.derivative_count
        tree = tree.subs(node, sympy.Function(f"{name}{'Q' * order}")(inner))
    for node in tree.atoms(sympy.Derivative):
        name, order = type(node.expr).__name__, node.derivative_count
        tree = tree.subs(node, sympy.Function(f"{name}{'Q' * order}")(x))
    return str(tree).replace("Q", "'")


@given(st.integers(0, 10**6))
@drawn(24)
def test_drawn_derivatives_are_right_and_slips_are_wrong(seed: int) -> None:
    made = Drawn(seed)
    formula = made.formula(2)
    right = sympy.diff(formula, made.x)
    assert derivcli.answer(str(formula), written(right), "x").how in ("proved", "undecided"), (formula, right)
    slip = right + made.draw.choice([made.x, made.f(made.x), made.g(made.x) ** 2])
    assert derivcli.answer(str(formula), written(slip), "x").how == "differs", (formula, slip)
