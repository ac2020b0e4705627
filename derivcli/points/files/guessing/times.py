"""How times in cells are written, as formats of strptime."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

MAX_CELLS_TRIED = 200

_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_NAMED = re.compile(r"\d{1,2}([- /]?)([A-Za-z]{3,9})\1(\d{4}|\d{2})")
_CLOCK = re.compile(
    r"(?P<before>T| +)?\d{1,2}:\d{2}(?P<seconds>:\d{2}(?P<parts>[.]\d{1,6})?)?(?P<half> ?[AaPp][Mm])?"
    r"(?P<zone> ?(?:Z|[+-]\d{2}:?\d{2}))?"
)
_ISO = [
    re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?"),
    re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)? ?(?:Z|[+-]\d{2}:?\d{2})"),
    re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"),
]
"""Times that are read without a format: all without a zone, all with one, or all of the day."""


def time_formats(cells: Sequence[str]) -> tuple[str, ...] | None:
    """The formats that read all cells, "" for ISO 8601, the likelier first; None where there are none.

    There are two where nothing tells days from months.
    """
    texts = [cell.strip() for cell in cells if cell.strip()][:MAX_CELLS_TRIED]
    if not texts:
        return None
    if any(all(map(form.fullmatch, texts)) for form in _ISO):
        return ("",)
    found = [(form, times) for form in _candidates(texts[0]) if (times := _read(texts, form)) is not None]
    found.sort(key=lambda each: _steps(each[1]))
    return tuple(form for form, _ in found) or None


def _candidates(text: str) -> Iterator[str]:
    """The formats that a text may be written in."""
    date = _DATE.match(text) or _NAMED.match(text)
    rest = text[date.end() :] if date else text
    clock = _clock(rest) if rest else ""
    if clock is None:
        return
    for form in _dates(date) if date else ("",):
        yield form + clock


def _dates(date: re.Match[str]) -> list[str]:
    if date.re is _NAMED:
        between, name, year = date.groups()
        return [between.join(("%d", "%b" if len(name) == 3 else "%B", "%Y" if len(year) == 4 else "%y"))]
    first, between, _, last = date.groups()
    if len(first) == 4:
        return [between.join(("%Y", "%m", "%d"))]
    year = "%Y" if len(last) == 4 else "%y"
    orders = [("%d", "%m", year), ("%m", "%d", year)]
    return [between.join(order) for order in (orders if between != "." else orders[:1])]


def _clock(text: str) -> str | None:
    """The format of a time of the day; None where it is none."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    form = (found["before"] or "") + ("%I" if found["half"] else "%H") + ":%M"
    form += ":%S" if found["seconds"] else ""
    form += ".%f" if found["parts"] else ""
    if found["half"]:
        form += (" " if found["half"].startswith(" ") else "") + "%p"
    zone = found["zone"] or ""
    return form + (" " if zone.startswith(" ") else "") + ("%z" if zone else "")


def _read(texts: Sequence[str], form: str) -> list[datetime] | None:
    try:
        return [datetime.strptime(text, form) for text in texts]
    except ValueError:
        return None


def _steps(times: Sequence[datetime]) -> float:
    """How far times go back and forth: rows follow each other in time, mostly by equal steps."""
    bare = [time.replace(tzinfo=None) for time in times]
    return sum(abs((after - before).total_seconds()) for before, after in pairwise(bare))
