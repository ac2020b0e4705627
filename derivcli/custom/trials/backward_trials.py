"""Trials of the backward: it is the derivative, and takes part in a graph."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from derivcli.custom.arguments.ordinary_points import in_company
from derivcli.custom.arguments.variants import of_this_constant
from derivcli.custom.faults.gradient_comparison import (
    NOISE_FACTOR,
    are_wrong,
    as_expected,
    deviates,
    digits_text,
    first_true,
    gradient_fault,
    points_text,
    rounding_floor,
    tolerance_of,
)
from derivcli.custom.faults.tensor_naming import beyond_numbers
from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Subject, filled_in
from derivcli.custom.trials.dense_trials import everywhere, where_wrong
from derivcli.custom.trials.examples import as_before, repeated
from derivcli.custom.trials.precision_trials import through_lower_format
from derivcli.custom.trials.tensor_trials import along_directions
from derivcli.custom.truth.true_values import TrueValues, gradient_noise, slopes_of
from derivcli.custom.user_code import UserCodeError, code_failure, error_text
from derivcli.errors import DerivError

NAMING_CALLS = 60
"""About so many calls tell whether a fault is one of numbers at all."""

UPSTREAM_GRADIENTS = (2.0, -0.7, 0.0, 1e3, 1e-3)


def is_derivative(subject: Subject) -> Outcome:
    """The backward with an upstream gradient of 1 is the derivative, for these constants or for others too."""
    outcome = (_of_points if subject.pointwise else along_directions)(subject)
    return of_this_constant(subject, outcome, _anywhere) if outcome.state == "failed" else outcome


def _anywhere(subject: Subject) -> Outcome:
    """The backward is the derivative at the points and between them, where what is wrong may have moved to."""
    outcome = is_derivative(subject)
    dense = everywhere(subject) if outcome.state == "passed" else outcome
    return dense if dense.state == "failed" else outcome


def _of_points(subject: Subject) -> Outcome:
    """The backward of each point by itself is the derivative."""
    truth = slopes_of(subject)
    if not truth.known.any():
        hint = "give other points with `--at`" + ("" if subject.formula else ", or a formula with `--against`")
        raise DerivError(f"'{subject.name}' has no derivative to compare with at any of the points", hint=hint)
    rounding = gradient_noise(subject)
    tolerance = tolerance_of(truth, rounding_floor(subject, 1), rounding)
    outcome = _missing(subject, truth, tolerance) or gradient_fault(subject, subject.slopes, truth, tolerance)
    if outcome is not None:
        where = where_wrong(subject) if outcome.kind in ("somewhere", "infinite") else None
        if not subject.budget.allows(NAMING_CALLS):
            return where or outcome
        return _of_other(subject, truth, tolerance) or beyond_numbers(subject) or where or outcome
    detail = "as near as quotients tell"
    if subject.formula is not None or subject.stated:
        detail = digits_text(subject, subject.slopes, truth, 1)
    skipped = subject.count - int(truth.known.all(0).sum())
    return passed(detail + (f", not tried at {points_text(skipped)} without a derivative" if skipped else ""))


def _of_other(subject: Subject, truth: TrueValues, tolerance: Tensor) -> Outcome | None:
    """What is wrong where gradients are off by no more than a lower number format on the way explains."""
    outcome = through_lower_format(subject, "backward", subject.gradients, subject.slopes)
    if outcome is None:
        return None
    rounding = rounding_floor(subject, 1, getattr(torch, outcome.kind))
    return None if are_wrong(subject.slopes, truth, tolerance + rounding).any() else outcome


def _missing(subject: Subject, truth: TrueValues, tolerance: Tensor) -> Outcome | None:
    """What is wrong where the backward gives None for an argument on which the forward depends."""
    tensors = subject.calls(subject.columns)[0]
    leaves = subject.leaves(tensors)
    outputs = subject.run(leaves)
    found = iter(subject.pull(outputs, leaves, subject.weights(outputs, 0)))
    for argument, leaf in zip(subject.tensor_arguments, leaves, strict=True):
        if not leaf.requires_grad or next(found) is not None:
            continue
        for row, name in enumerate(subject.wrt):
            varies = truth.known[row] & (truth.numbers[row].abs() > tolerance[row])
            if name.partition("[")[0] != argument.name or not varies.any():
                continue
            (point,) = first_true(varies)
            detail = f"{subject.at(point)}: None, should be {truth.numbers[row, point].item():.6g}"
            if len(leaves) > 1:
                detail += f"; where {argument.name} is meant to be constant, leave it out with `--wrt`"
            return failed("none", f"backward gives None for {argument.name}, on which forward depends", detail)
    return None


def takes_upstream(subject: Subject) -> Outcome:
    """The backward of each point is proportional to its upstream gradient."""

    def pulled(number: float) -> Tensor:
        return subject.each(lambda columns: subject.gradients(columns, torch.full_like(columns[0], number)))

    found = {
        number: pulled(number) for number in UPSTREAM_GRADIENTS[: subject.budget.part_of(len(UPSTREAM_GRADIENTS), 1)]
    }
    rounding = gradient_noise(subject) + rounding_floor(subject, 1) / NOISE_FACTOR
    kind, sentence = "upstream", "backward is not proportional to grad_output"
    if _ignored(subject, found, rounding):
        kind, sentence = "ignores", "ignores grad_output: right at the end of a graph, wrong inside one"
    return first_failure(
        as_expected(subject, each, number * subject.slopes, kind, sentence, abs(number) * rounding, setting)
        for number, each in found.items()
        for setting in [f" with grad_output {number:g}"]
    )


def _ignored(subject: Subject, found: Mapping[float, Tensor], rounding: Tensor) -> bool:
    """Whether those gradients that are wrong are the same whatever the upstream gradient is."""
    wrong, moved = [], []
    for number, each in found.items():
        wrong.append(deviates(subject, each, TrueValues(number * subject.slopes), 1, abs(number) * rounding).any(-1))
        moved.append(deviates(subject, each, TrueValues(subject.slopes), 1, rounding).any(-1))
    return not (torch.stack(wrong).any(0) & torch.stack(moved).any(0)).any()


def nan_upstream(subject: Subject) -> Outcome:
    """Where the upstream gradient is nan the backward is, wherever the derivative is not 0."""
    for example in subject.examples:
        upstreams = [torch.full_like(each, torch.nan) for each in example.upstreams]
        try:
            _, found = repeated(subject, example, upstreams=upstreams)
        except UserCodeError as error:
            return inapplicable(f"it is refused: {error_text(error)}")
        for argument, one, plain in zip(subject.tensor_arguments, found, example.gradients, strict=True):
            swallowed = one.isfinite() & plain.isfinite() & (plain != 0)
            if swallowed.any():
                place = tuple(swallowed.nonzero()[0].tolist())
                sentence = f"swallows nan in grad_output: backward gives {one[place].item():.6g} for it"
                by = f", by {argument.name}" if len(found) > 1 else ""
                detail = f"{subject.at(place[-1] if subject.pointwise else 0)}{by}: {plain[place].item():.6g} for 1"
                return failed("nan upstream", sentence, detail if subject.pointwise else "")
    return passed()


def upstream_kept(subject: Subject) -> Outcome:
    """The upstream gradients are after the backward what they were before."""
    for example in subject.examples:
        given = tuple(each.clone() for each in example.upstreams)
        repeated(subject, example, upstreams=given)
        for after, before in zip(given, example.upstreams, strict=True):
            off = after != before
            if off.any():
                place = tuple(off.nonzero()[0].tolist())
                detail = f"backward makes {after[place].item():.6g} of {before[place].item():.6g}"
                return failed("grad_output", "modifies grad_output in place", detail)
    return passed()


def second_pass(subject: Subject) -> Outcome:
    """The backward of one graph gives the same a second time."""
    for example in subject.examples:
        leaves = subject.leaves(example.tensors)
        outputs = subject.run(leaves)
        try:
            subject.pull(outputs, leaves, example.given, keep=True)
            found = filled_in(subject.pull(outputs, leaves, example.given, keep=True), leaves)
        except UserCodeError as error:
            return code_failure(error, "saved", "backward fails a second time")
        sentence = "modifies saved tensors in place: right the first time only"
        outcome = as_before(subject, example, found, "saved", sentence)
        if outcome.state == "failed":
            return outcome
    return passed()


def batch(subject: Subject) -> Outcome:
    """The backward of a batch, with an upstream gradient for each point, is that of each of its points."""
    if not subject.pointwise:
        return inapplicable("it takes no batch of points")
    subject = in_company(subject)
    given = torch.linspace(-1.4, 2.6, subject.count, dtype=torch.float64)
    found, due = subject.gradients(subject.columns, given), given * subject.slopes
    sentence = "backward of a point depends on the other points of the batch"
    return as_expected(subject, found, due, "batch", sentence, gradient_noise(subject))
