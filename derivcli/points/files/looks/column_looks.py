"""What the columns of a file's first rows are, whether the file has types or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from derivcli.points.files.cells.times import is_time
from derivcli.points.files.guessing.columns import TEXT, TIMES, CellsGuess, ColumnGuess, guess_cells
from derivcli.points.files.reading import Cells
from derivcli.points.files.text.json_values import as_json
from derivcli.points.files.typed.arrow_encodings import decoded, is_numeric, is_text, value_type


def texts_of(cells: pa.Array, kind: pa.DataType) -> list[str]:
    """The cells as texts, "" where there is nothing."""
    if pa.types.is_nested(value_type(kind)):
        try:
            cells = as_json(cells)
        except pa.ArrowNotImplementedError:  # of unions
            return ["" if cell is None else str(cell) for cell in cells.to_pylist()]
    cells = decoded(cells)
    if pa.types.is_temporal(cells.type):
        texts = cells.cast(pa.string()).to_pylist()
        return ["" if text is None else re.sub(r"\.0+(?=Z?$)", "", text) for text in texts]
    return ["" if value is None else str(value) for value in cells.to_pylist()]


def type_name(kind: pa.DataType) -> str:
    """The name of a type: of a dictionary that of its values, and of what is nested the kind alone."""
    if isinstance(kind, pa.BaseExtensionType):
        return str(kind.extension_name).removeprefix("arrow.")
    kind = value_type(kind)
    return str(kind).partition("<")[0]


def guess_typed_cells(
    headers: Sequence[str], columns: Sequence[Sequence[str]], types: Sequence[pa.DataType], separator: str, given: Cells
) -> CellsGuess:
    """What columns are: those of numbers by their types, and those of text by what their cells say."""
    plain = [value_type(kind) for kind in types]
    are_text = [place for place, kind in enumerate(plain) if is_text(kind)]
    are_numbers = [place for place, kind in enumerate(plain) if is_numeric(kind) or pa.types.is_decimal(kind)]
    found: dict[int, ColumnGuess] = {}
    texts = _guess(headers, columns, are_text, separator, given, found)
    numbers = _guess(headers, columns, are_numbers, separator, replace(given, decimal_comma=False, thousands=""), found)
    cells = replace(
        texts,
        missing=tuple(dict.fromkeys((*texts.missing, *numbers.missing))),
        missing_in={**texts.missing_in, **numbers.missing_in},
    )
    for place, kind in enumerate(plain):
        if place not in found:
            empty = columns[place].count("")
            formats = ("",) if is_time(kind) else ()
            found[place] = ColumnGuess(
                TIMES if is_time(kind) else TEXT,
                len(columns[place]),
                0,
                {"": empty} if empty else {},
                time_formats=formats,
            )
    return CellsGuess(tuple(found[place] for place in range(len(types))), cells)


def _guess(
    headers: Sequence[str],
    columns: Sequence[Sequence[str]],
    places: Sequence[int],
    separator: str,
    given: Cells,
    found: dict[int, ColumnGuess],
) -> Cells:
    """Add what some columns are, and give how their cells are written."""
    guess = guess_cells([headers[place] for place in places], [columns[place] for place in places], separator, given)
    found.update(zip(places, guess.columns, strict=True))
    return guess.cells
