"""Integrals with bounds: how they are read, and their numbers against mpmath's quadrature and differences of it."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import pytest
import torch

from derivcli import DerivError, answer, derive, parse, series, steps
from derivcli.engines.balls import definite_integrals as ball_integrals
from derivcli.engines.torch import adaptive_quadrature, definite_integral
from derivcli.render.latex_printer import latex_of
from tests.judging import value_verdict, verdict
from tests.support import deriv, each, hint_of, sample

READ = [
    # typed, canonical text, variables
    ("integral(exp(-t^2), t, 0, x)", "integral(exp(-t**2), t, 0, x)", "x"),
    ("integrate(t^2, (t, 0, x))", "integral(t**2, t, 0, x)", "x"),
    ("Integral(t^2, (t, 0, x))", "integral(t**2, t, 0, x)", "x"),
    ("integral(x^2, x, 0, x)", "integral(x**2, x, 0, x)", "x"),
    ("t*integral(t*x, t, 0, 1)", "t*integral(t*x, t, 0, 1)", "t,x"),
    ("integral(t*x, t, 0, (x))", "integral(t*x, t, 0, x)", "x"),
    ("integral(s*t, (s, 0, t), (t, 0, x))", "integral(integral(s*t, s, 0, t), t, 0, x)", "x"),
    ("integral(sum(t^k, k, 0, 3), t, 0, x)", "integral(sum(t**k, k, 0, 3), t, 0, x)", "x"),
    ("sum(integral(t^k, t, 0, x), k, 0, 3)", "sum(integral(t**k, t, 0, x), k, 0, 3)", "x"),
]

REFUSED = [
    # typed, part of what is said, part of the way out
    ("integral(x^2, x)", "does not integrate", "deriv answer F f"),
    ("integrate(x^2)", "does not integrate", "integral(exp(-t**2), t, 0, x)"),
    ("integral(exp(-t), t, 0, inf)", "finite", "substitute"),
    ("integral(exp(-t), t, -oo, 0)", "finite", "substitute"),
    ("integral(t, 2, 0, x)", "variable", "integral(exp(-t**2), t, 0, x)"),
    ("integral(t, t, 0)", "4 arguments", "integral(exp(-t**2), t, 0, x)"),
    ("integral(sum(x, k, 1, t), t, 0, 1)", "whole numbers", "whole number"),
]


@each("typed, text, variables", READ)
def test_integrals_are_read_and_their_text_reads_back(typed: str, text: str, variables: str) -> None:
    found = parse(typed)
    assert (found.canonical_text, found.variables) == (text, tuple(variables.split(",")))
    assert parse(found.text).tree == found.tree
    assert pickle.loads(pickle.dumps(found)) == found


@each("typed, said, way_out", REFUSED)
def test_what_is_no_integral_is_refused_with_a_way_out(typed: str, said: str, way_out: str) -> None:
    with pytest.raises(DerivError) as caught:
        parse(typed)
    assert said in caught.value.message
    assert way_out in hint_of(caught.value)


FORMULAS = [
    ("integral(exp(-t^2), t, 0, x^2)", "2*x*exp(-x**4)"),
    ("integral(sin(t*x)/t, t, 1, 2)", "integral(cos(t*x), t, 1, 2)"),
    ("integral(sin(t*x)/t, t, x, 2*x)", "integral(cos(t*x), t, x, 2*x) + (sin(2*x**2) - sin(x**2))/x"),
    ("integral(t^2, t, 0, 1)*x", "integral(t**2, t, 0, 1)"),
    ("integral(x*t, t, x, 3)", "integral(t, t, x, 3) - x**2"),
    ("integral(1/sqrt(t), t, 0, x)", "1/sqrt(x)"),
    ("integral(t + x, t, 0, 2)", "2"),
]


@each("text, formula", FORMULAS)
def test_formulas_follow_leibniz(text: str, formula: str) -> None:
    assert derive(text).derivatives["x"].canonical_text == formula


def test_pieces_beside_an_integral_meet_where_they_did() -> None:
    """What bends inside of an integral is no place where pieces of the formula meet."""
    chosen = derive("integral(if(t > 1, t, 2), t, 0, x)").derivatives["x"].canonical_text
    assert chosen == "Piecewise((x, x > 1), (2, x < 1))"


def test_steps_name_the_rule_of_leibniz() -> None:
    (derivation,) = steps("integral(exp(-t^2*x), t, x, x^2)")
    assert derivation.steps[0].rule == "Leibniz's rule for integrals"
    assert derivation.steps[0].canonical_text.startswith("exp(-(x**2)**2*x)*d/dx[x**2] - exp(-x**2*x) + integral(d/dx[")


def test_latex_of_integrals() -> None:
    assert latex_of(parse("integral(exp(-t^2), t, 0, x)").tree) == r"\int_{0}^{x} e^{-t^{2}} \, dt"
    assert latex_of(parse("2*integral(t+x, t, 0, 1)").tree) == (r"2 \left(\int_{0}^{1} (t + x) \, dt\right)")


def test_the_error_function_to_all_digits() -> None:
    result = derive("integral(exp(-t^2), t, 0, x)", at={"x": 1.0})
    assert result.value[0] == pytest.approx(math.sqrt(math.pi) / 2 * math.erf(1), rel=3e-16)
    assert result.derivatives["x"][0] == pytest.approx(math.exp(-1), rel=2e-16)
    assert (verdict(result).kind, value_verdict(result).kind) == ("proved", "proved")


@dataclass(frozen=True)
class Drawn:
    """An integrand as text, and as a function of t, x and y in mpmath's numbers."""

    text: str
    value: Callable[..., Any]


def drawn(draw: random.Random, depth: int) -> Drawn:
    """A smooth integrand over t, x and y."""
    if depth == 0:
        name = draw.choice(["t", "t", "x", "y"])
        return Drawn(name, lambda t, x, y: {"t": t, "x": x, "y": y}[name])
    one, other = drawn(draw, depth - 1), drawn(draw, draw.randrange(depth))
    return draw.choice(
        [
            Drawn(f"({one.text} + {other.text})", lambda *at: one.value(*at) + other.value(*at)),
            Drawn(f"{one.text}*({other.text})", lambda *at: one.value(*at) * other.value(*at)),
            Drawn(f"sin({one.text})", lambda *at: mpmath.sin(one.value(*at))),
            Drawn(f"exp(-({one.text})^2/4)", lambda *at: mpmath.exp(-(one.value(*at) ** 2) / 4)),
            Drawn(f"({other.text})/(2 + ({one.text})^2)", lambda *at: other.value(*at) / (2 + one.value(*at) ** 2)),
            Drawn(f"log(3 + ({one.text})^2)", lambda *at: mpmath.log(3 + one.value(*at) ** 2)),
            Drawn(f"sqrt(1 + ({one.text})^2)", lambda *at: mpmath.sqrt(1 + one.value(*at) ** 2)),
            Drawn(f"tanh({one.text})", lambda *at: mpmath.tanh(one.value(*at))),
        ]
    )


BOUNDS: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("0", lambda x, y: mpmath.mpf(0)), ("x", lambda x, y: x), ("x*y", lambda x, y: x * y), ("-1", lambda x, y: -1),
    ("sin(x)", lambda x, y: mpmath.sin(x)), ("y - x^2", lambda x, y: y - x**2), ("pi/2", lambda x, y: mpmath.pi / 2),
]  # fmt: skip


def drawn_integral(draw: random.Random) -> tuple[str, Callable[[Any, Any], Any]]:
    """An integral as text, and by mpmath's quadrature."""
    body = drawn(draw, 3)
    (low, lower), (high, upper) = draw.sample(BOUNDS, 2)

    def value(x: Any, y: Any) -> Any:
        return mpmath.quad(lambda t: body.value(t, x, y), [lower(x, y), upper(x, y)])

    return f"integral({body.text}, t, {low}, {high}) + 0*x + 0*y", value


RULES: list[tuple[str, Callable[[Any], Any], str, str]] = [
    # integrand, the same by mpmath, bounds at which it is smooth between
    ("expm1(t)", mpmath.expm1, "-1", "2"), ("log2(t)", lambda t: mpmath.log(t, 2), "1/2", "3"),
    ("log10(t)", mpmath.log10, "1/2", "3"), ("log1p(t)", mpmath.log1p, "-1/2", "3"),
    ("tan(t)", mpmath.tan, "-1", "7/5"), ("sinh(t)", mpmath.sinh, "-1", "2"), ("cosh(t)", mpmath.cosh, "-1", "2"),
    ("tanh(t)", mpmath.tanh, "-1", "9"), ("sech(t)", mpmath.sech, "-3", "2"), ("csch(t)", mpmath.csch, "1", "2"),
    ("coth(t)", mpmath.coth, "1", "2"), ("asinh(t)", mpmath.asinh, "-2", "3"), ("acosh(t)", mpmath.acosh, "3/2", "4"),
    ("atanh(t)", mpmath.atanh, "-1/2", "3/4"), ("asin(t)", mpmath.asin, "-1/2", "3/4"),
    ("acos(t)", mpmath.acos, "-1/2", "3/4"), ("atan(t)", mpmath.atan, "-2", "5"),
    ("hypot(t, 2)", lambda t: mpmath.hypot(t, 2), "-2", "5"), ("erf(t)", mpmath.erf, "-1", "2"),
    ("sigmoid(t)", lambda t: 1 / (1 + mpmath.exp(-t)), "-3", "2"), ("erfc(t)", mpmath.erfc, "-1", "2"),
    ("erfi(t)", mpmath.erfi, "-1", "2"), ("Si(t)", mpmath.si, "-1", "2"), ("Shi(t)", mpmath.shi, "-1", "2"),
    ("Ei(t)", mpmath.ei, "1/2", "2"), ("loggamma(t)", mpmath.loggamma, "1/2", "4"),
    ("gamma(t)", mpmath.gamma, "1/2", "4"), ("t^(3/2)", lambda t: t**1.5, "1/2", "4"),
    ("2^t", lambda t: 2**t, "-1", "2"), ("t^pi", lambda t: t**mpmath.pi, "1/2", "4"),
    ("t^-3", lambda t: t**-3, "-4", "-1/2"), ("t^t", lambda t: t**t, "1/2", "2"),
    ("cbrt(1+t^2)", lambda t: mpmath.cbrt(1 + t * t), "0", "2"),
]  # fmt: skip


@each("text, function, low, high", RULES)
def test_what_is_proved_of_each_function_is_so(text: str, function: Callable[[Any], Any], low: str, high: str) -> None:
    result = derive(f"integral({text}, t, {low}, x)", at={"x": high})
    with mpmath.workdps(30):
        ends = [mpmath.mpf(each.partition("/")[0]) / int(each.partition("/")[2] or 1) for each in (low, high)]
        value, slope = mpmath.quad(function, ends), function(ends[1])
    assert float(value) == pytest.approx(value_verdict(result).truth or result.value[0], rel=4e-16)
    assert float(slope) == pytest.approx(verdict(result).truth or result.derivatives["x"][0], rel=4e-16)
    assert value_verdict(result).kind in ("proved", "unchecked")
    assert value_verdict(result).kind == "proved" or text in UNPROVED


UNPROVED = ("cbrt(1+t^2)",)
"""What has no rule over the complex numbers."""


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(sample(5, 80)))
def test_drawn_integrals_are_those_of_mpmath(seed: int) -> None:
    draw = random.Random(seed)
    text, value = drawn_integral(draw)
    at = {"x": draw.choice([0.5, 1.25, -0.75]), "y": draw.choice([0.25, -1.5])}
    result = derive(text, at=at, wrt=["x", "y"])
    with mpmath.workdps(20):
        x, y = mpmath.mpf(at["x"]), mpmath.mpf(at["y"])
        expected = value(x, y)
        by_x, by_y = mpmath.diff(lambda t: value(t, y), x), mpmath.diff(lambda t: value(x, t), y)
    assert result.value[0] == pytest.approx(float(expected), rel=1e-13, abs=1e-14)
    assert result.derivatives["x"][0] == pytest.approx(float(by_x), rel=1e-12, abs=1e-13)
    assert result.derivatives["y"][0] == pytest.approx(float(by_y), rel=1e-12, abs=1e-13)
    assert {verdict(result, "x").kind, verdict(result, "y").kind} <= {"proved", "lossy"}
    for name, slope in (("x", by_x), ("y", by_y)):  # what is proved is so
        assert verdict(result, name).truth == pytest.approx(float(slope), rel=1e-14, abs=1e-300)


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(sample(2, 20)))
def test_higher_orders_by_both_engines(seed: int) -> None:
    draw = random.Random(1000 + seed)
    text, value = drawn_integral(draw)
    at = {"x": 0.75, "y": 0.25}
    with mpmath.workdps(30):
        y = mpmath.mpf(at["y"])
        expected = float(mpmath.diff(lambda t: value(t, y), mpmath.mpf(at["x"]), 3))
    for engine in ("reverse", "taylor"):
        result = derive(text, at=at, wrt=["x"], order=3, engine=engine)
        assert result.derivatives["x,x,x"][0] == pytest.approx(expected, rel=1e-10, abs=1e-10)
        assert verdict(result, "x,x,x").kind in ("proved", "lossy")


def test_series_of_an_integral() -> None:
    found = series("integral(exp(-t^2), t, 0, x)", at={"x": 0}, degree=7)
    assert found.coefficients[0] == pytest.approx([0, 1, 0, -1 / 3, 0, 1 / 10, 0, -1 / 42], abs=1e-16)


def test_mixed_derivatives_and_a_bound_that_is_a_parameter() -> None:
    result = derive("integral(x*t*y, t, 0, x)", at={"x": 2.0, "y": 3.0}, mixed=["x", "y"])  # x^3*y/2
    assert result.derivatives["x,y"][0] == pytest.approx(6.0, rel=1e-15)
    hessian = derive("integral(cos(t*y)*x, t, y, x^2)", at={"x": 1.2, "y": 0.4}, mixed=["y", "x"])
    assert verdict(hessian, "y,x").kind == "proved"


def test_a_batch_is_its_points_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptive_quadrature, "BLOCK_POINTS", 100)
    x = np.linspace(-2, 3, 120)
    for text in ("integral(exp(-t^2*x), t, 0, x)", "integral(abs(t - x)*sin(t), t, -1, x^2)"):
        whole = derive(text, at={"x": x}, check=False)
        for place in (7, 100, 119):
            alone = derive(text, at={"x": x[place]}, check=False)
            assert alone.value[0] == whole.value[place]
            assert alone.derivatives["x"][0] == whole.derivatives["x"][place]


def test_other_formats_and_engines() -> None:
    single = derive("integral(exp(-t^2*x), t, 0, x)", at={"x": 1.0}, dtype="float32")
    assert single.value[0] == pytest.approx(0.7468241, rel=1e-6)
    assert single.value.dtype == np.float32
    compiled = derive("integral(exp(-t^2), t, 0, x)", at={"x": 1.0}, engine="compiled")
    assert "integral has no kernel" in compiled.remark
    refused = deriv("integral(exp(-t^2), t, 0, x)", "--at", "x=1", "--code", status=2)
    assert "PyTorch has no function for the integral" in refused.stderr


@pytest.mark.usefixtures("undiagnosed")
def test_claims_about_integrals() -> None:
    right = answer("integral(exp(-t), t, 0, x)", "exp(-x)")
    assert (right.equal, right.how) == (True, "agrees")  # SymPy does not know whether the integral exists
    assert not answer("integral(t*x^2, t, 0, x)", "integral(2*t*x, t, 0, x)").equal


def test_the_ledger_writes_the_integral() -> None:
    shown = deriv("explain", "integral(exp(-t^2), t, 0, x*y)", "--at", "x=1,y=2").stdout
    assert "integral(exp(-t**2), t, 0, v1)" in shown


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wrong_backward_is_caught(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    """A derivative in the lower bound, the upper one or a parameter that is wrong by 0.05 %."""
    right = definite_integral._Integral.backward

    def wrong(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        found = list(right(ctx, *grads))
        slope = found[1 + place]
        found[1 + place] = None if slope is None else slope * 1.0005
        return tuple(found)

    text = ("integral(exp(-t^2), t, x, 1)", "integral(exp(-t^2), t, 0, x)", "integral(exp(-t^2*x), t, 0, 1)")[place]
    assert verdict(derive(text, at={"x": 0.5})).kind == "proved"
    monkeypatch.setattr(definite_integral._Integral, "backward", staticmethod(wrong))
    for order, key in ((1, "x"), (2, "x,x")):
        assert verdict(derive(text, at={"x": 0.5}, order=order), key).kind == "wrong"


def test_a_wrong_sign_in_the_enclosure_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of the drawn integrals would not be proved by a Leibniz's rule with a wrong sign."""
    right = ball_integrals._Integral.moved
    monkeypatch.setattr(ball_integrals._Integral, "moved", lambda self, end: [-each for each in right(self, end)])
    assert verdict(derive("integral(exp(-t^2), t, 0, x)", at={"x": 0.5})).kind == "wrong"
