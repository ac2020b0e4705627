"""A text file as blocks of whole rows in UTF-8: opened, decompressed, and converted from other encodings."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import pyarrow as pa

from derivcli.errors import DerivError
from derivcli.points.files.text.encodings import Converted, Readable, encoding_of, single_byte_encoding

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

BLOCK_BYTES = 4 << 20
"""Bytes read at a time: enough that the work around each block does not show, and few in memory at once."""

MAX_ROW_BYTES = 64 << 20

MAX_WORKERS = 4
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
T = TypeVar("T")
Cut = Callable[[bytes], int]


class TextFile:
    """The bytes of a text file or a pipe, the first block at hand before the reading begins."""

    def __init__(self, name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> None:
        self.name = name
        self._path = path
        self._compression, self._given = format.compression, format.layout.encoding
        self.notes: list[str] = []
        self._raw = stdin if path is None else open_file(name, path)
        self.size = _size(self._raw) if path is not None else None
        self.done = 0
        try:
            first = self._begin()
            if not first:
                raise empty(name)
            _check_beginning(name, first, format, piped=path is None)
        except BaseException:
            self.close()
            raise
        self.first = first.removeprefix(_BYTE_ORDER_MARK)
        self.whole = len(first) < BLOCK_BYTES
        if self.size is not None:
            self.close()

    def blocks(self) -> Iterator[bytes]:
        """All bytes, without a byte order mark, in blocks."""
        if self.size is not None:
            self._raw = open_file(self.name, str(self._path))
            self.first = self._begin().removeprefix(_BYTE_ORDER_MARK)
        block, self.first = self.first, b""
        while block:
            _check_text(self.name, block)
            yield block
            block = self._read(self._stream)
        if self.size is not None and self.done < self.size and not self._compression:
            raise shorter(self.name)

    def bytes_of(self, block: bytes) -> int:
        """How many bytes of the file a block was; 0 where it was compressed, or in another encoding."""
        return 0 if self._compression or self._encoding else len(block)

    def forget(self) -> None:
        """Let go of the first block where it can be read again: there may be many files."""
        if self.size is not None:
            self.first = b""

    def close(self) -> None:
        """Close the file; standard input is its owner's to close."""
        if self._path is not None:
            self._raw.close()

    def _begin(self) -> bytes:
        """Open the stream of the file's text, and give its first block."""
        self._stream: Readable = self._decompressed()
        first = self._read(self._stream)
        self._encoding = encoding_of(self.name, self._given, first)
        if not self._encoding:
            return first
        if not self._given:
            self.notes = [f"{self.name}: read as {self._encoding.upper()}, as its byte order mark says"]
        self._stream = Converted(self.name, self._stream, first, self._encoding)
        return self._read(self._stream)

    def _decompressed(self) -> BinaryIO:
        if not self._compression:
            return self._raw
        stream: BinaryIO = pa.CompressedInputStream(pa.PythonFile(self._raw, mode="r"), self._compression)
        return stream

    def _read(self, stream: Readable) -> bytes:
        """Up to a block: a pipe may give less at a time."""
        parts: list[bytes] = []
        missing = BLOCK_BYTES
        try:
            while missing and (part := stream.read(missing)):
                parts.append(part)
                missing -= len(part)
            self.done = self._raw.tell() if self.size is not None else 0
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self.name, error) from error
        return b"".join(parts)


def opened(
    make: Callable[[TextFile, FileFormat], T], name: str, path: str | None, stdin: BinaryIO, format: FileFormat
) -> T:
    """What is made of a text file or standard input, which is closed where that is refused."""
    text = TextFile(name, path, stdin, format)
    try:
        return make(text, format)
    except DerivError:
        text.close()
        raise


def whole_rows(name: str, blocks: Iterator[bytes], cut: Cut) -> Iterator[bytes]:
    """The same bytes in blocks that end where a row ends; `cut` gives the end of a block's last whole row."""
    rest = b""
    for block in blocks:
        block = rest + block
        end = cut(block)
        rest = block[end:]
        if end:
            yield block[:end]
        elif len(rest) > MAX_ROW_BYTES:
            hint = "a quote that is never closed makes one row of all that follows"
            raise DerivError(f"{name}: a row is longer than {MAX_ROW_BYTES >> 20} MiB", hint=hint)
    if rest:
        yield rest


def ended(blocks: Iterator[bytes], line_end: bytes) -> Iterator[bytes]:
    """The same blocks, the last of which ends its line."""
    block = next(blocks, b"")
    for following in blocks:
        yield block
        block = following
    yield block if not block or block.endswith(line_end) else block + line_end


def in_order(blocks: Iterator[bytes], work: Callable[[bytes], T]) -> Iterator[T]:
    """The work done on every block, several at a time, in the order of the blocks."""
    workers = min(MAX_WORKERS, pa.cpu_count())
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[T]] = deque()
    try:
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def open_file(name: str, path: str) -> BinaryIO:
    """A file opened for reading, unbuffered; refused where it is none that can be read."""
    try:
        return open(path, "rb", buffering=0)  # noqa: PTH123 (closed by who asked for it)
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> DerivError:
    """The refusal of a file that the system or the library could not read."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error).split("\n")[0]
    hint = "check the name" if isinstance(error, FileNotFoundError) else "name a whole data file that you may read"
    return DerivError(f"cannot read {name}: {why}", hint=hint)


def empty(name: str) -> DerivError:
    """The refusal of a file with nothing in it."""
    return DerivError(f"{name} is empty", hint="a data file holds names of columns and rows of numbers")


def shorter(name: str) -> DerivError:
    """The refusal of a file that lost its end while it was read."""
    return DerivError(f"{name} grew shorter while it was read", hint="try again when nothing writes to it")


def _size(raw: BinaryIO) -> int | None:
    status = os.fstat(raw.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _check_beginning(name: str, first: bytes, format: FileFormat, piped: bool) -> None:
    """Refuse what its first bytes say to be no UTF-8 text."""
    kind, unpack_command = format.binary_kind(first)
    if kind:
        hint = "give it the ending that says so"
        if piped:
            command = f"unpack it before, as in {unpack_command} FILE | deriv ..."
            hint = command if unpack_command else "save it to a file with its own ending"
        raise DerivError(f"{name} is no text but a {kind} file", hint=hint)
    _check_text(name, first)


def _check_text(name: str, block: bytes) -> None:
    """Refuse a block with a NUL; whether it is UTF-8 is seen where whole rows are."""
    if b"\0" in block:
        hint = "name its encoding, as in --encoding utf-16-le, if it is text"
        raise DerivError(f"{name} holds a NUL byte, which no text does", hint=hint)


def check_utf8(name: str, data: bytes) -> None:
    """Refuse bytes that are no UTF-8."""
    if data.isascii():
        return
    try:
        data.decode()
    except UnicodeDecodeError as error:
        shown = data[error.start : error.start + 1].hex().upper()
        hint = f"name its encoding, perhaps --encoding {single_byte_encoding(data)}"
        raise DerivError(f"{name} is not written in UTF-8: it has the byte {shown}", hint=hint) from None
