"""Points of a box: their coordinates as numbers, whether they lie inside, and their exact form where it is proved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.check.one_sided_germs import LocalGerms
from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import NoValueError, TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.exact_constants import ExactConstant, Field, working
from derivcli.engines.balls.germs.evaluation import coordinate_of
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.tape import Tape
from derivcli.engines.symbolic import SYMPY_FAILURES
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root, root
from derivcli.study.boxes.krawczyk import SEARCH_BITS, Part, Remainder, System, inside, krawczyk
from derivcli.study.exact.exact_places import candidates
from derivcli.study.numbers import rational_root

INSIDE, BOUNDARY, OUTSIDE = "inside", "boundary", "outside"

PROOF_BITS = 192

TOUCHING = 1e-9
"""Parts are next to each other if they are no further apart than this part of their size."""


MAX_SPREAD, MAX_GROUPS = 2.5, 12
"""How much larger than two parts a box around both may be, and how many boxes may be left then."""


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """A box: its variables in order, and the two ends of each."""

    names: tuple[str, ...]
    low: tuple[Root, ...]
    high: tuple[Root, ...]

    @property
    def part(self) -> Part:
        """The box in float64, rounded outwards."""
        return tuple(
            (outward(low.ball)[0], outward(high.ball)[1]) for low, high in zip(self.low, self.high, strict=True)
        )

    def only(self, places: Sequence[int]) -> Ends:
        """The box of some of its variables."""
        pick = [tuple(each[place] for place in places) for each in (self.names, self.low, self.high)]
        return Ends(pick[0], pick[1], pick[2])  # type: ignore[arg-type]

    def side(self, at: Sequence[Root]) -> str | None:
        """Where a point lies; None where its digits do not tell."""
        found = INSIDE
        for low, here, high in zip(self.low, at, self.high, strict=True):
            if here.ball < low.ball or here.ball > high.ball:
                return OUTSIDE
        for low, here, high in zip(self.low, at, self.high, strict=True):
            for end in (low, high):
                if here.ball.overlaps(end.ball):
                    if not is_same(here, end):
                        return None
                    found = BOUNDARY
        return found


def is_same(one: Root, other: Root) -> bool:
    """Whether two numbers are proved to be the same."""
    if one.ball.is_exact() and other.ball.is_exact():
        return bool(one.ball == other.ball)
    with suppress(NoGermError, TouchError, UnsureError, AssertionError, *SYMPY_FAILURES), restored_context():
        ctx.prec = PROOF_BITS
        known = working(PROOF_BITS)
        return known.is_same(*(coordinate_of(known, each.where) for each in (one, other)))
    return False


def outward(ball: arb) -> tuple[float, float]:
    """Two float64 around a ball."""
    return _outward(ball, -1), _outward(ball, 1)


def _outward(ball: arb, sign: int) -> float:
    end = ball.upper() if sign > 0 else ball.lower()
    near = float(end)
    return near if (arb(near) >= end if sign > 0 else arb(near) <= end) else math.nextafter(near, sign * math.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """What finds exact forms of points at which derivatives of a formula vanish."""

    tape: Tape

    def exact(
        self, names: Sequence[str], at: Sequence[arb], fixed: Mapping[str, Coordinate], alike: Sequence[str]
    ) -> list[Tree] | None:
        """Formulas of all coordinates of a point, if at that point the derivatives by `alike` are proved to be 0.

        So they are the point's own where it is the only one of its kind in its ball.
        """
        found = [next(iter(candidates(ball)), None) for ball in at]
        trees = [each for each in found if each is not None]
        if len(trees) < len(found):
            return None
        where = {**fixed, **{name: coordinate(tree) for name, tree in zip(names, trees, strict=True)}}
        return trees if all(self.is_flat(where, name) for name in alike) else None

    def partly(self, system: System, at: Sequence[arb], alone: Sequence[arb]) -> list[Tree | None]:
        """Formulas of those coordinates of a point that are proved to be short numbers, without any of the others.

        With these in place some equations hold throughout. If there are as many others as there are unknowns left, and
        they have a solution, that is the point.
        """
        found = [_short(ball) for ball in at]
        left = [place for place, value in enumerate(found) if value is None]
        none: list[Tree | None] = [None] * len(at)
        if not left or len(left) == len(at):
            return none

        def whole(inner: Sequence[arb]) -> list[arb]:
            values = iter(inner)
            return [next(values) if value is None else arb(value) for value in found]

        with suppress(UnsureError, NoValueError), restored_context():
            ctx.prec = SEARCH_BITS
            inner = [alone[place] for place in left]
            rows = [row for row, value in enumerate(system.values(whole(inner))) if not value.is_zero()]
            if len(rows) != len(left):
                return none

            def jacobian(box: Sequence[arb]) -> tuple[list[arb], list[list[arb]]]:
                values, entries = system.jacobian(whole(box))
                return [values[row] for row in rows], [[entries[row][place] for place in left] for row in rows]

            reduced = System(lambda box: [system.values(whole(box))[row] for row in rows], jacobian)
            step = krawczyk(reduced, inner)
            if step is not None and inside(step.image, inner):
                return [None if value is None else rational_root(value).tree for value in found]
        return none

    def is_flat(self, where: Mapping[str, Coordinate], name: str) -> bool:
        """Whether a derivative is proved to be 0 at an exact point."""
        with suppress(NoGermError, TouchError, UnsureError, AssertionError, *SYMPY_FAILURES), restored_context():
            ctx.prec = PROOF_BITS
            local = LocalGerms(self.tape, dict(where), working(PROOF_BITS), {name: fmpq(1)}, 1, 2)
            germ, _ = local.germ(local.line(local.direction, 1), 1)
            if germ is None or not local.rigorous or germ.flat or (germ.limit is not None and germ.limit < 2):
                return False
            constant = germ.terms.get((1, 0))
            return constant is None or not local.field.sign(constant)
        return False

    def value(self, where: Mapping[str, Coordinate], known: Field) -> ExactConstant | None:
        """The value at an exact point as a constant of a field."""
        with suppress(NoGermError, TouchError, UnsureError, AssertionError, *SYMPY_FAILURES), restored_context():
            ctx.prec = PROOF_BITS
            return LocalGerms(self.tape, dict(where), known, {}, 0, 1).value_here()
        return None

    def is_zero(self, where: Mapping[str, Coordinate]) -> bool:
        """Whether the value at an exact point is proved to be 0."""
        known = working(PROOF_BITS)
        found = self.value(where, known)
        with suppress(UnsureError, NoGermError), restored_context():
            ctx.prec = PROOF_BITS
            return found is not None and not known.sign(found)
        return False

    def rational_value(self, where: Mapping[str, Coordinate]) -> fmpq | None:
        """The value at an exact point, if it is proved to be a rational number."""
        found = self.value(where, working(PROOF_BITS))
        return None if found is None else found.rational

    def has_same_value(self, one: Mapping[str, Coordinate], other: Mapping[str, Coordinate]) -> bool:
        """Whether the values at two exact points are proved to be the same."""
        known = working(PROOF_BITS)
        values = self.value(one, known), self.value(other, known)
        with suppress(UnsureError, NoGermError):
            return values[0] is not None and values[1] is not None and known.is_same(values[0], values[1])
        return False


def _short(ball: arb) -> fmpq | None:
    """The number that a ball is about, if few bits write it exactly."""
    near = fmpq(0) if ball.contains(0) else fmpq(*float(ball.mid()).as_integer_ratio())
    return near if ball.contains(near) else None


def rooted(at: Sequence[arb], trees: Sequence[Tree | None] | None) -> tuple[Root, ...]:
    """The coordinates of a point as real numbers."""
    named = [None if tree is None else root(tree) for tree in trees or [None] * len(at)]
    return tuple(Root(ball, ball) if each is None else each for ball, each in zip(at, named, strict=True))


def clusters(remainders: Sequence[Remainder]) -> list[tuple[Part, list[Remainder]]]:
    """Parts that touch each other together, each group with the box around it.

    Groups that would make a much larger box stay apart, as strips that cross do, unless there were too many then.
    """
    groups = _grouped(remainders, MAX_SPREAD)
    return groups if len(groups) <= MAX_GROUPS else _grouped(remainders, math.inf)


def _grouped(remainders: Sequence[Remainder], spread: float) -> list[tuple[Part, list[Remainder]]]:
    groups: list[tuple[Part, list[Remainder]]] = []
    for each in sorted(remainders, key=lambda each: each.part):
        part, members = each.part, [each]
        apart = []
        for hull, inner in groups:
            both = tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(hull, part, strict=True))
            if _touch(hull, part) and _volume(both) <= spread * (_volume(hull) + _volume(part)):
                part, members = both, members + inner
            else:
                apart.append((hull, inner))
        groups = [*apart, (part, members)]
    return groups


def _volume(part: Part) -> float:
    return math.prod(high - low for low, high in part)


def _touch(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> bool:
    return all(
        low <= end + TOUCHING * (end - start + high - low) and start <= high + TOUCHING * (end - start + high - low)
        for (low, high), (start, end) in zip(one, other, strict=True)
    )
