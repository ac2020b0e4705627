"""A shell that is typed into: keys, history, completions, colors."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from derivcli.cli.shell.completing import LineCompleter
from derivcli.cli.shell.highlighting import colored
from derivcli.cli.shell.history import KeptHistory, history_path
from derivcli.cli.shell.statements import is_open, statements
from tests.processes import python
from tests.support import drawn, each, no_hang
from tests.test_shell import PROGRAM, after

PATIENCE = 20.0
SCREEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")
"""What moves the cursor and sets colors."""

EDITS, CANCEL, END, STOP = "\x1b[D", "\x03", "\x04", "\x1a"
UP, TAB, ENTER = "\x1b[A", "\t", "\r"


class Typist:
    """A real shell in a terminal of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.keys, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        known = {**os.environ, "TERM": "xterm", "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        known |= {"PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": "1", **environment}
        self.process = subprocess.Popen(
            [*python(), "-m", "derivcli", "shell"],
            stdin=screen, stdout=screen, stderr=screen, env=known, start_new_session=True,
        )  # fmt: skip
        os.close(screen)
        self.shown = ""
        self.until(">")

    def until(self, text: str) -> str:
        """Read until a text is shown; gives what came before it."""
        end = time.monotonic() + PATIENCE
        while text not in self.shown:
            ready = select.select([self.keys], [], [], max(0, end - time.monotonic()))[0]
            assert ready, f"{text!r} is not shown: {self.shown!r}"
            try:
                self.shown += SCREEN.sub("", os.read(self.keys, 65536).decode(errors="replace"))
            except OSError:
                break
        assert text in self.shown, self.shown
        before, _, self.shown = self.shown.partition(text)
        return before

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.keys, keys.encode())

    def status(self) -> int:
        """How the process ends by itself."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, "it goes on"
            if select.select([self.keys], [], [], 0.05)[0]:
                try:
                    self.shown += os.read(self.keys, 65536).decode(errors="replace")
                except OSError:
                    break
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        os.close(self.keys)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home without anything in it."""
    return tmp_path


@pytest.fixture
def typist(home: Path) -> Iterator[Typist]:
    """A shell that has shown its prompt."""
    with no_hang(120):
        shell = Typist(home)
        try:
            yield shell
        finally:
            shell.close()


def test_a_session_with_real_keys(typist: Typist, home: Path) -> None:
    typist.type(f"x = 23{EDITS}\x7f{ENTER}")  # the 2 goes
    typist.until("x = 3\n")
    typist.type(f" y = 2{ENTER}")
    typist.until("y = 2\n")
    typist.type(f"x^^2{ENTER}")
    typist.until("  x^^2\n    ^\n")
    typist.type(f"(x{CANCEL}")
    typist.type(f"x^({ENTER}1 + 1){ENTER}")
    typist.until("f' = 6\n")
    typist.until("all 16 digits\n")
    typist.type(f"{UP}{UP}{UP}{ENTER}")  # one of them goes up in the entry of two lines
    typist.until("  x^^2\n    ^\n")
    typist.until(">")
    typist.type(END)
    assert typist.status() == 0
    file = home / "state" / "deriv" / "shell_history"
    typed = [line for line in file.read_text().splitlines() if line.startswith("+")]
    assert typed == ["+x = 3", "+x^^2", "+x^(", "+1 + 1)", "+x^^2"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


PASTE = "\x1b[200~{}\x1b[201~"


def test_lines_that_are_pasted_are_answered_one_by_one(typist: Typist) -> None:
    typist.type(PASTE.format("x = 3\r# c\rx^2\rsin)\r\nx^( # a square\n 2)+x\n") + ENTER)
    typist.until("> # c\n> x^2\nf(x) = x^2\nf = 9\nf' = 6\n")
    typist.until("> sin)\n")
    typist.until("> x^( # a square\n.  2)+x\n")
    typist.until("f = 12\n")
    typist.until(">")
    typist.type(PASTE.format("2+5\rquit\r1+1") + ENTER)
    typist.until("2 + 5 = 7\n")
    assert typist.status() == 0
    assert "1 + 1" not in typist.shown


@each(
    ("text", "expected"),
    [
        ("x^2\nx", ["x^2", "x"]),
        ("# c (\nx^2", ["# c (", "x^2"]),
        ("x)\n(y\n+ 1)\nz", ["x)", "(y\n+ 1)", "z"]),
        ("x^(\n", ["x^(\n"]),
        ("", [""]),
    ],
)
def test_a_text_is_its_statements(text: str, expected: list[str]) -> None:
    assert statements(text) == expected


def test_an_interrupt_ends_a_computation_and_not_the_shell(typist: Typist) -> None:
    typist.type(f"x = -3:3:50000{ENTER}")
    typist.until("x = -3:3:50000\n")
    typist.type(f":check{ENTER}")
    typist.until(":check = on\n")
    typist.type(f"sin(x)*exp(-x**2)+gamma(x^2+1){ENTER}")
    time.sleep(1)
    os.killpg(os.tcgetpgrp(typist.keys), signal.SIGINT)
    typist.until("interrupted\n")
    typist.type(f"1 + 1{ENTER}")
    typist.until("1 + 1 = 2\n")
    typist.type(f"exit{ENTER}")
    assert typist.status() == 0


def test_a_signal_that_ends_processes_leaves_the_terminal_as_it_was(typist: Typist) -> None:
    before = termios.tcgetattr(typist.keys)[3] & termios.ECHO
    typist.type("1 +")
    time.sleep(0.2)
    typist.process.send_signal(signal.SIGTERM)
    assert typist.status() == 143
    assert not before
    assert termios.tcgetattr(typist.keys)[3] & termios.ECHO


def test_tab_completes(typist: Typist) -> None:
    typist.type(f"lambertw{TAB}")
    typist.until("(")
    typist.type(f"0){ENTER}")
    typist.until("lambertw(0) = 0\n")
    typist.until(">")
    typist.type(f":unse{TAB}")
    typist.until("t")
    typist.type(f" x{ENTER}")
    typist.until("'x' is not set")


# The history


def entries(path: Path) -> list[str]:
    return KeptHistory(path).load_history_strings()


def test_a_history_comes_back_the_last_first(tmp_path: Path) -> None:
    path = tmp_path / "deriv" / "shell_history"
    for text in ("x = 3", "sin(\nx)", "x = 3", "x = 3", "  ", " secret", "\tsecret"):
        history = KeptHistory(path)
        history._loaded_strings = entries(path)
        history.append_string(text)
    assert entries(path) == ["x = 3", "sin(\nx)", "x = 3"]


def test_pasted_lines_are_in_the_history_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "deriv" / "shell_history"
    KeptHistory(path).append_string("x = 3\n secret\nsin(\nx)\n")
    assert entries(path) == ["sin(\nx)", "x = 3"]


def test_what_began_with_a_space_is_not_in_memory_either(tmp_path: Path) -> None:
    history = KeptHistory(tmp_path / "deriv" / "shell_history")
    history.append_string(" secret")
    assert history.get_strings() == []


def test_a_history_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "deriv" / "shell_history"
    path.parent.mkdir()
    path.parent.chmod(0o777)
    path.write_text("\n# 1\n+x\n")
    path.chmod(0o666)
    assert entries(path) == ["x"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "file for a folder", "null device"])
def test_a_place_that_cannot_be_used_is_no_error(kind: str, tmp_path: Path) -> None:
    path, other = tmp_path / "deriv" / "shell_history", tmp_path / "other"
    other.write_text("theirs")
    if kind == "file for a folder":
        path.parent.write_text("")
    elif kind == "null device":
        path = Path(os.devnull) / "deriv" / "shell_history"
    else:
        path.parent.mkdir()
        make: Any = {"link": lambda: path.symlink_to(other), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}
        make[kind]()
    with no_hang():
        history = KeptHistory(path)
        assert list(history.load_history_strings()) == []
        history.append_string("x = 3")
        assert history.get_strings() == ["x = 3"]
    assert other.read_text() == "theirs"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"XDG_STATE_HOME": "/state"}, "/state/deriv/shell_history"),
        ({"XDG_STATE_HOME": "state", "HOME": "/"}, "/.local/state/deriv/shell_history"),
        ({"HOME": "/"}, "/.local/state/deriv/shell_history"),
        ({"HOME": "/no/such/home"}, "/dev/null/.local/state/deriv/shell_history"),
    ],
)
def test_a_history_lies_where_the_standard_says(environment: dict[str, str], expected: str) -> None:
    assert str(history_path(environment)) == expected


# Completions, colors, lines that go on


def completions(before: str, *texts: str) -> list[str]:
    """What the text before the cursor can become."""
    state, _ = after(*texts)
    completer = LineCompleter(lambda: state, PROGRAM)
    document = Document(before)
    found = completer.get_completions(document, CompleteEvent(completion_requested=True))
    return [before[: len(before) + each.start_position] + each.text for each in found]


@each(
    ("before", "texts", "expected"),
    [
        ("lambertw", [], ["lambertw("]),
        ("2 arcsi", [], ["2 arcsin(", "2 arcsinh("]),
        ("1 + spe", ["speed = 3"], ["1 + speed"]),
        ("1 + are", ["area(r) = pi r^2"], ["1 + area("]),
        (":ser", [], [":series "]),
        (":format", [], [":format "]),
        (":step", [], [":steps"]),
        (":unse", [], [":unset "]),
        (":format mark", [], [":format markdown"]),
        (":wrt sp", ["speed = 3"], [":wrt speed"]),
        (":wrt q", ["q^2"], []),
        (":series 5 lambertw", [], [":series 5 lambertw("]),
        ("nothinglikethat", [], []),
    ],
)
def test_a_word_is_completed(before: str, texts: list[str], expected: list[str]) -> None:
    found = completions(before, *texts)
    assert found == expected if expected or not before.startswith("noth") else not found


def test_files_are_completed_by_their_endings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("curve.png", "curve.csv", "curve.txt"):
        Path(name).touch()
    assert completions(":plot cur") == [":plot curve.png"]
    assert completions(":data cur") == [":data curve.csv"]


@each(
    ("text", "expected"),
    [("sin(x", True), ("sin(x)", False), (":plot a(.png", True), ("x)", False), ("(\n1\n", True), ("x # (", False)],
)
def test_a_line_goes_on_while_a_bracket_is_open(text: str, expected: bool) -> None:
    assert is_open(text) is expected


@given(st.text(alphabet="xsinco(123.+-*/^=:;,#' \tπ²é\x00&", max_size=30))
@drawn(300)
def test_colors_change_nothing(text: str) -> None:
    state, _ = after("x = 3", "f(t) = t")
    assert "".join(part for _, part in colored(text, state)) == text


def test_parts_have_their_colors() -> None:
    state, _ = after("speed = 3", "area(r) = pi r^2")
    styles = {part: style for style, part in colored("area(speed) + sin(2 pi) # no", state) if style}
    assert styles["area"] == styles["speed"] == "class:own"
    assert styles["sin"] == "class:function"
    assert styles["2"] == "class:number"
    assert styles["pi"] == "class:constant"
    assert styles["# no"] == "class:comment"
    assert {part: style for style, part in colored(":order 3", state)}[":order"] == "class:command"
    glued = {part: style for style, part in colored("2xsin3x", state)}
    assert (glued["sin"], glued["3"], glued["x"]) == ("class:function", "class:number", "")
