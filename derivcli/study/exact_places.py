"""Formulas of zeros. This file is a stand-in until its own owner's comes: take theirs on a conflict."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb, fmpq

from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, coordinate, evaluate
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape
from derivcli.language.tree import Tree, number
from derivcli.simplify.domains.roots import Root


def candidates(ball: arb) -> list[Tree]:
    """Formulas that a number may have."""
    near = Fraction(float(ball.mid())).limit_denominator(1000)
    turns = Fraction(float((ball / arb.pi()).mid())).limit_denominator(1000)
    found = [number(near)] if ball.contains(arb(rational(near))) else []
    return found + ([sympy.Mul(number(turns), sympy.pi)] if (ball / arb.pi()).contains(arb(rational(turns))) else [])


def place_of(tree: Tree) -> Root:
    """The number that a formula is."""
    where = coordinate(tree)
    return Root(where, ball_of(where, 128), tree)


def vanishing(tape: Tape, name: str, place: Tree, order: int) -> int | None:
    """How many derivatives from an order on are 0 at a place, as proved by exact numbers."""
    run = Run(tape, {name: (fmpq(1),)}, order + 9, 128)
    try:
        found = evaluate(run, {name: coordinate(place)})
    except (UnsureError, TouchError):
        return None
    count = next((k for k, each in enumerate(found[order:]) if not each.contains(0)), 0)
    return count if all(each.is_zero() for each in found[order : order + count]) else None
