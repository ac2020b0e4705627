"""Rows as lines of text.

Each column becomes a column of texts, and these are joined by Arrow's own functions, which release the lock of
the interpreter, so that stretches of rows become text in several threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow
import pyarrow.compute as compute

TEXT = pyarrow.large_string()
"""The type of all texts here; the smaller one ends at 2 GiB."""

STRETCH_ROWS = 1 << 15
"""Rows that become text at once; larger stretches are no faster."""

WAITING_STRETCHES = 4
"""Stretches a thread that are text and not yet written."""


class TextWriter:
    """Writes a header, and then each row as a line: its cells as `cells` makes them of columns, and what is `around`.

    `around` has one text more than there are columns: those before, between and behind the cells.
    """

    def __init__(
        self,
        stream: pyarrow.NativeFile,
        header: str,
        around: Sequence[str],
        cells: Callable[[pyarrow.Array], pyarrow.Array],
    ) -> None:
        self._stream, self._around, self._cells = stream, around, cells
        self._threads = pyarrow.cpu_count()
        self._pool = ThreadPoolExecutor(self._threads)
        stream.write(header.encode())

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows, only so many at a time that memory stays flat however many there are."""
        if len(batch) <= STRETCH_ROWS:
            self._stream.write(self._lines(batch))
            return
        some = STRETCH_ROWS * self._threads * WAITING_STRETCHES
        for first in range(0, len(batch), some):
            last = min(first + some, len(batch))
            starts = range(first, last, STRETCH_ROWS)
            stretches = [batch.slice(start, min(STRETCH_ROWS, last - start)) for start in starts]
            for text in self._pool.map(self._lines, stretches):
                self._stream.write(text)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _lines(self, batch: pyarrow.RecordBatch) -> bytes | pyarrow.Buffer:
        pieces: list[pyarrow.Array | str] = [self._around[0]]
        for column, behind in zip(batch.columns, self._around[1:], strict=True):
            pieces += [self._cells(column), behind]
        if not len(batch):
            return b""
        texts = joined(pieces)
        _, offsets, content = texts.buffers()  # all texts, one behind the other, as they lie in memory
        start, stop = np.frombuffer(offsets, np.int64)[[texts.offset, texts.offset + len(texts)]].tolist()
        return content[start:stop]


def joined(pieces: Sequence[pyarrow.Array | str]) -> pyarrow.Array:
    """The pieces of each row as one text; a piece of text is the same in every row."""
    arguments = [pyarrow.scalar(piece, TEXT) if isinstance(piece, str) else piece for piece in pieces]
    return compute.binary_join_element_wise(*arguments, pyarrow.scalar("", TEXT))
