"""Trials of what a function remembers from one call to another, and of what it leaves changed."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in
from derivcli.custom.trials.examples import (
    Call,
    as_before,
    at_example,
    other_example,
    repeated,
    tensors_alike,
    values_as_before,
)
from derivcli.custom.trials.global_state import changed, restored_settings, settings
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, error_text
from derivcli.errors import DerivError

FRESH_SIZES = (23, 29)
"""Numbers in a tensor that no other trial uses, so that nothing is remembered of such a shape."""

SEEDS = (11, 12)

OUTSIDE = "keeps what backward needs outside ctx: wrong where it is called twice"


def earlier_call(subject: Subject) -> Outcome:
    """What a call gives does not depend on the calls before it."""
    example, other = subject.examples[0], other_example(subject)
    if other is example:
        return inapplicable("there are no other numbers to call it with")
    after: list[Call] = []
    for between in (True, False, True):
        if between:
            repeated(subject, example, subject.leaves(other.tensors))
        after.append(repeated(subject, example))
    if not _alike(after[0], after[1]) and _alike(after[0], after[2]):
        return _depends(subject, replace(example, outputs=after[1][0], gradients=after[1][1]), after[0])
    return _by_shape(subject)


def _alike(one: Call, other: Call) -> bool:
    return all(tensors_alike(found, due) for found, due in zip(one, other, strict=True))


def _depends(subject: Subject, due: Example, found: Call) -> Outcome:
    """The outcome for a call that gave another thing than it did without another before it."""
    setting = " after another call"
    outcome = values_as_before(subject, due, found[0], "cache", "forward depends on an earlier call", setting)
    if outcome.state == "failed":
        return outcome
    return as_before(subject, due, found[1], "cache", "backward depends on an earlier call", setting)


def _by_shape(subject: Subject) -> Outcome:
    """The outcome for calls with shapes of which nothing is remembered yet.

    A vector, a row and a column hold the same numbers, and each is called twice. In one of the three the second call
    comes first. What then is told apart by the order, whichever of the shapes that is, depends on it.
    """
    if len({x.shape for x in subject.examples[0].tensors}) > 1:
        return passed()
    found = []
    for size, odd in zip(FRESH_SIZES, (1, 2), strict=True):
        try:
            first, calls = _rounds(subject, size, odd)
        except (UserCodeError, NoDerivativeError, DerivError):
            return passed()
        if not _alike(calls[0], calls[3 - odd]) or _alike(calls[0], calls[odd]):
            return passed()
        found.append((first, calls))
    first, calls = found[0]
    due = replace(first, outputs=calls[1][0], gradients=calls[1][1])
    arguments = tuple(each if each.shape is None else replace(each, shape=()) for each in subject.arguments)
    numbers = torch.stack(first.tensors)
    return _depends(replace(subject, arguments=arguments, columns=numbers, pointwise=True), due, calls[0])


def _rounds(subject: Subject, size: int, odd: int) -> tuple[Example, list[Call]]:
    """What numbers gave in a vector, a row and a column, of which in one they came before others."""
    calls = zip(*(each.tensors for each in subject.examples), strict=True)
    numbers = [_cycled(torch.cat([x.flatten() for x in tensors]), size) for tensors in calls]
    others = [x.roll(1) for x in numbers]
    found: list[Call] = []
    for place, shape in enumerate(((size,), (size, 1), (1, size))):
        pair = {}
        for given in ("these", "others") if place == odd else ("others", "these"):
            shaped = [x.reshape(shape) for x in (numbers if given == "these" else others)]
            leaves = subject.leaves(shaped)
            outputs = subject.run(leaves)
            gradients = filled_in(subject.pull(outputs, leaves), leaves)
            pair[given] = (_flat(outputs), _flat(gradients))
        found.append(pair["these"])
    return Example(tuple(numbers), (), *found[0]), found


def _cycled(numbers: Tensor, size: int) -> Tensor:
    return numbers[torch.arange(size) % len(numbers)]


def _flat(tensors: Tensors) -> Tensors:
    return tuple(each.detach().flatten().clone() for each in tensors)


def own_memory(subject: Subject) -> Outcome:
    """What a call gave is the same after another call."""
    example = subject.examples[0]
    outputs, gradients = repeated(subject, example)
    kept = [[each.clone() for each in tensors] for tensors in (outputs, gradients)]
    repeated(subject, example, subject.leaves(other_example(subject).tensors))
    due = replace(example, outputs=tuple(kept[0]), gradients=tuple(kept[1]))
    for stage, outcome in (
        ("output", values_as_before(subject, due, outputs, "memory", "", " after another call")),
        ("gradient", as_before(subject, due, gradients, "memory", "", " after another call")),
    ):
        if outcome.state == "failed":
            return replace(outcome, sentence=f"gives the same memory in every call: the next one changes its {stage}")
    return passed()


def two_calls(subject: Subject) -> Outcome:
    """The backward belongs to its own call, whatever was called after that, in whichever order they are walked."""
    example, other = subject.examples[0], other_example(subject)
    for in_order in (True, False):
        graphs = []
        for each in (example, other):
            leaves = subject.leaves(each.tensors)
            graphs.append((each, leaves, subject.run(leaves)))
        outcome = first_failure(_walked(subject, *graph) for graph in (graphs if in_order else reversed(graphs)))
        if outcome.state == "failed":
            return outcome
    return _after_smaller(subject, example)


def _after_smaller(subject: Subject, example: Example) -> Outcome:
    """The outcome for a call after which another was made with tensors of another shape, where it takes them."""
    rows = {x.shape[0] for x in example.tensors if x.ndim}
    if not rows or max(rows) == 1:
        return passed()
    leaves = subject.leaves(example.tensors)
    outputs = subject.run(leaves)
    try:
        subject.run(subject.leaves([x[:-1] if x.ndim and x.shape[0] == max(rows) else x for x in example.tensors]))
    except (UserCodeError, NoDerivativeError, DerivError):
        return passed()
    return _walked(subject, example, leaves, outputs)


def _walked(subject: Subject, example: Example, leaves: Tensors, outputs: Tensors) -> Outcome:
    """The outcome for the backward of a call after which others were made."""
    try:
        found = filled_in(subject.pull(outputs, leaves, example.given), leaves)
    except UserCodeError as error:
        return failed("state", OUTSIDE, error_text(error))
    return as_before(at_example(subject, example), example, found, "state", OUTSIDE)


def global_state(subject: Subject) -> Outcome:
    """PyTorch's global state is after a call what it was before."""
    example = subject.examples[0]
    with restored_settings():
        drawn = []
        for seed in SEEDS:
            torch.default_generator.manual_seed(seed)
            repeated(subject, example)
            drawn.append(torch.get_rng_state())
        if torch.equal(*drawn):
            return _changes("the random seed", "whatever is drawn after it is the same in every call")
    for stage in ("forward", "backward"):
        with restored_settings():
            before = settings()
            leaves = subject.leaves(example.tensors)
            outputs = subject.run(leaves)
            if stage == "backward":
                subject.pull(outputs, leaves, example.given)
            for name, was, now in changed(before):
                return _changes(name, f"{stage} makes {now} of {was}")
    return passed()


def _changes(name: str, detail: str) -> Outcome:
    return failed("global", f"changes PyTorch's global state: {name}", detail)
