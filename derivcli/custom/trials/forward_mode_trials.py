"""Trials of forward mode: the jvp by itself, under reverse mode, over it, and taken twice."""

from __future__ import annotations

import warnings
from dataclasses import replace

import torch
from torch import Tensor
from torch.autograd import forward_ad

from derivcli.custom.faults.gradient_comparison import as_expected, deviates, deviation_text, first_true
from derivcli.custom.loading.graph_classes import graph_classes, has_context_apart, has_jvp
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Subject, Tensors
from derivcli.custom.trials.second_order import differentiated
from derivcli.custom.truth.directions import curvatures, directions, moved, names
from derivcli.custom.truth.true_values import TrueValues, gradient_noise
from derivcli.custom.user_code import UserCodeError, error_text, user_code
from derivcli.engines.torch.custom_step import is_marked

TANGENT = 2.0
"""Tangents are so many times a direction: what is not proportional to them shows."""

WRONG_JVP = "jvp is not the derivative"

WAY_TO_TWICE = "PyTorch keeps no tangents in jvp: let it call a Function of its own that has a jvp"
"""What is in the way of a jvp that is written as usual, and how it is right."""

INNER, OUTER = 0.83, 1.29
"""Directions are added up with powers of these, so that what they come to does not cancel."""


def forward_mode(subject: Subject) -> Outcome:
    """What jvp gives for tangents of all arguments, and of each by itself, is the gradients in that direction."""
    if not has_forward_mode(subject):
        return inapplicable("there is no jvp")
    ways = directions(subject)
    try:
        together = tangents(subject, ways.sum(0))
    except UserCodeError as error:
        return failed("jvp", "jvp fails", _in_jvp(error))
    for way, name in zip(ways, names(subject), strict=True):
        try:
            found = tangents(subject, way)
        except UserCodeError as error:
            return failed("jvp-partial", f"jvp fails where only {name} has a tangent", _in_jvp(error))
        outcome = _along(subject, found, way, f", by {name}" if len(ways) > 1 else "")
        if outcome.state == "failed":
            return outcome
    return _along(subject, together, ways.sum(0), ", by all arguments")


def _along(subject: Subject, found: Tensor, way: Tensor, by: str) -> Outcome:
    due = TANGENT * (way @ subject.slopes)[None]
    outcome = as_expected(subject, found[None], due, "jvp", WRONG_JVP)
    if outcome.state == "failed":
        rounding = TANGENT * (way.abs() @ gradient_noise(subject))
        outcome = as_expected(subject, found[None], due, "jvp", WRONG_JVP, rounding)
    tangent = f"a tangent of {TANGENT:g}" if subject.pointwise else "a tangent"
    return replace(outcome, detail=outcome.detail.replace(":", f" with {tangent}{by}:", 1))


def has_forward_mode(subject: Subject) -> bool:
    """Whether forward mode goes through rules of the user's own, and through these alone."""
    classes = graph_classes(subject)
    return bool(classes) and all(map(has_jvp, classes))


def _in_jvp(error: UserCodeError) -> str:
    return error_text(UserCodeError("jvp", error.error))


def tangents(subject: Subject, direction: Tensor) -> Tensor:
    """The tangent of the number that comes out, of shape (points,), for TANGENT in a direction of shape (rows,)."""
    found = []
    pairs = zip(subject.calls(subject.columns), moved(subject, TANGENT * direction), strict=True)
    for point, (tensors, tangent) in enumerate(pairs):
        with forward_ad.dual_level():
            found.append(_tangent(subject, point, subject.run(_duals(subject.leaves(tensors, ()), tangent))).detach())
    return found[0] if subject.pointwise else torch.stack(found)


def _tangent(subject: Subject, point: int, outputs: Tensors) -> Tensor:
    """The tangent of what outputs come to; 0 where they have none."""
    weights = subject.weights(outputs, point)
    unpacked = [_unpacked(each) for each in outputs]
    return subject.weighed(
        [torch.zeros_like(w) if t is None else t for w, t in zip(weights, unpacked, strict=True)], weights
    )


def _unpacked(x: Tensor) -> Tensor | None:
    found: Tensor | None = forward_ad.unpack_dual(x).tangent  # type: ignore[no-untyped-call]
    return found


def _duals(tensors: Tensors, tangents: Tensors) -> Tensors:
    """Tensors with tangents, where these are not 0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch warns of itself here
        return tuple(
            forward_ad.make_dual(x, t.clone()) if t.any() else x  # type: ignore[no-untyped-call]
            for x, t in zip(tensors, tangents, strict=True)
        )


def reverse_over_forward(subject: Subject) -> Outcome:
    """The gradients of what jvp gives are the second derivatives."""
    ways = directions(subject)
    rows = []
    try:
        for way in ways:
            pairs = zip(subject.calls(subject.columns), moved(subject, way), strict=True)
            found = [_gradients_of_tangent(subject, point, *pair) for point, pair in enumerate(pairs)]
            rows.append(ways @ (found[0] if subject.pointwise else torch.stack(found, -1)))
    except UserCodeError as error:
        return inapplicable(f"it is refused: {error_text(error)}")
    return _second(subject, torch.stack(rows), "the gradient of jvp is silently wrong")


def _gradients_of_tangent(subject: Subject, point: int, tensors: Tensors, tangent: Tensors) -> Tensor:
    leaves = subject.leaves(tensors)
    wanted = [x for x in leaves if x.requires_grad]
    with forward_ad.dual_level():
        number = _tangent(subject, point, subject.run(_duals(leaves, tangent))).sum()
    return subject.rows(differentiated(number if number.requires_grad else None, wanted), leaves)


def forward_over_reverse(subject: Subject) -> Outcome:
    """The tangents of the gradients are the second derivatives."""
    ways = directions(subject)
    rows = []
    try:
        for way in ways:
            pairs = zip(subject.calls(subject.columns), moved(subject, way), strict=True)
            found = [_tangents_of_gradients(subject, point, ways, *pair) for point, pair in enumerate(pairs)]
            rows.append(found[0] if subject.pointwise else torch.stack(found, -1))
    except UserCodeError as error:
        return inapplicable(f"it is refused: {error_text(error)}")
    return _second(subject, torch.stack(rows), "forward mode over backward is silently wrong")


def _tangents_of_gradients(subject: Subject, point: int, ways: Tensor, tensors: Tensors, tangent: Tensors) -> Tensor:
    """The tangents of the gradients along each direction."""
    leaves = subject.leaves(tensors)
    with forward_ad.dual_level():
        duals = _duals(leaves, tangent)
        outputs = subject.run(duals)
        slopes = subject.pull(outputs, duals, subject.weights(outputs, point), again=True)
        if any(map(is_marked, slopes)):
            raise UserCodeError("backward", ValueError("it is marked @once_differentiable"))
        moves = [None if slope is None else _unpacked(slope) for slope in slopes]
        return ways @ subject.rows(moves, leaves)


def forward_twice(subject: Subject) -> Outcome:
    """The jvp of what jvp gives is the second derivative in both directions."""
    if not all(map(has_context_apart, graph_classes(subject))):
        return inapplicable("torch.func takes no class without setup_context")
    ways = directions(subject)
    inner, outer = (torch.tensor([base**k for k in range(len(ways))], dtype=torch.float64) for base in (INNER, OUTER))
    calls = zip(subject.calls(subject.columns), moved(subject, inner @ ways), moved(subject, outer @ ways), strict=True)
    try:
        found = [_twice(subject, point, *each) for point, each in enumerate(calls)]
    except UserCodeError as error:
        return inapplicable(f"it is refused: {error_text(error)}")
    truth = curvatures(subject)
    due = TrueValues(
        torch.einsum("a,abp,b->p", inner, truth.numbers, outer), truth.errors.abs().sum((0, 1)) * OUTER ** len(ways)
    )
    return _twice_outcome(subject, found[0] if subject.pointwise else torch.stack(found), due)


def _twice_outcome(subject: Subject, found: Tensor, due: TrueValues) -> Outcome:
    off = deviates(subject, found, due, 2)
    if not off.any():
        return passed()
    is_lost = not found[off].any()
    gives = "gives 0" if is_lost else "gives another number"
    sentence = f"jvp is not the derivative of jvp: forward mode taken twice {gives}"
    detail = deviation_text(subject, first_true(off), found, due.numbers)
    return failed("jvp-twice", sentence, f"{detail}; {WAY_TO_TWICE}" if is_lost else detail)


def _twice(subject: Subject, point: int, tensors: Tensors, inner: Tensors, outer: Tensors) -> Tensor:
    """The second derivative of what comes out of a call, in one direction and in another."""

    def number(*given: Tensor) -> Tensor:
        outputs = subject.run(given)
        return subject.weighed(outputs, subject.weights(outputs, point))

    def tangent(*given: Tensor) -> Tensor:
        found: Tensor = torch.func.jvp(number, given, inner)[1]
        return found

    with user_code("jvp"):
        found: Tensor = torch.func.jvp(tangent, tuple(x.detach().clone() for x in tensors), outer)[1]
    return found.detach()


def _second(subject: Subject, found: Tensor, sentence: str) -> Outcome:
    """The outcome for second derivatives of shape (directions, directions, points)."""
    truth = curvatures(subject)
    off = deviates(subject, found, truth, 2)
    if not off.any():
        return passed()
    a, b, _ = index = first_true(off)
    by = names(subject)
    which = f", by {by[a]} and {by[b]}" if len(subject.parameters) > 1 else ""
    return failed("jvp-second", sentence, deviation_text(subject, index, found, truth.numbers, which))
