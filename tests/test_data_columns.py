"""The columns of an output: what is called what, and that no column of the input is touched."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from derivcli import parse
from derivcli.pipeline import numbers
from derivcli.points.at_option import read_points
from derivcli.render.blocks import Style
from derivcli.render.data_columns import data_columns, naming
from derivcli.request import Request
from tests.support import deriv, each


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def header(text: str) -> list[str]:
    """The names in the first line of CSV."""
    return next(csv.reader(io.StringIO(text)))


ALIKE = [
    ("x,f\n1,9\n", ["x*g*h", "--at", "g=2,h=3", "--wrt", "x"], "x,f,g,h,F,dF/dx,F flags"),
    ("x,f\n1,9\n", ["x*g", "--at", "g=2", "--wrt", "g"], "x,f,g,h,dh/dg,h flags"),
    ("x,f flags\n1,9\n", ["x"], "x,f flags,g,dg/dx,g flags"),
    ("x,df/dx\n1,9\n", ["x"], "x,df/dx,g,dg/dx,g flags"),
    ("x,f1\n1,9\n", ["x", "2x"], "x,f1,g1,dg1/dx,g2,dg2/dx,g1 flags,g2 flags"),
    ("x,f,g,h,F,G,H,f_,df_/dx\n1,2,3,4,5,6,7,8,9\n", ["x^2"], "x,f,g,h,F,G,H,f_,df_/dx,f__,df__/dx,f__ flags"),
]


@each(("content", "words", "wanted"), ALIKE)
def test_no_column_has_the_name_of_another(content: str, words: list[str], wanted: str) -> None:
    Path("in.csv").write_text(content)
    done = deriv(*words, "--data", "in.csv", "--format", "csv")
    assert header(done.stdout) == wanted.split(",")
    assert "so it is called" in done.stderr
    deriv(*words, "--data", "in.csv", "--output", "out.parquet")
    assert parquet.read_table("out.parquet").schema.names == wanted.split(",")


def test_typed_values_stand_under_their_own_names() -> None:
    Path("in.csv").write_text("x,f\n1,9\n")
    done = deriv("x*g*h", "--data", "in.csv", "--at", "g=2,h=3", "--wrt", "x", "--format", "csv")
    assert done.stdout.splitlines()[1] == "1,9,2,3,6,6,"


def test_a_name_that_is_taken_twice_would_be_seen() -> None:
    results = numbers(Request([parse("x*g")], read_points(["x=1,g=2"])))
    assert naming(results, ["g"], ["f"]) == {"f": "h"}
    with pytest.raises(AssertionError, match="no two columns"):
        data_columns(results, Style(), ["g"], {"f": "g"})


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out.csv"])
def test_single_precision_leaves_the_input_as_it_is(name: str) -> None:
    Path("in.csv").write_text("x\n123456789\n0.1\n")
    deriv("x", "--data", "in.csv", "--dtype", "float32", "--output", name)
    if name.endswith("parquet"):
        table = parquet.read_table(name)
        assert table["x"].to_pylist() == [123456789, 0.1]
        assert table["f"].to_pylist() == [float(np.float32(123456789)), float(np.float32(0.1))]
    else:
        assert "123456789" in Path(name).read_text()
        assert "0.1" in Path(name).read_text()


def test_texts_of_a_typed_file_stay_texts() -> None:
    parquet.write_table(pa.table({"x": ["1.50", "2"], "n": [1, 2]}), "in.parquet")
    deriv("x*n", "--data", "in.parquet", "--output", "out.parquet")
    found = parquet.read_table("out.parquet")
    assert found["x"].to_pylist() == ["1.50", "2"]
    assert found["f"].to_pylist() == [1.5, 4]


def test_a_picture_does_not_replace_the_input() -> None:
    Path("in.png").write_text("x\n1\n2\n")
    words = ("x^2", "--data", "in.png", "--data-format", "csv", "--plot", "in.png")
    assert "it is one of the inputs" in deriv(*words, status=2).stderr
    assert Path("in.png").read_text() == "x\n1\n2\n"


def test_the_summary_counts_points_and_not_functions() -> None:
    done = deriv("abs(x)", "2*abs(x)", "x", "--at", "x=-50:50:101", "--output", "out.csv", "--no-check")
    assert "101 points" in done.stderr
    assert done.stderr.rstrip().endswith("flagged: 1 corner; not checked")


def test_a_checked_stream_does_not_say_that_it_is_not() -> None:
    assert "not checked" not in deriv("x^2", "--at", "x=1:2:3", "--output", "out.csv").stderr
    assert "not checked" in deriv("x^2", "--at", "x=1:2:300", "--output", "out.csv").stderr


def test_a_name_like_a_column_is_named() -> None:
    Path("in.csv").write_text("temp,Speed (m/s)\n1,2\n")
    assert "did you mean temp?" in deriv("tmep^2", "--data", "in.csv", status=2).stderr
    assert "the file has temp, Speed (m/s)" in deriv("v^2", "--data", "in.csv", status=2).stderr


def test_a_point_is_none_by_any_of_its_variables() -> None:
    Path("in.csv").write_text("x,y\n1,nan\n2,3\n")
    done = deriv("x^2", "--data", "in.csv", "--wrt", "x,y", "--check", "--format", "csv", status=0)
    assert done.stdout.splitlines()[1].startswith("1,nan,nan,undefined,,nan,undefined,,nan,undefined,")
    assert done.stdout.splitlines()[2].startswith("2,3,4,proved,")
