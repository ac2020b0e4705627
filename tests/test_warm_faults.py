"""Whatever happens to the warm server, a call gives its one right answer: warm, or cold with nothing done before."""

import contextlib
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from derivcli.cli.warm.messages import (
    ASK,
    BEGUN,
    COLD,
    DONE,
    GO,
    KILLED,
    READY,
    SIZE,
    STREAMS,
    WAIT,
    message,
    packed,
)
from tests.processes import python
from tests.support import each, no_hang
from tests.warm_calls import COLD as RUNS_COLD
from tests.warm_calls import COMMAND, HASTY, REAL, call, environment, own_server, socket_of, started, until, waiting

POINT = ["6*x**2+2*x+4", "--at", "x=3"]
IS_READY = message(READY, 99999999)
"""As a child would say that is no process."""
ANSWER = b"x\tf\tdf/dx\n3\t64\t38\n"
SERVERS = Path(__file__).with_name("warm_servers.py")


@contextlib.contextmanager
def fake(path: Path, serve: Callable[[socket.socket], None] | None, mode: int = 0o600) -> Iterator[None]:
    """Something else that listens where a server would, and does as a test likes with its first connection."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        path.chmod(mode)
        listening.listen(8)

        def run() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    serve(connection)  # type: ignore[misc]

        thread = threading.Thread(target=run, daemon=True)
        if serve:
            thread.start()
        try:
            yield
        finally:
            path.unlink()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            if serve:
                thread.join(10)


def saying(*messages: bytes, stay: bool = False) -> Callable[[socket.socket], None]:
    """A server that takes a request and says this; it hears the client out if it is to stay."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        for text in messages:
            connection.sendall(text)
            if text in (IS_READY, message(ASK)) and text is not messages[-1]:
                connection.recv(1)  # closes the descriptors that come with it, since nobody asks for them
        while stay and connection.recv(1):
            pass

    return serve


NOTHING_DONE = {
    "stuck": None,
    "never answers": saying(stay=True),
    "ends": saying(),
    "waits for ever": saying(message(WAIT), stay=True),
    "declines": saying(message(COLD)),
    "half a message": saying(message(READY)[:3], stay=True),
    "another language": saying(b"HTTP/1.1 400 Bad Request\r\n", stay=True),
    "asks and ends": saying(message(ASK)),
    "ends when ready": saying(message(ASK), IS_READY),
    "killed before it began": saying(message(ASK), IS_READY, message(KILLED, signal.SIGKILL), stay=True),
}
"""Servers after which a command has to be run cold."""


@each("name", NOTHING_DONE)
def test_a_call_runs_cold_where_nothing_was_done(name: str, runtime: Path) -> None:
    env = environment(runtime)
    with fake(socket_of(env), NOTHING_DONE[name]), no_hang():
        done = call(*POINT, env=env, status=RUNS_COLD, command=HASTY)
        assert done.stdout + done.stderr == b""


ENDED = [
    ([message(DONE, 3)], 3),
    ([message(BEGUN), message(DONE, 0)], 0),
    ([message(BEGUN), message(KILLED, signal.SIGKILL)], -signal.SIGKILL),
    ([message(BEGUN), message(KILLED, signal.SIGTERM)], -signal.SIGTERM),
    ([message(KILLED, signal.SIGSEGV)], -signal.SIGSEGV),
    ([message(BEGUN)], -signal.SIGKILL),
]
"""What is said of a command that has been run, and how the client ends, who must not run it again."""


@each("messages, status", ENDED)
def test_a_call_ends_as_its_child(messages: list[bytes], status: int, runtime: Path) -> None:
    env = environment(runtime)
    with fake(socket_of(env), saying(message(ASK), IS_READY, *messages)):
        call(*POINT, env=env, status=status)


def test_a_full_server(runtime: Path) -> None:
    """A server that takes no more connections is not waited for."""
    env = environment(runtime)
    path = socket_of(env)
    with socket.socket(socket.AF_UNIX) as listening, contextlib.ExitStack() as stack:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(str(path))
        call(*POINT, env=env, status=RUNS_COLD, command=HASTY)


def test_squatted_places(runtime: Path) -> None:
    """A file, a link, a socket that others can write to, and folders that they can see into are never used."""
    answers = saying(message(ASK), IS_READY, message(DONE, 0))
    env = environment(runtime)
    path = socket_of(env)
    with fake(path, answers):
        call(*POINT, env=env)  # this one would do
    with fake(path, answers, mode=0o666):
        call(*POINT, env=env, status=RUNS_COLD)
    path.write_text("")
    call(*POINT, env=env, status=RUNS_COLD)
    path.unlink()
    with fake(runtime / "elsewhere", answers):
        path.symlink_to(runtime / "elsewhere")
        call(*POINT, env=env, status=RUNS_COLD)
        path.unlink()
    for mode in (0o755, 0o770, 0o707):
        with fake(path, answers):
            path.parent.chmod(mode)
            call(*POINT, env=env, status=RUNS_COLD)
            path.parent.chmod(0o700)
    with fake(path, answers):
        path.parent.rename(runtime / "real")
        path.parent.symlink_to(runtime / "real")
        call(*POINT, env=env, status=RUNS_COLD)
        path.parent.unlink()
        (runtime / "real").rename(path.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to be two users")
def test_another_users_server(runtime: Path) -> None:
    """A socket that is the user's own, behind which somebody else listens, and one that is somebody else's."""
    env = environment(runtime)
    path = socket_of(env)
    folder = path.parent
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(0o600)
    pid = os.fork()
    if not pid:
        os.setuid(65534)
        listening.listen(8)  # the peer's credentials are those of who listens
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            saying(message(ASK), IS_READY, message(DONE, 0))(connection)
        os._exit(0)
    time.sleep(0.2)
    with listening:
        call(*POINT, env=env, status=RUNS_COLD)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    path.unlink()
    with fake(path, saying(message(ASK), IS_READY, message(DONE, 0))):
        os.chown(path, 65534, 65534)
        call(*POINT, env=env, status=RUNS_COLD)
        os.chown(path, 0, 0)
        os.chown(folder, 65534, 65534)
        call(*POINT, env=env, status=RUNS_COLD)


HELD = ["x", "--data", "-", "--data-format", "csv"]


def test_a_server_that_is_killed(runtime: Path) -> None:
    """What it has begun ends well, and nothing of it is in the way of the next one."""
    with own_server(runtime) as (env, pid):
        with waiting(HELD, env) as (client, _):
            os.kill(pid, signal.SIGKILL)
            out, _ = client.communicate(b"x\n3\n", 30)
            assert out == b"x\tf\tdf/dx\tf flags\n3\t3\t1\t\n"
            assert client.returncode == 0
        call(*POINT, env=env, status=RUNS_COLD)
        call("warm", "start", "--idle", "1", command=REAL, env=env)
        assert call(*POINT, env=env).stdout == ANSWER
        socket_of(env).unlink()
        call(*POINT, env=env, status=RUNS_COLD)


def test_a_child_or_a_client_that_is_killed() -> None:
    """Neither lives without the other."""
    env = started()
    for number in (signal.SIGKILL, signal.SIGUSR1):
        with waiting(HELD, env) as (client, child):
            os.kill(child, number)
            assert client.wait(30) == -number
    with waiting(HELD, env) as (client, child):
        client.kill()
        client.wait(30)
        until(lambda: not Path(f"/proc/{child}").exists())


def test_ctrl_c_before_it_begins() -> None:
    """A key that was hit while a child was made ready is an interrupt, and no fault of ours."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_of(started())))
        answers = connection.makefile("rb")
        connection.sendall(packed([b"deriv", b"x"], []))
        until(lambda: answers.read(SIZE) == message(ASK))
        with tempfile.TemporaryFile() as stream:
            folder = os.open("/", os.O_PATH)
            socket.send_fds(connection, [GO], [stream.fileno()] * STREAMS + [folder])
            os.close(folder)
        ready = answers.read(SIZE)
        assert ready[0] == READY
        os.kill(int.from_bytes(ready[1:], "little"), signal.SIGINT)
        assert answers.read(SIZE) == message(DONE, 130)


POOR = """
import os, sys
from derivcli.cli.warm.__main__ import listener
from derivcli.cli.warm.server import BACKLOG, Server

def fork():
    os.write(1, b"no process\\n")
    raise BlockingIOError

os.fork = fork
with listener(sys.argv[1]) as listening:
    listening.listen(BACKLOG)
    os.write(1, f"{os.getpid()}\\n".encode())
    Server(listening, 60.0).serve()
"""


def test_a_server_without_processes_and_descriptors(runtime: Path) -> None:
    """Calls run cold where it cannot fork; where it cannot take a call, it sleeps until another one has ended."""
    env = environment(runtime)
    path = socket_of(env)
    with subprocess.Popen([*python(), "-c", POOR, path], env=env, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        process = Path(f"/proc/{pid}")
        try:
            for _ in range(2):
                call(*POINT, env=env, status=RUNS_COLD)
                assert server.stdout.readline() == b"no process\n"
            free = 4
            limit = len([*(process / "fd").iterdir()]) + free
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))
            with contextlib.ExitStack() as stack:
                for _ in range(free + 1):
                    stack.enter_context(socket.socket(socket.AF_UNIX)).connect(str(path))
                until(lambda: len([*(process / "fd").iterdir()]) == limit)
                until(lambda: all((process / "stat").read_text().split()[2] == "S" for _ in range(100)))
            until(lambda: len([*(process / "fd").iterdir()]) == limit - free)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def check_kills(kills: int, at_once: int, folder: Path) -> None:
    """Calls while their servers are killed, each at a random moment; some must be answered, some be cold."""
    draw = random.Random(kills)
    env = environment(folder)
    path = socket_of(env)
    statuses = []
    with subprocess.Popen(
        [sys.executable, SERVERS, path], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as servers:
        assert servers.stdin is not None
        assert servers.stdout is not None
        for _ in range(kills):
            servers.stdin.write("\n")
            servers.stdin.flush()
            pid = int(servers.stdout.readline().split()[1])
            clients = [
                subprocess.Popen([*COMMAND, *POINT], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(at_once)
            ]
            time.sleep(draw.uniform(0, 0.15))
            os.kill(pid, signal.SIGKILL)
            for client in clients:
                out, err = client.communicate(timeout=60)
                statuses.append(client.returncode)
                assert (client.returncode, out, err) in [(0, ANSWER, b""), (RUNS_COLD, b"", b"")]
        servers.stdin.close()
    assert {*statuses} == {0, RUNS_COLD}


def test_kills_at_random_moments(runtime: Path) -> None:
    check_kills(6, 3, runtime)


@pytest.mark.sweep
def test_300_kills_at_random_moments(runtime: Path) -> None:
    check_kills(300, 3, runtime)


def check_at_once(calls: int) -> int:
    """So many calls at once; how many of them were answered warm."""
    env = started()
    clients = [
        subprocess.Popen(
            [*COMMAND, f"x^2+{number}", "--at", "x=3"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for number in range(calls)
    ]
    warm = 0
    for number, client in enumerate(clients):
        out, err = client.communicate(timeout=120)
        right = f"x\tf\tdf/dx\n3\t{9 + number}\t6\n".encode()
        assert (client.returncode, out, err) in [(0, right, b""), (RUNS_COLD, b"", b"")]
        warm += client.returncode == 0
    return warm


def test_calls_at_once() -> None:
    assert check_at_once(20) > 0


@pytest.mark.sweep
def test_200_calls_at_once() -> None:
    assert check_at_once(200) > 0
