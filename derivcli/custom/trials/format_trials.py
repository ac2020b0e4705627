"""Trials in narrower number formats: what a function gives there is what a wider format gives of the same numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import (
    MIN_RIGHT_POINTS,
    NOISE_FACTOR,
    deviation_text,
    first_true,
    rounding_floor,
)
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.truth.true_values import PointFunction
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, error_text
from derivcli.errors import DerivError


@dataclass(frozen=True)
class Format:
    """A number format, and the wider one that judges it.

    Numbers are right with a relative error of so many units in the last place, or where fourth differences of the
    error, over steps of these lengths, show that rounding moves them as far.
    """

    dtype: torch.dtype
    wider: torch.dtype
    units: float
    steps: tuple[float, float]

    @property
    def name(self) -> str:
        """What PyTorch calls it."""
        return str(self.dtype).removeprefix("torch.")

    @property
    def unit(self) -> float:
        """The distance from 1 to the next number."""
        return torch.finfo(self.dtype).eps


SINGLE = Format(torch.float32, torch.float64, 840, (2e-2, 2e-3))
HALF = Format(torch.float16, torch.float32, 32, (6e-2, 4e-3))
BRAIN = Format(torch.bfloat16, torch.float32, 32, (1.2e-1, 3e-2))

MAX_SHARE = 0.5
"""Numbers up to this share of the largest one of a format fit in it."""

LARGE_FACTOR, MAX_LARGE = 10.0, 200.0
"""In 16 bits the points are tried so many times as large too, up to this number, for what overflows."""

MAX_LARGE_ENTRY = 16.0
"""The limit for entries of tensors, whose products are added up."""

SPREAD_UNITS, SPREAD_FACTOR = 2.0, 8.0
"""So many times what the wider format gives for numbers so many units away may differ: there may be a jump between."""

FLOOR_UNITS = 4.0
"""So many units in the last place of the arguments, or of 1, a number of 16 bits may be off where it cancels."""


@dataclass(frozen=True)
class Comparison:
    """Numbers in a format, what they should be, where they are wrong, and where no more than rounding is at work."""

    found: Tensor
    due: Tensor
    off: Tensor
    rounded: Tensor

    @property
    def lost(self) -> Tensor:
        """Where there is no finite number, and should be one."""
        return self.off & ~self.found.isfinite()


def in_single(subject: Subject) -> Outcome:
    """In float32 forward and backward are what they are in float64, as far as float32 can tell."""
    tried = replace(subject, columns=subject.columns.float().double())
    remark = ""
    try:
        outcome = _of_another_format(tried, SINGLE)
        for order, stage in enumerate(("forward", "backward")):
            floor = rounding_floor(subject, order, torch.float32)
            compared = outcome or _compared(SINGLE, tried, stage, floor)
            if isinstance(compared, Outcome):
                return compared
            if compared.off.any():
                return _wrong(tried, SINGLE, stage, compared, compared.off)
            remark = "only float32 noise: passes in double" if compared.rounded.any() else remark
    except UserCodeError as error:
        return failed("dtype", "fails in float32", error_text(error))
    return passed("", remark)


def in_half(subject: Subject) -> Outcome:
    """In float16 forward and backward are what they are in float32, also for large numbers whose results fit."""
    return _in_16_bits(subject, HALF)


def in_brain(subject: Subject) -> Outcome:
    """In bfloat16 forward and backward are what they are in float32."""
    return _in_16_bits(subject, BRAIN)


def _in_16_bits(subject: Subject, narrow: Format) -> Outcome:
    largest = MAX_LARGE if subject.pointwise else MAX_LARGE_ENTRY
    columns = torch.cat([subject.columns, (LARGE_FACTOR * subject.columns).clamp(-largest, largest)], 1)
    tried = replace(subject, columns=columns.to(narrow.dtype).double())
    floor = FLOOR_UNITS * narrow.unit * columns.abs().amax(0).clamp(min=1.0)
    try:
        outcome = _of_another_format(tried, narrow)
        if outcome is not None:
            return outcome
        forward = _compared(narrow, tried, "forward", floor)
        return _outcome(tried, narrow, forward, _compared(narrow, tried, "backward", floor, forward.lost))
    except UserCodeError as error:
        return inapplicable(f"it is refused: {error_text(error)}")
    except (NoDerivativeError, DerivError) as error:
        return inapplicable(f"it is refused: {error}")


def _of_another_format(subject: Subject, narrow: Format) -> Outcome | None:
    """What is wrong where the outputs do not have the number format of the arguments.

    Constants of another format widen 16 bits as they should, SciPy does too, and many losses are meant to.
    """
    tensors = subject.leaves(subject.calls(subject.columns.to(narrow.dtype))[0], ())
    others = [each for each in subject.run(tensors) if each.dtype != narrow.dtype]
    if not others:
        return None
    if any(isinstance(argument.constant, torch.dtype) for argument in subject.arguments):
        return inapplicable("an argument says which format it gives")
    constants = [argument.constant for argument in subject.arguments if isinstance(argument.constant, Tensor)]
    mixed = subject.function.kind == "module" or any(each.is_floating_point() for each in constants)
    if narrow is not SINGLE and (mixed or not others[0].ndim or any(map(_is_shared, (*tensors, *others)))):
        return inapplicable(f"it gives {others[0].dtype}")
    return failed("dtype", f"gives {others[0].dtype} where its input is {narrow.dtype}")


def _is_shared(x: Tensor) -> bool:
    """Whether NumPy got hold of the memory of a tensor, which PyTorch then leaves as large as it is."""
    return not x.untyped_storage().resizable()


def _outcome(subject: Subject, narrow: Format, forward: Comparison, backward: Comparison) -> Outcome:
    """The outcome for both stages at the points, and at as many large ones.

    What overflows at these is but a remark, and so is a forward that does: it defines what it gives.
    """
    ordinary = torch.arange(subject.count) < subject.count // 2
    least = min(MIN_RIGHT_POINTS, subject.count // 2)
    wrong = ordinary & forward.off & ~forward.lost
    if wrong.sum() >= least:
        return _wrong(subject, narrow, "forward", forward, wrong)
    overflows = f"overflows in {narrow.name} on the way to a number that fits"
    wrong = ordinary & backward.off
    if wrong.any(0).sum() >= least:
        beyond = wrong & (forward.lost | backward.lost)
        if not beyond.any():
            return _wrong(subject, narrow, "backward", backward, wrong)
        if not subject.pointwise:  # what products of tensors add up to on the way is seldom the code's choice
            return passed("", f"backward {overflows}")
        detail = deviation_text(subject, first_true(beyond), backward.found, backward.due)
        return failed("overflow", overflows, f"backward {detail}")
    stage = "forward" if forward.lost.any() else "backward" if backward.lost.any() else ""
    return passed("", f"{stage} {overflows}" if stage else "")


def _wrong(subject: Subject, narrow: Format, stage: str, compared: Comparison, off: Tensor) -> Outcome:
    kind, wider = ("single", "double") if narrow is SINGLE else ("half", "float32")
    detail = f"{stage} {deviation_text(subject, first_true(off), compared.found, compared.due)}"
    return failed(kind, f"wrong in {narrow.name}, right in {wider}", detail)


def _compared(narrow: Format, subject: Subject, stage: str, floor: Tensor, beyond: Tensor | bool = False) -> Comparison:
    """What a stage gives in a format, compared with what it gives of the same numbers in the wider one.

    What goes `beyond` the format is no rounding.
    """
    compute = subject.value if stage == "forward" else subject.gradients
    columns = subject.columns
    found, due = compute(columns.to(narrow.dtype)).double(), compute(columns.to(narrow.wider)).double()
    fits = due.isfinite() & (due.abs() <= MAX_SHARE * torch.finfo(narrow.dtype).max)
    error = (found - due).abs()
    fits &= found.isfinite() | (due.abs() > floor)
    off = fits & ~(error <= narrow.units * narrow.unit * due.abs() + floor)
    if not off.any():
        return Comparison(found, due, off, off)
    allowed = SPREAD_FACTOR * _spread(narrow, compute, columns, due)
    explained = (
        off
        & ~torch.as_tensor(beyond)
        & ((error <= allowed) | (error <= NOISE_FACTOR * _noise(narrow, compute, columns)))
    )
    return Comparison(found, due, off & ~explained, explained)


def _spread(narrow: Format, compute: PointFunction, columns: Columns, due: Tensor) -> Tensor:
    """How far what is due differs from that of numbers a little away, to both sides and some to each."""
    turns = 1 - 2 * (torch.arange(len(columns), dtype=torch.float64) % 2)[:, None]
    found = torch.zeros_like(due)
    for side in (torch.ones_like(turns), -torch.ones_like(turns), turns):
        near = columns * (1 + side * SPREAD_UNITS * narrow.unit)
        found = torch.maximum(found, (compute(near.to(narrow.wider)).double() - due).abs())
    return found.nan_to_num(torch.inf)


def _noise(narrow: Format, compute: PointFunction, columns: Columns) -> Tensor:
    """How much rounding moves what is computed, by fourth differences of the error."""
    return torch.maximum(*(_noise_over(narrow, compute, columns, step) for step in narrow.steps))


def _noise_over(narrow: Format, compute: PointFunction, columns: Columns, step: float) -> Tensor:
    batch = torch.cat([columns * (1 + k * step) for k in range(-4, 5)], 1).to(narrow.dtype)
    errors = compute(batch).double() - compute(batch.to(narrow.wider)).double()
    table = errors.reshape(*errors.shape[:-1], 9, columns.shape[1]).nan_to_num(0.0, 0.0, 0.0)
    return table.diff(n=4, dim=-2).abs().amax(-2) / math.sqrt(70)
