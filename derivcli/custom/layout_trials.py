"""Trials of tensors that lie in memory, or are shaped, in another way than plain ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import torch
from torch import Tensor

from derivcli.custom.examples import as_before, example_of, repeated, tensors_alike, values_as_before, varied
from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, code_failure, error_text
from derivcli.errors import DerivError

FILLER = 0.75
"""A number that lies between those of an argument in memory and is no part of it."""

REFUSALS = (AssertionError, NotImplementedError, TypeError, ValueError)
"""What code raises that refuses a tensor on purpose."""

NUDGE = 1e-10
"""A function that is told apart from itself this far away, relatively, says nothing where numbers are equal."""

FIRST = torch.tensor([0])

OWN_SHAPES = "its arguments have shapes of their own"

Layout = Callable[[Tensor], Tensor]


def shapes(subject: Subject) -> Outcome:
    """Matrices and tensors of three dimensions do as well, where the forward takes them."""
    if not subject.pointwise:
        return inapplicable(OWN_SHAPES)
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
        if error.stage == "forward" and isinstance(error.error, REFUSALS):
            return passed(f"refuses them: {error.error}")
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
        repeated(subject, example, subject.leaves(shaped), [each.reshape(2, -1) for each in example.upstreams])
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
    return _elsewhere(subject, due, leaves, example.upstreams, "with an argument that is expanded")


def _nudged(x: Tensor) -> Tensor:
    return x * (1 + NUDGE * torch.arange(1, x.numel() + 1, dtype=x.dtype).reshape(x.shape) / x.numel())


def empty(subject: Subject) -> Outcome:
    """A batch of none does as well, where the forward gives something for it."""
    found = []
    for tensors in _batches(subject, subject.examples[0], 0):
        leaves = subject.leaves(tensors)
        outputs = _outputs(subject, leaves)
        if outputs is not None and all(each.isfinite().all() for each in outputs):
            found.append(_of_nothing(subject, leaves, outputs))
    return first_failure(found) if found else inapplicable("forward takes none")


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
    """The arguments of a plain call with so many rows in those that may be a batch, as the outputs then are.

    That may be all that have as many rows as the outputs, or only the first of them; those of a function that works
    point by point have one shape.
    """
    rows = {each.shape[0] if each.ndim else 0 for each in example.outputs}
    batched = [k for k, x in enumerate(example.tensors) if x.ndim and x.shape[0] in rows]
    if len(rows) == 1 and 0 not in rows and batched:
        for chosen in dict.fromkeys((tuple(batched), tuple(batched if subject.pointwise else batched[:1]))):
            yield [x[:size] if k in chosen else x for k, x in enumerate(example.tensors)]


def batch_of_one(subject: Subject) -> Outcome:
    """The first of a batch gives alone what it gives among the others, where the forward does so."""
    outcomes = [_first_alone(subject, example) for example in subject.examples]
    found = [outcome for outcome in outcomes if outcome is not None]
    if len(found) < len(outcomes):
        return inapplicable("it takes no batch of 1")
    return first_failure(found)


def _first_alone(subject: Subject, example: Example) -> Outcome | None:
    """The outcome for the first row of a plain call alone; None where forward gives another thing for it."""
    if not all(each.ndim for each in example.outputs):
        return None
    first = tuple(each[:1] for each in example.outputs)
    for tensors in _batches(subject, example, 1):
        leaves = subject.leaves(tensors)
        outputs = _outputs(subject, leaves)
        if outputs is not None and tensors_alike([each.detach() for each in outputs], first):
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
        return inapplicable("no two arguments are alike")
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
            found = filled_in(subject.pull(outputs, leaves, example.upstreams), leaves)
        except UserCodeError as error:
            return failed("shared", f"fails where {names} share memory", error_text(error))
        outcome = as_before(
            subject, replace(plain, gradients=tuple(due)), found, "shared", f"wrong where {names} share memory"
        )
        if outcome.state == "failed":
            return outcome
    return passed()
