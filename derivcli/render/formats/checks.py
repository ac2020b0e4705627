"""How checks stand on a screen: under each other, their details aligned beside them or below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TypeAlias

from derivcli.errors import inert
from derivcli.render.blocks import Check, Checks

Piece: TypeAlias = tuple[str, str]
"""A text and its role."""

GAP = "  "

LEAST_DETAIL = 30
"""Letters that a detail needs beside the name; where there is less room it stands below."""


def check_lines(block: Checks, width: int) -> Iterator[list[Piece]]:
    """The lines of checks in pieces with their roles."""
    indent = max((len(_head(check)) for check in block.checks if check.detail), default=0) + len(GAP)
    for check in block.checks:
        yield from _with_detail(check, indent, width)


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
