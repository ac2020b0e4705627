"""How a divergence, a curl or a Laplacian is found: each of its derivatives rule by rule, then their sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.explain.steps.derivation_builder import derivations
from derivcli.explain.steps.final_forms import finished
from derivcli.explain.vector_formulas import derivatives_in, signed_sum, sum_of
from derivcli.language import tree as build
from derivcli.language.tree import Tree, symbol
from derivcli.result import Sum, SymbolicResult
from derivcli.simplify.shortest import shortest

if TYPE_CHECKING:
    from derivcli.points.points import Points

TAKEN = "derivatives put in"


def sum_derivations(results: Sequence[SymbolicResult], points: Points | None = None) -> list[Derivation]:
    """The derivations of all terms, then of each sum of them; with points the sums have values there."""
    functions = [result.expression for result in results]
    parts = derivatives_in(functions, [result.sums for result in results])
    terms = [
        replace(one, place=place) for place, part in enumerate(parts) if part.derivatives for one in derivations(part)
    ]
    sums = [one for place, result in enumerate(results) for one in _sums(result, place, parts, points)]
    return [*terms, *sums]


def _sums(
    result: SymbolicResult, place: int, parts: Sequence[SymbolicResult], points: Points | None
) -> Iterator[Derivation]:
    for key, total in result.sums.items():
        start, added = _start(total, parts), sum_of(total, parts)
        answer = result.derivatives[key].tree
        steps = finished([Step(TAKEN, added)], added, shortest(added).way, answer)
        spelling = result.expression.spelling
        made = Derivation(result, key, start, tuple(replace(step, spelling=spelling) for step in steps), place=place)
        if points is not None:
            from derivcli.explain.steps.derivative_values import values  # late: it takes NumPy

            made = replace(made, values=values(result, key, made.answer.expanded, points))
        yield made


def _start(total: Sum, parts: Sequence[SymbolicResult]) -> Tree:
    """The sum with its derivatives still to be taken."""
    trees = []
    for term in total:
        tree = parts[term.place].expression.expanded
        for name in reversed(term.partial):
            tree = build.derivative(tree, symbol(name), is_partial=True)
        trees.append((term.sign, tree))
    return signed_sum(trees)
