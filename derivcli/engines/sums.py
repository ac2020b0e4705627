"""What an operator of vector calculus makes of the partial derivatives of several functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.result import derivative_key

if TYPE_CHECKING:
    from derivcli.result import FloatArray, Result, Sum, Sums


def summed(results: Sequence[Result], sums: Sequence[Sums]) -> list[Result]:
    """The functions with sums of derivatives in the place of these; as they are where there are none to be summed."""
    if not any(sums):
        return list(results)
    import numpy as np  # late, since the stages before numbers need none

    functions = tuple(result.expression for result in results)
    with np.errstate(all="ignore"):
        return [
            replace(
                result,
                derivatives={key: _total(results, total) for key, total in each.items()},
                sums=each,
                functions=functions if each else (),
            )
            for result, each in zip(results, sums, strict=True)
        ]


def _total(results: Sequence[Result], total: Sum) -> FloatArray:
    numbers = [(term.sign, results[term.place].derivatives[derivative_key(term.partial)]) for term in total]
    (sign, first), *others = numbers
    found = first.copy() if sign > 0 else -first
    for sign, values in others:
        found = found + values if sign > 0 else found - values
    return found
