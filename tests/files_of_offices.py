"""Files as spreadsheets, statistics offices and programs write them."""

from __future__ import annotations

import bz2
import gzip
import json
import random

from tests.instrument_file import (
    NET,
    PRODUCT,
    RATIO,
    ROWS,
    SCALED,
    SQUARE,
    InstrumentFile,
    Maker,
    by_rows,
    comma,
    lines,
    numbers,
    texts,
)


def spreadsheet_that_says_its_separator(draw: random.Random) -> InstrumentFile:
    """A first line that is for the spreadsheet alone."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    rows = by_rows(comma(a), comma(b))
    text = "\ufeffsep=;\r\na;b\r\n" + lines(rows, ";", "\r\n")
    return InstrumentFile("sep.csv", text.encode(), ["--decimal-comma"], PRODUCT, rows,
                          {"a": numbers(a), "b": numbers(b)})  # fmt: skip


def spreadsheet_with_quoted_thousands(draw: random.Random) -> InstrumentFile:
    """Thousands between commas, in quotes, and a header of two words."""
    plain = texts(draw, 1e3, 9e5, 2)
    written = [f"{float(cell):,.2f}" for cell in plain]
    rows = by_rows(["x y"] * ROWS, written)
    text = "Cost centre,Net price\r\n" + "".join(f'x y,"{cell}"\r\n' for cell in written)
    return InstrumentFile("cost.csv", text.encode(), ["--thousands", ","], NET, rows, {"Net_price": numbers(plain)})


def spreadsheet_with_holes(draw: random.Random) -> InstrumentFile:
    """Empty cells, blank lines, and errors of formulas."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    a[2], b[3], a[5] = "#N/A", "#DIV/0!", ""
    rows = by_rows(a, b, ["é"] * ROWS)
    text = "a,b,note\n" + lines(rows[:4]) + "\n\n" + lines(rows[4:])
    none = {k for k in range(ROWS) if a[k] in ("#N/A", "") or b[k] == "#DIV/0!"}
    found = {n: [None if k in none else float(cells[k]) for k in range(ROWS)] for n, cells in (("a", a), ("b", b))}
    return InstrumentFile("hole.csv", text.encode(), ["--na", "#N/A,#DIV/0!", "--na", ""], PRODUCT, rows, found)


def spreadsheet_with_a_title(draw: random.Random) -> InstrumentFile:
    """A title with empty cells behind it, and an empty row."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    rows = by_rows(a, b, ["ok"] * ROWS)
    text = "Measurements of May,,\n,,\na,b,state\n" + lines(rows)
    return InstrumentFile("title.csv", text.encode(), ["--skip-lines", "2"], RATIO, rows,
                          {"a": numbers(a), "b": numbers(b)})  # fmt: skip


def database_between_bars(draw: random.Random) -> InstrumentFile:
    """Bars between cells, and NULL."""
    y = texts(draw, 1, 9, 2)
    y[0] = y[8] = "NULL"
    rows = by_rows([f"{k:05d}" for k in range(ROWS)], y)
    text = "id|y\n" + lines(rows, "|")
    return InstrumentFile("dump.csv", text.encode(), ["--na", "NULL"], SQUARE, rows, {"y": numbers(y, "NULL")})


def office_with_flags(draw: random.Random) -> InstrumentFile:
    """Keys joined by commas in the first column of tabs, colons for nothing, letters behind numbers."""
    y = texts(draw, 1, 99, 1)
    written = [*y]
    written[1], written[4] = ": ", y[4] + " p"
    rows = by_rows([f"A,NR,Z{k}" for k in range(ROWS)], written)
    text = "freq,unit,geo\\TIME_PERIOD\ty\n" + lines(rows, "\t")
    found = {"y": [None if k in (1, 4) else float(cell) for k, cell in enumerate(y)]}
    return InstrumentFile("flags.tsv", text.encode(), ["--na", ":", "--on-error", "keep"], SQUARE, rows, found)


def office_with_spaces_in_numbers(draw: random.Random) -> InstrumentFile:
    """Spaces between thousands, some that do not break; commas; Latin-1."""
    plain = texts(draw, 1e3, 9e6, 1)
    signs = [" ", "\u00a0"]
    written = [f"{float(c):,.1f}".replace(",", signs[k % 2]).replace(".", ",") for k, c in enumerate(plain)]
    rows = by_rows(["Île"] * ROWS, written)
    text = "région;y\n" + lines(rows, ";")
    words = ["--thousands", " ", "--decimal-comma", "--encoding", "latin-1"]
    return InstrumentFile("fr.csv", text.encode("latin-1"), words, SQUARE, rows, {"y": numbers(plain)})


def census_of_fixed_widths(draw: random.Random) -> InstrumentFile:
    """Digits side by side, with nothing between the columns and no header."""
    a, b = ([str(draw.randint(100, 999)) for _ in range(ROWS)] for _ in "ab")
    rows = by_rows([f"{k:02d}" for k in range(ROWS)], a, b)
    text = "".join("".join(row) + "\n" for row in rows)
    words = ["--widths", "2,3,3", "--header-lines", "0", "--column", "a=2", "--column", "b=3"]
    return InstrumentFile("census.csv", text.encode(), words, RATIO, rows, {"a": numbers(a), "b": numbers(b)})


def office_with_two_dots(draw: random.Random) -> InstrumentFile:
    """Lines above the table, two dots for nothing, a comma at each line's end, quotes round all cells."""
    a, b = texts(draw, 1, 99, 2), texts(draw, 1, 99, 2)
    a[3] = ".."
    rows = by_rows(["Land, North"] * ROWS, a, b, [""] * ROWS)
    quoted = "".join(",".join(f'"{cell}"' for cell in row[:3]) + ",\n" for row in rows)
    text = '"Data Source","Tests",\n\n"Last Updated","2024-01-01",\n\n"Country Name","a","b",\n' + quoted
    found = {"a": numbers(a, ".."), "b": [None if x == ".." else float(y) for x, y in zip(a, b, strict=True)]}
    return InstrumentFile("land.csv", text.encode(), ["--skip-lines", "4", "--na", ".."], PRODUCT, rows, found)


def budget_with_brackets(draw: random.Random) -> InstrumentFile:
    """Semicolons, points between thousands, commas, kept where brackets stand for a minus."""
    plain = texts(draw, 1e3, 9e6, 2)
    written = [f"{float(c):,.2f}".translate(str.maketrans(",.", ".,")) for c in plain]
    written[2] = f"({written[2]})"
    rows = by_rows([f"{k:04d}" for k in range(ROWS)], written)
    text = "Titel;y\n" + lines(rows, ";")
    words = ["--thousands", ".", "--decimal-comma", "--on-error", "keep"]
    found = {"y": [None if k == 2 else float(cell) for k, cell in enumerate(plain)]}
    return InstrumentFile("budget.csv", text.encode(), words, SQUARE, rows, found)


def service_with_nested_values(draw: random.Random) -> InstrumentFile:
    """Lines of JSON with numbers inside objects, null, and lists that nobody uses."""
    a, b = texts(draw, 1, 9, 3), texts(draw, 1, 9, 3)
    objects = [
        {"id": f"{k:03d}", "pos": {"x": float(a[k]), "tag": [k]}, "b": None if k == 4 else float(b[k])}
        for k in range(ROWS)
    ]
    text = "".join(json.dumps(each) + "\n" for each in objects)
    rows = [(f"{k:03d}",) for k in range(ROWS)]
    found = {n: [None if k == 4 else float(cells[k]) for k in range(ROWS)] for n, cells in (("a", a), ("b", b))}
    words = ["--column", "a=pos.x", "--na", "", "--keep", "id"]
    return InstrumentFile("api.jsonl", text.encode(), words, PRODUCT, rows, found)


def packed_table(draw: random.Random) -> InstrumentFile:
    """A table with its remarks, compressed."""
    a, b = texts(draw, 1, 9, 2), texts(draw, 1, 9, 2)
    rows = by_rows(a, b)
    data = gzip.compress(("# packed\na,b\n" + lines(rows)).encode())
    return InstrumentFile("pack.csv.gz", data, ["--comment", "#"], PRODUCT, rows, {"a": numbers(a), "b": numbers(b)})


def packed_table_of_white_space(draw: random.Random) -> InstrumentFile:
    """The same between spaces, compressed in another way, with one value for all rows."""
    y = texts(draw, 1, 9, 2)
    rows = by_rows([str(k) for k in range(ROWS)], y)
    data = bz2.compress(("n  y\n" + "".join("  ".join(row) + "\n" for row in rows)).encode())
    return InstrumentFile("pack.tsv.bz2", data, ["--at", "k=2.5"], SCALED, rows, {"y": numbers(y)}, fixed={"k": 2.5})


MAKERS: tuple[Maker, ...] = (
    spreadsheet_that_says_its_separator,
    spreadsheet_with_quoted_thousands,
    spreadsheet_with_holes,
    spreadsheet_with_a_title,
    database_between_bars,
    office_with_flags,
    office_with_spaces_in_numbers,
    census_of_fixed_widths,
    office_with_two_dots,
    budget_with_brackets,
    service_with_nested_values,
    packed_table,
    packed_table_of_white_space,
)
