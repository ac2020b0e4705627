"""What a calculation gives back: the structure that every format reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivcli.language.expression import Expression

    FloatArray: TypeAlias = NDArray[np.floating[Any]]
    KindArray: TypeAlias = NDArray[np.uint8]

DTYPES = ("float64", "float32")
"""The number formats that can be asked for."""

FLAGS = ("corner", "jump", "edge", "vertical", "branch", "infinite", "undefined")
"""What a point can touch, in the order of the bits in `Result.flags`."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One function and its first partial derivatives at every point.

    `at`, `value` and each of `derivatives` are NumPy arrays of shape (points,), in the dtype that was
    asked for; the keys of `at` and `derivatives` are names of variables.
    `flags`, shape (points,), has bit k set where the computation touched a place of kind `FLAGS[k]`:
    there PyTorch's derivative is a convention and may be no derivative at all.
    """

    expression: Expression
    at: dict[str, FloatArray]
    value: FloatArray
    derivatives: dict[str, FloatArray]
    flags: KindArray


@dataclass(frozen=True, slots=True, eq=False)
class SymbolicResult:
    """One function and its first partial derivatives as formulas, keyed by variable."""

    expression: Expression
    derivatives: dict[str, Expression]
