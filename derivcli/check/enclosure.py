"""Enclosures of true values: a formula at a point, a question about one of its numbers, and the answer as a ball."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock, get_ident
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate, Direction, Path, moved
from derivcli.engines.balls.errors import NoEnclosureError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import Tape
from derivcli.language.expression import Expression

Stages: TypeAlias = Sequence[tuple[Direction, int]]
"""Directions in the order in which derivatives are taken, and how often along each."""

PRECISION_BITS = (96, 192, 384, 768, 1536, 3072)
"""Precisions that are tried in turn; the last ones serve numbers that are 0 or nearly 0."""

NARROW_BITS = 64
"""Bits of an enclosure that float64 cannot tell from a point."""

FEW_VARIABLES = 3
"""With more variables than these it pays to keep the values of steps that do not depend on the moving ones."""

ZERO_SIZE = arb(2) ** -1082
"""Far below the smallest float64."""

_SETTINGS = RLock()
_before: tuple[int, int, int] | None = None
"""The thread that works with FLINT's settings, and what they were before its first block."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A true number as a narrow ball, and whether its proof is rigorous."""

    ball: arb
    rigorous: bool

    @property
    def number(self) -> float:
        """The nearest float64."""
        return float(self.ball.mid()) + 0.0


@dataclass(slots=True, eq=False)
class Site:
    """A formula at a point, with the values that several questions about it share.

    `engine` is the one whose numbers are judged. `presumes` where the coordinates are roots of which nothing but digits
    are known: there what the highest precision cannot tell from 0 is taken for 0.
    """

    expression: Expression
    tape: Tape
    at: Mapping[str, Coordinate]
    engine: str = "reverse"
    presumes: bool = False
    value: Truth | None = None
    values: dict[int, dict[int, Any]] = field(default_factory=dict)
    constants: dict[tuple[int, bool], dict[int, Any]] = field(default_factory=dict)

    def elsewhere(self, at: Mapping[str, Coordinate]) -> Site:
        """The same formula at another point."""
        return Site(self.expression, self.tape, at, self.engine, self.presumes, constants=self.constants)

    def value_at(self, precision: int, final: bool) -> arb:
        """The formula's value; what depends on no variable is computed once for all points."""
        known = self.constants.setdefault((precision, final), {})
        run = Run(self.tape, precision=precision, final=final, presumes=final and self.presumes, fixed=known)
        try:
            return evaluate(run, self.at)[0]
        finally:
            nodes = self.tape.nodes
            known.update((number, value) for number, value in run.values.items() if not nodes[number].varies)

    def shifted(self, direction: Direction, offset: fmpq) -> Site:
        """The same formula at a point moved by a multiple of a direction."""
        return self.elsewhere(moved(self.at, direction, offset))

    def run(self, path: Path, order: int, precision: int, final: bool) -> Run:
        """An exact evaluation that starts from the known values of all steps that do not move."""
        many = order > 0 and not final and len(self.at) > max(FEW_VARIABLES, len(path))
        fixed = self.values_at(precision) if many else {}
        return Run(self.tape, path, order, precision, final, final and self.presumes, fixed=fixed)

    def values_at(self, precision: int) -> dict[int, Any]:
        """The values of the formula's nodes to a precision."""
        if precision not in self.values:
            run = Run(self.tape, {}, 0, precision)
            value = evaluate(run, self.at)[0]
            self.values[precision] = run.values
            self.note(value, rigorous=True)
        return self.values[precision]

    def note(self, value: arb, rigorous: bool) -> None:
        """Keep the formula's value if it is known well enough."""
        if self.value is None and rigorous and is_narrow(value):
            self.value = Truth(value, rigorous)


@dataclass(frozen=True, slots=True)
class Question:
    """A derivative of a formula at a point, as PyTorch printed it.

    `irrational` says that the singular point is no floating-point number.
    """

    site: Site
    derivative: Derivative
    printed: float
    dtype: str
    irrational: bool = False

    @property
    def order(self) -> int:
        """The order of the derivative, 0 for a value."""
        return self.derivative.order


def is_narrow(ball: arb) -> bool:
    """Whether float64 cannot tell a ball from a point."""
    return bool(ball.rel_accuracy_bits() >= NARROW_BITS or abs(ball) < ZERO_SIZE)


def enclosure(site: Site, derivative: Derivative) -> Truth:
    """The true number, narrower than float64 can tell, by power series.

    Raises TouchError where there is none at the point and UnsureError where the precision does not suffice.
    """
    if not derivative.order and site.value is not None:
        return site.value
    for precision in PRECISION_BITS:
        try:
            truth = enclosed(site, derivative, precision, precision == PRECISION_BITS[-1])
        except NoEnclosureError:
            raise
        except UnsureError:
            continue
        if is_narrow(truth.ball):
            return truth
    raise UnsureError


def enclosed(site: Site, derivative: Derivative, precision: int, final: bool) -> Truth:
    """The true number as far as one precision tells."""
    rigorous, irrational = True, False

    def series(path: Path, order: int) -> list[arb]:
        nonlocal rigorous, irrational
        run = site.run(path, order, precision, final)
        try:
            found = evaluate(run, site.at)
        finally:
            rigorous, irrational = rigorous and run.rigorous, irrational or run.irrational
        site.note(found[0], run.rigorous)
        return found

    try:
        return Truth(derivative.enclosed(series, site.tape), rigorous)
    except TouchError as place:
        place.irrational = irrational
        raise


@contextmanager
def restored_context() -> Iterator[None]:
    """Leave FLINT's settings as they were: they are the process's own, so that one thread at a time works with them.

    The time that a thread waits here for another counts for a clock around the block, and for none inside it.
    """
    global _before
    thread = get_ident()
    with _SETTINGS:
        outer, precision, cap = _before, ctx.prec, ctx.cap
        _before = outer or (thread, precision, cap)
        try:
            yield
        finally:
            ctx.prec, ctx.cap = precision, cap
            _before = outer


def _forked() -> None:
    """Take the settings back in the child of a fork from a thread that worked with them, and is not there."""
    global _SETTINGS, _before
    if _before is not None and _before[0] == get_ident():
        return
    if _before is not None:
        _, ctx.prec, ctx.cap = _before
    _SETTINGS, _before = RLock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
