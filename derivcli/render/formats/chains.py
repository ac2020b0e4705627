"""Equations that follow from each other on a terminal's screen, each with its reason beside it or below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from derivcli.render.blocks import UNBROKEN
from derivcli.render.formats.formula_lines import formula_lines

GAP = 4
"""Letters between a formula and its reason."""


def chain_lines(lines: Sequence[tuple[str, str, str]], width: int, color: str, reason_color: str) -> Iterator[Text]:
    """The lines of a chain: left side, right side and reason of each equation; the last right side has a color."""
    head = max(len(left) for left, _, _ in lines)
    indent = head + 3 if 4 * (head + 3) <= width else 4
    blocks = [_equation(left, right, width, indent) for left, right, _ in lines]
    column = _column(
        [(len(block[-1]) + GAP, len(reason)) for block, (*_, reason) in zip(blocks, lines, strict=True)], width
    )
    for number, (block, (_, right, reason)) in enumerate(zip(blocks, lines, strict=True), start=1):
        texts = [Text(line) for line in block]
        if number == len(lines):
            _stylize(texts, right, color)
        if len(block[-1]) + GAP <= column and column + len(reason) <= width:
            texts[-1].append(" " * (column - len(block[-1])) + reason.replace(UNBROKEN, " "), reason_color)
        elif reason:
            below = " " * min(indent + GAP, width // 4)
            wrapped = textwrap.wrap(reason, width, initial_indent=below, subsequent_indent=below + "  ")
            texts += [Text(line.replace(UNBROKEN, " "), reason_color) for line in wrapped]
        yield from texts


def _column(ends: Sequence[tuple[int, int]], width: int) -> int:
    """Where the most reasons have room beside their formulas, which end there; each has a length."""

    def fitting(column: int) -> int:
        return sum(1 for end, length in ends if length and end <= column <= width - length)

    return max(sorted({end for end, _ in ends}), key=fitting)


def _equation(left: str, right: str, width: int, indent: int) -> list[str]:
    """An equation in lines. A left side stands before the sign, or on a line of its own where it is long."""
    start = f"{left.rjust(indent - 3)} = "
    alone = [left] if len(start) > indent else []
    first = f"{'' if alone else left:>{indent - 3}} = "
    parts = formula_lines(right, width - len(first), width - indent)
    return [*alone, first + parts[0], *(" " * indent + part for part in parts[1:])]


def _stylize(texts: Sequence[Text], right: str, color: str) -> None:
    """Color the right side of an equation."""
    for text in texts:
        text.stylize(color, max(text.plain.find(" = ") + 3, len(text.plain) - len(text.plain.lstrip())))
