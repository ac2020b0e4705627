"""Real processes: what only they show about streams, signals and imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DERIV = [sys.executable, "-m", "derivcli"]
MANY = ["x**2", "--at", "x=0:1:20000"]
CLEAN = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which $DERIV is the program."""
    env = CLEAN | environment | {"DERIV": " ".join(DERIV)}
    return subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, timeout=60)


def loaded(*words: str) -> set[str]:
    """The modules that a command line has loaded when it ends."""
    code = "import sys; from derivcli.cli.app import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=60)
    return set(done.stderr.split())


HEAVY = {"torch", "sympy", "matplotlib", "numpy", "scipy"}


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (["--help"], set()),
        (["x", "--foo"], set()),
        (["x", "--at"], set()),
        ([], set()),
        (["sine(x)", "--at", "x=1"], {"sympy", "numpy"}),
        (["x**2"], {"sympy", "numpy"}),
        (["if(x<0,-x,x)"], {"sympy", "numpy"}),
        (["answer", "x*abs(x)", "2*abs(x)"], {"sympy", "numpy"}),
        (["x**2", "--at", "x=1"], {"sympy", "numpy", "torch"}),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(words: list[str], allowed: set[str]) -> None:
    assert loaded(*words) & HEAVY <= allowed


def test_a_pipe_that_closes_early_is_no_error() -> None:
    done = shell('$DERIV "x**2" --at x=0:1:200000 | head -1; echo "${PIPESTATUS[0]}"')
    assert done.stdout == "x\tf\tdf/dx\n141\n"
    assert done.stderr == ""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told(unbuffered: str) -> None:
    done = shell('$DERIV "x**2" --at x=0:1:20000 > /dev/full', PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 74
    assert done.stderr == "deriv: cannot write output: No space left on device\n"


def test_a_short_write_is_told(tmp_path: Path) -> None:
    command = f'ulimit -f 100; trap "" XFSZ; $DERIV "x**2" --at x=0:1:20000 > {tmp_path}/out'
    done = shell(command, PYTHONUNBUFFERED="1")
    assert done.returncode == 74
    assert "cannot write output" in done.stderr


def test_a_closed_output_is_told() -> None:
    done = shell('$DERIV "x**2" >&-')
    assert done.returncode == 74
    assert "cannot write output" in done.stderr


def test_a_closed_error_stream_harms_nothing() -> None:
    done = shell('$DERIV "abs(x)" --at x=0 --format value 2>&-')
    assert (done.returncode, done.stdout) == (0, "0\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_odd_encodings(encoding: str) -> None:
    done = shell('$DERIV "u*√v" --at u=1,v=4 --format markdown; $DERIV "x + √)"', PYTHONIOENCODING=encoding)
    assert done.returncode == 2
    assert "df/du" in done.stdout
    assert "\\u221a" in done.stderr


def test_a_signal_ends_it_with_its_status() -> None:
    code = (
        "import os, signal, threading; from derivcli.cli import app; "
        "app.evaluate = lambda *a: (os.kill(os.getpid(), signal.SIGTERM), signal.pause()); app.main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "x"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


def test_the_working_directory_is_never_imported(tmp_path: Path) -> None:
    for name in ("sympy", "torch", "numpy", "typer", "rich"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the working directory')")
    done = subprocess.run([*DERIV, "x**2", "--at", "x=3"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "x\tf\tdf/dx\n3\t9\t6\n"
