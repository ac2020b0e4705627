"""How a look at a data file is taken: its first bytes are read as the command that follows would read them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import BinaryIO, cast

import pyarrow as pa

from derivcli.errors import DerivError, visible
from derivcli.language.lexer.tokens import canonical_name
from derivcli.points.files.batches import Batch, DataFile
from derivcli.points.files.column_names import headers_by_name, places_meant
from derivcli.points.files.guessing.guess import guess_layout
from derivcli.points.files.guessing.needed import needed_layout
from derivcli.points.files.looks.column_looks import guess_typed_cells, texts_of, type_name
from derivcli.points.files.looks.first_bytes import FirstBytes, Rejoined, first_bytes
from derivcli.points.files.looks.look import ColumnLook, FileLook
from derivcli.points.files.reading import Layout, Reading
from derivcli.points.files.struct_fields import fields_of, type_of
from derivcli.points.files.text.encodings import guess_encoding

MAX_ROWS_LOOKED_AT = 10_000
MAX_CELLS_LOOKED_AT = 200_000
MAX_ROWS_SHOWN = 5
MAX_ROWS_ABOVE_SHOWN = 3

TOLD_ENCODINGS = ("utf-8", "utf-8-sig", "ascii", "utf-16", "utf-32")
"""Encodings that need no name: UTF-8, and those that a byte order mark tells."""


def look_at(path: str, reading: Reading, stdin: BinaryIO) -> FileLook:
    """What a file is taken for where the reading does not say; raises DerivError where it is no data file."""
    start = first_bytes(path, reading.format, stdin)
    if not start.format.row.is_text:
        stream = cast("BinaryIO", Rejoined(start.data, stdin))
        file = start.format.row.code().open_reader(start.name, None if path == "-" else path, stream, start.format)
        return _seen(file, start, reading)
    encoding = reading.layout.encoding or guess_encoding(start.data)
    text = _decoded(start, encoding)
    layout = replace(reading.layout, encoding="")
    format = replace(start.format, cells=reading.cells, layout=layout, compression="", by_number=True)
    guess = guess_layout(text, format.separator, layout) if start.format.name != "jsonl" else None
    layout = guess.layout if guess else layout
    data = io.BytesIO(text.encode(errors="replace"))
    file = format.row.code().open_reader(start.name, None, data, replace(format, layout=layout))
    header_lines = _header_lines(layout, file)
    found = _seen(file, start, reading, header_lines != 0)
    needed = needed_layout(text, guess, replace(format, cells=found.cells)) if guess else layout
    lines = text.split("\n" if "\n" in text else "\r", layout.skip_lines)[: layout.skip_lines]
    return replace(
        found,
        encoding=encoding,
        layout=replace(layout, separator=file.separator, header_lines=header_lines),
        needed=replace(needed, encoding=reading.layout.encoding or ("" if encoding in TOLD_ENCODINGS else encoding)),
        above=tuple(line.rstrip("\r") for line in lines if line.strip())[:MAX_ROWS_ABOVE_SHOWN],
    )


def _header_lines(layout: Layout, file: DataFile) -> int | None:
    """The lines of headers: where nothing was guessed, what the reader made of them."""
    if layout.header_lines is not None or file.has_types:
        return layout.header_lines
    return int(not any("no line of names" in note for note in file.notes))


def _decoded(start: FirstBytes, encoding: str) -> str:
    """The text of the first bytes, which ends where a line ends unless it is whole."""
    if not encoding:
        raise _no_text(start.name)
    try:
        text = start.data.decode(encoding, errors="replace").removeprefix("\ufeff")
    except (LookupError, UnicodeError):
        hint = "name one such as latin-1, cp1252 or utf-16"
        raise DerivError(f"'{visible(encoding)}' is no encoding of text", hint=hint) from None
    if start.share != 1:
        end = max(text.rfind("\n"), text.rfind("\r")) + 1
        text = text[:end] or text
    if "\0" in text:
        raise _no_text(start.name)
    return text


def _no_text(name: str) -> DerivError:
    hint = "name a file of text, of Parquet or of Arrow; text in UTF-16 is read with --encoding utf-16"
    return DerivError(f"{name} holds NUL bytes, which no text does", hint=hint)


def _seen(file: DataFile, start: FirstBytes, reading: Reading, has_names: bool = True) -> FileLook:
    """What the first rows of a file tell, which is closed then."""
    with closing(file):
        schema = file.schema
        fields = [each for each in fields_of(schema) if not pa.types.is_nested(type_of(schema, each))]
        file.select([], passed=True)
        headers = [file.renamed.get(name, name) for name in file.schema.names]
        most = min(MAX_ROWS_LOOKED_AT, MAX_CELLS_LOOKED_AT // max(1, len(headers)) + 1)
        rows, unread, count, ended = _first_rows(file.batches(most), file.schema, most)
        is_exact = file.count is not None or (ended and start.share == 1)
        count = count if file.count is None else file.count
    columns = [texts_of(column, field.type) for column, field in zip(rows, file.schema, strict=True)]
    guess = guess_typed_cells(headers, columns, [field.type for field in file.schema], file.separator, reading.cells)
    of_columns = {name: header for name, header in reading.columns.items() if header not in fields}
    variables = _variables(headers, of_columns, has_names)
    types = ["" if not file.has_types else type_name(field.type) for field in file.schema]
    return FileLook(
        start.name,
        start.format.name,
        start.is_named,
        [
            ColumnLook(place + 1, header, variables.get(place, ""), kind, each, tuple(cells[:MAX_ROWS_SHOWN]))
            for place, (header, kind, each, cells) in enumerate(
                zip(headers, types, guess.columns, columns, strict=True)
            )
        ],
        count if is_exact else _about(count, start, ended),
        is_exact=is_exact,
        looked_at=len(rows[0]) if rows else 0,
        compression=start.format.compression,
        size=start.size,
        cells=guess.cells,
        unread=unread,
        fields=tuple(fields),
        notes=tuple(note for note in file.notes if "left out" in note and "header" not in note),
    )


def _about(count: int, start: FirstBytes, ended: bool) -> int | None:
    """About how many rows there are, where so many were in the first bytes."""
    return round(count / start.share) if start.share and ended else None


def _first_rows(
    batches: Iterator[Batch], schema: pa.Schema, most: int
) -> tuple[list[pa.Array], Mapping[str, int], int, bool]:
    """The columns of the first rows, why others among them are none, how many rows there were, and if that is all."""
    found: list[pa.RecordBatch] = []
    unread: Counter[str] = Counter()
    count = have = 0
    for batch in batches:
        if have < most:
            found.append(batch.rows.slice(0, most - have))
            have += found[-1].num_rows
            unread.update(row.why for row in batch.unread)
        count += batch.count
        if have >= most and not batch.size:
            break
    ended = next(batches, None) is None
    chunks = [[rows.column(place) for rows in found] for place in range(len(schema))]
    arrays = [pa.chunked_array(each, field.type) for each, field in zip(chunks, schema, strict=True)]
    return [array.combine_chunks() for array in arrays], dict(unread), count, ended


def _variables(headers: Sequence[str], given: Mapping[str, str], has_names: bool) -> dict[int, str]:
    """The variable of each column that has one, by its place; without names no column has any but those given."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        places[header] = place if header not in places else -1
    named = headers_by_name(headers) if has_names else {}
    found = {places[each[0]]: name for name, each in named.items() if len(each) == 1}
    for name, header in given.items():
        meant = places_meant(headers, header)
        if len(meant) != 1:
            what = "several columns" if meant else "no column"
            hint = "say which by its number, as in --column x=2"
            raise DerivError(f"there is {what} '{visible(header)}' for '{name}'", hint=hint)
        found[meant[0]] = canonical_name(name)
    return found
