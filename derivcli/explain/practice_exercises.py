"""Exercises in differentiation: levels of formulas with small numbers in them, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from derivcli.result import Partial

MAX_SECOND_POWER = 4
"""Of two powers in the first level only one is larger."""

OUTER_FUNCTIONS = ("sin", "cos", "e^", "log")
"""Functions that every student knows."""

Problem: TypeAlias = tuple[str, Partial] | tuple[str, Partial, str]

BY_X, BY_Y = ("x",), ("y",)


@dataclass(frozen=True, slots=True)
class Level:
    """What its exercises are about, and what makes one of each kind."""

    about: str
    make: Callable[[Random], list[Problem]]


@dataclass(frozen=True, slots=True)
class Exercise:
    """A formula as text, and what it is to be differentiated by, as in a `Result`'s keys.

    With a `dependent` variable the text is an equation, which makes that one a function of the other.
    """

    level: int
    text: str
    partial: Partial
    dependent: str = ""


def exercise(level: int, seed: int, number: int) -> Exercise:
    """The exercise with that number of a level and a seed; no kind comes again before all others."""
    kinds = LEVELS[level].make(Random(f"{seed} {level} {number}"))  # a text is hashed alike everywhere
    order = Random(f"{seed} {level}").sample(range(len(kinds)), len(kinds))
    return Exercise(level, *kinds[order[number % len(kinds)]])


def powers(draw: Random) -> list[Problem]:
    """Sums of powers: `3*x**4 - 2*x**2 + 5*x - 7`, of roots and reciprocals too."""
    second = draw.randint(2, MAX_SECOND_POWER)
    first = draw.randint(second + 1, 6)
    head = f"{coefficient(draw)}x**{first} {sign(draw)} {coefficient(draw)}x**{second} {sign(draw)}"
    tail = f"{sign(draw)} {draw.randint(1, 9)}"
    return [
        (f"{head} {coefficient(draw)}x {tail}", BY_X),
        (f"{head} {coefficient(draw)}sqrt(x) {tail}", BY_X),
        (f"{head} {draw.randint(1, 6)}/x {tail}", BY_X),
        (f"{head} {draw.randint(1, 6)}/x**{draw.randint(2, 4)}", BY_X),
        (f"{coefficient(draw)}x**{first} {sign(draw)} x**({draw.choice([3, 5])}/2)", BY_X),
        (f"x**{first}/{draw.randint(2, 9)} {sign(draw)} {coefficient(draw)}x {tail}", BY_X),
    ]


def products(draw: Random) -> list[Problem]:
    """A product or a quotient of two simple functions."""
    n, a, b = draw.randint(2, 4), draw.randint(2, 5), draw.randint(2, 7)
    function, other = draw.choice(OUTER_FUNCTIONS), draw.choice(OUTER_FUNCTIONS[:3])
    return [
        (f"x**{n}*{function}(x)", BY_X),
        (f"({a}*x {sign(draw)} {b})*{function}(x)", BY_X),
        (f"(x**2 {sign(draw)} {a})*(x**3 {sign(draw)} {b}*x)", BY_X),
        (f"{function}(x)/x**{n}", BY_X),
        (f"({a}*x + {b})/(x**2 + {a})", BY_X),
        (f"x**{n}/(x + {a})", BY_X),
        (f"{other}(x)/(x + {b})", BY_X),
        (f"(x - {b})/(x + {a})", BY_X),
    ]


def chains(draw: Random) -> list[Problem]:
    """A function of a function."""
    a, b, n = draw.randint(2, 5), draw.randint(2, 6), draw.randint(2, 4)
    wave, smooth = draw.choice(OUTER_FUNCTIONS[:2]), draw.choice(OUTER_FUNCTIONS[:3])
    return [
        (f"({a}*x {sign(draw)} {b})**{n + 1}", BY_X),
        (f"(x**{n} + {b}*x)**{draw.randint(3, 5)}", BY_X),
        (f"{smooth}({a}*x**{n} {sign(draw)} {b})", BY_X),
        (f"log(x**2 + {b})", BY_X),
        (f"sqrt({a}*x**2 + {b})", BY_X),
        (f"e^(-{a}*{draw.choice(['x', 'x**2', 'x**3'])})", BY_X),
        (f"{wave}(x)**{n}", BY_X),
        (f"1/({a}*x + {b})**{n}", BY_X),
        (f"{wave}(sqrt(x))", BY_X),
        (f"sqrt({a} + {smooth}(x))", BY_X),
    ]


def mixtures(draw: Random) -> list[Problem]:
    """Exponentials, logarithms and trigonometric functions, several rules in each."""
    a, b, n = draw.randint(2, 4), draw.randint(2, 5), draw.randint(2, 3)
    wave, other = draw.choice(OUTER_FUNCTIONS[:2]), draw.choice(OUTER_FUNCTIONS[:2])
    return [
        (f"e^(-{a}*x)*{wave}({b}*x)", BY_X),
        (f"x**{n}*e^({sign(draw, '')}{a}*x)", BY_X),
        (f"log(x)/x**{n}", BY_X),
        (f"x*log(x)**{n}", BY_X),
        (f"log({wave}({a}*x))", BY_X),
        (f"e^({other}({a}*x))", BY_X),
        (f"tan({a}*x)/x", BY_X),
        (f"x*arctan({a}*x)", BY_X),
        (f"x**{n}*{other}({a}*x)", BY_X),
        (f"{a}**x*{wave}(x)", BY_X),
        (f"log(x + sqrt(x**2 + {b}))", BY_X),
        (f"sin(x)**{n}*cos({a}*x)", BY_X),
        (f"log((x + {a})/(x + {a + b}))", BY_X),
    ]


def partials(draw: Random) -> list[Problem]:
    """A partial derivative of a function of x and y, or a second derivative."""
    a, b, n = draw.randint(2, 5), draw.randint(2, 6), draw.randint(2, 4)
    by, wave = draw.choice("xy"), draw.choice(OUTER_FUNCTIONS[:2])
    return [
        (f"{a}*x**{n}*y**2 {sign(draw)} {b}*x*y", draw.choice([BY_X, ("y",), ("x", "y"), ("x", "x")])),
        (f"e^({a}*x*y)", draw.choice([BY_X, ("y",), ("x", "y")])),
        (f"x*{wave}({a}*x + {b}*y)", (by,)),
        (f"x**{n}/y + y**{n}/x", (by,)),
        (f"sqrt(x**2 + {a}*y**2)", (by,)),
        (f"x*log(x*y + {b})", (by,)),
        (f"{a}*x**{n + 1} {sign(draw)} {b}/x", ("x", "x")),
        (f"{wave}({a}*x)", ("x", "x")),
        (f"x*e^(-{a}*x)", ("x", "x")),
        (f"x**{n}*log(x)", ("x", "x")),
        (f"1/({a}*x + {b})", ("x", "x")),
        (f"e^(-{a}*x**2)", ("x", "x")),
    ]


def slopes(draw: Random) -> list[Problem]:
    """The derivative of the y that an equation makes a function of x."""
    a, b, n = draw.randint(2, 5), draw.randint(2, 6), draw.randint(2, 4)
    return [
        (f"x**2 + y**2 = {(a + 1) ** 2}", BY_X, "y"),
        (f"x**3 + y**3 = {a}*x*y", BY_X, "y"),
        (f"x*y + y**2 = {b}", BY_X, "y"),
        (f"x**2*y + y**{n} = {a}", BY_X, "y"),
        (f"e^(y) + {a}*x*y = 1", BY_X, "y"),
        (f"sin(y) + {a}*y = x", BY_X, "y"),
        (f"sqrt(x) + sqrt(y) = {a}", BY_X, "y"),
        (f"x**{n}/{a} - y**2/{b} = 1", BY_X, "y"),
    ]


def inverses(draw: Random) -> list[Problem]:
    """Inverse trigonometric functions, and inverses that have no formula."""
    a, b, n = draw.randint(2, 5), draw.randint(2, 7), draw.choice([3, 5])
    return [
        (f"arcsin({a}*x)", BY_X),
        (f"arctan(x/{b})", BY_X),
        (f"arccos(x**2/{b})", BY_X),
        (f"arctan({a}*x**2)", BY_X),
        (f"x**2*arctan(x/{a})", BY_X),
        ("arctan(sqrt(x))", BY_X),
        (f"arctan({a}*e^(x))", BY_X),
        (f"x**{n} + {a}*x = y", BY_Y, "x"),
        (f"{a}*x + e^(x) = y", BY_Y, "x"),
        (f"{b}*x + sin(x) = y", BY_Y, "x"),
    ]


def logarithmic(draw: Random) -> list[Problem]:
    """What is differentiated by its logarithm: powers in which base and exponent vary, and long products."""
    a, b, n = draw.randint(2, 5), draw.randint(2, 6), draw.randint(2, 4)
    return [
        (f"x**({a}*x)", BY_X),
        (f"x**(x + {a})", BY_X),
        (f"(x + {a})**x", BY_X),
        (f"x**{draw.choice(['sin', 'cos'])}(x)", BY_X),
        ("sin(x)**x", BY_X),
        (f"x**(1/x) + {b}", BY_X),
        (f"log(x)**({a}*x)", BY_X),
        (f"x**sqrt({a}*x)", BY_X),
        (f"x**{n}*e^({a}*x)/(x + {b})", BY_X),
        (f"(x**2 + {b})**x", BY_X),
    ]


def coefficient(draw: Random) -> str:
    """A factor before a power; 1 is not written."""
    number = draw.randint(1, 9)
    return "" if number == 1 else f"{number}*"


def sign(draw: Random, plus: str = "+") -> str:
    """A sign."""
    return draw.choice([plus, "-"])


LEVELS: dict[int, Level] = {
    1: Level("powers and sums", powers),
    2: Level("products and quotients", products),
    3: Level("the chain rule", chains),
    4: Level("exponentials, logarithms and trigonometric functions", mixtures),
    5: Level("partial and second derivatives", partials),
    6: Level("slopes of curves, y by x from an equation", slopes),
    7: Level("inverse functions", inverses),
    8: Level("logarithmic differentiation", logarithmic),
}
