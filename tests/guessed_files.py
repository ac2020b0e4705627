"""Files in the manners of stations, loggers, instruments, spreadsheets and offices, drawn with the table in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WORDS = ["Bergen", "New York", "ok", "Föhn", "A1", "north pier", "suspect", "Köln", "x/y", "low", "Quay", "St. Ives"]
NAMES = ["T", "rh", "p", "wind", "Air temp", "flux", "depth", "Q1", "CO2", "pH", "load", "Volt", "mass", "rate"]
UNITS = ["m/s", "degC", "%", "hPa", "kg", "W/m^2", "mm", "s", "V"]
MISSING = ["", "NA", "-999", "-9999.0", "NaN", "null", "-", "?"]
PROSE = [
    "Station report of the year",
    "Made by a program, version 3.2 of 2019",
    "Sensor: PT100, serial 4711",
    "Latitude: 47.51",
    "Operator = nobody",
    "This file was exported on 04.03.2021 at 12:00; do not edit",
    "Site 12, Lake District",
    "Altitude (m): 512",
    "[Data]",
    "Calibration 2.5e-3 1.0",
]
TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y", "%Y-%m-%d", "%H:%M:%S", "%d/%m/%Y %H:%M"]
ALONE = [form for form in TIMES if " " not in form]
"""Times that white space does not part."""

KINDS = ("separated", "separated", "separated", "spaced", "fixed")


@dataclass(frozen=True)
class DrawnFile:
    """A file: its text, and the cells of its rows; the headers are "" where it has none."""

    text: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]
    kind: str


def drawn_file(seed: int) -> DrawnFile:
    """A file of a random manner."""
    draw = random.Random(seed)
    kind = draw.choice(KINDS)
    separator = draw.choice([",", ",", ";", "\t", "|"])
    comma = draw.random() < 0.4 and not (kind == "separated" and separator == ",")
    count = draw.randint(6, 40)
    columns = _columns(draw, kind, separator, comma, count)
    names = draw.sample(NAMES, len(columns))
    if kind == "spaced":
        names = [name.replace(" ", "_") for name in names]
    numeric = [numbers for _, numbers in columns]
    header = _header(draw, kind, names, numeric)
    rows = list(zip(*[cells for cells, _ in columns], strict=True))
    write = _writer(draw, kind, separator, [*header, *rows])
    sign = draw.choice(["#", "%", "!", "//", "#"]) if draw.random() < 0.35 else ""
    above = [f"{sign} {line}" if sign else line for line in draw.sample(PROSE, draw.choice([0, 0, 1, 2, 5]))]
    if above and not sign and draw.random() < 0.4:
        above.insert(draw.randint(0, len(above)), "")
    body = [write(row) for row in rows]
    if sign and draw.random() < 0.4:
        body.insert(len(body) // 2, f"{sign} battery changed")
    end = draw.choice(["\n", "\n", "\r\n"])
    lines = [*above, *map(write, header), *body]
    return DrawnFile(end.join(lines) + end, tuple(header[0]) if header else (), rows, kind)


def _columns(draw: random.Random, kind: str, separator: str, comma: bool, count: int) -> list[tuple[list[str], bool]]:
    """Columns, and whether each is of numbers: one at least is, and the first may be of times."""
    width = draw.randint(2, 8)
    found = [(_numbers(draw, kind, comma, count), True) for _ in range(width)]
    if draw.random() < 0.5 and kind != "spaced":
        found[0] = (_times(draw, count, TIMES if kind == "separated" else ALONE), False)
    if draw.random() < 0.4 and width > 2 and kind != "spaced":
        words = WORDS if kind == "separated" else [word for word in WORDS if " " not in word]
        found[draw.randrange(1, width)] = ([draw.choice(words) for _ in range(count)], False)
    if not any(numbers for _, numbers in found):
        found[-1] = (_numbers(draw, kind, comma, count), True)
    return found


def _numbers(draw: random.Random, kind: str, comma: bool, count: int) -> list[str]:
    places, size = draw.choice([0, 1, 2, 3, 5]), draw.choice([1, 30, 1000, 1e5])
    form: Callable[[float], str] = (lambda x: f"{x:.3E}") if draw.random() < 0.1 else (lambda x: f"{x:.{places}f}")
    cells = [form(draw.uniform(-size / 3 if draw.random() < 0.3 else 0, size)) for _ in range(count)]
    if comma:
        cells = [cell.replace(".", ",") for cell in cells]
    missing = draw.choice(MISSING) if kind != "spaced" else draw.choice(MISSING[1:])
    if draw.random() < 0.4:
        for place in draw.sample(range(count), count // 6):
            cells[place] = missing
    return cells


def _times(draw: random.Random, count: int, forms: Sequence[str]) -> list[str]:
    start, step = datetime(2021, 3, 4, 7), draw.choice([60, 600, 3600, 86400])
    form = draw.choice(forms)
    return [(start + timedelta(seconds=step * k)).strftime(form) for k in range(count)]


def _header(draw: random.Random, kind: str, names: Sequence[str], numeric: Sequence[bool]) -> list[list[str]]:
    """No line of headers, one of names, or units below them."""
    manner = draw.choice(["names", "names", "names", "brackets", "units", "none"])
    if manner == "none":
        return []
    units = [draw.choice(UNITS) if numbers else "" for numbers in numeric]
    if manner == "brackets" and kind != "spaced":
        return [[f"{name} ({unit})" if unit else name for name, unit in zip(names, units, strict=True)]]
    if manner == "units" and all(units if kind == "spaced" else units[-1:]):
        return [list(names), units]
    return [list(names)]


def _writer(
    draw: random.Random, kind: str, separator: str, lines: Sequence[Sequence[str]]
) -> Callable[[Sequence[str]], str]:
    """How a row becomes a line."""
    if kind == "spaced":
        between, before = draw.choice([" ", "  ", "   ", "\t "]), draw.choice(["", "", "  "])
        return lambda row: before + between.join(row)
    if kind == "fixed":
        room = " " * draw.choice([2, 3])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        left = [draw.random() < 0.3 for _ in widths]
        return lambda row: room.join(
            cell.ljust(width) if flush else cell.rjust(width)
            for cell, width, flush in zip(row, widths, left, strict=True)
        ).rstrip()
    padded, quoted = draw.random() < 0.15, draw.random() < 0.2
    return lambda row: separator.join(_cell(cell, separator, padded, quoted) for cell in row)


def _cell(cell: str, separator: str, padded: bool, quoted: bool) -> str:
    if separator in cell or (quoted and cell and not cell[0].isdigit()):
        return f'"{cell}"'
    return f" {cell} " if padded else cell
