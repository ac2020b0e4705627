"""Data files: nothing is lost on the way, and what happens is told."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from derivcli import derive
from derivcli.engines.chunks import in_order
from derivcli.pipeline import Job
from derivcli.points.files.data_files import DataFiles
from derivcli.points.files.writer import Writer
from tests.support import Outcome, deriv, no_hang

CHUNK = 10
FORMATS = ("csv", "tsv", "parquet", "arrow", "jsonl", "csv.gz")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in with a file of 100 points, and chunks of ten, which two threads compute."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("derivcli.engines.chunks.CHUNK_POINTS", CHUNK)
    monkeypatch.setattr("derivcli.cli.commands.derive.CHECKED_PART_POINTS", CHUNK)
    write("in.csv", [str(number) for number in range(100)])
    return tmp_path


@pytest.fixture(autouse=True)
def threads() -> Iterator[int]:
    """How many threads torch uses, which must be as many at the end."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield 2
    after = torch.get_num_threads()
    torch.set_num_threads(before)
    assert after == 2


def write(name: str, cells: list[str]) -> None:
    """Write a file with one column."""
    Path(name).write_text("\n".join(["x", *cells]) + "\n")


def derivative(*words: str, **options: Any) -> Outcome:
    """Run `deriv` for the square of the points in the file."""
    return deriv("x^2", "--data", "in.csv", *words, **options)


def fail_at(call: int, original: Callable[..., Any], error: BaseException) -> Callable[..., Any]:
    """A function that raises an error when it is called so often, and else does what the original does."""
    calls = iter(range(1, 1000))

    def function(*arguments: Any) -> Any:
        if next(calls) == call:
            raise error
        return original(*arguments)

    return function


def interrupted_reading(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    original = DataFiles.parts

    def parts(self: DataFiles, *how: Any) -> Iterator[Any]:
        for number, part in enumerate(original(self, *how)):
            if number == 7:
                raise error
            yield part

    monkeypatch.setattr(DataFiles, "parts", parts)


WHERE = ["reading", "writing", "computing"]
INTERRUPTED = [
    *(("csv", where, exists) for where in WHERE for exists in (True, False)),
    *((kind, where, number % 2 == 0) for number, (kind, where) in enumerate(product(FORMATS, WHERE)) if kind != "csv"),
]
"""Every place in every format, with an old file or, in turn, with none; of CSV with both."""


@pytest.mark.parametrize(("kind", "where", "exists"), INTERRUPTED)
def test_an_interrupt_leaves_the_old_file(
    kind: str, where: str, exists: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / f"out.{kind}"
    if exists:
        target.write_bytes(b"old")
    if where == "reading":
        interrupted_reading(monkeypatch, KeyboardInterrupt())
    elif where == "writing":
        monkeypatch.setattr(Writer, "write", fail_at(4, Writer.write, KeyboardInterrupt()))
    else:
        monkeypatch.setattr(Job, "run", fail_at(4, Job.run, KeyboardInterrupt()))
    with no_hang():
        out = derivative("--output", target.name, status=130)
    became = "is as it was" if exists else "was not written"
    found = re.fullmatch(rf"deriv: interrupted\n  (\d+) points done; {re.escape(target.name)} {became}\n", out.stderr)
    assert found is not None, out.stderr
    assert int(found[1]) % CHUNK == 0
    assert where != "writing" or int(found[1]) == 3 * CHUNK
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", target.name][: 1 + exists]
    assert not exists or target.read_bytes() == b"old"


def test_a_full_disk_is_told_with_what_was_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "out.csv").write_text("old")
    full = OSError(28, os.strerror(28))
    monkeypatch.setattr(Writer, "write", fail_at(3, Writer.write, full))
    out = derivative("--output", "out.csv", status=74)
    assert out.stderr == (
        "deriv: cannot write out.csv: No space left on device\n  20 points done; out.csv is as it was\n"
    )
    assert (folder / "out.csv").read_text() == "old"
    assert len(list(folder.iterdir())) == 2


def test_a_bug_of_ours_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "out.csv").write_text("old")
    monkeypatch.setattr(Job, "run", fail_at(5, Job.run, ZeroDivisionError("planted")))
    assert "internal error: ZeroDivisionError: planted" in derivative("--output", "out.csv", status=70).stderr
    assert (folder / "out.csv").read_text() == "old"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("row", [1, 9, 10, 57, 100])
@pytest.mark.parametrize("exists", [True, False])
def test_a_bad_row_says_where_and_how_far(row: int, exists: bool, folder: Path) -> None:
    cells = [str(number) for number in range(100)]
    cells[row - 1] = "12a"
    write("in.csv", cells)
    if exists:
        (folder / "out.jsonl").write_text("old")
    out = derivative("--output", "out.jsonl", status=2)
    first, _, last = out.stderr.splitlines()
    assert first == f"deriv: in.csv, row {row} (line {row + 1}), column 'x': '12a' is not a number"
    assert re.fullmatch(r"  \d+ points done; out\.jsonl " + ("is as it was" if exists else "was not written"), last)
    assert (folder / "out.jsonl").exists() == exists
    assert len(list(folder.iterdir())) == 1 + exists


def test_a_bad_row_late_in_a_long_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivcli.points.files.text.blocks.BLOCK_BYTES", 64)
    write("in.csv", [str(number) for number in range(1000)] + ["one"])
    done = derivative("--output", "out.csv", status=2).stderr.splitlines()
    assert done[0] == "deriv: in.csv, row 1,001 (line 1,002), column 'x': 'one' is not a number"
    count = re.fullmatch(r"  ([\d,]+) points done; out\.csv was not written", done[2])
    assert count is not None
    assert int(count[1].replace(",", "")) >= 500
    lines = derivative("--format", "tsv", status=2)
    assert lines.stdout.startswith("x\tf\tdf/dx\tf flags\n0\t0\t0\t\n1\t1\t2\t\n")
    assert lines.stderr.endswith("points done; the output is not complete\n")


def test_skipped_rows_are_counted_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivcli.points.files.text.blocks.BLOCK_BYTES", 64)
    cells = [str(number) if number % 100 else "no" for number in range(1000)]
    write("in.csv", cells)
    out = derivative("--output", "out.csv", "--on-error", "skip")
    named = ", ".join(f"in.csv, row {row} (column 'x': 'no' is not a number)" for row in range(1, 500, 100))
    assert out.stderr.splitlines()[0] == f"deriv: note: 10 rows were left out: {named}, …"
    rows = (folder / "out.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [cell for cell in cells if cell != "no"]
    assert "990 points" in out.stderr


@pytest.mark.parametrize("kind", FORMATS)
def test_a_whole_file_takes_the_place_of_the_old_one(kind: str, folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    real, link = folder / "elsewhere" / f"real.{kind}", folder / f"out.{kind}"
    real.write_bytes(b"old and much longer than what comes" * 1000)
    real.chmod(0o640)
    link.symlink_to(f"elsewhere/real.{kind}")
    derivative("--output", link.name)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert len(list(real.parent.iterdir())) == 1
    derivative("--output", f"new.{kind}")
    assert (folder / f"new.{kind}").read_bytes() == real.read_bytes()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("in.csv", "it is one of the inputs"),
        ("link.csv", "it is one of the inputs"),
        ("hard.csv", "it is one of the inputs"),
        ("folder.csv", "it is a directory"),
        ("pipe.csv", "it is no regular file"),
        ("gone/out.csv", "No such file or directory"),
    ],
)
def test_what_no_output_can_be_is_refused_before_any_work(
    name: str, reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "link.csv").symlink_to("in.csv")
    (folder / "hard.csv").hardlink_to("in.csv")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    monkeypatch.setattr("derivcli.pipeline.prepare", fail_at(1, deriv, AssertionError("work was done")))
    before = (folder / "in.csv").read_text()
    with no_hang():
        out = derivative("--output", name, status=2)
    assert out.stderr.startswith(f"deriv: cannot write {name}: {reason}\n")
    assert (folder / "in.csv").read_text() == before


def test_a_file_that_appears_meanwhile_is_not_clobbered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rival(*arguments: Any) -> Any:
        (folder / "out.csv").write_text("rival")
        return original(*arguments)

    original = Writer.write
    monkeypatch.setattr(Writer, "write", rival)
    out = derivative("--output", "out.csv", "--no-clobber", status=2)
    assert out.stderr.startswith("deriv: cannot write out.csv: it exists\n")
    assert (folder / "out.csv").read_text() == "rival"
    assert len(list(folder.iterdir())) == 2


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show progress from the first moment on and at every step."""
    monkeypatch.setattr("derivcli.cli.progress.PATIENCE", 0.0)
    monkeypatch.setattr("derivcli.cli.progress.PAUSE", 1e-9)


@pytest.mark.parametrize("words", [["--output", "out.csv", "--no-check"], ["--output", "out.parquet", "--check"]])
def test_a_terminal_sees_how_far_it_is(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    monkeypatch.setattr("derivcli.points.files.text.blocks.BLOCK_BYTES", 64)
    shown = derivative(*words, columns=100).stderr
    what = "checking" if "--check" in words else "differentiating"
    assert re.search(rf"{what} .*?\d+ of \d+, [\d,]+/s", shown), shown
    assert re.search(rf"deriv: wrote {words[1]}: 100 points in \d+\.\d\d s(; not checked)?\n$", shown)


@pytest.mark.parametrize("block", [64, 1 << 20])
def test_the_number_of_rows_is_foreseen(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int | None]] = []

    @contextmanager
    def telling(wanted: bool = True) -> Iterator[Any]:
        yield lambda what, done, total: told.append((done, total))

    monkeypatch.setattr("derivcli.cli.streaming.progress", telling)
    monkeypatch.setattr("derivcli.points.files.text.blocks.BLOCK_BYTES", block)
    write("in.csv", [str(number) for number in range(1000, 2000)])
    derivative("--output", "out.csv")
    assert [done for done, _ in told] == [*range(CHUNK, 1001, CHUNK)] or block == 64
    assert all(total is not None and abs(total - 1000) < 60 for _, total in told)


def test_points_from_a_pipe_have_no_end_to_tell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    words = ["x^2", "--data", "-", "--data-format", "csv", "--output", "out.csv", "--no-check"]
    shown = deriv(*words, columns=100, stdin=(folder / "in.csv").read_bytes()).stderr
    assert re.search(r"differentiating .*?\d+, [\d,]+/s", shown)
    assert " of " not in shown


@pytest.mark.parametrize("words", [["--output", "out.csv"], ["--format", "tsv"], ["--check", "--format", "csv"]])
def test_where_there_is_no_terminal_no_progress_is_shown(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    shown = derivative(*words).stderr
    assert "\x1b" not in shown
    assert "differentiating" not in shown
    assert all(line.startswith("deriv: ") for line in shown.splitlines())


def test_the_summary_is_the_last_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["abs(x) + floor(x) + sqrt(x - 3)", "--at", "x=0:9:1999", "--output", "out.arrow"]
    shown = deriv(*words).stderr.splitlines()
    pattern = r"deriv: wrote out\.arrow: 1,999 points in \d+\.\d\d s, [\d,.]+( million)? a second; (.*)"
    found = re.fullmatch(pattern, shown[-1])
    assert found is not None
    at = np.arange(1999) * 9 / 1998
    assert found[2] == f"flagged: {int(np.sum(at < 3))} undefined, 7 jump, 1 edge; not checked"
    monkeypatch.setattr("derivcli.cli.commands.derive.PATIENCE", 0.0)
    assert derivative("--format", "tsv").stderr.startswith("deriv: done: 100 points in ")


@pytest.mark.parametrize("error", [None, KeyboardInterrupt(), ZeroDivisionError("planted")])
def test_torch_gets_its_threads_back(error: BaseException | None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[tuple[str, int]] = set()
    original = Job.run if error is None else fail_at(5, Job.run, error)

    def run(self: Job, *arguments: Any) -> Any:
        seen.add((threading.current_thread().name.split("_")[0], torch.get_num_threads()))
        return original(self, *arguments)

    monkeypatch.setattr(Job, "run", run)
    derivative("--output", "out.csv", status={type(None): 0, KeyboardInterrupt: 130}.get(type(error), 70))
    assert ("chunk", 1) in seen


def test_callers_that_overlap_leave_torch_as_it_was(threads: int) -> None:
    first, second = (in_order(str, range(50), 2) for _ in range(2))
    assert next(first) == next(second) == "0"
    assert torch.get_num_threads() == 1
    assert list(first) == [str(number) for number in range(1, 50)]
    second.close()  # type: ignore[attr-defined]
    assert torch.get_num_threads() == threads


def test_slow_chunks_keep_their_places() -> None:
    gates = [threading.Event() for _ in range(4)]

    def made(number: int) -> int:
        gates[(number + 1) % 4].set() if number % 2 else None
        assert gates[number % 4].wait(30) if number % 4 == 2 else True
        return number

    gates[2].set()
    assert list(in_order(made, range(200), 4)) == list(range(200))


@pytest.mark.parametrize("formula", ["besselj(1, x)", "polygamma(2, x + 1) + sin(x)", "if(x > 3, besselk(2, x), x)"])
def test_high_precision_stays_in_the_main_thread(formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    original = Job.run

    def run(self: Job, *arguments: Any) -> Any:
        seen.add(threading.current_thread().name)
        return original(self, *arguments)

    monkeypatch.setattr(Job, "run", run)
    deriv(formula, "--data", "in.csv", "--output", "out.csv")
    assert seen == {"MainThread"}


def test_several_threads_may_derive_at_once(threads: int) -> None:
    def derivatives(formula: str) -> tuple[Any, int]:
        return derive(formula, "x=0:1:500", check=False).derivatives["x"], torch.get_num_threads()

    formulas = [f"sin({number}*x)*exp(-x/{number})" for number in range(1, 9)] * 3
    alone = [derivatives(formula)[0] for formula in formulas]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(derivatives, formulas))
    assert all(np.array_equal(found, expected) for (found, _), expected in zip(together, alone, strict=True))
    assert {count for _, count in together} == {threads}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_line_without_an_end_is_refused(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivcli.points.files.text.blocks.BLOCK_BYTES", 64)
    (folder / f"wide.{kind}").write_text({"csv": "x," * 100 + "y\n", "jsonl": '{"x": ' + "1" * 100 + "}\n"}[kind])
    assert "wide." + kind + ": its first line is too long" in deriv("x", "--data", f"wide.{kind}", status=2).stderr
    monkeypatch.setattr("derivcli.points.files.text.blocks.MAX_ROW_BYTES", 1 << 10)
    rows = {"csv": 'x\n1\n"' + "2\n" * 2000, "jsonl": '{"x": 1}\n{"x": ' + "1" * 4000 + "}\n"}[kind]
    (folder / f"long.{kind}").write_text(rows)
    assert f"long.{kind}: a row is longer than" in deriv("x", "--data", f"long.{kind}", status=2).stderr
