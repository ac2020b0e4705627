"""Gradients that are not the derivative, and perhaps meant so: straight-through, reversed, or a step's surrogate."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.subject import Subject
from derivcli.custom.true_values import TrueValues

EXACTNESS = 1e-12
"""Numbers with no larger relative difference are the same but for rounding."""


def recognized(
    subject: Subject, found: Tensor, truth: TrueValues, tolerance: Tensor, off: Tensor
) -> tuple[str, str] | None:
    """The kind and the sentence of what the first wrong gradient looks like; None where it is not one of these.

    Gradients have shape (rows, points); `off` is where they are wrong.
    """
    looks: dict[str, tuple[str, str]] = {}
    upstream = _upstream(subject)
    for name in dict.fromkeys(subject.owners):
        rows = torch.tensor([owner == name for owner in subject.owners])
        if name in subject.stated or not off[rows].any():
            continue
        look = _look(subject, name, found[rows], truth.numbers[rows], tolerance[rows], upstream[rows])
        if look is None and not looks:
            return None
        looks[name] = look or ("", "")
    if not looks:
        return None
    name, (kind, gradient) = next(iter(looks.items()))
    alike = len(looks) == len({*subject.owners}) and len({*looks.values()}) == 1
    return kind, _sentence(kind, gradient, "" if alike else name)


def _sentence(kind: str, gradient: str, name: str) -> str:
    where, stated = (f" in {name}", f"{name}={gradient}") if name else ("", gradient)
    if kind == "surrogate":
        return f"looks like a surrogate gradient of a step{where}; state it with --gradient if that is meant"
    what = "a straight-through estimator" if kind == "straight" else "a gradient reversal"
    return f"looks like {what}{where}; say --gradient {stated} if that is meant"


def _look(
    subject: Subject, name: str, found: Tensor, true: Tensor, tolerance: Tensor, upstream: Tensor
) -> tuple[str, str] | None:
    """The kind, and the gradient for an upstream gradient of 1 as a formula where that is simple."""
    known = true.isfinite()
    if not (upstream.isfinite().all() and found.isfinite().all() and known.any() and _moves(subject, name)):
        return None
    if _same(found, upstream):
        return "straight", "1"
    if _is_identity(subject, name):
        factor = _reversed_by(subject, found / upstream)
        return ("reversal", factor) if factor else None
    is_step = (true[known].abs() <= tolerance[known]).all()
    return ("surrogate", "") if is_step and found.any() else None


def _upstream(subject: Subject) -> Tensor:
    """The upstream gradient of the output in the same place, of shape (rows, points); nan where there is none."""
    found = []
    for point, tensors in enumerate(subject.calls(subject.columns)):
        outputs = subject.run(subject.leaves(tensors, ()))
        weights, *others = subject.weights(outputs, point)
        laid = [
            weights if x.shape == weights.shape and not others else torch.full_like(x, torch.nan)
            for x, argument in zip(tensors, subject.tensor_arguments, strict=True)
            if argument.differentiable
        ]
        found.append(subject.rows(laid, subject.leaves(tensors)))
    return found[0] if subject.pointwise else torch.stack(found, -1)


def _moves(subject: Subject, name: str) -> bool:
    """Whether the forward depends on an argument: its numbers of another point give other values."""
    moved = subject.columns.clone()
    start = 0
    for argument in subject.tensor_arguments:
        if argument.name == name:
            moved[start : start + argument.size] = moved[start : start + argument.size].flip(-1)
        start += argument.size
    return not torch.equal(replace(subject, columns=moved).values, subject.values)


def _is_identity(subject: Subject, name: str) -> bool:
    """Whether the forward gives an argument as it is."""
    (place,) = (k for k, argument in enumerate(subject.tensor_arguments) if argument.name == name)
    return all(
        torch.equal(subject.run(subject.leaves(each, ()))[0], each[place]) for each in subject.calls(subject.columns)
    )


def _reversed_by(subject: Subject, factors: Tensor) -> str:
    """The negative factor as a number, or as an argument's name with a sign; empty where it is neither."""
    first = factors.flatten()[0].item()
    if first < 0 and _same(factors, torch.full_like(factors, first)):
        return f"{first:.6g}"
    for name, x in zip(subject.parameters, subject.columns, strict=True):
        if subject.pointwise and _same(-factors[0], x):
            return f"-{name}"
    return ""


def _same(found: Tensor, due: Tensor) -> bool:
    return bool(((found - due).abs() <= EXACTNESS * due.abs()).all())
