"""The Taylor engine: derivatives of any order as coefficients of truncated power series.

A mixed partial is a coefficient of a series with an axis for each of its variables; a directional derivative one
of a series along the direction; an implicit function is the series that solves the equation. Each coefficient
times its factorials is a derivative.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.inputs import array, leaves_at
from derivcli.engines.program import Program, lower, only
from derivcli.engines.rules import forward
from derivcli.engines.taylor.run import expand
from derivcli.engines.taylor.series import Series
from derivcli.engines.watch import Watch
from derivcli.language.expression import Expression
from derivcli.result import ALONG, Partial, Result, SeriesResult, derivative_key

if TYPE_CHECKING:
    from derivcli.points.spec import Points
    from derivcli.result import FloatArray

Axes = dict[str, int]
"""The names that a series has axes for, each with the highest power kept."""

Progress = Callable[[int, int], None]

MANTISSA = 64
"""Bits of a factorial that are multiplied; its power of 2 comes after, so that none overflows."""


def differentiate(
    expressions: Sequence[Expression],
    at: Mapping[str, FloatArray],
    partials: Sequence[Partial],
    dtype: str = "float64",
    direction: Points | None = None,
    dependent: str = "",
    progress: Progress | None = None,
) -> list[Result]:
    """Values and partial derivatives of several expressions; the arguments are those of the reverse engine."""
    results = []
    for expression, program in _programs(expressions, at):
        value, watch = _watched(program, at, dtype, {name for partial in partials for name in partial}, direction)
        found: dict[Partial, FloatArray] = {}
        groups = _grouped(partials)
        for done, (axes, group) in enumerate(groups, start=1):
            seeds = _seeds(at, axes, dtype, direction)
            count = len(value)
            terms = solved(program, seeds, axes, dependent, count) if dependent else _run(program, seeds, axes, count)
            found |= {partial: derivative_of(terms, axes, partial, count) for partial in group}
            if progress is not None:
                progress(done, len(groups))
        for partial in partials:
            watch.see_finite("infinite", torch.from_numpy(found[partial]))
        derivatives = {derivative_key(partial): found[partial] for partial in partials}
        points = {name: np.array(values, dtype=dtype) for name, values in at.items()}
        results.append(
            Result(expression, points, value, derivatives, watch.bits, direction=direction, dependent=dependent)
        )
    return results


def series(
    expressions: Sequence[Expression], points: Points, variable: str, degree: int, dtype: str = "float64"
) -> list[SeriesResult]:
    """The Taylor polynomials of several expressions in one variable about every point."""
    results = []
    for expression, program in _programs(expressions, points.at):
        value, watch = _watched(program, points.at, dtype, {variable})
        axes = {variable: degree}
        terms = _run(program, _seeds(points.at, axes, dtype), axes, len(value))
        coefficients = np.zeros((len(value), degree + 1), dtype=dtype)
        coefficients[:, : len(terms)] = array(terms).T
        coefficients[:, 0] = value
        at = {name: np.array(values, dtype=dtype) for name, values in points.at.items()}
        results.append(SeriesResult(expression, at, variable, coefficients, watch.bits, points))
    return results


def _programs(expressions: Sequence[Expression], at: Mapping[str, FloatArray]) -> list[tuple[Expression, Program]]:
    """Each expression with its program over the variables."""
    program = lower(expressions, tuple(at))
    return [(each, only(program, output)) for each, output in zip(expressions, program.outputs, strict=True)]


def _watched(
    program: Program, at: Mapping[str, FloatArray], dtype: str, wanted: set[str], direction: Points | None = None
) -> tuple[FloatArray, Watch]:
    """The value at every point, and the watch that saw it computed: both are those of the reverse engine."""
    with torch.inference_mode(False), torch.enable_grad(), np.errstate(all="ignore"):
        variables, _ = leaves_at(at, wanted, dtype, direction)
        inputs = list(variables.values())
        count = len(inputs[0]) if inputs else 1
        watch = Watch.over(inputs, count)
        value = forward(program, inputs, count, watch)
        watch.see_finite("undefined", value)
        return array(value.expand(count)), watch


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


def _seeds(
    at: Mapping[str, FloatArray], axes: Axes, dtype: str, direction: Points | None = None
) -> dict[str, Tensor]:
    """The variables as series: x + t along its own axis, x + v*t along a direction, else constant."""
    seeds = {}
    for name, values in at.items():
        axis = ALONG if direction is not None else name
        speed = 1.0 if direction is None else direction.at.get(name, np.zeros(1)).item()
        numbers = [np.asarray(values), np.full(len(values), speed)] if axis in axes and speed else [np.asarray(values)]
        terms = torch.tensor(np.stack(numbers[: axes.get(axis, 0) + 1]), dtype=getattr(torch, dtype))
        shape = [len(terms) if each == axis else 1 for each in axes]
        seeds[name] = terms.reshape(*shape, len(values))
    return seeds


def _run(program: Program, seeds: Mapping[str, Tensor], axes: Axes, count: int) -> Tensor:
    """The series of the program's output, of shape (terms along each axis..., points)."""
    with torch.inference_mode(False), np.errstate(all="ignore"):
        terms = expand(program, list(seeds.values()), tuple(axes.values()), count)
    return terms.expand(*terms.shape[:-1], count)


def solved(program: Program, seeds: Mapping[str, Tensor], axes: Axes, dependent: str, count: int) -> Tensor:
    """The series y(t) on which the program keeps its value: by Newton's method, y - F(y)/F_y(y).

    One more axis, along which y moves, gives F_y beside F. Each step doubles the degree up to which y is right.
    (Brent and Kung, "Fast algorithms for manipulating formal power series", JACM 25, 1978.)
    """
    inner, degree = {**axes, "": 1}, sum(axes.values())
    inputs = {name: terms.unsqueeze(-2) for name, terms in seeds.items()}
    caps = tuple(axes.values())
    y = Series(seeds[dependent], caps)
    for _ in range(degree.bit_length()):
        moved = torch.cat([y.terms.unsqueeze(-2), _one(y.terms).unsqueeze(-2)], dim=-2)
        terms = _run(program, {**inputs, dependent: moved}, inner, count).clone()
        value = Series(terms.select(-2, 0), caps)
        slope = Series(terms.select(-2, 1) if terms.shape[-2] > 1 else torch.zeros_like(value.terms), caps)
        value.value.zero_()
        y = y - value / slope
    return y.terms


def _one(terms: Tensor) -> Tensor:
    """The series 1 in the shape of another."""
    one = torch.zeros_like(terms)
    one[(0,) * (terms.ndim - 1)] = 1
    return one


def derivative_of(terms: Tensor, axes: Axes, partial: Partial, count: int) -> FloatArray:
    """A derivative from its coefficient: exactly 0 where the series ends before it."""
    powers = Counter(partial)
    place = tuple(powers[name] for name in axes)
    if any(power >= length for power, length in zip(place, terms.shape[:-1], strict=True)):
        return np.zeros(count, dtype=array(terms[..., :0]).dtype)
    factor = math.prod(math.factorial(power) for power in place)
    shift = max(0, factor.bit_length() - MANTISSA)
    coefficients = array(terms[place])
    with np.errstate(all="ignore"):
        scaled = np.ldexp(coefficients.astype(np.float64) * float(factor >> shift), shift)
        return np.asarray(scaled.astype(coefficients.dtype))
