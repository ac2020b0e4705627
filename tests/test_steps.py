"""Derivations: each step equals the one before it, by an evaluation that knows no rules, and the last is the answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mp, mpf

from derivcli import DerivError, Derivation, derive, parse, steps
from derivcli.explain import rules
from derivcli.explain.rules import By, Rule
from derivcli.explain.tidy import product
from derivcli.language import tree as build
from derivcli.language.formulas import complete
from derivcli.language.function import Function
from derivcli.language.functions import FUNCTIONS
from derivcli.language.parse import parse_tree
from derivcli.language.tree import RELATIONS, Derivative, Tree, postorder, row_of, symbol
from tests.oracles import ORACLE
from tests.support import deriv, no_hang
from tests.test_functions import call_of, samples, smooth, with_numbers

DIGITS = 30
TOLERANCE = 1e-12
NOISE = mpf(10) ** -18
"""What two numbers that are 0 may differ by."""

EXPRESSIONS = 1_000
POINTS = ({"x": mpf("0.7390851"), "y": mpf("1.3182747")}, {"x": mpf("2.2831853"), "y": mpf("0.4142136")})
OUTER = ("sin", "cos", "exp", "log", "sqrt", "atan", "tanh", "sinh", "abs", "sigmoid", "erf", "cbrt", "tan", "softplus")
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
            self.known[tree] = self.find(tree)
        return self.known[tree]

    def find(self, node: Any) -> Any:
        if isinstance(node, Derivative):
            inner, variable = node.args
            return mpmath.diff(lambda t: Value({**self.at, variable.name: t})(inner), self.at[variable.name])
        if isinstance(node, sympy.Piecewise):
            return next((self(pair.expr) for pair in node.args if self(pair.cond)), mpmath.nan)
        if isinstance(node, sympy.And | sympy.Or | sympy.Not):
            truths = [bool(self(part)) for part in node.args]
            return not truths[0] if isinstance(node, sympy.Not) else (all, any)[isinstance(node, sympy.Or)](truths)
        parts = [self(part) for part in node.args]
        if type(node) in SIGNS:
            return COMPARE[SIGNS[type(node)]](*parts)
        return self.number(node, parts)

    def number(self, node: Any, parts: list[Any]) -> Any:
        if node.is_Symbol:
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
    except (ZeroDivisionError, ValueError, OverflowError, TypeError):
        return None
    if not all(map(is_ordinary, (numbers[0], value(derivation.expression.expanded)))):
        return None
    return [
        f"{derivation.expression.text}: {rule} makes {before} of {after}"
        for (rule, _), before, after in zip(chain[1:], numbers, numbers[1:], strict=False)
        if not abs(before - after) <= TOLERANCE * abs(before) + NOISE
    ]


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
        return draw.choice(["x", "x", "x", "y", str(draw.randint(1, 9)), "pi"])
    a, b = (random_formula(draw, draw.randint(0, depth - 1)) for _ in range(2))
    c = random_formula(draw, depth - 1)
    return draw.choice([
        f"({c}) + {a}", f"({c}) - ({b})", f"({c})*({a})", f"({a})/({c})", f"({c})/({a})", f"-({c})", f"({c})*({a})*({b})",
        f"({c})^{draw.randint(-3, 4)}", f"({c})^(3/2)", f"(1 + ({a})^2)^({c})", f"{draw.randint(2, 5)}^({c})", f"e^({c})",
        *(f"{name}({c})" for name in draw.sample(OUTER, 6)), f"hypot({a}, {c})", f"max({a}, {b}, {c})",
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


def test_every_row_of_the_table_is_derived_step_by_step() -> None:
    with mp.workdps(DIGITS):
        assert [fault for row in FUNCTIONS for fault in faults_of_row(row)] == []


def test_random_expressions_are_derived_step_by_step() -> None:
    derivations = random_derivations(EXPRESSIONS, seed=1)
    with mp.workdps(DIGITS):
        told = [[faults(derivation, at) for at in POINTS] for derivation in derivations]
    assert [fault for each in told for some in each for fault in some or []] == []
    assert sum(any(some is not None for some in each) for each in told) > 0.8 * len(told)
    assert {step.rule.removesuffix(" and chain rule") for one in derivations for step in one.steps} >= {
        rule.name for rule in rules.RULES if "{}" not in rule.name
    }
