"""Trials of forward and backward in other settings: shapes, places in memory, arguments, and forward mode."""

from __future__ import annotations

import warnings
from dataclasses import replace

import torch
from torch import Tensor
from torch.autograd import forward_ad

from derivcli.custom.gradient_comparison import as_expected, deviates, deviation_text, first_true
from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.true_values import TrueValues
from derivcli.custom.user_function import Columns, UserCodeError, UserFunction, code_failure, error_text, stacked
from derivcli.errors import DerivError

TANGENT = 2.0

WRONG_JVP = "jvp is not the derivative"

FILLER = 0.75
"""A number that lies between those of an argument in memory and is no part of it."""


def shapes(subject: UserFunction) -> Outcome:
    """Matrices and tensors of three dimensions do as well, where the forward takes them."""
    rows = next(rows for rows in (2, 3, 1) if subject.count % rows == 0)
    outcomes = [_shaped(subject, shape) for shape in ((rows, -1), (rows, 1, -1))]
    found = [outcome for outcome in outcomes if outcome is not None]
    failures = [outcome for outcome in found if outcome.state == "failed"]
    return (failures or found or [inapplicable("forward takes vectors only")])[0]


def single_number(subject: UserFunction) -> Outcome:
    """A tensor of no dimensions does as well, where the forward takes it."""
    one = replace(subject, columns=tuple(x[:1] for x in subject.columns))
    return _shaped(one, ()) or inapplicable("forward takes none")


def _shaped(subject: UserFunction, shape: tuple[int, ...]) -> Outcome | None:
    """The outcome of forward and backward for tensors of a shape; None where forward does not take them."""
    inputs = subject.leaves(tuple(x.reshape(shape) for x in subject.columns))
    given = torch.linspace(-1.4, 2.6, subject.count, dtype=torch.float64)
    try:
        value = subject.run(inputs)
    except (UserCodeError, DerivError):
        return None
    setting = f" in a tensor of {len(shape)} dimensions"
    kind, sentence = "dimensions", f"wrong for tensors of {len(shape)} dimensions"
    try:
        found = stacked(subject.pull(value, inputs, given.reshape(shape)), inputs[0])
    except UserCodeError as error:
        return code_failure(error, kind, f"backward fails for tensors of {len(shape)} dimensions")
    values, due = value.detach().reshape(1, -1), subject.values[None]
    off = deviates(subject, values, TrueValues(due), 1)
    if off.any():
        return failed(kind, f"forward is {sentence}", deviation_text(subject, first_true(off), values, due, setting))
    found = found.reshape(len(subject.indices), -1)
    return as_expected(subject, found, given * subject.slopes, kind, f"backward is {sentence}", setting=setting)


def contiguous(subject: UserFunction) -> Outcome:
    """Arguments and upstream gradients with gaps between their numbers in memory, or all the same one, do as well."""
    where = "for tensors that are not contiguous"
    outcomes = []
    for columns, given, due in _layouts(subject):
        inputs = tuple(x.requires_grad_(index in subject.indices) for index, x in enumerate(columns))
        outcomes.append(_backward_outcome(subject, inputs, given, due, "contiguous", where))
    return first_failure(outcomes)


def _backward_outcome(
    subject: UserFunction, inputs: Columns, given: Tensor | None, due: Tensor, kind: str, where: str
) -> Outcome:
    """Whether the gradients of these very tensors are due; `where` says which tensors they are."""
    try:
        found = stacked(subject.pull(subject.run(inputs), inputs, given), inputs[0].detach())
    except UserCodeError as error:
        return failed(kind, f"fails {where}", error_text(error))
    found = found if found.ndim == 2 else found.mT.reshape(due.shape)
    return as_expected(subject, found, due, kind, f"wrong {where}")


def _layouts(subject: UserFunction) -> list[tuple[Columns, Tensor, Tensor]]:
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
    return torch.stack([x, torch.full_like(x, FILLER)], -1)[..., 0]


def _takes_matrices(subject: UserFunction) -> bool:
    try:
        subject.gradients(tuple(x.reshape(2, -1) for x in subject.columns))
    except (UserCodeError, DerivError):
        return False
    return True


def some_inputs(subject: UserFunction) -> Outcome:
    """The gradient in one argument is the same where no other wants one."""
    if len(subject.parameters) == 1:
        return inapplicable("there is one argument")
    return first_failure(
        _backward_outcome(
            subject,
            subject.leaves(subject.columns, (index,)),
            None,
            subject.slopes[row : row + 1],
            "needs_input_grad",
            f"where only {subject.parameters[index]} needs a gradient",
        )
        for row, index in enumerate(subject.indices)
    )


def forward_mode(subject: UserFunction) -> Outcome:
    """What the class's own jvp gives of a direction is its gradients in that direction."""
    if subject.function.jvp is torch.autograd.Function.jvp:
        return inapplicable("there is no jvp")
    for row, index in enumerate(subject.indices):
        by = f", by {subject.parameters[index]}" if len(subject.indices) > 1 else ""
        try:
            found = _tangent(subject, index)
        except UserCodeError as error:
            return failed("jvp", "jvp fails", error_text(UserCodeError("jvp", error.error)))
        outcome = as_expected(subject, found[None], TANGENT * subject.slopes[row : row + 1], "jvp", WRONG_JVP)
        if outcome.state == "failed":
            return replace(outcome, detail=outcome.detail.replace(":", f" with a tangent of {TANGENT:g}{by}:", 1))
    return passed()


def _tangent(subject: UserFunction, index: int) -> Tensor:
    columns, ones = list(subject.leaves(subject.columns, ())), torch.ones_like(subject.columns[index])
    with forward_ad.dual_level():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch warns of itself here
            columns[index] = forward_ad.make_dual(columns[index], ones * TANGENT)  # type: ignore[no-untyped-call]
        found = forward_ad.unpack_dual(subject.run(tuple(columns))).tangent  # type: ignore[no-untyped-call]
    return torch.zeros_like(subject.columns[0]) if found is None else found
