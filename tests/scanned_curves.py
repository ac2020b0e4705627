"""Functions on intervals, what is known of them by hand, and what a dense look in 50 digits finds beside that.

By hand come the places where a sign does not change or a zero is a multiple one, and the breaks with their kinds. The
rest is found by sign changes between many points: `python -m tests.scanned_curves` writes `study_cases.jsonl` anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from tests.real_curves import DIGITS, MPMATH, along, at, compiled, spelled

CASES = Path(__file__).with_name("study_cases.jsonl")
POINTS = 20_001
NEAR = mpmath.mpf(10) ** -12
NOTHING = mpmath.mpf(10) ** -35
HUGE = mpmath.mpf(10) ** 12
"""A limit beyond it is infinite."""

BY_HAND = """
x^3 | -10:10 | 0
x^4 | -2:3 | 0
x^5 - x^4 | -1:2 | 0
(x-1)^2*(x+2)^3 | -3:2 | 1, -2
x^2*(x-1)^2 | -1:2 | 0, 1
(x^2-2)^2*(x+1) | -2:2 | -sqrt(2), sqrt(2)
(x^2-2)^3 | -2:2.5 | -sqrt(2), sqrt(2)
(x-1/3)^5 | -1:1 | 1/3
x^2 | -3:3 | 0
6*x^2+2*x+4 | -5:5
x^3 - 3*x + 1 | -3:3
x^3 - 3*x + 2 | -3:3 | 1
x^4 - 2*x^2 | -2:2 | 0
x^5 - 5*x + 1 | -2:2 | 0
(x-1)*(x-1.000001) | 0:2 | 1, 1.000001
x^8 - 1 | -2:2 | 0
x^7 + x^3 | -1:1 | 0
3*x + 1 | -2:2
7 | -1:1
x - x | -1:1
1/x | -2:2 | | 0:pole
1/x^2 | -2:2 | | 0:pole
1/(x-1)^3 | -1:3 | | 1:pole
x/(x^2-1) | -3:3 | | -1:pole, 1:pole
(x^2+1)/(x-1) | -4:5 | | 1:pole
1/(x^2-2) | -3:3 | | -sqrt(2):pole, sqrt(2):pole
(x^2-1)/(x-1) | -2:3 | | 1:hole
x^2/(x^2+1) | -4:4 | 0
(x^3-x)/(x^2-4) | -3.5:3.5 | | -2:pole, 2:pole
1/(1+25*x^2) | -1:1
x^3/(x-1)^2 | -3:4 | 0 | 1:pole
abs(x) | -2:2 | | 0:corner
abs(x^2-1) | -2:2 | | -1:corner, 1:corner
abs(x)^3 | -1:1 | | 0:kink
x*abs(x) | -2:2 | | 0:kink
abs(x-1)+abs(x+1) | -3:3 | | -1:corner, 1:corner
abs(sin(x)) | -1:7 | | 0:corner, pi:corner, 2*pi:corner
sqrt(abs(x)) | -2:2 | | 0:cusp
max(x, x^2) | -1:2 | | 0:corner, 1:corner
max(x, 0) | -2:2 | | 0:corner
min(x, 2-x)+1 | -2:4 | | 1:corner
max(0, x)^2 | -1:1 | | 0:kink
floor(x) | -1.5:2.5 | | -1:jump, 0:jump, 1:jump, 2:jump
x - floor(x) | -0.5:2.5 | | 0:jump, 1:jump, 2:jump
x*floor(x) | -0.5:2.5 | | 0:corner, 1:jump, 2:jump
if(floor(x)*(x^2-4) < 0, 0, x) | 0.5:6.5 | | 1:jump, 2:jump
floor(x^2) | 0.5:1.9 | | 1:jump, sqrt(2):jump, sqrt(3):jump
sign(x)*x^2 | -2:2 | | 0:kink
sign(x-1) | -1:3 | | 1:jump
if(x < 1, x^2, 2-x) | -1:3 | 0 | 1:corner
if(x < 0, -x, x^2+1) | -2:2 | | 0:jump
if(x < 1, x^2, 2*x-1) | -1:3 | 0 | 1:kink
if(x > 0, x^2*(3-2*x), 0) | -1:2 | | 0:kink
sqrt(x) | -1:4 | | 0:edge
sqrt(x^2-1) | -3:3 | | -1:edge, 1:edge
sqrt(4-x^2) | -3:3 | | -2:edge, 2:edge
x*sqrt(1-x^2) | -2:2 | | -1:edge, 1:edge
x*sqrt(x+3) | -4:2 | | -3:edge
log(x) | -1:4 | | 0:edge/pole
x*log(x) | -1:3 | | 0:edge/undefined/hole
log(abs(x)) | -2:2 | | 0:pole
log(x)^2/x | 0.2:12 | 1
log(x^2-1) | -3:3 | | -1:edge/pole, 1:edge/pole
1/log(x) | 0.3:4 | | 1:pole
cbrt(x) | -2:2 | | 0:vertical
cbrt(x-1)^2 | -1:3 | | 1:cusp
cbrt(x^2-1) | -2:2 | | -1:vertical, 1:vertical
x^(2/3)*(x-5/2) | 0.1:4
cbrt(x)*(x-4) | -1:5 | | 0:vertical
cbrt(x^3-3*x+2) | -2.5:3 | | -2:vertical, 1:cusp
sin(x)/x | -7:7 | | 0:hole
(1-cos(x))/x^2 | -5:5 | | 0:hole
sin(x)^2 | 0.5:7 | pi, 2*pi
sin(x)^2 - 1 | 0.5:7 | pi/2, 3*pi/2
sin(x)^2*cos(x) | -1:5 | 0, pi
1 + cos(x) | -4:10 | -pi, pi, 3*pi
1 - cos(3*x) | -0.5:5 | 0, 2*pi/3, 4*pi/3
x - sin(x) | -7:7 | 0, -2*pi, 2*pi
x + cos(x) | -8:8 | -3*pi/2, pi/2, 5*pi/2
sin(x) + sin(2*x)/2 | -1:7 | pi
tan(x) | 0:5 | | pi/2:pole, 3*pi/2:pole
tan(x) - x | -2:5 | 0, pi | -pi/2:pole, pi/2:pole, 3*pi/2:pole
1/sin(x) | 0.5:6 | | pi:pole
1/cos(x) | -1:6 | | pi/2:pole, 3*pi/2:pole
sin(30*x) | 0.01:3.02
sin(x)*sin(10*x) | 0.1:6 | pi
cos(x^2) | 0.2:5
sin(x) + cos(3*x) | 0:6
exp(-x/5)*sin(4*x) | 0.1:6
sin(1/x) | 0.03:1
x*sin(1/x) | 0.05:1
x^2*sin(1/x) | 0.05:1
exp(-1/x) | -2:3 | | 0:pole
exp(-1/x^2) | -2:2 | | 0:hole
exp(1/x) | -1:2 | | 0:pole
1/(1+exp(1/x)) | -2:2 | | 0:jump
atan(1/x) | -2:2 | | 0:jump
x^x | 0.01:2
x^(1/x) | 0.3:9
exp(x) - x - 1 | -2:2 | 0
exp(x) - e*x | -1:3 | 1
x^2*exp(-x) | -1:6 | 0
x^3*(x-1)^2*exp(x) | -2:1.5 | 0, 1
(x-cos(x))^2 | -1:2 | x - cos(x) = 0
exp(-x^2/2)*x | -4:4
exp(sin(x)) | -1:7
exp(x) - 2^x*3 | -2:6
x*exp(1/x) | -2:3 | | 0:pole
cosh(x) | -2:2
tanh(3*x) | -2:2
sinh(x) - 2*x | -3:3
atan(x) - x/2 | -4:4
asin(x) | -2:2 | | -1:edge, 1:edge
acos(x)*x | -2:2 | | -1:edge, 1:edge
asin(2*x/(1+x^2)) | -3:3 | | -1:corner, 1:corner
gamma(x) | 0.1:4
gamma(x) | -2.5:3 | | -2:pole, -1:pole, 0:pole
loggamma(x) | 0.2:5
erf(x) - x/3 | -4:4
erf(x)^2 | -2:2 | 0
besselj(0,x) | 0.5:20
besselj(2,x) | -1:12 | 0
airyai(x) | -9:3 | 0
lambertw(x) | -0.3:4
lambertw(x)-x/2 | -0.3:4
Si(x) | 0.5:15 | 2*pi, 4*pi
digamma(x) | 0.3:4
gelu(x) | -5:3
silu(x) | -6:4
softplus(x) - 1 | -5:5
mish(x) | -6:4
relu(x) - x^2 | -2:2 | | 0:corner
sigmoid(x)*(1-sigmoid(x)) | -5:5
sin(x)^2 + cos(x)^2 | -3:3
exp(log(x)) | 0.5:3
abs(x^3-x) | -1.5:1.5 | | -1:corner, 0:corner, 1:corner
sqrt(x^2) | -2:3 | | 0:corner
sqrt(x^4 - 2*x^2 + 1) | -2:2 | | -1:corner, 1:corner
abs(abs(x)-1) | -3:3 | | -1:corner, 0:corner, 1:corner
x + 1/x | -4:4 | | 0:pole
x^2 + 1/x | -2:3 | | 0:pole
sqrt(x) + sqrt(4-x) | -1:5 | | 0:edge, 4:edge
sqrt(x)*(x-3) | -1:5 | | 0:edge
x^(3/2) - x | -1:3 | | 0:edge
log(x)/sqrt(x) | 0.3:25
sin(pi*x)/(x^2-1) | -2.5:2.5 | | -1:hole, 1:hole
(x+1)/(abs(x)+1) | -3:3 | | 0:kink/corner
"""
"""The formula, the interval, the places of multiple zeros and of those where no sign changes, the breaks."""


@dataclass(frozen=True)
class Curve:
    """A row."""

    text: str
    low: Any
    high: Any
    places: tuple[Any, ...]
    breaks: tuple[tuple[Any, str], ...]

    @property
    def parts(self) -> list[tuple[Any, Any]]:
        """The open intervals between the breaks."""
        return list(pairwise([self.low, *(place for place, _ in self.breaks), self.high]))


def number(text: str) -> Any:
    """A constant formula's value."""
    found = eval(compiled(text), {"__builtins__": {}}, spelled(MPMATH))
    return +found.value


def place(text: str) -> Any:
    """A number, or the solution of an equation between 0 and 1."""
    left, equals, _ = text.partition("= 0")
    return mpmath.findroot(lambda x: at(left, x)[0], (0, 1), solver="anderson", tol=1e-90) if equals else number(text)


def curves() -> Iterator[Curve]:
    """The rows."""
    for line in BY_HAND.strip().splitlines():
        text, interval, places, breaks = [each.strip() for each in (line + "||").split("|")[:4]]
        low, high = map(mpmath.mpf, interval.split(":"))
        pairs = [each.strip().split(":") for each in breaks.split(",") if each.strip()]
        yield Curve(
            text, low, high, tuple(place(each.strip()) for each in places.split(",") if each.strip()),
            tuple((number(place), kind) for place, kind in pairs),
        )  # fmt: skip


def sign(text: str, order: int, x: Any) -> int:
    """The sign of f, f' or f'', 0 where it is nothing in so many digits."""
    value = at(text, x)[order]
    return 0 if mpmath.isnan(value) or abs(value) < NOTHING else int(mpmath.sign(value))


def is_zero(text: str, order: int, x: Any) -> bool:
    value = at(text, x)[order]
    return bool(abs(value) < NOTHING)


def refined(text: str, order: int, low: Any, high: Any) -> Any:
    """Where a sign changes."""
    first = mpmath.sign(at(text, low)[order])
    for _ in range(150):
        middle = (low + high) / 2
        here = mpmath.sign(at(text, middle)[order])
        low, high = (middle, high) if here == first else (low, middle)
    found = (low + high) / 2
    assert multiplicity(text, order, found) == 1, f"{text}: a place by hand near {found}"
    return found


def changes(text: str, order: int, low: Any, high: Any, places: Sequence[Any]) -> list[Any]:
    """Where f, f' or f'' changes its sign in an interval, beside the given places."""
    x = np.unique(np.concatenate([
        np.linspace(float(low), float(high), POINTS)[1:-1],
        float(low) + float(high - low) * np.geomspace(1e-6, 0.5, 400),
        float(high) - float(high - low) * np.geomspace(1e-6, 0.5, 400),
    ]))  # fmt: skip
    x = x[(x > float(low)) & (x < float(high))]
    value = along(text, x)[order]
    if not np.any(value):
        return []
    found = []
    signs = np.sign(value)
    doubtful = np.flatnonzero(np.abs(value) < 1e-10 * np.nanmax(np.abs(value[np.isfinite(value)]), initial=0))
    if len(doubtful) < POINTS // 20:
        signs[doubtful] = [sign(text, order, x[k]) for k in doubtful]
    inside = [k for k in range(len(x)) if np.isfinite(value[k]) and signs[k]]
    for one, two in pairwise(inside):
        if signs[one] != signs[two]:
            a, b = mpmath.mpf(x[one]), mpmath.mpf(x[two])
            if any(a - NEAR <= place <= b + NEAR for place in places):
                continue
            if sign(text, order, a) == -sign(text, order, b) != 0:
                found.append(refined(text, order, a, b))
    return found


def multiplicity(text: str, order: int, place: Any) -> int:
    """How fast f or f' goes to 0 at a place."""
    for side in (1, -1):
        far, near = (abs(at(text, place + side * step)[order]) for step in (mpmath.mpf(10) ** -8, mpmath.mpf(10) ** -9))
        if near:
            return round(float(mpmath.log10(far / near)))
    return 0


def around(text: str, order: int, place: Any) -> tuple[int, int]:
    """The signs on both sides."""
    step = mpmath.mpf(10) ** -7
    with mpmath.workdps(2 * DIGITS):
        left, right = (int(mpmath.sign(chop(at(text, place + side * step)[order]))) for side in (-1, 1))
    return left, right


def chop(value: Any) -> Any:
    """A value, and 0 where it is nothing even beside a zero of high order, or is not there."""
    return mpmath.mpf(0) if mpmath.isnan(value) or abs(value) < mpmath.mpf(10) ** -60 else value


def limit(text: str, place: Any, side: int, order: int = 0) -> Any:
    """A one-sided limit of f or f', or None where f is not there."""
    with mpmath.workdps(3 * DIGITS):
        near, nearer = (at(text, place + side * mpmath.mpf(10) ** -power)[order] for power in (30, 45))
    if mpmath.isnan(nearer):
        return None
    if abs(nearer) > HUGE or abs(nearer - near) > 1:
        return mpmath.sign(nearer) * mpmath.inf
    return mpmath.mpf(0) if abs(nearer) < mpmath.mpf(10) ** -12 else nearer


def written(x: Any) -> str | None:
    if x is None or mpmath.isnan(x):
        return None
    return mpmath.nstr(x, 25) if mpmath.isinf(x) or abs(x) > NOTHING else "0.0"


def row(curve: Curve) -> dict[str, Any]:
    """All that is known of a curve, numbers as text."""
    text = curve.text
    found: list[list[Any]] = []
    at_breaks = [place for place, _ in curve.breaks]
    for order in range(3):
        places = [place for place in curve.places if is_zero(text, order, place)]
        more = [each for low, high in curve.parts for each in changes(text, order, low, high, [*places, *at_breaks])]
        if order == 2:
            places = [place for place in places if around(text, order, place) in ((1, -1), (-1, 1))]
        found.append(sorted([*places, *more]))
    zeros, critical, inflections = found
    ends = {place: value for place in (curve.low, curve.high) if not mpmath.isnan(value := at(text, place)[0])}
    values = {place: at(text, place)[0] for place in [*critical, *at_breaks]} | ends
    values = {place: value for place, value in values.items() if not mpmath.isnan(value)}
    limits = [limit(text, place, side) for place in at_breaks for side in (-1, 1)]
    limits = [each for each in limits if each is not None]
    least, most = (choose([*values.values(), *limits]) for choose in (min, max))
    zeros = sorted([*zeros, *(place for place in at_breaks if place in values and is_zero(text, 0, place))])
    return {
        "expr": text, "on": [str(float(curve.low)), str(float(curve.high))],
        "zeros": [
            [written(each), zero_kind(text, each), 0 if each in at_breaks else multiplicity(text, 0, each)]
            for each in zeros
        ],
        "critical": [[written(each), *kind(text, each, values[each], least, most)] for each in critical],
        "inflections": [written(each) for each in inflections],
        "breaks": [
            [written(place), kind, *(written(limit(text, place, side, order)) for order in (0, 1) for side in (-1, 1))]
            for place, kind in curve.breaks
        ],
        "range": [written(least), written(most), *(
            any(abs(each - bound) < NOTHING for each in values.values()) for bound in (least, most)
        )],
    }  # fmt: skip


def zero_kind(text: str, place: Any) -> str:
    left, right = around(text, 0, place)
    return "crossing" if left * right < 0 else "touching" if left * right > 0 else "zero"


def kind(text: str, place: Any, value: Any, least: Any, most: Any) -> tuple[str, str, int]:
    """The kind of a critical point, whether it is global, and how often f' vanishes."""
    signs = around(text, 1, place)
    name = {(-1, 1): "minimum", (1, -1): "maximum"}.get(signs, "flat")
    bound = {"minimum": least, "maximum": most}.get(name)
    extent = "" if bound is None else "global" if abs(value - bound) < NOTHING else "local"
    return name, extent, multiplicity(text, 1, place)


def main() -> None:
    with mpmath.workdps(DIGITS):
        lines = [json.dumps(row(curve)) for curve in curves()]
    CASES.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
