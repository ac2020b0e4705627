"""Equations that follow from each other on a terminal's screen, each with its reason beside it or below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from derivcli.render.blocks import UNBROKEN
from derivcli.render.formats.formula_lines import formula_lines

GAP = 4
"""Letters between a formula and its reason."""


Piece: TypeAlias = tuple[str, str]
"""A part of a line, and its role: "formula" for the last right side, "caption" for a reason."""


def chain_lines(lines: Sequence[tuple[str, str, str]], width: int) -> Iterator[list[Piece]]:
    """The lines of a chain, in pieces: left side, right side and reason of each equation."""
    head = max(len(left) for left, _, _ in lines)
    indent = head + 3 if 5 * (head + 3) <= 2 * width else 4
    blocks = [_equation(left, right, width, indent) for left, right, _ in lines]
    ends = [len(block[-1]) + GAP for block in blocks]
    column = _column([(end, len(reason)) for end, (*_, reason) in zip(ends, lines, strict=True)], width)
    for number, (block, (*_, reason)) in enumerate(zip(blocks, lines, strict=True), start=1):
        pieces = [_in_color(line) if number == len(lines) else [(line, "")] for line in block]
        if reason and len(block[-1]) + GAP <= column <= width - len(reason):
            pieces[-1].append((" " * (column - len(block[-1])) + reason.replace(UNBROKEN, " "), "caption"))
        elif reason:
            below = " " * min(indent + GAP, width // 4)
            wrapped = textwrap.wrap(reason, width, initial_indent=below, subsequent_indent=below + "  ")
            pieces += [[(line.replace(UNBROKEN, " "), "caption")] for line in wrapped]
        yield from pieces


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


def _in_color(line: str) -> list[Piece]:
    """A line of an equation, its right side in color."""
    start = max(line.find(" = ") + 3 if " = " in line else 0, len(line) - len(line.lstrip()))
    return [(line[:start], ""), (line[start:], "formula")]
