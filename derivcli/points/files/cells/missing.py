"""Cells that stand for no number, by the texts that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from derivcli.points.files.cells.cells_to_numbers import Numbers, read_numbers
from derivcli.points.files.cells.number_grammar import MINUS
from derivcli.points.files.reading import Cells

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands for no number in a column: words, and numbers in any spelling. The empty word is an empty cell."""

    words: frozenset[str]
    numbers: tuple[float, ...] = ()

    @staticmethod
    def of(texts: Iterable[str], written: Cells) -> Missing:
        """What texts say; one that is a finite number means the number."""
        words, numbers = set(), []
        for text in (text.strip() for text in texts):
            value = float(read_numbers(pa.array([text]), written).values[0])
            words.add(text.translate(MINUS))
            if np.isfinite(value):
                numbers.append(value)
        return Missing(frozenset(words), tuple(numbers))

    def mask(self, numbers: Numbers, cells: pa.Array) -> Mask | None:
        """Which cells of a column are missing; None where none is.

        Words are looked for where there is no finite number, which is in few places.
        """
        are_numbers = bool(self.numbers) and numbers.instants is None
        found = np.logical_or.reduce([numbers.values == each for each in self.numbers]) if are_numbers else None
        if self.words:
            with np.errstate(invalid="ignore"):
                places = np.flatnonzero(~np.isfinite(numbers.values))
            texts = cells.take(pa.array(places)).to_pylist() if len(places) else []
            said = [place for place, text in zip(places.tolist(), texts, strict=True) if self._is_word(text)]
            if said:
                found = np.zeros(len(numbers.values), dtype=bool) if found is None else found
                found[said] = True
        return found if found is not None and found.any() else None

    def _is_word(self, cell: object) -> bool:
        return ("" if cell is None else str(cell).strip().translate(MINUS)) in self.words


def missing_by_header(cells: Cells, headers: Iterable[str], variables: Mapping[str, str]) -> dict[str, Missing]:
    """What is missing in each column with one of these headers, which may be called by its variable."""
    single = {variables.get(name, name): texts for name, texts in cells.missing_in.items()}
    texts = {header: (*cells.missing, *single.get(header, ())) for header in headers}
    return {header: Missing.of(each, cells) for header, each in texts.items() if each}
