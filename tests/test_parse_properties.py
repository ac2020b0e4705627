"""Random formulas in several notations keep their meaning, and random texts are refused, never worse."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from derivcli import DerivError, Expression, derive, parse
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import vocabulary
from tests.support import drawn, no_hang

EPSILON = 2.0**-52
"""No text takes longer, read or refused."""

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly a piece of text holds together."""

Point = dict[str, float]
Number = tuple[float, float]
"""A value and a bound on its rounding error."""

Value = Callable[[Point], Number]


@dataclass(frozen=True)
class Formula:
    """A text, how tightly it holds together, and an evaluation that shares nothing with the parser."""

    text: str
    level: int
    value: Value

    def __repr__(self) -> str:
        return self.text


def inside(formula: Formula, level: int) -> str:
    return formula.text if formula.level >= level else f"({formula.text})"


def rounded(value: float, error: float) -> Number:
    return value, error + EPSILON * abs(value)


def plus(a: Value, b: Value, sign: float) -> Value:
    def value(point: Point) -> Number:
        (x, dx), (y, dy) = a(point), b(point)
        return rounded(x + sign * y, dx + dy)

    return value


def times(a: Value, b: Value) -> Value:
    def value(point: Point) -> Number:
        (x, dx), (y, dy) = a(point), b(point)
        return rounded(x * y, abs(x) * dy + abs(y) * dx)

    return value


def over(a: Value, b: Value) -> Value:
    def value(point: Point) -> Number:
        (x, dx), (y, dy) = a(point), b(point)
        return rounded(x / y, (dx + abs(x / y) * dy) / abs(y))

    return value


def power(a: Value, b: Value) -> Value:
    def value(point: Point) -> Number:
        (x, dx), (y, dy) = a(point), b(point)
        result = math.pow(x, y)
        slope = abs(y * math.pow(x, y - 1)) if y else 0.0
        return rounded(result, slope * dx + (abs(result * math.log(abs(x))) * dy if dy else 0.0))

    return value


def applied(function: Callable[[float], float], slope: Callable[[float], float], a: Value) -> Value:
    def value(point: Point) -> Number:
        x, dx = a(point)
        return rounded(function(x), abs(slope(x)) * dx)

    return value


FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "sin": (math.sin, math.cos),
    "cos": (math.cos, math.sin),
    "atan": (math.atan, lambda x: 1 / (1 + x * x)),
    "arctan": (math.atan, lambda x: 1 / (1 + x * x)),
    "tanh": (math.tanh, lambda x: 1.0),
    "exp": (math.exp, math.exp),
    "ln": (math.log, lambda x: 1 / x),
    "log": (math.log, lambda x: 1 / x),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "abs": (abs, lambda x: 1.0),
}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@st.composite
def atoms(draw: DrawFn) -> Formula:
    if draw(st.booleans()):
        name = draw(st.sampled_from("xyt"))
        return Formula(name, ATOM, lambda point: (point[name], 0.0))
    digits = draw(st.sampled_from(["0", "1", "2", "3", "7", "10", "0.5", ".25", "1.5e1", "2.", "pi", "e", "π", "0.1"]))
    number = {"pi": math.pi, "π": math.pi, "e": math.e}.get(digits) or float(
        digits if digits[0] not in "pπe" else "nan"
    )
    return Formula(digits, ATOM, lambda point: (number, EPSILON * number))


@st.composite
def sums(draw: DrawFn, parts: SearchStrategy[Formula]) -> Formula:
    a, b = draw(parts), draw(parts)
    sign = draw(st.sampled_from(["+", " + ", "-", " - ", "−"]))
    positive = sign.strip() == "+"
    right = inside(b, SUM if positive and b.level > SUM else PRODUCT)
    return Formula(inside(a, SUM) + sign + right, SUM, plus(a.value, b.value, 1.0 if positive else -1.0))


@st.composite
def products(draw: DrawFn, parts: SearchStrategy[Formula]) -> Formula:
    a, b = draw(parts), draw(parts)
    sign = draw(st.sampled_from(["*", " * ", "·", "×", "/", " / ", "÷", "", " "]))
    left, right = inside(a, PRODUCT), inside(b, POWER)
    if not sign.strip():
        left = left if left[-1] == ")" else f"({left})"
        right = right if right[0].isalpha() or right[0] == "(" else f"({right})"
    kind = over if sign.strip() in ("/", "÷") else times
    return Formula(left + sign + right, PRODUCT, kind(a.value, b.value))


@st.composite
def signs(draw: DrawFn, parts: SearchStrategy[Formula]) -> Formula:
    a = draw(parts)
    sign = draw(st.sampled_from(["-", "+", "−", "- "]))
    factor = 1.0 if sign == "+" else -1.0
    return Formula(sign + inside(a, SIGN), SIGN, times(lambda point: (factor, 0.0), a.value))


@st.composite
def powers(draw: DrawFn, parts: SearchStrategy[Formula]) -> Formula:
    a = draw(parts)
    if draw(st.booleans()):
        whole = draw(st.integers(-3, 4))
        raised = draw(st.sampled_from(["**{}", "^{}", "^({})", "{}"]))
        written = str(whole).translate(SUPERSCRIPTS) if raised == "{}" else str(whole)
        exponent: Value = lambda point: (float(whole), 0.0)  # noqa: E731
        return Formula(inside(a, ATOM) + raised.format(written), POWER, power(a.value, exponent))
    b = draw(parts)
    sign = draw(st.sampled_from(["**", "^", " ^ "]))
    return Formula(inside(a, ATOM) + sign + inside(b, SIGN), POWER, power(a.value, b.value))


@st.composite
def calls(draw: DrawFn, parts: SearchStrategy[Formula]) -> Formula:
    a = draw(parts)
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    write = draw(st.sampled_from(["{}({})", "{} ({})", "({} {})", "|{}|", "√({})"]))
    if write == "|{}|":
        return Formula(f"|{a.text}|", ATOM, applied(*FUNCTIONS["abs"], a.value)) if "|" not in a.text else a
    if write == "√({})":
        return Formula(f"√({a.text})", POWER, applied(*FUNCTIONS["sqrt"], a.value))
    argument = inside(a, PRODUCT) if write == "({} {})" and a.level == ATOM else f"({a.text})"
    argument = a.text if write == "{}({})" or write == "{} ({})" else argument
    return Formula(write.format(name, argument), ATOM, applied(*FUNCTIONS[name], a.value))


@st.composite
def branches(draw: DrawFn, parts: SearchStrategy[Formula]) -> Formula:
    a, b, c, d = (draw(parts) for _ in range(4))
    sign, other = draw(st.sampled_from([("<", False), (">", True), ("<=", False), ("≥", True)]))
    write = draw(
        st.sampled_from(["if({}{}{}, {}, {})", "where({}{}{}, {}, {})", "Piecewise(({3}, {0}{1}{2}), ({4}, True))"])
    )

    def value(point: Point) -> Number:
        (x, dx), (y, dy) = a.value(point), b.value(point)
        if abs(x - y) <= 100 * (dx + dy):
            raise ArithmeticError("too close to tell")
        return (c if (x > y) == other else d).value(point)

    return Formula(write.format(a.text, sign, b.text, c.text, d.text), ATOM, value)


def larger(parts: SearchStrategy[Formula]) -> SearchStrategy[Formula]:
    return st.one_of(sums(parts), products(parts), powers(parts), signs(parts), calls(parts), branches(parts))


formulas = st.recursive(atoms(), larger, max_leaves=12)
points = st.fixed_dictionaries({name: st.floats(0.1, 3).map(lambda x: round(x, 3)) for name in "xyt"})


def accurate(formula: Formula, point: Point) -> float:
    """The independent value; the example is discarded where it is not real, or rounding blurs it."""
    try:
        value, error = formula.value(point)
    except (ArithmeticError, ValueError):
        assume(False)
    assume(math.isfinite(value) and 1e-200 < abs(value) < 1e200 and 10 * error < 1e-12 * abs(value))
    return value


def outcome(text: str) -> Expression | DerivError:
    try:
        return parse(text)
    except DerivError as error:
        return error


def is_about_a_constant(read: Expression | DerivError) -> bool:
    return isinstance(read, DerivError) and ("constant" in read.message or "zero" in read.message)


thorough = drawn(400, derandomize=True)


@thorough
@given(formula=formulas, point=points)
def test_every_notation_keeps_its_meaning(formula: Formula, point: Point) -> None:
    wanted = accurate(formula, point)
    expression = outcome(formula.text)
    assume("," not in formula.text or not is_about_a_constant(expression))  # of a branch that is not taken
    assert isinstance(expression, Expression)
    again = parse(expression.text)
    assert again.text == expression.text
    at = {name: point[name] for name in expression.variables or "x"}
    for each in (expression, again):
        assert derive(each, at=at, check=False).value[0] == pytest.approx(wanted, rel=1e-12)


@thorough
@given(formula=formulas)
def test_the_canonical_text_reads_as_itself(formula: Formula) -> None:
    read = outcome(formula.text)
    assert is_about_a_constant(read) or (isinstance(read, Expression) and parse(read.text).text == read.text)


TOKENS = [*"+-*/^()|,!=<>xyeπα√²³₁_.%[]'\"\\ \t\n", "**", "//", "==", "<=", "≠", "1", "2.5", "1e9", "uv", "sin", "log"]
TOKENS += ["and", "or", "not", "True", "gamma", "max", "e^", "sin^2", "9**9", *forms(), *vocabulary()]


def is_sound(read: Expression | DerivError) -> bool:
    """Whether a refusal has a place and no control characters, or an expression's text reads as itself."""
    if isinstance(read, DerivError):
        return read.span is not None and all(line.isprintable() for line in str(read).split("\n"))
    return parse(read.text, declared=read.variables).text == read.text


def survives(text: str) -> None:
    with no_hang():
        assert is_sound(outcome(text))


@drawn(1000, derandomize=True)
@given(st.lists(st.sampled_from(TOKENS), max_size=15), st.sampled_from(["", " "]))
def test_random_tokens(tokens: list[str], between: str) -> None:
    survives(between.join(tokens))


@thorough
@given(st.text(st.characters(codec=None), max_size=30))
def test_random_unicode(text: str) -> None:
    survives(text)


@thorough
@given(formulas, st.data())
def test_a_formula_with_a_wound(formula: Formula, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(formula.text)))
    length = data.draw(st.integers(0, 3))
    survives(formula.text[:place] + data.draw(st.sampled_from(["", *TOKENS])) + formula.text[place + length :])
