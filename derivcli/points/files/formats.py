"""The formats of data files, and which of them a name means."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from derivcli.errors import DerivError

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""The format that a name's ending means."""

DATA_FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
"""The formats by name: comma- and tab-separated text, Parquet, Arrow (Feather), and JSON Lines."""

COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
"""Endings behind the format's own, of text that is compressed, with pyarrow's names for how."""

TEXT = ("csv", "tsv", "jsonl")
"""Formats that are text, and may be compressed as a whole."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format, and how the file is compressed as a whole: "" where it is not."""

    name: str
    compression: str = ""


def format_of(path: str, given: str | None = None) -> FileFormat:
    """The format of a data file by its name, or the one given; `-` for a standard stream has no name to tell it."""
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    compression = COMPRESSIONS.get(suffixes[-1], "") if suffixes else ""
    if compression:
        suffixes.pop()
    name = given or (SUFFIXES.get(suffixes[-1]) if suffixes else None)
    if name is None:
        known = ", ".join(SUFFIXES)
        hint = f"use one of {known}, or say --data-format"
        raise DerivError(f"'{path}' has an ending that says no known data format", hint=hint)
    if compression and name not in TEXT:
        hint = "name a file that is not compressed as a whole"
        raise DerivError(f"'{path}' is compressed, and {name} is compressed inside if at all", hint=hint)
    return FileFormat(name, compression)
