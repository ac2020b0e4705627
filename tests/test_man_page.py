"""The manual page: all that it has to tell, in a form that formatters have nothing against."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

from derivcli.cli import man_page
from derivcli.cli.command_table import COMMANDS
from derivcli.cli.environment_table import FILES, VARIABLES
from derivcli.cli.grammar import built
from derivcli.errors import ExitStatus

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "deriv.1"
NEEDS_MAN = pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")

SET_BY_OTHERS = {"MPLBACKEND"}
"""Variables that are only kept away from a library."""


def ran(*words: str, **options: str) -> str:
    """What a command prints; it has to complain of nothing."""
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin", **options})
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def shown() -> str:
    """The page as it is read, each stretch of white space as one blank."""
    return ran("man", "-l", str(PAGE), MANWIDTH="1000", LC_ALL="C.UTF-8", MANPAGER="cat")


@NEEDS_MAN
def test_it_has_all_parts_in_the_usual_order(shown: str) -> None:
    parts = re.findall(r"^[A-Z][A-Z ]+$", shown, re.MULTILINE)
    usual = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "COMMANDS",
        "OPTIONS",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
    ]
    assert parts == usual


@NEEDS_MAN
@pytest.mark.parametrize("name", COMMANDS)
def test_it_tells_of_each_command(name: str, shown: str) -> None:
    text = re.search(
        rf"^       deriv {name}\b[^\n]*\[OPTIONS\]$(.*?)(?=^       deriv |^   \S|^\S)", shown, re.MULTILINE | re.DOTALL
    )
    assert text
    for option in built(name).get_params(typer.Context(built(name))):
        assert "--help" in option.opts or all(
            re.search(rf"(?<!\S){word}\b", text[1]) for word in option.opts if "-" in word
        )


@NEEDS_MAN
def test_it_tells_of_each_option_variable_and_status(shown: str) -> None:
    command = built("")
    for option in command.get_params(typer.Context(command)):
        for name in option.opts + option.secondary_opts:
            assert name[0] != "-" or re.search(rf"^       (--\S+ / )?{name}\b", shown, re.MULTILINE), name
    for row in VARIABLES:
        assert row.names.replace(" ", ", ") in shown
    assert all(f"       {row.path}\n" in shown for row in FILES)
    for status in ExitStatus:
        assert re.search(rf"^       {int(status)} +\S", shown, re.MULTILINE)


@NEEDS_MAN
def test_what_is_typed_can_be_copied(shown: str) -> None:
    for command in ("deriv 'sin 2x'", "deriv 'u**3+v**2+4*u*v' --at u=3,v=4 --wrt u,v", 'deriv steps "x**2*sin(x)"'):
        assert f"       {command}\n" in shown
    assert "2x^2, sin 2x, |x|, x**2*sin(x)" in shown


@NEEDS_MAN
def test_man_has_nothing_against_it() -> None:
    ran("man", "--warnings", "-l", str(PAGE), LC_ALL="C.UTF-8", MANPAGER="cat", MANWIDTH="80")


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_has_nothing_against_it() -> None:
    assert ran("mandoc", "-Tlint", str(PAGE)) == ""


@NEEDS_MAN
def test_no_text_is_a_macro(tmp_path: Path) -> None:
    odd = r""".SH it's \fBnot\fR "a" `b` ^~-- é .x 'y' \n(x"""
    lines = [".TH A 1 2026-11-30", ".SH A", *man_page._lines(odd), ".PP", *man_page._lines(f"{'x' * 78} {odd}")]
    (tmp_path / "odd.1").write_text("\n".join(lines) + "\n", "utf-8")
    text = ran("man", "--warnings", "-l", str(tmp_path / "odd.1"), LC_ALL="C.UTF-8", MANPAGER="cat", MANWIDTH="1000")
    assert " ".join(text.split()).count(odd) == 2


def test_it_is_installed_with_the_program() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert settings["data-files"]["share/man/man1"] == [str(PAGE.relative_to(ROOT))]
    assert "cli/completions/*" in settings["package-data"]["derivcli"]


def test_each_variable_that_is_read_has_a_row() -> None:
    listed = {name for row in VARIABLES for name in row.names.split()}
    read = set()
    for path in (ROOT / "derivcli").rglob("*.py"):
        text = path.read_text("utf-8")
        constants = dict(re.findall(r'^([A-Z]+) = "([A-Z][A-Z_]+)"$', text, re.MULTILINE))
        for used in re.findall(r'environ(?:ment)?(?:\.get\(|\.pop\(|, |\[)("?[A-Z][A-Z_]+"?)', text):
            read.add(used.strip('"') if used[0] == '"' else constants.get(used, used))
        read |= set(re.findall(r'"([A-Z][A-Z_]+)" (?:not )?in (?:os\.)?environ', text))
    read -= SET_BY_OTHERS
    assert {"NO_COLOR", "CI", "DERIV_TRACEBACK", "XDG_DATA_HOME", "ZDOTDIR"} <= read
    assert read <= listed
