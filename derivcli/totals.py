"""Totals over all points: the sum or the mean of the values, and its derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError

if TYPE_CHECKING:
    from derivcli.check.total import TrueTotal
    from derivcli.engines.exact_sum import ExactSum
    from derivcli.points.points import Points
    from derivcli.request import Request
    from derivcli.result import Result


def fixed_names(points: Points | None) -> list[str]:
    """The variables that have one value for all points."""
    return [axis.name for axis in points.axes if axis.count == 1] if points is not None else []


def by_parameters(request: Request) -> Request:
    """The request for a total; unless it says otherwise, by the variables that are the same at all points."""
    names = [name for name in fixed_names(request.points) if name != request.dependent]
    says = request.wrt is not None or request.mixed or request.along is not None
    return request if says or not names else replace(request, wrt=names)


def totalled(results: Sequence[Result], request: Request) -> list[Result]:
    """The total of results at points that were typed."""
    assert request.points is not None, "a total has points"
    fixed = tuple(axis for axis in request.points.axes if axis.count == 1)
    total = Total(request.total, replace(request.points, axes=fixed))
    total.add(results)
    return total.results()


def shifted_note(request: Request, names: Sequence[str]) -> list[str]:
    """What derivatives of a total by variables are that differ from point to point."""
    fixed = fixed_names(request.points)
    moved = [name for name in request.by(names) if name not in fixed]
    if not moved:
        return []
    return [f"derivatives of the {request.total} by {', '.join(moved)} are those by a shift of all its values"]


@dataclass(slots=True)
class _Column:
    """One number at all points: its sum, and that of the true numbers behind it."""

    found: ExactSum
    true: TrueTotal

    @staticmethod
    def empty() -> _Column:
        from derivcli.check.total import TrueTotal
        from derivcli.engines.exact_sum import ExactSum

        return _Column(ExactSum(), TrueTotal())


@dataclass(slots=True)
class Total:
    """The total of what is added, a "sum" or a "mean"; `points` are the values that all points share.

    It takes the same memory however many points there are, and does not depend on their order.
    """

    kind: str
    points: Points
    rows: int = 0
    unusual: int = 0
    """Rows with a number that is not finite, which make a total none."""
    _columns: list[dict[str, _Column]] = field(default_factory=list)
    _first: list[Result] = field(default_factory=list)

    def add(self, results: Sequence[Result]) -> None:
        """Add the numbers at some points."""
        import numpy as np

        if not self._first:
            self._first = [result.first(0) for result in results]
            self._columns = [{key: _Column.empty() for key in ("", *result.derivatives)} for result in results]
        bad = np.zeros(len(results[0].flags), np.bool_)
        for place, (result, columns) in enumerate(zip(results, self._columns, strict=True)):
            first = self._first[place]
            flags = np.bitwise_or.reduce(np.concatenate([first.flags, result.flags]), initial=0)
            self._first[place] = replace(first, flags=np.array([flags], np.uint8))
            for key, column in columns.items():
                values = result.derivatives[key] if key else result.value
                bad |= ~np.isfinite(values)
                column.found.add(values)
                column.true.add(result.verdicts.get(key) if key else result.value_verdicts)
        self.rows += len(bad)
        self.unusual += int(bad.sum())

    def results(self) -> list[Result]:
        """The total as one point."""
        if not self.rows:
            raise DerivError("there is no point to add up", hint="give points, as in `--at x=1,2,3`")
        return [self._result(first, columns) for first, columns in zip(self._first, self._columns, strict=True)]

    def _result(self, first: Result, columns: dict[str, _Column]) -> Result:
        import numpy as np

        dtype, count = first.value.dtype, self.rows if self.kind == "mean" else 1
        with np.errstate(over="ignore"):
            numbers = {key: np.array([column.found.over(count)]).astype(dtype) for key, column in columns.items()}
        judged = {
            key: column.true.verdicts(float(numbers[key][0]), str(dtype), count) for key, column in columns.items()
        }
        verdicts = {key: each for key, each in judged.items() if each is not None}
        return replace(
            first,
            at={name: values[:1] for name, values in self.points.at.items()} if self.points.axes else {},
            value=numbers.pop(""),
            derivatives=numbers,
            value_verdicts=verdicts.pop("", None),
            verdicts=verdicts,
            total=self.kind,
            rows=self.rows,
            typed={},
        )

    def notes(self) -> list[str]:
        """What is to be said of rows without a number."""
        if not self.unusual:
            return []
        rows = "1 point has" if self.unusual == 1 else f"{self.unusual:,} points have"
        way_out = "leave such rows out of the file, or say what they count, as in if(x > 0, log(x), 0)"
        sums = [column.found for columns in self._columns for column in columns.values()]
        some = f"not all numbers of the {self.kind} are"
        what = some if any(found.is_finite for found in sums) else f"the {self.kind} has none that is"
        return [f"{rows} a number that is not finite, so that {what}: {way_out}"]
