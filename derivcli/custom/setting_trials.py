"""Trials of forward and backward in other settings: shapes, places in memory, arguments, and forward mode."""

from __future__ import annotations

import warnings
from dataclasses import replace

import torch
from torch import Tensor
from torch.autograd import forward_ad

from derivcli.custom.differences import differing, first, same, shown
from derivcli.custom.error_messages import complaint, told
from derivcli.custom.probe import Columns, OwnError, Subject, stacked
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.errors import DerivError

TANGENT = 2.0
"""So far each argument moves in forward mode."""

NOT_JVP = "jvp is not the derivative"

BETWEEN = 0.75
"""A number that lies between those of an argument in memory and is no part of it."""


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
        outcome = same(subject, found[None], TANGENT * subject.slopes[row : row + 1], "jvp", NOT_JVP)
        if outcome.state == "failed":
            return replace(outcome, detail=outcome.detail.replace(":", f" with a tangent of {TANGENT:g}{by}:", 1))
    return passed()


def _tangent(subject: Subject, place: int) -> Tensor:
    """The derivative in one argument by forward mode, of the batch."""
    columns, ones = list(subject.leaves(subject.columns, ())), torch.ones_like(subject.columns[place])
    with forward_ad.dual_level():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch warns of itself here
            columns[place] = forward_ad.make_dual(columns[place], ones * TANGENT)  # type: ignore[no-untyped-call]
        found = forward_ad.unpack_dual(subject.run(tuple(columns))).tangent  # type: ignore[no-untyped-call]
    return torch.zeros_like(subject.columns[0]) if found is None else found
