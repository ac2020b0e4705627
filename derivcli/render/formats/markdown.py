"""Markdown: blocks of mathematics, paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derivcli.render.blocks import (
    Block,
    CheckResult,
    Checks,
    Column,
    CommandLine,
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
    Variations,
    command_lines,
)
from derivcli.render.formats.aligned_rows import aligned_rows, environment
from derivcli.render.formats.variation_array import variation_arrays
from derivcli.render.numbers import formula_latex

LINE_LETTERS = 100
"""Letters of a line of a command."""

TYPED_ROLES = ("cell", "words of cells")
"""Roles of columns that hold what stands in a file."""


def write_markdown(document: Document, style: Style) -> str:
    """Equations that follow each other as one block of mathematics, and every other block, with empty lines between."""
    parts: list[str] = []
    rows: list[str] = []
    for block in document.blocks():
        mathematics = [] if _is_text(block) else aligned_rows(block)
        rows += mathematics
        others = [] if mathematics else [part for part in _paragraphs(block) if part]
        if others and rows:
            parts.append(_mathematics(rows))
            rows = []
        parts += others
    return "\n".join(f"{part.rstrip()}\n" for part in [*parts, *([_mathematics(rows)] if rows else [])])


def _is_text(block: Block) -> bool:
    """Whether a block is a table or a sentence here, though LaTeX has equations for it."""
    return isinstance(block, Table | Matrices | Sentence) or (isinstance(block, Polynomial) and bool(block.absence))


def _paragraphs(block: Block) -> Iterator[str]:
    """A block as paragraphs, some perhaps empty: a case for each kind of block, however many there are."""
    match block:
        case Sentence():
            yield block.text
        case Equations():
            yield "".join(f"- `{left} = {right}`\n" for left, right in block.sides)
        case Table():
            yield _table(block.columns)
        case Matrices():
            for matrix in block.matrices:
                yield from (matrix.title, _table(matrix.columns))
        case Polynomial():
            yield block.absence
        case CheckResult():
            yield from (*block.report, *block.lines)
        case Checks():
            rows = [f"| {each.mark} | {_escaped(each.text)} | {_escaped(each.detail)} |\n" for each in block.checks]
            yield "".join(["| | trial | |\n| --- | --- | --- |\n", *rows]) if rows else ""
        case Glossary():
            for section in block.sections:
                yield f"{'#' * section.level} {section.title}"
                yield _terms(block.header, section)
        case Variations():
            yield from (f"$$\n{array}\n$$" for array in variation_arrays(block))
        case CommandLine():
            fence = "`" * (max((len(run) for run in re.findall("`+", " ".join(block.words))), default=0) + 1)
            fence = fence if len(fence) > 2 else "```"
            yield "\n".join([f"{fence}sh", *command_lines(block, LINE_LETTERS), fence])
        case Facts():
            yield f"## `{block.title}`"
            written = _plain if block.is_typed else _escaped
            yield "".join(f"- {label}: {written(text)}\n" for label, text in block.facts)


def _table(columns: Sequence[Column]) -> str:
    cells = [[column.label, *column.with_exact(" = ${}$", formula_latex)] for column in columns]
    cells = [
        [*map(_plain, texts)] if column.role in TYPED_ROLES else texts
        for column, texts in zip(columns, cells, strict=True)
    ]
    widths = [max(3, *map(len, column)) for column in cells]
    rows = [
        " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*cells, strict=True)
    ]
    rows.insert(1, " | ".join("-" * (width - 1) + ":" for width in widths))
    return "".join(f"| {row} |\n" for row in rows)


def _mathematics(rows: Sequence[str]) -> str:
    r"""A block of mathematics, as most viewers of Markdown set it; GitHub refuses \operatorname."""
    block = environment("aligned", rows)
    return "$$\n" + re.sub(r"\\operatorname\{([^{}]*)\}", r"\\mathop{\\mathrm{\1}}", block) + "\n$$"


def _terms(header: Sequence[str], section: Section) -> str:
    rows = [
        (f"`{term}`", ", ".join(f"`{name}`" for name in others), _escaped(meaning))
        for term, others, meaning in section.terms
    ]
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    return f"| {' | '.join(header)} |\n| --- | --- | --- |\n" + "".join(lines)


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("|", r"\|")


def _plain(text: str) -> str:
    """A text of which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#~$&])", r"\\\1", text)
