"""How much is judged, and how much is told exactly, without being asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivcli.points.points import Points

MAX_NUMBERS_UNASKED = 100
"""Derivatives of a calculation at all its points: so many are judged unless that is refused."""


MAX_TYPED_POINTS = 1_000
"""Of so many points the formulas are shown that they were typed as, and exact values are found."""


def is_checked(check: bool | None, count: int | None) -> bool:
    """Whether so many derivatives are judged, where `check` asks for it, refuses it, or leaves it to their number."""
    return count is not None and count <= MAX_NUMBERS_UNASKED if check is None else check


def is_exact(exact: bool | None, points: Points) -> bool:
    """Whether exact values are looked for, where `exact` asks for them, refuses them, or leaves it to the points."""
    return points.count <= MAX_TYPED_POINTS and (bool(points.typed) if exact is None else exact)
