"""Data files through the command line: the numbers are those of `derive()`, whatever the format and the chunks."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest

from derivcli import derive
from derivcli.cli import app
from derivcli.flag_table import FLAGS
from derivcli.result import Result
from tests.datafiles import read, same_numbers, write
from tests.support import deriv

FORMATS = ("csv", "tsv", "parquet", "arrow", "jsonl")
COUNT = 50
CHUNK = 7


def table(count: int = COUNT) -> pyarrow.Table:
    """Points with hard numbers among them, and columns that are no variables."""
    random = np.random.default_rng(1)
    x, y = random.normal(size=count), random.uniform(0.1, 9, count)
    x[:6] = 0.0, -0.0, 0.1, 1e-300, -1e300, 2**0.5
    y[:6] = 0.5, 1.5, 0.1, 5e-324, 1e-5, 1 / 3
    labels = [f'row "{place}", ä' for place in range(count)]
    return pyarrow.table({"label": labels, "x": x, "number": range(count), "y": y})


@pytest.fixture
def points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pyarrow.Table:
    """The points in a data file of each format, `points.csv` and so on, in a folder to work in."""
    monkeypatch.chdir(tmp_path)
    for kind in FORMATS:
        write(table(), tmp_path / f"points.{kind}")
    return table()


def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make jobs of many chunks of few points."""
    monkeypatch.setattr("derivcli.engines.chunks.CHUNK_POINTS", CHUNK)
    monkeypatch.setattr("derivcli.cli.commands.derive.CHECKED_PART_POINTS", CHUNK)


def numbers(points: pyarrow.Table, expression: str, **options: Any) -> Result:
    """What Python is given at the points, all of them as one chunk."""
    at = {name: points[name].to_numpy() for name in ("x", "y")} | options.pop("at", {})
    result = derive(expression, at, paired=True, **{"check": False} | options)
    assert isinstance(result, Result)
    return result


@pytest.mark.parametrize("chunks", [False, True])
@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("source", FORMATS)
def test_every_format_into_every_format(
    source: str, target: str, chunks: bool, points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = numbers(points, "sin(x)*y^2 + exp(-x^2)")
    if chunks:
        small_chunks(monkeypatch)
    deriv("sin(x)*y^2 + exp(-x^2)", "--data", f"points.{source}", "--output", f"out.{target}")
    found = read(Path(f"out.{target}").read_bytes(), target)
    assert found.column_names == ["label", "x", "number", "y", "f", "df/dx", "df/dy", "f flags"]
    assert found["label"].to_pylist() == points["label"].to_pylist()
    # What no formula reads passes through as it is: from text as text.
    assert [str(number) for number in found["number"].to_pylist()] == [str(place) for place in range(COUNT)]
    columns = {"x": points["x"].to_numpy(), "y": points["y"].to_numpy(), "f": expected.value}
    for name, values in (columns | {f"df/d{name}": expected.derivatives[name] for name in "xy"}).items():
        assert same_numbers(found[name].to_numpy(), values), name


@dataclass(frozen=True)
class Shape:
    """Words of a command, and for each column of its output what `derive()` says of which expression."""

    words: list[str]
    columns: dict[str, tuple[str, str]]
    options: dict[str, Any] = field(default_factory=dict)


def first(expression: str, name: str = "f") -> dict[str, tuple[str, str]]:
    """The columns of a function's value and first derivatives."""
    return {name: (expression, "value"), f"d{name}/dx": (expression, "x"), f"d{name}/dy": (expression, "y")}


SHAPES = {
    "flags": Shape(["abs(x) + sqrt(y-1/2)"], first("abs(x) + sqrt(y-1/2)")),
    "two": Shape(["x*y", "x/y"], first("x*y", "f1") | first("x/y", "f2")),
    "hessian": Shape(
        ["x^2*sin(y)", "--hessian"],
        {"f": ("x^2*sin(y)", "value"), "d2f/dxdy": ("x^2*sin(y)", "x,y")},
        {"mixed": ["x,x", "x,y", "y,y"]},
    ),
    "mixed": Shape(["x^3*y", "--mixed", "x,x,y"], {"d3f/dx2dy": ("x^3*y", "x,x,y")}, {"mixed": "x,x,y"}),
    "along": Shape(["exp(x/9)*y", "--along", "x=1,y=2"], {"Df": ("exp(x/9)*y", "along")}, {"along": {"x": 1, "y": 2}}),
    "order": Shape(
        ["sin(x)*y", "--order", "12", "--wrt", "x"],
        {"d12f/dx12": ("sin(x)*y", ",".join("x" * 12))},
        {"order": 12, "wrt": "x"},
    ),
    "single": Shape(["sin(x)*y", "--dtype", "float32"], first("sin(x)*y"), {"dtype": "float32"}),
    "beside": Shape(["a*sin(x) + y", "--at", "a=1/3"], first("a*sin(x) + y"), {"at": {"a": 1 / 3}}),
    "kernel": Shape(["besselj(1, y) + x"], first("besselj(1, y) + x")),
    "branch": Shape(["if(x > y, x^2, y)"], first("if(x > y, x^2, y)")),
    "check": Shape(["x*y", "--check"], first("x*y"), {"check": True}),
}


SHAPES_AND_FORMATS = [
    (name, FORMATS[(place + step) % len(FORMATS)])
    for place, name in enumerate(SHAPES)
    for step in range(len(FORMATS) if name in ("single", "check") else 2)
]
"""Each shape in two formats, and what changes the kinds of columns in all; the sweep has all pairs."""


@pytest.mark.sweep
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("target", FORMATS)
def test_chunks_change_no_number_in_any_format(
    name: str, target: str, points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_chunks_change_no_number(name, target, points, monkeypatch)


@pytest.mark.parametrize(("name", "target"), SHAPES_AND_FORMATS)
def test_chunks_change_no_number(
    name: str, target: str, points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = SHAPES[name]
    if name == "single":  # its points are float64, of which some are beyond float32
        points = points.slice(6)
        write(points, Path("points.parquet"))
    words = [*shape.words, "--data", "points.parquet", "--output"]
    whole = deriv(*words, f"whole.{target}")
    expected = {
        column: getattr(result, key) if key == "value" else result.derivatives[key]
        for column, (expression, key) in shape.columns.items()
        for result in [numbers(points, expression, **dict(shape.options))]
    }
    small_chunks(monkeypatch)
    parts = deriv(*words, f"parts.{target}")
    assert timeless(parts.stderr).replace("parts", "whole") == timeless(whole.stderr)
    one, many = (columns_of(Path(f"{name}.{target}")) for name in ("whole", "parts"))
    assert repr(one) == repr(many)
    for column, values in expected.items():
        # In text a number of single precision is the shortest one that reads back, and it reads back as float64.
        assert same_numbers(np.asarray(many[column], values.dtype), values), column


def columns_of(path: Path) -> dict[str, list[Any]]:
    """The columns of a file by name; pyarrow has no word for the infinities in ours of JSON."""
    if path.suffix != ".jsonl":
        return dict(read(path.read_bytes(), path.suffix[1:]).to_pydict())
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {name: [row[name] for row in rows] for name in rows[0]}


def timeless(text: str) -> str:
    """The text without what differs from run to run."""
    return re.sub(r" in \d+\.\d\d s(, [\d.,]+( million)? a second)?", "", text)


@pytest.mark.parametrize("words", [["--data", "points.csv"], ["--data", "points.arrow"], ["--at", "x=-1:1:50,y=1/3"]])
@pytest.mark.parametrize("name", ["tsv", "csv", "value"])
def test_lines_leave_as_they_come(
    name: str, words: list[str], points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["abs(x)*y", *words, "--format", name, "--no-check"]
    whole = deriv(*words)
    assert whole.stdout.count("\n") == COUNT + (name != "value")
    small_chunks(monkeypatch)
    parts = deriv(*words)
    assert parts.stdout == whole.stdout
    assert parts.stderr == whole.stderr
    written: list[str] = []
    monkeypatch.setattr("sys.stdout.write", written.append)
    app.run(words)
    assert "".join(written) == whole.stdout
    assert len(written) >= COUNT // CHUNK


@pytest.mark.parametrize("name", ["json", "markdown", "latex", "table"])
def test_what_is_shown_in_full_is_that_of_python(
    name: str, points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["x^3*y", "--data", "points.parquet", "--format", name]
    whole = deriv(*words, "--no-check")
    small_chunks(monkeypatch)
    assert deriv(*words, "--no-check").stdout == whole.stdout
    if name == "json":
        (function,) = whole.json["functions"]
        result = numbers(points, "x^3*y")
        assert same_numbers(np.asarray(function["derivatives"]["x"], float), result.derivatives["x"])
        assert same_numbers(np.asarray(whole.json["at"]["y"], float), points["y"].to_numpy())


def test_a_pattern_names_several_files(points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, start in enumerate((0, 10, 30)):
        write(points.slice(start, (10, 20, 20)[number]), Path(f"part-{number}.parquet"))
    write(points.slice(0, 3).select(["y", "label", "number", "x"]), Path("last.csv"))
    small_chunks(monkeypatch)
    deriv("x*y", "--data", "part-*.parquet", "--data", "last.csv", "--output", "out.csv")
    found = read(Path("out.csv").read_bytes(), "csv")
    order = [*range(COUNT), 0, 1, 2]
    assert same_numbers(found["f"].to_numpy(), numbers(points, "x*y").value[order])
    assert found["number"].to_pylist() == order


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_standard_input_is_a_file_too(kind: str, points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch)
    piped = deriv("x*y", "--data", "-", "--data-format", kind, stdin=Path(f"points.{kind}").read_bytes())
    assert piped.stdout == deriv("x*y", "--data", f"points.{kind}").stdout
    assert piped.stdout.count("\n") == COUNT + 1


def test_columns_are_renamed_and_values_typed_beside_them(points: pyarrow.Table) -> None:
    write(points.rename_columns(["label", "Speed (m/s)", "number", "e"]), Path("odd.csv"))
    words = ["u*sin(v)*w", "--column", "v=Speed (m/s)", "--column", "u=e", "--at", "w=pi/2", "--order", "2"]
    deriv(*words, "--data", "odd.csv", "--output", "out.parquet")
    found = read(Path("out.parquet").read_bytes(), "parquet")
    assert found.column_names[:5] == ["label", "Speed (m/s)", "number", "e", "w"]
    assert found["w"].to_pylist() == [np.pi / 2] * COUNT
    at = {"u": points["y"].to_numpy(), "v": points["x"].to_numpy(), "w": np.full(COUNT, np.pi / 2)}
    expected = derive("u*sin(v)*w", at, paired=True, order=2, check=False)
    for name in "uvw":
        assert same_numbers(found[f"d2f/d{name}2"].to_numpy(), expected.derivatives[f"{name},{name}"])


@pytest.mark.parametrize("target", FORMATS)
def test_flags_and_verdicts_stand_beside_the_numbers(
    target: str, points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    formula = "abs(x)*y + sqrt(y-1/2) + log(x+1)"
    small_chunks(monkeypatch)
    out = deriv(formula, "--data", f"points.{target}", "--check", "--output", f"out.{target}", status=1)
    found = columns_of(Path(f"out.{target}"))
    result = numbers(points, formula, check=True)
    kinds = [" ".join(kind for place, kind in enumerate(FLAGS) if bits >> place & 1) for bits in result.flags.tolist()]
    assert [kind or "" for kind in found["f flags"]] == kinds
    assert {"corner", "corner edge infinite", "undefined", ""} <= {*kinds}
    for name, verdicts in {"f": result.value_verdicts, "df/dx": result.verdicts["x"]}.items():
        assert verdicts is not None
        judged = [verdict for point in range(COUNT) if (verdict := verdicts[point]) is not None]
        assert found[f"{name} verdict"] == [verdict.kind for verdict in judged]
        truths = [math.nan if verdict.truth is None else verdict.truth for verdict in judged]
        assert same_numbers(np.asarray(found[f"{name} truth"], float), np.asarray(truths))
    summary = out.stderr.splitlines()[-1]
    undefined = sum("undefined" in kind for kind in kinds)
    assert summary.endswith(f"{undefined} undefined, 2 corner, 1 edge")


def test_a_range_goes_into_a_file(points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = derive("sin(x*t)", "x=0:1:100,t=-1:1:3", check=False)
    small_chunks(monkeypatch)
    deriv("sin(x*t)", "--at", "x=0:1:100,t=-1:1:3", "--output", "out.parquet")
    found = read(Path("out.parquet").read_bytes(), "parquet")
    assert found.column_names == ["x", "t", "f", "df/dx", "df/dt", "f flags"]
    for name, values in {**expected.at, "f": expected.value, "df/dt": expected.derivatives["t"]}.items():
        assert same_numbers(found[name].to_numpy(), values), name


def test_a_column_of_ours_gives_way_to_one_of_the_file(points: pyarrow.Table) -> None:
    deriv("x*y", "--data", "points.csv", "--output", "out.csv")
    deriv("x*y", "--data", "out.csv", "--output", "again.csv")
    names = read(Path("again.csv").read_bytes(), "csv").column_names
    assert names[-8:] == ["f", "df/dx", "df/dy", "f flags", "g", "dg/dx", "dg/dy", "g flags"]


def test_only_small_jobs_are_judged_unasked(points: pyarrow.Table) -> None:
    write(points.slice(0, 3), Path("few.csv"))
    assert "corner: left" in deriv("abs(x)*y", "--data", "few.csv").stderr
    assert "corner: left" not in deriv("abs(x)*y", "--data", "few.csv", "--no-check").stderr
    write(pyarrow.concat_tables([points] * 2), Path("many.csv"))
    assert "a step of f has a corner at x = 0" in deriv("abs(x)*y", "--data", "many.csv").stderr


def test_a_chunk_in_the_wrong_place_would_be_seen(points: pyarrow.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch)

    def backwards(make: Any, items: Iterable[Any], workers: int) -> Iterator[Any]:
        return iter([make(item) for item in items][::-1])

    monkeypatch.setattr("derivcli.engines.chunks.in_order", backwards)
    with pytest.raises(AssertionError):
        test_every_format_into_every_format("csv", "csv", True, points, monkeypatch)
