"""Trials of tensors of other dimensions and sizes: matrices, single numbers, a batch of none and of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.faults.tensor_naming import fault
from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in
from derivcli.custom.trials.examples import as_before, example_of, repeated, tensors_alike, values_as_before
from derivcli.custom.truth.samples import differentiable, is_right, sample_at
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, code_failure, error_text
from derivcli.errors import DerivError

FIRST = torch.tensor([0])

OWN_SHAPES = "its arguments have shapes of their own"

Change = Callable[[Tensor], Tensor]
"""What makes a tensor of one of another shape."""


def shapes(subject: Subject) -> Outcome:
    """Matrices and tensors of three dimensions do as well, where the forward takes them."""
    if not subject.pointwise:
        return _deeper(subject)
    rows = next(rows for rows in (2, 3, 1) if subject.count % rows == 0)
    outcomes = [_shaped(subject, subject.examples[0], shape) for shape in ((rows, -1), (rows, 1, -1))]
    found = [outcome for outcome in outcomes if outcome is not None]
    failures = [outcome for outcome in found if outcome.state == "failed"]
    return (failures or found or [inapplicable("forward takes vectors only")])[0]


def single_number(subject: Subject) -> Outcome:
    """A tensor of no dimensions does as well, where the forward takes it."""
    if not subject.pointwise:
        return inapplicable(OWN_SHAPES)
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
        _, found = repeated(subject, example, leaves, [each.reshape(shape) for each in example.given])
    except UserCodeError as error:
        return code_failure(error, kind, f"backward fails for tensors of {len(shape)} dimensions")
    return first_failure(
        [
            values_as_before(subject, example, outputs, kind, f"forward is {sentence}", setting),
            as_before(subject, example, found, kind, f"backward is {sentence}", setting),
        ]
    )


def _deeper(subject: Subject) -> Outcome:
    """The outcome for several calls stacked along a new first axis, of all arguments or of the first, where taken.

    What was not written for it may refuse it in the backward.
    """
    calls = [example.tensors for example in subject.examples[:2]]
    refused = ""
    for stacked in dict.fromkeys((len(calls[0]), 1)):
        tensors = [torch.stack(pair if len(pair) > 1 else pair * 2) for pair in zip(*calls, strict=True)]
        one = _resized(subject, [(*tensors[:stacked], *calls[0][stacked:])])
        dimensions = max(x.ndim for x in one.calls(one.columns)[0])
        where = f"for tensors of {dimensions} dimensions"
        try:
            verdict = _is_right(one)
        except UserCodeError:
            refused = refused or f"backward refuses tensors of {dimensions} dimensions"
            continue
        if verdict is False:
            return _wrong(one, "dimensions", f"backward is wrong {where}")
        if verdict:
            return passed()
    return inapplicable(refused or OWN_SHAPES)


def _resized(subject: Subject, calls: Sequence[Sequence[Tensor]]) -> Subject:
    """The subject at calls with tensors of other shapes."""
    given = iter(calls[0])
    arguments = tuple(
        each if each.shape is None else replace(each, shape=tuple(next(given).shape)) for each in subject.arguments
    )
    columns = torch.stack([torch.cat([x.flatten() for x in tensors]) for tensors in calls], 1)
    return replace(subject, arguments=arguments, columns=columns, pointwise=False)


def _is_right(subject: Subject) -> bool | None:
    """Whether the gradients at the first point are right; None where that is unknown, or forward refuses."""
    sample = sample_at(subject, 0)
    return None if sample is None else is_right(subject, sample, differentiable(subject))


def _wrong(subject: Subject, kind: str, sentence: str) -> Outcome:
    """The outcome for gradients at the first point that were found wrong, with one of their numbers."""
    sample = sample_at(subject, 0)
    assert sample is not None, "it was found wrong"
    return failed(kind, sentence, fault(subject, [sample], [], ()).detail)


def empty(subject: Subject) -> Outcome:
    """A batch of none does as well, where the forward gives something for it."""
    example, found = subject.examples[0], []
    for one, none in zip(_batches(subject, example, 1), _batches(subject, example, 0), strict=True):
        leaves = subject.leaves(none)
        outputs = _outputs(subject, leaves) if subject.pointwise or _is_batch(subject, example, one) else None
        if outputs is not None and all(each.isfinite().all() for each in outputs):
            found.append(_of_nothing(subject, leaves, outputs))
    return first_failure(found) if found else inapplicable("forward takes none")


def _is_batch(subject: Subject, example: Example, one: Sequence[Tensor]) -> bool:
    """Whether the first axis of what has `one` row here is that of a batch, which may be empty.

    A vector is none: what is divided by the number of its numbers is not defined. Where another axis has the same size
    it may have to be the same, unless forward gives the first row of its outputs for the first alone.
    """
    batches = [x.shape for x, first in zip(example.tensors, one, strict=True) if x.shape != first.shape]
    if all(len(shape) == 1 for shape in batches):
        return False
    is_tied = any(batches[0][0] in x.shape[1:] for x in example.tensors)
    return not is_tied or _gives_first(example, _outputs(subject, subject.leaves(one, ())))


def _gives_first(example: Example, outputs: Tensors | None) -> bool:
    """Whether outputs are the first rows of those of a plain call."""
    first = [each[:1] for each in example.outputs if each.ndim]
    return outputs is not None and tensors_alike([each.detach() for each in outputs], first)


def _of_nothing(subject: Subject, leaves: Tensors, outputs: Tensors) -> Outcome:
    """The outcome for the backward of an empty batch: where the outputs are empty no gradient is but 0."""
    try:
        found = filled_in(subject.pull(outputs, leaves), leaves)
    except UserCodeError as error:
        return failed("empty", "fails for empty tensors", error_text(error))
    nothing = all(each.numel() == 0 for each in outputs)
    for argument, g in zip(subject.tensor_arguments, found, strict=True):
        if nothing and (g != 0).any():
            detail = f"the gradient of {argument.name} is {g[g != 0][0].item():.6g}, should be 0"
            return failed("empty", "wrong for empty tensors", detail)
    return passed()


def _outputs(subject: Subject, leaves: Tensors) -> Tensors | None:
    """What the forward gives; None where it takes no such tensors."""
    try:
        return subject.run(leaves)
    except (UserCodeError, NoDerivativeError, DerivError):
        return None


def _batches(subject: Subject, example: Example, size: int) -> Iterator[list[Tensor]]:
    """The arguments of a plain call with so many rows in those that may be a batch."""
    yield from _batched(subject, example, lambda x: x[:size])


def _batched(subject: Subject, example: Example, change: Change) -> Iterator[list[Tensor]]:
    """The arguments of a plain call, changed where they may be a batch, as the outputs then are.

    That may be all that have as many rows as the outputs, or only the first of them; those of a function that works
    point by point have one shape. What gives one number for a batch has that of its first argument.
    """
    rows = {each.shape[0] if each.ndim else 0 for each in example.outputs}
    if rows == {0}:
        rows = {example.tensors[0].shape[0]} if example.tensors[0].ndim else rows
    batched = [k for k, x in enumerate(example.tensors) if x.ndim and x.shape[0] in rows]
    if len(rows) == 1 and batched:
        for chosen in dict.fromkeys((tuple(batched), tuple(batched if subject.pointwise else batched[:1]))):
            yield [change(x) if k in chosen else x for k, x in enumerate(example.tensors)]


def batch_of_one(subject: Subject) -> Outcome:
    """The first of a batch gives alone what it gives among the others, where the forward does so."""
    if not subject.pointwise and not any(each.ndim for each in subject.examples[0].outputs):
        return _reduced(subject)
    outcomes = [_first_alone(subject, example) for example in subject.examples]
    found = [outcome for outcome in outcomes if outcome is not None]
    if len(found) < len(outcomes):
        return inapplicable("it takes no batch of 1")
    return first_failure(found)


def _reduced(subject: Subject) -> Outcome:
    """The outcome for the derivative of a function that gives one number for a batch, here of 1."""
    if any(x.ndim > 1 and len({*x.shape}) < x.ndim for x in subject.examples[0].tensors):
        return inapplicable("its arguments are square")
    for example in subject.examples:
        tensors = next(_batches(subject, example, 1), None)
        if tensors is None:
            return inapplicable("there is no batch")
        one = _resized(subject, [tensors])
        try:
            verdict = _is_right(one)
        except UserCodeError as error:
            return failed("batch of 1", "fails for a batch of 1", error_text(error))
        if verdict is None:
            return inapplicable("it takes no batch of 1")
        if not verdict:
            return _wrong(one, "batch of 1", "wrong for a batch of 1")
    return passed()


def _first_alone(subject: Subject, example: Example) -> Outcome | None:
    """The outcome for the first row of a plain call alone; None where forward gives another thing for it."""
    for tensors in _batches(subject, example, 1):
        leaves = subject.leaves(tensors)
        outputs = _outputs(subject, leaves)
        if outputs is not None and _gives_first(example, outputs):
            return _of_one(subject, example, leaves, outputs)
    return None


def _of_one(subject: Subject, example: Example, leaves: Tensors, outputs: Tensors) -> Outcome:
    """The outcome for the backward of one row, which is that of all with an upstream gradient for this row alone."""
    upstreams = [torch.zeros_like(each).index_copy(0, FIRST, each[:1]) for each in example.upstreams]
    whole = example_of(subject, example.tensors, upstreams)
    pairs = zip(whole.gradients, leaves, strict=True)
    due = tuple(g if g.shape == x.shape else g[:1] for g, x in pairs)
    try:
        found = filled_in(subject.pull(outputs, leaves, [each[:1] for each in upstreams]), leaves)
    except UserCodeError as error:
        return failed("batch of 1", "fails for a batch of 1", error_text(error))
    return as_before(subject, replace(whole, gradients=due), found, "batch of 1", "wrong for a batch of 1")
