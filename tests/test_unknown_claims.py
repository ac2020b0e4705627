"""Claims about unknown functions: proved for all functions, wrong for some that are named, or not decided."""

from __future__ import annotations

import pytest

import derivcli
from derivcli.explain.answer import symbolic_proof
from tests.support import deriv, each

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
    shown = " ".join(deriv("answer", "f(x)*g(x)", "f'(x)g'(x)", status=1).stdout.split())
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


def test_a_proof_tells_numbers_apart_that_only_look_alike() -> None:
    """f at two places, f and f', f and g: none of these is another."""
    for claim in ("f(2x)", "f'(x)", "g(x)", "f(x)+f(2x)-f(3x)"):
        left, right = (derivcli.parse(each).tree for each in ("f(x)", claim))
        assert not symbolic_proof.is_proved(left, right)
    left, right = (derivcli.parse(each).tree for each in ("f((x+1)^2)", "f(x^2+2x+1)"))
    assert symbolic_proof.is_proved(left, right)


@each("text", ["if(x==0, f(x), g(x))", "if(x>0, f(x), g(x))"])
def test_nothing_is_proved_where_pieces_meet(text: str) -> None:
    """At 0 the first is g where it is continuous, whatever f' is there."""
    claim = text.replace(" f(x)", " f'(x)").replace("g(x)", "g'(x)")
    assert derivcli.answer(text, claim).how != "proved"
