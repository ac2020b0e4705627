"""Whether what was found differs from the truth, so that a command's exit status is 1."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.check.verdict import Verdicts
from derivcli.propagated import OFF
from derivcli.result import AnyResult, Result, SeriesResult, SymbolicResult


def results_differ(results: Sequence[AnyResult]) -> bool:
    """Whether a checked number misleads, or the linear estimate of an uncertainty."""
    if any(bool(verdicts.differs.any()) for result in results for verdicts in _verdicts_of(result)):
        return True
    spreads = [result.propagated for result in results if isinstance(result, Result)]
    return any(bool((spread.linear == OFF).any()) for spread in spreads if spread is not None)


def _verdicts_of(result: AnyResult) -> list[Verdicts]:
    if isinstance(result, SymbolicResult):
        return []
    if isinstance(result, SeriesResult):
        return list(result.verdicts)
    values = [] if result.value_verdicts is None else [result.value_verdicts]
    return [*result.verdicts.values(), *result.elasticity_verdicts.values(), *values]
