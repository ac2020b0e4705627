"""Why a formula has no enclosure at a point."""

from __future__ import annotations


class TouchError(Exception):
    """The point lies exactly where the formula has no power series: at a kink, a jump, an edge, a hole.

    `irrational` where it is so since constants are equal of which no number of a format is one, as at pi.
    """

    irrational = False


class NoValueError(TouchError):
    """The formula has no real value at the point. Its text says why."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or "the formula has no real value here")


class UnsureError(Exception):
    """The balls are too wide to tell."""


class NoEnclosureError(UnsureError):
    """No precision will do. Its text says why."""
