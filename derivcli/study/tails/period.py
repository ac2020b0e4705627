"""The period of a function, proved from what its formula is made of.

Each part f of it is known to have f(x + T) = s f(x) + a T for some T > 0, a sign s and a slope a (0 where s is -1).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import Any

from flint import fmpq

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field, working
from derivcli.engines.balls.germs.evaluation import Constants
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.tape import HOLDS, Tape, TapeNode, record
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import ROOT_BITS, Root, root
from derivcli.study.exact.constant_formulas import constant_tree

EVEN = frozenset(("abs", "cos", "cosh", "sech"))
"""Functions g with g(-u) = g(u)."""

ODD = frozenset(("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "csch", "coth", "erf", "sign"))
"""Functions g with g(-u) = -g(u)."""

WAVES = {"sin": -1, "cos": -1, "tan": 1}
"""Functions g with g(u + pi) = s g(u)."""

MAX_MULTIPLE = 1000
"""A common period of more periods of a part is none that is of use."""


class NotPeriodicError(Exception):
    """No period is found."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How a part of a formula comes back: f(x + step) = sign f(x) + slope step, for every step where it is None."""

    step: ExactConstant | None = None
    sign: int = 1
    slope: ExactConstant | None = None


FIXED = Motion()


def period(tree: Tree, name: str, drifting: bool = False) -> Root | None:
    """A number T > 0 with f(x + T) = f(x) for all x, f existing at both or at neither; None where none is found.

    Of a `drifting` f only f(x + T) - f(x) is the same for all x.
    """
    tape = record(tree, (name,))
    with suppress(NotPeriodicError, NoGermError, NoValueError, UnsureError), restored_context():
        motions = _Motions(tape, working(ROOT_BITS))
        found = motions.even(motions.block(tape.order, {}))
        if found.step is not None and (drifting or found.slope is None):
            return _root(found.step, motions.field)
    return None


@dataclass(slots=True, eq=False)
class _Motions:
    """Finds the motions of the nodes of a tape."""

    tape: Tape
    field: Field
    constants: Any = None

    def block(self, numbers: tuple[int, ...], known: dict[int, Motion]) -> Motion:
        """The motion of the last of some nodes."""
        for number in numbers:
            if number not in known:
                node = self.tape.nodes[number]
                known[number] = self.of_node(node, known) if node.varies else FIXED
        return known[numbers[-1]]

    def of_node(self, node: TapeNode, known: dict[int, Motion]) -> Motion:
        if node.operation == "variable":
            return Motion(slope=self.field.rational(1))
        if node.operation == "choice":
            branches = [block for pair in node.data for block in (pair.condition, pair.value)]
            return self.together([self.block(each, known) for each in branches])
        parts = [known[part] for part in node.parts]
        rule = RULES.get(node.operation)
        if rule is not None:
            return rule(self, node, parts)
        if len(parts) == 1 and parts[0].slope is None:
            if node.operation in EVEN:
                return Motion(parts[0].step)
            if node.operation in ODD:
                return parts[0]
        return self.together(parts)

    def together(self, parts: list[Motion]) -> Motion:
        """The motion of what depends on parts in no known way."""
        if any(part.slope is not None for part in parts):
            raise NotPeriodicError
        return self.common([self.even(part) for part in parts])

    def even(self, motion: Motion) -> Motion:
        """The motion with sign 1."""
        if motion.sign > 0 or motion.step is None:
            return motion
        return Motion(self.field.scaled(motion.step, fmpq(2)))

    def common(self, motions: list[Motion]) -> Motion:
        """The motion of parts of sign 1 at a common step, without their slopes."""
        steps = [motion.step for motion in motions if motion.step is not None]
        return Motion(reduce(lambda one, other: self.multiple(one, other)[0], steps)) if steps else FIXED

    def multiple(self, one: ExactConstant, other: ExactConstant) -> tuple[ExactConstant, int, int]:
        """The least common multiple of two steps, and how often it has each."""
        quotient = self.quotient(one, other).rational
        if quotient is None or max(quotient.p, quotient.q) > MAX_MULTIPLE:
            raise NotPeriodicError
        return self.field.scaled(one, fmpq(quotient.q)), int(quotient.q), int(quotient.p)

    def quotient(self, one: ExactConstant, other: ExactConstant) -> ExactConstant:
        return self.field.product(one, self.field.power(other, fmpq(-1)))

    def constant(self, number: int) -> ExactConstant:
        """The value of a node that does not vary."""
        self.constants = self.constants or Constants.within(self.field, self.tape, {})
        found: ExactConstant | None = self.constants.of(number)
        if found is None:
            raise NotPeriodicError
        return found

    def returning(self, part: Motion, length: ExactConstant, sign: int = 1) -> Motion:
        """The motion of g(u) with g(u + length) = sign g(u), where u has a slope."""
        assert part.slope is not None, "the argument moves on"
        step = self.quotient(length, part.slope)
        step = step if self.field.sign(step) > 0 else self.field.scaled(step, fmpq(-1))
        if part.step is None:
            return Motion(step, sign)
        both, times, _ = self.multiple(step, part.step)
        return Motion(both, sign**times)


def _sum(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
    signs = {part.sign for part in parts}
    found = parts[0]
    if signs == {-1}:
        for part in parts[1:]:
            found = _of_signs(run, found, part)
        return found
    slopes = [part.slope for part in parts if part.slope is not None]
    total = reduce(run.field.sum, slopes, run.field.rational(0))
    step = run.common([run.even(part) for part in parts]).step
    return Motion(step, 1, None if total.is_zero else total)


def _of_signs(run: _Motions, one: Motion, other: Motion) -> Motion:
    """The motion of a sum of two parts that change their signs, at a common step if they do so together."""
    if one.sign > 0 or one.step is None or other.step is None:
        return run.common([run.even(one), run.even(other)])
    step, times, more = run.multiple(one.step, other.step)
    return Motion(step, (-1) ** times) if (times - more) % 2 == 0 else Motion(run.field.scaled(step, fmpq(2)))


def _product(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
    moving = [k for k, part in enumerate(parts) if run.tape.nodes[node.parts[k]].varies]
    if len(moving) == 1:
        factors = [run.constant(number) for k, number in enumerate(node.parts) if k not in moving]
        part = parts[moving[0]]
        if part.slope is None:
            return part
        return Motion(part.step, 1, reduce(run.field.product, factors, part.slope))
    if any(part.slope is not None for part in parts):
        raise NotPeriodicError
    found = parts[moving[0]]
    for k in moving[1:]:
        other = parts[k]
        if found.step is None or other.step is None:
            raise NotPeriodicError
        step, times, more = run.multiple(found.step, other.step)
        found = Motion(step, found.sign**times * other.sign**more)
    return found


def _power(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
    exponent = run.tape.nodes[node.parts[1]]
    if exponent.operation == "number" and exponent.data.q == 1 and parts[0].slope is None:
        return Motion(parts[0].step, parts[0].sign if exponent.data.p % 2 else 1)
    return run.together(parts)


def _wave(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
    part = parts[0]
    if part.slope is not None:
        return run.returning(part, run.field.pi(), WAVES[node.operation])
    return Motion(part.step) if node.operation in EVEN else part


def _stepping(length: int) -> Callable[[_Motions, TapeNode, list[Motion]], Motion]:
    """A step function g with g(u + length) = g(u) + length."""

    def rule(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
        part = parts[0]
        if part.slope is None:
            return run.together(parts)
        return Motion(run.returning(part, run.field.rational(length)).step, 1, part.slope)

    return rule


def _mod(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
    """x - y*floor(x/y)."""
    if parts[0].slope is None or run.tape.nodes[node.parts[1]].varies:
        return run.together(parts)
    return run.returning(parts[0], run.constant(node.parts[1]))


def _compare(run: _Motions, node: TapeNode, parts: list[Motion]) -> Motion:
    """A comparison depends on the difference of its sides."""
    slopes = [part.slope or run.field.rational(0) for part in parts]
    if not run.field.difference(*slopes).is_zero:
        raise NotPeriodicError
    return run.common([run.even(part) for part in parts])


RULES: dict[str, Callable[[_Motions, TapeNode, list[Motion]], Motion]] = {
    **dict.fromkeys(HOLDS, _compare),
    **dict.fromkeys(WAVES, _wave),
    "add": _sum,
    "multiply": _product,
    "power": _power,
    "floor": _stepping(1),
    "round": _stepping(2),
    "mod": _mod,
}
"""What does not go by the motions of its operands alone."""


def _root(step: ExactConstant, field: Field) -> Root:
    tree = constant_tree(step, field)
    found = None if tree is None else root(tree)
    return found or Root(step.ball, step.ball)
