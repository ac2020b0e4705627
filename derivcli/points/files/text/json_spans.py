"""Lists and objects within the objects on lines of JSON: where each stands, so that its text goes on as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from derivcli.points.files.text.json_objects import MAX_NESTING
from derivcli.points.files.text.json_values import JSON

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Lists and objects that are values of the object on a line, in a block of bytes.

    `rows` counts the lines that are not blank. For each value there are the row, the places of the quotes around its
    key, and those where it starts and stops.
    """

    block: bytes
    rows: int
    row: Places
    key_starts: Places
    key_stops: Places
    starts: Places
    stops: Places

    def places(self, key: str) -> Places:
        """Which of the values have this key."""
        written = [json.dumps(key, ensure_ascii=is_ascii).encode() for is_ascii in (False, True)]
        found = np.zeros(len(self.starts), dtype=bool)
        for text in dict.fromkeys(written):
            found |= self._have_key(text)
        escaped = np.flatnonzero(~found & self._has_backslash()).tolist()  # a letter can be written in several ways
        found[[place for place in escaped if json.loads(self._key(place)) == key]] = True
        return np.flatnonzero(found)

    def column(self, places: Places) -> pa.Array:
        """The texts of these values in their rows; null where a row has none."""
        texts = [self.block[start:stop] for start, stop in self._between(places)]
        indices = np.zeros(self.rows, dtype=np.int64)
        indices[self.row[places]] = np.arange(len(places))
        is_none = np.ones(self.rows, dtype=bool)
        is_none[self.row[places]] = False
        found = pa.array(texts, pa.binary()).cast(pa.string()).take(pa.array(indices, mask=is_none))
        return pa.ExtensionArray.from_storage(JSON, found)

    def without(self, places: Places) -> bytes:
        """The block with 0 in place of these values; raises ValueError where one of them is no JSON."""
        pieces, cut, end = [], [], 0
        for start, stop in self._between(np.sort(places)):
            pieces.append(self.block[end:start])
            cut.append(self.block[start:stop])
            end = stop
        json.loads(b"[" + b",".join(cut) + b"]")  # at once, since each closes all brackets that it opens
        return b"0".join([*pieces, self.block[end:]])

    def _between(self, places: Places) -> Iterator[tuple[int, int]]:
        return zip(self.starts[places].tolist(), self.stops[places].tolist(), strict=True)

    def _have_key(self, text: bytes) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.key_stops - self.key_starts == len(text) - 1
        at = np.flatnonzero(found)
        letters = np.frombuffer(self.block, np.uint8)[self.key_starts[at, None] + np.arange(len(text))]
        found[at] = (letters == np.frombuffer(text, dtype=np.uint8)).all(axis=1)
        return found

    def _has_backslash(self) -> NDArray[np.bool_]:
        if b"\\" not in self.block:
            return np.zeros(len(self.starts), dtype=bool)
        return np.array([b"\\" in self._key(place) for place in range(len(self.starts))], dtype=bool)

    def _key(self, place: int) -> bytes:
        return self.block[self.key_starts[place] : self.key_stops[place] + 1]


def nested_spans(block: bytes) -> Spans:
    """The lists and objects on lines; raises ValueError where the lines are no objects, or are nested too deep."""
    characters = np.frombuffer(block, dtype=np.uint8)
    quotes = _quotes(block, characters)
    places, depths = _brackets(characters, quotes)
    lines = np.flatnonzero(characters == ord("\n"))
    before = depths - _steps(characters[places])
    tops, starts = places[before == 0], places[(before == 1) & (depths == 2)]
    stops = places[(before == 2) & (depths == 1)]
    line_of_top, behind = np.searchsorted(lines, tops), np.searchsorted(quotes, starts)
    is_regular = (
        depths.min(initial=0) == 0
        and depths.max(initial=0) <= MAX_NESTING
        and (not len(depths) or depths[-1] == 0)
        and bool(np.all(np.diff(line_of_top) > 0))
        and len(starts) == len(stops)
        and bool(np.all(np.searchsorted(lines, starts) == np.searchsorted(lines, stops)))
        and behind.min(initial=2) >= 2
    )
    if not is_regular:
        raise ValueError("the objects are not one on each line")
    row = np.searchsorted(line_of_top, np.searchsorted(lines, starts))
    return Spans(block, len(tops), row, quotes[behind - 2], quotes[behind - 1], starts, stops + 1)


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
