"""Derivatives of derivatives where the formula has no power series: one direction after the other.

Beside a kink a derivative may still have a series of its own; where it has none, it is a limit again.
"""

from __future__ import annotations

from dataclasses import replace

from flint import arb

from derivcli.check.judged_number import Site, Stages, enclosed, enclosure
from derivcli.check.one_sided import OneSided
from derivcli.check.one_sided_values import CLOSER, Beside, Limit, Local, Seen, Side, is_near, look, remembered
from derivcli.engines.balls.coordinates import Direction
from derivcli.engines.balls.errors import NoValueError, TouchError
from derivcli.engines.balls.evaluation import step_scale
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.partials import Derivative
from derivcli.result import Partial

MUCH_CLOSER = 2 * CLOSER
"""The steps of a limit are smaller by 2 to the minus this than those of the limit that it is a value for."""


def partial_by(stages: Stages) -> Partial:
    """The variables of the stages, each as often as it is taken."""
    return tuple(name for direction, order in stages for name in direction for _ in range(order))


def _by(stages: Stages) -> Derivative:
    """The derivative that stages are."""
    ((direction, order), *others) = stages
    partial = partial_by(stages)
    return Derivative(partial) if others or len(direction) == 1 else Derivative(partial[:order], direction)


def has_series(site: Site, stages: Stages) -> bool:
    """Whether a derivative along variables is that of a power series."""
    try:
        enclosure(site, Derivative(partial_by(stages)))
    except TouchError:
        return False
    return True


def seen(site: Site, earlier: Stages, direction: Direction) -> Seen:
    """A derivative, or with no stages the formula, at a point and beside it along a direction.

    By germs where they are known, otherwise by values beside the point.
    """
    exact, scale = OneSided(site.tape, site.at, earlier, direction), step_scale(site.at, direction)
    function = remembered(beside(site, earlier, direction))

    def local(order: int, highest: int) -> Local:
        try:
            return exact.local(order, highest)
        except NoGermError:
            found = look(function, scale, order, highest=highest)
        if order == 1 or found.value is None:
            return found
        slope = look(beside(site, [*earlier, (direction, order - 1)], direction), scale, 1)
        return replace(found, left=_of_slope(found.left, slope.left), right=_of_slope(found.right, slope.right))

    return local


def _of_slope(side: Side, slope: Side) -> Side:
    """A side with the derivative of the last derivative, where that one continues its value at the point.

    Differences of the function alone would give x^3*sin(1/x) a second derivative at 0.
    """
    return replace(side, derivative=slope.derivative if slope.continues else Limit())


def beside(site: Site, stages: Stages, direction: Direction) -> Beside:
    """A derivative, or with no stages the formula, as a function of how far the point moves in a direction."""
    return lambda offset, precision, final: _iterated(site.beside(direction, offset), stages, precision, final)


def _iterated(site: Site, stages: Stages, precision: int, final: bool) -> arb | None:
    """A derivative at a point; None where there is none."""
    try:
        if not stages:
            return site.value_at(precision, final)
        return enclosed(site, _by(stages), precision, final).ball
    except NoValueError:
        return None
    except TouchError:
        *earlier, (direction, order) = stages
        function = beside(site, earlier, direction)
        return _derivative(look(function, step_scale(site.at, direction), order, MUCH_CLOSER))


def _derivative(local: Local) -> arb | None:
    """The derivative that values beside a point show, or the one-sided one where there is but one side; as a ball.

    Where it is a value for another limit, what it may be wrong by must not be taken for a slope.
    """
    found = [side.derivative for side in (local.left, local.right) if side.defined]
    if any(limit.number is None for limit in found) or (len(found) == 2 and not is_near(*found)):
        return None
    if not found or found[-1].number is None:
        return None
    return found[-1].number + arb(0, found[-1].error)
