"""Trials of forward mode: what the jvp gives of a direction."""

from __future__ import annotations

import warnings
from dataclasses import replace

import torch
from torch import Tensor
from torch.autograd import forward_ad

from derivcli.custom.gradient_comparison import as_expected
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Subject, Tensors
from derivcli.custom.user_code import UserCodeError, error_text

TANGENT = 2.0

WRONG_JVP = "jvp is not the derivative"


def forward_mode(subject: Subject) -> Outcome:
    """What the class's own jvp gives of a direction is its gradients in that direction."""
    if not _has_jvp(subject):
        return inapplicable("there is no jvp")
    for row, name in enumerate(subject.wrt):
        by = f", by {name}" if len(subject.indices) > 1 else ""
        try:
            found = tangents(subject, subject.indices[row])
        except UserCodeError as error:
            return failed("jvp", "jvp fails", error_text(UserCodeError("jvp", error.error)))
        outcome = as_expected(subject, found[None], TANGENT * subject.slopes[row : row + 1], "jvp", WRONG_JVP)
        if outcome.state == "failed":
            return replace(outcome, detail=outcome.detail.replace(":", f" with a tangent of {TANGENT:g}{by}:", 1))
    return passed()


def _has_jvp(subject: Subject) -> bool:
    target = subject.function.target
    own = getattr(target, "jvp", None)
    return own is not None and own is not torch.autograd.Function.jvp


def tangents(subject: Subject, entry: int) -> Tensor:
    """The tangent of the number that comes out, of shape (points,), for one of TANGENT in an entry."""
    direction = torch.zeros_like(subject.columns)
    direction[entry] = TANGENT
    found = []
    pairs = zip(subject.calls(subject.columns), subject.calls(direction), strict=True)
    for point, (tensors, moved) in enumerate(pairs):
        with forward_ad.dual_level():
            outputs = subject.run(_duals(subject.leaves(tensors, ()), moved))
            unpacked = [forward_ad.unpack_dual(each).tangent for each in outputs]  # type: ignore[no-untyped-call]
        weights = subject.weights(outputs, point)
        moves = [torch.zeros_like(w) if t is None else t for w, t in zip(weights, unpacked, strict=True)]
        found.append(subject.weighed(moves, weights))
    return found[0] if subject.pointwise else torch.stack(found)


def _duals(tensors: Tensors, moved: Tensors) -> Tensors:
    """Tensors with tangents, where these are not 0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch warns of itself here
        return tuple(
            forward_ad.make_dual(x, t.clone()) if t.any() else x  # type: ignore[no-untyped-call]
            for x, t in zip(tensors, moved, strict=True)
        )
