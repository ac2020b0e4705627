"""Lists and objects within the objects on lines of JSON: where each stands, so that its text goes on as it is."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from derivcli.points.files.text.json_objects import MAX_NESTING
from derivcli.points.files.text.json_values import json_column

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Spans:
    """Lists and objects that are values of the object on a line: the row and the key of each, and its text.

    `starts` and `stops` are places in the block of bytes. `rows` counts the lines that are not blank.
    """

    rows: int
    row: list[int]
    keys: list[str]
    starts: list[int]
    stops: list[int]

    def column(self, block: bytes, key: str) -> pa.Array:
        """What each row has under a key, as text; null where that is no list and no object."""
        texts: list[str | None] = [None] * self.rows
        for row, found, start, stop in zip(self.row, self.keys, self.starts, self.stops, strict=True):
            if found == key:
                texts[row] = block[start:stop].decode()
        return json_column(texts)

    def count(self, key: str) -> int:
        """How many rows have a list or an object under a key."""
        return self.keys.count(key)

    def without(self, block: bytes, keys: Collection[str]) -> bytes:
        """The block with 0 in the place of each list and object of these keys; raises ValueError where one is none."""
        pieces, cut, end = [], [], 0
        for key, start, stop in zip(self.keys, self.starts, self.stops, strict=True):
            if key in keys:
                pieces.append(block[end:start])
                cut.append(block[start:stop])
                end = stop
        _check(cut)
        return b"0".join([*pieces, block[end:]])


def _check(texts: list[bytes]) -> None:
    """Raise ValueError where a text is no JSON; each has the brackets that it opens, so that all are read as one."""

    json.loads(b"[" + b",".join(texts) + b"]")


def nested_spans(block: bytes) -> Spans:
    """The lists and objects on lines; raises ValueError where the lines are no objects, or are nested too deep."""
    characters = np.frombuffer(block, dtype=np.uint8)
    quotes = _quotes(block, characters)
    places, depths = _brackets(characters, quotes)
    lines = np.flatnonzero(characters == ord("\n"))
    before = depths - _steps(characters[places])
    tops, starts = places[before == 0], places[(before == 1) & (depths == 2)]
    stops = places[(before == 2) & (depths == 1)]
    line_of_top = np.searchsorted(lines, tops)
    is_regular = (
        depths.min(initial=0) == 0
        and depths.max(initial=0) <= MAX_NESTING
        and (not len(depths) or depths[-1] == 0)
        and bool(np.all(np.diff(line_of_top) > 0))
        and len(starts) == len(stops)
        and bool(np.all(np.searchsorted(lines, starts) == np.searchsorted(lines, stops)))
    )
    if not is_regular:
        raise ValueError("the objects are not one on each line")
    rows = np.searchsorted(line_of_top, np.searchsorted(lines, starts))
    return Spans(len(line_of_top), rows.tolist(), _keys(block, quotes, starts), starts.tolist(), (stops + 1).tolist())


def _brackets(characters: NDArray[np.uint8], quotes: Places) -> tuple[Places, Places]:
    """Where brackets stand that are not in texts, and how deep it is behind each."""
    is_bracket = (characters | 0x20) == ord("{")
    is_bracket |= (characters | 0x20) == ord("}")
    places = np.flatnonzero(is_bracket)
    places = places[np.searchsorted(quotes, places) % 2 == 0]
    return places, np.cumsum(_steps(characters[places]))


def _steps(brackets: NDArray[np.uint8]) -> Places:
    """1 for each that opens, -1 for each that closes."""
    return np.where((brackets | 0x20) == ord("{"), 1, -1)


def _quotes(block: bytes, characters: NDArray[np.uint8]) -> Places:
    """Where quotes stand that begin or end a text: those behind an even number of backslashes."""
    quotes = np.flatnonzero(characters == ord('"'))
    if b'\\"' not in block:
        return quotes
    others = np.flatnonzero(characters != ord("\\"))
    last = others[np.searchsorted(others, quotes) - 1]
    is_real: NDArray[np.bool_] = (quotes - last) % 2 == 1
    return quotes[is_real]


def _keys(block: bytes, quotes: Places, starts: Places) -> list[str]:
    """The key of each value that starts there: the text between the two quotes before it."""
    behind = np.searchsorted(quotes, starts)
    if len(behind) and behind.min() < 2:
        raise ValueError("a value has no key")
    known: dict[bytes, Any] = {}
    found = []
    for start, stop in zip(quotes[behind - 2].tolist(), quotes[behind - 1].tolist(), strict=True):
        text = block[start : stop + 1]
        if text not in known:
            known[text] = json.loads(text)
        found.append(known[text])
    return found


_DECODER = json.JSONDecoder()
_BLANKS = " \t\r\n"


def raw_values(line: str) -> dict[str, str]:
    """The texts of the values of an object by their keys, as they stand on a line that is known to hold one."""
    found: dict[str, str] = {}
    place = line.index("{") + 1
    while True:
        place = _beyond(line, place, _BLANKS + ",")
        if line[place] == "}":
            return found
        key, place = _DECODER.raw_decode(line, place)
        start = _beyond(line, place, _BLANKS + ":")
        _, place = _DECODER.raw_decode(line, start)
        found[key] = line[start:place]


def _beyond(line: str, place: int, skipped: str) -> int:
    while line[place] in skipped:
        place += 1
    return place
