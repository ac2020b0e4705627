"""What a reader of the numbers must know: sentences about flagged points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from derivcli.render.columns import Style, dependent_of, named
from derivcli.render.numbers import number_texts
from derivcli.result import ENGINES, FLAGS, SeriesResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivcli.result import FloatArray, Result

AUTHORS = {"reverse": "PyTorch", "taylor": "Taylor arithmetic", "compiled": "PyTorch"}
"""Who is said to give a number."""
assert AUTHORS.keys() == set(ENGINES)

NAMED = 3
"""Points named in one sentence before the rest is counted."""

SENTENCES = {
    "undefined": "{f} is no finite number at {where}: {author}'s derivative there means nothing",
    "off": "not on the curve at {where}: {author}'s derivative there means nothing",
    "corner": "a step of {f} has a corner at {where}: {author}'s derivative there is a convention",
    "jump": "a step of {f} jumps at {where}: {author}'s derivative there is a convention",
    "edge": "a step of {f} is at the edge of its domain at {where}: a derivative there is one-sided at most",
    "vertical": "a step of {f} has a vertical tangent at {where}",
    "branch": "{f} changes its branch at {where}: {author}'s derivative there is one branch's alone",
    "infinite": "a step of {f} or its derivative is no finite number at {where}: "
    "what {author} gives there may be wrong",
}
"""What is said of each kind: of an undefined point nothing else, and "infinite" only where nothing else is said."""
assert SENTENCES.keys() == set(FLAGS)


def flag_sentences(results: Sequence[Result | SeriesResult], style: Style) -> list[str]:
    """A sentence for each function and each kind of place that some point touches.

    A step inside the function touches it; that the function as a whole has a derivative there all the same is
    possible, as for abs(x)*x at 0.
    """
    sentences = []
    for name, result in named(results):
        undefined = _touched(result, "undefined")
        explained = undefined.copy()
        for kind, sentence in SENTENCES.items():
            here = _touched(result, kind)
            if kind == "infinite":
                here &= ~explained
            elif kind != "undefined":
                here &= ~undefined
            explained |= here
            if here.any():
                where = _where(result, np.flatnonzero(here).tolist(), style)
                sentences.append(sentence.format(f=function_of(name, result), where=where, author=author_of(result)))
    return sentences


def author_of(result: Result | SeriesResult) -> str:
    """Who gives a result's numbers."""
    return AUTHORS["taylor" if isinstance(result, SeriesResult) else result.engine]


def function_of(name: str, result: Result | SeriesResult) -> str:
    """What is evaluated: the function or, of an equation, what is to be 0."""
    return "the difference of the two sides" if dependent_of(result) else name


def _touched(result: Result | SeriesResult, kind: str) -> NDArray[np.bool_]:
    """The points that touch a place of that kind."""
    return (result.flags >> FLAGS.index(kind) & 1).astype(np.bool_)


def _where(result: Result | SeriesResult, points: Sequence[int], style: Style) -> str:
    """The first few points by the values of their variables."""
    named = [place_of(result, point, style) for point in points[:NAMED]]
    more = len(points) - len(named)
    return " and ".join(named) + (f" and {more:,} more" if more else "")


def place_of(result: Result | SeriesResult, point: int, style: Style) -> str:
    """A point by the values of its variables."""
    return values_text(result.at, point, style)


def values_text(at: Mapping[str, FloatArray], point: int, style: Style) -> str:
    """The values of some variables at a point."""
    values = [(name, number_texts(array[point : point + 1], style.digits)[0]) for name, array in at.items()]
    return ", ".join(f"{name} = {text}" for name, text in values)
