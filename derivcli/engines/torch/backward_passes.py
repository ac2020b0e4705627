"""Backward passes over the graph of a program: the value, and its derivatives of any order at every point.

A higher derivative is the derivative of the graph that the one before leaves behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count

import torch
from torch import Tensor

from derivcli.engines.program import Program, kernels_in
from derivcli.engines.task import Progress
from derivcli.engines.torch.flags import FlagObserver
from derivcli.engines.torch.rules import forward
from derivcli.engines.torch.tensors import Leaves
from derivcli.result import Partial


def evaluate(
    program: Program,
    inputs: Sequence[Tensor],
    leaves: Leaves,
    partials: Sequence[Partial],
    observer: FlagObserver | None = None,
    dependent: str = "",
    progress: Progress | None = None,
) -> tuple[Tensor, dict[Partial, Tensor]]:
    """The value of a program with one output, and its partial derivatives at every point."""
    once = not dependent and all(len(partial) == 1 for partial in partials)
    value = forward(program, inputs, max(map(len, inputs), default=1), observer, once)
    total = value.sum()
    if any(kernels_in([program])):
        # So that the upstream gradient has a graph: only then does a backward tell that it has no derivative itself.
        total = total * torch.ones((), dtype=total.dtype, requires_grad=True)
    if dependent:
        found = implicit(total, leaves, dependent, partials, _ticking(partials, progress))
    elif once:
        found = backward(total, leaves)
    else:
        found = nested(total, leaves, partials, _ticking(partials, progress))
    if any(step.branches for step in program.steps):
        # A branch that some points take adds 0 to the derivatives at others, which makes 0 of -0.
        found = {partial: slope.add_(0.0) if once else slope + 0.0 for partial, slope in found.items()}
    if observer is not None:
        observer.observe_finite("undefined", value, total=total)
        for partial in partials:
            observer.observe_finite("infinite", found[partial])
    return value.detach(), found


def backward(total: Tensor, leaves: Leaves) -> dict[Partial, Tensor]:
    """The derivative of a sum in each leaf, by one `.backward()`."""
    for leaf in leaves.values():
        leaf.grad = None
    if total.requires_grad:
        total.backward()  # type: ignore[no-untyped-call]
    return {(name,): torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for name, leaf in leaves.items()}


def _ticking(partials: Sequence[Partial], progress: Progress | None) -> Callable[[], None]:
    """What is called when one more derivative, a partial or what one ends with, is known."""
    if progress is None:
        return lambda: None
    total = len({partial[place:] for partial in partials for place in range(len(partial))})
    done = count(1)
    return lambda: progress("differentiating", next(done), total)


def nested(
    total: Tensor, leaves: Leaves, partials: Sequence[Partial], tick: Callable[[], None]
) -> dict[Partial, Tensor]:
    """Partial derivatives of any order of a sum, the last variable first. Each pass serves all that end alike."""
    ending: dict[str, list[Partial]] = defaultdict(list)
    for partial in partials:
        ending[partial[-1]].append(partial[:-1])
    found: dict[Partial, Tensor] = {}
    gradients = gradient(total, [leaves[name] for name in ending], any(len(partial) > 1 for partial in partials))
    for (name, rest), slope in zip(ending.items(), gradients, strict=True):
        tick()
        further = [partial for partial in rest if partial]
        if len(further) < len(rest):
            found[name,] = slope
        if further:
            found |= {(*partial, name): inner for partial, inner in nested(slope.sum(), leaves, further, tick).items()}
    return found


def gradient(total: Tensor, leaves: Sequence[Tensor], again: bool) -> list[Tensor]:
    """The derivative of a sum in each leaf, to be differentiated again. It is 0 where the graph has run out."""
    found: Sequence[Tensor | None] = [None] * len(leaves)
    if total.requires_grad:
        found = torch.autograd.grad(total, leaves, create_graph=again, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(leaf) if slope is None else slope for leaf, slope in zip(leaves, found, strict=True)]


def implicit(
    total: Tensor, leaves: Leaves, dependent: str, partials: Sequence[Partial], tick: Callable[[], None]
) -> dict[Partial, Tensor]:
    """Partial derivatives of the variable y that F(x, y) = 0 makes a function of the others, F's sum being given.

    The first is -F_x/F_y; of a function g of x and y the derivative along the solution is g_x + g_y*y_x.
    """
    found: dict[Partial, Tensor] = {}
    *outer, inner = gradient(total, [*(leaves[name] for name in leaves if name != dependent), leaves[dependent]], True)
    slopes = dict(zip([name for name in leaves if name != dependent], (-each / inner for each in outer), strict=True))
    for partial in partials:
        for place in reversed(range(len(partial))):
            name, known = partial[place], partial[place:]
            if known in found:
                continue
            if len(known) == 1:
                found[known] = slopes[name]
            else:
                along, up = gradient(found[known[1:]].sum(), [leaves[name], leaves[dependent]], True)
                found[known] = along + up * slopes[name]
            tick()
    return found
