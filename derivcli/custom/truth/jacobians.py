"""How outputs move with the numbers of the arguments: along a direction, and as a Jacobian, by difference quotients.

A few quotients tell of a smooth function whether a gradient is right. Whoever finds one that is not asks
`true_values` before it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from derivcli.custom.stated_gradients import stated_jacobian
from derivcli.custom.subject import Subject, Tensors

STEPS = (2.0**-10, 2.0**-11)
"""Relative steps of quotients; the errors of both are extrapolated away."""

MAX_CALLS = 12000
"""So often the forward is called for Jacobians at most."""

MAX_CALLS_FOR_POINTS = 4000
"""More than one point is taken while the calls stay below this."""

MAX_JACOBIAN_SIZE = 2**23
"""A Jacobian of more numbers is not held; only its product with the upstream gradients is."""

MAX_GAP = 1e-3
"""Quotients of both sides that differ by more than this part, and no less over a shorter step, tell a corner."""

ROUNDING = 1e-10
"""Quotients over these steps are off by no more of an output's size."""

GAP_SHRINKS = 0.7
"""Over half the step the quotients of both sides of a smooth function differ by half as much."""


@dataclass(frozen=True, eq=False)
class Pullback:
    """One backward and what it should be, by differentiable tensor arguments.

    `found` are its gradients, of whatever shape. `blocks` are the Jacobians by arguments and outputs, of shape
    (entries, entries of the output), nan where they are unknown; none where they are too large. `truths` are the true
    gradients in the shape of the arguments.
    """

    tensors: Tensors
    upstreams: Tensors
    blocks: tuple[tuple[Tensor, ...], ...]
    truths: Tensors
    found: Tensors

    def with_upstreams(self, a: int, upstreams: Sequence[Tensor]) -> Tensor | None:
        """The true gradient of an argument, flat, for other upstream gradients; None where it cannot be told."""
        if not self.blocks[a]:
            return None
        pairs = zip(self.blocks[a], upstreams, strict=True)
        return torch.stack([block @ upstream.flatten() for block, upstream in pairs]).sum(0)


def outputs_at(subject: Subject, tensors: Sequence[Tensor]) -> Tensors:
    """The outputs without a graph."""
    with torch.no_grad():
        return tuple(each.detach() for each in subject.run(subject.leaves(tensors, ())))


def scale_of(x: Tensor) -> Tensor:
    """How large each number is, 1 where it is 0."""
    return x.abs() + (x == 0)


def quick_slope(subject: Subject, tensors: Tensors, directions: Tensors, upstreams: Tensors) -> Tensor:
    """The derivative of the weighed outputs along a direction, which is right where the function is smooth."""
    coarse, fine = quick_slopes(subject, tensors, directions, upstreams)
    return (4 * fine - coarse) / 3


def quick_slopes(subject: Subject, tensors: Tensors, directions: Tensors, upstreams: Tensors) -> tuple[Tensor, Tensor]:
    """Quotients of the weighed outputs along a direction, over two steps."""

    def value(step: float) -> Tensor:
        moved = [x + step * v for x, v in zip(tensors, directions, strict=True)]
        return subject.weighed(outputs_at(subject, moved), upstreams)

    coarse, fine = ((value(step) - value(-step)) / (2 * step) for step in STEPS)
    return coarse, fine


def jacobian(subject: Subject, tensors: Tensors, k: int, entries: Sequence[int]) -> Tensor:
    """How all outputs move with entries of one tensor argument, of shape (entries, numbers of all outputs)."""
    middle = _flat(outputs_at(subject, tensors))
    rows = []
    for entry in entries:
        step_size = float(scale_of(tensors[k].flatten()[entry]))
        coarse, fine = (_sides(subject, tensors, k, entry, step * step_size, middle) for step in STEPS)
        rows.append(_smooth(coarse, fine, ROUNDING * float(middle.abs().nan_to_num(0, 0).max()) / step_size))
    return torch.stack(rows) if rows else torch.zeros(0, len(middle), dtype=torch.float64)


def _smooth(coarse: tuple[Tensor, Tensor], fine: tuple[Tensor, Tensor], rounding: float) -> Tensor:
    """Quotients above and below, over two steps, extrapolated to none; nan where there seems to be a corner."""
    central, finer = ((above + below) / 2 for above, below in (coarse, fine))
    size = MAX_GAP * torch.maximum(finer.abs(), finer.abs().max() * MAX_GAP) + rounding
    gap, finer_gap = ((above - below).abs() for above, below in (coarse, fine))
    corner = (finer_gap > size) & (finer_gap > GAP_SHRINKS * gap) | ((finer - central).abs() > size)
    return ((4 * finer - central) / 3).masked_fill(corner, torch.nan)


def _sides(
    subject: Subject, tensors: Tensors, k: int, entry: int, step: float, middle: Tensor
) -> tuple[Tensor, Tensor]:
    """The quotients of all outputs above and below an entry."""
    found = []
    for signed in (step, -step):
        moved = tensors[k].clone()
        moved.view(-1)[entry] += signed
        taken = float(moved.view(-1)[entry] - tensors[k].reshape(-1)[entry])
        found.append((_flat(outputs_at(subject, (*tensors[:k], moved, *tensors[k + 1 :]))) - middle) / taken)
    return found[0], found[1]


def _flat(outputs: Sequence[Tensor]) -> Tensor:
    return torch.cat([each.reshape(-1).double() for each in outputs])


def points_for(subject: Subject, most: int) -> int:
    """At how many points Jacobians are taken."""
    calls = 2 * len(STEPS) * sum(each.size for each in subject.tensor_arguments if each.differentiable)
    return max(1, min(most, MAX_CALLS_FOR_POINTS // max(calls, 1)))


def pullback(subject: Subject, tensors: Tensors, upstreams: Tensors, found: Sequence[Tensor]) -> Pullback:
    """One backward, whose gradients are `found`, with what it should be."""
    sizes = [each.numel() for each in upstreams]
    blocks: list[tuple[Tensor, ...]] = []
    truths = []
    wanted = [k for k, argument in enumerate(subject.tensor_arguments) if argument.differentiable]
    budget = MAX_CALLS // (2 * len(STEPS) * max(len(wanted), 1))
    for k in wanted:
        x, argument = tensors[k], subject.tensor_arguments[k]
        if argument.name in subject.stated:
            block = stated_jacobian(subject, argument, tensors, upstreams)
            blocks.append((block,))
            truths.append((block @ _flat(upstreams)).reshape(x.shape))
            continue
        entries = range(0, x.numel(), max(1, -(-x.numel() // budget)))
        whole = x.numel() * sum(sizes) <= MAX_JACOBIAN_SIZE and len(entries) == x.numel()
        weights = _flat(upstreams)
        truth = torch.full_like(x.reshape(-1), torch.nan)
        if whole:
            block = jacobian(subject, tensors, k, entries)
            truth = block @ weights
            blocks.append(torch.split(block, sizes, 1))
        else:
            for entry in entries:
                truth[entry] = (jacobian(subject, tensors, k, [entry]) @ weights)[0]
            blocks.append(())
        truths.append(truth.reshape(x.shape))
    return Pullback(tuple(tensors[k] for k in wanted), upstreams, tuple(blocks), tuple(truths), tuple(found))
