"""The study of a function of several variables in a box: all critical points, their kinds, and its range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from time import monotonic

import sympy
from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import arrange, expression_of
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.boxes.bivariate import tree_of
from derivcli.study.boxes.degenerate import Curve, Settled, settled
from derivcli.study.boxes.extremes import Best, Candidate, Values, best, squares_vanish
from derivcli.study.boxes.gradients import Formula, formula
from derivcli.study.boxes.jets import Jets
from derivcli.study.boxes.krawczyk import MAX_PARTS, ROOT_BITS, Part, Remainder, Solution, Solved, solve
from derivcli.study.boxes.points import BOUNDARY, OUTSIDE, Ends, Naming, clusters, outward, rooted
from derivcli.study.boxes.records import BoxPoint, BoxStudy, CriticalCurve, UndecidedBox
from derivcli.study.boxes.signature import signature
from derivcli.study.numbers import number_in, number_of, rational_root
from derivcli.study.study import Extent, Number

STUDY_SECONDS = 2.0
"""The time on the clock for one study; what is not decided by then stays open."""

INNER_SHARE = 0.6
"""The part of the time that the inside of the box may take."""

MIN_SECONDS = 0.02
"""The time that each part of a study has at least."""

MAX_FACE_PARTS = 1500
"""How many parts of a face of the box are looked at."""

SPENT = "the search ended before this part was decided; critical points may lie close together or fill a curve here"
SINGULAR = "the formula may have no derivative here"
CONSTANT = "the function is constant here, so that every point is critical"
DEGENERATE = "the Hessian is singular here, or nearly so"
AT_END = "a critical point lies on the boundary of the box, or too close to it to tell"
OTHERS = {
    "edge": "f may have its {} value at other points too, such as all of an edge",
    "curve": "f has its {} value at every point of a curve",
}
PROVED = Verdict("proved", 16)
ALIKE = Verdict("agrees", 16, message="the values agree in more than 60 digits; that they are the same is not proved")


@dataclass(slots=True, eq=False)
class Face:
    """A face of the box, or the whole box, with the function on it."""

    ends: Ends
    fixed: Mapping[str, Root]
    jets: Jets


def study_box(expression: Expression, box: Mapping[str, tuple[Root, Root]], seconds: float = STUDY_SECONDS) -> BoxStudy:
    """All critical points in a closed box of up to four variables, proved to be all where nothing is left undecided."""
    names = tuple(box)
    ends = Ends(names, tuple(box[name][0] for name in names), tuple(box[name][1] for name in names))
    with restored_context():
        return _Study(expression, ends, formula(expression.expanded, names), monotonic() + seconds).made()


class _Study:
    """One study in the making."""

    def __init__(self, expression: Expression, ends: Ends, whole: Formula, end: float) -> None:
        self.expression, self.ends, self.formula, self.end = expression, ends, whole, end
        self.naming = Naming(record(whole.whole, ends.names))
        self.values = Values.of(whole.whole, ends.names, self.naming)
        self.undecided: list[UndecidedBox] = []
        self.open_parts: list[tuple[Jets, Part]] = []
        self.origins: dict[int, tuple[Candidate, Face, Solution]] = {}

    def made(self) -> BoxStudy:
        inner = self.face({})
        exact = settled(self.formula.whole, self.ends.names, self.ends.part, lambda: self.solved(inner))
        critical = [*self.critical(inner, exact)]
        self.leave_open(inner, exact)
        faces = [self.face(fixed) for fixed in self.faces()]
        candidates = [each for each, _ in critical] + [each for face in faces for each in self.on_face(face)]
        ctx.prec = ROOT_BITS
        levels = [curve.level for curve in exact.curves if curve.level is not None]
        if len(levels) < len(exact.curves):
            self.open_parts.append((inner.jets, self.ends.part))
        low, high = (best(sense, candidates, self.open_parts, levels, self) for sense in (1, -1))
        points = [_with_extent(each, point, {"minimum": low, "maximum": high}) for each, point in critical]
        ends = [None if most.value is None else self.value(most.value, most.rational) for most in (low, high)]
        return BoxStudy(
            self.expression,
            self.ends.names,
            tuple((number_of(a), number_of(b)) for a, b in zip(self.ends.low, self.ends.high, strict=True)),
            critical=tuple(sorted(points, key=lambda each: [number.value for number in each.at])),
            extrema=tuple(
                self.extreme(each, kind, most.proved)
                for kind, most in (("least", low), ("greatest", high))
                for each in sorted(most.found, key=lambda each: [root.size for root in each.at])
            ),
            range=Extent(ends[0], ends[1], True, True) if ends[0] and ends[1] else None,
            curves=tuple(self.curve(each) for each in exact.curves),
            undecided=tuple(self.undecided),
            remarks=tuple(
                OTHERS[most.others].format(kind) for kind, most in (("least", low), ("greatest", high)) if most.others
            ),
        )

    def are_equal(self, one: Candidate, other: Candidate) -> bool:
        """Whether the values at two points are proved to be the same."""
        return self.values.are_equal(one, other)

    def value(self, value: arb, rational: fmpq | None) -> Number:
        """A value as a number."""
        if rational is not None:
            return number_of(rational_root(rational), self.expression.spelling)
        return number_in(value, None, self.expression.spelling)

    def curve(self, curve: Curve) -> CriticalCurve:
        """A curve of critical points."""
        tree = arrange(tree_of(curve.factor, self.ends.names))
        equation = replace(expression_of(tree, self.expression.spelling), sides=(tree, sympy.S.Zero))
        return CriticalCurve(equation, None if curve.level is None else self.value(arb(curve.level), curve.level))

    def face(self, fixed: Mapping[str, Root]) -> Face:
        """The function on a face."""
        places = [place for place, name in enumerate(self.ends.names) if name not in fixed]
        ends = self.ends.only(places)
        coordinates = {name: root.where for name, root in fixed.items()}
        return Face(ends, fixed, self.formula.jets(ends.names, coordinates))

    def solved(self, face: Face) -> Solved:
        """The critical points of the function on a face; a corner is one."""
        if not face.ends.names:
            return Solved((Solution((), ()),), (), undefined=False, parts=0)
        coordinates = {name: root.where for name, root in face.fixed.items()}
        system = self.formula.critical(face.ends.names, coordinates, face.jets)
        most = MAX_FACE_PARTS if face.fixed else MAX_PARTS
        seconds = (self.end - monotonic()) * (1.0 if face.fixed else INNER_SHARE)
        return solve(system, face.ends.part, most, max(seconds, MIN_SECONDS))

    def faces(self) -> Iterator[dict[str, Root]]:
        """What is fixed on each face: one or more variables at an end."""
        sides = {name: pair for name, *pair in zip(self.ends.names, self.ends.low, self.ends.high, strict=True)}
        for count in range(1, len(sides) + 1):
            for names in combinations(self.ends.names, count):
                for chosen in product(*(sides[name] for name in names)):
                    yield dict(zip(names, chosen, strict=True))

    def critical(self, face: Face, exact: Settled) -> Iterator[tuple[Candidate, BoxPoint]]:
        """The critical points of the function that lie in the box."""
        for solution in exact.found:
            found = self.candidate(face, solution, is_named=True)
            if found is None:
                continue
            found = self.finished(found)
            ctx.prec = ROOT_BITS
            _, rows = face.jets.system(solution.at)
            signs = signature(rows)
            yield found, self.point(found, _kind(signs), signs)
        for point, kind in exact.points:
            at = tuple(rational_root(each) for each in point)
            side = self.ends.side(at)
            if side != OUTSIDE:
                value = self.naming.rational_value(dict(zip(self.ends.names, point, strict=True)))
                assert value is not None, "a polynomial has rational values at rational points"
                balls = tuple(each.ball for each in at)
                found = Candidate(self.ends.names, at, arb(value), balls, rational=value)
                yield found, self.point(found, kind, None)

    def point(self, candidate: Candidate, kind: str, signs: tuple[int, int] | None) -> BoxPoint:
        at = tuple(number_of(each, self.expression.spelling) for each in candidate.at)
        boundary = self.ends.side(candidate.at) == BOUNDARY
        return BoxPoint(
            at, kind, PROVED, self.value(candidate.value, candidate.rational), signature=signs, boundary=boundary
        )

    def candidate(self, face: Face, solution: Solution, is_named: bool) -> Candidate | None:
        """A critical point of the function on a face, if it is proved to lie in the box; else it is left open.

        Its exact form is sought where it `is_named`, and where that tells whether it lies in the box.
        """
        at = rooted(solution.at, None)
        side = face.ends.side(at)
        if side == OUTSIDE:
            return None
        if face.ends.names and (is_named or side is None):
            at = rooted(solution.at, self.trees(face, solution))
            side = face.ends.side(at)
        found = None if side is None else self.evaluated(face, solution, at)
        if found is None:
            narrow = tuple(outward(each) for each in solution.at)
            self.open_parts.append((face.jets, narrow))
            if not face.fixed:
                self.leave(narrow, AT_END if side is None else SINGULAR)
        return found if side != OUTSIDE else None

    def trees(self, face: Face, solution: Solution) -> Sequence[Tree | None] | None:
        """The exact form of a critical point of a face, or of some of its coordinates."""
        names = face.ends.names
        fixed = {name: root.where for name, root in face.fixed.items()}
        trees = self.naming.exact(names, solution.at, fixed, names)
        if trees is not None:
            return trees
        return self.naming.partly(self.formula.critical(names, fixed, face.jets), solution.at, solution.alone_in)

    def evaluated(self, face: Face, solution: Solution, at: tuple[Root, ...]) -> Candidate | None:
        """A point of a face with the function's value; none where the formula tells none."""
        ctx.prec = ROOT_BITS
        try:
            value = face.jets.at([_narrowest(each, ball) for each, ball in zip(at, solution.at, strict=True)], 0)[0]
        except (NoValueError, UnsureError):
            return None
        free = dict(zip(face.ends.names, at, strict=True))
        whole = tuple(face.fixed.get(name) or free[name] for name in self.ends.names)
        alone = dict(zip(face.ends.names, solution.alone_in, strict=True))
        balls = tuple(alone.get(name, root.ball) for name, root in zip(self.ends.names, whole, strict=True))
        found = Candidate(self.ends.names, whole, value, balls, frozenset(face.fixed))
        self.origins[id(found)] = found, face, solution
        return found

    def finished(self, candidate: Candidate) -> Candidate:
        """A point with its exact form and its exact value, as far as they are proved."""
        origin = self.origins.get(id(candidate))
        if origin is None or candidate.rational is not None:
            return candidate
        _, face, solution = origin
        if candidate.where is None and face.fixed and face.ends.names:
            at = dict(zip(face.ends.names, rooted(solution.at, self.trees(face, solution)), strict=True))
            candidate = replace(candidate, at=tuple(face.fixed.get(name) or at[name] for name in self.ends.names))
        rational = None if candidate.where is None else self.naming.rational_value(candidate.where)
        if rational is None and not face.fixed and _may_be_whole(candidate.value):
            rational = squares_vanish(self.formula.whole, self.ends.names, solution.alone_in)
        return candidate if rational is None else replace(candidate, rational=rational, value=arb(rational))

    def on_face(self, face: Face) -> Iterator[Candidate]:
        """The critical points of the function on a face, of which one may be the least or the greatest."""
        solved = self.solved(face)
        self.open_parts += [(face.jets, _sampled(each)) for each in solved.remainders]
        for solution in solved.found:
            found = self.candidate(face, solution, is_named=False)
            if found is not None:
                yield found

    def leave_open(self, face: Face, exact: Settled) -> None:
        """Name the parts in which critical points are not decided."""
        for hull, members in clusters(exact.remainders):
            self.leave(hull, _why(members))
        self.open_parts += [(face.jets, each.part) for each in exact.remainders]

    def leave(self, part: Part, why: str) -> None:
        box = tuple((number_in(arb(low)), number_in(arb(high))) for low, high in part)
        self.undecided.append(UndecidedBox(box, "critical", why))

    def extreme(self, candidate: Candidate, kind: str, proved: bool) -> BoxPoint:
        """A point of the least or the greatest value."""
        at = tuple(number_of(each, self.expression.spelling) for each in candidate.at)
        boundary = self.ends.side(candidate.at) == BOUNDARY
        verdict = PROVED if proved else ALIKE
        return BoxPoint(
            at,
            kind,
            verdict,
            self.value(candidate.value, candidate.rational),
            "global" if proved else "",
            boundary=boundary,
        )


def _sampled(remainder: Remainder) -> Part:
    """A part with all values of a function that was not decided there: of a flat one a corner has the only value."""
    return tuple((low, low) for low, _ in remainder.part) if remainder.flat else remainder.part


def _narrowest(root: Root, ball: arb) -> arb:
    """A coordinate by its exact value, if it has one."""
    return ball if type(root.where) is arb else root.ball


def _may_be_whole(value: arb) -> bool:
    """Whether a value is about a whole number."""
    return bool(value.contains((value.mid() + arb(0.5)).floor().mid()))


def _why(members: Sequence[Remainder]) -> str:
    if all(each.flat for each in members):
        return CONSTANT
    if any(each.singular for each in members):
        return SINGULAR
    return DEGENERATE if all(each.small for each in members) else SPENT


def _kind(signs: tuple[int, int] | None) -> str:
    if signs is None:
        return "degenerate"
    return "minimum" if not signs[1] else "maximum" if not signs[0] else "saddle"


def _with_extent(candidate: Candidate, point: BoxPoint, extremes: Mapping[str, Best]) -> BoxPoint:
    """A critical point as an extremum that is global or local."""
    most = extremes.get(point.kind)
    if most is None or not most.found:
        return point
    if any(each.overlaps(candidate) for each in most.found):
        return replace(point, extent="global") if most.proved else point
    return replace(point, extent="local")
