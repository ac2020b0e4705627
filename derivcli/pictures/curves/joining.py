"""Pieces of curves put together where they share an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derivcli.pictures.scene import Floats

LEAST_PIXELS = 1e-4
"""Points closer than this are one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a curve from the end of one number to that of another, through `points`, (2, n)."""

    ends: tuple[int, int]
    points: Floats


def joined(segments: Sequence[Segment]) -> list[Floats]:
    """Lines, (2, n) each, as long as they go on without a choice; those that come back end where they began."""
    at_end: defaultdict[int, list[int]] = defaultdict(list)
    for place, each in enumerate(segments):
        for end in each.ends:
            at_end[end].append(place)
    left = [True] * len(segments)

    def walk(end: int, place: int) -> Iterator[Floats]:
        while True:
            left[place] = False
            segment = segments[place]
            forward = segment.ends[0] == end
            yield segment.points if forward else segment.points[:, ::-1]
            end = segment.ends[1 if forward else 0]
            onward = [each for each in at_end[end] if left[each]]
            if len(at_end[end]) != 2 or not onward:
                return
            place = onward[0]

    found = []
    free = [(end, place) for end, places in at_end.items() if len(places) != 2 for place in places]
    for end, place in [*free, *((each.ends[0], place) for place, each in enumerate(segments))]:
        if left[place]:
            parts = [*walk(end, place)]
            found.append(_apart(np.concatenate(parts, axis=1)))
    return found


def _apart(line: Floats) -> Floats:
    """The line without points that repeat the one before; its ends stay."""
    moved = np.hypot(*np.diff(line, axis=1)) > LEAST_PIXELS
    keep = np.concatenate([[True], moved])
    keep[-1] = keep[-1] or line.shape[1] == 2
    line[:, np.nonzero(keep)[0][-1]] = line[:, -1]
    return line[:, keep]
