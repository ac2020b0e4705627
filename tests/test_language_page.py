"""What the pages say of the language is true: every row is read as it says, with the note that it quotes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from derivcli import DerivError, derive, parse
from derivcli.language.expression import Expression
from derivcli.language.notations.formula_lists import listed_formulas
from tests.support import each, hint_of

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "language.md", ROOT / "README.md")
HEAD = "| typed | read as | note |"
REFUSED = "refused"
_CODE = re.compile(r"`((?:\\\||[^`])+)`")
_PARTS = re.compile(r"`(?:\\\||[^`])+`|refused")


@dataclass(frozen=True)
class Row:
    """One thing that is typed: what it means, what is said of it, and what is given beside it."""

    name: str
    typed: str
    meaning: str
    quoted: str
    """A part of the note that is given, nothing where none is."""
    ways_out: tuple[str, ...]
    declared: tuple[str, ...]
    let: tuple[str, ...]


def rows(page: str) -> Iterator[Row]:
    """All rows of the tables of a page, which hold several readings each, as many on the left as on the right."""
    for table in re.findall(rf"^{re.escape(HEAD)}\n(?:\|.*\n)+", page, re.MULTILINE):
        for line in table.splitlines()[2:]:
            typed, meant, note = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
            left, right = spans(typed), spans(meant)
            if len(left) == 1 < len(right):  # a list of several formulas
                left = listed_formulas(left[0])
            assert len(left) == len(right), f"as much on the left as on the right: {line}"
            for text, meaning in zip(left, right, strict=True):
                yield Row(text, text, meaning, *_of_note(note))


def spans(cell: str) -> list[str]:
    """What stands in a cell as code, and where it says `refused`."""
    return [part.strip("`").replace("\\|", "|") for part in _PARTS.findall(cell)]


def _of_note(note: str) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    quoted = re.search(r'"([^"]+)"', note)
    let = tuple(re.findall(r'`--let "?([^`"]+)"?`', note))
    declared = re.search(r"where (.*?) (?:is|are) declared", note)
    names = tuple(_CODE.findall(declared[1])) if declared else ()
    ways_out = tuple(span for span in _CODE.findall(note) if not declared and not span.startswith("--let"))
    return quoted[1] if quoted else "", ways_out, names, let


def read(text: str, row: Row) -> Expression:
    let = dict(each.split("=", 1) for each in row.let)
    return parse(text, declared=row.declared, let=let) if let else parse(text, declared=row.declared)


def check(row: Row) -> None:
    """Hold what a row says of what is typed against what is read."""
    if row.meaning == REFUSED:
        with pytest.raises(DerivError) as caught:
            read(row.typed, row)
        said = f"{caught.value.message}; {hint_of(caught.value)}"
        assert all(way_out in said for way_out in row.ways_out), said
        return
    found, meant = read(row.typed, row), read(row.meaning, row)
    notes = [note.message for note in found.notes]
    assert found.asked == meant.asked
    assert found.tree == meant.tree or values(found) == pytest.approx(values(meant), rel=1e-12), found.text
    assert bool(notes) == bool(row.quoted), notes
    assert any(row.quoted in note for note in notes) or not notes, notes


def values(expression: Expression) -> list[float]:
    """The values of a formula, and of its derivatives, at points that are drawn."""
    if not expression.variables:
        return [float(expression.constant or 0)]
    draw = random.Random(1)
    names = sorted(expression.variables)
    at = {name: [draw.uniform(0.2, 0.9) for _ in range(3)] for name in names}
    result = derive(expression, at=at, wrt=names, check=False, paired=True)
    return [*result.value, *(number for column in result.derivatives.values() for number in column)]


ROWS = [row for page in PAGES for row in rows(page.read_text())]


@each("row", ROWS)
def test_a_row_is_true(row: Row) -> None:
    check(row)


def test_the_page_has_rows() -> None:
    assert len(ROWS) > 80


@each(
    "line",
    [
        "| `2x` | `3*x` | |",
        "| `1/2x` | `x/2` | |",
        '| `2x` | `2*x` | "for the other meaning" |',
        '| `1/2x` | `x/2` | "for the other meaning write 2" |',
        "| `2x` | refused | |",
        "| `2 3` | refused | `write 6` |",
        "| `2 3` | `6` | |",
        "| `uv` | `u*v` | where `uv` is declared |",
    ],
)
def test_a_false_row_is_found(line: str) -> None:
    (row,) = rows(f"{HEAD}\n| --- | --- | --- |\n{line}\n")
    with pytest.raises((AssertionError, DerivError, pytest.fail.Exception)):
        check(row)
