"""LaTeX: equations aligned at their signs, and arrays of numbers; needs amsmath."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivcli.render.blocks import (
    Chain,
    Column,
    Document,
    Equations,
    Line,
    Matrices,
    Polynomial,
    Sentence,
    Style,
    Table,
)
from derivcli.render.numbers import formula_latex, latex_number

_FORMULA = re.compile(r"[(/*]|[a-df-z]|^e$")
"""What no number has in its text."""


def write_latex(document: Document, style: Style) -> str:
    """Equations that follow each other in one environment, matrices, tables and derivations in one each."""
    found: list[str] = []
    lines: list[Line] = []
    for block in document.blocks():
        match block:
            case Equations() | Polynomial() | Sentence():
                lines += block.latex()
            case Table() if block.latex is not None:
                lines += block.latex()
            case Table() | Matrices() | Chain():
                found += [_aligned(lines), _environment(block, style)]
                lines = []
    return "".join([*found, _aligned(lines)])


def _environment(block: Table | Matrices | Chain, style: Style) -> str:
    match block:
        case Table():
            return _array(block, style)
        case Matrices():
            return _aligned(block.latex())
        case Chain():
            return _environment_of(block.latex())


def _aligned(lines: Sequence[Line]) -> str:
    return _environment_of(" \\\\\n".join(f"{left} &{sign} {right}" for left, sign, right in lines)) if lines else ""


def _environment_of(body: str) -> str:
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _cell(text: str) -> str:
    """A number, or the formula that a point was typed as."""
    return latex_number(text) if text in ("nan", "inf", "-inf") or not _FORMULA.search(text) else formula_latex(text)


def _cells(column: Column, style: Style) -> list[str]:
    """The cells of a column: numbers or, where they were asked for, the exact values that are known."""
    if column.role == "at":
        return list(map(_cell, column.texts))
    exact = column.exact if style.exact and column.exact else [""] * len(column.texts)
    return [
        formula_latex(known) if known else latex_number(text) for known, text in zip(exact, column.texts, strict=True)
    ]


def _array(table: Table, style: Style) -> str:
    rows = zip(*[_cells(column, style) for column in table.columns], strict=True)
    head = " & ".join(column.latex for column in table.columns)
    body = " \\\\\n".join(" & ".join(row) for row in rows)
    return f"\\[\n\\begin{{array}}{{{'r' * len(table.columns)}}}\n{head} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]\n"
