"""Functions of two and three variables that are sums of functions of one in other coordinates, so that all is known.

`python -m tests.drawn_boxes [FIRST [LAST]]` judges their studies in boxes, and prints what is false or missing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from random import Random

import mpmath
import numpy as np

from derivcli import parse
from derivcli.study.boxes.records import BoxStudy
from derivcli.study.boxes.study_box import study_box
from derivcli.study.study import Number
from tests.drawn_claims import ends
from tests.real_curves import DIGITS, along, at

PARTS = (
    *("sin(x)", "cos(2*x)", "x^2", "-x^2", "x^3 - x", "x^4 - 2*x^2", "x*exp(-x^2/2)", "exp(-x^2)", "log(1+x^2)"),
    *("x^2 - cos(3*x)", "x^3 - 3*x", "cosh(x) - 2*x", "sin(x) + x/3", "x*atan(x)", "exp(x) - 2*x", "x^5 - 5*x"),
)
"""Functions whose critical points are all simple."""

MAPS = (
    ((1, 0), (0, 1)), ((1, 1), (1, -1)), ((1, 2), (1, -1)), ((2, 1), (-1, 1)), ((1, 0), (1, 1)), ((3, 1), (1, 0)),
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)), ((1, 1, 0), (1, -1, 0), (0, 0, 1)), ((1, 0, 1), (0, 1, 0), (1, 0, -1)),
)  # fmt: skip
NAMES = ("x", "y", "z")
SIDE = ("-2.3", "1.9")


@dataclass(frozen=True)
class Drawn:
    """A sum of functions of one variable, each of a linear form of the box's variables."""

    parts: tuple[str, ...]
    forms: tuple[tuple[int, ...], ...]

    @property
    def text(self) -> str:
        inner = [" + ".join(f"{k}*{name}" for k, name in zip(form, NAMES, strict=False) if k) for form in self.forms]
        pairs = zip(self.parts, inner, strict=True)
        return " + ".join(f"({part.replace('exp', 'EXP').replace('x', f'({form})')})" for part, form in pairs).replace(
            "EXP", "exp"
        )

    def value(self, place: np.ndarray) -> float:
        return float(sum(along(part, np.array([form @ place]))[0][0] for part, form in self.pairs))

    @property
    def pairs(self) -> list[tuple[str, np.ndarray]]:
        return [(part, np.array(form, float)) for part, form in zip(self.parts, self.forms, strict=True)]


def drawn_box(seed: int) -> Drawn:
    draw = Random(seed)
    forms = draw.choice(MAPS if seed % 4 == 0 else MAPS[:6])
    return Drawn(tuple(draw.choice(PARTS) for _ in forms), forms)


@cache
def critical_numbers(part: str) -> list[tuple[float, int]]:
    """The critical points of a function of one variable far around 0, with the signs of the second derivative."""
    x = np.linspace(-12.0123, 12.0456, 24_001)
    slopes = along(part, x)[1]
    found = []
    for k, (one, two) in enumerate(pairwise(slopes)):
        if one * two < 0:
            with mpmath.workdps(DIGITS):
                place = bisected(part, mpmath.mpf(x[k]), mpmath.mpf(x[k + 1]))
                found.append((float(place), int(mpmath.sign(at(part, place)[2]))))
    return found


def bisected(part: str, low: mpmath.mpf, high: mpmath.mpf) -> mpmath.mpf:
    """Where the derivative changes its sign."""
    first = mpmath.sign(at(part, low)[1])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if mpmath.sign(at(part, middle)[1]) == first else (low, middle)
    return low


def expected(drawn: Drawn) -> list[tuple[np.ndarray, int]]:
    """The critical points inside the box, and how many eigenvalues of the Hessian are positive."""
    back = np.linalg.inv(np.array(drawn.forms, float))
    low, high = map(float, SIDE)
    found = []
    for numbers in product(*map(critical_numbers, drawn.parts)):
        place = back @ np.array([each for each, _ in numbers])
        if np.all((place > low) & (place < high)):
            found.append((place, sum(sign > 0 for _, sign in numbers)))
    return found


def studied(drawn: Drawn) -> BoxStudy:
    low, high = ends(*SIDE)
    return study_box(parse(drawn.text), dict.fromkeys(NAMES[: len(drawn.forms)], (low, high)))


def misses(drawn: Drawn, study: BoxStudy) -> Iterator[str]:
    """What is false, or missing though all is decided."""
    count, left = len(drawn.forms), list(study.critical)
    for place, positive in expected(drawn):
        near = [each for each in left if all(abs(a.value - b) < 1e-9 for a, b in zip(each.at, place, strict=True))]
        if not near:
            if not any(is_in(place, each.box) for each in study.undecided):
                yield f"{place.tolist()} is missing"
            continue
        left.remove(near[0])
        kind = {0: "maximum", count: "minimum"}.get(positive, "saddle")
        if near[0].kind not in (kind, "degenerate") or near[0].signature not in (None, (positive, count - positive)):
            yield f"{place.tolist()} is a {kind}, and not a {near[0].kind} {near[0].signature}"
    for each in left:
        yield f"{[a.text for a in each.at]} is no critical point"
    low, high = map(float, SIDE)
    some = np.random.default_rng(1).uniform(low, high, (300, count))
    values = [drawn.value(place) for place in some]
    least, most = min(values), max(values)
    extent = study.range
    if extent is not None and (least < extent.low.low - 1e-9 or most > extent.high.high + 1e-9):
        yield f"f has values outside of [{extent.low.text}, {extent.high.text}]"
    for point in (*study.critical, *study.extrema):
        if point.value is None or (point.extent != "global" and point.kind not in ("least", "greatest")):
            continue
        is_low = point.kind in ("minimum", "least")
        if (point.value.value > least + 1e-9) if is_low else (point.value.value < most - 1e-9):
            yield f"{point.kind} at {[a.text for a in point.at]}: {point.value.text} is not the best"


def is_in(place: np.ndarray, box: tuple[tuple[Number, Number], ...]) -> bool:
    return all(low.low - 1e-9 <= x <= high.high + 1e-9 for x, (low, high) in zip(place, box, strict=True))


def main(first: int = 0, last: int = 300) -> None:
    complete, seconds = 0, []
    for seed in range(first, last):
        drawn = drawn_box(seed)
        start = time.process_time()
        try:
            study = studied(drawn)
        except Exception as error:
            print(f"{seed}: {drawn.text}: {type(error).__name__}: {error}", flush=True)
            continue
        seconds.append((time.process_time() - start, drawn.text))
        complete += study.complete
        for each in list(misses(drawn, study))[:3]:
            print(f"{seed}: {drawn.text}: {each}", flush=True)
    seconds.sort()
    print(
        f"{complete} of {last - first} are complete; median {seconds[len(seconds) // 2][0]:.3f} s, most {seconds[-1]}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
