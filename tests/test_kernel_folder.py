"""Compiled kernels are kept where nobody else can put one."""

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

from derivcli.cli.kernel_cache import FOLDER, FONTS, keep_fonts, keep_kernels, remarks, remove_temporary
from derivcli.engines.torch.trusted_folder import is_closed
from derivcli.pipeline import prepare
from derivcli.points.at_option import read_points
from derivcli.request import Request
from tests.support import deriv


def kept(**environment: str) -> Path:
    """The folder that is named in an environment."""
    keep_kernels(environment)
    return Path(environment[FOLDER])


def is_private(folder: Path) -> bool:
    return stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_the_user(tmp_path: Path) -> None:
    assert kept(HOME=str(tmp_path)) == tmp_path / ".cache/deriv/kernels"
    assert kept(HOME="/nowhere", XDG_CACHE_HOME=str(tmp_path)) == tmp_path / "deriv/kernels"
    assert kept(HOME=str(tmp_path), XDG_CACHE_HOME="relative") == tmp_path / ".cache/deriv/kernels"
    assert is_private(tmp_path / "deriv/kernels")
    assert is_private(tmp_path / ".cache/deriv/kernels")


def test_a_folder_that_others_may_write_to_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "deriv/kernels"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert is_private(kept(XDG_CACHE_HOME=str(tmp_path)))


def test_a_folder_that_the_user_names(tmp_path: Path) -> None:
    assert kept(HOME=str(tmp_path), **{FOLDER: "/named"}) == Path("/named")
    assert not list(tmp_path.iterdir())


def test_a_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    folder = kept(XDG_CACHE_HOME=str(tmp_path))
    assert folder.parent == tmp_path
    assert is_private(folder)


def test_no_folder_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "file").touch()
    folder = kept(XDG_CACHE_HOME=str(tmp_path / "file"))
    assert folder.parent == tmp_path
    assert is_private(folder)


def test_the_command_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(FOLDER, "")
    deriv("x^2", "--at", "x=1")
    assert os.environ[FOLDER] == ""
    deriv("besselj(1, x)", "--at", "x=1", "--engine", "compiled")
    assert os.environ[FOLDER] == str(tmp_path / "deriv/kernels")


# Of other users, which only root can be in turn.

ROOT = Path(__file__).parent.parent
USER, OTHER = 54321, 54322
AS_USER = """
import os, sys
from derivcli.cli.cache import FOLDER, keep_kernels, remove_temporary
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
two_users = pytest.mark.skipif(os.getuid() != 0, reason="only root can be two users")


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


def test_what_others_may_have_planted_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "deriv/kernels"
    (folder / "sub/sub").mkdir(parents=True)
    (folder / "sub/planted.so").touch()
    (folder / "link").symlink_to(tmp_path)
    folder.chmod(0o777)
    assert kept(XDG_CACHE_HOME=str(tmp_path)) == folder
    assert not list(folder.iterdir())
    (folder / "own.so").touch()
    folder.chmod(0o755)
    assert kept(XDG_CACHE_HOME=str(tmp_path)) == folder
    assert list(folder.iterdir()) == [folder / "own.so"]
    assert is_private(folder)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (tmp_path / "deriv").mkdir()
    (tmp_path / "deriv/kernels").symlink_to(elsewhere)
    folder = kept(XDG_CACHE_HOME=str(tmp_path))
    assert tmp_path not in folder.parents
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    remove_temporary()
    assert not folder.exists()


def test_a_temporary_folder_is_forgotten() -> None:
    environment = {"XDG_CACHE_HOME": "/dev/null"}
    keep_kernels(environment)
    folder = Path(environment[FOLDER])
    assert is_private(folder)
    (folder / "kernel.so").touch()
    remove_temporary()
    assert FOLDER not in environment
    assert environment["TMPDIR"] == tempfile.gettempdir()
    assert not folder.exists()


def test_without_any_safe_folder_nothing_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivcli.cli.kernel_cache._is_sound", lambda *_: False)
    folder = kept(XDG_CACHE_HOME="/dev/null")
    with pytest.raises(NotADirectoryError):
        folder.mkdir(parents=True)


@pytest.mark.parametrize("home", ["relative", "/nowhere/home", "/dev/null"])
def test_a_home_that_is_none_is_not_made(home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kept(HOME=home).parent == Path(tempfile.gettempdir())
    assert not list(tmp_path.iterdir())
    assert not Path("/nowhere").exists()


def test_a_user_without_an_account_has_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 54323)
    monkeypatch.delenv("HOME", raising=False)
    environment: dict[str, str] = {}
    keep_fonts(environment)
    keep_kernels(environment)
    assert Path(environment[FOLDER]).parent == Path(environment[FONTS]).parent == Path(tempfile.gettempdir())


def test_a_folder_that_was_closed_and_not_emptied_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deriv/kernels"
    folder.mkdir(parents=True)
    (folder / "planted.so").touch()
    folder.chmod(0o777)

    def interrupted(folder: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("derivcli.cli.kernel_cache._empty", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keep_kernels({"XDG_CACHE_HOME": str(tmp_path)})
    assert kept(XDG_CACHE_HOME=str(tmp_path)) == folder
    assert not list(folder.iterdir())
    assert is_private(folder)


# PyTorch's usual folder, which the library leaves to it.


@pytest.mark.parametrize(("mode", "filled", "closed"), [
    (0o700, True, 0o700), (0o755, True, 0o755), (0o775, False, 0o755), (0o777, True, None), (0o770, True, None),
])  # fmt: skip
def test_a_folder_that_others_can_fill(mode: int, filled: bool, closed: int | None, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if filled:
        (folder / "kernel.so").touch()
    folder.chmod(mode)
    assert is_closed(str(folder)) == (closed is not None)
    assert stat.S_IMODE(folder.stat().st_mode) == (closed or mode)
    (tmp_path / "link").symlink_to(folder)
    assert not is_closed(str(tmp_path / "link"))
    assert not is_closed(str(tmp_path / "nothing"))


@two_users
def test_a_folder_of_another_user_is_not_closed(base: Path) -> None:
    assert is_closed(str(folder_of(base / "ours", 0, 0o700)))
    for mode in (0o700, 0o755, 0o777):
        assert not is_closed(str(folder_of(base / f"{mode}", OTHER, mode)))
    assert not is_closed(str(folder_of(open_to_all(base) / "inner", 0, 0o700)))


def test_python_runs_nothing_that_others_could_plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._inductor.runtime import cache_dir_utils

    folder = tmp_path / "torchinductor_user"
    folder.mkdir()
    (folder / "planted").touch()
    folder.chmod(0o777)
    monkeypatch.setenv(FOLDER, "")  # so that what PyTorch makes of it is taken back
    monkeypatch.delenv(FOLDER)
    monkeypatch.setattr(cache_dir_utils, "default_cache_dir", lambda: str(folder))
    job = prepare(Request(["x*sin(x)"], read_points(["x=1"]), engine="compiled"))
    assert job.engine.name == "reverse"
    assert f"others can write to {folder}" in job.remark
    assert [path.name for path in folder.iterdir()] == ["planted"]


@two_users
def test_a_kernel_that_is_not_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache").chmod(0o775)
    environment = {"HOME": str(tmp_path)}
    keep_kernels(environment)
    assert remarks() == []  # nothing was compiled
    (Path(environment[FOLDER]) / "kernel.so").touch()
    (said,) = remarks()
    assert f"not kept, since {tmp_path / '.cache'} is no folder that only you can" in said
    remove_temporary()
    assert remarks() == []
    homeless = {"HOME": "/dev/null"}
    keep_kernels(homeless)
    (Path(homeless[FOLDER]) / "kernel.so").touch()
    assert "you have no home" in remarks()[0]
    remove_temporary()
