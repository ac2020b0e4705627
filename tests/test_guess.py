"""What first lines of text say of the table in them."""

from __future__ import annotations

from derivcli.points.files.formats import FileFormat
from derivcli.points.files.guess import guess_layout
from derivcli.points.files.guessing.columns import guess_cells
from derivcli.points.files.guessing.encodings import guess_encoding
from derivcli.points.files.guessing.needed import needed_layout
from derivcli.points.files.reading import SPACE, Cells, Layout
from tests.support import each

ROWS = "2024-01-01;1,5;-999\n2024-01-02;2,5;3\n2024-01-03;3,5;4\n"

LAYOUTS = {
    "a,b\n1,2\n3,4\n": Layout(header_lines=1, separator=","),
    "1,2\n3,4\n5,6\n": Layout(header_lines=0, separator=","),
    f"Station: Berg\n\nday;T;n\n{ROWS}": Layout(2, header_lines=1, separator=";"),
    f"# made here\n# by nobody\nday;T;n\n{ROWS}": Layout(comment="#", header_lines=1, separator=";"),
    "x y\nm s\n1 2\n3 4\n5 6\n": Layout(header_lines=2, separator=SPACE),
    "town       a  b\nOslo     1.5  2\nSan Jose      3\nRome     4.5  1\nHo       2.0\n": Layout(
        header_lines=1, widths=(9, 4, 3)
    ),
}


@each("text", LAYOUTS)
def test_layouts(text: str) -> None:
    found = guess_layout(text)
    assert found is not None
    assert found.layout == LAYOUTS[text]


@each("text", ["", "a\n", "no table here\nnor there\n", "\0\0", "a,b\n", "1,2\n", '"\n"\n"', "x" * 100_000])
def test_no_table(text: str) -> None:
    assert guess_layout(text) is None


def test_what_the_file_tells_is_not_needed() -> None:
    text = f"Station: Berg\n\nday;T;n\n{ROWS}"
    found = guess_layout(text)
    assert found is not None
    assert needed_layout(text, found, FileFormat("csv")) == Layout(2)


def test_cells() -> None:
    rows = [line.split(";") for line in ROWS.splitlines()]
    found = guess_cells(["day", "T", "n"], list(zip(*rows, strict=True)), ";")
    assert found.cells == Cells(decimal_comma=True, missing=("-999",))
    assert [column.kind for column in found.columns] == ["times", "numbers", "numbers"]


ENCODINGS = {
    "plain": ("ascii", "utf-8"),
    "Höhe": ("utf-8", "utf-8"),
    "Höhe, °C": ("latin-1", "latin-1"),
    "5 €": ("cp1252", "cp1252"),
    "Zeit\tT\n": ("utf-16-le", "utf-16-le"),
    "Zeit\tOrt\n": ("utf-16-be", "utf-16-be"),
    "Ort": ("utf-16", "utf-16"),
    "Ort,T": ("utf-8-sig", "utf-8-sig"),
}


@each("text", ENCODINGS)
def test_encodings(text: str) -> None:
    written, said = ENCODINGS[text]
    assert guess_encoding(text.encode(written)) == said


def test_bytes_that_are_no_text() -> None:
    assert guess_encoding(b"\0\1\2\3\0\0\0") == ""
