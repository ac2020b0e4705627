"""Data files in real processes: memory, signals, full disks and closed pipes."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pyarrow
import pytest

from tests.datafiles import write
from tests.processes import python
from tests.test_process import CLEAN
from tests.test_process import shell as anywhere

ROOT = str(Path(__file__).parents[1])
ENVIRONMENT = CLEAN | {"PYTHONPATH": ROOT}
ENDLESS = ["sin(x)", "--at", "x=0:1:10**12", "--engine", "reverse"]
"""A job without end, for which no kernel is made first."""

PATIENCE = 60
MOST_GROWTH = 40
"""The most memory, in MiB, that a job may take for being longer; one that holds its points takes more."""

MEASURED = """
import re, sys
from pathlib import Path
from derivcli.cli.app import run
status = run(sys.argv[1:])
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]), int(status), file=sys.stderr)
"""

INTERRUPTIBLE = """
import signal
from derivcli.cli import app
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test that runs in the background inherits none
app.main()
"""


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in a folder."""
    return anywhere(f"cd {folder}; {command}", PYTHONPATH=ROOT)


def peak(*words: str) -> int:
    """The most memory, in MiB, that a command held at once."""
    command = [*python(), "-c", MEASURED, *words]
    done = subprocess.run(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=PATIENCE
    )
    memory, status = done.stderr.split()[-2:]
    assert status == "0", done.stderr
    return int(memory) >> 10


def points(path: Path, count: int) -> Path:
    """A file of so many points, in which a thousand repeat so that it stays small on the disk."""
    return write(pyarrow.table({"x": np.resize(np.linspace(0, 1, 1000), count)}), path)


def test_memory_does_not_grow_with_a_file(tmp_path: Path) -> None:
    peaks = []
    for count in (1_000_000, 5_000_000):
        file = points(tmp_path / "in.parquet", count)
        peaks.append(peak("sin(x)", "--data", str(file), "--output", str(tmp_path / "out.parquet")))
        assert pyarrow.parquet.read_metadata(tmp_path / "out.parquet").num_rows == count
    for path in tmp_path.iterdir():
        path.unlink()
    assert peaks[1] - peaks[0] < MOST_GROWTH


def test_memory_does_not_grow_with_a_range() -> None:
    peaks = [peak("sin(x)", "--at", f"x=0:1:{count}", "--format", "tsv") for count in (200_000, 400_000)]
    assert peaks[1] - peaks[0] < MOST_GROWTH / 2  # which is 100 bytes for each point more


def test_a_job_that_holds_its_points_would_be_seen() -> None:
    peaks = [peak("sin(x)", "--at", f"x=0:1:{count}", "--format", "json") for count in (10_000, 160_000)]
    assert peaks[1] - peaks[0] > MOST_GROWTH


def ended(number: signal.Signals, folder: Path, name: str) -> tuple[int, str]:
    """The status and the standard error of a command without end that is sent a signal while it writes."""
    command = [*python(), "-c", INTERRUPTIBLE, *ENDLESS, "--output", name]
    with subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + PATIENCE
        while not any(path.stat().st_size for path in folder.glob(".deriv-*.tmp")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE)
        return process.returncode, told


@pytest.mark.parametrize(
    ("number", "status", "what", "exists"),
    [
        (signal.SIGINT, 130, "interrupted", True),
        (signal.SIGTERM, 143, "terminated", False),
        (signal.SIGKILL, -signal.SIGKILL, "", True),
    ],
)
def test_a_signal_leaves_the_old_file(
    number: signal.Signals, status: int, what: str, exists: bool, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    if exists:
        target.write_text("old")
    found, told = ended(number, tmp_path, "out.csv")
    assert found == status
    assert target.exists() == exists
    assert not exists or target.read_text() == "old"
    if number is not signal.SIGKILL:  # which nobody can clean up after
        became = "is as it was" if exists else "was not written"
        assert re.fullmatch(rf"deriv: {what}\n  [\d,]+ points done; out\.csv {became}\n", told)
        assert [path.name for path in tmp_path.iterdir()] == ["out.csv"] * exists


@pytest.mark.parametrize("words", ["--at x=0:1:10**12 --engine reverse", "--data - --data-format csv < in.csv"])
def test_a_reader_that_leaves_is_no_error(words: str, tmp_path: Path) -> None:
    points(tmp_path / "in.csv", 100_000)
    done = shell(f'$DERIV "x^2" --format value {words} | head -2; echo "${{PIPESTATUS[0]}}"', tmp_path)
    assert done.stdout.splitlines()[0] == "0"
    assert done.stdout.splitlines()[2] == "141"
    assert done.stderr == ""


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "jsonl"])
def test_a_full_disk_leaves_the_old_file(kind: str, tmp_path: Path) -> None:
    target = tmp_path / f"out.{kind}"
    target.write_text("old")
    command = f'ulimit -f 300; trap "" XFSZ; $DERIV "sin(x)" --at x=0:1:3000000 --output out.{kind}'
    done = shell(command, tmp_path)
    assert done.returncode == 74
    assert done.stderr.startswith(f"deriv: cannot write out.{kind}: File too large\n  ")
    assert re.search(rf"  [\d,]+ points done; out\.{kind} is as it was\n$", done.stderr)
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("words", ["--at x=0:1:100000", "--data in.csv"])
def test_a_full_device_is_told(words: str, tmp_path: Path) -> None:
    points(tmp_path / "in.csv", 100_000)
    done = shell(f'$DERIV "x^2" {words} > /dev/full', tmp_path)
    assert done.returncode == 74
    assert done.stderr.startswith("deriv: cannot write output: No space left on device\n")


def test_one_command_reads_what_another_writes(tmp_path: Path) -> None:
    command = '$DERIV "x^2" --at x=1:3:3 --format csv | $DERIV "f*2" --data - --data-format csv --format csv'
    done = shell(command, tmp_path)
    assert done.stdout == "x,f,df/dx,g,dg/df,g flags\n1,1,2,2,2,\n2,4,4,8,2,\n3,9,6,18,2,\n"
