"""Lines of code in any language: assignments that are too long for one line, and what is over a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivcli.explain.code.line_breaking import MAX_COLUMNS

SPACES = "    "

MOST = MAX_COLUMNS - 12
"""Columns of a line before it is moved to the right in its function."""

_SIGN = re.compile(r" (?=[-+] )| (?=[*/] )|(?<=[\w)])(?=[-+*/](?![-+*/ ]))|(?<=,) | (?=[?:] )| (?=else )")
"""Where a line may end: before a sign of arithmetic, behind a comma, and before the parts of a choice."""


def assigned(target: str, text: str, end: str = "", more: str = "") -> list[str]:
    """The lines of an assignment; a long formula goes on below, where `more` ends a line that is not whole."""
    return wrapped(f"{target} = ", text, end, more)


def wrapped(start: str, text: str, end: str = "", more: str = "") -> list[str]:
    """The lines of a text behind another one, which end where as few brackets as possible are open."""
    lines: list[str] = []
    left, rest = start, text
    while len(left + rest + end) > MOST:
        room = MOST - len(left) - len(more)
        places = [each for each in _places(rest) if each[1] <= room] or _places(rest)[:1]
        if not places:
            break
        far = [each for each in places if each[1] > room // 3] or places
        least = min(depth for depth, _, _ in far)
        _, place, skip = [each for each in far if each[0] == least][-1]
        lines.append(left + rest[:place] + more)
        left, rest = SPACES, rest[place + skip :]
    return [*lines, left + rest + end]


def _places(text: str) -> list[tuple[int, int, int]]:
    """Where a text can be parted: how many brackets are open there, the place, and whether a space is left out."""
    depths, depth = [], 0
    for character in text:
        depths.append(depth)
        depth += (character in "([{") - (character in ")]}")
    found = [(depths[each.start()], each.start(), each.end() - each.start()) for each in _SIGN.finditer(text)]
    return [each for each in found if each[1] > 0 and text[: each[1]].rstrip()[-1:] not in ("e", "E", "^", "*")]


def indented(lines: Sequence[str], levels: int = 1) -> list[str]:
    """Lines further to the right, but for empty ones."""
    return [SPACES * levels + line if line else "" for line in lines]


def commented(lines: Sequence[str], sign: str) -> list[str]:
    """Sentences as comments."""
    return [f"{sign} {line}" for line in lines]


def aligned(lines: Sequence[str], comments: Sequence[str], sign: str) -> list[str]:
    """Lines with a comment behind each, all at the same place."""
    width = max((len(line) for line, comment in zip(lines, comments, strict=True) if comment), default=0)
    pairs = zip(lines, comments, strict=True)
    return [f"{line.ljust(width)}  {sign} {comment}" if comment else line for line, comment in pairs]
