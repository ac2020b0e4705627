"""What separates the cells of a text file, as its first lines tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from derivcli.points.files.reading import SPACE
from derivcli.points.files.text.units import are_numbers

SEPARATORS = {",": "','", ";": "';'", "\t": "a tab", "|": "'|'"}
"""All separators that a header tells, as messages show them."""

SHOWN = {**SEPARATORS, SPACE: "white space"}
"""All separators that first lines tell."""

_QUOTED = re.compile(r'"(?:[^"]|"")*+"')


def told_by_header(header: str, usual: str) -> tuple[str, bool]:
    """The separator that a header has most of outside quotes, and whether it has any; in doubt the usual one.

    The comma is the last choice where it is not the usual one: it may be a decimal sign.
    """
    bare = _QUOTED.sub("", header)
    found = [name for name in SEPARATORS if name in bare]
    others = [name for name in found if name != "," or usual == ","] or [*SEPARATORS]
    separator = max(others, key=lambda separator: (bare.count(separator), separator == usual))
    return separator, bool(found)


def separates_by_space(rows: Sequence[Sequence[str]], missing: Collection[str]) -> bool:
    """Whether first rows, cut at white space, have as many cells each, two or more, and a column of numbers."""
    if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return False
    columns = list(zip(*rows[1:], strict=True))
    return any(are_numbers(cells, missing, comma) for cells in columns for comma in (False, True))
