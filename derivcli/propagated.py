"""What uncertainties of the variables make of a function: the record."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from derivcli.record_equality import equal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.floating[Any]]
    KindArray: TypeAlias = NDArray[np.uint8]

LINEAR = (None, "good", "off", "not decided")
"""What is known of the linear estimate, by the numbers in an array: None where nobody looked."""

GOOD, OFF, NOT_DECIDED = (LINEAR.index(word) for word in ("good", "off", "not decided"))


@dataclass(frozen=True, slots=True, eq=False)
class Propagated:
    """The uncertainty of one function at every point, by the law of propagation; all arrays have shape (points,).

    `inputs` are the standard uncertainties of the variables. `sigma` is the linear estimate of that of the value,
    the square root of the sum of c_i c_j r_ij u_i u_j, and `shares` are the parts of its square that each variable
    has, c_i u_i times the sum of c_j r_ij u_j; they add up to 1. `bias` is what the second order adds to the mean,
    half the sum of H_ij r_ij u_i u_j, and `second` the standard deviation with it; NaN where they are not known.
    `linear` says by its place in LINEAR whether `sigma` is right to 1 %, and `error` bounds its relative error where
    that is proved, else it is NaN. `low` and `high` enclose all values within three standard uncertainties of the
    point; NaN where no enclosure was found. `sensitivities` are the first derivatives c_i, and `correlations` the r_ij
    that are not 0.
    """

    inputs: dict[str, FloatArray]
    sigma: FloatArray
    shares: dict[str, FloatArray]
    bias: FloatArray
    second: FloatArray
    linear: KindArray
    error: FloatArray
    low: FloatArray
    high: FloatArray
    sensitivities: dict[str, FloatArray] = field(default_factory=dict)
    correlations: dict[tuple[str, str], float] = field(default_factory=dict)

    __eq__ = equal

    def first(self, count: int) -> Propagated:
        """The same at the first points."""
        found: dict[str, Any] = {}
        rows = [row.name for row in fields(self) if row.name != "correlations"]
        for name, each in ((name, getattr(self, name)) for name in rows):
            is_named = isinstance(each, dict)
            found[name] = {key: values[:count] for key, values in each.items()} if is_named else each[:count]
        return Propagated(**found, correlations=self.correlations)
