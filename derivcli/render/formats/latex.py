"""LaTeX: equations aligned at their signs, and arrays of numbers; needs amsmath."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivcli.render.blocks import Document, Style, Table
from derivcli.render.formats.aligned_rows import aligned_rows, environment
from derivcli.render.numbers import latex_number

_FORMULA = re.compile(r"[(/*]|[a-df-z]|^e$")
"""What no number has in its text."""


def write_latex(document: Document, style: Style) -> str:
    """All equations that follow each other in one environment, and each table in one of its own."""
    found: list[str] = []
    rows: list[str] = []
    for block in document.blocks():
        if isinstance(block, Table) and block.latex is None:
            found += [_aligned(rows), _array(block)]
            rows = []
        else:
            rows += aligned_rows(block)
    return "".join([*found, _aligned(rows)])


def _aligned(rows: Sequence[str]) -> str:
    return environment("align*", rows) + "\n" if rows else ""


def _cell(text: str) -> str:
    """A number, or the formula that a point was typed as."""
    if text in ("nan", "inf", "-inf") or not _FORMULA.search(text):
        return latex_number(text)
    from derivcli.language.functions.formulas import parse_tree
    from derivcli.render.latex_printer import latex_of

    return latex_of(parse_tree(text))


def _array(table: Table) -> str:
    rows = zip(
        *[map(_cell if column.role == "at" else latex_number, column.texts) for column in table.columns], strict=True
    )
    head = " & ".join(column.latex for column in table.columns)
    body = " \\\\\n".join(" & ".join(row) for row in rows)
    return f"\\[\n\\begin{{array}}{{{'r' * len(table.columns)}}}\n{head} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]\n"
