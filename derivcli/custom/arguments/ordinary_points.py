"""Points of a function that works point by point where nobody typed any."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, permutations

import torch

from derivcli.custom.arguments.attempts import CALL_ERRORS, Rank, attempted
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.truth.true_values import by_formula

ORDINARY_NUMBERS = (3.17, -0.43, 1.37, -2.69, 0.29, -1.73, 7.21, -6.37, 0.023, -0.061, 20.57, -18.43)
"""Numbers at which hardly any function has a corner or a jump, which many have at whole numbers and at tenths."""

MAX_POINTS = 12
"""So many points are tried, if there are as many."""
FEW_POINTS = 3
"""So many at least, where a call takes long."""

MAX_CANDIDATES = 600
"""So many are looked at for those at which the function is defined."""


def ordinary_points(subject: Subject) -> Columns:
    """Points at which the formula has a value, or without one the forward; all, where that fails or gives none."""
    count = len(subject.parameters)
    most = subject.budget.part_of(MAX_POINTS, FEW_POINTS)
    if subject.formula is None:
        first = torch.tensor([*islice(_candidates(count), most)], dtype=torch.float64).T
        if _are_defined(subject, first):
            return first
    found: list[tuple[float, ...]] = []
    for numbers in _candidates(count):
        if len(found) < most and _is_defined(subject, numbers):
            found.append(numbers)
    chosen = found or list(_candidates(count))[:most]
    return torch.tensor(chosen, dtype=torch.float64).T


def in_company(subject: Subject) -> Subject:
    """The function at more points than one: a backward that mixes the points of a batch shows in no other."""
    if subject.count > 1:
        return subject
    return replace(subject, columns=torch.cat([subject.columns, ordinary_points(subject)], -1))


def taking_vectors(subject: Subject) -> Subject | None:
    """The function as one that takes vectors of points, of one sign or the other, or None where it takes none."""
    count = len(subject.parameters)
    for sign in (1.0, -1.0):
        columns = sign * torch.tensor(ORDINARY_NUMBERS[::2], dtype=torch.float64).repeat(count, 1)
        attempt = attempted(replace(subject, columns=columns))
        if attempt.rank > Rank.FAILS:
            return replace(subject, in_place=attempt.subject.in_place)
    return None


def _candidates(count: int) -> Iterator[tuple[float, ...]]:
    """Ordinary numbers for so many arguments, no two of them the same, in the same order every time."""
    if count == 1:
        yield from ((number,) for number in ORDINARY_NUMBERS)
    elif count == 2:
        pairs = list(permutations(ORDINARY_NUMBERS, count))
        yield from random.Random(count).sample(pairs, len(pairs))
    else:
        choice = random.Random(count)
        pick = choice.sample if count <= len(ORDINARY_NUMBERS) else choice.choices
        yield from (tuple(pick(ORDINARY_NUMBERS, k=count)) for _ in range(MAX_CANDIDATES))


def _is_defined(subject: Subject, numbers: Sequence[float]) -> bool:
    columns = torch.tensor(numbers, dtype=torch.float64)[:, None]
    if subject.formula is not None:
        return bool(by_formula(subject.formula, subject.parameters, columns).known.all())
    return _are_defined(subject, columns)


def _are_defined(subject: Subject, columns: Columns) -> bool:
    try:
        return bool(subject.value(columns).isfinite().all())
    except CALL_ERRORS:
        return False
