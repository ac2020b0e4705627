"""What a reader of the numbers must know: sentences about flagged points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from derivcli.render.columns import Style, function_names
from derivcli.render.numbers import number_texts
from derivcli.result import FLAGS

if TYPE_CHECKING:
    from derivcli.result import Result

NAMED = 3
"""Points named in one sentence before the rest is counted."""

SENTENCES = {
    "corner": "{f} has a corner at {where}: PyTorch's derivative there is a convention",
    "jump": "{f} has a jump at {where}: there is no derivative there, whatever PyTorch gives",
    "edge": "{f} reaches the edge of its domain at {where}: a derivative there is one-sided",
    "vertical": "{f} has a vertical tangent at {where}",
    "branch": "{f} changes its branch at {where}: PyTorch's derivative there is one branch's alone",
    "undefined": "{f} is no finite number at {where}: there is no derivative there, whatever PyTorch gives",
}
assert SENTENCES.keys() == set(FLAGS)


def flag_sentences(results: Sequence[Result], style: Style) -> list[str]:
    """A sentence for each function and each kind of place that some point touches.

    A step inside the function touches it; that the function as a whole has a derivative there all the same is
    possible, as for abs(x)*x at 0.
    """
    sentences = []
    for name, result in zip(function_names(len(results)), results, strict=True):
        for bit, kind in enumerate(FLAGS):
            touched = np.flatnonzero(result.flags >> bit & 1)
            hidden = kind != "undefined" and (result.flags[touched] >> FLAGS.index("undefined") & 1).all()
            if len(touched) and not hidden:
                sentences.append(
                    SENTENCES[kind].format(f=_step(name, kind), where=_where(result, touched.tolist(), style))
                )
    return sentences


def _step(name: str, kind: str) -> str:
    return name if kind == "undefined" else f"a step of {name}"


def _where(result: Result, points: Sequence[int], style: Style) -> str:
    """The first few points by the values of their variables."""
    named = []
    for point in points[:NAMED]:
        values = [(name, number_texts(array[point : point + 1], style.digits)[0]) for name, array in result.at.items()]
        named.append(", ".join(f"{name} = {text}" for name, text in values))
    more = len(points) - len(named)
    return " and ".join(named) + (f" and {more:,} more" if more else "")
