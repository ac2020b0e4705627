"""The values of a parameter that are shown, and the window around the path, where none were asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from derivcli.language.parse import parse_expression
from derivcli.language.tree import multiply, number
from derivcli.pictures.curves.names import shown
from derivcli.pictures.curves.periods import period_of
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Floats
from derivcli.points.at_option import Interval
from derivcli.simplify.domains.roots import Root, root
from derivcli.study.interval_ends import ends_of

TURNS_OF_POLAR = 3
DRIFTING_PERIODS = 3
"""How many turns and periods are shown of a path that does not come back."""

SEARCHED = 10.0
"""Where the special values of a parameter are looked for, in both directions."""

SAMPLES = 4001
SINGLE_ROOM, ROOM = 2.0, 0.75
"""How much is left around a single one, and around several as a part of the interval that they fill."""

USUAL = (-2.0, 2.0)
FAR_AWAY = 1e4
BOUNDED = 1e-2
"""A path ends near a point if it is that near to it, by its size, from FAR_AWAY on."""

AIR = 0.06
LARGEST = 8e307
"""The ends of a window are no larger, so that its width is a float64."""

SPREAD = 6.0
"""How many times as far away as most of a path a part of it may be that is shown."""

Motion = Callable[[Floats], tuple[Floats, Floats]]
"""From values of the parameter to positions and speeds, both of shape (2, n)."""


@dataclass(frozen=True, slots=True)
class Course:
    """The values of the parameter that are run through: all real numbers if it is the `whole`.

    `ends` are the ends as exact numbers where these are known.
    """

    low: float
    high: float
    whole: bool = False
    ends: tuple[Root, Root] | None = None

    @property
    def length(self) -> float:
        """How long the interval is, as far as its size matters."""
        return 1.0 if self.whole else self.high - self.low

    @property
    def text(self) -> str:
        """The interval in words."""
        return "runs through all numbers" if self.whole else f"from {shown(self.low)} to {shown(self.high)}"

    def parameter(self, run: Floats) -> Floats:
        """The values at a run from 0 to 1."""
        if not self.whole:
            return self.low * (1 - run) + self.high * run
        with np.errstate(all="ignore"):
            place = 2 * run - 1
            return np.clip(place / ((1 - place) * (1 + place)), -1e12, 1e12)


def course_of(drawn: Drawn, motion: Motion) -> Course:
    """The values that were asked for, or a period, or all that is special."""
    for interval in drawn.intervals:
        if math.isfinite(interval.low) and math.isfinite(interval.high):
            return Course(interval.low, interval.high, ends=ends_of(interval))
    length = period_of(drawn.expressions, drawn.moving, drawn.fixed)
    if length is not None:
        return _periods(length, 1)
    turn = root(parse_expression("2*pi").tree)
    if drawn.radius is not None and turn is not None:
        return _periods(turn, TURNS_OF_POLAR)
    length = period_of(drawn.expressions, drawn.moving, drawn.fixed, drifting=True)
    if length is not None:
        return _periods(length, DRIFTING_PERIODS)
    return Course(0.0, 0.0, whole=True) if _ends_near_points(motion) else _around_special(motion)


def _periods(length: Root, count: int) -> Course:
    """So many periods from 0 on."""
    end = length if count == 1 or length.tree is None else root(multiply([number(Fraction(count)), length.tree]))
    size = count * length.size
    ends = None if end is None else ends_of(Interval("", 0.0, size, (None, end.tree)))
    return Course(0.0, size, ends=ends)


def _ends_near_points(motion: Motion) -> bool:
    """Whether the path comes to rest towards infinity in both directions."""
    far: Floats = FAR_AWAY * 10.0 ** np.arange(4, dtype=np.float64)
    inner = np.abs(motion(np.linspace(-3, 3, 101))[0])
    inner = inner[:, np.isfinite(inner).all(0)]
    if not inner.size:
        return False
    size = max(float(np.median(inner, axis=1).max()), 1e-300)
    for sign in (-1, 1):
        points = motion(sign * far)[0]
        if not np.isfinite(points).all() or np.ptp(points, axis=1).max() > BOUNDED * size:
            return False
    return True


def _around_special(motion: Motion) -> Course:
    """The interval about all values at which the path is parallel to an axis, or where it is defined at all."""
    parameter = np.linspace(-SEARCHED, SEARCHED, SAMPLES)
    points, speeds = motion(parameter)
    there = np.asarray(np.isfinite(points).all(0))
    signs = np.sign(np.where(np.isnan(speeds), 0, speeds))
    turning = (signs[:, :-1] != signs[:, 1:]).any(0) & there[:-1] & there[1:]
    moves = np.abs(np.diff(points, axis=1)).sum(0) > 0
    special = (parameter[:-1] + parameter[1:])[turning & moves] / 2
    if special.size:
        wide = special[-1] - special[0]
        room = ROOM * wide if wide > 1.5 * (parameter[1] - parameter[0]) else SINGLE_ROOM
        return Course(round(4 * (special[0] - room)) / 4, round(4 * (special[-1] + room)) / 4)
    usual = there[(parameter >= USUAL[0]) & (parameter <= USUAL[1])]
    if usual.mean() > 0.5 or not there.any():
        return Course(*USUAL)
    known = parameter[there]
    return Course(math.floor(4 * max(known[0], -SEARCHED)) / 4, min(math.ceil(4 * known[-1]) / 4, SEARCHED))


def window_around(points: Floats) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges of both coordinates that show a path, without parts that are far away from most of it."""
    points = points[:, np.isfinite(points).all(0)]
    if not points.size:
        return (-1.0, 1.0), (-1.0, 1.0)
    ends = [_range(each) for each in points]
    widest = max(high - low for low, high in ends)
    return tuple(_with_air(low, high, widest) for low, high in ends)  # type: ignore[return-value]


def _range(values: Floats) -> tuple[float, float]:
    low, middle, high = np.quantile(values, [0.08, 0.5, 0.92])
    least, most = float(values.min()), float(values.max())
    with np.errstate(over="ignore"):
        if max(most - middle, middle - least) <= SPREAD * max(high - middle, middle - low):
            return least, most
    return float(low), float(high)


def _with_air(low: float, high: float, widest: float) -> tuple[float, float]:
    air = AIR * (high - low) if high - low > widest / 1000 else (AIR * widest or max(1.0, abs(low)))
    return max(low - air, -LARGEST), min(high + air, LARGEST)
