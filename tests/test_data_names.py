"""Headers as variables, cells with other signs, and what is said of a name that no column has."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from derivcli import derive
from tests.support import deriv, drawn, each

PROPERTY = drawn(40, suppress_health_check=[HealthCheck.function_scoped_fixture])

SPELLED = {
    "Δt": "Deltat", "∆t": "Deltat", "µm": "mum", "μm": "mum", "αβ": "alphabeta", "kΩ": "kOmega", "k\u2126": "kOmega",
    "x_Δ": "x_Delta", "Δt₁": "Deltat1", "σ_max": "sigma_max", "ρ0": "rho0", "πr": "pir", "speed": "speed",
}  # fmt: skip
"""Headers, and how their variable is called in results."""


def of_text(folder: Path, text: str, *words: str, status: int = 0, kind: str = "csv") -> list[list[str]] | str:
    """The lines of an answer to a data file, cell by cell, or what is said where it is refused."""
    path = folder / f"p.{kind}"
    path.write_text(text)
    outcome = deriv(*words, "--data", str(path), "--no-check", "--format", "tsv", status=status)
    return outcome.stderr if status else list(csv.reader(io.StringIO(outcome.stdout), delimiter="\t"))


@each(("header", "name"), SPELLED.items())
@each("formula", ["{}^2", "2{}*{}/2", "sin({})+{}^2-sin({})", "{}(1+0) * {}"])
def test_a_header_is_typed_as_it_stands(header: str, name: str, formula: str, tmp_path: Path) -> None:
    found = of_text(tmp_path, f"{header},z\n3,1\n", formula.replace("{}", header))
    assert found[0] == [header, "z", "f", f"df/d{name}", "f flags"]
    assert [float(cell) for cell in found[1][2:4]] == pytest.approx([9, 6])
    if name != header:
        assert found[1][2:4] == of_text(tmp_path, f"{header},z\n3,1\n", formula.replace("{}", name))[1][2:4]


@each("header", [name for name in SPELLED if not name.isascii()])
def test_such_a_name_may_be_declared_anywhere(header: str) -> None:
    assert deriv(f"{header}^2", "--at", f"{header}=3", "--format", "tsv").stdout.split("\n")[1] == "3\t9\t6"
    defined = deriv(f"2{header}", "--let", f"{header}=3x", "--at", "x=1", "--format", "tsv")
    assert defined.stdout.split()[-2:] == ["6", "6"]
    assert SPELLED[header] in deriv(f"{header}^2", "--wrt", header).stdout


def test_undeclared_they_are_products() -> None:
    assert derive("Δt", {"Delta": 3, "t": 2}).value[0] == 6
    assert derive("2πr", {"r": 1}).derivatives["r"][0] == pytest.approx(6.283185307179586)
    assert derive("Δt*Δ", {"Deltat": 5, "Delta": 3}).value[0] == 15


def test_a_name_does_not_end_within_a_word(tmp_path: Path) -> None:
    assert "unknown name" in of_text(tmp_path, "Δt,x\n3,1\n", "Δtime", status=2)


def test_headers_of_one_spelling_are_not_mixed_up(tmp_path: Path) -> None:
    assert "are named 'µm' and 'μm'" in of_text(tmp_path, "µm,μm\n3,1\n", "µm", status=2)


BLANKS = ["", " ", "\t", "\u00a0", "\u2009", "\u202f", "\u3000"]


@PROPERTY
@given(
    number=st.floats(allow_nan=False, allow_infinity=False),
    minus=st.sampled_from("-−–"),
    before=st.sampled_from(BLANKS),
    behind=st.sampled_from(BLANKS),
    plus=st.booleans(),
    kind=st.sampled_from(["csv", "jsonl"]),
)
def test_other_signs_for_minus_and_blanks(
    number: float, minus: str, before: str, behind: str, plus: bool, kind: str, tmp_path: Path
) -> None:
    text = repr(number).replace("-", minus)
    cell = before + ("+" if plus and text[0] != minus else "") + text + behind
    content = f'x,y\n"{cell}",1\n' if kind == "csv" else f'{{"x": "{cell}", "y": 1}}\n'.replace("\t", " ")
    found = of_text(tmp_path, content, "x*y", kind=kind)
    assert float(found[1][2]) == number
    if kind == "csv":
        assert found[1][0] == cell


@each("cell", "−−3 -−3 +−3 3− − – １ 1_000 1\u00a0000 ٣ 3e 3— 3﹣".split(" "))
def test_what_is_still_no_number(cell: str, tmp_path: Path) -> None:
    assert "is not a number" in of_text(tmp_path, f"x,y\n1,1\n{cell},1\n", "x", status=2)


@pytest.mark.parametrize("header", ["−1,2", "1,−2.5", " 1 ,+3"])
def test_numbers_are_no_header(header: str, tmp_path: Path) -> None:
    assert "holds numbers, not names" in of_text(tmp_path, f"{header}\n1,1\n", "x", status=2)


@pytest.mark.parametrize("formula", ["speed*2", "pressure", "vmax+1", "k"])
def test_an_unknown_name_lists_the_columns(formula: str, tmp_path: Path) -> None:
    said = str(of_text(tmp_path, "time,y (m),Δt\n1,1,1\n", formula, status=2))
    assert "the file has time, y (m), Δt" in said
    assert "*e*" not in said


def test_a_name_that_is_nearly_a_column_is_named(tmp_path: Path) -> None:
    assert "did you mean speed?" in of_text(tmp_path, "speed,y\n1,1\n", "sped*2", status=2)


def test_of_very_many_columns_the_first_are_listed(tmp_path: Path) -> None:
    header = ",".join(f"column{place}" for place in range(2000))
    said = str(of_text(tmp_path, f"{header}\n{','.join('1' * 2000)}\n", "speed*2", status=2))
    assert "column0, column1" in said
    assert "(2,000 in all)" in said
    assert len(said) < 1000
