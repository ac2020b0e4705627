"""Whether what a function computes in double goes through float32 on its way."""

from __future__ import annotations

import torch
from torch import Tensor

from derivcli.check.custom.compare import MOST, SOME
from derivcli.check.custom.probe import Columns, Subject
from derivcli.check.custom.quotients import Numbers, noise
from derivcli.check.custom.report import Outcome, failed

SINGLE_NOISE = (2.0**-28, 2.0**-20)
"""How much float32 rounding moves a number of an ordinary formula, of its size."""

BESIDE = 1e-6
"""Steps of so large a part of a number lead to other numbers in float32 too."""
STEPS = 8

PLAIN = 1e3
"""So many units in the last place of float64 are seen, and those of float32 are more."""


def through_single(subject: Subject, stage: str, compute: Numbers, numbers: Tensor) -> Outcome | None:
    """What is wrong where the numbers of a stage, of shape (..., points), come from float32; None where they do not."""
    told = _carried(compute, subject.columns)
    rounding = noise(compute, subject.columns).reshape(numbers.shape)
    if not told and _noisy(numbers, rounding):
        told = "is rounded as numbers of float32 are"
    return failed("float32", "computes in float32 inside: 7 digits in double", f"{stage} {told}") if told else None


def _noisy(numbers: Tensor, rounding: Tensor) -> bool:
    """Whether rounding is that of float32."""
    share = (rounding / numbers.abs())[numbers != 0]
    share = share[share.isfinite()]
    low, high = SINGLE_NOISE
    return len(share) > 0 and bool(((share > low) & (share < high)).double().mean() >= MOST)


def _carried(compute: Numbers, columns: Columns) -> str:
    """How numbers beside the points show that the result or the arguments are rounded to float32; empty if they do not.

    Where a function is flat its numbers say nothing, be it that it is constant there or saturates.
    """
    steps = torch.arange(1, STEPS + 1, dtype=torch.float64)[:, None] * BESIDE
    batch = tuple((x * (1 + steps * (place + 1))).flatten() for place, x in enumerate(columns))
    found = _table(compute(batch), len(columns[0]))
    rounded = _table(compute(tuple(x.float().double() for x in batch)), len(columns[0]))
    spread = found.amax(-2) - found.amin(-2)
    varies = spread > PLAIN * torch.finfo(torch.float64).eps * found.abs().amax(-2)
    for alike, told in (
        (found.float().double() == found, "gives numbers of float32"),
        (rounded == found, "gives the same for arguments rounded to float32"),
    ):
        of_single = alike.all(-2)
        for row, moving in zip(of_single, varies, strict=True):
            if int(moving.sum()) >= min(SOME, len(moving)) and row[moving].all():
                return told
    return ""


def _table(numbers: Tensor, count: int) -> Tensor:
    """Numbers at all steps from all points, of shape (rows, steps, points)."""
    return numbers.double().reshape(-1, STEPS, count)
