"""The forward beside its formula at thousands of points, as PyTorch computes both; balls confirm what differs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from derivcli.custom.dense_points import scattered_points, whole_line
from derivcli.custom.gradient_comparison import (
    MAX_NOISE_SHARE,
    NOISE_FACTOR,
    RELATIVE_TOLERANCE,
    floor_at,
)
from derivcli.custom.point_status import RIGHT, UNKNOWN, WRONG
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.true_values import by_formula, rounding_of
from derivcli.custom.zone_words import where_text
from derivcli.custom.zones import Seen, zones

MIN_NUMBER = 1e-3
"""Formulas lose their digits near 0, as people write them."""

MAX_CONFIRMED = 6
"""Of many points that seem wrong so many are confirmed."""
MIN_CONFIRMED = 3
NEIGHBOUR_STEPS = (1e-7, -1e-7, 1e-5, -1e-5)
"""A number is no lone one if its neighbours, so large parts of it away, are wrong too."""


def different(subject: Subject) -> tuple[str, Columns] | None:
    """Where the forward is not the formula, in words, with points that show it; None where no difference is found."""
    if subject.typed or not subject.pointwise or subject.formula is None:
        return None
    formula = _on_columns(subject)
    if len(subject.parameters) > 1:
        return _scattered(subject, formula)

    def slopes(given: Tensor) -> Tensor:
        x = given.detach().clone().requires_grad_()
        y = formula(x[None])
        return torch.autograd.grad(y.sum(), x)[0] if y.requires_grad else torch.zeros_like(x)

    line = whole_line(slopes)
    numbers = line.numbers[line.numbers.abs() > MIN_NUMBER]

    def look(given: Tensor) -> Seen:
        return _seen(subject, formula, given[None])

    found, more = zones(numbers, look(numbers).status, look)
    shown = [torch.tensor([[zone.shown]], dtype=torch.float64) for zone in found if not zone.vague]
    confirmed = [columns for columns in shown if _is_confirmed(subject, columns).all()]
    return (where_text(subject.parameters[0], found, more), confirmed[0]) if confirmed else None


def _on_columns(subject: Subject) -> Callable[[Columns], Tensor]:
    """What computes the formula at points."""
    from derivcli.engines.program import lower  # late, since few functions have a formula
    from derivcli.engines.torch.rules import forward

    assert subject.formula is not None, "whoever asks has seen to it"
    program = lower([subject.formula], subject.parameters)

    def compute(columns: Columns) -> Tensor:
        return forward(program, tuple(columns), columns.shape[1]).expand(columns.shape[1])

    return compute


def _seen(subject: Subject, formula: Callable[[Columns], Tensor], columns: Columns) -> Seen:
    found, due = subject.value(columns).double(), formula(columns)
    errors = (found - due).abs()
    tolerance = RELATIVE_TOLERANCE * due.abs() + floor_at(due, subject.values, columns, 0)
    suspects = ~(errors <= tolerance)
    if suspects.any():
        rounding = torch.maximum(*(rounding_of(each, columns[:, suspects]) for each in (subject.value, formula)))
        more = torch.minimum(NOISE_FACTOR * rounding, MAX_NOISE_SHARE * due[suspects].abs())
        tolerance = tolerance.masked_scatter(suspects, tolerance[suspects] + more)
    known = found.isfinite() & due.isfinite()
    status = torch.where(errors <= tolerance, RIGHT, WRONG).masked_fill(~known, UNKNOWN)
    return Seen(status.to(torch.int8), errors, tolerance, torch.maximum(found.abs(), due.abs()))


def _scattered(subject: Subject, formula: Callable[[Columns], Tensor]) -> tuple[str, Columns] | None:
    """A difference of a function of several arguments, which neighbours show too."""
    columns = scattered_points(len(subject.parameters))
    columns = columns[:, columns.abs().amin(0) > MIN_NUMBER]
    wrong = columns[:, _seen(subject, formula, columns).status == WRONG]
    for step in NEIGHBOUR_STEPS:
        wrong = wrong[:, _seen(subject, formula, wrong * (1 + step)).status == WRONG]
    wrong = wrong[:, wrong.abs().log().abs().amax(0).argsort()]
    wrong = wrong[:, :: max(1, wrong.shape[1] // MAX_CONFIRMED)]
    wrong = wrong[:, _is_confirmed(subject, wrong)]
    return ("", wrong) if wrong.shape[1] >= MIN_CONFIRMED else None


def _is_confirmed(subject: Subject, columns: Columns) -> Tensor:
    """Where ball arithmetic says too that the forward is not the formula."""
    assert subject.formula is not None, "whoever asks has seen to it"
    truth = by_formula(subject.formula, subject.parameters, columns)
    found = subject.value(columns)
    return (found - truth.numbers).abs() > 2 * RELATIVE_TOLERANCE * truth.numbers.abs()
