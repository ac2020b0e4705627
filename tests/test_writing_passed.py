"""Columns that pass through: the values as they were, the types and, from Parquet to Parquet, how they were stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.support import deriv, drawn

PROPERTY = drawn(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROWS = 20_000

VALUES: list[tuple[pyarrow.DataType, list[Any]]] = [
    (pyarrow.string(), ["", "a", "ä\n", "b"]),
    (pyarrow.large_string(), ["a", "b", "c"]),
    (pyarrow.string_view(), ["a", "longer than what is held inside", "c"]),
    (pyarrow.binary(), [b"", b"\xff", b"b"]),
    (pyarrow.binary(2), [b"ab", b"cd", b"ef"]),
    (pyarrow.int64(), [0, 5, 2**63 - 1]),
    (pyarrow.float64(), [0.0, -0.0, 1.5, float("inf")]),
    (pyarrow.bool_(), [True, False]),
    (pyarrow.date32(), [date(1970, 1, 1), date(2020, 2, 29)]),
    (pyarrow.timestamp("us", "UTC"), [datetime(1970, 1, 1, tzinfo=UTC), datetime(2020, 2, 29, tzinfo=UTC)]),
    (pyarrow.decimal128(9, 2), [Decimal("0.00"), Decimal("1.50")]),
    (pyarrow.null(), []),
    (pyarrow.struct([("a", pyarrow.int64())]), [{"a": 1}, {"a": None}]),
]


def stream(path: Path, columns: Sequence[pyarrow.Array]) -> Path:
    """A stream with a batch of rows for each column, beside a variable `x`."""
    batches = [pyarrow.record_batch({"x": pyarrow.array(np.ones(len(each))), "c": each}) for each in columns]
    with pyarrow.ipc.new_stream(path, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return path


def read(path: Path) -> pyarrow.Table:
    """The table in a file of ours."""
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path)
    with pyarrow.ipc.open_file(path) as reader:
        return reader.read_all()


@st.composite
def dictionaries(draw: st.DrawFn) -> list[pyarrow.DictionaryArray]:
    """Batches of a column, each with a dictionary of its own: short, empty, with nulls or one value twice."""
    kind, values = draw(st.sampled_from(VALUES))
    index = draw(st.sampled_from([pyarrow.int8(), pyarrow.int32(), pyarrow.uint16(), pyarrow.int64()]))
    ordered, batches = draw(st.booleans()), []
    for _ in range(draw(st.integers(1, 4))):
        entries = draw(st.lists(st.sampled_from([None, *values]), max_size=4))
        places = st.integers(0, len(entries) - 1) if entries else st.nothing()
        indices = draw(st.lists(st.none() | places, min_size=1, max_size=4))
        dictionary = pyarrow.array(entries, kind)
        batches.append(pyarrow.DictionaryArray.from_arrays(pyarrow.array(indices, index), dictionary, ordered=ordered))
    return batches


@PROPERTY
@given(columns=dictionaries(), kind=st.sampled_from(["arrow", "parquet"]))
def test_dictionaries_of_every_kind(columns: list[pyarrow.DictionaryArray], kind: str, tmp_path: Path) -> None:
    source, target = stream(tmp_path / "s.arrow", columns), tmp_path / f"o.{kind}"
    written = columns[0].type.value_type
    if kind == "parquet" and pyarrow.types.is_string_view(written):
        assert "instead" in deriv("x^2", "--data", str(source), "--output", str(target), status=2).stderr
        return
    deriv("x^2", "--data", str(source), "--output", str(target), "--no-check")
    found = read(target)["c"]
    assert repr(found.to_pylist()) == repr([value for each in columns for value in each.to_pylist()])
    if kind == "arrow" and not (pyarrow.types.is_nested(written) or pyarrow.types.is_null(written)):
        assert found.type.value_type == written
        assert found.type.ordered == columns[0].type.ordered


def folded(*values: str | None) -> pyarrow.DictionaryArray:
    """A dictionary of these values alone."""
    return pyarrow.array(values, pyarrow.string()).dictionary_encode()


NESTED: dict[str, list[pyarrow.Array]] = {
    "structures": [pyarrow.StructArray.from_arrays([folded(text, None)], ["k"]) for text in (None, "a", "b")],
    "lists": [pyarrow.ListArray.from_arrays([0, 1, 2], folded(text, None)) for text in (None, "a", "b")],
    "maps": [pyarrow.MapArray.from_arrays([0, 1, 2], folded(text, "z"), pyarrow.array([1, 2])) for text in "ab"],
    "fixed": [pyarrow.FixedSizeListArray.from_arrays(folded(text, None), 2) for text in "ab"],
    "nulls": [pyarrow.nulls(2), pyarrow.nulls(3)],
    "decimals": [pyarrow.array([Decimal("1.5"), None], pyarrow.decimal256(50, 2))] * 2,
    "identifiers": [pyarrow.array([b"0" * 16], pyarrow.binary(16)).cast(pyarrow.uuid())],
    "views": [pyarrow.array(["a", None], pyarrow.string_view())] * 2,
    "list views": [pyarrow.array([[1], [2, 3]], pyarrow.list_view(pyarrow.int32()))],
}


@pytest.mark.parametrize("kind", ["arrow", "parquet"])
@pytest.mark.parametrize("name", NESTED)
def test_values_of_every_type(name: str, kind: str, tmp_path: Path) -> None:
    source, target = stream(tmp_path / "s.arrow", NESTED[name]), tmp_path / f"o.{kind}"
    deriv("x^2", "--data", str(source), "--output", str(target), "--no-check")
    assert repr(read(target)["c"].to_pylist()) == repr([value for each in NESTED[name] for value in each.to_pylist()])


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_a_refusal_names_a_way_out(kind: str, tmp_path: Path) -> None:
    union = pyarrow.UnionArray.from_sparse(pyarrow.array([0, 0], pyarrow.int8()), [pyarrow.array([1, 2])])
    source = stream(tmp_path / "s.arrow", [union])
    outcome = deriv("x^2", "--data", str(source), "--output", str(tmp_path / f"o.{kind}"), status=2)
    assert f"which {kind} cannot\n  write arrow instead" in outcome.stderr


def test_runs_of_values_are_values_in_parquet(tmp_path: Path) -> None:
    runs = [pyarrow.RunEndEncodedArray.from_arrays(pyarrow.array([2, 3]), pyarrow.array(["a", word])) for word in "bc"]
    source = stream(tmp_path / "s.arrow", runs)
    deriv("x^2", "--data", str(source), "--output", str(tmp_path / "o.parquet"))
    assert read(tmp_path / "o.parquet")["c"].to_pylist() == ["a", "a", "b", "a", "a", "c"]


def test_what_no_reader_takes_is_not_written(tmp_path: Path) -> None:
    value: Any = 1
    for _ in range(55):
        value = [value]
    source = stream(tmp_path / "s.arrow", [pyarrow.array([value])])
    deriv("x^2", "--data", str(source), "--output", str(tmp_path / "o.arrow"))
    words = ["x^2", "--data", str(source), "--output", str(tmp_path / "o.parquet")]
    assert "parquet cannot" in deriv(*words, status=2).stderr


def stored(folder: Path) -> Path:
    """A Parquet file whose columns are stored in every way, with texts that are long and repeat."""
    random = np.random.default_rng(0)
    place = range(ROWS)
    table = pyarrow.table(
        {
            "x": random.normal(size=ROWS),
            "text": [f"text number {i % 300} " * 20 for i in place],
            "large": pyarrow.array([f"large {i % 9}" for i in place], pyarrow.large_string()),
            "folded": pyarrow.array([f"c{i % 9}" for i in place]).dictionary_encode(),
            "count": np.arange(ROWS),
            "few": random.integers(0, 9, ROWS).astype(float),
            "nested": [{"a": i % 7, "b": [f"t{i % 3}"]} for i in place],
            "bytes": [bytes([i % 200]) * 30 for i in place],
            "time": pyarrow.array(np.arange(ROWS) * 10**9, pyarrow.timestamp("ns", "Europe/Paris")),
            "price": pyarrow.array([i % 1000 for i in place], pyarrow.decimal128(12, 2)),
        }
    ).replace_schema_metadata({"unit": "m"})
    codecs = dict(zip(table.column_names, "zstd zstd zstd gzip snappy none zstd brotli lz4 zstd".split(), strict=True))
    codecs |= {"nested.a": "zstd", "nested.b.list.element": "gzip"}
    pyarrow.parquet.write_table(
        table,
        folder / "in.parquet",
        compression={name: codec for name, codec in codecs.items() if name != "nested"},
        use_dictionary=["text", "large", "folded", "few", "nested.a", "nested.b.list.element", "bytes", "price"],
        column_encoding={"count": "DELTA_BINARY_PACKED", "x": "BYTE_STREAM_SPLIT"},
        row_group_size=6_000,
    )
    return folder / "in.parquet"


def storage(path: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The codec and the encodings of each column."""
    group = pyarrow.parquet.read_metadata(path).row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    return {column.path_in_schema: (column.compression, tuple(sorted(column.encodings))) for column in columns}


def size(path: Path, *names: str) -> int:
    """The bytes of all columns but those named."""
    metadata = pyarrow.parquet.read_metadata(path)
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    columns = [group.column(place) for group in groups for place in range(group.num_columns)]
    return sum(column.total_compressed_size for column in columns if column.path_in_schema not in names)


OURS = ("f", "df/dx", "f flags")


def test_parquet_is_stored_as_it_was(tmp_path: Path) -> None:
    source, target = stored(tmp_path), tmp_path / "out.parquet"
    deriv("x^2", "--data", str(source), "--output", str(target))
    before, after = pyarrow.parquet.read_table(source), pyarrow.parquet.read_table(target)
    assert after.select(before.column_names).equals(before, check_metadata=True)
    assert after.schema.metadata == {b"unit": b"m"}
    kept = storage(target)
    assert {kept.pop(name)[0] for name in OURS} == {"ZSTD"}
    assert kept == storage(source)
    assert size(target, *OURS) <= size(source) * 1.02
    groups = [pyarrow.parquet.read_metadata(path) for path in (source, target)]
    assert len({tuple(group.row_group(i).num_rows for i in range(group.num_row_groups)) for group in groups}) == 1


def test_parquet_written_again_and_again_grows_by_our_columns_alone(tmp_path: Path) -> None:
    source, sizes = stored(tmp_path), []
    for place, name in enumerate(["a*x", "b*x", "c*x"]):
        target = tmp_path / f"{place}.parquet"
        deriv(name, "--data", str(source), "--at", f"{name[0]}=2", "--output", str(target), "--wrt", "x")
        sizes.append(target.stat().st_size - source.stat().st_size)
        source = target
    assert max(sizes) < 3.2 * 8 * ROWS


@pytest.mark.parametrize("kind", ["arrow", "jsonl", "csv"])
def test_from_parquet_into_other_formats(kind: str, tmp_path: Path) -> None:
    source, target = stored(tmp_path), tmp_path / f"out.{kind}"
    table = pyarrow.parquet.read_table(source)
    if kind != "arrow":
        table = table.drop_columns(["nested", "bytes"])
        source = tmp_path / "plain.parquet"
        pyarrow.parquet.write_table(table, source)
    deriv("x^2", "--data", str(source), "--output", str(target))
    if kind == "arrow":
        assert read(target).select(table.column_names).equals(table)
    else:
        for text in ("text number 299 ", "large 8", "c8"):
            assert text in target.read_text()


def test_parquet_files_that_are_stored_in_different_ways(tmp_path: Path) -> None:
    table = pyarrow.table({"x": [1.0, 2.0], "text": ["a", "b"], "other": ["c", None]})
    names = []
    for place, folded_names in enumerate([["text"], ["other"], True, False]):
        names += ["--data", str(tmp_path / f"{place}.parquet")]
        pyarrow.parquet.write_table(table, names[-1], use_dictionary=folded_names)
    for kind in ("parquet", "arrow"):
        deriv("x^2", *names, "--output", str(tmp_path / f"o.{kind}"))
        found = read(tmp_path / f"o.{kind}").select(table.column_names)
        assert found.schema.types == table.schema.types
        assert found.equals(pyarrow.concat_tables([table] * 4))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@PROPERTY
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), target=st.sampled_from(["csv", "tsv"]))
def test_cells_of_text_come_back_byte_for_byte(rows: list[tuple[str, str]], target: str, tmp_path: Path) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = [f"{quoted(a)},{place}.50,{quoted(b)}" for place, (a, b) in enumerate(rows)]
    source = tmp_path / "in.csv"
    source.write_bytes("\n".join(["a,x,b", *lines]).encode())
    deriv("x^2", "--data", str(source), "--output", str(tmp_path / f"o.{target}"), "--no-check")
    deriv("x^2", "--data", str(tmp_path / f"o.{target}"), "--output", str(tmp_path / "o.arrow"), "--no-check")
    found = read(tmp_path / "o.arrow")
    for place, name in ((0, "a"), (1, "b")):
        assert [text or "" for text in found[name].to_pylist()] == [row[place] for row in rows]
    written = (tmp_path / f"o.{target}").read_bytes().decode()
    assert all(f"{place}.50" in written for place in range(len(rows)))
