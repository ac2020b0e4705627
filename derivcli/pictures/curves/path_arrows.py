"""Arrows along a path: evenly, and beside the places at which it crosses itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from derivcli.pictures.curves.path_sampling import Piece
from derivcli.pictures.curves.plane import Window
from derivcli.pictures.scene import Floats

SPACING_PIXELS, MAX_ARROWS = 300, 12
"""How far apart arrows are, and how many there are at most."""

LEAST_PIXELS = 60
"""A part of a path that is so long has an arrow."""

PLACES = np.array([0.5, 0.4, 0.6, 0.3, 0.7])
"""Where in its share of the path an arrow may be; the first that is far from all other parts, or the farthest."""

CLEAR_PIXELS = 40.0
MAX_COMPARED = 3000


def arrows(window: Window, pieces: Sequence[Piece]) -> Floats:
    """Points of the path with its direction there, shape (arrows, 4)."""
    edge = np.array(window.pixels, float)[:, None]
    seen = []
    for piece in pieces:
        middle = (piece.points[:, 1:] + piece.points[:, :-1]) / 2
        inside = ((middle > 0) & (middle < edge)).all(0)
        seen.append(np.where(inside, np.hypot(*np.diff(piece.points, axis=1)), 0))
    spacing = max(SPACING_PIXELS, sum(float(each.sum()) for each in seen) / MAX_ARROWS)
    found = [
        (*window.on_plane((start + stop) / 2), *(window.on_plane(stop) - window.on_plane(start)))
        for piece, lengths in zip(pieces, seen, strict=True)
        for start, stop in _places(piece, np.cumsum(lengths), spacing, pieces)
    ]
    return np.array(found, np.float64).reshape(-1, 4)


def _places(piece: Piece, along: Floats, spacing: float, pieces: Sequence[Piece]) -> Iterator[tuple[Floats, Floats]]:
    """The ends of the segments that have arrows."""
    whole = float(along[-1])
    count = round(whole / spacing) or int(whole > LEAST_PIXELS)
    others = np.concatenate([each.points for each in pieces], axis=1)
    others = others[:, :: 1 + others.shape[1] // MAX_COMPARED]
    for number in range(count):
        tried = np.searchsorted(along, (number + PLACES) / count * whole)
        room = [_room(piece, int(place), others) for place in tried]
        place = int(tried[next((rank for rank, each in enumerate(room) if each > CLEAR_PIXELS), int(np.argmax(room)))])
        yield piece.points[:, place], piece.points[:, place + 1]


def _room(piece: Piece, place: int, others: Floats) -> float:
    """How far the nearest point is that does not lie straight ahead or behind."""
    start, stop = piece.points[:, place], piece.points[:, place + 1]
    way = (stop - start) / max(float(np.hypot(*(stop - start))), 1e-9)
    moved = others - start[:, None]
    away = np.hypot(*moved)
    beside = np.abs(way[0] * moved[1] - way[1] * moved[0]) > 0.4 * away
    return float(away[beside].min(initial=CLEAR_PIXELS * 4))
