"""Sentences about flagged points, which a reader of the numbers must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from derivcli.flag_table import FLAG_TABLE, Flag
from derivcli.render.blocks import Style
from derivcli.render.quantities import author_of, function_of, named, point_text
from derivcli.result import KindArray, Result, SeriesResult

MAX_NAMED_POINTS = 3


@dataclass(slots=True)
class FlaggedPoints:
    """The points at which one function has a flag: how many, and the first few by name."""

    flag: Flag
    function: str
    author: str
    count: int = 0
    points: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """What is said of them."""
        more = self.count - len(self.points)
        where = " and ".join(self.points) + (f" and {more:,} more" if more else "")
        return self.flag.sentence.format(f=self.function, where=where, author=self.author)


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """The flagged points of results, counted as these come, part after part."""

    by_function: dict[tuple[str, str], FlaggedPoints] = field(default_factory=dict)
    points: Counter[str] = field(default_factory=Counter)
    """How many points have each flag, of whichever functions."""

    def add(self, results: Sequence[Result | SeriesResult], style: Style) -> None:
        """Count the flagged points of the next results."""
        either = np.bitwise_or.reduce([result.flags for result in results])
        self.points.update({name: int(np.count_nonzero(here)) for name, here in _points_by_flag(either).items()})
        for function, result in named(results):
            for name, here in _points_by_flag(result.flags).items():
                fresh = FlaggedPoints(FLAG_TABLE[name], function_of(function, result), author_of(result))
                known = self.by_function.setdefault((function, name), fresh)
                known.count += int(np.count_nonzero(here))
                missing = MAX_NAMED_POINTS - len(known.points)
                points = np.flatnonzero(here)[:missing].tolist() if missing else ()
                known.points += [point_text(result.at, point, style) for point in points]

    def sentences(self) -> list[str]:
        """A sentence for each function and each flag that some point has."""
        return [flagged.sentence() for flagged in self.by_function.values() if flagged.count]

    def counts(self) -> str:
        """How many points have each flag, in short."""
        return ", ".join(f"{self.points[name]:,} {name}" for name in FLAG_TABLE if self.points[name])


def flag_sentences(results: Sequence[Result | SeriesResult], style: Style) -> list[str]:
    """A sentence for each function and each flag that some point has."""
    counts = FlagCounts()
    counts.add(results, style)
    return counts.sentences()


def _points_by_flag(flags: KindArray) -> dict[str, NDArray[np.bool_]]:
    if not flags.any():
        return {}
    alone, together = (flags & _mask(precedence) != 0 for precedence in ("alone", "together"))
    hidden = {"alone": np.zeros_like(alone), "together": alone, "last": alone | together}
    return {name: (flags & flag.mask != 0) & ~hidden[flag.precedence] for name, flag in FLAG_TABLE.items()}


def _mask(precedence: str) -> int:
    return sum(flag.mask for flag in FLAG_TABLE.values() if flag.precedence == precedence)
