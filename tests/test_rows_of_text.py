"""Rows of text in small blocks against a reader that goes through a text character by character."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from derivcli.errors import DerivError
from derivcli.points.files.data_files import open_data
from derivcli.points.files.reading import Layout, Reading
from derivcli.points.files.text import blocks as text_blocks
from derivcli.points.files.text.delimited_rows import DelimitedRows
from tests.reading import file
from tests.support import deriv, each

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

Row = tuple[int, list[str | None]]
"""The line on which it begins, and its cells; None is an empty one without quotes."""


@dataclass
class Plain:
    """Reads a text one character after the other."""

    text: str
    separator: str
    comment: str
    line_end: str
    has_blank_rows: bool = False

    def rows(self) -> list[Row]:
        found: list[Row] = []
        self.place = self.line = 0
        while self.place < len(self.text):
            is_comment = self.comment and self.text.startswith(self.comment, self.place)
            is_blank = re.compile(r" *([\r\n]|\Z)").match(self.text, self.place) is not None
            if is_comment or (is_blank and not self.has_blank_rows):
                self.skip_line()
            else:
                line = self.line
                found.append((line, self.cells()))
        return found

    def skip_line(self) -> None:
        end = self.text.find(self.line_end[-1], self.place)
        self.place, self.line = (len(self.text) if end < 0 else end + 1), self.line + 1

    def cells(self) -> list[str | None]:
        found = [self.cell()]
        while self.text[self.place : self.place + 1] == self.separator:
            self.place += 1
            found.append(self.cell())
        at_end = self.text[self.place : self.place + 2] == "\r\n"
        self.place, self.line = self.place + 1 + at_end, self.line + 1
        return found

    def cell(self) -> str | None:
        begin, quoted = "", self.text[self.place : self.place + 1] == '"'
        if quoted:
            match = re.compile(r'"((?:[^"]|"")*)"').match(self.text, self.place)
            assert match, "every quote is closed"
            begin, self.place = match[1].replace('""', '"'), match.end()
            self.line += match[1].count(self.line_end[-1])
        start = self.place
        while self.text[self.place : self.place + 1] not in ("", "\r", "\n", self.separator):
            self.place += 1
        found = begin + self.text[start : self.place]
        return found if found or quoted else None


def drawn(draw: random.Random) -> tuple[Plain, list[str]]:
    """A text of rows, some too short or too long, with comments, blank lines and line ends in cells."""
    plain = Plain("", draw.choice(",;\t|"), draw.choice(["", "#", "//", "%"]), draw.choice(["\n", "\r\n", "\r"]))
    names = ["x", "b", "c"][: draw.choice([1, 2, 3])]
    lines = [plain.separator.join(names)]
    for number in range(draw.randint(6, 25)):
        kind = draw.random()
        if kind < 0.12 and plain.comment:
            lines.append(plain.comment + draw.choice([' it"s', ' "a,b"', "", " \"'"]))
        elif kind < 0.2:
            lines.append(draw.choice(["", " ", "  "]))
        else:
            count = len(names) if kind < 0.9 else draw.randint(1, 4)
            lines.append(plain.separator.join(drawn_cell(draw, plain, number) for _ in range(count)))
    plain.text = plain.line_end.join(lines) + draw.choice(["", plain.line_end, 2 * plain.line_end])
    return plain, names


def drawn_cell(draw: random.Random, plain: Plain, number: int) -> str:
    cell = draw.choice([str(number), f"{number}.5", f" {number}", "abc", "", "-1e3", "é"])
    within = ['""', plain.line_end, plain.separator, f"{plain.line_end}{plain.comment}q", 2 * plain.line_end]
    return draw.choice([cell, cell, f'"{cell}"', f'"{cell} "', f'"{cell}{draw.choice(within)}"', f"{cell}'"])


def rows_below_names(plain: Plain, count: int) -> list[Row]:
    plain.has_blank_rows = count == 1
    rows = plain.rows()[1:]
    while count == 1 and rows and rows[-1][1] == [None]:
        rows.pop()
    return rows


@each("seed", range(250))
def test_rows_are_those_of_a_plain_reader(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(seed, tmp_path, monkeypatch)


def compare(seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    plain, names = drawn(draw)
    rows = rows_below_names(plain, len(names))
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", draw.choice([16, 20, 33, 64, 200]))
    layout = Layout(separator=plain.separator, comment=plain.comment, header_lines=1)
    path = file(folder, plain.text)
    cells, lines, bad, row = list[tuple[str | None, ...]](), list[int | None](), list[int](), 0
    reading = Reading((str(path),), on_error="keep", layout=layout)
    try:
        with open_data(reading, io.BytesIO()) as data:
            (reader,) = data._files
            reader.select(["x"], True)
            line = reader.header_lines
            for batch in reader.batches(1000):
                cells += zip(*batch.rows.to_pydict().values(), strict=True)
                places = map(batch.line_of, range(batch.count))
                lines += [None if place is None else line + place for place in places]
                bad += [row + each.place for each in batch.bad_rows(reading.cells)]
                line, row = line + batch.lines, row + batch.count
    except DerivError as error:
        if not re.search("too long|no table|rows have|end with|ends with", str(error)):
            raise
        return  # too little is in the first block
    fill = [None] * len(names)
    assert cells == [tuple([*each, *fill][: len(names)]) for _, each in rows if len(each) <= len(names)]
    assert lines == [line for line, _ in rows]
    is_good = [len(each) == len(names) and NUMBER.fullmatch((each[0] or "").strip()) for _, each in rows]
    assert bad == [place for place, good in enumerate(is_good) if not good]


FAULTS: dict[str, Callable[..., Any]] = {
    "end_of_rows": lambda rows, block: block.rfind(b"\n") + 1,
    "_filled": lambda rows, block, lacking: block + b"\n",
}


@each("fault", FAULTS)
def test_a_planted_fault_is_seen(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DelimitedRows, fault, FAULTS[fault])
    with pytest.raises((AssertionError, ValueError)):
        compare_all(tmp_path, monkeypatch)


def compare_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(250):
        compare(seed, folder, monkeypatch)


def test_rows_with_too_few_cells_stay_without_results(tmp_path: Path) -> None:
    path = file(tmp_path, "x,k,n\n1,2,3\n4\n5,6\n7,8,9,10\n,,\n2,2,2\n")
    kept = deriv("2*x", "--data", str(path), "--on-error", "keep", "--format", "csv", "--columns", "f")
    assert kept.stdout.splitlines() == ["x,k,n,f", "1,2,3,2", "4,,,", "5,6,,", ",,,", "2,2,2,4"]
    assert "1 row was left out: " in kept.stderr
    assert "row 4 (the row has 4 cells, and the header has 3)" in kept.stderr
    assert "row 2 (the row has 1 cell, and the header has 3), " in kept.stderr
    skipped = deriv("2*x", "--data", str(path), "--on-error", "skip", "--format", "csv", "--columns", "f")
    assert skipped.stdout.splitlines() == ["x,k,n,f", "1,2,3,2", "2,2,2,4"]


def test_columns_without_names_are_called_by_their_numbers(tmp_path: Path) -> None:
    words = ["--data", str(file(tmp_path, "1,2,3\n4,5,b\n7,8\n")), "--column", "x=3"]
    assert "row 2 (line 2), column 3: 'b' is not a number" in deriv("2*x", *words, status=2).stderr
    kept = deriv("2*x", *words, "--on-error", "keep", "--format", "csv").stderr
    assert "row 2 (column 3: 'b' is not a number)" in kept
    assert "row 3 (the row has 2 cells, and the first has 3)" in kept
