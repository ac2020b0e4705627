"""Backwards of one function put together, and whether their gradients are what a mistake would make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from derivcli.custom.truth.jacobians import Pullback

NEAR = 1e-6
"""Numbers with no larger relative error agree, or with no larger one than this part of NEAR of the largest."""

NEAR_LARGEST = 1e-7

MIN_NUMBERS = 2
"""Fewer numbers that agree may be chance."""

Look = tuple[str, str]
"""A kind, as a word for programs, and a sentence."""


@dataclass(frozen=True, eq=False)
class Case:
    """Backwards of one function, with the names of its differentiable tensor arguments.

    `stated` are gradients that are meant and not the derivative, as they were typed.
    """

    names: tuple[str, ...]
    pullbacks: tuple[Pullback, ...]
    stated: Mapping[str, str] = field(default_factory=dict)

    def pairs(self, a: int) -> Iterator[tuple[Tensor, Tensor]]:
        """What came out and what is true, flat, for one argument, where both have a number for each entry."""
        for each in self.pullbacks:
            found, truth = each.found[a].reshape(-1), each.truths[a].reshape(-1)
            if found.shape == truth.shape:
                yield found, truth

    def is_refused(self, a: int) -> bool:
        """Whether the gradient of an argument has a shape that PyTorch refuses."""
        return any(each.found[a].shape != each.truths[a].shape for each in self.pullbacks)

    def is_unused(self, a: int) -> bool:
        """Whether nothing moves with an argument."""
        return all(not each.truths[a].any() for each in self.pullbacks)

    def is_wrong(self, a: int) -> bool:
        """Whether the gradient of an argument is wrong in one of the backwards."""
        return self.is_refused(a) or any(not are_near(found, truth) for found, truth in self.pairs(a))

    def fits(self, a: int, candidate: Callable[[Pullback, int], Tensor | None]) -> bool:
        """Whether the gradient of an argument is in all backwards what a mistake would make of it."""
        count = 0
        for each in self.pullbacks:
            due = candidate(each, a)
            if due is None or due.numel() != each.found[a].numel():
                return False
            found = each.found[a].reshape(-1)
            if not are_near(found, due.reshape(-1)):
                return False
            count += int((due.abs() > NEAR_LARGEST * each.truths[a].abs().nan_to_num().max()).sum())
        return count >= MIN_NUMBERS


def are_near(found: Tensor, due: Tensor) -> bool:
    """Whether numbers agree, as far as they are known."""
    known = due.isfinite()
    if not known.any():
        return False
    return not off_mask(found, due).any()


def off_mask(found: Tensor, due: Tensor) -> Tensor:
    """Where numbers do not agree with those that are known."""
    known = due.isfinite()
    largest = due[known].abs().max() if known.any() else torch.zeros(())
    return known & ~((found - due).abs() <= NEAR * due.abs() + NEAR_LARGEST * largest + 1e-12)
