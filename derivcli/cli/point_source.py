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

from derivcli.cli.options import Calculation
from derivcli.errors import DerivError, draw_note, visible

if TYPE_CHECKING:
    from derivcli.points.files.data_source import Data
    from derivcli.points.points import Points
    from derivcli.validation import Known

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
    def known(self) -> Known:
        """The variables that have values: those typed, and columns.

        A column that happens to be called like a function is a variable only where that was said.
        """
        from derivcli.language.functions.table import vocabulary
        from derivcli.validation import Known

        declared = {name for name in (*self.columns, *self.repeated) if name not in vocabulary() or name in self.mapped}
        return Known(self.typed.names, list(self.columns), declared, self.way_out)

    @property
    def columns(self) -> Mapping[str, str]:
        """The headers of the variables that columns can give."""
        return self.data.variables if self.data else {}

    @property
    def repeated(self) -> Mapping[str, Sequence[str]]:
        """The headers of each name that several columns share."""
        return self.data.repeated if self.data else {}

    def way_out(self, name: str) -> str:
        """What to say of a variable without a value: how to type it, and why no column is it."""
        from derivcli.validation import typed

        if name in self.repeated:
            shown = " and ".join(f"'{header.strip()}'" for header in dict.fromkeys(self.repeated[name]))
            return f"{len(self.repeated[name])} columns of the file are named {shown}: rename one of them"
        from derivcli.points.files.data_source import listed

        shown = listed(self.headers)
        return typed(name) + (f", or name its column with --column {name}=...: the file has {shown}" if shown else "")

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
def opened(job: Calculation) -> Iterator[Source]:
    """The source of a job's points, whose files are open until the block ends."""
    from derivcli.points.at_option import read_points

    if job.data is None:
        yield Source(read_points(job.at, job.paired))
        return
    if job.paired:
        raise DerivError("--zip pairs what is typed, and the rows of a file are paired", hint="leave out --zip")
    typed = read_points(job.at)
    for axis in typed.axes:
        if axis.count > 1:
            message = f"'{axis.name}' has {axis.count:,} values, and each row of the file is one point"
            raise DerivError(message, hint=f"give it one value, as in --at {axis.name}=1")
    from derivcli.points.files.data_source import open_data

    with open_data(job.data, _standard_input(job.data.paths)) as data:
        for name in typed.names:
            if name in data.variables or name in data.repeated:
                message = f"'{name}' is a column of the file and has a value too"
                raise DerivError(message, hint="leave out one of the two")
        yield Source(typed, data, job.data.columns)


def _standard_input(paths: Sequence[str]) -> BinaryIO:
    """Standard input, which the caller may have closed."""
    if sys.stdin is not None:
        return sys.stdin.buffer
    if "-" in paths:
        raise DerivError("standard input is closed", hint="name a file, or pipe one in, as in deriv ... < FILE")
    return io.BytesIO()
