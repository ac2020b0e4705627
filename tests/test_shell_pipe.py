"""A shell in a pipe: one answer a line, refusals by the line's number, and no code of a user's in a warm fork."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derivcli.cli.shell import lines
from derivcli.cli.shell.formulas import formula_in
from derivcli.cli.shell.piped import answer_lines
from derivcli.cli.shell.running import Session
from derivcli.cli.shell.state import State
from derivcli.errors import DerivError
from tests.processes import python
from tests.support import deriv, no_hang
from tests.test_shell import PIPE, PROGRAM, after, piped
from tests.warm_calls import call, started

SQUARE = """
import torch

class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 2 * ctx.saved_tensors[0]
"""
"""A user's module."""


def test_each_line_of_a_pipe_has_one_answer() -> None:
    outcome = piped("# a comment", "x = 3", "", "x^2", "f(t) = t^2", "f(x)", ":order 2", "x^3")
    assert outcome.stdout == "x\t3\n9\t6\tproved\nf(t)\tt^2\n9\t6\tproved\n:order\t2\n27\t18\tproved\n"
    assert outcome.stderr == ""


def test_a_pipe_goes_on_behind_what_it_refuses() -> None:
    outcome = piped("x = 3", "", "sin(", "x^2", "nosuchname", "x^3", status=2)
    assert outcome.stdout == "x\t3\n\n9\t6\tproved\n\n27\t27\tproved\n"
    assert re.findall(r"^deriv: line (\d+): ", outcome.stderr, re.MULTILINE) == ["3", "5"]
    assert "\n  sin(\n      ^\n" in outcome.stderr


def test_the_status_tells_of_a_difference_where_a_check_was_asked_for() -> None:
    assert piped("x = 0", "relu(x) - relu(-x)").stdout.endswith("0\t0\twrong\n")
    assert piped(":check", "x = 0", "relu(x) - relu(-x)", status=1).stdout.endswith("0\t0\twrong\n")
    piped(":check", "x = 0", "relu(x) - relu(-x)", "sin(", status=2)
    assert "the truth is 1" in piped("x = 0", "relu(x) - relu(-x)").stderr


def test_the_end_of_a_session_leaves_the_rest() -> None:
    assert piped("1 + 1", ":quit", "sin(").stdout == "2\t\tproved\n"
    assert piped("1 + 1", "exit", "sin(").stdout == "2\t\tproved\n"


def test_json_is_one_object_a_line() -> None:
    outcome = piped("x = 3", ":format json", "x^2", "x^3")
    found = [json.loads(line) for line in outcome.stdout.splitlines()[2:]]
    assert [each["functions"][0]["value"] for each in found] == [[9], [27]]


def test_an_internal_error_ends_a_line_and_not_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    real = formula_in

    def failing(state: State, text: str) -> Any:
        return 1 / 0 if "7" in text else real(state, text)

    monkeypatch.setattr("derivcli.cli.shell.lines.formula_in", failing)
    outcome = piped("1 + 1", "x + 7", "2 + 2", status=70)
    assert outcome.stdout == "2\t\tproved\n\n4\t\tproved\n"
    assert "line 2: internal error: ZeroDivisionError" in outcome.stderr
    assert "please report it with this line: x + 7" in outcome.stderr


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    outcome = deriv("shell", stdin=b"\xef\xbb\xbf1 + 1\r\n\xff\xfe\n2 + 2", status=2)
    assert outcome.stdout == "2\t\tproved\n\n4\t\tproved\n"
    assert "line 2: " in outcome.stderr


@pytest.mark.parametrize(
    "text", [":use squares.py:SQ", ":check-fn squares.py:SQ", ":steps --use a.py:A x", ":warm stop"]
)
def test_a_fork_of_the_warm_server_runs_no_code_of_a_users(text: str) -> None:
    with pytest.raises(DerivError, match="warm server"):
        lines.answer(State(), text, PIPE, replace(PROGRAM, is_fork=True))


def test_a_process_of_its_own_runs_code_of_a_users(tmp_path: Path) -> None:
    (tmp_path / "sq.py").write_text(SQUARE)
    done = subprocess.run(
        [*python(), "-m", "derivcli", "shell"],
        input=":use sq.py:Square\nx = 3\nSquare(x)\n", text=True, cwd=tmp_path, capture_output=True,
        env=os.environ | {"DERIV_WARM": "off"},
    )  # fmt: skip
    assert done.stdout == ":use\tsq.py:Square\nx\t3\n9\t6\tunchecked\n"
    assert done.returncode == 0


def test_a_shell_that_the_warm_server_started_runs_none(tmp_path: Path) -> None:
    (tmp_path / "sq.py").write_text(SQUARE)
    done = call("shell", env=started(), status=2, cwd=tmp_path, input=b":use sq.py:Square\n1+1\n")
    assert b":use is not for a shell that the warm server started" in done.stderr
    assert done.stdout == b"\n2\t\tproved\n"


def test_a_shell_without_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivcli.cli.shell.piped.sys.stdin", None)
    session = Session(PROGRAM, PIPE)
    with pytest.raises(DerivError, match="standard input is closed"):
        answer_lines(session)


def test_a_users_text_is_never_run() -> None:
    outcome = piped("__import__('os').system('echo run')", ":order __import__('os')", "f(x) = exec('1')", status=2)
    assert "run\n" not in outcome.stdout
    assert outcome.stdout == "\n\n\n"


# A program at the other end of a pipe


@pytest.fixture
def partner() -> Iterator[subprocess.Popen[str]]:
    """A shell whose lines and answers are pipes."""
    process = subprocess.Popen(
        [*python(), "-m", "derivcli", "shell"], stdin=-1, stdout=-1, stderr=-1, text=True, bufsize=1
    )
    with no_hang(120):
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                assert stream is not None
                with suppress(BrokenPipeError):
                    stream.close()


def ask(process: subprocess.Popen[str], line: str) -> str:
    """The answer to a line, which comes before the next line is asked."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline()


def test_a_program_asks_line_by_line(partner: subprocess.Popen[str]) -> None:
    assert ask(partner, "x = 3") == "x\t3\n"
    assert ask(partner, "x^2") == "9\t6\tproved\n"
    assert ask(partner, "sin(") == "\n"
    assert ask(partner, ":order 2") == ":order\t2\n"
    assert ask(partner, ":unset order") == "\n"
    assert ask(partner, "ans") == "9\t\tproved\n"
    assert partner.stdin is not None
    partner.stdin.close()
    assert partner.wait() == 2


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_pipe_as_any_command(partner: subprocess.Popen[str], number: int, status: int) -> None:
    assert ask(partner, "1 + 1") == "2\t\tproved\n"
    partner.send_signal(number)
    assert partner.wait() == status


def test_a_closed_pipe_ends_it_silently(partner: subprocess.Popen[str]) -> None:
    assert ask(partner, "1 + 1") == "2\t\tproved\n"
    assert partner.stdin is not None
    assert partner.stdout is not None
    assert partner.stderr is not None
    partner.stdout.close()
    partner.stdin.write("1 + 2\n1 + 3\n")
    partner.stdin.flush()
    assert partner.wait() == 141
    assert partner.stderr.read() == ""


def test_the_lines_of_a_session_are_answered_alike_in_both() -> None:
    state, _ = after("x = 3", "x^2")
    _, reply = lines.answer(state, "x^3", PIPE, PROGRAM)
    assert reply.document is not None
    assert reply.document.rows is not None
    assert [*reply.document.rows()] == [["27", "27", "proved"]]
