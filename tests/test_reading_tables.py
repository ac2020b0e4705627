"""JSON Lines, Parquet and Arrow files as points: types, and what passes through unchanged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from derivcli.points.files.cells.cells_to_numbers import read_numbers
from derivcli.points.files.text import blocks as text_blocks
from tests.reading import column, file, opened, passed, read, refusal, table_file
from tests.support import each

OBJECTS = [
    ('{"x":1}\n{"x":2.5}\n', [1, 2.5]),
    ('{"x":1}\n\n{"y":2,"x":3}', [1, 3]),
    ('{"x":"1"}\n{"x":2}\n{"x":" nan "}\n{"x":"-inf"}\n', [1, 2, math.nan, -math.inf]),
    ('{"x":1}\n{"x":"-Inf"}\n{"x" : " +infinity "}\n{"x":"-NAN"}\n', [1, -math.inf, math.inf, math.nan]),
    ('{"x":1,"d":"2020-01-01"}\r\n{"d":null,"x":4}\r\n', [1, 4]),
    ('\ufeff{"x":1}\n', [1]),
    ('{"x":1}\n{"x":null,"x":2}\n{"x":3}\n', "row 2 (line 2), the object has 'x' twice"),
    ('{"x":1}\n\n{"x":"abc"}\n', "row 2 (line 3), column 'x': 'abc' is not a number"),
    ('{"x":1}\n{"x":1e400}\n', "row 2 (line 2), column 'x': '1e400' is beyond float64"),
    ('{"x":1}\n{"x":true}\n', "row 2 (line 2), column 'x': 'true' is not a number"),
    ('{"x":1}\n{"x":[2]}\n', "row 2 (line 2), column 'x': '[2]' is not a number"),
    ('{"x":1}\n{"x":null}\n', "row 2 (line 2), column 'x': the cell is empty"),
    ('{"x":1}\n{"y":2}\n', "row 2 (line 2), column 'x': the cell is empty"),
    ('{"x":1}\n[1]\n', "row 2 (line 2), the line is no JSON object"),
    ('{"x":1}\n{"x":\n', "row 2 (line 2), the line is not valid JSON"),
    ('{"x":' + "[" * 9999 + "\n", "row 1: the line is not valid JSON"),
    ('{"x":1}\n{"x":"é"}\n'.encode("latin-1"), "is not written in UTF-8"),
    ('{"x":true}\n', "column 'x' holds true and false, not numbers"),
    ('{"x":[1]}\n', "column 'x' holds values of type list<item: int64>, not numbers"),
    ("[1]\n", "row 1: the line is no JSON object"),
    ("{}\n", "row 1: the object has no keys"),
    ("\n", "is empty"),
    ("", "is empty"),
]


@each(("content", "wanted"), OBJECTS)
def test_json_lines(content: bytes | str, wanted: list[float] | str, tmp_path: Path) -> None:
    path = file(tmp_path, content, "t.jsonl")
    if isinstance(wanted, str):
        assert wanted in refusal(path).message
    else:
        assert str(column(read(path)[0])) == str([float(value) for value in wanted])


def test_json_values_pass_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 80)
    first = '{"x":1,"day":"2020-01-01T00:00","n":null,"k":5,"l":[1,{"a":2}]}\n'
    path = file(tmp_path, first + '{"x":1.5,"n":7,"k":6,"late":1}\n{"x":"nan","n":"t","k":7.5}\n', "t.jsonl")
    chunks, notes = read(path, skip=True)
    assert column(chunks) == [1, 1.5]
    assert passed(chunks) == {
        "x": [1, 1.5], "day": ["2020-01-01T00:00", None], "n": [None, "7"], "k": [5, 6], "l": ['[1,{"a":2}]', None]
    }  # fmt: skip
    assert any("'late'" in note for note in notes)
    assert any("row 3 (column 'k': 7.5 does not fit among values of type int64)" in note for note in notes)


NESTED = [
    ['{"x":1,"a":[1]}', '{"x":2,"a":[2]}'],
    ['{"x":1,"a":{"b":"2020-01-01"}}', '{"x":2,"a":{"b":7,"c":[1]}}'],
    ['{"x":1,"a":[]}', '{"x":2,"a":null}'],
    ['{"x":1,"a":"t"}', '{"x":2,"a":["t"]}'],
    ['{"x":1,"a":[1]}', '{"x":2,"a":{"b":1}}'],
]


@pytest.mark.parametrize("lines", NESTED)
@pytest.mark.parametrize("passed_on", [True, False])
def test_lists_and_objects_pass_as_their_text(lines: list[str], passed_on: bool, tmp_path: Path) -> None:
    path = file(tmp_path, "\n".join([*lines, *lines[::-1]]), "t.jsonl")
    with opened(path) as data:
        parts = list(data.parts(["x"], 9, passed_on))
        texts = [None if (text := line[11:-1]) == "null" else text for line in [*lines, *lines[::-1]]]
        wanted = {"x": [1, 2, 2, 1]} | ({"a": texts} if passed_on else {})
        assert (column(parts), passed(parts)) == ([1, 2, 2, 1], wanted)
        assert data.notes == []
    assert "column 'a'" in refusal(path, "a").message


def test_lists_of_one_file_stand_beside_numbers_of_another(tmp_path: Path) -> None:
    one, two = file(tmp_path, '{"x":1,"a":1}\n', "1.jsonl"), file(tmp_path, '{"a":[1],"x":2}\n', "2.jsonl")
    for paths in ([one, two], [two, one]):
        parts, notes = read(paths)
        assert sorted(column(parts)) == [1, 2]
        assert sorted(zip(*passed(parts).values(), strict=True)) in ([(1, "1"), (2, "[1]")], [("1", 1), ("[1]", 2)])
        assert notes == []


def test_a_list_in_a_later_row_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 20)
    path = file(tmp_path, '{"x":1,"a":"t"}\n{"x":2,"a":["t"]}\n', "t.jsonl")
    message = f"{path}, row 2 (line 2), column 'a': [\"t\"] does not fit among values of type string"
    assert refusal(path).message == message
    assert column(read(path, skip=True)[0]) == [1]


TABLE = pa.table(
    {
        "i": pa.array([1, 2**53 + 1, 5]),
        "u": pa.array([1, 2**64 - 1, 3], pa.uint64()),
        "small": pa.array([1, -128, 3], pa.int8()),
        "half": pa.array([1.5, 2, float("nan")], pa.float16()),
        "single": pa.array([0.1, 2, float("inf")], pa.float32()),
        "decimal": pa.array([Decimal("1.10"), Decimal("0.30"), Decimal("-7.00")], pa.decimal128(30, 2)),
        "text": pa.array(["1", " 2", "+.5"]),
        "large": pa.array(["1", "2", "3"], pa.large_string()),
        "coded": pa.array(["1", "2", "1"]).dictionary_encode(),
        "flag": [True, False, None],
        "nested": [[1], [2], [3]],
        "day": pa.array([1, 2, 3], pa.date32()),
        "nothing": pa.nulls(3),
        "gaps": [1.5, None, 2.5],
    }
)
TYPES: list[tuple[str, list[float] | str]] = [
    ("i", [1, 2**53, 5]),
    ("u", [1, 2.0**64, 3]),
    ("small", [1, -128, 3]),
    ("half", [1.5, 2, math.nan]),
    ("single", [0.10000000149011612, 2, math.inf]),
    ("decimal", [1.1, 0.3, -7]),
    ("text", [1, 2, 0.5]),
    ("large", [1, 2, 3]),
    ("coded", [1, 2, 1]),
    ("flag", "column 'flag' holds true and false, not numbers"),
    ("nested", "not numbers"),
    ("day", [0, 86_400, 172_800]),
    ("nothing", "row 1, column 'nothing': the cell is empty"),
    ("gaps", "row 2, column 'gaps': the cell is empty"),
]


@each(("name", "wanted"), TYPES)
@each("kind", [".parquet", ".arrow", ".stream.arrow"])
def test_types(name: str, wanted: list[float] | str, kind: str, tmp_path: Path) -> None:
    path = table_file(tmp_path, TABLE, kind)
    if isinstance(wanted, str):
        assert wanted in refusal(path, name).message
        return
    chunks, notes = read(path, name)
    assert str(column(chunks, name)) == str([float(value) for value in wanted])
    assert str(passed(chunks)) == str(TABLE.to_pydict())
    rounded = f"column '{name}': 1 whole number is rounded to float64, the first in row 2 of {path}"
    since = "column 'day' is read as seconds since 1970-01-02T00:00:00"
    assert notes == ([rounded] if name in ("i", "u") else [since] if name == "day" else [])


def test_rounded_whole_numbers_are_noted(tmp_path: Path) -> None:
    numbers = [str(2**53 - 1), str(2**53), str(2**53 + 1), "1e300", "-" + "9" * 30, str(10**20), "9007199254740993.0"]
    note = "2 whole numbers are rounded to float64, the first in row 3 of"
    for name, content in (
        ("t.csv", "x\n" + "\n".join(numbers)),
        ("t.jsonl", "\n".join(f'{{"x":{number}}}' for number in numbers)),
    ):
        chunks, notes = read(file(tmp_path, content, name))
        assert column(chunks) == [float(number) for number in numbers]
        assert notes == [f"column 'x': {note} {tmp_path / name}"]


def test_tables_skip_rows(tmp_path: Path) -> None:
    chunks, notes = read(table_file(tmp_path, TABLE, ".parquet"), "gaps", skip=True)
    assert column(chunks, "gaps") == [1.5, 2.5]
    assert passed(chunks)["i"] == [1, 5]
    assert notes == [f"1 row was left out: {tmp_path}/t.parquet, row 2 (column 'gaps': the cell is empty)"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.int64(), [2**63 - 1, 2**63 - 512, 2**63 - 1024, -(2**63), 1 - 2**63, 2**53 + 1, 0, None]),
        (pa.uint64(), [2**64 - 1, 2**64 - 1024, 2**64 - 2048, 2**63, 2**63 + 1, 0, None]),
    ],
)
def test_the_greatest_whole_numbers_count_as_rounded(kind: pa.DataType, values: list[int | None]) -> None:
    with np.errstate(all="raise"):  # as a conversion that C leaves open would, on machines that tell
        found = read_numbers(pa.array(values, kind))
    rounded = [place for place, value in enumerate(values) if value is not None and int(float(value)) != value]
    assert found.rounded is not None
    assert found.rounded.tolist() == rounded


WIDER = [
    ([pa.int32(), pa.int64()], pa.int64()),
    ([pa.int8(), pa.int16(), pa.int8()], pa.int16()),
    ([pa.uint8(), pa.uint64()], pa.uint64()),
    ([pa.uint64(), pa.int64()], pa.int64()),
    ([pa.uint8(), pa.int8()], pa.int64()),
    ([pa.float32(), pa.float64()], pa.float64()),
    ([pa.float16(), pa.float32()], pa.float32()),
    ([pa.int32(), pa.float32()], pa.float64()),
    ([pa.string(), pa.int64()], pa.string()),
    ([pa.string(), pa.large_string()], pa.string()),
]


@each(("kinds", "wider"), WIDER)
def test_columns_of_several_files_are_widened(kinds: list[pa.DataType], wider: pa.DataType, tmp_path: Path) -> None:
    tables = [pa.table({"x": pa.array([1.0, 2.0, 3.0]), "n": pa.array([5, 6, 7]).cast(kind)}) for kind in kinds]
    paths = [table_file(directory, table, ".parquet") for directory, table in _placed(tmp_path, tables)]
    chunks, _ = read(paths)
    assert {chunk.rows.schema.field("n").type for chunk in chunks} == {wider}
    assert passed(chunks)["n"] == pa.array([5, 6, 7] * len(kinds)).cast(wider).to_pylist()


def _placed(directory: Path, tables: Sequence[pa.Table]) -> Iterator[tuple[Path, pa.Table]]:
    """The tables, with a folder for each."""
    for number, table in enumerate(tables):
        (directory / str(number)).mkdir()
        yield directory / str(number), table


def test_whole_numbers_of_several_files_keep_their_digits(tmp_path: Path) -> None:
    great = [2**53 + 1, -(2**63), 2**63 - 1]
    tables = [pa.table({"x": [1, 2, 3], "n": pa.array(great)}), pa.table({"x": [1], "n": pa.array([7], pa.int32())})]
    paths = [table_file(directory, table, ".parquet") for directory, table in _placed(tmp_path, tables)]
    assert passed(read(paths)[0])["n"] == [*great, 7]
    beyond = table_file(tmp_path, pa.table({"x": [1], "n": pa.array([2**63], pa.uint64())}), ".arrow")
    message = f"{beyond}: column 'n' cannot be made int64, to be like that of other files"
    assert refusal([paths[0], beyond]).message == message


def test_what_a_schema_says_beside_the_types_is_kept(tmp_path: Path) -> None:
    field = pa.field("x", pa.int32(), nullable=False, metadata={"unit": "m"})
    table = pa.table({"x": pa.array([1, 2], pa.int32())}, pa.schema([field], {"origin": "a probe"}))
    one = table_file(tmp_path, table, ".arrow")
    assert read(one)[0][0].rows.schema.equals(table.schema, check_metadata=True)
    for other, nullable in ((field.with_nullable(True), True), (field, False)):
        wider = pa.table({"x": [3, 4]}, pa.schema([other.with_type(pa.int64()).remove_metadata()]))
        schemas = [chunk.rows.schema for chunk in read([one, table_file(tmp_path, wider, ".stream.arrow")])[0]]
        wanted = pa.schema([field.with_type(pa.int64()).with_nullable(nullable)], {"origin": "a probe"})
        assert all(schema.equals(wanted, check_metadata=True) for schema in schemas)
