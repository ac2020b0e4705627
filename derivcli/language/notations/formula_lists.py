"""Several formulas in one text: `(x^2, sin(x))` as books write a vector, and lists of SymPy, NumPy and Python.

Those are `[x^2, sin(x)]` and `Matrix([[x^2], [sin(x)]])`. A bracket around one formula is no list, and neither is
what holds a list and more, as `x[0]` and `[x for x in y]` do.
"""

from __future__ import annotations

import re
from itertools import pairwise

from derivcli.errors import DerivError, Span
from derivcli.language import limits

_HEAD = re.compile(r"\s*(?:(?:(?:sp|sympy)\.)?(?:Immutable)?Matrix|(?:np|numpy|jnp)\.array|torch\.stack)\s*\((?=\s*\[)")
_COMPREHENSION = re.compile(r"\bfor\s")
_OPENS, _CLOSES = "([{", ")]}"
_MARK = re.compile(r"[(\[{}\]),]")


def listed_formulas(text: str) -> list[str]:
    """The formulas of a list, or the text itself where it is none."""
    head = _HEAD.match(text)
    end = len(text.rstrip())
    if head and text[end - 1] == ")":
        start, stop = head.end(), len(text[: end - 1].rstrip())
        start += len(text[start:stop]) - len(text[start:stop].lstrip())
    else:
        start, stop = len(text) - len(text.lstrip()), end
    parts = _parts(text, start, stop) or _parts(text, start, stop, "()")
    if parts is None or _COMPREHENSION.search(text) or (len(parts) == 1 and not head):
        return [text]
    limits.check_characters(text)
    rows = [_parts(text, *_stripped(text, *part)) for part in parts]
    if all(row is not None and (len(row) == 1 or len(rows) == 1) for row in rows):
        parts = [part for row in rows for part in row or ()]
    elif any("[" in text[slice(*part)] for part in parts):
        return [text]
    for first, last in parts:
        if not text[first:last].strip():
            hint = "write it, or leave out a comma"
            raise DerivError("a formula of this list is missing", text, Span(first - 1, last + 1), hint)
    return [text[slice(*_stripped(text, *part))] for part in parts]


def _parts(text: str, start: int, stop: int, around: str = "[]") -> list[tuple[int, int]] | None:
    """Where the parts of a list stand that goes from `start` to `stop`; None where there is no list."""
    if text[start : start + 1] + text[stop - 1 : stop] != around:
        return None
    depth, commas = 0, [start]
    for mark in _MARK.finditer(text, start, stop):
        depth += (mark[0] in _OPENS) - (mark[0] in _CLOSES)
        if depth == 0 and mark.end() < stop:
            return None
        if depth == 1 and mark[0] == ",":
            commas.append(mark.start())
    return [(before + 1, after) for before, after in pairwise([*commas, stop - 1])] if depth == 0 else None


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    """A stretch of the text without the blanks at its ends."""
    part = text[start:stop]
    return start + len(part) - len(part.lstrip()), stop - len(part) + len(part.rstrip())
