"""Helpers of the tests: one line runs a command line and gives its status and all that it wrote."""

import functools
import inspect
import io
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from derivcli import parse
from derivcli.cli import app
from derivcli.errors import DerivError, Span
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


def assert_refused(text: str, hint: str, start: int, stop: int) -> None:
    """Expect that a formula is refused at a place, with a hint."""
    with pytest.raises(DerivError) as refused:
        parse(text)
    assert hint in hint_of(refused.value)
    assert refused.value.span == Span(start, stop)


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


def drawn(count: int, **others: Any) -> settings:
    """The settings of a property: it is held against so many drawn cases in the sweeps, and a quarter of them else."""
    return settings(max_examples=count if os.environ.get("SWEEP") else max(10, count // 4), deadline=None, **others)


def sample(few: int, every: int) -> int:
    """How many cases a test that is marked `sampled` looks at: every one in the sweeps, and a few of them else."""
    return every if os.environ.get("SWEEP") else few


Test = Callable[..., None]
"""A test function of pytest."""


def each(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """Run a test for every case, as one item of pytest that lists all the cases that fail.

    It is written as `pytest.mark.parametrize` is, and is quicker where a case takes milliseconds. A test that asks for
    `monkeypatch` or `tmp_path` gets a new one for each case, but other fixtures are shared by all cases. Where there is
    no case the test fails.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [dict(zip(keys, case if len(keys) > 1 else [case], strict=True)) for case in cases]

    def decorate(test: Test) -> Test:
        @functools.wraps(test)
        def every(**fixtures: Any) -> None:
            assert rows, "there is no case"
            failed = [text for number, row in enumerate(rows) if (text := failure(test, row, fixtures, number))]
            assert not failed, "\n".join([f"{len(failed)} of {len(rows)} cases fail", *failed])

        signature = inspect.signature(test)
        others = [parameter for name, parameter in signature.parameters.items() if name not in keys]
        every.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return every

    return decorate


def failure(test: Test, case: dict[str, Any], fixtures: dict[str, Any], number: int) -> str:
    """What is wrong in one case of a test; nothing where it passes."""
    with pytest.MonkeyPatch.context() as patch:
        fresh = dict(fixtures)
        if "monkeypatch" in fresh:
            fresh["monkeypatch"] = patch
        if "tmp_path" in fresh:
            fresh["tmp_path"] = folder = fresh["tmp_path"] / str(number)
            folder.mkdir()
        try:
            test(**case, **fresh)
        except (Exception, pytest.fail.Exception) as error:
            frames = traceback.extract_tb(error.__traceback__)
            frame = [frame for frame in frames if Path(frame.filename).name != "support.py"][-1]
            named = ", ".join(str(getattr(value, "name", value))[:200] for value in case.values())
            return f"[{named}] {Path(frame.filename).name}:{frame.lineno}: {type(error).__name__}: {error}"
    return ""
