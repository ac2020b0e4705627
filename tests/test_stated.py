"""A piecewise derivative as a formula is true where its pieces meet: it states the derivative there, or nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sympy
from mpmath import isnan, mp, mpf

from derivcli import derive, parse, steps
from derivcli.result import SymbolicResult
from tests import claims
from tests.claims import AT, DIGITS, Claim, F, derivative
from tests.derivation_oracle import COMPARE, SIGNS, Value
from tests.support import deriv, each, sample

KINDS = (claims.special_in_f, claims.filled, claims.glued, claims.clipped)
SAME = mpf(10) ** -15
LEFT_OUT = "left out"


class Nearly(Value):
    """What trees come to, where numbers that nearly are the same count as that."""

    def find(self, node: Any) -> Any:
        if type(node) in SIGNS:
            left, right = (self(part) for part in node.args)
            return COMPARE[SIGNS[type(node)]](*((left, left) if abs(left - right) < AT else (left, right)))
        return super().find(node)


STATED = [
    ("if(x==0,1,(exp(x)-1)/x)", "if(x == 0, 1/2, exp(x)/x - (exp(x) - 1)/x**2)", ""),
    ("if(x<0,-x,x)", "Piecewise((-1, x < 0), (1, x > 0))", "no derivative at x = 0"),
    ("if(x<=0,-x,if(x<1,x,2-x))", "Piecewise((-1, x < 0), (1, x > 0 and x < 1), (-1, x > 1))", "derivative at x = 1"),
    ("if(x<2,x^2,4x-4)", "if(x < 2, 2*x, 4)", ""),
    ("if(x==0,1,sin(x)/x)", "if(x == 0, 0, cos(x)/x - sin(x)/x**2)", ""),
    ("if(x==1,1,x^2)", "if(x == 1, 2, 2*x)", ""),
    ("if(x==0,0,x)", "if(x == 0, 1, 1)", ""),
    ("if(x==0,0,x+2x^2 sin(1/x))", "if(x == 0, 1, 4*x*sin(1/x) - 2*cos(1/x) + 1)", ""),
    ("if(x==pi,3,cos(x))", "Piecewise((-sin(x), x != pi))", "no derivative at x = pi"),
    ("if(x!=0,x^2,5)", "Piecewise((2*x, x != 0))", "no derivative at x = 0"),
    ("if(x^2<1,x^2,2x-1)", "Piecewise((2*x, x != -1 and x**2 < 1), (2, x != -1))", "no derivative at x = -1"),
    ("if(x>0 and x<1,x^2,0)", "Piecewise((2*x, x > 0 and x < 1), (0, x != 1))", "no derivative at x = 1"),
    ("if(x>y,x^2,y^2)", "Piecewise((2*x, x > y), (0, x < y))", "where x = y no derivative is stated"),
    ("if(x>y,(x-y)^2,0)", "if(x > y, 2*x - 2*y, 0)", ""),
    ("if(y>0,x,2x)", "if(y > 0, 1, 2)", ""),
    ("leaky_relu(x)", "Piecewise((1, x > 0), (1/100, x < 0))", "no derivative at x = 0"),
    ("elu(x)", "if(x > 0, 1, exp(x))", ""),
    ("relu(x)", "Piecewise((1, x > 0), (0, x < 0))", "no derivative at x = 0"),
    ("max(x,1)", "Piecewise((0, x < 1), (1, x > 1))", "no derivative at x = 1"),
    ("min(x,y)", "Piecewise((1, x < y), (0, x > y))", "where x = y no derivative is stated"),
    ("max(y-x,x-y)", "Piecewise((1, x > y), (-1, x < y))", "where x = y no derivative is stated"),
    ("clamp(x,0,1)", "Piecewise((0, x < 0), (1, x > 0 and x < 1), (0, x > 1))", "no derivative at x = 1"),
    ("clamp(x,y,1)", "Piecewise((1, max(x, y) < 1 and x > y), (0, max(x, y) != 1 and x != y))", "where x = y"),
    ("hardtanh(x)", "Piecewise((0, x < -1), (1, x > -1 and x < 1), (0, x > 1))", "no derivative at x = -1"),
    ("relu(x^2-2)", "Piecewise((2*x, x < -sqrt(2)), (0, x > -sqrt(2) and x < sqrt(2)), (2*x, x > sqrt(2)))", "sqrt(2)"),
    ("relu(x*y)", "Piecewise((y, x*y > 0), (0, x*y < 0))", "where x*y = 0"),
    ("max(sin(x),0)", "Piecewise((cos(x), sin(x) > 0), (0, sin(x) < 0))", "where sin(x) = 0"),
    ("max(x,x^5-1)", "Piecewise((5*x**4, x**5 > x + 1), (1, x**5 < x + 1))", "no derivative at x = 1.1673"),
    ("abs(x-1)+max(x,0)", "Piecewise((-1, x < 0), (0, x > 0 and x < 1), (2, x > 1))", "no derivative at x = 1"),
    ("abs(x)*relu(x)+max(x,-2)", "Piecewise((0, x < -2), (1, x > -2 and x <= 0), (2*x + 1, x > 0))", "at x = -2"),
    ("x*heaviside(x)", "Piecewise((0, x < 0), (1, x > 0))", "no derivative at x = 0"),
    ("max(x-1,0)^2", "2*heaviside(x - 1)*max(x - 1, 0)", ""),
    ("relu(x)^2", "2*if(x > 0, 1, 0)*relu(x)", ""),
    ("relu(x)-relu(-x)", "1", ""),
    ("clamp(x,-1,1)+relu(x-1)-relu(-x-1)", "1", ""),
    ("if(sinh(x)<1,x,2x)", "Piecewise((1, sinh(x) < 1), (2, sinh(x) > 1))", "at x = ln(1 + sqrt(2))"),
    ("if(x+1/x<=1000,x,3x)", "Piecewise((1, x + 1/x < 1000), (3, x + 1/x > 1000))", "at x = 500 - sqrt(249999)"),
    ("if(x+1/x==4,x^2,x)", "Piecewise((1, x + 1/x != 4))", "at x = 2 - sqrt(3)"),
    ("if(atan(x)==1,0,x)", "Piecewise((1, atan(x) != 1))", "at x = tan(1)"),
    ("if(sinh(x)==1,7,x)", "Piecewise((1, sinh(x) != 1))", "at x = log(1 + sqrt(2))"),
    ("if(sin(x)<1/3,x,2x)", "Piecewise((1, sin(x) < 1/3), (2, sin(x) > 1/3))", "where sin(x) = 1/3"),
    ("if(sin(x)==1/3,5,x^2)", "Piecewise((2*x, sin(x) != 1/3))", "where sin(x) = 1/3"),
    ("if(tanh(x)>1/3,x-atanh(1/3),0)", "Piecewise((1, tanh(x) > 1/3), (0, tanh(x) < 1/3))", "at x = atanh(1/3)"),
    ("if(x+atan(x)<1000,x,3x)", "Piecewise((1, x + atan(x) < 1000), (3, x + atan(x) > 1000))", "at x = 998.430205"),
    ("if(cbrt(x)-sin(x)<3,x,3x)", "Piecewise((1, cbrt(x) - sin(x) < 3), (3, cbrt(x) - sin(x) > 3))", "where cbrt(x)"),
    ("abs(x)", "sign(x)", "no derivative at x = 0"),
]
"""Functions, their derivatives by x, and what is remarked."""


def is_same_in_pieces(one: Any, other: Any) -> bool:
    """Whether two formulas have the same branches, whatever the shape of each value."""
    pairs = [[(pair.expr, pair.cond) for pair in getattr(tree, "args", ())] for tree in (one, other)]
    return [where for _, where in pairs[0]] == [where for _, where in pairs[1]] and all(
        sympy.simplify(left - right) == 0 for (left, _), (right, _) in zip(*pairs, strict=True)
    )


@each(("expression", "formula", "remark"), STATED)
def test_a_piecewise_derivative_states_what_is_true(expression: str, formula: str, remark: str) -> None:
    found = derive(expression, wrt="x")
    assert isinstance(found, SymbolicResult)
    stated = found.derivatives["x"]
    text = stated.canonical_text
    assert text == formula or is_same_in_pieces(stated.tree, parse(formula).tree), text
    assert remark in " ".join(found.remarks)
    assert bool(remark) == bool(found.remarks)


@each(("expression", "formula", "remark"), STATED)
def test_it_reads_back(expression: str, formula: str, remark: str) -> None:
    assert parse(formula).text == formula


def test_every_surface_states_it() -> None:
    told = deriv("if(x<0,-x,x)")
    assert "Piecewise((-1, x < 0), (1, x > 0))" in told.stdout
    assert "no derivative at x = 0" in told.stderr
    told = deriv("steps", "if(x<0,-x,x)")
    assert told.stdout.splitlines()[-1].endswith("where the pieces meet\tPiecewise((-1, x < 0), (1, x > 0))")
    assert "no derivative at x = 0" in told.stderr
    assert r"1 & \text{if } x > 0" in deriv("if(x<0,-x,x)", "--format", "latex").stdout
    assert "1/2" in deriv("answer", "if(x==0,1,(exp(x)-1)/x)", "0", "--show", status=1).stdout


def test_steps_end_at_what_is_stated() -> None:
    for derivation in steps("if(x<0,-x,x^2+x)", order=2):
        assert derivation.steps[-1].canonical_text == derivation.answer.canonical_text


def faults(each: Claim) -> list[str]:
    """What is stated wrongly of the derivative at the places of a function, and what is left out without a word."""
    found, told = derive(each.f.text), []
    assert isinstance(found, SymbolicResult)
    tree = found.derivatives["x"].tree
    with mp.workdps(DIGITS):
        for place in each.places:
            p = +place.value(mpf(0))
            truth, stated = derivative(each.f, p), value(tree, p)
            if truth is None and stated is not None:
                told.append(f"{each.f.text} at {p}: {stated}, and there is none")
            if truth is not None and stated is not None and not abs(stated - truth) < SAME * (1 + abs(truth)):
                told.append(f"{each.f.text} at {p}: {stated}, and it is {truth}")
            if truth is not None and stated is None:
                told.append(f"{each.f.text} at {p}: {LEFT_OUT}, and it is {truth}")
                assert any("has no formula" in remark for remark in found.remarks)
    return told


def value(tree: Any, p: Any) -> Any:
    """What a formula states at a point; None if nothing."""
    try:
        found = Nearly({"x": p})(tree)
    except ZeroDivisionError:
        return None
    return None if isnan(found) else found


def drawn(count: int, seed: int) -> list[Claim]:
    """Functions in pieces, and products of two."""
    draw = random.Random(seed)
    with mp.workdps(DIGITS):
        made = []
        for number in range(count):
            one, other = draw.choice(KINDS)(draw), draw.choice(KINDS)(draw)
            made.append(times(one, other) if number % 4 == 3 else one)
        return made


def times(one: Claim, other: Claim) -> Claim:
    f, g = one.f, other.f
    product = F(f"({f.text})*({g.text})", lambda x: f.value(x) * g.value(x))
    return Claim(product, product, (*one.places, *other.places), "product")


@pytest.mark.sampled
def test_functions_in_pieces_have_true_derivatives() -> None:
    assert not (told := [fault for each in drawn(sample(15, 40), seed=3) for fault in faults(each)]), "\n".join(told)


@pytest.mark.sweep
def test_300_functions_in_pieces_have_true_derivatives() -> None:
    told = [fault for each in drawn(300, seed=4) for fault in faults(each)]
    assert all(LEFT_OUT in fault for fault in told), "\n".join(told)
    assert len(told) < 5
