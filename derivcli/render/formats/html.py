"""HTML: a fragment for notebooks and pages, with no script, no style sheet and nothing of a user's as markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from derivcli.render.blocks import (
    Block,
    Check,
    CheckResult,
    Checks,
    Column,
    Equations,
    Matrices,
    Polynomial,
    Sentence,
    Table,
    Variations,
)
from derivcli.render.formats.variation_html import variation_table

MUTED, WARNED, GOOD = "opacity:.65", "color:#b45309", "color:#15803d"
"""Colors that can be read on a light page and on a dark one."""

ROLE_STYLES = {
    "caption": MUTED,
    "verdict": GOOD,
    "warning": WARNED,
    "wrong": "color:#dc2626",
    "name": "font-style:italic",
    "title": "font-weight:bold",
    "bad title": f"font-weight:bold;{WARNED}",
}
CHECK = "text-align:left"
CELL = "text-align:right;font-variant-numeric:tabular-nums"


def html_of(blocks: Sequence[Block]) -> str:
    """The blocks one under another in one box."""
    return f"<div>{''.join(part for block in blocks for part in _parts(block))}</div>"


def _parts(block: Block) -> Iterator[str]:
    """A block as elements: a case for each kind of block that records show."""
    match block:
        case Equations():
            yield from (_formula(f"{left} = {right}") for left, right in block.sides)
        case Sentence() if block.text:
            yield _element("div", block.text, ROLE_STYLES.get(block.role, ""))
        case Table():
            yield _table(block.columns)
        case Matrices():
            for matrix in block.matrices:
                yield from (_element("div", matrix.title), _table(matrix.columns))
        case Polynomial():
            yield _element("div", block.absence) if block.absence else _formula(f"{block.left} = {block.right}")
        case Checks():
            yield f"<table><tbody>{''.join(map(_check, block.checks))}</tbody></table>"
        case Variations():
            yield variation_table(block)
        case CheckResult():
            yield from (_element("div", line, MUTED) for line in block.report)
            yield from (_element("div", line, WARNED) for line in block.lines)


def _check(check: Check) -> str:
    detail_style = CHECK if check.role == "wrong" else f"{CHECK};{MUTED}"
    cells = (
        _element("td", check.mark, f"{CHECK};{ROLE_STYLES.get(check.role, '')}"),
        _element("td", check.text, CHECK),
        _element("td", check.detail, detail_style),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _element(kind: str, text: str, style: str = "") -> str:
    styled = f' style="{style}"' if style else ""
    return f"<{kind}{styled}>{escape(text)}</{kind}>"


def _formula(text: str) -> str:
    return f"<div><code>{escape(text)}</code></div>"


def _table(columns: Sequence[Column]) -> str:
    head = "".join(_element("th", column.label, CELL) for column in columns)
    rows = zip(*(map(_cell, *_cells(column)) for column in columns), strict=True)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(column: Column) -> tuple[Sequence[str], Sequence[str], Sequence[bool], Sequence[bool]]:
    """The texts of a column, their marks, which of them are to catch the eye, and whether they are numbers."""
    count = len(column.texts)
    marks = column.marks or [""] * count
    warned = column.warned or [False] * count
    return column.with_exact(), marks, warned, [column.numeric] * count


def _cell(text: str, mark: str, is_warned: bool, is_number: bool) -> str:
    style = CELL if is_number else "text-align:left"
    if not mark:
        return _element("td", text, f"{style};{WARNED}" if is_warned else style)
    return f'<td style="{style}">{escape(text)} {_element("small", mark, WARNED if is_warned else GOOD)}</td>'
