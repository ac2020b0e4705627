"""The least and the greatest value of a function in a closed box, and all points that have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Protocol

import sympy
from flint import arb, ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.tape import record
from derivcli.engines.symbolic import evaluated
from derivcli.language.tree import Tree, symbol
from derivcli.simplify.domains.roots import Root
from derivcli.study.boxes.bivariate import polynomial_of
from derivcli.study.boxes.jets import Jets
from derivcli.study.boxes.krawczyk import SEARCH_BITS, Part, System, ball, solve
from derivcli.study.boxes.points import Naming, is_same

MAX_SYMMETRIES = 400
"""Exchanges of variables and of signs that are tried, all those of four variables."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A point that may be the least or the greatest.

    Variables in `fixed` are at an end of the box there. In `alone` it is the only critical point of the function of the
    other variables; it has a ball for each variable.
    """

    names: tuple[str, ...]
    at: tuple[Root, ...]
    value: arb
    alone: tuple[arb, ...]
    fixed: frozenset[str] = frozenset()
    rational: fmpq | None = None

    @property
    def where(self) -> dict[str, Coordinate] | None:
        """The exact point; None where it is not known."""
        if any(type(each.where) is arb for each in self.at):
            return None
        return {name: each.where for name, each in zip(self.names, self.at, strict=True)}

    def overlaps(self, other: Candidate) -> bool:
        """Whether the digits do not tell two points apart."""
        return all(one.ball.overlaps(two.ball) for one, two in zip(self.at, other.at, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """A function whose values at several points are compared."""

    tree: Tree
    names: tuple[str, ...]
    naming: Naming
    symmetries: list[tuple[tuple[int, ...], tuple[int, ...]]]

    @classmethod
    def of(cls, tree: Tree, names: tuple[str, ...], naming: Naming) -> Values:
        """For a formula."""
        return cls(tree, names, naming, [])

    def are_equal(self, one: Candidate, other: Candidate) -> bool:
        """Whether the values at two points are proved to be the same."""
        if one.rational is not None and other.rational is not None:
            return bool(one.rational == other.rational)
        here, there = one.where, other.where
        if here is not None and there is not None and self.naming.has_same_value(here, there):
            return True
        return any(_maps(one, other, *each) for each in self.found_symmetries())

    def found_symmetries(self) -> Sequence[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Exchanges of variables and of signs that are proved to leave the function as it is."""
        if not self.symmetries:
            self.symmetries.append((tuple(range(len(self.names))), (1,) * len(self.names)))
            self.symmetries.extend(_symmetries(self.tree, self.names))
        return self.symmetries


def _symmetries(tree: Tree, names: Sequence[str]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    variables = [symbol(name) for name in names]
    polynomial = polynomial_of(tree, names)
    whole = sympy.expand(evaluated(tree)) if polynomial is None else None
    count = 0
    for order in permutations(range(len(names))):
        for signs in product((1, -1), repeat=len(names)):
            count += 1
            if count == 1 or count > MAX_SYMMETRIES:
                continue
            if polynomial is not None:
                generators = polynomial.context().gens()
                same = (
                    polynomial.compose(*[sign * generators[k] for k, sign in zip(order, signs, strict=True)])
                    == polynomial
                )
            else:
                changed = {each: sign * variables[k] for each, k, sign in zip(variables, order, signs, strict=True)}
                same = bool(sympy.expand(evaluated(tree).subs(changed, simultaneous=True)) == whole)
            if same:
                yield order, signs


def _maps(one: Candidate, other: Candidate, order: Sequence[int], signs: Sequence[int]) -> bool:
    """Whether an exchange takes one point to another.

    The image of a critical point on a face is one on the image of the face; where that lies in the part in which the
    other is alone, it is the other.
    """
    for place, (k, sign) in enumerate(zip(order, signs, strict=True)):
        name = one.names[place]
        if (name in other.fixed) != (one.names[k] in one.fixed):
            return False
        if name in other.fixed:
            if not is_same(other.at[place], one.at[k]) if sign > 0 else not _opposite(other.at[place], one.at[k]):
                return False
        elif not other.alone[place].contains(sign * one.at[k].ball):
            return False
    return True


def _opposite(one: Root, other: Root) -> bool:
    return bool(one.ball.is_exact() and other.ball.is_exact() and one.ball == -other.ball)


def squares_vanish(tree: Tree, names: tuple[str, ...], alone: Sequence[arb]) -> fmpq | None:
    """The value of a sum of squares and a number where all squares are 0, if they are so in a part.

    There has to be a square for each variable. Where all are 0 the gradient is 0 too, so that it is at the only
    critical point of that part.
    """
    number, bases = fmpq(0), []
    for term in sympy.Add.make_args(tree):
        base, added = _squared(term)
        if added is None and base is None:
            return None
        number += added or fmpq(0)
        bases += [] if base is None else [base]
    if len(bases) != len(names):
        return None
    jets = [Jets(record(base, names), names) for base in bases]
    system = System(
        lambda box: [each.at(box, 0)[0] for each in jets],
        lambda box: ([each.at(box, 0)[0] for each in jets], [each.at(box, 1) for each in jets]),
    )
    part = tuple((float(each.lower()), float(each.upper())) for each in alone)
    before = ctx.prec
    solved = solve(system, part, 32, 0.1)
    ctx.prec = before
    inside = [each for each in solved.found if all(a.contains(b) for a, b in zip(alone, each.at, strict=True))]
    return number if len(inside) == 1 else None


def _squared(term: Tree) -> tuple[Tree | None, fmpq | None]:
    """What is squared in a term with a positive factor, or the number that a term is."""
    if isinstance(term, sympy.Rational):
        return None, fmpq(int(term.p), int(term.q))
    factors = sympy.Mul.make_args(term)
    squares = [each for each in factors if each.is_Pow and each.exp.is_Integer and each.exp > 0 and each.exp % 2 == 0]
    numbers = [each for each in factors if isinstance(each, sympy.Rational) and each > 0]
    if len(squares) == 1 and len(squares) + len(numbers) == len(factors):
        return squares[0].base, None
    return None, None


def is_above(jets: Jets, part: Part, sense: int, bound: arb) -> bool | None:
    """Whether all values in a part, or their opposites with `sense` -1, are proved to be greater than a number.

    None where they are proved to be no less.
    """
    before = ctx.prec
    ctx.prec = SEARCH_BITS
    try:
        value = sense * jets.at([ball(each) for each in part], 0)[0]
        return True if value > bound else None if value >= bound else False
    except NoValueError:
        return True
    except UnsureError:
        return False
    finally:
        ctx.prec = before


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The least or the greatest value, and the points that are found to have it; none where that is not proved.

    `proved` tells whether all of them are proved to have it, `others` where there may be others:
    on an "edge" or a "curve".
    """

    found: tuple[Candidate, ...] = ()
    proved: bool = False
    others: str = ""
    value: arb | None = None
    rational: fmpq | None = None


class Knowledge(Protocol):
    """What is known of the function beyond its enclosures."""

    def finished(self, candidate: Candidate) -> Candidate:
        """A point with its exact form and value, as far as they are proved."""

    def are_equal(self, one: Candidate, other: Candidate) -> bool:
        """Whether the values at two points are proved to be the same."""


def best(
    sense: int,
    candidates: Sequence[Candidate],
    open_parts: Sequence[tuple[Jets, Part]],
    levels: Sequence[fmpq],
    knowledge: Knowledge,
) -> Best:
    """The points of the least value or, with `sense` -1, the greatest.

    A function has its least value at a critical point, in the whole box or on a face of it: or on a curve of these,
    with its level, or in a part that is not decided, where its values must be proved to be no less.
    """
    values = [sense * each.value for each in candidates]
    ends = [*values, *(arb(sense * level) for level in levels)]
    if not ends:
        return Best()
    bound = min(ends, key=lambda each: each.upper()).upper()
    above = [is_above(jets, part, sense, bound) for jets, part in open_parts]
    if False in above:
        return Best()
    on_level = next((level for level in levels if arb(sense * level) <= bound), None)
    kept: list[Candidate] = []
    for each, value in zip(candidates, values, strict=True):
        if not value > bound and not any(each.overlaps(other) for other in kept):
            kept.append(each)
    kept = [knowledge.finished(each) for each in kept]
    if on_level is not None:
        kept = [each for each in kept if each.rational == on_level]
        return Best(tuple(kept), proved=True, others="curve", value=arb(on_level), rational=on_level)
    same = all(knowledge.are_equal(kept[0], each) for each in kept[1:])
    return Best(tuple(kept), same, "edge" if None in above else "", kept[0].value, kept[0].rational)
