from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from derivcli.atomic_file import check_output, check_target, replacing, write_whole
from derivcli.errors import DerivError, ExitStatus
from tests.processes import python
from tests.support import each

SUFFIXES = ("png", "svg")
ROOT = Path(__file__).parent.parent


def run(script: str, directory: Path) -> list[str]:
    """The lines that a script prints when it is run in a directory."""
    script = "from derivcli.atomic_file import *\nfrom derivcli.errors import DerivError\n" + script
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*python(), "-c", script]
    process = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=True)
    assert process.stderr == ""
    return process.stdout.splitlines()


def test_accepts_new_and_existing_files(tmp_path: Path) -> None:
    (tmp_path / "old.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to("old.svg")
    (tmp_path / "dangling.svg").symlink_to("later.svg")
    for name in ("new.png", "NEW.PNG", "old.svg", "link.svg", "dangling.svg", "a.b.png"):
        check_target(tmp_path / name, SUFFIXES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling.svg", "link.svg", "old.svg"]


@each(
    ("name", "reason", "hint"),
    [
        ("plots", "ending, none,", "use one of .png, .svg"),
        (".png", "ending, none,", "use one of .png, .svg"),
        ("a.jpeg", "ending, .jpeg,", "use one of .png, .svg"),
        ("a.png.gz", "ending, .gz,", "use one of .png, .svg"),
        ("folder.png", "directory", "in it"),
        ("missing/a.png", "No such file or directory", "exists"),
        ("file/a.png", "Not a directory", "exists"),
        ("pipe.png", "no regular file", "may be replaced"),
        ("link.png", "no regular file", "may be replaced"),
        ("astray.png", "No such file or directory", "exists"),
        ("loop.png", "symbolic links", "exists"),
        ("n" * 300 + ".png", "name too long", "exists"),
    ],
)
def test_refuses_before_any_work(name: str, reason: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("pipe.png")
    (tmp_path / "astray.png").symlink_to("missing/a.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DerivError) as caught:
        check_target(tmp_path / name, SUFFIXES)
    assert caught.value.status is ExitStatus.REFUSED
    assert caught.value.message.startswith(f"cannot write {tmp_path / name}: ")
    assert reason in caught.value.message
    assert hint in caught.value.hint
    assert sorted(tmp_path.iterdir()) == before


def test_refuses_what_is_read_only(tmp_path: Path) -> None:
    # The administrator may write everywhere, so the question is asked as somebody else.
    (tmp_path / "old.png").touch(mode=0o444)
    tmp_path.chmod(0o777)
    script = """
import os
os.getuid() or os.setuid(65534)
for name in ("new.png", "old.png"):
    try:
        check_target(Path(name), ["png"])
        print("accepted")
    except DerivError as error:
        print(error.message)
"""
    assert run(script, tmp_path) == ["accepted", "cannot write old.png: it is read-only"]
    (tmp_path / "old.png").chmod(0o666)
    tmp_path.chmod(0o555)
    try:
        assert run(script, tmp_path) == [
            f"cannot write {name}.png: no file can be made in ." for name in ("new", "old")
        ]
    finally:
        tmp_path.chmod(0o755)


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        write_whole(tmp_path / "new.png", b"new")
    finally:
        os.umask(umask)
    assert (tmp_path / "new.png").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "new.png").stat().st_mode) == 0o640
    assert len(list(tmp_path.iterdir())) == 1


def test_an_existing_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "old.png"
    path.write_bytes(b"old and longer")
    path.chmod(0o604)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_a_link(exists: bool, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "real.png", tmp_path / "link.png"
    if exists:
        target.write_bytes(b"old")
    link.symlink_to("elsewhere/real.png")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["elsewhere", "link.png", "real.png"]


@each("call", ["fsync", "fchmod", "replace"])
@each("interrupt", [False, True])
def test_the_old_file_survives(call: str, interrupt: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise KeyboardInterrupt if interrupt else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.chdir(tmp_path)
    Path("out.png").write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(Path if call == "replace" else os, call, fail)
        with pytest.raises((DerivError, KeyboardInterrupt)) as caught:
            write_whole(Path("out.png"), b"new")
    assert isinstance(caught.value, KeyboardInterrupt) == interrupt
    if isinstance(caught.value, DerivError):
        assert caught.value.message == "cannot write out.png: No space left on device"
        assert caught.value.status is ExitStatus.UNWRITABLE
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]
    assert Path("out.png").read_bytes() == b"old"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "out.svg").write_bytes(b"old" * 1000)
    script = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for name in ("out.svg", "new.svg"):
    try:
        write_whole(Path(name), b"x" * 100_000)
    except DerivError as error:
        print(error.message, int(error.status))
"""
    assert run(script, tmp_path) == [f"cannot write {name}.svg: File too large 74" for name in ("out", "new")]
    assert [path.name for path in tmp_path.iterdir()] == ["out.svg"]
    assert (tmp_path / "out.svg").read_bytes() == b"old" * 1000


def test_only_regular_files_are_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    for name in ("pipe.png", "folder.png"):
        with pytest.raises(DerivError, match="cannot write"):
            write_whole(tmp_path / name, b"new")
    assert stat.S_ISFIFO((tmp_path / "pipe.png").stat().st_mode)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(DerivError, match=r"a\.png: No such file or directory") as caught:
        write_whole(tmp_path / "gone" / "a.png", b"new")
    assert caught.value.status is ExitStatus.UNWRITABLE


def test_an_output_may_be_new_or_old(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("old.csv")
    (tmp_path / "dangling.csv").symlink_to("later.csv")
    inputs = [tmp_path / "in.csv", tmp_path / "gone.csv"]
    inputs[0].write_text("in")
    for name in ("new", "new.csv", "old.csv", "link.csv", "dangling.csv"):
        check_output(tmp_path / name, inputs, clobber=True)
    for name in ("new", "dangling.csv"):
        check_output(tmp_path / name, inputs, clobber=False)
    for name in ("old.csv", "link.csv"):
        with pytest.raises(DerivError, match="it exists") as caught:
            check_output(tmp_path / name, inputs, clobber=False)
        assert (caught.value.status, "--no-clobber" in caught.value.way_out) == (ExitStatus.REFUSED, True)
    assert (tmp_path / "old.csv").read_text() == "old"


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    first, second = tmp_path / "first.csv", tmp_path / "folder" / "second.csv"
    first.write_text("1")
    second.write_text("2")
    (tmp_path / "link.csv").symlink_to("folder/second.csv")
    (tmp_path / "way").symlink_to("folder")
    (tmp_path / "hard.csv").hardlink_to(first)
    names = ("first.csv", "hard.csv", "link.csv", "way/second.csv", "folder/../first.csv", "folder/second.csv")
    for name in names:
        for clobber in (True, False):
            with pytest.raises(DerivError, match="it is one of the inputs") as caught:
                check_output(tmp_path / name, [first, tmp_path / "way" / "second.csv"], clobber)
            assert caught.value.status is ExitStatus.REFUSED
    check_output(tmp_path / "link.csv", [first], clobber=True)


@each(
    ("name", "reason"),
    [
        ("folder", "it is a directory"),
        ("folder/..", "it is a directory"),
        ("pipe", "it is no regular file"),
        ("/dev/null", "it is no regular file"),
        ("missing/a.csv", "No such file or directory"),
        ("file/a.csv", "Not a directory"),
        ("loop", "symbolic links"),
    ],
)
@each("clobber", [True, False])
def test_an_output_that_no_file_can_be_is_refused(name: str, reason: str, clobber: bool, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(DerivError) as caught:
        check_output(tmp_path / name, [], clobber)
    assert caught.value.status is ExitStatus.REFUSED
    assert reason in caught.value.message
    assert caught.value.hint


def test_a_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    path.chmod(0o604)
    with replacing(path) as file:
        for piece in (b"new ", b"and ", b"whole"):
            file.write(piece)
            file.flush()
            assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new and whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert list(tmp_path.iterdir()) == [path]


@each("error", [KeyboardInterrupt, SystemExit, GeneratorExit, ValueError, DerivError])
@each("clobber", [True, False])
def test_whatever_ends_the_block_leaves_nothing(error: type[BaseException], clobber: bool, tmp_path: Path) -> None:
    def write_a_part() -> None:
        with replacing(tmp_path / "out.csv", clobber) as file:
            file.write(b"half")
            raise error("first")

    with pytest.raises(error, match="first"):
        write_a_part()
    assert list(tmp_path.iterdir()) == []


def test_a_failing_write_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(DerivError, match=r"out\.csv: No space left on device$") as caught,
        replacing(tmp_path / "out.csv"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.status is ExitStatus.UNWRITABLE
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_is_not_hidden_by_a_full_disk(tmp_path: Path) -> None:
    script = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    with replacing(Path("out.csv")) as file:
        file.write(b"x" * 1000)
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("interrupted")
"""
    assert run(script, tmp_path) == ["interrupted"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("hard_links", [True, False])
@pytest.mark.parametrize("rival", [b"", b"rival"])
def test_a_file_that_appears_is_not_clobbered(
    hard_links: bool, rival: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    def write(*rivals: bytes) -> None:
        with replacing(path, clobber=False) as file:
            file.write(b"new")
            for each in rivals:
                path.write_bytes(each)

    path = tmp_path / "out.csv"
    if not hard_links:
        monkeypatch.setattr(Path, "hardlink_to", fail)
    write()
    assert path.read_bytes() == b"new"
    path.unlink()
    with pytest.raises(DerivError, match="it exists") as caught:
        write(rival)
    assert caught.value.status is ExitStatus.REFUSED
    assert path.read_bytes() == rival
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_was_held_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "hardlink_to", fail)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DerivError, match="Input/output error"), replacing(tmp_path / "out.csv", clobber=False):
        pass
    assert list(tmp_path.iterdir()) == []


def ended_by(number: signal.Signals, directory: Path) -> int:
    """The status of a real process that is sent a signal when it has written a part of its output."""
    script = """
import signal, time
from pathlib import Path
from derivcli.cli import app
from derivcli.cli.commands import derive
from derivcli.atomic_file import replacing

def write_a_part(*_):
    with replacing(Path("out.csv")) as file:
        file.write(b"x" * 100_000)
        file.flush()
        print("a part is written", flush=True)
        while True:
            time.sleep(0.1)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test that runs in the background inherits none
derive.evaluate = write_a_part
app.main()
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*python(), "-c", script, "x"]
    with subprocess.Popen(
        command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"a part is written\n"
        process.send_signal(number)
        return process.wait(60)


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_no_half_file_is_left_by_a_signal(number: signal.Signals, status: int, exists: bool, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    if exists:
        path.write_bytes(b"old")
    assert ended_by(number, tmp_path) == status
    assert path.exists() == exists
    assert not exists or path.read_bytes() == b"old"
    assert number is signal.SIGKILL or [each.name for each in tmp_path.iterdir()] == ["out.csv"] * exists
