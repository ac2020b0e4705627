"""Sums and products over an index: how they are read, what they bind, and their numbers, by loops at 20 digits."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import mpmath
import pytest

from derivcli import DerivError, answer, derive, parse, steps
from derivcli.engines.program import lower
from derivcli.language.bound_variables import IndexVariable, Summation
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.printer import text_of
from derivcli.language.tree import bound_variable, made, number, substitute, symbol
from derivcli.render.latex_printer import latex_of
from derivcli.result import Result
from tests.support import deriv, each, hint_of, sample

READ = [
    # typed, canonical text, variables
    ("sum(k*x^k, k, 1, 5)", "sum(k*x**k, k, 1, 5)", "x"),
    ("Sum(k*x**k, (k, 1, 5))", "sum(k*x**k, k, 1, 5)", "x"),
    ("summation(k*x**k, (k, 1, 5))", "sum(k*x**k, k, 1, 5)", "x"),
    ("product(x+k, k, 1, 3)", "product(x + k, k, 1, 3)", "x"),
    ("Product(x+k, (k, 1, 3))", "product(x + k, k, 1, 3)", "x"),
    ("prod(x+k, k, 1, 3)", "product(x + k, k, 1, 3)", "x"),
    ("k*sum(k*x, k, 1, 3)", "k*sum(k*x, k, 1, 3)", "k,x"),
    ("sum(x, k, 1, 3)", "sum(x, k, 1, 3)", "x"),
    ("sum(kx, k, 1, 3) + x", "sum(k*x, k, 1, 3) + x", "x"),
    ("sum(2kx^k, k, 1, 3) + x", "sum(2*k*x**k, k, 1, 3) + x", "x"),
    ("sum(idx*x, idx, 1, 3)", "sum(idx*x, idx, 1, 3)", "x"),
    ("sum(α*x, α, 1, 3)", "sum(alpha*x, alpha, 1, 3)", "x"),
    ("sum(sin^k(x), k, 1, 3)", "sum(sin(x)**k, k, 1, 3)", "x"),
    ("sum(x^k, k, -2, 2^3)", "sum(x**k, k, -2, 2**3)", "x"),
    ("sum(k*sum(k*x, k, 1, 2), k, 1, 3)", "sum(k*sum(k*x, k, 1, 2), k, 1, 3)", "x"),
    ("Sum(i*j*x, (i, 1, j), (j, 1, 3))", "sum(sum(i*j*x, i, 1, j), j, 1, 3)", "x"),
    ("sum(x^k, k, 1, (5))", "sum(x**k, k, 1, 5)", "x"),
    ("sum(chebyshevt(k, x), k, 0, 3)", "sum(chebyshevt(k, x), k, 0, 3)", "x"),
]

REFUSED = [
    # typed, part of what is said, part of the way out
    ("sum(x^k, k, 1, n)", "n is none", "write a whole number"),
    ("sum(x^k, k, 1, 2.5)", "2.5 is none", "write a whole number"),
    ("sum(x^k, k, 1, pi)", "pi is none", "write a whole number"),
    ("sum(sum(x^k, k, 1, m), m, 1, n)", "n is none", "write a whole number"),
    ("sum(x^k, k, 5, 1)", "runs down", "1, 5"),
    (r"\sum_{i=1}^{3} x_i", "'x_i' may change with the index i", "x_1, x_2 and so on"),
    (r"x \prod_{k=1}^{3} (x - a_{ik})", "'a_ik' may change with the index k", "without k"),
    (r"\int_0^x a_t t \, dt", "'a_t' may change with the variable t", "without t"),
    ("sum(x^k, k, 1, 10001)", "10,001 terms", "fewer"),
    ("sum(x^k, k, 1, 6000) + sum(x^j, j, 1, 6000)", "12,000 terms", "fewer"),
    ("sum(sum(x^(j*k), j, 1, 200), k, 1, 200)", "terms", "fewer"),
    ("sum(x^k, k, 1, 10^9)", "1,000,000,000 terms", "fewer"),
    ("sum(x^k, k, 1, inf)", "finite", "whole numbers"),
    ("sum(1/k, k, 0, 3)", "divides by zero, at k = 0", ""),
    ("sum(x/(k - 2), k, 1, 3)", "divides by zero, at k = 2", ""),
    ("sum(log(k), k, -1, 1)", "no", ""),
    ("sum(csc(k)*x, k, 0, 2)", "at k = 0", ""),
    ("sum(x^k*10^(100*k), k, 1, 4)", "outside the range of float64, about 1e-308 to 1e308, at k = 4", "scale"),
    ("sum(x^(j/(k-j)), j, 1, 3) + sum(sum(1/(k-j), j, 1, 2), k, 1, 3)", "divides by zero", ""),
    ("sum(chebyshevt(k/2, x), k, 0, 3)", "whole number, at k = 1", ""),
    ("sum(x, y)", "needs its bounds", "sum(k*x**k, k, 1, 5)"),
    ("sum(x, 2, 1, 5)", "index", "sum(k*x**k, k, 1, 5)"),
    ("sum(k, k, 1, 10, 2)", "5", "other steps"),
    ("sum(x, sin, 1, 5)", "'sin' is a function", "letter"),
    ("sum(x > 0, k, 1, 5)", "", ""),
    ("sum x", "brackets", "sum(k*x**k, k, 1, 5)"),
    ("Sum(k*x, (k, 1))", "range", "(k, 1, 5)"),
]


@each("typed, text, variables", READ)
def test_sums_are_read_and_their_text_reads_back(typed: str, text: str, variables: str) -> None:
    found = parse(typed)
    assert (found.canonical_text, found.variables) == (text, tuple(variables.split(",")))
    again = parse(found.canonical_text)
    assert again.tree == found.tree
    assert again.canonical_text == text


@each("typed, said, way_out", REFUSED)
def test_what_is_no_sum_is_refused_with_a_way_out(typed: str, said: str, way_out: str) -> None:
    with pytest.raises(DerivError) as caught:
        parse(typed)
    assert said in caught.value.message
    assert way_out in hint_of(caught.value)
    assert caught.value.span is not None


def test_an_empty_sum_is_noted() -> None:
    for text, value in (("x + sum(x^k, k, 1, 0)", "sum has no terms and is 0"), ("x*product(k, k, 1, 0)", "is 1")):
        (note,) = parse(text).notes
        assert value in note.message
    assert derive("x + product(x, k, 3, 2)", at={"x": 5.0}).value[0] == 6


@each("text, value", [("sum(k, k, 1, 100)", 5050), ("product(k, k, 1, 5)", 120), ("sum(2^-k, k, 0, 1)", 1.5)])
def test_constant_sums_have_a_value(text: str, value: float) -> None:
    assert parse(text).constant == value


def test_an_index_hides_a_variable_of_its_name_inside_alone() -> None:
    def number_of(text: str, at: dict[str, float], let: dict[str, str] | None = None) -> float:
        return float(derive(text, at=at, let=let, check=False).value[0])

    assert number_of("k*sum(k*x, k, 1, 3)", at={"k": 7, "x": 2}) == 7 * 12
    assert number_of("sum(k*x, k, 1, 3) + k", at={"k": 7, "x": 2}) == 12 + 7
    assert number_of("sum(a*k, k, 1, 3)", let={"a": "k + 1"}, at={"k": 10}) == 11 * 6  # the k of a is the one outside
    assert number_of("sum(k*x, k, 1, 3)", let={"k": "x^9"}, at={"x": 2}) == 12
    assert number_of("k*sum(k*x, k, 1, 3)", let={"k": "x^2"}, at={"x": 2}) == 4 * 12
    assert number_of("sum(f(k)*x, k, 1, 3)", let={"f(x)": "sum(x*k, k, 1, 2)"}, at={"x": 2}) == 2 * 3 * 6
    assert number_of("sum(e*x, e, 1, 3)", at={"x": 2}) == 12
    assert number_of("sum(sum(k*x, k, 1, k), k, 1, 3)", at={"x": 1}) == 1 + 3 + 6


def test_a_replacement_is_not_captured() -> None:
    index, x = bound_variable(IndexVariable, "k"), symbol("x")
    node = made(Summation, [parse("x").tree, index, number(Fraction(1)), number(Fraction(3))])
    found = substitute(node, {x: symbol("k")})
    assert text_of(found) == "sum(k, k1, 1, 3)"
    inner = substitute(node, {index: number(Fraction(9))})
    assert inner == node
    assert text_of(unrolled(found)) == "k + k + k"


def test_copies_and_pickles_are_equal() -> None:
    found = parse("k*sum(k*x, k, 1, 3)*product(x + k, k, 1, 3)")
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)
    assert pickle.loads(pickle.dumps(found)).tree == found.tree
    assert found != parse("k*sum(j*x, j, 1, 3)*product(x + k, k, 1, 3)")
    result = derive("sum(k*x^k, k, 1, 3)", at={"x": 2})
    assert pickle.loads(pickle.dumps(result)) == result


FORMULAS = [
    ("sum(k*x^k, k, 1, 5)", "sum(k**2*x**(k - 1), k, 1, 5)"),
    ("sum(x^k, k, 0, 5)", "sum(k*x**(k - 1), k, 1, 5)"),  # from 1 on, since 0*x^(-1) has no value at 0
    ("sum(x^(5-k), k, 0, 5)", "sum(x**(4 - k)*(5 - k), k, 0, 4)"),
    ("sum(k, k, 1, 5)*x", "sum(k, k, 1, 5)"),
    ("product(x+k, k, 1, 2)", "2*x + 3"),
    ("product(x+k, k, 1, 9)", "sum(product(k + x, k, 1, j - 1)*product(k + x, k, j + 1, 9), j, 1, 9)"),
    ("sum(abs(x-k), k, 1, 2)", "sum(sign(x - k), k, 1, 2)"),
    ("sum(if(k > 2, k*x^2, x), k, 1, 3)", "6*x + 2"),
    ("sum(relu(x-k), k, 1, 2)", "Piecewise((0, x < 1), (1, x > 1 and x < 2), (2, x > 2))"),
]


@each("text, formula", FORMULAS)
def test_the_derivative_of_a_sum_is_a_sum(text: str, formula: str) -> None:
    assert derive(text).derivatives["x"].canonical_text == formula


def test_formulas_are_the_numbers_where_factors_and_indices_are_zero() -> None:
    for text in ("product(x - k, k, 1, 9)", "sum(x^k, k, 0, 6)", "sum(product(x*k - j, j, 1, 6), k, 0, 2)"):
        formula = derive(text).derivatives["x"].canonical_text
        for x in (0.0, 1.0, 3.0, 0.5):
            slope = derive(text, at={"x": x}).derivatives["x"][0]
            assert derive(formula, at={"x": x}, wrt=["x"]).value[0] == pytest.approx(slope, rel=1e-12)


def test_latex_of_sums_and_products() -> None:
    assert latex_of(parse("sum(k*x^k, k, 1, 5)").tree) == r"\sum_{k=1}^{5} k x^{k}"
    assert latex_of(parse("sum(k+x, k, 1, 5)*y").tree) == r"\left(\sum_{k=1}^{5} (k + x)\right) y"
    assert latex_of(parse("product(-x, k, 1, 2)").tree) == r"\prod_{k=1}^{2} (-x)"


def test_steps_name_the_rules() -> None:
    (sums,) = steps("sum(k*x^k, k, 1, 5)")
    assert [step.rule for step in sums.steps][:2] == ["sum rule, term by term", "power rule"]
    (products,) = steps("product(sin(k*x), k, 1, 9)")
    assert products.steps[0].rule == "product rule, factor by factor"


def test_answers_are_held_against_sums() -> None:
    assert answer("sum(x^k, k, 0, 5)", "sum(k*x^(k-1), k, 1, 5)").how == "proved"
    assert answer("sum(x^k, k, 0, 5)", "sum(j*x^(j-1), j, 1, 5)").equal
    assert answer("sum(x^k, k, 0, 5)", "1 + 2x + 3x^2 + 4x^3 + 5x^4").equal
    assert not answer("sum(x^k, k, 0, 5)", "sum(k*x^(k-1), k, 1, 6)").equal
    assert not answer("product(x+k, k, 1, 5)", "product(1, k, 1, 5)").equal
    assert answer("sum(abs(x-k), k, 1, 2)", "sum(sign(x-k), k, 1, 2)").equal


def test_ten_thousand_terms_are_one_flat_program() -> None:
    assert len(lower([parse("sum(x^k/k, k, 1, 10000)")], ("x",)).steps) < 5 * 10_000


@pytest.mark.sampled
def test_long_sums_have_proved_derivatives() -> None:
    terms = sample(2_000, 10_000)
    result = derive(f"sum(x^k/k, k, 1, {terms})", at={"x": 0.5})
    assert result.value[0] == pytest.approx(float(mpmath.log(2)), rel=1e-14)
    assert kinds(result) == {"proved"}


def kinds(result: Result) -> set[str]:
    """The kinds of the verdicts of all derivatives."""
    assert result.verdicts is not None
    return {verdict.kind for column in result.verdicts.values() for verdict in [column[0]] if verdict is not None}


@dataclass(frozen=True)
class Drawn:
    """A body as text, and as a function of the index and of x and y in mpmath's numbers."""

    text: str
    value: Callable[..., mpmath.mpf]


def drawn(draw: random.Random, depth: int) -> Drawn:
    """A smooth body over k, x and y."""
    if depth == 0:
        name = draw.choice(["k", "x", "y", "x"])
        return Drawn(name, lambda k, x, y: {"k": k, "x": x, "y": y}[name])
    one, other = drawn(draw, depth - 1), drawn(draw, draw.randrange(depth))
    return draw.choice(
        [
            Drawn(f"({one.text} + {other.text})", lambda *at: one.value(*at) + other.value(*at)),
            Drawn(f"({one.text} - {other.text}/3)", lambda *at: one.value(*at) - other.value(*at) / 3),
            Drawn(f"{one.text}*({other.text})", lambda *at: one.value(*at) * other.value(*at)),
            Drawn(f"sin({one.text})", lambda *at: mpmath.sin(one.value(*at))),
            Drawn(f"exp(-({one.text})^2/9)", lambda *at: mpmath.exp(-(one.value(*at) ** 2) / 9)),
            Drawn(f"({one.text})/(k^2 + 1)", lambda *at: one.value(*at) / (at[0] ** 2 + 1)),
            Drawn(f"x^k*({other.text})", lambda *at: at[1] ** at[0] * other.value(*at)),
        ]
    )


def looped(kind: str, body: Drawn, lower: int, upper: int, x: mpmath.mpf, y: mpmath.mpf) -> mpmath.mpf:
    """The sum or product, term by term."""
    total = mpmath.mpf(kind == "product")
    for k in range(lower, upper + 1):
        term = body.value(mpmath.mpf(k), x, y)
        total = total * term if kind == "product" else total + term
    return total


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(sample(20, 300)))
def test_drawn_sums_and_products_are_loops(seed: int) -> None:
    draw = random.Random(seed)
    body, kind = drawn(draw, 3), draw.choice(["sum", "product"])
    lower = draw.randint(0, 2)
    upper = lower + draw.randint(0, 5)
    at = {"x": draw.choice([0.5, 1.25, -0.75]), "y": draw.choice([0.25, -1.5])}
    text = f"{kind}({body.text}, k, {lower}, {upper}) + 0*y + 0*x"
    result = derive(text, at=at, wrt=["x", "y"])
    with mpmath.workdps(20):
        x, y = mpmath.mpf(at["x"]), mpmath.mpf(at["y"])
        value = looped(kind, body, lower, upper, x, y)
        by_x = mpmath.diff(lambda t: looped(kind, body, lower, upper, t, y), x)
        by_y = mpmath.diff(lambda t: looped(kind, body, lower, upper, x, t), y)
    assert result.value[0] == pytest.approx(float(value), rel=1e-11, abs=1e-13)
    assert result.derivatives["x"][0] == pytest.approx(float(by_x), rel=1e-9, abs=1e-11)
    assert result.derivatives["y"][0] == pytest.approx(float(by_y), rel=1e-9, abs=1e-11)
    assert kinds(result) <= {"proved", "lossy"}


@each("engine", ["reverse", "taylor", "compiled"])
def test_all_engines_take_sums(engine: str) -> None:
    result = derive("sum(k*x^k, k, 1, 5)", at={"x": [2.0, 0.5]}, engine=engine, check=True)
    assert list(result.derivatives["x"]) == [573.0, sum(k * k * 0.5 ** (k - 1) for k in range(1, 6))]


def test_code_has_a_loop_of_pythons_own() -> None:
    script = deriv("sum(k*x^k, k, 1, 5)*product(sin(k*x), k, 1, 3)", "--at", "x=2", "--code").stdout
    assert "sum(k*x**k for k in range(1, 6))" in script
    assert "math.prod(torch.sin(k*x) for k in range(1, 4))" in script


WITHIN = [
    # text, value at x = 0.5
    ("sum(1 + sum(x, k, 1, 2), t, 1, 3)", 6.0),
    ("sum(exp(product(x, k, 1, 2)), t, 1, 3)", 3 * math.exp(0.25)),
    ("product(t*(1 + product(1 + sum(x, j, 1, 2), k, 1, 2)), t, 1, 2)", 2 * 5.0**2),
]


@each("text, value", WITHIN)
def test_a_sum_without_the_index_of_that_around_it(text: str, value: float) -> None:
    result = derive(text, at={"x": 0.5})
    assert result.value[0] == pytest.approx(value, rel=1e-14)
    found = result.verdicts["x"][0]
    assert found is not None
    assert found.kind == "proved"
