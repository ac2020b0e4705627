"""The check tells the truth: hard places by hand, every kind of verdict, and what it says where PyTorch misleads."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from flint import arb, ctx, fmpq

from derivcli import derive
from derivcli.check.check_results import check_all
from derivcli.check.enclosure import restored_context
from derivcli.check.one_sided_values import limits_by_values
from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls.rules import BALL_RULES
from derivcli.engines.balls.run import Number, Run
from derivcli.engines.balls.tape import TapeNode
from derivcli.points.at_option import read_points
from tests.support import each

INF = math.inf
PLACES: list[tuple[str, str, str, object]] = [
    # f, where, kind, truth: a number or (left, right), where a side from which the function jumps has none
    ("sqrt(x)", "x=0", "edge", (None, INF)),
    ("sqrt(x^2)", "x=0", "corner", (-1, 1)),
    ("hypot(x, 0)", "x=0", "corner", (-1, 1)),
    ("x*sqrt(x)", "x=0", "edge", (None, 0)),
    ("sqrt(x)^2", "x=0", "edge", (None, 1)),
    ("abs(x)", "x=0", "corner", (-1, 1)),
    ("relu(x)", "x=0", "corner", (0, 1)),
    ("max(x, 0)", "x=0", "corner", (0, 1)),
    ("relu(x)-relu(-x)", "x=0", "wrong", 1),
    ("leaky_relu(x)", "x=0", "corner", (0.01, 1)),
    ("min(max(x, -1), 1)", "x=1", "corner", (1, 0)),
    ("x**0", "x=0", "proved", 0),
    ("x**2.0", "x=-3", "proved", -6),
    ("x**2", "x=0", "proved", 0),
    ("0**x", "x=0", "jump", (None, None)),
    ("0**x", "x=-1", "undefined", None),
    ("x**x", "x=0", "edge", (None, -INF)),
    ("x**x", "x=-1", "isolated", None),
    ("x**(1/3)", "x=-8", "undefined", None),
    ("cbrt(x)", "x=-8", "proved", 1 / 12),
    ("cbrt(x)", "x=0", "vertical", (INF, INF)),
    ("sign(x)*abs(x)**(1/3)", "x=0", "vertical", (INF, INF)),
    ("sqrt(abs(x))", "x=0", "cusp", (-INF, INF)),
    ("exp(2*log(x))", "x=0", "undefined", None),
    ("exp(2*log(x))", "x=-3", "undefined", None),
    ("log(x)", "x=-1", "undefined", None),
    ("digamma(x)", "x=-1", "undefined", None),
    ("digamma(x)", "x=-1.5", "proved", 9.379246644989124),
    ("gamma(x)", "x=-0.5", "proved", -0.12935358979554004),
    ("where(x>0, log(x), 0)", "x=0", "jump", (0, None)),
    ("where(x>0, sqrt(x), 0)", "x=-1", "proved", 0),
    ("where(x<1, x, exp(1000x))", "x=0.9", "proved", 1),
    ("where(x==0, 1, sin(x)/x)", "x=0", "proved", 0),
    ("where(x<0, 0, 1)*x", "x=0", "corner", (0, 1)),
    ("Piecewise((exp(-1/x), x>0), (0, True))", "x=0", "proved", 0),
    ("Piecewise((sqrt(x), x>0), (x, True))", "x=-4", "proved", 1),
    ("sin(x)/x", "x=0", "hole", 0),
    ("(sin(x)+exp(-1/x))/x", "x=0", "undefined", None),  # infinite on the left
    ("beta(x, -2.5)+abs(x-1.5)", "x=1.5", "corner", (-0.1622419590427218, 1.8377580409572782)),
    ("beta(x, -0.5)*abs(x+0.5)+abs(x+0.5)", "x=-0.5", "corner", (-1, 1)),
    ("(x-2)^(2+floor(x^2/9))+abs(x)", "x=0", "corner", (-5, -3)),
    ("x/x", "x=0", "hole", 0),
    ("(x^2-1)/(x-1)", "x=1", "hole", 1),
    ("abs(x)*sin(x)/x", "x=0", "hole", (-1, 1)),
    ("atan2(x, x)", "x=0", "undefined", None),
    ("atan2(x, 0)", "x=0", "undefined", None),
    ("max(x, x^2)", "x=1", "corner", (1, 2)),
    ("max(x, 1)", "x=1", "corner", (0, 1)),
    ("max(x, x^2, 1)", "x=1", "corner", (0, 2)),
    ("floor(x)", "x=1", "jump", (None, 0)),
    ("floor(x)", "x=2", "jump", (None, 0)),
    ("ceil(x)", "x=2", "jump", (0, None)),
    ("sign(x)", "x=0", "jump", (None, None)),
    ("heaviside(x)", "x=0", "jump", (None, None)),
    ("mod(x, 2)", "x=4", "jump", (None, 1)),
    ("x//2", "x=4", "jump", (None, 0)),
    ("x//2", "x=3", "proved", 0),
    ("tan(x)", "x=1.5707963267948966", "lossy", 2.70384464585838e33),
    ("tan(x)", "x=pi/2", "undefined", None),
    ("abs(cos(x))", "x=pi/2", "corner", (-1, 1)),
    ("exp(x)", "x=710", "overflow", INF),
    ("x**2", "x=1e200", "proved", 2e200),
    ("exp(x)/(1+exp(x))", "x=800", "lossy", 0),
    ("log(1+exp(x))", "x=800", "lossy", 1),
    ("x^100-x^100+x", "x=2000", "lossy", 1),
    ("log(exp(x))", "x=800", "lossy", 1),
    ("softplus(x)", "x=20.18", "proved", 0.9999999982783798),
    ("log(1+x)", "x=1e-17", "proved", 1),
    ("(exp(x)-1)/x", "x=1e-12", "lossy", 0.5000000000003333),
    ("(1-cos(x))/x^2", "x=1e-4", "lossy", -8.333333327777778e-06),
    ("(1-cos(x))/x^2", "x=1e-8", "lossy", -8.333333333333334e-10),
    ("(x^2-1)/(x-1)", "x=1+1e-9", "lossy", 1),
    ("sqrt(x^2+1)-x", "x=1e9", "lossy", -5e-19),
    ("(x+1e16)-1e16", "x=1", "proved", 1),
    ("sqrt(x**4)", "x=0", "wrong", 0),
    ("tanh(x)", "x=1000", "proved", 0),
    ("0.1*3*x-0.3*x", "x=1", "proved", 0),
    ("sin(x)^2+cos(x)^2", "x=0.7", "proved", 0),
    ("x^2*sin(1/x)", "x=0", "hole", 0),
    ("if(x == 0, 0, x^2*sin(1/x))", "x=0", "proved", 0),
    ("if(x == 0, 0, x^2*besselj(0, 1/x))", "x=0", "agrees", 0),
    ("sqrt(cos(x)-1)", "x=0", "isolated", None),
    ("1/x", "x=0", "undefined", None),
    ("sin(exp(exp(x)))", "x=14", "unchecked", None),
    ("2/3", "x=1", "proved", 0),
    ("x*sin(1/x)", "x=0", "hole", None),
    ("abs(x)*sin(1/x)", "x=0", "hole", (None, None)),
    ("root(x, 101)", "x=0", "vertical", (INF, INF)),
    ("abs(x)^1.001", "x=0", "proved", 0),
    ("abs(x)^0.001", "x=0", "cusp", (-INF, INF)),
    ("where(x==1, 5, x)", "x=1", "jump", (None, None)),
    ("rf(-3, k)", "k=2", "jump", (None, None)),
    ("ff(-2, k)", "k=2", "isolated", None),
    ("binomial(5, k)", "k=2", "proved", 10 / 3),
    ("rf(x, 3)", "x=-2", "proved", 2),
    ("besselj(-2.5, x)", "x=0", "undefined", None),
    ("besselj(0.5, x)", "x=0", "edge", (None, INF)),
    ("elliptic_e(m)", "m=1", "edge", (-INF, None)),
    ("zeta(s)", "s=1", "undefined", None),
    ("beta(2, x)", "x=1e10", "lossy", float(Fraction(1, (10**10 + 1) ** 2) - Fraction(1, 10**20))),
    ("fresnels(x)", "x=1e10", "lossy", 0),
]
"""Places where a plain PyTorch program misleads, and others, with what is true there."""


def verdict_at(text: str, at: str, order: int = 1) -> Verdict:
    """The verdict of the only derivative."""
    result = derive(text, at, order=order, check=True)
    (verdicts,) = result.verdicts.values()
    found = verdicts[0]
    assert found is not None
    return found


def is_number(got: float | None, wanted: object) -> bool:
    if got is None or not isinstance(wanted, int | float):
        return got is wanted
    return got == wanted or abs(got - wanted) <= 1e-14 * abs(wanted)


@each(("text", "at", "kind", "truth"), PLACES)
def test_hard_places(text: str, at: str, kind: str, truth: object) -> None:
    verdict = verdict_at(text, at)
    assert verdict.kind == kind, verdict
    if isinstance(truth, tuple):
        assert is_number(verdict.left, truth[0]), verdict
        assert is_number(verdict.right, truth[1]), verdict
    else:
        assert is_number(verdict.truth, truth), verdict


@each(
    ("text", "order", "kind", "sides"),
    [
        ("abs(x)^3", 1, "proved", None),
        ("abs(x)^3", 2, "proved", None),
        ("abs(x)^3", 3, "corner", (-6, 6)),
        ("x*abs(x)", 2, "corner", (-2, 2)),
        ("abs(x)", 2, "corner", (None, None)),  # the corner is that of the first derivative
        ("x^2.5", 2, "edge", (None, 0)),
        ("x^2.5", 3, "edge", (None, INF)),
        ("floor(x)", 2, "jump", None),
        ("sin(x)/x", 2, "hole", (-1 / 3, -1 / 3)),
        ("sqrt(x)", 2, "edge", (None, None)),  # the first derivative is infinite already
        ("cbrt(x)", 3, "vertical", (None, None)),
    ],
)
def test_higher_orders_at_zero(text: str, order: int, kind: str, sides: tuple[float, float] | None) -> None:
    verdict = verdict_at(text, "x=0", order)
    assert verdict.kind == kind, verdict
    if sides is not None:
        assert is_number(verdict.left, sides[0]), verdict
        assert is_number(verdict.right, sides[1]), verdict


def test_high_orders_at_a_hole_cost_no_more_values_than_one_order() -> None:
    """1/(x*(x+1)) but for holes, of which values of gamma in thousands of bits tell order 20."""
    verdict = verdict_at("beta(2, x)", "x=-20", 20)
    assert verdict.kind == "hole", verdict
    assert is_number(verdict.truth, math.factorial(20) * float(Fraction(1, 19**21) - Fraction(1, 20**21)))


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("ceil(x)", "x=1234567", "the formula is 1234567 here and tends to 1234567 from the left and to 1234568 from"),
        ("floor(x)", "x=1e16", "the formula is 1e+16 here and tends to 1e+16 - 1 from the left and to 1e+16 from"),
        ("x+1e-30*abs(x)", "x=0", "left 1, right 1 + 2e-30"),
        ("floor(x)/3", "x=1", "the formula is 0.333333 here and tends to 0 from the left and to 0.333333 from"),
    ],
)
def test_numbers_in_a_sentence_are_told_apart(text: str, at: str, message: str) -> None:
    assert verdict_at(text, at).message.startswith(message)


@each(
    ("text", "order", "kinds"),
    [
        ("if(x==0,0,x*frac(1/x))", 1, "unchecked"),
        ("if(x==0,0,x*cos(2*pi/x))", 1, "unchecked"),
        ("if(x==0,0,x*cos(2^300*pi/x))", 1, "unchecked"),
        ("if(x==0,0,x*frac(1/x^2))", 1, "unchecked"),
        ("if(x==0,0,x*besselj(0,2*pi/x)*frac(1/x))", 1, "unchecked"),
        ("if(x==0,0,sin(pi/x))", 1, "unchecked"),
        ("if(x==0,0,x*sin(log(abs(x))/1000))", 1, "unchecked"),
        ("if(x==0,0,x*cos(log(abs(x))*2*pi/log(2)))", 1, "unchecked"),
        ("if(x==0,0,x*frac(1/sin(x)))", 1, "unchecked"),
        ("if(x==0,0,x*exp(1/log(abs(x))))", 1, "unchecked"),  # the slope tends to 1, by way of 1/log
        ("if(x==0,0,x*(1+1/log(abs(x))))", 1, "unchecked"),
        ("if(x==0,1,exp(1/log(abs(x))))", 1, "unchecked"),
        ("if(x==0,0,abs(x)^sqrt(2)*log(abs(x)))", 1, "unchecked"),
        ("if(x==0,0,x^2*sin(1/x))", 1, "proved"),
        ("if(x==0,0,x^2*frac(1/x))", 1, "proved"),
        ("if(x==0,0,x^3*cos(2*pi/x))", 2, "unchecked"),
        ("if(x==0,0,x^3*sin(1/x))", 2, "unchecked"),
        ("if(x==0,0,x^4*sin(1/x))", 2, "agrees"),
        ("if(x==0,1,x*sin(1/x))", 1, "jump"),
        ("sin(1/x)", 1, "undefined"),
        ("cos(2*pi/x)", 1, "undefined"),
        ("floor(1/x)-1/x", 1, "undefined"),
        ("mod(1,x)", 1, "hole"),
        ("x*floor(1/x)", 1, "hole"),
        ("(x-1)*frac(zeta(x+1))*x", 1, "hole"),
    ],
)
def test_what_oscillates_without_end_is_not_seen_at_rest(text: str, order: int, kinds: str) -> None:
    verdict = verdict_at(text, "x=0", order)
    assert verdict.kind == kinds, verdict
    if kinds == "hole":
        assert verdict.truth is None, verdict


def test_values_beside_a_point_are_computed_once() -> None:
    asked: list[tuple[fmpq, int, bool]] = []

    def square(offset: fmpq, precision: int, final: bool) -> arb:
        asked.append((offset, precision, final))
        ctx.prec = precision
        return arb(offset) ** 2

    function = cache(square)
    with restored_context():
        found = [limits_by_values(function, 0, order, highest=3).right.derivative.number for order in (1, 2, 3)]
    assert [number is not None and float(number) for number in found] == [0, 2, 0]
    assert len(asked) == len(set(asked))


def test_constants_are_computed_once_for_all_values_beside_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    gamma = BALL_RULES["gamma"]

    def counted(run: Run, node: TapeNode, numbers: list[Number]) -> object:
        asked.append(run.precision)
        return gamma(run, node, numbers)

    monkeypatch.setitem(BALL_RULES, "gamma", counted)
    assert verdict_at("max(x, x)*gamma(1/3)", "x=pi", 6).kind == "proved"
    beside = [precision for precision in asked if precision > 1000]
    assert len(beside) <= 2 * len(set(beside))


@pytest.mark.parametrize(("text", "order"), [("fresnels(x)", 4), ("fresnels(x)", 12), ("sin(fresnelc(x))", 8)])
def test_a_phase_that_is_rounded_inside_a_function_is_no_wrong_formula(text: str, order: int) -> None:
    verdict = verdict_at(text, "x=1e10", order)
    assert (verdict.kind, verdict.message) == ("lossy", "rounding inside a step")


@pytest.mark.parametrize(("text", "at"), [("fresnels(x)", "x=1.5"), ("besselj(2, x)", "x=3"), ("tan(x)", "x=1.5")])
def test_a_number_that_is_off_is_not_explained_by_rounding_inside(text: str, at: str) -> None:
    result = derive(text, at, order=8, check=False)
    ((key, values),) = result.derivatives.items()
    off = replace(result, derivatives={key: values * (1 + 1e-6)})
    (checked,) = check_all([off], read_points([at]))
    verdict = checked.verdicts[key][0]
    assert verdict is not None
    assert verdict.kind == "wrong", verdict


HEARN = (
    "2432902008176640000*e^x-2432902008176640000*e^x*x+1216451004088320000*e^x*x^2-405483668029440000*e^x*x^3"
    "+101370917007360000*e^x*x^4-20274183401472000*e^x*x^5+3379030566912000*e^x*x^6-482718652416000*e^x*x^7"
    "+60339831552000*e^x*x^8-6704425728000*e^x*x^9+670442572800*e^x*x^10-60949324800*e^x*x^11+5079110400*e^x*x^12"
    "-390700800*e^x*x^13+27907200*e^x*x^14-1860480*e^x*x^15+116280*e^x*x^16-6840*e^x*x^17+380*e^x*x^18-20*e^x*x^19"
    "+e^x*x^20"
)


def test_an_antiderivative_that_loses_every_digit() -> None:
    verdict = verdict_at(HEARN, "x=0.625")
    assert (verdict.kind, verdict.digits) == ("lossy", 0)
    assert is_number(verdict.truth, 0.625**20 * math.exp(0.625))


def test_a_function_that_jumps_only_from_afar() -> None:
    """What seems to jump, or to end, at steps of 1e-30 is looked at again from much closer."""
    assert verdict_at("sqrt(x+1e-33)*abs(x)", "x=0").kind == "corner"
    assert verdict_at("sin(1e40*x)", "x=0").truth == 1e40


def test_only_limits_along_the_variable_fill_a_hole() -> None:
    verdict = derive("x*y/(x^2+y^2)", "x=0,y=0").verdicts["x"][0]
    assert verdict is not None
    assert "along x" in verdict.message


def test_every_kind_has_an_example() -> None:
    assert {kind for _, _, kind, _ in PLACES} == set(KINDS)


def test_a_typed_point_is_exact_and_an_array_is_the_float_that_it_is() -> None:
    typed = verdict_at("tan(x)", "x=1.5707963267948966")
    given = derive("tan(x)", {"x": 1.5707963267948966}).verdicts["x"][0]
    assert (typed.kind, given and given.kind) == ("lossy", "proved")
    assert "nearest float64" in typed.message


def test_values_are_judged_too() -> None:
    result = derive("log(1+x)", "x=1e-17")
    assert result.value_verdicts is not None
    value = result.value_verdicts[0]
    assert value is not None
    assert (value.kind, value.truth, result.value[0]) == ("lossy", 1e-17, 0)
