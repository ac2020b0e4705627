"""Small jobs are judged unasked, wherever their points come from: only their number counts, all files together."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow
import pytest

from derivcli.check.limits import MAX_NUMBERS_UNASKED as LIMIT
from derivcli.cli.point_source import PointSource
from derivcli.points.files.data_files import open_data
from derivcli.points.files.reading import Reading
from derivcli.points.points import Points
from tests.datafiles import write
from tests.support import deriv, each

KINDS = ("csv", "tsv", "jsonl", "parquet", "arrow", "stream", "csv.gz", "jsonl.bz2", "tsv.zst")
PACKING: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "zst": partial(pyarrow.compress, codec="zstd", asbytes=True),
}  # fmt: skip
BATCH = 7


def points(folder: Path, name: str, kind: str, count: int) -> str:
    """A file of so many points; gives its name back."""
    table = pyarrow.table({"x": [place + 0.5 for place in range(count)]})
    text, _, packed = kind.partition(".")
    if kind == "stream":
        path = folder / f"{name}.stream.arrow"
        with pyarrow.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table, BATCH)
        return str(path)
    path = write(table, folder / f"{name}.{text}")
    if packed:
        data, path = path.read_bytes(), folder / f"{name}.{kind}"
        path.write_bytes(PACKING[packed](data))
    return str(path)


@each("kind", KINDS)
@each(
    "counts",
    [
        (LIMIT,),
        (LIMIT + 1,),
        (LIMIT - 30, 30),
        (LIMIT - 30, 31),
        (1, LIMIT - 2, 1),
    ],
)
def test_the_points_of_all_files_count(kind: str, counts: tuple[int, ...], tmp_path: Path) -> None:
    names = [points(tmp_path, f"part{place}", kind, count) for place, count in enumerate(counts)]
    outcome = deriv("x^2", *(word for name in names for word in ("--data", name)), "--output", str(tmp_path / "o.csv"))
    assert f"{sum(counts):,} points" in outcome.stderr
    assert ("not checked" in outcome.stderr) == (sum(counts) > LIMIT)


def test_a_pattern_and_files_of_several_formats(tmp_path: Path) -> None:
    for kind in KINDS:
        points(tmp_path, "part", kind, LIMIT // len(KINDS))
    given = ["--data", str(tmp_path / "part*"), "--output", str(tmp_path / "o.tsv")]
    points(tmp_path, "part", "tsv", 1)
    assert "not checked" not in deriv("x^2", "--data", str(tmp_path / "part.[tj]s*"), *given[2:]).stderr
    points(tmp_path, "partly", "csv", LIMIT)
    assert "not checked" in deriv("x^2", "--data", str(tmp_path / "part*.csv"), *given[2:]).stderr


@pytest.mark.parametrize("count", [LIMIT, LIMIT + 1])
def test_standard_input(count: int, tmp_path: Path) -> None:
    text = "x\n" + "1.5\n" * count
    given = ["--data", "-", "--data-format", "csv", "--output", str(tmp_path / "o.csv")]
    assert ("not checked" in deriv("x^2", *given, stdin=text.encode()).stderr) == (count > LIMIT)


def test_several_derivatives_at_each_point(tmp_path: Path) -> None:
    one, two = (points(tmp_path, name, "csv", LIMIT // 4) for name in "ab")
    given = ["--data", one, "--data", two, "--output", str(tmp_path / "o.csv")]
    assert "not checked" not in deriv("x^2", "x^3", *given).stderr
    assert "not checked" in deriv("x^2", "x^3", "x^4", *given).stderr


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "arrow"])
def test_rows_that_are_left_out_do_not_count(kind: str, tmp_path: Path) -> None:
    cells = ["1.5"] * (LIMIT - 1) + ["none"] * 5
    table = pyarrow.table({"x": cells})
    path = write(table, tmp_path / f"p.{kind}")
    given = ["--data", str(path), "--on-error", "skip", "--output", str(tmp_path / "o.csv")]
    outcome = deriv("x^2", *given)
    assert "5 rows were left out" in outcome.stderr
    assert "not checked" not in outcome.stderr


def test_a_table_is_shown_of_two_small_files(tmp_path: Path) -> None:
    one, two = (points(tmp_path, name, "jsonl", 3) for name in "ab")
    assert "✓" in deriv("x^2", "--data", one, "--data", two, columns=80).stdout


def test_no_more_is_read_ahead_than_is_needed(tmp_path: Path) -> None:
    path = points(tmp_path, "p", "stream", 10 * BATCH)
    with open_data(Reading((path,)), io.BytesIO()) as data:
        source = PointSource(Points(()), data)
        parts, count = source.counted(["x"], 1000, True, 2 * BATCH)
        assert count is None
        assert data._kept.read == 3 * BATCH
        assert sum(part.points.count for part in parts) == 10 * BATCH
    with open_data(Reading((path,)), io.BytesIO()) as data:
        parts, count = PointSource(Points(()), data).counted(["x"], 1000, True, 10 * BATCH)
        assert count == 10 * BATCH == sum(part.points.count for part in parts)
