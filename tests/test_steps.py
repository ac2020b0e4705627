"""Derivations: each step equals the one before it, by an evaluation that knows no rules, and the last is the answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import sympy
from mpmath import mp, mpf

from derivcli import Derivation, DerivError, derive, parse, steps
from derivcli.explain.steps import differentiation_rules as rules
from derivcli.explain.steps.differentiation_rules import Differentiator, Rule
from derivcli.explain.steps.teacher_notation import product
from derivcli.language import tree as build
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.tree import Derivative, Tree
from tests.derivation_oracle import faults
from tests.rows import call_of, samples, smooth, with_numbers
from tests.support import each, sample

DIGITS = 30
EXPRESSIONS = sample(20, 50)
POINTS = ({"x": mpf("0.7390851"), "y": mpf("1.3182747")}, {"x": mpf("2.2831853"), "y": mpf("0.4142136")})
NEGATIVE = tuple({"x": -at["x"], "y": sign * at["y"]} for at in POINTS for sign in (1, -1))
OUTER = ("sin", "cos", "exp", "log", "sqrt", "atan", "tanh", "sinh", "abs", "sigmoid", "erf", "cbrt", "tan", "softplus")
RARE = (
    "log(abs(x)*sin(y))*sqrt(x^2 + y)",
    "sum(k*x^k*y, k, 0, 4)", "product(x + k, k, 1, 3)", "product(sin(k*x) + y, k, 1, 6)",
    "integral(exp(-t^2*x), t, y, x^2)", "integral(sin(x*t), t, 0, 2)", "x*integral(t^2, t, x, 1)",
)  # fmt: skip
PREPARED = (
    ("log(x*sin(x))", "logarithm of a product: d/dx[log(abs(x)) + log(abs(sin(x)))]"),
    ("log(x^2)", "logarithm of a power: d/dx[2*log(abs(x))]"),
    ("log(x^3)", "logarithm of a power: d/dx[3*log(x)]"),
    ("log(x^y)", "logarithm of a power: d/dx[y*log(abs(x))]"),
    ("log(sqrt(x/y))", "logarithm of a root: d/dx[log(abs(x))/2 - log(abs(y))/2]"),
    ("log(sqrt(x)*(y - x))", "logarithm of a product: d/dx[log(x)/2 + log(y - x)]"),
    ("log(5*x)", "logarithm of a product: d/dx[log(5) + log(x)]"),
    ("log(1/x)", "logarithm of a quotient: d/dx[-log(x)]"),
    ("log(x^2*(x+1))", "logarithm of a product: d/dx[2*log(abs(x)) + log(x + 1)]"),
    ("log(x*exp(x^2)/(x^2 + 1))", "logarithm of a quotient: d/dx[log(x) + x**2 - log(x**2 + 1)]"),
    ("log(-2*x)", "logarithm of a product: d/dx[log(2) + log(-x)]"),
    ("log(-x)", "derivative of log and chain rule: -1/(-x)"),
    ("log|x*y|", "logarithm of a product: d/dx[log(abs(x)) + log(abs(y))]"),
    ("5/x^3", "written with powers: d/dx[5*x**-3]"),
    ("x*sqrt(x)", "written with powers: d/dx[x**(3/2)]"),
    ("sqrt(x^3)/x^2", "written with powers: d/dx[x**(-1/2)]"),
    ("sqrt(x^2)*x", "product rule: d/dx[sqrt(x**2)]*x + sqrt(x**2)*d/dx[x]"),
    ("3/sqrt(x^2+1)", "written with powers: d/dx[3*(x**2 + 1)**(-1/2)]"),
    ("(x^2+1)/x", "divided term by term: d/dx[x + 1/x]"),
    ("1/x^2 + sqrt(x)", "written with powers: d/dx[x**-2 + sqrt(x)]"),
)  # fmt: skip


def composed(row: Function, sample: tuple[float, ...]) -> str:
    """The row's call with another formula for its last smooth parameter, of the sample's value at the sample."""
    name, value = row.parameters[smooth(row)[-1]], sample[smooth(row)[-1]]
    arguments = [f"{name}*{name}/({value!r})" if each == name else each for each in row.parameters]
    return f"{row.name}({', '.join(arguments)})"


def faults_of_row(row: Function) -> list[str]:
    """The faults in the derivations of a row's call, and of one with a formula in it, at one of the row's samples."""
    sample = samples(row)[0]
    at = {name: mpf(value) for name, value in zip(row.parameters, sample, strict=True)}
    names = [row.parameters[index] for index in smooth(row)]
    found = []
    for text in (call_of(row), composed(row, sample)):
        expression = parse(with_numbers(row, text, sample), declared=names)
        for derivation in steps(expression, wrt=names):
            told = faults(derivation, at)
            assert told is not None, f"{expression.text} has no derivative at {sample}"
            found += told
    return found


def random_formula(draw: random.Random, depth: int) -> str:
    """A formula of two variables, nested that deep."""
    if depth == 0:
        return draw.choice(["x", "x", "x", "y", str(draw.randint(1, 9)), "pi/5"])
    a, b = (random_formula(draw, draw.randint(0, depth - 1)) for _ in range(2))
    c = random_formula(draw, depth - 1)
    return draw.choice([
        f"({c}) + {a}", f"({c}) - ({b})", f"({c})*({a})", f"({a})/({c})", f"({c})/({a})", f"-({c})",
        f"({c})*({a})*({b})",
        f"({c})^{draw.randint(-3, 4)}", f"({c})^(3/2)", f"(1 + ({a})^2)^({c})", f"{draw.randint(2, 5)}^({c})",
        f"e^({c})",
        *(f"{name}({c})" for name in draw.sample(OUTER, 6)), f"hypot({a}, {c})", f"max({a}, {b} + x/7, {c} - y/5)",
        f"if({a} < {b}, {c}, {b})", f"1/({c})", f"{draw.randint(2, 9)}*({c}) - {b}/{draw.randint(2, 9)}",
    ])  # fmt: skip


def random_derivations(count: int, seed: int) -> list[Derivation]:
    """Derivations of random formulas, one in ten of them of order two or mixed."""
    draw = random.Random(seed)
    found: list[Derivation] = []
    expressions = 0
    while expressions < count:
        text = random_formula(draw, draw.choice([2, 2, 3, 3, 4]))
        mixed = draw.choice([["x", "x"], ["x", "y"]]) if expressions % 10 == 0 and len(text) < 40 else ["x"]
        try:
            found += steps(text, mixed=mixed)
        except DerivError:  # a constant that is no number, or a derivative that no formula writes
            continue
        expressions += 1
    return found


def planted(monkeypatch: pytest.MonkeyPatch, name: str, wrong: Callable[[Tree, Differentiator], Tree | None]) -> None:
    """Put a wrong rule in the place of the one of that name."""
    table = [Rule(rule.name, wrong, rule.outer) if rule.name == name else rule for rule in rules.RULES]
    monkeypatch.setattr(rules, "RULES", tuple(table))


def shown(text: str, **options: Any) -> list[str]:
    """The lines of the only derivation of a formula."""
    (one,) = steps(text, **options)
    return [f"{step.rule}: {step.canonical_text}" for step in one.steps]


@pytest.mark.sampled
def test_every_row_of_the_table_is_derived_step_by_step() -> None:
    with mp.workdps(DIGITS):
        assert [fault for row in FUNCTIONS[:: sample(6, 1)] for fault in faults_of_row(row)] == []


@pytest.mark.sampled
def test_random_expressions_are_derived_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = recorded(monkeypatch)
    examined(EXPRESSIONS, seed=1)
    with mp.workdps(DIGITS):
        for text in RARE:
            (one,) = steps(text, wrt=["x"])
            assert faults(one, POINTS[0]) == []
    assert taken == {rule.name for rule in rules.RULES}


@pytest.mark.sweep
def test_1000_random_expressions_are_derived_step_by_step() -> None:
    examined(1_000, seed=1)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", [2, 3])
def test_the_last_steps_of_100_random_expressions(seed: int) -> None:
    assert_finished(100, seed)


def examined(count: int, seed: int) -> None:
    """Derivations of random formulas, of which every step is true."""
    derivations = random_derivations(count, seed)
    with mp.workdps(DIGITS):
        told = [[faults(derivation, at) for at in POINTS] for derivation in derivations]
    assert [fault for each in told for some in each for fault in some or []] == []
    assert sum(any(some is not None for some in each) for each in told) > 0.9 * len(told)


def recorded(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the rules that are taken from now on."""
    names: set[str] = set()

    def recording(rule: Rule) -> Callable[[Tree, Differentiator], Tree | None]:
        def apply(tree: Tree, d: Differentiator) -> Tree | None:
            found = rule.apply(tree, d)
            names.update([] if found is None else [rule.name])
            return found

        return apply

    monkeypatch.setattr(rules, "RULES", tuple(Rule(rule.name, recording(rule), rule.outer) for rule in rules.RULES))
    return names


@pytest.mark.sampled
def test_the_last_step_is_what_the_calculator_gives_and_none_is_lost_in_writing() -> None:
    assert_finished(sample(6, 15), seed=2)


def assert_finished(count: int, seed: int) -> None:
    """Derivations end at the calculator's formula, and finished formulas on the way read as themselves."""
    for derivation in random_derivations(count, seed):
        key = derivation.key
        order = {"mixed": key} if "," in key else {"wrt": key}
        assert not derivation.steps[-1].tree.has(Derivative)
        answer = derive(derivation.expression, **order).derivatives[key]  # type: ignore[call-overload]
        assert derivation.steps[-1].canonical_text == answer.canonical_text == derivation.answer.canonical_text

        for step in derivation.steps:
            assert (
                step.tree.has(Derivative)
                or step.left is not None
                or parse(step.canonical_text, declared=("x", "y")).canonical_text == step.canonical_text
            )


WRONG: dict[str, tuple[str, Callable[[Tree, Differentiator], Tree | None]]] = {
    "a sign in the product rule": (
        "product rule",
        lambda tree, d: None if rules.products(tree, d) is None else build.negative(rules.products(tree, d)),
    ),
    "a factor that the product rule forgets": (
        "product rule",
        lambda tree, d: None if rules.products(tree, d) is None else product(list(map(d, tree.args))),
    ),
    "a quotient rule without its denominator": (
        "quotient rule",
        lambda tree, d: None if rules.quotients(tree, d) is None else rules.quotients(tree, d).args[0],  # type: ignore[union-attr]
    ),
    "a power rule that keeps the exponent": (
        "power rule",
        lambda tree, d: None if rules.powers(tree, d) is None else product([tree.exp, tree]),
    ),
    "a chain rule without the inner derivative": (
        "derivative of {}",
        lambda tree, d: rules.calls(tree, d) and rules.calls(tree, d).replace(Derivative, lambda *_: sympy.S.One),  # type: ignore[union-attr]
    ),
    "a constant factor that is dropped": (
        "constant factor rule",
        lambda tree, d: None if rules.constant_factor(tree, d) is None else d(tree.args[-1]),
    ),
    "pieces in the wrong order": (
        "piece by piece",
        lambda tree, d: (
            build.piecewise([(d(tree.args[1].expr), tree.args[0].cond), (d(tree.args[0].expr), sympy.true)])
            if isinstance(tree, sympy.Piecewise)
            else None
        ),
    ),
}


@each("fault", WRONG)
def test_a_wrong_rule_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, *WRONG[fault])
    text = "if(x < 9, x^3*sin(x^2)/(x + 1) + 3*x, x)"
    with mp.workdps(DIGITS):
        assert faults(steps(text)[0], POINTS[0]) != []


def test_a_wrong_row_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"x": parse_tree("1.0005*cos(x)", ("x",))}
    monkeypatch.setattr(rules, "derivatives_of", lambda row: wrong)
    with mp.workdps(DIGITS):
        assert faults(steps("sin(x)")[0], POINTS[0]) != []


def test_the_rules_of_a_polynomial() -> None:
    assert shown("6*x**2 + 2*x + 4") == ["sum rule and power rule: 12*x + 2"]


@each(("text", "first"), [
    ("4", "constant rule: 0"),
    ("x", "derivative of the variable: 1"),
    ("if(y > 0, 1, y)*0 + x - x", "sum rule: 1 - 1"),
    ("x - 3*x^2 - 7", "sum rule and power rule: 1 - 6*x"),
    ("-(-x)", "constant factor rule: 1"),
    ("-x", "constant factor rule: -1"),
    ("x^2/3", "power rule: 2*x/3"),
    ("0.5*x*pi/y", "constant factor rule: 0.5*pi/y"),
    ("x*sin(x)*exp(x)", "product rule: d/dx[x]*sin(x)*exp(x) + x*d/dx[sin(x)]*exp(x) + x*sin(x)*d/dx[exp(x)]"),
    ("sin(x)/x", "quotient rule: (d/dx[sin(x)]*x - sin(x)*d/dx[x])/x**2"),
    ("1/x", "reciprocal rule: -1/x**2"),
    ("1/(x*log(x))", "reciprocal rule: -d/dx[x*log(x)]/(x*log(x))**2"),
    ("x^3", "power rule: 3*x**2"),
    ("x^1", "power rule: 1"),
    ("x^0", "power rule: 0"),
    ("x^-2", "power rule: -2*x**-3"),
    ("x^(3/2)", "power rule: 3*sqrt(x)/2"),
    ("x^2.5", "power rule: 2.5*x**1.5"),
    ("x^pi", "power rule: pi*x**(pi - 1)"),
    ("(x + 1)^3", "power rule and chain rule: 3*(x + 1)**2"),
    ("(x^2 + 1)^3", "power rule and chain rule: 3*(x**2 + 1)**2*d/dx[x**2 + 1]"),
    ("sqrt(x)", "derivative of sqrt: 1/(2*sqrt(x))"),
    ("sqrt(x + 1)", "derivative of sqrt and chain rule: 1/(2*sqrt(x + 1))"),
    ("2^x", "exponential rule: 2**x*log(2)"),
    ("e^x", "exponential rule: e**x"),
    ("e^-x", "exponential rule and chain rule: -e**(-x)"),
    ("(-2)^2*x", "constant factor rule: (-2)**2"),
    ("sin(x)", "derivative of sin: cos(x)"),
    ("sin(2x)", "derivative of sin and chain rule: 2*cos(2*x)"),
    ("asin(x^2)", "derivative of asin and chain rule: d/dx[x**2]/sqrt(1 - (x**2)**2)"),
    ("hypot(x, x^2)", "derivative of hypot and chain rule: x/hypot(x, x**2) + x**2*d/dx[x**2]/hypot(x, x**2)"),
    ("max(x, 2, y)", "derivative of max: heaviside(x - max(2, y))"),
    ("max(x^2)", "derivative of max and chain rule: d/dx[x**2]"),
    ("legendre(3, x)", "derivative of legendre: gegenbauer(2, 3/2, x)"),
    ("legendre(0, x)", "derivative of legendre: 0"),
    ("leaky_relu(x)", "derivative of leaky_relu: if(x > 0, 1, 0.01)"),
    ("floor(x^2)", "derivative of floor: 0"),
    ("|x|", "derivative of abs: sign(x)"),
    ("if(x > 0, x^2, -x)", "piece by piece: if(x > 0, 2*x, -1)"),
    ("log|x|", "derivative of log|u|: 1/x"),
    ("x^2*sin(x) + 3*cos(x) + 5", "product rule: d/dx[x**2]*sin(x) + x**2*d/dx[sin(x)] - 3*sin(x)"),
    ("x*sin(x) + 3*sin(x^2)", "sum rule: d/dx[x*sin(x)] + 3*d/dx[sin(x**2)]"),
])  # fmt: skip
def test_a_rule(text: str, first: str) -> None:
    assert shown(text, wrt="x")[0] == first


@each(("text", "first"), PREPARED)
def test_what_is_rewritten_first(text: str, first: str) -> None:
    assert shown(text, wrt="x")[0] == first
    with mp.workdps(DIGITS):
        told = [faults(one, at) for one in steps(text, wrt="x") for at in (*POINTS, *NEGATIVE)]
    assert [fault for some in told for fault in some or []] == []
    assert any(some is not None for some in told)


def test_definitions_are_put_in_place_first() -> None:
    (one,) = steps("z**2", let={"w": "x + 1", "z": "2*w"})
    assert one.steps[0].rule == "definitions put in place"
    assert one.steps[0].canonical_text == "d/dx[(2*(x + 1))**2]"
    assert "d/dx[z**2]" in repr(one)
    assert one.steps[-1].canonical_text == "8*x + 8"


def test_higher_orders_go_one_after_another() -> None:
    derivations = steps("u**3*v", mixed=["u,u,v", "u,v"])
    assert [one.key for one in derivations] == ["v", "u,v", "u,u,v"]
    assert [one.answer.text for one in derivations] == ["u**3", "3*u**2", "6*u"]
    for below, one in pairwise(derivations):
        assert one.start.args[0] == below.answer.tree
    assert [one.key for one in steps("u*v", order=2)] == ["u", "u,u", "v", "v,v"]
