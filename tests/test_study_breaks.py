"""The points at which a formula may not be analytic: a table by hand, and numbers of mpmath beside each of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from flint import arb, fmpq
from mpmath import mp, mpf

from derivcli import parse, study
from derivcli.check.one_sided_values import Limit, Side
from derivcli.engines.balls.rules import BALL_RULES
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.tree import Tree
from derivcli.study.breaks import break_points as module
from derivcli.study.breaks.break_points import BreakPoints, break_points, defined_on
from derivcli.study.breaks.equations import BreakEquation, all_break_equations
from derivcli.study.breaks.kinds import REGULAR, UNDEFINED, Break, break_at, limit_at_infinity
from derivcli.study.breaks.local_germs import Formula
from derivcli.study.breaks.singularities import EQUATIONS, POLES_BELOW, TANGENTS
from derivcli.study.breaks.special_points import special_point
from derivcli.study.numbers import infinite_root, rational_root
from derivcli.study.variations.walls import zeros
from tests.support import each

INF = float("inf")
NONE, WAVES = "none", "waves"
"""No function on that side, and one that tends to nothing."""

CASES: dict[tuple[str, str, str], list[tuple[str, str, Any, Any]]] = {
    ("abs(x)", "-2", "2"): [("0", "corner", 0, 0)],
    ("1/x", "-2", "2"): [("0", "pole", -INF, INF)],
    ("1/x^2", "-2", "2"): [("0", "pole", INF, INF)],
    ("tan(x)", "0", "5"): [("pi/2", "pole", INF, -INF), ("3*pi/2", "pole", INF, -INF)],
    ("floor(x)", "-1/2", "3/2"): [("0", "jump", -1, 0), ("1", "jump", 0, 1)],
    ("ceil(2x)", "-1/4", "3/4"): [("0", "jump", 0, 1), ("1/2", "jump", 1, 2)],
    ("round(x)", "0", "2"): [("1/2", "jump", 0, 1), ("3/2", "jump", 1, 2)],
    ("mod(x,2)", "-1", "3"): [("0", "jump", 2, 0), ("2", "jump", 2, 0)],
    ("sqrt(x)", "-1", "4"): [("0", "edge", NONE, 0)],
    ("log(x)", "-1", "4"): [("0", "pole", NONE, -INF)],
    ("x*log(x)", "0", "4"): [("0", "edge", NONE, 0)],
    ("x^(1/3)", "-1", "1"): [("0", "edge", NONE, 0)],
    ("cbrt(x)", "-1", "1"): [("0", "vertical", 0, 0)],
    ("sqrt(abs(x))", "-1", "1"): [("0", "cusp", 0, 0)],
    ("if(x>0,x^2,-x)", "-1", "1"): [("0", "corner", 0, 0)],
    ("if(x>1,x^2,-x)", "-1", "3"): [("1", "jump", -1, 1)],
    ("max(x,1-x)", "-1", "2"): [("1/2", "corner", mpf("0.5"), mpf("0.5"))],
    ("max(x,1-x,x^2)", "-1", "3"): [("1/2", "corner", mpf("0.5"), mpf("0.5")), ("1", "corner", 1, 1)],
    ("max(x,abs(x))", "-1", "2"): [("0", "corner", 0, 0)],
    ("abs(x^2-2)", "0", "3"): [("sqrt(2)", "corner", 0, 0)],
    ("x/x", "-1", "1"): [("0", "hole", 1, 1)],
    ("(x^2-1)/(x-1)", "0", "3"): [("1", "hole", 2, 2)],
    ("sin(x)/x", "-1", "1"): [("0", "hole", 1, 1)],
    ("exp(-1/x^2)", "-1", "1"): [("0", "hole", 0, 0)],
    ("gamma(x)", "-5/2", "3"): [("-2", "pole", -INF, INF), ("-1", "pole", INF, -INF), ("0", "pole", -INF, INF)],
    ("acoth(x)", "-3", "3"): [("-1", "pole", -INF, NONE), ("1", "pole", NONE, INF)],
    ("atan(1/x)", "-1", "1"): [("0", "jump", mpf("-1.5707963267948966"), mpf("1.5707963267948966"))],
    ("sign(sin(x))", "-1", "4"): [("0", "jump", -1, 1), ("pi", "jump", 1, -1)],
    ("sqrt(cos(x))", "0", "4"): [("pi/2", "edge", 0, NONE)],
    ("log(abs(x)-1)", "-3", "3"): [("-1", "pole", -INF, NONE), ("1", "pole", NONE, -INF)],
    ("asin(x)", "-1", "1"): [
        ("-1", "edge", NONE, mpf("-1.5707963267948966")),
        ("1", "edge", mpf("1.5707963267948966"), NONE),
    ],
    ("x*sin(1/x)", "-1", "1"): [("0", "hole", 0, 0)],
    ("sin(1/x)", "-1", "1"): [("0", "oscillation", WAVES, WAVES)],
    ("cot(x)", "1", "4"): [("pi", "pole", -INF, INF)],
    ("sec(x)", "0", "2"): [("pi/2", "pole", INF, -INF)],
    ("x*abs(x)", "-1", "1"): [("0", "kink", 0, 0)],
    ("abs(x)^3", "-1", "1"): [("0", "kink", 0, 0)],
    ("x^x", "-3/2", "2"): [("-1", "isolated", NONE, NONE), ("0", "edge", NONE, 1)],
    ("sign(x)^2", "-1", "1"): [("0", "jump", 1, 1)],
    ("abs(cos(x)-x)", "-2", "2"): [("0.73908513321516064165531208767", "corner", 0, 0)],
    ("max(cos(x),x)", "-2", "2"): [
        ("0.73908513321516064165531208767", "corner", mpf("0.73908513321516064"), mpf("0.73908513321516064"))
    ],
    ("log(x^5-x-1)", "0", "2"): [("1.16730397826141868425604589985", "pole", NONE, -INF)],
    ("floor(x^2)", "1/2", "3/2"): [("1", "jump", 0, 1), ("sqrt(2)", "jump", 1, 2)],
    ("exp(-1/x)", "-1", "1"): [("0", "pole", INF, 0)],
    ("atan(exp(1/x))", "-1", "1"): [("0", "jump", 0, mp.pi / 2)],
    ("cosh(1/x)*x", "-1", "1"): [("0", "pole", -INF, INF)],
    ("acsch(x)", "-1", "1"): [("0", "pole", -INF, INF)],
    ("asech(x)", "-1", "1/2"): [("0", "pole", NONE, INF)],
    ("hardshrink(x,0)", "-1", "1"): [],
    ("sqrt(hardsigmoid(x^3-x))", "0", "1"): [],
    ("max(sin(x),cos(x))", "0", "2"): [("pi/4", "corner", mp.sqrt(2) / 2, mp.sqrt(2) / 2)],
    ("clamp(x,-1,1)", "-2", "2"): [("-1", "corner", -1, -1), ("1", "corner", 1, 1)],
    ("1/(1+exp(-1/x))", "1/2", "2"): [],
    ("abs(x^2+1)+if(x>9,1,0)", "-2", "2"): [],
    ("if(x>1,1/(x+2),x)", "-3", "1/2"): [],
    ("log(x-5)", "-1", "2"): [],
}
"""By formula and interval: the points in order, their kinds, and the limits on the left and on the right."""


def points_of(text: str, low: str, high: str) -> BreakPoints:
    start, stop = (rational_root(fmpq(*Fraction(end).as_integer_ratio())) for end in (low, high))
    return break_points(parse(text).expanded, "x", start, stop, zeros)


def breaks_of(text: str, low: str, high: str) -> Iterator[Break]:
    """The breaks, as a study has them."""
    formula = Formula(parse(text).expanded, "x")
    for point in points_of(text, low, high).found:
        found = break_at(formula, point)
        if found.kind not in (REGULAR, UNDEFINED):
            yield found


def is_limit(side: Side, expected: Any) -> bool:
    if expected == NONE or not side.defined:
        return expected == NONE and not side.defined
    if expected == WAVES or isinstance(expected, float):
        return side.limit.number is None and side.limit.infinite == (
            0 if expected == WAVES else 1 if expected > 0 else -1
        )
    return side.limit.number is not None and abs(float(side.limit.number.mid()) - float(expected)) < 1e-15


def faults(case: tuple[str, str, str]) -> list[str]:
    """What is missing, invented or wrong of a row of the table."""
    found, expected = list(breaks_of(*case)), CASES[case]
    if len(found) != len(expected):
        return [f"{case}: {[(each.at.size, each.kind) for each in found]}"]
    wrong = []
    for each_found, (x, kind, left, right) in zip(found, expected, strict=True):
        where = mpf(x) if x[:1].isdigit() and "." in x else mp.mpf(eval_number(x))
        near = abs(each_found.at.size - float(where)) <= 1e-15 * (1 + abs(float(where)))
        sides = is_limit(each_found.left, left) and is_limit(each_found.right, right)
        if not (near and kind == each_found.kind and sides and (each_found.proved or kind == "oscillation")):
            wrong.append(f"{case} at {x}: {each_found.kind} {each_found.left} {each_found.right}")
    return wrong


def eval_number(text: str) -> mpf:
    """A number of the table."""
    top, _, below = text.partition("/")
    value = mpf(1)
    for factor in top.split("*"):
        value *= {"pi": mp.pi, "sqrt(2)": mp.sqrt(2)}.get(factor) or mpf(factor)
    return value / mpf(below or 1)


@each("case", CASES)
def test_breaks_and_their_limits(case: tuple[str, str, str]) -> None:
    assert not faults(case)
    assert not points_of(*case).undecided


def test_that_a_lost_equation_and_a_false_limit_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def halved(tree: Tree) -> list[BreakEquation]:
        return all_break_equations(tree)[1:]

    monkeypatch.setattr(module, "all_break_equations", halved)
    assert faults(("abs(x)", "-2", "2"))
    monkeypatch.undo()
    assert not is_limit(Side(True, Limit(arb(1))), 0)
    assert not is_limit(Side(True, Limit(infinite=1)), -INF)


SLOPES: dict[tuple[str, str, str], tuple[Any, Any]] = {
    ("abs(x^2-2)", "0", "3"): (-2 * mp.sqrt(2), 2 * mp.sqrt(2)),
    ("cbrt(x)", "-1", "1"): (INF, INF),
    ("sqrt(abs(x))", "-1", "1"): (-INF, INF),
    ("sqrt(x)", "-1", "4"): (None, INF),
    ("x*abs(x)", "-1", "1"): (0, 0),
    ("if(x>0,x^2,-x)", "-1", "1"): (-1, 0),
    ("max(cos(x),x)", "-2", "2"): (-mp.sin(mpf("0.73908513321516064165531208767")), 1),
    ("sin(x)/x", "-1", "1"): (0, 0),
    ("exp(-1/x^2)", "-1", "1"): (0, 0),
}
"""The slopes on both sides of the only break."""


@each("case", SLOPES)
def test_slopes_and_their_numbers(case: tuple[str, str, str]) -> None:
    (found,) = breaks_of(*case)
    point = special_point(found, parse(case[0]).spelling)
    for number, expected in zip((point.left_slope, point.right_slope), SLOPES[case], strict=True):
        if expected is None:
            assert number is None
        else:
            assert number is not None
            assert number.value == pytest.approx(float(expected), rel=1e-15, abs=1e-300)
            assert number.low <= number.value <= number.high
    assert found.is_critical == (point.kind == "kink")
    assert (found.slope is not None) == (point.kind == "kink")


def test_limits_have_formulas() -> None:
    (jump,) = breaks_of("if(x>pi,sqrt(x-pi+8)/log(3),x^2)", "0", "4")
    point = special_point(jump, parse("x").spelling)
    texts = [number.exact.text for number in (point.x, point.left, point.right) if number and number.exact]
    assert texts == ["pi", "pi**2", "2*sqrt(2)/log(3)"]


INFINITE_ENDS: dict[str, tuple[Any, Any]] = {
    "1/x": (0, 0),
    "x/(1+x)": (1, 1),
    "atan(x)": (mpf("-1.5707963267948966"), mpf("1.5707963267948966")),
    "sin(x)": (WAVES, WAVES),
    "x^3-x": (-INF, INF),
    "(1+1/x)^x": (mp.e, mp.e),
    "log(x)": (NONE, INF),
    "sqrt(x^2+1)-x": (INF, 0),
    "tanh(x)": (-1, 1),
    "x^2*exp(-x^2)": (0, 0),
    "exp(x)": (0, INF),
    "x*exp(-x)": (-INF, 0),
    "exp(x)-x^5": (INF, INF),
    "x^2*exp(x)/sinh(x)": (0, INF),
    "exp(x)/(1+exp(x))": (0, 1),
    "log(1+exp(x))-x": (INF, 0),
    "exp(-exp(x))": (1, 0),
    "erf(x)": (-1, 1),
    "sqrt(exp(2x)+1)": (1, INF),
    "exp(-x^2)*sin(x)": (0, 0),
    "asinh(x)-log(abs(x))": (-INF, mp.log(2)),
    "sign(x)*exp(x)": (0, INF),
    "Si(x)": (-mp.pi / 2, mp.pi / 2),
}


@each("text", INFINITE_ENDS)
def test_limits_at_infinity(text: str) -> None:
    formula = Formula(parse(text).expanded, "x")
    for side, expected in zip((-1, 1), INFINITE_ENDS[text], strict=True):
        found = limit_at_infinity(formula, side)
        assert found is not None
        assert is_limit(found, expected), side


def test_where_a_function_is_defined() -> None:
    tree, low, high = parse("log(x^2-1)").expanded, infinite_root(-1), infinite_root(1)
    cuts = [low, *(each.at for each in break_points(tree, "x", low, high, zeros).found), high]
    assert [defined_on(tree, "x", one, other) for one, other in pairwise(cuts)] == [True, False, True]


def test_many_jumps_and_too_many_of_them() -> None:
    assert len(points_of("floor(100x)", "0", "20").found) == 2001
    assert points_of("floor(1e9*x)", "0", "1").undecided
    assert points_of("floor(x)", "0", "3").found[0].at.tree == 0
    low, high = infinite_root(-1), infinite_root(1)
    assert break_points(parse("tan(x)").expanded, "x", low, high, zeros).undecided


ANALYTIC = """add multiply number pi e true false and or not < <= > >= == != unknown power exp expm1 sin cos atan sinh
cosh tanh sech asinh erf erfc erfi erfcx erfcx_n dawsn dawsn_n log_ndtr jn spherical_in airyai airybi airyaiprime
airybiprime Si Shi fresnels fresnelc chebyshevt hermite hermite_prob assoc_laguerre gegenbauer tanhshrink
sigmoid logsumexp"""
"""Operations that are analytic where they are defined, or that the equations treat by themselves."""


def test_each_primitive_says_where_it_is_singular() -> None:
    rows = {row.name: row for row in FUNCTIONS}
    told = {*EQUATIONS, *POLES_BELOW, *TANGENTS, *"floor round trunc mod fmod max min".split()}
    assert {*BALL_RULES} - told == {*ANALYTIC.split()}
    assert not told & {*ANALYTIC.split()}
    assert not any(
        row.defined or row.special for name, row in rows.items() if name in ANALYTIC.split() and name != "pow"
    )


def test_nothing_is_said_where_breaks_are_not_known() -> None:
    found: Any = study("floor(1/x)", on={"x": (-1, 1)})
    unsure = [each for each in found.undecided if each.what == "breaks"]
    inside = [
        piece
        for piece in found.pieces
        if any(each.low.value <= piece.low.value and piece.high.value <= each.high.value for each in unsure)
    ]
    assert inside
    assert all(piece.sign is None and piece.slope is None for piece in inside)
    assert all(piece.slope == 0 for piece in found.pieces if piece not in inside)


@each(
    "text, points", [("abs(cos(x)-x)", 1), ("log(cos(x)-x/3)", 1), ("max(x^5-x-1,erf(x))", 3), ("max(0,x+exp(x))^2", 1)]
)
def test_nothing_is_open_beside_numbers_without_a_formula(text: str, points: int) -> None:
    found: Any = study(text, on={"x": (-2, 2)})
    assert len(found.breaks) == points
    assert not [each for each in found.undecided if text[:3] != "log" or each.what == "breaks"]
