"""LaTeX: equations aligned at their signs, and arrays of numbers; needs amsmath."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivcli.render.blocks import Chain, Document, Equations, Line, Matrices, Polynomial, Sentence, Style, Table
from derivcli.render.numbers import latex_number

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
                found += [_aligned(lines), _environment(block)]
                lines = []
    return "".join([*found, _aligned(lines)])


def _environment(block: Table | Matrices | Chain) -> str:
    match block:
        case Table():
            return _array(block)
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
