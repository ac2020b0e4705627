"""Single backwards of functions that take tensors, at the points and at other samples, and whether they are right.

A gradient is right where the derivative along a drawn direction is: no single wrong number escapes that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import RELATIVE_TOLERANCE, are_wrong, rounding_floor, tolerance_of
from derivcli.custom.faults.tensor_cases import off_mask
from derivcli.custom.stated_gradients import stated_gradient
from derivcli.custom.subject import Columns, Subject, Tensors, filled_in
from derivcli.custom.truth.jacobians import outputs_at, quick_slope, quick_slopes, scale_of
from derivcli.custom.truth.true_values import TrueValues, by_quotients, noise
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.errors import DerivError

SCALES = (0.1, 1.0, 10.0)

DRAWS = 5
"""So many samples of each scale are tried beside the points."""

SAMPLES_SEED = 5

QUICK_FLOOR = 1e-8

THOROUGH_CALLS = 150
"""So many calls tell of one direction whether the slope is wrong."""
MAX_QUICK_GAP = 1e-4
MIN_FAR_OFF = 1e-3
"""Where these take too long, quick quotients that agree to the one part tell of slopes that are off by the other."""

QUICK_ROUNDING = 1e-11
"""Quick quotients are trusted within this part of the sum of all terms, and of the sum of all outputs."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One backward at a point: its tensors, upstream gradients, and gradients by tensor arguments, None or numbers."""

    point: int
    tensors: Tensors
    upstreams: Tensors
    gradients: tuple[Tensor | None, ...]

    @property
    def column(self) -> Tensor:
        """All numbers of its tensors."""
        return torch.cat([x.reshape(-1) for x in self.tensors])

    @property
    def filled(self) -> Tensors:
        """The gradients, 0 where there is none."""
        pairs = zip(self.gradients, self.tensors, strict=True)
        return tuple(torch.zeros_like(x) if g is None else g for g, x in pairs)


def differentiable(subject: Subject) -> list[int]:
    """Which tensor arguments it is differentiated by."""
    return [k for k, argument in enumerate(subject.tensor_arguments) if argument.differentiable]


def samples(subject: Subject) -> Columns:
    """The points, and others: of other sizes and signs, drawn, and with numbers that are 0."""
    base, generator = subject.columns, torch.Generator().manual_seed(SAMPLES_SEED)
    drawn = [torch.randn(len(base), DRAWS, generator=generator, dtype=torch.float64) * scale for scale in SCALES]
    near = base * (1 + 0.2 * torch.randn(base.shape, generator=generator, dtype=torch.float64))
    return torch.cat([base, near, -base, *(base * scale for scale in SCALES if scale != 1), *drawn], 1)


def with_zeros(subject: Subject) -> dict[str, Columns]:
    """For each argument the first point with a number that is 0."""
    found, start = {}, 0
    for argument in subject.tensor_arguments:
        if argument.differentiable and argument.size:
            found[argument.name] = subject.columns[:, :1].clone()
            found[argument.name][start] = 0.0
        start += argument.size
    return found


def sample_at(subject: Subject, point: int) -> Sample | None:
    """The backward at a point; None where the forward fails there, or gives no finite numbers."""
    (tensors,) = subject.calls(subject.columns[:, point : point + 1])
    return sample_of(subject, point, tensors)


def sample_of(subject: Subject, point: int, tensors: Tensors) -> Sample | None:
    """The backward at tensors, with the upstream gradients of a point; None likewise."""
    leaves = subject.leaves(tensors)
    try:
        outputs = subject.run(leaves)
    except (UserCodeError, NoDerivativeError, DerivError):
        return None
    if not all(bool(each.isfinite().all()) for each in outputs):
        return None
    upstreams = subject.weights(outputs, point)
    return Sample(point, tensors, upstreams, _gradients(subject, outputs, leaves, upstreams))


def _gradients(
    subject: Subject, outputs: Tensors, leaves: Tensors, upstreams: Sequence[Tensor]
) -> tuple[Tensor | None, ...]:
    found = iter(subject.pull(outputs, leaves, upstreams))
    return tuple(next(found) if x.requires_grad else None for x in leaves)


def _directions(subject: Subject, sample: Sample, wanted: Sequence[int]) -> Tensors:
    """A drawn change of each number of some arguments, in the size of the number."""
    generator = torch.Generator().manual_seed(SAMPLES_SEED + sample.point)
    drawn = [torch.rand(x.shape, generator=generator, dtype=torch.float64) + 0.5 for x in sample.tensors]
    signs = [torch.randint(0, 2, x.shape, generator=generator) * 2 - 1 for x in sample.tensors]
    return tuple(
        v * sign * scale_of(x) * (k in wanted)
        for k, (v, sign, x) in enumerate(zip(drawn, signs, sample.tensors, strict=True))
    )


def is_right(subject: Subject, sample: Sample, wanted: Sequence[int], quick_only: bool = False) -> bool | None:
    """Whether the gradients by some arguments are right along a direction; None where that is unknown.

    Those that are stated are to be that, number by number. Few quotients tell where gradients are right, and near a
    corner do not tell that they are not.
    """
    stated = [k for k in wanted if subject.tensor_arguments[k].name in subject.stated]
    for k in stated:
        due = stated_gradient(subject, subject.tensor_arguments[k], sample.tensors, sample.upstreams)
        if off_mask(sample.filled[k], due).any():
            return False
    wanted = [k for k in wanted if k not in stated]
    if not wanted:
        return True
    directions = _directions(subject, sample, wanted)
    terms = torch.cat([(g * v).reshape(-1) for g, v in zip(sample.filled, directions, strict=True)])
    found = terms.sum()
    quick = quick_slope(subject, sample.tensors, directions, sample.upstreams)
    outputs = outputs_at(subject, sample.tensors)
    largest = sum(float((u * y).abs().sum()) for u, y in zip(sample.upstreams, outputs, strict=True))
    allowed = RELATIVE_TOLERANCE * quick.abs() + QUICK_FLOOR * terms.abs().sum() + QUICK_ROUNDING * largest
    if (found - quick).abs() <= allowed:
        return True
    if quick_only:
        return False
    if not subject.budget.allows(THOROUGH_CALLS):
        return _by_few_calls(subject, sample, directions, found, allowed)
    truth, rounding = _thorough(subject, sample, directions)
    if not truth.known.all():
        return None
    alone = replace(subject, columns=sample.column[:, None])
    floor = rounding_floor(alone, 1) + 1e-12 * terms.abs().sum().nan_to_num(0.0)
    return not are_wrong(found[None], truth, tolerance_of(truth, floor, rounding)).any()


def _by_few_calls(subject: Subject, sample: Sample, directions: Tensors, found: Tensor, allowed: Tensor) -> bool | None:
    """Whether a slope is right where many quotients take too long: None unless it is far off those that agree."""
    coarse, fine = quick_slopes(subject, sample.tensors, directions, sample.upstreams)
    clear = (fine - coarse).abs() <= MAX_QUICK_GAP * fine.abs() + allowed
    return False if clear and not (found - fine).abs() <= MIN_FAR_OFF * fine.abs() + allowed else None


def along_direction(subject: Subject, sample: Sample, wanted: Sequence[int]) -> tuple[float, float] | tuple[None, None]:
    """The derivative along a direction, as the gradients give it and as it is; nothing where gradients are stated."""
    if any(subject.tensor_arguments[k].name in subject.stated for k in wanted):
        return None, None
    directions = _directions(subject, sample, wanted)
    found = sum(float((g * v).sum()) for g, v in zip(sample.filled, directions, strict=True))
    return found, float(quick_slope(subject, sample.tensors, directions, sample.upstreams))


def _thorough(subject: Subject, sample: Sample, directions: Tensors) -> tuple[TrueValues, Tensor]:
    """The derivative along a direction by many quotients, and how much rounding moves what the backward gives."""
    column = sample.column
    direction = torch.cat([v.reshape(-1) for v in directions])

    def value(positions: Columns) -> Tensor:
        calls = subject.calls(column[:, None] + (positions - 1) * direction[:, None])
        return torch.stack([subject.weighed(outputs_at(subject, each), sample.upstreams) for each in calls])

    def slope(positions: Columns) -> Tensor:
        found = []
        for tensors in subject.calls(column[:, None] + (positions - 1) * direction[:, None]):
            leaves = subject.leaves(tensors)
            filled = filled_in(subject.pull(subject.run(leaves), leaves, sample.upstreams), leaves)
            found.append(sum((g * v).sum() for g, v in zip(filled, directions, strict=True)))
        return torch.stack([torch.as_tensor(each) for each in found])

    one = torch.ones(1, 1, dtype=torch.float64)
    return by_quotients(value, one, 0), noise(slope, one)
