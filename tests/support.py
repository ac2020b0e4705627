"""Helpers of the tests: one line runs a command line and gives its status and all that it wrote."""

import io
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from derivcli.cli import app
from derivcli.errors import DerivError
from derivcli.hints import COMMAND_LINE, spelled


@dataclass(frozen=True)
class Outcome:
    """What a command line came to."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.stdout)


def hint_of(error: DerivError) -> str:
    """The way out as the command line tells it."""
    return spelled(error.way_out, COMMAND_LINE)


class Stream(io.StringIO):
    """A standard stream in memory, a terminal or not."""

    def __init__(self, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__()
        self.terminal = terminal
        self.name_of_encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding that the stream claims."""
        return self.name_of_encoding

    def isatty(self) -> bool:
        """Whether it claims to be a terminal."""
        return self.terminal


@contextmanager
def no_hang(seconds: int = 30) -> Iterator[None]:
    """Fail where the block hangs; how long things take is measured by `make bench`."""

    def ring(number: int, frame: object) -> None:
        raise AssertionError(f"still running after {seconds} seconds")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def deriv(
    *words: str,
    status: int = 0,
    columns: int | None = None,
    environment: dict[str, str] | None = None,
    encoding: str = "utf-8",
    stdin: bytes = b"",
) -> Outcome:
    """Run `deriv` in this process, in a terminal of so many columns if any; another status than expected fails."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
            patch.delenv(name, raising=False)
        patch.setenv("COLUMNS", str(columns or 80))
        for name, value in (environment or {"NO_COLOR": "1"}).items():
            patch.setenv(name, value)
        out, err = Stream(columns is not None, encoding), Stream(columns is not None, encoding)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        result = app.run(words)
    outcome = Outcome(int(result), out.getvalue(), err.getvalue())
    assert outcome.status == status, f"status {outcome.status}, not {status}\n{outcome.stdout}\n{outcome.stderr}"
    return outcome
