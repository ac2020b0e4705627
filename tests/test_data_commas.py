"""The decimal comma: what is written is read back the same way, number for number and text for text."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pyarrow
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.datafiles import write
from tests.support import deriv, drawn, each

PROPERTY = drawn(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: repr(x).replace(".", ","))
TEXTS = st.text(st.sampled_from('a1;,.\t|" é'), min_size=1, max_size=6)
HEADERS = st.lists(st.text(st.sampled_from("abc,;| ("), min_size=2, max_size=5), max_size=3, unique_by=str.strip)


def cells(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a file as Python reads them."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@PROPERTY
@given(
    headers=HEADERS,
    rows=st.lists(st.tuples(NUMBERS, st.lists(TEXTS, min_size=3, max_size=3)), min_size=1, max_size=4),
    kind=st.sampled_from(["csv", "tsv"]),
    digits=st.sampled_from([None, "3"]),
)
def test_what_is_written_is_read_back(
    headers: list[str], rows: list[tuple[str, list[str]]], kind: str, digits: str | None, tmp_path: Path
) -> None:
    names = [name for name in headers if name.strip() and name.strip() != "x"]
    content = [["x", *names], *([x, *texts[: len(names)]] for x, texts in rows)]
    source, first, second = tmp_path / "in.csv", tmp_path / f"first.{kind}", tmp_path / f"second.{kind}"
    with source.open("w", newline="") as file:
        # Every text between quotes, so that no header decides on the separator of this file.
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_NONNUMERIC).writerows(content)
    given = ["--decimal-comma", "--on-error", "stop", *(["--digits", digits] if digits else [])]
    deriv("x/7+0.5", "--data", str(source), "--output", str(first), "--check", *given, status=0)
    written = cells(first.read_text(), {"csv": ";", "tsv": "\t"}[kind])
    assert [row[: len(names) + 1] for row in written] == content
    assert "." not in "".join(cell for row in written[1:] for cell in row[len(names) + 1 :])
    value = written[0].index("f")
    for row, (x, _) in zip(written[1:], rows, strict=True):
        expected = float(x.replace(",", ".")) / 7 + 0.5
        tolerance = 1e-15 if digits is None else 1e-2
        assert math.isclose(float(row[value].replace(",", ".")), expected, rel_tol=tolerance)
    deriv("2*y", "--data", str(first), "--output", str(second), "--column", "y=f", "--decimal-comma", "--no-check")
    again = cells(second.read_text(), {"csv": ";", "tsv": "\t"}[kind])
    assert [row[: len(written[0])] for row in again] == written
    value = [place for place, name in enumerate(again[0]) if name in ("f", "g", "h", "F")][-1]
    for row, before in zip(again[1:], written[1:], strict=True):
        read = float(before[written[0].index("f")].replace(",", "."))
        assert float(row[value].replace(",", ".")) == 2 * read


@each("text", ["x\n1,5\n-0,25\n", '"x"\n"1,5"\n"-0,25"', "x;y\n1,5;a,b\n-0,25;\n"])
@each("kind", ["csv", "tsv"])
def test_one_column_and_several(text: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"p.{kind}"
    path.write_text(text)
    outcome = deriv("2x", "--data", str(path), "--decimal-comma", "--format", "csv", "--no-check")
    assert [row[-3] for row in cells(outcome.stdout, ";")[1:]] == ["3", "-0,5"]


def test_without_the_option_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("x\n1,5\n")
    assert "--decimal-comma" in deriv("2x", "--data", str(path), status=2).stderr
    path.write_text("1,5;2,5\n3;4\n")
    assert "holds numbers, not names" in deriv("2x", "--data", str(path), "--decimal-comma", status=2).stderr


@pytest.mark.parametrize("kind", ["parquet", "arrow", "jsonl"])
def test_texts_of_files_with_types_are_read_so_too(kind: str, tmp_path: Path) -> None:
    path = write(pyarrow.table({"x": ["1,5", "-0,25"], "u": [0.5, 1.5]}), tmp_path / f"p.{kind}")
    outcome = deriv("2x", "--data", str(path), "--decimal-comma", "--format", "csv", "--no-check")
    assert outcome.stdout == "x;u;f;df/dx;f flags\n1,5;0,5;3;2;\n-0,25;1,5;-0,5;2;\n"
    outcome = deriv("2u", "--data", str(path), "--decimal-comma", "--format", "tsv", "--no-check")
    assert outcome.stdout == "x\tu\tf\tdf/du\tf flags\n1,5\t0,5\t1\t2\t\n-0,25\t1,5\t3\t2\t\n"
    write(pyarrow.table({"x": ["1.5"]}), path)
    assert "is not a number with a decimal comma" in deriv("x", "--data", str(path), "--decimal-comma", status=2).stderr


def test_numbers_and_texts_in_one_column_of_json(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"x": 1.5}\n{"x": "2,5"}\n{"x": 3}\n')
    outcome = deriv("2x", "--data", str(tmp_path / "p.jsonl"), "--decimal-comma", "--format", "csv", "--no-check")
    assert [row[1] for row in cells(outcome.stdout, ";")[1:]] == ["3", "5", "6"]


@pytest.mark.parametrize("kind", ["parquet", "arrow", "jsonl"])
def test_numbers_are_numbers_where_a_format_has_types(kind: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("x;label\n1,5;a,b\n")
    deriv("2x", "--data", str(tmp_path / "p.csv"), "--decimal-comma", "--output", str(tmp_path / f"o.{kind}"))
    outcome = deriv("f", "--data", str(tmp_path / f"o.{kind}"), "--format", "tsv", "--no-check")
    assert outcome.stdout.split("\n")[1].split("\t")[:4] == ["1.5", "a,b", "3", "2"]
