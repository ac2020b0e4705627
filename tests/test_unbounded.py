"""Beyond the number that is found for a formula it has no root: formulas with a root that is known to be far away."""

from __future__ import annotations

import random
import re

import pytest

from derivcli import parse
from derivcli.check.enclosure import restored_context
from derivcli.simplify.domains.root_bounds import root_bound
from tests.support import each

TERMS = (
    *("x", "atan(x)", "tanh(x)", "erf(x/100)", "sin(x)", "cos(3x)", "x^3/1000", "-x^2/7", "sqrt(x+2000)", "log(x^2+1)"),
    *("exp(-x^2)", "exp(-x/50)", "asinh(x)", "1/(1+x^2)", "-2x", "cosh(x/300)", "sinh(x/200)", "abs(x)"),
    *("2^(x/40)", "(1+x^2)^(3/2)/500", "floor(x)", "-2*floor(x)", "max(x,3)", "sign(x-70)*x", "log(x+1500)", "cbrt(x)"),
    "x*exp(-x/90)",
)


def found(text: str) -> int | None:
    with restored_context():
        return root_bound(parse(text, declared=("x",)).expanded, "x")


def planted(draw: random.Random) -> tuple[str, int]:
    """A sum less what it is at a number, which then is a root."""
    root = draw.choice((-1, 1)) * draw.choice((65, 100, 199, 777, 1200))
    made = "+".join(f"({draw.choice(('1', '-1', '3', '1/2'))})*({term})" for term in draw.sample(TERMS, 3))
    here = re.sub(r"\bx\b", f"({root})", re.sub(r"(\d)x", r"\1*x", made))
    return f"{made}-({here})", root


def faults(count: int, seed: int) -> tuple[list[str], int]:
    """Formulas said to have no root where they have one, and for how many something is said."""
    draw, told, known = random.Random(seed), [], 0
    for _ in range(count):
        text, root = planted(draw)
        end = found(text)
        known += end is not None
        told += [f"{text}: {end}, with a root at {root}"] if end is not None and end < abs(root) else []
    return told, known


def test_no_root_lies_beyond_the_end() -> None:
    told, known = faults(75, seed=1)
    assert not told, "\n".join(told)
    assert known > 15


@pytest.mark.sweep
def test_no_root_of_1000_formulas_lies_beyond_the_end() -> None:
    told, known = faults(1000, seed=2)
    assert not told, "\n".join(told)
    assert known > 200


@each(
    ("text", "end"),
    [
        ("x+atan(x)-1000", 1024),
        ("x-sin(x)-200", 256),
        ("exp(x)-x^3", 64),
        ("tanh(x)-x/2", 64),
        ("asinh(x)-20", 2**40),
        ("sin(x)-1/3", None),
        ("tan(x)-x", None),
        ("cbrt(x)-sin(x)-3", None),
        ("x-2*floor(x)+100", None),
    ],
)
def test_the_end_of_roots(text: str, end: int | None) -> None:
    assert found(text) == end
