"""`deriv data`: what a file is taken for, shown in every format, and a command line that runs."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import shlex
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

from derivcli.cli.first_command import quoted
from derivcli.render.blocks import CommandLine, command_lines
from derivcli.render.format_table import formats_for
from tests.guessed_files import drawn_file
from tests.support import deriv, each, sample

WEATHER = (
    "Station: Hochberg\nHöhe: 512 m\n\nZeit;Air temp (C);Wind speed [m/s];n\n"
    "04.03.2021 00:00;1,5;3,2;1\n04.03.2021 00:10;1,7;-999;2\n04.03.2021 00:20;NA;3,0;3\n04.03.2021 00:30;2,0;2,8;4\n"
)


def placed(folder: Path, content: str | bytes, name: str = "weather.csv") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def looked(path: str, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = deriv("data", path, *words, "--format", "json").json
    assert found["version"] == 1
    return found


def run(command: str, stdin: bytes = b"") -> list[list[str]]:
    """The rows that a command prints, whose words are those that a shell makes of it."""
    first, *words = shlex.split(command)
    assert first == "deriv"
    outcome = deriv(*words, "--format", "tsv", stdin=stdin)
    return list(csv.reader(io.StringIO(outcome.stdout), delimiter="\t"))


def test_a_look_at_a_station(tmp_path: Path) -> None:
    found = looked(placed(tmp_path, WEATHER))
    assert found["layout"] == {"skip_lines": 3, "comment": "", "header_lines": 1, "separator": ";", "widths": []}
    assert (found["rows"], found["rows_are_exact"], found["encoding"]) == (4, True, "utf-8")
    assert found["cells"]["decimal_comma"]
    assert found["cells"]["missing"] == ["NA", "-999"]
    assert [column["variable"] for column in found["columns"]] == ["Zeit", "Air_temp", "Wind_speed", "n"]
    assert [column["holds"] for column in found["columns"]] == ["times", *["numbers"] * 3]
    assert found["columns"][0]["time_formats"] == ["%d.%m.%Y %H:%M"]
    assert (found["columns"][1]["least"], found["columns"][1]["most"]) == (1.5, 2.0)
    header, *rows = run(found["command"])
    assert len(rows) == 4
    assert [row[header.index("f")] for row in rows] == ["4,800000000000001", "", "", "5,6"]


@pytest.mark.sampled
def test_the_command_runs_and_reads_all_rows(tmp_path: Path) -> None:
    for seed in range(sample(25, 600)):
        file = drawn_file(seed)
        if file.kind == "fixed":
            continue
        found = looked(placed(tmp_path, file.text, f"d{seed}.csv"))
        header, *rows = run(found["command"])
        assert len(rows) == len(file.rows), found["command"]
        values = [row[header.index("f")] for row in rows]
        assert any(values), found["command"]


@each("format_", formats_for("data"))
def test_every_format_tells_the_columns(format_: str, tmp_path: Path) -> None:
    text = deriv("data", placed(tmp_path, WEATHER), "--format", format_).stdout
    assert all(word in text for word in ("Zeit", "Air", "Wind", "-999"))


@each("columns", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_screen(columns: int, tmp_path: Path) -> None:
    path = placed(tmp_path, WEATHER, "w.csv")
    text = deriv("data", path, columns=columns).stdout
    command = text[text.index("deriv ") :]
    assert all(len(line) <= columns for line in text.replace(command, "").splitlines())


def test_the_types_of_files_with_types(tmp_path: Path) -> None:
    table = pa.table({"T": [1.5, None, 3.5], "n": pa.array([1, 5, 9], pa.int32()), "l": [[1], [2], [3]]})
    parquet.write_table(table, tmp_path / "t.parquet")
    feather.write_feather(table, str(tmp_path / "t.arrow"))
    lines = "".join(json.dumps({"T": T, "n": n}) + "\n" for T, n in ((1.5, 1), (None, 5), (3.5, 9)))
    for path in (tmp_path / "t.parquet", tmp_path / "t.arrow", Path(placed(tmp_path, lines, "t.jsonl"))):
        found = looked(str(path))
        assert (found["rows"], found["rows_are_exact"]) == (3, True)
        assert [column["type"] for column in found["columns"]][:2] == ["double", found["columns"][1]["type"]]
        assert found["columns"][0]["missing"] == {"": 1}
        header, *rows = run(found["command"])
        assert [row[header.index("f")] for row in rows] == ["1.5", "", "31.5"]


def test_standard_input_and_contents_tell_the_format(tmp_path: Path) -> None:
    found = deriv("data", "-", "--format", "json", stdin=WEATHER.encode()).json
    assert "--data - --data-format csv" in found["command"]
    assert len(run(found["command"], WEATHER.encode())) == 5
    stream = io.BytesIO()
    table = pa.table({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    found = deriv("data", "-", "--data-format", "arrow", "--format", "json", stdin=stream.getvalue()).json
    assert found["rows"] == 2
    parquet.write_table(table, tmp_path / "wrong.csv")
    assert looked(str(tmp_path / "wrong.csv"))["format"] == "parquet"
    assert looked(placed(tmp_path, '{"a": 1, "b": 2}\n{"a": 2, "b": 5}\n', "x.txt"))["format"] == "jsonl"


def test_large_files_are_told_by_their_beginning(tmp_path: Path) -> None:
    draw = random.Random(1)
    text = "a,b\n" + "".join(f"{draw.random()},{draw.random()}\n" for _ in range(150_000))
    for data, name in ((text.encode(), "big.csv"), (gzip.compress(text.encode(), 1), "big.csv.gz")):
        found = looked(placed(tmp_path, data, name))
        assert not found["rows_are_exact"]
        assert abs(found["rows"] / 150_000 - 1) < 0.1
        assert found["rows_looked_at"] == 10_000
    assert "This tells of the first 10,000 rows." in deriv("data", str(tmp_path / "big.csv")).stdout


ENCODINGS = {"latin-1": "Höhe,T\n1,2\n3,4\n", "cp1252": "€ Höhe,T\n1,2\n3,4\n", "utf-16": "Höhe,T\n1,2\n3,4\n"}


@each("encoding", [*ENCODINGS, "utf-16-le"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = ENCODINGS.get(encoding, ENCODINGS["utf-16"])
    found = looked(placed(tmp_path, text.encode(encoding)))
    assert found["encoding"] == encoding
    assert len(run(found["command"])) == 3


HOSTILE = '"\x1b[31mred","[bold]x","<script>","a|`b`","\u202eevil","x\ny"\n' + "1,2,3,4,\x1b]0;t\x07,6\n" * 4


@each("format_", ["table", "markdown", "tsv", "csv"])
def test_hostile_contents_are_inert(format_: str, tmp_path: Path) -> None:
    text = deriv("data", placed(tmp_path, HOSTILE), "--format", format_).stdout
    assert all(character.isprintable() or character in "\n\t\r" for character in text)
    assert format_ != "markdown" or "<script>" not in text.replace(r"\<script\>", "")


def test_the_command_of_a_hostile_file_runs(tmp_path: Path) -> None:
    assert len(run(looked(placed(tmp_path, HOSTILE, "a $(b); 'c' `d`.csv"))["command"])) == 5


@each("header", ["sin,e", "2m temp,2m temp", ",x", "T (C),T", "a=b,c", "'q',\"r\"", "λ,Δt", "if,x+y", "#,%"])
def test_odd_headers_can_be_used(header: str, tmp_path: Path) -> None:
    found = looked(placed(tmp_path, f"{header}\n1.5,2\n2.5,4\n4.5,1\n"))
    assert len(run(found["command"])) == 4, found["command"]


ODD = {
    "": "is empty",
    "a,b\n\0,2\n": "NUL",
    "PK\x03\x04zip": "ZIP or Excel",
    "x" * 300_000: "the first line cannot be read",
}


@each("content", ODD)
def test_what_is_no_data_file_is_refused(content: str, tmp_path: Path) -> None:
    assert ODD[content] in deriv("data", placed(tmp_path, content), status=2).stderr


SHOWN = ["x\n1\n2\n", "a,b\n", 'a,b\n1,2\n3,"4\n', "words alone\nand more\n", "1,2\n", "x\n\n\n1\n", "\ufeffa,b\n1,2\n"]


@each("content", SHOWN)
def test_odd_files_are_shown(content: str, tmp_path: Path) -> None:
    found = looked(placed(tmp_path, content))
    holds = {column["holds"] for column in found["columns"]}
    assert ("numbers" in holds) == bool(found["command"])


def test_very_wide_files(tmp_path: Path) -> None:
    rows = "".join(",".join(str(k * row % 17) for k in range(1000)) + "\n" for row in range(1, 20))
    path = placed(tmp_path, ",".join(f"c{k}" for k in range(1000)) + "\n" + rows)
    assert len(looked(path)["columns"]) == 1000
    text = deriv("data", path).stdout
    assert "And 976 more columns" in text
    assert len(text.splitlines()) < 60


def test_several_files(tmp_path: Path) -> None:
    for name in ("p1.csv", "p2.csv"):
        placed(tmp_path, "a,b\n1,2\n3,5\n", name)
    text = deriv("data", str(tmp_path / "p*.csv")).stdout
    assert "1 more file with the same columns" in text
    placed(tmp_path, "a,c\n1,2\n3,5\n", "p3.csv")
    found = looked(str(tmp_path / "p*.csv"))
    assert "p1.csv" in found["command"]
    assert len(run(found["command"])) == 3


def test_options_overrule_the_guess(tmp_path: Path) -> None:
    path = placed(tmp_path, "x y\n1 2\n3 4\n5 6\n")
    assert "leave out --separator" in deriv("data", path, "--separator", "comma", status=2).stderr
    assert looked(path, "--header-lines", "0", "--skip-lines", "1")["rows"] == 3
    assert looked(path, "--na", "3")["columns"][0]["missing"] == {"3": 1}
    assert looked(path, "--column", "q=x")["columns"][0]["variable"] == "q"
    assert looked(path, "--widths", "2,1")["layout"]["widths"] == [2, 1]


def test_data_is_still_a_variable() -> None:
    assert deriv("--at", "data=3", "--", "data").stdout.splitlines()[1].split("\t")[:2] == ["3", "3"]


def test_words_of_a_command() -> None:
    assert [quoted(word) for word in ("a.csv", "a b", "", "it's")] == ["a.csv", "'a b'", "''", "'it'\"'\"'s'"]
    assert quoted("a\x1bb'") == r"$'a\x1bb\x27'"
    lines = command_lines(CommandLine(["deriv", "--data 'a b'", "--na x"]), 18)
    assert lines == ["deriv \\", "  --data 'a b' \\", "  --na x"]


def test_lists_objects_and_unions_are_shown(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"x": 1, "v": [1, {"k": 2}]}\n{"x": 2, "v": null}\n')
    (_, column) = deriv("data", str(tmp_path / "in.jsonl"), "--format", "json").json["columns"]
    assert (column["type"], column["first"]) == ("json", ['[1, {"k": 2}]', ""])
    (tmp_path / "fields.jsonl").write_text('{"x": 1, "pos": {"x": 2, "on": {"y": "3"}, "l": [1]}}\n')
    words = ["data", str(tmp_path / "fields.jsonl")]
    assert deriv(*words, "--format", "json").json["fields"] == ["pos.x", "pos.on.y"]
    assert "as in --column x=pos.x" in deriv(*words, "--column", "u=pos.on.y", "--format", "table").stdout
    assert "no column 'pos.z'" in deriv(*words, "--column", "u=pos.z", status=2).stderr
    union = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])])
    table = pa.table({"x": [1.0, 2.0], "u": union, "l": [[1], None]})
    with pa.OSFile(str(tmp_path / "in.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    found = deriv("data", str(tmp_path / "in.arrow"), "--format", "json").json["columns"]
    assert [each["first"] for each in found] == [["1.0", "2.0"], ["1", "b"], ["[1]", ""]]


@each(
    ("cells", "is_told"),
    [
        (["950", "1.200", "12.500"], True),
        (["950", "1,200", "12,500"], True),
        (["0.950", "1.200", "12.500"], False),
        (["950", "1.20", "12.500"], False),
        (["950", "1200", "12500"], False),
    ],
)
def test_thousands_that_may_be_decimals_are_told(cells: list[str], is_told: bool, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("place;n\n" + "".join(f"p;{cell}\n" for cell in cells))
    shown = deriv("data", str(tmp_path / "in.csv"), "--format", "table").stdout
    assert (f"'{cells[1]}' in 'n' may be thousands" in " ".join(shown.split())) == is_told
