"""Functions that have no recurrence: composed with their arguments, sampled in high precision very near the point.

Divided differences of the samples are the coefficients. The steps are so small that what is left out does not
show in float64, and the precision is so high that what the differences cancel does not either; a second run with
smaller steps has to say the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from derivcli.engines.special_functions.high_precision import FORMULAS, POINT_SECONDS, MpmathFunction, context
from derivcli.engines.special_functions.repeated_points import distinct_count
from derivcli.engines.taylor.recurrences import TaylorRule
from derivcli.engines.taylor.series import Series, choose
from derivcli.engines.time_limit import OutOfTimeError, limited
from derivcli.engines.torch.rules import TORCH_RULES
from derivcli.language.functions.table import FUNCTIONS, vocabulary

Objects: TypeAlias = NDArray[np.object_]

STEP_EXPONENTS = (24, 34, 56, 90)
"""The steps tried one after the other, as powers of 1/2 of the size over which the arguments change little."""
AGREEMENT_TOLERANCE = 2.0**-50
GUARD_BITS = 120
"""Bits beyond those that differences cancel."""
ZERO_TOLERANCE = 2.0**-100
"""What a coefficient is beside the greatest sample, over its factorial, if it is none."""
EXTRA_BITS = 1000
"""Bits more for coefficients that are nothing beside the samples and no nothing in float64."""
MAX_CACHED_POINTS = 4096


@dataclass(frozen=True, slots=True)
class Sampled:
    """A function of mpmath. Its first arguments may count derivatives in the later ones given by `slopes`."""

    formula: MpmathFunction
    slopes: tuple[int, ...] = ()


def pointwise(sampled: Sampled, plain: Callable[..., Tensor]) -> TaylorRule:
    """The function of series that is `plain` on numbers."""

    @lru_cache(MAX_CACHED_POINTS)
    def at_point(shapes: tuple[tuple[int, ...], ...], numbers: tuple[bytes, ...], orders: tuple[int, ...]) -> Any:
        inputs = [np.frombuffer(each).reshape(shape) for each, shape in zip(numbers, shapes, strict=True)]
        return _coefficients(sampled, inputs, orders)

    def value(*inputs: Series) -> Series:
        caps = inputs[0].caps
        start = plain(*(u.value for u in inputs))
        if all(u.is_constant for u in inputs):
            return inputs[0].constant(start)
        moving = [max(lengths) > 1 for lengths in zip(*(u.terms.shape[:-1] for u in inputs), strict=True)]
        orders = tuple(cap if moves else 0 for cap, moves in zip(caps, moving, strict=True))
        points = max(u.terms.shape[-1] for u in inputs)
        every = [u.terms.detach().cpu().double().expand(*u.terms.shape[:-1], points).numpy() for u in inputs]
        count = distinct_count(every)
        columns = [[np.ascontiguousarray(each[..., index]) for index in range(count)] for each in every]
        found = [
            at_point(tuple(x.shape for x in point), tuple(x.tobytes() for x in point), orders)
            for point in zip(*columns, strict=True)
        ]
        found += found[-1:] * (points - count)
        out = torch.as_tensor(np.stack(found, axis=-1), dtype=start.dtype, device=start.device)
        out[(0,) * len(caps)] = start
        return Series(out, caps)

    return value


def _coefficients(sampled: Sampled, inputs: Sequence[NDArray[np.float64]], orders: tuple[int, ...]) -> Any:
    """The coefficients at one point. It is NaN where the function is not real nearby, or takes too long."""
    mp, nothing = context(), np.full([order + 1 for order in orders], math.nan)
    if not all(np.isfinite(x).all() for x in inputs):
        return nothing
    grids = _Grids.of(sampled, inputs, orders)
    if min(grids.times, default=0) < 0:
        return np.zeros_like(nothing)
    try:
        found = limited(POINT_SECONDS, grids.agreed, mp)
    except (ArithmeticError, ValueError, mp.NoConvergence, OutOfTimeError):
        return nothing
    return grids.derivatives(found if found.flat[1:].all() else _looked_at_closely(mp, grids, found))


def _looked_at_closely(mp: Any, grids: _Grids, found: Objects) -> Objects:
    """The coefficients, with those that came to nothing from more bits, if two runs agree on them there."""
    try:
        before, after = limited(
            POINT_SECONDS, lambda: [grids.sampled(mp, step, EXTRA_BITS) for step in STEP_EXPONENTS[:2]]
        )
    except (ArithmeticError, ValueError, mp.NoConvergence, OutOfTimeError):
        return found
    same = np.frompyfunc(_is_same, 2, 1)(before, after).astype(bool)
    return np.where((found == 0) & same, after, found)


@dataclass(frozen=True, slots=True)
class _Grids:
    """What is sampled at one point: coefficients up to `orders` of a function of these arguments.

    Its own derivatives are taken `times`; the grids are as wide as `scales` say.
    """

    formula: Sampled
    arguments: Sequence[NDArray[np.float64]]
    orders: tuple[int, ...]
    times: tuple[int, ...]
    scales: Sequence[int]

    @staticmethod
    def of(sampled: Sampled, inputs: Sequence[NDArray[np.float64]], orders: tuple[int, ...]) -> _Grids:
        counts = len(sampled.slopes)
        times = tuple(int(x.item()) for x in inputs[:counts])
        arguments = inputs[counts:]
        scales = [_scale(arguments, axis) for axis in range(len(orders))]
        scales += [_reach(arguments[index]) for index in sampled.slopes]
        return _Grids(sampled, arguments, orders, times, scales)

    def sampled(self, mp: Any, step: int, spare: int = 0) -> Objects:
        """The coefficients from one grid of samples, which leaves out the point itself."""
        orders, scales = (*self.orders, *self.times), self.scales
        size = max(_size(argument) for argument in self.arguments)
        lost = [order * (2 + abs(scale) + size) + _bits(order) for order, scale in zip(orders, scales, strict=True)]
        with mp.workprec(GUARD_BITS + spare + sum(lost) + step * sum(orders)):
            lines = [
                [mp.ldexp(number, scale - step) for number in _odd_numbers(order)]
                for order, scale in zip(orders, scales, strict=True)
            ]
            samples = self.samples(mp, lines)
            found: Objects = samples
            for axis, order in enumerate(orders):
                found = np.moveaxis(_from_differences(np.moveaxis(found, axis, 0), _odd_numbers(order)), 0, axis)
            found = found[tuple(slice(order + 1) for order in orders)]
            floor = max(abs(sample) for sample in samples.flat) * mp.ldexp(ZERO_TOLERANCE, -spare)
            for place in product(*map(range, found.shape)):
                exponent = sum(power * (step - scale) for power, scale in zip(place, scales, strict=True))
                number = mp.ldexp(found[place], exponent)
                least = mp.ldexp(floor, -size * sum(place)) / math.prod(map(math.factorial, place))
                found[place] = number if abs(number) > least else mp.zero
            return found

    def samples(self, mp: Any, lines: Sequence[Sequence[Any]]) -> Any:
        """The function at all combinations of nodes: those of the axes, then those of the slopes."""
        axes = len(self.orders)
        values = [_on_grid(mp, argument, lines[:axes]) for argument in self.arguments]
        samples = np.empty([len(line) for line in lines], dtype=object)
        for place in product(*map(range, samples.shape)):
            point = [value[place[:axes]] for value in values]
            for axis, index in enumerate(self.formula.slopes, start=axes):
                point[index] += lines[axis][place[axis]]
            samples[place] = _real(mp, self.formula.formula(mp, *point))
        return samples

    def agreed(self, mp: Any) -> Objects:
        before = self.sampled(mp, STEP_EXPONENTS[0])
        for step in STEP_EXPONENTS[1:]:
            found = self.sampled(mp, step)
            if all(map(_is_same, before.flat, found.flat)):
                return found
            before = found
        raise ArithmeticError("no two runs agree")

    def derivatives(self, found: Objects) -> Any:
        last = found.reshape(*found.shape[: len(self.orders)], -1)[..., -1].astype(np.float64)
        return last * math.prod(map(math.factorial, self.times))


def _reach(argument: NDArray[np.float64]) -> int:
    """The power of 2 by which an argument may move before it is near 0, where many functions are singular."""
    start = abs(float(argument.flat[0]))
    return math.floor(math.log2(min(1.0, start))) if start else 0


def _scale(arguments: Sequence[NDArray[np.float64]], axis: int) -> int:
    """The power of 2 by which the variable of an axis may move before an argument has moved by its reach."""
    exponents = [0.0]
    for argument in arguments:
        line = argument[(0,) * axis + (slice(None),) + (0,) * (argument.ndim - axis - 1)]
        for power, number in enumerate(line.tolist()):
            if power and number:
                exponents.append((_reach(argument) - math.log2(abs(number))) / power)
    return math.floor(min(exponents))


def _size(argument: NDArray[np.float64]) -> int:
    """The power of 2 that an argument is above 1: far out a function may move as little as this says."""
    return max(0, math.frexp(float(argument.flat[0]))[1])


def _bits(order: int) -> int:
    """The bits of a factorial."""
    return math.ceil(math.lgamma(order + 1) / math.log(2))


def _odd_numbers(order: int) -> list[int]:
    """The nodes for coefficients up to an order, three or four more than it takes: ..., -3, -1, 1, 3, ..."""
    most = 2 * (order // 2) + 3 if order else 0
    return list(range(-most, most + 1, 2))


def _on_grid(mp: Any, coefficients: NDArray[np.float64], nodes: Sequence[Sequence[Any]]) -> Any:
    """A polynomial at all combinations of the nodes of each axis."""
    values = np.asarray(np.frompyfunc(mp.mpf, 1, 1)(coefficients.astype(object)), dtype=object)
    for line in nodes:
        rows = []
        for node in line:
            total = values[-1]
            for row in values[-2::-1]:
                total = total * node + row
            rows.append(total)
        values = np.moveaxis(np.stack([np.asarray(row, dtype=object) for row in rows]), 0, -1)
    return values


def _from_differences(samples: Any, nodes: Sequence[int]) -> Any:
    """The coefficients of the polynomial through samples at nodes that are 2 apart."""
    found = samples.copy()
    last = len(found) - 1
    for level in range(1, last + 1):
        found[level:] = (found[level:] - found[level - 1 : -1]) / (2 * level)
    for index in range(last - 1, -1, -1):
        found[index:last] = found[index:last] - nodes[index] * found[index + 1 :]
    return found


def _real(mp: Any, value: Any) -> Any:
    """A value that is real but for rounding."""
    value = mp.mpmathify(value)
    if isinstance(value, mp.mpc):
        if abs(value.imag) > mp.ldexp(abs(value.real), -mp.prec // 2):
            raise ArithmeticError("the function is complex nearby")
        value = value.real
    if not mp.isfinite(value):
        raise ArithmeticError("the function has a pole nearby")
    return value


def _is_same(before: Any, after: Any) -> bool:
    """Whether float64 cannot tell two numbers from each other."""
    return bool(abs(before - after) <= AGREEMENT_TOLERANCE * abs(after))


DERIVATIVES: dict[str, tuple[str, tuple[int, ...]]] = {
    row.name: (of.name, tuple(map(of.parameters.index, row.derivatives_in)))
    for row, of in ((row, vocabulary().get(row.derivatives_of or "")) for row in FUNCTIONS)
    if of is not None and of.name in FORMULAS and row.derivatives_in
}
"""Rows that are derivatives of those with formulas: of which ones, and in which of their arguments."""

SAMPLED: dict[str, TaylorRule] = {
    **{name: pointwise(Sampled(formula), TORCH_RULES[name]) for name, formula in FORMULAS.items() if name != "ive"},
    **{name: pointwise(Sampled(FORMULAS[of], by), TORCH_RULES[name]) for name, (of, by) in DERIVATIVES.items()},
}
"""The rules of functions that are sampled, whatever of their arguments varies. `ive` is a rewrite."""


def on_line(name: str, along: TaylorRule, trusted: Callable[[Series, Series], Tensor]) -> TaylorRule:
    """A rule on straight lines in one variable, for an order that does not vary, where it is trusted; else samples."""

    def value(n: Series, u: Series) -> Series:
        if len(u.caps) != 1 or len(n) > 1 or len(u) > 2:
            return SAMPLED[name](n, u)
        good = trusted(n, u)
        return choose([(good, along), (~good, SAMPLED[name])], n, u)

    return value
