from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from derivcli.cli.files import check_target, write_whole
from derivcli.errors import DerivError, ExitStatus

SUFFIXES = ("png", "svg")
ROOT = Path(__file__).parent.parent


def run(script: str, directory: Path) -> list[str]:
    """The lines that a script prints when it is run in a directory."""
    script = "from derivcli.cli.files import *\nfrom derivcli.errors import DerivError\n" + script
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace"])
@pytest.mark.parametrize("interrupt", [False, True])
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
