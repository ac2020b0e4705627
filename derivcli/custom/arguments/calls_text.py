"""How a function is called, in words: shapes of its arguments and its constants."""

from __future__ import annotations

from torch import Tensor

from derivcli.custom.subject import Argument, Subject, shape_text

MAX_WRITTEN_INDICES = 8


def constants_text(subject: Subject) -> str:
    """What shapes the arguments have and what constants there are; empty where there is nothing to tell."""
    shapes = [_shape_told(each) for each in subject.tensor_arguments]
    told = [_told(each) for each in subject.arguments if each.shape is None]
    return ", ".join([*([] if subject.pointwise else shapes), *told])


def _shape_told(argument: Argument) -> str:
    return f"{argument.name} of shape {shape_text(argument.shape)}" if argument.shape else f"{argument.name} a number"


def _told(argument: Argument) -> str:
    value = argument.constant
    if isinstance(value, Tensor):
        few = value.numel() <= MAX_WRITTEN_INDICES
        return f"{argument.name} = {value.tolist()}" if few else f"{argument.name} of shape {shape_text(value.shape)}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{argument.name} = {value!r}" + " as a number" * (argument.found and is_number)
