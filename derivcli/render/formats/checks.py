"""How checks stand on a screen: aligned, those with something to say in two columns, the others side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TypeAlias

from derivcli.errors import inert
from derivcli.render.blocks import Check, Checks

Piece: TypeAlias = tuple[str, str]
"""A text and its role."""

GAP = "  "

LEAST_DETAIL = 30
"""Letters that a detail needs beside the name; where there is less room it stands below."""

MAX_COLUMNS = 4

WIDEST_SCREEN = 500
"""Where lines may be longer than this it is a pipe, and each check has a line of its own."""


def check_lines(block: Checks, width: int) -> Iterator[list[Piece]]:
    """The lines of checks in pieces with their roles."""
    beside = [each for each in block.checks if block.side_by_side and not each.detail and each.role != "wrong"]
    alone = [each for each in block.checks if each not in beside]
    indent = max((len(_head(check)) for check in alone if check.detail), default=0) + len(GAP)
    for check in alone:
        yield from _with_detail(check, indent, width)
    if beside:
        yield from _side_by_side(beside, width)


def _head(check: Check) -> str:
    return f"{check.mark} {inert(check.text)}"


def _pieces(check: Check, pad: int = 0) -> list[Piece]:
    return [(check.mark, check.role), (_head(check).ljust(pad).removeprefix(check.mark), "")]


def _with_detail(check: Check, indent: int, width: int) -> Iterator[list[Piece]]:
    """A check, with its detail beside or below."""
    role = "" if check.role == "wrong" else "caption"
    fits = indent + LEAST_DETAIL <= width
    before = indent if fits else len(check.mark) + 3
    lines = textwrap.wrap(inert(check.detail), max(width - before, 10), break_on_hyphens=False)
    if fits and lines:
        yield [*_pieces(check, indent), (lines.pop(0), role)]
    else:
        first, *others = textwrap.wrap(_head(check), width, subsequent_indent="  ", break_on_hyphens=False)
        yield [(check.mark, check.role), (first.removeprefix(check.mark), "")]
        yield from ([(line, "")] for line in others)
    yield from ([(" " * before + line, role)] for line in lines)


def _side_by_side(checks: Sequence[Check], width: int) -> Iterator[list[Piece]]:
    """Checks in as many columns as fit, which are read downwards."""
    columns = next(found for count in range(MAX_COLUMNS, 0, -1) if (found := _columns(checks, count, width)))
    widths = [max(len(_head(check)) for check in column) + len(GAP) for column in columns]
    for row in zip_longest(*columns):
        pairs = zip(row, widths, strict=True)
        yield [piece for check, pad in pairs if check is not None for piece in _pieces(check, pad)]


def _columns(checks: Sequence[Check], count: int, width: int) -> list[Sequence[Check]]:
    """So many columns; none where these do not fit."""
    height = -(-len(checks) // count)
    columns = [checks[start : start + height] for start in range(0, len(checks), height)]
    total = sum(max(len(_head(check)) for check in column) + len(GAP) for column in columns) - len(GAP)
    return columns if count == 1 or total <= width <= WIDEST_SCREEN else []
