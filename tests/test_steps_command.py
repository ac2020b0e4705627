"""How steps are shown, and what has none."""

from __future__ import annotations

from typing import Any

import pytest

from derivcli import DerivError, parse, steps
from derivcli.engines import symbolic
from derivcli.explain.steps import derivation_builder, derivation_steps
from tests.support import deriv, no_hang


def test_the_derivations_of_python_are_those_of_the_command() -> None:
    functions = deriv("steps", "u^2*v", "--wrt", "v,u", "--format", "json").json["functions"]
    found = [[(step["rule"], step["formula"]) for step in one["steps"]] for one in functions[0]["derivations"]]
    assert found == [[(step.rule, step.canonical_text) for step in one.steps] for one in steps("u^2*v", wrt=["v", "u"])]


@pytest.mark.parametrize("text", [
    "*".join(["x"] * 2000),
    "sin(" * 99 + "x" + ")" * 99,
])  # fmt: skip
def test_what_is_too_long_to_read_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivation_builder, "DERIVATION_SECONDS", 60.0)
    monkeypatch.setattr(symbolic, "DERIVATIVE_SECONDS", 60.0)
    with no_hang(120), pytest.raises(DerivError, match="longer than 500,000 characters"):
        steps(text)


def test_a_choice_among_many_is_too_long_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a limit that is lower, since SymPy needs minutes for so many that the usual one is reached."""
    monkeypatch.setattr(derivation_steps, "MAX_CHARACTERS", 1_000)
    monkeypatch.setattr(derivation_builder, "DERIVATION_SECONDS", 60.0)
    monkeypatch.setattr(symbolic, "DERIVATIVE_SECONDS", 60.0)
    with pytest.raises(DerivError, match="longer than 1,000 characters"):
        steps("max(" + ", ".join(f"x^{number}" for number in range(2, 12)) + ")")


def test_a_long_sum_is_derived() -> None:
    (one,) = steps(" + ".join(f"{number}*x^{number}" for number in range(2, 200)))
    assert len(one.steps) == 1


def test_a_derivative_to_be_taken_is_read_as_it_is_written() -> None:
    assert deriv("d/dx[x^3]").stdout == deriv("x^3").stdout


def test_a_user_own_function_has_no_rules() -> None:
    import torch

    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x

    with pytest.raises(DerivError, match="is code and has no formula"):
        steps(parse("own(x)", use={"own": Own}))


def test_rules_are_told_in_ascii_where_the_screen_has_no_more() -> None:
    assert deriv("steps", "u*v", columns=80, encoding="ascii").stdout.isascii()
    assert "∂/∂u[u*v]" in deriv("steps", "u*v", columns=80).stdout


def test_derivatives_are_written_in_latex() -> None:
    latex = deriv("steps", "alpha_1*beta", "--format", "latex").stdout
    assert r"\frac{\partial}{\partial \alpha_{1}}[\alpha_{1} \beta]" in latex
    assert r"\frac{d}{dx}[2 x]" in deriv("steps", "2*x", "--format", "latex").stdout


def test_markdown_holds_nothing_that_github_refuses() -> None:
    markdown = deriv("steps", "erf(x)*leaky_relu(x)", "--format", "markdown").stdout
    assert r"\operatorname" not in markdown
    assert r"\mathop{\mathrm{leaky\_relu}}" in markdown
    assert markdown.count("$$") == 2


@pytest.mark.parametrize("columns", [20, 33, 50, 80, 200])
def test_lines_keep_to_the_screen(columns: int) -> None:
    told = deriv("steps", "sqrt(1 + sin(x^2))*tan(x/(1 + exp(-x)))", columns=columns).stdout.splitlines()
    longest_rule = len("derivative of sqrt and chain rule")
    assert max(map(len, told)) <= max(columns, longest_rule)


def test_colors_stand_only_where_they_are_wanted() -> None:
    colored = deriv("steps", "x^2", columns=80, environment={"FORCE_COLOR": "1"}).stdout
    assert "\x1b[36m2*x\x1b[0m" in colored
    assert "\x1b" not in deriv("steps", "x^2", columns=80).stdout
