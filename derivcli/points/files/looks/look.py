"""A look at a data file: what it is taken for, as its first rows tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derivcli.points.files.guessing.columns import ColumnGuess
from derivcli.points.files.reading import Cells, Layout


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column: its number from 1 on, its header, and the variable that it would be, "" where it has to be named.

    `type` is that of the file, "" of text. `first` are its first cells.
    """

    number: int
    header: str
    variable: str
    type: str
    guess: ColumnGuess
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileLook:
    """What a file is taken for.

    `count` are its rows, None where nothing tells, and `is_exact` says that they were counted; `looked_at` are the
    rows that the columns tell of, and `unread` those among them that are none. Of text there are the `encoding`, where
    the table lies, what of it has to be told, and the lines `above` it.
    """

    name: str
    format: str
    is_named: bool
    """Whether the file's name tells its format."""
    columns: Sequence[ColumnLook]
    count: int | None
    is_exact: bool
    looked_at: int
    compression: str = ""
    size: int | None = None
    encoding: str = ""
    layout: Layout = field(default_factory=Layout)
    needed: Layout = field(default_factory=Layout)
    cells: Cells = field(default_factory=Cells)
    above: tuple[str, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    """The paths of fields within structures, which a variable may take."""
    notes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """The names and patterns of files that the command reads."""
    others: str = ""
    """What there is to say of further files."""

    @property
    def has_names(self) -> bool:
        """Whether columns have names, and are not called by their numbers."""
        return self.layout.header_lines != 0
