"""How many eigenvalues of a symmetric matrix are positive and negative, proved for all matrices in an enclosure."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

Rows = Sequence[Sequence[arb]]


def signature(rows: Rows) -> tuple[int, int] | None:
    """The numbers of positive and of negative eigenvalues; None where one may be 0.

    By Sylvester's law a congruence Q^T H Q has as many of each, for any Q that has an inverse. Here Q is made of
    approximate eigenvectors. In each row of the product the diagonal outweighs all else, so that Gershgorin's discs lie
    on one side of 0; then neither the product nor Q is singular.
    """
    if len(rows) == 2:
        return _of_two(rows)
    product = _diagonal(rows) if len(rows) > 2 else rows
    if product is None:
        return None
    positive = 0
    for place, row in enumerate(product):
        rest = sum((abs(entry) for column, entry in enumerate(row) if column != place), arb(0))
        if not abs(row[place]) > rest:
            return None
        positive += bool(row[place] > 0)
    return positive, len(rows) - positive


def _of_two(rows: Rows) -> tuple[int, int] | None:
    """By the determinant and the first entry."""
    (a, b), (c, d) = rows
    determinant = a * d - b * c
    if determinant < 0:
        return 1, 1
    if determinant > 0:
        return (2, 0) if a > 0 else (0, 2) if a < 0 else None
    return None


def _diagonal(rows: Rows) -> Rows | None:
    """A congruent matrix that is nearly diagonal, each entry about 1 in size."""
    import numpy as np  # late, since two variables need none

    middle = np.array([[float(entry.mid()) for entry in row] for row in rows])
    if not np.isfinite(middle).all():
        return None
    values, vectors = np.linalg.eigh((middle + middle.T) / 2)
    vectors = vectors / np.sqrt(np.maximum(abs(values), 1e-300))
    if not np.isfinite(vectors).all():
        return None
    columns = [[arb(float(entry)) for entry in column] for column in vectors.T]
    return [[_form(rows, one, other) for other in columns] for one in columns]


def _form(rows: Rows, one: Sequence[arb], other: Sequence[arb]) -> arb:
    total = arb(0)
    for row, left in zip(rows, one, strict=True):
        for entry, right in zip(row, other, strict=True):
            total = total + left * entry * right
    return total
