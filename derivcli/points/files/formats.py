"""The formats of data files, and which of them a name means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, file_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


SEPARATORS = {("csv", False): ",", ("csv", True): ";", ("tsv", False): "\t", ("tsv", True): "\t"}
"""What separates cells where nothing else says it, by the format and whether the comma is the decimal sign."""


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """How a Parquet file stores its columns: the rows of a row group, and the encodings of columns by their paths.

    The columns `unfolded` are read as dictionaries, in which texts that repeat take little memory; the file's own
    type for them is that of the values.
    """

    rows: int
    compressions: Mapping[str, str]
    dictionaries: frozenset[str]
    encodings: Mapping[str, str]
    unfolded: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format, and how the file is compressed as a whole: "" where it is not.

    With `comma` numbers of separated text have one for their decimal sign. A Parquet file has the `storage` of another.
    """

    name: str
    compression: str = ""
    comma: bool = False
    storage: Storage | None = None

    @property
    def separator(self) -> str:
        """What separates the cells of text."""
        return SEPARATORS[self.name, self.comma]


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: their names or patterns, `-` for standard input, and what their names do not tell.

    `columns` gives variables the headers of their columns. With `skip`, rows that cannot be read are left out.
    """

    paths: tuple[str, ...]
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    decimal_comma: bool = False
    skip: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of few texts: a number of shape (rows,) for each, which is its place among `names`; None for no text."""

    codes: NDArray[np.uint8]
    names: tuple[str | None, ...]


def format_of(path: str, given: str | None = None, beside: Iterable[str] = ()) -> FileFormat:
    """The format of a data file by its name, or the one given; `-` for a standard stream has no name to tell it.

    Endings that the caller knows `beside` these are named where this one is not known.
    """
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    compression = COMPRESSIONS.get(suffixes[-1], "") if suffixes else ""
    if compression:
        suffixes.pop()
    name = given or (SUFFIXES.get(suffixes[-1]) if suffixes else None)
    if name is None:
        known = ", ".join((*SUFFIXES, *beside))
        hint = f"use one of {known}, or say " + ("--format" if beside else "--data-format")
        raise DerivError(f"'{file_name(path)}' has an ending that says no known data format", hint=hint)
    if compression and name not in TEXT:
        hint = "name a file that is not compressed as a whole"
        raise DerivError(f"'{file_name(path)}' is compressed, and {name} is compressed inside if at all", hint=hint)
    return FileFormat(name, compression)
