"""Lists and objects within lines of JSON: their text goes on as it is, or as values of one type, wherever they lie."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import pyarrow.feather
import pyarrow.parquet
import pytest

from derivcli.points.files.text import blocks
from derivcli.points.files.text.json_spans import nested_spans, raw_values
from tests.reading import opened, passed, read, refusal
from tests.support import deriv, each, sample

TEXTS = ["", "a", "[1,2", '"', "\\", '\\"', "}{", "é", "𝄞", "null", "2020-01-01", "\n", "\t", "a,b:c"]
NUMBERS = ["0", "-0", "1.50", "1e400", "123456789012345678901234567890", "-7", "6.02E23", "0.1"]


def value(draw: random.Random, depth: int) -> str:
    """A value as people and programs write it, with blanks here and there."""

    def gap() -> str:
        return draw.choice(["", "", " ", "\t"])

    kind = draw.choice(["number", "text", "word"] + ["list", "object"] * (depth > 0))
    if kind == "number":
        return draw.choice(NUMBERS)
    if kind == "text":
        return json.dumps(draw.choice(TEXTS), ensure_ascii=draw.random() < 0.5)
    if kind == "word":
        return draw.choice(["true", "false", "null"])
    inside = [value(draw, depth - 1) for _ in range(draw.randint(0, 3))]
    if kind == "list":
        return "[" + gap() + f"{gap()},{gap()}".join(inside) + gap() + "]"
    keys = draw.sample(TEXTS, len(inside))
    pairs = [f"{json.dumps(key)}{gap()}:{gap()}{text}" for key, text in zip(keys, inside, strict=True)]
    return "{" + gap() + f"{gap()},{gap()}".join(pairs) + gap() + "}"


def nested_value(draw: random.Random) -> str:
    """A list or an object, or nothing."""
    while True:
        text = "null" if draw.random() < 0.2 else value(draw, 3)
        if text[0] in "[{n":
            return text


def lines_drawn(draw: random.Random, mixed: bool) -> tuple[list[dict[str, str]], str]:
    """Rows of texts of values by keys, and the lines that they make, some keys left out, the order changing."""
    rows: list[dict[str, str]] = []
    for place in range(draw.randint(3, 12)):
        row = {"x": str(place + 1), "a": nested_value(draw), "b ü": nested_value(draw), "t": '"t"'}
        if mixed and draw.random() < 0.5:
            row["a"] = value(draw, 0)
        if place == 0:
            row["a"], row["b ü"] = "[[1]]", '{"k":[]}'
        rows.append(row)
    text = ""
    for row in rows:
        keys = [key for key in row if key == "x" or row is rows[0] or draw.random() < 0.9]
        draw.shuffle(keys)
        pairs = [f"{json.dumps(key, ensure_ascii=draw.random() < 0.5)}: {row[key]}" for key in keys]
        text += draw.choice(["", " "]) + "{" + ", ".join(pairs) + "}" + draw.choice(["\n", "\r\n", "\n\n"])
        row.update(dict.fromkeys(set(row) - set(keys), "null"))
    return rows, text


def same(found: list[str | None], rows: list[dict[str, str]], key: str) -> bool:
    """Whether a column has the texts that the rows have, and nothing where these have null."""
    return found == [None if row[key] == "null" else row[key] for row in rows]


@pytest.mark.sampled
@pytest.mark.parametrize("mixed", [False, True])
def test_texts_go_on_as_they_are(mixed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(22 + mixed)
    for number in range(sample(40, 1000)):
        rows, text = lines_drawn(draw, mixed)
        monkeypatch.setattr(blocks, "BLOCK_BYTES", draw.choice([64, 256, 1 << 20]))
        path = tmp_path / f"{number}.jsonl"
        path.write_text(text, encoding="utf-8", newline="")
        found = passed(read(path)[0])
        assert found["x"] == [float(row["x"]) for row in rows]
        assert same(found["a"], rows, "a"), text
        assert same(found["b ü"], rows, "b ü"), text
        assert not same([*found["a"][:-1], "[2]"], rows, "a")


def written(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a file of ours, as other readers see them, with lists and objects where it has JSON."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    if path.suffix == ".csv":
        rows = list(csv.DictReader(path.read_text().splitlines()))
        return [row | {name: json.loads(row[name]) if row[name] else None} for row in rows]
    module = pyarrow.parquet if path.suffix == ".parquet" else pyarrow.feather
    table = module.read_table(path)
    is_text = not pyarrow.types.is_nested(table.schema.field(name).type)
    rows = table.to_pylist()
    return [row | {name: json.loads(row[name]) if is_text and row[name] is not None else row[name]} for row in rows]


COLUMNS: list[tuple[str, list[Any], bool]] = [
    ("vectors", [[0.25, 1, -2], [], None, [1e300]], True),
    ("structures", [{"a": 1, "b": "2020-01-01"}, {"a": None, "b": None}, None, {"a": 3, "b": "x"}], True),
    ("objects in lists", [[{"k": [1]}, {"k": []}], [], None, [{"k": None}]], True),
    ("mixed lists", [[1, "a"], [None, {"b": 2}], None, [[1]]], False),
    ("lists and numbers", [[1], 2, "three", None], False),
    ("long whole numbers", [[2**60 + 1, 0.5], [1.5], None, []], False),
    ("empty ones", [[], [], None, []], False),
]


@each(("name", "values", "has_type"), COLUMNS)
@each("kind", ["jsonl", "csv", "parquet", "arrow"])
def test_every_output_has_the_values(name: str, values: list[Any], has_type: bool, kind: str, tmp_path: Path) -> None:
    lines = [json.dumps({"x": place, "v": each}) for place, each in enumerate(values)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    deriv("x^2", "--data", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / f"out.{kind}"), "--no-check")
    rows = written(tmp_path / f"out.{kind}", "v")
    assert [row["v"] for row in rows] == values
    assert [float(row["f"]) for row in rows] == [0, 1, 4, 9]
    if kind in ("parquet", "arrow"):
        module = pyarrow.parquet if kind == "parquet" else pyarrow.feather
        assert pyarrow.types.is_nested(module.read_table(tmp_path / f"out.{kind}").schema.field("v").type) == has_type


@pytest.mark.parametrize("later", ['{"k": 1, "new": 2}', '{"k": "a"}', "[1]", '{"k": 1.5}'])
def test_a_later_value_that_no_type_holds(later: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 40)
    values = ['{"k": 1}', '{"k": 2}', later]
    lines = [f'{{"x": {place}, "v": {value}}}\n' for place, value in enumerate(values)]
    (tmp_path / "in.jsonl").write_text("".join(lines))
    words = ["x^2", "--data", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.parquet"), "--no-check"]
    assert "say --types v=text" in deriv(*words, status=2).stderr
    assert not (tmp_path / "out.parquet").exists()
    deriv(*words, "--types", "v=text")
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet").column("v").to_pylist()
    assert found == values


def test_a_field_is_used_and_its_structure_passes(tmp_path: Path) -> None:
    texts = ['{"x": 1.5, "name": ["a"]}', '{"name": 5, "x": "2"}', "7", "null", '{"x": [1]}', '{"y": 1}']
    path = tmp_path / "in.jsonl"
    path.write_text("".join(f'{{"pos": {text}, "m": [1, "a"]}}\n' for text in texts))
    with opened(path, columns={"u": "pos.x"}, on_error="keep") as data:
        parts = list(data.parts(["u"], 100))
        notes = data.notes
    assert [float(each) for part in parts for each in part.points.at["u"]] == [1.5, 2]
    assert passed(parts) == {"pos": [None if text == "null" else text for text in texts], "m": ['[1, "a"]'] * 6}
    assert notes[0].startswith("4 rows have no results")


@pytest.mark.parametrize("inside", ["[1,,2]", "[1}", '{"a"}', '{"a":1,}', "[01]", "{1:2}", "[1 2]"])
def test_what_is_no_json_inside_is_refused(inside: str, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"x": 1, "v": [1]}\n{"x": 2, "v": ' + inside + "}\n")
    assert refusal(path).message.startswith(f"{path}, row 2 (line 2)")


@pytest.mark.parametrize("late", ['"w": [1]', '"w": {"x": 5}'])
def test_columns_that_begin_late_are_told(late: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 24)
    path = tmp_path / "in.jsonl"
    path.write_text('{"x": 1, "v": [1]}\n{"x": 2, ' + late + "}\n")
    chunks, notes = read(path)
    assert passed(chunks) == {"x": [1, 2], "v": ["[1]", None]}
    assert any("left out 'w', which its first rows do not have" in note for note in notes)


@pytest.mark.sampled
def test_spans_are_those_of_python() -> None:
    draw = random.Random(3)
    for _ in range(sample(100, 3000)):
        text = lines_drawn(draw, mixed=False)[1]
        lines = [line for line in text.split("\n") if line.strip()]
        spans = nested_spans(text.encode())
        assert spans.rows == len(lines)
        for key in ("a", "b ü"):
            raw = [raw_values(line).get(key, "null") for line in lines]
            assert spans.column(spans.places(key)).to_pylist() == [None if each == "null" else each for each in raw]
