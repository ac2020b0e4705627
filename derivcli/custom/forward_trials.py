"""Trials of the forward: it gives numbers, the same each time, leaves its input alone, and is the formula."""

from __future__ import annotations

import torch
from torch import Tensor

from derivcli.custom.difference_quotients import noise
from derivcli.custom.differences import allowed, digits, first, floor, least, points, shown, wrong
from derivcli.custom.error_messages import complaint
from derivcli.custom.forward_arguments import named
from derivcli.custom.probe import OwnError, Subject
from derivcli.custom.reference_values import Truth, by_formula
from derivcli.custom.report import ONE_POINT, Outcome, failed, inapplicable, passed
from derivcli.errors import DerivError


def runs(subject: Subject) -> Outcome:
    """Forward and backward work, of one point and of several, and the forward gives numbers."""
    finite = int(subject.values.isfinite().sum())
    if not finite and subject.formula is None:
        message = f"'{subject.name}' gives finite numbers at none of the points"
        raise DerivError(message, hint=f"give some where it does, as in `--at {subject.parameters[0]}=0.5`")
    assert len(subject.slopes) == len(subject.places), "there is a gradient for each argument"
    try:
        subject.gradients(subject.columns)
    except OwnError as error:
        return complaint(error, "batch", f"{error.stage} fails for several points at once")
    told = [f"finite at {finite} of {points(subject.count)}" if finite < subject.count else "", named(subject)]
    return passed(", ".join(filter(None, told)))


def same_again(subject: Subject) -> Outcome:
    """Two calls with the same arguments give the same."""
    for stage, compute in (("forward", subject.value), ("backward", subject.gradients)):
        one, other = (compute(subject.columns).nan_to_num() for _ in range(2))
        if not torch.equal(one, other):
            place = first(one != other)
            detail = f"{subject.at(place[-1])}: {one[place].item():.10g}, then {other[place].item():.10g}"
            return failed("random", f"not deterministic: {stage} differs from call to call", detail)
    return passed()


def input_kept(subject: Subject) -> Outcome:
    """The arguments are after forward and backward what they were before."""
    inputs = subject.leaves(subject.columns)
    value = subject.run(inputs)
    outcome = _changed(subject, inputs, "forward")
    if outcome is None:
        subject.pull(value, inputs)
        outcome = _changed(subject, inputs, "backward")
    return outcome or passed()


def _changed(subject: Subject, inputs: tuple[Tensor, ...], stage: str) -> Outcome | None:
    for name, x, before in zip(subject.parameters, inputs, subject.columns, strict=True):
        off = x.detach() != before
        if off.any():
            (point,) = first(off)
            detail = f"{stage} makes {name} = {x[point].item():.6g} of {name} = {before[point].item():.6g}"
            return failed("input", "modifies its input in place", detail)
    return None


def pointwise(subject: Subject) -> Outcome:
    """The forward of a batch is that of each of its points."""
    if subject.count == 1:
        return inapplicable(ONE_POINT)
    found, alone = subject.value(subject.columns), subject.values
    truth = Truth(alone, torch.zeros_like(alone))
    off = wrong(found, truth, allowed(truth, floor(subject, 0)))
    if not off.any():
        return passed()
    (point,) = first(off)
    detail = f"{subject.at(point)}: {found[point].item():.6g} in a batch, {alone[point].item():.6g} alone"
    return failed("batch", "forward of a point depends on the other points of the batch", detail)


def is_formula(subject: Subject) -> Outcome:
    """The forward is the formula."""
    if subject.formula is None:
        return inapplicable("nobody can say without `--against`")
    truth = by_formula(subject.formula, subject.parameters, subject.columns)
    found, rounding = subject.values, noise(subject.value, subject.columns)
    off = wrong(found, truth, allowed(truth, floor(subject, 0), rounding))
    if off.any():
        detail = shown(subject, first(off), found, truth.numbers)
        return failed("forward", f"forward is not {subject.formula.text}", detail)
    known = int(truth.known.sum())
    if not known:
        message = f"{subject.formula.text} has no value at any of the points"
        raise DerivError(message, hint=f"give others, as in `--at {subject.parameters[0]}=0.5`")
    return passed(f"{least(digits(found, truth, floor(subject, 0)))} at {points(known)}")
