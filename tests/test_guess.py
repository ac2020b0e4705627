"""What first lines of text say of the table in them."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from derivcli.points.files.formats import FileFormat
from derivcli.points.files.guessing.columns import guess_cells
from derivcli.points.files.guessing.guess import guess_layout
from derivcli.points.files.guessing.needed import needed_layout
from derivcli.points.files.guessing.times import time_formats
from derivcli.points.files.reading import SPACE, Cells, Layout
from derivcli.points.files.text.csv_tsv import open_reader
from derivcli.points.files.text.encodings import guess_encoding
from derivcli.points.files.text.units import without_unit
from tests.guessed_files import DrawnFile, drawn_file
from tests.support import each, sample

FILES = sample(150, 4000)
MAX_WRONG = 1 / 200
"""The share of guesses that are wrong: some tables of spaces fit two layouts."""

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
    "id,v\nA,NA\nB,n/a\n3,5\n4,6\n5,7\n": Layout(header_lines=1, separator=","),
    "id,v,w\n17,1.0D+02,1e5\n18,2.5D-01,1E-400\n12,+3.,.5\n-0,-0.0,1_000\n": Layout(header_lines=1, separator=","),
    "geo\\y\t2019 \t2020 \nA,AT\t9.3 \t1.6 p\nA,BE\t6.3 \t2.2 \nA,DE\t1.0 b\t3.0 \nA,FR\t4.0 \t5.0 \n": Layout(
        header_lines=1, separator="\t"
    ),
    "2023 2 1  10.5   3.25\n2023 3 2  11.0  -6.50\n202310 3 -99.9   9.75\n2023 512 112.0  13.00\n": Layout(
        header_lines=0, widths=(4, 2, 2, 6, 8)
    ),
}


def table_read(text: str, layout: Layout) -> tuple[list[str], list[tuple[str, ...]]]:
    """The headers and the rows that the reader of CSV finds in a text."""
    file = open_reader("t", None, io.BytesIO(text.encode()), FileFormat("csv", layout=layout, by_number=True))
    file.select([], True)
    rows: list[tuple[str, ...]] = []
    for batch in file.batches(1000):
        columns = [["" if cell is None else cell.strip() for cell in c.to_pylist()] for c in batch.rows.columns]
        rows += zip(*columns, strict=True)
        rows += [("a row that cannot be read",)] * len(batch.unread)
    return [without_unit(file.renamed.get(name, name)).strip() for name in file.schema.names], rows


def layout_guessed(text: str) -> Layout | None:
    found = guess_layout(text)
    return None if found is None else found.layout


def fault(file: DrawnFile, layout: Layout | None) -> str:
    """In what a layout does not read the table that was drawn; "" where it does."""
    if layout is None:
        return "none"
    headers, rows = table_read(file.text, layout)
    if rows != [tuple(cell.strip() for cell in row) for row in file.rows]:
        return "rows"
    if file.headers:
        return "" if headers == [without_unit(header) for header in file.headers] else "headers"
    return "headers" if layout.header_lines else ""


@pytest.mark.sampled
def test_the_table_that_was_drawn_is_read() -> None:
    files = [drawn_file(seed) for seed in range(FILES)]
    faults = [fault(file, layout_guessed(file.text)) for file in files]
    wrong = Counter((file.kind, each) for file, each in zip(files, faults, strict=True) if each)
    assert not [each for each in wrong if each[0] == "separated"], wrong
    assert wrong.total() <= max(1, MAX_WRONG * FILES), wrong
    assert sum(count for (_, each), count in wrong.items() if each == "none") <= FILES / 50


@pytest.mark.sampled
def test_what_is_needed_reads_the_same() -> None:
    for seed in range(sample(40, 1000)):
        text = drawn_file(seed).text
        found = guess_layout(text)
        assert found is not None
        needed = needed_layout(text, found, FileFormat("csv"))
        assert table_read(text, needed) == table_read(text, found.layout), text


def test_a_wrong_layout_would_be_seen() -> None:
    file = next(each for each in map(drawn_file, range(50)) if each.headers and each.kind == "separated")
    found = guess_layout(file.text)
    assert found is not None
    right = found.layout
    assert fault(file, right) == ""
    assert fault(file, Layout(len(file.text.splitlines()) - 3, right.comment, 1, right.separator))
    assert fault(file, Layout(right.skip_lines, right.comment, 0, right.separator))


@each("text", LAYOUTS)
def test_layouts(text: str) -> None:
    found = guess_layout(text)
    assert found is not None
    assert found.layout == LAYOUTS[text]


@pytest.mark.sampled
def test_no_row_is_taken_for_a_line_above() -> None:
    """Wherever words stand among numbers, in three columns or more: all rows below the names are read."""
    draw = random.Random(5)
    for _ in range(sample(100, 3000)):
        width, separator = draw.randint(3, 5), draw.choice(",;\t")
        share = draw.uniform(0, 0.2)
        words = ["1.0D+02", "n/v", "1_000", "12 p", "#VALUE!", "0x1F"]
        rows = [
            [draw.choice(words) if draw.random() < share else f"{draw.uniform(-9, 9):.3f}" for _ in range(width)]
            for _ in range(draw.randint(5, 30))
        ]
        lines = [separator.join("abcde"[:width]), *map(separator.join, rows)]
        found = guess_layout("\n".join(lines) + "\n", separator)
        if found is not None:
            assert (found.layout.skip_lines, found.layout.header_lines) == (0, 1), lines
            assert found.layout.separator == separator


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


def test_lines_of_years_are_names() -> None:
    found = guess_layout("Land;2001;2002;2003\nA;5;6;7\nB;8;9;1\nC;3;4;5\n")
    assert found is not None
    assert found.headers == ("Land", "2001", "2002", "2003")


@each("first", ["5.5", "NA", "64.9 p", "trace"])
def test_no_row_is_lost_that_has_no_number(first: str) -> None:
    for key in ("A", "2024-01-0"):
        rows = [(f"{key}1", "7.5"), (f"{key}2", first), *((f"{key}{k}", f"{k}.5") for k in range(3, 9))]
        for lines in (rows, [("when", "y"), *rows], [("when", "y"), rows[1], *rows[2:]]):
            found = guess_layout("".join(f"{x};{y}\n" for x, y in lines))
            assert found is not None
            assert list(found.rows) == lines[lines[0][0] == "when" :]


def cells_of(*columns: Sequence[str], separator: str = ";") -> Cells:
    return guess_cells([f"c{place}" for place in range(len(columns))], columns, separator).cells


WRITTEN = {
    ("1,5", "2,25"): Cells(decimal_comma=True),
    ("1.5", "2.25"): Cells(),
    ("1,234.5", "2.5"): Cells(thousands=","),
    ("1,234,567", "2"): Cells(thousands=","),
    ("1.234,5", "2,5"): Cells(decimal_comma=True, thousands="."),
    ("1 234,5", "12 345,5"): Cells(decimal_comma=True, thousands=" "),
    ("1'234.5", "2"): Cells(thousands="'"),
    ("0,123", "0,456"): Cells(decimal_comma=True),
    ("5", "-999", "6", "7"): Cells(missing=("-999",)),
    ("5", "-99.9", "6", "7"): Cells(missing=("-99.9",)),
    ("1", "998", "999", "1000"): Cells(),
    ("-999", "-800", "-500", "0"): Cells(),
    ("5", "NA", "n/a", "", "6", "7", "8", "9"): Cells(missing=("NA", "n/a", "")),
    ("5", "MM", "6"): Cells(missing=("MM",)),
    ("−5", "+6", "7"): Cells(),
}


@each("column", WRITTEN)
def test_how_cells_are_written(column: tuple[str, ...]) -> None:
    assert cells_of(column) == WRITTEN[column]


def test_a_number_that_is_missing_in_one_column_alone() -> None:
    assert cells_of(["5", "-999", "6"], ["-999", "-500", "0"]).missing_in == {"c0": ("-999",)}


FORMATS = {
    "%Y-%m-%d": "",
    "%Y-%m-%dT%H:%M:%S": "",
    "%H:%M:%S": "",
    "%d.%m.%Y %H:%M": "%d.%m.%Y %H:%M",
    "%Y/%m/%d": "%Y/%m/%d",
    "%m/%d/%y %I:%M:%S %p": "%m/%d/%y %I:%M:%S %p",
    "%d-%b-%Y": "%d-%b-%Y",
    "%d/%m/%Y %H:%M": "%d/%m/%Y %H:%M",
}


@each("form", FORMATS)
def test_formats_of_times(form: str) -> None:
    times = [(datetime(2021, 3, 4, 7) + timedelta(hours=8 * k)).strftime(form) for k in range(60)]
    assert time_formats(times) == (FORMATS[form],)


def test_days_and_months_that_nothing_tells_apart() -> None:
    assert time_formats(["01/02/2024 10:00", "01/02/2024 11:00"]) == ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")


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
