"""What a file of an instrument is to a test: its bytes, the words that read it, and what it holds."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Row = Sequence[str]
Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Law:
    """A formula with its derivatives, in plain Python."""

    text: str
    value: Callable[[Mapping[str, float]], float]
    slopes: Mapping[str, Callable[[Mapping[str, float]], float]]


@dataclass(frozen=True)
class InstrumentFile:
    """A file, the words that read it, the law of its columns, and what it holds.

    `cells` are those that are kept in the output, row by row, and `numbers` the variables, None where a row has no
    results. `fixed` are the variables that have one value.
    """

    name: str
    data: bytes
    words: Sequence[str]
    law: Law
    cells: Sequence[Row]
    numbers: Mapping[str, Numbers]
    fixed: Mapping[str, float] = field(default_factory=dict)


WIND = Law("0.6*v^3", lambda g: 0.6 * g["v"] ** 3, {"v": lambda g: 1.8 * g["v"] ** 2})
PRODUCT = Law("a*b", lambda g: g["a"] * g["b"], {"a": lambda g: g["b"], "b": lambda g: g["a"]})
RATIO = Law("a/b", lambda g: g["a"] / g["b"], {"a": lambda g: 1 / g["b"], "b": lambda g: -g["a"] / g["b"] ** 2})
SQUARE = Law("y^2", lambda g: g["y"] ** 2, {"y": lambda g: 2 * g["y"]})
ABSORBED = Law("10^(-A)", lambda g: 10 ** -g["A"], {"A": lambda g: -math.log(10) * 10 ** -g["A"]})
SCALED = Law("k*y", lambda g: g["k"] * g["y"], {"k": lambda g: g["y"], "y": lambda g: g["k"]})
NET = Law("2*Net_price", lambda g: 2 * g["Net_price"], {"Net_price": lambda g: 2.0})
DECAY = Law(
    "y*exp(-t/50)",
    lambda g: g["y"] * math.exp(-g["t"] / 50),
    {"t": lambda g: -g["y"] / 50 * math.exp(-g["t"] / 50), "y": lambda g: math.exp(-g["t"] / 50)},
)
TURNED = Law(
    "cos(t)*I",
    lambda g: math.cos(g["t"]) * g["I"],
    {"t": lambda g: -math.sin(g["t"]) * g["I"], "I": lambda g: math.cos(g["t"])},
)


def _saturation(given: Mapping[str, float]) -> float:
    return 6.112 * math.exp(17.62 * given["T"] / (243.12 + given["T"]))


MAGNUS = Law(
    "6.112*exp(17.62*T/(243.12+T))",
    _saturation,
    {"T": lambda g: _saturation(g) * 17.62 * 243.12 / (243.12 + g["T"]) ** 2},
)

ROWS = 9
"""Rows of a file."""

Maker = Callable[[random.Random], InstrumentFile]


def texts(draw: random.Random, low: float, high: float, places: int, count: int = ROWS) -> list[str]:
    """Decimals as an instrument writes them."""
    return [f"{draw.uniform(low, high):.{places}f}" for _ in range(count)]


def numbers(cells: Sequence[str], *missing: str) -> list[float | None]:
    """The numbers that cells with a decimal point are."""
    return [None if cell in missing else float(cell) for cell in cells]


def comma(cells: Sequence[str]) -> list[str]:
    """The same with decimal commas."""
    return [cell.replace(".", ",") for cell in cells]


def lines(rows: Sequence[Row], separator: str = ",", end: str = "\n") -> str:
    """Rows of cells between separators."""
    return "".join(separator.join(row) + end for row in rows)


def by_rows(*columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Columns as rows."""
    return list(zip(*columns, strict=True))


def hours(start: datetime, form: str, step: int = 600, count: int = ROWS) -> list[str]:
    """Times that follow each other, in seconds."""
    return [(start + timedelta(seconds=step * k)).strftime(form) for k in range(count)]


def seconds(step: int = 600, count: int = ROWS) -> list[float | None]:
    """Their distances from the first."""
    return [float(step * k) for k in range(count)]
