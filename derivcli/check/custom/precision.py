"""Trials of how many digits a function gives in each number format, and of its second derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from derivcli.check.custom.compare import NOISY, allowed, beside, digits, first, floor, scale, wrong
from derivcli.check.custom.complaints import told
from derivcli.check.custom.probe import Columns, OwnError, Subject, own, stacked
from derivcli.check.custom.report import Outcome, failed, passed
from derivcli.check.custom.truth import SINGLE_STEPS, Truth, by_formula, by_quotients, clear, noise, stack
from derivcli.engines.own import is_marked

SINGLE_NOISE = (2.0**-28, 2.0**-20)
"""How much float32 rounding moves a number of an ordinary formula, of its size."""

MOST = 0.75
"""So large a part of the points has to show it."""

FEW = 9
"""With no more right digits something other than float64 must be at work."""

SINGLE = 1e-4
"""What differs in float32 by no more than this part is right."""

LARGEST = 1e37
"""Near the largest float32."""


def in_double(subject: Subject) -> Outcome:
    """Forward and backward have the digits of float64 and not those of float32."""
    for stage, compute, numbers in (
        ("forward", subject.value, subject.values[None]),
        ("backward", subject.gradients, subject.slopes),
    ):
        rounding = noise(compute, subject.columns).reshape(numbers.shape)
        truth = _exact(subject, stage)
        outcome = _single(subject, stage, numbers, rounding) or _few(subject, stage, numbers, rounding, truth)
        if outcome is not None:
            return outcome
    return passed()


def _exact(subject: Subject, stage: str) -> Truth | None:
    """What the numbers of a stage should be to all digits, if that is known."""
    if subject.formula is None:
        return None
    partials = [()] if stage == "forward" else [(name,) for name in subject.wrt]
    return stack([by_formula(subject.formula, subject.parameters, subject.columns, each) for each in partials])


def _single(subject: Subject, stage: str, numbers: Tensor, rounding: Tensor) -> Outcome | None:
    """What is wrong where rounding is that of float32."""
    share = (rounding / numbers.abs())[numbers != 0]
    share = share[share.isfinite()]
    low, high = SINGLE_NOISE
    if not len(share) or ((share > low) & (share < high)).double().mean() < MOST:
        return None
    detail = f"{stage} is rounded to about {-torch.log10(share.median()).item():.0f} digits"
    return failed("float32", "computes in float32 inside: 7 digits in double", detail)


def _few(subject: Subject, stage: str, numbers: Tensor, rounding: Tensor, truth: Truth | None) -> Outcome | None:
    """What is wrong where there are few right digits, and rounding is not the reason."""
    if truth is None:
        return None
    right = digits(numbers, truth, floor(subject, int(stage == "backward")))
    smooth = truth.known & ((numbers - truth.numbers).abs() > NOISY * rounding) & (right <= FEW)
    if smooth.double().mean() < MOST:
        return None
    place, point = first(smooth)
    detail = f"{stage} {subject.at(point)}: {beside(numbers[place, point].item(), truth.numbers[place, point].item())}"
    sentence = f"{stage} is right to {int(right[smooth].median())} digits only in double: a constant in float32?"
    return failed("digits", sentence, detail)


def in_single(subject: Subject) -> Outcome:
    """In float32 forward and backward are what they are in float64, as far as float32 can tell."""
    columns = tuple(x.float() for x in subject.columns)
    exact = tuple(x.double() for x in columns)
    remark, least = "", 7
    for stage, compute in (("forward", subject.value), ("backward", subject.gradients)):
        try:
            found = compute(columns)
        except OwnError as error:
            return failed("dtype", "fails in float32", told(error))
        if found.dtype != torch.float32:
            return failed("dtype", f"gives {found.dtype} where its input is torch.float32")
        due = compute(exact)
        truth = Truth(due.masked_fill(due.abs() > LARGEST, torch.nan), torch.zeros_like(due))
        level = floor(subject, int(stage == "backward"), torch.float32)
        off = wrong(found.double(), truth, SINGLE * due.abs() + level)
        if off.any():
            rounding = noise(compute, columns, SINGLE_STEPS)
            unexplained = off & ~((found - due).abs() <= NOISY * rounding)
            if unexplained.any():
                place = first(unexplained)
                detail = f"{stage} {subject.at(place[-1])}: {beside(found[place].item(), due[place].item())}"
                return failed("single", "wrong in float32, right in double", detail)
            remark = "only float32 noise: passes in double"
        least = min(least, int(digits(found.double(), truth, level, torch.float32).min()))
    return passed(f"{least} digits of 7", remark)


def second(subject: Subject) -> Outcome:
    """The derivatives of the backward are the second derivatives, and its derivative by grad_output is the first."""
    inputs = subject.leaves(subject.columns)
    given = torch.ones_like(subject.columns[0], requires_grad=True)
    try:
        slopes = subject.pull(subject.run(inputs), inputs, given, again=True)
        if any(map(is_marked, slopes)):
            return passed("marked @once_differentiable", "refuses second derivatives")
        found, by_upstream = _curvatures([*(inputs[place] for place in subject.places), given], slopes)
    except OwnError as error:
        return failed("second-fails", "fails in second derivatives", told(error))
    truth = curvatures_of(subject)
    off = wrong(found, truth, allowed(truth, floor(subject, 2)))
    sentence = "second derivative silently wrong"
    if off.any():
        a, b, point = first(off)
        which = f" by {subject.wrt[a]} and {subject.wrt[b]}" if len(subject.places) > 1 else ""
        numbers = beside(found[a, b, point].item(), truth.numbers[a, b, point].item())
        return failed("second", sentence, f"{subject.at(point)}{which}: {numbers}")
    due = Truth(subject.slopes, torch.zeros_like(subject.slopes))
    off = wrong(by_upstream, due, allowed(due, floor(subject, 1), noise(subject.gradients, subject.columns)))
    if off.any():
        place, point = first(off)
        numbers = beside(by_upstream[place, point].item(), subject.slopes[place, point].item())
        return failed("second", sentence, f"{subject.at(point)} in a graph, by grad_output: {numbers}")
    return passed(f"not told at {int((~truth.known).any(0).any(0).sum())} points" if not truth.known.all() else "")


def curvatures_of(subject: Subject) -> Truth:
    """The true second derivatives, of shape (places, places, points)."""
    rows = []
    for row, a in enumerate(subject.wrt):
        if subject.formula is not None:
            partials = [(a, b) for b in subject.wrt]
            row_of = [by_formula(subject.formula, subject.parameters, subject.columns, each) for each in partials]
            rows.append(stack(row_of))
        else:
            slope = partial(_slope, subject, row)
            rows.append(stack([by_quotients(slope, subject.columns, place) for place in subject.places]))
    return clear(stack(rows), scale(subject, 2))


def _slope(subject: Subject, row: int, columns: Columns) -> Tensor:
    """The backward for one of the arguments."""
    return subject.gradients(columns)[row]


def _curvatures(wanted: Sequence[Tensor], slopes: Sequence[Tensor | None]) -> tuple[Tensor, Tensor]:
    """The derivatives of gradients in the arguments, of shape (places, places, points), and in grad_output."""
    rows = []
    for slope in slopes:
        found: tuple[Tensor | None, ...] = (None,) * len(wanted)
        if slope is not None and slope.requires_grad:
            with own("second derivative"):
                found = torch.autograd.grad(slope.sum(), wanted, retain_graph=True, allow_unused=True)
        rows.append(stacked(found, wanted[-1].detach()))
    table = torch.stack(rows)
    return table[:, :-1], table[:, -1]
