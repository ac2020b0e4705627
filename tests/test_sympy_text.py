"""What SymPy prints is read back with its value, to 30 digits: SymPy writes the texts and evaluates them itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mp, mpf
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli import DerivError, parse
from derivcli.language.parser import form_calls
from derivcli.language.tree import Tree, postorder, row_of
from tests.oracles import ORACLE
from tests.support import each

DIGITS = 30
X, Y = sympy.symbols("x y")
AT = {"x": sympy.Rational("0.73"), "y": sympy.Rational("1.19")}

ONE: tuple[Callable[..., Any], ...] = (
    *(sympy.sin, sympy.cos, sympy.tan, sympy.sec, sympy.csc, sympy.cot, sympy.asin, sympy.acos, sympy.atan, sympy.acot),
    *(sympy.sinh, sympy.cosh, sympy.tanh, sympy.sech, sympy.csch, sympy.coth, sympy.asinh, sympy.atanh),
    *(sympy.exp, sympy.log, sympy.sqrt, sympy.Abs, sympy.sign, sympy.floor, sympy.ceiling, sympy.frac),
    *(sympy.gamma, sympy.loggamma, sympy.digamma, sympy.harmonic, sympy.factorial, sympy.erf, sympy.erfc, sympy.erfi),
    *(sympy.Ei, sympy.Si, sympy.Ci, sympy.Shi, sympy.Chi, sympy.fresnels, sympy.fresnelc, sympy.LambertW),
    *(sympy.airyai, sympy.airybi, sympy.airyaiprime, sympy.elliptic_k, sympy.Heaviside, sympy.sinc),
)
"""Functions of one number, defined between 0 and 1."""
TWO: tuple[Callable[..., Any], ...] = (
    *(sympy.Max, sympy.Min, sympy.atan2, sympy.Mod, sympy.beta, sympy.binomial, sympy.Pow, sympy.log),
    *(sympy.besselj, sympy.besseli, sympy.uppergamma, sympy.lowergamma, sympy.expint, sympy.rf, sympy.ff),
)
NUMBERS = (
    *(sympy.Integer(2), sympy.Integer(-3), sympy.Rational(1, 3), sympy.pi, sympy.E),
    *(sympy.EulerGamma, sympy.GoldenRatio, sympy.Catalan),
)
RELATIONS = (sympy.Eq, sympy.Ne, sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le)


def drawn_expression(draw: random.Random, depth: int) -> sympy.Expr:
    """An expression over our functions, each inner part of which lies between 0 and 1."""
    kind = draw.randrange(8) if depth else draw.choice((0, 0, 1))
    if kind == 0:
        return draw.choice((X, Y))
    if kind == 1:
        return draw.choice(NUMBERS)
    if kind == 2:
        return draw.choice(ONE)(between(drawn_expression(draw, depth - 1)))
    if kind == 3:
        return draw.choice(TWO)(*(between(drawn_expression(draw, depth - 1)) + place for place in (0, 1)))
    if kind == 4:
        pairs = [(drawn_expression(draw, depth - 1), drawn_condition(draw, depth - 1)) for _ in range(2)]
        return sympy.Piecewise(*pairs, (drawn_expression(draw, depth - 1), True))
    parts = [drawn_expression(draw, depth - 1) for _ in range(draw.randint(2, 3))]
    return draw.choice((sympy.Add, sympy.Mul))(*parts) if kind < 7 else parts[0] / (2 + parts[1] ** 2)


def between(part: sympy.Expr) -> sympy.Expr:
    """A part that lies in (0, 1)."""
    return part if part in (X,) else 1 / (2 + part**2)


def drawn_condition(draw: random.Random, depth: int) -> Any:
    """A condition, of comparisons and what joins them."""
    kind = draw.randrange(5) if depth > 0 else 0
    if kind < 2:
        return draw.choice(RELATIONS)(X * draw.randint(1, 3), Y - draw.randint(0, 2))
    parts = [drawn_condition(draw, depth - 1) for _ in range(2)]
    return sympy.Not(parts[0]) if kind == 2 else draw.choice((sympy.And, sympy.Or))(*parts)


def value(tree: Tree) -> Any:
    """The value of a tree by mpmath, whose functions are those of the oracle."""
    known: dict[Tree, Any] = {}
    for node in postorder(tree):
        known[node] = _value(node, [known[part] for part in node.args])
    return known[tree]


COMPARE = {"==": eq, "!=": ne, ">": gt, ">=": ge, "<": lt, "<=": le}
MAKES: dict[type[Tree], Callable[..., Any]] = {
    sympy.Add: lambda *parts: mpmath.fsum(parts),
    sympy.Mul: lambda *parts: mpmath.fprod(parts),
    sympy.Pow: lambda base, exponent: base**exponent,
    sympy.And: lambda *parts: all(parts),
    sympy.Or: lambda *parts: any(parts),
    sympy.Not: lambda part: not part,
    ExprCondPair: lambda part, holds: (part, holds),
    sympy.Piecewise: lambda *pairs: next(part for part, holds in pairs if holds),
}


def _value(node: Any, parts: list[Any]) -> Any:
    row = row_of(node)
    for kind, make in MAKES.items():
        if isinstance(node, kind):
            return make(*parts)
    if isinstance(node, Relational):
        return COMPARE[node.rel_op](*parts)
    if node in (sympy.true, sympy.false):
        return bool(node)
    if row is not None:
        return ORACLE[row.name](*parts, *map(mpf, row.defaults[len(parts) - len(row.parameters) :]))
    number = sympy.Rational(AT[node.name]) if node.is_Symbol else node
    return mpf(number.evalf(DIGITS + 30))


def texts(seed: int, count: int) -> list[tuple[str, sympy.Expr]]:
    """Expressions of variables with what SymPy prints of them."""
    draw = random.Random(seed)
    found: list[tuple[str, sympy.Expr]] = []
    while len(found) < count:
        expression = drawn_expression(draw, 2)
        if len(expression.args) > 1 and expression.free_symbols:
            found.append((str(expression), expression))
    return found


def differs(text: str, expression: sympy.Expr) -> str:
    """What is wrong with the reading of a text, or nothing."""
    with mp.workdps(DIGITS + 20):
        wanted = expression.subs({X: AT["x"], Y: AT["y"]}).evalf(DIGITS + 5)
        if not wanted.is_Float:
            return f"{text}: SymPy has no value" if wanted.is_real is None else ""
        got, want = value(parse(text).tree), mpf(wanted)
        return "" if abs(got - want) <= mpf(10) ** -DIGITS * (1 + abs(want)) else f"{text}: {got} is not {want}"


TEXTS = texts(seed=1, count=200)


@each(("text", "expression"), TEXTS)
def test_what_sympy_prints_keeps_its_value(text: str, expression: sympy.Expr) -> None:
    assert differs(text, expression) == ""


EVERY = [*(function(X) for function in ONE), *(function(X, Y) for function in TWO), *(X * number for number in NUMBERS)]


@each("expression", EVERY)
def test_every_function_that_sympy_prints(expression: sympy.Expr) -> None:
    assert differs(str(expression), expression) == ""


def test_the_texts_hold_what_sympy_writes_in_its_own_way() -> None:
    written = " ".join(text for text, _ in TEXTS)
    for spelling in ("Ne(", "Eq(", ") & (", ") | (", "True)", "Max(", "EulerGamma", "E", "exp("):
        assert spelling in written


@each(("name", "sign"), [("Ne", "=="), ("Eq", "!="), ("Gt", "<")])
def test_a_wrong_relation_is_found(name: str, sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(form_calls._SIGNS, name, sign)
    relation = {"Ne": sympy.Ne, "Eq": sympy.Eq, "Gt": sympy.Gt}[name]
    text = f"Piecewise((x, {name}(x, y)), (y, True))"
    assert differs(text, sympy.Piecewise((X, relation(X, Y)), (Y, True)))


def test_pairs_in_a_wrong_order_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = form_calls.FORM_CALLS["Piecewise"]
    wrong = lambda form, arguments, span: right(form, [*arguments[2:], *arguments[:2]], span)  # noqa: E731
    monkeypatch.setitem(form_calls.FORM_CALLS, "Piecewise", wrong)
    assert any(differs(text, expression) for text, expression in TEXTS if "Piecewise" in text)


SPECIAL = [
    ("S(1)/2*x", "write (1) for SymPy's S(1); for a product write S*(1)"),
    ("S(x+1)", "write (x+1) for SymPy's S(x+1); for a product write S*(x+1)"),
    ("1 + x + O(x**2)", "leave out O(x**2), the rest of a series; for a product write O*(x**2)"),
]


@each("text, hint", SPECIAL)
def test_functions_of_sympy_that_are_letters_are_refused_with_both_readings(text: str, hint: str) -> None:
    with pytest.raises(DerivError) as refusal:
        parse(text)
    assert "has two readings" in refusal.value.message
    assert refusal.value.hint == hint
    assert parse(text, declared=["S", "O"]).text


@each("text", ["N(x**2)", "N(pi)*x", "y(0)", "u(-1)", "2y(1/2)"])
def test_what_looks_like_a_call_is_a_product_with_a_note(text: str) -> None:
    (note,) = parse(text).notes
    assert note.message.endswith("and the bracket, not as a function")
