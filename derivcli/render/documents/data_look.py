"""A look at a data file for the reader: what it is taken for, its columns, and the command line to begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from derivcli.errors import visible
from derivcli.points.files.guessing.columns import NUMBERS, TIMES
from derivcli.points.files.looks.look import ColumnLook, FileLook
from derivcli.points.files.reading import SPACE, SPACES, THOUSANDS
from derivcli.points.files.text.separators import SHOWN
from derivcli.render.blocks import (
    BORDER_LETTERS,
    Block,
    Column,
    CommandLine,
    Document,
    Facts,
    Gap,
    Sentence,
    Style,
    Table,
)

MAX_COLUMNS_SHOWN = 24
"""Columns that tables for people have; those for programs have all."""

MAX_LETTERS_OF_NAME, MAX_LETTERS_OF_CELL, MAX_LETTERS_OF_TYPE, MAX_LETTERS_ABOVE = 30, 20, 16, 40
LEAST_LETTERS_OF_NAME, LEAST_WORDS = 8, 20
MAX_FIELDS_SHOWN = 6
MAX_TEXTS_COUNTED = 3
"""Texts that are no numbers and are named; the others are only counted."""

TITLES = {"csv": "CSV", "tsv": "TSV", "parquet": "Parquet", "arrow": "Arrow", "jsonl": "JSON Lines"}
ENCODINGS = {"ascii": "", "utf-8-sig": "UTF-8, with its mark"}
_BLANKS = re.compile(f"[{SPACES}]")
_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}(\1[0-9]{3})*")
UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


def data_look_document(look: FileLook, command: Sequence[str], style: Style) -> Document:
    """The document of a look, with the words of the command."""
    return Document(
        blocks=lambda: _blocks(look, command, style),
        data=lambda: _data(look, command),
        rows=lambda: _rows(look),
    )


def _blocks(look: FileLook, command: Sequence[str], style: Style) -> list[Block]:
    blocks: list[Block] = [Facts(visible(look.name), _facts(look), is_typed=True), Gap()]
    shown = look.columns[:MAX_COLUMNS_SHOWN]
    if look.columns:
        blocks.append(Table(_column_table(shown, style), is_inline=True))
        blocks += [Sentence(text, "caption") for text in _captions(look, len(shown))]
    first = _first_rows(look, style)
    if first:
        blocks += [Gap(), Table(first)]
        rest = len(look.columns) - len(first)
        blocks.append(
            Sentence(f"The first rows of {_counted(rest, 'more column')} are left out." if rest else "", "caption")
        )
    blocks.append(Gap())
    if not command:
        return [*blocks, Sentence("No column holds numbers, so that no formula can be about it.", "warning")]
    return [
        *blocks,
        Sentence("To begin with:"),
        Gap(),
        CommandLine(command),
    ]


def _facts(look: FileLook) -> list[tuple[str, str]]:
    """What the file is taken for; nothing that it is not."""
    by = "" if look.is_named else ", as its contents tell"
    packed = f", packed by {look.compression}" if look.compression else ""
    sign = look.cells.thousands
    facts = [
        ("format", f"{TITLES.get(look.format, look.format)}{packed}{by}"),
        ("size", _size(look.size)),
        ("rows", _count(look)),
        ("encoding", ENCODINGS.get(look.encoding, look.encoding.upper())),
        *_layout_facts(look),
        ("decimal sign", "comma" if look.cells.decimal_comma else ""),
        ("thousands", f"parted by {THOUSANDS.get(sign, sign)}s" if sign else ""),
        ("times", _times(look)),
        ("doubt", _doubt(look)),
        ("fields", _fields(look)),
        ("not rows", ", ".join(f"{why}, {_times_over(count)}" for why, count in look.unread.items())),
        ("files", visible(look.others)),
        *(("note", visible(note)) for note in look.notes),
    ]
    return [(label, text) for label, text in facts if text]


def _layout_facts(look: FileLook) -> list[tuple[str, str]]:
    """Where the table lies in text."""
    layout, header = look.layout, look.layout.header_lines
    if look.format not in ("csv", "tsv"):
        return []
    lines = ", ".join(f"'{_cut(line, MAX_LETTERS_ABOVE)}'" for line in look.above)
    above = f"{_counted(layout.skip_lines, 'line')}: {lines}" if lines else _counted(layout.skip_lines, "line")
    between = SHOWN.get(layout.separator, f"'{visible(layout.separator)}'")
    between = f"columns of {', '.join(map(str, layout.widths))} characters" if layout.widths else between
    headers = ("none: columns are called by their numbers", "1 line", "2 lines, with units in the second")
    return [
        ("lines above", above if layout.skip_lines else ""),
        ("remarks", f"lines that begin with {visible(layout.comment)}" if layout.comment else ""),
        ("between", "white space" if layout.separator == SPACE else between),
        ("header", headers[header] if header is not None and header < len(headers) else f"{header} lines"),
    ]


def _doubt(look: FileLook) -> str:
    """The column of which nothing tells thousands from decimals: of 950 and 1.200."""
    for column in () if look.cells.thousands else look.columns:
        cells = [cell.strip() for cell in column.first if cell.strip()]
        parted = [cell for cell in cells if not cell.isdecimal()]
        if column.guess.kind == NUMBERS and 0 < len(parted) < len(cells) and all(map(_GROUPS.fullmatch, parted)):
            sign, header = parted[0][-4], _cut(column.header, MAX_LETTERS_OF_NAME)
            return f"'{parted[0]}' in '{header}' may be thousands, as with --thousands '{sign}'"
    return ""


def _fields(look: FileLook) -> str:
    """The fields of structures, and how a variable takes one."""
    if not look.fields:
        return ""
    shown = ", ".join(_cut(each, MAX_LETTERS_OF_NAME) for each in look.fields[:MAX_FIELDS_SHOWN])
    more = f", … ({len(look.fields)} in all)" if len(look.fields) > MAX_FIELDS_SHOWN else ""
    return f"{shown}{more}; as in --column x={_cut(look.fields[0], MAX_LETTERS_OF_NAME)}"


def _times(look: FileLook) -> str:
    formats = [column.guess.time_formats for column in look.columns if column.guess.time_formats]
    if not formats or look.format in ("parquet", "arrow"):
        return ""
    said = ", ".join(dict.fromkeys(each[0] or "ISO 8601" for each in formats))
    doubt = next((each for each in formats if len(each) > 1), ())
    return f"{said}, or {doubt[1]}: nothing tells days from months" if doubt else said


def _count(look: FileLook) -> str:
    if look.count is None:
        return f"more than {look.looked_at:,}"
    return f"{look.count:,}" if look.is_exact else f"about {float(f'{look.count:.2g}'):,.0f}"


def _size(size: int | None) -> str:
    if size is None:
        return ""
    unit = next((unit for unit in reversed(UNITS) if size >= UNITS[unit]), "")
    return f"{size / UNITS[unit]:.3g} {unit}" if unit else _counted(size, "byte")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _captions(look: FileLook, shown: int) -> list[str]:
    rest = len(look.columns) - shown
    found = [f"And {_counted(rest, 'more column')}, which the format json tells."] if rest else []
    if look.looked_at and not (look.is_exact and look.looked_at + sum(look.unread.values()) >= (look.count or 0)):
        found.append(f"This tells of the first {_counted(look.looked_at, 'row')}.")
    return found


def _column_table(columns: Sequence[ColumnLook], style: Style) -> list[Column]:
    """A row for each column of the file, and no column without contents; long names are cut to the screen's width."""
    holds = [_holds(column) for column in columns]
    reasons = [_reasons(_texts(column)) for column in columns]
    words = min(LEAST_WORDS, max(map(len, reasons)))
    room = style.width - max(map(len, holds)) - words - len(str(columns[-1].number)) - 5 * BORDER_LETTERS - 1
    are_same = all(column.variable == column.header for column in columns)
    length = max(LEAST_LETTERS_OF_NAME, min(MAX_LETTERS_OF_NAME, room if are_same else room // 2))
    variables = ["" if are_same else _cut(column.variable, length) for column in columns]
    found = [
        Column("#", [str(column.number) for column in columns], "caption", numeric=False),
        Column("column", [_cut(column.header, length) for column in columns], "cell", numeric=False),
        Column("variable", variables, "name", numeric=False),
        Column("holds", holds, "cell", numeric=False),
        Column("not numbers", reasons, "words", numeric=False),
    ]
    return [column for column in found if any(column.texts)]


def _holds(column: ColumnLook) -> str:
    """What a column holds: of numbers the least and the greatest."""
    guess = column.guess
    if guess.least is None or guess.most is None:
        return _cut(column.type, MAX_LETTERS_OF_TYPE) or guess.kind
    is_one = guess.least == guess.most
    numbers = _number(guess.least) if is_one else f"{_number(guess.least)} to {_number(guess.most)}"
    return f"{numbers} ({_cut(column.type, MAX_LETTERS_OF_TYPE)})" if column.type else numbers


def _number(value: float) -> str:
    return f"{value:.6g}"


def _texts(column: ColumnLook) -> Mapping[str, int]:
    """What is no number in a column of numbers, the most frequent first."""
    if column.guess.kind not in (NUMBERS, TIMES):
        return {}
    texts = {**column.guess.missing, **column.guess.others}
    return dict(sorted(texts.items(), key=lambda each: -each[1]))


def _reasons(texts: Mapping[str, int]) -> str:
    """How often each text comes."""
    told = [f"{_cut(text, MAX_LETTERS_OF_CELL) or 'empty'} {_times_over(count)}" for text, count in texts.items()]
    rest = sum([*texts.values()][MAX_TEXTS_COUNTED:])
    return ", ".join([*told[:MAX_TEXTS_COUNTED], *([f"others {_times_over(rest)}"] if rest else [])])


def _times_over(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count:,} times"


def _first_rows(look: FileLook, style: Style) -> list[Column]:
    """The first rows, with as many columns as the screen has room for."""
    found: list[Column] = []
    width = 1
    for column in look.columns:
        cells = [_cut(cell, MAX_LETTERS_OF_CELL) for cell in column.first]
        if column.guess.kind == NUMBERS:
            cells = [cell.rjust(max(map(len, cells))) for cell in cells]
        each = Column(_cut(column.header, MAX_LETTERS_OF_CELL), cells, "cell", numeric=False)
        width += each.width + BORDER_LETTERS
        if not cells or width > style.width:
            break
        found.append(each)
    return found


def _cut(text: str, length: int) -> str:
    """A text of a file as it can be shown, in one short line."""
    text = visible(_BLANKS.sub(" ", text[: 4 * length].strip()))
    return text if len(text) <= length else text[: length - 1] + "…"


def _rows(look: FileLook) -> list[tuple[str, ...]]:
    header = ("number", "column", "variable", "holds", "type", "numbers", "not numbers", "least", "most", "first")
    return [
        header,
        *(
            (
                str(column.number),
                visible(column.header),
                column.variable,
                column.guess.kind,
                column.type,
                str(column.guess.numbers),
                _reasons(_texts(column)),
                *("" if value is None else repr(value) for value in (column.guess.least, column.guess.most)),
                visible(column.first[0]) if column.first else "",
            )
            for column in look.columns
        ),
    ]


def _data(look: FileLook, command: Sequence[str]) -> dict[str, Any]:
    layout, cells = look.layout, look.cells
    return {
        "version": 1,
        "file": look.name,
        "format": look.format,
        "compression": look.compression,
        "bytes": look.size,
        "rows": look.count,
        "fields": list(look.fields),
        "rows_are_exact": look.is_exact,
        "rows_looked_at": look.looked_at,
        "encoding": look.encoding,
        "layout": {
            "skip_lines": layout.skip_lines,
            "comment": layout.comment,
            "header_lines": layout.header_lines,
            "separator": layout.separator,
            "widths": list(layout.widths),
        },
        "cells": {
            "decimal_comma": cells.decimal_comma,
            "thousands": cells.thousands,
            "missing": list(cells.missing),
            "missing_in": {header: list(texts) for header, texts in cells.missing_in.items()},
            "time_format": cells.time_format,
        },
        "unread": dict(look.unread),
        "columns": [_column_data(column) for column in look.columns],
        "command": " ".join(command),
    }


def _column_data(column: ColumnLook) -> dict[str, Any]:
    guess = column.guess
    return {
        "number": column.number,
        "header": column.header,
        "variable": column.variable,
        "holds": guess.kind,
        "type": column.type,
        "numbers": guess.numbers,
        "missing": dict(guess.missing),
        "others": dict(list(guess.others.items())[:20]),
        "least": guess.least,
        "most": guess.most,
        "time_formats": list(guess.time_formats),
        "first": list(column.first),
    }
