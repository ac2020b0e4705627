"""The names that the nodes of a ledger have, and that no two share."""

from __future__ import annotations

import re

import pytest

from derivcli import explain
from tests.test_explain import broken_sums, names


def test_definitions_name_their_nodes() -> None:
    ledger = explain("z^2", {"w": 2, "x": 3, "b": 1}, let={"z": "w*x+b"})
    assert names(ledger) == ["w", "x", "b", "v1", "z", "y"]
    assert ledger.by_name["z"].operation == "v1 + b"


def test_a_definition_that_is_read_nowhere_is_no_node() -> None:
    assert names(explain("x + 0*x", {"x": 1}, let={"z": "sin(x)"})) == ["x", "v1", "y"]


def test_what_only_a_branch_reads_is_made_there() -> None:
    ledger = explain("if(x > 0, z*x, 1)", {"x": [2.0, -1.0]}, let={"z": "sin(x)"}, check=False)
    assert "z" not in names(ledger)
    assert broken_sums(ledger) == []


@pytest.mark.parametrize(
    ("text", "at", "output"),
    [
        ("x", {"x": 2}, "x"),
        ("3", {"x": 2}, "y"),
        ("y*f", {"y": 1, "f": 2}, "out"),
        ("2y", {"y": 1}, "f"),
        ("loss = 2y", {"y": 1}, "loss"),
    ],
)
def test_the_result_has_a_name_of_its_own(text: str, at: dict[str, float], output: str) -> None:
    ledger = explain(text, at)
    assert ledger.output == output
    assert len(names(ledger)) == len(set(names(ledger)))


@pytest.mark.parametrize(
    "text",
    ["y+f+out+result", "y*f*out*result*y1", "sum+total*all", "sin(v1*w1*node1*step1)+1", "v1*w2*node3*step4*vv1+vvv1"],
)
def test_names_that_are_taken_are_not_given_again(text: str) -> None:
    at = {name: [1.0, 2.0] for name in re.findall(r"[a-z]+\d*", text) if name != "sin"}
    ledger = explain(text, at, paired=True, check=False)
    assert len(names(ledger)) == len(set(names(ledger)))
    assert broken_sums(ledger) == []


def test_names_do_not_clash() -> None:
    ledger = explain("v1*v2 + sin(v3*w1)", {"v1": 1, "v2": 2, "v3": 3, "w1": 1})
    assert len(names(ledger)) == len(set(names(ledger)))
    assert "node1" in names(ledger)
