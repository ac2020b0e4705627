"""Where a job's points come from: what was typed, or the columns of data files and what was typed beside them."""

from __future__ import annotations

import io
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from derivcli.errors import DerivError, draw_note, visible

if TYPE_CHECKING:
    from derivcli.points.files.data_source import Data
    from derivcli.points.points import Points
    from derivcli.request import Request

    Part: TypeAlias = tuple[Points, Any]
    """Some points, and the rows of a data file that they come from or None."""


@dataclass(frozen=True, slots=True)
class Source:
    """The points typed, and the data files whose columns give the other variables."""

    typed: Points
    data: Data | None = None
    mapped: Collection[str] = ()
    """Variables whose columns were named."""

    @property
    def columns(self) -> Mapping[str, str]:
        """The headers of the variables that columns can give."""
        return self.data.variables if self.data else {}

    def check_used(self, names: Collection[str]) -> None:
        """Refuse a column that was named for no variable."""
        for name in self.mapped:
            if name not in names:
                raise DerivError(f"'{name}' has a column but does not occur here", hint="leave out its --column")

    def remarks(self, names: Collection[str]) -> list[str]:
        """What to say of variables that a formula without the file would read as constants."""
        from derivcli.language.functions.table import CONSTANTS

        hidden = [name for name in names if name in CONSTANTS and name in self.columns]
        return [f"'{name}' is the column of the file here, not the constant" for name in hidden]

    @property
    def files(self) -> Sequence[Path]:
        """The files that are read."""
        return self.data.files if self.data else ()

    @property
    def untyped(self) -> bool:
        """Whether all columns are texts, since the format of the files knows nothing else."""
        return self.data is not None and self.data.untyped

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the points typed and the files."""
        return [*map(draw_note, self.typed.notes), *map(visible, self.data.notes if self.data else [])]

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the columns that go along into an output."""
        return self.data.headers if self.data else ()

    @property
    def count(self) -> int | None:
        """How many points there are, where that is known."""
        return self.data.count if self.data else self.typed.count

    @property
    def expected(self) -> int | None:
        """How many points there will be, as far as can be told by now."""
        return self.data.expected if self.data else self.typed.count

    def parts(self, names: Sequence[str], size: int, passed: bool) -> Iterator[Part]:
        """The points with these variables, in parts of at most so many."""
        if self.data is None:
            yield from ((part, None) for part in self.typed.parts(size))
            return
        from derivcli.points.points import Points, given

        columns = [name for name in names if name not in self.typed.names]
        if not columns:
            from derivcli.points.files.data_source import listed

            hint = f"the file has {listed(self.data.headers)}; leave out --data, or name a column as a variable"
            raise DerivError("no column of the file occurs in the formula", hint=hint)
        for chunk in self.data.chunks(columns, size, passed):
            yield Points((*given(chunk.at).axes, *self.typed.axes), paired=True), chunk.rows

    def counted(self, names: Sequence[str], size: int, passed: bool, enough: int) -> tuple[Iterator[Part], int | None]:
        """The parts, and how many points there are; None where there are more than `enough` and nothing tells.

        Only so many points are read ahead. The rows have all columns where these are to be `passed` on.
        """
        parts = self.parts(names, size, passed)
        if self.count is not None:
            return parts, self.count
        head: list[Part] = []
        count = 0
        while count <= enough:
            part = next(parts, None)
            if part is None:
                return iter(head), count
            head.append(part)
            count += part[0].count
        return chain(head, parts), None

    def whole(self, parts: Iterable[Part]) -> Points:
        """All points, held in memory."""
        from derivcli.language.limits import check_points_held

        if self.data is None:
            check_points_held(self.typed.count)
            return self.typed
        import numpy as np

        from derivcli.points.points import Points, given

        found: list[Points] = []
        count = 0
        for part, _ in parts:
            found.append(part)
            count += part.count
            check_points_held(count)
        names = [name for name in found[0].names if name not in self.typed.names]
        at = {name: np.concatenate([part.at[name] for part in found]) for name in names}
        return Points((*given(at).axes, *self.typed.axes), paired=True)


@contextmanager
def opened(request: Request) -> Iterator[Source]:
    """The source of a request's points, whose files are open until the block ends."""
    assert request.points is not None, "there are points"
    if request.data is None:
        yield Source(request.points)
        return
    from derivcli.points.files.data_source import open_data

    with open_data(request.data, _standard_input(request.data.paths)) as data:
        for name in request.points.names:
            if name in data.variables or name in data.repeated:
                message = f"'{name}' is a column of the file and has a value too"
                raise DerivError(message, hint="leave out one of the two")
        yield Source(request.points, data, request.data.columns)


def _standard_input(paths: Sequence[str]) -> BinaryIO:
    """Standard input, which the caller may have closed."""
    if sys.stdin is not None:
        return sys.stdin.buffer
    if "-" in paths:
        raise DerivError("standard input is closed", hint="name a file, or pipe one in, as in deriv ... < FILE")
    return io.BytesIO()
