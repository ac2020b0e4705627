"""Functions given a tensor for an argument that may be None, such as a bias."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import torch

from derivcli.custom.arguments.attempts import CALL_ERRORS, Rank, attempted
from derivcli.custom.arguments.shapes import Shape
from derivcli.custom.subject import Argument, Subject, Variant

WEIGHTS = re.compile(r"b|w|.*bias|.*weight|beta|gamma|.*scale|.*shift")
"""Names of what is learned: a backward that gives None for it is wrong, where it may be right for a mask."""

VALUES_SEED = 4


def given_tensor(subject: Subject, argument: Argument) -> Iterator[Variant]:
    """The function with a tensor of the first shape that it takes in the place of None."""
    for shape in _shapes(subject):
        attempt = attempted(_with_tensor(subject, argument, shape))
        missing = bool(attempt.missing) and WEIGHTS.fullmatch(argument.name) is not None
        if attempt.rank >= Rank.SPREAD or missing:
            yield Variant(attempt.subject, f"{argument.name} is given", f"{argument.name} is None", argument.name)
            return


def _shapes(subject: Subject) -> Sequence[Shape]:
    """Shapes that a further tensor may have: as long as something, or shaped like something."""
    try:
        outputs = [tuple(each.shape) for each in subject.run(subject.leaves(subject.calls(subject.columns)[0], ()))]
    except CALL_ERRORS:
        return ()
    shapes = [*outputs, *(each.shape or () for each in subject.tensor_arguments)]
    sizes = dict.fromkeys(chain.from_iterable(reversed(shape) for shape in shapes))
    return list(dict.fromkeys([*((size,) for size in sizes), *shapes, (1,), ()]))


def _with_tensor(subject: Subject, argument: Argument, shape: Shape) -> Subject:
    """The function at its first point, with drawn numbers for the tensor."""
    generator = torch.Generator().manual_seed(VALUES_SEED)
    drawn = torch.rand(torch.Size(shape).numel(), 1, generator=generator, dtype=torch.float64) + 0.5
    arguments = tuple(
        replace(each, shape=shape, constant=None, differentiable=True) if each is argument else each
        for each in subject.arguments
    )
    parts, start = [], 0
    for each in arguments:
        if each.shape is not None:
            own = each.name == argument.name
            parts.append(drawn if own else subject.columns[start : start + each.size, :1])
            start += 0 if own else each.size
    return replace(subject, arguments=arguments, columns=torch.cat(parts))
