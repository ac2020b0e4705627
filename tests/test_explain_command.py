"""The command `deriv explain`: its formats, in any width, and its pictures."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest

from derivcli import DerivError, explain
from tests.support import deriv


def table_of(*words: str, columns: int = 80) -> str:
    return deriv("explain", *words, columns=columns).stdout


def test_a_node_of_the_tree_is_opened_once() -> None:
    lines = deriv("explain", "z^2+sin(z)", "--let", "z=x+1", "--at", "x=2", "--format", "tree").stdout.splitlines()
    assert sum("z = x + 1" in line for line in lines) == 3
    assert sum("(above)" in line for line in lines) == 1


def test_a_deep_tree_ends() -> None:
    text = "+".join(f"x^{number}" for number in range(2, 90))
    out = deriv("explain", text, "--at", "x=1", "--format", "tree").stdout
    assert "deeper" in out
    assert len(out) < 40_000


@pytest.mark.parametrize("columns", [30, 50, 80, 200])
def test_every_width(columns: int) -> None:
    out = table_of("besselj(2,x)*x*atan2(y,gamma(x))", "--at", "x=1,y=2", columns=columns)
    assert all(len(line) <= columns for line in out.splitlines())
    assert "BesseljBackward" in out


def test_json() -> None:
    out = deriv("explain", "6x^2+2x+4", "--at", "x=3", "--format", "json").json
    assert out["version"] == 1
    assert out["backward"][0] == out["output"] == "y"
    by_name = {node["name"]: node for node in out["nodes"]}
    assert by_name["x"]["grad"] == [38]
    assert by_name["y"]["grad"] is None
    assert by_name["v1"]["local_derivatives"] == [{"of": "x", "formula": "2*x", "value": [6]}]
    assert out["verdicts"]["x"][0]["kind"] == "proved"


def test_lines_for_programs_hold_every_digit() -> None:
    lines = deriv("explain", "sin(x)", "--at", "x=1").stdout.splitlines()
    assert lines[0].split("\t")[0] == "node"
    assert lines[2].split("\t")[2] == "0.8414709848078965"


def test_a_picture_needs_no_graphviz(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("dot") is None
    for ending, start in {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}.items():
        target = tmp_path / f"graph.{ending}"
        out = deriv("explain", "z^2", "--let", "z=x+1", "--at", "x=2", "--plot", str(target))
        assert (out.stdout, out.stderr) == ("", f"deriv: saved {target}\n")
        assert target.read_bytes().startswith(start)


def test_a_picture_and_a_table(tmp_path: Any) -> None:
    target = tmp_path / "graph.svg"
    out = deriv("explain", "x^2", "--at", "x=2", "--plot", str(target), "--format", "tree")
    assert out.stdout.startswith("y = f(x) = x^2")
    assert target.exists()
    assert "it exists" in deriv("explain", "x", "--at", "x=2", "--plot", str(target), "--no-clobber", status=2).stderr


def test_a_picture_that_cannot_be_written() -> None:
    out = deriv("explain", "x^2", "--at", "x=2", "--plot", "/nowhere/graph.svg", status=2)
    assert "cannot write" in out.stderr


def test_a_number_that_misleads_is_told_and_fails_the_check() -> None:
    out = deriv("explain", "relu(x)-relu(-x)", "--at", "x=0", "--check", status=1)
    assert "f' is wrong: the truth is 1" in out.stderr
    assert "1/(2*x)" in deriv("explain", "1/2x", "--at", "x=1").stderr


def test_too_many_points() -> None:
    with pytest.raises(DerivError, match="points are more"):
        explain("x", {"x": np.linspace(0, 1, 2_000)})
