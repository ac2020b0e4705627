"""The language's functions and constants: one row each, the table that everything else reads.

A row is data. Its formulas (`definition`, `derivatives`, `special`) are written in the language itself, over
the row's `parameters`. A row with a `definition` is a rewrite into other rows; a row without one is a
primitive and has one rule in each interpretation of a program.
"""

from __future__ import annotations

import copyreg
import math
from functools import cache
from typing import Any

from derivcli.language.functions.activations import ACTIVATIONS
from derivcli.language.functions.bessel import BESSEL
from derivcli.language.functions.elementary import POWERS, STEPS
from derivcli.language.functions.elliptic import ELLIPTIC
from derivcli.language.functions.gamma import GAMMA
from derivcli.language.functions.integrals import INTEGRALS
from derivcli.language.functions.polynomials import POLYNOMIALS
from derivcli.language.functions.row import Function
from derivcli.language.functions.trigonometric import HYPERBOLIC, TRIGONOMETRIC


def _plain_first(rows: tuple[Function, ...]) -> tuple[Function, ...]:
    return tuple(sorted(rows, key=lambda row: row.derivatives_of is not None))


_FAMILIES = {
    "powers and logarithms": POWERS,
    "trigonometric functions": TRIGONOMETRIC,
    "hyperbolic functions": HYPERBOLIC,
    "steps and extremes": STEPS,
    "gamma, beta and zeta functions": GAMMA,
    "error functions and integrals": INTEGRALS,
    "Bessel and Airy functions": BESSEL,
    "elliptic integrals": ELLIPTIC,
    "orthogonal polynomials": POLYNOMIALS,
    "activation functions": ACTIVATIONS,
}
FAMILIES: dict[str, tuple[Function, ...]] = {name: _plain_first(rows) for name, rows in _FAMILIES.items()}
"""The rows by what they have in common."""

FUNCTIONS: tuple[Function, ...] = tuple(row for rows in FAMILIES.values() for row in rows)

CONSTANTS: dict[str, float] = {"e": math.e, "E": math.e, "pi": math.pi, "tau": math.tau}
"""Names that are numbers unless the user declares them."""

CONSTANT_FORMULAS = {
    "EulerGamma": "-digamma(1)",
    "GoldenRatio": "(1+sqrt(5))/2",
    "Catalan": "(trigamma(1/4)-pi^2)/8",
}
"""Names of numbers in SymPy, and the formulas that they stand for."""


@cache
def vocabulary() -> dict[str, Function]:
    """Every name that can be called, aliases included, with its row."""
    return {name: row for row in FUNCTIONS for name in (row.name, *row.aliases)}


def row_named(name: str) -> Function:
    """The row of the table with a name."""
    return vocabulary()[name]


def _reduced(row: Function) -> tuple[Any, ...]:
    """How a row is pickled: one of the table by its name."""
    return (row_named, (row.name,)) if vocabulary().get(row.name) is row else row.__reduce__()


copyreg.pickle(Function, _reduced)
