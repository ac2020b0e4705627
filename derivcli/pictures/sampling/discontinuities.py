"""Where a line through sampled points would be false: over jumps and poles, and next to points without a value.

All arrays are in the order of `x`, in which no number stands twice; what is not finite is nan. A gap is the space
between two neighbouring points, and a mask over gaps has the shape (points - 1,).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derivcli.flag_table import FLAG_TABLE

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

STEP_FLAGS = sum(flag.mask for flag in FLAG_TABLE.values() if flag.may_step)
"""The flags of places where the function may step; at other places with a value it may too, but seldom does."""

POLE_POINTS, POLE_GROWTH, POLE_TOLERANCE = 4, 1.05, 0.25
"""How many points on each side are asked for a pole between them, if the slope grows toward it by such a factor; and
how well, relative to the gap and to the exponent, both sides have to agree."""

MIN_EXPONENT = 0.05
"""Where a function goes like a power below this one, which a picture cannot tell from a logarithm, it has a pole."""


def lonely(mask: Mask) -> Mask:
    """The points of a mask with no neighbour in it; where all are flagged, as in max(x, x), no point is special."""
    padded = np.pad(mask, 1)
    return np.asarray(mask & ~(padded[:-2] | padded[2:]))


def broken(x: Floats, y: Floats, gaps: Mask) -> tuple[Floats, Floats]:
    """The line with a nan put into each gap of a mask."""
    places = np.flatnonzero(gaps) + 1
    return np.insert(x, places, x[places - 1]), np.insert(y, places, np.nan)


def function_gaps(
    x: Floats, y: Floats, slope: Floats | None, special: Mask, flags: NDArray[np.uint8]
) -> tuple[Mask, Mask]:
    """The gaps over which a line of the function would be false, and those over which one of its slope would.

    `slope` is the derivative by `x`, if that is known, and `special` are the points that stand off a line.
    """
    exponent = _exponents(x, y, slope) if slope is not None else np.full(len(x) - 1, np.nan)
    gaps = _breaks(x, y, slope) & ~(exponent >= MIN_EXPONENT)
    gaps |= _steps(x, y, slope, special, flags & STEP_FLAGS != 0) | (exponent < MIN_EXPONENT)
    return gaps, gaps | np.isfinite(exponent)


def derivative_gaps(x: Floats, y: Floats, off: Mask, gaps: Mask, poles: bool) -> tuple[NDArray[np.intp], Mask]:
    """The numbers of the points on a derivative's line, all but those `off` it, and the gaps that break it there.

    It breaks where a mask `gaps` over those of all points says so, and goes on over points off it only if it is
    smooth on both sides. `poles` says whether it may have some that the mask does not tell of.
    """
    kept = np.flatnonzero(~off)
    if len(kept) < 2:
        return kept, np.zeros(0, dtype=np.bool_)
    known, across = np.logical_or.reduceat(gaps[: kept[-1]], kept[:-1]), np.diff(kept) > 1
    breaks = _breaks(x[kept], y[kept], known=known, poles=poles) | known
    breaks[:1] |= across[:1]
    breaks[-1:] |= across[-1:]
    return kept, breaks


def _breaks(x: Floats, y: Floats, slope: Floats | None = None, known: Mask | None = None, poles: bool = True) -> Mask:
    """The gaps over which the values of a line, and its `slope` if that is known, tell that it would be false.

    At a jump the rate of change leaves the slopes at both ends by far more than they differ from each other, and
    than the rates near by change. At a pole the step is as large as the whole shape and runs against both slopes.
    Where `slope` is not known (for want of a further derivative) the rates of the neighbouring gaps stand for it,
    of which those over breaks that are `known` tell nothing. Without `poles` only jumps are looked for.
    """
    if not np.isfinite(y).any():
        return np.zeros(len(y) - 1, dtype=np.bool_)
    y = y / 32  # so that no difference overflows
    step, gap = np.diff(y), np.diff(x / 32)
    rate = step / gap if known is None else np.where(known, np.nan, step / gap)
    before2, before, after, after2 = _neighbours(rate)
    nearby = np.fmax(np.abs(before - before2), np.abs(after2 - after))
    tall = _height(y)
    least = _least(y, tall)
    if slope is not None:
        before, after, tall = slope[:-1], slope[1:], min(tall, 0.8 * (np.nanmax(y) - np.nanmin(y)))
    excess = np.abs(rate - before / 2 - after / 2)
    jump = (excess * gap > least) & (excess > 2 * np.abs(after - before)) & ~(excess <= 10 * nearby)
    against = (np.sign(before) * np.sign(rate) < 0) & (np.sign(after) * np.sign(rate) < 0)
    if slope is not None:
        against |= _one_sided(rate, before, after) | _one_sided(rate, after, before)
    return np.asarray(jump | (poles & against & (np.abs(step) > max(tall, least))))


def _one_sided(rate: Floats, pole: Floats, flat: Floats) -> Mask:
    """Whether the step runs against the slope at the end with a pole, while the function is flat at the other end."""
    return np.asarray((-np.sign(rate) * pole > 0.1 * np.abs(rate)) & (np.abs(flat) < 0.02 * np.abs(rate)))


def _height(y: Floats) -> float:
    low, high = window(y)
    return high - low


def _least(y: Floats, height: float) -> float:
    """The least step that is seen in a window of some height."""
    return float(max(0.02 * height, 1e-12 * np.nanmax(np.abs(y))))


def _neighbours(values: Floats) -> Floats:
    """The two values before and the two after each one, shape (4, values), nan beyond the ends."""
    padded = np.pad(values, 2, constant_values=np.nan)
    return np.array([padded[shift : shift + len(values)] for shift in (0, 1, 3, 4)])


# Samples at the very place of a step.


def _steps(x: Floats, y: Floats, slope: Floats | None, special: Mask, stepping: Mask) -> Mask:
    """The gaps next to special points over which the function steps: left of the point, right of it, or both.

    It can step at the points `stepping`, and at those over which the line through all others breaks.
    """
    kept = np.flatnonzero(~special)
    if len(kept) < 2 or len(kept) == len(x):
        return np.zeros(len(x) - 1, dtype=np.bool_)
    over = _breaks(x[kept], y[kept], None if slope is None else slope[kept]) & (np.diff(kept) > 1)
    jumped = np.zeros(len(x), dtype=np.bool_)
    jumped[kept[:-1][over] + 1] = True
    left, left_known = _strays(x, y, slope)
    right, right_known = (each[::-1] for each in _strays(-x[::-1], y[::-1], None if slope is None else -slope[::-1]))
    able = special & stepping
    onto = left & (jumped[1:] | (able[1:] & left_known))
    away = right & (jumped[:-1] | (able[:-1] & right_known))
    y = y / 32
    return np.asarray((onto | away) & (np.abs(np.diff(y)) > _least(y, _height(y))))


def _strays(x: Floats, y: Floats, slope: Floats | None) -> tuple[Mask, Mask]:
    """Over which gaps the line that comes from the left misses the next point, and where the gap before bears it out.

    It misses where the slope does not lead there, where it did in the gap before, and where no slope that
    grows leads up to a vertical tangent.
    """
    rate = np.diff(y / 32) / np.diff(x / 32)
    start = _shifted(rate) if slope is None else slope[:-1]
    excess = np.abs(rate - start)
    grows = (np.abs(start) > 1.5 * np.abs(_shifted(start))) & (np.abs(start) > 0.05 * np.abs(rate))
    misses = (excess > 0.8 * np.abs(rate)) & ~(excess <= 10 * _shifted(excess))
    return misses & ~(grows & (np.sign(start) == np.sign(rate))), np.isfinite(_shifted(excess))


def _shifted(values: Floats) -> Floats:
    return np.concatenate(([np.nan], values[:-1]))


# Poles between samples.


def _exponents(x: Floats, y: Floats, slope: Floats) -> Floats:
    """The power of the distance from a place in a gap that the function goes like; nan where there is no such place.

    There is one where the points on both sides name the same place, the same exponent below 1 and, if that is
    positive so that the function has a value there, the same value.
    """
    found = np.full(len(x) - 1, np.nan)
    gaps = _growing(x, y, np.abs(slope))
    sides = [_power(x, y, slope, gaps + end, step) for end, step in ((0, -1), (1, 1))]
    near, exponents, rises, ends = np.stack(sides, axis=1)
    exponent, rise = exponents.mean(axis=0), np.abs(rises).sum(axis=0)
    same = (near > 0).all(axis=0) & (np.abs(near.sum(axis=0) - 1) < POLE_TOLERANCE)
    same &= np.abs(np.diff(exponents, axis=0)[0]) < POLE_TOLERANCE * np.maximum(1, np.abs(exponent))
    same &= (exponent < MIN_EXPONENT) | (np.abs(np.diff(ends, axis=0)[0]) < rise)
    found[gaps] = np.where(same & (exponent < 1), exponent, np.nan)
    return found


def _growing(x: Floats, y: Floats, size: Floats) -> NDArray[np.intp]:
    """The gaps toward which the size of the slope grows from both sides, and by which there is more than rounding."""
    grows = np.flatnonzero((size[1:-2] > POLE_GROWTH * size[:-3]) & (size[2:-1] > POLE_GROWTH * size[3:])) + 1
    gaps = np.asarray(grows[(grows >= POLE_POINTS - 1) & (grows < len(x) - POLE_POINTS)])
    if not gaps.size:
        return gaps
    least = max(1e-4 * (np.nanmax(y) - np.nanmin(y)), 1e-6 * np.nanmax(np.abs(y)))
    return np.asarray(gaps[np.minimum(size[gaps], size[gaps + 1]) * (x[gaps + 1] - x[gaps]) > least])


def _power(x: Floats, y: Floats, slope: Floats, start: NDArray[np.intp], step: int) -> Floats:
    """For each point `start`, from which a pole lies against the direction `step`, what the points beyond tell of it.

    Let d be the distance from the pole in units of the gap, and y = y* + c d^a + b d. Then the slope times d is
    a (y - y*) + (1 - a) b d. Differences of this from point to point are linear in the first distance, in a and in
    (1 - a) b. The rows are the first distance, a, y - y* at the first point, and y*.
    """
    along = start + step * np.arange(POLE_POINTS)[:, None]
    gap = np.abs(x[start] - x[start - step])
    far = np.abs(x[along] - x[start]) / gap
    rise, values = slope[along] * step * gap, y[along]
    unit = np.abs(rise[0])
    matrix = np.array([-np.diff(rise / unit, axis=0), np.diff(values / unit, axis=0), np.diff(far, axis=0)])
    right = np.diff(rise / unit * far, axis=0)
    distance, exponent, linear = _solved(matrix.transpose(2, 1, 0), right.T).T
    above = (rise[0] - linear * unit) * distance / exponent
    return np.array([distance, exponent, above, values[0] - above])


def _solved(matrices: Floats, right: Floats) -> Floats:
    found = np.full(right.shape, np.nan)
    sound = np.flatnonzero(np.isfinite(matrices).all(axis=(1, 2)) & np.isfinite(right).all(axis=1))
    sound = sound[np.abs(np.linalg.det(matrices[sound])) > 1e-14]
    found[sound] = np.linalg.solve(matrices[sound], right[sound][:, :, None])[:, :, 0]
    return found


# How far the axis goes.


def window(y: Floats) -> tuple[float, float]:
    """The vertical range that shows the shape: all of it, unless poles would flatten the rest to a line."""
    finite = y[np.isfinite(y)]
    if not finite.size:
        return (np.nan, np.nan)
    low, high = float(finite.min()), float(finite.max())
    first, third = (float(quartile) for quartile in np.quantile(finite / 32, (0.25, 0.75)))
    reach = 3 * (third - first)  # a 32nd, so that no difference overflows
    inner_low, inner_high = max(low / 32, first - reach), min(high / 32, third + reach)
    if 0 < 3 * (inner_high - inner_low) < high / 32 - low / 32 and _runs_away(y / 32):
        return (32 * inner_low, 32 * inner_high)
    return (low, high)


def _runs_away(y: Floats) -> bool:
    """Whether the farthest value lies on a branch that grows like a pole.

    Toward a pole the steps grow by factors that grow themselves. A peak, a power or an exponential is
    not like that, however steep it is, and is never cut.
    """
    top = int(np.nanargmax(np.abs(y - np.nanmedian(y))))
    for branch in (y[top : top + 4], y[max(top - 3, 0) : top + 1][::-1]):
        steps = np.abs(np.diff(branch))
        if len(steps) == 3 and steps[0] / steps[1] > 1.2 * (steps[1] / steps[2]):
            return True
    return False
