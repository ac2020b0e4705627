"""Trials of how many digits a function gives in double.

A function that computes in double may go through another number format on its way, which its numbers tell.
"""

from __future__ import annotations

import torch
from torch import Tensor

from derivcli.custom.arguments.ordinary_points import ordinary_points
from derivcli.custom.faults.gradient_comparison import (
    MIN_RIGHT_POINTS,
    NOISE_FACTOR,
    WHOLE_SHARE,
    deviation_text,
    digits,
    first_true,
    rounding_floor,
)
from derivcli.custom.report import Outcome, failed, passed
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.truth.directions import names, slopes_along
from derivcli.custom.truth.true_values import (
    ERROR_FACTOR,
    PointFunction,
    TrueValues,
    by_formula,
    noise,
    stack,
)

MAX_POOR_DIGITS = 9
"""With so few right digits something other than float64 must be at work."""


def forward_in_double(subject: Subject) -> Outcome:
    """The forward computes in float64, whose numbers alone have differences that tell a derivative."""
    return through_lower_format(subject, "forward", subject.value, subject.values[None]) or passed()


def in_double(subject: Subject) -> Outcome:
    """Forward and backward have the digits of float64 and not those of float32."""
    formula, outcome = subject.formula, None
    if formula is not None:
        truth = stack([by_formula(formula, subject.parameters, subject.columns)])
        outcome = _poor_digits(subject, "forward", subject.value, subject.values[None], truth)
    outcome = outcome or through_lower_format(subject, "backward", subject.gradients, subject.slopes)
    if outcome is None:
        compute, truth = slopes_along(subject)
        outcome = _poor_digits(subject, "backward", compute, compute(subject.columns), truth)
    return outcome or passed()


def _poor_digits(
    subject: Subject, stage: str, compute: PointFunction, numbers: Tensor, truth: TrueValues
) -> Outcome | None:
    """What is wrong where there are few right digits, and rounding is not the reason."""
    rounding = noise(compute, subject.columns).reshape(numbers.shape)
    right = digits(numbers, truth, rounding_floor(subject, int(stage == "backward")))
    clear = (numbers - truth.numbers).abs() > NOISE_FACTOR * rounding + ERROR_FACTOR * truth.errors
    smooth = truth.known & clear & (right <= MAX_POOR_DIGITS)
    rows = smooth.double().mean(-1) >= WHOLE_SHARE
    if not rows.any():
        return None
    smooth &= rows[:, None]
    name = "" if rows.all() else f" in {names(subject)[first_true(smooth)[0]]}"
    detail = f"{stage} {deviation_text(subject, first_true(smooth), numbers, truth.numbers)}"
    count = int(right[smooth].median())
    constant = "a constant in float32" if count >= LOWER_FORMATS[torch.float32] else "a constant that is rounded"
    return failed("digits", f"{stage} is right to {count} digits only in double{name}: {constant}?", detail)


SINGLE_NOISE = (2.0**-28, 2.0**-20)
"""How much float32 rounding moves a number of an ordinary formula, of its size."""

STEP_COUNT = 8
STEP_UNITS = 8.0
"""How many steps away from a point are taken, and how many units in the last place each is long."""

SHORT_STEP_COUNT = 64
"""So many steps of an eighth of a unit show where rounded numbers jump."""
MIN_JUMP_SHARE = 0.02
MIN_FOLLOWING_SHARE = 0.98

UNEVEN_FACTOR = 1.0471
"""A factor of the steps, since whole units would lead to numbers that fit into the format."""

MIN_SPREAD_UNITS = 1e3
"""Changes of fewer units in the last place of float64 may be rounding; those of lower formats are larger."""

MIN_GRID_POINTS = 6
"""Of fewer points a grid of numbers, as of a quantizer, may pass for numbers of 16 bits."""

LOWER_FORMATS = {torch.float32: 7, torch.bfloat16: 2, torch.float16: 3}
"""Formats that are not float64, with their digits; numbers of bfloat16 would fit in the others too."""


def through_lower_format(subject: Subject, stage: str, compute: PointFunction, numbers: Tensor) -> Outcome | None:
    """What is wrong where the numbers of a stage, of shape (..., points), come from another format than float64."""
    columns = subject.columns
    if subject.typed and subject.pointwise and subject.count < MIN_GRID_POINTS:  # few show no format
        columns = torch.cat([columns, ordinary_points(subject)], 1)
    for dtype in LOWER_FORMATS:
        finding = _sign_of_format(compute, columns, dtype)
        if not finding and stage == "backward" and subject.pointwise and _follows_rounded(subject, compute, dtype):
            finding = f"gives the same for outputs rounded to {str(dtype).removeprefix('torch.')}"
        if finding:
            return _in_lower_format(dtype, f"{stage} {finding}")
    rounding = noise(compute, subject.columns).reshape(numbers.shape)
    return (
        _in_lower_format(torch.float32, f"{stage} is rounded as float32 is") if _is_single(numbers, rounding) else None
    )


def _in_lower_format(dtype: torch.dtype, detail: str) -> Outcome:
    name = str(dtype).removeprefix("torch.")
    return failed(name, f"computes in {name} inside: {LOWER_FORMATS[dtype]} digits in double", detail)


def _is_single(numbers: Tensor, rounding: Tensor) -> bool:
    share = (rounding / numbers.abs())[numbers != 0]
    share = share[share.isfinite()]
    low, high = SINGLE_NOISE
    return len(share) > 0 and bool(((share > low) & (share < high)).double().mean() >= WHOLE_SHARE)


def _sign_of_format(compute: PointFunction, columns: Columns, dtype: torch.dtype) -> str:
    """How numbers near the points show that the result or the arguments are rounded to a format; empty if not.

    Where a function is flat its numbers say nothing, be it that it is constant there or saturates.
    """
    unit = STEP_UNITS * torch.finfo(dtype).eps * UNEVEN_FACTOR
    steps = torch.arange(1, STEP_COUNT + 1, dtype=torch.float64)[:, None] * unit
    count = columns.shape[1]
    apart = 1 + torch.arange(len(columns), dtype=torch.float64)[:, None, None] / len(columns)
    batch = (columns[:, None, :] * (1 + steps * apart)).flatten(1)
    found = _table(compute(batch), count)
    rounded = _table(compute(batch.to(dtype).double()), count)
    name = str(dtype).removeprefix("torch.")
    for alike, finding in (
        (found.to(dtype).double() == found, f"gives numbers of {name}"),
        (rounded == found, f"gives the same for arguments rounded to {name}"),
    ):
        for row, numbers in zip(alike.all(-2), found, strict=True):
            moving = _moving(numbers, columns, dtype)
            if moving.any() and row[moving].all():
                return finding
    return ""


def _follows_rounded(subject: Subject, compute: PointFunction, dtype: torch.dtype) -> bool:
    """Whether gradients change from step to step where the output does that is rounded to a format, and only there."""
    unit = torch.finfo(dtype).eps * UNEVEN_FACTOR / STEP_UNITS
    steps = torch.arange(1, SHORT_STEP_COUNT + 1, dtype=torch.float64)[:, None] * unit
    batch = torch.stack([(x * (1 + steps)).flatten() for x in subject.columns])
    rounded = subject.value(batch).to(dtype).double().reshape(SHORT_STEP_COUNT, -1)
    jumps = rounded.diff(dim=0) != 0
    telling = (jumps.double().mean(0) > MIN_JUMP_SHARE) & (jumps.double().mean(0) < 1 - MIN_JUMP_SHARE)
    found = compute(batch).double().reshape(-1, SHORT_STEP_COUNT, subject.count)
    follows = ((found.diff(dim=1) != 0) == jumps)[:, :, telling].double().mean() >= MIN_FOLLOWING_SHARE
    return bool(telling.sum() >= MIN_RIGHT_POINTS and follows)


def _moving(numbers: Tensor, columns: Columns, dtype: torch.dtype) -> Tensor:
    """Where numbers of shape (steps, points) differ from step to step; nowhere, if they do so at few of the points.

    The numbers of a grid, which are those of 16 bits too, do not differ near 0.
    """
    spread = numbers.amax(0) - numbers.amin(0)
    moving = spread > MIN_SPREAD_UNITS * torch.finfo(torch.float64).eps * numbers.abs().amax(0)
    if dtype == torch.float32:
        return moving & (moving.sum() >= min(MIN_RIGHT_POINTS, len(moving)))
    moving &= (numbers.diff(dim=0) != 0).all(0)
    near = columns.abs().amax(0).argsort()[: len(moving) // 2]
    return moving & (len(moving) >= MIN_GRID_POINTS) & (moving[near].double().mean() >= WHOLE_SHARE)


def _table(numbers: Tensor, count: int) -> Tensor:
    """Numbers at all steps from all points, of shape (rows, steps, points)."""
    return numbers.double().reshape(-1, STEP_COUNT, count)
