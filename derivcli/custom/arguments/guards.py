"""Functions that raise where they are not defined: there they have no number, as others give nan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from derivcli.custom.arguments.attempts import CALL_ERRORS, VALUE_ERRORS
from derivcli.custom.arguments.ordinary_points import ORDINARY_NUMBERS
from derivcli.custom.arguments.values import VALUES, drawn
from derivcli.custom.loading.custom_function import CustomFunction
from derivcli.custom.subject import Subject

REFUSED = (*VALUE_ERRORS, RuntimeError)
"""What is raised of numbers."""


def with_guard(subject: Subject) -> Subject:
    """The function that gives nan where it raised, if it raises for numbers that others are tried at."""
    if not _raises(subject):
        return subject
    return replace(subject, function=_guarded(subject.function, subject.pointwise))


def _raises(subject: Subject) -> bool:
    """Whether forward runs for the numbers of the points and not for all others."""
    own = subject.columns[:, :1]
    if subject.pointwise:
        numbers = torch.tensor(ORDINARY_NUMBERS, dtype=torch.float64)
        others = [sign * numbers.repeat(len(own), 1) for sign in (1, -1)]
    else:
        shapes = [argument.shape or () for argument in subject.tensor_arguments]
        others = [-own, *(drawn(shapes, values) for values in VALUES)]
    return _runs(subject, own) and not all(_runs(subject, each) for each in others)


def _runs(subject: Subject, columns: Tensor) -> bool:
    try:
        for tensors in subject.calls(columns):
            subject.all_outputs(subject.leaves(tensors, ()))
    except CALL_ERRORS:
        return False
    return True


def _guarded(function: CustomFunction, pointwise: bool) -> CustomFunction:
    made: dict[object, Callable[[Sequence[Tensor]], Any]] = {}

    def call(*arguments: Any, **named: Any) -> Any:
        given = (*arguments, *named.values())
        tensors = [each for each in given if isinstance(each, Tensor)]
        key = tuple(each.shape if isinstance(each, Tensor) else repr(each) for each in given)
        try:
            found = function.call(*arguments, **named)
        except REFUSED:
            if key in made:
                return made[key](tensors)
            if pointwise:
                return _nan(tensors[0].shape, tensors)
            raise
        made.setdefault(key, _maker(found))
        return found

    return replace(function, call=call)


def _maker(found: object) -> Callable[[Sequence[Tensor]], Any]:
    """What makes outputs of the same shapes that have no number."""
    if isinstance(found, Tensor):
        shape = found.shape
        return lambda tensors: _nan(shape, tensors)
    if isinstance(found, tuple | list):
        makers = [_maker(each) for each in found]
        return lambda tensors: tuple(make(tensors) for make in makers)
    return lambda tensors: found


def _nan(shape: torch.Size, tensors: Sequence[Tensor]) -> Tensor:
    """Tensors of nan that depend on what they are said to."""
    real = [each for each in tensors if each.is_floating_point()]
    return torch.full(shape, torch.nan, dtype=real[0].dtype) + sum(0 * each.sum() for each in real)
