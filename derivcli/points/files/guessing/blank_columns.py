"""The widths of columns that columns of blanks part all through the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from derivcli.points.files.guessing.cell_kinds import MISSING, NUMBER, Kinds
from derivcli.points.files.guessing.split_lines import Line

MAX_STARTS_TRIED = 8
MAX_CHARACTERS_OF_LINE = 2000

LEAST_LINES = 3

Span = tuple[int, int]


def widths_of(lines: Sequence[Line], kinds: Kinds) -> Iterator[tuple[int, ...]]:
    """The widths that the lower lines may have, for each place where these may begin."""
    texts = [line.text.rstrip() for line in lines if line.text.strip()]
    if any("\t" in text or len(text) > MAX_CHARACTERS_OF_LINE for text in texts):
        return
    holds = [_holds_numbers(text, kinds) for text in texts]
    last = max((place for place, each in enumerate(holds) if each), default=-1) + 1
    begins = [place for place in range(last) if holds[place] and not all(holds[max(0, place - 3) : place] or [False])]
    found: set[tuple[int, ...]] = set()
    for begin in begins[:MAX_STARTS_TRIED]:
        if last - begin >= LEAST_LINES:
            for above in (1, 2):
                widths = _widths(texts[begin:last], texts[max(0, begin - above) : begin], kinds)
                if len(widths) > 1 and widths not in found:
                    found.add(widths)
                    yield widths


def _holds_numbers(text: str, kinds: Kinds) -> bool:
    words = text.split()
    return (any(kinds.of(word) == NUMBER for word in words[1:]) and len(re.findall(r"\S  +\S", text)) > 0) or (
        sum(kinds.of(word) == NUMBER for word in words) * 2 > len(words)
    )


def _widths(rows: Sequence[str], above: Sequence[str], kinds: Kinds) -> tuple[int, ...]:
    """The widths of columns whose borders lie in the blanks of all rows, and where it can be, of the line above."""
    spans = _filled(rows)
    if above and len(_filled([*rows, *above])) == len(spans):
        spans = _filled([*rows, *above])
    spans = [part for span in spans for part in _parts(rows, span, kinds)]
    length = max(map(len, above), default=0)
    line = "".join("x" if any(each[place : place + 1].strip() for each in above) else " " for place in range(length))
    borders = [_beside_words(line, _border(rows, left, right), left[1], right[0]) for left, right in pairwise(spans)]
    return tuple(stop - start for start, stop in pairwise([0, *borders, max(map(len, rows), default=0) + 1]))


def _filled(rows: Sequence[str]) -> list[Span]:
    """Where characters stand in any of the rows."""
    marks = 0
    for row in rows:
        marks |= int("".join("0" if c == " " else "1" for c in reversed(row)) or "0", 2)
    found, place = [], 0
    for bit, run in groupby(bin(marks)[:1:-1]):
        length = sum(1 for _ in run)
        if bit == "1":
            found.append((place, place + length))
        place += length
    return found


def _parts(rows: Sequence[str], span: Span, kinds: Kinds) -> list[Span]:
    """The columns of numbers that touch in some rows, parted where all end and some have a blank behind; else all."""
    start, stop = span
    if not any(" " in row[start:stop].strip() for row in rows):
        return [span]
    ends = [
        place
        for place in range(start + 1, stop)
        if all(row[place - 1 : place].strip() for row in rows) and any(row[place : place + 1] == " " for row in rows)
    ]
    parts = list(pairwise([start, *ends, stop]))
    are_numbers = all(kinds.of(row[left:right]) in (NUMBER, MISSING) for row in rows for left, right in parts)
    return parts if are_numbers else [span]


def _border(rows: Sequence[str], left: Span, right: Span) -> int:
    """Where between two columns the border lies best: words grow to the right, and numbers to the left."""
    grows_left = any(not row[right[0] : right[0] + 1].strip() for row in rows)
    grows_right = any(not row[left[1] - 1 : left[1]].strip() for row in rows)
    if grows_left and grows_right:
        return (left[1] + right[0] + 1) // 2
    return left[1] if grows_left else right[0]


def _beside_words(line: str, best: int, first: int, last: int) -> int:
    """The place nearest to the best one that has two blanks in a line of names, or one, or is the best."""
    blank = [not line[place : place + 1].strip() for place in range(last + 1)]
    places = sorted(range(first, last + 1), key=lambda place: abs(place - best))
    double = [place for place in places if blank[place - 1] and (blank[place] or blank[place - 2])]
    single = [place for place in places if blank[place - 1] or blank[place]]
    return [*double, *single, best][0]
