"""Where a function swings more than once in a pixel, so that only how far it goes up and down can be seen."""

from __future__ import annotations

import numpy as np

from derivcli.pictures.sampling.bends import turns
from derivcli.pictures.sampling.samples import Evaluated, Mask, Samples
from derivcli.pictures.sampling.scale import Scale
from derivcli.pictures.scene import Floats

MIN_TURNS, TURN_PIXELS = 5, 5.0
"""So many turns within so many pixels are more than a picture can tell apart."""

POINTS, ROUNDS = 24, 3
"""How many points in a gap are tried, and how often more beside the best of them."""


def dense(samples: Samples, scale: Scale) -> Mask:
    """The gaps in which each function swings faster than a picture can show, shape (functions, points - 1)."""
    x = samples.x / scale.wide
    before, after = np.searchsorted(x, x - TURN_PIXELS / 2), np.searchsorted(x, x + TURN_PIXELS / 2)
    count = np.pad(np.cumsum(turns(samples, scale), axis=1), ((0, 0), (1, 0)))
    often = np.asarray(count[:, after] - count[:, before] >= MIN_TURNS)
    return np.asarray((often[:, 1:] | often[:, :-1]) & samples.joined)


def extremes(evaluate: Evaluated, function: int, left: Floats, right: Floats) -> Floats:
    """Places where a function is highest and lowest in each of some gaps, as far as trials tell."""
    share = (np.arange(POINTS) + 0.5 + 0.6 * ((np.arange(POINTS) * 0.6180339887498949) % 1 - 0.5)) / POINTS
    x = np.column_stack((left, left[:, None] + (right - left)[:, None] * share, right))
    y = evaluate(x.ravel())[function].reshape(x.shape)
    found = []
    for sign in (-1.0, 1.0):
        tried, values = x, sign * y
        for _ in range(ROUNDS):
            row, top = np.arange(len(tried)), np.argmax(np.where(np.isnan(values), -np.inf, values), axis=1)
            low = tried[row, np.fmax(top - 1, 0)]
            size = tried[row, np.fmin(top + 1, tried.shape[1] - 1)] - low
            tried = low[:, None] + size[:, None] * np.linspace(0, 1, 9)
            values = sign * evaluate(tried.ravel())[function].reshape(tried.shape)
        found.append(tried[np.arange(len(tried)), np.argmax(np.where(np.isnan(values), -np.inf, values), axis=1)])
    return np.concatenate(found)
