"""Rules and formulas at numbers of every size, in a process of its own: where FLINT gives up it ends the process.

`python -m tests.extremes_process rules 1 50` gives every rule 50 times balls of any size; `formulas 1 1000` evaluates
1,000 random formulas at extreme points. What is found is not looked at: the tests of verdicts do that.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from flint import arb, fmpq, fmpz

from derivcli import DerivError, parse
from derivcli.check.accuracy import short_text
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.rules import BALL_RULES
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape, TapeNode, record
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS

SECONDS = 0.2
SIZES = (0, 0, 1, 3, 8, 20, 30, 40, 55, 62, 63, 64, 65, 70)
"""Exponents have up to so many bits."""

ARITHMETIC = {"add": 2, "multiply": 2, "power": 2}


def ball(draw: random.Random) -> arb:
    """A point, a narrow ball or a wide one, of any size, or one beside a small whole number."""
    exponent = draw.choice((1, -1)) * draw.randint(0, 2 ** draw.choice(SIZES))
    mantissa = draw.choice((1, -1)) * draw.choice((1, 3, draw.randint(1, 2**53), draw.randint(1, 2**96)))
    middle = arb((fmpz(mantissa), fmpz(exponent)))
    shape = draw.random()
    if shape < 0.3:
        return middle
    if shape < 0.8:
        return arb(middle, arb((1, fmpz(exponent - draw.choice((10, 96, 300, -200))))))
    return arb(draw.choice((0, -1, -3, 1, 2, 0.5)), arb((1, fmpz(-abs(exponent)))))


def evaluate_rule(name: str, row: Function | None, draw: random.Random) -> None:
    """One rule at random balls along random lines."""
    count = len(row.parameters) if row else ARITHMETIC[name]
    names = tuple(f"v{place}" for place in range(count))
    tape, at, path = Tape(names), {}, {}
    for place, variable in enumerate(names):
        if row and row.parameters[place] in row.whole:
            tape.nodes.append(TapeNode("number", (), fmpq(draw.choice((0, 1, 2, 5, -1)))))
            continue
        tape.nodes.append(TapeNode("variable", (), place, 1 << place))
        at[variable] = ball(draw)
        if draw.random() < 0.7:
            path[variable] = (fmpq(1) if draw.random() < 0.5 else ball(draw),)
    tape.nodes.append(TapeNode(name, tuple(range(count)), None, (1 << count) - 1))
    tape.order = tuple(range(count + 1))
    run = Run(tape, path, draw.choice((0, 1, 2)) if path else 0, draw.choice((96, 96, 768)), draw.random() < 0.3)
    for found in evaluate(run, at):
        float(found.mid())
        short_text(found)


def rules(draw: random.Random, count: int) -> Counter[str]:
    """Every rule of a function and of arithmetic, so many times."""
    rows = {row.name: row for row in FUNCTIONS if row.name in BALL_RULES}
    return Counter(
        outcome(lambda name=name, row=row: evaluate_rule(name, row, draw))  # type: ignore[misc]
        for name, row in {**dict.fromkeys(ARITHMETIC), **rows}.items()
        for _ in range(count)
    )


NUMBERS = ("x", "x", "x", "y", "2", "-1", "0.5", "1e300", "1e-300", "10^40", "1e-20", "pi", "1e17", "-3")


def formula(draw: random.Random, depth: int) -> str:
    """A random formula over all functions of the table."""
    if depth == 0 or draw.random() < 0.1:
        return draw.choice(NUMBERS)
    if draw.random() < 0.3:
        sign = draw.choice("+-*/^")
        return f"({formula(draw, depth - 1)}){sign}({formula(draw, depth - 1)})"
    row = draw.choice(FUNCTIONS)
    arguments = [
        str(draw.choice((0, 1, 2, 3)))
        if name in row.whole
        else draw.choice(("0.5", "2"))
        if name in row.constant
        else formula(draw, depth - 1)
        for name in row.parameters
    ]
    return f"{row.name}({', '.join(arguments)})"


def coordinate(draw: random.Random) -> fmpq:
    """A float64 of any size, or a number beside a small whole one."""
    if draw.random() < 0.3:
        return fmpq(draw.randint(-4, 4)) + fmpq(draw.randint(-9, 9), 10 ** draw.randint(1, 300))
    return rational(draw.choice((1, -1)) * 2.0 ** draw.randint(-1074, 1023) * draw.choice((1, 1.5)))


def evaluate_formula(draw: random.Random) -> None:
    """One formula's series at an extreme point."""
    expression = parse(formula(draw, draw.choice((1, 2, 2, 3))))
    tape = record(expression.expanded, expression.variables)
    at = {name: coordinate(draw) for name in expression.variables}
    order = draw.choice((0, 1, 1, 2)) if at else 0
    path = {name: (fmpq(1),) for name in at} if order else {}
    for final in (False, True):
        with suppress(UnsureError, TouchError):
            for found in evaluate(Run(tape, path, order, 384 if final else 96, final), at):
                float(found.mid())
                short_text(found)


def outcome(work: Callable[[], None]) -> str:
    """What comes of a piece of work."""
    try:
        limited(SECONDS, work)
    except (TouchError, UnsureError, OutOfTimeError, DerivError, RecursionError) as end:
        return type(end).__name__
    return "found"


def main(kind: str, seed: int, count: int) -> None:
    """Do it, and say what came of it."""
    draw = random.Random(seed)
    counts = (
        rules(draw, count)
        if kind == "rules"
        else Counter(outcome(lambda: evaluate_formula(draw)) for _ in range(count))
    )
    print(dict(counts))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
