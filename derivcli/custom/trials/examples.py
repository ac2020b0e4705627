"""A plain call made again in another setting: the outputs and gradients have to be what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import MAX_ULPS, RELATIVE_TOLERANCE, UNDERFLOW_SIZE, should_be
from derivcli.custom.report import Outcome, failed, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in, number_text
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.errors import DerivError

FRESH_FACTOR = 0.875
"""What one number is multiplied by to have another."""

Call: TypeAlias = tuple[Tensors, Tensors]
"""The outputs and the gradients of a call."""


def repeated(
    subject: Subject,
    example: Example,
    tensors: Sequence[Tensor] | None = None,
    upstreams: Sequence[Tensor] | None = None,
) -> tuple[Tensors, Tensors]:
    """The outputs and gradients of the call again, with these very tensors or upstream gradients in place of its own.

    Tensors that are given want a gradient as they are; the gradients have 0 for those that want none.
    """
    leaves = subject.leaves(example.tensors) if tensors is None else tuple(tensors)
    outputs = subject.run(leaves)
    found = subject.pull(outputs, leaves, example.given if upstreams is None else upstreams)
    return tuple(each.detach() for each in outputs), filled_in(found, leaves)


def example_of(subject: Subject, tensors: Sequence[Tensor], upstreams: Sequence[Tensor]) -> Example:
    """A plain call with other numbers."""
    leaves = subject.leaves(tensors)
    outputs = subject.run(leaves)
    kept = tuple(each.detach().clone() for each in outputs)
    gradients = filled_in(subject.pull(outputs, leaves, [each.clone() for each in upstreams]), leaves)
    return Example(tuple(tensors), tuple(upstreams), kept, tuple(each.clone() for each in gradients))


def varied(subject: Subject, example: Example) -> Example:
    """The plain call with upstream gradients that differ from each other."""
    if not subject.pointwise:
        return example
    given = torch.linspace(-1.4, 2.6, subject.count, dtype=torch.float64)
    return example_of(subject, example.tensors, [each * given for each in example.upstreams])


def other_example(subject: Subject) -> Example:
    """A plain call with tensors of the same shapes and other numbers; the first one, where no others are taken."""
    first, *others = subject.examples
    if others:
        return others[-1]
    tensors = [x.flip(0) if x.ndim and x.numel() > 1 else x * FRESH_FACTOR for x in first.tensors]
    try:
        return example_of(subject, tensors, first.upstreams)
    except (UserCodeError, NoDerivativeError, DerivError):
        return first


def at_example(subject: Subject, example: Example) -> Subject:
    """The subject at the numbers of a plain call alone."""
    if subject.pointwise:
        return replace(subject, columns=torch.stack(example.tensors))
    return replace(subject, columns=torch.cat([x.flatten() for x in example.tensors])[:, None])


def tensors_alike(found: Sequence[Tensor], due: Sequence[Tensor]) -> bool:
    """Whether tensors have the same shapes and numbers, but for rounding."""
    if len(found) != len(due):
        return False
    pairs = list(zip(found, due, strict=True))
    return all(a.shape == b.shape for a, b in pairs) and not any(differs(a, b).any() for a, b in pairs)


def as_before(
    subject: Subject,
    example: Example,
    gradients: Sequence[Tensor],
    kind: str,
    sentence: str,
    setting: str = "",
    tolerance: float = RELATIVE_TOLERANCE,
) -> Outcome:
    """The outcome for gradients, one for each tensor argument, that should be those of the example."""
    names = [argument.name for argument in subject.tensor_arguments]
    return _same(subject, names, gradients, example.gradients, kind, sentence, setting, tolerance)


def values_as_before(
    subject: Subject,
    example: Example,
    outputs: Sequence[Tensor],
    kind: str,
    sentence: str,
    setting: str = "",
    tolerance: float = RELATIVE_TOLERANCE,
) -> Outcome:
    """The outcome for outputs that should be those of the example."""
    several = len(example.outputs) > 1
    names = [f"output {k}" if several else "" for k in range(1, len(example.outputs) + 1)]
    return _same(subject, names, outputs, example.outputs, kind, sentence, setting, tolerance)


def call_as_before(
    subject: Subject, example: Example, call: tuple[Tensors, Tensors], kind: str, sentence: str, setting: str = ""
) -> Outcome:
    """The outcome for outputs and gradients that should be those of the example."""
    outputs, gradients = call
    outcome = values_as_before(subject, example, outputs, kind, sentence, setting)
    return outcome if outcome.state == "failed" else as_before(subject, example, gradients, kind, sentence, setting)


def _same(
    subject: Subject,
    names: Sequence[str],
    found: Sequence[Tensor],
    due: Sequence[Tensor],
    kind: str,
    sentence: str,
    setting: str,
    tolerance: float,
) -> Outcome:
    for name, one, other in zip(names, found, due, strict=True):
        if one.shape != other.shape and one.numel() != other.numel():
            shapes = f"{name} has shape {tuple(one.shape)}, should be {tuple(other.shape)}".strip()
            return failed(kind, sentence, shapes)
        one = one.reshape(other.shape).double()
        off = differs(one, other, tolerance)
        if off.any():
            place = tuple(off.nonzero()[0].tolist())
            return failed(kind, sentence, _deviation(subject, name, place, one, other, setting))
    return passed()


def differs(found: Tensor, due: Tensor, tolerance: float = RELATIVE_TOLERANCE) -> Tensor:
    """Where numbers are not what they should be, by more than rounding makes of the largest of them."""
    largest = due[due.isfinite()].abs().max().item() if due.isfinite().any() else 0.0
    floor = MAX_ULPS * torch.finfo(torch.float64).eps * min(largest, 1.0) + UNDERFLOW_SIZE
    alike = (found == due) | (found.isnan() & due.isnan()) | ((found - due).abs() <= tolerance * due.abs() + floor)
    return ~alike


def _deviation(subject: Subject, name: str, place: tuple[int, ...], found: Tensor, due: Tensor, setting: str) -> str:
    """Where a number is, what it is and what it should be, in words."""
    if subject.pointwise:
        where = subject.at(place[-1]) if len(place) == 1 else f"at {number_text(float(place[-1]))}"
        by = f", by {name}" if len(subject.tensor_arguments) > 1 and name else ""
    else:
        where, by = subject.at(0), f", by {name}{list(place) if place else ''}" if name else ""
    return f"{where}{setting}{by}: {should_be(found[place].item(), due[place].item())}"
