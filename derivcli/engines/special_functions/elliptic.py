"""Elliptic integrals by double exponential quadrature, accurate to the end of an interval that is singular there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from derivcli.engines.special_functions.repeated_points import distinct_count

Array = NDArray[np.float64]

HALF_PI = np.pi / 2
HALF_PI_REST = 6.123233995736766e-17
"""What pi/2 is more than its float64."""
NODE_STEP = 1 / 64
NODE_STEPS = 230
"""Steps to either side. The weights there are below 1e-24."""
BLOCK_POINTS = 1024
"""Points that are integrated together. Each takes a row of as many numbers as there are nodes."""

_U = NODE_STEP * np.arange(-NODE_STEPS, NODE_STEPS + 1)
LEFT_NODES = 1 / (1 + np.exp(-np.pi * np.sinh(_U)))
RIGHT_NODES = 1 / (1 + np.exp(np.pi * np.sinh(_U)))
WEIGHTS = NODE_STEP * np.pi * np.cosh(_U) * LEFT_NODES * RIGHT_NODES
"""Nodes of the interval from 0 to 1 by their distance from either end, and their weights."""


def ellipint(p: Array, i: Array, j: Array, n: Array, z: Array, m: Array) -> Array:
    """The integral of sin(t)^(2p) (1 - n sin(t)^2)^(-i) (1 - m sin(t)^2)^(1/2 - j) for t from 0 to z."""
    grid = np.broadcast_arrays(p, i, j, n, z, m)
    if not grid[0].size:
        return np.empty(grid[0].shape)
    flat = [part.ravel() for part in grid]
    count = distinct_count(flat)
    blocks = [
        _periods(*(part[at : min(at + BLOCK_POINTS, count)] for part in flat)) for at in range(0, count, BLOCK_POINTS)
    ]
    found = np.concatenate([*blocks, np.repeat(blocks[-1][-1:], flat[0].size - count)])
    return found.reshape(grid[0].shape)


def _periods(p: Array, i: Array, j: Array, n: Array, z: Array, m: Array) -> Array:
    """The integral over whole periods, and over what is left of either sign."""
    with np.errstate(all="ignore"):
        halves = np.round(np.abs(z) / np.pi)
        rest = np.abs(z) - 2 * halves * HALF_PI - 2 * halves * HALF_PI_REST
        found = np.sign(rest) * _within(p, i, j, n, np.abs(rest), m)
        if halves.any():
            whole = _within(p, i, j, n, np.full_like(z, HALF_PI), m)
            found = found + np.where(halves > 0, 2 * halves * whole, 0)
        return np.sign(z) * found


def _within(p: Array, i: Array, j: Array, n: Array, z: Array, m: Array) -> Array:
    """The integral for z from 0 to pi/2. It is NaN where the integrand has a pole or is not real on the way.

    The float64 next to pi/2 is taken as pi/2 itself: where m is near 1 even that difference shows.
    """
    column = z[:, None]
    sine = np.where(LEFT_NODES < 0.5, np.sin(column * LEFT_NODES), np.sin(column - column * RIGHT_NODES))
    back = column * RIGHT_NODES
    cosine = np.cos(column) * np.cos(back) + np.sin(column) * np.sin(back)
    first, second = (_one_minus(factor[:, None], sine, cosine) for factor in (n, m))
    values = row_powers(sine, 2 * p) * row_powers(first, -i) * row_powers(second, 0.5 - j)
    rest = HALF_PI_REST * (1 - n) ** -i * (1 - m) ** (0.5 - j)
    found = z * (values * WEIGHTS).sum(axis=1) + np.where(z == HALF_PI, rest, 0)
    end = np.sin(z) ** 2
    allowed = ((i == 0) | (n * end < 1)) & (m * end <= 1) & ((j < 1) | (m * end < 1))
    return np.where(allowed, found, np.nan)


def row_powers(rows: Array, exponents: Array) -> Array:
    """Each row to a power of its own: by one way, where NumPy has others for the square or root of one row alone."""
    return np.power(rows, np.repeat(exponents, rows.shape[-1]).reshape(rows.shape))


def _one_minus(factor: Array, sine: Array, cosine: Array) -> Array:
    """1 - factor * sine^2, without cancellation where the factor is between 0 and 1."""
    made: Array = np.where(factor > 0, (1 - factor) + factor * cosine**2, 1 - factor * sine**2)
    return made
