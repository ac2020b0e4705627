"""Integrals at many points: the rule of Gauss and Kronrod on panels that are halved until it agrees with itself.

Every point has its own interval and its own panels, and comes out as it would alone, to the last bit. A point whose
panels do not come to agree has no number: its integral is nan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from derivcli.engines.quadrature_rule import END_WEIGHTS, GAP, GAUSS_WEIGHTS, NODES, WEIGHTS
from derivcli.engines.torch.tensors import VECTOR_BYTES

Integrand = Callable[[Tensor, Tensor], Tensor]
"""Takes abscissas and the number of the point of each; gives components of shape (components, abscissas)."""

BLOCK_POINTS = 1024
"""Points whose panels are worked on together, so that their numbers stay in the processor's cache."""

CUTS = (
    (0.3125, 0.640625),
    (0.171875, 0.5234375, 0.8203125),
    (0.09375, 0.2265625, 0.3828125, 0.4921875, 0.6171875, 0.7421875, 0.8984375),
)
"""Where an interval is cut before anything is known of it, in several ways.

A corner between the end of a panel and its first node, or a narrow peak, is seen by none of the nodes.
"""

NEAR_UNITS = 500
"""Two ways agree if they differ by no more units in the last place of the absolute integral."""

SCALES = (0.0, *(sign * 8.0**power for power in range(12) for sign in (1, -1)))
"""Long intervals are cut there too: what a formula does it does about 0, at a scale that nobody knows."""

MAX_HALVINGS = 300
"""Panels at 0 can be halved far below the last digit of 1, as an integrable singularity there needs it."""

MAX_PANELS = 1000
"""Panels of a point at most."""

MAX_APART_UNITS = 4
"""Units in the last place of the absolute integral that a panel may be wrong by if it is not smooth."""

ROUNDING_UNITS = 50
"""An estimate of so many units in the last place of a panel's absolute integral is rounding (QUADPACK)."""


@torch.no_grad()
def quadrature(integrand: Integrand, lower: Tensor, upper: Tensor, components: int = 1) -> Tensor:
    """The integrals at all points, of shape (components, points)."""
    count = len(lower)
    found = lower.new_empty((components, count))
    for start in range(0, count, BLOCK_POINTS):
        points = torch.arange(start, min(start + BLOCK_POINTS, count), device=lower.device)
        found[:, points] = _agreed(integrand, lower[points], upper[points], components, points)
    return found


def _agreed(integrand: Integrand, lower: Tensor, upper: Tensor, components: int, points: Tensor) -> Tensor:
    """The integrals that two ways to begin agree on, or else a third way with one of them."""
    first, second = (_Panels(integrand, lower, upper, components, points, cuts) for cuts in CUTS[:2])
    found, other = first.total(), second.total()
    apart = torch.nonzero(~first.is_near(found, other))[:, 0]
    if not len(apart):
        return found
    third = _Panels(integrand, lower[apart], upper[apart], components, points[apart], CUTS[2])
    again = third.total()
    near = third.is_near(again, found[:, apart]) | third.is_near(again, other[:, apart])
    found[:, apart] = torch.where(near, again, torch.nan)
    return found


@dataclass(slots=True, eq=False)
class _Panels:
    """The panels of some points, given by their numbers, with the cuts to begin with."""

    integrand: Integrand
    lower: Tensor
    upper: Tensor
    components: int
    points: Tensor
    cuts: tuple[float, ...]
    done: Tensor = field(init=False)
    """What the panels that are finished come to, of shape (components, points)."""
    size: Tensor = field(init=False)
    """The same of the absolute value of the integrand."""
    failed: Tensor = field(init=False)
    used: Tensor = field(init=False)
    """How many panels each point has had."""

    def total(self) -> Tensor:
        """The integrals."""
        count = len(self.lower)
        self.done = self.lower.new_zeros((self.components, count))
        self.size = torch.zeros_like(self.done)
        self.failed = ~(torch.isfinite(self.lower) & torch.isfinite(self.upper))
        self.used = torch.zeros(count, dtype=torch.int64, device=self.lower.device)
        owners, left, right = self.first()
        for _ in range(MAX_HALVINGS):
            if not len(owners):
                break
            owners, left, right = self.refined(owners, left, right)
        self.failed[owners] = True
        return torch.where(self.failed, torch.nan, self.done)

    def is_near(self, one: Tensor, other: Tensor) -> Tensor:
        """The points at which two integrals agree, or neither is a number."""
        near = (one - other).abs() <= NEAR_UNITS * torch.finfo(one.dtype).eps * self.size
        return (near | (one.isnan() & other.isnan())).all(0)

    def first(self) -> tuple[Tensor, Tensor, Tensor]:
        """The panels to begin with, and the point of each."""
        width = self.upper - self.lower
        owner = torch.nonzero(~self.failed & (width != 0))[:, 0]
        low, high = torch.minimum(self.lower, self.upper)[owner], torch.maximum(self.lower, self.upper)[owner]
        cuts = [torch.full_like(low, cut) for cut in SCALES]
        cuts += [low + (high - low) * cut for cut in self.cuts]
        ends = torch.stack([low, *(torch.clamp(cut, low, high) for cut in cuts), high]).sort(0).values
        forward = (width[owner] > 0).expand(len(ends) - 1, -1)
        left, right = torch.where(forward, ends[:-1], ends[1:]), torch.where(forward, ends[1:], ends[:-1])
        kept = left != right
        return owner.expand(len(left), -1)[kept], left[kept], right[kept]

    def refined(self, owner: Tensor, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Keep what the panels come to where that is good enough, and give the halves of the others."""
        value, size, error, apart = self.estimates(owner, left, right)
        ones = torch.ones_like(owner)
        self.used.index_add_(0, owner, ones)
        finite = torch.isfinite(value).all(0) & torch.isfinite(size).all(0)
        whole = self.size.index_add(1, owner, torch.where(finite, size, 0.0))
        unit = torch.finfo(value.dtype).eps
        unit_error = unit * whole[:, owner]
        small = ((error <= unit_error / 2) & (apart <= MAX_APART_UNITS * unit_error)).all(0)
        middle = left + (right - left) / 2
        narrow = (middle == left) | (middle == right)
        vanishing = (size <= unit * whole[:, owner]).all(0)
        kept = finite & (small | (narrow & vanishing))
        self.done.index_add_(1, owner[kept], value[:, kept])
        self.size.index_add_(1, owner[kept], size[:, kept])
        self.failed[owner[narrow & ~kept]] = True
        self.failed |= self.used > MAX_PANELS
        rest = ~kept & ~self.failed[owner]
        owner, left, middle, right = owner[rest], left[rest], middle[rest], right[rest]
        return torch.cat([owner, owner]), torch.cat([left, middle]), torch.cat([middle, right])

    def estimates(self, owner: Tensor, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The integral over each panel, that of the absolute value, an estimate of the error, and how bad it may be.

        A corner may lie where both rules are wrong by the same, or between an end and the node next to it, where no
        node sees it, but the height at the end does.
        """
        count = len(owner)
        owner, left, right = (_filled(each) for each in (owner, left, right))
        middle, half = left + (right - left) / 2, (right - left) / 2
        abscissas = torch.cat([*(middle + half * node for node in NODES), left, right])
        heights = self.integrand(abscissas, self.points[owner].repeat(len(NODES) + 2))
        heights = heights.expand(self.components, len(abscissas)).reshape(self.components, len(NODES) + 2, -1)
        gaps = [
            (end - _weighted(heights, weights)).abs() * half.abs() * GAP
            for end, weights in ((heights[:, -2], END_WEIGHTS[::-1]), (heights[:, -1], END_WEIGHTS))
        ]
        heights = heights[:, : len(NODES)]
        ends = torch.maximum(*(torch.where(each.isfinite(), each, 0.0) for each in gaps))
        kronrod, gauss = _weighted(heights, WEIGHTS) * half, _weighted(heights, GAUSS_WEIGHTS) * half
        size = _weighted(heights.abs(), WEIGHTS) * half.abs()
        mean = kronrod / (2 * half)
        spread = _weighted((heights - mean[:, None]).abs(), WEIGHTS) * half.abs()
        apart = (kronrod - gauss).abs()
        ratio = 200 * apart / spread
        error = spread * torch.clamp(ratio, max=1.0) ** 1.5
        unit = torch.finfo(kronrod.dtype).eps
        error = torch.where(spread <= ROUNDING_UNITS * unit * size, 0.0, error)
        return kronrod[:, :count], size[:, :count], error[:, :count], torch.maximum(apart / 8, ends)[:, :count]


def _weighted(heights: Tensor, weights: tuple[float, ...]) -> Tensor:
    """The sum over the nodes, the outer ones first."""
    pairs = [(number, weight) for number, weight in enumerate(weights) if weight]
    total = heights[:, pairs[0][0]] * pairs[0][1]
    for number, weight in pairs[1:]:
        total = total + heights[:, number] * weight
    return total


def _filled(numbers: Tensor) -> Tensor:
    """The numbers of panels, the last repeated until loops of torch over them leave no rest."""
    return torch.cat([numbers, numbers[-1:].expand(-len(numbers) % VECTOR_BYTES)])
