"""Several values of several variables to points: every combination of them or, with `--zip`, pairs."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.errors import DerivError
from derivcli.language import limits
from derivcli.points.points import Axis, Points


def cross_or_zip(axes: Sequence[Axis], paired: bool) -> Points:
    """Every combination of the axes' values or, paired, the first with the first and so on."""
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            hint = f"write its values in one list, as in {name}=1,2,3"
            raise DerivError(f"'{name}' is given values more than once", hint=hint)
    sizes = [axis.count for axis in axes]
    if paired and len({*sizes} - {1}) > 1:
        counts = ", ".join(f"{axis.name} has {axis.count}" for axis in axes)
        raise DerivError(
            f"paired variables need equally many values, and {counts}", hint="leave out `--zip` to cross them"
        )
    points = Points(tuple(axes), paired)
    limits.check_points(points.count)
    return points
