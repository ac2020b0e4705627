"""Compiled kernels are kept where nobody else can put one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from derivcli.cli.cache import FOLDER, keep_kernels
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
