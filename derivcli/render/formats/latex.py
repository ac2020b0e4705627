"""LaTeX: equations aligned at their signs, and arrays of numbers; needs amsmath."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivcli.render.blocks import Block, Column, Document, Style, Table, Variations
from derivcli.render.formats.aligned_rows import aligned_rows, environment
from derivcli.render.formats.variation_array import variation_arrays
from derivcli.render.numbers import formula_latex, latex_number

_FORMULA = re.compile(r"[(/*]|[a-df-z]|^e$")
"""What no number has in its text."""


def write_latex(document: Document, style: Style) -> str:
    """All equations that follow each other in one environment, and each table in one of its own."""
    found: list[str] = []
    rows: list[str] = []
    for block in document.blocks():
        arrays = _arrays(block, style)
        if arrays:
            found += [_aligned(rows), *arrays]
            rows = []
        else:
            rows += aligned_rows(block)
    return "".join([*found, _aligned(rows)])


def _arrays(block: Block, style: Style) -> list[str]:
    """What stands outside of equations: tables that are no equations."""
    if isinstance(block, Variations):
        return [f"\\[\n{array}\n\\]\n" for array in variation_arrays(block)]
    return [_array(block, style)] if isinstance(block, Table) and block.latex is None else []


def _aligned(rows: Sequence[str]) -> str:
    return environment("align*", rows) + "\n" if rows else ""


def _cell(text: str) -> str:
    """A number, or the formula that a point was typed as."""
    return latex_number(text) if text in ("nan", "inf", "-inf") or not _FORMULA.search(text) else formula_latex(text)


def _cells(column: Column, style: Style) -> list[str]:
    """The cells of a column: numbers or, where they were asked for, the exact values that are known."""
    if column.role == "linear":
        return [rf"\text{{{text}}}" for text in column.texts]
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
