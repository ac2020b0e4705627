"""Whether what was found differs from the truth, so that a command's exit status is 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivcli.result import SeriesResult, SymbolicResult

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.custom.report import FunctionReport
    from derivcli.explain.answer.answer import Answer
    from derivcli.result import AnyResult


def results_differ(results: Sequence[AnyResult]) -> bool:
    """Whether a checked number misleads."""
    return any(bool(verdicts.differs.any()) for result in results for verdicts in _verdicts_of(result))


def claim_differs(answer: Answer) -> bool:
    """Whether a claim is no derivative, or is not known to be one."""
    return not answer.equal


def function_differs(report: FunctionReport) -> bool:
    """Whether something is wrong with a user's own function."""
    return not report.ok


def _verdicts_of(result: AnyResult) -> list[Verdicts]:
    if isinstance(result, SymbolicResult):
        return []
    if isinstance(result, SeriesResult):
        return list(result.verdicts)
    values = [] if result.value_verdicts is None else [result.value_verdicts]
    return [*result.verdicts.values(), *values]
