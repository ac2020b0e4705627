"""Reverse mode: the program as a real PyTorch graph, and `.backward()` on the sum of its outputs.

A higher derivative is the derivative of the graph that the one before leaves behind. The sum makes one pass
give the gradient at every point of a batch, since an output depends on its own point only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from derivcli.engines.chunks import Prepared, Telling, allows_threads
from derivcli.engines.inputs import Leaves, array, leaves_at
from derivcli.engines.program import Program, lower_each
from derivcli.engines.rules import forward
from derivcli.engines.watch import Watch
from derivcli.language.expression import Expression
from derivcli.result import Partial, Result, derivative_key

if TYPE_CHECKING:
    from derivcli.points.grid import Points
    from derivcli.result import FloatArray

NEARLY_ALL = 0.6
"""The part of a number's digits that have to be right for a point to pass for one on a curve."""

SHIFT = 16
"""Units in the last place of 1 by which numbers near 0, such as sin(pi), may be wrong."""


def differentiate(
    expressions: Sequence[Expression],
    at: Mapping[str, FloatArray],
    partials: Sequence[Partial],
    dtype: str = "float64",
    direction: Points | None = None,
    dependent: str = "",
) -> list[Result]:
    """Values and partial derivatives of several expressions at points: arrays of shape (points,) for every variable."""
    return prepared(expressions, tuple(at), partials, dtype, direction, dependent).run(at, None)


def prepared(
    expressions: Sequence[Expression],
    names: Sequence[str],
    partials: Sequence[Partial],
    dtype: str = "float64",
    direction: Points | None = None,
    dependent: str = "",
) -> Prepared:
    """This engine, made ready for values and partial derivatives of several expressions in the variables `names`.

    With a `direction` the derivatives are along it. With a `dependent` variable they are those of this variable,
    which each expression, being 0, makes a function of the others.
    """
    lowered = lower_each(expressions, names)
    wanted = {name for partial in partials for name in partial} | {dependent}

    def run(at: Mapping[str, FloatArray], progress: Telling | None = None) -> list[Result]:
        with torch.inference_mode(False), torch.enable_grad(), np.errstate(all="ignore"):  # whatever the caller has set
            points = max(map(len, at.values()), default=1)
            variables, leaves = leaves_at(at, wanted, dtype, direction)
            values = {name: np.asarray(given, dtype=dtype) for name, given in at.items()}
            results: list[Result] = []
            for expression, program in lowered:
                if results and direction is not None:  # the way along it is part of the graph that a pass uses up
                    variables, leaves = leaves_at(at, wanted, dtype, direction)
                inputs = list(variables.values())
                watch = Watch.over(inputs, points)
                value, found = evaluate(program, inputs, leaves, partials, watch, dependent, progress)
                derivatives = {derivative_key(partial): array(found[partial]) for partial in partials}
                numbers = array(value.expand(points)), derivatives, watch.bits
                results.append(Result(expression, values, *numbers, direction=direction, dependent=dependent))
            return results

    return Prepared(run, allows_threads(program for _, program in lowered))


def evaluate(
    program: Program,
    inputs: Sequence[Tensor],
    leaves: Leaves,
    partials: Sequence[Partial],
    watch: Watch | None = None,
    dependent: str = "",
    progress: Telling | None = None,
) -> tuple[Tensor, dict[Partial, Tensor]]:
    """The value of a program with one output, and its partial derivatives at every point."""
    value = forward(program, inputs, max(map(len, inputs), default=1), watch)
    total = value.sum()
    if dependent:
        found = implicit(total, leaves, dependent, partials, _ticking(partials, progress))
    elif all(len(partial) == 1 for partial in partials):
        found = backward(total, leaves)
    else:
        found = nested(total, leaves, partials, _ticking(partials, progress))
    if watch is not None:
        watch.see_finite("undefined", value, total=total)
        for partial in partials:
            watch.see_finite("infinite", found[partial])
    return value.detach(), found


def backward(total: Tensor, leaves: Leaves) -> dict[Partial, Tensor]:
    """The derivative of a sum in each leaf, by one `.backward()`."""
    for leaf in leaves.values():
        leaf.grad = None
    if total.requires_grad:
        total.backward()  # type: ignore[no-untyped-call]
    return {(name,): torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for name, leaf in leaves.items()}


def _ticking(partials: Sequence[Partial], progress: Telling | None) -> Callable[[], None]:
    """What is called when one more derivative, a partial or what one ends with, is known."""
    if progress is None:
        return lambda: None
    total = len({partial[place:] for partial in partials for place in range(len(partial))})
    done = count(1)
    return lambda: progress(next(done), total)


def nested(
    total: Tensor, leaves: Leaves, partials: Sequence[Partial], tick: Callable[[], None]
) -> dict[Partial, Tensor]:
    """Partial derivatives of any order of a sum, the last variable first; each pass serves all that end alike."""
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
    """The derivative of a sum in each leaf, to be differentiated again; 0 where the graph has run out."""
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


def off_the_curve(equation: Expression, at: Mapping[str, FloatArray], dtype: str) -> NDArray[np.bool_]:
    """Where the difference of an equation's sides is more than the rounding of the point and of the sides explains."""
    (result,) = differentiate([equation], at, [(name,) for name in equation.variables], dtype)
    sides = [replace(equation, tree=side, sides=None) for side in equation.sides or ()]
    sizes = [side.value for side in differentiate(sides, at, [], dtype)] if sides else []
    limits = np.finfo(dtype)
    with np.errstate(all="ignore"):
        sizes += [at[name] * result.derivatives[name] for name in equation.variables]
        size = np.sum(np.abs(sizes), axis=0)
        explained = limits.eps**NEARLY_ALL * np.where(np.isnan(size), np.inf, size) + SHIFT * limits.eps
        return np.asarray(~(np.abs(result.value) <= explained))
