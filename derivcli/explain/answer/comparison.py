"""A claim compared with the derivative at many points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice

from flint import arb

from derivcli.check.enclosure import restored_context
from derivcli.check.equality import (
    Comparison,
    Match,
    Quantity,
    Sample,
    are_same,
    is_known,
    known_matches,
    quantity,
    value,
)
from derivcli.engines import symbolic
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.explain.answer.answer import Point
from derivcli.explain.answer.curve_points import CurvePoint, curve_points
from derivcli.explain.answer.exceptional_points import (
    ExceptionalPoint,
    ExceptionalPoints,
    exceptional_points_of,
    may_jump,
    nearby_sample,
    written,
)
from derivcli.explain.answer.sample_points import more_samples, niceness, samples
from derivcli.explain.piecewise.breakpoint_values import stated
from derivcli.language.definitions.named_functions import NamedFunctions, expanded
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree
from derivcli.result import Partial, SymbolicResult, derivative_key

MIN_SHARED_POINTS = 8
"""With fewer points at which both have a value, more points are looked for."""

MAX_PROBES = 12
"""How many wrong and how many right points are used to find out what a claim is instead."""

MIN_MATCHES = 5
"""Agreement at fewer points may be chance."""

FORMULA_SECONDS = 3.0
"""How long SymPy may take for the derivative as a formula."""

ZERO_BITS = 192
ZERO_SIZE = 1e-12
"""A number below this size counts as 0 at a point that is rounded to float64."""

ON_CURVE = "the equation or yours has jumps, and points of the curve at which they are have not been looked for"

LETTER_HARDNESS = 3
"""How much harder a letter of a formula makes a coordinate than 1 more in a numerator."""

GAP_STEP = Fraction(1, 4096)
"""How far from a point without a value the claim is examined."""


@dataclass(frozen=True, eq=False)
class Case:
    """A claim and a derivative over the variables `names`, and how they compare at the points of `matches`."""

    expression: Expression
    claim: Expression
    partial: Partial
    names: tuple[str, ...]
    comparison: Comparison
    matches: Sequence[Match]
    truth: Expression | None
    """The derivative as a formula, if SymPy finds it soon; it may be wrong where pieces of the function meet."""
    exceptional: ExceptionalPoints = field(default_factory=ExceptionalPoints)
    """What is known at the points that either formula singles out."""
    meanings: NamedFunctions = field(default_factory=dict)
    """What unknown functions are taken to be at these points."""
    dependent: str = ""
    """The variable that an equation makes a function of the others."""
    on_curve: Mapping[Sample, CurvePoint] = field(default_factory=dict)
    """The points of the curve of that equation, by samples near to them."""

    @cached_property
    def formula(self) -> Expression | None:
        """The derivative as a formula that is true where its pieces meet too."""
        if self.truth is None or self.dependent:
            return self.truth
        key = derivative_key(self.partial)
        return stated(SymbolicResult(self.expression, {key: self.truth})).derivatives[key]

    @property
    def is_on_curve_only(self) -> bool:
        """Whether a claim beside the curve of an equation differs from the derivative as a formula."""
        if not self.on_curve or self.formula is None:
            return False
        truth, claim = (quantity(tree, self.names) for tree in (self.formula.expanded, self.claim.expanded))
        beside = islice(Comparison(self.names, truth, claim).all(more_samples(self.names)), MAX_PROBES)
        return any(match.kind == "different" for match in beside)

    @cached_property
    def merged_claim(self) -> Tree:
        """The claim with its arithmetic evaluated."""
        return symbolic.merged(self.claim.expanded)

    @cached_property
    def probes(self) -> list[Match]:
        """Points that tell one claim from another: some where it is wrong, and some where it is right."""
        known = known_matches(self.matches)
        wrong = [match for match in known if match.kind == "different"]
        right = [match for match in known if match.kind == "same"]
        return [*wrong[:MAX_PROBES], *right[:MAX_PROBES]]

    def of_kind(self, *kinds: str) -> list[Match]:
        """The matches of some kinds, without the gaps."""
        return [match for match in self.matches if match.kind in kinds and match not in self.gaps]

    @cached_property
    def gaps(self) -> list[Match]:
        """The matches at which the claim lacks a value that it has on both sides."""
        return [match for match in self.matches if match.kind == "undefined" and self._is_gap(match)]

    @cached_property
    def gap_spots(self) -> list[ExceptionalPoint]:
        """The exceptional points at which the claim lacks a value that it has on both sides."""
        found = self.exceptional.of_kind("undefined")
        return [spot for spot in found if self._is_gap(Match(nearby_sample(spot), spot.kind))]

    def curve(self, wrong: Sequence[Match]) -> Tree | None:
        """The formula of a curve on which all wrong points lie, of those that the formulas compare with 0."""
        samples = [*(match.sample for match in wrong), *map(nearby_sample, self.wrong_spots)]
        for tree in self.exceptional.curves:
            if samples and all(self.is_tiny(self.quantity(tree), sample) for sample in samples):
                return tree
        return None

    def is_tiny(self, tree: Quantity, sample: Sample) -> bool:
        """Whether a quantity is 0 at a point, or at one that float64 cannot tell from it."""
        with suppress(UnsureError, TouchError), restored_context():
            return bool(abs(tree.ball(self.comparison.place(sample), ZERO_BITS)) < ZERO_SIZE)
        return False

    @property
    def wrong_spots(self) -> list[ExceptionalPoint]:
        """The exceptional points at which the claim is wrong."""
        wrong = self.exceptional.of_kind("different", "undefined")
        return [spot for spot in wrong if spot not in self.gap_spots]

    def _is_gap(self, match: Match) -> bool:
        """Whether the claim lacks a value only at the point itself, as far as one sees along one of the variables.

        On a side the derivative may have none either; beside a curve it is none that the claim is about.
        """
        missing = {"undefined"} if self.dependent else {"undefined", "different"}
        for place in range(len(self.names)):
            sides = {self.comparison.at(shifted(match.sample, place, step)).kind for step in (GAP_STEP, -GAP_STEP)}
            if not sides & missing:
                return True
        return False

    def named(self, sample: Sample) -> Point:
        """A point by the names of the variables."""
        if sample in self.on_curve:
            return {name: written(self.on_curve[sample][name]) for name in self.names}
        return dict(zip(self.names, sample, strict=True))

    def niceness(self, sample: Sample) -> tuple[int, int]:
        """How hard it is to compute at a point by hand; a coordinate that is no fraction is as hard as it is long."""
        if sample not in self.on_curve:
            return niceness(sample)
        named = self.named(sample).values()
        found = niceness([value for value in named if isinstance(value, Fraction)])
        formulas = [text_of(value) for value in named if not isinstance(value, Fraction)]
        hardness = sum(LETTER_HARDNESS * len(text) for text in formulas)
        return found[0] + hardness, found[1] + sum(text.startswith("-") for text in formulas)

    def quantity(self, tree: Tree, partial: Partial = ()) -> Quantity:
        """The partial derivative of a tree at the points of the case."""
        return quantity(with_meanings(tree, self.meanings), self.names, partial, self.dependent)

    def is_claim(self, tree: Tree, partial: Partial = ()) -> bool:
        """Whether the claim is this partial derivative of a tree, as far as numbers tell."""
        return self.is_quantity(self.quantity(tree, partial))

    def is_derivative(self, tree: Tree) -> bool:
        """Whether a tree is the derivative, as far as numbers tell."""
        known = [match for match in self.matches if match.left is not None and is_known(match.left)][:MAX_PROBES]
        candidate = self.quantity(tree)
        found = ((match.left, self.value(candidate, match.sample)) for match in known)
        return are_same(found, min(MIN_MATCHES, max(1, len(known))))

    def is_right_where_singled_out(self, tree: Tree) -> bool:
        """Whether a tree is nowhere wrong as a claim at the points that it or the function singles out."""
        found = exceptional_points_of(
            self.expression, replace(self.claim, tree=tree, definitions=()), self.partial, self.names
        )
        return not found.of_kind("different", "undefined") and not found.open

    def is_quantity(self, candidate: Quantity) -> bool:
        """Whether the claim is a quantity, as far as numbers tell."""
        found = zip(self.values(candidate), (match.right for match in self.probes), strict=True)
        return are_same(found, min(MIN_MATCHES, max(1, len(self.probes))))

    def values(self, candidate: Quantity) -> Iterator[arb | None]:
        """What a quantity is at each of the probes."""
        return (self.value(candidate, match.sample) for match in self.probes)

    def value(self, candidate: Quantity, sample: Sample) -> arb | None:
        """What a quantity is at a point, if it is known well."""
        return value(candidate, self.comparison.place(sample))

    def further_samples(self) -> Iterator[Sample]:
        """Points at which nothing has been compared so far, where such points are not those of a curve."""
        return more_samples(self.names, seed=2) if not self.dependent else iter(())


def compared(
    expression: Expression, claim: Expression, partial: Partial, meanings: NamedFunctions | None = None
) -> Case:
    """A claim and a derivative at many points; at more where few of those have both.

    Unknown functions are what their `meanings` say.
    """
    names = tuple(dict.fromkeys([*expression.variables, *partial, *claim.variables]))
    trees = [with_meanings(each.expanded, meanings or {}) for each in (expression, claim)]
    comparison = Comparison(names, quantity(trees[0], names, partial), quantity(trees[1], names))
    meant = [
        replace(each, tree=tree, definitions=()) if meanings else each
        for each, tree in zip((expression, claim), trees, strict=True)
    ]
    special = exceptional_points_of(meant[0], meant[1], partial, names)
    points = dict.fromkeys(chain(samples(names, trees), ((inside,) for inside in special.inside)))
    known = special.samples
    matches = list(comparison.all(each for each in points if each not in known))
    count = sum(match.has_both for match in matches)
    if count < MIN_SHARED_POINTS:
        for match in comparison.all(more_samples(names)):
            matches.append(match)
            count += match.has_both
            if count >= MIN_SHARED_POINTS:
                break
    spelling = expression.spelling.before([claim.spelling])
    truth = formula_of(replace(expression, spelling=spelling), partial)
    return Case(expression, claim, partial, names, comparison, matches, truth, special, meanings or {})


def compared_on_curve(expression: Expression, claim: Expression, partial: Partial, dependent: str) -> Case:
    """A claim and a derivative of the variable that an equation makes a function of others, on the equation's curve."""
    names = tuple(dict.fromkeys([*expression.variables, *partial, *claim.variables]))
    on_curve = curve_points(expression.expanded, names, dependent)
    places = {sample: {name: each.where for name, each in at.items()} for sample, at in on_curve.items()}
    quantities = quantity(expression.expanded, names, partial, dependent), quantity(claim.expanded, names)
    comparison = Comparison(names, *quantities, places=places)
    matches = list(comparison.all(on_curve))
    truth = formula_of(expression, partial, dependent)
    jumping = [tree for tree in (expression.expanded, claim.expanded) if may_jump(tree)]
    special = ExceptionalPoints(open=ON_CURVE if jumping else "")
    return Case(
        expression, claim, partial, names, comparison, matches, truth, special, dependent=dependent, on_curve=on_curve
    )


def with_meanings(tree: Tree, meanings: NamedFunctions) -> Tree:
    """A tree in which unknown functions are what their meanings say."""
    return expanded(tree, meanings) if meanings else tree


def confirmed(case: Case) -> Case:
    """The case with all matches confirmed, so that none differs that only seems to be the same."""
    return replace(case, matches=[case.comparison.confirmed(match) for match in case.matches])


def formula_of(expression: Expression, partial: Partial, dependent: str = "") -> Expression | None:
    """A derivative as a formula, if SymPy finds it soon."""
    find = symbolic.differentiate
    found = symbolic.attempted(FORMULA_SECONDS, find, expression, [partial], dependent=dependent)
    return None if found is None else found.derivatives[derivative_key(partial)]


def shifted(sample: Sample, place: int, step: Fraction) -> Sample:
    """The sample with one of its values moved."""
    return (*sample[:place], sample[place] + step, *sample[place + 1 :])
