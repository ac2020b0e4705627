"""Trials of how many digits a function gives in each number format, and of its second derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from derivcli.custom.backward_trials import slopes_of
from derivcli.custom.difference_quotients import Numbers, by_quotients, noise, single_noise
from derivcli.custom.differences import DIGITS, MOST, NOISY, allowed, digits, first, floor, points, same, shown, wrong
from derivcli.custom.error_messages import told
from derivcli.custom.format_rounding import through_other
from derivcli.custom.probe import Columns, OwnError, Subject, own, stacked
from derivcli.custom.reference_values import SAFETY, Truth, by_formula, stack
from derivcli.custom.report import Outcome, failed, passed
from derivcli.engines.torch.custom_step import is_marked

FEW = 9
"""With no more right digits something other than float64 must be at work."""

SINGLE = 1e-4
"""What differs in float32 by no more than this part is right."""

SILENT = "second derivative silently wrong"

LARGEST = 1e37
"""Near the largest float32."""


def forward_in_double(subject: Subject) -> Outcome:
    """The forward computes in float64, whose numbers alone have differences that tell a derivative."""
    return through_other(subject, "forward", subject.value, subject.values[None]) or passed()


def in_double(subject: Subject) -> Outcome:
    """Forward and backward have the digits of float64 and not those of float32."""
    for stage, compute, numbers in (
        ("forward", subject.value, subject.values[None]),
        ("backward", subject.gradients, subject.slopes),
    ):
        rounding = noise(compute, subject.columns).reshape(numbers.shape)
        outcome = through_other(subject, stage, compute, numbers) if stage == "backward" else None
        outcome = outcome or _few(subject, stage, numbers, rounding, _exact(subject, stage))
        if outcome is not None:
            return outcome
    return passed()


def _exact(subject: Subject, stage: str) -> Truth | None:
    """What the numbers of a stage should be, as far as that is known."""
    if subject.formula is None:
        return None if stage == "forward" else slopes_of(subject)
    partials = [()] if stage == "forward" else [(name,) for name in subject.wrt]
    return stack([by_formula(subject.formula, subject.parameters, subject.columns, each) for each in partials])


def _few(subject: Subject, stage: str, numbers: Tensor, rounding: Tensor, truth: Truth | None) -> Outcome | None:
    """What is wrong where there are few right digits, and rounding is not the reason."""
    if truth is None:
        return None
    right = digits(numbers, truth, floor(subject, int(stage == "backward")))
    clear = (numbers - truth.numbers).abs() > NOISY * rounding + SAFETY * truth.errors
    smooth = truth.known & clear & (right <= FEW)
    rows = smooth.double().mean(-1) >= MOST
    if not rows.any():
        return None
    smooth &= rows[:, None]
    name = "" if rows.all() else f" in {subject.wrt[first(smooth)[0]]}"
    detail = f"{stage} {shown(subject, first(smooth), numbers, truth.numbers)}"
    count = int(right[smooth].median())
    constant = "a constant in float32" if count >= DIGITS[torch.float32] else "a constant that is rounded"
    sentence = f"{stage} is right to {count} digits only in double{name}: {constant}?"
    return failed("digits", sentence, detail)


def in_single(subject: Subject) -> Outcome:
    """In float32 forward and backward are what they are in float64, as far as float32 can tell."""
    remark = ""
    for stage, compute in (("forward", subject.value), ("backward", subject.gradients)):
        try:
            outcome = _stage_in_single(subject, stage, compute)
        except OwnError as error:
            return failed("dtype", "fails in float32", told(error))
        if outcome.state == "failed":
            return outcome
        remark = remark or outcome.sentence
    return passed("", remark)


def _stage_in_single(subject: Subject, stage: str, compute: Numbers) -> Outcome:
    """What the forward or the backward comes to in float32."""
    columns = tuple(x.float() for x in subject.columns)
    found, due = compute(columns), compute(tuple(x.double() for x in columns))
    if found.dtype != torch.float32:
        return failed("dtype", f"gives {found.dtype} where its input is torch.float32")
    truth = Truth(due.masked_fill(due.abs() > LARGEST, torch.nan), torch.zeros_like(due))
    off = wrong(found, truth, SINGLE * due.abs() + floor(subject, int(stage == "backward"), torch.float32))
    if not off.any():
        return passed()
    unexplained = off & ~((found - due).abs() <= NOISY * single_noise(compute, columns))
    if not unexplained.any():
        return passed("", "only float32 noise: passes in double")
    detail = f"{stage} {shown(subject, first(unexplained), found, due)}"
    return failed("single", "wrong in float32, right in double", detail)


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
    outcome = _curvatures_told(subject, found, curvatures_of(subject))
    if outcome.state == "failed":
        return outcome
    rounding = noise(subject.gradients, subject.columns)
    alone = same(subject, by_upstream, subject.slopes, "second", SILENT, rounding)
    return replace(alone, detail=f"by grad_output, {alone.detail}") if alone.state == "failed" else outcome


def _curvatures_told(subject: Subject, found: Tensor, truth: Truth) -> Outcome:
    """What is to be said of second derivatives of shape (places, places, points)."""
    off = wrong(found, truth, allowed(truth, floor(subject, 2)))
    if off.any():
        a, b, _ = place = first(off)
        which = f", by {subject.wrt[a]} and {subject.wrt[b]}" if len(subject.parameters) > 1 else ""
        return failed("second", SILENT, shown(subject, place, found, truth.numbers, which))
    skipped = subject.count - int(truth.known.all(0).all(0).sum())
    return passed(f"not tried at {points(skipped)} where they are unknown" if skipped else "")


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
    return stack(rows)


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
