"""Scales: limits in an axis' unit, and ticks at round numbers, at powers of ten or at multiples of pi."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derivcli.pictures.drawing.mathtext import typeset
from derivcli.pictures.scene import Axis, Floats

TURNS = (Fraction(1, 6), Fraction(1, 4), Fraction(1, 2), *map(Fraction, (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)))
"""Distances between ticks, in multiples of pi."""

MAX_TURNS = 9
LEAST_PLAIN, MOST_PLAIN = 1e-3, 1e7
"""The largest number at an axis whose numbers are written without powers of ten."""

PLAIN_DIGITS = 8
"""A number of so many digits is written at its tick rather than as a difference from another."""

UPRIGHT_LETTERS = 2
"""A name of so many letters stands upright beside its axis."""

REACH = 1000.0
"""How far beyond the axis lines may go, in its lengths: farther, pixels could not be counted."""


def scaled(values: Floats, axis: Axis) -> Floats:
    """Numbers in the axis' unit, or their logarithms, and none so far away that it has no pixel."""
    with np.errstate(all="ignore"):
        numbers = _in_units(np.asarray(values, dtype=np.float64), axis)
        low, high = limits(axis)
        return np.clip(numbers, low - REACH * (high - low), high + REACH * (high - low))


def _in_units(values: Floats, axis: Axis) -> Floats:
    numbers = values / 10.0**axis.unit
    return np.where(numbers > 0, np.log10(np.abs(numbers)), np.nan) if axis.logarithmic else numbers


def limits(axis: Axis) -> tuple[float, float]:
    """The ends of the axis in its unit, or their logarithms; they are never equal."""
    with np.errstate(all="ignore"):
        low, high = (float(end) for end in _in_units(np.array([axis.low, axis.high]), axis))
    if low < high:
        return low, high
    air = abs(low) / 10 or 1.0
    return (low - air, high + air) if np.isfinite(low) else (0.0, 1.0)


def set_scale(drawn: Any, axis: Axis) -> None:
    """The limits and the ticks of one of Matplotlib's axes."""
    from matplotlib import ticker

    low, high = limits(axis)
    getattr(drawn.axes, f"set_{drawn.axis_name}lim")(low, high)
    if axis.turns and (step := _turn_step(low, high)):
        drawn.set_major_locator(ticker.MultipleLocator(float(step) * np.pi))
        drawn.set_major_formatter(ticker.FuncFormatter(_turn_text))
        return
    drawn.set_major_locator(ticker.MaxNLocator(nbins=9, steps=[1, 2, 5, 10], integer=axis.logarithmic))
    if axis.logarithmic:
        drawn.set_major_formatter(ticker.FuncFormatter(lambda value, place: f"$10^{{{value:.0f}}}$"))
        return
    largest = max(abs(low), abs(high))
    far = largest > 10.0 ** (PLAIN_DIGITS - 2) * (high - low)
    # Mathtext costs a millisecond a number, which plain ones need not.
    formatter: Any = ticker.ScalarFormatter(useMathText=far or not LEAST_PLAIN <= largest < MOST_PLAIN)
    formatter.set_powerlimits((round(np.log10(LEAST_PLAIN)) - 1, round(np.log10(MOST_PLAIN))))
    formatter.set_useOffset(far)
    drawn.set_major_formatter(formatter)


def set_name(drawn: Any, axis: Axis) -> None:
    """The axis' name with its unit."""
    words = typeset(axis.name)
    if axis.unit:
        formula = words["text"][1:-1] if words["parse_math"] else rf"\mathrm{{{axis.name.text}}}"
        words = {"text": rf"${formula}\;/\;10^{{{axis.unit}}}$", "parse_math": True}
    drawn.set_label_text(words["text"], parse_math=words["parse_math"])
    if drawn.axis_name == "y" and len(axis.name.text) <= UPRIGHT_LETTERS and not axis.unit:
        drawn.label.set(rotation=0, ha="right", va="center")


def _turn_step(low: float, high: float) -> Fraction | None:
    return next((step for step in TURNS if (high - low) / (float(step) * np.pi) <= MAX_TURNS), None)


def _turn_text(value: float, place: int | None = None) -> str:
    """A multiple of pi, such as -3π/2."""
    turns = Fraction(value / np.pi).limit_denominator(12)
    if not turns:
        return "$0$"
    factor = "" if abs(turns.numerator) == 1 else str(abs(turns.numerator))
    below = "" if turns.denominator == 1 else f"/{turns.denominator}"
    return rf"${'-' * (turns < 0)}{factor}\pi{below}$"
