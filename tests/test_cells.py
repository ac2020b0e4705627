"""Cells as people write them, drawn at random and read by plain Python: missing ones, times, thousands, encodings."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from derivcli.points.files.cells.cells_to_numbers import read_numbers
from derivcli.points.files.cells.missing import Missing
from derivcli.points.files.reading import Cells
from derivcli.points.files.text import blocks as text_blocks
from tests.reading import column, read, refusal
from tests.support import deriv, each

MISSING = ["-999", "NA", "n.a.", ""]
BAD = ["abc", "1.2.3", "--"]


def drawn_cells(draw: random.Random, count: int) -> list[str]:
    good = [repr(draw.uniform(-9, 9)) for _ in range(count)]
    others = ["-999", "-999.0", " -9.99e2 ", "NA", " NA", "n.a.", "", *BAD]
    return [draw.choice(others) if draw.random() < 0.4 else cell for cell in good]


def meaning(cell: str, missing: list[str]) -> float | str:
    """The number of a cell, or whether it is "missing" or "bad"."""
    text = cell.strip()
    if text in missing:
        return "missing"
    try:
        number = float(text)
    except ValueError:
        return "bad"
    return "missing" if "-999" in missing and number == -999 else number


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of an output, results as numbers or None."""
    if path.suffix == ".parquet":
        return [dict(row) for row in parquet.read_table(path).to_pylist()]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    rows = list(csv.DictReader(io.StringIO(path.read_text(), newline="")))
    return [{**row, "f": float(row["f"]) if row["f"] else None} for row in rows]


@each("kind", ["csv", "jsonl", "parquet"])
@each("policy", ["keep", "skip"])
@each("seed", range(4))
def test_rows_without_numbers(
    kind: str, policy: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 64)
    draw = random.Random(f"{kind} {policy} {seed}")
    missing = draw.sample(MISSING, 2)
    cells = [*drawn_cells(draw, 40), "1.5"]
    path, output = tmp_path / f"in.{kind}", tmp_path / "out.csv"
    if kind == "csv":
        path.write_text("k,x\n" + "".join(f"{k},{cell}\n" for k, cell in enumerate(cells)))
    elif kind == "jsonl":
        path.write_text("".join(json.dumps({"k": k, "x": cell}) + "\n" for k, cell in enumerate(cells)))
    else:
        parquet.write_table(pa.table({"k": range(len(cells)), "x": cells}), path, row_group_size=7)
    words = ["--data", str(path), "--on-error", policy, *(w for text in missing for w in ("--na", text))]
    outcome = deriv("2*x", *words, "--keep", "k", "--output", str(output))
    want = [(str(k), meaning(cell, missing)) for k, cell in enumerate(cells)]
    lost = [k for k, found in want if isinstance(found, str)]
    if policy == "skip":
        want = [(k, found) for k, found in want if not isinstance(found, str)]
    found = [(str(row["k"]), row["f"]) for row in rows_of(output)]
    assert found == [(k, None if isinstance(number, str) else 2 * number) for k, number in want]
    told = re.search(r"(\d+) rows? (?:has|have|was|were)", outcome.stderr)
    assert (int(told[1]) if told else 0) == len(lost)


def test_a_missing_cell_that_is_not_seen_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Missing, "mask", lambda *_: None)
    (tmp_path / "in.csv").write_text("x\n1\n-999\n")
    outcome = deriv("2*x", "--data", str(tmp_path / "in.csv"), "--na", "-999", "--format", "csv")
    assert outcome.stdout.splitlines()[2] != "-999,,,", "a planted fault is seen by what is compared above"


@each("seed", range(6))
def test_without_keep_the_first_bad_row_is_named(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    cells = [*drawn_cells(draw, 12), "oops"]
    (tmp_path / "in.csv").write_text("k,x\n" + "".join(f"{k},{cell}\n" for k, cell in enumerate(cells)))
    words = [word for text in MISSING for word in ("--na", text)]
    said = deriv("2*x", "--data", str(tmp_path / "in.csv"), *words, status=2).stderr
    first = next(place for place, cell in enumerate(cells) if meaning(cell, MISSING) == "bad")
    assert f"row {first + 1} (line {first + 2}), column 'x'" in said


FORMATS = ["%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S.%f", "%d %b %Y %H:%M:%S %z"]


@each("form", ["iso", "iso space", "iso zoned", *FORMATS])
def test_times_are_seconds_since_the_first(form: str, tmp_path: Path) -> None:
    draw = random.Random(form)
    start = datetime(draw.randint(1950, 2060), draw.randint(1, 12), draw.randint(1, 28), tzinfo=UTC)
    moments = [start + timedelta(seconds=draw.randint(-(10**8), 10**8)) for _ in range(30)]
    zones = [timezone(timedelta(minutes=30 * draw.randint(-20, 20))) for _ in moments]
    if form == "iso zoned":
        texts = [each.astimezone(zone).isoformat() for each, zone in zip(moments, zones, strict=True)]
    elif form.startswith("iso"):
        texts = [each.replace(tzinfo=None).isoformat(" " if "space" in form else "T") for each in moments]
    else:
        texts = [each.strftime(form) for each in moments]
    (tmp_path / "in.csv").write_text("t\n" + "".join(f"{text}\n" for text in texts))
    options = {} if form.startswith("iso") else {"time_format": form}
    parts, notes = read(tmp_path / "in.csv", "t", size=7, **options)
    assert column(parts, "t") == [(each - moments[0]).total_seconds() for each in moments]
    assert any("is read as seconds since" in note for note in notes)


@each("form", ["%d/%m/%Y", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%m/%d/%y %I:%M %p"])
def test_the_format_that_is_proposed_reads_the_cell(form: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("t\n" + datetime(2024, 3, 22, 14, 30, 5).strftime(form) + "\n")
    said = refusal(tmp_path / "in.csv", "t").hint
    assert f"--time-format '{form}'" in said
    read(tmp_path / "in.csv", "t", time_format=form)


NO_TIMES = {"": None, "NA": None, "-999": "-999.0", "1900-01-01": "1900-01-01T00:00:00"}
"""What stands for no time, and another spelling of it."""


@each("kind", ["csv", "jsonl", "parquet", "timestamps"])
@each("seed", range(6))
def test_a_missing_time_is_no_time_and_not_the_first(
    kind: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 48)
    draw = random.Random(f"{kind} {seed}")
    moments = [datetime(2024, 1, 1) + timedelta(seconds=draw.randint(0, 10**7)) for _ in range(20)]
    missing = ["", "1900-01-01"] if kind == "timestamps" else draw.sample([*NO_TIMES], 2)
    cells = [draw.choice([*missing, each.isoformat(), each.isoformat()]) for each in moments]
    cells = [
        missing[0],
        missing[0],
        missing[1],
        *(NO_TIMES.get(cell) or cell for cell in cells),
        moments[-1].isoformat(),
    ]
    path = tmp_path / f"in.{'parquet' if kind == 'timestamps' else kind}"
    if kind == "csv":
        path.write_text("t,k\n" + "".join(f"{cell},1\n" for cell in cells))
    elif kind == "jsonl":
        path.write_text("".join(json.dumps({"t": cell, "k": 1}) + "\n" for cell in cells))
    else:
        times = [datetime.fromisoformat(cell) if cell else None for cell in cells] if kind == "timestamps" else cells
        parquet.write_table(pa.table({"t": times, "k": range(len(cells))}), path, row_group_size=3)
    words = ["--data", str(path), *(word for text in missing for word in ("--na", text)), "--keep", "k"]
    outcome = deriv("3*t", *words, "--columns", "f", "--output", str(tmp_path / "out.csv"))
    good = [None if cell[:4] != "2024" else datetime.fromisoformat(cell) for cell in cells]
    first = next(each for each in good if each)
    want = [None if each is None else 3 * (each - first).total_seconds() for each in good]
    assert [row["f"] for row in rows_of(tmp_path / "out.csv")] == want
    assert f"seconds since {first.isoformat()}" in outcome.stderr


@each("form", ["%d.%m.%Y", "%Y-%j", "%d %b %y", "%Y%m%d", "%Y%m%d%H%M%S", "%d/%m/%Y %H:%M:%S"])
def test_a_time_that_there_is_not_is_none(form: str) -> None:
    draw = random.Random(form)
    cells = []
    for _ in range(3000):
        cell = form.replace("%j", f"{draw.randint(360, 367)}").replace("%b", draw.choice(["Feb", "Apr", "Mar", "Jan"]))
        day, month = draw.choice([1, 2, 3, 28, 29, 30, 31, 32]), draw.randint(1, 12)
        for sign, number in {"d": day, "m": month, "y": draw.randint(70, 99), "H": draw.randint(22, 24)}.items():
            cell = cell.replace(f"%{sign}", f"{number:02d}")
        cell = cell.replace("%Y", str(draw.randint(1995, 2025))).replace("%M", "59")
        cells.append(cell.replace("%S", f"{draw.randint(0, 61):02d}"))
    found = read_numbers(pa.array(cells), Cells(time_format=form))
    assert found.instants is not None
    bad = np.zeros(len(cells), dtype=bool) if found.bad is None else found.bad
    want = [_seconds(cell, form) for cell in cells]
    assert [None if no else at / 10**9 for no, at in zip(bad, found.instants, strict=True)] == want
    assert 0 < int(bad.sum()) < len(cells)


def _seconds(text: str, form: str) -> float | None:
    if form == "%Y-%j":  # Python itself takes the day 366 of any year
        year, day = map(int, text.split("-"))
        moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
        return moment.timestamp() if moment.year == year else None
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


@each("kind", [pa.timestamp("us"), pa.timestamp("s", "UTC"), pa.date32(), pa.date64(), pa.duration("s")])
def test_times_beyond_nanoseconds_are_bad_cells_and_no_others(kind: pa.DataType, tmp_path: Path) -> None:
    days = [19_000, 2_932_000, 19_001, -719_000, 10**8]
    factor = {"us": 86_400 * 10**6, "s": 86_400}.get(getattr(kind, "unit", ""), 1)
    counts = pa.array([day * factor for day in days], pa.int32() if kind == pa.date32() else pa.int64())
    counts = pa.array([day * 86_400_000 for day in days]) if kind == pa.date64() else counts
    with pa.ipc.new_file(tmp_path / "in.arrow", pa.schema([("t", kind), ("k", pa.int64())])) as sink:
        sink.write_table(pa.table({"t": counts.cast(kind), "k": days}))
    words = ["--data", str(tmp_path / "in.arrow"), "--on-error", "keep", "--keep", "k", "--columns", "f"]
    outcome = deriv("t/86400", *words, "--output", str(tmp_path / "out.csv"))
    start = 19_000 if pa.types.is_duration(kind) else 0
    assert [row["f"] for row in rows_of(tmp_path / "out.csv")] == [start, None, start + 1, None, None]
    assert "is a time outside the years 1678 to 2261" in outcome.stderr or pa.types.is_duration(kind)


@each("kind", [pa.float16(), pa.float32(), pa.float64(), pa.dictionary(pa.int8(), pa.float32())])
def test_numbers_of_any_precision_are_missing(kind: pa.DataType, tmp_path: Path) -> None:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    numbers = pa.array(np.array([1.5, -99.9, np.nan, np.inf, -9.96], plain.to_pandas_dtype()), plain)
    with pa.ipc.new_file(tmp_path / "in.arrow", pa.schema([("x", kind), ("k", pa.int64())])) as sink:
        cells = numbers.dictionary_encode().cast(kind) if plain != kind else numbers
        sink.write_table(pa.table({"x": cells, "k": range(5)}))
    words = ["--data", str(tmp_path / "in.arrow"), "--na", "-99.9,NaN,Infinity", "--keep", "k", "--columns", "f"]
    deriv("x", *words, "--output", str(tmp_path / "out.csv"))
    found = [row["f"] for row in rows_of(tmp_path / "out.csv")]
    assert found == [1.5, None, None, None, numbers[4].as_py()]


@each("sign", [",", "'", " ", "\u202f"])
def test_thousands(sign: str, tmp_path: Path) -> None:
    draw = random.Random(sign)
    numbers = [round(draw.uniform(-1e9, 1e9), draw.randint(0, 3)) for _ in range(50)]
    cells = [f"{number:,}".replace(",", sign) for number in numbers]
    (tmp_path / "in.csv").write_text("x;k\n" + "".join(f"{cell};1\n" for cell in cells))
    parts, _ = read(tmp_path / "in.csv", "x", thousands=" " if sign.isspace() else sign)
    assert column(parts) == numbers
    (tmp_path / "in.csv").write_text("x;k\n" + "".join(f" {cell} ;1\n" for cell in cells))
    assert column(read(tmp_path / "in.csv", "x", thousands=" " if sign.isspace() else sign)[0]) == numbers
    for wrong in (f"1{sign}23", f"12{sign}3456", f"1{sign}{sign}234"):
        (tmp_path / "in.csv").write_text(f"x;k\n{wrong};1\n")
        with pytest.raises(Exception, match="none of the rows"):
            read(tmp_path / "in.csv", "x", thousands=" " if sign.isspace() else sign, skip=True)


@each("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-be", "utf-32", "cp437", "shift_jis", "utf-8-sig", "koi8-r"])
def test_encodings(encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 13)
    letters = {"koi8-r": "жшю", "shift_jis": "日本語", "cp437": "é¬ß"}.get(encoding, "éüß")
    rows = [(k / 8, letters[: k % 4]) for k in range(40)]
    text = "x,ort\n" + "".join(f"{x},{name}\n" for x, name in rows)
    (tmp_path / "in.csv").write_bytes(text.encode(encoding))
    parts, _ = read(tmp_path / "in.csv", "x", encoding=encoding)
    assert column(parts) == [x for x, _ in rows]
    assert [cell or "" for part in parts for cell in part.rows.column(1).to_pylist()] == [name for _, name in rows]
