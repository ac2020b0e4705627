"""Where a backward of tensors is wrong that is right elsewhere: for numbers of an argument beyond a bisected one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from derivcli.custom.samples import Sample, differentiable, is_right, sample_of
from derivcli.custom.subject import Subject, Tensors

MAX_MOVERS = 24
"""So many numbers of an argument are tried for one that makes the backward wrong."""

BISECTIONS = 60
NEAR_ZERO = 1e-5
CLEARLY = 1e-2
NEARLY = 2e-5
"""An edge is found to this part of it, and if it is 0 to NEAR_ZERO."""


def zone(tried: Subject, wrong: Sequence[Sample], right: Sequence[Sample]) -> str:
    """Where it is wrong, in words; empty where no single number of an argument decides that."""
    for k in differentiable(tried):
        for sound in _sound(tried, wrong[0], right, k):
            found = _edge(tried, wrong, sound, k)
            if found:
                return found
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


def _edge(tried: Subject, wrong: Sequence[Sample], sound: Tensors, k: int) -> str:
    """Beyond which number of one argument the backward is wrong, if it is beyond one."""
    name, size = tried.tensor_arguments[k].name, sound[k].numel()
    worst = wrong[0].tensors[k].flatten()
    order = (worst - sound[k].flatten()).abs().argsort(descending=True)[:MAX_MOVERS].tolist()

    def is_wrong(number: float, entry: int, quick_only: bool = False) -> bool:
        return _judged(tried, wrong[0], _with_entry(sound, k, entry, number), quick_only) is False

    entry = next((each for each in order if is_wrong(float(worst[each]), each)), None)
    if entry is None or not size:
        return ""
    edge = _bisected(lambda x: is_wrong(x, entry, True), float(sound[k].flatten()[entry]), float(worst[entry]))
    side = 1.0 if worst[entry] > edge else -1.0
    if abs(edge) < NEAR_ZERO:
        return f"where {name} is {'positive' if side > 0 else 'negative'}"
    far = 2 * abs(edge) + 1
    beyond, before = (edge + one * side * CLEARLY * abs(edge) for one in (1, -1))
    if is_wrong(before, entry) or not is_wrong(beyond, entry) or not is_wrong(side * far, entry):
        return ""
    if side * edge > 0 and is_wrong(-side * far, entry):
        other = _bisected(lambda x: is_wrong(x, entry, True), 0.0, -side * far)
        return f"where |{name}| is above {_text(abs(edge))}" if abs(other + edge) < NEARLY * abs(edge) else ""
    return f"where {name} is {'above' if side > 0 else 'below'} {_text(edge)}"


def _text(edge: float) -> str:
    """An edge in so few digits that it is nearly that, since a backward is hardly wrong where it begins to be."""
    return next(text for text in (f"{edge:.{count}g}" for count in range(1, 7)) if _is_near(float(text), edge))


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= NEARLY * abs(other) or f"{other:.6g}" == f"{one:.6g}"


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
