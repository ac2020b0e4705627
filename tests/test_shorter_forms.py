"""A shorter form is the same as the derivative, has a value wherever that has one, and tells what holes it fills."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from derivcli import derive, implicit, parse
from derivcli.explain.piecewise import piecewise_derivative
from derivcli.language.tree import Tree
from derivcli.result import SymbolicResult
from derivcli.simplify import on_curve, shortest
from derivcli.simplify.on_curve import shortest_on_curve
from derivcli.simplify.same import is_same
from tests.derivation_oracle import Value
from tests.support import deriv, each, sample

REFUSED = [
    ("sin(x) - x", "x - sin(x)"),
    ("x", "x + 1e-30"),
    ("sign(x)^2", "1"),
    ("x^2", "if(x == 2, 5, x^2)"),
    ("floor(x)", "if(x == 3, 2, floor(x))"),
    ("x + 1", "(x^2 - 1)/(x - 1)"),
    ("x", "exp(log(x))"),
    ("1", "x^0.5/sqrt(x)"),
    ("sin(x)", "sin(2*x)/(2*cos(x))"),
    ("tan(x/2)", "(1 - cos(x))/sin(x)"),
    ("cos(x)/sin(x)", "1/tan(x)"),
    ("1/(x^2 + x + 1)", "(x - 1)/(x^3 - 1)"),
    ("1/(exp(x) + 1)", "(exp(x) - 1)/(exp(2*x) - 1)"),
    ("1/(x^2 - 2)", "(x^2 - 3)/((x^2 - 2)*(x^2 - 3))"),
    ("log(x^2)", "2*log(x)"),
    ("sqrt(x^2)", "x"),
    ("log(x*(x + 1))", "log(x) + log(x + 1)"),
    ("1/sqrt(x^2 - 1)", "1/(sqrt(x - 1)*sqrt(x + 1))"),
    ("x*sqrt(1 - 1/x^2)", "sqrt(x^2 - 1)"),
    ("(x^2)^(n/2)", "x^n"),
    ("n*x^(n - 1)", "n*x^n/x"),
    ("x/(x^2 + y^2)", "1/(x*(1 + y^2/x^2))"),
    ("atan(1/x) + atan(x)", "pi/2"),
    ("gamma(x + 1)", "x*gamma(x)"),
    ("sqrt(x - 100)*sqrt(101 - x)", "sqrt(101 - x)"),
    ("f(x)/g(x)", "f(x)*g(x)"),
    ("integral(exp(t^2), t, 0, x)", "integral(exp(t^2), t, 0, 2*x)"),
]
"""Formulas, and others that may not stand for them.

They have a wrong sign, are wrong by little or at one point, or lose a point, some points or half of the line.
"""

TAKEN = [
    ("1/(x + sqrt(x^2 + 1))", "sqrt(x^2 + 1) - x"),
    ("cos(x)/sin(x)", "cot(x)"),
    ("sin(2*x)/(2*cos(x))", "sin(x)"),
    ("1/(1 + cos(x))", "sec(x/2)^2/2"),
    ("(1 - cos(x))/sin(x)", "tan(x/2)"),
    ("1 + tan(x)^2", "sec(x)^2"),
    ("sqrt(x^2)", "abs(x)"),
    ("abs(x)/x", "sign(x)"),
    ("log(x) + log(x + 1)", "log(x*(x + 1))"),
    ("1/(sqrt(x - 1)*sqrt(x + 1))", "1/sqrt(x^2 - 1)"),
    ("sqrt(x - 100)*sqrt(101 - x)", "sqrt((x - 100)*(101 - x))"),
    ("sqrt(1 - 1/x^2)*abs(x)", "sqrt(x^2 - 1)"),
    ("n*x^n/x", "n*x^(n - 1)"),
    ("-y/(x^2*(1 + y^2/x^2))", "-y/(x^2 + y^2)"),
    ("1/(x^2 + 1) - 1/(x^2*(1 + 1/x^2))", "0"),
    ("asin(x)", "pi/2 - acos(x)"),
    ("f'(x)/g(x) - f(x)*g'(x)/g(x)^2", "(f'(x)*g(x) - f(x)*g'(x))/g(x)^2"),
    ("x*integral(exp(t^2), t, 0, x)/x", "integral(exp(t^2), t, 0, x)"),
]

TOLD = [
    ("x/x", "no derivative at x = 0: the function has no value there"),
    ("sqrt(x)^2", "no derivative where x < 0"),
    ("exp(ln(x))", "no derivative where x <= 0"),
    ("atan(x) + atan(1/x)", "at x = 0"),
    ("(x^2 - 1)/(x - 1)", "at x = 1"),
    ("(x^2 - 2)*x/(x^2 - 2)", "at x = -sqrt(2)"),
    ("sin(2x)/cos(x)", "where cos(x) = 0"),
    ("ln(x) - ln(-x)", "anywhere: the function needs x > 0 and x < 0"),
    ("sqrt(x - 2) + sqrt(1 - x)", "anywhere"),
    ("x*y/y", "where y = 0"),
    ("atan(y/x)", "where x = 0"),
    ("if(x > 1, x^2, 0)", "at x = 1"),
    ("ln(a + sqrt(a^2 + x^2))", "where a + sqrt(a^2 + x^2) = 0"),
    ("x*(sqrt(x + 1) - x)/(sqrt(x + 1) - x)", "at x = 1/2 + sqrt(5)/2"),
    ("x*(cosh(x) - 1)/(cosh(x) - 1)", "at x = 0"),
    ("x*(x + exp(x))/(x + exp(x))", "no derivative where x + exp(x) = 0: the function has no value there"),
    ("x*f(x)/f(x)", "no derivative is known where f(x) = 0, if that is anywhere"),
    ("abs(x - 1)", "no derivative at x = 1"),
    ("abs(x^2 - 1)", "no derivative at x = -1"),
    ("abs(sin(x))", "no derivative where sin(x) = 0"),
    ("abs(sin(x))*x", "no derivative at some points where sin(x) = 0"),
    ("abs(x*exp(x) - 1)", "no derivative where x*exp(x) = 1"),
    ("sign(x)", "no derivative at x = 0"),
    ("floor(x)*x", "no derivative where x = floor(x)"),
    ("atan2(y, x)", "no derivative where y = 0 and x <= 0"),
]
"""Functions, and what is said of the numbers that their derivatives state where there is none."""

NOT_TOLD = [
    "ln(x)", "ln(x^2)", "x^n", "1/x", "sqrt(x)", "x*sqrt(x)", "cbrt(x)^3", "tan(x)", "x^x", "asin(x)", "1/(x^2 + 1)",
    "ln(x + sqrt(x^2 + 1))", "ln(sqrt(x^2 + 1) - x)", "ln(x + sqrt(x^2 - 1))", "ln(sqrt(x^2 + 1) - 1)",
    "x*(1 + abs(x))/(1 + abs(x))", "x*(exp(x) + 1)/(exp(x) + 1)", "x*(2 + sin(x))/(2 + sin(x))",
    "x*(cosh(x) + 1)/(cosh(x) + 1)", "x*(ln(x^2 + 1) + 1)/(ln(x^2 + 1) + 1)", "x*(x^2 + x + 1)/(x^2 + x + 1)",
    "abs(x)*x", "abs(x)*x^2", "abs(x)^3", "abs(x^2 + 1)", "abs(abs(x)*x)", "sign(x)*x^2", "hypot(x, y)",
]  # fmt: skip
"""Functions whose derivatives, as they are printed, say nothing that needs a remark."""


@each(("original", "candidate"), REFUSED)
def test_what_is_not_the_same_everywhere_is_refused(original: str, candidate: str) -> None:
    assert not is_same(parse(original).tree, parse(candidate).tree)


@each(("original", "candidate"), TAKEN)
def test_what_is_the_same_is_taken(original: str, candidate: str) -> None:
    assert is_same(parse(original).tree, parse(candidate).tree)


@each(("function", "remark"), TOLD)
def test_holes_are_told(function: str, remark: str) -> None:
    assert remark in " ".join(derivative(function).remarks)


@each("function", NOT_TOLD)
def test_nothing_is_told_of_others(function: str) -> None:
    assert not derivative(function).remarks


def test_a_remark_is_printed() -> None:
    assert "note: no derivative at x = 0" in deriv("x/x").stderr
    assert "no derivative at x = 0" in deriv("steps", "x/x").stderr
    assert "no derivative at x = 0" in deriv("steps", "abs(x)").stderr


def test_a_derivative_needs_those_of_lower_orders() -> None:
    assert "no derivative at x = 0" in derive("abs(x)", order=2).remarks
    assert "no derivative at x = 0" in derive("abs(x)*x", order=2).remarks
    assert not derive("abs(x)*x^2", order=2).remarks


def test_nothing_is_told_of_where_an_equation_has_no_value() -> None:
    assert not implicit("ln(x*y) = y", "y").remarks


@each(("function", "order"), [("asec(x)", 3), ("sqrt(x^2)*x", 2), ("asec(x)*sign(x - 1)", 3), ("abs(cot(x))*x", 4)])
def test_signs_that_a_shorter_form_brings_in_have_derivatives(function: str, order: int) -> None:
    f, formula = parse(function).tree, next(iter(derive(function, order=order).derivatives.values())).tree
    with mp.workdps(DIGITS):
        for x in (mpf(-2), mpf(5) / 2):
            true = mpmath.diff(lambda at: number(f, at), x, order)
            assert abs(number(formula, x) - true) < SAME * (1 + abs(true))


@each(("function", "is_told"), [("cos(abs(x))", True), ("sech(abs(x - 1))", True), ("sin(abs(x))", False)])
def test_a_number_at_a_step_that_is_not_the_derivative_is_told(function: str, is_told: bool) -> None:
    remarks = " ".join(derive(function, order=2).remarks)
    assert ("another value at" in remarks) == is_told


# The equation of a curve

ON_CURVES = [
    ("x^2 + y^2 = 25", 2, "-25/y**3"),
    ("x^2 + y^2 = 25", 3, "-75*x/y**5"),
    ("x^3 + y^3 = 6*x*y", 2, "16*x*y/(2*x - y**2)**3"),
    ("x^2/a^2 + y^2/b^2 = 1", 2, "-b**4/(a**2*y**3)"),
]


@each(("equation", "order", "formula"), ON_CURVES)
def test_the_equation_shortens_derivatives_on_its_curve(equation: str, order: int, formula: str) -> None:
    found = implicit(equation, "y", wrt="x", order=order)
    assert is_same(next(iter(found.derivatives.values())).tree, parse(formula).tree)
    assert "the equation itself" in found.remarks[0]


def test_nothing_but_a_multiple_of_the_equation_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tree, equation = parse("-(x^2 + y^2)/y^3").tree, parse("x^2 + y^2 - 25").tree
    planted = [(parse("-24/y^3").tree, parse("-(x^2 + y^2 - 25)/y^3").tree)]
    monkeypatch.setattr(on_curve, "_found", lambda *_: planted)
    assert not shortest_on_curve.__wrapped__(tree, equation).remarks


# Drawn functions with holes

SMOOTH = "x^2, sin(x), x*exp(x), x^3 - x, cos(x), 1/(x^2 + 1), sqrt(x), log(x), 2*x + 1".split(", ")
DIVISORS = {
    "x - 1": ["1"], "x": ["0"], "x^2 - 4": ["2", "-2"], "sin(x)": ["0", "pi"], "cos(x)": ["pi/2"], "exp(x) - 1": ["0"],
    "log(x)": ["1"], "x^2 - 3": ["sqrt(3)"], "2*x + 3": ["-3/2"],
}  # fmt: skip
"""Formulas, and numbers at which they are 0."""

SHAPES = "({g})*({h})/({h}), ({g}) + ({h})/({h}), ({g})*({h})^2/({h}), ({g})*sqrt({h})^2, ({g})*exp(log({h}))".split(
    ", "
)
PLACES = "0 1 -1 2 -2 1/2 7/5 -3/5 pi/2 pi -pi/2 sqrt(3) 9/4 -3/2".split()
DIGITS, SAME = 40, mpf(10) ** -9


@dataclass(frozen=True)
class Holed:
    """A function with the numbers at which it has no value, though a shorter one has."""

    text: str
    holes: tuple[str, ...]


def drawn(count: int, seed: int) -> Iterator[Holed]:
    draw = random.Random(seed)
    for _ in range(count):
        g, h, shape = draw.choice(SMOOTH), draw.choice([*DIVISORS]), draw.choice(SHAPES)
        yield Holed(shape.format(g=g, h=h), tuple(DIVISORS[h]) if "/(" in shape or "log(" in shape else ())


def derivative(function: str) -> SymbolicResult:
    found = derive(function)
    assert isinstance(found, SymbolicResult)
    return found


def number(tree: Tree, x: Any) -> Any:
    """The real number that a formula is; None if it is none."""
    try:
        found = Value({"x": x})(tree)
    except (ArithmeticError, ValueError):
        return None
    return None if mpmath.isnan(found) or mpmath.isinf(found) or abs(found) > mpf(10) ** (DIGITS // 3) else found


def slopes(tree: Tree, x: Any) -> list[Any]:
    """The derivatives on the left and on the right by differences; None where the function has no value."""
    step, here = mpf(10) ** (-DIGITS // 2), number(tree, x)
    sides = [number(tree, x + sign * step) for sign in (-1, 1)]
    return [
        None if None in (here, side) else (side - here) / (sign * step)
        for sign, side in zip((-1, 1), sides, strict=True)
    ]


def faults(each: Holed) -> list[str]:
    """What a derivative says wrongly, does not say, or leaves out at some numbers."""
    found, told = derivative(each.text), []
    f, formula = parse(each.text).tree, found.derivatives["x"].tree
    with mp.workdps(DIGITS):
        for place in PLACES:
            x = number(parse(place).tree, mpf(0))
            stated, sides = number(formula, x), [None, None] if place in each.holes else slopes(f, x)
            is_silent = not any("no derivative" in remark for remark in found.remarks)
            if stated is None:
                told += [f"{each.text} at {place}: nothing, and it is {sides[0]}"] if None not in sides else []
            elif any(side is not None for side in sides):
                wrong = [side for side in sides if side is not None and abs(stated - side) > SAME * (1 + abs(side))]
                told += [f"{each.text} at {place}: {stated}, and it is {wrong[0]}"] if wrong else []
            elif is_silent and not needs_no_remark(f, x, place in each.holes):
                told.append(f"{each.text} at {place}: {stated}, and there is none")
    return told


def needs_no_remark(f: Tree, x: Any, is_hole: bool) -> bool:
    """Whether the function has no value where a logarithm or root of it has none, of which derivatives say nothing."""
    return not is_hole and number(f, x) is None and "log" in str(f)


@pytest.mark.sampled
def test_derivatives_of_drawn_functions_are_honest() -> None:
    told = [fault for each in drawn(sample(15, 400), seed=5) for fault in faults(each)]
    assert not told, "\n".join(told)


def test_the_drawn_functions_find_what_is_not_told_and_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    holed = Holed("x^2*(x - 1)/(x - 1)", ("1",))
    assert not faults(holed)
    with monkeypatch.context() as patch:
        patch.setattr(piecewise_derivative, "gaps", lambda *_: [])
        assert faults(holed)
    with monkeypatch.context() as patch:
        wrong = parse("2*x*(x - 2)/(x - 2)").tree
        patch.setattr(piecewise_derivative, "shortest", lambda _: shortest.Shortest(wrong))
        assert faults(holed)
