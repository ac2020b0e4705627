"""Mixed and directional derivatives are held to the truth: hard places, faults, and two other roads to each number."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import pytest
import sympy
import torch
from flint import arb, ctx, fmpq
from mpmath import mp, mpf

from derivcli import parse
from derivcli.check.check_results import check_all
from derivcli.check.enclosure import Site, enclosure
from derivcli.engines.balls import partials
from derivcli.engines.balls.evaluation import coordinate, evaluate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import differentiate
from derivcli.engines.task import at_once
from derivcli.engines.torch import backward
from derivcli.engines.torch.rules import TORCH_RULES
from derivcli.points.at_option import read_points
from tests.judging import claimed, computed, judged, judged_claim, verdict_of
from tests.support import each

INF = math.inf
NEITHER = (None, None)
"""No sides, since it is a lower derivative that has them."""
PEANO = "if(x == 0 and y == 0, 0, x*y*(x^2-y^2)/(x^2+y^2))"
"""Peano's function, whose mixed derivatives at the origin depend on the order in which they are taken."""

MIXED: list[tuple[str, str, str, str, object]] = [
    # f, where, by, kind, truth: a number or (left, right)
    ("x^2*y^3", "x=2,y=3", "y,x", "proved", 108),
    ("x^2*y^3", "x=2,y=3", "y,x,y", "proved", 72),
    ("x^2+sin(y)", "x=pi/2,y=1/3", "y,x", "proved", 0),
    ("x^2", "x=3,y=1", "y,x", "proved", 0),
    ("abs(x)", "x=0,y=1", "y,x", "corner", NEITHER),
    ("abs(x)", "x=0,y=1", "x,y", "agrees", 0),
    ("cos(pi*x)*y", "x=1,y=2", "y,x", "lossy", 0),
    ("relu(x)*y-relu(-x)*y", "x=0,y=2", "y,x", "wrong", 1),
    ("relu(x)*y-relu(-x)*y", "x=0,y=2", "x,y", "wrong", 1),
    ("if(x == 0, y, y*sin(x)/x)", "x=0,y=2", "y,x", "agrees", 0),
    ("if(x == 0, y, y*sin(x)/x)", "x=0,y=2", "x,y", "agrees", 0),
    ("if(x == 0, y, y*sin(x)/x)", "x=0,y=2", "y,x,x", "wrong", -1 / 3),
    ("hypot(x, y)", "x=0,y=0", "y,x", "corner", NEITHER),
    ("hypot(x, y)", "x=3,y=4", "y,x", "proved", -12 / 125),
    (PEANO, "x=0,y=0", "y,x", "wrong", -1),
    (PEANO, "x=0,y=0", "x,y", "wrong", 1),
    (PEANO, "x=0,y=0", "x,x", "proved", 0),
    ("abs(x)*y^2", "x=0,y=0", "y,x", "isolated", None),
    ("abs(x)*y^2", "x=0,y=0", "x,y", "agrees", 0),
    ("abs(x)*y^10", "x=0,y=0", "y,x", "isolated", None),
    ("abs(x)*y^2*exp(y)", "x=0,y=0", "y,x", "isolated", None),
    ("x*cbrt(x)+x*y", "x=0,y=0", "y,x", "agrees", 1),
    ("abs(x)^1.5*y", "x=0,y=0", "y,x", "agrees", 0),
    ("abs(x)^1.05*exp(y)", "x=0,y=0", "y,x", "agrees", 0),
    ("abs(x)*y^2", "x=0,y=1", "y,x", "corner", NEITHER),
    ("x*abs(y)", "x=1,y=0", "y,x", "corner", (-1, 1)),
    ("x*sqrt(x)*y", "x=0,y=1", "y,x", "edge", 0),
    ("x*sqrt(x)*y", "x=0,y=1", "x,y", "edge", 0),
    ("sqrt(x)*y", "x=0,y=1", "x,y", "edge", INF),
    ("cbrt(x)*y", "x=0,y=1", "y,x", "vertical", NEITHER),
    ("sqrt(abs(x))*y", "x=0,y=1", "y,x", "cusp", NEITHER),
    ("sin(x)/x*y", "x=0,y=1", "y,x", "hole", None),
    ("x*y/(x^2+y^2)", "x=0,y=0", "y,x", "hole", None),
    ("floor(x)*y", "x=1,y=1", "y,x", "jump", NEITHER),
    ("floor(x)*y", "x=1,y=1", "x,y", "jump", (None, 0)),
    ("log(x)*y", "x=-1,y=1", "y,x", "undefined", None),
    ("max(x, y)^3", "x=1,y=1", "y,x", "corner", NEITHER),
    ("exp(x*y)", "x=30,y=30", "y,x", "overflow", INF),
    ("(1-cos(x))/x^2*y", "x=1e-8,y=1", "y,x", "lossy", -1 / 12 * 1e-8),
    ("exp(x)*y/(1+exp(x))", "x=800,y=1", "y,x", "lossy", 0),
    # J'(z) + z*J''(z) at z = x*y, which Bessel's equation makes -(z^2-1/9)/z*J(z)
    ("besselj(1/3, x*y)", "x=2,y=3", "y,x", "proved", float(-mpf(323) / 54 * mpmath.besselj(mpf(1) / 3, 6))),
    ("erfinv(x)*y", "x=1/2,y=3", "y,y", "proved", 0),
]

ALONG: list[tuple[str, str, str, int, str, object]] = [
    # f, where, along, order, kind, truth
    ("x^2+y^2", "x=1,y=2", "x=3,y=4", 1, "proved", 22),
    ("x^2+y^2", "x=1,y=2", "x=3,y=4", 2, "proved", 50),
    ("x^2*y", "x=1,y=1", "x=sqrt(2),y=sqrt(3)", 1, "proved", 2 * math.sqrt(2) + math.sqrt(3)),
    ("x^2-y^2", "x=1,y=1", "x=sqrt(2),y=sqrt(2)", 1, "proved", 0),
    ("sin(x)", "x=1,y=1", "y=1", 1, "proved", 0),
    ("abs(x)+abs(y)", "x=0,y=0", "x=1,y=2", 1, "corner", (-3, 3)),
    ("abs(x)+abs(y)", "x=0,y=0", "x=1,y=2", 2, "corner", NEITHER),
    ("hypot(x, y)", "x=0,y=0", "x=3,y=4", 1, "corner", (-5, 5)),
    ("hypot(x, y)", "x=0,y=0", "x=pi,y=0", 1, "corner", (-math.pi, math.pi)),
    ("abs(x-y)", "x=2,y=2", "x=1,y=1", 1, "proved", 0),
    ("relu(x-y)+y", "x=2,y=2", "x=1,y=3", 1, "corner", (1, 3)),
    ("relu(x)-relu(-x)", "x=0,y=1", "x=2,y=1", 1, "wrong", 2),
    ("sqrt(x*y)", "x=0,y=0", "x=1,y=1", 1, "corner", (-1, 1)),
    ("sqrt(x+y)", "x=0,y=0", "x=1,y=1", 1, "edge", (None, INF)),
    ("cbrt(x+y)", "x=0,y=0", "x=1,y=-1", 1, "wrong", 0),  # PyTorch says nan
    ("cbrt(x+y)", "x=0,y=0", "x=1,y=1", 1, "vertical", (INF, INF)),
    ("x*y/(x^2+y^2)", "x=0,y=0", "x=1,y=2", 1, "hole", 0),
    ("floor(x+y)", "x=1,y=1", "x=1,y=1", 1, "jump", (None, 0)),
    ("floor(x+y)", "x=1,y=1", "x=1,y=-1", 1, "proved", 0),
    ("exp(x+y)", "x=700,y=20", "x=1,y=1", 1, "overflow", INF),
    ("(1-cos(x))/x^2+y", "x=1e-8,y=0", "x=1", 1, "lossy", -1 / 12 * 1e-8),
]


def holds(verdict: Any, kind: str, truth: object) -> None:
    assert verdict.kind == kind, verdict
    if isinstance(truth, tuple):
        assert [verdict.left, verdict.right] == [each and pytest.approx(each, rel=1e-14) for each in truth], verdict
    elif isinstance(truth, int | float):
        assert verdict.truth == pytest.approx(truth, rel=1e-14, abs=1e-300), verdict
    elif truth is None:
        assert verdict.truth is None, verdict


@each(("text", "at", "key", "kind", "truth"), MIXED)
def test_mixed_derivatives(text: str, at: str, key: str, kind: str, truth: object) -> None:
    holds(judged(text, at, key), kind, truth)


@each(("text", "at", "along", "order", "kind", "truth"), ALONG)
def test_directional_derivatives(text: str, at: str, along: str, order: int, kind: str, truth: object) -> None:
    holds(judged(text, at, ",".join(["along"] * order), along), kind, truth)


def test_a_message_names_the_derivative_that_does_not_exist() -> None:
    assert judged("hypot(x, y)", "x=0,y=0", "y,x").message == "a corner in the derivative by x: left -1, right 1"
    assert judged("abs(x)*y^2", "x=0,y=0", "y,x").message.startswith("the derivative by x exists here")
    assert judged("abs(x)^3*y", "x=0,y=1", "y,x,x,x").message.startswith("a corner in the derivative by x,x,x: ")
    assert judged("x*y/(x^2+y^2)", "x=0,y=0", "along", "x=1,y=1").message.endswith("along the direction fills the hole")


def test_a_direction_is_exact_as_it_was_typed() -> None:
    """Along (sqrt(2), sqrt(2)) the slopes cancel; along the float64 nearest to sqrt(2) and sqrt(2) they do not."""
    exact = judged_claim("x-y*sqrt(2)", "x=1,y=1", "along", 0.0, "x=sqrt(2),y=1")
    assert (exact.kind, exact.truth) == ("proved", 0)
    near = judged("x-y*sqrt(2)", "x=1,y=1", "along", "x=1.4142135623730951,y=1")
    assert near.kind == "lossy"
    assert near.truth == pytest.approx(1.4142135623730951 - sympy.sqrt(2).evalf(40), rel=1e-12)


@each("factor", [1.0005, 0.9995])
@each(
    ("text", "key", "along"),
    [
        ("sin(x*y)*exp(x/y)", "x,y", ""),
        ("sin(x*y)*exp(x/y)", "x,x,y", ""),
        ("gamma(x+y)/x", "y,x,y,y", ""),
        ("besselj(0, x*y)", "x,y", ""),
        ("sin(x*y)*exp(x/y)", "along", "x=1,y=sqrt(2)"),
        ("atan2(y, x)^3", "along,along,along", "x=1,y=2"),
    ],
)
def test_a_number_that_is_off_is_wrong(text: str, key: str, along: str, factor: float) -> None:
    right = computed(text, "x=1.3,y=0.7", key, along)
    assert verdict_of(right, "x=1.3,y=0.7").kind == "proved"
    number = float(right.derivatives[key][0])
    assert verdict_of(claimed(right, key, number * factor), "x=1.3,y=0.7").kind == "wrong"


def test_a_wrong_rule_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    original = TORCH_RULES["sin"]
    monkeypatch.setitem(TORCH_RULES, "sin", lambda x: torch.mul(original(x), 1.0005))
    assert judged("sin(x*y)", "x=1.3,y=0.7", "x,y").kind == "wrong"
    assert judged("sin(x*y)", "x=1.3,y=0.7", "along,along", "x=1,y=2").kind == "wrong"


def test_a_fault_in_the_polarization_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    original: Callable[..., Any] = partials.polarized
    monkeypatch.setattr(partials, "polarized", lambda by: [(w + fmpq(1, 1000), line) for w, line in original(by)])
    assert judged("sin(x*y)", "x=1.3,y=0.7", "x,y").kind == "wrong"


def test_an_entry_that_vanishes_is_not_said_to_where_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only terms that hold all the variables count, in whatever sums and factors they stand."""
    for text, truth in (("3*(x+2*(y+x*y))", 6), ("-(x*y+z)/2", -1 / 2), ("(x+y)*pi", 0), ("(x+y)^2", 2)):
        verdict = judged(text, "x=1.3,y=0.7,z=1", "x,y")
        assert (verdict.kind, verdict.truth) == ("proved", truth), text


def test_values_are_judged_with_any_derivative() -> None:
    points = read_points(["x=1e-17,y=1,z=2,w=3"])
    expression = parse("log(1+x)*y+z-z+w-w")
    (result,) = at_once(backward.prepared, [expression], points.at, [("x", "y"), ("z", "w")])
    (checked,) = check_all([result], points)
    assert checked.value_verdicts is not None
    value = checked.value_verdicts[0]
    assert value is not None
    assert (value.kind, value.truth) == ("lossy", 1e-17)


def test_float32_is_judged_by_its_own_digits() -> None:
    verdict = judged("sin(x*y)", "x=0.5,y=0.75", "x,y", dtype="float32")
    assert (verdict.kind, verdict.digits) == ("proved", 7)


def test_of_high_order_twelve_digits_are_enough_and_fewer_are_not() -> None:
    """The truth of order 20 by mpmath, cut to some digits."""
    with mp.workdps(60):
        truth = mpmath.diff(lambda x, y: mpmath.exp(x * y), (mp.mpf("0.5"), mp.mpf("0.25")), (12, 8))
    key = ",".join(["x"] * 12 + ["y"] * 8)
    for digits, kind in ((17, "proved"), (13, "proved"), (3, "wrong")):
        verdict = judged_claim("exp(x*y)", "x=0.5,y=0.25", key, float(mpmath.nstr(truth, digits)))
        assert verdict.kind == kind
        assert verdict.truth == pytest.approx(float(truth), rel=1e-15)
    verdict = judged_claim("exp(x)", "x=0.5", ",".join(["x"] * 200), math.exp(0.5))
    assert (verdict.kind, verdict.digits) == ("proved", 16)
    verdict = judged_claim("1/x", "x=0.5", ",".join(["x"] * 180), INF)
    assert (verdict.kind, verdict.message) == ("overflow", "the true number is 6.15745e383")


FORMULAS = (
    "sin(x*y)*exp(x/y)",
    "log(x+y)/(x^2+1)",
    "x^y+y^x",
    "atan2(y, x)*sqrt(x)",
    "erf(x*y)-tanh(x-y)",
    "hypot(x, y)^3",
    "besselj(1, x*y)",
    "gamma(x+y)",
    "if(x > y, x^3*y^4, 0)",
)
"""Formulas of two variables, smooth at the point of the tests."""

WHERE = {"x": "13/10", "y": "7/10"}
SLOPES = {"x": Fraction(2, 3), "y": Fraction(-5, 4)}


def site_of(text: str) -> Site:
    expression = parse(text)
    at = {name: coordinate(sympy.Rational(value)) for name, value in WHERE.items()}
    return Site(expression, record(expression.expanded, expression.variables), at)


def symbolic(text: str, by: tuple[str, ...]) -> arb:
    """SymPy's derivative, enclosed."""
    formula = differentiate(parse(text), [by]).derivatives[",".join(by)]
    at = {name: coordinate(sympy.Rational(value)) for name, value in WHERE.items()}
    return evaluate(Run(record(formula.expanded, formula.variables), precision=400), at)[0]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(
    "by", ["xy", "xyx", "yyxx", "xyxyx", "xxyyyx"], ids=[f"order {order}" for order in range(2, 7)]
)
def test_symbolic_derivatives_in_balls_agree_with_the_polarization(text: str, by: str) -> None:
    if len(by) > 4 and text in ("hypot(x, y)^3", "atan2(y, x)*sqrt(x)", "gamma(x+y)"):
        pytest.skip("SymPy's formula is long")
    truth = enclosure(site_of(text), Derivative(tuple(by)))
    assert truth.rigorous
    assert truth.ball.overlaps(symbolic(text, tuple(by)))
    assert not (truth.ball * (1 + arb(2) ** -50)).overlaps(symbolic(text, tuple(by)))


@each("text", FORMULAS)
@each("order", [1, 2, 3, 4])
def test_symbolic_derivatives_in_balls_add_up_to_those_along_a_direction(text: str, order: int) -> None:
    """The n-th derivative along v is the sum of all partial ones of order n, each times its slopes."""
    slopes = {name: fmpq(slope.numerator, slope.denominator) for name, slope in SLOPES.items()}
    truth = enclosure(site_of(text), Derivative(("along",) * order, slopes))
    ctx.prec = 400
    total = arb(0)
    for by in {tuple(sorted(names)) for names in product("xy", repeat=order)}:
        share = slopes["x"] ** by.count("x") * slopes["y"] ** by.count("y")
        total += math.comb(order, by.count("x")) * share * symbolic(text, by)
    assert truth.ball.overlaps(total)


@pytest.mark.parametrize("orders", [(1, 1), (2, 1), (1, 2)], ids=str)
@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sin(x*y)*exp(x/y)", lambda x, y: mpmath.sin(x * y) * mpmath.exp(x / y)),
        ("besselj(1/3, x*y)", lambda x, y: mpmath.besselj(mp.mpf(1) / 3, x * y)),
        ("zeta(x+y)*y", lambda x, y: mpmath.zeta(x + y) * y),
    ],
)
def test_numeric_derivatives_in_many_digits_agree(
    text: str, function: Callable[..., Any], orders: tuple[int, int]
) -> None:
    truth = enclosure(site_of(text), Derivative(("x",) * orders[0] + ("y",) * orders[1]))
    with mp.workdps(80):
        wanted = mpmath.diff(function, (mp.mpf(13) / 10, mp.mpf(7) / 10), orders)
        assert abs(mp.mpf(truth.ball.mid().str(40, radius=False)) - wanted) < abs(wanted) * mp.mpf(10) ** -18
