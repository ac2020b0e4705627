"""Orthogonal polynomials by their recurrences in the degree, over arrays and over series alike.

The polynomial of degree 0 is 1, those of a negative degree are 0. The step of a recurrence goes from the polynomials of
degree k and k - 1 to that of degree k + 1 (DLMF 18.9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

RecurrenceStep: TypeAlias = Callable[..., Any]
"""Takes k, the polynomials of degree k and k - 1, and the parameters behind the degree."""

RECURRENCES: Mapping[str, RecurrenceStep] = {
    "chebyshevt": lambda k, now, before, x: 2 * x * now - before if k else x * now,
    "hermite": lambda k, now, before, x: 2 * x * now - 2 * k * before,
    "hermite_prob": lambda k, now, before, x: x * now - k * before,
    "gegenbauer": lambda k, now, before, a, x: (2 * (k + a) * x * now - (k + 2 * a - 1) * before) / (k + 1),
    "assoc_laguerre": lambda k, now, before, a, x: ((2 * k + 1 + a - x) * now - (k + a) * before) / (k + 1),
}
