"""A process that has imported what commands import, and forks one for each command that a client asks for.

Importing PyTorch and SymPy takes two seconds, a fork some milliseconds. A fork is a process of its own: its streams,
environment, folder, signals, memory and end are its own. What only a start from nothing shows (what is imported, how
the interpreter opens its streams, the process group of a terminal) is tested in processes that start from nothing.
"""

import atexit
import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import resource
import runpy
import selectors
import signal
import socket
import sys
import termios
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

LIBRARIES = """torch torch.fx.experimental.symbolic_shapes sympy sympy.sets.setexpr sympy.tensor.tensor mpmath flint
    scipy.special pyarrow.csv pyarrow.parquet pyarrow.json rich.table rich.progress typer.main typer._adapters"""
"""Without Matplotlib, which reads its settings when it is imported."""

ENDED = -1
"""What stands for the end of the tests among the numbers of processes."""

Asked = dict[str, Any]
"""What a client asks for: the arguments of `become`."""


def load() -> None:
    """Import what takes time, with every file of the package."""
    import derivcli

    for name in LIBRARIES.split():
        importlib.import_module(name)
    for module in pkgutil.walk_packages(derivcli.__path__, "derivcli."):
        if module.name != "derivcli.__main__":
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def serve(path: str) -> Asked | None:
    """Fork for each client until standard input ends. Returns in each fork, with what it is asked for."""
    selector = selectors.DefaultSelector()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ, ENDED)
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                if key.data == ENDED:
                    return None
                if key.data is None:
                    client, _ = listener.accept()
                    if asked := forked(client, selector):
                        return asked
                else:
                    forget(key, selector)


def forked(client: socket.socket, selector: selectors.BaseSelector) -> Asked | None:
    """Fork for a client, and watch it and the fork. Returns in the fork, with what it is asked for."""
    text, streams, _, _ = socket.recv_fds(client, 1 << 20, 3)
    size, _, text = text.partition(b"\n")
    while len(text) < int(size):
        text += client.recv(1 << 20)
    pid = os.fork()
    if not pid:
        selector.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        return dict(json.loads(text))
    for stream in streams:
        os.close(stream)
    client.sendall(f"{pid}\n".encode())
    ended = os.pidfd_open(pid)
    selector.register(ended, selectors.EVENT_READ, (pid, client, ended))
    selector.register(client, selectors.EVENT_READ, (pid, client, ended))
    return None


def forget(key: selectors.SelectorKey, selector: selectors.BaseSelector) -> None:
    """Tell a client how its process ended, or end the process of a client that was killed."""
    pid, client, ended = key.data
    if key.fileobj is client:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    selector.unregister(ended)
    selector.unregister(client)
    os.close(ended)
    if key.fileobj is not client:
        client.sendall(str(status).encode())
    client.close()


def become(
    words: list[str], environment: dict[str, str], folder: str, largest_file: tuple[int, int], leads_session: bool
) -> None:
    """Do in a fork what the interpreter does with these words: `-c` and code, `-m` and a module, or a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, largest_file)
    if leads_session:
        os.setsid()
        if os.isatty(0):
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    open_streams(environment.get("PYTHONIOENCODING", ""), bool(environment.get("PYTHONUNBUFFERED")))
    sys.path[:1] = [*filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)), ""]
    if words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        main = sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(words[1], "<string>", "exec"), main.__dict__)
    elif words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        sys.path[sys.path.index("")] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")


def open_streams(encoding: str, unbuffered: bool) -> None:
    """Open the standard streams, as the interpreter does under these settings."""
    name, _, errors = encoding.partition(":")

    def writer(number: int, errors: str, line_buffering: bool) -> io.TextIOWrapper:
        binary: Any = os.fdopen(number, "wb", 0 if unbuffered else -1, closefd=False)
        return io.TextIOWrapper(binary, name or None, errors or None, "\n", line_buffering, unbuffered)

    sys.stdin = os.fdopen(0, encoding=name or None, errors=errors or None, closefd=False)
    sys.stdout = writer(1, errors, os.isatty(1))
    sys.stderr = writer(2, "backslashreplace", True)


def run(asked: Asked) -> None:
    """Do in a fork what is asked for, and end it; what ends it with an exception is left to the interpreter."""
    status = 0
    try:
        become(**asked)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        status = end.code or 0
    leave(status)


def leave(status: int) -> None:
    """End as the interpreter does, but without taking apart all that was imported, which takes more than a second."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    load()
    if command := serve(sys.argv[1]):
        run(command)
