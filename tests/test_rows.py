"""A format and a kind of verdict are one row each: those made up here are known everywhere at once."""

import json
import subprocess
import sys

import pytest

from derivcli import Verdict, derive
from derivcli.check.verdict_kinds import KINDS, VerdictKind
from derivcli.render.blocks import Style
from derivcli.render.documents.numbers import numbers_document
from derivcli.render.format_table import write
from derivcli.render.results import render

SHOUTING = """
import sys
from derivcli.render.format_table import FORMATS, Format

def shout(document, style):
    return "".join(f"{'! '.join(row)}!\\n" for row in document.rows()).upper()

FORMATS["shout"] = Format("shout", "loud lines", ("results", "steps"), shout, suffixes=(".loud",))
from derivcli.cli.app import run
for line in sys.argv[1:]:
    assert run(line.split()) == 0
    print("-----")
"""
"""A program with a format that is loud, which runs several command lines."""


def shouted(*lines: str) -> list[str]:
    """What each of them prints."""
    command = [sys.executable, "-c", SHOUTING, *lines]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("-----\n")


def test_a_format_is_a_row_and_a_function() -> None:
    numbers, steps, told, _ = shouted("x^2 --at x=3 --format shout", "steps x --format shout", "steps --help")
    assert numbers == "X! F! DF/DX!\n3! 9! 6!\n"
    assert steps.splitlines()[-1] == "DF/DX! DERIVATIVE OF THE VARIABLE! 1!"
    assert "|shout" in told


def test_a_kind_of_verdict_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    row = VerdictKind("haunted", "an example", "none", "{f} is haunted: {message}; {printed}", "{number} is a ghost")
    monkeypatch.setitem(KINDS, "haunted", row)
    result = derive("x^2", {"x": [1.0, 2.0]}, check=True)
    result.verdicts["x"].put(1, Verdict("haunted", message="since noon"))
    document = numbers_document([result], Style(verdicts=True))
    assert "│ haunted │" in write(document, "table", Style())
    assert "x = 2: f' is haunted: since noon; 4 is a ghost" in write(document, "markdown", Style())
    assert "1 proved, 1 haunted\n" in write(document, "markdown", Style())
    assert write(document, "tsv", Style()).splitlines()[-1].split("\t")[5] == "haunted"
    assert json.loads(render([result], "json", Style()))["functions"][0]["verdicts"]["x"][1]["kind"] == "haunted"
    assert repr(result.verdicts["x"]) == "<2 verdicts: 1 proved, 1 haunted>"
