"""Compiled kernels are kept where nobody else can put one."""

from __future__ import annotations

import os
import stat
import tempfile
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
two_users = pytest.mark.skipif(os.getuid() != 0, reason="only root can be two users")


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
