"""The first bytes of a file or of standard input, unpacked, and the format that they and the name tell."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from derivcli.errors import DerivError, file_name
from derivcli.points.files.batches import STANDARD_INPUT
from derivcli.points.files.formats import COMPRESSIONS, DATA_FORMATS, FileFormat, format_of
from derivcli.points.files.text.blocks import empty, open_file, unreadable

MAX_BYTES_LOOKED_AT = 4 << 20

_LINE_START = 1 << 12


@dataclass(frozen=True, slots=True)
class FirstBytes:
    """The first bytes: of a file that is compressed, what they unpack to.

    `share` is the part of the file that they are, 1 where they are all of it, and None where nothing tells. `is_named`
    says that the name tells the format.
    """

    name: str
    data: bytes
    size: int | None
    share: float | None
    format: FileFormat
    is_named: bool


class Rejoined(io.RawIOBase):
    """What was read of a stream, and the rest of it."""

    def __init__(self, data: bytes, rest: BinaryIO) -> None:
        self._data, self._rest = data, rest

    def readable(self) -> bool:
        """Whether it can be read, which it can."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        size = size if size >= 0 else len(self._data)
        found, self._data = self._data[:size], self._data[size:]
        return found or self._rest.read(size)


def first_bytes(path: str, given: str | None, stdin: BinaryIO) -> FirstBytes:
    """The beginning of a file, or of standard input, which is `-`; raises DerivError where it cannot be read."""
    name = STANDARD_INPUT if path == "-" else file_name(path)
    raw = stdin if path == "-" else open_file(name, path)
    try:
        size = _size(raw) if path != "-" else None
        compression = _compression(path)
        data, share = _unpacked(name, raw, compression, size)
    finally:
        if path != "-":
            raw.close()
    if not data:
        raise empty(name)
    format, is_named = _format(path, given, data)
    _check_packed(name, data, format)
    return FirstBytes(name, data, size, share, format, is_named)


def _size(raw: BinaryIO) -> int | None:
    status = os.fstat(raw.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _compression(path: str) -> str:
    ending = os.path.splitext(path)[1].lower()  # noqa: PTH122 (whatever the name)
    return COMPRESSIONS[ending].name if ending in COMPRESSIONS else ""


def _unpacked(name: str, raw: BinaryIO, compression: str, size: int | None) -> tuple[bytes, float | None]:
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), compression) if compression else raw
        parts: list[bytes] = []
        missing = MAX_BYTES_LOOKED_AT
        while missing and (part := stream.read(missing)):
            parts.append(part)
            missing -= len(part)
        if missing:
            return b"".join(parts), 1.0
        return b"".join(parts), raw.tell() / size if size else None
    except (OSError, pa.ArrowException) as error:
        raise unreadable(name, error) from error


def _format(path: str, given: str | None, data: bytes) -> tuple[FileFormat, bool]:
    """The format that was given, or that the name tells unless the bytes say another, or that the bytes tell."""
    said = next((row.name for row in DATA_FORMATS.values() if any(map(data.startswith, row.signatures))), "")
    try:
        format = format_of(path, given)
    except DerivError:
        if given is not None:
            raise
        return FileFormat(said or _kind_of_text(data), _compression(path)), False
    if said and given is None and DATA_FORMATS[format.name].is_text:
        return FileFormat(said), False
    return format, given is None


def _kind_of_text(data: bytes) -> str:
    """The format of text of which nobody says any."""
    start = data[:_LINE_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{") and b'"' in start and b":" in start:
        return "jsonl"
    line = start.split(b"\n", 1)[0]
    return "tsv" if line.count(b"\t") > line.count(b",") + line.count(b";") else "csv"


def _check_packed(name: str, data: bytes, format: FileFormat) -> None:
    """Refuse what is packed, and has another ending than what it is packed with."""
    kind, command = FileFormat.binary_kind(data)
    if kind and format.row.is_text:
        hint = (
            f"give it the ending that says so, or unpack it, as in {command} FILE | deriv data -"
            if command
            else ("save the table in it as CSV")
        )
        raise DerivError(f"{name} is no text but a {kind} file", hint=hint)
