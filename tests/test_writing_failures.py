"""Writing that fails or is ended in the middle: what is told, and that neither files, threads nor memory stay."""

from __future__ import annotations

import errno
import gc
import io
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from derivcli.atomic_file import replacing
from derivcli.errors import DerivError
from derivcli.points.files.formats import COMPRESSIONS, FileFormat
from derivcli.points.files.writer import writing
from tests.datafiles import FORMATS, TEXT
from tests.processes import python
from tests.support import no_hang

ROOT = Path(__file__).parents[1]
MANY = np.random.default_rng(4).normal(size=150_000)


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
from derivcli.atomic_file import replacing
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
