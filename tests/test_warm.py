"""What the warm server answers is what a process of its own would have answered."""

import contextlib
import os
import pty
import random
import re
import shlex
import signal
import subprocess
import termios
from pathlib import Path

import pytest

from derivcli.cli.warm.messages import packed, size_of, unpacked
from tests.datafiles import lay_out
from tests.processes import python
from tests.support import no_hang
from tests.warm_calls import COLD, COMMAND, REAL, call, environment, started, until, waiting

GOLDEN = Path(__file__).parent / "golden"
POINT = ["6*x**2+2*x+4", "--at", "x=3"]


LEFT_OUT = re.compile("# |--use|check-fn|/dev/|--install-completion|deriv warm")
"""In a command line with a remark, such as on a terminal, or one that is run cold."""


def golden_cases() -> list[Path]:
    """The golden files of commands in a pipe that say nothing of time."""
    cases = []
    for path in sorted([*(GOLDEN / "commands").iterdir(), *(GOLDEN / "errors").iterdir()]):
        text = path.read_text()
        first = text.split("\n", 1)[0]
        if "a second" not in text and not LEFT_OUT.search(first):
            cases.append(path)
    return cases


def check_golden(cases: list[Path], folder: Path) -> None:
    """Each command gives the golden file's text when the server runs it."""
    env = started(NO_COLOR="1")
    lay_out(GOLDEN / "data", folder)
    laid_out = {*folder.iterdir()}
    assert cases
    for path in cases:
        first, text = path.read_text().split("\n", 1)
        words = shlex.split(first.removeprefix("$ deriv "))
        done = call(*words, env=env, status=2 if path.parent.name == "errors" else 0, cwd=folder)
        told = re.sub(
            r"in \d+\.\d\d s", "in 0.00 s", f"{done.stdout.decode()}--- standard error\n{done.stderr.decode()}"
        )
        assert text.startswith(told), f"{first}\n{told}"
        for written in {*folder.iterdir()} - laid_out:
            written.unlink()


def test_golden_files(tmp_path: Path) -> None:
    check_golden(random.Random(3).sample(golden_cases(), 12), tmp_path)


@pytest.mark.sweep
def test_all_golden_files(tmp_path: Path) -> None:
    check_golden(golden_cases(), tmp_path)


def in_terminal(command: list[str], env: dict[str, str], typed: bytes = b"", columns: int = 60) -> tuple[bytes, int]:
    """All that a command writes to a terminal of so many columns, and its status."""
    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (24, columns))
    process = subprocess.Popen(command, env=env, stdin=end, stdout=end, stderr=end)
    os.close(end)
    os.write(terminal, typed)
    written = b""
    with contextlib.suppress(OSError):  # nobody writes any more
        while True:
            written += os.read(terminal, 65536)
    os.close(terminal)
    return written, process.wait(30)


LINES = [
    [*POINT],
    ["relu(x)", "--at", "x=-1:1:4"],
    ["u**3+v**2+4*u*v", "--at", "u=3,v=4", "--wrt", "u,v", "--format", "json"],
    ["sin x x", "--at", "x=1:2"],
    ["answer", "x^2", "3x"],
    ["practice", "--seed", "3", "--count", "1"],
    ["--help"],
]
"""Command lines of which a terminal shows something in its own way."""


@pytest.mark.parametrize(("columns", "variables"), [(60, {}), (33, {"NO_COLOR": "1"}), (90, {"TERM": "dumb"})])
def test_a_terminal_shows_the_same(columns: int, variables: dict[str, str]) -> None:
    """Colors, widths, prompts and statuses, beside forks that share nothing with the warm server."""
    env = started() | {"TERM": "xterm-256color"} | variables
    for words in LINES:
        typed = b"6x^5\nquit\n" if words[0] == "practice" else b""
        cold = in_terminal([*python(), "-m", "derivcli", *words], env | {"DERIV_WARM": "off"}, typed, columns)
        warm = in_terminal([*COMMAND, *words], env, typed, columns)
        assert warm == cold, words


def test_settings_are_the_clients(tmp_path: Path) -> None:
    """Folder, umask, ignored signals, standard input, files and environment are the client's, from call to call."""
    env = started()
    folder = tmp_path / "é ü"
    folder.mkdir()
    script = f"umask 027; exec {shlex.join([*COMMAND, 'x^2', '--at', 'x=3', '--output', 'out.csv'])}"
    call("-c", script, command=["/bin/sh"], env=env, cwd=folder)
    assert (folder / "out.csv").read_text() == "x,f,df/dx,f flags\n3,9,6,\n"
    assert (folder / "out.csv").stat().st_mode & 0o777 == 0o640
    read = call("x^2", "--data", "-", "--data-format", "csv", "--format", "tsv", env=env, cwd=folder, input=b"x\n5\n")
    assert read.stdout == b"x\tf\tdf/dx\tf flags\n5\t25\t10\t\n"
    colored = call("functions", "gamma", "--format", "table", env=env | {"FORCE_COLOR": "1"})
    plain = call("functions", "gamma", "--format", "table", env=env)
    assert b"\x1b[" in colored.stdout
    assert b"\x1b[" not in plain.stdout
    folder.rename(tmp_path / "other")
    call("x^2", env=env, cwd=tmp_path / "other")


def test_a_removed_folder(tmp_path: Path) -> None:
    """A process in a folder that is gone can still calculate."""
    env = started()
    script = f"mkdir gone; cd gone; rmdir ../gone; exec {shlex.join([*COMMAND, 'x^2'])}"
    call("-c", script, command=["/bin/sh"], env=env, cwd=tmp_path)


def test_a_million_bytes_of_settings() -> None:
    """A request is longer than what a socket takes at once."""
    call("x^2", env=started() | {f"LONG{number}": "a" * 120_000 for number in range(9)})


REQUESTS = [([], []), ([b""], [b""]), ([b"a", b"", "é".encode(), b"\xff"], [b"A=1", b"B=", b"=C=d"])]


@pytest.mark.parametrize(("words", "variables"), REQUESTS)
def test_a_request_comes_out_as_it_went_in(words: list[bytes], variables: list[bytes]) -> None:
    data = packed(words, variables)
    assert size_of(data) == len(data)
    assert unpacked(data) == (words, variables)


def test_what_runs_code_is_cold(tmp_path: Path) -> None:
    """A user's code never runs in a fork of the server, and neither does what reads descriptors of the caller's."""
    env = started()
    for words in (
        ["check-fn", "x.py:F"],
        ["x", "--use", "x.py:F"],
        ["--use=x.py:F", "x"],
        ["explain", "x", "--at", "x=1", "--use", "x.py:F"],
        ["warm", "status"],
        ["x", "--data", "/dev/fd/7"],
        ["x", "--output", "/proc/self/fd/1"],
    ):
        call(*words, env=env, status=COLD, cwd=tmp_path)


def test_threads_and_random_numbers() -> None:
    """PyTorch's threads work in a child, and each child has random numbers of its own."""
    env = started()
    text = call("sin(x)^x", "--at", "x=1:2:200000", "--format", "tsv", env=env).stdout
    assert text.count(b"\n") == 200_001
    seeds = {call("practice", env=env, input=b"").stdout.split(b"--seed ")[1].split()[0] for _ in range(4)}
    assert len(seeds) > 1


def test_the_parent_has_one_thread_and_no_device() -> None:
    """What a fork needs of its parent, before and after calls, and what an idle server may take."""
    env = started()
    for _ in range(2):
        call(*POINT, env=env)
        told = call("warm", "status", command=REAL, env=env).stdout
        process = Path("/proc") / told.split(b"process ")[1].split(b",")[0].decode()
        assert len([*(process / "task").iterdir()]) == 1
        opened = [str(link.readlink()) for link in (process / "fd").iterdir()]
        assert not any("nvidia" in path or path.endswith(".ttf") for path in opened)
        assert (process / "cwd").readlink() == Path("/")


def test_it_is_started_and_stopped(runtime: Path) -> None:
    """The first call starts it, once, whatever signals are blocked there; a stop does not end what has begun."""
    auto = environment(runtime, DERIV_WARM="auto")
    env = {name: value for name, value in auto.items() if name != "DERIV_WARM"}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD])
    try:
        call(*POINT, env=auto, status=COLD)
        lock = next((runtime / "deriv").iterdir())
        first = lock.stat().st_mtime_ns
        call(*POINT, env=auto, status=COLD)
        assert lock.stat().st_mtime_ns == first
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        told = call("warm", "start", "--idle", "1", command=REAL, env=env).stdout.decode()  # waits for that one
        pid = told.split("process ")[1].split(",")[0]
        call(*POINT, env=auto)
        call(*POINT, env=env)
        call(*POINT, env=env | {"DERIV_WARM": "off"}, status=COLD)
        assert f"process {pid}," in call("warm", "status", command=REAL, env=env).stdout.decode()
        with waiting(["x", "--data", "-", "--data-format", "csv"], env) as (client, child), no_hang():
            assert f"process {pid} has ended" in call("warm", "stop", command=REAL, env=env).stdout.decode()
            call(*POINT, env=env, status=COLD)
            assert [path.suffix for path in (runtime / "deriv").iterdir()] == [".lock"]
            assert "no warm server runs" in call("warm", "status", command=REAL, env=env).stdout.decode()
            os.kill(child, signal.SIGSTOP)
            assert os.WIFSTOPPED(os.waitpid(client.pid, os.WUNTRACED)[1])
            client.send_signal(signal.SIGCONT)
            assert client.communicate(b"x\n3\n")[0] == b"x\tf\tdf/dx\tf flags\n3\t3\t1\t\n"
        until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        assert "no warm server ran" in call("warm", "stop", command=REAL, env=env).stdout.decode()
    os.utime(lock, (1, 1))
    (runtime / "deriv").chmod(0o755)
    call(*POINT, env=auto, status=COLD)  # and says nothing where none can be started
    assert lock.stat().st_mtime == 1


SERVE = """
import sys
sys.path.remove("")
from derivcli.cli.warm import address
from derivcli.cli.warm.__main__ import main
main(address.socket_path(), 0.1)
"""


def test_it_ends_by_itself(runtime: Path) -> None:
    (runtime / "deriv").mkdir(mode=0o700)
    done = call("-c", SERVE, command=python(), env=environment(runtime) | {"PYTHONPATH": ""})
    assert done.stdout == b"runs"
    assert [path.suffix for path in (runtime / "deriv").iterdir()] == [".lock"]


HINT = """
import os, sympy, sys, time
sys.path.remove("")
os.setpgid(0, 0) if {typed} else None
from derivcli.cli.warm.hint import hint
hint(time.monotonic() - {seconds}, {status})
"""


def test_somebody_who_waits_is_told_once(runtime: Path) -> None:
    """After a slow command that was typed at a terminal; never after a quick one, in a script, or once it is known."""
    env = environment(runtime, XDG_STATE_HOME=str(runtime), TERM="dumb")
    env.pop("CI", None)

    def told(others: dict[str, str] | None = None, **facts: object) -> bytes:
        code = HINT.format(**{"typed": True, "seconds": 1, "status": 0, **facts})
        return in_terminal([*python(), "-c", code], env | (others or {}))[0]

    for quiet in ({"typed": False}, {"seconds": 0.1}, {"status": 1}, {"others": {"CI": "1"}}):
        assert told(**quiet) == b""
    assert told({"DERIV_WARM": "off"}) == b""
    assert told({"XDG_STATE_HOME": "/proc"}) == b""
    assert b"neither auto nor off, but yes" in told({"DERIV_WARM": "yes"})
    assert b'after "deriv warm start"' in told()
    assert told() == b""
