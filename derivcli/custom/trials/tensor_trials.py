"""Trials of the backward of functions that take tensors of shapes of their own, or give several outputs."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import points_text
from derivcli.custom.faults.tensor_naming import EVIDENCE, fault
from derivcli.custom.report import Outcome, failed, passed
from derivcli.custom.subject import Subject
from derivcli.custom.truth.samples import Sample, differentiable, is_right, sample_at, samples, with_zeros
from derivcli.errors import DerivError

FEW_SAMPLES = 3
"""So many are tried at least, where a call takes long."""

WHOLE = (torch.int64, torch.int32)
"""Number formats of indices."""


def along_directions(subject: Subject) -> Outcome:
    """The gradients are the derivatives along drawn directions, at the points and at samples of other sizes."""
    columns, zeros = samples(subject), with_zeros(subject)
    most = subject.budget.part_of(columns.shape[1] + len(zeros), FEW_SAMPLES)
    if most < columns.shape[1]:
        columns, zeros = columns[:, :: -(-columns.shape[1] // most)], {}
    tried = replace(subject, columns=torch.cat([columns, *zeros.values()], 1))
    right: list[Sample] = []
    wrong: list[Sample] = []
    for point in range(tried.count):
        sample = sample_at(tried, point)
        verdict = None if sample is None else is_right(tried, sample, differentiable(tried))
        if sample is not None and verdict is not None:
            (right if verdict else wrong).append(sample)
        if len(wrong) == EVIDENCE or (wrong and point == subject.count - 1):
            break
    if wrong:
        outcome = _of_repeats(subject)
        if outcome is not None:
            return outcome
        at_zero = [name for k, name in enumerate(zeros) if columns.shape[1] + k == wrong[0].point]
        return fault(tried, wrong, right, at_zero)
    if not right:
        hint = "give other points with `--at`"
        raise DerivError(f"'{subject.name}' has no derivative to compare with at any of the points", hint=hint)
    return passed(f"along directions, at {points_text(len(right))}")


def _of_repeats(subject: Subject) -> Outcome | None:
    """What is wrong where the backward is right if a tensor of whole numbers has each of them once."""
    for place, argument in enumerate(subject.arguments):
        index = argument.constant
        if not isinstance(index, Tensor) or index.dtype not in WHOLE or len(torch.unique(index)) == index.numel():
            continue
        for distinct in (torch.arange(index.numel()).reshape(index.shape), torch.unique(index)):
            other = replace(argument, constant=distinct.to(index.dtype))
            arguments = (*subject.arguments[:place], other, *subject.arguments[place + 1 :])
            if _is_right_at_points(replace(subject, arguments=arguments)):
                detail = f"{argument.name} = {index.tolist()}"
                return failed("index", f"backward is wrong where {argument.name} repeats a number", detail)
    return None


def _is_right_at_points(subject: Subject) -> bool:
    found = [sample_at(subject, point) for point in range(subject.count)]
    return all(each is not None and is_right(subject, each, differentiable(subject)) is True for each in found)
