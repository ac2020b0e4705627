"""Where a function is tried: ordinary points of several sizes and both signs, or those that were typed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import torch

from derivcli.custom.probe import Columns, NoDerivativeError, OwnError, Subject
from derivcli.custom.reference_values import by_formula
from derivcli.errors import DerivError
from derivcli.language import limits

if TYPE_CHECKING:
    from derivcli.points.points import Points

ORDINARY = (3.17, -0.43, 1.37, -2.69, 0.29, -1.73, 7.21, -6.37, 0.023, -0.061, 20.57, -18.43)
"""Numbers at which hardly any function has a corner or a jump, which many have at whole numbers and at tenths."""

ENOUGH = 12
"""So many points are tried, if there are as many."""

CANDIDATES = 600
"""So many are looked at for those at which the function is defined."""


def columns_at(points: Points, parameters: Sequence[str], name: str) -> Columns:
    """The typed points, a tensor of shape (points,) for each argument."""
    limits.check_tried_points(points.count)
    for argument in points.names:
        if argument not in parameters:
            hint = f"its arguments are {', '.join(parameters)}"
            raise DerivError(f"'{name}' has no argument '{argument}'", hint=hint)
    for argument in parameters:
        if argument not in points.at:
            raise DerivError(f"'{argument}' has no value", hint=f"add one, as in `--at {argument}=1`")
    return tuple(torch.tensor(points.at[argument], dtype=torch.float64) for argument in parameters)


def ordinary(subject: Subject) -> Columns:
    """Points at which the formula has a value, or without one the forward; all, where that fails or gives none."""
    count = len(subject.parameters)
    found: list[tuple[float, ...]] = []
    for numbers in _candidates(count):
        if len(found) < ENOUGH and _is_defined(subject, numbers):
            found.append(numbers)
    chosen = found or list(_candidates(count))[:ENOUGH]
    return tuple(torch.tensor(column, dtype=torch.float64) for column in zip(*chosen, strict=True))


def _candidates(count: int) -> Iterator[tuple[float, ...]]:
    """Ordinary numbers for so many arguments, no two of them the same, in the same order every time."""
    if count == 1:
        yield from ((number,) for number in ORDINARY)
    elif count == 2:
        pairs = list(permutations(ORDINARY, count))
        yield from random.Random(count).sample(pairs, len(pairs))
    else:
        choice = random.Random(count)
        pick = choice.sample if count <= len(ORDINARY) else choice.choices
        yield from (tuple(pick(ORDINARY, k=count)) for _ in range(CANDIDATES))


def _is_defined(subject: Subject, numbers: Sequence[float]) -> bool:
    columns = tuple(torch.tensor([number], dtype=torch.float64) for number in numbers)
    if subject.formula is not None:
        return bool(by_formula(subject.formula, subject.parameters, columns).known.all())
    try:
        return bool(subject.value(columns).isfinite().all())
    except (OwnError, NoDerivativeError):
        return False
