"""Whether what a function computes in double goes through another number format on its way."""

from __future__ import annotations

import torch
from torch import Tensor

from derivcli.custom.difference_quotients import Numbers, noise
from derivcli.custom.differences import MOST, SOME
from derivcli.custom.probe import Columns, Subject
from derivcli.custom.report import Outcome, failed

SINGLE_NOISE = (2.0**-28, 2.0**-20)
"""How much float32 rounding moves a number of an ordinary formula, of its size."""

STEPS = 8
BESIDE = 8.0
"""Of so many steps beside a point each is so many units in the last place long, and leads to another number."""

ODD = 1.0471
"""Steps of whole units would lead to numbers that fit into the format."""

PLAIN = 1e3
"""So many units in the last place of float64 are seen, and those of other formats are more."""

MANY = 6
"""Of fewer points a grid of numbers, as of a quantizer, may pass for numbers of 16 bits."""

OTHERS = {torch.float32: 7, torch.bfloat16: 2, torch.float16: 3}
"""Formats that are not float64, with their digits; numbers of bfloat16 would fit in the others too."""


def through_other(subject: Subject, stage: str, compute: Numbers, numbers: Tensor) -> Outcome | None:
    """What is wrong where the numbers of a stage, of shape (..., points), come from another format than float64."""
    for dtype in OTHERS:
        told = _carried(compute, subject.columns, dtype)
        if told:
            return _failed(dtype, f"{stage} {told}")
    rounding = noise(compute, subject.columns).reshape(numbers.shape)
    return _failed(torch.float32, f"{stage} is rounded as float32 is") if _noisy(numbers, rounding) else None


def _failed(dtype: torch.dtype, detail: str) -> Outcome:
    name = str(dtype).removeprefix("torch.")
    return failed(name, f"computes in {name} inside: {OTHERS[dtype]} digits in double", detail)


def _noisy(numbers: Tensor, rounding: Tensor) -> bool:
    """Whether rounding is that of float32."""
    share = (rounding / numbers.abs())[numbers != 0]
    share = share[share.isfinite()]
    low, high = SINGLE_NOISE
    return len(share) > 0 and bool(((share > low) & (share < high)).double().mean() >= MOST)


def _carried(compute: Numbers, columns: Columns, dtype: torch.dtype) -> str:
    """How numbers beside the points show that the result or the arguments are rounded to a format; empty if not.

    Where a function is flat its numbers say nothing, be it that it is constant there or saturates.
    """
    steps = torch.arange(1, STEPS + 1, dtype=torch.float64)[:, None] * BESIDE * torch.finfo(dtype).eps * ODD
    batch = tuple((x * (1 + steps * (1 + place / len(columns)))).flatten() for place, x in enumerate(columns))
    found = _table(compute(batch), len(columns[0]))
    rounded = _table(compute(tuple(x.to(dtype).double() for x in batch)), len(columns[0]))
    name = str(dtype).removeprefix("torch.")
    for alike, told in (
        (found.to(dtype).double() == found, f"gives numbers of {name}"),
        (rounded == found, f"gives the same for arguments rounded to {name}"),
    ):
        for row, numbers in zip(alike.all(-2), found, strict=True):
            moving = _moving(numbers, columns, dtype)
            if moving.any() and row[moving].all():
                return told
    return ""


def _moving(numbers: Tensor, columns: Columns, dtype: torch.dtype) -> Tensor:
    """Where numbers of shape (steps, points) differ from step to step; nowhere, if they do so at few of the points.

    The numbers of a grid, which are those of 16 bits too, do not differ near 0.
    """
    spread = numbers.amax(0) - numbers.amin(0)
    moving = spread > PLAIN * torch.finfo(torch.float64).eps * numbers.abs().amax(0)
    if dtype == torch.float32:
        return moving & (moving.sum() >= min(SOME, len(moving)))
    moving &= (numbers.diff(dim=0) != 0).all(0)
    near = torch.stack([x.abs() for x in columns]).amax(0).argsort()[: len(moving) // 2]
    return moving & (len(moving) >= MANY) & (moving[near].double().mean() >= MOST)


def _table(numbers: Tensor, count: int) -> Tensor:
    """Numbers at all steps from all points, of shape (rows, steps, points)."""
    return numbers.double().reshape(-1, STEPS, count)
