"""What is true of a function at points: by its formula exactly, or by quotients of differences with their error."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivcli.check.custom.probe import Columns

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.result import Partial

LARGEST_STEP = 2.0**-4
STEPS = 28
"""Differences are taken over steps from so much of a number down, each half of the one before."""

DEPTH = 7
"""So often quotients are extrapolated; what is left is then of the order of the step to the power of 16."""

SAFETY = 10.0
"""So many times an estimated error is allowed for."""

CLEAR = 1e-3
"""A quotient is of use where its error is no more than this part of it, or of what the function's size makes usual."""

ASIDE = 1e-4
"""Rounding is measured so far beside a number, where there may be a jump."""

NEAR = 10
"""Beginning with this step a function that has a derivative is nearly straight."""
GAP = 0.5
"""At a corner the quotients of both sides differ by more than this part of what they did at a step 8 times larger."""
ROUGH = 100.0
"""So many times what rounding may do is no rounding."""

NOISE_STEPS = (3e-6, 5e-7)
SINGLE_STEPS = (2e-2, 2e-3)
"""Steps over which smooth functions do not show in fourth differences and rounding does, in float64 and float32."""

SECONDS = 2.0
"""How long one exact number may take."""

Numbers = Callable[[Columns], Tensor]
"""Computes a number at each of some points."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """True numbers and how far off they may be themselves, of one shape; nan where nothing is known."""

    numbers: Tensor
    errors: Tensor

    @property
    def known(self) -> Tensor:
        """Where there is a true number."""
        return self.numbers.isfinite()


def stack(truths: Sequence[Truth]) -> Truth:
    """Several truths as one, along a new first axis."""
    return Truth(torch.stack([each.numbers for each in truths]), torch.stack([each.errors for each in truths]))


def by_formula(formula: Expression, names: Sequence[str], columns: Columns, partial: Partial = ()) -> Truth:
    """The values of a formula or of one of its derivatives, by ball arithmetic."""
    from derivcli.check.judge import restored_context
    from derivcli.check.question import Site
    from derivcli.engines.balls.run import coordinate
    from derivcli.engines.balls.tape import record

    tape = record(formula.expanded, formula.variables)
    found = []
    with restored_context():
        for point in range(len(columns[0])):
            at = {name: coordinate(x[point].item()) for name, x in zip(names, columns, strict=True)}
            site = Site(formula, tape, {name: at[name] for name in formula.variables})
            found.append(_exact(site, partial))
    numbers = torch.tensor(found, dtype=torch.float64)
    return Truth(numbers, torch.zeros_like(numbers))


def _exact(site: object, partial: Partial) -> float:
    """One true number; nan where there is none or none was found in time."""
    from derivcli.check.question import Site, enclosure
    from derivcli.engines.balls.partials import Derivative
    from derivcli.engines.balls.run import TouchError, UnsureError
    from derivcli.engines.clock import OutOfTimeError, clock

    assert isinstance(site, Site), "a formula at a point"
    absent = not {*partial} <= {*site.expression.variables}
    try:
        with clock(SECONDS):
            number = enclosure(site, Derivative(() if absent else partial)).number
    except (TouchError, UnsureError, OutOfTimeError):
        return torch.nan
    return 0.0 if absent else number


def by_quotients(function: Numbers, columns: Columns, place: int) -> Truth:
    """The derivatives of a function in one of its arguments, by central differences; none that is too uncertain.

    They are extrapolated to a step of 0 as polynomials in its square (Ridders, Advances in Engineering Software 4
    (1982) 75); the error is how far neighbours differ in the table that this makes, or what rounding may do. There is
    none at a corner or a jump, where the quotients of the two sides do not approach each other, and none where the
    function swings too quickly for any of the steps.
    """
    x = columns[place]
    size = x.abs() + (x == 0)
    above = torch.stack([x + size * LARGEST_STEP / 2**k for k in range(STEPS)])
    below = torch.stack([x - size * LARGEST_STEP / 2**k for k in range(STEPS)])
    batch = [column.repeat(2 * STEPS + 1) for column in columns]
    batch[place] = torch.cat([above.flatten(), below.flatten(), x])
    values = function(tuple(batch)).reshape(2 * STEPS + 1, -1)
    ups, downs, middle = values[:STEPS], values[STEPS:-1], values[-1]
    largest = torch.maximum(ups.abs(), downs.abs())
    noisy = torch.minimum(*(noise(function, tuple(c * (1 + side * ASIDE) for c in columns)) for side in (1, -1)))
    rough = torch.maximum(torch.finfo(x.dtype).eps * largest, noisy) / (above - below)
    gap = ((ups - middle) / (above - x) - (middle - downs) / (x - below)).abs()
    found = _extrapolated((ups - downs) / (above - below), rough)
    apart = ((gap[NEAR:] > GAP * gap[NEAR - 3 : -3]) & (gap[NEAR:] > ROUGH * rough[NEAR:])).any(0)
    swings = noisy > CLEAR * largest[-1]
    unclear = ~(SAFETY * found.errors <= CLEAR * torch.maximum(found.numbers.abs(), largest[0] / size))
    return Truth(found.numbers.masked_fill(apart | swings | unclear | ~middle.isfinite(), torch.nan), found.errors)


def _extrapolated(quotients: Tensor, rough: Tensor) -> Truth:
    """The most trustworthy entry of Ridders' table; quotients of the largest step come first."""
    best = torch.full_like(quotients[0], torch.nan)
    error = torch.full_like(best, torch.inf)
    row = [quotients[0]]
    for k in range(1, len(quotients)):
        new = [quotients[k]]
        for m in range(1, min(k, DEPTH) + 1):
            new.append((4**m * new[m - 1] - row[m - 1]) / (4**m - 1))
            here = torch.maximum((new[m] - new[m - 1]).abs(), (new[m] - row[m - 1]).abs()) + rough[k]
            better = here < error
            best, error = torch.where(better, new[m], best), torch.where(better, here, error)
        row = new
    finest = SAFETY * ((quotients[-1] - quotients[-3]).abs() + rough[-1])
    chance = (best - quotients[-1]).abs() > finest  # two numbers that agree, and are no derivative
    return Truth(torch.where(chance, quotients[-1], best), torch.where(chance, finest, error))


def single_noise(function: Numbers, columns: Columns) -> Tensor:
    """How much rounding in float32 moves what a function gives, whose numbers may stay the same for a while."""
    return torch.maximum(*(_noise(function, columns, step) for step in SINGLE_STEPS))


def noise(function: Numbers, columns: Columns) -> Tensor:
    """How much rounding moves what a function gives; what a shorter step shows less of is no rounding."""
    return torch.minimum(*(_noise(function, columns, step) for step in NOISE_STEPS))


def _noise(function: Numbers, columns: Columns, step: float) -> Tensor:
    """How much rounding moves what a function gives, of shape (..., points), by fourth differences.

    For independent errors of one size these are sqrt(70) times that (Hamming, Numerical Methods, 1973, section 10.8).
    """
    batch = tuple(torch.cat([x * (1 + k * step) for k in range(-4, 5)]) for x in columns)
    values = function(batch).double()
    table = values.reshape(*values.shape[:-1], 9, len(columns[0]))
    return (table.diff(n=4, dim=-2).abs().amax(-2) / math.sqrt(70)).nan_to_num(0.0)
