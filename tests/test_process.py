"""Real processes: what only they show about streams, signals and imports."""

import importlib.metadata
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import derivcli
from tests.processes import python
from tests.support import deriv

MANY = ["x**2", "--at", "x=0:1:20000"]
CLEAN = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}


def shell(command: str, cold: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which $DERIV is the program, which starts from nothing where its start is what matters."""
    words = [*([sys.executable] if cold else python()), "-m", "derivcli"]
    env = CLEAN | environment | {"DERIV": shlex.join(words)}
    return subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, timeout=60)


HEAVY = {"torch", "sympy", "matplotlib", "numpy", "scipy", "pyarrow", "pydantic"}


def loaded(lines: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """The heavy libraries that each of some command lines has added when it ends, run by one process in turn."""
    code = (
        "import sys; from derivcli.cli.app import run\n"
        f"for line in {list(map(list, lines))}:\n"
        "    before = {*sys.modules}; run(line)\n"
        f"    print(*{HEAVY} & {{*sys.modules}} - before, sep='\\t', file=sys.stderr)\n"
        "    print('#', end='', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    ends = [text.splitlines()[-1] for text in done.stderr.removesuffix("#").split("#")]
    return {" ".join(line): set(end.split("\t")) - {""} for line, end in zip(lines, ends, strict=True)}


LIGHT = [
    ["--help"], ["--version"], ["help", "steps"], ["x", "-n", "3"], ["plot", "x"], ["x", "points.csv"], ["x", "--foo"],
    ["x", "--at"], [],
]  # fmt: skip
FORMULAS = [["sine(x)"], ["x**2"], ["x^2 sin x", "--order", "2", "--let", "a=3", "--format", "json"],
            ["steps", "x^2 sin x"], ["answer", "x^2", "2x"], ["answer", "x^2", "3x"]]  # fmt: skip
JUDGED = [
    ["sine(x)", "--at", "x=1"],
    ["if(x<0,-x,x)"],
    ["answer", "x*abs(x)", "2*abs(x)"],
    ["besselj(0,x)", "--at", "x=3", "--code"],
]


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    """What one line has loaded is there for those after it, so that they stand in the order of what they may load."""
    found = loaded([*LIGHT, *FORMULAS, *JUDGED, ["x**2", "--at", "x=1"], ["x", "--digits", "0"]])
    assert {line: found[" ".join(line)] for line in map(tuple, LIGHT) if found[" ".join(line)]} == {}
    assert set().union(*(found[" ".join(line)] for line in FORMULAS)) == {"sympy"}
    assert set().union(*(found[" ".join(line)] for line in JUDGED)) == {"numpy"}
    assert found["x**2 --at x=1"] == {"torch"}
    assert found["x --digits 0"] == {"pydantic"}


def test_a_pipe_that_closes_early_is_no_error() -> None:
    done = shell('$DERIV "x**2" --at x=0:1:200000 | head -1; echo "${PIPESTATUS[0]}"')
    assert done.stdout == "x\tf\tdf/dx\n141\n"
    assert done.stderr == ""


@pytest.mark.parametrize(("words", "unbuffered"), [("", "1"), ("--at x=0:1:20000", "")])
def test_a_full_disk_is_told(words: str, unbuffered: str) -> None:
    done = shell(f'$DERIV "x**2" {words} > /dev/full', cold=bool(unbuffered), PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 74
    assert done.stderr == "deriv: cannot write output: No space left on device\n"


def test_a_short_write_is_told(tmp_path: Path) -> None:
    command = f'ulimit -f 100; trap "" XFSZ; $DERIV "x**2" --at x=0:1:20000 > {tmp_path}/out'
    done = shell(command, PYTHONUNBUFFERED="1")
    assert done.returncode == 74
    assert "cannot write output" in done.stderr


def test_a_closed_output_is_told() -> None:
    done = shell('$DERIV "x**2" >&-', cold=True)
    assert done.returncode == 74
    assert "cannot write output" in done.stderr


def test_a_closed_error_stream_harms_nothing() -> None:
    done = shell('$DERIV "abs(x)" --at x=0 --format value 2>&-', cold=True)
    assert (done.returncode, done.stdout) == (0, "0\n")


LINES = (
    "import sys; from derivcli.cli import app, terminal; terminal.open_streams();"
    " sys.exit([app.run(line) for line in {}][-1])"
)
"""A process of several command lines, whose status is that of the last."""


def together(*lines: Sequence[str], cold: bool = False) -> str:
    """A command of bash that runs several command lines in one process."""
    words = [sys.executable] if cold else python()
    return shlex.join([*words, "-c", LINES.format(list(map(list, lines)))])


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_odd_encodings(encoding: str) -> None:
    command = together(["u*√v", "--format", "markdown"], ["x + √)"], cold=encoding == "ascii")
    done = shell(command, PYTHONIOENCODING=encoding)
    assert done.returncode == 2
    assert r"\partial u" in done.stdout
    assert "\\u221a" in done.stderr


@pytest.mark.parametrize("encoding", ["undefined", "idna", "utf-8:strict"])
def test_an_encoding_that_cannot_write_every_text_loses_none(encoding: str, tmp_path: Path) -> None:
    line = ["√x", "--at", "x=4"]
    command = together(line, [*line, "--output", f"{tmp_path}/out.md"], cold=encoding == "undefined")
    done = shell(command, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert done.stdout == "x\tf\tdf/dx\n4\t2\t0.25\n"
    assert "✓ proved" in (tmp_path / "out.md").read_text()
    assert done.stderr == f"deriv: wrote {tmp_path}/out.md\n"


def test_a_file_is_written_as_text_whatever_the_terminal_can_show(tmp_path: Path) -> None:
    shell(f'$DERIV "x" --at x=4 --output {tmp_path}/out.md', PYTHONIOENCODING="ascii")
    assert "✓ proved" in (tmp_path / "out.md").read_text()


@pytest.mark.parametrize(("name", "others"), [("csv", ""), ("csv", ">&-"), ("csv", "2>&-"), ("parquet", ">&- 2>&-")])
def test_a_closed_input_is_refused(name: str, others: str) -> None:
    done = shell(f"$DERIV x --data - --data-format {name} <&- {others}", cold=True)
    told = "" if "2" in others else "deriv: standard input is closed\n"
    assert (done.returncode, done.stderr.splitlines(True)[:1]) == (2, [told] if told else [])


def test_no_file_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """What a library writes to the descriptor of standard error is not written into a data file."""
    code = (
        "import os; from derivcli.cli import app; from derivcli.cli.commands import derive\n"
        "def evaluate(*given):\n    file = os.open('out', os.O_WRONLY | os.O_CREAT)\n    os.write(2, b'no data')\n"
        "    os.write(1, b'no data')\n"
        "derive.evaluate = evaluate; app.main()"
    )
    shell(f"cd {tmp_path}; PYTHONPATH={Path.cwd()} {sys.executable} -c {shlex.quote(code)} x --at x=1 <&- >&- 2>&-")
    assert (tmp_path / "out").read_bytes() == b""


LONG = "a" * 5_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", f"{LONG}.csv"], "cannot read a"),
        (["--data", f"{LONG}/points.csv"], "cannot read a"),
        (["--data", f"{LONG}*.csv"], "no file matches 'a"),
        (["--at", "x=1", "--output", f"{LONG}.csv"], "cannot write a"),
        (["--at", "x=1", "--output", f"{LONG}/{LONG}.md"], "cannot write a"),
        (["--at", "x=1:2:3", "--plot", f"{LONG}.png"], "cannot write a"),
        (["--at", "x=1", "--use", f"{LONG}.py:F"], "cannot run a"),
        (["--data", "loop.csv"], "cannot read loop.csv: Too many levels of symbolic links"),
        (["--at", "x=1", "--output", "loop.csv"], "cannot write loop.csv: Too many levels of symbolic links"),
        (["--at", "x=1:2:3", "--plot", "loop.png"], "cannot write loop.png: Too many levels of symbolic links"),
        (["--at", "x=1", "--use", "loop.py:F"], "cannot run loop.py: Too many levels of symbolic links"),
        (["--at", "x=1", "--use", "folder.py:F"], "cannot run folder.py: it is no regular file"),
    ],
)
def test_a_name_that_is_no_file_is_told_as_what_it_is(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ending in ("csv", "png", "py"):
        (tmp_path / f"loop.{ending}").symlink_to(f"loop.{ending}")
    (tmp_path / "folder.py").mkdir()
    monkeypatch.chdir(tmp_path)
    error = deriv("x", *words, status=2).stderr
    assert error.startswith(f"deriv: {said}")
    assert len(error) < 700
    assert "--data" in words or "cannot read" not in error


def test_the_trace_of_an_internal_error_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("\x1b[2J")

    monkeypatch.setattr("derivcli.cli.commands.derive.evaluate", fail)
    plain = deriv("x", status=70).stderr
    assert "DERIV_TRACEBACK=1" in plain
    assert "Traceback" not in plain
    assert "\x1b" not in plain
    traced = deriv("x", status=70, environment={"DERIV_TRACEBACK": "1"}).stderr
    assert "in fail" in traced


def test_the_version_is_that_of_the_distribution() -> None:
    assert deriv("--version").stdout == f"deriv {importlib.metadata.version('derivcli')}\n"
    assert derivcli.__version__ == importlib.metadata.version("derivcli")


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_with_its_status(number: str) -> None:
    code = (
        "import os, signal, threading; from derivcli.cli import app; from derivcli.cli.commands import derive; "
        "derive.evaluate = lambda *a: (os.kill(os.getpid(), signal." + number + "), signal.pause()); app.main()"
    )
    done = subprocess.run([*python(), "-c", code, "x"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


def test_the_working_directory_is_never_imported(tmp_path: Path) -> None:
    for name in ("sympy", "torch", "numpy", "typer", "rich"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the working directory')")
    command = [sys.executable, "-m", "derivcli", "x**2", "--at", "x=3"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "x\tf\tdf/dx\n3\t9\t6\n"
