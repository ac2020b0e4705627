"""What is written into data files, judged by other readers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derivcli.points.files.formats import DATA_FORMATS
from tests.datafiles import TEXT, ours, passed, read, records, same_numbers, written
from tests.support import drawn, each

FLOATS = [np.nan, np.inf, -np.inf, 0.0, -0.0, 38.0, 1e22, 5e-324, 0.1, 1e16, 2.0**53, 1e-5, 1.7976931348623157e308]


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_wrong_number_is_seen(kind: type[Any]) -> None:
    numbers = np.array([1.0, 0.0, np.nan], kind)
    assert same_numbers(numbers.copy(), numbers)
    for wrong in ([np.nextafter(kind(1), kind(2)), 0, np.nan], [1, -0.0, np.nan], [1, 0, 1], [1, 0], [np.nan, 0, 1]):
        assert not same_numbers(np.array(wrong, kind), numbers)
    assert not same_numbers(np.array([1.0, 0.0, np.nan], np.float16), numbers)


@pytest.mark.parametrize("name", DATA_FORMATS)
@drawn(200)
@given(numbers=st.lists(st.floats(), min_size=1))
@example(numbers=FLOATS)
def test_every_float64_comes_back(name: str, numbers: list[float]) -> None:
    expected = np.array(numbers)
    data = ours({"x": expected, "y": expected[::-1]}, name)
    if name in TEXT:
        found = np.array([[float(cell) for cell in row] for row in records(data, name)])
        assert same_numbers(found[:, 0], expected)
        assert same_numbers(found[:, 1], expected[::-1])
    if name != "jsonl":
        table = read(data, name)
        kind = pyarrow.float64()  # pyarrow's CSV reader makes whole numbers of a column of such, and loses -0
        assert name in TEXT or table.schema.types == [kind, kind]
        assert name in TEXT or same_numbers(table["x"].to_numpy(), expected)


@pytest.mark.parametrize("name", DATA_FORMATS)
@drawn(200)
@given(numbers=st.lists(st.floats(width=32), min_size=1))
@example(numbers=[float(np.float32(0.1)), 16777216.0, -0.0, float(np.float32(1e-45)), np.inf, np.nan])
def test_every_float32_comes_back(name: str, numbers: list[float]) -> None:
    expected = np.array(numbers, np.float32)
    data = ours({"x": expected}, name)
    if name in TEXT:
        found = np.array([np.float32(row[0]) for row in records(data, name)], np.float32)
    else:
        found = read(data, name)["x"].to_numpy()
    assert same_numbers(found, expected)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("csv", "a,df/dx\n38,nan\n-0,inf\n0.1,-inf\n"),
        ("tsv", "a\tdf/dx\n38\tnan\n-0\tinf\n0.1\t-inf\n"),
        ("jsonl", '{"a":38,"df/dx":"nan"}\n{"a":-0.0,"df/dx":"inf"}\n{"a":0.1,"df/dx":"-inf"}\n'),
    ],
)
def test_numbers_as_text(name: str, text: str) -> None:
    columns = {"a": np.array([38, -0.0, 0.1]), "df/dx": np.array([np.nan, np.inf, -np.inf])}
    assert ours(columns, name).decode() == text
    assert ours({key: values.astype(np.float32) for key, values in columns.items()}, name).decode() == text


def test_text_is_quoted_where_it_must_be() -> None:
    names = ["plain", "with, comma", 'with "quotes"']
    texts = [["a", None, ""], [" b ", "c,d", "e\tf"], ['"', "g\nh", "i\rj"]]
    rows = pyarrow.RecordBatch.from_arrays([pyarrow.array(column) for column in texts], names)
    assert passed(rows, "csv").decode() == (
        'plain,"with, comma","with ""quotes"""\na, b ,""""\n,"c,d","g\nh"\n"",e\tf,"i\rj"\n'
    )
    assert passed(rows, "tsv").decode() == (
        'plain\twith, comma\t"with ""quotes"""\na\t b \t""""\n\tc,d\t"g\nh"\n""\t"e\tf"\t"i\rj"\n'
    )


@pytest.mark.parametrize("name", DATA_FORMATS)
@drawn(200)
@given(texts=st.lists(st.tuples(st.none() | st.text(), st.text()), min_size=1))
@example(texts=[(None, "\x00"), ("", '"'), ("\\", "\r\n"), ("\u2028", "\x1f,\t;'")])
def test_every_text_comes_back(name: str, texts: list[tuple[str | None, str]]) -> None:
    passing, own = (list(column) for column in zip(*texts, strict=True))
    rows = pyarrow.record_batch({'"name, too"': pyarrow.array(passing, pyarrow.string())})
    data = written([(rows, {"k": own, "n": np.ones(len(own))})], name)
    if name in ("csv", "tsv"):
        assert [row[1] for row in records(data, name)] == own
        assert [row[0] or None for row in records(data, name)] == [text or None for text in passing]
    elif name == "jsonl":
        assert records(data, name) == [[*pair, 1] for pair in texts]
    else:
        table = read(data, name)
        assert table.column_names == ['"name, too"', "k", "n"]
        assert (table[0].to_pylist(), table[1].to_pylist()) == (passing, own)


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_null_is_no_empty_text(name: str) -> None:
    rows = pyarrow.record_batch({"t": ["a", None, "", "nan"], "u": ["", "b", None, "null"]})
    table = read(written([(rows, {"x": np.ones(4)})], name), name)
    assert table["t"].to_pylist() == ["a", None, "", "nan"]
    assert table["u"].to_pylist()[:2] == ["", "b"]


@pytest.mark.parametrize("texts", [["a", "b"], np.array(["a", "b"]), np.array(["a", "b"], object), ("a", "b")])
def test_texts_of_ours_in_any_sequence(texts: Any) -> None:
    for name in DATA_FORMATS:
        assert read(ours({"k": texts, "n": np.ones(2)}, name), name)["k"].to_pylist() == ["a", "b"]


MOMENT = datetime(2024, 2, 29, 12, 30, 15, 250_000)
SIMPLE = {
    "i8": pyarrow.array([1, None, -3], pyarrow.int8()),
    "i64": pyarrow.array([2**63 - 1, None, -(2**63)]),
    "u64": pyarrow.array([2**64 - 1, None, 0], pyarrow.uint64()),
    "f16": pyarrow.array([np.float16(0.1), None, np.float16(-2)], pyarrow.float16()),
    "f64": pyarrow.array([0.1, None, 1e300]),
    "flag": pyarrow.array([True, None, False]),
    "date": pyarrow.array([date(2024, 2, 29), None, date(1, 1, 1)]),
    "time": pyarrow.array([time(12, 30), None, time(0, 0, 1)]),
    "moment": pyarrow.array([MOMENT, None, MOMENT], pyarrow.timestamp("us")),
    "utc": pyarrow.array([MOMENT.replace(tzinfo=UTC), None, None], pyarrow.timestamp("ns", "UTC")),
    "lasting": pyarrow.array([1, None, 2], pyarrow.duration("us")),
    "money": pyarrow.array([Decimal("1.50"), None, Decimal("-0.01")]),
    "text": pyarrow.array(["001", None, "x"]),
    "large": pyarrow.array(["a", None, "b"], pyarrow.large_string()),
    "view": pyarrow.array(["a", None, "b"], pyarrow.string_view()),
    "kinds": pyarrow.array(["a", None, "a"]).dictionary_encode(),
    "nothing": pyarrow.nulls(3),
}
BYTES = pyarrow.array([b"\xff", None, b""])
NESTED = {
    "list": pyarrow.array([[1, None], None, []]),
    "deep": pyarrow.array([[[{"a": [1.5]}]], None, [[], None, [None, {"a": None}]]]),
    "pair": pyarrow.array([{"a": 1, 'b"': "x"}, None, {"a": None, 'b"': None}]),
    "map": pyarrow.array([[("k", 1)], None, []], pyarrow.map_(pyarrow.string(), pyarrow.int32())),
    "fixed": pyarrow.array([[1, 2], None, [3, 4]], pyarrow.list_(pyarrow.int8(), 2)),
}


MORE_NESTED = {
    "views": pyarrow.array([[1.5], None, []], pyarrow.list_view(pyarrow.float64())),
    "times": pyarrow.array([[date(2020, 2, 29), None], None, []]),
    "by number": pyarrow.array([[(5, "five"), (6, None)], None, []], pyarrow.map_(pyarrow.int8(), pyarrow.string())),
    "empty": pyarrow.array([{}, None, {}], pyarrow.struct([])),
    "folded": pyarrow.array([["a", "b"], None, ["a"]]).cast(
        pyarrow.list_(pyarrow.dictionary(pyarrow.int8(), pyarrow.string()))
    ),
    "not finite": pyarrow.array([[float("nan"), float("-inf"), -0.0], None, []]),
}


@each("name", ["parquet", "arrow"])
@each("column", [*SIMPLE, "bytes", *NESTED])
def test_columns_pass_through_unchanged(name: str, column: str) -> None:
    values = (SIMPLE | {"bytes": BYTES} | NESTED)[column]
    for start in (0, 1):
        rows = pyarrow.record_batch({column: values.slice(start)})
        table = read(written([(rows, {"x": np.arange(3 - start) / 1})], name), name)
        assert table[column].to_pylist() == values.slice(start).to_pylist()
        if column != "kinds" or name != "arrow":  # whose indices are made wide enough to grow
            assert table.schema.field(column) == rows.schema.field(column)
        assert pyarrow.types.is_dictionary(table.schema.field(column).type) == (column == "kinds")


@each(
    ("column", "texts"),
    [
        ("i64", ["9223372036854775807", "", "-9223372036854775808"]),
        ("u64", ["18446744073709551615", "", "0"]),
        ("f64", ["0.1", "", "1e+300"]),
        ("flag", ["true", "", "false"]),
        ("date", ["2024-02-29", "", "0001-01-01"]),
        ("time", ["12:30:00.000000", "", "00:00:01.000000"]),
        ("moment", ["2024-02-29 12:30:15.250000", "", "2024-02-29 12:30:15.250000"]),
        ("utc", ["2024-02-29 12:30:15.250000000Z", "", ""]),
        ("money", ["1.50", "", "-0.01"]),
        ("text", ["001", "", "x"]),
        ("large", ["a", "", "b"]),
        ("view", ["a", "", "b"]),
        ("kinds", ["a", "", "a"]),
        ("nothing", ["", "", ""]),
    ],
)
def test_columns_pass_through_as_cells(column: str, texts: list[str]) -> None:
    data = written([(pyarrow.record_batch({column: SIMPLE[column]}), {"x": np.ones(3)})], "csv")
    assert records(data, "csv") == [[text, "1"] for text in texts]


@each(
    ("column", "values"),
    [
        ("i64", [2**63 - 1, None, -(2**63)]),
        ("f16", [0.0999755859375, None, -2]),
        ("flag", [True, None, False]),
        ("date", ["2024-02-29", None, "0001-01-01"]),
        ("moment", ["2024-02-29T12:30:15.250000", None, "2024-02-29T12:30:15.250000"]),
        ("utc", ["2024-02-29T12:30:15.250000000Z", None, None]),
        ("money", ["1.50", None, "-0.01"]),
        ("text", ["001", None, "x"]),
        ("kinds", ["a", None, "a"]),
        ("nothing", [None, None, None]),
        ("bytes", ["/w==", None, ""]),
    ],
)
def test_columns_pass_through_as_json(column: str, values: list[Any]) -> None:
    for start in (0, 1, 2):
        rows = pyarrow.record_batch({column: (SIMPLE | {"bytes": BYTES})[column].slice(start)})
        assert records(passed(rows, "jsonl"), "jsonl") == [[value] for value in values[start:]]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("list", [[1, None], None, []]),
        ("deep", [[[{"a": [1.5]}]], None, [[], None, [None, {"a": None}]]]),
        ("pair", [{"a": 1, 'b"': "x"}, None, {"a": None, 'b"': None}]),
        ("map", [{"k": 1}, None, {}]),
        ("fixed", [[1, 2], None, [3, 4]]),
        ("views", [[1.5], None, []]),
        ("times", [["2020-02-29", None], None, []]),
        ("by number", [[[5, "five"], [6, None]], None, []]),
        ("empty", [{}, None, {}]),
        ("folded", [["a", "b"], None, ["a"]]),
        ("not finite", [["nan", "-inf", -0.0], None, []]),
    ],
)
def test_lists_and_structures_are_written_as_json(column: str, values: list[Any]) -> None:
    given = (NESTED | MORE_NESTED)[column]
    for start in (0, 1, 2):
        rows = pyarrow.record_batch({"a": given.slice(start), "b": ["x"] * (3 - start)})
        assert records(passed(rows, "jsonl"), "jsonl") == [[value, "x"] for value in values[start:]]
        cells = [cell for cell, _ in records(passed(rows, "csv"), "csv")]
        assert [json.loads(cell) if cell else None for cell in cells] == values[start:]
