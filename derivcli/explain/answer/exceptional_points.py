"""A claim at exceptional points, at which agreement at nearby points proves nothing.

A claim that is continuous at a point and right near it is right there, if there is a derivative. Where
the claim may jump, the function itself tells what its derivative is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import arb, ctx, fmpq

from derivcli.check.enclosure import restored_context
from derivcli.check.equality import MAX_DIGITS, same_digits
from derivcli.check.true_derivative import KnownDerivative, derivative_at
from derivcli.engines.balls.coordinates import rational
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import evaluate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.run import Run
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import arrange
from derivcli.explain.answer.answer import Point
from derivcli.explain.answer.sample_points import numbers_of
from derivcli.explain.piecewise.breakpoints import all_roots, on_curve, worst
from derivcli.explain.piecewise.pieces import (
    between,
    constant_at,
    exact_derivative,
    just_beside,
    piece_equations,
)
from derivcli.language.expression import Expression
from derivcli.language.printer import place_text, text_of
from derivcli.language.spelling import Spelling
from derivcli.language.tree import Tree
from derivcli.result import Partial
from derivcli.simplify.domains.roots import ALL, ENDLESS, UNKNOWN, VALUE_BITS, WITHIN, Root, Roots, same_root, value_of
from derivcli.study.breaks.branches import piece
from derivcli.study.breaks.equations import JUMPS, BreakEquation, break_equations

MAX_SECONDS = 5.0

MAX_POINTS = 80

MAX_NUMBERS = 8
OFFSETS = (Fraction(0), Fraction(1), Fraction(-1))
"""How many numbers of the formulas give points on a curve, and how far from them further points lie."""


@dataclass(frozen=True, slots=True, eq=False)
class ExceptionalPoint:
    """What the derivative and the claim are at a point: the kinds are those of a `Match`.

    `jumps` says that the claim may be discontinuous there, and `exact` that all is proved.
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
class ExceptionalPoints:
    """The points that two formulas single out, and the pieces that both have between them, in pairs.

    Those of several variables lie where one of `curves` is 0. They are `all` if none is left out; `open` says why it
    is not known of a claim whether it is right at them.
    """

    spots: tuple[ExceptionalPoint, ...] = ()
    all: bool = True
    open: str = ""
    curves: tuple[Tree, ...] = ()
    pieces: tuple[tuple[Tree | None, Tree | None], ...] | None = None
    inside: tuple[Fraction, ...] = ()

    def of_kind(self, *kinds: str) -> list[ExceptionalPoint]:
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


def exceptional_points_of(
    expression: Expression, claim: Expression, partial: Partial, names: Sequence[str]
) -> ExceptionalPoints:
    """The claim at the points that it or the function treats specially."""
    found = _Examination(expression, claim, partial, tuple(names))
    return found.on_line(names[0]) if len(names) == 1 else found.on_curves()


@dataclass(slots=True, eq=False)
class _Examination:
    expression: Expression
    claim: Expression
    partial: Partial
    names: tuple[str, ...]

    def on_line(self, name: str) -> ExceptionalPoints:
        trees = (self.expression.expanded, self.claim.expanded)
        here, there = map(_jumps, trees)
        lists = [piece_equations(tree) for tree in trees]
        more = [each for found in lists for each in found or ()]
        together, each = all_roots(dict.fromkeys([*here, *there, *more]), name, self.numbers)
        if not each:
            return ExceptionalPoints()
        inside = between(together.found)
        is_cut = bool(inside) and None not in lists and all(each[source].extent == ALL for source in each)
        places = [rational(point) for point in inside] if is_cut else []
        sides = dict(zip(together.found, pairwise(places), strict=False))
        found = [root for source in there for root in each[source].found]
        claimed = Roots(tuple(found), worst(each[source].extent for source in there))
        spots = self.spots([{name: root} for root in together.found], claimed, sides)
        unsolved = [source for source in there if each[source].extent in (WITHIN, UNKNOWN)]
        is_blurred = together.extent == UNKNOWN and all(known.extent != UNKNOWN for known in each.values())
        return ExceptionalPoints(
            spots=spots,
            all=not is_blurred and all(each[source].extent == ALL for source in (*here, *there)),
            open=self.why_open(spots, unsolved) or (TOO_NEAR if is_blurred and there else ""),
            pieces=tuple((piece(trees[0], name, at), piece(trees[1], name, at)) for at in places) if is_cut else None,
            inside=tuple(inside),
        )

    def why_open(self, spots: Sequence[ExceptionalPoint], unsolved: Sequence[BreakEquation]) -> str:
        """Why it is not known whether a claim is right at all such points; "" where it is known."""
        spelling = self.claim.spelling
        return _unclear(spots, spelling) or _unsolved(unsolved, spelling)

    @property
    def numbers(self) -> list[Fraction]:
        return numbers_of([self.expression.expanded, self.claim.expanded])[:MAX_NUMBERS]

    def on_curves(self) -> ExceptionalPoints:
        here, there = map(_jumps, (self.expression.expanded, self.claim.expanded))
        if not here and not there:
            return ExceptionalPoints()
        more = [number + offset for number in self.numbers for offset in OFFSETS]
        solved = {source: on_curve(source, self.names, more) for source in dict.fromkeys([*there, *here])}
        points = {tuple(map(written, at.values())): at for found, _ in solved.values() for at in found}
        spots = self.spots(list(points.values()), None, {})
        unsolved = [source for source in there if not solved[source][1]]
        curves = tuple(dict.fromkeys(source.difference for source in solved if not source.stepped))
        return ExceptionalPoints(spots, all=False, open=self.why_open(spots, unsolved), curves=curves)

    def spots(
        self, points: Sequence[Mapping[str, Root]], jumps: Roots | None, sides: Mapping[Root, tuple[fmpq, fmpq]]
    ) -> tuple[ExceptionalPoint, ...]:
        """What is known at the points, those first where the claim may jump; of endlessly many only some."""
        start = time.monotonic()
        marked = [(jumps is None or same_root(next(iter(at.values())), jumps.found) is not None, at) for at in points]
        found = []
        if len(marked) > MAX_POINTS:
            marked.sort(key=lambda pair: not self.is_seen_to_jump(pair[1]))
        is_sample = jumps is None or jumps.extent == ENDLESS
        for place, (is_jump, at) in enumerate(sorted(marked, key=lambda pair: not pair[0])):
            if place >= MAX_POINTS:
                found += (
                    [ExceptionalPoint(at, "unsure", jumps=True, reason=TOO_MANY)] if is_jump and not is_sample else []
                )
            elif time.monotonic() - start < MAX_SECONDS:
                found.append(self.spot(at, is_jump, sides))
            elif is_jump:
                found.append(ExceptionalPoint(at, "unsure", jumps=True, reason="there was no time for it"))
        return tuple(found)

    def is_seen_to_jump(self, at: Mapping[str, Root]) -> bool:
        """Whether the claim differs at a point from its value nearby, as far as a few digits tell."""
        tape, here = record(self.claim.expanded, self.names), {key: each.where for key, each in at.items()}
        nearby = {key: just_beside(each)[1] for key, each in at.items()}
        with suppress(TouchError, UnsureError), restored_context():
            runs = [Run(tape, precision=VALUE_BITS[0], presumes=True) for _ in range(2)]
            one, other = (evaluate(run, place)[0] for run, place in zip(runs, (here, nearby), strict=True))
            ctx.prec = VALUE_BITS[0]
            return bool(abs(one - other) > 1e-12 * (1 + abs(one)))
        return False

    def spot(self, at: Mapping[str, Root], is_jump: bool, sides: Mapping[Root, tuple[fmpq, fmpq]]) -> ExceptionalPoint:
        where = {key: each.where for key, each in at.items()}
        known = derivative_at(self.expression, Derivative(self.partial[::-1]), where)
        try:
            right = value_of(self.claim.expanded, self.names, at)
        except UnsureError:
            return ExceptionalPoint(at, "unsure", known.ball, jumps=is_jump, reason=UNKNOWN_CLAIM)
        if right is None and known.ball is not None:
            return ExceptionalPoint(at, "undefined", known.ball, reason="", jumps=is_jump, exact=True)
        if right is None:
            return ExceptionalPoint(at, "outside", jumps=is_jump, exact=True)
        return self.compared(at, known, right, is_jump, sides)

    def compared(
        self,
        at: Mapping[str, Root],
        known: KnownDerivative,
        right: arb,
        is_jump: bool,
        sides: Mapping[Root, tuple[fmpq, fmpq]],
    ) -> ExceptionalPoint:
        name, root = next(iter(at.items()))
        left, exact, shown = known.ball, False, None
        if len(at) == 1 and {*self.partial} == {name} and (root in sides or not known.by_series):
            nearby = sides.get(root, just_beside(root))
            shown = exact_derivative(self.expression.expanded, name, len(self.partial), root, nearby)
        if shown is not None:
            if shown.number is None or not _agrees(known, shown.number.ball):
                is_none = shown.number is None and (known.ball is None or known.one_sided)
                if is_none:
                    return ExceptionalPoint(at, "outside", jumps=is_jump, exact=root in sides)
                return ExceptionalPoint(at, "unsure", jumps=is_jump, reason=UNCLEAR)
            left = shown.number.ball
            claimed = constant_at(self.claim.expanded, name, root)
            exact = root in sides and claimed is not None and claimed.is_same(shown.number) is True
        exact = exact or known.is_value_of(self.claim.expanded, {key: each.where for key, each in at.items()})
        if known.none:
            return ExceptionalPoint(at, "outside", jumps=is_jump, exact=known.undefined)
        if left is None:
            return ExceptionalPoint(at, "unsure", right=right, jumps=is_jump, reason=known.reason or UNCLEAR)
        return _of_numbers(at, left, right, is_jump, exact)


def _agrees(known: KnownDerivative, ball: arb) -> bool:
    """Whether there may be a derivative, and it may be this number."""
    with restored_context():
        ctx.prec = VALUE_BITS[-1]
        return not known.none and (known.ball is None or known.ball.overlaps(ball))


def _of_numbers(at: Mapping[str, Root], left: arb, right: arb, is_jump: bool, exact: bool) -> ExceptionalPoint:
    with restored_context():
        ctx.prec = VALUE_BITS[-1]
        if not left.overlaps(right):
            inexact = " and ".join(key for key, each in at.items() if each.tree is None)
            reason = f"{inexact} is given to 16 digits here" if inexact else ""
            return ExceptionalPoint(at, "different", left, right, reason=reason, jumps=is_jump)
        kind = "same" if exact or left == 0 or right == 0 or not left.contains(0) else "vanishing"
        digits = MAX_DIGITS if exact else common_digits(left, right)
        return ExceptionalPoint(at, kind, left, right, digits, jumps=is_jump, exact=exact)


def common_digits(left: arb, right: arb) -> int:
    """How many digits two numbers have in common; digits after the decimal point where they may be 0."""
    if not left.contains(0):
        return same_digits(left, right)
    apart = abs(left - right).upper()
    return MAX_DIGITS if apart == 0 else max(0, min(MAX_DIGITS, int(float((-apart.log() / arb(10).log()).mid()))))


UNKNOWN_CLAIM = "it is not known what yours is there"
TOO_MANY = "it is not looked at, since there are too many such points"
TOO_NEAR = "two points at which formulas change are too near to each other to be told apart"
UNCLEAR = "it is not known whether the function has a derivative there"


def may_jump(tree: Tree) -> bool:
    """Whether a formula may be discontinuous at points where it has a value."""
    return bool(_jumps(tree))


def _jumps(tree: Tree) -> list[BreakEquation]:
    return [each for each in break_equations(tree) if each.does == JUMPS]


def _unclear(spots: Sequence[ExceptionalPoint], spelling: Spelling) -> str:
    why = (f"at {point_text(spot, spelling)} {spot.reason}" for spot in spots if spot.kind == "unsure" and spot.jumps)
    return next(why, "")


def _unsolved(found: Sequence[BreakEquation], spelling: Spelling) -> str:
    if not found:
        return ""
    text, stepped = text_of(found[0].difference, spelling), found[0].stepped
    value = "a whole number" if stepped else "0"
    return f"yours may be another formula where {text} is {value}, and that is not solved"


def point_text(spot: ExceptionalPoint, spelling: Spelling) -> str:
    """A point in words."""
    return place_text(named(spot), spelling)


def named(spot: ExceptionalPoint) -> Point:
    """A point by the names of the variables, as exactly as it is known."""
    return {name: written(root) for name, root in spot.at.items()}


def nearby_sample(spot: ExceptionalPoint) -> tuple[Fraction, ...]:
    """A point as fractions next to its coordinates."""
    return tuple(
        value if isinstance(value, Fraction) else Fraction(spot.at[name].size) for name, value in named(spot).items()
    )


def distances(spot: ExceptionalPoint) -> list[tuple[Fraction, bool]]:
    """How far the coordinates of a point are from 0, and on which side."""
    return [(abs(value), value < 0) for value in nearby_sample(spot)]


def written(root: Root) -> Fraction | Tree:
    """A number as a fraction or as a formula; to some digits if it has none."""
    if isinstance(root.where, fmpq):
        return Fraction(int(root.where.p), int(root.where.q))
    return Fraction(root.ball.mid().str(16, radius=False)) if root.tree is None else arrange(root.tree)
