"""Claims on whole intervals, solutions of equations and inverses: by a hand table, and by values in 40 digits."""

import random
from typing import Any

import mpmath
import pytest

from derivcli import claim, inverse, solve
from derivcli.engines.balls.tape import HOLDS
from derivcli.errors import DerivError
from derivcli.study.claims import claims
from tests.support import each

CLAIMS = [
    ("x^3 + x", "f' > 0", None, "proved", None),
    ("x^3", "f' > 0", "-10:10", "refuted", 0),
    ("x^3", "f' >= 0", "-10:10", "proved", None),
    ("tan(x)", "f' > 0", "0:1", "proved", None),
    ("tan(x)", "f' > 0", "0:5", "refuted", mpmath.pi / 2),
    ("sqrt(x)", "f' > 0", "0:4", "proved", None),
    ("abs(x)", "f' >= -1", "-1:1", "refuted", 0),
    ("x*abs(x)", "f' >= 0", "-1:1", "proved", None),
    ("x*abs(x)", "f'' >= -2", "-1:1", "undecided", None),
    ("tanh(x)", "f' > 0", None, "proved", None),
    ("1/x", "f' != 0", "1:inf", "proved", None),
    ("sin(x)", "f < 1", "10:inf", "undecided", None),
    ("1/x", "f' < 0", "0:1", "refuted", 0),
    ("sin(x)/x", "f' <= 0", "0:1", "refuted", 0),
    ("floor(x)", "f' = 0", "1/2:1", "refuted", 1),
    ("x", "f' <= x/x", "-1:1", "undecided", None),
    ("cbrt(x)", "f' > 0", "-1:1", "proved", None),
    ("x^2", "f >= 2x - 1", None, "proved", None),
    ("x^2", "f > 2x - 1", "-5:5", "refuted", 1),
    ("exp(x)", "f >= 1 + x", None, "proved", None),
    ("sin(x)", "-1 <= f <= 1", None, "proved", None),
    ("sin(x)", "f < 1", "0:10", "refuted", mpmath.pi / 2),
    ("log(x)", "f < 1", "0:1", "refuted", 0),
    ("floor(x)", "f' = 0", "1/4:3/4", "proved", None),
    ("floor(x)", "f' = 0", "0:3", "refuted", 1),
    ("x + sin(x)/2", "f' != 0", "-10:10", "proved", None),
    ("1/x", "f' <= 0", "1:inf", "proved", None),
    ("5", "f = 5", "0:1", "proved", None),
    ("sin(x)^2 + cos(x)^2", "f' = 0", "0:1", "proved", None),
    ("sin(x^2)", "f <= 1", None, "undecided", None),
]
"""A function, a claim, an interval, what becomes of it, and the point that refutes it."""


@each("text, statement, on, kind, at", CLAIMS)
def test_claims(text: Any, statement: Any, on: Any, kind: Any, at: Any) -> None:
    found: Any = claim(text, statement, on and f"x={on}")
    assert found.kind == kind, found
    assert found.proved == (kind == "proved")
    if at is not None:
        assert found.at.low <= at <= found.at.high


SHAPES = ["{a}*x^2 + {b}*x", "sin({a}*x) + {b}*x", "exp(-x)*({a}*x + {b})", "{a}*abs(x - {b})", "x^3 - {a}*x + {b}"]


def drawn(seed: Any) -> Any:
    draw = random.Random(seed)
    a, b = draw.randint(-4, 4) or 1, draw.randint(-3, 3)
    text = draw.choice(SHAPES).format(a=f"({a})", b=f"({b})")
    derivative = draw.choice(["f", "f'"])
    return text, f"{derivative} {draw.choice(['<', '<=', '>', '>='])} {draw.randint(-6, 6)}"


def slope(function: Any, x: Any) -> Any:
    return (function(x + mpmath.mpf(10) ** -15) - function(x - mpmath.mpf(10) ** -15)) / (2 * mpmath.mpf(10) ** -15)


def holds(text: Any, statement: Any, x: Any) -> Any:
    """Whether a claim holds at a point, by values of the function alone."""
    names = {name: getattr(mpmath, name) for name in ("sin", "exp")} | {"abs": abs}

    def function(value: Any) -> Any:
        return eval(text.replace("^", "**"), {**names, "x": value})

    side, sign, bound = statement.split()
    number = function(x) if side == "f" else slope(function, x)
    return {"<": number < int(bound), "<=": number <= int(bound), ">": number > int(bound), ">=": number >= int(bound)}[
        sign
    ]


def violations(seeds: Any) -> Any:
    """What is said of drawn claims and is not so: a proved one that fails somewhere, a refuted one that holds there."""
    with mpmath.workdps(50):
        for seed in seeds:
            text, statement = drawn(seed)
            found: Any = claim(text, statement, "x=-3:3")
            if found.kind == "proved":
                points = [mpmath.mpf(k) / 97 - 3 for k in range(1, 582)]
                yield from ((text, statement, x) for x in points if not holds(text, statement, x))
            elif found.kind == "refuted" and not ("derivative" in found.why or "= " in found.why):
                x = mpmath.mpf(found.at.text)
                yield from [(text, statement, x)] * holds(text, statement, x)


def test_drawn_claims_are_so() -> None:
    assert not list(violations(range(60)))


def test_a_fault_in_the_signs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "HOLDS", {**HOLDS, "<": lambda sign: sign > 0, "<=": lambda sign: sign >= 0})
    assert list(violations(range(60)))


SOLUTIONS = [
    ("x^2", "f = 3", "-5:5", ["-sqrt(3)", "sqrt(3)"]),
    ("x^3 - 3x", "f' = 0", None, ["-1", "1"]),
    ("sin(x)", "f = 1/2", None, ["pi/6", "5*pi/6"]),
    ("sin(x)", "f' = f", "0:2pi", ["pi/4", "5*pi/4"]),
    ("exp(x)", "f = 2", "-10:10", ["log(2)"]),
    ("abs(x - 1)", "f = 0", "-5:5", ["1"]),
    ("x^2", "f = -1", None, []),
]


@each("text, equation, on, expected", SOLUTIONS)
def test_solutions(text: Any, equation: Any, on: Any, expected: Any) -> None:
    found: Any = solve(text, equation, on and f"x={on}")
    assert found.complete
    assert [point.x.exact.text for point in found.found] == expected


def test_every_point_of_an_interval_is_a_solution() -> None:
    found: Any = solve("relu(x)", "f = 0", "x=-1:1")
    assert [(low.value, high.value) for low, high in found.everywhere] == [(-1, 0)]
    assert [point.x.value for point in found.found] == [0]


def test_inverses() -> None:
    found: Any = inverse("x*exp(x)", 1, "x=0:3")
    assert found.x.low <= mpmath.lambertw(1) <= found.x.high
    expected = 1 / (mpmath.exp(found.x.value) * (1 + found.x.value))
    assert found.derivative.value == pytest.approx(float(expected), rel=1e-14)
    cubed: Any = inverse("-x^3", 8, "x=-3:3")
    assert cubed.x.exact.text == "-2"
    assert not inverse("-x^3", 8, "x=-3:3").rises
    assert inverse("x^3", 0, "x=-1:1").derivative.value == mpmath.inf


@each("text, on, message", [("x^2", "-1:1", "no inverse"), ("exp(x)", "0:1", "does not have the value")])
def test_inverses_that_are_refused(text: Any, on: Any, message: Any) -> None:
    with pytest.raises(DerivError, match=message):
        inverse(text, "5", f"x={on}")
