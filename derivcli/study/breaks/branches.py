"""A formula in one variable near a point that it does not single out: the one formula that it is there.

No condition changes there and nothing inside of an absolute value or a maximum changes its sign, so that the formula
is one without any of these.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy
from flint import arb

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.integers import fraction
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import HOLDS, Tape, record
from derivcli.engines.symbolic import merged
from derivcli.language import tree as build
from derivcli.language.bound_variables import Binder, Integral
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.tree import SIGN_OF, Tree, negative, postorder, row_of

SIDED = ("abs", "sign", "heaviside", "max", "min", "relu")
"""Functions that are simpler formulas where the signs of their arguments are known."""

STEPPED = ("floor", "ceil", "round", "trunc")
"""Functions that are numbers between their jumps."""

SIGN_BITS = (192, 768, 3072)


@dataclass(slots=True)
class _Resolver:
    """Replaces piecewise parts of a formula by what they are at a point that is not exceptional."""

    name: str
    where: Coordinate
    presumes: bool = False
    steps: bool = False
    known: dict[Tree, Tree] = field(default_factory=dict)

    def resolved(self, tree: Any) -> Tree:
        if tree not in self.known:
            self.known[tree] = self.anew(tree)
        return self.known[tree]

    def anew(self, tree: Any) -> Tree:
        if isinstance(tree, sympy.Piecewise):
            for pair in tree.args:
                if self.holds(pair.cond):
                    return self.resolved(pair.expr)
            raise NoValueError
        row = row_of(tree)
        if not tree.args or isinstance(tree, Integral):
            return tree
        if isinstance(tree, Binder):
            return self.resolved(unrolled(tree))
        parts = [self.resolved(part) for part in tree.args]
        if row is not None and row.name in SIDED:
            return self.sided(row.name, parts)
        if self.steps and row is not None and row.name in STEPPED:
            return self.step(build.rebuild(tree, parts))
        if row is not None and row.special and row.definition is not None and row.kernel is None:
            return self.resolved(formulas.rewritten(row, parts))
        return tree if parts == list(tree.args) else build.rebuild(tree, parts)

    def sided(self, name: str, parts: list[Tree]) -> Tree:
        if name in ("max", "min"):
            best = parts[0]
            for other in parts[1:]:
                sign = self.sign(build.add([other, negative(best)]))
                best = other if (sign > 0) == (name == "max") and sign else best
            return best
        inside, sign = parts[0], self.sign(parts[0])
        if name == "abs":
            return inside if sign > 0 else negative(inside) if sign else sympy.S.Zero
        if name == "relu":
            return inside if sign > 0 else sympy.S.Zero
        return sympy.Integer(sign) if name == "sign" else sympy.Rational(1 + sign, 2)

    def step(self, tree: Tree) -> Tree:
        """The number that a step function is."""
        found = fraction(self.value(tree))
        if found is None:
            raise UnsureError
        return build.number(Fraction(int(found.p), int(found.q)))

    def value(self, tree: Tree) -> arb:
        """The value of a formula, the first precision that tells."""
        tape = tape_of(tree, self.name)
        for precision in SIGN_BITS:
            with suppress(UnsureError):
                return evaluate(Run(tape, precision=precision), {self.name: self.where})[0]
        raise UnsureError

    def holds(self, condition: Any) -> bool:
        if condition in (sympy.true, sympy.false):
            return bool(condition)
        if isinstance(condition, sympy.And):
            return all(self.holds(part) for part in condition.args)
        if isinstance(condition, sympy.Or):
            return any(self.holds(part) for part in condition.args)
        if isinstance(condition, sympy.Not):
            return not self.holds(condition.args[0])
        left, right = condition.args
        sign = self.sign(build.add([left, negative(right)]))
        return HOLDS[SIGN_OF[type(condition)]](sign)

    def sign(self, tree: Tree) -> int:
        if merged(tree) == 0:
            return 0
        tape = tape_of(tree, self.name)
        for precision in SIGN_BITS:
            with suppress(UnsureError):
                run = Run(tape, precision=precision, final=self.presumes and precision == SIGN_BITS[-1])
                ball = evaluate(run, {self.name: self.where})[0]
                known = run.exact(tape.order[-1])
                if known is not None:
                    return int(known > 0) - int(known < 0)
                if not ball.contains(0):
                    return int(ball > 0) - int(ball < 0)
        if self.presumes:
            return 0
        raise UnsureError


@lru_cache(maxsize=64)
def tape_of(tree: Tree, name: str) -> Tape:
    """The tape of a formula, which is asked at one place after the other."""
    return record(tree, (name,))


def has_branches(tree: Tree) -> bool:
    """Whether a formula has parts that are other formulas elsewhere."""
    for node in postorder(tree):
        row = row_of(node)
        if isinstance(node, sympy.Piecewise):
            return True
        if row is not None and (row.name in (*SIDED, *STEPPED) or (row.special and row.definition is not None)):
            return True
    return False


def branch(tree: Tree, name: str, where: Coordinate) -> Tree:
    """What a formula is between two neighbouring points that it singles out, of which one between them is given.

    Raises NoValueError where it has no value there, and UnsureError where that is not known.
    """
    return _Resolver(name, where, steps=True).resolved(tree)


def piece(tree: Tree, name: str, where: Coordinate, presumes: bool = False) -> Tree | None:
    """What a formula is about a point; None where it has no value or is unknown.

    The point is between those that the formula singles out, unless `presumes` says that what may be 0 is 0.
    """
    with suppress(UnsureError, TouchError), restored_context():
        return _Resolver(name, where, presumes).resolved(tree)
    return None
