"""What runs write beside their output, and that they leave nothing of it behind."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from derivcli.cli.kernel_cache import FOLDER, FONTS, keep_fonts
from tests.processes import python

ROOT = Path(__file__).parent.parent


def test_fonts_are_kept_where_they_usually_are(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    keep_fonts(environment)
    assert environment == {"HOME": str(tmp_path)}
    named = {"HOME": "/dev/null", FONTS: str(tmp_path / "named")}
    keep_fonts(named)
    assert named[FONTS] == str(tmp_path / "named")


def test_fonts_are_not_kept_where_no_folder_can_be(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), FONTS: "/dev/null/fonts"}
    keep_fonts(environment)
    assert environment[FONTS] == str(tmp_path / ".cache/deriv/matplotlib")


def test_fonts_are_not_kept_where_others_write(tmp_path: Path) -> None:
    (tmp_path / ".cache/matplotlib").mkdir(parents=True)
    (tmp_path / ".cache/matplotlib").chmod(0o777)
    environment = {"HOME": str(tmp_path)}
    keep_fonts(environment)
    assert environment[FONTS] == str(tmp_path / ".cache/deriv/matplotlib")


def command(tmp_path: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    """The command in a process of its own, with no home and a folder of its own for temporary files."""
    kept = {name: value for name, value in os.environ.items() if name not in {FOLDER, FONTS}}
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        kept.pop(name, None)
    settings = {**kept, "PYTHONPATH": str(ROOT), "HOME": "/dev/null", "TMPDIR": str(tmp_path), **environment}
    run = [*python(), "-m", "derivcli", *words]
    return subprocess.Popen(run, env=settings, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


COMPILED = ["sin(x)*x", "--at", "x=0:1:5", "--engine", "compiled", "--no-check"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_leaves_no_folder_behind(number: int, tmp_path: Path) -> None:
    with command(tmp_path, *COMPILED) as process:
        while process.poll() is None and not list(tmp_path.glob("deriv-*/*")):
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait() == (130 if number == signal.SIGINT else 143)
    assert not list(tmp_path.glob("deriv-*"))


AUDITED = """
import os, sys
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def audit(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[2] & WRITING:
        print(os.path.realpath(arguments[0]), file=sys.stderr)
    if event in {"os.mkdir", "os.rename"} and arguments[-1] in {-1, None}:
        print(os.path.realpath(arguments[event == "os.rename"]), file=sys.stderr)
sys.addaudithook(audit)
from derivcli.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


TOLD = ("deriv: saved ", "Matplotlib is building the font cache")
"""How lines begin that a run may show beside its output."""


def written_to(home: Path, *words: str) -> tuple[set[Path], str]:
    """All that is opened for writing, made or renamed in a run with a home of its own, and its output."""
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "TMPDIR": str(home / "tmp")}
    settings["PYTHONDONTWRITEBYTECODE"] = "1"
    run = [sys.executable, "-c", AUDITED, *words]
    done = subprocess.run(run, env=settings, capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert [line for line in lines if not line.startswith(("/", *TOLD))] == []
    paths = {Path(line) for line in lines if line.startswith("/")}
    return {path for path in paths if path != Path(os.devnull)}, done.stdout


def outside(paths: set[Path], *folders: Path) -> set[Path]:
    """The paths that lead to none of the folders."""
    return {path for path in paths if not any(path.is_relative_to(folder) for folder in folders)}


READY_COMPILER = """#!/bin/sh
case "$*" in
*.main.cpp*)
    while [ "$1" != -o ]; do shift; done
    exec cp "{kernel}" "$2";;
esac
exec g++ "$@"
"""
"""A compiler that has the kernel ready."""


def test_nothing_else_is_written_to_and_no_folder_stays(tmp_path: Path) -> None:
    """Of all that PyTorch's compiler and Matplotlib write, nothing lies outside the folders that are looked at.

    Without a home these are temporary ones, of which nothing is left.
    """
    (tmp_path / "tmp").mkdir()
    picture = tmp_path / "x.svg"
    found, output = written_to(tmp_path, *COMPILED, "--plot", str(picture), "--format", "json")
    function = json.loads(output)["functions"][0]
    assert function["engine"] == "compiled"
    slopes = [math.sin(x) + x * math.cos(x) for x in (0, 0.25, 0.5, 0.75, 1)]
    assert function["derivatives"]["x"] == pytest.approx(slopes)
    kernels, fonts = tmp_path / ".cache/deriv/kernels", tmp_path / ".cache/matplotlib"
    assert len([path for path in found if path.suffix == ".cpp"]) == 1, "PyTorch compiles trials too"
    assert any(path.is_relative_to(fonts) for path in found)
    ours = (kernels, fonts, tmp_path / ".config/matplotlib", tmp_path / "tmp")
    assert {path for path in outside(found, *ours) if path.parent != tmp_path} <= {folder.parent for folder in ours}

    (kernel,) = kernels.rglob("*.main.so")
    compiler = tmp_path / "g++"
    compiler.write_text(READY_COMPILER.format(kernel=kernel))
    compiler.chmod(0o755)
    (tmp_path / "homeless").mkdir()
    (tmp_path / "pictures").mkdir()
    second = tmp_path / "pictures/x.svg"
    with command(tmp_path / "homeless", *COMPILED, "--plot", str(second), CXX=str(compiler)) as process:
        assert process.wait() == 0
        assert process.stderr is not None
        assert "the compiled kernel is not kept" in process.stderr.read()
    assert list(second.parent.iterdir()) == [second]
    assert not list((tmp_path / "homeless").iterdir())
