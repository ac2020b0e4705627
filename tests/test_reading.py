"""Data files as points: numbers bit for bit in chunks of any size, and every bad cell with its place."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import math
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivcli.errors import DerivError, ExitStatus
from derivcli.points.files import piece, text
from derivcli.points.files.read import Chunk, Data, Reading, open_data
from tests.support import no_hang

ROOT = Path(__file__).parents[1]
FLOATS = st.floats(allow_nan=False)
PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(path: Path | Sequence[Path], **options: Any) -> Data:
    paths = [path] if isinstance(path, Path) else path
    return open_data(Reading(tuple(map(str, paths)), **options), io.BytesIO())


def read(path: Path | Sequence[Path], *wanted: str, size: int = 1000, **options: Any) -> tuple[list[Chunk], list[str]]:
    with no_hang(), opened(path, **options) as data:
        chunks = list(data.chunks(wanted or ("x",), size))
        assert all(0 < chunk.rows.num_rows <= size for chunk in chunks)
        assert all(len(values) == chunk.rows.num_rows for chunk in chunks for values in chunk.at.values())
        assert data.fraction == 1
        return chunks, data.notes


def column(chunks: Sequence[Chunk], variable: str = "x") -> list[float]:
    assert all(chunk.at[variable].dtype == np.float64 for chunk in chunks)
    return [float(value) for chunk in chunks for value in chunk.at[variable]]


def passed(chunks: Sequence[Chunk]) -> dict[str, list[Any]]:
    return dict(pa.Table.from_batches([chunk.rows for chunk in chunks]).to_pydict())


def bits(values: Sequence[float]) -> list[bytes]:
    return [struct.pack("<d", value) for value in values]


def refusal(path: Path | Sequence[Path], *wanted: str, **options: Any) -> DerivError:
    with pytest.raises(DerivError) as caught:
        read(path, *wanted, **options)
    error = caught.value
    assert error.status is ExitStatus.REFUSED
    assert error.hint
    assert all(line.isprintable() for line in str(error).split("\n"))
    return error


def file(directory: Path, content: bytes | str, name: str = "t.csv") -> Path:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


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
]  # fmt: skip


@pytest.mark.parametrize(("content", "values"), ACCEPTED)
@pytest.mark.parametrize("block", [24, 4 << 20])
def test_what_is_read(
    content: str, values: list[float], block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "BLOCK", block)
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
    ("x,y\n1,2\n".encode("utf-16"), "t.csv is written in UTF-16"),
    ("x,y\n1,2\n".encode("utf-16-be"), "t.csv holds a NUL byte"),
    ("x,é\n1,2\n".encode("latin-1"), "t.csv is not written in UTF-8: it has the byte E9"),
    ("x,y\n1,é\n1\n".encode("latin-1"), "t.csv is not written in UTF-8: it has the byte E9"),
    ("x,y\n1,é,3\n1\n".encode("latin-1"), "t.csv is not written in UTF-8: it has the byte E9"),
    ("x,y,x\n1,2,3\n", "has several columns 'x': columns 1 and 3"),
    ("a,b\n1,2\n", "there is no column 'x'; the file has: a, b"),
    (b"PAR1....PAR1", "t.csv is no text but a Parquet file"),
    (gzip.compress(b"x\n1\n"), "t.csv is no text but a gzip file"),
    ("x\n\x1b[0m\n", r"column 'x': '\x1b[0m' is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), REFUSED)
@pytest.mark.parametrize("block", [24, 4 << 20])
def test_what_is_refused(
    content: bytes | str, message: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "BLOCK", block)
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
        assert data.variables == {"v": "Speed (m/s)", "alpha": "α", "x1": "x₁", "w": " w "}
        assert column(list(data.chunks(["v", "w"], 9)), "w") == [7]
        assert data.files == (path.resolve(),)
        assert "columns 4 and 5" in data.missing("u").message
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


@PROPERTY
@given(rows=st.lists(st.tuples(CELLS, FLOATS), min_size=1, max_size=30), size=st.integers(1, 9), data=st.data())
def test_quoted_cells_in_any_blocks(
    rows: list[tuple[str, float]], size: int, data: st.DataObject, tmp_path: Path
) -> None:
    path = file(tmp_path, delimited(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", data.draw(st.integers(8, 200)))
        chunks, _ = read(path, size=size)
        assert bits(column(chunks)) == bits([value for _, value in rows])
        assert passed(chunks)["y"] == [cell for cell, _ in rows]
        place = data.draw(st.integers(0, len(rows) - 1))
        line = delimited(rows[:place]).count("\n") + 1
        bad = delimited([*rows[:place], (rows[place][0], "bad"), *rows[place + 1 :]])
        message = refusal(file(tmp_path, bad)).message
        assert f"t.csv, row {place + 1} (line {line}), column 'x': 'bad' is not a number" in message


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
        patch.setattr(text, "BLOCK", block)
        found = np.array(column(read(path, size=size)[0]))
    wanted = np.array(values)
    assert np.array_equal(np.isnan(found), np.isnan(wanted))
    assert found[~np.isnan(found)].tobytes() == wanted[~np.isnan(wanted)].tobytes()


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_chunks_of_any_size_hold_all_rows_in_order(size: int, tmp_path: Path) -> None:
    paths = [file(tmp_path, "x,y\n" + "".join(f"{k},{k}\n" for k in range(20)), f"{name}.csv") for name in "ab"]
    chunks, _ = read(paths, size=size)
    assert column(chunks) == [*range(20), *range(20)]
    assert passed(chunks)["y"] == [str(value) for value in column(chunks)] or passed(chunks)["y"][3] == "3"


def test_a_planted_fault_in_the_places_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, "x,y\n1,2\n3\n5,6\nz,2\n")
    monkeypatch.setattr(piece, "_bad_cell", lambda part, row, place, wants, comma: piece.Lost(row, "'z'", "hint"))
    chunks = open_data(Reading((str(path),)), io.BytesIO())
    with chunks, pytest.raises(DerivError) as caught:
        list(chunks.chunks(["x"], 9))
    assert "row 2 (line 3), the row has 1 cell" in caught.value.message
    _, notes = read(path, skip=True)
    assert "row 4 ('z')" not in notes[0]  # the row that the fault-free finder names, as below
    monkeypatch.undo()
    assert "row 4 (column 'x': 'z'" in read(path, skip=True)[1][0]


OBJECTS = [
    ('{"x":1}\n{"x":2.5}\n', [1, 2.5]),
    ('{"x":1}\n\n{"y":2,"x":3}', [1, 3]),
    ('{"x":"1"}\n{"x":2}\n{"x":" nan "}\n{"x":"-inf"}\n', [1, 2, math.nan, -math.inf]),
    ('{"x":1,"d":"2020-01-01"}\r\n{"d":null,"x":4}\r\n', [1, 4]),
    ('\ufeff{"x":1}\n', [1]),
    ('{"x":1}\n{"x":null,"x":2}\n{"x":3}\n', "row 2 (line 2), the object has 'x' twice"),
    ('{"x":1}\n\n{"x":"abc"}\n', "row 2 (line 3), column 'x': 'abc' is not a number"),
    ('{"x":1}\n{"x":1e400}\n', "row 2 (line 2), column 'x': '1e400' is beyond float64"),
    ('{"x":1}\n{"x":true}\n', "row 2 (line 2), column 'x': 'true' is not a number"),
    ('{"x":1}\n{"x":[2]}\n', "row 2 (line 2), column 'x': '[2]' is not a number"),
    ('{"x":1}\n{"x":null}\n', "row 2 (line 2), column 'x': the cell is empty"),
    ('{"x":1}\n{"y":2}\n', "row 2 (line 2), column 'x': the cell is empty"),
    ('{"x":1}\n[1]\n', "row 2 (line 2), the line is no JSON object"),
    ('{"x":1}\n{"x":\n', "row 2 (line 2), the line is not valid JSON"),
    ('{"x":' + "[" * 9999 + "\n", "row 1: the line is not valid JSON"),
    ('{"x":1}\n{"x":"é"}\n'.encode("latin-1"), "is not written in UTF-8"),
    ('{"x":true}\n', "column 'x' holds true and false, not numbers"),
    ('{"x":[1]}\n', "column 'x' holds values of type list<item: int64>, not numbers"),
    ("[1]\n", "row 1: the line is no JSON object"),
    ("{}\n", "row 1: the object has no keys"),
    ("\n", "is empty"),
    ("", "is empty"),
]


@pytest.mark.parametrize(("content", "wanted"), OBJECTS)
def test_json_lines(content: bytes | str, wanted: list[float] | str, tmp_path: Path) -> None:
    path = file(tmp_path, content, "t.jsonl")
    if isinstance(wanted, str):
        assert wanted in refusal(path).message
    else:
        assert str(column(read(path)[0])) == str([float(value) for value in wanted])


def test_json_values_pass_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK", 80)
    first = '{"x":1,"day":"2020-01-01T00:00","n":null,"k":5,"l":[1,{"a":2}]}\n'
    path = file(tmp_path, first + '{"x":1.5,"n":7,"k":6,"late":1}\n{"x":"nan","n":"t","k":7.5}\n', "t.jsonl")
    chunks, notes = read(path, skip=True)
    assert column(chunks) == [1, 1.5]
    assert passed(chunks) == {
        "x": [1, 1.5], "day": ["2020-01-01T00:00", None], "n": [None, "7"], "k": [5, 6], "l": ANY_LIST
    }  # fmt: skip
    assert any("'late'" in note for note in notes)
    assert any("row 3 (column 'k': 7.5 does not fit among values of type int64)" in note for note in notes)


class _AnyList:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, list)

    __hash__ = None  # type: ignore[assignment]


ANY_LIST = _AnyList()
TABLE = pa.table(
    {
        "i": pa.array([1, 2**53 + 1, 5]),
        "u": pa.array([1, 2**64 - 1, 3], pa.uint64()),
        "small": pa.array([1, -128, 3], pa.int8()),
        "half": pa.array([1.5, 2, float("nan")], pa.float16()),
        "single": pa.array([0.1, 2, float("inf")], pa.float32()),
        "decimal": pa.array([Decimal("1.10"), Decimal("0.30"), Decimal("-7.00")], pa.decimal128(30, 2)),
        "text": pa.array(["1", " 2", "+.5"]),
        "large": pa.array(["1", "2", "3"], pa.large_string()),
        "coded": pa.array(["1", "2", "1"]).dictionary_encode(),
        "flag": [True, False, None],
        "nested": [[1], [2], [3]],
        "day": pa.array([1, 2, 3], pa.date32()),
        "nothing": pa.nulls(3),
        "gaps": [1.5, None, 2.5],
    }
)
TYPES: list[tuple[str, list[float] | str]] = [
    ("i", [1, 2**53, 5]),
    ("u", [1, 2.0**64, 3]),
    ("small", [1, -128, 3]),
    ("half", [1.5, 2, math.nan]),
    ("single", [0.10000000149011612, 2, math.inf]),
    ("decimal", [1.1, 0.3, -7]),
    ("text", [1, 2, 0.5]),
    ("large", [1, 2, 3]),
    ("coded", [1, 2, 1]),
    ("flag", "column 'flag' holds true and false, not numbers"),
    ("nested", "not numbers"),
    ("day", "column 'day' holds values of type date32[day], not numbers"),
    ("nothing", "row 1, column 'nothing': the cell is empty"),
    ("gaps", "row 2, column 'gaps': the cell is empty"),
]


def table_file(directory: Path, table: pa.Table, kind: str) -> Path:
    path = directory / f"t{kind}"
    if kind == ".parquet":
        parquet.write_table(table, path, row_group_size=2)
    else:
        with (pa.ipc.new_file if kind == ".arrow" else pa.ipc.new_stream)(path, table.schema) as sink:
            sink.write_table(table, max_chunksize=2)
    return path


@pytest.mark.parametrize(("name", "wanted"), TYPES)
@pytest.mark.parametrize("kind", [".parquet", ".arrow", ".stream.arrow"])
def test_types(name: str, wanted: list[float] | str, kind: str, tmp_path: Path) -> None:
    path = table_file(tmp_path, TABLE, kind)
    if isinstance(wanted, str):
        assert wanted in refusal(path, name).message
        return
    chunks, notes = read(path, name)
    assert str(column(chunks, name)) == str([float(value) for value in wanted])
    assert str(passed(chunks)) == str(TABLE.to_pydict())
    rounded = f"column '{name}': 1 whole number is rounded to float64, the first in row 2 of {path}"
    assert notes == ([rounded] if name in ("i", "u") else [])


def test_rounded_whole_numbers_are_noted(tmp_path: Path) -> None:
    numbers = [str(2**53 - 1), str(2**53), str(2**53 + 1), "1e300", "-" + "9" * 30, str(10**20), "9007199254740993.0"]
    note = "2 whole numbers are rounded to float64, the first in row 3 of"
    for name, content in (
        ("t.csv", "x\n" + "\n".join(numbers)),
        ("t.jsonl", "\n".join(f'{{"x":{number}}}' for number in numbers)),
    ):
        chunks, notes = read(file(tmp_path, content, name))
        assert column(chunks) == [float(number) for number in numbers]
        assert notes == [f"column 'x': {note} {tmp_path / name}"]


def test_tables_skip_rows(tmp_path: Path) -> None:
    chunks, notes = read(table_file(tmp_path, TABLE, ".parquet"), "gaps", skip=True)
    assert column(chunks, "gaps") == [1.5, 2.5]
    assert passed(chunks)["i"] == [1, 5]
    assert notes == [f"1 row was left out: {tmp_path}/t.parquet, row 2 (column 'gaps': the cell is empty)"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.parquet", b"x,y\n1,2\n", "is not a whole Parquet file"),
        ("t.arrow", b"x,y\n1,2\n", "is not a whole Arrow file"),
        ("t.parquet", b"", "t.parquet is empty"),
        ("t.arrow", b"", "t.arrow is empty"),
        ("t.feather", b"FEA1....", "t.feather is a Feather file of version 1"),
        ("t.csv.gz", b"hello", "cannot read"),
        ("t.csv.gz", gzip.compress(b"x\n" + b"1\n" * 10**5)[:-30], "cannot read"),
        ("t.csv.bz2", b"", "is empty"),
        ("t.dat", b"x\n1\n", "says no known data format"),
    ],
)
def test_files_that_are_not_what_they_claim(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    error = refusal(file(tmp_path, content, name))
    assert message in error.message
    assert name in error.message


@pytest.mark.parametrize("kind", [".parquet", ".arrow", ".stream.arrow"])
def test_every_cut_of_a_table_is_refused_or_read(kind: str, tmp_path: Path) -> None:
    whole = table_file(tmp_path, TABLE.select(["i", "text"]), kind)
    content = whole.read_bytes()
    for length in range(0, len(content), 7):
        path = file(tmp_path, content[:length], f"cut{kind}")
        try:
            chunks, _ = read(path, "i")
        except DerivError as error:
            assert f"cut{kind}" in error.message
            assert "\n" not in error.message
        else:  # a stream may end between two batches
            assert kind == ".stream.arrow"
            assert column(chunks, "i") == [1, 2**53, 5][: len(column(chunks, "i"))]


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone.csv", "No such file"), ("folder.csv", "is a directory"), ("no*.csv", "no file matches")],
)
def test_names_without_a_file(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert message in refusal(tmp_path / name).message


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = file(tmp_path, "x\n1\n")
    path.chmod(0)
    tmp_path.chmod(0o755)
    script = f"""
import io, os, sys
from derivcli.points.files.read import *
os.getuid() or os.setuid(65534)
try:
    open_data(Reading(({path.name!r},)), io.BytesIO())
except DerivError as error:
    print(error.message)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r})\n{script}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "cannot read t.csv: Permission denied\n"


@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".arrow"])
def test_a_file_that_grows_shorter(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK", 100)
    path = tmp_path / f"t{kind}"
    if kind == ".arrow":
        table_file(tmp_path, pa.table({"x": list(range(3000))}), kind)
    else:
        path.write_text("x\n" + "1\n" * 9999 if kind == ".csv" else '{"x":1}\n' * 9999)
    with opened(path) as data:
        chunks = data.chunks(["x"], 2)
        next(chunks)
        os.truncate(path, 600)
        with pytest.raises(DerivError, match=r"grew shorter|cannot read"):
            list(chunks)


def test_several_files(tmp_path: Path) -> None:
    one = file(tmp_path, "x,y\n1,2\n", "1.csv")
    two = file(tmp_path, "y;x\n4;3\n", "2.csv")
    none = file(tmp_path, "x,y\n", "3.csv")
    parquet.write_table(pa.table({"x": [5.5], "y": ["z"]}), tmp_path / "4.parquet")
    chunks, notes = read([tmp_path / "[123].csv", tmp_path / "4.parquet"])
    assert column(chunks) == [1, 3, 5.5]
    assert passed(chunks) == {"x": ["1", "3", "5.5"], "y": ["2", "4", "z"]}
    assert notes == [f"{two}: its columns are separated by ';'"]
    assert "none of the files has rows" in refusal([none, none]).message
    other = file(tmp_path, "x,z\n1,2\n", "5.csv")
    assert f"{other} has no column 'y' as {one} has it" in refusal([one, other]).message
    assert "2.csv, row 1 (line 2), column 'x': 'q'" in refusal([one, file(tmp_path, "x,y\nq,4\n", "2.csv")]).message


@pytest.mark.parametrize("count", [0, 5])
def test_rows_are_counted_where_they_are_known(count: int, tmp_path: Path) -> None:
    table = pa.table({"x": pa.array(range(count), pa.int64())})
    with opened([table_file(tmp_path, table, ".parquet"), table_file(tmp_path, table, ".arrow")]) as data:
        assert data.count == 2 * count
    with opened([table_file(tmp_path, table, ".parquet"), file(tmp_path, "x\n1\n")]) as data:
        assert data.count is None


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_compressed_text(compress: Any, tmp_path: Path) -> None:
    path = file(tmp_path, compress(b"x,y\n" + b"1,2\n" * 50000), "t.csv.gz" if compress is gzip.compress else "t.csv.bz2")
    assert column(read(path)[0]) == [1] * 50000
    bad = file(tmp_path, compress(b"x,y\n" + b"1,2\n" * 50000 + b"a,b\n"), path.name)
    assert "row 50,001 (line 50,002), column 'x': 'a'" in refusal(bad).message


def piped(content: bytes, kind: str, **options: Any) -> Data:
    reader, writer = os.pipe()
    with open(writer, "wb") as sink:  # noqa: PTH123 (a descriptor has no path)
        sink.write(content)
    return open_data(Reading(("-",), kind, **options), open(reader, "rb"))  # noqa: PTH123


def test_standard_input(tmp_path: Path) -> None:
    stream = table_file(tmp_path, TABLE, ".stream.arrow").read_bytes()
    for kind, content in (("csv", b"x\n1\n2"), ("tsv", b"x\ty\n1\t2\n2\t3"), ("jsonl", b'{"x":1}\n{"x":2}')):
        with no_hang(), piped(content, kind) as data:
            assert column(list(data.chunks(["x"], 9))) == [1, 2]
            assert data.fraction is None
            assert data.files == ()
            assert data.count is None
    with no_hang(), piped(stream, "arrow") as data:
        assert column(list(data.chunks(["small"], 2)), "small") == [1, -128, 3]
    with no_hang(), piped(b"x\n1\nz", "csv") as data, pytest.raises(DerivError, match=r"standard input, row 2 \(line 3"):
        list(data.chunks(["x"], 9))


def test_what_a_pipe_cannot_give(tmp_path: Path) -> None:
    for kind in (".parquet", ".arrow"):
        with pytest.raises(DerivError) as caught, no_hang():
            piped(table_file(tmp_path, TABLE.select(["i"]), kind).read_bytes(), kind[1:])
        assert caught.value.hint == "save it to a file first"
    with pytest.raises(DerivError, match="standard input has no name"):
        open_data(Reading(("-",)), io.BytesIO())
    with pytest.raises(DerivError, match="more than once"):
        open_data(Reading(("-", "-"), "csv"), io.BytesIO(b"x\n1\n"))


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_memory_stays_flat(kind: str, tmp_path: Path) -> None:
    count = 1_000_000 if kind == "csv" else 15_000_000
    path = tmp_path / f"t.{kind}"
    if kind == "csv":
        path.write_bytes(b"x,y\n" + b"0.12345678901234567,0.98765432109876543,\n".replace(b",\n", b"\n") * 3 * count)
    else:
        numbers = np.arange(float(count))
        table = pa.table({"x": numbers, "y": numbers})
        if kind == "parquet":
            parquet.write_table(table, path, row_group_size=count, use_dictionary=False)
        else:
            with pa.ipc.new_file(path, table.schema) as sink:
                sink.write_table(table)
    script = f"""
import io
from pathlib import Path
from derivcli.points.files.read import *
peak = lambda: int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
before = peak()
with open_data(Reading(({str(path)!r},)), io.BytesIO()) as data:
    for chunk in data.chunks(["x", "y"], 1 << 17):
        chunk.at["x"].sum()
print(peak() - before)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150, f"{path.stat().st_size >> 20} MiB were read"
