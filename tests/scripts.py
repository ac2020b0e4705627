"""Helpers of the tests of scripts: running the text that was generated, and reading what it printed."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Sequence

import numpy as np

Printed = dict[str, list[float]]
"""A column for each label."""


def run(text: str) -> str:
    """What a script prints; it is our own text, which is what is tested."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "script", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def printed(text: str) -> Printed:
    """The numbers that a script prints: lines `label = number`, or a table."""
    return read(run(text))


def read(output: str) -> Printed:
    """Printed numbers by their labels."""
    lines = output.splitlines()
    if " =" in lines[0]:
        pairs = [line.split("=") for line in lines]
        return {label.strip(): [float(number)] for label, number in pairs}
    rows = [[float(cell) for cell in line.split("\t")] for line in lines[1:]]
    return dict(zip(lines[0].split("\t"), map(list, zip(*rows, strict=True)), strict=True))


def differences(got: Sequence[float], want: Sequence[float], tolerance: float) -> list[tuple[float, float]]:
    """The numbers that are not those wanted; infinite ones and NaN have to be the same."""
    pairs = list(zip(got, want, strict=True))
    return [(one, other) for one, other in pairs if not is_near(one, other, tolerance)]


def is_near(got: float, want: float, tolerance: float) -> bool:
    """Whether two numbers are the same up to a relative difference."""
    if not math.isfinite(want):
        return bool(np.array_equal(got, want, equal_nan=True))
    return abs(got - want) <= tolerance * abs(want)
