"""Points from the columns of data files, in parts, so that memory stays flat however many rows there are."""

from __future__ import annotations

import difflib
import glob
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from derivcli.errors import DerivError, file_name
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.tokens import canonical_name
from derivcli.points.files.batches import STANDARD_INPUT, DataFile, Passed, selected
from derivcli.points.files.cells.cells_to_numbers import check_type
from derivcli.points.files.cells.missing import missing_by_header
from derivcli.points.files.column_names import headers_by_name, is_number_of_column, places_meant
from derivcli.points.files.common_schema import arranged, common_schema
from derivcli.points.files.formats import format_of
from derivcli.points.files.kept_rows import Kept, KeptRows
from derivcli.points.files.reading import KEEP, Reading
from derivcli.points.files.struct_fields import fields_of, is_field, tops, type_of
from derivcli.points.files.typed.given_types import Given, check_types
from derivcli.points.points import Part, points_from_arrays

MAX_HEADERS_SHOWN = 40

MAX_HEADERS_COMPARED = 10_000
"""Headers that are searched for one like a name that is none."""


class DataFiles:
    """The columns of data files, opened and not yet read.

    `headers` are the columns in order. `variables` gives the header of each variable, and `ambiguous` the headers of
    each name that several columns share. `paths` are the files behind the names. `have_types` says that the
    format of some file tells a number from its text, and `storage` how the first Parquet file stores its columns. In
    the first file the variables' columns have these `places`, `separator` stands between the cells of text, and there
    are `lines_above` its first row.
    """

    def __init__(self, reading: Reading, files: Sequence[DataFile], names: Sequence[str]) -> None:
        self.paths = tuple(Path(name).resolve() for name in names if name != "-")
        self.headers = tuple(files[0].renamed.get(name, name) for name in files[0].schema.names)
        self.decimal_comma, self.have_types = reading.decimal_comma, any(file.has_types for file in files)
        self.storage = next((file.storage for file in files if file.storage is not None), None)
        self._reading, self._files, self._names = reading, files, names
        for file in files[1:]:
            _check_same_columns(file, files[0])
        headers = headers_by_name(self.headers)
        self.ambiguous = {name: each for name, each in headers.items() if len(each) > 1}
        self.variables = {name: each[0] for name, each in headers.items() if len(each) == 1}
        self.variables |= {canonical_name(name): self._given(header) for name, header in reading.columns.items()}
        names_in_file = files[0].schema.names
        given = ((name, header) for name, header in self.variables.items() if header in names_in_file)
        self.places = {name: names_in_file.index(header) for name, header in given}
        self.separator, self.lines_above = files[0].separator, files[0].header_lines
        self.types = reading.types
        check_types(reading.types, self.headers)
        every_header = dict.fromkeys([*names_in_file, *self.variables.values()])
        missing = missing_by_header(reading.cells, every_header, self.variables)
        self.given, self._kept = Given(reading.types, missing, reading.cells), KeptRows(reading, missing)
        counts, sizes = [file.count for file in files], [file.size for file in files]
        self._rows = None if None in counts else sum(count or 0 for count in counts)
        self._bytes = None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def count(self) -> int | None:
        """How many rows there are, blank ones too; None where that is not known, or where some may be left out."""
        return None if self._reading.skip else self._rows

    @property
    def expected(self) -> int | None:
        """How many rows there will be, by the bytes of those that were read so far; None where nothing tells."""
        if self._rows is not None or self._bytes is None or not self._kept.bytes:
            return self._rows
        return max(self._kept.used, round(self._kept.used * self._bytes / self._kept.bytes))

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the files, complete after the last part."""
        found = _read_again(self._names) + [note for file in self._files for note in file.notes]
        return found + self._kept.notes

    def has_column(self, header: str) -> bool:
        """Whether a column has this header, or gives a variable of this name."""
        return header.strip() in {each.strip() for each in self.headers} or canonical_name(header) in self.variables

    def name_uncertainties(self, name: str, header: str) -> None:
        """Give the column with a header, which holds uncertainties, a name of its own."""
        is_header = header.strip() in {each.strip() for each in self.headers}
        self.variables[name] = self._given(header) if is_header else self.variables[canonical_name(header)]
        self._kept.not_negative.add(self.variables[name])

    def check_used(self, names: Collection[str]) -> None:
        """Refuse a column that was named for a variable that is not among these."""
        for name in self._reading.columns:
            if name not in names:
                raise DerivError(f"'{name}' has a column but does not occur here", hint="leave out its --column")

    def hidden_constants(self, names: Collection[str]) -> list[str]:
        """Notes of the variables among these that a formula without the files would read as constants."""
        hidden = [name for name in names if name in CONSTANTS and name in self.variables]
        return [f"'{name}' is the column of the file here, not the constant" for name in hidden]

    def places_of(self, given: Sequence[str]) -> list[int]:
        """The places of the columns that are given by headers or by numbers, each once, in this order."""
        found: dict[int, None] = {}
        for header in given:
            places = places_meant(self.headers, header)
            if not places:
                raise self._no_column(header)
            found.update(dict.fromkeys(places))
        return list(found)

    def parts(self, variables: Sequence[str], size: int, passed: Passed = True) -> Iterator[Part]:
        """The points of all files, at most `size` at a time; raises DerivError at the first row that cannot be read.

        The rows of a part have the columns that are used, and those that are `passed` on.
        """
        if not isinstance(passed, bool):
            passed = [self._files[0].schema.names[place] for place in self.places_of(passed)]
        headers = {variable: self._header(variable) for variable in variables}
        used = list(dict.fromkeys(headers.values()))
        columns_used = tops(self._files[0].schema, used)
        for file in self._files:
            for header in used:
                check_type(type_of(file.schema, header), header, file.name)
            file.select(used, passed)
        first = self._files[0].schema
        every = None if passed is True else selected(first.names, columns_used, passed)
        schema = common_schema([file.schema for file in self._files], every)
        for file in self._files:
            for kept in self._kept.batches(file, size):
                rows = arranged(kept.rows, schema, file.name)
                shown = [file.renamed.get(name, name) for name in schema.names]
                rows = rows.rename_columns(shown) if file.renamed else rows
                yield from _sliced(kept._replace(rows=rows), headers, size)
        self._kept.check(self._files)

    def _given(self, header: str) -> str:
        names = self._files[0].schema.names
        places = places_meant(self.headers, header)
        if not places and is_field(self._files[0].schema, header):
            return header
        if len(places) != 1 or names.count(names[places[0]]) > 1:
            raise self._no_column(header)
        return str(names[places[0]])

    def _header(self, variable: str) -> str:
        if variable not in self.variables:
            raise self._no_column(variable)
        return self.variables[variable]

    def _no_column(self, name: str) -> DerivError:
        places = places_meant(self.headers, name)
        file = self._files[0].name
        if places:
            shown = " and ".join(str(place + 1) for place in places)
            hint = f"say which by its number, as in --column x={places[-1] + 1}, or rename one of them"
            return DerivError(f"{file} has several columns '{name}': columns {shown}", hint=hint)
        known = [*(header.strip() for header in self.headers[:MAX_HEADERS_COMPARED]), *fields_of(self._files[0].schema)]
        close = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean '{close[0]}'?" if close else 'name a column as in --column x="its header"'
        hint = f"its columns have the numbers 1 to {len(self.headers):,}" if is_number_of_column(name) else hint
        return DerivError(f"there is no column '{name}'; the file has: {headers_shown(self.headers)}", hint=hint)


def headers_shown(headers: Sequence[str]) -> str:
    """The headers as a message shows them: of very many the first."""
    shown = ", ".join(header.strip() for header in headers[:MAX_HEADERS_SHOWN])
    return f"{shown}, … ({len(headers):,} in all)" if len(headers) > MAX_HEADERS_SHOWN else shown


@contextmanager
def open_data(reading: Reading, stdin: BinaryIO) -> Iterator[DataFiles]:
    """Data files that are open until the block ends; raises DerivError where one is none, or has other columns."""
    names = [each for path in reading.paths for each in matching(path)]
    if names.count("-") > 1:
        raise DerivError("standard input is read more than once", hint="give - once")
    with ExitStack() as stack:
        files = [stack.enter_context(closing(_open(name, reading, stdin))) for name in names]
        yield DataFiles(reading, files, names)


def matching(path: str) -> list[str]:
    """The files that a name or a pattern means; raises DerivError where there is none."""
    if path == "-" or not glob.has_magic(path) or os.path.exists(path):  # noqa: PTH110 (whatever the name)
        return [path]
    found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 (which pathlib has no match for in one call)
    if not found:
        raise DerivError(f"no file matches '{file_name(path)}'", hint="check the pattern, and the directory you are in")
    return found


def _read_again(paths: Sequence[str]) -> list[str]:
    """Notes of the files that are read more than once, as by their name and by a pattern, or through a link."""
    names: dict[Path, list[str]] = {}
    for path in paths:
        names.setdefault(Path(path).resolve(), []).append(path)
    several = [(file_name(each[0]), len(each)) for each in names.values() if len(each) > 1]
    return [f"{name} is read {'twice' if count == 2 else f'{count:,} times'}" for name, count in several]


def _open(path: str, reading: Reading, stdin: BinaryIO) -> DataFile:
    if path == "-" and reading.format is None:
        message = f"{STANDARD_INPUT} has no name that tells its format"
        raise DerivError(message, hint="say it, as in --data-format csv")
    name, file = (STANDARD_INPUT, None) if path == "-" else (file_name(path), path)
    if file is not None and os.path.isdir(file):  # noqa: PTH112 (whatever the name)
        raise DerivError(f"{name} is a directory", hint=f"name the files in it, as in {Path(file) / '*'}")
    format = replace(format_of(path, reading.format), cells=reading.cells, layout=reading.layout)
    format = replace(format, fills_rows=reading.on_error == KEEP)
    format = replace(format, by_number=any(is_number_of_column(header) for header in reading.columns.values()))
    return format.row.code().open_reader(name, file, stdin, format)


def _check_same_columns(file: DataFile, first: DataFile) -> None:
    names, others = Counter(file.schema.names), Counter(first.schema.names)
    for name in others | names:
        if names[name] != others[name]:
            lacking, having = (file, first) if names[name] < others[name] else (first, file)
            message = f"{lacking.name} has no column '{name}' as {having.name} has it"
            raise DerivError(message, hint="files that are read together have the same columns")


def _sliced(kept: Kept, headers: Mapping[str, str], size: int) -> Iterator[Part]:
    """Parts of at most so many rows, with the points of the variables that have these headers."""
    count = kept.rows.num_rows
    step = max(1, -(-count // max(1, -(-count // size))))
    start = 0
    for first in range(0, count, step):
        blank = None if kept.blank is None else kept.blank[first : first + step]
        stop = start + min(step, count - first) - (0 if blank is None else int(blank.sum()))
        numbers = {variable: kept.numbers[header][start:stop] for variable, header in headers.items()}
        part = Part(points_from_arrays(numbers), kept.rows.slice(first, step))
        if blank is not None and blank.any():
            cells = {variable: kept.cells[header][first : first + step] for variable, header in headers.items()}
            part = part._replace(blank=blank, cells=cells)
        yield part
        start = stop
