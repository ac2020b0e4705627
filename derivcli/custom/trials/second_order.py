"""Trials of second derivatives: the backward as a function that is differentiated in its turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import as_expected, deviates, deviation_text, first_true, points_text
from derivcli.custom.report import Outcome, failed, passed
from derivcli.custom.subject import Subject, Tensors
from derivcli.custom.truth.directions import curvatures, directions, names
from derivcli.custom.truth.true_values import TrueValues, gradient_noise
from derivcli.custom.user_code import UserCodeError, error_text, user_code
from derivcli.engines.torch.custom_step import is_marked

SILENTLY_WRONG = "second derivative silently wrong"


NOT_IMPLEMENTED = "is not implemented"
"""What PyTorch says of an operation of its own whose backward has no derivative."""


class MarkedError(Exception):
    """The backward is marked as one that has no derivative."""


def second(subject: Subject) -> Outcome:
    """The derivatives of the backward are the second derivatives, and its derivative by grad_output is the first."""
    ways = directions(subject)
    calls = subject.calls(subject.columns)
    try:
        pairs = [_curvatures(subject, point, tensors, ways) for point, tensors in enumerate(calls)]
    except MarkedError:
        return passed("marked @once_differentiable", "refuses second derivatives")
    except UserCodeError as error:
        if NOT_IMPLEMENTED in error_text(error):  # PyTorch refuses aloud, as a mark would
            return passed(error_text(error), "refuses second derivatives")
        return failed("second-fails", "fails in second derivatives", error_text(error))
    found, by_upstream = (each[0] if subject.pointwise else torch.stack(each, -1) for each in zip(*pairs, strict=True))
    outcome = _second_outcome(subject, found, curvatures(subject))
    if outcome.state == "failed":
        return outcome
    rounding = gradient_noise(subject)
    due = ways @ subject.slopes
    alone = as_expected(subject, by_upstream, due, "second", SILENTLY_WRONG, ways.abs() @ rounding)
    return replace(alone, detail=f"by grad_output, {alone.detail}") if alone.state == "failed" else outcome


def is_once_differentiable(subject: Subject) -> bool:
    """Whether the backward is marked as one that has no derivative."""
    leaves = subject.leaves(subject.examples[0].tensors)
    return any(map(is_marked, subject.pull(subject.run(leaves), leaves, subject.examples[0].upstreams, again=True)))


def _second_outcome(subject: Subject, found: Tensor, truth: TrueValues) -> Outcome:
    """The outcome for second derivatives of shape (directions, directions, points)."""
    off = deviates(subject, found, truth, 2)
    if off.any():
        finite = off & found.isfinite()
        a, b, _ = index = first_true(finite if finite.any() else off)
        by = names(subject)
        which = f", by {by[a]} and {by[b]}" if len(subject.parameters) > 1 else ""
        number = found[index].item()
        sentence = SILENTLY_WRONG if math.isfinite(number) else f"second derivative is {number:g}"
        return failed("second", sentence, deviation_text(subject, index, found, truth.numbers, which))
    skipped = subject.count - int(truth.known.all(0).all(0).sum())
    return passed(f"not tried at {points_text(skipped)} where they are unknown" if skipped else "")


def _curvatures(subject: Subject, point: int, tensors: Tensors, ways: Tensor) -> tuple[Tensor, Tensor]:
    """The derivatives of the gradients along all directions, along them again, and by the upstream gradient."""
    leaves = subject.leaves(tensors)
    given = torch.ones_like(tensors[0] if subject.pointwise else torch.ones(()).double(), requires_grad=True)
    outputs = subject.run(leaves)
    slopes = subject.pull(outputs, leaves, subject.weights(outputs, point, given), again=True)
    if any(map(is_marked, slopes)):
        raise MarkedError
    found, by_upstream = [], []
    wanted = [x for x in leaves if x.requires_grad]
    for way in ways:
        *by_entry, last = differentiated(mixture(subject, slopes, way), [*wanted, given])
        found.append(ways @ subject.rows(by_entry, leaves))
        by_upstream.append(torch.zeros_like(given) if last is None else last.detach())
    return torch.stack(found), torch.stack(by_upstream)


def mixture(subject: Subject, slopes: Sequence[Tensor | None], way: Tensor) -> Tensor | None:
    """The gradients along a direction, added up; None where nothing can be differentiated."""
    terms = [
        (weight * slope).sum()
        for weight, slope in zip(subject.by_argument(way), slopes, strict=True)
        if slope is not None and slope.requires_grad
    ]
    return sum(terms[1:], terms[0]) if terms else None


def differentiated(number: Tensor | None, wanted: Sequence[Tensor]) -> tuple[Tensor | None, ...]:
    """The derivatives of a number, which something of the user's computed, by tensors."""
    if number is None:
        return (None,) * len(wanted)
    with user_code("second derivative"):
        return torch.autograd.grad(number, wanted, retain_graph=True, allow_unused=True)
