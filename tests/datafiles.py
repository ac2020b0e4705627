"""Data files as other readers see them: pyarrow's own, and the csv, json, gzip and bz2 of Python."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.feather
import pyarrow.json
import pyarrow.parquet
from numpy.typing import NDArray

from derivcli.points.files.formats import COMPRESSIONS, DATA_FORMATS, FileFormat
from derivcli.points.files.writer import OutputColumn, writing

TEXT = [name for name, row in DATA_FORMATS.items() if row.is_text]
"""The formats that are text, and may be compressed as a whole."""

Batch = tuple[pyarrow.RecordBatch | None, Mapping[str, OutputColumn]]
"""What a writer takes: columns of the input, and columns of ours."""


def lay_out(texts: Path, folder: Path) -> Path:
    """Fill a folder with the text files of another one, and with files that are no text; gives it back."""
    shutil.copytree(texts, folder, dirs_exist_ok=True)
    table = pyarrow.table({"x": [1.0, 3.0], "y": [2, 4], "name": ["a", None]})
    pyarrow.parquet.write_table(table, folder / "points.parquet")
    pyarrow.feather.write_feather(table, str(folder / "points.arrow"), compression="uncompressed")
    pyarrow.parquet.write_table(pyarrow.table({"x": [1.0], "flag": [True]}), folder / "typed.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"x": [1.0], "flag": [b"\xff"]}), folder / "bytes.parquet")
    points = (texts / "points.csv").read_bytes()
    (folder / "points.csv.gz").write_bytes(gzip.compress(points))
    (folder / "zipped.csv").write_bytes(b"PK\x03\x04" + points)
    (folder / "utf16.csv").write_bytes(points.decode().encode("utf-16"))
    (folder / "latin1.csv").write_bytes("x,größe\n1,2\n".encode("latin-1"))
    (folder / "nul.csv").write_bytes(b"x,y\n1,\0\n")
    (folder / "old.feather").write_bytes(b"FEA1" + bytes(100))
    (folder / "wide.csv").write_text("x" * 200_000 + "\n1\n")
    (folder / "folder").mkdir()
    return folder


def written(batches: Sequence[Batch], name: str, compression: str = "") -> bytes:
    """The content of a file into which the batches are written."""
    file = io.BytesIO()
    with writing(file, FileFormat(name, compression)) as writer:
        for rows, columns in batches:
            writer.write(rows, columns)
    return file.getvalue()


def ours(columns: Mapping[str, OutputColumn], name: str) -> bytes:
    """A file of our own columns."""
    return written([(None, columns)], name)


def passed(rows: pyarrow.RecordBatch, name: str) -> bytes:
    """A file of columns of the input."""
    return written([(rows, {})], name)


def unpacked(data: bytes, compression: str) -> bytes:
    """What a compressed file holds."""
    if compression in ("gzip", "bz2"):
        return {"gzip": gzip.decompress, "bz2": bz2.decompress}[compression](data)
    return bytes(pyarrow.CompressedInputStream(io.BytesIO(data), compression).read()) if compression else data


def read(data: bytes, name: str) -> pyarrow.Table:
    """The table that pyarrow reads."""
    file = io.BytesIO(data)
    if name == "parquet":
        return pyarrow.parquet.read_table(file)
    if name == "arrow":
        return pyarrow.feather.read_table(file)
    if name == "jsonl":
        return pyarrow.json.read_json(file)
    delimiter = {"csv": ",", "tsv": "\t"}[name]
    return pyarrow.csv.read_csv(
        file,
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def records(data: bytes, name: str) -> list[list[Any]]:
    """The cells of a text file, a list for each row, as Python reads them."""
    text = data.decode()
    if name == "jsonl":
        return [list(json.loads(line).values()) for line in text.split("\n")[:-1]]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter={"csv": ",", "tsv": "\t"}[name]))[1:]


def same_numbers(found: Any, expected: NDArray[Any]) -> bool:
    """Whether the numbers agree bit for bit, a nan with any nan."""
    found = np.asarray(found)
    nan = np.isnan(expected)
    bits = f"u{expected.dtype.itemsize}"
    return bool(
        found.dtype == expected.dtype
        and found.shape == expected.shape
        and np.array_equal(np.isnan(found), nan)
        and np.array_equal(found[~nan].view(bits), expected[~nan].view(bits))
    )


def write(table: pyarrow.Table, path: Path) -> Path:
    """Write a table into a file of the format that its name says, by other means than ours; gives the path back."""
    kind = path.suffix[1:]
    if kind == "parquet":
        pyarrow.parquet.write_table(table, path)
    elif kind == "arrow":
        pyarrow.feather.write_feather(table, str(path), compression="uncompressed")
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    else:
        with path.open("w", newline="") as file:
            writer = csv.writer(file, delimiter={"csv": ",", "tsv": "\t"}[kind])
            writer.writerow(table.column_names)
            writer.writerows(zip(*table.to_pydict().values(), strict=True))
    return path


FORMATS = [FileFormat(name) for name in DATA_FORMATS] + [
    FileFormat(name, how.name) for name in TEXT for how in COMPRESSIONS.values()
]
"""Each format, and each text compressed in each way."""
