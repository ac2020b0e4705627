"""Functions of symmetric matrices, which read one triangle and give gradients of both."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.arguments.attempts import CALL_ERRORS
from derivcli.custom.subject import Argument, Subject, Tensors


def with_symmetric(subject: Subject) -> Subject:
    """The function, given symmetric matrices where it means such."""
    if subject.pointwise or not subject.count:
        return subject
    tensors = subject.calls(subject.columns[:, :1])[0]
    found = iter(enumerate(tensors))
    arguments = tuple(
        each if each.shape is None else _symmetric(subject, tensors, each, *next(found)) for each in subject.arguments
    )
    return replace(subject, arguments=arguments)


def _symmetric(subject: Subject, tensors: Tensors, argument: Argument, index: int, x: Tensor) -> Argument:
    if x.ndim < 2 or x.shape[-1] != x.shape[-2] or x.shape[-1] < 2 or not argument.differentiable:
        return argument
    corner = torch.ones_like(x).triu(1) / 64
    try:
        (before, upper, lower) = (_numbers(subject, tensors, index, each) for each in (x, x + corner, x + corner.mT))
    except CALL_ERRORS:
        return replace(argument, symmetric=_is_defined(subject, tensors, index, (x + x.mT) / 2))
    unread = upper if torch.equal(before, upper) else lower
    if not torch.equal(before, unread) or torch.equal(upper, lower):
        return argument
    try:
        gradient = _gradient(subject, tensors, index)
    except CALL_ERRORS:
        return argument
    triangle = gradient.triu(1) if unread is upper else gradient.tril(-1)
    return replace(argument, symmetric=bool(triangle.any()))


def _numbers(subject: Subject, tensors: Tensors, index: int, x: Tensor) -> Tensor:
    outputs = subject.run(subject.leaves([*tensors[:index], x, *tensors[index + 1 :]], ()))
    return torch.cat([each.detach().flatten() for each in outputs])


def _is_defined(subject: Subject, tensors: Tensors, index: int, x: Tensor) -> bool:
    try:
        return bool(_numbers(subject, tensors, index, x).isfinite().all())
    except CALL_ERRORS:
        return False


def _gradient(subject: Subject, tensors: Tensors, index: int) -> Tensor:
    leaves = subject.leaves(tensors, (index,))
    outputs = subject.run(leaves)
    (found,) = subject.pull(outputs, leaves, subject.weights(outputs, 0))
    return torch.zeros_like(tensors[index]) if found is None else found
