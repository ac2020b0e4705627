"""The command line to begin with on a data file: a formula of two of its columns, and what it takes to read them."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from derivcli.cli.data_options import SEPARATORS
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.points.files.column_names import places_meant
from derivcli.points.files.guessing.columns import NUMBERS, TIMES
from derivcli.points.files.looks.look import ColumnLook, FileLook
from derivcli.points.files.reading import THOUSANDS

_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+-]+")
_COUNTS = frozenset(
    "year month day hour minute second id nr no number index record station row count code flag".split()
)
"""Names of columns that formulas are hardly about."""

_NO_TEXT = ("dense_union", "sparse_union", "binary", "large_binary", "fixed_size_binary")
"""Types of columns that text cannot hold."""

MAX_LETTERS_OF_NAME = 24


def first_command(look: FileLook) -> list[str]:
    """The words of a command, an option with its value in each; none where no column holds numbers."""
    chosen = _chosen(look)
    if not chosen:
        return []
    names: list[str] = []
    columns: list[tuple[str, str]] = []
    for column in chosen:
        name = _name(look, column, names)
        names.append(name)
        if name != column.variable:
            columns.append(("--column", f"{name}={_reference(look, column)}"))
    formula = "*".join(names) if len(names) > 1 else f"{names[0]}^2"
    words = [f'deriv "{formula}"', *(f"--data {quoted(path)}" for path in look.paths)]
    options = [*_options(look, chosen), *columns]
    return [*words, *(_option(*each) if isinstance(each, tuple) else each for each in options)]


def quoted(word: str) -> str:
    """A word as a shell takes it, even if it holds what acts on a terminal."""
    if _PLAIN.fullmatch(word):
        return word
    if word.isprintable():
        return shlex.quote(word)
    escapes = "".join(c if c.isprintable() and c not in "'\\" else _escape(c) for c in word)
    return f"$'{escapes}'"


def _escape(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogateescape"))


def _option(name: str, value: str) -> str:
    if not name:
        return value
    return (
        f"{name}={quoted(value)}"
        if value.startswith("--")
        else f"{name} {quoted(value)}"
        if value != ""
        else f"{name} ''"
    )


def _chosen(look: FileLook) -> list[ColumnLook]:
    """Two columns to begin with, in their order: of numbers that vary, or one of numbers and one of times."""
    numbers = [column for column in look.columns if column.guess.kind == NUMBERS and column.guess.least is not None]
    best = sorted(numbers, key=_strangeness)[:2]
    if len(best) < 2:
        best += [column for column in look.columns if _is_read_as_times(look, column)][: 2 - len(best)]
    return sorted(best, key=lambda column: column.number)


def _strangeness(column: ColumnLook) -> int:
    """How little a formula would be about a column."""
    guess = column.guess
    strange = 4 * (guess.least == guess.most) + 2 * (not column.variable) + 2 * bool(guess.others)
    strange += 3 * (column.variable.lower() in _COUNTS) + 3 * _counts(column.first)
    return strange + 2 * (2 * guess.numbers < guess.count)


def _counts(cells: Sequence[str]) -> bool:
    """Whether cells are whole numbers, each one more than the one before."""
    whole = [int(cell) for cell in cells if cell.isascii() and cell.isdecimal() and len(cell) < 12]
    return len(whole) == len(cells) > 2 and all(b - a == 1 for a, b in pairwise(whole))


def _is_read_as_times(look: FileLook, column: ColumnLook) -> bool:
    guess = column.guess
    return guess.kind == TIMES and look.cells.time_format in guess.time_formats and not guess.others


def _name(look: FileLook, column: ColumnLook, taken: Sequence[str]) -> str:
    """The variable for a column: that of its header, or a name made of it, or a letter."""
    if column.variable and column.variable not in taken and _is_free(column.variable):
        return column.variable
    plain = unicodedata.normalize("NFKD", column.header.replace("ß", "ss")).encode("ascii", "ignore").decode()
    made = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:MAX_LETTERS_OF_NAME].strip("_")
    candidates = [*([made] if look.has_names else []), *"xyzuvw", *(f"x{number}" for number in range(1, 99))]
    others = {canonical_name(each.header.strip()) for each in look.columns if each.header.strip()} - {made}
    used = {*taken, *(others if look.has_names else ())}
    free: str = next(name for name in candidates if name not in used and is_name(name) and _is_free(name))
    return free


def _is_free(name: str) -> bool:
    """Whether a name means nothing else in a formula."""
    known = (vocabulary(), CONSTANTS, forms())
    return canonical_name(name) == name and not any(name in each or name.lower() in each for each in known)


def _reference(look: FileLook, column: ColumnLook) -> str:
    """The header of a column, where it means no other and can be typed, or its number."""
    headers = [each.header for each in look.columns]
    can_be_typed = column.header.isprintable() and 0 < len(column.header.strip()) < 2 * MAX_LETTERS_OF_NAME
    by_header = look.has_names and can_be_typed
    if by_header and places_meant(headers, column.header.strip()) == [column.number - 1]:
        return column.header.strip()
    return str(column.number)


def _options(look: FileLook, chosen: Sequence[ColumnLook]) -> Iterator[tuple[str, str] | str]:
    """The options that read the file, with their values."""
    layout, cells = look.needed, look.cells
    if not look.is_named:
        yield "--data-format", look.format
    if layout.skip_lines:
        yield "--skip-lines", str(layout.skip_lines)
    if layout.comment:
        yield "--comment", layout.comment
    if layout.header_lines is not None:
        yield "--header-lines", str(layout.header_lines)
    if layout.separator:
        yield "--separator", {sign: name for name, sign in SEPARATORS.items()}.get(layout.separator, layout.separator)
    if layout.widths:
        yield "--widths", ",".join(map(str, layout.widths))
    if layout.encoding:
        yield "--encoding", layout.encoding
    if cells.decimal_comma:
        yield "--decimal-comma"
    if cells.thousands:
        yield "--thousands", THOUSANDS.get(cells.thousands, cells.thousands)
    yield from _missing(look, chosen)
    if cells.time_format and any(column.guess.kind == TIMES for column in chosen):
        yield "--time-format", cells.time_format
    if any(column.type.startswith(_NO_TEXT) for column in look.columns):
        headers = [column.header for column in chosen]
        yield (
            "--keep",
            "none" if any("," in header or not header.isprintable() for header in headers) else ",".join(headers),
        )
    if look.unread or any(column.guess.others for column in chosen):
        yield "--on-error", "keep"


def _missing(look: FileLook, chosen: Sequence[ColumnLook]) -> Iterator[tuple[str, str]]:
    """The texts that stand for no number, as far as an option can say them."""
    words = [*look.cells.missing]
    words += [word for column in chosen if column.guess.kind == TIMES for word in column.guess.missing]
    typed = [word for word in dict.fromkeys(words) if word and word.isprintable() and not {",", "="} & {*word}]
    if typed:
        yield "--na", ",".join(sorted(typed, key=lambda word: word.startswith("--")))
    if "" in words:
        yield "--na", ""
    for header, texts in look.cells.missing_in.items():
        if "," not in header and header.isprintable():
            for text in texts:
                yield "--na", f"{header}={text}"
