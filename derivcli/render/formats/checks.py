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

WIDEST_SCREEN = 500
"""Where lines may be longer than this it is a pipe, and each check has a line of its own."""


def check_lines(block: Checks, width: int) -> Iterator[list[Piece]]:
    """The lines of checks in pieces with their roles."""
    alone = [check for check in block.checks if check.detail or not block.side_by_side]
    beside = [check for check in block.checks if not (check.detail or not block.side_by_side)]
    indent = max((len(_head(check)) for check in alone if check.detail), default=0) + len(GAP)
    for check in alone:
        yield from _with_detail(check, indent, width)
    yield from _side_by_side(beside, width)


def _head(check: Check) -> str:
    return f"{check.mark} {inert(check.text)}"


def _pieces(check: Check, pad: int = 0) -> list[Piece]:
    return [(check.mark, check.role), (_head(check).ljust(pad).removeprefix(check.mark), "")]


def _with_detail(check: Check, indent: int, width: int) -> Iterator[list[Piece]]:
    role = "" if check.role == "wrong" else "caption"
    if not check.detail:
        yield _pieces(check)
        return
    fits = indent + LEAST_DETAIL <= width
    before = indent if fits else len(check.mark) + 3
    lines = textwrap.wrap(inert(check.detail), max(width - before, 10), break_on_hyphens=False)
    if fits:
        yield [*_pieces(check, indent), (lines.pop(0), role)]
    else:
        yield _pieces(check)
    for line in lines:
        yield [(" " * before + line, role)]


def _side_by_side(checks: Sequence[Check], width: int) -> Iterator[list[Piece]]:
    """Checks in columns that are read downwards."""
    if not checks:
        return
    widest = max(len(_head(check)) for check in checks) + len(GAP)
    columns = 1 if width > WIDEST_SCREEN else max(1, (width + len(GAP)) // widest)
    height = -(-len(checks) // columns)
    for row in zip_longest(*(checks[start : start + height] for start in range(0, len(checks), height))):
        yield [piece for check in row if check is not None for piece in _pieces(check, widest)]
