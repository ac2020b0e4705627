"""The layout that would read a text file where the usual one does not, tried on the first block by the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.points.files.cells.number_grammar import is_number
from derivcli.points.files.reading import Layout
from derivcli.points.files.text.header import TextHeader, TextStart, read_header
from derivcli.points.files.text.units import are_numbers

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat

MAX_LINES_ABOVE = 100
"""Lines above a table that are tried."""

MAX_BYTES_TRIED = 1 << 17

MAX_LINES_ALIGNED = 40
"""Lines that are looked at for columns of fixed widths."""

COMMENT_SIGNS = ("##", "#", "%", "//", "!", ";", "'", "*")
"""What remarks begin with, longer ones before shorter ones."""


def found_layout(text: TextStart, format: FileFormat) -> Layout | None:
    """The first layout that makes a table of the first rows; None where none does."""
    given = format.layout
    if len(text.first) > MAX_BYTES_TRIED:
        text = TextStart(text.name, text.first[:MAX_BYTES_TRIED], whole=False)
    for layout in _layouts(text, given):
        try:
            found = read_header(text, replace(format, layout=layout))
        except DerivError:
            continue
        if layout != given and _is_table(found, layout, format.decimal_comma):
            return layout
    return None


def _layouts(text: TextStart, given: Layout) -> Iterator[Layout]:
    """Layouts to try, those with names before those without."""
    yield replace(given, separator="", widths=())
    begins = {line[:2] for line in re.split(rb"[\r\n]+", text.first)}
    signs = [sign for sign in COMMENT_SIGNS if any(begin.startswith(sign.encode()) for begin in begins)]
    above = range(given.skip_lines + 1, given.skip_lines + MAX_LINES_ABOVE + 1)
    for header_lines in [given.header_lines, 0] if given.header_lines is None else [given.header_lines]:
        layout = replace(given, header_lines=header_lines)
        commented = [replace(layout, comment=sign) for sign in signs] if not given.comment else []
        yield from commented
        if header_lines == 0:
            yield layout
        yield from (replace(each, skip_lines=lines) for each in (layout, *commented) for lines in above)
        if header_lines != 0 and (widths := _widths(text, given.skip_lines)):
            yield replace(given, widths=widths)


def _is_table(found: TextHeader, layout: Layout, comma: bool) -> bool:
    """Whether first rows are a table of two columns or more, some of numbers, under names that are none."""
    rows = [row for row in found.below if len(row) == len(found.names)]
    if len(found.names) < 2 or len(rows) < len(found.below) or len(rows) < (2 if layout.header_lines == 0 else 1):
        return False
    if layout.widths and any(len([cell for cell in row if cell]) < 2 for row in rows):
        return False
    if layout.header_lines != 0 and any(is_number(name, comma) or not name.strip() for name in found.names):
        return False
    return any(are_numbers(cells, (), comma) for cells in zip(*rows, strict=True))


def _widths(text: TextStart, above: int) -> tuple[int, ...]:
    """Widths of columns between which each of the first lines has blanks; nothing where there are no such columns."""
    lines = text.first[: 1 << 16].decode(errors="replace").splitlines()[above:]
    lines = [line.rstrip() for line in lines[:MAX_LINES_ALIGNED] if line.strip() and "\t" not in line]
    length = max(map(len, lines), default=0)
    blank = [all(line[place : place + 1] in ("", " ") for line in lines) for place in range(length)]
    starts, place = [], 0
    for is_blank, run in groupby(blank):
        if not is_blank:
            starts.append(place)
        place += len(list(run))
    ends = [*starts[1:], length]
    widths = tuple(end - start for start, end in zip([0, *starts[1:]], ends, strict=False))
    return widths if len(lines) > 2 and len(widths) > 1 else ()
