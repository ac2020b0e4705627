"""Separated text as points: numbers bit for bit in chunks of any size, and every bad cell with its place."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from derivcli.points.files.batches import Batch
from derivcli.points.files.text import blocks as text_blocks
from derivcli.points.files.text.csv_tsv import DelimitedFile
from tests.reading import bits, column, file, opened, passed, read, refusal
from tests.support import drawn, each

FLOATS = st.floats(allow_nan=False)
PROPERTY = drawn(60, suppress_health_check=[HealthCheck.function_scoped_fixture])


ACCEPTED = [
    ("x,y\n1,2\n-.5,3\n1e-3,4\n", [1, -0.5, 0.001]),
    ("x,y\n 2 ,1\n+4,1\n\"3\",1\n5.,1\n1E5,1\n007,1\n", [2, 4, 3, 5, 1e5, 7]),
    ("x\n\t2\n1e-400\n0.1\n", [2, 0, 0.1]),
    ("x\nnan\nNaN\n-nan\n inf\n-Infinity\n+inf\n", [math.nan, math.nan, math.nan, math.inf, -math.inf, math.inf]),
    ("\ufeffx,y\n1,2\n", [1]),
    ("x,y\r\n1,2\r\n\r\n3,4", [1, 3]),
    ("x,y\r1,2\r\r3,4\r", [1, 3]),
    ("\n  \nx,y\n1,2", [1]),
    ("x,y\n\n1,2\n\n\n   \n3,4\n\n", [1, 3]),
    (" x , y\n1,2\n", [1]),
    ("y;x\n1;2\n", [2]),
    ("y\tx\n1\t2\n", [2]),
    ("y|x\n1|2\n", [2]),
    ('"y, z";x\n1;2\n', [2]),
    ("y,x\n\"a\n\n,b\",2\n\"q\"\"r\",3\nfive \" inches,4\n\"a\"\"\",5\n", [2, 3, 4, 5]),
    ("x,u,u\n1,2,3\n", [1]),
    ("x,y\n1,ü\n2,€\n".encode("utf-16"), [1, 2]),
    ("x,y\n1,ü\n2,€\n".encode("utf-32"), [1, 2]),
]  # fmt: skip


@each(("content", "values"), ACCEPTED)
@each("block", [24, 4 << 20])
def test_what_is_read(
    content: str | bytes, values: list[float], block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", block)
    chunks, _ = read(file(tmp_path, content))
    assert str(column(chunks)) == str([float(value) for value in values])


HUGE = "0" * 100 + "1" * 300
REFUSED = [
    ("x,y\nabc,2\n", "t.csv, row 1 (line 2), column 'x': 'abc' is not a number"),
    ("x,y\n1,2\n\n3z,2\n", "t.csv, row 2 (line 4), column 'x': '3z' is not a number"),
    ("y,x\n\"a\n\n,b\",2\n\n\"q\"\"r\",3z\n", "t.csv, row 2 (line 6), column 'x': '3z' is not a number"),
    ("\"y\n\",x\n1,2\n1,z\n", "t.csv, row 2 (line 4), column 'x': 'z' is not a number"),
    ("\n\ny,x\r\n1,2\r\n1,z\n", "t.csv, row 2 (line 5), column 'x': 'z' is not a number"),
    ("x\r1\rz\r", "t.csv, row 2 (line 3), column 'x': 'z' is not a number"),
    ("y,x\nfive \" inches,2\nseven \" inches,3\n\"\n\",z\n", "t.csv, row 3 (line 4), column 'x': 'z' is not"),
    *((f"x;y\n1;1\n{cell};2\n", f"row 2 (line 3), column 'x': '{cell}' is not a number")
      for cell in ("1_000", "٣", "0x10", "1,000", "true", "1e", ".", "1d5", "nan(ab)", "∞", "1 2", "+-1", "0x1p3")),
    ("x,y\n1e400,2\n", "column 'x': '1e400' is beyond float64"),
    (f"x\n{HUGE}.{'1' * 300}e99\n", "is beyond float64"),
    ("x,y\n,2\n", "t.csv, row 1 (line 2), column 'x': the cell is empty"),
    ("x,y\n  ,2\n", "column 'x': the cell is empty"),
    ("x\n1\n\"\"\n", "t.csv, row 2 (line 3), column 'x': the cell is empty"),
    ("x,y,z\n1,2,3\n1,2\n", "t.csv, row 2 (line 3), the row has 2 cells, and the header has 3"),
    ("x,y\n1,2\n   \n1\n", "t.csv, row 2 (line 4), the row has 1 cell, and the header has 2"),
    ("x,y\n1\nq,2\n", "t.csv, row 1 (line 2), the row has 1 cell"),
    ("x,y\nq,2\n1\n", "t.csv, row 1 (line 2), column 'x': 'q' is not a number"),
    ("x,y\n1,2\n3,\"4\n5,6\n", "t.csv, row 2 (line 3), a quote opens here and is never closed"),
    ("\"x,y\n1,2\n", "a quote in the first line is never closed"),
    ("", "t.csv is empty"),
    ("\ufeff", "t.csv is empty"),
    ("\n  \n", "t.csv is empty"),
    ("x,y\n", "t.csv has a header and no rows"),
    ("x,y", "t.csv has a header and no rows"),
    ("x,y\n\n\n", "t.csv has a header and no rows"),
    ("1,2\n3,4\n", "t.csv: the first line holds numbers, not names"),
    ("x,y\n1,2\0\n", "t.csv holds a NUL byte"),
    ("x,y\n1,2\n".encode("utf-16-be"), "t.csv holds a NUL byte"),
    ("x,é\n1,2\n".encode("latin-1"), "t.csv is not written in UTF-8: it has the byte E9"),
    ("x,y\n1,é\n1\n".encode("latin-1"), "t.csv is not written in UTF-8: it has the byte E9"),
    ("x,y\n1,é,3\n1\n".encode("latin-1"), "t.csv is not written in UTF-8: it has the byte E9"),
    ("x,y,x\n1,2,3\n", "has several columns 'x': columns 1 and 3"),
    ("a,b\n1,2\n", "there is no column 'x'; the file has: a, b"),
    (b"PAR1....PAR1", "t.csv is no text but a Parquet file"),
    (gzip.compress(b"x\n1\n", mtime=0), "t.csv is no text but a gzip file"),
    ("x\n\x1b[0m\n", r"column 'x': '\x1b[0m' is not a number"),
]  # fmt: skip


@each(("content", "message"), REFUSED)
@each("block", [24, 4 << 20])
def test_what_is_refused(
    content: bytes | str, message: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", block)
    assert message in refusal(file(tmp_path, content)).message


def test_a_decimal_comma_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    path = file(tmp_path, "x;y\n3,14;2\n-,5e1;3\n7;a,b\n")
    assert "--decimal-comma" in refusal(path).hint
    chunks, _ = read(path, decimal_comma=True)
    assert column(chunks) == [3.14, -5, 7]
    assert passed(chunks) == {"x": ["3,14", "-,5e1", "7"], "y": ["2", "3", "a,b"]}
    wrong = file(tmp_path, "x;y\n1.500;2\n")
    assert "'1.500' is not a number with a decimal comma" in refusal(wrong, decimal_comma=True).message


def test_what_passes_through_is_not_changed(tmp_path: Path) -> None:
    chunks, notes = read(file(tmp_path, 'id,x,day\n007,1.50,2020-01-01\n 8 , 2,""\n'))
    assert passed(chunks) == {"id": ["007", " 8 "], "x": ["1.50", " 2"], "day": ["2020-01-01", ""]}
    assert notes == []


def test_another_separator_is_noted(tmp_path: Path) -> None:
    assert read(file(tmp_path, "x;y\n1;2\n"))[1] == [f"{tmp_path}/t.csv: its columns are separated by ';'"]
    assert read(file(tmp_path, "x,y\n1,2\n", "t.tsv"))[1] == [f"{tmp_path}/t.tsv: its columns are separated by ','"]
    assert read(file(tmp_path, "x\ty\n1\t2\n", "t.tsv"))[1] == []


def test_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    content = 'x,y\n1\nq,2\n3,4\n"a\n\n,b",5\n   \n,\n7,8\n1,2,3\n9,"\n'
    chunks, notes = read(file(tmp_path, content), skip=True)
    assert passed(chunks) == {"x": ["3", "7"], "y": ["4", "8"]}
    assert column(chunks) == [3, 7]
    assert len(notes) == 1
    assert notes[0].startswith(f"6 rows were left out: {tmp_path}/t.csv, row 1 (the row has 1 cell")
    assert [f"row {row} (" in notes[0] for row in range(1, 9)] == [True, True, False, True, True, False, True, False]


def test_rows_that_are_all_bad_are_refused(tmp_path: Path) -> None:
    error = refusal(file(tmp_path, "x,y\n1\nq,2\n"), skip=True)
    assert "none of the rows can be read" in error.message
    assert "row 1" in error.message


def test_columns_get_names(tmp_path: Path) -> None:
    path = file(tmp_path, "Speed (m/s),α,x₁,u,u,2z, w \n1,2,3,4,5,6,7\n")
    with opened(path, columns={"v": "Speed (m/s)"}) as data:
        assert data.headers == ("Speed (m/s)", "α", "x₁", "u", "u", "2z", " w ")
        assert data.variables == {"Speed": "Speed (m/s)", "v": "Speed (m/s)", "alpha": "α", "x1": "x₁", "w": " w "}
        assert column(list(data.parts(["v", "w"], 9)), "w") == [7]
        assert data.paths == (path.resolve(),)
        assert "columns 4 and 5" in refusal(path, "u").message
    error = refusal(path, columns={"v": "Speed (m/h)"})
    assert "there is no column 'Speed (m/h)'; the file has: Speed (m/s), α, x₁, u, u, 2z, w" in error.message
    assert "did you mean 'Speed (m/s)'?" in error.hint
    assert "columns 4 and 5" in refusal(path, columns={"v": "u"}).message


CELLS = st.text(st.sampled_from('ab",;\n\r é'), max_size=5)


def delimited(rows: Sequence[tuple[str, float | str]]) -> str:
    """A header and rows, with quotes only where they are needed: others inside a cell stand for themselves."""
    lines = ["y,x"]
    for cell, value in rows:
        needed = cell.startswith('"') or any(character in cell for character in ",\r\n")
        shown = '"' + cell.replace('"', '""') + '"' if needed else cell
        lines.append(f"{shown},{value}")
    return "\n".join(lines) + "\n"


def check_place(rows: Sequence[tuple[str, float]], place: int, directory: Path, before: str = "") -> None:
    """A bad cell in a row of a file is named with its row and line, also after a row that is skipped."""
    line = delimited(rows[:place]).count("\n") + before.count("\n") + 1
    content = delimited([*rows[:place], (rows[place][0], "bad"), *rows[place + 1 :]])
    path = file(directory, content.replace("\n", "\n" + before, 1))
    row = place + before.count("\n") + 1
    if before:
        assert f"t.csv, row {row} (column 'x': 'bad' is not a number)" in read(path, skip=True)[1][0]
    else:
        assert f"t.csv, row {row} (line {line}), column 'x': 'bad' is not a number" in refusal(path).message


@PROPERTY
@given(rows=st.lists(st.tuples(CELLS, FLOATS), min_size=1, max_size=30), size=st.integers(1, 9), data=st.data())
def test_quoted_cells_in_any_blocks(
    rows: list[tuple[str, float]], size: int, data: st.DataObject, tmp_path: Path
) -> None:
    path = file(tmp_path, delimited(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_blocks, "BLOCK_BYTES", data.draw(st.integers(8, 200)))
        chunks, _ = read(path, size=size)
        assert bits(column(chunks)) == bits([value for _, value in rows])
        assert passed(chunks)["y"] == [cell or None for cell, _ in rows]  # nothing is written without quotes here
        check_place(rows, data.draw(st.integers(0, len(rows) - 1)), tmp_path)


@PROPERTY
@given(
    values=st.lists(st.floats(), min_size=1, max_size=40),
    size=st.integers(1, 50),
    kind=st.sampled_from(["csv", "tsv", "jsonl", "parquet", "arrow", "csv.gz"]),
    block=st.integers(60, 400),
)
def test_any_float64_comes_back(values: list[float], size: int, kind: str, block: int, tmp_path: Path) -> None:
    path = tmp_path / f"t.{kind}"
    if kind == "jsonl":
        shown = [value if math.isfinite(value) else repr(value) for value in values]
        path.write_text("".join(json.dumps({"x": value}) + "\n" for value in shown))
    elif kind == "parquet":
        parquet.write_table(pa.table({"x": values}), path, row_group_size=7)
    elif kind == "arrow":
        with pa.ipc.new_file(path, pa.schema([("x", pa.float64())])) as sink:
            sink.write_table(pa.table({"x": values}), max_chunksize=7)
    else:
        content = "".join(f"{line}\n" for line in ["x", *map(repr, values)]).encode()
        path.write_bytes(gzip.compress(content) if kind == "csv.gz" else content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_blocks, "BLOCK_BYTES", block)
        found = np.array(column(read(path, size=size)[0]))
    wanted = np.array(values)
    assert np.array_equal(np.isnan(found), np.isnan(wanted))
    assert found[~np.isnan(found)].tobytes() == wanted[~np.isnan(wanted)].tobytes()


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_chunks_of_any_size_hold_all_rows_in_order(size: int, tmp_path: Path) -> None:
    paths = [file(tmp_path, "x,y\n" + "".join(f"{k},{k}\n" for k in range(20)), f"{name}.csv") for name in "ab"]
    chunks, _ = read(paths, size=size)
    assert column(chunks) == [*range(20), *range(20)]
    assert passed(chunks)["y"] == [*map(str, range(20)), *map(str, range(20))]


@pytest.mark.parametrize("fault", ["row", "line", "unread"])
def test_a_planted_fault_in_the_places_is_seen(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[tuple[str, float]] = [("a\nb", 1), ("c", 2), ("d", 3)]
    check_place(rows, 1, tmp_path)
    check_place(rows, 1, tmp_path, before="short\n")
    if fault == "row":
        right = Batch._with_bad_cell
        monkeypatch.setattr(Batch, "_with_bad_cell", lambda *given: replace(right(*given), place=0))
    elif fault == "line":
        monkeypatch.setattr(DelimitedFile, "_line_finder", lambda self, block: lambda place: place)
    else:
        monkeypatch.setattr(Batch, "unread", property(lambda self: (), lambda self, value: None))
    with pytest.raises(AssertionError):
        check_place(rows, 1, tmp_path, before="short\n" if fault == "unread" else "")


def test_an_empty_text_and_nothing_stay_apart(tmp_path: Path) -> None:
    chunks, _ = read(file(tmp_path, 'x,y\n1,\n2,""\n'))
    assert passed(chunks)["y"] == [None, ""]


@each("line_end", ["\n", "\r\n", "\r"])
@each("block", [8, 13, 4 << 20])
def test_a_blank_line_of_one_column_is_an_empty_cell(
    line_end: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", block)
    lines = ["", "x", "", "10", "", "", "", "", "", "", "20", '"30"', "", " ", "40", *[""] * 20]
    path = file(tmp_path, line_end.join(lines))
    assert "t.csv, row 1 (line 3), column 'x': the cell is empty" in refusal(path).message
    chunks, notes = read(path, skip=True)
    assert column(chunks) == [10, 20, 30, 40]
    assert notes[0].startswith(f"9 rows were left out: {path}, row 1 (column 'x': the cell is empty), {path}, row 3 (")
    late = file(tmp_path, line_end.join(["x", "1", "", "q"]))
    assert "row 3 (column 'x': 'q' is not a number)" in read(late, skip=True)[1][0]


def test_blank_lines_at_the_end_of_one_column_are_no_rows(tmp_path: Path) -> None:
    chunks, notes = read(file(tmp_path, "x\n1\n2\n\n\r\n\n"))
    assert (column(chunks), notes) == ([1, 2], [])
    assert "has a header and no rows" in refusal(file(tmp_path, "x\n\n\n")).message
    assert "none of the rows can be read" in refusal(file(tmp_path, "x\n \n"), skip=True).message
