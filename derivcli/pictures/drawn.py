"""What is to be drawn, and how its numbers are had: what every scene is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from derivcli.pictures.scene import Floats

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.at_option import Interval
    from derivcli.points.points import Points
    from derivcli.result import Partial, Result

Evaluate: TypeAlias = Callable[[Mapping[str, Floats]], list[list[Floats]]]
"""From points, an array of shape (points,) for each variable, to the numbers of each function.

They are its value and then its derivatives in the order of `partials`, each of shape (points,), with inf and nan where
there are none. It runs on the engine; thousands of points at a time cost little more than one.
"""

Judge: TypeAlias = "Callable[[Mapping[str, Floats] | Points], list[Result]]"
"""From points to results with verdicts, 0.2 to 1 ms a point; points that were typed are the numbers as typed."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that a scene is made from.

    `names` are the variables that vary, `fixed` has the values of the others. `intervals` are those that were asked for
    (none, or some of the names), and `points` those that were typed to be marked, with the names as their variables.
    `partials` are the derivatives that `evaluate` gives for each of the `expressions`, of which the first is by `names`
    in order.
    `studied` asks for marks of all special points. `degree` is that of a Taylor polynomial about each of the points,
    `moving` the parameter or angle of a curve, whose coordinates the expressions then are, `radius` the formula of a
    polar one. `operator` is one of vector calculus. `surface` and `equal` are as in a scene. `tips` asks for tables.
    `size` is the picture's in pixels, as far as it is known.
    """

    expressions: tuple[Expression, ...]
    names: tuple[str, ...]
    partials: tuple[Partial, ...]
    evaluate: Evaluate
    judge: Judge
    intervals: tuple[Interval, ...] = ()
    points: Points | None = None
    fixed: Mapping[str, float] = field(default_factory=dict)
    studied: bool = False
    degree: int | None = None
    moving: str = ""
    radius: Expression | None = None
    operator: str = ""
    surface: bool = False
    equal: bool = False
    tips: bool = False
    size: tuple[int, int] = (1440, 1000)
