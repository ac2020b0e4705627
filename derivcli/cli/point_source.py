"""Where the points of a request come from: what was typed, and the columns of data files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from derivcli.errors import DerivError, draw_note, visible
from derivcli.language.limits import check_points_held
from derivcli.optional_points import without_unused

if TYPE_CHECKING:
    from derivcli.points.files.batches import Passed
    from derivcli.points.files.data_files import DataFiles
    from derivcli.points.points import Part, Points
    from derivcli.points.standard_uncertainties import Spread
    from derivcli.request import Request


@dataclass(frozen=True, slots=True)
class PointSource:
    """The points typed, and the data files whose columns give the other variables."""

    typed: Points
    data: DataFiles | None = None
    spreads: Mapping[str, Spread | str] = field(default_factory=dict)
    """The uncertainties of columns, or the headers of the columns that hold these."""
    remarks: tuple[str, ...] = ()
    """What else is worth knowing about the points."""

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the points typed and the files."""
        of_files = self.data.notes if self.data else []
        return [*map(draw_note, self.typed.notes), *map(visible, (*self.remarks, *of_files))]

    @property
    def spread_columns(self) -> list[str]:
        """The variables whose uncertainties are columns."""
        return [name for name, spread in self.spreads.items() if isinstance(spread, str)]

    @property
    def count(self) -> int | None:
        """How many points there are, where that is known."""
        return self.data.count if self.data else self.typed.count

    @property
    def expected(self) -> int | None:
        """How many points there will be, as far as can be told by now."""
        return self.data.expected if self.data else self.typed.count

    def parts(self, names: Sequence[str], size: int, passed: Passed) -> Iterator[Part]:
        """The points with these variables, in parts of at most so many."""
        from derivcli.points.points import Part
        from derivcli.points.standard_uncertainties import sigma_column, with_columns

        if self.data is None:
            yield from (Part(points, None) for points in self.typed.parts(size))
            return
        columns = [name for name in names if name not in self.typed.names]
        if not columns:
            from derivcli.points.files.data_files import headers_shown

            hint = f"the file has {headers_shown(self.data.headers)}; leave out --data, or name a column as a variable"
            raise DerivError("no column of the file occurs in the formula", hint=hint)
        spreads = {name: spread for name, spread in self.spreads.items() if name in columns}
        columns += [sigma_column(name) for name, spread in spreads.items() if isinstance(spread, str)]
        for part in self.data.parts(columns, size, passed):
            points = with_columns(part.points, spreads)
            yield part._replace(points=replace(points, axes=(*points.axes, *self.typed.axes)))

    def counted(
        self, names: Sequence[str], size: int, passed: Passed, enough: int
    ) -> tuple[Iterator[Part], int | None]:
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
            count += part.points.count
        return chain(head, parts), None

    def whole(self, parts: Iterable[Part]) -> Points:
        """All points, held in memory."""
        if self.data is None:
            check_points_held(self.typed.count)
            return self.typed
        import numpy as np

        from derivcli.points.points import Values, points_from_arrays

        found: list[Points] = []
        count = 0
        for part in parts:
            found.append(part.points)
            count += part.points.count
            check_points_held(count)
        names = [name for name in found[0].names if name not in self.typed.names]
        columns = points_from_arrays({name: np.concatenate([points.at[name] for points in found]) for name in names})
        sigmas = {name: np.concatenate([points.sigmas[name] for points in found]) for name in self.spreads}
        axes = [
            replace(axis, sigma=(Values(sigmas[axis.name]),)) if axis.name in sigmas else axis for axis in columns.axes
        ]
        return replace(columns, axes=(*axes, *self.typed.axes))


@contextmanager
def opened(request: Request) -> Iterator[tuple[PointSource, Request]]:
    """The source of a request's points, whose files are open until the block ends, and the request with these points.

    Values that may go unused are no points where no formula takes them.
    """
    from derivcli.points.standard_uncertainties import with_sigma

    assert request.points is not None, "there are points"
    if request.data is None:
        yield PointSource(with_sigma(request.points, request.sigma)), request
        return
    from derivcli.points.files.data_files import open_data

    with open_data(request.data, _standard_input(request.data.paths)) as data:
        request, unused = without_unused(request, data)
        assert request.points is not None, "there are files"
        for name in request.points.names:
            if name in data.variables or name in data.ambiguous:
                message = f"'{name}' is a column of the file and has a value too"
                raise DerivError(message, hint="leave out one of the two")
        yield replace(PointSource(*uncertain_points(request, data)), remarks=tuple(unused)), request


def uncertain_points(request: Request, data: DataFiles) -> tuple[Points, DataFiles, Mapping[str, Spread | str]]:
    """The points typed with their uncertainties, the files, and the uncertainties of their columns.

    What is the header of a column is that column, and all else a constant.
    """
    from derivcli.language.functions.table import CONSTANTS
    from derivcli.language.lexer.tokens import is_name
    from derivcli.points.files.data_files import headers_shown
    from derivcli.points.standard_uncertainties import no_value, read_spread, sigma_column, with_sigma

    assert request.points is not None, "there are points"
    points = request.points
    typed = {name: text for name, text in request.sigma.items() if name in points.names}
    spreads: dict[str, Spread | str] = {}
    for name, text in request.sigma.items():
        if name in typed:
            continue
        if name not in data.variables:
            raise no_value(name)
        if data.has_column(text):
            data.name_uncertainties(sigma_column(name), text)
            spreads[name] = text
        elif is_name(text.strip()) and text.strip() not in CONSTANTS:
            hint = f"the file has {headers_shown(data.headers)}"
            raise DerivError(f"'{text}' is neither a number nor a column", hint=hint)
        else:
            spreads[name] = read_spread(name, text)
    return with_sigma(points, typed), data, spreads


def _standard_input(paths: Sequence[str]) -> BinaryIO:
    """Standard input, which the caller may have closed."""
    if sys.stdin is not None:
        return sys.stdin.buffer
    if "-" in paths:
        raise DerivError("standard input is closed", hint="name a file, or pipe one in, as in deriv ... < FILE")
    return io.BytesIO()
