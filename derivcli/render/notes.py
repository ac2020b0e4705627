"""What a reader of the numbers must know: sentences about flagged points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from derivcli.engines.engine_table import TAYLOR, engine_named
from derivcli.render.columns import Style, dependent_of, named
from derivcli.render.numbers import number_texts
from derivcli.result import FLAGS, SeriesResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivcli.result import FloatArray, KindArray, Result

NAMED = 3
"""Points named in one sentence before the rest is counted."""

SENTENCES = {
    "undefined": "{f} comes out as no finite number at {where}: {author}'s derivative there may mean nothing",
    "off": "not on the curve at {where}: {author}'s derivative there means nothing",
    "corner": "a step of {f} has a corner at {where}: {author}'s derivative of that step is a convention",
    "jump": "a step of {f} jumps at {where}: {author}'s derivative of that step is a convention",
    "edge": "a step of {f} is at the edge of its domain at {where}: what {author} gives there may be no derivative",
    "vertical": "a step of {f} has a vertical tangent at {where}",
    "branch": "a comparison in {f} has equal sides at {where}: {author} follows one branch alone",
    "infinite": "a step of {f} or its derivative comes out as no finite number at {where}: "
    "what {author} gives there may be wrong",
}
"""What is said of each kind: of an undefined point nothing else, and "infinite" only where nothing else is said.

A flag speaks of a step, or of a number as it was computed, so that what is said is so whatever the function is: that
of abs(x)^3 has a derivative where its step abs has none. Only a verdict speaks of the function.
"""
assert SENTENCES.keys() == set(FLAGS)


@dataclass(slots=True)
class Seen:
    """The points at which a function touches a place of one kind: how many, and the first few by name."""

    kind: str
    function: str
    author: str
    count: int = 0
    places: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """What is said of them.

        A step inside the function touches the place; that the function as a whole has a derivative there all the
        same is possible, as for abs(x)*x at 0.
        """
        more = self.count - len(self.places)
        where = " and ".join(self.places) + (f" and {more:,} more" if more else "")
        return SENTENCES[self.kind].format(f=self.function, where=where, author=self.author)


@dataclass(frozen=True, slots=True)
class Sightings:
    """The flagged points of results, counted as these come, part after part."""

    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)
    points: Counter[str] = field(default_factory=Counter)
    """How many points of each kind there are, of whichever functions."""

    def add(self, results: Sequence[Result | SeriesResult], style: Style) -> None:
        """Count the flagged points of the next results."""
        either = np.bitwise_or.reduce([result.flags for result in results])
        self.points.update({kind: int(np.count_nonzero(here)) for kind, here in _touched_by_kind(either).items()})
        for name, result in named(results):
            for kind, here in _touched_by_kind(result.flags).items():
                known = self.seen.setdefault((name, kind), Seen(kind, function_of(name, result), author_of(result)))
                known.count += int(np.count_nonzero(here))
                missing = NAMED - len(known.places)
                points = np.flatnonzero(here)[:missing].tolist() if missing else ()
                known.places += [place_of(result, point, style) for point in points]

    def sentences(self) -> list[str]:
        """A sentence for each function and each kind of place that some point touches."""
        return [seen.sentence() for seen in self._sorted() if seen.count]

    def counts(self) -> str:
        """How many points of each kind there are, in short."""
        return ", ".join(f"{self.points[kind]:,} {kind}" for kind in SENTENCES if self.points[kind])

    def _sorted(self) -> list[Seen]:
        names = list(dict.fromkeys(name for name, _ in self.seen))
        return [self.seen[name, kind] for name in names for kind in SENTENCES if (name, kind) in self.seen]


def flag_sentences(results: Sequence[Result | SeriesResult], style: Style) -> list[str]:
    """A sentence for each function and each kind of place that some point touches."""
    sightings = Sightings()
    sightings.add(results, style)
    return sightings.sentences()


def _touched_by_kind(flags: KindArray) -> dict[str, NDArray[np.bool_]]:
    """The points to be told of for each kind: of undefined ones nothing else, and "infinite" where nothing else is."""
    if not flags.any():
        return {}
    undefined = _touched(flags, "undefined")
    found = {"undefined": undefined}
    explained = undefined.copy()
    for kind in SENTENCES:
        if kind not in ("undefined", "infinite"):
            found[kind] = _touched(flags, kind) & ~undefined
            explained |= found[kind]
    return found | {"infinite": _touched(flags, "infinite") & ~explained}


def author_of(result: Result | SeriesResult) -> str:
    """Who gives a result's numbers."""
    return (TAYLOR if isinstance(result, SeriesResult) else engine_named(result.engine)).author


def function_of(name: str, result: Result | SeriesResult) -> str:
    """What is evaluated: the function or, of an equation, what is to be 0."""
    return "the difference of the two sides" if dependent_of(result) else name


def _touched(flags: KindArray, kind: str) -> NDArray[np.bool_]:
    """The points that touch a place of that kind."""
    return (flags >> FLAGS.index(kind) & 1).astype(np.bool_)


def place_of(result: Result | SeriesResult, point: int, style: Style) -> str:
    """A point by the values of its variables."""
    return values_text(result.at, point, style)


def values_text(at: Mapping[str, FloatArray], point: int, style: Style) -> str:
    """The values of some variables at a point."""
    values = [(name, number_texts(array[point : point + 1], style.digits)[0]) for name, array in at.items()]
    return ", ".join(f"{name} = {text}" for name, text in values)
