"""The formats of data files, a row each, and which of them a name means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from pkgutil import resolve_name
from typing import TYPE_CHECKING, BinaryIO, Protocol

from derivcli.errors import DerivError, file_name
from derivcli.points.files.reading import AS_PEOPLE_WRITE, AS_TOLD, Cells, Layout

if TYPE_CHECKING:
    import pyarrow

    from derivcli.points.files.batches import DataFile
    from derivcli.points.files.typed.parquet import ParquetStorage


class FormatFile(Protocol):
    """What the file of code for a format offers."""

    def open_reader(self, name: str, path: str | None, stdin: BinaryIO, format: FileFormat) -> DataFile:
        """A file, or standard input without a path, opened far enough to know its columns."""

    def open_writer(self, stream: pyarrow.NativeFile, schema: pyarrow.Schema, format: FileFormat) -> BatchWriter:
        """What writes rows with these columns into a stream."""


class BatchWriter(Protocol):
    """Writes the rows of one file."""

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Take the next rows."""

    def close(self) -> None:
        """Write what comes after the last rows, but leave the stream open."""


@dataclass(frozen=True, slots=True)
class DataFormat:
    """A format: the endings of its files, the code that reads and writes them, and what the format can do."""

    name: str
    endings: tuple[str, ...]
    code: Callable[[], FormatFile]
    """Imports the file of code when it is called, since Arrow takes long to load."""
    signatures: Mapping[bytes, str] = field(default_factory=dict)
    """How its files begin, and what messages call them then."""
    is_text: bool = False
    """Whether the whole file may be compressed."""
    has_types: bool = True
    """Whether the file tells a number from its text."""
    may_repeat_names: bool = True
    """Whether readers can tell columns of one name apart."""
    separator: str = ""
    comma_separator: str = ""
    """The separator of cells where the comma is the decimal sign."""
    table_reader: str = ""
    """The function of Arrow's that reads a file as a table; "" of text that NumPy reads."""


@dataclass(frozen=True, slots=True)
class Compression:
    """How a text file is compressed as a whole; `name` is Arrow's, `title` that of messages."""

    name: str
    title: str
    signature: bytes
    unpack_command: str


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The format of one file: how it is compressed as a whole, or "", how it is laid out, and how cells are written.

    A Parquet file that is written may have the `storage` of another one. `by_number` says that columns of the file are
    asked for by their numbers, and `fills_rows` that rows of text with too few cells get empty ones.
    """

    name: str
    compression: str = ""
    cells: Cells = AS_PEOPLE_WRITE
    layout: Layout = AS_TOLD
    storage: ParquetStorage | None = None
    by_number: bool = False
    fills_rows: bool = False

    @property
    def decimal_comma(self) -> bool:
        """Whether the comma is the decimal sign."""
        return self.cells.decimal_comma

    @property
    def row(self) -> DataFormat:
        """All that is known of the format."""
        return DATA_FORMATS[self.name]

    @property
    def separator(self) -> str:
        """What separates the cells of text."""
        return self.row.comma_separator if self.decimal_comma else self.row.separator

    @staticmethod
    def binary_kind(first: bytes) -> tuple[str, str]:
        """What begins like this and is no text, and the command that unpacks it; "" for text, and for no command."""
        for compression in COMPRESSIONS.values():
            if first.startswith(compression.signature):
                return compression.title, compression.unpack_command
        signatures = {b"PK\x03\x04": "ZIP or Excel"}
        for row in DATA_FORMATS.values():
            signatures.update(row.signatures)
        return next((kind for signature, kind in signatures.items() if first.startswith(signature)), ""), ""


DATA_FORMATS = {
    row.name: row
    for row in (
        DataFormat("csv", (".csv",), partial(resolve_name, "derivcli.points.files.text.csv_tsv"), is_text=True,
                   has_types=False, separator=",", comma_separator=";"),
        DataFormat("tsv", (".tsv", ".tab"), partial(resolve_name, "derivcli.points.files.text.csv_tsv"), is_text=True,
                   has_types=False, separator="\t", comma_separator="\t"),
        DataFormat("parquet", (".parquet", ".pq"), partial(resolve_name, "derivcli.points.files.typed.parquet"),
                   {b"PAR1": "Parquet"}, may_repeat_names=False, table_reader="pyarrow.parquet.read_table"),
        DataFormat("arrow", (".arrow", ".feather", ".ipc"), partial(resolve_name, "derivcli.points.files.typed.arrow"),
                   {b"ARROW1": "Arrow", b"FEA1": "Feather"}, table_reader="pyarrow.feather.read_table"),
        DataFormat("jsonl", (".jsonl", ".ndjson"), partial(resolve_name, "derivcli.points.files.text.json_lines"),
                   is_text=True, may_repeat_names=False, table_reader="pyarrow.json.read_json"),
    )
}  # fmt: skip

ENDINGS = {ending: row.name for row in DATA_FORMATS.values() for ending in row.endings}
"""The format that a name's ending means."""

COMPRESSIONS = {
    ".gz": Compression("gzip", "gzip", b"\x1f\x8b", "zcat"),
    ".bz2": Compression("bz2", "bzip2", b"BZh", "bzcat"),
    ".zst": Compression("zstd", "Zstandard", b"\x28\xb5\x2f\xfd", "zstdcat"),
}
"""How text is compressed whose name has one more ending."""


def format_of(path: str, given: str | None = None, other_endings: Iterable[str] = ()) -> FileFormat:
    """The format of a data file by its name, or the one given; `-` for a standard stream has no name to tell it.

    Where an ending is not known, the message names the endings that are, and others that the caller knows.
    """
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    if compression:
        suffixes.pop()
    name = given or (ENDINGS.get(suffixes[-1]) if suffixes else None)
    if name is None:
        known = ", ".join((*ENDINGS, *other_endings))
        hint = f"use one of {known}, or say " + ("--format" if other_endings else "--data-format")
        raise DerivError(f"'{file_name(path)}' has an ending that says no known data format", hint=hint)
    if compression and not DATA_FORMATS[name].is_text:
        hint = "name a file that is not compressed as a whole"
        raise DerivError(f"'{file_name(path)}' is compressed, and {name} is compressed inside if at all", hint=hint)
    return FileFormat(name, compression.name if compression else "")
