"""One-sided limits and derivatives at a singular point: by germs where they are known, else by values near it.

Next to a kink a derivative may still have a power series; where it has none, it is itself such a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from flint import arb, ctx

from derivcli.check.enclosure import Site, Stages, enclosed, enclosure
from derivcli.check.mixed_partials import expanded
from derivcli.check.one_sided_germs import LocalGerms
from derivcli.check.one_sided_values import (
    CLOSER_BITS,
    BehaviorByOrder,
    Limit,
    LocalBehavior,
    OffsetFunction,
    Side,
    is_near,
    limits_by_values,
)
from derivcli.engines.balls.coordinates import Coordinate, Direction
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import step_scale
from derivcli.engines.balls.exact_constants import working
from derivcli.engines.balls.germs.germ import NoGermError, ShortError
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import Tape
from derivcli.result import Partial

GERM_BITS = (192, 768, 3072, 12288)
"""Precisions of germs; the last ones serve numbers that nearly cancel."""

MORE_TERMS = (2, 8, 24)
"""How many more terms of a germ are computed than the order needs, where fewer do not tell."""

ITERATED_CLOSER_BITS = 2 * CLOSER_BITS
"""A limit that serves another one as a value takes steps that are smaller by 2 to the minus this."""


def partial_by(stages: Stages) -> Partial:
    """The variables of the stages, each as often as it is taken."""
    return tuple(name for direction, order in stages for name in direction for _ in range(order))


def _by(stages: Stages) -> Derivative:
    ((direction, order), *others) = stages
    partial = partial_by(stages)
    return Derivative(partial) if others or len(direction) == 1 else Derivative(partial[:order], direction)


@dataclass(slots=True, eq=False)
class ExactLimits:
    """What germs tell of a formula, or of its derivative by earlier directions, at a point along a direction."""

    tape: Tape
    at: Mapping[str, Coordinate]
    earlier: Stages
    direction: Direction
    precisions: Sequence[int] = GERM_BITS
    known: dict[tuple[int, int, int], LocalGerms] = field(default_factory=dict)

    def local(self, order: int, highest: int) -> LocalBehavior:
        """The behavior for derivatives of an order; `highest` is an order that will be asked for.

        Raises NoGermError where germs are not known, UnsureError where the highest precision does not suffice.
        """
        last = UnsureError()
        for precision in self.precisions:
            for more in MORE_TERMS:
                try:
                    return self.germs(highest, precision, more).local(order)
                except ShortError as short:
                    last = short
                except UnsureError as unsure:
                    last = unsure
                    break
            if isinstance(last, ShortError):
                break  # as for x - sin(x) - (x - sin(x)), of which no precision shows a term
        raise last

    def germs(self, highest: int, precision: int, more: int) -> LocalGerms:
        """The germs at a precision, with so many terms more than the order needs; computed once."""
        key = highest, precision, more
        if key not in self.known:
            local = LocalGerms(self.tape, self.at, working(precision), self.direction, highest, more)
            self.known[key] = expanded(local, self.earlier)
        ctx.prec = precision
        return self.known[key]


def has_series(site: Site, stages: Stages) -> bool:
    """Whether a derivative along variables is that of a power series."""
    try:
        enclosure(site, Derivative(partial_by(stages)))
    except TouchError:
        return False
    return True


def one_sided(site: Site, earlier: Stages, direction: Direction) -> BehaviorByOrder:
    """A derivative, or with no stages the formula, at a point and on both sides of it along a direction."""
    exact, scale = ExactLimits(site.tape, site.at, earlier, direction), step_scale(site.at, direction)
    function = cache(offset_function(site, earlier, direction))

    def local(order: int, highest: int) -> LocalBehavior:
        try:
            return exact.local(order, highest)
        except NoGermError:
            found = limits_by_values(function, scale, order, highest=highest)
        if order == 1 or found.value is None:
            return found
        slope = limits_by_values(offset_function(site, [*earlier, (direction, order - 1)], direction), scale, 1)
        return replace(found, left=_of_slope(found.left, slope.left), right=_of_slope(found.right, slope.right))

    return local


def _of_slope(side: Side, slope: Side) -> Side:
    """The side with the derivative of the derivative one order below, where that is continuous at the point.

    Differences of the function alone would give x^3*sin(1/x) a second derivative at 0.
    """
    return replace(side, derivative=slope.derivative if slope.continues else Limit())


def offset_function(site: Site, stages: Stages, direction: Direction) -> OffsetFunction:
    """A derivative, or with no stages the formula, as a function of how far the point moves in a direction."""
    return lambda offset, precision, final: _iterated(site.shifted(direction, offset), stages, precision, final)


def _iterated(site: Site, stages: Stages, precision: int, final: bool) -> arb | None:
    try:
        if not stages:
            return site.value_at(precision, final)
        return enclosed(site, _by(stages), precision, final).ball
    except NoValueError:
        return None
    except TouchError:
        *earlier, (direction, order) = stages
        function = offset_function(site, earlier, direction)
        return _derivative(limits_by_values(function, step_scale(site.at, direction), order, ITERATED_CLOSER_BITS))


def _derivative(local: LocalBehavior) -> arb | None:
    """The derivative that values near a point show, as a ball; the one-sided one where there is only one side.

    Where it is a value for another limit, what it may be wrong by must not be taken for a slope.
    """
    found = [side.derivative for side in (local.left, local.right) if side.defined]
    if any(limit.number is None for limit in found) or (len(found) == 2 and not is_near(*found)):
        return None
    if not found or found[-1].number is None:
        return None
    return found[-1].number + arb(0, found[-1].error)
