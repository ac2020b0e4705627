"""`deriv functions`: that the table speaks the truth about its rows, and that every format has all of it."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import math
import re
import shlex
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from derivcli import derive, parse
from derivcli.cli.command_table import COMMANDS
from derivcli.flag_table import FLAG_TABLE
from derivcli.language.functions.reference import example, family_of, look_up, mentioned, related
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FAMILIES, FUNCTIONS, vocabulary
from derivcli.render.format_table import formats_for
from tests import support
from tests.support import deriv, each
from tests.test_architecture import loaded

every_row = each("row", FUNCTIONS)

KINKS = sum(flag.mask for flag in FLAG_TABLE.values() if flag.place)
GRID = [step / 2 for step in range(-14, 15)]
MIDDLE = [-6.5, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 6.5]
COARSE = [-6.5, -2.0, -1.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.5]
KINDS = [-1.5, -1.0, 0.0, 0.5, 1.0, 2.0]
"""Numbers that domains tell apart, for rows whose integrals take seconds; the sweep takes `COARSE`."""

CLAMPS = {"clamp", "hardtanh", "hardshrink", "softshrink"}
GO_ON = {"atan2", "beta", "celu", "li", "Li", "root", *CLAMPS}
"""Their numbers go on where the definition has lost its meaning, so that only the other places are looked at."""

WORDS = (
    (r"(\w+|\w [+-] \w) is no whole number below (\d), or \w( - k)? is one", r"not W(\1, \2) or W(x\3, \2)"),
    (r"(\w+) is no whole number below (\d)", r"not W(\1, \2)"),
    (r"and everywhere but at 0 for a whole n below 1", "or x != 0 and W(n, 1)"),
    (r",? and everywhere for a whole number n", " or n == floor(n)"),
    (r"and at x < 0 for an odd whole number n", "or x < 0 and mod(n, 2) == 1"),
    (r"and at x < 0 for a whole number n", "or x < 0 and n == floor(n)"),
    (r"(\w+) is a whole number", r"\1 == floor(\1)"),
    (r",( and)? at x = 0 for", " or x == 0 and"),
    (r", and x < 0 on the branch k = -1", " and (k == 0 or k == -1 and x < 0)"),
    (r"x != pi/2 \+ k\*pi", "cos(x) != 0"),
    (r"x != k\*pi", "sin(x) != 0"),
    (r"a and b are no whole numbers below 1", "not W(a, 1) and not W(b, 1)"),
    (r"x and y are not both 0", "x != 0 or y != 0"),
    (r"sin\(t\)\*\*2", "if(abs(z) > pi/2, 1, sin(z)^2)"),
    (r" from 0 to z", ""),
    (r", or", " or"),
    (r"j = 0 and", "j == 0 and"),
    (r"W\(([^,]*), (\d)\)", r"(\1 < \2 and \1 == floor(\1))"),
)
"""What the texts of the table mean where they are words, as conditions of the language."""

ORDERS = (0.0, 1.0, 2.0, 2.5, -1.5)
"""Values of parameters that have to be constant; the whole ones are taken for those that have to be whole."""


def condition_of(row: Function) -> str:
    """The place where the row is defined as a condition."""
    text = row.defined or "True"
    for words, meaning in WORDS:
        text = re.sub(words, meaning, text)
    return text


def constants_of(row: Function, fully: bool = False) -> Iterator[dict[str, float]]:
    """Several choices of the parameters that have to be constant; where a row counts derivatives, at least one."""
    least = max(row.least, 1) if row.derivatives_of else row.least
    only_one = len(row.whole) > 2 or (row.derivatives_of and not fully)
    counts = (float(least),) if only_one else (least, least + 1.0)
    names = [name for name in row.parameters if name not in row.variables]
    for values in itertools.product(*(counts if name in row.whole else ORDERS for name in names)):
        yield dict(zip(names, values, strict=True))


def with_numbers(text: str, constants: dict[str, float]) -> str:
    """The text with numbers for names."""
    return re.sub(r"\b[A-Za-z]\w*", lambda name: f"({constants[name[0]]:g})" if name[0] in constants else name[0], text)


def grid(row: Function, fully: bool = False) -> dict[str, list[float]]:
    """Every point of a grid in as many dimensions as the row has variables, which hits kinks and edges."""
    steps = COARSE if len(row.variables) > 2 or row.derivatives_of else MIDDLE if len(row.variables) > 1 else GRID
    if row.derivatives_of and not fully:
        steps = KINDS
    points = itertools.product(steps, repeat=len(row.variables))
    return {name: list(column) for name, column in zip(row.variables, zip(*points, strict=True), strict=True)}


def holds(condition: str, at: dict[str, list[float]]) -> Any:
    """Where a condition of the language holds."""
    return derive(f"if({condition}, 1, 0)", at, list(at), paired=True, check=False).value == 1


def call_of(row: Function) -> str:
    return f"{row.name}({', '.join(row.parameters)})"


def wrongly_defined(row: Function, fully: bool = False) -> list[str]:
    """Where the function has a value and should not, or the other way round."""
    found = []
    at = grid(row, fully)
    for constants in constants_of(row, fully):
        result = derive(with_numbers(call_of(row), constants), at, list(at)[-1:], paired=True, check=False)
        defined = holds(with_numbers(condition_of(row), constants), at)
        wrong = np.isfinite(result.value) != defined
        if row.name in GO_ON:
            wrong &= defined
        found += [f"{constants} {[column[index] for column in at.values()]}" for index in np.flatnonzero(wrong)]
    return found


@every_row
def test_a_function_is_defined_where_the_table_says(row: Function) -> None:
    assert wrongly_defined(row) == []


@pytest.mark.sweep
@each("row", [row for row in FUNCTIONS if row.derivatives_of])
def test_a_row_of_derivatives_is_defined_where_the_table_says(row: Function) -> None:
    assert wrongly_defined(row, fully=True) == []


def test_a_wrong_domain_is_noticed() -> None:
    assert wrongly_defined(dataclasses.replace(vocabulary()["sqrt"], defined="x > 0"))
    assert wrongly_defined(dataclasses.replace(vocabulary()["log"], defined=""))
    assert wrongly_defined(dataclasses.replace(vocabulary()["gamma"], defined="x is no whole number below 2"))
    assert wrongly_defined(dataclasses.replace(vocabulary()["ive"], defined="x > 0"))


REWRITTEN = [row for row in FUNCTIONS if row.definition]


def misplaced(row: Function) -> int:
    """At how many points a rewrite touches a special place that its row does not name, or the other way round."""
    return sum(misplaced_with(row, constants) for constants in constants_of(row))


def misplaced_with(row: Function, constants: dict[str, float]) -> int:
    """The same for one choice of the parameters that have to be constant."""
    at = grid(row)
    result = derive(with_numbers(call_of(row), constants), at, list(at), paired=True, check=False)
    flagged = (result.flags & KINKS != 0) & np.isfinite(result.value)
    named = np.zeros(len(flagged), dtype=bool)
    for _, condition in row.special:
        named |= holds(with_numbers(condition, constants), at)
    return int((flagged != named & np.isfinite(result.value)).sum())


@each("row", [row for row in REWRITTEN if row.name not in CLAMPS])
def test_the_special_places_of_a_rewrite_are_those_of_its_definition(row: Function) -> None:
    assert misplaced(row) == 0


def test_a_place_that_is_not_named_is_noticed() -> None:
    assert misplaced(dataclasses.replace(vocabulary()["relu6"], special=(("corner", "x == 0"),)))
    assert misplaced(dataclasses.replace(vocabulary()["ive"], special=()))
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


@pytest.mark.sampled
@each("row", FUNCTIONS[:: support.sample(3, 1)])
def test_a_page_has_the_derivatives_that_deriv_prints(row: Function) -> None:
    page = deriv("functions", row.name, "--format", "json").json
    assert list(page["derivatives"]) == list(row.variables)
    if row.variables == row.parameters:
        lines = deriv(call_of(row), "--wrt", ",".join(row.parameters), "--format", "value").stdout.splitlines()
        assert list(page["derivatives"].values()) == lines
        assert [parse(line, declared=row.parameters).text for line in lines] == lines
    else:
        assert wrong_on_page(row, page["derivatives"]) == []


@pytest.mark.sampled
@each("row", [row for row in FUNCTIONS if row.variables == row.parameters][:: support.sample(4, 1)])
def test_formulas_of_second_derivatives_read_back(row: Function) -> None:
    for formula in derive(call_of(row), wrt=row.parameters, order=2).derivatives.values():
        assert parse(formula.canonical_text, declared=row.parameters).text == formula.canonical_text


def wrong_on_page(row: Function, formulas: dict[str, str]) -> list[str]:
    """The variables whose formula on the page is not the derivative, at a point inside the domain."""
    constants = {name: (max(0, row.least or 2) if name in row.whole else 1.25) for name in row.parameters}
    constants = {name: value for name, value in constants.items() if name not in row.variables}
    middles = {name: (low + 2 * high) / 3 for name, (low, high) in zip(row.parameters, row.domain, strict=True)}
    at = {name: middles[name] for name in row.variables}
    result = derive(with_numbers(call_of(row), constants), at, list(at), check=False)
    shown = {
        name: derive(with_numbers(text, constants), at, list(at), check=False).value[0]
        for name, text in formulas.items()
    }
    return [name for name in shown if not math.isclose(shown[name], result.derivatives[name][0], rel_tol=1e-9)]


def test_a_wrong_formula_on_a_page_is_noticed() -> None:
    assert wrong_on_page(vocabulary()["legendre"], {"x": "1.0005*gegenbauer(n - 1, 3/2, x)"}) == ["x"]


@every_row
def test_kin_are_functions_of_the_table(row: Function) -> None:
    names = related(row)
    assert set(names) <= {other.name for other in FUNCTIONS} - {row.name}
    assert set(mentioned(row)) - {row.name} <= set(names)
    assert len(set(names)) == len(names) >= 5


SERVING = [row for row in FUNCTIONS if row.derivatives_of]


@each("row", SERVING)
def test_a_row_of_derivatives_stands_behind_the_row_that_it_serves(row: Function) -> None:
    served = vocabulary()[row.derivatives_of or ""]
    assert row.name in mentioned(served)
    family = FAMILIES[family_of(row)]
    assert served.derivatives_of is None
    assert all(other.derivatives_of for other in family[family.index(row) :])


def names_in(format_name: str, text: str) -> list[str]:
    """The first words of the functions that a list names."""
    if format_name == "json":
        return [each["name"] for each in json.loads(text)]
    if format_name in ("tsv", "csv"):
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if format_name == "tsv" else ","))[1:]
        return [row[0].partition("(")[0] for row in rows]
    words = [line.removeprefix("| `").partition("(") for line in text.splitlines()]
    return [name for name, bracket, _ in words if bracket and name in vocabulary() and not name[0].isspace()]


@each("format_name", formats_for("functions"))
def test_every_format_lists_every_function_once(format_name: str) -> None:
    text = deriv("functions", "--format", format_name).stdout
    assert names_in(format_name, text) == [row.name for row in FUNCTIONS]


def test_a_wide_terminal_gets_a_table_and_a_pipe_tabs() -> None:
    assert deriv("functions", columns=150).stdout == deriv("functions", "--format", "table", columns=150).stdout
    assert deriv("functions").stdout == deriv("functions", "--format", "tsv").stdout
    for width in (40, 60, 80, 120):
        text = deriv("functions", columns=width).stdout
        assert max(map(len, text.splitlines())) <= width
        assert names_in("table", text) == [row.name for row in FUNCTIONS]


def test_a_greek_letter_is_its_name() -> None:
    assert deriv("functions", "Γ").stdout == deriv("functions", "gamma").stdout


def test_a_commands_name_is_the_command_only_in_front() -> None:
    assert deriv("functions*x", "--wrt", "functions", "--format", "value").stdout == "x\n"
    assert deriv("--wrt", "functions", "functions", "--format", "value").stdout == "1\n"
    assert deriv("--", "functions", status=2).stderr.startswith("deriv: unknown name 'functions'")


@each("name", COMMANDS)
def test_help_is_the_commands_own(name: str) -> None:
    assert deriv(name, "-h").stdout == deriv(name, "--help").stdout
    assert f"deriv {name} [OPTIONS]" in deriv(name, "--help").stdout


@pytest.mark.parametrize(("words", "libraries"), [(["functions"], set()), (["functions", "gamma"], {"sympy"})])
def test_a_list_loads_no_heavy_library(words: list[str], libraries: set[str]) -> None:
    quiet = "import io, sys; screen, sys.stdout = sys.stdout, io.StringIO()"
    code = f"{quiet}; from derivcli.cli.app import run; status = run({words}); sys.stdout = screen; assert status == 0"
    assert loaded(code) == libraries
