"""Trials of forward and backward in other settings: shapes, places in memory, and arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.examples import as_before, repeated, values_as_before
from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject
from derivcli.custom.user_code import UserCodeError, code_failure, error_text
from derivcli.errors import DerivError

FILLER = 0.75
"""A number that lies between those of an argument in memory and is no part of it."""


def shapes(subject: Subject) -> Outcome:
    """Matrices and tensors of three dimensions do as well, where the forward takes them."""
    if not subject.pointwise:
        return inapplicable("its arguments have shapes of their own")
    rows = next(rows for rows in (2, 3, 1) if subject.count % rows == 0)
    outcomes = [_shaped(subject, subject.examples[0], shape) for shape in ((rows, -1), (rows, 1, -1))]
    found = [outcome for outcome in outcomes if outcome is not None]
    failures = [outcome for outcome in found if outcome.state == "failed"]
    return (failures or found or [inapplicable("forward takes vectors only")])[0]


def single_number(subject: Subject) -> Outcome:
    """A tensor of no dimensions does as well, where the forward takes it."""
    if not subject.pointwise:
        return inapplicable("its arguments have shapes of their own")
    one = replace(subject, columns=subject.columns[:, :1])
    return _shaped(one, one.examples[0], ()) or inapplicable("forward takes none")


def _shaped(subject: Subject, example: Example, shape: tuple[int, ...]) -> Outcome | None:
    """The outcome of forward and backward for tensors of a shape; None where forward does not take them."""
    leaves = subject.leaves([x.reshape(shape) for x in example.tensors])
    try:
        outputs = subject.run(leaves)
    except (UserCodeError, DerivError):
        return None
    setting = f" in a tensor of {len(shape)} dimensions"
    kind, sentence = "dimensions", f"wrong for tensors of {len(shape)} dimensions"
    try:
        _, found = repeated(subject, example, leaves, [each.reshape(shape) for each in example.upstreams])
    except UserCodeError as error:
        return code_failure(error, kind, f"backward fails for tensors of {len(shape)} dimensions")
    return first_failure(
        [
            values_as_before(subject, example, outputs, kind, f"forward is {sentence}", setting),
            as_before(subject, example, found, kind, f"backward is {sentence}", setting),
        ]
    )


def contiguous(subject: Subject) -> Outcome:
    """Arguments and upstream gradients with gaps between their numbers in memory do as well."""
    where = "for tensors that are not contiguous"
    for example in subject.examples:
        for layout in _layouts(subject, example):
            outcome = _in_layout(subject, example, layout, where)
            if outcome.state == "failed":
                return outcome
    return passed()


def _in_layout(subject: Subject, example: Example, layout: Callable[[Tensor], Tensor], where: str) -> Outcome:
    tensors = [layout(x.detach().clone()) for x in example.tensors]
    leaves = tuple(
        x.requires_grad_(argument.differentiable) for x, argument in zip(tensors, subject.tensor_arguments, strict=True)
    )
    try:
        _, found = repeated(subject, example, leaves, [layout(each.clone()) for each in example.upstreams])
    except UserCodeError as error:
        return failed("contiguous", f"fails {where}", error_text(error))
    due = replace(example, gradients=tuple(map(layout, example.gradients)))
    return as_before(subject, due, found, "contiguous", f"wrong {where}")


def _layouts(subject: Subject, example: Example) -> Iterator[Callable[[Tensor], Tensor]]:
    """Ways in which numbers may lie in memory in a program: with gaps, and as the transpose of others."""
    yield _spread
    if subject.pointwise and subject.count % 2 == 0 and _takes_matrices(subject, example):
        yield _folded
    if not subject.pointwise:
        yield _mirrored


def _spread(x: Tensor) -> Tensor:
    return torch.stack([x, torch.full_like(x, FILLER)], -1)[..., 0]


def _folded(x: Tensor) -> Tensor:
    """A vector as a matrix of two columns, which is a transpose."""
    return x.reshape(2, -1).T


def _mirrored(x: Tensor) -> Tensor:
    """A matrix as the transpose of one in memory."""
    return x.mT.contiguous().mT if x.ndim > 1 else x


def _takes_matrices(subject: Subject, example: Example) -> bool:
    shaped = [x.reshape(2, -1) for x in example.tensors]
    try:
        repeated(subject, example, subject.leaves(shaped), [each.reshape(2, -1) for each in example.upstreams])
    except (UserCodeError, DerivError):
        return False
    return True


def some_inputs(subject: Subject) -> Outcome:
    """The gradient in one argument is the same where no other wants one."""
    wanted = [k for k, argument in enumerate(subject.tensor_arguments) if argument.differentiable]
    if len(subject.tensor_arguments) == 1:
        return inapplicable("there is one argument")
    return first_failure(_alone(subject, example, k) for example in subject.examples for k in wanted)


def _alone(subject: Subject, example: Example, index: int) -> Outcome:
    name = subject.tensor_arguments[index].name
    where, kind = f"where only {name} needs a gradient", "needs_input_grad"
    try:
        _, found = repeated(subject, example, subject.leaves(example.tensors, (index,)))
    except UserCodeError as error:
        return failed(kind, f"fails {where}", error_text(error))
    due = [g if k == index else torch.zeros_like(g) for k, g in enumerate(example.gradients)]
    return as_before(subject, replace(example, gradients=tuple(due)), found, kind, f"wrong {where}")
