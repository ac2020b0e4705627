"""Reverse mode: the program as a real PyTorch graph, and `.backward()` on the sum of its outputs.

A higher derivative is the derivative of the graph that the one before leaves behind. The sum makes one pass
give the gradient at every point of a batch, since an output depends on its own point only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from derivcli.engines.chunks import allows_threads
from derivcli.engines.program import kernels_in, lower_each
from derivcli.engines.task import Prepared, Progress, Task
from derivcli.engines.torch.backward_passes import evaluate
from derivcli.engines.torch.flags import FlagObserver
from derivcli.engines.torch.tensors import VECTOR_BYTES, array, check_device, filled, leaves_at
from derivcli.language.expression import Expression
from derivcli.result import FloatArray, Result, derivative_key

CURVE_DIGITS_SHARE = 0.6
"""The part of a number's digits that have to be right for a point to pass for one on a curve."""

CURVE_ULPS = 16
"""Units in the last place of 1 by which numbers near 0, such as sin(pi), may be wrong."""


OffTheCurve: TypeAlias = "Callable[[Mapping[str, FloatArray]], NDArray[np.bool_]]"
"""Tells of points, given by the values of their variables, which are not on a curve."""


def prepared(task: Task) -> Prepared:
    """This engine, made ready."""
    check_device(task.device)
    partials, dtype, direction, dependent = task.partials, task.dtype, task.direction, task.dependent
    lowered = lower_each(task.expressions, task.names)
    differentiated = {name for partial in partials for name in partial} | {dependent}
    # A user's custom function is shown the points as they are, and may look at where each one stands.
    size = VECTOR_BYTES if any(kernels_in(program for _, program in lowered)) else np.dtype(dtype).itemsize

    def run(at: Mapping[str, FloatArray], progress: Progress | None = None) -> list[Result]:
        with torch.inference_mode(False), torch.enable_grad(), np.errstate(all="ignore"):  # whatever the caller has set
            count = max(map(len, at.values()), default=1)
            full = {name: filled(given, size) for name, given in at.items()}
            points = max(map(len, full.values()), default=1)
            variables, leaves = leaves_at(full, differentiated, dtype, direction, task.device)
            values = {name: np.asarray(given, dtype=dtype) for name, given in at.items()}
            results: list[Result] = []
            for expression, program in lowered:
                if results and direction is not None:  # the way along it is part of the graph that a pass uses up
                    variables, leaves = leaves_at(full, differentiated, dtype, direction, task.device)
                inputs = list(variables.values())
                observer = FlagObserver.over(inputs, points)
                value, found = evaluate(program, inputs, leaves, partials, observer, dependent, progress)
                derivatives = {derivative_key(partial): array(found[partial])[:count] for partial in partials}
                bits = observer.bits if isinstance(observer.bits, np.ndarray) else array(observer.bits)
                numbers = array(value.expand(points))[:count], derivatives, bits[:count]
                results.append(Result(expression, values, *numbers, direction=direction, dependent=dependent))
            return results

    return Prepared(run, allows_threads(program for _, program in lowered))


def off_the_curve(equation: Expression, names: Sequence[str], dtype: str) -> OffTheCurve:
    """Where the difference of an equation's sides is more than the rounding of the point and of the sides explains."""
    gradient = prepared(Task([equation], names, [(name,) for name in equation.variables], dtype))
    sides = [replace(equation, tree=side, sides=None) for side in equation.sides or ()]
    each = prepared(Task(sides, names, [], dtype))
    limits = np.finfo(dtype)

    def off(at: Mapping[str, FloatArray]) -> NDArray[np.bool_]:
        (result,) = gradient.run(at, None)
        with np.errstate(all="ignore"):
            sizes = [side.value for side in each.run(at, None)]
            sizes += [at[name] * result.derivatives[name] for name in equation.variables]
            size = np.sum(np.abs(sizes), axis=0)
            explained = (
                limits.eps**CURVE_DIGITS_SHARE * np.where(np.isnan(size), np.inf, size) + CURVE_ULPS * limits.eps
            )
            return np.asarray(~(np.abs(result.value) <= explained))

    return off
