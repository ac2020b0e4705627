"""How data files are to be read: what their names and their contents do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STOP, SKIP, KEEP = ON_ERROR = ("stop", "skip", "keep")
"""What is done about a row with a cell that cannot be read: the job ends, the row is left out, or has no results."""

SPACES = " \u00a0\u2009\u202f"
"""What people put between thousands where they say a space: some do not break, some are thin."""

THOUSANDS = {",": "comma", ".": "point", "'": "apostrophe", " ": "space"}
"""The signs between thousands, and their names for a shell."""

SPACE = "space"
"""The name of a separator that is any run of spaces and tabs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table lies in a text file; the file tells what is not given.

    `skip_lines` are above the table, and lines that begin with `comment` are none of it. Of the `header_lines` the
    first holds the names, a second one units, and others nothing; 0 is for none, and None for what the file tells. The
    `separator` is a character or SPACE, and "" where the header tells it; instead, cells may have fixed `widths`, in
    characters. `encoding` is a name of Python's, and "" is UTF-8, or what a byte order mark says.
    """

    skip_lines: int = 0
    comment: str = ""
    header_lines: int | None = None
    separator: str = ""
    widths: tuple[int, ...] = ()
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """How cells are written.

    `missing` are the texts that stand for no number in every column, and `missing_in` those of single columns, by
    headers or variables. `thousands` separates groups of digits. `time_format` is that of strptime, "" for ISO 8601.
    """

    decimal_comma: bool = False
    thousands: str = ""
    missing: tuple[str, ...] = ()
    missing_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    time_format: str = ""

    @property
    def all_missing(self) -> frozenset[str]:
        """The texts that stand for no number in some column."""
        return frozenset(self.missing).union(*self.missing_in.values())


AS_TOLD, AS_PEOPLE_WRITE = Layout(), Cells()
"""What the file tells itself, and numbers as people write them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: their names or patterns, `-` for standard input, and what they do not tell themselves.

    `columns` gives variables the headers of their columns, or their numbers from 1 on where no header is that.
    `types` has Arrow's names of types by headers, for columns of text that are passed on; the header "" is for all
    others, and the type "auto" for what the first rows tell.
    """

    paths: tuple[str, ...]
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    on_error: str = STOP
    layout: Layout = AS_TOLD
    cells: Cells = AS_PEOPLE_WRITE
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def decimal_comma(self) -> bool:
        """Whether the comma is the decimal sign."""
        return self.cells.decimal_comma

    @property
    def skip(self) -> bool:
        """Whether rows that cannot be read are left out."""
        return self.on_error == SKIP
