"""The columns of a data file as a script in Python reads them, by NumPy or by Arrow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, file_name
from derivcli.explain.code.script_names import Names
from derivcli.points.files.formats import DATA_FORMATS, DataFormat, format_of
from derivcli.points.files.reading import SPACE, STOP, Cells, Layout, Reading

if TYPE_CHECKING:
    from derivcli.points.files.data_files import DataFiles

ARROW = tuple(row.table_reader.rpartition(".")[0] for row in DATA_FORMATS.values() if row.table_reader)
"""The modules of Arrow that read tables."""


def quoted(text: str) -> str:
    """A text as Python writes it, in double quotes where it can."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written else written


@dataclass(frozen=True, slots=True)
class DataColumns:
    """The columns that variables are: the file and its format, and of each variable the column's header and place.

    `headers` and `places` have the same keys. Of text `separator` stands between cells, and there are `lines_above` the
    first row.
    """

    path: str
    format: DataFormat
    headers: Mapping[str, str]
    places: Mapping[str, int]
    separator: str = ""
    lines_above: int = 1

    @property
    def name(self) -> str:
        """The file as messages call it."""
        return file_name(self.path)

    def lines(self, names: Names) -> list[str]:
        """The lines that read the columns into arrays of NumPy."""
        python = [names.python[name] for name in self.headers]
        others = [f"{names.python[name]} is {header!r}" for name, header in self.headers.items() if header != name]
        lines = [f"# the columns of {self.name}{': ' if others else ''}{', '.join(others)}"]
        if not self.format.table_reader:
            places = ", ".join(str(place) for place in self.places.values())
            left = ", ".join(python) if len(python) > 1 else f"({python[0]},)"
            options = f"{self._separator}skiprows={self.lines_above}, usecols=[{places}], quotechar='\"'"
            return [*lines, f"{left} = np.loadtxt(", f"    {quoted(self.path)}, {options}, unpack=True, ndmin=2", ")"]
        table = names.fresh("table")
        lines.append(f"{table} = {self.format.table_reader}({quoted(self.path)})")
        pairs = zip(python, self.headers.values(), strict=True)
        return [*lines, *(f"{name} = {table}[{quoted(header)}].to_numpy().astype(float)" for name, header in pairs)]

    @property
    def sentence(self) -> str:
        """What the arguments of a function are, in a language that does not read the file here."""
        columns = ", ".join(f"{name} the column {header!r}" for name, header in self.headers.items())
        return f"to be called for each row of {self.name}, with {columns}"

    @property
    def _separator(self) -> str:
        """The option of NumPy's for it, whose default is any white space."""
        return "" if self.separator == SPACE else f"delimiter={quoted(self.separator or self.format.separator)}, "


def columns_of(reading: Reading, data: DataFiles, names: Collection[str]) -> DataColumns:
    """The columns of the variables among these; only one plain file is read in a script."""
    (path, *others) = reading.paths
    is_one = not others and path != "-" and not any(sign in path for sign in "*?[")
    found = format_of(path, reading.format) if is_one else None
    is_plain = (reading.cells, reading.layout, reading.on_error) == (Cells(), Layout(), STOP)
    if found is None or found.compression or not is_plain:
        hint = "name one file, not compressed, with decimal points`shell:, and leave out the options of data files`"
        raise DerivError("code reads one plain file whose rows are all numbers", hint=hint)
    places = {name: data.places[name] for name in names if name in data.places}
    taken = {name: data.headers[place] for name, place in places.items()}
    return DataColumns(path, DATA_FORMATS[found.name], taken, places, data.separator, data.lines_above)
