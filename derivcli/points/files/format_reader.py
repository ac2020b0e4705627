"""What every format is read as: pieces of a file, each some rows that follow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from derivcli.points.files.cells_to_numbers import Column, read_column, reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that is none: its place among all rows of the piece, and why."""

    place: int
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Want:
    """A column that is wanted: its variable, its header, and its place in the piece."""

    variable: str
    header: str
    place: int


@dataclass(slots=True, eq=False)
class Piece:
    """Rows that follow each other, with the wanted columns as numbers and the rows that are lost.

    `line_of` gives the line, counted from 0 at the piece's first, on which a row begins; `lines` counts them.
    `size` is how many bytes of text the rows were, 0 where nobody knows.
    """

    rows: pa.RecordBatch
    columns: dict[str, Column]
    lost: Sequence[Lost] = ()
    line_of: Callable[[int], int | None] = field(default=lambda place: None)
    lines: int = 0
    texts: dict[str, pa.Array] = field(default_factory=dict)
    """The wanted columns as they are written, where `rows` holds them as numbers already."""
    size: int = 0

    @property
    def total(self) -> int:
        """All rows of the piece, with those that are lost."""
        return int(self.rows.num_rows) + len(self.lost)

    def bad(self) -> NDArray[np.bool_] | None:
        """Which rows have a wanted cell that is no number; None where all are fine."""
        masks = [column.bad for column in self.columns.values() if column.bad is not None]
        return np.logical_or.reduce(masks) if masks else None

    def place(self, row: int) -> int:
        """The place among all rows of the piece of one that is not lost."""
        for lost in self.lost:
            row += lost.place <= row
        return row


def faults(piece: Piece, wants: Sequence[Want], decimal_comma: bool) -> Iterator[Lost]:
    """All that is wrong with a piece's rows, in their order."""
    mask = piece.bad()
    waiting = iter(piece.lost)
    lost = next(waiting, None)
    passed = 0
    for row in () if mask is None else np.flatnonzero(mask).tolist():
        while lost is not None and lost.place <= row + passed:
            yield lost
            lost, passed = next(waiting, None), passed + 1
        yield _bad_cell(piece, row, row + passed, wants, decimal_comma)
    if lost is not None:
        yield lost
        yield from waiting


def _bad_cell(piece: Piece, row: int, place: int, wants: Sequence[Want], decimal_comma: bool) -> Lost:
    """Why a row cannot be used: its first wanted cell that is no number."""
    for want in wants:
        mask = piece.columns[want.variable].bad
        if mask is not None and mask[row]:
            cells = piece.texts.get(want.variable, piece.rows.column(want.place))
            why, hint = reason(cells[row].as_py(), decimal_comma)
            return Lost(place, f"column '{want.header}': {why}", hint)
    raise AssertionError("a row without a bad cell was taken for a bad one")


def read_columns(rows: pa.RecordBatch, wants: Sequence[Want], decimal_comma: bool = False) -> dict[str, Column]:
    """The wanted columns as numbers, by variable."""
    return {want.variable: read_column(rows.column(want.place), decimal_comma) for want in wants}


class Source(Protocol):
    """One file, opened far enough to know its columns."""

    name: str
    schema: pa.Schema
    size: int | None

    @property
    def count(self) -> int | None:
        """The rows of the file where they are known without reading."""

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the file."""

    @property
    def done(self) -> float:
        """How many bytes of the file have been read."""

    def expect(self, wants: Sequence[Want]) -> None:
        """Choose the types of the wanted columns, before `schema` counts."""

    def pieces(self, wants: Sequence[Want], size: int) -> Iterator[Piece]:
        """The file's rows in pieces, those of formats with rows of their own of at most `size`."""

    def close(self) -> None:
        """Close what is open."""
