"""The Taylor engine: derivatives of any order as coefficients of truncated power series.

A mixed partial is a coefficient of a series with an axis for each of its variables; a directional derivative one
of a series along the direction; an implicit function is the series that solves the equation. Each coefficient
times its factorials is a derivative.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from derivcli.engines.chunks import allows_threads, one_thread
from derivcli.engines.program import Program, lower_each
from derivcli.engines.task import Prepared, Progress, Task
from derivcli.engines.taylor.evaluation import expand
from derivcli.engines.taylor.series import Series, embed
from derivcli.engines.torch.flags import FlagObserver
from derivcli.engines.torch.rules import forward
from derivcli.engines.torch.tensors import array, filled, leaves_at
from derivcli.language.expression import Expression
from derivcli.points.points import Points
from derivcli.result import ALONG, FloatArray, Partial, Result, SeriesResult, derivative_key

Axes = dict[str, int]
"""The names that a series has axes for, each with the highest power kept."""

IntArray: TypeAlias = NDArray[np.int64]

EXPONENT_SHARE = 0.75
"""The part of a format's range of exponents that growing or shrinking coefficients have to use up to be out of it."""

MANTISSA_BITS = 64
"""Bits of a factorial that are multiplied. Its power of 2 comes after, so that none overflows."""


def prepared(task: Task) -> Prepared:
    """This engine, made ready for a task on the processor."""
    assert task.device == "cpu", "rules of this engine go through NumPy"
    partials, dtype, direction, dependent = task.partials, task.dtype, task.direction, task.dependent
    lowered = lower_each(task.expressions, task.names)
    groups = _grouped(partials)
    differentiated = {name for partial in partials for name in partial}
    size = np.dtype(dtype).itemsize

    def run(at: Mapping[str, FloatArray], progress: Progress | None = None) -> list[Result]:
        points = {name: np.asarray(values, dtype=dtype) for name, values in at.items()}
        count = max(map(len, at.values()), default=1)
        full = {name: filled(values, size) for name, values in at.items()}
        results = []
        for expression, program in lowered:
            value, observer = _observed(program, full, dtype, differentiated, direction)
            found: dict[Partial, FloatArray] = {}
            for done, (axes, group) in enumerate(groups, start=1):
                found |= _Expansion(program, axes, dtype, direction, dependent).derivatives(full, group)
                if progress is not None:
                    progress("differentiating", done, len(groups))
            for partial in partials:
                observer.observe_finite("infinite", torch.from_numpy(found[partial]))
            derivatives = {derivative_key(partial): found[partial][:count] for partial in partials}
            numbers = value[:count], derivatives, observer.bits[:count]
            results.append(Result(expression, points, *numbers, direction=direction, dependent=dependent))
        return results

    return Prepared(run, allows_threads(program for _, program in lowered))


def series(
    expressions: Sequence[Expression], points: Points, variable: str, degree: int, dtype: str = "float64"
) -> list[SeriesResult]:
    """The Taylor polynomials of several expressions in one variable about every point."""
    results = []
    size = np.dtype(dtype).itemsize
    full = {name: filled(values, size) for name, values in points.at.items()}
    for expression, program in lower_each(expressions, tuple(points.at)):
        with one_thread():
            value, observer = _observed(program, full, dtype, {variable})
            terms = _Expansion(program, {variable: degree}, dtype).terms(full)
        coefficients = np.zeros((len(value), degree + 1), dtype=dtype)
        coefficients[:, : len(terms)] = array(terms).T + 0.0
        coefficients[:, 0] = value
        at = {name: np.array(values, dtype=dtype) for name, values in points.at.items()}
        numbers = coefficients[: points.count], observer.bits[: points.count]
        results.append(SeriesResult(expression, at, variable, *numbers, points))
    return results


def _observed(
    program: Program, at: Mapping[str, FloatArray], dtype: str, by: set[str], direction: Points | None = None
) -> tuple[FloatArray, FlagObserver]:
    """The value at every point, and the observer that saw it computed: both are those of the reverse engine."""
    with torch.inference_mode(False), torch.enable_grad(), np.errstate(all="ignore"):
        variables, _ = leaves_at(at, by, dtype, direction)
        inputs = list(variables.values())
        count = len(inputs[0]) if inputs else 1
        observer = FlagObserver.over(inputs, count)
        value = forward(program, inputs, count, observer)
        observer.observe_finite("undefined", value)
        return array(value.expand(count)), observer


def _grouped(partials: Sequence[Partial]) -> list[tuple[Axes, list[Partial]]]:
    """The partials that one series gives: those in the same variables, its longest axis first, which costs least."""
    groups: dict[frozenset[str], list[Partial]] = defaultdict(list)
    for partial in partials:
        groups[frozenset(partial)].append(partial)
    found = []
    for group in groups.values():
        counts = [Counter(partial) for partial in group]
        highest = {name: max(count[name] for count in counts) for name in counts[0]}
        found.append((dict(sorted(highest.items(), key=lambda item: -item[1])), group))
    return found


@dataclass(frozen=True, slots=True)
class _Expansion:
    """A program as a series with some axes, or the implicit function that it makes of the dependent variable."""

    program: Program
    axes: Axes
    dtype: str
    direction: Points | None = None
    dependent: str = ""

    def derivatives(self, at: Mapping[str, FloatArray], partials: Sequence[Partial]) -> dict[Partial, FloatArray]:
        """The derivatives that are coefficients of this series, times their factorials."""
        terms = self.terms(at)
        found = {}
        for partial in partials:
            place = self.place(partial)
            if any(power >= length for power, length in zip(place, terms.shape[:-1], strict=True)):
                found[partial] = np.zeros(terms.shape[-1], dtype=self.dtype)  # a polynomial that has ended
                continue
            found[partial] = scaled(array(terms[place]), place)
            beyond, speed = speeds(array(terms), place)
            if beyond.size:
                full, speed = (filled(each, array(terms).itemsize) for each in (beyond, speed))
                again = self.terms({name: np.asarray(values)[full] for name, values in at.items()}, speed)
                if again.shape[:-1] == terms.shape[:-1]:
                    found[partial][full] = scaled(array(again[place]), place, speed)
        return {partial: numbers + 0.0 for partial, numbers in found.items()}  # 0 for -0: which one, the others decide

    def place(self, partial: Partial) -> tuple[int, ...]:
        counts = Counter(partial)
        return tuple(counts[name] for name in self.axes)

    def terms(self, at: Mapping[str, FloatArray], speed: IntArray | int = 0) -> Tensor:
        """The series, of shape (terms along each axis..., points), in units of 2**speed along every axis."""
        seeds = {name: self.seed(name, np.asarray(values), speed) for name, values in at.items()}
        count = max(map(len, at.values()), default=1)
        return self.solved(seeds, count) if self.dependent else self.run(seeds, self.axes, count)

    def seed(self, name: str, values: FloatArray, speed: IntArray | int) -> Tensor:
        """A variable: x + t along its own axis, x + v*t along a direction, else constant."""
        axis = name if self.direction is None else ALONG
        step = 1.0 if self.direction is None else self.direction.at.get(name, np.zeros(1)).item()
        numbers = [values, np.ldexp(np.full(len(values), step), speed)] if axis in self.axes and step else [values]
        terms = torch.tensor(np.stack(numbers[: self.axes.get(axis, 0) + 1]), dtype=getattr(torch, self.dtype))
        return terms.reshape(*[len(terms) if each == axis else 1 for each in self.axes], len(values))

    def run(self, seeds: Mapping[str, Tensor], axes: Axes, count: int) -> Tensor:
        with torch.inference_mode(False), np.errstate(all="ignore"):
            terms: Tensor = expand(self.program, list(seeds.values()), tuple(axes.values()), count)
        return terms.expand(*terms.shape[:-1], count)

    def solved(self, seeds: Mapping[str, Tensor], count: int) -> Tensor:
        """The series y(t) on which the program keeps its value: by Newton's method, y - F(y)/F_y(y).

        One more axis, along which y moves, gives F_y beside F. Each step doubles the degree up to which y is right.
        (Brent and Kung, "Fast algorithms for manipulating formal power series", JACM 25, 1978.)
        """
        inner = {**self.axes, "": 1}
        inputs = {name: terms.unsqueeze(-2) for name, terms in seeds.items()}
        caps = tuple(self.axes.values())
        y = Series(seeds[self.dependent], caps)
        for _ in range(sum(caps).bit_length()):
            one = embed(y.constant(1.0).terms, list(y.terms.shape))
            moved = torch.stack([y.terms, one], dim=-2)
            terms = self.run({**inputs, self.dependent: moved}, inner, count).clone()
            value = Series(terms.select(-2, 0), caps)
            slope = Series(terms.select(-2, 1) if terms.shape[-2] > 1 else torch.zeros_like(value.terms), caps)
            value.value.zero_()
            y = y - value / slope
        return y.terms


def scaled(coefficients: FloatArray, place: Sequence[int], speed: IntArray | int = 0) -> FloatArray:
    """Derivatives from coefficients in units of 2**speed: times the factorials, in no number out of range."""
    factor = math.prod(map(math.factorial, place))
    shift = max(0, factor.bit_length() - MANTISSA_BITS)
    numbers = coefficients.astype(np.float64) * float(factor >> shift)
    with np.errstate(all="ignore"):
        return np.asarray(np.ldexp(numbers, shift - sum(place) * np.asarray(speed)).astype(coefficients.dtype))


def speeds(terms: FloatArray, place: Sequence[int]) -> tuple[IntArray, IntArray]:
    """The points whose coefficient at a place is out of the format's range, and units of t that bring it back.

    The last coefficient on the way there that is in range tells how fast they grow or shrink.
    """
    limits, degree = np.finfo(terms.dtype), sum(place)
    steps = [tuple(power * step // degree for power in place) for step in range(1, degree + 1)]
    steps = [step for step in steps if any(step)]
    sizes = np.abs(np.stack([terms[step] for step in steps]))
    ordinary = (sizes > limits.tiny) & (sizes < limits.max)
    beyond = np.flatnonzero(~ordinary[-1] & ordinary.any(axis=0))
    last = len(steps) - 1 - ordinary[::-1, beyond].argmax(axis=0)
    degrees = np.array([sum(step) for step in steps])[last]
    speed = np.round(-np.log2(sizes[last, beyond]) / degrees).astype(np.int64)
    leaves = np.abs(speed) * degree > limits.maxexp * EXPONENT_SHARE  # others are 0 or infinite for another reason
    return beyond[leaves], speed[leaves]
