"""Files as people have them are read with one command each: every kept cell unchanged, the numbers right."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from tests import files_of_instruments, files_of_loggers, files_of_offices, files_of_stations
from tests.instrument_file import InstrumentFile
from tests.support import deriv, each

MAKERS = [
    *(files_of_stations.MAKERS + files_of_loggers.MAKERS),
    *(files_of_instruments.MAKERS + files_of_offices.MAKERS),
]
ALL = [make(random.Random(number)) for number, make in enumerate(MAKERS)]
RELATIVE = 1e-13


def close(found: float, true: float) -> bool:
    """Whether a number is right to 1e-13, relatively."""
    return abs(found - true) <= RELATIVE * max(abs(true), 1e-300)


def expected(file: InstrumentFile) -> list[list[float] | None]:
    """The value and the slopes in each row, in the order of the variables; None where there are none."""
    found: list[list[float] | None] = []
    for row in range(len(file.cells)):
        given = {name: values[row] for name, values in file.numbers.items()} | dict(file.fixed)
        known = {name: value for name, value in given.items() if value is not None}
        law = file.law
        if len(known) < len(given):
            found.append(None)
        else:
            found.append([law.value(known), *(law.slopes[name](known) for name in law.slopes)])
    return found


def differences(file: InstrumentFile, written: list[list[str]]) -> list[str]:
    """Where the rows of an output are not what they should be."""
    header, *rows = written
    wrong = [] if len(rows) == len(file.cells) else [f"{len(rows)} rows, not {len(file.cells)}"]
    kept = len(file.cells[0])
    first = kept + len(file.fixed)
    slopes = [name.removeprefix("df/d") for name in header[first + 1 : first + 1 + len(file.law.slopes)]]
    if header[first] != "f" or {*slopes} != {*file.law.slopes}:
        return [f"the columns are {header}"]
    for place, (row, cells, numbers) in enumerate(zip(rows, file.cells, expected(file), strict=False)):
        if row[:kept] != list(cells):
            wrong.append(f"row {place}: {row[:kept]} are not {cells}")
        results = row[first : first + 1 + len(slopes)]
        if numbers is None:
            wrong += [f"row {place} has results {results}"] if any(results) else []
            continue
        by_name = dict(zip(file.law.slopes, numbers[1:], strict=True))
        true = [numbers[0], *(by_name[name] for name in slopes)]
        if not all(text and close(float(text), number) for text, number in zip(results, true, strict=True)):
            wrong.append(f"row {place}: {results} are not {true}")
    return wrong


def command(file: InstrumentFile, folder: Path, output: str) -> list[str]:
    """The one command that reads the file, which is written into the folder."""
    path = folder / file.name
    path.write_bytes(file.data)
    return [file.law.text, "--data", str(path), *file.words, "--output", str(folder / output)]


@each("file", ALL)
def test_a_file_is_read_with_one_command(file: InstrumentFile, tmp_path: Path) -> None:
    deriv(*command(file, tmp_path, "out.csv"))
    is_comma = "--decimal-comma" in file.words
    text = io.StringIO((tmp_path / "out.csv").read_text("utf-8"), newline="")
    written = list(csv.reader(text, delimiter=";" if is_comma else ","))
    kept = len(file.cells[0])
    for row in written[1:] if is_comma else ():
        row[kept:] = [cell.replace(",", ".") for cell in row[kept:]]
    assert differences(file, written) == []


@each("file", [file for file in ALL[::3] if file.name != "chan.csv"])  # Parquet has no two columns of one name
def test_blank_results_are_null_in_files_with_types(file: InstrumentFile, tmp_path: Path) -> None:
    deriv(*command(file, tmp_path, "out.parquet"))
    values = parquet.read_table(tmp_path / "out.parquet")["f"].to_pylist()
    assert [value is None for value in values] == [numbers is None for numbers in expected(file)]


def test_there_are_forty_manners() -> None:
    assert len({make.__name__ for make in MAKERS}) >= 40
    assert len({file.name for file in ALL}) == len(MAKERS)


@pytest.mark.parametrize("change", ["cell", "number", "blank", "row"])
def test_a_change_would_be_seen(change: str, tmp_path: Path) -> None:
    file = ALL[0]
    right = [["time", "T", "v", "f", "df/dv"]]
    for cells, numbers in zip(file.cells, expected(file), strict=True):
        right.append([*cells, *(["", ""] if numbers is None else map(repr, numbers))])
    assert differences(file, right) == []
    if change == "cell":
        right[2][1] += "0"
    elif change == "number":
        right[1][3] = repr(float(right[1][3]) * (1 + 1e-12))
    elif change == "blank":
        right[4][3] = "nan"
    else:
        right.pop()
    assert differences(file, right)
