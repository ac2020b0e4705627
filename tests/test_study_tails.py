"""Signs beside points and beyond bounds, and periods: all that is called proved is so in mpmath's numbers."""

import math
import random
from contextlib import suppress

import mpmath
import pytest
from flint import arb

from derivcli.errors import DerivError
from derivcli.language.parse import parse_expression
from derivcli.simplify.domains.roots import Root, root
from derivcli.study.breaks.break_points import break_points
from derivcli.study.tails.beside import sign_beside
from derivcli.study.tails.model import Models
from derivcli.study.tails.period import period
from derivcli.study.variations.walls import zeros
from tests import tail_cases

KNOWN = [  # with the signs of f, f' and f''
    ("1/x", "0", -1, "---"),
    ("1/x^2", "0", -1, "+++"),
    ("sqrt(x)", "0", 1, "++-"),
    ("sqrt(1-x^2)", "1", -1, "+--"),
    ("sqrt(1-x^2)", "-1", 1, "++-"),
    ("x*log(x)", "0", 1, "--+"),
    ("x^x", "0", 1, "+-+"),
    ("log(x)/x", "0", 1, "-+-"),
    ("x^2*log(x)", "0", 1, "---"),
    ("tan(x)", "pi/2", -1, "+++"),
    ("sec(x)", "pi/2", 1, "-+-"),
    ("gamma(x)", "-2", -1, "---"),
    ("cbrt(x-1)+x^2", "1", -1, "+++"),
    ("exp(1/x)", "0", -1, "+-+"),
    ("exp(-1/x^2)", "0", 1, "+++"),
    ("1/log(x)", "0", 1, "--+"),
    ("1/log(x)", "1", -1, "---"),
    ("acosh(x)", "1", 1, "++-"),
    ("acos(x)/sqrt(1-x)", "1", -1, "+-+"),
    ("sqrt(abs(x))", "0", -1, "+--"),
    ("atan(1/x)", "0", -1, "---"),
    ("abs(x-1/3)", "1/3", -1, "+-0"),
    ("floor(x)", "2", -1, "+00"),
    ("Ei(x^2-2)", "sqrt(2)", -1, "---"),
    ("Ei(x)", "0", -1, "---"),
    ("Ei(x)", "0", 1, "-+-"),
    ("(x^3+1)/(x-2)", "inf", 1, "+++"),
    ("x*exp(-x^2)", "inf", 1, "+-+"),
    ("log(x)/x", "inf", 1, "+-+"),
    ("sqrt(x^2+1)-x", "inf", 1, "+-+"),
    ("tanh(x)", "-inf", -1, "-++"),
    ("erf(x)", "inf", 1, "++-"),
    ("x+sin(x)/x", "inf", 1, "++?"),
    ("(1+1/x)^x", "inf", 1, "++-"),
    ("x^(1/x)", "inf", 1, "+-+"),
    ("exp(x)-x^5", "inf", 1, "+++"),
    ("softplus(x)", "-inf", -1, "+++"),
    ("sin(1/x)", "0", 1, "???"),
    ("sin(x)", "inf", 1, "???"),
    ("log(x)", "0", -1, "???"),
]


def place(text: str) -> Root | float:
    """A point or an end of the line."""
    return float(text) if "inf" in text else number(text)


def number(text: str) -> Root:
    """An exact number."""
    found = root(parse_expression(text, []).tree)
    assert found is not None, "the number is known"
    return found


@pytest.mark.parametrize(("text", "at", "side", "signs"), KNOWN)
def test_known_signs_are_proved(text: str, at: str, side: int, signs: str) -> None:
    tree = parse_expression(text, ["x"]).tree
    for order, expected in enumerate(signs):
        found = sign_beside(tree, "x", place(at), side, order)
        assert (found is None) == (expected == "?")
        if found is not None:
            assert found[1] == {"+": 1, "-": -1, "0": 0}[expected]
            assert found[0] > 0


NAMELESS = [  # beside the root of x = cos(x), which has no formula
    ("1/(x-cos(x))", 1, "+-+"),
    ("1/(x-cos(x))^2+x", -1, "+++"),
    ("log(x-cos(x))", 1, "-+-"),
    ("x*abs(x-cos(x))", -1, "+--"),
    ("max(x,cos(x))", -1, "+--"),
    ("floor(x-cos(x))", -1, "-00"),
]


@pytest.mark.parametrize(("text", "side", "signs"), NAMELESS)
def test_an_equation_tells_what_no_digits_do(text: str, side: int, signs: str) -> None:
    tree = parse_expression(text, ["x"]).tree
    points = break_points(tree, "x", number("1/2"), number("1"), zeros).found
    point = next(each for each in points if each.at.tree is None)
    for order, expected in enumerate(signs):
        found = sign_beside(tree, "x", point.at, side, order, 0.1, point)
        assert found is not None
        assert found[1] == {"+": 1, "-": -1, "0": 0}[expected]
        assert sign_beside(tree, "x", point.at, side, order, 0.1) is None


def wrong(seed: int, count: int) -> tuple[int, list[str]]:
    """How many signs of drawn functions are called proved, and which of them are not so at some point."""
    rng, proved, found = random.Random(seed), 0, []
    for _ in range(count):
        text, function = tail_cases.drawn(rng, rng.choice((1, 2, 2, 3)))
        at, side = rng.choice((("0", 1), ("0", -1), ("1", 1), ("1", -1), ("inf", 1), ("-inf", -1)))
        try:
            tree = parse_expression(text, ["x"]).tree
        except DerivError:
            continue
        for order in range(3):
            signed = sign_beside(tree, "x", place(at), side, order)
            if signed is None:
                continue
            proved += 1
            for power in (0, 0.3, 1, 3, 5, 14):
                true = 0
                with mpmath.workdps(tail_cases.DIGITS):
                    distance = outwards(signed[0], power, "inf" in at)
                    x = side * distance if "inf" in at else mpmath.mpf(at) + side * distance
                    with suppress(tail_cases.TooLargeError):
                        true = tail_cases.true_sign(function, x, distance, order)
                if true not in (0, signed[1]):
                    found.append(f"{text} at {at}, side {side}, order {order}: {signed} at {x}")
                    break
    return proved, found


def outwards(reach: arb, power: float, is_infinite: bool) -> mpmath.mpf:
    """A distance that a proof speaks of."""
    size = mpmath.mpf(float(reach.mid()))
    step = min(mpmath.mpf(2) ** power, 600 / size + 1) if is_infinite else mpmath.mpf(2) ** -power
    return size * step * (1 + mpmath.mpf(10) ** -20 * (1 if is_infinite else -1))


def test_drawn_functions_have_the_signs_that_are_proved() -> None:
    proved, found = wrong(seed=20, count=120)
    assert not found
    assert proved > 200


def test_a_dropped_remainder_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    folded = Models._folded

    def careless(self, low, polynomial, order):  # type: ignore[no-untyped-def]
        part = folded(self, low, polynomial, order)
        return part if part.order is None else part._replace(polynomial=part.polynomial.truncate(part.order - part.low))

    monkeypatch.setattr(Models, "_folded", careless)
    assert wrong(seed=21, count=150)[1]


PERIODS = {
    "sin(3x)+cos(2x)": "2*pi",
    "abs(sin(x))": "pi",
    "sin(x)^2": "pi",
    "sin(x)*cos(x)": "pi",
    "tan(x)": "pi",
    "sin(pi*x)": "2",
    "mod(x,2)": "2",
    "x-floor(x)": "1",
    "sin(x/3)+tan(x/2)": "6*pi",
    "sin(x+sin(x))": "2*pi",
    "sin(sqrt(2)*x)": "sqrt(2)*pi",
    "cos(sin(x))": "pi",
    "if(sin(x)>0,1,cos(x))": "2*pi",
    "sin(x)*cos(sqrt(2)*x)": None,
    "sin(x)+x": None,
    "sin(x^2)": None,
    "if(x>0,sin(x),0)": None,
    "sin(x)/x": None,
}


@pytest.mark.parametrize("text", PERIODS)
def test_periods(text: str) -> None:
    found, expected = period(parse_expression(text, ["x"]).tree, "x"), PERIODS[text]
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.ball.overlaps(number(expected).ball)
        assert math.isclose(found.size, number(expected).size)
