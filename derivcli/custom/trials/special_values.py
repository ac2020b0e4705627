"""Trials at special values: where a backward has no number although the function is no steeper there, and nan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import deviation_text, points_text
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.truth.dense_points import SPACING, scattered
from derivcli.custom.truth.point_status import RIGHT, compared
from derivcli.custom.truth.true_values import ERROR_FACTOR, by_quotients
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.errors import DerivError

SPECIAL_NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0, -6.0, 10.0, -10.0)
"""Numbers at which formulas have their corners, and divide by 0."""

MAX_OTHERS = 3
"""Each is tried beside so many others of the other entries."""

MAX_ENTRIES = 12
"""Of tensors so many entries are tried, and one number."""

DISTANCES = (1e-8, 1e-6, 1e-4, 1e-2)
"""So far from a special number a function shows how steep it is there; the nearest comes first."""

BESIDE = 2.0**-7
"""So far from it gradients are right if a special number is alone."""
MIN_SHARE = 1e-4
MIN_USUAL = 1e-3
"""There they are wrong by more than this share of what is usual, and that is no less than the other number."""

MAX_GROWTH = 1.2
"""A function whose slopes grow by more than this, as a number is neared, has none there."""

MIN_LINE_NUMBER = 1e-3
"""Between smaller numbers most functions are flat, in float64."""
MIN_FLAT_POINTS = 3
MAX_STEPS_SHARE = 0.05
"""A function with so few different values has no other piece than flat ones."""


def at_special_numbers(subject: Subject) -> Outcome:
    """The backward has a number wherever the forward has one, and slopes on both sides."""
    if subject.typed:
        return inapplicable("points are given")
    tried = 0
    for index, columns in _specials(subject):
        try:
            found, values = subject.gradients(columns), subject.value(columns)
            tried += columns.shape[1]
            lost = ~found.isfinite().all(0) & values.isfinite()
            if lost.any() and _has_slopes(subject, columns, index, lost):
                return _failure(subject, columns, index, (~found.isfinite() & lost))
            alone = _alone(subject, columns, index, found)
            if alone is not None:
                return alone
        except (UserCodeError, NoDerivativeError, DerivError):
            continue
    return passed(points_text(tried))


def _failure(subject: Subject, columns: Columns, index: int, off: Tensor, due: Tensor | None = None) -> Outcome:
    """What is wrong with gradients at a special number, where they have none or another than is due."""
    *_, (row, point) = off.nonzero().flip(0).tolist()
    found = subject.gradients(columns)
    number = columns[index, point].item() + 0.0
    by = f", by {subject.wrt[row]}" if len(subject.parameters) > 1 else ""
    there = replace(subject, columns=columns)
    where = f"at {subject.parameters[index]} = {number:g}"
    if due is None:
        detail = f"{there.at(point)}{by}: {found[row, point].item():g}"
        return failed("infinite", f"backward gives no finite number {where}", detail)
    detail = deviation_text(there, (row, point), found, due, by)
    return failed("somewhere", f"backward is wrong {where}", detail)


def _alone(subject: Subject, columns: Columns, index: int, found: Tensor) -> Outcome | None:
    """What is wrong where gradients by an entry are wrong at a special number, and right on both sides of it."""
    if index not in subject.indices or not subject.pointwise or subject.owners[0] in subject.stated:
        return None
    row = subject.indices.index(index)
    truth = by_quotients(subject.value, columns, index)
    usual = torch.maximum(truth.numbers.abs(), subject.value(columns).abs()).clamp(min=MIN_USUAL)
    wrong = truth.known & found[row].isfinite()
    wrong &= (found[row] - truth.numbers).abs() > ERROR_FACTOR * truth.errors + MIN_SHARE * usual
    if not wrong.any():
        return None
    for sign in (1, -1):
        beside = columns.clone()
        beside[index] += sign * BESIDE
        wrong &= compared(subject, beside).status[row] == RIGHT
    if not wrong.any():
        return None
    off, due = torch.zeros_like(found, dtype=torch.bool), torch.zeros_like(found)
    off[row], due[row] = wrong, truth.numbers
    return _failure(subject, columns, index, off, due)


def _specials(subject: Subject) -> Iterator[tuple[int, Columns]]:
    """Points where one entry has a special number, the others ordinary ones."""
    count = len(subject.parameters)
    if not subject.pointwise:  # all points of the subject, whose outputs are weighed as they are numbered
        for index in range(0, count, max(1, count // MAX_ENTRIES)):
            columns = subject.columns.clone()
            columns[index] = 0.0
            yield index, columns
        return
    others = subject.columns[:, subject.values.isfinite()][:, : 1 if count == 1 else MAX_OTHERS]
    for index in range(count):
        for special in SPECIAL_NUMBERS:
            columns = others.clone()
            columns[index] = special
            yield index, columns


def _has_slopes(subject: Subject, columns: Columns, index: int, lost: Tensor) -> bool:
    """Whether near all points that are lost the backward has numbers, and the forward slopes that do not grow."""
    middle = subject.value(columns)[lost]
    slopes = []
    for distance in DISTANCES:
        for sign in (1, -1):
            near = columns.clone()
            near[index] += sign * distance
            if not subject.gradients(near)[:, lost].isfinite().all():
                return False
            slopes.append((subject.value(near)[lost] - middle).abs() / distance)
    near_slopes, far_slopes = torch.stack(slopes[:2]), torch.stack(slopes[2:])
    rough = torch.finfo(torch.float64).eps * middle.abs() / DISTANCES[0]
    return bool((near_slopes <= MAX_GROWTH * far_slopes.amax(0) + 10 * rough).all())


def nan_input(subject: Subject) -> Outcome:
    """The forward gives nan for nan, unless it is flat somewhere and gives that value."""
    if not subject.pointwise:
        return inapplicable("it takes no batch of points")
    finite = subject.columns[:, subject.values.isfinite()]
    numbers = scattered(SPACING)
    numbers = numbers[numbers.abs() > MIN_LINE_NUMBER]
    for index, name in enumerate(subject.parameters):
        column = finite[:, :1].clone()
        column[index] = torch.nan
        line = finite[:, :1].repeat(1, len(numbers))
        line[index] = numbers
        try:
            given, values = subject.value(column), subject.value(line)
        except (UserCodeError, NoDerivativeError, DerivError):
            continue
        if given.isfinite().item() and not _is_flat_at(values, given):
            called = f" {name}" if len(subject.parameters) > 1 else ""
            sentence = f"swallows nan: forward gives {given.item() + 0:.6g} for it"
            return failed("nan", sentence, f"at{called or f' {name}'} = nan")
    return passed()


def _is_flat_at(values: Tensor, value: Tensor) -> bool:
    """Whether a function has a value at several points one after the other, or is flat all over."""
    alike = (values == value).double()
    run = torch.nn.functional.avg_pool1d(alike[None, None], MIN_FLAT_POINTS, 1).max().item() == 1
    steps = len(values.unique()) <= MAX_STEPS_SHARE * len(values)  # type: ignore[no-untyped-call]
    return bool(run or steps)
