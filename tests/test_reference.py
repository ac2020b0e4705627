"""`deriv functions`: that the table speaks the truth about its rows, and that every format has all of it."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import shlex
from typing import Any

import numpy as np
import pytest

from derivcli import FLAGS, DerivError, derive
from derivcli.cli import app
from derivcli.language.function import Function
from derivcli.language.functions import FAMILIES, FUNCTIONS, vocabulary
from derivcli.language.parse import parse_tree
from derivcli.language.reference import PLACES, example, family_of, look_up, related
from derivcli.render.functions import FORMATS
from tests.support import deriv
from tests.test_architecture import loaded

every_row = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)

KINKS = sum(1 << FLAGS.index(kind) for kind in PLACES)
GRID = [step / 2 for step in range(-14, 15)]

CLAMPS = {"clamp", "hardtanh", "hardshrink", "softshrink"}
GO_ON = {"celu", *CLAMPS}
"""Their numbers go on where the definition has lost its meaning."""


def grid(row: Function) -> dict[str, list[float]]:
    """Every point of a grid in as many dimensions as the row has parameters, which hits kinks and edges."""
    steps = GRID if len(row.parameters) < 3 else GRID[::4]
    points = itertools.product(steps, repeat=len(row.parameters))
    return {name: list(column) for name, column in zip(row.parameters, zip(*points, strict=True), strict=True)}


def holds(condition: str, at: dict[str, list[float]]) -> Any:
    """Where a condition of the language holds."""
    return derive(f"if({condition}, 1, 0)", at, list(at), paired=True).value == 1


def is_decidable(row: Function) -> bool:
    """Whether the place where the row is defined is a condition in its parameters, not prose."""
    if not row.defined:
        return True
    try:
        tree = parse_tree(row.defined, row.parameters, condition=True)
    except DerivError:
        return False
    return {str(each) for each in tree.free_symbols} <= set(row.parameters)


def call_of(row: Function) -> str:
    return f"{row.name}({', '.join(row.parameters)})"


def wrongly_defined(row: Function) -> int:
    """At how many points the function has a value and should not, or the other way round."""
    at = grid(row)
    finite = np.isfinite(derive(call_of(row), at, list(at), paired=True).value)
    return int((finite != (holds(row.defined, at) if row.defined else True)).sum())


DECIDABLE = [row for row in FUNCTIONS if is_decidable(row) and not row.whole and row.name not in GO_ON]


@pytest.mark.parametrize("row", DECIDABLE, ids=lambda row: row.name)
def test_a_function_is_defined_where_the_table_says(row: Function) -> None:
    assert wrongly_defined(row) == 0


def test_a_wrong_domain_is_noticed() -> None:
    assert wrongly_defined(dataclasses.replace(vocabulary()["sqrt"], defined="x > 0"))
    assert wrongly_defined(dataclasses.replace(vocabulary()["log"], defined=""))


REWRITTEN = [row for row in FUNCTIONS if row.definition and not row.whole]


def misplaced(row: Function) -> int:
    """At how many points a rewrite touches a special place that its row does not name, or the other way round."""
    at = grid(row)
    result = derive(call_of(row), at, list(at), paired=True)
    flagged = (result.flags & KINKS != 0) & np.isfinite(result.value)
    named = np.zeros(len(flagged), dtype=bool)
    for _, condition in row.special:
        named |= holds(condition, at)
    return int((flagged != named & np.isfinite(result.value)).sum())


@pytest.mark.parametrize("row", [row for row in REWRITTEN if row.name not in CLAMPS], ids=lambda row: row.name)
def test_the_special_places_of_a_rewrite_are_those_of_its_definition(row: Function) -> None:
    assert misplaced(row) == 0


def test_a_place_that_is_not_named_is_noticed() -> None:
    assert misplaced(dataclasses.replace(vocabulary()["relu6"], special=(("corner", "x == 0"),)))
    assert misplaced(dataclasses.replace(vocabulary()["sec"], special=(("corner", "x == 0"),)))


@pytest.mark.parametrize("name", sorted(CLAMPS))
def test_the_corners_of_a_clamp_are_named(name: str) -> None:
    row = vocabulary()[name]
    bounds = {"lo": -1.0, "hi": 2.0} if "lo" in row.parameters else {"t": 1.5}
    at: dict[str, Any] = {"x": GRID} | {key: [value] * len(GRID) for key, value in bounds.items()}
    flagged = derive(call_of(row), at, ["x"], paired=True).flags != 0
    assert flagged.tolist() == holds(row.special[0][1], at).tolist()
    assert flagged.sum() == 2


@every_row
def test_the_example_works(row: Function) -> None:
    words = shlex.split(example(row))
    assert words[0] == "deriv"
    numbers = deriv(*words[1:], "--format", "tsv").stdout.splitlines()[1].split("\t")
    assert np.isfinite([float(number) for number in numbers]).all()


@every_row
def test_every_name_leads_to_the_page(row: Function) -> None:
    assert {look_up(name).name for name in (row.name, *row.aliases)} == {row.name}


@every_row
def test_a_page_has_the_derivatives_that_deriv_prints(row: Function) -> None:
    page = deriv("functions", row.name, "--format", "json").json
    assert list(page["derivatives"]) == [name for name in row.parameters if name not in row.whole]
    if row.whole:
        return
    lines = deriv(call_of(row), "--wrt", ",".join(row.parameters), "--format", "value").stdout.splitlines()
    assert list(page["derivatives"].values()) == lines


@every_row
def test_kin_are_functions_of_the_table(row: Function) -> None:
    names = related(row)
    assert set(names) <= {other.name for other in FUNCTIONS} - {row.name}
    assert {other.name for other in FAMILIES[family_of(row)]} <= {row.name, *names}


def names_in(format_name: str, text: str) -> list[str]:
    """The first words of the functions that a list names."""
    if format_name == "json":
        return [each["name"] for each in json.loads(text)]
    if format_name in ("tsv", "csv"):
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if format_name == "tsv" else ","))[1:]
        return [row[0].partition("(")[0] for row in rows]
    words = [line.removeprefix("| `").partition("(") for line in text.splitlines()]
    return [name for name, bracket, _ in words if bracket and name in vocabulary() and not name[0].isspace()]


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_lists_every_function_once(format_name: str) -> None:
    text = deriv("functions", "--format", format_name).stdout
    assert names_in(format_name, text) == [row.name for row in FUNCTIONS]


def test_a_wide_terminal_gets_a_table_and_a_pipe_tabs() -> None:
    assert deriv("functions", columns=150).stdout == deriv("functions", "--format", "table", columns=150).stdout
    assert deriv("functions").stdout == deriv("functions", "--format", "tsv").stdout
    assert max(map(len, deriv("functions", columns=60).stdout.splitlines())) <= 60


def test_a_greek_letter_is_its_name() -> None:
    assert deriv("functions", "Γ").stdout == deriv("functions", "gamma").stdout


def test_a_commands_name_is_the_command_only_in_front() -> None:
    assert deriv("functions*x", "--wrt", "functions", "--format", "value").stdout == "x\n"
    assert deriv("--wrt", "functions", "functions", "--format", "value").stdout == "1\n"
    assert deriv("--", "functions", status=2).stderr.startswith("deriv: unknown name 'functions'")


def test_help_is_the_commands_own() -> None:
    assert deriv("functions", "-h").stdout == deriv("functions", "--help").stdout
    assert "deriv functions [OPTIONS] [NAME]" in deriv("functions", "--help").stdout
    assert set(app.COMMANDS) == {"functions"}


@pytest.mark.parametrize(("words", "libraries"), [(["functions"], set()), (["functions", "gamma"], {"sympy"})])
def test_a_list_loads_no_heavy_library(words: list[str], libraries: set[str]) -> None:
    quiet = "import io, sys; screen, sys.stdout = sys.stdout, io.StringIO()"
    code = f"{quiet}; from derivcli.cli.app import run; status = run({words}); sys.stdout = screen; assert status == 0"
    assert loaded(code) == libraries
