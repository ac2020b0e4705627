"""Data files that are nested deep, very wide, or hold numbers and keys that no one writes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from derivcli.points.files.text.json_objects import MAX_NESTING
from tests.datafiles import write
from tests.processes import python
from tests.support import Outcome, deriv, no_hang
from tests.test_data_process import ENVIRONMENT

PATIENCE = 120
"""Seconds after which something hangs; nothing here takes a tenth of them."""

COLUMNS = [2_001, pytest.param(20_001, marks=pytest.mark.sweep)]

ROOT = Path(__file__).parent.parent
SERVANT = """
import contextlib, io, json, os, sys
from derivcli.cli.app import run
for line in sys.stdin:
    folder, words = json.loads(line)
    os.chdir(folder)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = int(run(words))
    print(json.dumps([status, out.getvalue(), err.getvalue()]), flush=True)
"""


class Servant:
    """A process that runs one command after the other, and that an error of memory ends in place of the tests."""

    def __init__(self) -> None:
        self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        command = [*python(), "-c", SERVANT]
        return subprocess.Popen(
            command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, *words: str, status: int = 0) -> Outcome:
        """What a command line comes to in a folder; another status than expected fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), words]) + "\n")
        self._process.stdin.flush()
        with no_hang(PATIENCE):
            answer = self._process.stdout.readline()
        if not answer:
            ended, self._process = self._process.wait(), self._started()
            pytest.fail(f"the process ended with the status {ended}")
        done = Outcome(*json.loads(answer))
        assert done.status == status, done.stderr[-500:]
        return done

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()


@pytest.fixture(scope="module")
def servant() -> Iterator[Servant]:
    """One process for all tests of this file, since a start takes longer than all that they ask for."""
    servant = Servant()
    yield servant
    servant.end()


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    """A line whose column `a` holds so many lists or objects within each other; the line's own object is one more."""
    return f'{{"x": 1, "a": {opening * depth}1{closing * depth}}}'


SHAPES = {"lists": ("[", "]"), "objects": ('{"k":', "}"), "both": ('[{"]":', "}]")}


@pytest.mark.parametrize(
    ("shape", "first", "depth"),
    [("lists", True, 1_000), ("lists", True, 30_000), ("objects", False, 30_000), ("both", True, 30_000)],
)
def test_a_line_that_is_nested_deep(shape: str, first: bool, depth: int, servant: Servant, tmp_path: Path) -> None:
    lines = [nested(depth, *SHAPES[shape]), '{"x": 2}']
    (tmp_path / "p.jsonl").write_text("\n".join(lines if first else reversed(lines)) + "\n")
    said = servant.run(tmp_path, "x^2", "--data", "p.jsonl", status=2).stderr
    assert f"row {1 if first else 2} " in said
    assert f"nested more than {MAX_NESTING} deep" in said
    left = servant.run(tmp_path, "x^2", "--data", "p.jsonl", "--on-error", "skip", "--no-check")
    assert left.stdout.split("\n")[1].split("\t")[-3:] == ["4", "4", ""]
    assert "1 row was left out" in left.stderr


@pytest.mark.parametrize("shape", ["lists", "objects"])
def test_the_deepest_line_is_read(shape: str, tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(nested(MAX_NESTING - 1, *SHAPES[shape]) + "\n")
    said = deriv("x^2", "--data", str(tmp_path / "p.jsonl"), "--format", "csv", "--no-check")
    row = next(csv.DictReader(io.StringIO(said.stdout)))
    assert row == {"x": "1", "a": nested(MAX_NESTING - 1, *SHAPES[shape])[14:-1], "f": "1", "df/dx": "2", "f flags": ""}
    (tmp_path / "p.jsonl").write_text(nested(MAX_NESTING, *SHAPES[shape]) + "\n")
    assert "deep" in deriv("x^2", "--data", str(tmp_path / "p.jsonl"), status=2).stderr


@pytest.mark.parametrize("text", ["[" * 5000, "]" * 5000, "{}[" * 500, '\\"[' * 500, "\\\\", '\\\\\\"' + "[" * 99])
def test_brackets_in_texts_do_not_count(text: str, tmp_path: Path) -> None:
    lines = f'{{"x": 1, "{text}": "{text}"}}\n{{"x": 2, "{text}": "{text}"}}\n'
    (tmp_path / "p.jsonl").write_text(lines)
    deriv("x^2", "--data", str(tmp_path / "p.jsonl"), "--output", str(tmp_path / "o.jsonl"), "--no-check")
    found = (tmp_path / "o.jsonl").read_text().split("\n")
    assert json.loads(found[0]).items() >= json.loads(lines.split("\n")[0]).items()


def test_brackets_that_are_never_closed(servant: Servant, tmp_path: Path) -> None:
    for line in ("[" * 30_000, '{"x":' * 30_000, '{"x": "' + "[" * 30_000, "]" * 30_000):
        (tmp_path / "p.jsonl").write_text(line + "\n")
        assert "row 1" in servant.run(tmp_path, "x^2", "--data", "p.jsonl", status=2).stderr


def many_lists(count: int) -> str:
    return f'{{"x": 1, "a": [{",".join(["[1]"] * count)}]}}\n'


LONG = [many_lists(10_000), '{"x": 1, "' + "k" * 10**6 + '": 2}\n', '{"x": 1.' + "7" * 10**5 + "}\n"]


@pytest.mark.parametrize("content", LONG)
def test_long_lines_are_read(content: str, servant: Servant, tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(content)
    servant.run(tmp_path, "x^2", "--data", "p.jsonl", "--output", "o.jsonl", "--no-check")


HUGE = "7" * 10**5


@pytest.mark.parametrize("number", [HUGE, f"-{HUGE}", f"1e{HUGE}", f"1{'0' * 310}", "1e309"])
@pytest.mark.parametrize("beside", ["", '{"x": 2, "a": 1.5}\n'])
def test_numbers_beyond_float64_are_refused(number: str, beside: str, tmp_path: Path) -> None:
    """They come as no infinity, neither as points nor where they pass through."""
    for line in (f'{{"x": {number}}}', f'{{"x": 1, "a": {number}}}'):
        (tmp_path / "p.jsonl").write_text(beside + line + "\n")
        words = ["x^2", "--data", str(tmp_path / "p.jsonl"), "--output", str(tmp_path / "o.jsonl"), "--no-check"]
        if '"x": 1,' in line and not beside:
            deriv(*words)  # as the text that it is
            assert f'"{number}"' in (tmp_path / "o.jsonl").read_text().replace('\\"', '"')
        else:
            assert "Infinity" not in (said := deriv(*words, status=2).stderr)
            assert "beyond float64" in said or "does not fit" in said


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**40 + 1, 2**53 + 1, 10**22])
@pytest.mark.parametrize("beside", [3, 3.5, None])
def test_whole_numbers_pass_through_to_the_last_digit(number: int, beside: float | None, tmp_path: Path) -> None:
    rows = [{"x": 1, "a": number}, {"x": 2, "a": beside}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    deriv("x^2", "--data", str(tmp_path / "p.jsonl"), "--output", str(tmp_path / "o.jsonl"), "--no-check")
    found = json.loads((tmp_path / "o.jsonl").read_text().split("\n")[0])["a"]
    assert int(found) == number


def test_keys_and_texts_that_are_no_text(tmp_path: Path) -> None:
    lines = {'{"\\ud800": 1, "x": 2}': "is no text", '{"a": "\\ud800", "x": 2}': "does not fit"}
    lines['{"x": 1, "x": 2}'] = "twice"
    for line, why in lines.items():
        (tmp_path / "p.jsonl").write_text(line + "\n")
        assert why in deriv("x^2", "--data", str(tmp_path / "p.jsonl"), status=2).stderr


def test_infinities_pass_through(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"x": 1, "a": Infinity}\n{"x": 2, "a": "-inf"}\n{"x": 3, "a": 1e300}\n')
    deriv("x^2", "--data", str(tmp_path / "p.jsonl"), "--output", str(tmp_path / "o.jsonl"), "--no-check")
    rows = [json.loads(line)["a"] for line in (tmp_path / "o.jsonl").read_text().split("\n")[:-1]]
    assert [float(each) for each in rows] == [np.inf, -np.inf, 1e300]


def wide_csv(path: Path, columns: int) -> None:
    path.write_text(",".join(f"c{place}" for place in range(columns)) + ",x\n" + "1.5," * columns + "2\n")


def wide_duplicates(path: Path, columns: int) -> None:
    path.write_text("c," * columns + "x\n" + "1.5," * columns + "2\n")


def wide_json(path: Path, columns: int) -> None:
    path.write_text(json.dumps({f"c{place}": 1.5 for place in range(columns)} | {"x": 2}) + "\n")


def wide_table(path: Path, columns: int) -> None:
    write(pyarrow.table({f"c{place}": [1.5] for place in range(columns)} | {"x": [2.0]}), path)


WIDE: list[tuple[str, Callable[[Path, int], None]]] = [
    ("csv", wide_csv), ("csv", wide_duplicates), ("jsonl", wide_json), ("parquet", wide_table), ("arrow", wide_table),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "make"), WIDE)
@pytest.mark.parametrize("columns", COLUMNS)
def test_rows_of_very_many_columns(
    kind: str, make: Callable[[Path, int], None], columns: int, servant: Servant, tmp_path: Path
) -> None:
    make(tmp_path / f"p.{kind}", columns)
    servant.run(tmp_path, "x^2", "--data", f"p.{kind}", "--output", "o.csv", "--no-check")
    header, row = (tmp_path / "o.csv").read_text().split("\n")[:2]
    assert header.endswith(",x,f,df/dx,f flags")
    assert row == "1.5," * columns + "2,4,4,"


class Counted(str):
    """A text that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


def test_headers_are_not_compared_with_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is linear in the columns: each header is looked up a few times, whatever stands beside it."""
    from derivcli.points.files import data_files

    monkeypatch.setattr(data_files, "canonical_name", Counted)
    (tmp_path / "p.csv").write_text(",".join(f"c{place}" for place in range(2000)) + "\n" + ",".join("1" * 2000) + "\n")
    deriv("2*c7", "--data", str(tmp_path / "p.csv"), "--output", str(tmp_path / "o.csv"), "--no-check")
    assert Counted.compared < 20 * 2000
