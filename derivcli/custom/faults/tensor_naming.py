"""The sentence for gradients of tensors that were found wrong, from full Jacobians at a few samples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction

from derivcli.custom.faults.gradient_comparison import should_be
from derivcli.custom.faults.tensor_cases import Case, Look, off_mask
from derivcli.custom.faults.tensor_faults import ignored, named, named_of_outputs, of_output, outputs_swapped
from derivcli.custom.report import Outcome, failed
from derivcli.custom.subject import MAX_WRITTEN_ENTRIES, Subject, Tensors, filled_in
from derivcli.custom.truth.jacobians import Pullback, outputs_at, points_for, pullback
from derivcli.custom.truth.samples import Sample, along_direction, differentiable, is_right, sample_at
from derivcli.custom.truth.tensor_zones import is_one_entry, zone
from derivcli.custom.user_code import UserCodeError, error_text

EVIDENCE = 3
"""So many backwards are looked at for what kind of mistake there is, if they are small."""

CALLS_PER_ENTRY = 4
"""So many calls tell how outputs move with a number."""

MAX_VECTOR = 8
"""So many points of a function that works point by point are looked at as vectors, or a few more."""

MAX_LARGER = 2000
LARGER_SEED = 13

UPSTREAM_FACTORS = (2.0, -0.5, 1e-3)

NOT_PROPORTIONAL = ("upstream", "backward is not proportional to grad_output")
NOT_DERIVATIVE = "backward is not the derivative of forward"

SOMEWHERE = "backward is wrong at some of the points"


def fault(tried: Subject, wrong: Sequence[Sample], right: Sequence[Sample], at_zero: Sequence[str]) -> Outcome:
    """What is wrong, where gradients are at some samples."""
    outcome = _missing(tried, wrong[0])
    if outcome is not None:
        return outcome
    entries = sum(wrong[0].tensors[k].numel() for k in differentiable(tried))
    if not tried.budget.allows(entries * CALLS_PER_ENTRY):
        return _without_jacobian(tried, wrong[0])
    count = points_for(tried, EVIDENCE)
    samples = [wrong[0], *right[: 1 if count > 1 else 0], *wrong[1:]][:count]
    case = _case(tried, samples)
    look = _kind(tried, samples, case)
    if look is None:
        found, due = along_direction(tried, wrong[0], differentiable(tried))
        numbers = "" if found is None or due is None else f": {should_be(found, due)}"
        return failed("derivative", NOT_DERIVATIVE, f"{tried.at(wrong[0].point)}, along a drawn direction{numbers}")
    kind, sentence = look
    if sentence.endswith(" is due?"):
        sentence = _confirmed(tried, sentence)
    if at_zero and kind in ("infinite", "derivative"):
        sentence = f"backward gives no finite number at {at_zero[0]} = 0" if kind == "infinite" else SOMEWHERE
    elif kind == "derivative" or (kind == "entry" and right and not is_one_entry(tried, wrong[0], case)):
        where = zone(tried, wrong, right) or ("at some of the points" if right and kind == "derivative" else "")
        if where:
            name = next(name for a, name in enumerate(case.names) if case.is_wrong(a))
            place = f" in {name}" if len(case.names) > 1 else ""
            kind, sentence = "somewhere", f"backward is wrong{place} {where}"
    return failed(kind, sentence, _detail(tried, samples, case))


def _without_jacobian(tried: Subject, sample: Sample) -> Outcome:
    """What is wrong, where a call takes so long that single numbers are not looked at."""
    wanted = differentiable(tried)
    bad = [k for k in wanted if is_right(tried, sample, [k]) is False] if len(wanted) > 1 else []
    place = f" in {tried.tensor_arguments[bad[0]].name}" if len(bad) == 1 else ""
    return failed("derivative", f"{NOT_DERIVATIVE}{place}", f"{tried.at(sample.point)}, along a direction")


def _confirmed(tried: Subject, sentence: str) -> str:
    """A sentence of a factor that is the size of something; without that where it is not in tensors twice as large."""
    arguments = tuple(
        each
        if each.shape is None
        else replace(each, shape=tuple(2 * size if size > 1 else size for size in each.shape))
        for each in tried.arguments
    )
    generator = torch.Generator().manual_seed(LARGER_SEED)
    count = sum(each.size for each in arguments)
    columns = torch.randn(count, 1, generator=generator, dtype=torch.float64)
    larger = replace(tried, arguments=arguments, columns=columns)
    sample = sample_at(larger, 0) if count <= MAX_LARGER else None
    found = None if sample is None else _kind(larger, [sample], _case(larger, [sample]))
    plain, _, question = sentence.partition(":")
    follows = found is None or (found[1].partition(":")[0] != plain and found[1].endswith(question))
    return sentence if follows else plain


def _missing(tried: Subject, sample: Sample) -> Outcome | None:
    """What is wrong where the backward gives None for an argument on which the forward depends."""
    for k in differentiable(tried):
        if sample.gradients[k] is None and is_right(tried, sample, [k]) is False:
            name, detail = tried.tensor_arguments[k].name, f"{tried.at(sample.point)}: None"
            if len(tried.tensor_arguments) > 1:
                detail += f"; where {name} is meant to be constant, leave it out with `--wrt`"
            return failed("none", f"backward gives None for {name}, on which forward depends", detail)
    return None


def _case(tried: Subject, samples: Sequence[Sample]) -> Case:
    wanted = differentiable(tried)
    names = tuple(tried.tensor_arguments[k].name for k in wanted)
    pullbacks = [pullback(tried, each.tensors, each.upstreams, [each.filled[k] for k in wanted]) for each in samples]
    stated = {name: formula.source for name, formula in tried.stated.items()}
    return Case(names, tuple(pullbacks), stated)


def _kind(tried: Subject, samples: Sequence[Sample], case: Case) -> Look | None:
    """What kind of mistake there is, causes before effects."""
    found = ignored(case) or _unused(tried, samples, case)
    if found is None and not _is_homogeneous(tried, samples[0]):
        found = NOT_PROPORTIONAL
    if found is None and len(samples[0].upstreams) > 1:
        found = outputs_swapped(case) or _of_one_output(tried, samples, case)
    return found or named(case)


def _unused(tried: Subject, samples: Sequence[Sample], case: Case) -> Look | None:
    """A gradient of an argument that may be anything else, and the outputs stay the same."""
    for name, k, a in zip(case.names, differentiable(tried), range(len(case.names)), strict=True):
        if case.is_wrong(a) and all(not each.truths[a].any() for each in case.pullbacks):
            x = samples[0].tensors[k]
            moved = [2 * x + 1 if j == k else each for j, each in enumerate(samples[0].tensors)]
            pairs = zip(outputs_at(tried, samples[0].tensors), outputs_at(tried, moved), strict=True)
            if all(torch.equal(one, other) for one, other in pairs):
                return "unused", f"backward gives a gradient for {name}, on which forward does not depend"
    return None


def _is_homogeneous(tried: Subject, sample: Sample) -> bool:
    """Whether the gradients are proportional to the upstream gradients."""
    for factor in UPSTREAM_FACTORS:
        again = _with_upstreams(tried, sample, [factor * u for u in sample.upstreams])
        for one, other in zip(again, sample.filled, strict=True):
            if off_mask(one, factor * other).any():
                return False
    return True


def _with_upstreams(tried: Subject, sample: Sample, upstreams: Sequence[Tensor]) -> Tensors:
    """The gradients of a sample for other upstream gradients."""
    leaves = tried.leaves(sample.tensors)
    return filled_in(tried.pull(tried.run(leaves), leaves, upstreams), leaves)


def _of_one_output(tried: Subject, samples: Sequence[Sample], case: Case) -> Look | None:
    """What is wrong with the gradient of one output, where the others are right."""
    if not all(block for each in case.pullbacks for block in each.blocks):
        return None
    wanted = differentiable(tried)
    cases = []
    for k in range(len(samples[0].upstreams)):
        found = []
        for sample in samples:
            upstreams = [u if j == k else torch.zeros_like(u) for j, u in enumerate(sample.upstreams)]
            gradients = _with_upstreams(tried, sample, upstreams)
            found.append(tuple(gradients[j] for j in wanted))
        cases.append(of_output(case, k, found))
    return named_of_outputs(cases)


def _detail(tried: Subject, samples: Sequence[Sample], case: Case) -> str:
    """Where a number is, what it is and what it should be: that which is the most wrong."""
    sample, each = next(pair for pair in zip(samples, case.pullbacks, strict=True) if _is_off(pair[1]))
    for name, found, truth in zip(case.names, each.found, each.truths, strict=True):
        if found.shape != truth.shape:
            return f"{tried.at(sample.point)}, by {name}: shape {tuple(found.shape)}, should be {tuple(truth.shape)}"
        off = off_mask(found, truth)
        if off.any():
            gaps = torch.where(off, (found - truth).abs().nan_to_num(torch.inf), -1.0)
            place = tuple(int(k) for k in torch.unravel_index(gaps.argmax(), gaps.shape))
            where = f", by {name}{list(place) if place else ''}" if len(each.tensors) > 1 or place else ""
            numbers = should_be(found[place].item(), truth[place].item())
            return f"{tried.at(sample.point)}{_upstream_text(each)}{where}: {numbers}"
    raise AssertionError("something is off")


def _upstream_text(each: Pullback) -> str:
    """The upstream gradients, where these are few numbers."""
    if len(each.upstreams) > 1 or each.upstreams[0].numel() > MAX_WRITTEN_ENTRIES:
        return ""
    numbers = [round(x, 3) for x in each.upstreams[0].flatten().tolist()]
    return f" with grad_output {numbers if each.upstreams[0].ndim else numbers[0]}"


def _is_off(each: Pullback) -> bool:
    pairs = zip(each.found, each.truths, strict=True)
    return any(found.shape != truth.shape or bool(off_mask(found, truth).any()) for found, truth in pairs)


def beyond_numbers(subject: Subject) -> Outcome | None:
    """What is wrong with one of several outputs or arguments of a function that works point by point.

    It is looked for in a few points as vectors. There is none where the numbers of all outputs together tell more.
    """
    finite = subject.values.isfinite().nonzero()[:, 0]
    chosen = subject.columns[:, finite[:: max(1, len(finite) // MAX_VECTOR)]]
    arguments = tuple(
        each if each.shape is None else replace(each, shape=chosen.shape[1:]) for each in subject.arguments
    )
    vectors = replace(subject, arguments=arguments, columns=chosen.flatten()[:, None], pointwise=False, formula=None)
    sample = sample_at(vectors, 0)
    if sample is None or not len(finite):
        return None
    case = _case(vectors, [sample])
    look = _unused(vectors, [sample], case)
    if look is None and len(sample.upstreams) > 1:
        look = ignored(case)
        if look is None and not _is_homogeneous(vectors, sample):
            look = NOT_PROPORTIONAL
        look = look or outputs_swapped(case) or _of_one_output(vectors, [sample], case)
    return None if look is None or look[0] == "derivative" else failed(*look, _detail(vectors, [sample], case))


def refused(subject: Subject, error: UserCodeError) -> Outcome | None:
    """What is wrong where PyTorch refuses the shape of a gradient; None where that is not what it says."""
    match = re.search(r"invalid gradient at index (\d+) .* shape compatible", error_text(error))
    if match is None:
        return None
    samples = [_unchecked(subject, point) for point in range(points_for(subject, min(EVIDENCE, subject.count)))]
    kind, sentence = "shape", "a gradient of the wrong shape"
    if all(each is not None for each in samples):
        kind, sentence = named(_case(subject, [each for each in samples if each is not None])) or (kind, sentence)
    return failed(kind, sentence, error_text(error))


def _unchecked(subject: Subject, point: int) -> Sample | None:
    """A backward whose gradients are what the user's code gives, of whatever shape; None where that is out of reach.

    PyTorch sums a gradient by itself where its argument could be expanded to that shape.
    """
    (tensors,) = subject.calls(subject.columns[:, point : point + 1])
    leaves = subject.leaves(tensors)
    outputs = subject.run(leaves)
    upstreams = subject.weights(outputs, point)
    given: dict[Any, Sequence[Tensor | None]] = {}
    for node in _own_nodes(outputs):
        node.register_prehook(lambda ups, node=node: given.__setitem__(node, ups))
    with suppress(UserCodeError):
        subject.pull(outputs, leaves, upstreams, keep=True)
    for node, ups in given.items():
        owners = [getattr(each, "variable", None) for each, _ in node.next_functions]
        try:
            raw = node.apply(*ups)
        except Exception:  # its context is not what it expects: nothing more can be told
            return None
        raw = raw if isinstance(raw, tuple) else (raw,)
        found = [next((g for g, owner in zip(raw, owners, strict=False) if owner is x), None) for x in leaves]
        if all(g is None or isinstance(g, Tensor) for g in found) and any(g is not None for g in found):
            pairs = zip(found, leaves, strict=True)
            return Sample(point, tensors, upstreams, tuple(None if g is None else _summed(g, x) for g, x in pairs))
    return None


def _own_nodes(outputs: Sequence[Tensor]) -> list[Any]:
    """The nodes of a graph whose backward is written in Python."""
    found: dict[Any, bool] = {}
    waiting = [each.grad_fn for each in outputs]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found[node] = isinstance(node, BackwardCFunction)
            waiting += [each for each, _ in node.next_functions]
    return [node for node, own in found.items() if own]


def _summed(gradient: Tensor, x: Tensor) -> Tensor:
    try:
        return gradient.detach().sum_to_size(x.shape)
    except RuntimeError:
        return gradient.detach()
