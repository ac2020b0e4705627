"""Where the table lies in a text file: tables drawn and written in drawn layouts come back as they were drawn."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import random
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from derivcli.points.files.text import blocks as text_blocks
from derivcli.points.files.text.comments import Comments
from derivcli.points.files.text.delimited_rows import DelimitedRows
from tests.reading import column, file, opened, passed, read, refusal
from tests.support import deriv, each

NUMBERS = ["1", "-2.5", "3e-4", "007", "+4", ".5", "6.", "1234567.125"]
PLAIN = ["a", "Zoë", "x#y", "über", "日本", "o'clock", '5"', "e=1"]
QUOTED = ["two words", "a,b;c", 'he said "no"', "line\nbreak", "# no comment", "\n#x", " ", "tab\there"]


@dataclass
class Drawn:
    """A table as it was drawn, the text that was written of it, and how that is to be read."""

    names: list[str]
    rows: list[list[str]]
    layout: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """Texts that each end with their line end."""
    starts: list[int] = field(default_factory=list)
    """The number of the line on which each row begins."""

    @property
    def text(self) -> str:
        return "".join(self.lines)


def number_table(draw: random.Random, texts: Sequence[str]) -> Drawn:
    """Names and rows, the column x of numbers among others of texts."""
    width = draw.randint(2, 5)
    place = draw.randrange(width)
    names = [f"c{number}" for number in range(width)]
    names[place] = "x"
    rows = [
        [draw.choice(NUMBERS if each == place else texts) for each in range(width)] for _ in range(draw.randint(2, 25))
    ]
    return Drawn(names, rows)


def cell_of(text: str, separator: str) -> str:
    """A cell with quotes where they are needed."""
    special = {'"', "\n", *(" \t" if separator == "space" else separator)}
    needed = special & set(text) and not (text.find('"') > 0 and not (special - {'"'}) & set(text))
    return '"' + text.replace('"', '""') + '"' if needed or text.startswith("#") else text


def row_of(cells: Sequence[str], separator: str, draw: random.Random) -> str:
    """A row as it is written, with drawn blanks where any run of them separates."""
    written = [cell_of(cell, separator) for cell in cells]
    if separator != "space":
        return separator.join(written)
    blanks = [draw.choice([" ", "  ", "\t", " \t ", " " * 9]) for _ in range(len(cells) + 1)]
    around = [draw.choice(["", " ", "\t", "   "]) for _ in range(2)]
    return (
        around[0] + "".join(f"{cell}{blank}" for cell, blank in zip(written, blanks, strict=False)).strip() + around[1]
    )


def put(drawn: Drawn, line: str, end: str) -> None:
    drawn.lines.append(line + end)


def delimited(draw: random.Random) -> Drawn:
    """A table of cells between separators, with lines above it, comments, units and blank lines."""
    separator = draw.choice([",", ";", "\t", "|", "space", "space", "~"])
    drawn = number_table(draw, [*PLAIN, *QUOTED] if draw.random() < 0.6 else PLAIN)
    end = draw.choice(["\n", "\r\n"])
    above = draw.choice([0, 0, 1, 3])
    for number in range(above):
        put(drawn, draw.choice(['Station "Nord', f"No. {number}", "a,b,c,d,e,f,g;;;", ""]), end)
    comment = draw.choice(["", "", "#", "//", "%"])
    drawn.layout = {"separator": separator, "skip_lines": above, "comment": comment}
    fill(drawn, draw, end, lambda cells: row_of(cells, separator, draw))
    return drawn


def fixed(draw: random.Random) -> Drawn:
    """A table of columns with fixed widths."""
    drawn = number_table(draw, [*PLAIN, "two words", "a,b;c", '"', "日 本"])
    columns = zip(drawn.names, *drawn.rows, strict=True)
    widths = [max(map(len, cells)) + draw.randint(0, 3) for cells in columns]
    comment = draw.choice(["", "#"])
    drawn.layout = {"widths": tuple(widths), "comment": comment, "skip_lines": 0}
    padded: list[Callable[[str, int], str]] = [str.ljust, str.rjust]
    sides = [draw.choice(padded) for _ in widths]

    def written(cells: Sequence[str]) -> str:
        line = "".join(side(cell, width) for cell, width, side in zip(cells, widths, sides, strict=True))
        return line.rstrip() if draw.random() < 0.5 else line

    fill(drawn, draw, draw.choice(["\n", "\r\n"]), written)
    return drawn


def fill(drawn: Drawn, draw: random.Random, end: str, written: Callable[[Sequence[str]], str]) -> None:
    """Write the header and the rows, with comments and blank lines between them."""
    comment = drawn.layout["comment"]
    header_lines = draw.choice([0, 1, 1, 2, 3])
    drawn.layout["header_lines"] = header_lines
    units = [draw.choice(["m", "s", "K"]) for _ in drawn.names]
    for line in [drawn.names, units, ["Avg"] * len(units)][:header_lines]:
        put(drawn, written(line), end)
    if header_lines > 1:
        drawn.names = [f"{name} [{unit}]" for name, unit in zip(drawn.names, units, strict=True)]
    if header_lines == 0:
        drawn.layout["columns"] = {"x": str(drawn.names.index("x") + 1)}
        drawn.names = [f"column{number}" for number in range(1, len(units) + 1)]
    for row in drawn.rows:
        for _ in range(draw.choice([0, 0, 0, 1, 2])):
            between = ["", f"{comment} it's \"odd"] if comment else [""]
            put(drawn, draw.choice(between), end)
        drawn.starts.append(drawn.text.count("\n") + 1)
        put(drawn, written(row), end)
    if draw.random() < 0.3:
        drawn.lines[-1] = drawn.lines[-1].removesuffix(end)


KINDS = {"delimited": delimited, "fixed": fixed}
PACKED: dict[str, Callable[[bytes], bytes]] = {".csv": bytes, ".csv.gz": gzip.compress, ".tsv.bz2": bz2.compress}


def saved(drawn: Drawn, draw: random.Random, folder: Path) -> Path:
    ending = draw.choice([*PACKED])
    content = ("\ufeff" * (draw.random() < 0.2) + drawn.text).encode()
    return file(folder, PACKED[ending](content), f"t{ending}")


@each(("kind", "seed"), product(KINDS, range(150)))
def test_a_drawn_table_comes_back(kind: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    drawn = KINDS[kind](draw)
    path = saved(drawn, draw, tmp_path)
    block = draw.choice([150, 190, 300, 4 << 20])
    if len(drawn.text.encode()) > 100:
        monkeypatch.setattr(text_blocks, "BLOCK_BYTES", max(block, head_bytes(drawn)))
    chunks, _ = read(path, "x", size=draw.choice([3, 1000]), **drawn.layout)
    wanted = [[row[place] for row in drawn.rows] for place in range(len(drawn.names))]
    if kind == "fixed":
        wanted = [[cell.strip() for cell in cells] for cells in wanted]
    assert passed(chunks) == dict(zip(drawn.names, wanted, strict=True))
    place = next(place for place, cells in enumerate(wanted) if all(cell in NUMBERS for cell in cells))
    assert column(chunks) == [float(cell) for cell in wanted[place]]


def head_bytes(drawn: Drawn) -> int:
    """The bytes up to the first row: these stand in the first block."""
    return len("".join(drawn.text.splitlines(True)[: drawn.starts[0]]).encode()) + 3


@each(("kind", "seed"), product(KINDS, range(60)))
def test_a_bad_cell_is_found_on_its_line(kind: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_is_told(kind, seed, tmp_path, monkeypatch)


def place_is_told(kind: str, seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    drawn = KINDS[kind](draw)
    bad = draw.randrange(len(drawn.rows))
    place = next(n for n in range(len(drawn.names)) if all(row[n] in NUMBERS for row in drawn.rows))
    number = drawn.rows[bad][place]
    line = next(n for n in range(len(drawn.lines)) if "".join(drawn.lines[:n]).count("\n") + 1 == drawn.starts[bad])
    drawn.lines[line] = bad_cell(drawn.lines[line], number, place, drawn)
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", max(draw.choice([150, 4 << 20]), head_bytes(drawn)))
    path = saved(drawn, draw, folder)
    told = refusal(path, "x", **drawn.layout).message
    assert f"row {bad + 1} (line {drawn.starts[bad]})" in told


def bad_cell(line: str, number: str, place: int, drawn: Drawn) -> str:
    """The line with letters for a number's digits, so that nothing moves."""
    if "widths" in drawn.layout:
        start = sum(drawn.layout["widths"][:place])
        return line[:start] + line[start:].replace(number, "q" * len(number), 1)
    parts = line.split(number)
    for cut in range(1, len(parts)):
        before, behind = number.join(parts[:cut]), number.join(parts[cut:])
        changed = before + "q" * len(number) + behind
        if before[-1:] in ("", *",;\t|~ ") and behind[:1] in ("", *",;\t|~ \r\n"):
            return changed
    raise AssertionError(line)


@pytest.mark.parametrize("fault", ["starts", "comments"])
def test_a_planted_fault_is_seen(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if fault == "starts":
        monkeypatch.setattr(DelimitedRows, "starts", lambda self, block: iter(range(1000)))
    else:
        monkeypatch.setattr(Comments, "may_be_in", lambda self, block: False)
    seen = 0
    for seed in range(20):
        try:
            place_is_told("delimited", seed, tmp_path, monkeypatch)
        except (AssertionError, pytest.fail.Exception):
            seen += 1
    assert seen


UNITS = "t,Speed,T\ns,m/s,degC\n1,2,3\n2,4,5\n"
TOLD = [
    (UNITS, "Speed", [2, 4], "the line below the names holds units"),
    ("t,Speed (m/s)\n1,2\n2,4\n", "Speed", [2, 4], ""),
    ("t,Speed,Speed [m/s]\n1,2,7\n2,4,7\n", "Speed", [2, 4], ""),
    ("t,Wind speed (m/s)\n1,2\n2,4\n", "Wind_speed", [2, 4], ""),
    ("x y\n1 2\n2 4\n", "y", [2, 4], "its columns are separated by white space"),
    ("  x   y\n  1   2\n 2\t4\n", "y", [2, 4], "its columns are separated by white space"),
    ('name x\n"New York" 2\nOslo 4\n', "x", [2, 4], "white space"),
    ("sep=;\nx;y\n1;2\n2;4\n", "y", [2, 4], "its columns are separated by ';'"),
    ("sep=~\nx~y\n1~2\n2~4\n", "y", [2, 4], "its columns are separated by '~'"),
    ("x,y,\n1,2,\n2,4,\n", "y", [2, 4], ""),
    ("x,y\nm,s\nAvg,Smp\n1,2\n2,4\n", "y", [2, 4], "the third is left out"),
    ("t,n,y\nTS,RN,m\n,,Avg\n2024-01-01 00:00,1,2\n2024-01-01 00:01,2,4\n", "y", [2, 4], "the third is left out"),
    ("|x|y|\n|---|:--|\n|1|2|\n|2|4|\n", "y", [2, 4], "the line drawn below the names is left out"),
]


@each(("content", "name", "values", "note"), TOLD)
def test_the_file_tells(content: str, name: str, values: list[float], note: str, tmp_path: Path) -> None:
    chunks, notes = read(file(tmp_path, content), name)
    assert column(chunks, name) == values
    assert any(note in each for each in notes) if note else notes == []


UNCLEAR = [
    ("x,y\nm,s\nkg,A\n", {}),
    ("x,y\nm,1\n2,3\n", {}),
    ("x,y\nm,NA\n2,3\n", {}),
    ("x,y\nm,-\n2,3\n", {}),
    ("x,y\nq,z\n2,3\n", {}),
    ("x,y\nm,q\nq,3\n", {}),
    ("x,y\nm,MISS\n2,3\n", {"missing": ("MISS",)}),
    ("x,y\nm,s\n", {}),
    (UNITS, {"header_lines": 1}),
]


@each(("content", "options"), UNCLEAR)
def test_what_may_be_a_row_is_no_line_of_units(content: str, options: dict[str, Any], tmp_path: Path) -> None:
    with opened(file(tmp_path, content), **options) as data:
        assert not any("[" in header for header in data.headers)


def test_units_are_in_the_output(tmp_path: Path) -> None:
    done = deriv("Speed^2", "--data", str(file(tmp_path, UNITS)), "--format", "csv")
    assert done.stdout.splitlines()[0] == "t [s],Speed [m/s],T [degC],f,df/dSpeed,f flags"
    assert "holds units" in done.stderr


def test_columns_by_number(tmp_path: Path) -> None:
    path = file(tmp_path, "1,2\n3,4\n")
    error = refusal(path, "x")
    assert "holds numbers, not names" in error.message
    assert "--column x=1" in error.hint
    chunks, notes = read(path, "x", columns={"x": "2"})
    assert column(chunks) == [2, 4]
    assert passed(chunks) == {"column1": ["1", "3"], "column2": ["2", "4"]}
    assert "columns are called by their numbers" in notes[0]
    assert column(read(path, "x", columns={"x": "2"}, header_lines=1)[0]) == [4]
    assert column(read(file(tmp_path, "a,3,b\n7,8,9\n"), "x", columns={"x": "3"})[0]) == [8]
    assert column(read(file(tmp_path, "a,b,c\n7,8,9\n"), "x", columns={"x": "3"})[0]) == [9]
    assert "there is no column '4'" in refusal(file(tmp_path, "a,b,c\n7,8,9\n"), "x", columns={"x": "4"}).message
    path = file(tmp_path, "1,2\n3,4\n")
    assert passed(read(path, "column2", header_lines=0)[0]) == {"column1": ["1", "3"], "column2": ["2", "4"]}


def test_times_and_numbers_are_no_names(tmp_path: Path) -> None:
    path = file(tmp_path, "2020-01-01 00:00,5.1\n2020-01-01 01:00,5.2\n")
    assert "holds numbers, not names" in refusal(path).message
    assert column(read(path, "x", columns={"x": "2"})[0]) == [5.1, 5.2]


def test_one_of_two_columns_with_one_header_is_reached_by_its_number(tmp_path: Path) -> None:
    path = file(tmp_path, "T,y,T,T (2)\n1,2,3,4\n5,6,7,8\n")
    other = file(tmp_path, "y,T (2),T,T\n2,4,1,3\n", "u.csv")
    error = refusal(path, "T")
    assert "has several columns 'T': columns 1 and 3" in error.message
    assert "--column x=3" in error.hint
    for number, values in {"1": [1, 5], "3": [3, 7], "4": [4, 8]}.items():
        for passes in (True, False):
            with opened(path, columns={"x": number}) as data:
                assert data.headers == ("T", "y", "T", "T (2)")
                chunks = list(data.parts(["x"], 9, passes))
                assert column(chunks) == values
                assert not passes or chunks[0].rows.schema.names == ["T", "y", "T", "T (2)"]
    assert column(read([path, other], "x", columns={"x": "3"})[0]) == [3, 7, 3]
    done = deriv("x^2", "--data", str(path), "--column", "x=3", "--format", "csv")
    assert done.stdout.splitlines()[:2] == ["T,y,T,T (2),f,df/dx,f flags", "1,2,3,4,9,6,"]
    assert "column 'T (3)': 'q'" in refusal(file(tmp_path, "T,y,T,T (2)\n1,2,q,4\n"), columns={"x": "3"}).message


@each(("content", "message"), [
    ("\n# c\nx,y\n1,2,\n2,4,\n", "the rows end with a separator, and the header does not"),
    ("\n# c\nx,y,\n1,2\n2,4\n", "the header ends with a separator, and the rows do not"),
])  # fmt: skip
def test_a_separator_at_some_ends_names_the_options_that_read_it(content: str, message: str, tmp_path: Path) -> None:
    path = file(tmp_path, content)
    error = refusal(path, comment="#")
    assert message in error.message
    assert "--skip-lines 3 --header-lines 0 --column x=1" in error.hint
    assert column(read(path, "x", skip_lines=3, header_lines=0, columns={"x": "2"})[0]) == [2, 4]
    refused = "x,y\n1,2,\n2,4\n"
    assert "the row has 3 cells" in refusal(file(tmp_path, refused)).message


SCRIPTED = [
    ("x,y\nm,s\n1,2\n3,4\n", []),
    ("x y\n1 2\n3\t4\n", []),
    ("1,2\n3,4\n", ["--column", "x=1"]),
    ("y;x\n2;1\n4;3\n", []),
    ("sep=~\ny~x\n2~1\n4~3\n", []),
    ("T,T\n2,1\n4,3\n", ["--column", "x=2"]),
]


@each(("content", "words"), SCRIPTED)
def test_scripts_read_what_the_file_tells(content: str, words: list[str], tmp_path: Path) -> None:
    script = deriv("x^2", "--data", str(file(tmp_path, content)), *words, "--code", "numpy").stdout
    found: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script, found)  # a script of ours
    assert found["x"].tolist() == [1, 3]


def test_decimal_commas_between_spaces(tmp_path: Path) -> None:
    path = file(tmp_path, "1,5 2,5\n3,5 4,5\n")
    assert column(read(path, "x", columns={"x": "2"}, decimal_comma=True)[0]) == [2.5, 4.5]
    path = file(tmp_path, "x y\n1,5 2,5\n3,5 4,5\n")
    assert column(read(path, "y", decimal_comma=True)[0], "y") == [2.5, 4.5]
    path = file(tmp_path, "x,y\n1,2\n3,4\n")
    assert column(read(path, "y", decimal_comma=True)[0], "y") == [2, 4]


META = "Name,Oslo\nLat,50\nLon,10\nElev,3\n"
MISLAID = {
    "Station 5\nlat 50\n\nx,y\n1,2\n3,4\n": ("the first 3 lines are no table", "--skip-lines 3"),
    META + "x,y,z\n1,2,3\n3,4,5\n3,4,5\n5,6,7\n4,5,6\n": ("the first 4 lines are no table", "--skip-lines 4"),
    "# station\n# more\nx,y\n1,2\n3,4\n": ("lines that begin with '#'", "--comment '#'"),
    "% station\n% more\n\nx\ty\n1\t2\n3\t4\n": ("lines that begin with '%'", "--comment %"),
    '"TOA5","CR1000"\nRN,v,T\nRN,m/s,degC\n"","Avg","Avg"\n1,3,4\n2,4,5\n': ("the first line", "--skip-lines 1"),
    'Station "Nord\nx,y\n1,2\n3,4\n': ("the first line is no table", "--skip-lines 1"),
    "a lamp\nother line\n1,2\n3,4\n5,6\n": ("the first 2 lines", "--skip-lines 2 --header-lines 0 --column x=1"),
    "name       x   y\nNew York 1.50  2.00\nOslo     3.00  4.00\nRome     4.00  4.50\n": ("fixed widths", "--widths"),
    "x,y\n1,2,3\n4,5,6\n": ("has 2 names, and the rows have 3 cells", "--skip-lines 1 --header-lines 0 --column x=1"),
}


@each(("content", "said"), MISLAID.items())
def test_a_refusal_names_the_options_that_read_the_file(content: str, said: tuple[str, str], tmp_path: Path) -> None:
    path = file(tmp_path, content)
    error = refusal(path)
    assert said[0] in error.message
    assert said[1] in error.hint
    words = shlex.split(error.hint[error.hint.index("--") :])
    shown = deriv("v" if "TOA5" in content else "x", "--data", str(path), *words, "--format", "csv").stdout
    assert len(shown.splitlines()) >= 3


def test_a_wrong_option_is_to_be_left_out(tmp_path: Path) -> None:
    path = file(tmp_path, "a,x\n1,2\n3,4\n")
    assert "leave out --separator" in refusal(path, separator=";").hint
    assert "leave out --widths" in refusal(path, widths=(2,)).hint


PLAIN_ENOUGH = ["x\n1\n2\n", "Wind speed\n1\n2\n", "Speed (m/s)\n1\n2\n", "# x,y\n1,2\n3,4\n", '"#",x\n1,2\n3,4\n',
                "a b,c d\n1,2\n3,4\n", "country,1990,1991\nA,1,2\nB,3,4\n", "hello\nworld\n"]  # fmt: skip


@each("content", PLAIN_ENOUGH)
def test_what_is_fine_is_not_refused(content: str, tmp_path: Path) -> None:
    with opened(file(tmp_path, content)) as data:
        assert data.headers == tuple(content.split("\n")[0].replace('"', "").split(","))
        assert data.notes == []


def test_a_first_line_that_may_be_a_row_is_told(tmp_path: Path) -> None:
    chunks, notes = read(file(tmp_path, "Oslo,5\nRome,7\n"), "x", columns={"x": "2"})
    assert column(chunks) == [7]
    assert "if it is a row, say --header-lines 0" in notes[0]
    assert read(file(tmp_path, "town,v\nRome,7\n"), "x", columns={"x": "2"})[1] == []
