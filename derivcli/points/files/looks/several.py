"""A look at one data file of several, and whether the others have the same columns."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from derivcli.errors import DerivError
from derivcli.points.files.data_files import matching, open_data
from derivcli.points.files.looks.look import FileLook
from derivcli.points.files.looks.look_at import look_at
from derivcli.points.files.reading import Reading


def look_at_all(reading: Reading, stdin: BinaryIO) -> FileLook:
    """A look at the first of some files or patterns; `paths` are those that are read with one command."""
    paths = [each for path in reading.paths for each in matching(path)]
    look = replace(look_at(paths[0], reading, stdin), paths=reading.paths)
    if len(paths) == 1:
        return look
    others = f"{len(paths) - 1:,} more file{'s' * (len(paths) > 2)}"
    asked = replace(reading, columns={}, layout=look.needed, cells=look.cells, format=reading.format or look.format)
    try:
        with open_data(asked, stdin):
            return replace(look, others=f"{others} with the same columns")
    except DerivError as error:
        return replace(look, others=f"{others}, not read with it: {error.message}", paths=(paths[0],))
