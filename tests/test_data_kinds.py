"""Rows of every kind of column that are left out, read from several files, or named alike."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from tests.datafiles import read, write
from tests.support import deriv, each, no_hang

TEXT, BYTES = ["a" * 20, None, ""], [b"a" * 20, None, b""]
KINDS = {
    "views of texts": pyarrow.array(TEXT, pyarrow.string_view()),
    "views of bytes": pyarrow.array(BYTES, pyarrow.binary_view()),
    "lists of views": pyarrow.array([["a"], None, []], pyarrow.list_(pyarrow.string_view())),
    "structures of views": pyarrow.array([{"a": "x"}, None, {"a": ""}], pyarrow.struct([("a", pyarrow.string_view())])),
    "runs": pyarrow.RunEndEncodedArray.from_arrays(pyarrow.array([2, 3], pyarrow.int32()), pyarrow.array(["a", None])),
    "list views": pyarrow.array([[1], None, []], pyarrow.list_view(pyarrow.int8())),
    "nulls": pyarrow.nulls(3),
}


@each("kind", KINDS)
@each("kept", [[0, 2], [1], [0, 1, 2]])
def test_rows_of_any_kind_are_left_out(kind: str, kept: list[int], tmp_path: Path) -> None:
    x = [float(place) if place in kept else None for place in range(3)]
    write(pyarrow.table({"x": x, "a": KINDS[kind]}), tmp_path / "p.arrow")
    words = ["2*x", "--data", str(tmp_path / "p.arrow"), "--on-error", "skip", "--no-check"]
    deriv(*words, "--output", str(tmp_path / "o.arrow"))
    found = read((tmp_path / "o.arrow").read_bytes(), "arrow")
    assert found["f"].to_pylist() == [2.0 * place for place in kept]
    assert found["a"].to_pylist() == [KINDS[kind].to_pylist()[place] for place in kept]


TIME = datetime.datetime(2020, 1, 1)
SHARED: list[tuple[pyarrow.Array, pyarrow.Array]] = [
    (pyarrow.array([1], pyarrow.duration("s")), pyarrow.array([1], pyarrow.duration("ms"))),
    (pyarrow.array([TIME], pyarrow.timestamp("s")), pyarrow.array([TIME], pyarrow.timestamp("us"))),
    (pyarrow.array([1], pyarrow.decimal128(5, 2)), pyarrow.array([1], pyarrow.decimal128(7, 3))),
    (pyarrow.array([[1]]), pyarrow.array([[1.5]])),
    (pyarrow.array([1.5]), pyarrow.nulls(1)),
    (pyarrow.array([True]), pyarrow.nulls(1)),
]


@each("pair", SHARED)
@each("step", [1, -1])
def test_files_whose_types_differ_keep_their_values(pair: Any, step: int, tmp_path: Path) -> None:
    words = ["2*x"]
    for place, array in enumerate(pair[::step]):
        write(pyarrow.table({"x": [1.0], "a": array}), tmp_path / f"{place}.arrow")
        words += ["--data", str(tmp_path / f"{place}.arrow")]
    deriv(*words, "--output", str(tmp_path / "o.arrow"), "--no-check")
    found = read((tmp_path / "o.arrow").read_bytes(), "arrow")
    assert found["a"].to_pylist() == [array.to_pylist()[0] for array in pair[::step]]


@pytest.mark.parametrize("content", ['{"x":"1e17"}{"x":"1e18"}\n', '{"x":"1e17"}\r{"x":"1e18"}\r'])
def test_objects_that_are_not_one_on_each_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(content)
    assert "not valid JSON" in deriv("x^2", "--data", str(tmp_path / "p.jsonl"), status=2).stderr


def test_a_value_for_a_name_of_several_columns(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("x,x,y\n1,2,3\n")
    with no_hang():
        said = deriv("x*y", "--data", str(tmp_path / "p.csv"), "--at", "x=5", status=2).stderr
    assert "has a value too" in said


def test_names_of_several_columns_are_shown_as_they_stand_there(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("\u00b5m,\u03bcm,ab,ab\n1,2,3,4\n")
    both = "'\u00b5m' and '\u03bcm'"
    for formula, shown in (("\u03bcm^2", both), ("\u00b5m^2", both), ("ab^2", "'ab'")):
        said = deriv(formula, "--data", str(tmp_path / "p.csv"), status=2).stderr
        assert f"2 columns of the file are named {shown}" in said
    assert "\t1\t2\t\n" in deriv("x^2", "--data", str(tmp_path / "p.csv"), "--column", "x=\u00b5m").stdout
