"""The value of a formula at a point that is singled out: a number, none, or not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from flint import arb, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.explain.piecewise.roots import Root
from derivcli.language.tree import Tree

PRECISIONS = (384, 1536, 4096, 12288)
"""Bits to which a value is computed, the first that is enough."""

NARROW = 192
"""Bits of a value that is known well; only the last precision gives less."""


def value_of(formula: Tree, names: Sequence[str], at: Mapping[str, Root]) -> arb | None:
    """The value at a point; None where the formula has none, UnsureError where that is not known.

    What the last precision does not tell from 0 at an irrational root is taken for 0: it is the root of that.
    """
    tape, here = record(formula, names), {name: each.where for name, each in at.items()}
    is_irrational = any(not isinstance(where, fmpq) for where in here.values())
    with restored_context():
        for precision in PRECISIONS:
            last = precision == PRECISIONS[-1]
            run = Run(tape, precision=precision, final=last, presumes=last and is_irrational)
            with suppress(UnsureError):
                try:
                    ball = evaluate(run, here)[0]
                except TouchError:
                    return None
                if last or ball.rel_accuracy_bits() >= NARROW:
                    return ball
    raise UnsureError
