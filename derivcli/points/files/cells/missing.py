"""Cells that stand for no number, by the texts that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from derivcli.points.files.cells.cells_to_numbers import Numbers, read_numbers
from derivcli.points.files.cells.number_grammar import MINUS, NOT_FINITE
from derivcli.points.files.cells.times import is_time
from derivcli.points.files.reading import AS_PEOPLE_WRITE, Cells
from derivcli.points.files.typed.arrow_encodings import decoded, value_type

Mask = NDArray[np.bool_]

_MIDNIGHT = re.compile(r" 00:00:00(\.0+)?Z?$")
_LAST_LETTERS = frozenset("nNfFyY")
"""Those of nan, inf and infinity."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands for no number in a column: words, numbers in any spelling, and times.

    The empty word is an empty cell.
    """

    words: frozenset[str]
    numbers: tuple[float, ...] = ()
    times: tuple[tuple[int, bool], ...] = ()
    """Nanoseconds, and whether they count from a date."""
    written: Cells = AS_PEOPLE_WRITE

    @staticmethod
    def of(texts: Iterable[str], written: Cells) -> Missing:
        """What texts say; one that is a number means the number, and one that is a time the time."""
        words, numbers, times = set(), [], []
        written = replace(written, missing=(), missing_in={})
        for text in (text.strip() for text in texts):
            words.add(_word(text))
            found = read_numbers(pa.array([text]), replace(written, time_format=""))
            if found.bad is None and found.instants is None and not np.isnan(found.values[0]):
                numbers.append(float(found.values[0]))
            for each in (found, read_numbers(pa.array([text]), written)):
                if each.bad is None and each.instants is not None:
                    times.append((int(each.instants[0]), each.has_date))
        return Missing(frozenset(words), tuple(numbers), tuple(times), written)

    def mask(self, numbers: Numbers, cells: pa.Array) -> Mask | None:
        """Which cells of a column are missing; None where none is.

        Words are looked for where there is no finite number, which is in few places.
        """
        equal = self._equal(numbers, value_type(cells.type))
        found = np.logical_or.reduce(equal) if equal else None
        if self.words:
            with np.errstate(invalid="ignore"):
                places = np.flatnonzero(~np.isfinite(numbers.values))
            if len(places) and len(said := self._said(cells.take(pa.array(places)), numbers.instants is not None)):
                found = np.zeros(len(numbers.values), dtype=bool) if found is None else found
                found[places[said]] = True
        return found if found is not None and found.any() else None

    def _equal(self, numbers: Numbers, kind: pa.DataType) -> list[Mask]:
        """Where a column equals each of the numbers, rounded as it is, or of the times."""
        if numbers.instants is None:
            return [numbers.values == each for each in _rounded(self.numbers, kind)]
        times = (time for time, has_date in self.times if has_date == numbers.has_date)
        return [(numbers.instants == each) & ~np.isnan(numbers.values) for each in times]

    def _said(self, cells: pa.Array, among_times: bool) -> NDArray[np.intp]:
        """Which cells are missing by their texts, or by their numbers where these stand among times.

        Each different text is looked at once, since they are few.
        """
        cells = decoded(cells)
        coded = pc.dictionary_encode(cells.cast(pa.string()) if is_time(cells.type) else cells, null_encoding="encode")
        words = ["" if text is None else _word(str(text)) for text in coded.dictionary.to_pylist()]
        said = [place for place, word in enumerate(words) if word in self.words or _day(word) in self.words]
        if among_times and self.numbers:
            values = read_numbers(pa.array(words, pa.string()), self.written).values
            said += [place for place, value in enumerate(values.tolist()) if value in self.numbers]
        return np.flatnonzero(np.isin(np.asarray(coded.indices), said))


def _word(text: str) -> str:
    """A text as it is compared: with one sign for minus, and one spelling of what is not finite."""
    text = text.strip().translate(MINUS)
    return str(float(text)) if text[-1:] in _LAST_LETTERS and re.fullmatch(NOT_FINITE, text) else text


def _day(text: str) -> str:
    """The date of a midnight."""
    return _MIDNIGHT.sub("", text) if ":" in text else text


def _rounded(numbers: Iterable[float], kind: pa.DataType) -> Iterable[float]:
    """Numbers as a column of a type holds them."""
    if not (pa.types.is_float32(kind) or pa.types.is_float16(kind)):
        return numbers
    with np.errstate(over="ignore"):
        return [float(np.dtype(kind.to_pandas_dtype()).type(each)) for each in numbers]


def missing_by_header(cells: Cells, headers: Iterable[str], variables: Mapping[str, str]) -> dict[str, Missing]:
    """What is missing in each column with one of these headers, which may be called by its variable."""
    single = {variables.get(name, name): texts for name, texts in cells.missing_in.items()}
    texts = {header: (*cells.missing, *single.get(header, ())) for header in headers}
    return {header: Missing.of(each, cells) for header, each in texts.items() if each}
