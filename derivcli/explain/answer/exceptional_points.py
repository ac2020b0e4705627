"""A claim at the points that either formula singles out, where what is so beside them proves nothing.

A claim that is continuous at a point and the derivative beside it is the derivative there, if there is one. Where
the claim may jump, the function itself tells what its derivative is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.check.equality import DIGITS, same_digits
from derivcli.check.true_derivative import Known, derivative_at
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.explain.answer.answer import Point
from derivcli.explain.answer.sample_points import numbers_of
from derivcli.explain.piecewise.breakpoints import JUMPS, Source, all_roots, on_curve, sources, worst
from derivcli.explain.piecewise.pieces import between, constant_at, exact_derivative, just_beside, needed, piece
from derivcli.explain.piecewise.point_value import PRECISIONS, value_of
from derivcli.explain.piecewise.roots import ALL, ENDLESS, UNKNOWN, WITHIN, Root, Roots, same_root
from derivcli.language.printer import text_of

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.language.tree import Tree
    from derivcli.result import Partial

SECONDS = 5.0
"""How long points may be judged."""

MOST = 80
"""So many points are judged."""

NUMBERS = 8
OFFSETS = (Fraction(0), Fraction(1), Fraction(-1))
"""On a curve points are chosen at so many numbers of the formulas, and so far beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """What the derivative and the claim are at a point: the kinds are those of a `Match`.

    `jumps` where the claim may be another number than beside it, and `exact` where nothing is left to be shown.
    """

    at: Mapping[str, Root]
    kind: str
    left: arb | None = None
    right: arb | None = None
    digits: int = 0
    reason: str = ""
    jumps: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Exceptional:
    """The points that two formulas single out, and the pieces that both have between them, in pairs.

    Those of several variables lie where one of `curves` is 0. They are `all` if none is left out; `open` says why it
    is not known of a claim whether it is right at them.
    """

    spots: tuple[Spot, ...] = ()
    all: bool = True
    open: str = ""
    curves: tuple[Tree, ...] = ()
    pieces: tuple[tuple[Tree | None, Tree | None], ...] | None = None
    inside: tuple[Fraction, ...] = ()

    def of_kind(self, *kinds: str) -> list[Spot]:
        """The points of some kinds."""
        return [spot for spot in self.spots if spot.kind in kinds]

    @property
    def samples(self) -> set[tuple[Fraction, ...]]:
        """The points with rational coordinates at which it is known here what is wrong."""
        found = [tuple(map(written, spot.at.values())) for spot in self.spots if spot.kind not in ("outside", "same")]
        return {sample for sample in found if all(isinstance(value, Fraction) for value in sample)}

    @property
    def may_be_proved(self) -> bool:
        """Whether nothing at these points keeps a claim from being proved."""
        settled = all(spot.exact for spot in self.spots if spot.jumps)
        return self.all and settled and not self.open and not self.of_kind("different")


def exceptional(expression: Expression, claim: Expression, partial: Partial, names: Sequence[str]) -> Exceptional:
    """The claim at the points that it or the function singles out."""
    found = _Judged(expression, claim, partial, tuple(names))
    return found.on_line(names[0]) if len(names) == 1 else found.on_curves()


@dataclass(slots=True, eq=False)
class _Judged:
    """A claim that is judged point by point."""

    expression: Expression
    claim: Expression
    partial: Partial
    names: tuple[str, ...]

    def on_line(self, name: str) -> Exceptional:
        """In one variable."""
        here, there = (_jumps(sources(each.expanded)) for each in (self.expression, self.claim))
        lists = [needed(each.expanded) for each in (self.expression, self.claim)]
        more = [each for found in lists for each in found or ()]
        together, each = all_roots(dict.fromkeys([*here, *there, *more]), name, self.numbers)
        if not each:
            return Exceptional()
        inside = between(together.found)
        is_cut = bool(inside) and None not in lists and all(each[source].extent == ALL for source in each)
        rational = [fmpq(point.numerator, point.denominator) for point in inside]
        sides = dict(zip(together.found, pairwise(rational), strict=False)) if is_cut else {}
        spots = self.spots([{name: root} for root in together.found], _among(each, there), sides)
        pairs = [(self._piece(self.expression, name, at), self._piece(self.claim, name, at)) for at in rational]
        unsolved = [source for source in there if each[source].extent in (WITHIN, UNKNOWN)]
        is_blurred = together.extent == UNKNOWN and all(known.extent != UNKNOWN for known in each.values())
        return Exceptional(
            spots=spots,
            all=not is_blurred and all(each[source].extent == ALL for source in (*here, *there)),
            open=_why_open(spots) or _unsolved(unsolved) or (TOO_NEAR if is_blurred and there else ""),
            pieces=tuple(pairs) if is_cut else None,
            inside=tuple(inside),
        )

    @staticmethod
    def _piece(each: Expression, name: str, at: fmpq) -> Tree | None:
        return piece(each.expanded, name, at)

    @property
    def numbers(self) -> list[Fraction]:
        """Some numbers of the formulas."""
        return numbers_of([self.expression.expanded, self.claim.expanded])[:NUMBERS]

    def on_curves(self) -> Exceptional:
        """In several variables, at some points."""
        here, there = (_jumps(sources(each.expanded)) for each in (self.expression, self.claim))
        if not here and not there:
            return Exceptional()
        more = [number + offset for number in self.numbers for offset in OFFSETS]
        solved = {source: on_curve(source, self.names, more) for source in dict.fromkeys([*there, *here])}
        points = {tuple(map(written, point.at.values())): point.at for found, _ in solved.values() for point in found}
        spots = self.spots(list(points.values()), None, {})
        unsolved = [source for source in there if not solved[source][1]]
        curves = tuple(dict.fromkeys(source.difference for source in solved if not source.stepped))
        return Exceptional(spots, all=False, open=_why_open(spots) or _unsolved(unsolved), curves=curves)

    def spots(
        self, points: Sequence[Mapping[str, Root]], jumps: Roots | None, sides: Mapping[Root, tuple[fmpq, fmpq]]
    ) -> tuple[Spot, ...]:
        """What is known at points, at those first where the claim may jump; of endlessly many it is some anyway."""
        start = time.monotonic()
        marked = [(jumps is None or same_root(next(iter(at.values())), jumps.found) is not None, at) for at in points]
        found = []
        if len(marked) > MOST:
            marked.sort(key=lambda pair: not self.is_seen_to_jump(pair[1]))
        is_sample = jumps is None or jumps.extent == ENDLESS
        for place, (is_jump, at) in enumerate(sorted(marked, key=lambda pair: not pair[0])):
            if place >= MOST:
                found += [Spot(at, "unsure", jumps=True, reason=TOO_MANY)] if is_jump and not is_sample else []
            elif time.monotonic() - start < SECONDS:
                found.append(self.spot(at, is_jump, sides))
            elif is_jump:
                found.append(Spot(at, "unsure", jumps=True, reason="there was no time for it"))
        return tuple(found)

    def is_seen_to_jump(self, at: Mapping[str, Root]) -> bool:
        """Whether the claim is another number at a point than just beside it, as far as few digits tell."""
        tape, here = record(self.claim.expanded, self.names), {key: each.where for key, each in at.items()}
        beside = {key: just_beside(each)[1] for key, each in at.items()}
        with suppress(TouchError, UnsureError), restored_context():
            runs = [Run(tape, precision=PRECISIONS[0], presumes=True) for _ in range(2)]
            one, other = (evaluate(run, place)[0] for run, place in zip(runs, (here, beside), strict=True))
            ctx.prec = PRECISIONS[0]
            return bool(abs(one - other) > 1e-12 * (1 + abs(one)))
        return False

    def spot(self, at: Mapping[str, Root], is_jump: bool, sides: Mapping[Root, tuple[fmpq, fmpq]]) -> Spot:
        """What is known at a point."""
        where = {key: each.where for key, each in at.items()}
        known = derivative_at(self.expression, Derivative(self.partial[::-1]), where)
        try:
            right = value_of(self.claim.expanded, self.names, at)
        except UnsureError:
            return Spot(at, "unsure", known.ball, jumps=is_jump, reason=UNKNOWN_CLAIM)
        if right is None and known.ball is not None:
            return Spot(at, "undefined", known.ball, reason="", jumps=is_jump, exact=True)
        if right is None:
            return Spot(at, "outside", jumps=is_jump, exact=True)
        return self.compared(at, known, right, is_jump, sides)

    def compared(
        self, at: Mapping[str, Root], known: Known, right: arb, is_jump: bool, sides: Mapping[Root, tuple[fmpq, fmpq]]
    ) -> Spot:
        """What is known at a point at which the claim has a value."""
        left, exact = known.ball, False
        name, root = next(iter(at.items()))
        shown = None
        if len(at) == 1 and {*self.partial} == {name} and (root in sides or not known.by_series):
            beside = sides.get(root, just_beside(root))
            shown = exact_derivative(self.expression.expanded, name, len(self.partial), root, beside)
        if shown is not None and shown.number is None:
            if known.ball is not None and not known.one_sided:
                return Spot(at, "unsure", jumps=is_jump, reason=UNCLEAR)
            return Spot(at, "outside", jumps=is_jump, exact=root in sides)
        if shown is not None and shown.number is not None:
            with restored_context():
                ctx.prec = PRECISIONS[-1]
                if known.none or (left is not None and not left.overlaps(shown.number.ball)):
                    return Spot(at, "unsure", jumps=is_jump, reason=UNCLEAR)
            left = shown.number.ball
            claimed = constant_at(self.claim.expanded, name, root)
            exact = root in sides and claimed is not None and claimed.is_same(shown.number) is True
        exact = exact or known.is_value_of(self.claim.expanded, {key: each.where for key, each in at.items()})
        if known.none:
            return Spot(at, "outside", jumps=is_jump, exact=known.undefined)
        if left is None:
            return Spot(at, "unsure", right=right, jumps=is_jump, reason=known.reason or UNCLEAR)
        with restored_context():
            ctx.prec = PRECISIONS[-1]
            if not left.overlaps(right):
                inexact = " and ".join(key for key, each in at.items() if each.tree is None)
                reason = f"{inexact} is given to 16 digits here" if inexact else ""
                return Spot(at, "different", left, right, reason=reason, jumps=is_jump)
            kind = "same" if exact or left == 0 or right == 0 or not left.contains(0) else "vanishing"
            digits = DIGITS if exact else common_digits(left, right)
            return Spot(at, kind, left, right, digits, jumps=is_jump, exact=exact)


def common_digits(left: arb, right: arb) -> int:
    """How many digits two numbers have in common; behind the point where they may be 0."""
    if not left.contains(0):
        return same_digits(left, right)
    apart = abs(left - right).upper()
    return DIGITS if apart == 0 else max(0, min(DIGITS, int(float((-apart.log() / arb(10).log()).mid()))))


UNKNOWN_CLAIM = "it is not known what yours is there"
TOO_MANY = "it is not looked at, since there are too many such points"
TOO_NEAR = "two points at which formulas change are too near to each other to be told apart"
UNCLEAR = "it is not known whether the function has a derivative there"


def _jumps(found: Sequence[Source]) -> list[Source]:
    return [each for each in found if each.does == JUMPS]


def _among(each: Mapping[Source, Roots], chosen: Sequence[Source]) -> Roots:
    """The roots of some sources."""
    found = [root for source in chosen for root in each[source].found]
    return Roots(tuple(found), worst(each[source].extent for source in chosen))


def _why_open(spots: Sequence[Spot]) -> str:
    """Why a claim is not decided at a point where it may jump."""
    return next((f"at {spot_text(spot)} {spot.reason}" for spot in spots if spot.kind == "unsure" and spot.jumps), "")


def _unsolved(found: Sequence[Source]) -> str:
    """Why points are missing."""
    if not found:
        return ""
    text, stepped = text_of(found[0].difference), found[0].stepped
    value = "a whole number" if stepped else "0"
    return f"yours may be another formula where {text} is {value}, and that is not solved"


def spot_text(spot: Spot) -> str:
    """A point in words."""
    from derivcli.language.printer import place_text

    return place_text(named(spot))


def named(spot: Spot) -> Point:
    """A point by the names of the variables, as exactly as it is known."""
    return {name: written(root) for name, root in spot.at.items()}


def near(spot: Spot) -> tuple[Fraction, ...]:
    """A point as fractions next to its coordinates."""
    return tuple(
        value if isinstance(value, Fraction) else Fraction(spot.at[name].size) for name, value in named(spot).items()
    )


def distances(spot: Spot) -> list[tuple[Fraction, bool]]:
    """How far the coordinates of a point are from 0, and on which side."""
    return [(abs(value), value < 0) for value in near(spot)]


def written(root: Root) -> Fraction | Tree:
    """A number as a fraction or as a formula; to some digits if it has none."""
    from derivcli.engines.symbolic import arrange

    if isinstance(root.where, fmpq):
        return Fraction(int(root.where.p), int(root.where.q))
    return Fraction(root.ball.mid().str(16, radius=False)) if root.tree is None else arrange(root.tree)
