"""A measurement as a formula and as a plain function of NumPy, whose standard deviation draws tell.

No code is shared with what is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CHUNK = 250_000


@dataclass(frozen=True)
class Measurement:
    """A formula, the same in NumPy, and its inputs: a value and a standard uncertainty for each."""

    name: str
    formula: str
    function: Callable[..., Any]
    inputs: Mapping[str, tuple[float, float]]
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def at(self) -> dict[str, float]:
        """The values."""
        return {name: value for name, (value, _) in self.inputs.items()}

    @property
    def sizes(self) -> dict[str, float]:
        """The uncertainties."""
        return {name: size for name, (_, size) in self.inputs.items()}


def deviation_drawn(case: Measurement, draws: int, seed: int) -> tuple[float, float]:
    """The standard deviation of so many values drawn, and the standard error of that, relatively.

    Where the function has no value it is left out.
    """
    generator, names = np.random.default_rng(seed), list(case.inputs)
    matrix = np.eye(len(names))
    for (one, other), r in case.correlations.items():
        matrix[names.index(one), names.index(other)] = matrix[names.index(other), names.index(one)] = r
    weights, vectors = np.linalg.eigh(matrix)
    mixing = vectors * np.sqrt(np.maximum(weights, 0))
    centre = float(case.function(**{name: np.array([value]) for name, value in case.at.items()})[0])
    sums = np.zeros(5)
    with np.errstate(all="ignore"):
        for _ in range(0, draws, CHUNK):
            z = mixing @ generator.standard_normal((len(names), CHUNK))
            moved = {name: case.at[name] + case.sizes[name] * row for name, row in zip(names, z, strict=True)}
            values = np.broadcast_to(case.function(**moved), CHUNK) - (centre if np.isfinite(centre) else 0)
            values = values[np.isfinite(values)]
            sums += [float((values**power).sum()) for power in range(5)]
    means = sums / sums[0]
    shift = means[1]
    variance = max(means[2] - shift**2, 0.0)
    fourth = means[4] - 4 * shift * means[3] + 6 * shift**2 * means[2] - 3 * shift**4
    if variance == 0:
        return 0.0, 0.0
    return float(np.sqrt(variance)), float(np.sqrt(max(fourth - variance**2, 0) / sums[0]) / (2 * variance))
