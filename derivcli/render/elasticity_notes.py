"""What is said of elasticities that there are none of."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.result import Result


def undefined_elasticities(results: Sequence[Result]) -> int:
    """How many elasticities are no numbers."""
    if not any(result.elasticities for result in results):
        return 0
    import numpy as np  # late, since formulas need none

    return sum(int(np.isnan(values).sum()) for result in results for values in result.elasticities.values())


def elasticity_notes(count: int) -> list[str]:
    """Why so many elasticities are no numbers."""
    if not count:
        return []
    which = "1 elasticity is" if count == 1 else f"{count:,} elasticities are"
    return [f"{which} not defined, or not known: the value is 0 or not finite there"]
