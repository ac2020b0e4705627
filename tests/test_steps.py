"""Derivations: each step equals the one before it, by an evaluation that knows no rules, and the last is the answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mp, mpf

from derivcli import Derivation, DerivError, derive, parse, steps
from derivcli.explain.steps import differentiation_rules as rules
from derivcli.explain.steps.differentiation_rules import Differentiator, Rule
from derivcli.explain.steps.teacher_notation import product
from derivcli.language import tree as build
from derivcli.language.bound_variables import Binder
from derivcli.language.functions.formulas import complete, parse_tree
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.tree import RELATIONS, Derivative, Tree, row_of
from tests.oracles import ORACLE
from tests.rows import call_of, samples, smooth, with_numbers
from tests.support import each

DIGITS = 30
TOLERANCE = 1e-12
NOISE = mpf(10) ** -18
"""What two numbers that are 0 may differ by."""

LARGEST = mpf(10) ** 120
"""Larger numbers are not reached; the sine of one that is much larger would not end."""

EXPRESSIONS = 50
POINTS = ({"x": mpf("0.7390851"), "y": mpf("1.3182747")}, {"x": mpf("2.2831853"), "y": mpf("0.4142136")})
OUTER = ("sin", "cos", "exp", "log", "sqrt", "atan", "tanh", "sinh", "abs", "sigmoid", "erf", "cbrt", "tan", "softplus")
BINDERS = (
    "sum(k*x^k*y, k, 0, 4)", "product(x + k, k, 1, 3)", "product(sin(k*x) + y, k, 1, 6)",
    "integral(exp(-t^2*x), t, y, x^2)", "integral(sin(x*t), t, 0, 2)", "x*integral(t^2, t, x, 1)",
)  # fmt: skip
SIGNS = {kind: sign for sign, kind in RELATIONS.items()}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip

Point = Mapping[str, Any]


class Value:
    """What trees come to at one point, derivatives still to be taken by differences; each node once."""

    def __init__(self, at: Point) -> None:
        self.at = at
        self.known: dict[Tree, Any] = {}

    def __call__(self, tree: Any) -> Any:
        if tree not in self.known:
            self.known[tree] = found = self.find(tree)
            if abs(found) > LARGEST or (not isinstance(found, bool) and mpmath.im(found)):
                raise OverflowError("a number that is too large, or not real")
        return self.known[tree]

    def find(self, node: Any) -> Any:
        if isinstance(node, Derivative):
            inner, variable = node.args
            return mpmath.diff(lambda t: Value({**self.at, variable.name: t})(inner), self.at[variable.name])
        if isinstance(node, Binder):
            return self.bound(node.word, *node.args)
        if isinstance(node, sympy.Piecewise):
            return next((self(pair.expr) for pair in node.args if self(pair.cond)), mpmath.nan)
        if isinstance(node, sympy.And | sympy.Or | sympy.Not):
            truths = [bool(self(part)) for part in node.args]
            return not truths[0] if isinstance(node, sympy.Not) else (all, any)[isinstance(node, sympy.Or)](truths)
        parts = [self(part) for part in node.args]
        if type(node) in SIGNS:
            return COMPARE[SIGNS[type(node)]](*parts)
        return self.number(node, parts)

    def bound(self, kind: str, body: Tree, variable: Any, lower: Tree, upper: Tree) -> Any:
        """A sum or a product by a loop, an integral by mpmath's quadrature."""

        def inside(value: Any) -> Any:
            return Value({**self.at, variable.name: value})(body)

        ends = self(lower), self(upper)
        if kind == "integral":
            return mpmath.quad(inside, ends)
        each = [inside(mpf(value)) for value in range(int(ends[0]), int(ends[1]) + 1)]
        return mpmath.fsum(each) if kind == "sum" else mpmath.fprod(each)

    def number(self, node: Any, parts: list[Any]) -> Any:
        if isinstance(node, sympy.Symbol):
            return self.at[node.name]
        if not parts:
            known = {sympy.E: mp.e, sympy.pi: mp.pi, sympy.true: True, sympy.false: False}
            return +known[node] if node in known else mpf(node.p) / node.q
        if isinstance(node, sympy.Add):
            return mpmath.fsum(parts)
        if isinstance(node, sympy.Mul):
            return mpmath.fprod(parts)
        if isinstance(node, sympy.Pow):
            return parts[0] ** parts[1]
        row = row_of(node)
        assert row is not None
        return ORACLE[row.name](*(parts if row.variadic else map(self, complete(row, node.args))))


def is_ordinary(number: Any) -> bool:
    return bool(mpmath.isfinite(number) and mpmath.im(number) == 0)


def faults(derivation: Derivation, at: Point) -> list[str] | None:
    """Every step that is not equal to the one before it; None where the derivative is no number at the point."""
    value = Value(at)
    chain = [("start", derivation.start), *((step.rule, step.tree) for step in derivation.steps)]
    try:
        numbers = [value(tree) for _, tree in chain]
        there = is_ordinary(numbers[0]) and is_ordinary(value(derivation.expression.expanded))
    except (ZeroDivisionError, ValueError, OverflowError, TypeError):
        return None
    return (
        None
        if not there
        else [
            f"{derivation.expression.text}: {rule} makes {before} of {after}"
            for (rule, _), before, after in zip(chain[1:], numbers, numbers[1:], strict=False)
            if not abs(before - after) <= TOLERANCE * abs(before) + NOISE
        ]
    )


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


def test_every_row_of_the_table_is_derived_step_by_step() -> None:
    with mp.workdps(DIGITS):
        assert [fault for row in FUNCTIONS for fault in faults_of_row(row)] == []


def test_random_expressions_are_derived_step_by_step() -> None:
    taken = examined(EXPRESSIONS, seed=1)
    with mp.workdps(DIGITS):
        for text in BINDERS:
            (one,) = steps(text, wrt=["x"])
            assert faults(one, POINTS[0]) == []
            taken |= {step.rule for step in one.steps}
    assert taken >= {rule.name for rule in rules.RULES if "{}" not in rule.name}


@pytest.mark.sweep
def test_1000_random_expressions_are_derived_step_by_step() -> None:
    examined(1_000, seed=1)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", [2, 3])
def test_the_last_steps_of_100_random_expressions(seed: int) -> None:
    assert_finished(100, seed)


def examined(count: int, seed: int) -> set[str]:
    """The rules that are taken in the derivations of random formulas, of which every step is true."""
    derivations = random_derivations(count, seed)
    with mp.workdps(DIGITS):
        told = [[faults(derivation, at) for at in POINTS] for derivation in derivations]
    assert [fault for each in told for some in each for fault in some or []] == []
    assert sum(any(some is not None for some in each) for each in told) > 0.9 * len(told)
    return {step.rule.removesuffix(" and chain rule") for one in derivations for step in one.steps}


def test_the_last_step_is_what_the_calculator_gives_and_none_is_lost_in_writing() -> None:
    assert_finished(15, seed=2)


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
    assert shown("6*x**2 + 2*x + 4") == [
        "sum rule: d/dx[6*x**2] + d/dx[2*x] + d/dx[4]",
        "constant factor rule: 6*d/dx[x**2] + 2*d/dx[x] + d/dx[4]",
        "power rule: 6*2*x + 2*d/dx[x] + d/dx[4]",
        "derivative of the variable: 6*2*x + 2 + d/dx[4]",
        "constant rule: 6*2*x + 2",
        "simplified: 12*x + 2",
    ]


@each(("text", "first"), [
    ("4", "constant rule: 0"),
    ("x", "derivative of the variable: 1"),
    ("if(y > 0, 1, y)*0 + x - x", "sum rule: d/dx[if(y > 0, 1, y)*0] + d/dx[x] - d/dx[x]"),
    ("x - 3*x^2 - 7", "sum rule: d/dx[x] - d/dx[3*x**2] - d/dx[7]"),
    ("-(-x)", "constant factor rule: d/dx[x]"),
    ("-x", "constant factor rule: -d/dx[x]"),
    ("x^2/3", "constant factor rule: d/dx[x**2]/3"),
    ("0.5*x*pi/y", "constant factor rule: 0.5*pi*d/dx[x]/y"),
    ("x*sin(x)*exp(x)", "product rule: d/dx[x]*sin(x)*exp(x) + x*d/dx[sin(x)]*exp(x) + x*sin(x)*d/dx[exp(x)]"),
    ("sin(x)/x", "quotient rule: (d/dx[sin(x)]*x - sin(x)*d/dx[x])/x**2"),
    ("1/x", "reciprocal rule: -(1/x**2)"),
    ("1/(x*log(x))", "reciprocal rule: -d/dx[x*log(x)]/(x*log(x))**2"),
    ("x^3", "power rule: 3*x**2"),
    ("x^2", "power rule: 2*x"),
    ("x^1", "power rule: 1"),
    ("x^0", "power rule: 0"),
    ("x^-2", "power rule: -2*x**-3"),
    ("x^(3/2)", "power rule: 3*sqrt(x)/2"),
    ("x^(2/3)", "power rule: 2*x**(-1/3)/3"),
    ("x^2.5", "power rule: 2.5*x**1.5"),
    ("x^pi", "power rule: pi*x**(pi - 1)"),
    ("x^y", "power rule: y*x**(y - 1)"),
    ("(x + 1)^3", "power rule and chain rule: 3*(x + 1)**2*d/dx[x + 1]"),
    ("sqrt(x)", "derivative of sqrt: 1/(2*sqrt(x))"),
    ("sqrt(x + 1)", "derivative of sqrt and chain rule: d/dx[x + 1]/(2*sqrt(x + 1))"),
    ("2^x", "exponential rule: 2**x*log(2)"),
    ("e^x", "exponential rule: e**x"),
    ("e^-x", "exponential rule and chain rule: e**(-x)*d/dx[-x]"),
    ("x^x", "logarithmic differentiation: x**x*d/dx[x*log(x)]"),
    ("(-2)^2*x", "constant factor rule: (-2)**2*d/dx[x]"),
    ("sin(x)", "derivative of sin: cos(x)"),
    ("sin(2x)", "derivative of sin and chain rule: cos(2*x)*d/dx[2*x]"),
    ("asin(x^2)", "derivative of asin and chain rule: d/dx[x**2]/sqrt(1 - (x**2)**2)"),
    ("hypot(x, 2*x)", "derivative of hypot and chain rule: x/hypot(x, 2*x) + 2*x*d/dx[2*x]/hypot(x, 2*x)"),
    ("max(x, 2, y)", "derivative of max: heaviside(x - max(2, y))"),
    ("max(x^2)", "derivative of max and chain rule: d/dx[x**2]"),
    ("legendre(3, x)", "derivative of legendre: gegenbauer(2, 3/2, x)"),
    ("legendre(0, x)", "derivative of legendre: 0"),
    ("leaky_relu(x)", "derivative of leaky_relu: if(x > 0, 1, 0.01)"),
    ("floor(x^2)", "derivative of floor: 0"),
    ("|x|", "derivative of abs: sign(x)"),
    ("if(x > 0, x^2, -x)", "piece by piece: if(x > 0, d/dx[x**2], d/dx[-x])"),
])  # fmt: skip
def test_a_rule(text: str, first: str) -> None:
    assert shown(text, wrt="x")[0] == first


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
