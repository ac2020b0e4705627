"""Derivatives of drawn formulas over unknown functions, against SymPy's of functions that stand in their places."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy.core.cache import clear_cache

import derivcli
from derivcli.errors import DerivError
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from tests.support import drawn

X = sympy.Symbol("x")
MEANINGS: dict[str, Callable[[sympy.Expr], sympy.Expr]] = {
    "f": lambda t: sympy.sin(2 * t) + t + 3,
    "g": lambda t: sympy.exp(t / 3) + t**2 + 1,
    "h": lambda t: sympy.atan(t) + 5,
}
POINTS = ("0.3", "1.1", "-0.7")
DIGITS = 30


class Drawn:
    """A drawn formula as text in which f, g and h are called."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def formula(self, depth: int) -> str:
        kind = self.draw.randrange(9) if depth else self.draw.randrange(3)
        if kind == 0:
            return self.draw.choice(["x", "x", "2", "3"])
        if kind in (1, 2):
            return f"{self.draw.choice('fgh')}{self.draw.choice(['', '', '', chr(39)])}(x)"
        inner = self.formula(depth - 1)
        if kind == 3:
            return f"({inner} + {self.formula(depth - 1)})"
        if kind == 4:
            return f"({inner})*({self.formula(depth - 1)})"
        if kind == 5:
            return f"({inner})/({self.draw.choice('fgh')}(x))"
        if kind == 6:
            return f"{self.draw.choice(['sin', 'cos', 'exp'])}(({inner})/7)"
        if kind == 7:
            return f"{self.draw.choice('fgh')}(({inner})/5)"
        return f"({inner})**{self.draw.randint(2, 3)}"


def meant(text: str) -> sympy.Expr:
    """A text with the meanings of f, g and h and their derivatives, by a reading of its own."""
    t = sympy.Symbol("t")

    def of(name: str, order: int) -> Callable[[sympy.Expr], sympy.Expr]:
        slope = sympy.diff(MEANINGS[name](t), t, order) if order else MEANINGS[name](t)
        return lambda argument: slope.subs(t, argument)

    known = {f"{name}_{order}": of(name, order) for name in MEANINGS for order in range(9)}
    plain = re.sub(r"(?<![a-z])([fgh])(?:('*)|\^\((\d)\))\(", lambda m: f"{m[1]}_{m[3] or len(m[2] or '')}(", text)
    plain = re.sub(r"(?<!\w)(\d+)", r"Integer(\1)", plain)
    names = {
        **known,
        "x": X,
        **{each: getattr(sympy, each) for each in ("sin", "cos", "exp", "sqrt", "log", "Integer")},
    }
    return sympy.sympify(eval(plain, {"__builtins__": {}}, names))  # the test's own text


def numbers(tree: sympy.Expr) -> list[mpmath.mpf]:
    value = sympy.lambdify(X, tree, "mpmath")
    return [mpmath.mpf(value(mpmath.mpf(point))) for point in POINTS]


def are_same(one: sympy.Expr, other: sympy.Expr) -> bool:
    with mpmath.workdps(DIGITS + 10):
        pairs = zip(numbers(one), numbers(other), strict=True)
        return all(abs(a - b) <= mpmath.mpf(10) ** -DIGITS * (1 + abs(a)) for a, b in pairs)


@given(st.integers(0, 10**6))
@drawn(80)
def test_derivatives_are_those_of_every_function(seed: int) -> None:
    text = Drawn(seed).formula(2)
    order = seed % 2 + 1
    found = derivcli.derive(text, wrt="x", order=order).derivatives["x" if order == 1 else "x,x"]
    assert are_same(meant(found.canonical_text), sympy.diff(meant(text), X, order)), (text, found.canonical_text)
    assert derivcli.parse(found.canonical_text, declared=["x"]).canonical_text == found.canonical_text


@given(st.integers(0, 10**6))
@drawn(40)
def test_steps_stay_the_same_to_the_end(seed: int) -> None:
    text = Drawn(seed).formula(2)
    (derivation,) = derivcli.steps(text, "x")
    assert are_same(meant(derivation.answer.text), sympy.diff(meant(text), X))
    assert not any("d/d" in step.canonical_text for step in derivation.steps[-1:])


def test_a_planted_fault_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(row: Function, index: int) -> Function:
        return row  # f' is f

    monkeypatch.setattr(formulas, "differentiated", forgetful)
    clear_cache()
    found = derivcli.derive("f(x)*x").derivatives["x"]
    clear_cache()
    assert not are_same(meant(found.canonical_text), sympy.diff(meant("f(x)*x"), X))


NAMES = "xtab"


@given(st.integers(0, 10**6))
@drawn(120)
def test_primes_are_derivatives_of_the_body_at_the_argument(seed: int) -> None:
    """Whatever the parameter is called, also where the argument holds a variable of its name."""
    draw = random.Random(seed)
    parameter, other = draw.sample(NAMES, 2)
    body = draw.choice(["{p}^3", "sin({p})*{o}", "exp({p}/2)+{o}", "{p}^2*{o}+{p}", "1/({p}^2+{o}^2)"])
    argument = draw.choice(["x", "x^2", "2*x+{o}", "{p}*{o}", "sin({p})", "{o}"])
    order = draw.choice([1, 1, 2])
    let = {f"f({parameter})": body.format(p=parameter, o=other)}
    inner = argument.format(p=parameter, o=other)
    at = {name: draw.choice(["0.4", "1.3", "0.9"]) for name in NAMES}
    read = derivcli.parse(f"f{chr(39) * order}({inner})", let=let)
    value = derivcli.derive(read, at={name: at[name] for name in read.variables} or {"x": "1"}, check=False).value[0]
    with mpmath.workdps(DIGITS):
        given = {name: mpmath.mpf(text) for name, text in at.items()}

        def f(t: mpmath.mpf) -> mpmath.mpf:
            return evaluated(let[f"f({parameter})"], {**given, parameter: t})

        assert float(mpmath.diff(f, evaluated(inner, given), order)) == pytest.approx(value, rel=1e-12)


def evaluated(text: str, names: dict[str, mpmath.mpf]) -> mpmath.mpf:
    known = {"sin": mpmath.sin, "exp": mpmath.exp, **names}
    return eval(text.replace("^", "**"), {"__builtins__": {}}, known)  # the test's own text


def test_a_captured_name_would_be_seen() -> None:
    """f(x) = x*t at the argument t is t*t, and its derivative there t."""
    assert derivcli.parse("f(t)", let={"f(x)": "x*t"}).canonical_text == "t*t"
    assert derivcli.parse("f'(t)", let={"f(x)": "x*t"}).canonical_text == "t"


def test_a_long_chain_of_calls_is_refused_in_time() -> None:
    let = {"f(x)": "x*x+x"}
    with pytest.raises(DerivError, match="parts"):
        derivcli.parse("f(" * 40 + "x" + ")" * 40, let=let)
