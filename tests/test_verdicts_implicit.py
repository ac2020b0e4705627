"""Derivatives of implicit functions are held to the truth: hard points of curves, faults, and SymPy's own road."""

from __future__ import annotations

import math
from typing import Any

import pytest
import sympy
from flint import arb

from derivcli import parse
from derivcli.check import implicit as implicit_check
from derivcli.check.check_results import check_all
from derivcli.check.enclosure import Site, enclosure
from derivcli.engines.balls.evaluation import coordinate, evaluate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import differentiate
from derivcli.language.expression import Expression
from derivcli.points.at_option import read_points
from tests.judging import claimed, computed, judged, verdict_of
from tests.support import each
from tests.test_verdicts_mixed import holds

INF = math.inf
CIRCLE = "x^2+y^2-25"

CURVES: list[tuple[str, str, str, str, object]] = [
    # F, where, by, kind, truth
    (CIRCLE, "x=3,y=4", "x", "proved", -3 / 4),
    (CIRCLE, "x=3,y=4", "x,x", "proved", -25 / 64),
    (CIRCLE, "x=3,y=4", "x,x,x", "proved", -225 / 1024),
    (CIRCLE, "x=3,y=5", "x", "undefined", None),
    (CIRCLE, "x=3,y=5", "x,x", "undefined", None),
    (CIRCLE, "x=1,y=4.898979485566356", "x", "proved", -1 / math.sqrt(24)),
    (CIRCLE, "x=1,y=4.8989794855", "x", "undefined", None),
    (CIRCLE, "x=1,y=sqrt(24)", "x", "proved", -1 / math.sqrt(24)),
    (CIRCLE, "x=5,y=0", "x", "vertical", None),
    ("x-y^3", "x=0,y=0", "x", "vertical", INF),
    ("x+y^3", "x=0,y=0", "x", "vertical", -INF),
    ("x-y^2", "x=0,y=0", "x", "vertical", None),
    ("x-y^3", "x=0,y=0", "x,x", "vertical", None),
    ("x^3-y^2", "x=0,y=0", "x", "undefined", None),
    ("x*y", "x=0,y=0", "x", "undefined", None),
    ("x*y", "x=0,y=0", "x,x", "undefined", None),
    ("x*exp(y)+y*exp(x)", "x=0,y=0", "x,x", "proved", 4),
    ("x^2+y^2+z^2-9", "x=1,y=2,z=2", "x,z", "proved", -1 / 4),
    ("x^2+y^2+z^2-9", "x=1,y=0,z=sqrt(8)", "x,z", "vertical", None),
    ("y*sqrt(z)+x", "x=1,y=-1/2,z=4", "x,z", "proved", 1 / 16),
    ("y-x+z-z", "x=1,y=1,z=5", "x,z", "proved", 0),
    ("abs(x)+abs(y)-1", "x=0,y=1", "x", "corner", (1, -1)),
    ("x*abs(x)*y+y-1", "x=0,y=1", "x", "agrees", 0),
    ("x*abs(x)*y+y-1", "x=0,y=1", "x,x", "corner", (2, -2)),
    ("relu(x)-relu(-x)+y", "x=0,y=0", "x", "wrong", -1),
    ("sqrt(x)+y", "x=0,y=0", "x", "edge", -INF),
    ("floor(x)+y-1", "x=1,y=0", "x", "jump", (None, 0)),
    ("abs(y)+x", "x=0,y=0", "x", "unchecked", None),
    ("abs(x*z)+y", "x=0,y=0,z=0", "x,z", "unchecked", None),
    ("log(x)+y", "x=-1,y=0", "x", "undefined", None),
    ("1-cos(x)-y*x^2", "x=1e-8,y=1/2", "x", "lossy", -1e-8 / 6),
    ("x-y*1e-200", "x=1e-200,y=1", "x", "proved", 1e200),
    ("x*1e300-y*1e-300", "x=0,y=0", "x", "overflow", INF),
]


@each(("text", "at", "key", "kind", "truth"), CURVES)
def test_points_of_curves(text: str, at: str, key: str, kind: str, truth: object) -> None:
    holds(judged(text, at, key, dependent="y"), kind, truth)


def test_messages_say_what_is_the_matter() -> None:
    off = judged(CIRCLE, "x=3,y=5", "x", dependent="y")
    said = "the point is not on the curve: the left side minus the right side is 9"
    assert off.message == f"{said}; with y = 4 it would be"
    assert judged(CIRCLE, "x=6,y=5", "x", dependent="y").message.endswith("is 36")
    assert off.differs, "a number was printed where there is none"
    assert judged("x*y", "x=0,y=0", "x", dependent="y").message == "the curve has a singular point here"
    turning = judged("x-y^2", "x=0,y=0", "x", dependent="y")
    assert turning.message == "the tangent is vertical, where the curve turns back"
    vertical = judged("x-y^3", "x=0,y=0", "x", dependent="y")
    assert (vertical.left, vertical.right, vertical.message) == (INF, INF, "the tangent is vertical")
    assert judged("floor(x)+y-1", "x=1,y=0", "x", dependent="y").message.startswith("y is 0 here and tends to 1")


def test_the_difference_of_an_equation_has_no_verdict() -> None:
    (checked,) = check_all([computed(CIRCLE, "x=3,y=4", "x", dependent="y")], read_points(["x=3,y=4"]))
    assert checked.value_verdicts is None
    assert checked.verdicts["x"].names() == ["proved"]


@pytest.mark.parametrize("key", ["x", "x,x", "x,x,x", "x,z", "x,z,z"])
def test_a_number_that_is_off_is_wrong(key: str) -> None:
    text, at = "x*exp(y)+y*z+sin(x*z)", "x=0,y=0,z=0.7"
    right = computed(text, at, key, dependent="y")
    assert verdict_of(right, at).kind == "proved"
    number = float(right.derivatives[key][0])
    assert verdict_of(claimed(right, key, number * 1.0005), at).kind == "wrong"


def test_a_fault_in_the_solution_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Derivative.solved
    monkeypatch.setattr(Derivative, "solved", lambda *known: [each * 2001 / 2000 for each in original(*known)])
    assert judged(CIRCLE, "x=3,y=4", "x,x", dependent="y").kind == "wrong"


def test_last_places_of_the_coordinates_do_not_lift_a_point_off_its_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    for x in read_points(["x=0.1:2.1:41"]).at["x"].tolist():
        for text, y in (("exp(x)-y", math.exp(x)), ("x*y-1", 1 / x)):
            assert judged(text, f"x={x!r},y={y!r}", "x", dependent="y").kind == "proved", (text, x)
    monkeypatch.setattr(implicit_check, "MAX_SHIFT_ULPS", 0)
    assert judged("exp(x)-y", f"x=1,y={math.e!r}", "x", dependent="y").kind == "undefined"


def implicit(expression: Expression, by: str) -> Any:
    """The derivative of y along F = 0 as SymPy's formula, from those of F, for up to two variables."""
    found = differentiate(expression, [(name,) for name in {*by, "y"}]).derivatives
    trees = {name: formula.tree for name, formula in found.items()}
    symbols = {symbol.name: symbol for symbol in expression.tree.free_symbols}
    slopes = {name: -trees[name] / trees["y"] for name in by}
    if len(by) == 1:
        return slopes[by]
    first, second = by[0], by[1]
    return sympy.diff(slopes[first], symbols[second]) + sympy.diff(slopes[first], symbols["y"]) * slopes[second]


@each("by", ["x", "z", "xx", "xz", "zx", "zz"])
@each("text", ["x^2*y+y^3+sin(x*z*y)-z", "exp(x*y)+log(y+z)*x", "gamma(x+y)-y*z"])
def test_sympys_derivatives_in_balls_agree_with_the_series(text: str, by: str) -> None:
    """Of the level curve through a point, for which the point need not be on F = 0."""
    expression = parse(text)
    at = {name: coordinate(sympy.Rational(value)) for name, value in {"x": "6/5", "y": "3/4", "z": "1/2"}.items()}
    site = Site(expression, record(expression.expanded, expression.variables), at)
    truth = enclosure(site, Derivative(tuple(by), dependent="y"))
    wanted: arb = evaluate(Run(record(implicit(expression, by), expression.variables), precision=400), at)[0]
    assert truth.rigorous
    assert truth.ball.overlaps(wanted)
    assert not (truth.ball * (1 + arb(2) ** -50)).overlaps(wanted)


def test_high_orders_of_a_solution() -> None:
    """y = 1/x on the hyperbola: y^(n) = (-1)^n n!/x^(n+1)."""
    expression = parse("x*y-1")
    at = {name: coordinate(sympy.Integer(1)) for name in "xy"}
    site = Site(expression, record(expression.expanded, expression.variables), at)
    for order in (1, 2, 7, 20, 60):
        ball = enclosure(site, Derivative(("x",) * order, dependent="y")).ball
        assert ball.overlaps(arb((-1) ** order * math.factorial(order)))
