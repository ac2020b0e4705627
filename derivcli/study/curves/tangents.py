"""What touches a curve or a surface at a point, as its verdicts tell: never a line where there is no derivative."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivcli.check.enclosure import PRECISION_BITS, Question, Site, restored_context
from derivcli.check.judge import coordinates, judge
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.partials import ONE, Derivative
from derivcli.engines.balls.tape import record
from derivcli.language.expression import Expression
from derivcli.points.points import Points
from derivcli.result import ALONG, Exact, FloatArray
from derivcli.study.curves.curve import Touching
from derivcli.study.curves.half_tangents import STOPS
from derivcli.study.curves.lines import Known, Writing, line, line_in_space, normal, plane, upright_plane

Found = tuple[tuple[Touching, ...], str]
"""What touches at a point, and why it is not all that one asks for, or nothing."""

SIDES = ("from the left", "from the right")
PASSAGE = ("before", "after")
"""What half tangents are called: of a function, and of a curve of a parameter."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A column of numbers with what is known of them."""

    values: FloatArray
    verdicts: Verdicts | None = None
    exact: Exact = ()

    def verdict(self, point: int) -> Verdict:
        """What is known of a number."""
        found = None if self.verdicts is None else self.verdicts[point]
        return found or Verdict("unchecked", message="it was not checked")

    def known(self, point: int) -> Known:
        """The number, or the true one where it misleads."""
        verdict = self.verdict(point)
        number = float(self.values[point])
        if KINDS[verdict.kind].derivative == "two-sided" and not KINDS[verdict.kind].is_right:
            number = number if verdict.truth is None else verdict.truth
        return Known.of(number, self.exact[point] if self.exact else None)

    def is_known(self, point: int) -> bool:
        """Whether there is such a number, and it is known."""
        verdict = self.verdict(point)
        return KINDS[verdict.kind].derivative == "two-sided" and math.isfinite(self.known(point).number)


def coordinate_known(points: Points, name: str, point: int, value: float) -> Known:
    """A coordinate of a point as it was typed."""
    tree = points.exact(name, point)
    if tree is not None:
        from derivcli.engines.symbolic import merged

        return Known(value, merged(tree))
    if value.is_integer():
        import sympy

        return Known(value, sympy.Integer(int(value)))
    return Known(value)


def in_plane(
    names: Sequence[str], at: Sequence[Known], slope: Judged, point: int, how: Writing, halves: Sequence[str] = SIDES
) -> Found:
    """The tangent and the normal of a plane curve at a point, or its half tangents."""
    verdict = slope.verdict(point)
    if slope.is_known(point):
        steep = slope.known(point)
        return (line("tangent", names, at, steep, how), normal(names, at, steep, how)), ""
    if verdict.kind == "hole" and halves is PASSAGE and verdict.truth is not None:
        steep = Known(verdict.truth)
        return (line("tangent", names, at, steep, how), normal(names, at, steep, how)), ""
    if verdict.kind == "vertical":
        return (line("tangent", names, at, None, how), normal(names, at, None, how)), ""
    lines: tuple[Touching, ...] = ()
    if verdict.kind in ("corner", "cusp", "edge") or (verdict.kind == "hole" and halves is PASSAGE):
        ends = zip(halves, (verdict.left, verdict.right), strict=True)
        lines = tuple(_half(f"tangent {half}", names, at, end, how) for half, end in ends if end is not None)
    return lines, f"no tangent: {reason(verdict)}"


def _half(kind: str, names: Sequence[str], at: Sequence[Known], slope: float, how: Writing) -> Touching:
    return line(kind, names, at, None if math.isinf(slope) else Known(slope), replace(how, decimals=True))


def reason(verdict: Verdict) -> str:
    """Why there is no tangent."""
    kinds = {"corner": "a corner", "cusp": "a cusp", "jump": "a jump", "hole": "a hole", "edge": "an edge"}
    if verdict.message.startswith(STOPS):
        return verdict.message
    if verdict.kind in ("corner", "cusp"):
        return f"{kinds[verdict.kind]}, with two half tangents"
    known = kinds.get(verdict.kind, "")
    return ", ".join(filter(None, (known, verdict.message)))


def in_space(names: Sequence[str], at: Sequence[Known], velocity: Sequence[Judged], point: int, how: Writing) -> Found:
    """The tangent of a curve in space, and the plane that is upright on it."""
    for each in velocity:
        if not each.is_known(point):
            return (), f"no tangent: {reason(each.verdict(point))}"
    direction = [each.known(point) for each in velocity]
    if all(each.is_zero or each.number == 0 for each in direction):
        return (), "no tangent is known: the curve stops here"
    tangent = line_in_space("tangent", names, at, direction, how)
    return (tangent, upright_plane("normal plane", names, at, direction, how)), ""


def of_surface(
    names: Sequence[str],
    at: Sequence[Known],
    slopes: Mapping[str, Judged],
    point: int,
    how: Writing,
    doubt: str,
) -> Found:
    """The tangent plane and the normal of a surface; `doubt` says why it is not known to be smooth, or nothing."""
    for name, slope in slopes.items():
        if not slope.is_known(point):
            return (), f"no tangent plane: along {name}, {reason(slope.verdict(point)) or 'no derivative'}"
    if doubt:
        return (), f"no tangent plane: {doubt}"
    steep = [slope.known(point) for slope in slopes.values()]
    *variables, left = names
    import sympy

    direction = [*steep, Known(-1.0, sympy.S.NegativeOne)]
    word = "tangent plane" if len(variables) == 2 else "tangent hyperplane"
    return (
        plane(word, variables, at, steep, left, how),
        line_in_space("normal line", names, at, direction, how),
    ), ""


def doubts(
    expression: Expression, slopes: Mapping[str, Judged], at: Mapping[str, FloatArray], points: Points, engine: str
) -> list[str]:
    """For each point why a function of several variables is not known to be differentiable there, or nothing."""
    tape = record(expression.expanded, expression.variables)
    by = [name for name in slopes if name in expression.variables]
    found = []
    with restored_context():
        for point in range(points.count):
            site = Site(expression, tape, coordinates(at, points, expression.variables, point), engine)
            found.append("" if _is_analytic(site, expression.variables) else _doubt(site, slopes, by, point))
    return found


def _is_analytic(site: Site, names: Sequence[str]) -> bool:
    """Whether no step of a formula has a special point here, however its variables move."""
    for precision in PRECISION_BITS:
        try:
            evaluate(site.run(dict.fromkeys(names, (ONE,)), 1, precision, precision == PRECISION_BITS[-1]), site.at)
        except UnsureError:
            continue
        except TouchError:
            return False
        return True
    return False


def _doubt(site: Site, slopes: Mapping[str, Judged], by: Sequence[str], point: int) -> str:
    """That a derivative along a slanting direction is not what a plane has, or that this is not known."""
    if not all(slope.is_known(point) for slope in slopes.values()):
        return ""
    first, *others = by
    for other in others:
        for sign in (1, -1):
            vector = {first: ONE, other: ONE * sign}
            expected = slopes[first].known(point).number + sign * slopes[other].known(point).number
            verdict = judge(Question(site, Derivative((ALONG,), vector), expected, "float64"))
            way = f"({first}, {other}) = (1, {sign})"
            if KINDS[verdict.kind].derivative == "none":
                kind = KINDS[verdict.kind].noun or "no derivative"
                return f"the function is not differentiable: {kind} along {way}"
            if verdict.truth is not None and not np.isclose(verdict.truth, expected, rtol=1e-9, atol=1e-12):
                numbers = f"{verdict.truth:.6g}, and that of a plane {expected:.6g}"
                return f"the function is not differentiable: along {way} its derivative is {numbers}"
    return "the partial derivatives exist, and it is not decided whether the function is differentiable"
