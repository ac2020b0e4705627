"""The zeros of a vector field in the plane in a box, and what the field does around them by its linear part there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from flint import arb, ctx

from derivcli.check.enclosure import restored_context
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.tape import Tape, record
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.boxes.jets import Box, Jets
from derivcli.study.boxes.krawczyk import MAX_PARTS, ROOT_BITS, System, solve
from derivcli.study.boxes.points import OUTSIDE, Ends, Naming, rooted
from derivcli.study.boxes.records import BoxPoint
from derivcli.study.exact.exact_places import candidates
from derivcli.study.numbers import number_of

STUDY_SECONDS = 1.0
"""The time on the clock for one study."""

PROVED = Verdict("proved", 16)


@dataclass(frozen=True, slots=True)
class FieldZeros:
    """The points where a field is 0, each of a kind of ZEROS, and whether there are proved to be no others."""

    points: tuple[BoxPoint, ...]
    complete: bool


ZEROS = {
    "source": "all paths near it lead away",
    "sink": "all paths near it lead there",
    "saddle": "two paths lead there, two away, and all others pass",
    "zero": "the linear part does not tell",
}
"""The kinds of zeros of a field with derivatives, by the eigenvalues of its Jacobian."""


def field_zeros(
    expressions: Sequence[Expression], box: Mapping[str, tuple[Root, Root]], seconds: float = STUDY_SECONDS
) -> FieldZeros:
    """All zeros of a field of two functions in a closed box."""
    names = tuple(box)
    ends = Ends(names, tuple(box[name][0] for name in names), tuple(box[name][1] for name in names))
    with restored_context():
        tapes = [record(each.expanded, names) for each in expressions]
        jets = [Jets(tape, names, {}) for tape in tapes]
        end = monotonic() + seconds
        solved = solve(_system(jets), ends.part, MAX_PARTS, max(end - monotonic(), 0.02))
        points, complete = [], not solved.remainders
        for solution in solved.found:
            at = rooted(solution.at, _exact(tapes, names, solution.at))
            side = ends.side(at)
            complete &= side is not None
            if side is not None and side != OUTSIDE:
                points.append(BoxPoint(tuple(number_of(each) for each in at), _kind(jets, solution.at), PROVED))
    points.sort(key=lambda point: [number.value for number in point.at])
    return FieldZeros(tuple(points), complete)


def _system(jets: Sequence[Jets]) -> System:
    def values(box: Box) -> list[arb]:
        return [each.at(box, 0)[0] for each in jets]

    def jacobian(box: Box) -> tuple[list[arb], list[Sequence[arb]]]:
        return values(box), [each.at(box, 1) for each in jets]

    return System(values, jacobian)


def _exact(tapes: Sequence[Tape], names: Sequence[str], at: Sequence[arb]) -> list[Tree] | None:
    """Formulas of both coordinates, if both functions are proved to be 0 there."""
    trees = [tree for each in at if (tree := next(iter(candidates(each)), None)) is not None]
    if len(trees) < len(at):
        return None
    where = {name: coordinate(tree) for name, tree in zip(names, trees, strict=True)}
    return trees if all(Naming(tape).is_zero(where) for tape in tapes) else None


def _kind(jets: Sequence[Jets], at: Sequence[arb]) -> str:
    """The kind by the signs of the Jacobian's determinant and trace, which are those of its eigenvalues."""
    ctx.prec = ROOT_BITS
    (a, b), (c, d) = (each.at(at, 1) for each in jets)
    determinant, trace = a * d - b * c, a + d
    if determinant < 0:
        return "saddle"
    if determinant > 0 and (trace < 0 or trace > 0):
        return "sink" if trace < 0 else "source"
    return "zero"
