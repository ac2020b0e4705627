"""Types of columns: text that is given types, fields of structures, and compressed output that other readers read."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from derivcli.errors import DerivError
from derivcli.points.files.text import gzip_stream
from derivcli.points.files.text.gzip_stream import GzipStream
from derivcli.points.files.typed.given_types import Given, converted, planned
from tests.support import deriv, each

CELLS = "id,n,when,day,m,x,z\n007,1,2024-01-01 10:00:00,2024-02-03,1.5,2,2024-01-01T10:00:00Z\n008,,,,,3,\n"


def passed(folder: Path, *words: str) -> dict[str, list[Any]]:
    (folder / "in.csv").write_text(CELLS)
    deriv("x^2", "--data", str(folder / "in.csv"), "--output", str(folder / "out.parquet"), *words)
    return dict(parquet.read_table(folder / "out.parquet").to_pydict())


def test_text_stays_text_unless_types_are_asked_for(tmp_path: Path) -> None:
    found = passed(tmp_path)
    assert (found["id"], found["n"], found["x"]) == (["007", "008"], ["1", None], [2.0, 3.0])


def test_types_are_given_by_name_or_told_by_the_first_rows(tmp_path: Path) -> None:
    when, day = datetime.datetime(2024, 1, 1, 10), datetime.date(2024, 2, 3)
    auto = passed(tmp_path, "--types", "auto")
    assert (auto["id"], auto["n"], auto["m"]) == (["007", "008"], [1, None], [1.5, None])
    assert (auto["when"], auto["day"], auto["z"][0]) == ([when, None], [day, None], "2024-01-01T10:00:00Z")
    named = passed(tmp_path, "--types", "n=float,when=datetime,id=int,z=timestamp,m=decimal(4.2)")
    assert (named["n"], named["when"], named["id"], named["day"]) == (
        [1.0, None],
        [when, None],
        [7, 8],
        ["2024-02-03", None],
    )
    assert named["z"][0] == datetime.datetime(2024, 1, 1, 10, tzinfo=datetime.UTC)
    assert str(named["m"][0]) == "1.50"


def test_a_format_without_types_says_so(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(CELLS)
    outcome = deriv("x^2", "--data", str(tmp_path / "in.csv"), "--types", "n=int", "--format", "csv")
    assert "csv has no types, so that --types changes nothing in it" in outcome.stderr


@each(
    ("types", "said"),
    [
        ("day=int", "column 'day': '2024-02-03' is no int64\n  say --types day=text"),
        ("dya=date", "there is no column 'dya' to give a type\n  did you mean 'day'?"),
        ("day=dates", "'dates' is no type of a column\n  did you mean date?"),
    ],
)
def test_what_fits_no_type(types: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(CELLS)
    output = tmp_path / "out.parquet"
    outcome = deriv("x^2", "--data", str(tmp_path / "in.csv"), "--output", str(output), "--types", types, status=2)
    assert said in outcome.stderr
    assert not output.exists()


def test_types_that_are_told_keep_every_cell() -> None:
    draw = random.Random(4)
    makers: list[Callable[[], str]] = [
        lambda: str(draw.randint(-99, 99)),
        lambda: f"{draw.randint(0, 99):03d}",
        lambda: repr(draw.uniform(-9, 9)),
        lambda: draw.choice(["true", "false"]),
        lambda: f"2024-0{draw.randint(1, 9)}-11",
        lambda: draw.choice(["1.50", "-0", "1e5", "+3", " 4", "NA", "٣"]),
    ]
    for _ in range(200):
        make = draw.choice(makers)
        cells = [make() if draw.random() < 0.8 else None for _ in range(5)]
        rows = pa.RecordBatch.from_pydict({"c": pa.array(cells, pa.string())})
        found = converted(rows, planned(rows, Given({"": "auto"}), (), True), Given({"": "auto"})).column(0)
        assert found.cast(pa.string()).to_pylist() == cells


def test_a_later_cell_that_does_not_fit_is_refused() -> None:
    first = pa.RecordBatch.from_pydict({"c": ["1", "2"]})
    given = Given({"": "auto"})
    plan = planned(first, given, (), True)
    for wrong in ("x", "007", "+7", "-0"):
        with pytest.raises(DerivError, match=re.escape(f"'{wrong}' is no int64")):
            converted(pa.RecordBatch.from_pydict({"c": ["3", wrong]}), plan, given)


def test_words_for_nothing_are_null_in_columns_of_types(tmp_path: Path) -> None:
    cells = "x,n,m,k\n1,NA,NA,NA\n2,-999,1,b\n3,7,2.5,c\n"
    for types in ("n=int,m=float", "auto"):
        (tmp_path / "in.csv").write_text(cells)
        words = ["--output", str(tmp_path / "out.parquet"), "--types", types, "--na", "NA,-999"]
        deriv("x^2", "--data", str(tmp_path / "in.csv"), *words)
        found = parquet.read_table(tmp_path / "out.parquet").to_pydict()
        assert (found["n"], found["m"], found["k"]) == ([None, -999, 7], [None, 1.0, 2.5], ["NA", "b", "c"])


def test_numbers_of_a_type_are_written_as_those_that_are_used(tmp_path: Path) -> None:
    words = ["--data", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.parquet"), "--types", "n=float"]
    (tmp_path / "in.csv").write_text("x;n\n1;1.500,5\n2;\u22127\n")
    deriv("x^2", *words, "--decimal-comma", "--thousands", "point")
    assert parquet.read_table(tmp_path / "out.parquet").to_pydict()["n"] == [1500.5, -7.0]
    (tmp_path / "in.csv").write_text("x,n\n1,1e400\n")
    assert "column 'n': '1e400' is no double" in deriv("x^2", *words, status=2).stderr


OBJECTS: list[dict[str, Any]] = [
    {"id": "a", "pos": {"x": 2, "deep": {"z": 4.5}}, "b": 3},
    {"id": "b", "pos": {"x": 5, "deep": None}, "b": 1},
    {"id": "c", "pos": None, "b": 1},
]


@each("kind", ["jsonl", "parquet"])
def test_fields_of_structures_are_variables(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"in.{kind}"
    if kind == "jsonl":
        path.write_text("".join(json.dumps(each) + "\n" for each in OBJECTS))
    else:
        parquet.write_table(pa.Table.from_pylist(OBJECTS), path)
    words = ["--data", str(path), "--na", "", "--keep", "id", "--format", "csv"]
    assert deriv("a*b", *words, "--column", "a=pos.x").stdout == "id,f,df/da,df/db,f flags\na,6,3,2,\nb,5,1,5,\nc,,,,\n"
    assert deriv("a*b", *words, "--column", "a=pos.deep.z").stdout.splitlines()[1:] == [
        "a,13.5,3,4.5,",
        "b,,,,",
        "c,,,,",
    ]
    assert "did you mean 'pos.x'?" in deriv("a*b", *words, "--column", "a=pos.y", status=2).stderr
    whole = tmp_path / "out.parquet"
    deriv("a*b", *words[:4], "--column", "a=pos.x", "--output", str(whole))
    assert parquet.read_table(whole)["pos"].to_pylist() == [each["pos"] for each in OBJECTS]


def test_a_header_that_is_a_path_wins(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    parquet.write_table(pa.table({"pos": [{"x": 1.0}], "pos.x": [7.0]}), path)
    assert deriv("2*a", "--data", str(path), "--column", "a=pos.x", "--format", "value").stdout == "2\n"
    assert deriv("a^2", "--data", str(path), "--column", "a=pos.x", "--format", "value").stdout == "14\n"


@each("block", [7, 1 << 20])
def test_gzip_of_ours_is_one_member_that_others_read(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_stream, "BLOCK_BYTES", block)
    draw = random.Random(6)
    for size in (0, 1, 6, 7, 8, 2_000):
        data, outlet = draw.randbytes(size), io.BytesIO()
        stream = GzipStream(outlet, 2)
        for start in range(0, size, 300):
            stream.write(data[start : start + 300])
        stream.close()
        assert gzip.decompress(outlet.getvalue()) == data
        assert pa.CompressedInputStream(io.BytesIO(outlet.getvalue()), "gzip").read() == data
        assert outlet.getvalue().startswith(b"\x1f\x8b\x08\x00\x00\x00\x00\x00"), "no name and no time"


def test_a_full_disk_is_an_error_of_the_writer() -> None:
    class Full(io.RawIOBase):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        GzipStream(Full(), 2)
