"""Many batches in one file, and what a format refuses."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivcli.errors import DerivError, ExitStatus
from derivcli.points.files.formats import DATA_FORMATS, FileFormat
from derivcli.points.files.text import writer as text_writer
from derivcli.points.files.typed import parquet
from derivcli.points.files.writer import OutputColumn, writing
from tests.datafiles import FORMATS, TEXT, Batch, passed, read, unpacked, written
from tests.support import drawn, each

RANDOM = np.random.default_rng(4)
MANY = RANDOM.normal(size=150_000)


def cut(sizes: list[int], kinds: list[str]) -> list[Batch]:
    """The same 50 rows in batches of these sizes, and one with the rest."""
    x, text = MANY[:50], pyarrow.array([kinds[place % len(kinds)] for place in range(50)])
    bounds = [0, *np.cumsum(sizes).clip(0, 50).tolist(), 50]
    batches: list[Batch] = []
    for start, stop in pairwise(bounds):
        rows = pyarrow.record_batch({"x": x, "t": text, "c": text.dictionary_encode()}).slice(start, stop - start)
        batches.append((rows, {"y": x[start:stop] * 2, "k": text[start:stop].to_pylist()}))
    return batches


@pytest.mark.parametrize("name", DATA_FORMATS)
@drawn(100)
@given(sizes=st.lists(st.integers(0, 30), max_size=6), kinds=st.lists(st.text(max_size=3), min_size=1, max_size=9))
def test_batches_of_any_size_make_the_same_file(name: str, sizes: list[int], kinds: list[str]) -> None:
    found, expected = (written(cut(each, kinds), name) for each in (sizes, []))
    if name in TEXT:
        assert found == expected
    else:
        assert read(found, name).equals(read(expected, name))
        assert read(found, name)["t"].to_pylist() == [kinds[place % len(kinds)] for place in range(50)]


@pytest.mark.parametrize("name", TEXT)
def test_stretches_of_a_batch_stay_in_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written([(None, {"x": MANY})], name)
    monkeypatch.setattr(text_writer, "STRETCH_ROWS", 1 << 20)
    assert written([(None, {"x": MANY})], name) == whole
    assert whole.count(b"\n") == len(MANY) + (name != "jsonl")


@pytest.mark.parametrize("format", [each for each in FORMATS if each.compression])
def test_text_may_be_compressed(format: FileFormat) -> None:
    columns: dict[str, OutputColumn] = {"x": MANY[:40_000], "k": ["corner"] * 40_000}  # more than a stretch
    plain = written([(None, columns)], format.name)
    data = written([(None, columns)], format.name, format.compression)
    assert len(data) < len(plain)
    assert unpacked(data, format.compression) == plain


def test_parquet_has_few_row_groups() -> None:
    x = np.zeros(7_000)
    data = written([(None, {"x": x, "y": x})] * 400, "parquet")
    content = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata
    sizes = [content.row_group(place).num_rows for place in range(content.num_row_groups)]
    assert sizes == [1 << 20, 1 << 20, 2_800_000 - (2 << 20)]


def test_one_batch_fills_many_row_groups() -> None:
    x = np.arange(2_500_000.0)
    data = written([(None, {"x": x}), (None, {"x": x[:10]})], "parquet")
    content = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata
    assert [content.row_group(place).num_rows for place in range(content.num_row_groups)] == [1 << 20, 1 << 20, 402_858]
    assert read(data, "parquet")["x"].to_numpy().tolist() == [*x.tolist(), *range(10)]


def test_wide_rows_end_a_row_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_BYTES", 1 << 20)
    data = written([(pyarrow.record_batch({"t": ["x" * 1000] * 300}), {})] * 10, "parquet")
    content = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata
    assert (content.num_row_groups, content.num_rows) == (3, 3000)


def test_only_text_is_dictionary_encoded_in_parquet() -> None:
    rows = pyarrow.record_batch({"a.b": ["x"] * 9, "n": [1] * 9, "c": pyarrow.array(["y"] * 9).dictionary_encode()})
    data = written([(rows, {"x": np.ones(9), "k": ["proved"] * 9})], "parquet")
    group = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0)
    found = [group.column(place).path_in_schema for place in range(5) if "RLE_DICTIONARY" in str(group.column(place))]
    assert found == ["a.b", "c", "k"]


@pytest.mark.parametrize("name", ["parquet", "arrow"])
@pytest.mark.parametrize("ordered", [False, True])
def test_dictionaries_may_differ_from_batch_to_batch(name: str, ordered: bool) -> None:
    contents: list[tuple[list[int | None], list[str | None]]] = [
        ([0, 1, None], ["a", "b"]),
        ([1, 0], ["a", "c"]),
        ([0, 1, 2], ["d", None, "a"]),
        ([0, 1], ["e", "e"]),
        ([0, 1], ["a", "b"]),
    ]
    contents += [([0, 100], [f"{batch} {place}" for place in range(101)]) for batch in range(4)]
    kind = pyarrow.dictionary(pyarrow.int8(), pyarrow.string(), ordered)
    columns = [
        pyarrow.DictionaryArray.from_arrays(
            pyarrow.array(indices, pyarrow.int8()), pyarrow.array(values), ordered=ordered
        )
        for indices, values in contents
    ]
    table = read(written([(pyarrow.RecordBatch.from_arrays([each], ["c"]), {}) for each in columns], name), name)
    assert table["c"].to_pylist() == [value for each in columns for value in each.to_pylist()]
    assert table.schema.field("c").type.value_type == kind.value_type
    assert table.schema.field("c").type.ordered == ordered


def test_what_is_known_of_the_columns_passes_through() -> None:
    schema = pyarrow.schema([pyarrow.field("a", pyarrow.int64(), metadata={"unit": "m"})], {"pandas": "{}"})
    rows = pyarrow.RecordBatch.from_arrays([pyarrow.array([1])], schema=schema)
    for name in ("parquet", "arrow"):
        found = read(written([(rows, {"x": np.ones(1)})] * 2, name), name).schema
        assert found.metadata == schema.metadata
        assert found.field("a").metadata[b"unit"] == b"m"


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_arrays_may_be_filled_again(name: str) -> None:
    x = np.zeros(3)
    file = io.BytesIO()
    with writing(file, FileFormat(name)) as writer:
        for value in (1, 2, 3):
            x[:] = value
            writer.write(None, {"x": x, "y": x[::-1]})
    assert read(file.getvalue(), name)["x"].to_pylist() == [1] * 3 + [2] * 3 + [3] * 3


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_rows_may_be_missing(name: str) -> None:
    rows = pyarrow.record_batch({"a": pyarrow.array([], pyarrow.string())})
    data = written([(rows, {"x": np.array([]), "k": []})] * 2, name)
    if name != "jsonl":
        assert read(data, name).column_names == ["a", "x", "k"]
        assert read(data, name).num_rows == 0
    else:
        assert data == b""
    empty = written([], name)
    assert empty == b"" if name in TEXT else read(empty, name).num_columns == 0


@each(
    ("name", "kind", "fitting"),
    [
        ("csv", pyarrow.list_(pyarrow.month_day_nano_interval()), "arrow"),
        ("jsonl", pyarrow.struct({"a": pyarrow.month_day_nano_interval()}), "arrow"),
        ("csv", pyarrow.binary(), "parquet or arrow or jsonl"),
        ("csv", pyarrow.uuid(), "parquet or arrow or jsonl"),
        ("csv", pyarrow.month_day_nano_interval(), "arrow"),
        ("jsonl", pyarrow.month_day_nano_interval(), "arrow"),
        ("parquet", pyarrow.month_day_nano_interval(), "arrow"),
        ("parquet", pyarrow.struct([]), "csv or tsv or arrow or jsonl"),
    ],
)
def test_a_type_that_does_not_fit_is_refused(name: str, kind: pyarrow.DataType, fitting: str) -> None:
    rows = pyarrow.record_batch({"fine": [1, 2], "bad": pyarrow.nulls(2, kind)})
    file = io.BytesIO()
    with pytest.raises(DerivError) as caught, writing(file, FileFormat(name)) as writer:
        writer.write(rows, {})
    assert caught.value.message == f"column 'bad' holds {kind}, which {name} cannot"
    assert caught.value.hint == f"write {fitting} instead, or leave it out, as with --keep"
    assert caught.value.status is ExitStatus.REFUSED
    assert file.getvalue() == b""
    for one in fitting.split(" or "):
        assert passed(rows, one)


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_names_that_come_twice(name: str) -> None:
    rows = pyarrow.RecordBatch.from_arrays([pyarrow.array(["1"]), pyarrow.array(["2"])], ["a", "a"])
    if name in ("parquet", "jsonl"):
        with pytest.raises(DerivError, match=f"two columns are named 'a', which {name}"):
            passed(rows, name)
    else:
        assert read(passed(rows, name), name).column_names == ["a", "a"]


@each("name", ["parquet", "arrow"])
@each(
    ("first", "later", "fits"),
    [
        ([1], [0.5], False),
        ([1], ["007"], False),
        ([None], ["a"], False),
        (["a"], [1], False),
        ([1], [True], False),
        ([1.5], [2], True),
        (["a"], [None], True),
        ([2**40], pyarrow.array([1], pyarrow.int8()), True),
        (pyarrow.array([1], pyarrow.int8()), [2**40], False),
        (["a"], pyarrow.array(["b"], pyarrow.large_string()), True),
        (["a"], pyarrow.array(["b"]).dictionary_encode(), True),
    ],
)
def test_a_type_may_change_where_no_value_does(name: str, first: Any, later: Any, fits: bool) -> None:
    batches: list[Batch] = [(pyarrow.record_batch({"a": pyarrow.array(each)}), {}) for each in (first, later)]
    if fits:
        assert read(written(batches, name), name)["a"].to_pylist() == [*first, *pyarrow.array(later).to_pylist()]
        return
    with pytest.raises(DerivError, match=r"column 'a' holds .* in its first rows and .* in later ones") as caught:
        written(batches, name)
    assert "CSV" in caught.value.hint
    assert written(batches, "csv").startswith(b"a\n")
