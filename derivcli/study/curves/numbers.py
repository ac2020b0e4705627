"""What is measured of curves at points: numbers from the derivatives that an engine gives, verdicts, exact values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from derivcli.check.verdict import Verdicts
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.symbolic import attempted, expression_of
from derivcli.language.expression import Expression
from derivcli.result import Exact, FloatArray, Result, derivative_key
from derivcli.simplify.exact_value import exact_forms
from derivcli.study.curves.measures import Motion, Row

FORM_SECONDS = 1.0
"""The time for one exact value that is made of others."""


def measured(rows: Mapping[str, Row], motion: Motion) -> dict[str, FloatArray]:
    """The numbers of each row at every point."""
    with np.errstate(all="ignore"):
        return {key: row.number(motion) + 0.0 for key, row in rows.items()}  # which makes -0 0


def motion_of(results: Sequence[Result], parameter: str, order: int) -> Motion:
    """The values and the derivatives by the parameter of the coordinates."""
    keys = [derivative_key((parameter,) * each) for each in range(1, order + 1)]
    return [[result.value, *(result.derivatives[key] for key in keys)] for result in results]


def exact_motion(results: Sequence[Result], parameter: str, order: int, point: int) -> list[list[Expression | None]]:
    """The same as exact values at a point, None where one is not known."""
    keys = [derivative_key((parameter,) * each) for each in range(1, order + 1)]
    return [
        [_at(result.exact_value, point), *(_at(result.exact.get(key, ()), point) for key in keys)] for result in results
    ]


def _at(exact: Exact, point: int) -> Expression | None:
    return exact[point] if exact else None


def exact_measure(row: Row, motion: Sequence[Sequence[Expression | None]]) -> Expression | None:
    """What is measured, exactly, of coordinates whose derivatives are known exactly."""
    known = [[None if each is None else each.expanded for each in coordinate] for coordinate in motion]
    if any(each is None for coordinate in known for each in coordinate[: row.order + 1]):
        return None
    return shortest_value(lambda: row.formula(known))


def shortest_value(made: Callable[[], Any]) -> Expression | None:
    """The shortest form of an exact number; None where it is none, or takes too long."""
    tree = attempted(FORM_SECONDS, made)
    forms = [] if tree is None else exact_forms(tree, {})
    return attempted(FORM_SECONDS, expression_of, forms[0]) if forms else None


def exact_measures(
    rows: Mapping[str, Row],
    motions: Sequence[Sequence[Sequence[Expression | None]]],
    verdicts: Mapping[str, Verdicts],
    is_told: Callable[[int, Expression, float], bool],
    numbers: Mapping[str, FloatArray],
) -> dict[str, Exact]:
    """The exact value of each row at every point, where one is known and is to be told."""
    found: dict[str, Exact] = {}
    for key, row in rows.items():
        column: list[Expression | None] = []
        for point, motion in enumerate(motions):
            verdict = verdicts[key][point] if key in verdicts else None
            known = None
            if verdict is not None and KINDS[verdict.kind].derivative in ("two-sided", "open"):
                known = exact_measure(row, motion)
            told = known is not None and is_told(point, known, float(numbers[key][point]))
            column.append(known if told else None)
        found[key] = tuple(column)
    return found if any(any(column) for column in found.values()) else {}
