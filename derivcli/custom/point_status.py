"""Whether gradients are right at many points at once: most agree with a few differences, the others are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import torch
from torch import Tensor

from derivcli.custom.gradient_comparison import RELATIVE_TOLERANCE, are_wrong, floor_at, tolerance_of
from derivcli.custom.near_zero import NEAR, one_sided_slopes
from derivcli.custom.stated_gradients import stated_slopes
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.true_values import TrueValues, by_quotients, rounding_of

RIGHT, AGREEING, UNKNOWN, WRONG = 1, 2, 0, -1
"""What is known of a number at a point. One that agrees may be wrong too, as far as anybody can tell."""

STENCIL_PART = 2.0**-10
"""The step of differences that most functions need, as a part of a number or of 1."""
STENCIL = (-2, -1, 1, 2)
STENCIL_WEIGHTS = (1 / 12, -8 / 12, 8 / 12, -1 / 12)
STENCIL_ULPS = 8.0
"""So many units in the last place of its values a stencil may be off."""

MAX_TOLERANCE_SHARE = 0.01
"""Numbers that agree within a larger part of them may as well be wrong."""

MAX_CONSTANT_SLOPE = 1e-10
"""What a slope may be that passes for 0, of the size that is usual."""

MAX_SIZE = 1e150
"""The square of larger numbers overflows, and so may what a gradient is computed from."""

SMALL_NUMBER = 0.05
"""Smaller numbers are no measure of how quickly a function changes near 0."""

MAX_NOISE_SHARE = 2.0**-32
"""Where rounding moves a function by a larger part of it nothing is known of its slopes."""

STAIRCASE_PARTS = (2.0**-7, 2.0**-24)
"""Steps of differences that show a staircase from afar and from close."""
MAX_STAIRCASE_SHARE = 0.2
MIN_ROUNDINGS = 100.0
"""So many times what rounding may do is no rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Gradients at points beside the true ones, all of shape (rows, points)."""

    found: Tensor
    true: Tensor
    tolerance: Tensor
    status: Tensor

    @property
    def errors(self) -> Tensor:
        """How far the gradients are from the true ones."""
        return (self.found - self.true).abs()


Compared: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor]
"""What a comparison has, of one row."""


def statuses(subject: Subject, columns: Columns, found: Tensor) -> Tensor:
    """What is known of the gradients that a function gives at points, of shape (rows, points)."""
    rows = zip(subject.indices, subject.owners, found, strict=True)
    status = torch.stack(
        [
            torch.full_like(number, WRONG, dtype=torch.int8)
            if owner in subject.stated
            else _by_stencils(subject, columns, index, number)
            for index, owner, number in rows
        ]
    )
    suspects = (status == WRONG).any(0)
    if suspects.any():
        status[:, suspects] = compared(subject, columns[:, suspects]).status
    return status


def _by_stencils(subject: Subject, columns: Columns, index: int, found: Tensor) -> Tensor:
    """What differences over one step say of gradients; that they do not agree means little."""
    x = columns[index]
    status = torch.full_like(x, WRONG, dtype=torch.int8)
    for size in (x.abs().clamp(max=1.0), torch.where(x.abs() < SMALL_NUMBER, 1.0, x.abs() / 16)):
        rest = status != RIGHT
        if not rest.any():
            break
        step = STENCIL_PART * size[rest]
        batch = columns[:, rest].repeat(1, len(STENCIL))
        batch[index] = torch.cat([x[rest] + k * step for k in STENCIL])
        values = subject.value(batch).double().reshape(len(STENCIL), -1)
        slope = (torch.tensor(STENCIL_WEIGHTS, dtype=torch.float64) @ values) / step
        rough = STENCIL_ULPS * torch.finfo(torch.float64).eps * values.abs().amax(0) / step
        floor = floor_at(values.abs().amax(0), subject.values, columns[:, rest], 1)
        tolerance = RELATIVE_TOLERANCE * slope.abs() + rough + floor
        constant = (values == values[0]).all(0) & _is_small(tolerance, values[0], x[rest])
        status[rest] = _status(found[rest], slope, (found[rest] - slope).abs() <= tolerance, tolerance, constant)
    return status.masked_fill(status == AGREEING, UNKNOWN)  # within what one step allows for


def _status(found: Tensor, true: Tensor, agrees: Tensor, tolerance: Tensor, constant: Tensor) -> Tensor:
    tells = tolerance <= MAX_TOLERANCE_SHARE * torch.maximum(found.abs(), true.abs())
    tells |= ((found - true).abs() <= RELATIVE_TOLERANCE * true.abs()) & (true != 0)  # however small they are
    right = agrees & (tells | constant)
    return torch.where(right, RIGHT, torch.where(agrees, AGREEING, WRONG)).to(torch.int8)


def _is_small(tolerance: Tensor, values: Tensor, x: Tensor) -> Tensor:
    """Whether a slope within a tolerance is 0, and not just that of too small a step."""
    return tolerance <= MAX_CONSTANT_SLOPE * values.abs().clamp(min=1.0) / x.abs().clamp(min=1.0)


def compared(subject: Subject, columns: Columns) -> Comparison:
    """Gradients at points beside quotients of differences, to all digits that these have."""
    found, values = subject.gradients(columns), subject.value(columns).double()
    moved = rounding_of(subject.gradients, columns)
    noisy = rounding_of(subject.value, columns)
    floor = floor_at(values, subject.values, columns, 1)
    stated = stated_slopes(replace(subject, columns=columns)) if subject.stated else None
    rows = []
    for row, index in enumerate(subject.indices):
        given = Row(found[row], values, columns[index], floor, moved[row])
        if stated is not None and subject.owners[row] in subject.stated:
            rows.append(given.beside(TrueValues(stated[row], torch.zeros_like(stated[row]))))
            continue
        truth = by_quotients(subject.value, columns, index, noisy)
        truth = _without_staircases(subject, columns, index, given.found, truth)
        numbers = truth.numbers.masked_fill(noisy > MAX_NOISE_SHARE * values.abs(), torch.nan)
        vanishes = numbers.isnan() & _vanishes(subject, columns, index, floor)
        one = given.beside(TrueValues(numbers.masked_fill(vanishes, 0.0), truth.errors.masked_fill(vanishes, 0.0)))
        near = given.x.abs() < NEAR
        rows.append(_both(one, given.part(near), one_sided_slopes(subject.value, columns[:, near], index), near))
    return Comparison(*(torch.stack(each) for each in zip(*rows, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Gradients by one entry at points, and what tells how far they may be off."""

    found: Tensor
    values: Tensor
    x: Tensor
    floor: Tensor
    moved: Tensor

    def part(self, chosen: Tensor) -> Row:
        """That of some of the points."""
        return Row(*(each[chosen] for each in (self.found, self.values, self.x, self.floor, self.moved)))

    def beside(self, truth: TrueValues) -> Compared:
        """The gradients compared with what is true of them."""
        tolerance = tolerance_of(truth, self.floor, self.moved)
        wrong = are_wrong(self.found, truth, tolerance)
        size = truth.numbers.abs()
        constant = torch.where(self.x.abs() < NEAR, size == 0, size <= tolerance)
        constant &= _is_small(tolerance, self.values, self.x)
        status = _status(self.found, truth.numbers, ~wrong, tolerance, constant)
        overflows = ~self.found.isfinite() & (torch.maximum(self.values.abs(), truth.numbers.abs()) > MAX_SIZE)
        return self.found, truth.numbers, tolerance, status.masked_fill(~truth.known | overflows, UNKNOWN)


def _both(one: Compared, row: Row, polynomial: TrueValues, near: Tensor) -> Compared:
    """Gradients of which some are near 0, where a polynomial tells too: they are wrong if nothing says otherwise."""
    found, numbers, tolerance, status = one
    _, others, more, second = row.beside(polynomial)
    first = status[near]
    both = numbers[near].isfinite() & polynomial.known
    mixed = torch.where((first == RIGHT) | (second == RIGHT), RIGHT, torch.where(first == second, first, UNKNOWN))
    alone = torch.where(polynomial.known, second, first)
    shown = polynomial.known
    numbers = numbers.masked_scatter(near, torch.where(shown, others, numbers[near]))
    tolerance = tolerance.masked_scatter(near, torch.where(shown, more, tolerance[near]))
    status = status.masked_scatter(near, torch.where(both, mixed, alone).to(torch.int8))
    return found, numbers, tolerance, status


def _without_staircases(subject: Subject, columns: Columns, index: int, found: Tensor, truth: TrueValues) -> TrueValues:
    """Nothing is known where a gradient is what the function does from afar or from close: it goes in small steps.

    So numbers do that are rounded on their way.
    """
    numbers = truth.numbers
    for part in STAIRCASE_PARTS:
        step = part * columns[index].abs()
        batch = columns.repeat(1, 2)
        batch[index] = torch.cat([columns[index] + step, columns[index] - step])
        above, below = subject.value(batch).double().reshape(2, -1)
        quotient = (above - below) / (2 * step)
        rough = torch.finfo(torch.float64).eps * above.abs() / step
        apart = (truth.numbers - quotient).abs()
        stairs = ((found - quotient).abs() <= MAX_STAIRCASE_SHARE * apart) & (apart > MIN_ROUNDINGS * rough)
        if part == STAIRCASE_PARTS[0]:
            stairs &= truth.numbers == 0  # on a stair
        numbers = numbers.masked_fill(stairs, torch.nan)
    return TrueValues(numbers, truth.errors)


def _vanishes(subject: Subject, columns: Columns, index: int, floor: Tensor) -> Tensor:
    """Where a function and its slopes are so small that nobody tells them from 0, as far from a bell."""
    step = STAIRCASE_PARTS[0] * columns[index].abs()
    batch = columns.repeat(1, 3)
    batch[index] = torch.cat([columns[index] + step, columns[index] - step, columns[index]])
    largest = subject.value(batch).double().abs().reshape(3, -1).amax(0)
    return largest <= MAX_TOLERANCE_SHARE * floor * step
