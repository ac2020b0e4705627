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

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from derivcli.points.files.cells.missing import Missing
from derivcli.points.files.text import blocks as text_blocks
from tests.reading import column, read
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


@each("sign", [",", "'", " ", "\u202f"])
def test_thousands(sign: str, tmp_path: Path) -> None:
    draw = random.Random(sign)
    numbers = [round(draw.uniform(-1e9, 1e9), draw.randint(0, 3)) for _ in range(50)]
    cells = [f"{number:,}".replace(",", sign) for number in numbers]
    (tmp_path / "in.csv").write_text("x;k\n" + "".join(f"{cell};1\n" for cell in cells))
    parts, _ = read(tmp_path / "in.csv", "x", thousands=" " if sign.isspace() else sign)
    assert column(parts) == numbers
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
