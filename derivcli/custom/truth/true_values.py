"""What is true of a function at points, and how far that may be off itself: by a formula, or by difference quotients.

Quotients serve code of which nothing is known but what it computes. How much rounding moves that is part of their
error, and fourth differences tell it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor

from derivcli.custom.stated_gradients import stated_slopes
from derivcli.custom.subject import Columns, Subject
from derivcli.language.expression import Expression
from derivcli.result import Partial

ERROR_FACTOR = 10.0
"""So many times an estimated error is allowed for."""


@dataclass(frozen=True, slots=True, eq=False)
class TrueValues:
    """True numbers and how far off they may be themselves, of one shape; nan where nothing is known."""

    numbers: Tensor
    errors: Tensor = field(default_factory=lambda: torch.zeros(()))

    @property
    def known(self) -> Tensor:
        """Where there is a true number."""
        return self.numbers.isfinite()


def stack(truths: Sequence[TrueValues]) -> TrueValues:
    """Several truths as one, along a new first axis."""
    return TrueValues(torch.stack([each.numbers for each in truths]), torch.stack([each.errors for each in truths]))


def by_formula(formula: Expression, names: Sequence[str], columns: Columns, partial: Partial = ()) -> TrueValues:
    """The values of a formula or of one of its derivatives, by ball arithmetic."""
    from derivcli.custom.truth.formula_values import formula_values  # late: SymPy takes long

    numbers = formula_values(formula, names, columns, partial)
    return TrueValues(numbers, torch.zeros_like(numbers))


@lru_cache(maxsize=1)
def slopes_of(subject: Subject) -> TrueValues:
    """The true first derivatives, or the gradients that are stated in their place, of shape (rows, points)."""
    stated = stated_slopes(subject) if subject.stated else None
    noisy = None if subject.formula is not None else rounding_of(subject.value, subject.columns)
    return stack(
        [
            _slope(subject, row, noisy)
            if stated is None or owner not in subject.stated
            else TrueValues(stated[row], torch.zeros_like(stated[row]))
            for row, owner in enumerate(subject.owners)
        ]
    )


def _slope(subject: Subject, row: int, noisy: Tensor | None) -> TrueValues:
    if subject.formula is not None:
        return by_formula(subject.formula, subject.parameters, subject.columns, (subject.wrt[row],))
    return by_quotients(subject.value, subject.columns, subject.indices[row], noisy, apart=subject.pointwise)


def curvatures_of(subject: Subject, mixtures: Tensor) -> TrueValues:
    """The true derivatives, by all rows, of mixtures of the gradients, of shape (mixtures, rows, points).

    `mixtures` has shape (mixtures, rows). With a formula each is one row. Of stated gradients they are the derivatives.
    """
    if subject.formula is not None and not subject.stated:
        formula, names, columns = subject.formula, subject.parameters, subject.columns
        return stack(
            [stack([by_formula(formula, names, columns, (name, by)) for by in subject.wrt]) for name in subject.wrt]
        )

    def mixed(columns: Columns) -> Tensor:
        return mixtures @ subject.gradients(columns)

    noisy = rounding_of(mixed, subject.columns)
    rows = stack(
        [by_quotients(mixed, subject.columns, index, noisy, apart=subject.pointwise) for index in subject.indices]
    )
    return TrueValues(rows.numbers.transpose(0, 1), rows.errors.transpose(0, 1))


STEPS = 2.0 ** -torch.arange(4, 32, dtype=torch.float64)
"""Differences are taken over steps that are such parts of a number."""

FIRST_STEPS = torch.cat([STEPS[:8], STEPS[16:17]])
"""Those that come first, and are enough for most functions. The last shows what is straight from afar only."""

MAX_FIRST_ERROR = 1e-10
"""So small a part of a derivative, or of what the function's size makes usual, its error has to be to end there."""

MAX_FIRST_CORNER = 1e-8
"""So small a part of it the corner has to be that the quotients of both sides show as they are extrapolated."""

MAX_CORNER_SHARE = 0.1
"""Long steps that show less of a corner than this part of how far short ones differ from them contradict these."""

MAX_EXTRAPOLATIONS = 7
"""So often quotients are extrapolated; what is left is then of the order of the step to the power of 16."""

MAX_RELATIVE_ERROR = 1e-3
"""A quotient is of use where its error is no more than this part of it, or of what the function's size makes usual."""

NOISE_OFFSET = 1e-4
"""Rounding is measured this far from a number, relatively, since there may be a jump at it."""

SMALL_STEP_INDEX = 10
"""Beginning with this step a function that has a derivative is nearly straight."""
MAX_GAP_RATIO = 0.5
"""At a corner the quotients of both sides differ by more than this part of what they did at a step 8 times larger."""
MIN_NOISE_RATIO = 100.0
"""So many times what rounding may do is no rounding."""

NOISE_STEPS = (3e-6, 5e-7)
"""Steps over which smooth functions do not show in fourth differences and rounding does."""

PointFunction = Callable[[Columns], Tensor]
"""What gives numbers of shape (..., points) for columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Quotients of differences of a function over steps that halve, of shape (steps, ..., points).

    `rough` is what rounding may do to them, and `gaps` by how much those of both sides differ.
    """

    quotients: Tensor
    rough: Tensor
    gaps: Tensor
    middle: Tensor
    largest: Tensor
    """The size of the function's numbers, for each step."""


def by_quotients(
    function: PointFunction,
    columns: Columns,
    index: int,
    noisy: Tensor | None = None,
    scale: Tensor | None = None,
    apart: bool = True,
) -> TrueValues:
    """The derivatives of a function in one of its arguments, by central differences; none that is too uncertain.

    They are extrapolated to a step of 0 as polynomials in its square (Ridders, Advances in Engineering Software 4
    (1982) 75); the error is how far neighbours differ in the table that this makes, or what rounding may do. There is
    none at a corner or a jump, where the quotients of the two sides do not approach each other, and none where the
    function swings too quickly for any of the steps. Steps are parts of a `scale`, that of each number by default.
    `noisy` is how much rounding moves the function. Most points need few steps; others get more by themselves, unless
    what the function gives at one depends on which others there are, and they are not to be taken `apart`.
    """
    size = columns[index].abs() + (columns[index] == 0) if scale is None else scale
    noisy = rounding_of(function, columns) if noisy is None else noisy
    first = _differences(function, columns, index, noisy, size, FIRST_STEPS)
    found = _extrapolated(first.quotients[:-1], first.rough[:-1])
    usual = torch.maximum(found.numbers.abs(), first.largest[0] / size)
    *_, three, two, one, _ = first.gaps
    corner = (8 * (2 * one - two) - (2 * two - three)) / 7
    near = MAX_FIRST_CORNER * usual + MIN_NOISE_RATIO * first.rough
    settled = (
        (ERROR_FACTOR * found.errors <= MAX_FIRST_ERROR * usual)
        & (corner.abs() <= near[-2])
        & ((first.quotients[-1] - found.numbers).abs() <= near[-1])
        & (noisy <= MAX_RELATIVE_ERROR * first.largest[-1])
        & first.middle.isfinite()
    )
    open_points = ~settled.reshape(-1, columns.shape[1]).all(0)
    if not open_points.any():
        return found
    if not apart:
        open_points = torch.ones_like(open_points)
    rest = _by_all_steps(function, columns[:, open_points], index, noisy[..., open_points], size[open_points])
    numbers, errors = found.numbers.clone(), found.errors.clone()
    numbers[..., open_points], errors[..., open_points] = rest.numbers, rest.errors
    differ = (found.numbers - numbers).abs()
    clear = (differ > ERROR_FACTOR * (found.errors + errors)) & (corner.abs() <= MAX_CORNER_SHARE * differ)
    return TrueValues(numbers.masked_fill(clear, torch.nan), errors)  # straight from close, and otherwise from afar


def _by_all_steps(function: PointFunction, columns: Columns, index: int, noisy: Tensor, size: Tensor) -> TrueValues:
    given = _differences(function, columns, index, noisy, size, STEPS)
    found = _extrapolated(given.quotients, given.rough)
    gap = given.gaps.abs()
    apart = (
        (gap[SMALL_STEP_INDEX:] > MAX_GAP_RATIO * gap[SMALL_STEP_INDEX - 3 : -3])
        & (gap[SMALL_STEP_INDEX:] > MIN_NOISE_RATIO * given.rough[SMALL_STEP_INDEX:])
    ).any(0)
    swings = noisy > MAX_RELATIVE_ERROR * given.largest[-1]
    usual = torch.maximum(found.numbers.abs(), given.largest[0] / size)
    unclear = ~(ERROR_FACTOR * found.errors <= MAX_RELATIVE_ERROR * usual)
    unknown = apart | swings | unclear | ~given.middle.isfinite()
    return TrueValues(found.numbers.masked_fill(unknown, torch.nan), found.errors)


def _differences(
    function: PointFunction, columns: Columns, index: int, noisy: Tensor, size: Tensor, parts: Tensor
) -> Differences:
    x, points, count = columns[index], columns.shape[1], len(parts)
    steps = size * parts[:, None]
    above, below = x + steps, x - steps
    batch = columns.repeat(1, 2 * count + 1)
    batch[index] = torch.cat([above.flatten(), below.flatten(), x])
    values = function(batch)
    table = values.reshape(*values.shape[:-1], 2 * count + 1, points).movedim(-2, 0)
    ups, downs, middle = table[:count], table[count:-1], table[-1]
    shape = (count, *[1] * (table.ndim - 2), points)
    above, below = above.reshape(shape), below.reshape(shape)
    largest = torch.maximum(ups.abs(), downs.abs())
    rough = torch.maximum(torch.finfo(x.dtype).eps * largest, noisy) / (above - below)
    gaps = (ups - middle) / (above - x) - (middle - downs) / (x - below)
    return Differences((ups - downs) / (above - below), rough, gaps, middle, largest)


def _extrapolated(quotients: Tensor, rough: Tensor) -> TrueValues:
    """The most trustworthy entry of Ridders' table; quotients of the largest step come first."""
    row, entries, errors = quotients, [], []
    for m in range(1, MAX_EXTRAPOLATIONS + 1):
        new = (4**m * row[1:] - row[:-1]) / (4**m - 1)
        entries.append(new)
        errors.append(torch.maximum((new - row[1:]).abs(), (new - row[:-1]).abs()) + rough[m:])
        row = new
    every = torch.cat(errors).nan_to_num(torch.inf, torch.inf)
    error, place = every.min(0)
    best = torch.cat(entries).gather(0, place[None])[0].masked_fill(error.isinf(), torch.nan)
    finest = ERROR_FACTOR * ((quotients[-1] - quotients[-3]).abs() + rough[-1])
    chance = ~((best - quotients[-1]).abs() <= finest)  # two numbers that agree, and are no derivative
    return TrueValues(torch.where(chance, quotients[-1], best), torch.where(chance, finest, error))


def rounding_of(function: PointFunction, columns: Columns) -> Tensor:
    """How much rounding moves what a function gives near points, on the side of them where it moves it less."""
    return torch.minimum(*(noise(function, columns * (1 + side * NOISE_OFFSET)) for side in (1, -1)))


def noise(function: PointFunction, columns: Columns) -> Tensor:
    """How much rounding moves what a function gives; what a shorter step shows less of is no rounding."""
    return torch.minimum(*(_noise(function, columns, step) for step in NOISE_STEPS))


@lru_cache(maxsize=1)
def gradient_noise(subject: Subject) -> Tensor:
    """How much rounding moves the gradients, of shape (rows, points)."""
    return noise(subject.gradients, subject.columns)


def _noise(function: PointFunction, columns: Columns, step: float) -> Tensor:
    """How much rounding moves what a function gives, of shape (..., points), by fourth differences.

    For independent errors of one size these are sqrt(70) times that (Hamming, Numerical Methods for
    Scientists and Engineers, 1973, chapter 10).
    """
    batch = torch.cat([columns * (1 + k * step) for k in range(-4, 5)], 1)
    values = function(batch).double()
    table = values.reshape(*values.shape[:-1], 9, columns.shape[1])
    return (table.diff(n=4, dim=-2).abs().amax(-2) / math.sqrt(70)).nan_to_num(0.0)
