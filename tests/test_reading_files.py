"""Data files as files: not what they claim, several, compressed, cut short, through a pipe, in little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as parquet
import pytest

from derivcli.errors import DerivError
from derivcli.points.files.data_files import DataFiles, open_data
from derivcli.points.files.reading import Reading
from derivcli.points.files.text import blocks as text_blocks
from tests.processes import python
from tests.reading import ROOT, column, file, opened, passed, read, refusal, table_file
from tests.support import each, no_hang


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


@each(
    ("name", "content", "message"),
    [
        ("t.parquet", b"x,y\n1,2\n", "is not a whole Parquet file"),
        ("t.arrow", b"x,y\n1,2\n", "is not a whole Arrow file"),
        ("t.parquet", b"", "t.parquet is empty"),
        ("t.arrow", b"", "t.arrow is empty"),
        ("t.feather", b"FEA1....", "t.feather is a Feather file of version 1"),
        ("t.csv.gz", b"hello", "cannot read"),
        ("t.csv.gz", gzip.compress(b"x\n" + b"1\n" * 10**5, mtime=0)[:-30], "cannot read"),
        ("t.csv.bz2", b"", "is empty"),
        ("t.dat", b"x\n1\n", "says no known data format"),
    ],
)
def test_files_that_are_not_what_they_claim(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    error = refusal(file(tmp_path, content, name))
    assert message in error.message
    assert name in error.message


def assert_names(message: str, path: Path) -> None:
    """One sentence that names the file."""
    assert path.name in message
    assert "\n" not in message


@pytest.mark.parametrize("kind", [".parquet", ".arrow", ".stream.arrow"])
def test_every_cut_of_a_table_is_refused_or_read(kind: str, tmp_path: Path) -> None:
    whole = table_file(tmp_path, pa.table({"i": [1, 2, 5], "text": ["a", "b", "c"]}), kind)
    content = whole.read_bytes()
    for length in range(0, len(content), 7):
        path = file(tmp_path, content[:length], f"cut{kind}")
        try:
            chunks, _ = read(path, "i")
        except DerivError as error:
            assert_names(error.message, path)
        else:  # a stream may end between two batches
            assert kind == ".stream.arrow"
            assert column(chunks, "i") == [1, 2, 5][: len(column(chunks, "i"))]


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
from derivcli.points.files import data_files
from derivcli.points.files.text import csv_tsv
from derivcli.points.files.data_files import *
os.getuid() or os.setuid(65534)
try:
    with open_data(Reading(({path.name!r},)), io.BytesIO()):
        pass
except DerivError as error:
    print(error.message)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*python(), "-c", f"import os; os.chdir({str(tmp_path)!r})\n{script}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "cannot read t.csv: Permission denied\n"


@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".arrow"])
def test_a_file_that_grows_shorter(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 100)
    path = tmp_path / f"t{kind}"
    if kind == ".arrow":
        table_file(tmp_path, pa.table({"x": list(range(3000))}), kind)
    else:
        path.write_text("x\n" + "1\n" * 9999 if kind == ".csv" else '{"x":1}\n' * 9999)
    with opened(path) as data:
        chunks = data.parts(["x"], 2)
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


def test_a_file_that_is_read_again_is_noted(tmp_path: Path) -> None:
    one, two = file(tmp_path, "x\n1\n", "1.csv"), file(tmp_path, "x\n2\n", "2.csv")
    (tmp_path / "link.csv").symlink_to(two)
    chunks, notes = read([one, tmp_path / "*.csv"])
    assert column(chunks) == [1, 1, 2, 2]
    assert notes == [f"{one} is read twice", f"{two} is read twice"]
    assert read([one, one, one])[1] == [f"{one} is read 3 times"]
    assert read([one, two])[1] == []


def test_whether_files_have_types(tmp_path: Path) -> None:
    table = table_file(tmp_path, pa.table({"x": [1]}), ".parquet")
    lines = file(tmp_path, '{"x":1}\n', "t.jsonl")
    texts = [file(tmp_path, "x\n1\n"), file(tmp_path, "x\n1\n", "t.tsv")]
    for paths, typed in ((texts, False), ([table], True), ([lines], True), ([*texts, table], True)):
        with opened(paths) as data:
            assert data.have_types is typed


@pytest.mark.parametrize("count", [0, 5])
def test_rows_are_counted_where_they_are_known(count: int, tmp_path: Path) -> None:
    table = pa.table({"x": pa.array(range(count), pa.int64())})
    with opened([table_file(tmp_path, table, ".parquet"), table_file(tmp_path, table, ".arrow")]) as data:
        assert data.count == 2 * count
    with opened([table_file(tmp_path, table, ".parquet"), file(tmp_path, "x\n1\n")]) as data:
        assert data.count is None


@pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".zst", zstd)])
def test_compressed_text(ending: str, compress: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = file(tmp_path, compress(b"x,y\n" + b"1,2\n" * 50000), f"t.csv{ending}")
    assert column(read(path)[0]) == [1] * 50000
    bad = file(tmp_path, compress(b"x,y\n" + b"1,2\n" * 50000 + b"a,b\n"), path.name)
    assert "row 50,001 (line 50,002), column 'x': 'a'" in refusal(bad).message


@contextmanager
def piped(content: bytes, kind: str) -> Iterator[DataFiles]:
    """The data that come through a pipe as standard input."""
    reader, writer = os.pipe()
    with open(writer, "wb") as sink:  # noqa: PTH123 (a descriptor has no path)
        sink.write(content)
    with no_hang(), open(reader, "rb") as source, open_data(Reading(("-",), kind), source) as data:  # noqa: PTH123
        yield data


def test_standard_input(tmp_path: Path) -> None:
    stream = table_file(tmp_path, pa.table({"x": [1, -128, 3]}), ".stream.arrow").read_bytes()
    for kind, content in (("csv", b"x\n1\n2"), ("tsv", b"x\ty\n1\t2\n2\t3"), ("jsonl", b'{"x":1}\n{"x":2}')):
        with piped(content, kind) as data:
            assert column(list(data.parts(["x"], 9))) == [1, 2]
            assert data.paths == ()
            assert data.count is None
    with piped(stream, "arrow") as data:
        assert column(list(data.parts(["x"], 2))) == [1, -128, 3]
    with pytest.raises(DerivError, match=r"standard input, row 2 \(line 3\)"), piped(b"x\n1\nz", "csv") as data:
        list(data.parts(["x"], 9))


def test_what_a_pipe_cannot_give(tmp_path: Path) -> None:
    for kind in (".parquet", ".arrow"):
        content = table_file(tmp_path, pa.table({"x": [1]}), kind).read_bytes()
        with pytest.raises(DerivError) as caught, piped(content, kind[1:]):
            pass
        assert caught.value.hint == "save it to a file first"
    with (
        pytest.raises(DerivError, match="standard input has no name"),
        open_data(Reading(("-",)), io.BytesIO()),
    ):
        pass
    twice = Reading(("-", "-"), "csv")
    with pytest.raises(DerivError, match="more than once"), open_data(twice, io.BytesIO(b"x\n1\n")):
        pass


@pytest.mark.parametrize(
    ("content", "way_out"),
    [
        (gzip.compress(b"x\n1\n", mtime=0), "unpack it before, as in zcat FILE | deriv ..."),
        (bz2.compress(b"x\n1\n"), "unpack it before, as in bzcat FILE | deriv ..."),
        (zstd(b"x\n1\n"), "unpack it before, as in zstdcat FILE | deriv ..."),
        (b"PAR1....PAR1", "save it to a file with its own ending"),
    ],
    ids=["gzip", "bzip2", "zstd", "parquet"],
)
def test_a_pipe_of_another_kind_has_a_way_out(content: bytes, way_out: str) -> None:
    with pytest.raises(DerivError, match="standard input is no text but") as caught, piped(content, "csv"):
        pass
    assert caught.value.hint == way_out


@each("kind", ["csv", "tsv", "jsonl", "parquet", "arrow", "stream.arrow"])
def test_only_wanted_columns_are_read_where_nothing_is_passed_on(kind: str, tmp_path: Path) -> None:
    table = pa.table({"u.v": ["p", "q", "r"], "y": [4, 5, 6], "Speed": [7.5, 8, 9], "x": [1, 2, 3]})
    path = tmp_path / f"t.{kind}"
    if kind in ("csv", "tsv"):
        pa.csv.write_csv(table, path, pa.csv.WriteOptions(delimiter="," if kind == "csv" else "\t"))
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    else:
        table_file(tmp_path, table, f".{kind}")
    with opened([path, path], columns={"v": "Speed"}) as data:
        found = list(data.parts(["x", "v"], 2, passed=False))
        assert (column(found), column(found, "v")) == ([1, 2, 3] * 2, [7.5, 8, 9] * 2)
        assert {tuple(chunk.rows.schema.names) for chunk in found} == {("x", "Speed")}
        assert sum(chunk.rows.num_rows for chunk in found) == 6
        assert data.headers == ("u.v", "y", "Speed", "x")


def test_columns_that_are_not_wanted_are_not_looked_at(tmp_path: Path) -> None:
    """Several of one name, a nested one whose field is named alike, and a bad row's cells."""
    table = pa.Table.from_arrays(
        [pa.array([1, 2]), pa.array([{"b": 1}, {"b": 2}]), pa.array([3.5, 4.5]), pa.array([5, 6]), pa.array([7, 8])],
        names=["u", "a", "a.b", "u", "x"],
    )
    for kind in (".parquet", ".arrow"):
        with opened(table_file(tmp_path, table, kind), columns={"w": "a.b"}) as data:
            found = list(data.parts(["w", "x"], 9, passed=False))
            assert (column(found, "w"), column(found)) == ([3.5, 4.5], [7, 8])
    with opened(file(tmp_path, "u,x,u\n1,2,3\n4,z,5\n1,2\n7,8,9\n"), skip=True) as data:
        found = list(data.parts(["x"], 9, passed=False))
        assert passed(found) == {"x": ["2", "8"]}
        assert "row 2 (column 'x': 'z' is not a number)" in data.notes[0]
        assert "row 3 (the row has 2 cells, and the header has 3)" in data.notes[0]


@pytest.mark.parametrize("kind", [".parquet", ".arrow", ".stream.arrow"])
@pytest.mark.parametrize("repeated", [False, True])
def test_wide_rows_come_in_small_batches(kind: str, repeated: bool, tmp_path: Path) -> None:
    count = 5000
    numbers = np.zeros(count) if repeated else np.arange(float(count))
    table = pa.table({f"c{number}": numbers for number in range(2000)})
    path = tmp_path / f"t{kind}"
    if kind == ".parquet":
        parquet.write_table(table, path)
    else:
        with (pa.ipc.new_file if kind == ".arrow" else pa.ipc.new_stream)(path, table.schema) as sink:
            sink.write_table(table)
    with opened(path) as data:
        wide = [len(chunk.points.at["c7"]) for chunk in data.parts(["c7"], 4000)]
        assert sum(wide) == count
        assert max(wide) * table.num_columns * 8 <= 32 << 20
    with opened(path) as data:
        assert max(len(chunk.points.at["c7"]) for chunk in data.parts(["c7"], 4000, passed=False)) == 4000


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_memory_stays_flat(kind: str, tmp_path: Path) -> None:
    count = 2_000_000 if kind == "csv" else 15_000_000
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
from derivcli.points.files import data_files
from derivcli.points.files.text import csv_tsv
from derivcli.points.files.data_files import *
peak = lambda: int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
before = peak()
with open_data(Reading(({str(path)!r},)), io.BytesIO()) as data:
    for chunk in data.parts(["x", "y"], 1 << 17):
        chunk.points.at["x"].sum()
print(peak() - before)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([*python(), "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200, f"{path.stat().st_size >> 20} MiB were read"  # a fork touches its libraries anew
