"""The law of propagation: what uncertain inputs make of the value of a function, and whether its estimate is right.

`sigma` and the shares come from the derivatives that an engine computed. All else is found in ball arithmetic from the
formula alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from derivcli.points.standard_uncertainties import correlation_matrix
from derivcli.propagated import NOT_DECIDED, Propagated
from derivcli.uncertainty.correlations import Factor, factor

if TYPE_CHECKING:
    from derivcli.engines.task import Progress
    from derivcli.points.points import Points
    from derivcli.result import FloatArray, Result

LEAST_PRODUCT = 1e-140
"""Squares of products that are larger than this, and smaller than its inverse, are far inside the range of float64."""

LEAST_EXPONENT = -10_000
"""That of 0, below all others."""


def propagated(
    result: Result,
    points: Points,
    inputs: Mapping[str, FloatArray],
    correlations: Mapping[tuple[str, str], float],
    judge: bool,
    progress: Progress | None = None,
) -> Propagated:
    """What the uncertainties of the inputs make of the value of a function at every point.

    `inputs` are standard uncertainties, shape (points,), and the result has the derivatives by all of them. With
    `judge` it is found out what is known of the linear estimate, where inputs are normal and cut at six standard
    uncertainties.
    """
    names = [*inputs]
    matrix = correlation_matrix(names, correlations)
    sigma, shares = linear_estimates(
        [result.derivatives[name] for name in names], [inputs[name] for name in names], matrix
    )
    sigma = np.where(np.isfinite(result.value), sigma, np.nan)
    count = len(sigma)
    bias, second, error, low, high = np.full((5, count), np.nan)
    linear = np.zeros(count, np.uint8)
    found = Propagated(
        dict(inputs), sigma, dict(zip(names, shares, strict=True)), bias, second, linear, error, low, high
    )
    if judge:
        _judge(found, result, points, matrix, progress)
    return found


def linear_estimates(
    slopes: Sequence[FloatArray], sizes: Sequence[FloatArray], matrix: FloatArray
) -> tuple[FloatArray, list[FloatArray]]:
    """The linear estimates of the uncertainty and the share of each input in their squares.

    Very large or small products are scaled by powers of two, so that none of them overflows or is rounded away.
    """
    slopes, sizes = ([np.asarray(each, np.float64) for each in columns] for columns in (slopes, sizes))
    columns = _independent_columns(matrix)
    with np.errstate(all="ignore"):
        terms = [slope * size for slope, size in zip(slopes, sizes, strict=True)]
        sigma, shares = _estimated(terms, matrix, columns)
        largest = np.max(np.abs(terms), axis=0)
        extreme = np.flatnonzero(~((largest > LEAST_PRODUCT) & (largest < 1 / LEAST_PRODUCT)))
        if extreme.size:
            scaled, exponent = _scaled_products([each[extreme] for each in slopes], [each[extreme] for each in sizes])
            some, some_shares = _estimated(scaled, matrix, columns)
            sigma[extreme] = np.ldexp(some, exponent)
            for share, each in zip(shares, some_shares, strict=True):
                share[extreme] = each
    return sigma, shares


def _independent_columns(matrix: FloatArray) -> FloatArray | None:
    """The independent parts that correlated inputs are made of, each a row; None where they are not known exactly."""
    parts = factor(matrix)
    return None if parts is None else parts.matrix.T


def _estimated(
    terms: Sequence[FloatArray], matrix: FloatArray, columns: FloatArray | None
) -> tuple[FloatArray, list[FloatArray]]:
    """The estimates from the products of derivatives and uncertainties.

    With correlations they are sums over independent parts, so that what cancels in exact arithmetic does here.
    """
    weighted = [_combined(row, terms) for row in matrix]
    if columns is None:
        variance = sum(term * each for term, each in zip(terms, weighted, strict=True))
    else:
        variance = sum(np.square(_combined(column, terms)) for column in columns)
    variance = np.maximum(variance, 0)
    shares: list[FloatArray] = [term * each / variance for term, each in zip(terms, weighted, strict=True)]
    for share in shares:
        share[~(variance > 0)] = np.nan
    return np.sqrt(variance), shares


def _combined(factors: FloatArray, terms: Sequence[FloatArray]) -> FloatArray:
    """The sum of multiples of some columns."""
    found: FloatArray | None = None
    for number, term in zip(factors.tolist(), terms, strict=True):
        if number:
            each = term if number == 1 else number * term
            found = each if found is None else found + each
    return np.zeros_like(terms[0]) if found is None else found


def _scaled_products(
    slopes: Sequence[FloatArray], sizes: Sequence[FloatArray]
) -> tuple[list[FloatArray], NDArray[np.int64]]:
    """The derivatives times the uncertainties over a power of two, and its exponent; an input of size 0 adds 0."""
    products: list[tuple[Any, Any]] = []
    for slope, size in zip(slopes, sizes, strict=True):
        slope = np.where(size == 0, 0.0, np.asarray(slope, np.float64))
        (one, first), (other, second) = np.frexp(slope), np.frexp(np.asarray(size, np.float64))
        number = np.where(np.isfinite(slope), one * other, np.nan)
        products.append((number, np.where(number == 0, LEAST_EXPONENT, first.astype(np.int64) + second)))
    exponent = np.max([power for _, power in products], axis=0)
    scaled = [np.ldexp(number, np.maximum(power - exponent, LEAST_EXPONENT)) for number, power in products]
    return scaled, np.where(exponent == LEAST_EXPONENT, 0, exponent)


def _judge(found: Propagated, result: Result, points: Points, matrix: FloatArray, progress: Progress | None) -> None:
    """Find out what is known of the estimate at every point."""
    found.linear[:] = NOT_DECIDED
    if result.dependent or result.sums or result.total or result.expression.custom_functions:
        return
    from derivcli.check.enclosure import restored_context
    from derivcli.check.judge import coordinates
    from derivcli.engines.balls.tape import record
    from derivcli.uncertainty.linear_estimate import Question, estimate

    names = result.expression.variables
    tape = record(result.expression.expanded, names)
    places = np.flatnonzero(result.finite).tolist()
    factors: dict[tuple[str, ...], Factor | None] = {}
    with restored_context():
        for done, point in enumerate(places):
            sizes = {name: float(size[point]) for name, size in found.inputs.items() if name in names}
            if all(np.isfinite(size) and size >= 0 for size in sizes.values()):
                sizes = {name: size for name, size in sizes.items() if size}
                key = tuple(sizes)
                if key not in factors:
                    rows = [[*found.inputs].index(name) for name in key]
                    factors[key] = factor(matrix[np.ix_(rows, rows)])
                at = coordinates(result.at, points, names, point)
                known = estimate(Question(tape, at, sizes, factors[key], float(found.sigma[point])))
                for column, value in (
                    *((found.linear, known.linear), (found.error, known.error), (found.bias, known.bias)),
                    *((found.second, known.second), (found.low, known.low), (found.high, known.high)),
                ):
                    column[point] = value
            if progress is not None:
                progress("judging uncertainties", done + 1, len(places))
