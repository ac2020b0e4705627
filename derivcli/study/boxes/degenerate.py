"""Critical points at which the Hessian is singular, and curves of critical points: of polynomials in two variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import ctx, fmpq

from derivcli.engines.balls.tape import record
from derivcli.language.tree import Tree
from derivcli.study.boxes.bivariate import Pair, Polynomial, kind_at, level_on, polynomial_of, tree_of
from derivcli.study.boxes.instructions import UnsureBoxError
from derivcli.study.boxes.jets import Box, Jets
from derivcli.study.boxes.krawczyk import ROOT_BITS, Part, Remainder, Solution, Solved, System, solve
from derivcli.study.boxes.points import clusters

MAX_CURVE_PARTS = 2000
"""How many parts of a box are looked at for points beside a curve."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A factor of both derivatives that is 0 on a curve in the box, and the function's value there, if rational."""

    factor: Polynomial
    level: fmpq | None


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What exact algebra makes of a box: rational points with their kinds, curves, and what is still left.

    `found` are the solutions that hold: where there are curves, those of the derivatives without their common factor.
    """

    found: tuple[Solution, ...]
    remainders: tuple[Remainder, ...]
    points: tuple[tuple[tuple[fmpq, ...], str], ...] = ()
    curves: tuple[Curve, ...] = ()


def settled(tree: Tree, names: tuple[str, ...], box: Part, search: Callable[[], Solved]) -> Settled:
    """The critical points of a function in a box. `search` finds those of a function that is no polynomial."""
    polynomial = polynomial_of(tree, names) if len(names) == 2 else None
    slopes = [] if polynomial is None else [polynomial.derivative(name) for name in names]
    pair = Pair.of((names[0], names[1]), *slopes) if slopes else None
    if pair is None or polynomial is None:
        solved = search()
        return Settled(solved.found, solved.remainders)
    curves = _curves(polynomial, pair, box)
    solved = solve(pair.system(), box, MAX_CURVE_PARTS) if curves else search()
    points, left = [], []
    for hull, members in clusters(solved.remainders):
        found = pair.only_point(hull)
        if found is None or (pair.common.total_degree() and not curves):
            left += members
        elif found and not _lies_on(found, curves):
            points.append((found, kind_at(polynomial, found) or "degenerate"))
    isolated = tuple(each for each in solved.found if not _may_lie_on(each, curves, names))
    return Settled(isolated, tuple(left), tuple(points), curves)


def _curves(polynomial: Polynomial, pair: Pair, box: Part) -> tuple[Curve, ...]:
    """The curves of critical points in a box, if all factors of the common factor are told; else none."""
    if not pair.common.total_degree():
        return ()
    factors = pair.curves(box)
    rest = [factor for factor in pair.factors() if not any(factor == each for each in factors)]
    if not all(_is_never_zero(factor, pair.names, box) for factor in rest):
        return ()
    return tuple(Curve(factor, level_on(polynomial, factor)) for factor in factors)


def _lies_on(point: Sequence[fmpq], curves: Sequence[Curve]) -> bool:
    return any(curve.factor(*point) == 0 for curve in curves)


def _may_lie_on(solution: Solution, curves: Sequence[Curve], names: tuple[str, ...]) -> bool:
    """Whether a solution lies on a curve, as far as its digits tell; then the curve stands for it."""
    ctx.prec = ROOT_BITS
    jets = [Jets(record(tree_of(curve.factor, names), names), names) for curve in curves]
    return any(each.at(solution.at, 0)[0].contains(0) for each in jets)


def _is_never_zero(factor: Polynomial, names: tuple[str, ...], box: Part) -> bool:
    """Whether a polynomial is proved to be 0 nowhere in a box."""
    jets = Jets(record(tree_of(factor, names), names), names)
    solved = solve(System(lambda part: jets.at(part, 0), _no_jacobian), box, MAX_CURVE_PARTS)
    return not solved.remainders


def _no_jacobian(box: Box) -> Any:
    """Of one equation in two unknowns no solution is alone."""
    raise UnsureBoxError(0)
