"""Points from the columns of data files, in chunks, so that memory stays flat however many rows there are."""

from __future__ import annotations

import difflib
import glob
import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from derivcli.errors import DerivError, file_name
from derivcli.language.tokens import canonical_name, is_name
from derivcli.points.files.arrow_encodings import filtered
from derivcli.points.files.cells_to_numbers import check_type
from derivcli.points.files.csv_reader import DelimitedFile
from derivcli.points.files.format_reader import STANDARD_INPUT, Lost, Piece, Source, Want, faults
from derivcli.points.files.formats import TEXT, Reading, Storage, format_of
from derivcli.points.files.json_lines_reader import JsonFile
from derivcli.points.files.parquet_arrow_reader import ParquetFile, TableFile, open_table
from derivcli.points.files.text_blocks import TextFile

if TYPE_CHECKING:
    from derivcli.result import FloatArray

LISTED = 5
"""Rows that are left out and named; the others are only counted."""

SHOWN = 40
"""Headers that a message shows."""

COMPARED = 10_000
"""Headers that are searched for one that was perhaps meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows: the wanted variables, float64 of shape (rows,), and all columns as they are."""

    at: dict[str, FloatArray]
    rows: pa.RecordBatch


@dataclass(slots=True)
class _Tally:
    """What has been counted so far over all files."""

    rows: int = 0
    kept: int = 0
    size: int = 0
    skipped: list[str] = field(default_factory=list)
    rounded: dict[str, tuple[int, str]] = field(default_factory=dict)


class Data:
    """The columns of data files: opened, and not yet read.

    `headers` are the columns in order, `variables` the header of each variable, `repeated` the headers of each name
    that is none for standing there more than once, `files` the files behind the names; `notes` is complete after the
    last chunk.
    """

    def __init__(self, reading: Reading, sources: Sequence[Source], paths: Sequence[str]) -> None:
        self.files = tuple(Path(path).resolve() for path in paths if path != "-")
        self._paths = paths
        self.headers = tuple(sources[0].schema.names)
        self._reading, self._sources = reading, sources
        self._tally = _Tally()
        for source in sources[1:]:
            _check_same(source, sources[0])
        self.variables = self._named()
        counts = [source.count for source in sources]
        self._rows = None if None in counts else sum(count or 0 for count in counts)
        sizes = [source.size for source in sources]
        self._size = None if None in sizes else sum(size or 0 for size in sizes)

    def __enter__(self) -> Data:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for source in self._sources:
            source.close()

    @property
    def count(self) -> int | None:
        """How many rows there are; None where that is not known, or where some may be left out."""
        return None if self._reading.skip else self._rows

    @property
    def untyped(self) -> bool:
        """Whether columns are text because no file's format has types."""
        return all(isinstance(source, DelimitedFile) for source in self._sources)

    @property
    def storage(self) -> Storage | None:
        """How the first Parquet file stores its columns."""
        return next((source.storage for source in self._sources if isinstance(source, ParquetFile)), None)

    @property
    def decimal_comma(self) -> bool:
        """Whether the comma is the decimal sign of the files."""
        return self._reading.decimal_comma

    @property
    def fraction(self) -> float | None:
        """The part of all bytes that has been read; None for a pipe."""
        if self._size is None:
            return None
        return min(1.0, sum(source.done for source in self._sources) / max(1, self._size))

    @property
    def expected(self) -> int | None:
        """How many rows there will be, by the bytes of those that were read so far; None where nothing tells."""
        if self._rows is not None or self._size is None or not self._tally.size:
            return self._rows
        # Not by `fraction`: files are read ahead of their rows, a short one as a whole before its first row is used.
        return max(self._tally.kept, round(self._tally.kept * self._size / self._tally.size))

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the files, complete after the last chunk."""
        found = _repeated(self._paths)
        found += [note for source in self._sources for note in source.notes]
        left_out = self._tally.rows - self._tally.kept
        if left_out:
            more = ", …" if left_out > LISTED else ""
            rows = "1 row was" if left_out == 1 else f"{left_out:,} rows were"
            found.append(f"{rows} left out: {', '.join(self._tally.skipped)}{more}")
        for header, (count, first) in self._tally.rounded.items():
            numbers = "1 whole number is" if count == 1 else f"{count:,} whole numbers are"
            found.append(f"column '{header}': {numbers} rounded to float64, the first in {first}")
        return found

    def missing(self, variable: str) -> DerivError:
        """The refusal of a variable that is no column."""
        return self._no_column(variable)

    def chunks(self, wanted: Sequence[str], size: int, passed: bool = True) -> Iterator[Chunk]:
        """The rows of all files, at most `size` at a time; raises DerivError at the first that cannot be read.

        Where they are not `passed` on, only the wanted columns are read, and `rows` holds no others.
        """
        headers = {variable: self._header(variable) for variable in wanted}
        names = None if passed else list(dict.fromkeys(headers.values()))
        for source in self._sources:
            if isinstance(source, TableFile | DelimitedFile):
                source.select(names)
        places = [_first_places(source.schema.names) for source in self._sources]
        wants = [[Want(v, h, place[h]) for v, h in headers.items()] for place in places]
        for source, expected in zip(self._sources, wants, strict=True):
            source.expect(expected)
            for want in expected:
                check_type(source.schema.field(want.place).type, want.header, source.name)
        schema = _common([source.schema for source in self._sources], names)
        for source, expected in zip(self._sources, wants, strict=True):
            yield from self._chunks(source, expected, schema, size)
        self._check_rows()

    def _chunks(self, source: Source, wants: Sequence[Want], schema: pa.Schema, size: int) -> Iterator[Chunk]:
        row, line = 0, 0
        order = _order(source.schema.names, schema.names)
        for piece in source.pieces(wants, size):
            keep = self._examined(source, piece, wants, row, line)
            row, line = row + piece.total, line + piece.lines
            at = {name: column.values for name, column in piece.columns.items()}
            rows = piece.rows
            if keep is not None:
                at, rows = {name: values[keep] for name, values in at.items()}, filtered(rows, keep)
            rows = _arranged(rows, order, schema, source.name)
            self._tally.rows += piece.total
            self._tally.size += piece.size
            self._tally.kept += rows.num_rows
            yield from _sliced(at, rows, size)

    def _examined(self, source: Source, piece: Piece, wants: Sequence[Want], row: int, line: int) -> np.ndarray | None:
        """Which of a piece's rows are kept, None for all; raises DerivError at a bad one unless they are skipped."""
        self._note_rounded(source, piece, wants, row)
        if not self._reading.skip:
            for fault in faults(piece, wants, self._reading.decimal_comma):
                raise _refusal(source, piece, fault, row, line)
        mask = piece.bad()
        missing = LISTED - len(self._tally.skipped)
        for fault in islice(faults(piece, wants, self._reading.decimal_comma), missing):
            self._tally.skipped.append(f"{source.name}, row {row + fault.place + 1:,} ({fault.why})")
        return None if mask is None else ~mask

    def _note_rounded(self, source: Source, piece: Piece, wants: Sequence[Want], row: int) -> None:
        for want in wants:
            places = piece.columns[want.variable].rounded
            if places is not None:
                first = f"row {row + piece.place(int(places[0])) + 1:,} of {source.name}"
                count, first = self._tally.rounded.get(want.header, (0, first))
                self._tally.rounded[want.header] = (count + len(places), first)

    def _check_rows(self) -> None:
        """Refuse files without rows, and rows that were all left out."""
        if not self._tally.rows:
            several = len(self._sources) > 1
            header = "a header" if isinstance(self._sources[0], DelimitedFile) else "columns"
            what = "none of the files has rows" if several else f"{self._sources[0].name} has {header} and no rows"
            raise DerivError(what, hint="write rows of numbers under the names of the columns")
        if not self._tally.kept:
            message = f"none of the rows can be read: {self._tally.skipped[0]}"
            raise DerivError(message, hint="choose other columns, or correct the rows")

    def _named(self) -> dict[str, str]:
        """The header of every variable: those that are names and stand there once, and those that were given."""
        names = [canonical_name(header.strip()) for header in self.headers]
        headers: dict[str, list[str]] = {}
        for name, header in zip(names, self.headers, strict=True):
            headers.setdefault(name, []).append(header)
        named = {name: each for name, each in headers.items() if is_name(name)}
        self.repeated = {name: each for name, each in named.items() if len(each) > 1}
        found = {name: each[0] for name, each in named.items() if len(each) == 1}
        given = self._reading.columns.items()
        return found | {canonical_name(variable): self._given(header) for variable, header in given}

    def _given(self, header: str) -> str:
        """The header of a column as it stands in the file."""
        matching = [name for name in self.headers if name == header] or [
            name for name in self.headers if name.strip() == header.strip()
        ]
        if len(matching) != 1:
            raise self._no_column(header)
        return str(matching[0])

    def _header(self, variable: str) -> str:
        if variable not in self.variables:
            raise self._no_column(variable)
        return self.variables[variable]

    def _no_column(self, name: str) -> DerivError:
        """The refusal of a column that is not there, or more than once."""
        wanted = canonical_name(name.strip())
        places = [n for n, header in enumerate(self.headers, 1) if canonical_name(header.strip()) == wanted]
        file = self._sources[0].name
        if len(places) > 1:
            shown = " and ".join(map(str, places))
            return DerivError(f"{file} has several columns '{name}': columns {shown}", hint="rename one of them")
        close = difflib.get_close_matches(name, [header.strip() for header in self.headers[:COMPARED]], 1)
        hint = f"did you mean '{close[0]}'?" if close else 'name a column as in --column x="its header"'
        return DerivError(f"there is no column '{name}'; the file has: {listed(self.headers)}", hint=hint)


def listed(headers: Sequence[str]) -> str:
    """The headers as a message shows them: of very many the first."""
    shown = ", ".join(header.strip() for header in headers[:SHOWN])
    return f"{shown}, … ({len(headers):,} in all)" if len(headers) > SHOWN else shown


def open_data(reading: Reading, stdin: BinaryIO) -> Data:
    """The columns of data files; raises DerivError where a file is none, or has other columns than the first."""
    paths = [each for path in reading.paths for each in _matching(path)]
    if paths.count("-") > 1:
        raise DerivError("standard input is read more than once", hint="give - once")
    sources: list[Source] = []
    try:
        for path in paths:
            sources.append(_open(path, reading, stdin))
        return Data(reading, sources, paths)
    except BaseException:
        for source in sources:
            source.close()
        raise


def _matching(path: str) -> list[str]:
    """The files behind a name or a pattern."""
    if path == "-" or not glob.has_magic(path) or os.path.exists(path):  # noqa: PTH110 (whatever the name)
        return [path]
    found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 (which pathlib has no match for in one call)
    if not found:
        raise DerivError(f"no file matches '{file_name(path)}'", hint="check the pattern, and the directory you are in")
    return found


def _repeated(paths: Sequence[str]) -> list[str]:
    """Notes of the files that are read more than once, as by their name and by a pattern, or through a link."""
    names: dict[Path, list[str]] = {}
    for path in paths:
        names.setdefault(Path(path).resolve(), []).append(path)
    several = [(file_name(each[0]), len(each)) for each in names.values() if len(each) > 1]
    return [f"{name} is read {'twice' if count == 2 else f'{count:,} times'}" for name, count in several]


def _open(path: str, reading: Reading, stdin: BinaryIO) -> Source:
    if path == "-" and reading.format is None:
        message = f"{STANDARD_INPUT} has no name that tells its format"
        raise DerivError(message, hint="say it, as in --data-format csv")
    name, file = (STANDARD_INPUT, None) if path == "-" else (file_name(path), path)
    if file is not None and os.path.isdir(file):  # noqa: PTH112 (whatever the name)
        raise DerivError(f"{name} is a directory", hint=f"name the files in it, as in {Path(file) / '*'}")
    kind = format_of(path, reading.format)
    if kind.name not in TEXT:
        return open_table(name, file, stdin, kind.name, reading.decimal_comma)
    text = TextFile(name, file, stdin, kind.compression)
    try:
        if kind.name == "jsonl":
            return JsonFile(text, reading.decimal_comma)
        return DelimitedFile(text, kind.name, reading.decimal_comma)
    except DerivError:
        text.close()
        raise


def _check_same(source: Source, first: Source) -> None:
    """Refuse a file with other columns than the first one."""
    names, others = Counter(source.schema.names), Counter(first.schema.names)
    for name in others | names:
        if names[name] != others[name]:
            lacking, having = (source, first) if names[name] < others[name] else (first, source)
            message = f"{lacking.name} has no column '{name}' as {having.name} has it"
            raise DerivError(message, hint="files that are read together have the same columns")


def _first_places(names: Sequence[str]) -> dict[str, int]:
    """Where each name stands first."""
    return {name: place for place, name in reversed([*enumerate(names)])}


def _order(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Where the columns stand in a file; of several of one name the first comes first."""
    places: dict[str, deque[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, deque()).append(place)
    return [places[name].popleft() for name in wanted]


def _common(schemas: Sequence[pa.Schema], names: Sequence[str] | None) -> pa.Schema:
    """The columns of the first file with all that it says of them, and types that hold those of all files."""
    orders = [_order(schema.names, schemas[0].names if names is None else names) for schema in schemas]
    columns = zip(*([s.field(place) for place in order] for s, order in zip(schemas, orders, strict=True)), strict=True)
    return pa.schema([_widened(fields) for fields in columns], metadata=schemas[0].metadata)


def _widened(fields: Sequence[pa.Field]) -> pa.Field:
    """The first field, for the values of all."""
    kinds = list(dict.fromkeys(field.type for field in fields))
    kind = kinds[0] if len(kinds) == 1 else _wider(kinds)
    return fields[0].with_type(kind).with_nullable(any(field.nullable for field in fields))


def _wider(kinds: Sequence[pa.DataType]) -> pa.DataType:
    """The type of numbers of several types, that of times of several units and their like, text for all else."""
    kinds = [kind for kind in kinds if not pa.types.is_null(kind)]
    whole = [pa.types.is_integer(kind) for kind in kinds]
    if not all(each or pa.types.is_floating(kind) for each, kind in zip(whole, kinds, strict=True)):
        return _shared(kinds) if len({kind.id for kind in kinds}) == 1 else pa.string()
    if any(whole) and not all(whole):
        return pa.float64()
    if len({pa.types.is_signed_integer(kind) for kind in kinds}) > 1:
        return pa.int64()  # not float64, which would change whole numbers that int64 holds
    return max(kinds, key=lambda kind: kind.bit_width)


def _shared(kinds: Sequence[pa.DataType]) -> pa.DataType:
    """The type of one kind that holds the values of all: the finest unit, the most digits; text where there is none."""
    try:
        return pa.unify_schemas([pa.schema([("", kind)]) for kind in kinds], promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()


def _arranged(rows: pa.RecordBatch, order: Sequence[int], schema: pa.Schema, name: str) -> pa.RecordBatch:
    """The rows with the columns in the order and of the types of the first file."""
    columns = []
    for place, wanted in zip(order, schema, strict=True):
        try:
            columns.append(rows.column(place).cast(wanted.type))
        except pa.ArrowException as error:
            message = f"{name}: column '{wanted.name}' cannot be made {wanted.type}, to be like that of other files"
            raise DerivError(message, hint="read files with other types one at a time") from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _sliced(at: dict[str, FloatArray], rows: pa.RecordBatch, size: int) -> Iterator[Chunk]:
    """Equal chunks of at most `size` rows, without copying."""
    count = rows.num_rows
    step = -(-count // max(1, -(-count // size)))
    for start in range(0, count, max(1, step)):
        yield Chunk({name: values[start : start + step] for name, values in at.items()}, rows.slice(start, step))


def _refusal(source: Source, piece: Piece, fault: Lost, row: int, line: int) -> DerivError:
    """What is wrong with a row, and where it is."""
    within = piece.line_of(fault.place)
    shown = "" if within is None else f" (line {line + within + 1:,})"
    return DerivError(f"{source.name}, row {row + fault.place + 1:,}{shown}, {fault.why}", hint=fault.hint)
