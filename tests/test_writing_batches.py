"""Many batches in one file, what a format refuses, and what happens when writing fails in the middle."""

from __future__ import annotations

import errno
import gc
import io
import os
import signal
import subprocess
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivcli.cli.atomic_file import replacing
from derivcli.errors import DerivError, ExitStatus
from derivcli.points.files import parquet, text_writer
from derivcli.points.files.formats import COMPRESSIONS, DATA_FORMATS, FileFormat
from derivcli.points.files.writer import OutputColumn, writing
from tests.datafiles import TEXT, Batch, passed, read, unpacked, written
from tests.processes import python
from tests.support import drawn, each, no_hang

FORMATS = [FileFormat(name) for name in DATA_FORMATS] + [
    FileFormat(name, how.name) for name in TEXT for how in COMPRESSIONS.values()
]
ROOT = Path(__file__).parents[1]
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
        ("csv", pyarrow.list_(pyarrow.int8()), "parquet or arrow"),
        ("tsv", pyarrow.struct({"a": pyarrow.int8()}), "parquet or arrow"),
        ("jsonl", pyarrow.list_(pyarrow.int8()), "parquet or arrow"),
        ("jsonl", pyarrow.map_(pyarrow.string(), pyarrow.int8()), "parquet or arrow"),
        ("csv", pyarrow.binary(), "parquet or arrow or jsonl"),
        ("csv", pyarrow.uuid(), "parquet or arrow or jsonl"),
        ("csv", pyarrow.month_day_nano_interval(), "arrow"),
        ("jsonl", pyarrow.month_day_nano_interval(), "arrow"),
        ("parquet", pyarrow.month_day_nano_interval(), "arrow"),
        ("parquet", pyarrow.struct([]), "arrow"),
    ],
)
def test_a_type_that_does_not_fit_is_refused(name: str, kind: pyarrow.DataType, fitting: str) -> None:
    rows = pyarrow.record_batch({"fine": [1, 2], "bad": pyarrow.nulls(2, kind)})
    file = io.BytesIO()
    with pytest.raises(DerivError) as caught, writing(file, FileFormat(name)) as writer:
        writer.write(rows, {})
    assert caught.value.message == f"column 'bad' holds {kind}, which {name} cannot"
    assert caught.value.hint == f"write {fitting} instead"
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


class Failing(io.RawIOBase):
    """A file that takes so many bytes, and then raises an error whenever it is used."""

    def __init__(self, room: int, error: BaseException) -> None:
        self.room, self.error = room, error

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise self.error
        return len(data)


def fill(file: Any, format: FileFormat) -> None:
    """Write until something happens."""
    with writing(file, format) as writer:
        for _ in range(20):
            writer.write(pyarrow.record_batch({"x": SOME}), {"y": SOME})


SOME = MANY[:20_000]
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


FAILURES = [
    *((room, FULL) for room in (0, 5, 200_000)),
    (200_000, BrokenPipeError(errno.EPIPE, "Broken pipe")),
    *((room, KeyboardInterrupt()) for room in (0, 200_000)),
]
"""So many bytes are written, and then this happens."""

SOME_FORMATS = [each for each in FORMATS if not each.compression] + [
    FileFormat(name, how.name) for name, how in zip(TEXT, COMPRESSIONS.values(), strict=True)
]
"""Each format and each compression; the sweep has all pairs of them."""


@pytest.mark.sweep
@pytest.mark.parametrize("format", FORMATS, ids=str)
@pytest.mark.parametrize(("room", "error"), FAILURES)
def test_the_first_failure_is_told_of_every_format(
    format: FileFormat, room: int, error: BaseException, capfd: pytest.CaptureFixture[str]
) -> None:
    test_the_first_failure_is_the_one_that_is_told(format, room, error, capfd)


@pytest.mark.parametrize("format", SOME_FORMATS, ids=str)
@pytest.mark.parametrize(("room", "error"), FAILURES)
def test_the_first_failure_is_the_one_that_is_told(
    format: FileFormat, room: int, error: BaseException, capfd: pytest.CaptureFixture[str]
) -> None:
    gc.freeze()
    file = Failing(room, error)
    with no_hang(), pytest.raises(type(error)) as caught:
        fill(file, format)
    if isinstance(error, OSError):
        assert isinstance(caught.value, OSError)
        assert caught.value.errno == error.errno
    del caught
    gc.collect()
    gc.unfreeze()
    assert not file.closed
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("format", FORMATS, ids=str)
def test_what_ends_the_block_passes_and_ends_the_threads(format: FileFormat, tmp_path: Path) -> None:
    def bad_row() -> None:
        with replacing(tmp_path / "out") as file, writing(file, format) as writer:
            writer.write(None, {"x": MANY[:40_000]})
            raise DerivError("row 3 is no number")

    before = threading.active_count()
    with no_hang(), pytest.raises(DerivError, match="row 3"):
        bad_row()
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


SCRIPT = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from derivcli.cli import app
from derivcli.cli.commands import derive
from derivcli.cli.atomic_file import replacing
from derivcli.errors import DerivError
from derivcli.points.files.formats import FileFormat
from derivcli.points.files.writer import writing

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test that runs in the background inherits none
x = np.random.default_rng(1).normal(size=20_000)

def fill(path, format, batches, told=False):
    with replacing(path) as file, writing(file, format) as writer:
        for _ in range(batches):
            writer.write(None, {"x": x, "y": x})
            if told:
                print("written", flush=True)
"""


def child(script: str, directory: Path, *words: str) -> subprocess.Popen[str]:
    """A real process that has the functions above."""
    command = [*python(), "-c", SCRIPT + script, *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    script = """
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19))
for word in sys.argv[1:]:
    try:
        fill(Path("out"), FileFormat(*word.split(".")), 30)
    except DerivError as error:
        print(word, error.message, int(error.status))
"""
    words = [f"{each.name}.{each.compression}" for each in FORMATS]
    with child(script, tmp_path, *words) as process:
        out, err = process.communicate(timeout=120)
    assert out.splitlines() == [f"{word} cannot write out: File too large 74" for word in words]
    assert err == ""
    assert list(tmp_path.iterdir()) == []


STATUS = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGKILL: -signal.SIGKILL}
SIGNALLED = [
    *(("csv.", number) for number in STATUS),
    ("parquet.", signal.SIGTERM),
    ("arrow.", signal.SIGINT),
    ("jsonl.gzip", signal.SIGTERM),
]
"""Each format and each signal; the sweep has all pairs of them."""


@pytest.mark.sweep
@pytest.mark.parametrize("number", STATUS)
@pytest.mark.parametrize("format", ["csv.", "parquet.", "arrow.", "jsonl.gzip"])
def test_any_signal_leaves_no_file(format: str, number: signal.Signals, tmp_path: Path) -> None:
    test_a_signal_leaves_no_file(format, number, tmp_path)


@pytest.mark.parametrize(("format", "number"), SIGNALLED)
def test_a_signal_leaves_no_file(format: str, number: signal.Signals, tmp_path: Path) -> None:
    script = """
derive.evaluate = lambda *_: fill(Path("out"), FileFormat(*sys.argv.pop().split(".")), 100_000, told=True)
app.main()
"""
    with child(script, tmp_path, "x", format) as process:
        assert process.stdout is not None
        for _ in range(3):
            assert process.stdout.readline() == "written\n"
        process.send_signal(number)
        process.communicate(timeout=60)  # not closed: a write that fails could come before the signal
        assert process.returncode == STATUS[number]
    assert not (tmp_path / "out").exists()
    assert number is signal.SIGKILL or list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("format", "batches"), [("parquet.", 100), ("arrow.", 100), ("csv.", 30), ("jsonl.", 30)])
def test_memory_stays_flat(format: str, batches: int, tmp_path: Path) -> None:
    script = """
with open("/dev/null", "wb") as file, writing(file, FileFormat(*sys.argv[1].split("."))) as writer:
    x = np.tile(x, 5)
    for batch in range(int(sys.argv[2])):
        writer.write(None, {"x": x, "y": x, "k": ["proved"] * len(x)})
with open("/proc/self/status") as status:
    print(*(line.split()[1] for line in status if line.startswith("VmHWM")))
"""
    peaks = []
    for count in (batches // 8, batches):
        with child(script, tmp_path, format, str(count)) as process:
            peaks.append(int(process.communicate(timeout=120)[0]))
    assert peaks[1] - peaks[0] < 40 << 10, f"{peaks} KiB"
