"""Columns of fixed widths: rows are lines, and cells are cut by characters.

White space around a cell is none of it, the last column takes the rest of its line, and a line that ends early has
empty cells. Quotes are characters like others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from derivcli.points.files.text.comments import Comments
from derivcli.points.files.text.delimited_rows import LeaveOut

_BLANKS = " \t\r\n"


class FixedRows:
    """What finds and reads the rows of a file whose columns have fixed widths."""

    separator, is_space = "", False

    def __init__(self, widths: Sequence[int], comment: str, line_end: bytes) -> None:
        starts = [0, *accumulate(widths)]
        self._spans = [*pairwise(starts[:-1]), (starts[-2], None)]
        self._line_end = line_end
        self.comments = Comments(comment, line_end)

    def end(self, text: bytes, start: int) -> int:
        """Where the row that begins there ends, with its line end."""
        return text.find(self._line_end, start) + 1 or len(text)

    def cells(self, row: str) -> list[str]:
        """The cells of one row."""
        row = row.rstrip("\r\n")
        return [row[start:stop].strip(_BLANKS) for start, stop in self._spans]

    def cut(self, block: bytes) -> int:
        """Where the last whole row of a block ends."""
        return block.rfind(self._line_end) + 1

    end_of_rows = cut

    def starts(self, block: bytes) -> Iterator[int]:
        """Where each row of a block begins, blank ones too."""
        place = self.comments.end(block, 0)
        while place < len(block):
            yield place
            place = self.comments.end(block, self.end(block, place))

    def is_blank(self, block: bytes, start: int) -> bool:
        """Whether the line that begins there has nothing in it."""
        return not block[start : self.end(block, start)].strip()

    def bare_end(self, block: bytes) -> int:
        """Where the last row ends: blank lines are never rows here."""
        return len(block)

    def table(
        self,
        block: bytes,
        headers: Sequence[str],
        included: Sequence[str],
        leave_out: LeaveOut,
        blank_rows: bool,
        lacking: Mapping[int, int],
    ) -> pa.Table:
        """The rows of a block as texts; none has too few cells."""
        lines = self._lines(self.comments.removed(block))
        spans = dict(zip(range(len(headers)), self._spans, strict=True))
        places = range(len(headers)) if len(included) == len(headers) else [headers.index(name) for name in included]
        columns = [_cells(lines, *spans[place]) for place in places]
        return pa.Table.from_arrays(columns, names=[headers[place] for place in places])

    def _lines(self, block: bytes) -> pa.Array:
        """The lines that are not blank, as an array over the bytes of the block."""
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == self._line_end[0]).astype(np.int32) + 1
        if block and (not len(ends) or ends[-1] < len(block)):
            ends = np.append(ends, np.int32(len(block)))
        offsets = np.concatenate([np.zeros(1, np.int32), ends])
        lines = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))
        blank = pc.equal(pc.binary_length(pc.ascii_trim(lines, _BLANKS)), 0)
        return lines.filter(pc.invert(blank)) if pc.any(blank).as_py() else lines


def _cells(lines: pa.Array, start: int, stop: int | None) -> pa.Array:
    """The characters of each line from one to another, without blanks around them; null where there are none."""
    cells = pc.ascii_trim(pc.utf8_slice_codeunits(lines, start, stop), _BLANKS)
    empty = pc.equal(pc.binary_length(cells), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), cells) if pc.any(empty).as_py() else cells
