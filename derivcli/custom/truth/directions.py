"""Directions in which a function is differentiated twice, and its true second derivatives along two of them."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from derivcli.custom.stated_gradients import stated_slopes
from derivcli.custom.subject import Columns, Subject, Tensors
from derivcli.custom.truth.true_values import PointFunction, TrueValues, by_quotients, curvatures_of, slopes_of, stack

DIRECTIONS_SEED = 2


@lru_cache(maxsize=1)
def directions(subject: Subject) -> Tensor:
    """A direction for each argument that it is differentiated by, of shape (directions, rows).

    It is that of the number itself, or for a tensor a mixture of all entries.
    """
    generator = torch.Generator().manual_seed(DIRECTIONS_SEED)
    if subject.pointwise:
        return torch.eye(len(subject.indices), dtype=torch.float64)
    owners = [subject.parameters[index].partition("[")[0] for index in subject.indices]
    numbers = torch.rand(len(owners), generator=generator, dtype=torch.float64) + 0.5
    signs = 1 - 2 * torch.randint(2, (len(owners),), generator=generator)
    of_each = torch.tensor([[owner == name for owner in owners] for name in names(subject)])
    return of_each * numbers * signs


def names(subject: Subject) -> list[str]:
    """The name of each direction: that of the argument."""
    return [argument.name for argument in subject.tensor_arguments if argument.differentiable and argument.size]


def slopes_along(subject: Subject) -> tuple[PointFunction, TrueValues]:
    """The gradients along each direction, as a function of points, and the true ones, of shape (directions, points).

    What is stated of gradients stands for the true ones.
    """
    if subject.pointwise:
        return subject.gradients, slopes_of(subject)
    ways, start = directions(subject), torch.ones(1, subject.count, dtype=torch.float64)

    def along(way: Tensor) -> PointFunction:
        step = torch.zeros(len(subject.columns), 1, dtype=torch.float64)
        step[list(subject.indices), 0] = way
        return lambda times: subject.value(
            subject.columns.repeat(1, times.shape[1] // subject.count) + (times - 1) * step
        )

    stated = stated_slopes(subject) if subject.stated else None
    truths = []
    for name, way in zip(names(subject), ways, strict=True):
        if stated is None or name not in subject.stated:
            truths.append(by_quotients(along(way), start, 0))
        else:
            rows = torch.tensor([owner == name for owner in subject.owners])
            truths.append(TrueValues(way[rows] @ stated[rows], torch.zeros(subject.count, dtype=torch.float64)))
    return lambda columns: ways @ subject.gradients(columns), stack(truths)


def moved(subject: Subject, direction: Tensor) -> list[Tensors]:
    """A direction, of shape (rows,), as the tensor arguments of each call."""
    columns = torch.zeros_like(subject.columns)
    columns[list(subject.indices)] = direction[:, None]
    return subject.calls(columns)


@lru_cache(maxsize=1)
def curvatures(subject: Subject) -> TrueValues:
    """The true second derivatives along two directions, of shape (directions, directions, points).

    They are the derivatives, along the second, of the gradients along the first.
    """
    ways = directions(subject)
    if subject.pointwise:
        return curvatures_of(subject, ways)
    found = [_derivatives(subject, way, ways) for way in ways]
    numbers = torch.stack([each.numbers for each in found], 1)
    return TrueValues(numbers, torch.stack([each.errors for each in found], 1))


def _derivatives(subject: Subject, direction: Tensor, ways: Tensor) -> TrueValues:
    """The derivatives in a direction of the gradients along each of `ways`."""
    gradients = _remembered(subject, direction)

    def along(way: Tensor) -> PointFunction:
        return lambda times: way @ gradients(times)

    start = torch.ones(1, subject.count, dtype=torch.float64)
    return stack([by_quotients(along(way), start, 0) for way in ways])


def _remembered(subject: Subject, direction: Tensor) -> PointFunction:
    """The gradients of the points moved in a direction by so many times its length, less 1; each is computed once."""
    known: dict[bytes, Tensor] = {}
    step = torch.zeros(len(subject.columns), 1, dtype=torch.float64)
    step[list(subject.indices), 0] = direction

    def gradients(times: Columns) -> Tensor:
        key = times.numpy().tobytes()
        if key not in known:
            columns = subject.columns.repeat(1, times.shape[1] // subject.count)
            known[key] = subject.gradients(columns + (times - 1) * step)
        return known[key]

    return gradients
