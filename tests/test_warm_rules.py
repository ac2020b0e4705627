"""A server answers only for the same program, files, settings and rules of the kernel."""

import fcntl
import os
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

import derivcli
from derivcli.cli.warm import address, status
from derivcli.cli.warm.preload import _clean_file_mappings
from derivcli.cli.warm.same_place import caller, difference
from tests.support import deriv, each
from tests.warm_calls import COLD, COMMAND, REAL, call, started

POINT = ["x^2", "--at", "x=3"]

READ_AT_IMPORT = """LANG LC_ALL LC_CTYPE OMP_NUM_THREADS MKL_NUM_THREADS CUDA_VISIBLE_DEVICES TORCH_LOGS SYMPY_DEBUG
    DERIV_TRACEBACK PYTHONHASHSEED PYTHONIOENCODING LD_LIBRARY_PATH TZ OPENBLAS_NUM_THREADS""".split()
READ_LATER = "TERM COLUMNS NO_COLOR HOME PWD DERIV_WARM PATH XDG_CACHE_HOME TMPDIR SHLVL".split()

RECORDER = """
import os, runpy, sys
read, kind = set(), type(os.environ)
get, has = kind.__getitem__, kind.__contains__
kind.__getitem__ = lambda self, name: (read.add(name), get(self, name))[1]
sys.argv = ["x"]
del sys.path[0]
from derivcli.cli.warm import preload
preload.load()
print(*sorted(read), sep="\\n")
"""


def test_what_is_read_at_import_makes_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {address.socket_path()}
    for name in READ_AT_IMPORT:
        with monkeypatch.context() as patch:
            patch.setenv(name, "7")
            paths.add(address.socket_path())
    assert len(paths) == len(READ_AT_IMPORT) + 1
    for name in READ_LATER:
        with monkeypatch.context() as patch:
            patch.setenv(name, "/nowhere")
            assert address.socket_path() in paths


@pytest.mark.sweep
def test_every_variable_that_is_read_at_import_is_known() -> None:
    """What Python's part of the libraries asks the environment for while the server loads; C's part is not seen."""
    done = subprocess.run([sys.executable, "-c", RECORDER], check=True, capture_output=True, text=True)
    read = {name for name in done.stdout.split() if not address._is_read_at_import(name)}
    assert read <= {"HOME", "PATH", "JE_ARROW_MALLOC_CONF"}  # the last is about memory alone


def test_another_file_makes_another_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the package that was changed, or a library that was installed."""
    package = tmp_path / "package"
    (package / "cli" / "warm").mkdir(parents=True)
    (package / "x.py").write_text("")
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.setattr(address, "__file__", str(package / "cli" / "warm" / "address.py"))
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    paths = [address.socket_path()]
    os.utime(package / "x.py", ns=(1, 1))
    paths.append(address.socket_path())
    (package / "cli" / "new.py").write_text("")
    paths.append(address.socket_path())
    (packages / "installed").mkdir()
    os.utime(packages, ns=(5, 5))
    paths.append(address.socket_path())
    monkeypatch.setattr(sys, "prefix", "/elsewhere")
    paths.append(address.socket_path())
    assert len({*paths}) == len(paths)


@each("name, value", [("warnoptions", ["error"]), ("_xoptions", {"dev": True}), ("path", ["relative", *sys.path])])
def test_what_shows_while_libraries_are_loaded_has_no_server(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, name, value)
    assert address.socket_path() == ""


def test_the_folder(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = f"/tmp/deriv-{os.geteuid()}"
    runtime.chmod(0o700)
    for value, folder in [
        (str(runtime), f"{runtime}/deriv"),
        ("relative", own),
        ("", own),
        (str(runtime / "missing"), own),
        (str(runtime / "link"), own),
    ]:
        (runtime / "link").unlink(missing_ok=True)
        (runtime / "link").symlink_to(runtime)
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        assert address.folder() == folder
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    runtime.chmod(0o750)
    assert address.folder() == own
    long = runtime / ("long" * 30)
    long.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    assert address.socket_path() == ""


def test_a_folder_of_others_holds_no_server(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can put a lock there could name the process that a stop is to end."""
    monkeypatch.setattr(status, "folder", lambda: str(runtime))
    (runtime / "x.lock").write_text("")

    def lock() -> None:
        held.append((runtime / "x.lock").open("w"))
        fcntl.lockf(held[0], fcntl.LOCK_EX)

    held: list[IO[str]] = []
    pid = child_that(lock)
    try:
        for mode, found in ((0o700, [pid]), (0o755, []), (0o770, []), (0o702, [])):
            runtime.chmod(mode)
            assert [server.pid for server in status.servers()] == found
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def child_that(does: Callable[[], object]) -> int:
    """A process like this one but for what it does to itself, which then waits."""
    told, tells = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            does()
            os.write(tells, b"x")
            signal.pause()
        finally:
            os._exit(1)
    os.close(tells)
    assert os.read(told, 1) == b"x"
    os.close(told)
    return pid


CHANGES: dict[str, Callable[[], object]] = {
    "": lambda: None,
    "limits": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, resource.RLIM_INFINITY)),
    "niceness": lambda: os.nice(3),
    "Cpus_allowed": lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    "scheduling policy": lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)),
    "oom_score_adj": lambda: Path("/proc/self/oom_score_adj").write_text("500"),
}
if os.geteuid() == 0:
    CHANGES |= {"Groups": lambda: os.setgroups([12, 13]), "Uid": lambda: os.seteuid(65534)}


@each("name", CHANGES)
def test_rules_that_differ(name: str) -> None:
    """Each rule of the kernel's for a process is told from the others."""
    if name == "Cpus_allowed" and len(os.sched_getaffinity(0)) == 1:
        return
    pid = child_that(CHANGES[name])
    try:
        assert difference(pid) == name
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with pytest.raises(OSError, match="No such"):
        difference(pid)


def test_a_caller_is_described() -> None:
    def change() -> None:
        os.umask(0o027)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    pid = child_that(change)
    found = caller(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert found.umask == 0o027
    assert signal.SIGHUP in found.ignored
    assert signal.SIGTERM not in found.ignored


def test_other_rules_mean_a_cold_run() -> None:
    """And the status says which rule is in the way."""
    env = started()
    client = shlex.join([*COMMAND, *POINT])
    call("-c", client, command=["/bin/sh"], env=env)
    for change in ("ulimit -f 100000", "nice -n 3", "ulimit -v 90000000"):
        words = f"{change} {client}" if change.startswith("nice") else f"{change}; {client}"
        call("-c", words, command=["/bin/sh"], env=env, status=COLD)
    asks = shlex.join([*REAL, "warm", "status"])
    told = call("-c", f"ulimit -f 100000; {asks}", command=["/bin/sh"], env=env).stdout.decode()
    assert "commands here pass it by, since their limits are not the server's" in told


def test_a_server_that_cannot_be_is_refused(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder is open to others, and where no server could show what a command of this kind does."""
    runtime.chmod(0o700)
    (runtime / "deriv").mkdir()
    (runtime / "deriv").chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    told = deriv("warm", "start", status=2).stderr
    assert f"{runtime}/deriv is no folder that only you can use" in told
    assert "commands work as they do without it" in told
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    assert "a warm start is not possible here" in deriv("warm", "start", status=2).stderr
    assert "a warm start is not possible here" in deriv("warm", "status", status=2).stderr


SMAPS = """\
55d000-55e000 r--p 00000000 08:01 11 /usr/bin/python
Size:                  4 kB
Anonymous:             0 kB
VmFlags: rd mr
55e000-560000 r-xp 00001000 08:01 11 /usr/lib/a b.so
Anonymous:             0 kB
570000-571000 r-xp 00001000 08:01 11 /usr/lib/python3/site-packages/torch/lib/libtorch_cpu.so
Anonymous:             0 kB
560000-561000 r--p 00002000 08:01 11 /usr/lib/written-by-the-loader.so
Anonymous:             4 kB
561000-562000 rw-p 00003000 08:01 11 /usr/lib/data.so
Anonymous:             0 kB
562000-563000 r--p 00000000 00:00 0
Anonymous:             0 kB
563000-564000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
564000-565000 r--s 00000000 08:01 12 /usr/share/shared
Anonymous:             0 kB
"""


def test_only_pages_that_are_a_files_are_released() -> None:
    """Not those that the loader or the program wrote to: their contents would be lost."""
    assert [*_clean_file_mappings(SMAPS)] == [(0x55D000, 0x55E000), (0x55E000, 0x560000)]


def test_what_the_client_imports() -> None:
    """Nothing but what is written in C, since each import is felt in each call."""
    code = "import sys; before = {*sys.modules}; import derivcli.cli.warm.client; print(*{*sys.modules} - before)"
    env = {**os.environ, "PYTHONPATH": str(Path(derivcli.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    others = {name for name in done.stdout.split() if not name.startswith("derivcli")}
    assert others <= {"_socket", "_blake2"}
