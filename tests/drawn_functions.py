"""Functions drawn from a seed, with a right backward and with one that is wrong in a zone of some width.

`python -m tests.drawn_functions [FIRST [LAST]]` checks them all, and prints what is missed and how long it takes.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from derivcli import FunctionReport, check_function
from tests.custom_functions import FunctionClass
from tests.planted.making import taking

COUNT = 400
RANGE = 20.0
MIN_WIDTH, MAX_WIDTH = 0.05, 5.0
SAMPLES = 20001
VISIBLE = 1e-4
"""A gradient that is off by less is not called wrong here, as far out where a function is flat."""

Slopes = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True)
class Drawn:
    """A function of `x`, or of `x` and `y`, with its right gradients, and its formula."""

    text: str
    value: Callable[..., Tensor]
    slopes: Slopes
    two: bool = False

    @property
    def right(self) -> FunctionClass:
        """The function with its right backward."""
        return made(self, lambda g, *given: tuple(g * each for each in self.slopes(*given)))


@dataclass(frozen=True)
class Zone:
    """Where a backward is wrong: in the gradient of the argument `wrong`, where the argument `along` is in between."""

    low: float
    high: float
    along: int
    wrong: int
    how: str

    def applied(self, slopes: tuple[Tensor, ...], given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Right gradients made wrong in the zone."""
        x = given[self.along]
        right = slopes[self.wrong]
        other = {
            "dead": torch.zeros_like(right), "half": right / 2, "triple": 3 * right, "sign": -right,
            "one": torch.ones_like(right), "cosine": torch.cos(given[self.wrong]), "shifted": right + 0.25,
        }[self.how]  # fmt: skip
        found = torch.where((x > self.low) & (x < self.high), other, right)
        return (*slopes[: self.wrong], found, *slopes[self.wrong + 1 :])

    def backward(self, drawn: Drawn) -> FunctionClass:
        """The function with a backward that is wrong in the zone."""
        return made(drawn, lambda g, *given: tuple(g * each for each in self.applied(drawn.slopes(*given), given)))


def made(drawn: Drawn, slopes: Slopes) -> FunctionClass:
    if drawn.two:
        return taking(lambda x, y: drawn.value(x, y), slopes)
    return taking(lambda x: drawn.value(x), slopes)


def smooth(draw: random.Random) -> Drawn:
    """A smooth function of one argument."""
    a, b, c = (round(draw.uniform(0.3, 2), 2) for _ in range(3))
    inner = f"({b}*x-{c})"

    def u(x: Tensor) -> Tensor:
        return b * x - c

    rows: list[tuple[str, Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = [
        (f"sin{inner}", lambda u: torch.sin(u), torch.cos),
        (f"tanh{inner}", lambda u: torch.tanh(u), lambda u: 1 / torch.cosh(u) ** 2),
        (f"sigmoid{inner}", torch.sigmoid, lambda u: torch.sigmoid(u) * torch.sigmoid(-u)),
        (f"atan{inner}", lambda u: torch.atan(u), lambda u: 1 / (1 + u**2)),
        (f"log(1+{inner}^2)", lambda u: torch.log1p(u**2), lambda u: 2 * u / (1 + u**2)),
        (f"sqrt(1+{inner}^2)", lambda u: torch.sqrt(1 + u**2), lambda u: u / torch.sqrt(1 + u**2)),
        (f"exp(-{inner}^2)", lambda u: torch.exp(-(u**2)), lambda u: -2 * u * torch.exp(-(u**2))),
        (f"{inner}^3", lambda u: u**3, lambda u: 3 * u**2),
        (f"softplus{inner}", torch.nn.functional.softplus, torch.sigmoid),
        (f"erf{inner}", lambda u: torch.erf(u), lambda u: 2 / torch.pi**0.5 * torch.exp(-(u**2))),
        (f"{inner}*sigmoid{inner}", torch.nn.functional.silu, lambda u: torch.sigmoid(u) * (1 + u * torch.sigmoid(-u))),
        (f"{inner}*cos{inner}", lambda u: u * torch.cos(u), lambda u: torch.cos(u) - u * torch.sin(u)),
    ]
    text, value, slope = draw.choice(rows)
    return Drawn(f"{a}*{text}", lambda x: a * value(u(x)), lambda x: (a * b * slope(u(x)),))


def kinked(draw: random.Random) -> Drawn:
    """A function of one argument with corners or jumps."""
    a, c, d = (round(draw.uniform(0.2, 3), 2) for _ in range(3))
    s = round(draw.uniform(0.01, 0.5), 3)
    rows: list[tuple[str, Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = [
        (f"relu({a}*x-{c})", lambda x: torch.relu(a * x - c), lambda x: a * (a * x > c).to(x.dtype)),
        (f"abs(x-{c})", lambda x: (x - c).abs(), lambda x: torch.sign(x - c)),
        (
            f"clip({a}*x, -{c}, {d})",
            lambda x: (a * x).clamp(-c, d),
            lambda x: a * ((a * x > -c) & (a * x < d)).to(x.dtype),
        ),
        (
            f"if(x > 0, x, {s}*x)",
            lambda x: torch.where(x > 0, x, s * x),
            lambda x: torch.where(x > 0, torch.ones_like(x), torch.full_like(x, s)),
        ),
        (
            f"if(x > 0, x, {a}*(exp(x)-1))",
            lambda x: torch.where(x > 0, x, a * torch.expm1(x.clamp(max=0))),
            lambda x: torch.where(x > 0, torch.ones_like(x), a * torch.exp(x.clamp(max=0))),
        ),
        (
            f"if(abs(x) > {c}, x-{c}*sign(x), 0)",
            lambda x: torch.where(x.abs() > c, x - c * x.sign(), 0 * x),
            lambda x: (x.abs() > c).to(x.dtype),
        ),
        (f"max({a}*x, x^2)", lambda x: torch.maximum(a * x, x**2), lambda x: torch.where(a * x > x**2, a, 2 * x)),
        (
            f"x*clip({a}*x+0.5, 0, 1)",
            lambda x: x * (a * x + 0.5).clamp(0, 1),
            lambda x: torch.where(a * x > 0.5, 1.0, torch.where(a * x < -0.5, 0.0, 2 * a * x + 0.5)),
        ),
        (
            f"if(abs(x) <= {c}, x^2/2, {c}*(abs(x)-{c}/2))",
            lambda x: torch.where(x.abs() <= c, x**2 / 2, c * (x.abs() - c / 2)),
            lambda x: x.clamp(-c, c),
        ),
        (
            f"abs(sin({a}*x))",
            lambda x: torch.sin(a * x).abs(),
            lambda x: a * torch.cos(a * x) * torch.sin(a * x).sign(),
        ),
    ]
    return Drawn(*shaped(draw.choice(rows)))


def shaped(
    row: tuple[str, Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]],
) -> tuple[str, Callable[..., Tensor], Slopes]:
    text, value, slope = row
    return text, value, lambda x: (slope(x) + 0 * x,)


def of_two(draw: random.Random) -> Drawn:
    """A function of two arguments, smooth or with corners."""
    a, b = (round(draw.uniform(0.3, 2), 2) for _ in range(2))
    rows: list[tuple[str, Callable[..., Tensor], Slopes]] = [
        (f"{a}*x*y", lambda x, y: a * x * y, lambda x, y: (a * y, a * x)),
        (f"x*sin({b}*y)", lambda x, y: x * torch.sin(b * y), lambda x, y: (torch.sin(b * y), b * x * torch.cos(b * y))),
        (f"{a}*x^2*y", lambda x, y: a * x**2 * y, lambda x, y: (2 * a * x * y, a * x**2)),
        (
            f"{a}*x/(1+y^2)",
            lambda x, y: a * x / (1 + y**2),
            lambda x, y: (a / (1 + y**2), -2 * a * x * y / (1 + y**2) ** 2),
        ),
        (
            "x*sigmoid(y)",
            lambda x, y: x * torch.sigmoid(y),
            lambda x, y: (torch.sigmoid(y), x * torch.sigmoid(y) * torch.sigmoid(-y)),
        ),
        (f"relu({a}*x)*y", lambda x, y: torch.relu(a * x) * y, lambda x, y: (a * y * (x > 0), torch.relu(a * x))),
        (
            f"max(x, {b}*y)",
            lambda x, y: torch.maximum(x, b * y),
            lambda x, y: ((x > b * y).to(x.dtype), b * (x <= b * y).to(x.dtype)),
        ),
        (
            f"abs(x-{b}*y)",
            lambda x, y: (x - b * y).abs(),
            lambda x, y: (torch.sign(x - b * y), -b * torch.sign(x - b * y)),
        ),
        (
            f"sqrt(x^2+{b}*y^2+1)",
            lambda x, y: torch.sqrt(x**2 + b * y**2 + 1),
            lambda x, y: (x / torch.sqrt(x**2 + b * y**2 + 1), b * y / torch.sqrt(x**2 + b * y**2 + 1)),
        ),
    ]
    text, value, slopes = draw.choice(rows)
    return Drawn(text, value, slopes, two=True)


def drawn_function(seed: int) -> tuple[Drawn, Zone, bool]:
    """A function, a zone in which a backward of it is seen to be wrong, and whether the check is told its formula."""
    draw = random.Random(seed)
    drawn = draw.choice([smooth, kinked, of_two])(draw)
    while True:
        width = MIN_WIDTH * (MAX_WIDTH / MIN_WIDTH) ** draw.random()
        low = draw.uniform(-RANGE, RANGE - width)
        along, wrong = (draw.randrange(2), draw.randrange(2)) if drawn.two else (0, 0)
        how = draw.choice(["dead", "dead", "half", "triple", "sign", "one", "cosine", "shifted"])
        zone = Zone(round(low, 4), round(low + width, 4), along, wrong, how)
        if is_visible(drawn, zone):
            return drawn, zone, bool(seed % 2)


def errors(drawn: Drawn, zone: Zone, along: Tensor) -> Tensor:
    """How far the gradient is off along an argument, relative to its size, at some value of the other."""
    worst = torch.zeros_like(along)
    for other in (1.3, -2.7, 0.4) if drawn.two else (0.0,):
        given = [torch.full_like(along, other), along]
        pair = tuple(given if zone.along else given[::-1])[: 1 + drawn.two]
        slopes = drawn.slopes(*pair)
        off = (zone.applied(slopes, pair)[zone.wrong] - slopes[zone.wrong]).abs()
        worst = torch.maximum(worst, off / slopes[zone.wrong].abs().clamp(min=1))
    return worst


def is_visible(drawn: Drawn, zone: Zone) -> bool:
    """Whether the gradient is off for all of a part of the zone that is as wide as the narrowest zone."""
    inside = torch.linspace(zone.low, zone.high, 403, dtype=torch.float64)[1:-1]
    share = float((errors(drawn, zone, inside) > VISIBLE).double().mean())
    return share * (zone.high - zone.low) >= MIN_WIDTH


TOLD = re.compile(
    r"backward is wrong (?:in [xy] )?where (?P<bar>\|?)(?P<name>[xy])\|? is "
    r"(?:between (?P<low>\S+) and (?P<high>\S+)|above (?P<above>\S+)|below (?P<below>\S+)|(?P<sign>negative|positive))$"
)


NEAR = re.compile(r"backward is wrong (?:in [xy] )?near (?P<name>[xy]) = (?P<at>\S+)$")
SOMEWHERE = re.compile(r"backward is wrong (?:in [xy] )?at some of the points$")


def varies(drawn: Drawn, zone: Zone, along: Tensor) -> Tensor:
    """Where the right gradient is not 0, at a value of the other argument."""
    given = [torch.full_like(along, 1.3), along]
    pair = tuple(given if zone.along else given[::-1])[: 1 + drawn.two]
    return drawn.slopes(*pair)[zone.wrong].abs() > VISIBLE


def is_told_right(drawn: Drawn, zone: Zone, sentence: str) -> bool:
    """Whether a sentence tells where the gradient is wrong: nowhere else, and everywhere where it is seen to be.

    It may name one point of the zone or say that there are some, and no more. Where the zone has all that varies, any
    sentence does.
    """
    x = torch.linspace(-RANGE, RANGE, SAMPLES, dtype=torch.float64)
    off = errors(drawn, zone, x)
    if not (varies(drawn, zone, x) & (off == 0)).any() or SOMEWHERE.match(sentence):
        return True
    near = NEAR.match(sentence)
    if near is not None:
        return near["name"] == "xy"[zone.along] and zone.low <= float(near["at"]) <= zone.high
    told = TOLD.match(sentence)
    if told is None:
        return False
    if "xy"[zone.along] != told["name"]:
        return False
    size = x.abs() if told["bar"] else x
    bounds = {"negative": (-1e9, 0.0), "positive": (0.0, 1e9)}.get(told["sign"]) or (
        float(told["low"] or told["above"] or -1e9), float(told["high"] or told["below"] or 1e9)
    )  # fmt: skip
    inside = (size > bounds[0]) & (size < bounds[1])
    outside_by_far = (size < bounds[0] - 0.01) | (size > bounds[1] + 0.01)
    is_right_inside = (off[inside] == 0).double().mean() if inside.any() else torch.ones(())
    return bool(is_right_inside < 0.02) and not bool((off[outside_by_far] > 100 * VISIBLE).any())


def reports(seed: int) -> tuple[FunctionReport, FunctionReport]:
    """What the check says of the right and of the wrong one."""
    drawn, zone, formula = drawn_function(seed)
    against = drawn.text if formula else None
    return check_function(drawn.right, against), check_function(zone.backward(drawn), against)


def misses(seed: int) -> Iterator[str]:
    """What the check does not judge as it should."""
    drawn, zone, formula = drawn_function(seed)
    right, wrong = reports(seed)
    what = f"{seed}: {drawn.text}{'' if formula else ', no formula'}"
    if not right.ok:
        yield f"{what} is accused: {right.diagnosis}"
    if wrong.ok:
        yield f"{what}, {zone} is not found"
    elif not is_told_right(drawn, zone, wrong.diagnosis):
        yield f"{what}, {zone} is told as: {wrong.diagnosis}"


def main(first: int = 0, last: int = COUNT) -> None:
    seconds = []
    for seed in range(first, last):
        start = time.process_time()
        for miss in misses(seed):
            print(miss, flush=True)
        seconds.append((time.process_time() - start) / 2)
    print(f"{len(seconds)} functions, {sum(seconds) / len(seconds):.2f} s each, {max(seconds):.2f} s at most")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
