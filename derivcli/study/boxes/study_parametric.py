"""The study of a moving point (x(t), y(t)): horizontal and vertical tangents, stops, and crossings of its path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import ball_of, evaluate
from derivcli.engines.balls.exact_constants import working
from derivcli.engines.balls.germs.evaluation import coordinate_of
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.language.expression import Expression
from derivcli.simplify.domains.roots import Root
from derivcli.study.boxes.crossings import Crossings
from derivcli.study.boxes.jets import Jets
from derivcli.study.boxes.krawczyk import MAX_PARTS, ROOT_BITS, Solved, System, solve
from derivcli.study.boxes.points import OUTSIDE, Ends, Naming, clusters, outward, rooted
from derivcli.study.boxes.records import CurvePoint, CurveStudy, UndecidedBox
from derivcli.study.numbers import number_in, number_of
from derivcli.study.study import Number
from derivcli.study.tails.period import period

STUDY_SECONDS = 2.0
PROVED = Verdict("proved", 16)
HORIZONTAL, VERTICAL, CROSSING, STOP = "horizontal", "vertical", "crossing", "stop"

SINGULAR = "a function may have no derivative here"
DEGENERATE = "a derivative and the one after it are 0 here, or nearly so"
SPENT = "the search ended before this part was decided; the path may be traced more than once"
TOUCH = "the path may touch itself here, or stop"
STOPS = "both derivatives are 0 here, or nearly so"
AT_END = "the parameter lies at an end of the interval, or too close to it to tell"


def study_parametric(x: Expression, y: Expression, parameter: str, low: Root, high: Root) -> CurveStudy:
    """All such points of a path on a closed interval, proved to be all where nothing is left undecided."""
    with restored_context():
        return _Study(x, y, Ends((parameter,), (low,), (high,))).made()


class _Study:
    """One study in the making."""

    def __init__(self, x: Expression, y: Expression, ends: Ends) -> None:
        self.expressions, self.ends, self.name = (x, y), ends, ends.names[0]
        self.tapes = [record(each.expanded, ends.names) for each in self.expressions]
        self.jets = [Jets(tape, ends.names) for tape in self.tapes]
        self.naming = [Naming(tape) for tape in self.tapes]
        self.end = monotonic() + STUDY_SECONDS
        self.undecided: list[UndecidedBox] = []

    def made(self) -> CurveStudy:
        vertical, horizontal = (sorted(self.flat(place), key=_size) for place in (0, 1))
        stops = [each for each in horizontal if any(_same(each, other) for other in vertical)]
        unsure = [each for each in horizontal if any(_close(each, other) for other in vertical) and each not in stops]
        for each in unsure:
            self.leave([outward(each.ball)], STOP, STOPS)
        both = [*stops, *unsure]
        crossings = Crossings(self.jets, self.tapes, self.ends, stops, self.returns(), self.end)
        found = [*self.crossings(crossings)]
        return CurveStudy(
            self.expressions,
            self.ends.names,
            tuple((number_of(a), number_of(b)) for a, b in zip(self.ends.low, self.ends.high, strict=True)),
            horizontal=tuple(self.point([each], HORIZONTAL) for each in horizontal if not _near_any(each, both)),
            vertical=tuple(self.point([each], VERTICAL) for each in vertical if not _near_any(each, both)),
            singular=tuple(self.point([each], STOP) for each in stops),
            crossings=tuple(sorted(found, key=lambda each: [number.value for number in each.parameters])),
            undecided=tuple(self.undecided),
        )

    def leave(self, part: Sequence[tuple[float, float]], what: str, why: str) -> None:
        box = tuple((number_in(arb(low)), number_in(arb(high))) for low, high in part)
        self.undecided.append(UndecidedBox(box, what, why))

    def number(self, root: Root) -> Number:
        return number_of(root, self.expressions[0].spelling)

    def point(self, at: Sequence[Root], kind: str) -> CurvePoint:
        """A point of the path at a value of the parameter, or at several."""
        coordinates = []
        for tape, naming in zip(self.tapes, self.naming, strict=True):
            ctx.prec = ROOT_BITS
            here = ball_of(at[0].where, ROOT_BITS)
            value = evaluate(Run(tape, precision=ROOT_BITS), {self.name: at[0].where})[0] if here.is_finite() else here
            exact = None if type(at[0].where) is arb else naming.rational_value({self.name: at[0].where})
            coordinates.append(number_of(rooted([value], None)[0]) if exact is None else number_of(_rational(exact)))
        return CurvePoint(tuple(coordinates), kind, PROVED, tuple(self.number(each) for each in at))

    def flat(self, place: int) -> Iterator[Root]:
        """Where the derivative of a coordinate is 0."""
        jets, what = self.jets[place], (VERTICAL, HORIZONTAL)[place]
        system = System(lambda box: jets.at(box, 1), jets.system)
        solved = solve(system, self.ends.part, MAX_PARTS, max(self.end - monotonic(), 0.02))
        for solution in solved.found:
            trees = self.naming[place].exact(self.ends.names, solution.at, {}, self.ends.names)
            at = rooted(solution.at, trees)
            side = self.ends.side(at)
            if side is None:
                self.leave([outward(solution.at[0])], what, AT_END)
            elif side != OUTSIDE:
                yield at[0]
        yield from self.settled(solved, place, what)

    def settled(self, solved: Solved, place: int, what: str) -> Iterator[Root]:
        """Zeros of several orders, if an exact number is proved to be the only one of a part."""
        from derivcli.study.study_interval import study_interval

        for hull, members in clusters(solved.remainders):
            spare = hull[0][1] - hull[0][0]
            low, high = (Root(arb(each), arb(each)) for each in (hull[0][0] - spare, hull[0][1] + spare))
            small = all(each.small for each in members)
            study = study_interval(self.expressions[place], self.name, low, high, seconds=0.3) if small else None
            exact = [] if study is None or not study.complete else [point.x for point in study.critical]
            if study is not None and study.complete and all(each.exact is not None for each in exact):
                found = [rooted([arb(each.value)], [each.exact.tree])[0] for each in exact if each.exact]
                yield from (each for each in found if self.ends.side([each]) != OUTSIDE)
            else:
                why = SINGULAR if any(each.singular for each in members) else DEGENERATE if small else SPENT
                self.leave(hull, what, why)

    def returns(self) -> bool:
        """Whether the path ends where it begins, going on as it began: the interval is one of its periods."""
        low, high = self.ends.low[0], self.ends.high[0]
        with suppress(NoGermError, TouchError, UnsureError, NoValueError, AssertionError):
            known = working(192)
            length = known.difference(*(coordinate_of(known, each.where) for each in (high, low)))
            for expression in self.expressions:
                found = period(expression.expanded, self.name)
                if found is None:
                    return False
                ratio = known.product(length, known.power(coordinate_of(known, found.where), fmpq(-1))).rational
                if ratio is None or ratio.q != 1:
                    return False
            return True
        return False

    def crossings(self, search: Crossings) -> Iterator[CurvePoint]:
        """Where the path comes to a point again."""
        solved = search.solved()
        square = search.square
        for solution in solved.found:
            at = rooted(solution.at, search.exact(solution, self.naming))
            side = square.side(at)
            if side is None:
                self.leave([outward(each) for each in solution.at], CROSSING, AT_END)
            elif side != OUTSIDE:
                yield self.point(at, CROSSING)
        for hull, members in clusters(solved.remainders):
            self.leave(hull, CROSSING, TOUCH if all(each.small for each in members) else SPENT)


def _size(root: Root) -> float:
    return root.size


def _rational(value: fmpq) -> Root:
    from derivcli.study.numbers import rational_root

    return rational_root(value)


def _same(one: Root, other: Root) -> bool:
    from derivcli.study.boxes.points import is_same

    return one.ball.overlaps(other.ball) and one.tree is not None and is_same(one, other)


def _close(one: Root, other: Root) -> bool:
    return bool(one.ball.overlaps(other.ball))


def _near_any(root: Root, among: Sequence[Root]) -> bool:
    return any(_close(root, other) for other in among)
