"""Trials of the backward: it is the derivative, and takes part in a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from derivcli.custom.difference_quotients import by_quotients, noise
from derivcli.custom.differences import allowed, compared, differing, digits, first, floor, least, points, same, wrong
from derivcli.custom.error_messages import complaint
from derivcli.custom.format_rounding import through_other
from derivcli.custom.probe import Columns, OwnError, Subject, stacked
from derivcli.custom.reference_values import Truth, by_formula, stack
from derivcli.custom.report import ONE_POINT, Outcome, failed, inapplicable, passed
from derivcli.errors import DerivError

UPSTREAM = (2.0, -0.7, 0.0)
"""Upstream gradients other than 1."""


def is_derivative(subject: Subject) -> Outcome:
    """The backward of each point by itself, with an upstream gradient of 1, is the derivative."""
    truth = slopes_of(subject)
    if not truth.known.any():
        hint = "give other points with `--at`" + ("" if subject.formula else ", or a formula with `--against`")
        raise DerivError(f"'{subject.name}' has no derivative to compare with at any of the points", hint=hint)
    rounding = noise(subject.gradients, subject.columns)
    tolerance = allowed(truth, floor(subject, 1), rounding)
    outcome = _missing(subject, truth, tolerance) or compared(subject, subject.slopes, truth, tolerance)
    if outcome is not None:
        return _of_other(subject, truth, tolerance) or outcome
    if subject.formula is None:
        told = "as near as quotients of differences tell"
    else:
        told = least(digits(subject.slopes, truth, floor(subject, 1)))
    skipped = subject.count - int(truth.known.all(0).sum())
    return passed(told + (f", not tried at {points(skipped)} without a derivative" if skipped else ""))


def _of_other(subject: Subject, truth: Truth, tolerance: Tensor) -> Outcome | None:
    """What is wrong where gradients are off by no more than the number format makes of them that they come from."""
    outcome = through_other(subject, "backward", subject.gradients, subject.slopes)
    if outcome is None:
        return None
    rounding = floor(subject, 1, getattr(torch, outcome.kind))
    return None if wrong(subject.slopes, truth, tolerance + rounding).any() else outcome


def slopes_of(subject: Subject) -> Truth:
    """The true first derivatives, of shape (places, points)."""
    if subject.formula is not None:
        names = subject.wrt
        return stack([by_formula(subject.formula, subject.parameters, subject.columns, (name,)) for name in names])
    return stack([by_quotients(subject.value, subject.columns, place) for place in subject.places])


def _missing(subject: Subject, truth: Truth, tolerance: Tensor) -> Outcome | None:
    """What is wrong where the backward gives None for an argument on which the forward depends."""
    inputs = subject.leaves(subject.columns)
    found = subject.pull(subject.run(inputs), inputs)
    for row, (name, gradient) in enumerate(zip(subject.wrt, found, strict=True)):
        varies = truth.known[row] & (truth.numbers[row].abs() > tolerance[row])
        if gradient is None and varies.any():
            (point,) = first(varies)
            detail = f"{subject.at(point)}: None, should be {truth.numbers[row, point].item():.6g}"
            if len(subject.places) > 1:
                detail += f"; where {name} is meant to be constant, leave it out with `--wrt`"
            return failed("none", f"backward gives None for {name}, on which forward depends", detail)
    return None


def takes_upstream(subject: Subject) -> Outcome:
    """The backward of each point is proportional to its upstream gradient."""
    found = {number: subject.each(_pulled(subject, number)) for number in UPSTREAM}
    rounding = noise(subject.gradients, subject.columns)
    kind, sentence = "upstream", "backward is not proportional to grad_output"
    if _ignored(subject, found, rounding):
        kind, sentence = "ignores", "ignores grad_output: right at the end of a graph, wrong inside one"
    for number, each in found.items():
        setting = f" with grad_output {number:g}"
        outcome = same(subject, each, number * subject.slopes, kind, sentence, rounding, setting)
        if outcome.state == "failed":
            return outcome
    return passed()


def _ignored(subject: Subject, found: Mapping[float, Tensor], rounding: Tensor) -> bool:
    """Whether those gradients that are wrong are the same whatever the upstream gradient is."""
    bad = [differing(subject, each, number * subject.slopes, rounding).any(-1) for number, each in found.items()]
    moved = [differing(subject, each, subject.slopes, rounding).any(-1) for each in found.values()]
    return not (torch.stack(bad).any(0) & torch.stack(moved).any(0)).any()


def _pulled(subject: Subject, number: float) -> Callable[[Columns], Tensor]:
    return lambda columns: subject.gradients(columns, torch.full_like(columns[0], number))


def upstream_kept(subject: Subject) -> Outcome:
    """The upstream gradient is after the backward what it was before."""
    inputs = subject.leaves(subject.columns)
    given = torch.full_like(subject.columns[0], UPSTREAM[0])
    subject.pull(subject.run(inputs), inputs, given)
    off = given != UPSTREAM[0]
    if not off.any():
        return passed()
    (point,) = first(off)
    detail = f"{subject.at(point)}: backward makes {given[point].item():.6g} of {UPSTREAM[0]:g}"
    return failed("grad_output", "modifies grad_output in place", detail)


def second_pass(subject: Subject) -> Outcome:
    """The backward of one graph gives the same a second time."""
    inputs = subject.leaves(subject.columns)
    value = subject.run(inputs)
    try:
        one, other = (stacked(subject.pull(value, inputs, keep=True), value) for _ in range(2))
    except OwnError as error:
        return complaint(error, "saved", "backward fails a second time")
    return same(subject, other, one, "saved", "modifies saved tensors in place: right the first time only")


def two_calls(subject: Subject) -> Outcome:
    """The backward belongs to its own call, whatever was called after that."""
    if subject.count == 1:
        return inapplicable(ONE_POINT)
    inputs = subject.leaves(subject.columns)
    value = subject.run(inputs)
    subject.run(subject.leaves(tuple(x.flip(0) for x in subject.columns)))
    found = stacked(subject.pull(value, inputs), value)
    alone = subject.gradients(subject.columns)
    return same(subject, found, alone, "state", "keeps what backward needs outside ctx: wrong where it is called twice")


def batch(subject: Subject) -> Outcome:
    """The backward of a batch, with an upstream gradient for each point, is that of each of its points."""
    if subject.count == 1:
        return inapplicable(ONE_POINT)
    given = torch.linspace(-1.4, 2.6, subject.count, dtype=torch.float64)
    found, due = subject.gradients(subject.columns, given), given * subject.slopes
    sentence = "backward of a point depends on the other points of the batch"
    return same(subject, found, due, "batch", sentence, noise(subject.gradients, subject.columns))
