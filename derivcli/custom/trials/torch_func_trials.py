"""The trial of the transforms of torch.func: batches by vmap, gradients, Jacobians and second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import deviates, deviation_text, first_true, should_be
from derivcli.custom.loading.graph_classes import graph_classes, has_context_apart, vmap_rule
from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in
from derivcli.custom.trials.examples import as_before, differs, example_of
from derivcli.custom.trials.forward_mode_trials import has_forward_mode
from derivcli.custom.trials.second_order import is_once_differentiable
from derivcli.custom.trials.spared_import import spared_compiler
from derivcli.custom.truth.directions import curvatures, directions, moved
from derivcli.custom.user_code import UserCodeError, error_text
from derivcli.errors import DerivError

Axes: TypeAlias = tuple[int | None, ...]
"""Which axis of each argument is that of the batch; None for an argument that is the same for all of it."""

UPSTREAM_FACTORS = (1.0, -1.7)
"""A Jacobian is made of several upstream gradients at once."""


def under_torch_func(subject: Subject) -> Outcome:
    """Batches, gradients, Jacobians and second derivatives are under torch.func what they are without it.

    What fails there is a fault where the class says that it does not: with a vmap rule of its own in batches, with
    generate_vmap_rule everywhere. Elsewhere it is a refusal.
    """
    classes, rule = graph_classes(subject), vmap_rule(subject)
    apart = bool(classes) and all(map(has_context_apart, classes))
    if not (rule or apart):
        return inapplicable("it takes only classes with setup_context" if classes else "there is no class of its own")
    assert subject.kept_outputs, "they are known before a transform begins"
    made = rule == "made"
    refused = []
    for attempt, applies, fails in (
        (_batches, bool(rule), "fails under torch.func.vmap" if made else "the vmap rule fails"),
        (_gradients, apart, "fails under torch.func.vjp" if made else ""),
        (_jacobians, apart, "fails under torch.func.jacrev" if made else ""),
        (_gradients_of_batches, apart and bool(rule), "fails under torch.func.vmap" if made else ""),
        (_second_derivatives, apart, ""),
    ):
        try:
            outcome = attempt(subject) if applies else passed()
        except UserCodeError as error:
            if isinstance(error.error, DerivError):  # ours, of outputs that no single call has
                gives = "the vmap rule gives" if rule == "own" else "under torch.func forward gives"
                return failed("vmap", f"{gives} another shape", error.error.wording)
            if fails:
                return failed("vmap" if "vmap" in fails else "torch-func", fails, error_text(error))
            refused.append(error_text(error))
        else:
            if outcome.state == "failed":
                return outcome
    return passed(refused[0] if refused else "")


def _transformed(stage: str, transform: Callable[..., Any], *given: Any) -> Any:
    """What a transform of the user's code gives; whatever it raises comes of that code."""
    try:
        with spared_compiler():
            return transform(*given)
    except UserCodeError as error:
        raise UserCodeError(stage, error.error) from error
    except (Exception, SystemExit) as error:
        raise UserCodeError(stage, error) from error


def _samples(subject: Subject) -> tuple[Tensors, Tensors]:
    """The tensor arguments of two calls, which make a batch."""
    first, *others = (example.tensors for example in subject.examples)
    return first, others[0] if others else tuple(x.flip(0) if x.ndim else 2 * x for x in first)


def _axes(tensors: Tensors) -> Iterator[Axes]:
    """The axes of a batch that are tried: first ones, second ones, and those of one argument alone."""
    yield (0,) * len(tensors)
    if any(x.ndim for x in tensors):
        yield tuple(min(x.ndim, 1) for x in tensors)
    if len(tensors) > 1:
        for k in range(len(tensors)):
            yield tuple(0 if k == j else None for j in range(len(tensors)))


def _batches(subject: Subject) -> Outcome:
    """What vmap gives of a batch is what each call of it gives."""
    samples = _samples(subject)
    rule = vmap_rule(subject)
    sentence = "the vmap rule gives another result" if rule == "own" else "gives another result under torch.func.vmap"

    def run(*tensors: Tensor) -> Tensors:
        return subject.run(tensors)

    for axes in _axes(samples[0]):
        pairs = list(zip(axes, *samples, strict=True))
        given = [one if axis is None else torch.stack([one, other], axis) for axis, one, other in pairs]
        found = _transformed("vmap", torch.func.vmap(run, in_dims=axes), *given)
        calls = [
            subject.run(subject.leaves(tensors, ()))
            for tensors in (samples[0], [one if axis is None else other for axis, one, other in pairs])
        ]
        outcome = _same(found, calls, sentence, f"with in_dims={axes}")
        if outcome.state == "failed":
            return outcome
    return passed()


def _same(found: Sequence[Tensor], calls: Sequence[Tensors], sentence: str, setting: str) -> Outcome:
    """The outcome for batches that should be those of calls, with the batch along the first axis."""
    for output, (one, parts) in enumerate(zip(found, zip(*calls, strict=True), strict=True), start=1):
        other = torch.stack(parts)
        which = f"output {output}" if len(found) > 1 else "the output"
        if one.shape != other.shape:
            detail = f"{setting} {which} has shape {tuple(one.shape)}, should be {tuple(other.shape)}"
            return failed("vmap", sentence, detail)
        off = differs(one, other)
        if off.any():
            place = tuple(off.nonzero()[0].tolist())
            numbers = should_be(one[place].item(), other[place].item())
            return failed("vmap", sentence, f"{setting} {which} at {list(place)}: {numbers}")
    return passed()


def _differentiable(subject: Subject, tensors: Sequence[Tensor]) -> Tensors:
    pairs = zip(tensors, subject.tensor_arguments, strict=True)
    return tuple(x.detach().clone() for x, argument in pairs if argument.differentiable)


def _vjp(subject: Subject, tensors: Tensors, moving: Sequence[Tensor]) -> Callable[[Tensors], Tensors]:
    """The gradients as a function of the upstream ones, at tensors of which some move."""

    def run(*given: Tensor) -> Tensors:
        left = iter(given)
        pairs = zip(tensors, subject.tensor_arguments, strict=True)
        return subject.run([next(left) if argument.differentiable else x for x, argument in pairs])

    found: Callable[[Tensors], Tensors] = torch.func.vjp(run, *moving)[1]
    return found


def _pulled(subject: Subject, example: Example) -> Tensors:
    return _vjp(subject, example.tensors, _differentiable(subject, example.tensors))(example.upstreams)


ANOTHER_GRADIENT = "gives another gradient under torch.func"


def _gradients(subject: Subject) -> Outcome:
    """What vjp gives is what the backward gives."""
    for example in subject.examples:
        leaves = subject.leaves(example.tensors)
        found = _transformed("vjp", _pulled, subject, example)
        outcome = as_before(subject, example, filled_in(found, leaves), "torch-func", ANOTHER_GRADIENT)
        if outcome.state == "failed":
            return outcome
    return passed()


def _jacobians(subject: Subject) -> Outcome:
    """What vjp gives of several upstream gradients at once, as jacrev calls it, is what it gives of each."""
    example = subject.examples[0]
    leaves = subject.leaves(example.tensors)
    batch = tuple(torch.stack([factor * each for factor in UPSTREAM_FACTORS]) for each in example.upstreams)

    def jacobian() -> Tensors:
        pull = _vjp(subject, example.tensors, _differentiable(subject, example.tensors))
        found: Tensors = torch.func.vmap(pull)(batch)
        return found

    found = _transformed("jacrev", jacobian)
    return first_failure(
        as_before(
            subject,
            replace(example, gradients=tuple(factor * each for each in example.gradients)),
            filled_in([each[k] for each in found], leaves),
            "torch-func",
            ANOTHER_GRADIENT,
            " by jacrev",
        )
        for k, factor in enumerate(UPSTREAM_FACTORS)
    )


def _gradients_of_batches(subject: Subject) -> Outcome:
    """What vmap gives of the gradients of a batch are the gradients of each call of it."""
    first, others = _samples(subject)
    pairs = zip(first, others, subject.tensor_arguments, strict=True)
    second = tuple(other if argument.differentiable else one for one, other, argument in pairs)
    upstreams = subject.examples[0].upstreams
    batch = [torch.stack(pair) for pair in zip(*(_differentiable(subject, x) for x in (first, second)), strict=True)]
    found = _transformed(
        "vmap", torch.func.vmap(lambda *moving: _vjp(subject, first, moving)(upstreams), in_dims=0), *batch
    )
    return first_failure(
        as_before(
            subject,
            example_of(subject, tensors, upstreams),
            filled_in([each[k] for each in found], subject.leaves(tensors)),
            "torch-func",
            ANOTHER_GRADIENT,
            " in a batch",
        )
        for k, tensors in enumerate((first, second))
    )


def _second_derivatives(subject: Subject) -> Outcome:
    """What vjp, and jvp where there is one, gives of the gradients are the second derivatives."""
    if is_once_differentiable(subject):
        return passed()
    truth = curvatures(subject)
    for transform in (_reverse, _forward)[: 1 + has_forward_mode(subject)]:
        found = torch.stack([transform(subject, way) for way in directions(subject)])
        off = deviates(subject, found, truth, 2)
        if off.any():
            detail = deviation_text(subject, first_true(off), found, truth.numbers)
            return failed("torch-func", "gives another second derivative under torch.func", detail)
    return passed()


def _reverse(subject: Subject, way: Tensor) -> Tensor:
    """The gradients of the gradients in a direction, along all directions, of shape (directions, points)."""

    def rows(example: Example) -> Tensor:
        def number(*moving: Tensor) -> Tensor:
            slopes = _vjp(subject, example.tensors, moving)(example.upstreams)
            terms = [(w * slope).sum() for w, slope in zip(subject.by_argument(way), slopes, strict=True)]
            return torch.stack(terms).sum()

        given = _differentiable(subject, example.tensors)
        found = _transformed("hessian", lambda: torch.func.vjp(number, *given)[1](torch.ones((), dtype=torch.float64)))
        return subject.rows(found, subject.leaves(example.tensors))

    return _along_all(subject, [rows(example) for example in subject.examples])


def _forward(subject: Subject, way: Tensor) -> Tensor:
    """The tangents of the gradients for a direction, along all directions, of shape (directions, points)."""

    def rows(example: Example, tangents: Tensors) -> Tensor:
        def slopes(*moving: Tensor) -> Tensors:
            return _vjp(subject, example.tensors, moving)(example.upstreams)

        given, moves = (_differentiable(subject, each) for each in (example.tensors, tangents))
        moves = tuple(t.expand_as(x).clone() for t, x in zip(moves, given, strict=True))
        found = _transformed("hessian", lambda: torch.func.jvp(slopes, given, moves)[1])
        return subject.rows(found, subject.leaves(example.tensors))

    pairs = zip(subject.examples, moved(subject, way), strict=True)
    return _along_all(subject, [rows(*pair) for pair in pairs])


def _along_all(subject: Subject, rows: Sequence[Tensor]) -> Tensor:
    return directions(subject) @ (rows[0] if subject.pointwise else torch.stack(list(rows), -1))
