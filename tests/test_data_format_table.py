"""A format of data files is one row and one file of code: one made here is read, written and refused like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from derivcli.points.files import formats
from derivcli.points.files.formats import DataFormat
from derivcli.points.files.text import csv_tsv
from tests.support import deriv

PIPES = DataFormat(
    "pipes", (".pipes",), lambda: csv_tsv, {b"PIPES": "Pipes"}, is_text=True, has_types=False, separator="|"
)


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row, and the endings that come from the rows."""
    monkeypatch.setitem(formats.DATA_FORMATS, PIPES.name, PIPES)
    for ending in PIPES.endings:
        monkeypatch.setitem(formats.ENDINGS, ending, PIPES.name)


def test_a_row_is_a_format_that_is_read_and_written(tmp_path: Path) -> None:
    (tmp_path / "in.pipes").write_text("x|name\n1|a\n2|b,c\n")
    deriv("x^2", "--data", str(tmp_path / "in.pipes"), "--output", str(tmp_path / "out.pipes"), "--no-check")
    assert (tmp_path / "out.pipes").read_text() == "x|name|f|df/dx|f flags\n1|a|1|2|\n2|b,c|4|4|\n"


def test_a_row_tells_what_a_file_is_and_which_endings_there_are(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("PIPES\n1\n")
    said = deriv("x^2", "--data", str(tmp_path / "in.csv"), status=2).stderr
    assert "is no text but a Pipes file" in said
    assert ".pipes" in deriv("x^2", "--data", str(tmp_path / "in.dat"), status=2).stderr
