"""Lines through functions: within half a pixel of the curve, and over no break."""

import mpmath
import numpy as np
import pytest

from derivcli.pictures.sampling.sampled import Canvas, sampled

CANVAS = Canvas(1200, 800)

FUNCTIONS = {
    "x^2": (lambda x: x**2, lambda x: x**2, ()),
    "sin": (np.sin, mpmath.sin, ()),
    "exp": (np.exp, mpmath.exp, ()),
    "1/x": (lambda x: 1 / x, lambda x: 1 / x, (0.0,)),
    "1/x, not told": (lambda x: 1 / x, lambda x: 1 / x, ()),
    "tan": (np.tan, mpmath.tan, ()),
    "cbrt": (np.cbrt, lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), ()),
    "sqrt": (np.sqrt, lambda x: mpmath.sqrt(x) if x >= 0 else mpmath.nan, ()),
    "floor": (np.floor, mpmath.floor, ()),
}


def distances(x, y, strokes, wide, high):
    """How many pixels each point is from the nearest of the lines."""
    nearest = np.full(len(x), np.inf)
    for stroke in strokes:
        line = np.stack((stroke.x / wide, stroke.y / high))
        begin, end = line[:, :-1], line[:, 1:]
        for place, point in enumerate(np.stack((x / wide, y / high), axis=1)):
            near = (end[0] > point[0] - 3) & (begin[0] < point[0] + 3)
            along = end[:, near] - begin[:, near]
            to = point[:, None] - begin[:, near]
            share = np.clip((along * to).sum(axis=0) / np.maximum((along**2).sum(axis=0), 1e-300), 0, 1)
            nearest[place] = min(nearest[place], np.hypot(*(to - share * along)).min(initial=np.inf))
    return nearest


@pytest.mark.parametrize("name", FUNCTIONS)
def test_line_is_within_half_a_pixel(name):
    fast, exact, breaks = FUNCTIONS[name]
    [found] = sampled(lambda x: [fast(x)], -3.0, 3.0, breaks, CANVAS)
    low, high = found.window
    x = np.random.default_rng(3).uniform(-3, 3, 500)
    y = np.array([float(exact(mpmath.mpf(float(each)))) for each in x])
    seen = (y >= low) & (y <= high)
    assert distances(x[seen], y[seen], found.strokes, 6 / 1200, (high - low) / 800).max() < 0.5
