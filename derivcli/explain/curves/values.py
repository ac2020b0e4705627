"""What is measured of a curve as exact values, made of those of its coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from derivcli.engines.symbolic import merged
from derivcli.explain.exact_values import MAX_SHORT_COST, PLAIN, exact_results
from derivcli.language.expression import Expression
from derivcli.language.tree import postorder
from derivcli.points.points import Points
from derivcli.result import Exact, Result
from derivcli.simplify.cost import cost
from derivcli.study.curves.curve import Curve
from derivcli.study.curves.measures import Row
from derivcli.study.curves.numbers import exact_measures, exact_motion


def exact_curve(curve: Curve, rows: Mapping[str, Row], points: Points, asked: bool) -> Curve:
    """The curve with the exact values that are known, or unasked with those that are short."""
    results = exact_results(list(curve.results), points, True)
    order = max(row.order for row in rows.values())
    motions = [exact_motion(results, curve.parameter, order, point) for point in range(points.count)]

    def is_told(point: int, value: Expression, number: float) -> bool:
        return asked or is_telling(value, number)

    kept = [_told(result) for result in results] if not asked else results
    return replace(
        curve,
        coordinates=dict(zip(curve.coordinates, kept, strict=True)),
        exact=exact_measures(rows, motions, curve.verdicts, is_told, curve.quantities),
    )


def is_telling(value: Expression, number: float) -> bool:
    """Whether an exact value is short and says more than a number does."""
    if cost(value.tree)[0] > MAX_SHORT_COST or not all(isinstance(part, PLAIN) for part in postorder(value.tree)):
        return False
    tree = merged(value.tree)
    return not (tree.is_Rational and Fraction(repr(number)) == Fraction(tree.p, tree.q))


def _told(result: Result) -> Result:
    """The result with those of its exact values that are told."""
    columns = {"": (result.exact_value, result.value)}
    columns |= {key: (exact, result.derivatives[key]) for key, exact in result.exact.items()}
    kept = {key: _kept(exact, numbers.tolist()) for key, (exact, numbers) in columns.items()}
    return replace(result, exact_value=kept.pop(""), exact=kept)


def _kept(exact: Exact, numbers: Sequence[float]) -> Exact:
    pairs = zip(exact, numbers, strict=True) if exact else ()
    return tuple(value if value is not None and is_telling(value, number) else None for value, number in pairs)
