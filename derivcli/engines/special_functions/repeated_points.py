"""Points that repeat the last one, as a short chunk is filled up with: they are computed once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def distinct_count(arrays: Iterable[NDArray[Any]]) -> int:
    """At how many points, the last axis of all arrays, something has to be computed: the rest repeat the last."""
    same = np.logical_and.reduce([(x == x[..., -1:]).reshape(-1, x.shape[-1]).all(axis=0) for x in arrays])
    others = np.flatnonzero(~same)
    return min(int(others[-1]) + 2, len(same)) if len(others) else 1
