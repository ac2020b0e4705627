"""Where functions jump, have poles, or end: found between samples, and cut there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcli.pictures.sampling.approach import approach
from derivcli.pictures.sampling.bends import MIN_STEP
from derivcli.pictures.sampling.narrowing import domain_ends, jumps
from derivcli.pictures.sampling.samples import Evaluated, Mask, Samples
from derivcli.pictures.sampling.scale import Scale

MAX_SEARCHES = 400
"""How many ends and how many jumps are looked for at a time."""

MAX_APPROACHES = 200
"""Where there are more breaks at a time, no more than the floats beside them is looked at."""

MAX_ENDS, END_PIXELS = 3, 2.0
"""Where a function ends so often within so many pixels, the ends are not looked for."""


def with_breaks(
    evaluate: Evaluated, samples: Samples, slopes: Sequence[int | None], steps: Mask, scale: Scale
) -> Samples:
    """The samples with more on both sides of breaks, and with cuts there.

    `steps`, shape (functions, points - 1), are gaps to be searched for jumps; those that have none are narrowed to
    where the function is steep.
    """
    which, gap = (each[:MAX_SEARCHES] for each in np.nonzero(_ends(samples, scale)))
    begins = np.isfinite(samples.y[which, gap + 1])
    inner, outer = domain_ends(evaluate, which, samples.x[gap + begins], samples.x[gap + ~begins])
    functions, places = [which], [np.fmin(inner, outer)]
    near = [(place, 1 if begin else -1) for place, begin in zip(outer, begins, strict=True)]
    which, gap = (each[:MAX_SEARCHES] for each in np.nonzero(steps))
    found, left, right = jumps(evaluate, which, samples.x[gap], samples.x[gap + 1], MIN_STEP * scale.tall[which])
    steep = np.delete(np.stack((left, right)), found, axis=1).ravel()
    which, left, right = which[found], left[found], right[found]
    near += [*((place, 1) for place in left), *((place, -1) for place in right)]
    functions, places = [*functions, which], [*places, left]
    for function, slope in enumerate(slopes):
        if slope is not None:  # where a function jumps its derivative does too, or has no value
            places.append(left[which == function])
            functions.append(np.full(len(places[-1]), slope))
    if not near and not steep.size:
        return samples
    near = sorted(set(near))
    if len(near) > MAX_APPROACHES:
        x = np.nextafter([place for place, _ in near], [side * np.inf for _, side in near])
    else:
        x = approach(evaluate, near, samples.x[0], samples.x[-1], scale)
    samples = samples.with_more(evaluate, np.append(x, steep))
    return samples.with_cuts(np.concatenate(functions), np.concatenate(places)) if near else samples


def _ends(samples: Samples, scale: Scale) -> Mask:
    """The gaps in which a function ends or begins, shape (functions, points - 1), but where it does so very often."""
    finite = np.isfinite(samples.y)
    ends = finite[:, 1:] != finite[:, :-1]
    count = np.append(np.zeros((len(ends), 1), dtype=np.intp), np.cumsum(ends, axis=1), axis=1)
    x = samples.x[:-1] / scale.wide
    reach = END_PIXELS / 2
    often = count[:, np.searchsorted(x, x + reach)] - count[:, np.searchsorted(x, x - reach)] >= MAX_ENDS
    return np.asarray(ends & ~often & np.isnan(samples.cut[:, :-1]))
