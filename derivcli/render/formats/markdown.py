"""Markdown: what was understood as a list, then paragraphs, tables and blocks of mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derivcli.render.blocks import (
    Block,
    Chain,
    CheckResult,
    Column,
    Document,
    Equations,
    Facts,
    Glossary,
    Matrices,
    Polynomial,
    Section,
    Sentence,
    Style,
    Table,
)
from derivcli.render.numbers import formula_latex


def write_markdown(document: Document, style: Style) -> str:
    """The equations as a list, then each other block after an empty line."""
    blocks = document.blocks()
    equations = [side for block in blocks if isinstance(block, Equations) for side in block.sides]
    listed = "".join(f"- `{left} = {right}`\n" for left, right in equations)
    parts = [part.rstrip() for block in blocks for part in _paragraphs(block) if part]
    return "\n".join([*([listed] if listed else []), *(f"{part}\n" for part in parts)])


def _paragraphs(block: Block) -> Iterator[str]:
    """A block as paragraphs, some perhaps empty: a case for each kind of block, however many there are."""
    match block:
        case Sentence():
            yield block.text
        case Table():
            yield _table(block.columns)
        case Matrices():
            for matrix in block.matrices:
                yield from (matrix.title, _table(matrix.columns))
        case Polynomial():
            yield block.absence or f"`{block.left} = {block.right}`"
        case Chain():
            yield _mathematics(block.latex())
        case CheckResult():
            yield from (*block.report, *block.lines)
        case Glossary():
            for section in block.sections:
                yield f"{'#' * section.level} {section.title}"
                yield _terms(block.header, section)
        case Facts():
            yield f"## `{block.title}`"
            yield "".join(f"- {label}: {_escaped(text)}\n" for label, text in block.facts)


def _table(columns: Sequence[Column]) -> str:
    cells = [[column.label, *column.with_exact(" = ${}$", formula_latex)] for column in columns]
    widths = [max(3, *map(len, column)) for column in cells]
    rows = [
        " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*cells, strict=True)
    ]
    rows.insert(1, " | ".join("-" * (width - 1) + ":" for width in widths))
    return "".join(f"| {row} |\n" for row in rows)


def _mathematics(latex: str) -> str:
    r"""A block of mathematics.

    A fenced block is the one place where Markdown leaves `\\`, `_` and `*` alone; GitHub and GitLab set it, and
    others show the LaTeX. GitHub refuses \operatorname.
    """
    latex = re.sub(r"\\operatorname\{([^{}]*)\}", r"\\mathop{\\mathrm{\1}}", latex)
    return f"```math\n\\begin{{aligned}}\n{latex}\n\\end{{aligned}}\n```"


def _terms(header: Sequence[str], section: Section) -> str:
    rows = [
        (f"`{term}`", ", ".join(f"`{name}`" for name in others), _escaped(meaning))
        for term, others, meaning in section.terms
    ]
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    return f"| {' | '.join(header)} |\n| --- | --- | --- |\n" + "".join(lines)


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("|", r"\|")
