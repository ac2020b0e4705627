"""Trials of the backward: it is the derivative, takes part in a graph, and does as well in other settings."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor
from torch.autograd import forward_ad

from derivcli.check.custom.compare import allowed, compared, differing, digits, first, floor, least, points, same, shown, wrong
from derivcli.check.custom.complaints import complaint, told
from derivcli.check.custom.probe import Columns, OwnError, Subject, stacked
from derivcli.check.custom.quotients import by_quotients, noise
from derivcli.check.custom.report import ONE_POINT, Outcome, failed, inapplicable, passed
from derivcli.check.custom.rounding import through_single
from derivcli.check.custom.truth import Truth, by_formula, stack
from derivcli.errors import DerivError

UPSTREAM = (2.0, -0.7, 0.0)
"""Upstream gradients other than 1."""

NOT_JVP = "jvp is not the derivative"

BETWEEN = 0.75
"""A number that lies between those of an argument in memory and is no part of it."""


def is_derivative(subject: Subject) -> Outcome:
    """The backward of each point by itself, with an upstream gradient of 1, is the derivative."""
    truth = slopes_of(subject)
    if not truth.known.any():
        hint = "give other points with --at" + ("" if subject.formula else ", or a formula with --against")
        raise DerivError(f"'{subject.name}' has no derivative to compare with at any of the points", hint=hint)
    rounding = noise(subject.gradients, subject.columns)
    tolerance = allowed(truth, floor(subject, 1), rounding)
    outcome = _missing(subject, truth, tolerance) or compared(subject, subject.slopes, truth, tolerance)
    if outcome is not None:
        return _of_single(subject, truth, tolerance) or outcome
    if subject.formula is None:
        told = "as near as quotients of differences tell"
    else:
        told = least(digits(subject.slopes, truth, floor(subject, 1)))
    skipped = subject.count - int(truth.known.all(0).sum())
    return passed(told + (f", not tried at {points(skipped)} without a derivative" if skipped else ""))


def _of_single(subject: Subject, truth: Truth, tolerance: Tensor) -> Outcome | None:
    """What is wrong where gradients are off by no more than float32 makes of them, and come from there."""
    if wrong(subject.slopes, truth, tolerance + floor(subject, 1, torch.float32)).any():
        return None
    return through_single(subject, "backward", subject.gradients, subject.slopes)


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
                detail += f"; where {name} is meant to be constant, leave it out with --wrt"
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


def shapes(subject: Subject) -> Outcome:
    """Matrices and tensors of three dimensions do as well, where the forward takes them."""
    rows = next(rows for rows in (2, 3, 1) if subject.count % rows == 0)
    outcomes = [_shaped(subject, shape) for shape in ((rows, -1), (rows, 1, -1))]
    found = [outcome for outcome in outcomes if outcome is not None]
    failures = [outcome for outcome in found if outcome.state == "failed"]
    return (failures or found or [inapplicable("forward takes vectors only")])[0]


def single_number(subject: Subject) -> Outcome:
    """A tensor of no dimensions does as well, where the forward takes it."""
    one = replace(subject, columns=tuple(x[:1] for x in subject.columns))
    return _shaped(one, ()) or inapplicable("forward takes none")


def _shaped(subject: Subject, shape: tuple[int, ...]) -> Outcome | None:
    """What is to be said of forward and backward at the points in a shape; None where forward does not take it."""
    inputs = subject.leaves(tuple(x.reshape(shape) for x in subject.columns))
    given = torch.linspace(-1.4, 2.6, subject.count, dtype=torch.float64)
    try:
        value = subject.run(inputs)
    except (OwnError, DerivError):
        return None
    setting = f" in a tensor of {len(shape)} dimensions"
    kind, sentence = "dimensions", f"wrong for tensors of {len(shape)} dimensions"
    try:
        found = stacked(subject.pull(value, inputs, given.reshape(shape)), inputs[0])
    except OwnError as error:
        return complaint(error, kind, f"backward fails for tensors of {len(shape)} dimensions")
    values, due = value.detach().reshape(1, -1), subject.values[None]
    off = differing(subject, values, due)
    if off.any():
        return failed(kind, f"forward is {sentence}", shown(subject, first(off), values, due, setting))
    found = found.reshape(len(subject.places), -1)
    return same(subject, found, given * subject.slopes, kind, f"backward is {sentence}", setting=setting)


def contiguous(subject: Subject) -> Outcome:
    """Arguments and upstream gradients with gaps between their numbers in memory, or all the same one, do as well."""
    for columns, given, due in _layouts(subject):
        inputs = tuple(x.requires_grad_(place in subject.places) for place, x in enumerate(columns))
        try:
            found = stacked(subject.pull(subject.run(inputs), inputs, given), inputs[0])
        except OwnError as error:
            return failed("contiguous", "fails for tensors that are not contiguous", told(error))
        found = found if found.ndim == 2 else found.mT.reshape(due.shape)
        outcome = same(subject, found, due, "contiguous", "wrong for tensors that are not contiguous")
        if outcome.state == "failed":
            return outcome
    return passed()


def _layouts(subject: Subject) -> list[tuple[Columns, Tensor, Tensor]]:
    """Arguments, upstream gradients and what is due, where the numbers lie in memory as they may in a program."""
    columns, ones, due = subject.leaves(subject.columns, ()), torch.ones_like(subject.columns[0]), subject.slopes
    found = [
        (tuple(map(_spread, columns)), _spread(ones), due),
        (columns, torch.ones((), dtype=torch.float64).expand(subject.count), due),
    ]
    if subject.count % 2 == 0 and _takes_matrices(subject):
        found.append((tuple(x.clone().reshape(2, -1).T for x in columns), ones.reshape(2, -1).T, due))
    return found


def _spread(x: Tensor) -> Tensor:
    """The same numbers with others between them in memory."""
    return torch.stack([x, torch.full_like(x, BETWEEN)], -1)[..., 0]


def _takes_matrices(subject: Subject) -> bool:
    try:
        subject.gradients(tuple(x.reshape(2, -1) for x in subject.columns))
    except (OwnError, DerivError):
        return False
    return True


def some_inputs(subject: Subject) -> Outcome:
    """The gradient in one argument is the same where no other wants one."""
    if len(subject.parameters) == 1:
        return inapplicable("there is one argument")
    for row, place in enumerate(subject.places):
        only = f"where only {subject.parameters[place]} needs a gradient"
        inputs = subject.leaves(subject.columns, (place,))
        try:
            found = stacked(subject.pull(subject.run(inputs), inputs), subject.columns[0])
        except OwnError as error:
            return failed("needs_input_grad", f"fails {only}", told(error))
        due = subject.slopes[row : row + 1]
        outcome = same(subject, found, due, "needs_input_grad", f"wrong {only}")
        if outcome.state == "failed":
            return outcome
    return passed()


def forward_mode(subject: Subject) -> Outcome:
    """What the class's own jvp gives of a direction is its gradients in that direction."""
    if subject.function.jvp is torch.autograd.Function.jvp:
        return inapplicable("there is no jvp")
    for row, place in enumerate(subject.places):
        by = f", by {subject.parameters[place]}" if len(subject.places) > 1 else ""
        try:
            found = _tangent(subject, place)
        except OwnError as error:
            return failed("jvp", "jvp fails", told(OwnError("jvp", error.error)))
        outcome = same(subject, found[None], UPSTREAM[0] * subject.slopes[row : row + 1], "jvp", NOT_JVP)
        if outcome.state == "failed":
            return replace(outcome, detail=outcome.detail.replace(":", f" with a tangent of {UPSTREAM[0]:g}{by}:", 1))
    return passed()


def _tangent(subject: Subject, place: int) -> Tensor:
    """The derivative in one argument by forward mode, of the batch."""
    columns = list(subject.leaves(subject.columns, ()))
    with forward_ad.dual_level():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch warns of itself here
            columns[place] = forward_ad.make_dual(columns[place], torch.full_like(columns[place], UPSTREAM[0]))
        found = forward_ad.unpack_dual(subject.run(tuple(columns))).tangent
    return torch.zeros_like(subject.columns[0]) if found is None else found
