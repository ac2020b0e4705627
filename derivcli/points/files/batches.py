"""What every format is read as: batches of a file, each some rows that follow each other."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

from derivcli.points.files.cells.cells_to_numbers import Numbers, read_numbers
from derivcli.points.files.cells.reasons import CORRECT_HINT, missing_text, reason, value_of
from derivcli.points.files.struct_fields import column_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivcli.points.files.reading import Cells
    from derivcli.points.files.typed.parquet import ParquetStorage

STANDARD_INPUT = "standard input"

UNNAMED = "column"
"""What stands before the number of a column without a name, where it needs a header."""

Passed: TypeAlias = bool | Sequence[str]
"""The headers of columns that are passed on, or whether all are."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: its place among all rows of the batch, why, and the way out."""

    place: int
    why: str
    hint: str


@dataclass(slots=True, eq=False)
class Batch:
    """Rows that follow each other, with the columns that are used as numbers, by their headers.

    `unread` are rows that are not among these, since they are none. `line_of` gives the line on which a row begins,
    counted from 0 at the first of the batch; `lines` counts them. `size` is how many bytes of text the rows were, 0
    where nobody knows.
    """

    rows: pa.RecordBatch
    numbers: dict[str, Numbers]
    unread: Sequence[BadRow] = ()
    line_of: Callable[[int], int | None] = field(default=lambda place: None)
    lines: int = 0
    texts: dict[str, pa.Array] = field(default_factory=dict)
    """The columns that are used as they are written, where `rows` holds them as numbers already."""
    size: int = 0
    missing: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Which cells of a column stand for no number, by headers; columns without such cells are not there."""
    short: Mapping[int, BadRow] = field(default_factory=dict)
    """Rows that have too few cells, by their places in `rows`, where they are filled with empty ones."""
    by_number: bool = False
    """Whether columns have no names, so that they are called by their numbers."""

    not_negative: Collection[str] = ()
    """Headers of columns of uncertainties."""

    @property
    def count(self) -> int:
        """All rows of the batch, with those that are unread."""
        return int(self.rows.num_rows) + len(self.unread)

    def bad(self) -> NDArray[np.bool_] | None:
        """Which rows have a cell in a used column that is no number, or too few cells; None where all are fine."""
        masks = [numbers.bad for numbers in self.numbers.values() if numbers.bad is not None]
        if self.short:
            masks.append(np.zeros(self.rows.num_rows, dtype=bool))
            masks[-1][[*self.short]] = True
        return np.logical_or.reduce(masks) if masks else None

    def cells(self, header: str) -> pa.Array:
        """A column that is used, as it is written."""
        return self.texts[header] if header in self.texts else column_of(self.rows, header)

    def place(self, row: int) -> int:
        """The place among all rows of the batch of one that is not unread."""
        for unread in self.unread:
            row += unread.place <= row
        return row

    def bad_rows(self, written: Cells) -> Iterator[BadRow]:
        """All rows that cannot be used, in their order; those where a cell is missing are none."""
        mask = self.bad()
        rows = [] if mask is None else np.flatnonzero(mask).tolist()
        cells = (self._with_bad_cell(row, written) for row in rows)
        yield from heapq.merge(self.unread, cells, key=lambda bad: bad.place)

    def blank_rows(self, written: Cells) -> Iterator[BadRow]:
        """All rows with a cell that cannot be used or is missing, in their order."""
        masks = [mask for mask in (self.bad(), *self.missing.values()) if mask is not None]
        rows = np.flatnonzero(np.logical_or.reduce(masks)).tolist() if masks else []
        bad = self.bad()
        for row in rows:
            yield self._with_bad_cell(row, written) if bad is not None and bad[row] else self._with_missing(row)

    def _with_bad_cell(self, row: int, written: Cells) -> BadRow:
        if row in self.short:
            return self.short[row]
        for header, numbers in self.numbers.items():
            if numbers.bad is not None and numbers.bad[row]:
                cell = value_of(self.cells(header)[row])
                why, hint = reason(cell, written)
                if header in self.not_negative and numbers.values[row] < 0:
                    why, hint = f"{cell} is negative, and no uncertainty is", CORRECT_HINT
                return BadRow(self.place(row), f"{shown_column(header, self.by_number)}: {why}", hint)
        raise AssertionError("a row without a bad cell was taken for a bad one")

    def _with_missing(self, row: int) -> BadRow:
        header = next(header for header, mask in self.missing.items() if mask[row])
        why = missing_text(value_of(self.cells(header)[row]))
        return BadRow(self.place(row), f"{shown_column(header, self.by_number)}: {why}", "")


def shown_column(header: str, by_number: bool) -> str:
    """A column as messages name it."""
    return f"column {header.removeprefix(UNNAMED)}" if by_number else f"column '{header}'"


def numbers_of(rows: pa.RecordBatch, used: Sequence[str], written: Cells) -> dict[str, Numbers]:
    """The columns that are used as numbers, by their headers."""
    return {header: read_numbers(column_of(rows, header), written) for header in used}


def record_batch(table: pa.Table) -> pa.RecordBatch:
    """All rows of a table as one batch."""
    found = table.combine_chunks().to_batches()
    return found[0] if found else pa.RecordBatch.from_pylist([], schema=table.schema)


def selected(headers: Sequence[str], used: Sequence[str], passed: Passed) -> Sequence[str]:
    """The headers of the columns that are read, of all that there are."""
    if not passed:
        return used
    return headers if passed is True else [header for header in headers if header in passed or header in used]


class DataFile(Protocol):
    """One file, opened far enough to know its columns."""

    name: str
    schema: pa.Schema
    size: int | None
    """The bytes of the file; None for a pipe."""
    has_types: bool
    header_lines: int
    """The lines above the first row."""
    is_unnamed: bool
    """Whether its columns have no names, so that they are called by their numbers."""
    separator: str
    """What stands between the cells of text; "" where nothing does."""
    renamed: Mapping[str, str]
    """The headers of columns that `schema` calls otherwise, since other columns have the same ones."""

    @property
    def count(self) -> int | None:
        """The rows of the file where they are known without reading."""

    @property
    def storage(self) -> ParquetStorage | None:
        """How a Parquet file stores its columns."""

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the file."""

    def select(self, used: Sequence[str], passed: Passed) -> None:
        """Choose the headers of the columns that are read as numbers; of the others those `passed` on are read.

        `schema` may change: to those columns, and to types that hold what all of the file's rows may have.
        """

    def batches(self, size: int) -> Iterator[Batch]:
        """The file's rows in batches; those of files with types have at most `size`."""

    def close(self) -> object:
        """Close what is open."""
