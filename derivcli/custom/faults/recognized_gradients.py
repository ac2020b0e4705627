"""Gradients that are not the derivative, and perhaps meant so: straight-through, reversed, scaled, or of a step."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.subject import Subject
from derivcli.custom.truth.true_values import TrueValues

EXACTNESS = 1e-12
"""Numbers with no larger relative difference are the same but for rounding."""

OPTION = "--gradient"
"""A diagnosis is the same sentence wherever it is read."""

KINDS = {
    "straight": "a straight-through estimator",
    "reversal": "a gradient reversal",
    "scaling": "a scaled gradient",
}

NOT_STATED = "backward is not the gradient {}"
NOT_STATED_BUT_ZERO = "backward gives 0 and not the gradient {}"


def meant(kind: str, gradient: str, name: str) -> str:
    """The sentence for a kind of gradient, with the formula that states it; a name where it is one of several."""
    where, stated = (f" in {name}", f"{name}={gradient}") if name else ("", gradient)
    if kind == "surrogate":
        return f"looks like a surrogate gradient of a step{where}; state it with {OPTION} if that is meant"
    return f"looks like {KINDS[kind]}{where}; say {OPTION} {stated} if that is meant"


def recognized(
    subject: Subject, found: Tensor, truth: TrueValues, tolerance: Tensor, off: Tensor
) -> tuple[str, str] | None:
    """The kind and the sentence of what the first wrong gradient looks like; None where it is not one of these.

    The function works point by point, and gradients have shape (rows, points); `off` is where they are wrong.
    """
    bad = [row for row, name in enumerate(subject.owners) if off[row].any()]
    if subject.owners[bad[0]] in subject.stated:
        return None
    looks = [_look(subject, row, found[row], truth.numbers[row], tolerance[row]) for row in bad]
    if looks[0] is None:
        return None
    alike = len(looks) == len(found) and len({*looks}) == 1
    kind, gradient = looks[0]
    return kind, meant(kind, gradient, "" if alike else subject.owners[bad[0]])


def _look(subject: Subject, row: int, found: Tensor, true: Tensor, tolerance: Tensor) -> tuple[str, str] | None:
    """The kind, and the gradient for an upstream gradient of 1 as a formula where that is simple."""
    known = true.isfinite()
    if not (found.isfinite().all() and known.any() and _moves(subject, row)):
        return None
    if (found == 1).all():
        return "straight", "1"
    if torch.equal(subject.values, subject.columns[subject.indices[row]]):
        factor = _factor(subject, found)
        return ("reversal" if factor.startswith("-") else "scaling", factor) if factor else None
    is_step = (true[known].abs() <= tolerance[known]).all()
    return ("surrogate", "") if is_step and found.any() else None


def _moves(subject: Subject, row: int) -> bool:
    """Whether the forward depends on an argument: its numbers of other points give other values."""
    moved = subject.columns.clone()
    moved[subject.indices[row]] = moved[subject.indices[row]].flip(-1)
    return not torch.equal(replace(subject, columns=moved).values, subject.values)


def _factor(subject: Subject, found: Tensor) -> str:
    """What a gradient is multiplied by: a negative number, or an argument or less it; empty where it is neither."""
    if found[0] < 0 and _same(found, found[:1].expand_as(found)):
        return f"{found[0].item():.6g}"
    for sign, signed in (("-", -found), ("", found)):
        for name, x in zip(subject.parameters, subject.columns, strict=True):
            if _same(signed, x):
                return f"{sign}{name}"
    return ""


def _same(found: Tensor, due: Tensor) -> bool:
    return bool(((found - due).abs() <= EXACTNESS * due.abs()).all())
