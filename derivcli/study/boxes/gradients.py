"""The equations of critical points, in the form that boxes tell most of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import sympy
from flint import arb

from derivcli.engines.balls.coordinates import Coordinate
from derivcli.engines.balls.tape import record
from derivcli.language import tree as build
from derivcli.language.tree import Tree, row_of
from derivcli.study.boxes.jets import Box, Jets, pair_places
from derivcli.study.boxes.krawczyk import System


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A function f = F exp(h) or f = -F exp(h) of variables, as jets; of most functions h is 0, and F is all.

    A sum of Gaussians has a factor taken out, and a quotient its divisor, since they vary much more over a box than
    what is left.
    """

    whole: Tree
    rest: Tree
    exponent: Tree | None
    names: tuple[str, ...]

    def jets(self, free: Sequence[str], fixed: Mapping[str, Coordinate]) -> Jets:
        """f itself where some variables move."""
        return Jets(record(self.whole, self.names), tuple(free), fixed)

    def critical(self, free: Sequence[str], fixed: Mapping[str, Coordinate], jets: Jets) -> System:
        """The equations grad F + F grad h = 0."""
        if self.exponent is None:
            return System(lambda box: jets.at(box, 1), jets.system)
        rest, exponent = (Jets(record(tree, self.names), tuple(free), fixed) for tree in (self.rest, self.exponent))
        places = pair_places(len(free))

        def values(box: Box) -> list[arb]:
            value = rest.at(box, 0)[0]
            slopes = zip(rest.at(box, 1), exponent.at(box, 1), strict=True)
            return [slope + value * inner for slope, inner in slopes]

        def jacobian(box: Box) -> tuple[list[arb], list[list[arb]]]:
            value, count = rest.at(box, 0)[0], len(free)
            one, two = rest.at(box, 2), exponent.at(box, 2)
            found = [one[row] + value * two[row] for row in range(count)]
            rows = [
                [
                    one[count + places[row, column]] + one[column] * two[row] + value * two[count + places[row, column]]
                    for column in range(count)
                ]
                for row in range(count)
            ]
            return found, rows

        return System(values, jacobian)


def formula(tree: Tree, names: Sequence[str]) -> Formula:
    """A function in the form whose critical points are found fastest."""
    parts_of_sum = [*_flat_terms(tree)]
    terms = [_exponential(term, alone=len(parts_of_sum) == 1) for term in parts_of_sum]
    first = terms[0][1]
    if first is None or any(exponent is None for _, exponent in terms):
        return Formula(tree, tree, None, tuple(names))
    parts = []
    for factors, exponent in terms:
        difference = sympy.expand(exponent - first)
        grown = [] if difference == 0 else [sympy.exp(difference)]
        parts.append(build.multiply([*factors, *grown]) if factors or grown else sympy.S.One)
    return Formula(tree, parts[0] if len(parts) == 1 else build.add(parts), first, tuple(names))


def _exponential(term: Tree, alone: bool) -> tuple[list[Tree], Tree | None]:
    """The factors of a product, and the sum of the exponents of those that are exponentials; None if there is none.

    A divisor of a product that stands `alone` is one too, up to its sign.
    """
    factors: list[Tree] = []
    exponents: list[Tree] = []
    for factor in _flat_factors(term):
        exponent = exponent_of(factor)
        if exponent is None and alone and factor.is_Pow and factor.exp.is_Integer and factor.exp < 0:
            exponent = factor.exp * sympy.log(sympy.Abs(factor.base))
        (factors if exponent is None else exponents).append(factor if exponent is None else exponent)
    return factors, reduce(add, exponents) if exponents else None


def exponent_of(factor: Tree) -> Tree | None:
    """What e is raised to."""
    row = row_of(factor)
    if row is not None and row.name == "exp":
        return factor.args[0]
    return factor.exp if isinstance(factor, sympy.Pow) and factor.base == sympy.E else None


def _flat_factors(tree: Tree) -> Iterator[Tree]:
    """The factors of a product, of those in it too."""
    for factor in sympy.Mul.make_args(tree):
        yield from _flat_factors(factor) if factor.is_Mul and factor is not tree else (factor,)


def _flat_terms(tree: Tree) -> Iterator[Tree]:
    """The terms of a sum, of those in it too."""
    for term in sympy.Add.make_args(tree):
        yield from _flat_terms(term) if term.is_Add and term is not tree else (term,)
