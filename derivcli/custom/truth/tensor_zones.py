"""Where a backward of tensors is wrong that is right elsewhere: for numbers of an argument beyond a bisected one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from derivcli.custom.faults.tensor_cases import Case, off_mask
from derivcli.custom.subject import Subject, Tensors
from derivcli.custom.truth.jacobians import quick_slope
from derivcli.custom.truth.samples import Sample, differentiable, is_right, sample_of

MAX_MOVERS = 24
"""So many numbers of an argument are tried for one that makes the backward wrong."""

ZONES_SEED = 11
MAX_CONFIRMED = 6
MIN_CONFIRMED = 2
"""At so many of so many drawn points outside a zone it has to be right, with a gradient that is not 0."""

BISECTIONS = 60
NEAR_ZERO = 1e-5
CLEARLY = 1e-2
NEARLY = 2e-5
"""An edge is found to this part of it, and if it is 0 to NEAR_ZERO."""


@dataclass(frozen=True)
class Zone:
    """Numbers beyond an edge on one side of it, or on both sides of 0."""

    edge: float
    side: float
    both: bool = False

    def text(self, name: str) -> str:
        """Where that is, in words."""
        if self.both:
            return f"where |{name}| is above {_text(self.edge)}"
        if self.edge == 0:
            return f"where {name} is {'positive' if self.side > 0 else 'negative'}"
        return f"where {name} is {'above' if self.side > 0 else 'below'} {_text(self.edge)}"

    def outside(self, x: Tensor) -> Tensor:
        """Numbers that lie outside, made of others."""
        if self.both:
            return x.clamp(-1, 1) * self.edge * (1 - CLEARLY)
        return self.edge - self.side * (x - self.edge).abs()


def zone(tried: Subject, wrong: Sequence[Sample], right: Sequence[Sample]) -> str:
    """Where it is wrong, in words; empty where no single number of an argument decides that."""
    for k in differentiable(tried):
        for sound in _sound(tried, wrong[0], right, k):
            found = _beyond(tried, wrong[0], sound, k)
            if found is not None and _is_right_outside(tried, wrong[0], found, k):
                return found.text(tried.tensor_arguments[k].name)
    return ""


def _sound(tried: Subject, wrong: Sample, right: Sequence[Sample], k: int) -> Iterator[Tensors]:
    """Tensors at which the backward is right: of a sample, or of the wrong one with numbers of another sign."""
    if right:
        yield right[0].tensors
        return
    for side in (1.0, -1.0):
        tensors = _replaced(wrong.tensors, k, side * wrong.tensors[k].abs())
        if _judged(tried, wrong, tensors) is True:
            yield tensors


def _beyond(tried: Subject, wrong: Sample, sound: Tensors, k: int) -> Zone | None:
    """The numbers of one argument of which one makes the backward wrong."""
    worst = wrong.tensors[k].flatten()
    order = (worst - sound[k].flatten()).abs().argsort(descending=True)[:MAX_MOVERS].tolist()

    def is_wrong(number: float, entry: int, quick_only: bool = False) -> bool:
        return _judged(tried, wrong, _with_entry(sound, k, entry, number), quick_only) is False

    entry = next((each for each in order if is_wrong(float(worst[each]), each)), None)
    if entry is None:
        return None
    edge = _bisected(lambda x: is_wrong(x, entry, True), float(sound[k].flatten()[entry]), float(worst[entry]))
    side = 1.0 if worst[entry] > edge else -1.0
    if abs(edge) < NEAR_ZERO:
        return Zone(0.0, side)
    beyond, before = (edge + one * side * CLEARLY * abs(edge) for one in (1, -1))
    if is_wrong(before, entry) or not is_wrong(beyond, entry) or not is_wrong(side * (2 * abs(edge) + 1), entry):
        return None
    if side * edge < 0 or not is_wrong(-beyond, entry):
        return Zone(edge, side)
    return None if is_wrong(-before, entry) else Zone(abs(edge), 1.0, both=True)


def _is_right_outside(tried: Subject, wrong: Sample, found: Zone, k: int) -> bool:
    """Whether the backward is right at drawn numbers outside a zone."""
    generator = torch.Generator().manual_seed(ZONES_SEED)
    count = 0
    for _ in range(MAX_CONFIRMED):
        drawn = tuple(torch.randn(x.shape, generator=generator, dtype=torch.float64) for x in wrong.tensors)
        sample = sample_of(tried, wrong.point, _replaced(drawn, k, found.outside(drawn[k])))
        verdict = None if sample is None else is_right(tried, sample, differentiable(tried))
        if verdict is False:
            return False
        count += sample is not None and verdict is True and all(bool(g.any()) for g in sample.filled)
    return count >= MIN_CONFIRMED


def _text(edge: float) -> str:
    """An edge in so few digits that it is nearly that, since a backward is hardly wrong where it begins to be."""
    return next(text for text in (f"{edge:.{count}g}" for count in range(1, 7)) if _is_near(float(text), edge))


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= NEARLY * abs(other) or f"{other:.6g}" == f"{one:.6g}"


def is_one_entry(tried: Subject, wrong: Sample, case: Case) -> bool:
    """Whether the one wrong number of a gradient is the wrong one at drawn points of that size too."""
    a = next(a for a in range(len(case.names)) if case.is_wrong(a))
    k, each = differentiable(tried)[a], case.pullbacks[0]
    entry = int(off_mask(each.found[a], each.truths[a]).flatten().nonzero()[0])
    generator = torch.Generator().manual_seed(ZONES_SEED)
    for _ in range(MAX_CONFIRMED):
        drawn = tuple(
            torch.randn(x.shape, generator=generator, dtype=torch.float64) * x.abs().mean() for x in wrong.tensors
        )
        sample = sample_of(tried, wrong.point, drawn)
        if sample is not None and is_right(tried, sample, [k]) is False:
            unit = torch.zeros_like(drawn[k])
            unit.view(-1)[entry] = 1.0
            due = quick_slope(tried, drawn, _replaced(tuple(map(torch.zeros_like, drawn)), k, unit), sample.upstreams)
            gradients = list(sample.gradients)
            gradients[k] = _with_entry(sample.filled, k, entry, float(due))[k]
            if is_right(tried, replace(sample, gradients=tuple(gradients)), [k]) is False:
                return False
    return True


def _judged(tried: Subject, sample: Sample, tensors: Tensors, quick_only: bool = False) -> bool | None:
    """Whether the gradients at tensors are right."""
    other = sample_of(tried, sample.point, tensors)
    return None if other is None else is_right(tried, other, differentiable(tried), quick_only)


def _bisected(is_wrong: Callable[[float], bool], good: float, bad: float) -> float:
    """The number between a good and a bad one at which it begins to be wrong."""
    for _ in range(BISECTIONS):
        middle = (good + bad) / 2
        if middle in (good, bad):
            break
        good, bad = (good, middle) if is_wrong(middle) else (middle, bad)
    return good


def _with_entry(tensors: Tensors, k: int, entry: int, number: float) -> Tensors:
    moved = tensors[k].clone()
    moved.view(-1)[entry] = number
    return _replaced(tensors, k, moved)


def _replaced(tensors: Tensors, k: int, x: Tensor) -> Tensors:
    return (*tensors[:k], torch.as_tensor(x), *tensors[k + 1 :])
