"""What is true of a function at points, and how far that may be off itself: by a formula, or by difference quotients.

Quotients serve code of which nothing is known but what it computes. How much rounding moves that is part of their
error, and fourth differences tell it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from derivcli.check.enclosure import Site, enclosure, restored_context
from derivcli.custom.stated_gradients import stated_slopes
from derivcli.custom.subject import Columns, Subject
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.evaluation import coordinate
from derivcli.engines.balls.partials import Derivative
from derivcli.engines.balls.tape import record
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.language.expression import Expression
from derivcli.result import Partial

ERROR_FACTOR = 10.0
"""So many times an estimated error is allowed for."""

EXACT_SECONDS = 2.0


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
    tape = record(formula.expanded, formula.variables)
    found = []
    with restored_context():
        for point in range(columns.shape[1]):
            at = {name: coordinate(x[point].item()) for name, x in zip(names, columns, strict=True)}
            found.append(_exact(Site(formula, tape, {name: at[name] for name in formula.variables}), partial))
    numbers = torch.tensor(found, dtype=torch.float64)
    return TrueValues(numbers, torch.zeros_like(numbers))


def _exact(site: Site, partial: Partial) -> float:
    """One true number; nan where there is none or none was found in time."""
    is_constant = not {*partial} <= {*site.expression.variables}
    try:
        number = limited(EXACT_SECONDS, enclosure, site, Derivative(() if is_constant else partial)).number
    except (TouchError, UnsureError, OutOfTimeError):
        return torch.nan
    return 0.0 if is_constant else number


def slopes_of(subject: Subject) -> TrueValues:
    """The true first derivatives, or the gradients that are stated in their place, of shape (rows, points)."""
    stated = stated_slopes(subject) if subject.stated else None
    return stack(
        [
            _differentiated(subject, subject.value, (), row)
            if stated is None or owner not in subject.stated
            else TrueValues(stated[row], torch.zeros_like(stated[row]))
            for row, owner in enumerate(subject.owners)
        ]
    )


def curvatures_of(subject: Subject, mixtures: Tensor) -> TrueValues:
    """The true derivatives, by all rows, of mixtures of the gradients, of shape (mixtures, rows, points).

    `mixtures` has shape (mixtures, rows). With a formula each is one row. Of stated gradients they are the derivatives.
    """
    if subject.stated:
        subject = replace(subject, formula=None)

    def mixed(mixture: Tensor) -> PointFunction:
        return lambda columns: mixture @ subject.gradients(columns)

    names: list[Partial] = [(name,) for name in subject.wrt] if subject.formula else [()] * len(mixtures)
    pairs = zip(mixtures, names, strict=True)
    rows = range(len(subject.indices))
    return stack(
        [stack([_differentiated(subject, mixed(mixture), name, row) for row in rows]) for mixture, name in pairs]
    )


def _differentiated(subject: Subject, function: PointFunction, partial: Partial, row: int) -> TrueValues:
    """The derivatives by a row of a partial derivative, which a function of the user's code computes."""
    if subject.formula is None:
        return by_quotients(function, subject.columns, subject.indices[row])
    return by_formula(subject.formula, subject.parameters, subject.columns, (*partial, subject.wrt[row]))


LARGEST_STEP = 2.0**-4
STEP_COUNT = 28
"""Differences are taken over steps from so much of a number down, each half of the one before."""

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


def by_quotients(function: PointFunction, columns: Columns, index: int) -> TrueValues:
    """The derivatives of a function in one of its arguments, by central differences; none that is too uncertain.

    They are extrapolated to a step of 0 as polynomials in its square (Ridders, Advances in Engineering Software 4
    (1982) 75); the error is how far neighbours differ in the table that this makes, or what rounding may do. There is
    none at a corner or a jump, where the quotients of the two sides do not approach each other, and none where the
    function swings too quickly for any of the steps.
    """
    x = columns[index]
    size = x.abs() + (x == 0)
    steps = size * LARGEST_STEP / 2.0 ** torch.arange(STEP_COUNT, dtype=x.dtype)[:, None]
    above, below = x + steps, x - steps
    ups, downs, middle = _neighbours(function, columns, index, above, below)
    largest = torch.maximum(ups.abs(), downs.abs())
    noisy = torch.minimum(*(noise(function, columns * (1 + side * NOISE_OFFSET)) for side in (1, -1)))
    rough = torch.maximum(torch.finfo(x.dtype).eps * largest, noisy) / (above - below)
    gap = ((ups - middle) / (above - x) - (middle - downs) / (x - below)).abs()
    found = _extrapolated((ups - downs) / (above - below), rough)
    apart = (
        (gap[SMALL_STEP_INDEX:] > MAX_GAP_RATIO * gap[SMALL_STEP_INDEX - 3 : -3])
        & (gap[SMALL_STEP_INDEX:] > MIN_NOISE_RATIO * rough[SMALL_STEP_INDEX:])
    ).any(0)
    swings = noisy > MAX_RELATIVE_ERROR * largest[-1]
    unclear = ~(
        ERROR_FACTOR * found.errors <= MAX_RELATIVE_ERROR * torch.maximum(found.numbers.abs(), largest[0] / size)
    )
    return TrueValues(found.numbers.masked_fill(apart | swings | unclear | ~middle.isfinite(), torch.nan), found.errors)


def _neighbours(
    function: PointFunction, columns: Columns, index: int, above: Tensor, below: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """What a function gives where one of its arguments is larger, where it is smaller, and where it is as it is."""
    batch = columns.repeat(1, 2 * STEP_COUNT + 1)
    batch[index] = torch.cat([above.flatten(), below.flatten(), columns[index]])
    values = function(batch).reshape(2 * STEP_COUNT + 1, -1)
    return values[:STEP_COUNT], values[STEP_COUNT:-1], values[-1]


def _extrapolated(quotients: Tensor, rough: Tensor) -> TrueValues:
    """The most trustworthy entry of Ridders' table; quotients of the largest step come first."""
    best = torch.full_like(quotients[0], torch.nan)
    error = torch.full_like(best, torch.inf)
    row = [quotients[0]]
    for k in range(1, len(quotients)):
        new = [quotients[k]]
        for m in range(1, min(k, MAX_EXTRAPOLATIONS) + 1):
            new.append((4**m * new[m - 1] - row[m - 1]) / (4**m - 1))
            here = torch.maximum((new[m] - new[m - 1]).abs(), (new[m] - row[m - 1]).abs()) + rough[k]
            better = here < error
            best, error = torch.where(better, new[m], best), torch.where(better, here, error)
        row = new
    finest = ERROR_FACTOR * ((quotients[-1] - quotients[-3]).abs() + rough[-1])
    chance = (best - quotients[-1]).abs() > finest  # two numbers that agree, and are no derivative
    return TrueValues(torch.where(chance, quotients[-1], best), torch.where(chance, finest, error))


def noise(function: PointFunction, columns: Columns) -> Tensor:
    """How much rounding moves what a function gives; what a shorter step shows less of is no rounding."""
    return torch.minimum(*(_noise(function, columns, step) for step in NOISE_STEPS))


def _noise(function: PointFunction, columns: Columns, step: float) -> Tensor:
    """How much rounding moves what a function gives, of shape (..., points), by fourth differences.

    For independent errors of one size these are sqrt(70) times that (Hamming, Numerical Methods for
    Scientists and Engineers, 1973, chapter 10).
    """
    batch = torch.cat([columns * (1 + k * step) for k in range(-4, 5)], 1)
    values = function(batch).double()
    table = values.reshape(*values.shape[:-1], 9, columns.shape[1])
    return (table.diff(n=4, dim=-2).abs().amax(-2) / math.sqrt(70)).nan_to_num(0.0)
