"""What `deriv answer` and the function for Python take, what they refuse, and how an answer is shown."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import torch

from derivcli import DerivError, answer, derive, parse, steps
from tests.support import deriv


def test_the_status_says_whether_it_is_right() -> None:
    assert deriv("answer", "cos(x)", "-sin(x)").stdout.endswith("yes: proved\n")
    assert "no: at" in deriv("answer", "cos(x)", "sin(x)", status=1).stdout
    assert deriv("answer", "-x**2", "-2*x", "--format", "json").json["equal"] is True


def test_the_formula_is_shown_only_when_asked_for() -> None:
    assert "cos(3*x)*3" not in deriv("answer", "sin(3x)", "cos(3x)", status=1).stdout
    assert deriv("answer", "sin(3x)", "cos(3x)", "--show", status=1).stdout.endswith("f'(x) = 3*cos(3*x)\n")


def test_json_says_all() -> None:
    found = deriv("answer", "sin(x**2)", "cos(x**2)", "--format", "json", status=1).json
    assert (found["version"], found["derivative"], found["how"], found["equal"]) == (1, "x", "differs", False)
    assert found["counterexample"]["at"] == {"x": "1"}
    assert found["counterexample"]["derivative"] == 1.0806046117362795
    assert found["diagnosis"]["kind"] == "inner"
    assert found["truth"] == "2*x*cos(x**2)"


@pytest.mark.parametrize("claim", ["y = 2x", "f(x) = 2x", "x + y = 2x"])
def test_an_equation_is_refused_with_its_right_side(claim: str) -> None:
    with pytest.raises(DerivError, match="write what stands behind it: 2x"):
        answer("x**2", claim)


def test_a_claim_that_is_right_by_another_meaning_is_told_so() -> None:
    shown = deriv("answer", "1/x/2", "-1/2x^2", status=1).stdout
    assert "right if you mean -1/(2*x^2)\n" in shown
    assert "not as it is read: at x = 2 the derivative is -0.125, and yours is -2\n" in shown
    assert "no: at" not in shown
    found = deriv("answer", "1/x/2", "-1/2x^2", "--format", "json", status=1).json
    assert (found["equal"], found["how"], found["diagnosis"]["kind"]) == (False, "differs", "reading")
    assert found["meant"] == {"expression": "1/x/2", "claim": "-1/(2*x^2)", "how": "proved"}
    assert answer("1/x/2", found["meant"]["claim"]).equal


def test_what_is_meant_is_judged_as_strictly_as_what_is_read() -> None:
    for claim in ("1/2x", "-1/3x^2", "1/2x^2"):
        assert answer("1/x/2", claim).meant is None
    found = answer("1/x/2", "-1/2x^2")
    assert found.meant is not None
    assert (found.meant.how, found.meant.equal, found.equal) == ("proved", True, False)
    assert answer("1/x/2", "-1/(2x^2)").meant is None  # since it is right as it is read


def test_a_formula_that_was_parsed_has_other_meanings_too() -> None:
    assert answer(parse("sin a/2", declared=["a"]), parse("cos(a/2)/2"), "a").meant is not None
    assert answer("a*x", "u/2a", "x", let={"u": "2a^2"}).meant is not None


def test_numbers_are_formulas() -> None:
    assert answer("2x", 2).equal
    assert answer(5, Fraction(0), "x").equal
    assert answer("x/2", 0.5).equal
    assert answer("x", Fraction(1, 3)).counterexample is not None
    assert steps(3, "x")[0].steps[-1].canonical_text == "0"
    assert derive(3, at="x=1", wrt="x").value == [3.0]


@pytest.mark.parametrize("formula", [["x**2"], None, True, 1j, b"x"])
def test_what_is_no_formula_is_an_error_of_type(formula: Any) -> None:
    calls: list[Callable[[], object]] = [lambda: answer(formula, "x"), lambda: derive(formula, at="x=1")]
    if not isinstance(formula, list):  # of which there may be several
        calls.append(lambda: steps(formula))
    for call in calls:
        with pytest.raises(TypeError, match="an expression is a text, a number or what parse returns, not "):
            call()
    with pytest.raises(TypeError, match="a claim is a text"):
        answer("x**2", formula)


class Twice(torch.autograd.Function):
    """A function of which only code is known."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return 2 * x


def test_code_has_no_derivative_to_compare_with() -> None:
    with pytest.raises(DerivError, match="'t' is code"):
        answer(parse("t(x)", use={"t": Twice}), "2")


def test_a_variable_has_to_be_named() -> None:
    with pytest.raises(DerivError, match='say which, as in wrt="u"'):
        answer("u v", "v")
    with pytest.raises(DerivError, match="'q' is no variable here"):
        answer("u v", "v", "q")
