"""Folders that other users may fill or change, where two users are at hand."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from derivcli.engines.torch.trusted_folder import is_closed
from tests.test_kernel_folder import OTHER, ROOT, USER, two_users

AS_USER = """
import os, sys
from derivcli.cli.kernel_cache import FOLDER, keep_kernels, remove_temporary
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
keep_kernels(os.environ)
print(os.environ[FOLDER], os.environ.get("TMPDIR", ""), sep="\\n", flush=True)
sys.stdin.read()
remove_temporary()
"""


AS_OTHER = """
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
for path in sys.argv[2:]:
    for attempt in (lambda: os.rename(path, path + ".gone"), lambda: open(path + "/planted", "w").close()):
        try:
            attempt()
        except OSError:
            continue
        sys.exit(f"another user changed {path}")
"""


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder of root's that all may enter."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def folder_of(path: Path, user: int, mode: int = 0o755) -> Path:
    path.mkdir()
    os.chown(path, user, user)
    path.chmod(mode)
    return path


def link_of(path: Path, user: int, target: Path) -> Path:
    path.symlink_to(target)
    os.chown(path, user, user, follow_symlinks=False)
    return path


def owned(base: Path) -> Path:
    return folder_of(base / "home", USER)


def sticky(base: Path) -> Path:
    return folder_of(base / "shared", 0, 0o1777)


def linked_by_root(base: Path) -> Path:
    return link_of(base / "link", 0, owned(base))


def linked_by_another(base: Path) -> Path:
    return link_of(sticky(base) / "link", OTHER, owned(base))


def not_there_yet(base: Path) -> Path:
    return owned(base) / "a" / "b"


def open_to_all(base: Path) -> Path:
    return folder_of(base / "home", USER, 0o777)


def open_to_a_group(base: Path) -> Path:
    return folder_of(base / "home", USER, 0o770)


def inside_what_is_open(base: Path) -> Path:
    return folder_of(open_to_all(base) / "inner", USER, 0o700)


def inside_what_is_open_of_root(base: Path) -> Path:
    return folder_of(folder_of(base / "open", 0, 0o777) / "inner", USER, 0o700)


def of_another(base: Path) -> Path:
    return folder_of(base / "home", OTHER, 0o755)


def inside_what_is_of_another(base: Path) -> Path:
    return folder_of(of_another(base) / "inner", USER, 0o700)


def foretold(base: Path) -> Path:
    folder_of(sticky(base) / "deriv", OTHER, 0o777)
    return base / "shared"


def foretold_link(base: Path) -> Path:
    link_of(sticky(base) / "deriv", OTHER, owned(base))
    return base / "shared"


def kernels_elsewhere(base: Path) -> Path:
    """A link `kernels` to a folder whose mode is nobody's business."""
    folder_of(owned(base) / "deriv", USER)
    link_of(base / "home/deriv/kernels", USER, folder_of(base / "papers", USER, 0o775))
    return base / "home"


def kernels_of_another(base: Path) -> Path:
    folder_of(owned(base) / "deriv", USER)
    folder_of(base / "home/deriv/kernels", OTHER, 0o755)
    return base / "home"


def not_writable(base: Path) -> Path:
    return folder_of(base / "home", 0, 0o755)


def no_folder(base: Path) -> Path:
    (owned(base) / "deriv").touch()
    return base / "home"


SAFE = [owned, sticky, linked_by_root, linked_by_another, not_there_yet]


UNSAFE = [
    open_to_all, open_to_a_group, inside_what_is_open, inside_what_is_open_of_root, of_another,
    inside_what_is_of_another, foretold, foretold_link, kernels_elsewhere, kernels_of_another, not_writable, no_folder,
]  # fmt: skip


def started(caches: Path, **environment: str) -> subprocess.Popen[str]:
    """A process of the user's that keeps kernels until its standard input ends."""
    settings = {"PYTHONPATH": str(ROOT), "HOME": "/nowhere", "XDG_CACHE_HOME": str(caches), **environment}
    command = [sys.executable, "-c", AS_USER, str(USER)]
    return subprocess.Popen(command, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def named_by(process: subprocess.Popen[str]) -> tuple[Path, str]:
    """The folder that a process has named, and that of temporary files."""
    assert process.stdout is not None
    return Path(process.stdout.readline().rstrip()), process.stdout.readline().rstrip()


def assert_nobody_else_changes(folder: Path) -> None:
    """Let another user try to rename each folder of a path, and to put a file into the last."""
    ways = [str(parent) for parent in folder.parents if parent.name]
    found = folder.stat()
    assert found.st_uid == USER
    assert stat.S_IMODE(found.st_mode) == 0o700
    movable = [way for way in ways if not Path(way).stat().st_mode & stat.S_ISVTX]
    command = [sys.executable, "-c", AS_OTHER, str(OTHER), str(folder), *movable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@two_users
@pytest.mark.parametrize("place", SAFE)
def test_a_safe_place_is_used(place: Callable[[Path], Path], base: Path) -> None:
    caches = place(base)
    with started(caches) as process:
        folder, _ = named_by(process)
        assert folder == Path(os.path.realpath(caches), "deriv/kernels")
        assert_nobody_else_changes(folder)
    assert folder.exists()


@two_users
@pytest.mark.parametrize("place", UNSAFE)
def test_an_unsafe_place_is_not_used(place: Callable[[Path], Path], base: Path) -> None:
    caches = place(base)
    before = sorted((path, path.lstat().st_mode, path.lstat().st_uid) for path in base.rglob("*"))
    with started(caches) as process:
        folder, _ = named_by(process)
        assert folder.parent == Path("/tmp")
        assert_nobody_else_changes(folder)
    assert not folder.exists()
    assert before == sorted((path, path.lstat().st_mode, path.lstat().st_uid) for path in base.rglob("*"))


@two_users
@pytest.mark.parametrize("place", [open_to_all, inside_what_is_open, of_another])
def test_no_temporary_file_of_the_compiler_is_another_users(place: Callable[[Path], Path], base: Path) -> None:
    temporary = place(base)
    with started(folder_of(base / "safe", USER), TMPDIR=str(temporary)) as process:
        folder, named = named_by(process)
        assert folder == base / "safe/deriv/kernels"
        assert named in {str(folder), "/tmp"}
    with started(Path("/nowhere"), TMPDIR=str(temporary)) as process:
        folder, _ = named_by(process)
        assert_nobody_else_changes(folder)


@two_users
def test_a_folder_of_another_user_is_not_closed(base: Path) -> None:
    assert is_closed(str(folder_of(base / "ours", 0, 0o700)))
    for mode in (0o700, 0o755, 0o777):
        assert not is_closed(str(folder_of(base / f"{mode}", OTHER, mode)))
    assert not is_closed(str(folder_of(open_to_all(base) / "inner", 0, 0o700)))
