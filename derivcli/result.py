"""What a calculation gives back: the structure that every format reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivcli.check.verdict import Verdicts
    from derivcli.language.expression import Expression

    FloatArray: TypeAlias = NDArray[np.floating[Any]]
    KindArray: TypeAlias = NDArray[np.uint8]

DTYPES = ("float64", "float32")
"""The number formats that can be asked for."""

FLAGS = ("corner", "jump", "edge", "vertical", "branch", "infinite", "undefined")
"""What a point can touch, in the order of the bits in `Result.flags`."""

ORDERS = range(1, 7)
"""The orders of derivatives that nested backward passes are asked for; each costs several times the one before."""

SMALL = 100
"""Jobs of no more derivatives than these are checked without being asked to."""


def derivative_key(name: str, order: int) -> str:
    """The key of a derivative: "x", or "x,x" for the second."""
    return ",".join([name] * order)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One function and its partial derivatives of one order at every point.

    `at`, `value` and each of `derivatives` are NumPy arrays of shape (points,), in the dtype that was
    asked for; the keys of `at` are names of variables, those of `derivatives` too or, above order one, the
    order spelled out: "x,x".
    `flags`, shape (points,), has bit k set where the computation touched a place of kind `FLAGS[k]`:
    there PyTorch's derivative is a convention and may be no derivative at all.
    `verdicts` holds what the check found for each derivative, and `value_verdicts` for the value: None in
    place of a verdict, and no verdicts at all, where nothing was checked.
    """

    expression: Expression
    at: dict[str, FloatArray]
    value: FloatArray
    derivatives: dict[str, FloatArray]
    flags: KindArray
    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    value_verdicts: Verdicts | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SymbolicResult:
    """One function and its partial derivatives of one order as formulas, keyed as in a `Result`."""

    expression: Expression
    derivatives: dict[str, Expression]
