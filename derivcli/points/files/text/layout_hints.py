"""What is said of a text file that is laid out in another way than it is read in: the options that would read it."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.points.files.reading import Layout
from derivcli.points.files.text.header import TextHeader, TextStart, read_header
from derivcli.points.files.text.layout_search import found_layout

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat


def checked_header(text: TextStart, format: FileFormat) -> TextHeader:
    """What stands above the rows; raises DerivError where another layout, or none, fits the first rows."""
    try:
        found = read_header(text, format)
    except DerivError as error:
        layout = found_layout(text, format)
        if layout is None or layout == replace(format.layout, header_lines=0):
            raise
        raise _refusal(text.name, layout, format.layout) from error
    if _is_doubtful(found, format):
        layout = found_layout(text, format)
        if layout is None or layout.header_lines == 0:
            _check_names_fit(text, found)
        if layout is not None:
            raise _refusal(text.name, layout, format.layout)
    return found


def _is_doubtful(found: TextHeader, format: FileFormat) -> bool:
    """Whether the first row is hardly one of names: the others have other numbers of cells, or it is a sentence.

    Where it was told what is between cells and how many lines the header has, a row of several names is believed.
    """
    if len(found.names) == 1:
        name = found.names[0].strip()
        return format.layout.separator != "" or not is_name(canonical_name(name)) or _most_differ(found)
    is_told = format.layout.separator != "" and format.layout.header_lines is not None
    return not is_told and _most_differ(found)


def _most_differ(found: TextHeader) -> bool:
    return 2 * sum(len(row) != len(found.names) for row in found.below) > len(found.below)


def _refusal(name: str, layout: Layout, given: Layout) -> DerivError:
    """The refusal that names the options for the layout that fits."""
    what, options = "its columns are laid out in another way than the options say", list[str]()
    if layout.widths and not given.widths:
        what, options = "its columns have fixed widths", [f"--widths {','.join(map(str, layout.widths))}"]
    if layout.comment != given.comment:
        what = f"lines that begin with '{layout.comment}' are none of its table"
        options = [f"--comment {quote(layout.comment)}"]
    if layout.skip_lines != given.skip_lines:
        lines = layout.skip_lines
        what = "the first line is no table" if lines == 1 else f"the first {lines} lines are no table"
        options = [f"--skip-lines {lines}", *options]
    if layout.header_lines != given.header_lines:
        options = [*options, "--header-lines 0 --column x=1"]
    wrong = "--widths" if given.widths else "--separator"
    hint = f"read it with {' '.join(options)}" if options else f"leave out {wrong}"
    return DerivError(f"{name}: {what}", hint=hint)


def _check_names_fit(text: TextStart, found: TextHeader) -> None:
    """Refuse rows that all have as many cells, but not as many as there are names: each may end with a separator."""
    count, counts = len(found.names), {len(row) for row in found.below}
    if (
        count == 1
        or len(counts) > 1
        or not all(is_name(canonical_name(name.strip())) for name in found.names if name.strip())
    ):
        return
    (cells,) = counts
    what = f"the header has {count} names, and the rows have {cells} cells"
    if cells == count + 1 and not any(row[-1].strip() for row in found.below):
        what = "the rows end with a separator, and the header does not"
    elif cells == count - 1 and not found.names[-1].strip():
        what = "the header ends with a separator, and the rows do not"
    elif len(found.below) == 1:
        return
    lines = text.first.count(b"\n" if b"\n" in text.first else b"\r", 0, found.body)
    hint = f"name columns by numbers, without the header: --skip-lines {lines} --header-lines 0 --column x=1"
    raise DerivError(f"{text.name}: {what}", hint=hint)
