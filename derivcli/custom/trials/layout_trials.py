"""Trials of tensors that lie in memory in another way than plain ones, or in the memory of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import torch
from torch import Tensor

from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in
from derivcli.custom.trials.examples import as_before, example_of, repeated, tensors_alike, varied
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, error_text, is_deliberate
from derivcli.errors import DerivError

FILLER = 0.75
"""A number that lies between those of an argument in memory and is no part of it."""

NUDGE = 1e-10
"""A function that is told apart from itself this far away, relatively, says nothing where numbers are equal."""

Layout = Callable[[Tensor], Tensor]


def contiguous(subject: Subject) -> Outcome:
    """Arguments and upstream gradients may lie in memory with gaps, as a transpose, or all numbers in one place."""
    refused = ""
    for example in (varied(subject, each) for each in subject.examples):
        for setting, layout in _layouts(subject, example):
            outcome = _in_layout(subject, example, layout, setting)
            if outcome.state == "failed":
                return outcome
            refused = refused or outcome.detail
        outcome = _expanded_upstream(subject, example)
        if outcome.state == "failed":
            return outcome
    expanded = _expanded_inputs(subject)
    return expanded if expanded.state == "failed" else passed(refused)


def _in_layout(subject: Subject, example: Example, layout: Layout, setting: str) -> Outcome:
    """The outcome for tensors that a layout makes of those of a plain call."""
    tensors, upstreams = ([layout(x.detach().clone()) for x in each] for each in (example.tensors, example.upstreams))
    if layout is _folded:
        example = example_of(subject, *([x.contiguous() for x in each] for each in (tensors, upstreams)))
    return _elsewhere(subject, example, _wanted(subject, tensors), upstreams, setting)


def _wanted(subject: Subject, tensors: Sequence[Tensor]) -> Tensors:
    """The very tensors, which want a gradient where their arguments do."""
    pairs = zip(tensors, subject.tensor_arguments, strict=True)
    return tuple(x.requires_grad_(argument.differentiable) for x, argument in pairs)


def _elsewhere(
    subject: Subject, example: Example, leaves: Tensors, upstreams: Sequence[Tensor], setting: str
) -> Outcome:
    where = "for tensors that are not contiguous"
    try:
        _, found = repeated(subject, example, leaves, upstreams)
    except UserCodeError as error:
        if error.stage == "forward" and is_deliberate(error):
            return passed(f"refused: {error_text(error)}")
        return failed("contiguous", f"fails {where}", f"{error_text(error)}, {setting}")
    return as_before(subject, example, found, "contiguous", f"wrong {where}", f" {setting}")


def _layouts(subject: Subject, example: Example) -> Iterator[tuple[str, Layout]]:
    """Ways in which numbers may lie in memory in a program, as words and as what lays them so."""
    yield "with gaps in memory", _spread
    if subject.pointwise:
        if subject.count % 2 == 0 and _takes_matrices(subject, example):
            yield "as the transpose of a matrix", _folded
        return
    dimensions = max(x.ndim for x in example.tensors)
    if dimensions > 1:
        yield "as a transpose", _mirrored
    if dimensions > 2:
        yield "with axes in reversed order", _reversed
    if dimensions == 4:
        yield "in channels_last format", _channels_last


def _spread(x: Tensor) -> Tensor:
    """Numbers that begin later than their memory, with another after each."""
    return torch.stack([torch.full_like(x, FILLER), x], -1)[..., 1]


def _folded(x: Tensor) -> Tensor:
    """A vector as a matrix of two columns, which is a transpose."""
    return x.reshape(2, -1).T


def _mirrored(x: Tensor) -> Tensor:
    """A matrix as the transpose of one in memory."""
    return x.mT.contiguous().mT if x.ndim > 1 else x


def _reversed(x: Tensor) -> Tensor:
    axes = tuple(reversed(range(x.ndim)))
    return x.permute(axes).contiguous().permute(axes)


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x


def _takes_matrices(subject: Subject, example: Example) -> bool:
    shaped = [x.reshape(2, -1) for x in example.tensors]
    try:
        repeated(subject, example, subject.leaves(shaped), [each.reshape(2, -1) for each in example.given])
    except (UserCodeError, DerivError):
        return False
    return True


def _expanded_upstream(subject: Subject, example: Example) -> Outcome:
    """The outcome for the upstream gradient of a sum, which is one number in memory."""
    ones = tuple(torch.ones_like(each) for each in example.upstreams)
    expanded = [torch.ones((), dtype=each.dtype).expand(each.shape) for each in ones]
    due = example_of(subject, example.tensors, ones)
    return _elsewhere(subject, due, subject.leaves(example.tensors), expanded, "where the outputs are summed")


def _expanded_inputs(subject: Subject) -> Outcome:
    """The outcome for arguments that are one number, or one part, over and over, and only once in memory."""
    example = subject.examples[0]
    if all(x.ndim == 0 for x in example.tensors):
        return passed()
    tensors = [x[:1].expand(x.shape) if x.ndim else x for x in example.tensors]
    plain = tuple(x.contiguous().clone() for x in tensors)
    try:
        due = example_of(subject, plain, example.upstreams)
        beside = example_of(subject, [_nudged(x) for x in plain], example.upstreams)
    except (UserCodeError, NoDerivativeError, DerivError):
        return passed()
    if not tensors_alike(due.gradients, beside.gradients):  # there is a corner where numbers are equal, or much is lost
        return passed()
    leaves = _wanted(subject, [x.detach() for x in tensors])
    return _elsewhere(subject, due, leaves, example.given, "with an argument that is expanded")


def _nudged(x: Tensor) -> Tensor:
    return x * (1 + NUDGE * torch.arange(1, x.numel() + 1, dtype=x.dtype).reshape(x.shape) / x.numel())


def shared_memory(subject: Subject) -> Outcome:
    """The same tensor given for two arguments has the sum of both gradients."""
    if subject.in_place:
        return inapplicable("it changes its input in place, and says so by mark_dirty")
    pairs = [
        (a, b)
        for a, b in combinations(range(len(subject.tensor_arguments)), 2)
        if subject.examples[0].tensors[a].shape == subject.examples[0].tensors[b].shape
        and subject.tensor_arguments[a].differentiable
        and subject.tensor_arguments[b].differentiable
    ]
    if not pairs:
        return inapplicable("no two are alike")
    return first_failure(_shared(subject, *pair) for pair in pairs)


def _shared(subject: Subject, a: int, b: int) -> Outcome:
    """The outcome for two arguments that are one tensor, and two views of one."""
    example = subject.examples[0]
    names = f"{subject.tensor_arguments[a].name} and {subject.tensor_arguments[b].name}"
    tensors = [example.tensors[a] if k == b else x for k, x in enumerate(example.tensors)]
    try:
        plain = example_of(subject, tensors, example.upstreams)
    except (UserCodeError, NoDerivativeError, DerivError):
        return passed()
    due = [g + plain.gradients[b] if k == a else g for k, g in enumerate(plain.gradients)]
    due[b] = torch.zeros_like(due[b])
    for view in (False, True):
        leaves = list(subject.leaves(tensors))
        given = list(leaves)
        given[a], given[b] = (leaves[a].view_as(leaves[a]) if view else leaves[a] for _ in range(2))
        leaves[b] = leaves[b].detach()
        try:
            outputs = subject.run(given)
            found = filled_in(subject.pull(outputs, leaves, example.given), leaves)
        except UserCodeError as error:
            return failed("shared", f"fails where {names} share memory", error_text(error))
        outcome = as_before(
            subject, replace(plain, gradients=tuple(due)), found, "shared", f"wrong where {names} share memory"
        )
        if outcome.state == "failed":
            return outcome
    return passed()
