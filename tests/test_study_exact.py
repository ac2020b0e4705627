"""Exact places of a study against mpmath to 100 digits, SymPy's real roots, and tables made by hand."""

import random
import re
from dataclasses import replace
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpz_poly

from derivcli.api import study
from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import arrange
from derivcli.language.parse import parse_expression
from derivcli.language.printer import text_of
from derivcli.simplify.domains.roots import root
from derivcli.study.exact import polynomials
from derivcli.study.exact.exact_places import Forms, are_equal, candidates, vanishing
from derivcli.study.exact.exact_values import exact_value
from derivcli.study.exact.factors import factors, is_zero
from derivcli.study.exact.polynomials import rational_function, walls, zeros
from derivcli.study.exact.real_roots import real_roots
from derivcli.study.numbers import place_of

X = sympy.Symbol("x")

NAMES = ("mpf", "pi", "e", "sqrt", "cbrt", "exp", "log", "sin", "cos", "acos", "asin", "atan", "erf")


def rational(formula: Any, name: str) -> Any:
    """A formula as a rational function, or None."""
    return rational_function(formula, name)


def tree(text: Any) -> Any:
    return parse_expression(text).expanded


def ball(digits: Any) -> Any:
    """A ball about a decimal number of 100 digits."""
    with restored_context():
        ctx.prec = 320
        return arb(f"{digits} +/- 1e-90")


def table(found: Any) -> Any:
    return [("" if each.root.tree is None else text_of(each.root.tree), each.multiplicity) for each in found]


SUM = "(sqrt(6) + sqrt(2))/2"

FACTORS = ("x", "(x-1)", "(2*x+3)", "(x^2-2)", "(x^2+1)", "(x^3-x-1)", "(x^4-4*x^2+1)", "(3*x^2-x-1)")


def drawn(seed: Any) -> Any:
    """A polynomial in the language's notation, with multiple roots."""
    source = random.Random(seed)
    factors = [f"{source.choice(FACTORS)}^{source.choice((1, 1, 2, 3))}" for _ in range(source.randint(1, 4))]
    return "*".join(factors)


def roots_by_sympy(f: Any) -> Any:
    """SymPy's real roots of the numerator of a quotient, with multiplicities, as numbers."""
    numerator = sympy.Poly(sympy.fraction(sympy.cancel(f))[0], X)
    return sorted(
        (each.evalf(30), count) for factor, count in numerator.factor_list()[1] for each in factor.real_roots()
    )


def agrees(found: Any, expected: Any) -> Any:
    if [each.multiplicity for each in found] != [count for _, count in expected]:
        return False
    digits = [sympy.Float(each.root.ball.str(30, radius=False), 30) for each in found]
    return all(abs(one - other) < 1e-25 for one, (other, _) in zip(digits, expected, strict=True))


@pytest.mark.parametrize("seed", range(8))
def test_polynomials_against_sympy(seed: Any) -> None:
    text = drawn(seed)
    function, f = rational(tree(text), "x"), sympy.sympify(text.replace("^", "**"))
    for order in range(3):
        assert agrees(zeros(function.derivative(order)), roots_by_sympy(sympy.expand(sympy.diff(f, X, order))))


@pytest.mark.parametrize("seed", range(4))
def test_rational_functions_against_sympy(seed: Any) -> None:
    below, shift = f"(x^2+x+1)*{FACTORS[seed]}", sympy.Rational(1, 3)
    function = rational(tree(f"({drawn(seed)})/({below})+1/3"), "x")
    f = sympy.sympify(f"({drawn(seed)})/({below})".replace("^", "**")) + shift
    for order in range(2):
        known = roots_by_sympy(sympy.together(sympy.diff(f, X, order)))
        holes = sympy.sympify(below.replace("^", "**"))
        assert agrees(
            zeros(function.derivative(order)), [each for each in known if abs(holes.subs(X, each[0])) > 1e-20]
        )


def test_a_wrong_multiplicity_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    function = rational(tree("x^3*(x-1)^2"), "x")
    found = zeros(function)
    assert not agrees([replace(found[0], multiplicity=2), found[1]], roots_by_sympy(X**3 * (X - 1) ** 2))
    monkeypatch.setattr(polynomials, "_balls", lambda polynomial, precision: [])
    wrong = zeros(rational(tree("(x^2-2)*x"), "x"))
    assert not agrees(wrong, roots_by_sympy(X**3 - 2 * X))


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("x^3*(x-1)^2", 0, [("0", 3), ("1", 2)]),
        ("x^3*(x-1)^2", 1, [("0", 2), ("3/5", 1), ("1", 1)]),
        ("x^4-4*x^2+1", 0, [(f"-{SUM}", 1), ("(sqrt(2) - sqrt(6))/2", 1), ("(sqrt(6) - sqrt(2))/2", 1), (SUM, 1)]),
        ("(x-1)^3-2", 0, [("1 + cbrt(2)", 1)]),
        ("x^2-x-1", 0, [("(1 - sqrt(5))/2", 1), ("(1 + sqrt(5))/2", 1)]),
        ("x^3-3*x+1", 0, [("", 1), ("", 1), ("", 1)]),
        ("x^2/x", 0, []),
        ("(x^2-1)/(x-1)", 0, [("-1", 1)]),
        ("1/(1/x)", 0, []),
        ("sum(x^k/factorial(k), k, 0, 9)", 0, [("", 1)]),
    ],
)  # fmt: skip
def test_roots_as_formulas(text: Any, order: Any, expected: Any) -> None:
    assert table(zeros(rational(tree(text), "x").derivative(order))) == expected


def test_holes_and_poles_are_no_zeros() -> None:
    assert table(walls(rational(tree("(x^2-1)/(x-1)/(x-3)^2 + x/x"), "x"))) == [("0", 0), ("1", 0), ("3", 2)]
    assert rational(tree("x/(x-x)"), "x") is None
    assert rational(tree("sqrt(2)*x"), "x") is None


def test_roots_of_high_degree_are_those_of_chebyshev() -> None:
    below, chebyshev = fmpz_poly([1]), fmpz_poly([0, 1])
    for _ in range(59):
        below, chebyshev = chebyshev, 2 * fmpz_poly([0, 1]) * chebyshev - below
    others = fmpz_poly([-1, 2]) * fmpz_poly([3, 4]) * fmpz_poly([-1, 10**40]) * fmpz_poly([-1, 10**40 + 1])
    with restored_context(), mpmath.workdps(70):
        found = real_roots(chebyshev * others, 300)
        cosines = [mpmath.cos((2 * k - 1) * mpmath.pi / 120) for k in range(1, 61)]
        known = [*cosines, mpmath.mpf(1) / 2, mpmath.mpf(-3) / 4, 1 / mpmath.mpf(10**40), 1 / mpmath.mpf(10**40 + 1)]
        assert len(found) == len(known)
        for ball, number in zip(found, sorted(known), strict=True):
            ctx.prec = 300
            assert abs(ball - arb(mpmath.nstr(number, 65))) < 1e-60


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("chebyshevt", (6,)), ("chebyshevu", (5,)), ("legendre", (5,)), ("hermite", (6,)), ("hermite_prob", (5,)),
     ("laguerre", (4,)), ("gegenbauer", (4, sympy.Rational(1, 3))), ("assoc_laguerre", (3, 2)), ("legendre", (0,))],
)  # fmt: skip
def test_orthogonal_polynomials_against_sympy(name: Any, arguments: Any) -> None:
    found = rational(tree(f"{name}({', '.join(map(str, arguments))}, 2*x)"), "x").above
    known = sympy.Poly(getattr(sympy, name)(*arguments, 2 * X), X)
    assert [str(each) for each in found.coeffs()] == [str(each) for each in reversed(known.all_coeffs())]


def test_ends_belong_to_the_interval() -> None:
    function = rational(tree("(x^2-2)*(x-1)*(x+5)"), "x")
    low, high = root(tree("1")), root(tree("sqrt(2)"))
    assert table(zeros(function, low, high)) == [("1", 1), ("sqrt(2)", 1)]
    assert table(zeros(function, root(tree("1.0000001")), root(tree("sqrt(2)-1/10^60")))) == []


@pytest.mark.parametrize(
    ("function", "number", "formula"),
    [
        ("x^2", "3/7", "3/7"),
        ("sin(x)", "5*pi/6", "5*pi/6"),
        ("sin(1/x)", "2/(7*pi)", "2/(7*pi)"),
        ("sin(x^2)", "-sqrt(3*pi/2)", "-sqrt(3*pi/2)"),
        ("sin(exp(x))", "log(3*pi)", "log(3*pi)"),
        ("exp(x)-x^2", "(1-sqrt(5))/2", "(1 - sqrt(5))/2"),
        ("x^3", "cbrt(2)/3", "cbrt(2)/3"),
        ("x^4", "sqrt(2+sqrt(3))", "(sqrt(6) + sqrt(2))/2"),
        ("2^x-3", "log(3)/log(2)", "log(3)/log(2)"),
        ("sinh(x)-1", "log(1+sqrt(2))", "log(1 + sqrt(2))"),
        ("x^x", "exp(-1)", "exp(-1)"),
        ("sin(x+1)", "2*pi-1", "2*pi - 1"),
        ("cos(x)+cos(2*x)/3", "acos(1/5)+2*pi", "acos(1/5) + 2*pi"),
        ("tan(x/2)-3", "2*atan(3)", "2*atan(3)"),
        ("sin(x)", "pi-asin(1/3)", "pi - asin(1/3)"),
        ("x^e-e^x", "e", "e"),
        ("(x-log(2))^2", "3*log(2)/2", "3*log(2)/2"),
        ("exp(-x^2/(2*pi))", "-sqrt(pi)", "-sqrt(pi)"),
        ("x-cos(x)", "0.7390851332151606416553120876738734040134117589007574649656806357732846548835475945993761", ""),
        ("exp(x)*x", "0.5671432904097838729999686622103555497538157871865125081351310792230457930866845666932194", ""),
    ],
)  # fmt: skip
def test_formulas_of_numbers(function: Any, number: Any, formula: Any) -> None:
    """The number is mpmath's, computed from Python's own reading of the formula."""
    with mpmath.workdps(100):
        names = {name: getattr(mpmath, name) for name in NAMES}
        digits = mpmath.nstr(eval(number.replace("/", "*mpf(1)/"), names) * mpmath.mpf(1), 98)
    forms = Forms.of(tree(function))
    assert [text_of(each) for each in candidates(ball(digits), forms)] == ([formula] if formula else [])
    if formula:
        off = digits[:70] + str(9 - int(digits[70])) + digits[71:]
        assert candidates(ball(off), forms) == []


@pytest.mark.parametrize(
    ("function", "place", "order", "count"),
    [
        ("sin(x)", "pi", 0, 1),
        ("sin(x)^2", "pi", 0, 2),
        ("sin(x)^2", "pi", 1, 1),
        ("x^3", "0", 0, 3),
        ("x^3", "0", 2, 1),
        ("x-sin(x)", "0", 0, 3),
        ("1-cos(x)+x^5", "0", 0, 2),
        ("(log(x)-1)^3", "e", 1, 2),
        ("x*exp(-x^2)", "sqrt(2)/2", 1, 1),
        ("sin(x)", "3", 0, 0),
        ("sin(x)-10^(-80)", "pi", 0, 0),
        ("x^x", "exp(-1)", 1, 1),
        ("sin(x)^2+cos(x)^2", "1", 1, None),
        ("erf(x)-1/2", "1/2", 0, 0),
    ],
)
def test_what_vanishes_is_proved(function: Any, place: Any, order: Any, count: Any) -> None:
    assert vanishing(record(tree(function), ("x",)), "x", tree(place), order) == count


@pytest.mark.parametrize(
    ("function", "place", "value"),
    [
        ("x*exp(-x)", "1", "1/e"),
        ("x*exp(-x^2)", "sqrt(2)/2", "sqrt(2)*exp(-1/2)/2"),
        ("sin(x)", "pi/12", "(sqrt(6) - sqrt(2))/4"),
        ("sin(x)", "pi/5", "sqrt(10 - 2*sqrt(5))/4"),
        ("sin(x)", "pi/7", ""),
        ("sin(x)+cos(x)", "pi/4", "sqrt(2)"),
        ("x-2*sin(x)", "pi/3", "pi/3 - sqrt(3)"),
        ("sin(2*x)", "asin(1/3)", "4*sqrt(2)/9"),
        ("x/(1+x^2)", "1+sqrt(2)", "sqrt(2)/4"),
        ("x*2^(-x)", "1/log(2)", "1/(e*log(2))"),
        ("exp(x)", "log(3)/2", "sqrt(3)"),
        ("erf(x)", "1", ""),
    ],
)
def test_exact_values(function: Any, place: Any, value: Any) -> None:
    found = exact_value(record(tree(function), ("x",)), "x", place_of(tree(place)))
    assert (text_of(found) if found is not None else "") == value
    if value:
        with mpmath.workdps(40):
            names = {name: getattr(mpmath, name) for name in NAMES}
            put = (
                f"({function})".replace("^", "**")
                .replace("exp", "EXP")
                .replace("x", f"({place})")
                .replace("EXP", "exp")
            )
            one, other = (eval(re.sub(r"(\d+)", r"mpf(\1)", text), names) for text in (put, value))
            assert abs(one - other) < mpmath.mpf(10) ** -35


def test_equal_values() -> None:
    sine = tree("sin(x)")
    assert are_equal(sine, {"x": tree("pi/2")}, sine, {"x": tree("5*pi/2")}) is True
    assert are_equal(sine, {"x": tree("1")}, sine, {"x": tree("pi-1")}) is not False
    assert are_equal(sine, {"x": tree("1")}, sine, {"x": tree("1+10^(-40)")}) is False


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("(x-cos(x))^2", 0, {"x - cos(x)": 2}),
        ("x^2-2*x*cos(x)+cos(x)^2", 0, {"x - cos(x)": 2}),
        ("(x-cos(x))^4", 2, {"x - cos(x)": 2}),
        ("x^3*(x-1)^2*exp(x)", 1, {"x": 2}),
        ("(exp(x)-2)^4/(1+x^2)", 1, {"exp(x) - 2": 3}),
        ("sqrt((x-cos(x))^4)", 0, {"x - cos(x)": 2}),
        ("(x-cos(x))*(x+1)/x^2", 0, {}),
    ],
)
def test_factors_with_exponents(text: Any, order: Any, expected: Any) -> None:
    found = {
        text_of(arrange(factor)): exponent for factor, exponent in factors(tree(text), "x", order) or () if exponent > 1
    }
    assert found == expected


@pytest.mark.parametrize(
    ("text", "order", "is_known"),
    [
        ("sin(x)^2+cos(x)^2", 1, True),
        ("atan(x)+atan(1/x)", 1, True),
        ("exp(log(x))-x", 0, True),
        ("asin(x)+acos(x)", 1, True),
        ("abs(x)/x", 1, True),
        ("cosh(x)^2-sinh(x)^2-1", 0, True),
        ("cos(3*x)-4*cos(x)^3+3*cos(x)", 0, True),
        ("sec(x)^2-tan(x)^2", 1, True),
        ("sin(x)^2+1.0000001*cos(x)^2", 1, False),
        ("atan(x)+atan(1/x)+x/10^30", 1, False),
        ("abs(x)*x", 2, False),
    ],
)
def test_identities(text: Any, order: Any, is_known: Any) -> None:
    assert is_zero(tree(text), "x", order) is is_known


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("(x-cos(x))^2", {"touching": 2}),
        ("(x-cos(x))^3", {"crossing": 3}),
        ("(x-cos(x))^2+10^(-60)", {}),
        ("x^21*exp(x)", {"crossing": 21}),
    ],
)
def test_zeros_without_a_formula_have_their_multiplicity(text: Any, kinds: Any) -> None:
    found: Any = study(text, on="x=-1/2:2")
    assert {each.kind: each.multiplicity for each in found.zeros} == kinds
    assert found.complete
