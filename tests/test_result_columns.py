"""Which columns are written, and what they are called: chosen results, kept columns, names that SQL can hold."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from derivcli.errors import DerivError
from derivcli.render.chosen_columns import ChosenColumns, read_headers, read_names, sql_name
from tests.support import deriv, each

ROWS = "time,x,y,note\n1,2,3,a\n2,4,5,b\n"
RESULTS = ["f", "df/dx", "df/dy", "f flags"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def written(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@each(
    ("words", "header", "row"),
    [
        (["--columns", "f=loss,df/dx=slope_x"], "time,x,y,note,loss,slope_x", "1,2,3,a,6,3"),
        (["--columns", "df/dy,*"], "time,x,y,note,df/dy,f,df/dx,f flags", "1,2,3,a,2,6,3,"),
        (["--columns", "f=g", "--columns", "f flags=said"], "time,x,y,note,g,said", "1,2,3,a,6,"),
        (["--keep", "note,time"], "note,time,f,df/dx,df/dy,f flags", "a,1,6,3,2,"),
        (["--keep", "4"], "note,f,df/dx,df/dy,f flags", "a,6,3,2,"),
        (["--keep", "none", "--columns", "f"], "f", "6"),
        (["--keep", "*", "--columns", "f"], "time,x,y,note,f", "1,2,3,a,6"),
        (["--names", "sql", "--keep", "none"], "f,df_dx,df_dy,f_flags", "6,3,2,"),
        (["--names", "sql", "--keep", "none", "--columns", "df/dx,f=at"], "df_dx,at", "3,6"),
    ],
)
def test_columns_are_chosen(words: list[str], header: str, row: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    lines = deriv("x*y", "--data", str(path), "--format", "csv", *words).stdout.splitlines()
    assert lines[:2] == [header, row]
    target = tmp_path / "out.parquet"
    deriv("x*y", "--data", str(path), "--output", str(target), *words)
    assert parquet.read_table(target).schema.names == header.split(",")


def test_typed_points_have_columns_too() -> None:
    assert deriv("a*x", "--at", "x=1,2,a=3", "--columns", "a,f=y", "--format", "tsv").stdout == "a\ty\n3\t3\n3\t6\n"


def test_names_with_commas_stand_in_quotes(data: Path) -> None:
    assert read_names(['"share f,x"=e,f']) == (("share f,x", "e"), ("f", ""))
    assert read_headers(['"Temp, C",time']) == ("Temp, C", "time")


def model(names: Sequence[str], chosen: Sequence[tuple[str, str]]) -> list[str]:
    """The names that are written, by going through them one after the other."""
    found = []
    for name, new in chosen:
        if name == "*":
            for other in names:
                if other not in [each for each, _ in chosen]:
                    found.append(other)
        else:
            found.append(new or name)
    return found


def test_random_choices_are_as_a_plain_reading_has_them() -> None:
    draw = random.Random(5)
    for _ in range(300):
        names = draw.sample(["f", "df/dx", "d2f/dxdy", "elasticity f by x", "f flags", "sigma f", "share x"], 4)
        chosen = draw.sample(names, draw.randint(1, 4)) + ["*"] * draw.randint(0, 1)
        draw.shuffle(chosen)
        pairs = [(name, draw.choice(["", f"n{k}"]) if name != "*" else "") for k, name in enumerate(chosen)]
        text = ",".join(
            f'"{name}"' + f"={new}" * bool(new) if "," in name else name + f"={new}" * bool(new) for name, new in pairs
        )
        assert list(ChosenColumns(read_names([text])).named(names, ()).values()) == model(names, pairs)


def test_sql_holds_the_names() -> None:
    names = [
        "f",
        "F",
        "df/dx",
        "df_dx",
        "d2f/dx2",
        "elasticity f by x",
        "f flags",
        "select",
        "order",
        "2x",
        "Δ",
        "é",
        "a b",
    ]
    called = list(ChosenColumns(sql=True).named(names, ["time", "df_dy"]).values())
    with sqlite3.connect(":memory:") as base:
        base.execute(f"CREATE TABLE results (time, df_dy, {', '.join(called)})")
    assert len({name.lower() for name in called}) == len(names)
    assert called[:4] == ["f", "F_2", "df_dx", "df_dx_2"]
    with pytest.raises(sqlite3.OperationalError), sqlite3.connect(":memory:") as base:
        base.execute(f"CREATE TABLE results ({', '.join(names)})")


def test_an_sql_name_is_one_of_ascii() -> None:
    assert [sql_name(text) for text in ("df/dx", "1/x", "ü", "∂", "", "where")] == [
        *("df_dx", "_1_x", "u", "result", "result", "where_")
    ]


@each(
    ("words", "said"),
    [
        (["--columns", "fx"], "'fx' is no result\n  did you mean 'f'? there are f, df/dx, df/dy, f flags"),
        (["--columns", "f=time"], "'time' is the name of a column of the input too"),
        (["--columns", "f=g,df/dx=g"], "'g' is the name of another result too"),
        (["--columns", "f=g,df/dx=g"], "another result too\n  use another name\n"),
        (["--columns", "f=A,df/dx=a", "--names", "sql"], "'a' is the name of another result too"),
        (["--columns", "f=X", "--names", "sql"], "'X' is the name of a column of the input too"),
        (["--columns", ""], "no result is named"),
        (["--keep", " "], "no column of the input is named"),
        (["--columns", "f,f"], "columns are names of results, each once"),
        (["--columns", "f="], "columns are names of results, each once"),
        (["--keep", "tim"], "there is no column 'tim'"),
        (["--columns", "f", "--format", "json"], "columns are chosen of a table that is written"),
    ],
)
def test_what_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    format = [] if "--format" in words else ["--format", "csv"]
    assert said in deriv("x*y", "--data", str(path), *format, *words, status=2).stderr


@each(
    ("words", "said"),
    [
        ("--at x=1 --columns f --code", "--columns and --code do not go together"),
        ("--at x=1 --columns f --series 2", "--columns and --series do not go together"),
        ("--at x=1 --names sql --tangent", "--names sql and --tangent do not go together"),
        ("--at x=1 --names sql --exact --format csv", "--names sql and --exact do not go together"),
        ("--data rows.csv --keep x --code", "--keep and --code do not go together"),
        ("--data rows.csv --keep x --plot picture.png", "--keep and --plot do not go together"),
        ("--data rows.csv --columns f --show", "--columns and --show do not go together"),
        ("--columns f", "--columns is about numbers at points"),
        ("--names sql", "--names sql is about numbers at points"),
    ],
)
def test_no_choice_is_ignored(words: str, said: str, data: Path) -> None:
    assert said in deriv("x^2", *words.split(), status=2).stderr
    assert [path.name for path in data.parent.iterdir()] == ["rows.csv"]


def test_a_wrong_name_is_seen() -> None:
    with pytest.raises(DerivError):
        ChosenColumns((("f", "x"),)).named(["f"], ["x"])
