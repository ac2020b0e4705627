"""What a curve does at a break: limits on both sides, its value there, and whether it goes on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from derivcli.pictures.scene import Floats

if TYPE_CHECKING:
    from derivcli.study.study import Number, SpecialPoint

HALVINGS = np.arange(9, 31)
"""Limits that no study knows are taken from values at these powers of one half of the interval beside the break."""

SETTLED = 1e-3
"""A limit is taken where values that near differ by no more than this part of the curve's height."""

ZERO = 1e-9
"""A limit that is a smaller part of the curve's height is 0."""

SAME = 1e-12
"""Limits that differ by no more than this part of them are the same."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A curve at a break: what it tends to from both sides, which may be infinite, and its value.

    None stands for a side on which there is nothing, or nothing known, and for no value. `goes_on` says whether the
    curve is continuous there. `kind` is that of the function's special point.
    """

    place: float
    left: float | None
    here: float | None
    right: float | None
    kind: str
    goes_on: bool = False

    @property
    def limits(self) -> list[float]:
        """The limits that are known, from the left and from the right."""
        return [each for each in (self.left, self.right) if each is not None]

    @property
    def sides(self) -> tuple[tuple[int, float | None], tuple[int, float | None]]:
        """The limits with their sides, -1 for the left."""
        return (-1, self.left), (1, self.right)

    @property
    def has_pole(self) -> bool:
        """Whether it tends to infinity on a side."""
        return any(map(math.isinf, self.limits))


def function_joint(point: SpecialPoint) -> Joint:
    """The function at one of its breaks."""
    left, here, right = (_value(each) for each in (point.left, point.value, point.right))
    joint = Joint(point.x.value, left, here, right, point.kind)
    return replace(joint, goes_on=_meet(joint) and here is not None and _is_same(here, left))


def slope_joint(point: SpecialPoint, function: Joint) -> Joint:
    """The first derivative at a break of the function."""
    left, right = _value(point.left_slope), _value(point.right_slope)
    joint = Joint(point.x.value, left, None, right, point.kind)
    exists = function.goes_on and _meet(joint)
    return replace(joint, goes_on=exists, here=left if exists else None)


def numeric_joint(values: Callable[[Floats], Floats], before: Joint, width: float, height: float) -> Joint:
    """A curve at a break of which nothing is known but its values near by.

    It goes on where the one `before` does, of which it is the derivative, and its limits are the same.
    """
    left, right = (_limit(values, before.place, side * width, height) for side in (-1, 1))
    joint = Joint(before.place, left, None, right, before.kind)
    exists = before.goes_on and left is not None and right is not None and abs(left - right) <= SETTLED * height
    return replace(joint, goes_on=exists, here=left if exists else None, right=left if exists else right)


def through(place: float, value: float) -> Joint:
    """A curve at a break of another one."""
    here = value if math.isfinite(value) else None
    return Joint(place, here, here, here, "regular", here is not None)


def _limit(values: Callable[[Floats], Floats], place: float, width: float, height: float) -> float | None:
    """What values near a place tend to on a side: a number, an infinity, or nothing that is seen."""
    steps = width * 0.5**HALVINGS
    found = values(np.asarray(place + steps, np.float64))
    found = found[np.isfinite(found)]
    if len(found) < 4:
        return None
    changes = np.abs(np.diff(found))
    best = int(np.argmin(changes))
    if changes[best] <= SETTLED * height:
        limit = float(2 * found[best + 1] - found[best])
        return 0.0 if abs(limit) <= ZERO * height else limit
    sizes = np.abs(found)
    return math.copysign(math.inf, found[-1]) if (np.diff(sizes) > 0).all() and sizes[-1] > height else None


def _value(number: Number | None) -> float | None:
    return None if number is None else number.value


def _meet(joint: Joint) -> bool:
    return joint.left is not None and math.isfinite(joint.left) and _is_same(joint.left, joint.right)


def _is_same(one: float, other: float | None) -> bool:
    return other is not None and math.isclose(one, other, rel_tol=SAME, abs_tol=1e-300)
