"""Keys, signals, pipes and terminals act on a command that the warm server runs as on any other."""

import contextlib
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support import each
from tests.warm_calls import COMMAND, call, children_reading, started, until, waiting

DERIV = shlex.join(COMMAND)
PROMPT = "next> "


class Terminal:
    """A terminal of its own, in which a command runs."""

    def __init__(self, command: list[str], env: dict[str, str], folder: Path) -> None:
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.chdir(folder)
            os.execvpe(command[0], command, env | {"TERM": "dumb"})

    def type(self, text: str, pattern: str) -> str:
        """Type something, and read until the terminal shows what is expected."""
        os.write(self.terminal, text.encode())
        return self.until(pattern)

    def until(self, pattern: str, seconds: float = 30) -> str:
        shown, deadline = "", time.monotonic() + seconds
        while not re.search(pattern, shown):
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no {pattern} in {shown!r}"
            shown += os.read(self.terminal, 65536).decode(errors="replace")
        return shown

    def close(self) -> None:
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def shell(folder: Path) -> Terminal:
    """An interactive shell, in which the warm server's client stands for `deriv`."""
    (folder / "bin").mkdir()
    (folder / "bin" / "deriv").write_text(f'#!/bin/sh\nexec {DERIV} "$@"\n')
    (folder / "bin" / "deriv").chmod(0o755)
    env = started() | {"PS1": PROMPT, "INPUTRC": os.devnull, "HOME": str(folder)}
    env["PATH"] = f"{folder}/bin:{env['PATH']}"
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], env, folder)
    terminal.until(re.escape(PROMPT))
    return terminal


LONG = "'sin(x)^x' --at x=1:2:400000000 --output big.csv"


def test_keys_in_a_shell(tmp_path: Path) -> None:
    """Ctrl-Z and fg, a question that waits in the background, and Ctrl-C, which leaves no file behind."""
    terminal = shell(tmp_path)
    terminal.type("deriv practice --seed 3\n", r"f'\(x\) = $")
    terminal.type("\x1a", r"Stopped[^\n]*\r\n" + PROMPT)
    terminal.type("bg\n", PROMPT)
    until(lambda: "Stopped (tty input)" in terminal.type("jobs -l\n", rf"deriv[^\n]*\r\n{PROMPT}"))
    terminal.type("fg\n", "deriv practice")
    terminal.type("\n", r"2/10[^=]*= [^=]*f'\(x\) = $")
    terminal.type("quit\n", PROMPT)
    assert "is 0" in terminal.type("echo is $?\n", r"is \d+")
    terminal.type(f"deriv {LONG}\n", "deriv ")
    until(lambda: any(tmp_path.glob(".deriv-*")))
    terminal.type("\x1a", r"Stopped[^\n]*\r\n")
    written = [path.stat().st_size for path in tmp_path.glob(".deriv-*")]
    time.sleep(0.3)
    assert [path.stat().st_size for path in tmp_path.glob(".deriv-*")] == written
    terminal.type("fg\n", "deriv ")
    until(lambda: [path.stat().st_size for path in tmp_path.glob(".deriv-*")] != written)
    terminal.type("\x03", "interrupted")
    assert "is 130" in terminal.type("echo is $?\n", r"is \d+")
    assert not [*tmp_path.glob(".deriv-*")]
    terminal.close()


def test_ctrl_z_where_no_shell_could_undo_it(tmp_path: Path) -> None:
    """The kernel does not stop a command that is all that runs in its terminal."""
    terminal = Terminal([*COMMAND, "practice", "--seed", "3"], started(), tmp_path)
    terminal.until(r"f'\(x\) = $")
    os.write(terminal.terminal, b"\x1a")
    time.sleep(0.3)
    terminal.type("\n", r"2/10[^=]*= [^=]*f'\(x\) = $")
    terminal.type("quit\n", "0 of")
    terminal.close()


def test_a_terminal_that_is_closed_ends_the_child(tmp_path: Path) -> None:
    terminal = shell(tmp_path)
    terminal.type(f"deriv {LONG}\n", "deriv ")
    until(lambda: any(tmp_path.glob(".deriv-*")))
    terminal.close()
    until(lambda: not any(tmp_path.glob(".deriv-*")))


def test_a_terminal_that_is_closed_ends_a_stopped_shell(tmp_path: Path) -> None:
    terminal = shell(tmp_path)
    terminal.type("deriv shell\n", "ends")
    until(lambda: len(working_in(tmp_path)) == 3)
    time.sleep(0.3)
    terminal.type("\x1a", r"Stopped[^\n]*\r\n")
    terminal.close()
    until(lambda: not working_in(tmp_path))


def working_in(folder: Path) -> list[str]:
    """The processes in a folder: a shell, a client and its child."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == folder:
                found.append(process.name)
    return found


@each(
    "number, status",
    [(signal.SIGTERM, 143), (signal.SIGHUP, 143), (signal.SIGINT, 130), (signal.SIGQUIT, -signal.SIGQUIT)],
)
def test_signals(number: int, status: int) -> None:
    """A signal to the client is one to the child."""
    with waiting(["x", "--data", "-", "--data-format", "csv"], started()) as (client, child):
        client.send_signal(number)
        assert client.wait(30) == status
        until(lambda: not Path(f"/proc/{child}").exists())


def test_a_signal_that_the_caller_ignores(tmp_path: Path) -> None:
    """A command behind nohup goes on when its terminal is closed."""
    script = f"trap '' HUP INT; exec {DERIV} x --data - --data-format csv"
    with subprocess.Popen(
        ["/bin/sh", "-c", script], env=started(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as client:
        assert client.stdin is not None
        pipe = Path(f"/proc/self/fd/{client.stdin.fileno()}").readlink()
        until(lambda: any(children_reading(pipe, client.pid)))
        client.send_signal(signal.SIGHUP)
        os.kill(next(children_reading(pipe, client.pid)), signal.SIGINT)
        out, _ = client.communicate(b"x\n3\n", 30)
        assert out == b"x\tf\tdf/dx\tf flags\n3\t3\t1\t\n"


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_a_closed_pipe(reader: str) -> None:
    script = f"{DERIV} x --at x=0:1:300000 --format tsv | {reader}; echo ${{PIPESTATUS[0]}}"
    done = call("-c", script, command=["bash"], env=started())
    assert done.stdout.endswith(b"141\n")
    assert done.stderr == b""
