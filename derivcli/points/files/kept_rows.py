"""What becomes of rows without a number: the job ends, they are left out, or they stay and have no results."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from derivcli.errors import DerivError
from derivcli.points.files.batches import BadRow, Batch, DataFile, shown_column
from derivcli.points.files.cells.cells_to_numbers import Numbers
from derivcli.points.files.cells.missing import Mask, Missing
from derivcli.points.files.cells.times import since, time_text
from derivcli.points.files.reading import SKIP, STOP, Reading
from derivcli.points.files.typed.arrow_encodings import filtered
from derivcli.result import FloatArray

MaskedArray: TypeAlias = "np.ma.MaskedArray[Any, np.dtype[np.float64]]"

MAX_ROWS_NAMED = 5
"""Rows that are left out, or have no results, and are named; the others are only counted."""


@dataclass(slots=True)
class CountedRows:
    """How many rows something happened to, and the first of them."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, rows: Iterator[str], count: int) -> None:
        """Count some more rows, and name them if they are among the first."""
        self.named += islice(rows, MAX_ROWS_NAMED - len(self.named))
        self.count += count

    def note(self, one: str, several: str) -> list[str]:
        """What is said of them, if there are any."""
        if not self.count:
            return []
        more = ", …" if self.count > len(self.named) else ""
        said = f"1 row {one}" if self.count == 1 else f"{self.count:,} rows {several}"
        return [f"{said}: {', '.join(self.named)}{more}"]


class Origin(NamedTuple):
    """The first time of a column, and whether such times name their zone and their date."""

    instant: int
    kind: tuple[bool, bool]

    @staticmethod
    def of(numbers: Numbers, place: int) -> Origin | None:
        """The time at a place; None where there are plain numbers."""
        if numbers.instants is None:
            return None
        return Origin(int(numbers.instants[place]), (numbers.has_zone, numbers.has_date))


class Kept(NamedTuple):
    """The rows of a batch that stay, and the numbers of those that are not blank, by headers.

    `blank` says which are; None where none is. `cells` are then the numbers of all rows, masked where there is none.
    """

    rows: pa.RecordBatch
    numbers: Mapping[str, FloatArray]
    blank: Mask | None = None
    cells: Mapping[str, MaskedArray] = {}


class KeptRows:
    """Decides of each row of files, and counts them: all rows that were `read`, and those `used`, with their bytes."""

    def __init__(self, reading: Reading, missing: Mapping[str, Missing]) -> None:
        self._reading, self._missing = reading, missing
        self.read = self.used = self.bytes = 0
        self._are_unnamed = False
        self.left_out, self.blank = CountedRows(), CountedRows()
        self.not_negative: set[str] = set()
        """Headers of columns of uncertainties."""
        self._rounded: dict[str, tuple[int, str]] = {}
        self._origins: dict[str, Origin | None] = {}

    @property
    def notes(self) -> list[str]:
        """How many rows are left out, how many have no results, and how many numbers are rounded."""
        found = self.left_out.note("was left out", "were left out")
        found += self.blank.note("has no results", "have no results")
        for header, (count, first) in self._rounded.items():
            numbers = "1 whole number is" if count == 1 else f"{count:,} whole numbers are"
            found.append(f"{self._shown(header)}: {numbers} rounded to float64, the first in {first}")
        origins = [(header, origin) for header, origin in self._origins.items() if origin is not None]
        if self._reading.cells.time_format and not origins:
            found.append("no column that is used holds times as --time-format says")
        return found + [
            f"{self._shown(header)} is read as seconds since {time_text(origin.instant, *origin.kind)}"
            for header, origin in origins
        ]

    def _shown(self, header: str) -> str:
        return shown_column(header, self._are_unnamed)

    def check(self, files: Sequence[DataFile]) -> None:
        """Refuse files without a row that can be used."""
        if not self.read:
            first = files[0]
            what = f"{first.name} has {'columns' if first.has_types else 'a header'} and no rows"
            what = "none of the files has rows" if len(files) > 1 else what
            raise DerivError(what, hint="write rows of numbers under the names of the columns")
        if not self.used:
            message = f"none of the rows can be read: {[*self.left_out.named, *self.blank.named][0]}"
            raise DerivError(message, hint="choose other columns, or correct the rows")

    def batches(self, file: DataFile, size: int) -> Iterator[Kept]:
        """The batches of a file with the rows that stay."""
        row, line = 0, file.header_lines
        self._are_unnamed |= file.is_unnamed
        for batch in file.batches(size):
            self._note_rounded(file, batch, row)
            kept = self._kept(batch, f"{file.name}, ", row, line)
            row, line = row + batch.count, line + batch.lines
            self.read += batch.count
            self.bytes += batch.size
            self.used += len(next(iter(kept.numbers.values())))
            yield kept

    def _kept(self, batch: Batch, name: str, row: int, line: int) -> Kept:
        missing = self._mark_missing(batch)
        self._place_times(batch)
        self._mark_negative(batch)
        bad, written = batch.bad(), self._reading.cells
        without = _either(bad, missing)
        if self._reading.on_error == STOP and (bad is not None or batch.unread):
            raise _refusal(name, batch, next(batch.bad_rows(written)), row, line)

        def named(rows: Iterable[BadRow]) -> Iterator[str]:
            return (f"{name}row {row + each.place + 1:,} ({each.why})" for each in rows)

        values = {header: each.values for header, each in batch.numbers.items()}
        count = 0 if without is None else int(without.sum())
        if self._reading.on_error == SKIP and (count or batch.unread):
            lost = heapq.merge(batch.unread, batch.blank_rows(written), key=lambda row: row.place)
            self.left_out.add(named(lost), count + len(batch.unread))
        else:
            self.left_out.add(named(batch.unread), len(batch.unread))
            self.blank.add(named(batch.blank_rows(written)), count)
        if without is None:
            return Kept(batch.rows, values)
        used = {header: each[~without] for header, each in values.items()}
        if self._reading.on_error == SKIP:
            return Kept(filtered(batch.rows, ~without), used)
        cells = {header: _masked(each, batch.missing.get(header)) for header, each in batch.numbers.items()}
        return Kept(batch.rows, used, without, cells)

    def _mark_negative(self, batch: Batch) -> None:
        """Take negative uncertainties for cells that cannot be used."""
        batch.not_negative = self.not_negative
        for header in self.not_negative & batch.numbers.keys():
            numbers = batch.numbers[header]
            bad = _either(numbers.bad, numbers.values < 0)
            if bad is not None and bad.any():
                gone = batch.missing.get(header)
                batch.numbers[header] = replace(numbers, bad=bad if gone is None else bad & ~gone)

    def _note_rounded(self, file: DataFile, batch: Batch, row: int) -> None:
        for header, numbers in batch.numbers.items():
            if numbers.rounded is not None:
                first = f"row {row + batch.place(int(numbers.rounded[0])) + 1:,} of {file.name}"
                count, first = self._rounded.get(header, (0, first))
                self._rounded[header] = (count + len(numbers.rounded), first)

    def _place_times(self, batch: Batch) -> None:
        """Make times seconds since the first of their column; what is of another kind than the first is no number."""
        for header, numbers in batch.numbers.items():
            other = _either(numbers.bad, batch.missing.get(header))
            good = np.flatnonzero(~other) if other is not None else np.arange(len(numbers.values))
            if not len(good):
                continue
            origin = Origin.of(numbers, int(good[0]))
            first = self._origins.setdefault(header, origin)
            if (first is None) != (origin is None) or (first and origin and first.kind != origin.kind):
                missing = batch.missing.get(header)
                bad = np.ones(len(numbers.values), dtype=bool) if missing is None else ~missing
                batch.numbers[header] = replace(numbers, values=np.full(len(bad), np.nan), bad=bad)
            elif first is not None and numbers.instants is not None:
                values = since(numbers.instants, first.instant)
                values = values if other is None else np.where(np.isnan(numbers.values), np.nan, values)
                batch.numbers[header] = replace(numbers, values=values)

    def _mark_missing(self, batch: Batch) -> Mask | None:
        """Which rows have a missing cell; these are no longer bad ones. None where there is none."""
        masks = {}
        for header, missing in self._missing.items():
            if header in batch.numbers:
                numbers = batch.numbers[header]
                mask = missing.mask(numbers, batch.cells(header))
                if mask is not None:
                    masks[header] = mask
                    bad = None if numbers.bad is None else numbers.bad & ~mask
                    batch.numbers[header] = replace(numbers, bad=bad if bad is not None and bad.any() else None)
        batch.missing = masks
        return np.logical_or.reduce(list(masks.values())) if masks else None


def _masked(numbers: Numbers, missing: Mask | None) -> MaskedArray:
    """A column's numbers, also those that stand for none, but for cells that hold no number at all."""
    words = None if missing is None else missing & np.isnan(numbers.values)
    mask = _either(numbers.bad, words)
    return np.ma.array(numbers.values, mask=np.zeros(len(numbers.values), dtype=bool) if mask is None else mask)


def _either(one: Mask | None, other: Mask | None) -> Mask | None:
    masks = [mask for mask in (one, other) if mask is not None]
    return np.logical_or.reduce(masks) if masks else None


def _refusal(name: str, batch: Batch, bad: BadRow, row: int, line: int) -> DerivError:
    within = batch.line_of(bad.place)
    shown = "" if within is None else f" (line {line + within + 1:,})"
    return DerivError(f"{name}row {row + bad.place + 1:,}{shown}, {bad.why}", hint=bad.hint)
