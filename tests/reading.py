"""Helpers of the tests that read data files."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from derivcli.errors import DerivError, ExitStatus
from derivcli.points.files.data_files import DataFiles, open_data
from derivcli.points.files.reading import Cells, Layout, Reading
from derivcli.points.points import Part
from tests.support import no_hang

ROOT = Path(__file__).parents[1]


def opened(path: Path | Sequence[Path], **options: Any) -> AbstractContextManager[DataFiles]:
    """The file or files, read with fields of a Reading, of its Layout or of its Cells."""
    paths = [path] if isinstance(path, Path) else path
    layout, cells = (
        {f.name: options.pop(f.name) for f in fields(kind) if f.name in options} for kind in (Layout, Cells)
    )
    on_error = "skip" if options.pop("skip", False) else options.pop("on_error", "stop")
    names = tuple(map(str, paths))
    reading = Reading(names, on_error=on_error, layout=Layout(**layout), cells=Cells(**cells), **options)
    return open_data(reading, io.BytesIO())


def read(path: Path | Sequence[Path], *wanted: str, size: int = 1000, **options: Any) -> tuple[list[Part], list[str]]:
    with no_hang(), opened(path, **options) as data:
        chunks = list(data.parts(wanted or ("x",), size))
        assert all(0 < chunk.rows.num_rows <= size for chunk in chunks)
        assert all(len(values) == chunk.rows.num_rows for chunk in chunks for values in chunk.points.at.values())
        return chunks, data.notes


def column(chunks: Sequence[Part], variable: str = "x") -> list[float]:
    assert all(chunk.points.at[variable].dtype == np.float64 for chunk in chunks)
    return [float(value) for chunk in chunks for value in chunk.points.at[variable]]


def passed(chunks: Sequence[Part]) -> dict[str, list[Any]]:
    return dict(pa.Table.from_batches([chunk.rows for chunk in chunks]).to_pydict())


def bits(values: Sequence[float]) -> list[bytes]:
    return [struct.pack("<d", value) for value in values]


def refusal(path: Path | Sequence[Path], *wanted: str, **options: Any) -> DerivError:
    with pytest.raises(DerivError) as caught:
        read(path, *wanted, **options)
    error = caught.value
    assert error.status is ExitStatus.REFUSED
    assert error.hint
    assert all(line.isprintable() for line in str(error).split("\n"))
    return error


def file(directory: Path, content: bytes | str, name: str = "t.csv") -> Path:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table_file(directory: Path, table: pa.Table, kind: str) -> Path:
    path = directory / f"t{kind}"
    if kind == ".parquet":
        parquet.write_table(table, path, row_group_size=2)
    else:
        with (pa.ipc.new_file if kind == ".arrow" else pa.ipc.new_stream)(path, table.schema) as sink:
            sink.write_table(table, max_chunksize=2)
    return path
