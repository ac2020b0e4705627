"""A warm server for the tests, and calls that show whether it answered them."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.processes import FOLDER

COLD = 99
"""The status of a call that has to be run cold, which these calls do not do."""
CLIENT = f"""
import os, sys
del sys.path[0]
from derivcli.cli.warm import client
client.PATIENCE = {{patience}}
client.run_warm()
os._exit({COLD})
"""
COMMAND = [sys.executable, "-c", CLIENT.format(patience=30)]
"""Waits as long as it takes: other tests run at the same time."""
HASTY = [sys.executable, "-c", CLIENT.format(patience=0.05)]
REAL = [sys.executable, "-m", "derivcli"]
"""Runs cold where it has to."""


def environment(runtime: Path | None = None, **others: str) -> dict[str, str]:
    """An environment in which the tests' server may answer, or one in another runtime folder."""
    runtime = runtime or Path(os.environ[FOLDER]) / "warm"
    runtime.mkdir(mode=0o700, exist_ok=True)
    root = str(Path(__file__).parent.parent)
    kept = {name: value for name, value in os.environ.items() if name not in ("DERIV_WARM", "PYTHONPATH")}
    return {**kept, "PYTHONPATH": root, "XDG_RUNTIME_DIR": str(runtime), **others}


def started(**others: str) -> dict[str, str]:
    """The environment of a server that runs; all workers of a test run share one, which ends after an idle minute."""
    chosen = environment(None, **others)
    subprocess.run([*REAL, "warm", "start", "--idle", "1"], env=chosen, check=True, capture_output=True)
    return chosen


@contextlib.contextmanager
def own_server(folder: Path, **others: str) -> Iterator[tuple[dict[str, str], int]]:
    """The environment and the process of a server that a test may do to as it likes."""
    chosen = environment(folder, **others)
    done = subprocess.run([*REAL, "warm", "start", "--idle", "1"], env=chosen, check=True, capture_output=True)
    try:
        yield chosen, int(done.stdout.split(b"process ")[1].split(b",")[0])
    finally:
        subprocess.run([*REAL, "warm", "stop"], env=chosen, check=True, capture_output=True)


def call(
    *words: str, env: dict[str, str], status: int = 0, command: list[str] = COMMAND, **others: object
) -> "subprocess.CompletedProcess[bytes]":
    """A call that ended with the status that is expected of it."""
    done = subprocess.run([*command, *words], env=env, capture_output=True, timeout=60, **others)  # type: ignore[call-overload]
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done  # type: ignore[no-any-return]
