"""Round numbers along an axis, as many as can be read beside each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise

from derivcli.pictures.scene import Axis
from derivcli.render.labels import raised

MAX_DECIMAL_LETTERS = 7
"""A number longer than that is written with a power of ten where this is shorter."""

GAP_CELLS, HIGH_CELLS = 3, 12

TURNS = tuple(Fraction(*part) for part in ((1, 12), (1, 6), (1, 4), (1, 2), (1, 1), (2, 1), (5, 1), (10, 1)))
"""Steps in units of pi."""

MAX_TURNS = 200


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on an axis: how far along it is, from 0 to 1, and its text."""

    place: float
    text: str


Fits = Callable[[list[Tick]], bool]


def ticks_of(axis: Axis, fits: Fits, unicode: bool) -> list[Tick]:
    """The most ticks that fit, or the fewest that tell a scale."""
    coarsest: list[Tick] = []
    for found in _candidates(axis, unicode):
        if len(found) < 2:
            break
        coarsest = found
        if fits(found):
            break
    return coarsest


def side_by_side(cells: int) -> Fits:
    """Whether texts stand beside each other with some cells between them."""

    def fits(ticks: list[Tick]) -> bool:
        ends = [(tick.place * cells, len(tick.text)) for tick in ticks]
        return all(here + (a + b) / 2 + GAP_CELLS <= there for (here, a), (there, b) in pairwise(ends))

    return fits


def below_each_other(cells: int) -> Fits:
    """Whether texts stand some lines apart: three on a high axis, two on a low one."""
    lines = 3 if cells >= HIGH_CELLS else 2
    return lambda ticks: all((there.place - here.place) * cells >= lines for here, there in pairwise(ticks))


def _candidates(axis: Axis, unicode: bool) -> Iterator[list[Tick]]:
    if axis.logarithmic:
        return _powers(math.log10(axis.low), math.log10(axis.high), unicode)
    scale = 10.0**axis.unit
    low, high = axis.low / scale, axis.high / scale
    if not low < high:
        return iter([])
    if axis.turns and high - low < MAX_TURNS * math.pi:
        return _parts_of_pi(low, high, unicode)
    return _decimals(low, high)


def _powers(low: float, high: float, unicode: bool) -> Iterator[list[Tick]]:
    for step in (digit * 10**power for power in count() for digit in (1, 2, 5)):
        numbers = range(math.ceil(low / step) * step, math.floor(high) + 1, step)
        yield [
            Tick((number - low) / (high - low), f"10{raised(number)}" if unicode else f"1e{number}")
            for number in numbers
        ]


def _parts_of_pi(low: float, high: float, unicode: bool) -> Iterator[list[Tick]]:
    for step in TURNS:
        size = float(step) * math.pi
        numbers = range(math.ceil(low / size), math.floor(high / size) + 1)
        yield [Tick((number * size - low) / (high - low), _turn(number * step, unicode)) for number in numbers]
    yield from _decimals(low, high)


def _turn(part: Fraction, unicode: bool) -> str:
    if not part:
        return "0"
    above = {1: "", -1: "-"}.get(part.numerator, str(part.numerator)) + ("π" if unicode else "pi")
    return above if part.denominator == 1 else f"{above}/{part.denominator}"


def _decimals(low: float, high: float) -> Iterator[list[Tick]]:
    # A 60th of the axis is finer than any terminal shows.
    first = math.floor(math.log10((high - low) / 60))
    for power in count(first):
        for digit in (1, 2, 5):
            step = digit * 10.0**power
            numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
            texts = _numbers([number * digit for number in numbers], power)
            yield [
                Tick(min(max((number * step - low) / (high - low), 0.0), 1.0), text)
                for number, text in zip(numbers, texts, strict=True)
            ]


def _numbers(multiples: list[int], power: int) -> list[str]:
    """Multiples of a power of ten, all in one form."""
    plain = [f"{number}{'0' * max(power, 0)}" if power >= 0 else _shifted(number, -power) for number in multiples]
    plain = [text if number else "0" for number, text in zip(multiples, plain, strict=True)]
    if max(map(len, plain), default=0) <= MAX_DECIMAL_LETTERS:
        return plain
    largest = max(abs(number) for number in multiples)
    digits = len(str(largest)) - 1
    scientific = [f"{_shifted(number, digits)}e{power + digits}" if number else "0" for number in multiples]
    return min(plain, scientific, key=lambda texts: max(map(len, texts)))


def _shifted(number: int, decimals: int) -> str:
    """An integer divided by a power of ten."""
    if decimals <= 0:
        return str(number)
    whole, rest = divmod(abs(number), 10**decimals)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{decimals}}"
