"""Units in headers: `Speed (m/s)` and `Speed [m/s]`, and second lines that hold nothing but units."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from derivcli.points.files.cells.number_grammar import is_number

_BRACKETED = re.compile(r"(?s)(.*\S)\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*")

_PREFIX = "(?:da|[YZEPTGMkhdcmuµμnpf])?"
_WITH_PREFIX = (
    "m g s A K mol cd Hz N Pa J W C V F Ω Ohm ohm S Wb T H lm lx Bq Gy Sv kat l L eV bar B b t cal rad sr Wh VA var "
    "ohms volts? meters? metres? grams? seconds? watts? amps? amperes? newtons? pascals? joules?"
)
_ALONE = (
    "% ‰ ppm ppb ppt min h hr hrs hours? minutes? d days? a yr years? wk deg degrees? ° ° ?[CF] [Dd]eg ?[CF] Celsius "
    "Kelvin ft in inch yd mi miles? kn kt kts knots? mph kph lb lbs lbf oz psi atm torr mmHg inHg dB dBm dBA dBZ rpm "
    "Btu BTU hp ha acre gal pH NTU PSU psu counts? cts cps au a\\.u\\. arcsec arcmin px pixels? sec secs mins msec "
    "usec EUR USD € [$] £ samples? unitless dimensionless M"
)


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(re.split(' (?![?])', words))})"


_FACTOR = rf"(?:{_PREFIX}{_any_of(_WITH_PREFIX)}|{_any_of(_ALONE)}|1)(?:(?:\^|\*\*)?[-−]?\d|[²³⁻¹⁴]+)?"
_UNIT = re.compile(rf"/?{_FACTOR}(?:(?:[/*·⋅.]| per |[ ])\(?{_FACTOR}\)?)*")

_RULED = re.compile(r"[-=_+|:]{3,}|[=_]{2}")

_TIME = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d{1,2}:\d{2}.*")

STATISTICS = frozenset(
    "smp avg min max std tot sample average mean minimum maximum total sum wvc vec last first".split()
)
"""What loggers write below the units, to say how each number came about."""

MISSING_WORDS = frozenset("na n/a n.a. nan null none nil missing - -- ? . * #n/a".split())
"""Texts in lower case that people and programs write where a number is missing."""


def without_unit(header: str) -> str:
    """The header without a unit in brackets behind it."""
    found = _BRACKETED.fullmatch(header)
    return found[1] if found else header


def with_unit(name: str, unit: str) -> str:
    """The header of a column whose unit stands in a line of its own, which may be ruled where there is none."""
    unit = "" if is_ruled(unit) else unit.strip()
    bare = unit[1:-1].strip() if (unit[:1], unit[-1:]) in (("(", ")"), ("[", "]")) else unit
    return f"{name.rstrip()} [{bare}]" if bare and without_unit(name) == name else name


def is_ruled(cell: str) -> bool:
    """Whether a cell is nothing but a line, as people draw it below names."""
    return _RULED.fullmatch(cell.strip()) is not None


def looks_like_unit(cell: str) -> bool:
    """Whether a cell is written as a unit is: m/s, W m-2, degC, [K]."""
    cell = cell.strip()
    if (cell[:1], cell[-1:]) in (("(", ")"), ("[", "]")):
        return True
    return len(cell) <= 40 and _UNIT.fullmatch(cell) is not None


def are_units(cells: Sequence[str], below: Sequence[Sequence[str]], missing: Collection[str], comma: bool) -> bool:
    """Whether a row holds units, unmistakably.

    No cell of it is a number or stands for a missing one, at least one looks like a unit, and where one does, the rows
    below hold numbers, or times, for which some loggers write TS.
    """
    bare = [cell.strip() for cell in cells]
    if any(is_number(cell, comma) or _is_missing(cell, missing) for cell in bare if cell):
        return False
    rows = [row for row in below if len(row) == len(cells)]
    columns = [[row[place] for row in rows] for place in range(len(cells))]
    units = [column for cell, column in zip(bare, columns, strict=True) if cell and looks_like_unit(cell)]
    numbers = [column for column in units if are_numbers(column, missing, comma)]
    return bool(numbers) and all(column in numbers or _are_times(column) for column in units)


def are_rules(cells: Sequence[str]) -> bool:
    """Whether a row is nothing but lines."""
    drawn = [cell for cell in cells if cell.strip()]
    return bool(drawn) and all(map(is_ruled, drawn))


def _are_times(cells: Sequence[str]) -> bool:
    told = [cell.strip() for cell in cells if cell.strip()]
    return bool(told) and all(_TIME.fullmatch(cell) for cell in told)


def are_statistics(cells: Sequence[str]) -> bool:
    """Whether a row says how numbers came about, as loggers have it below the units."""
    words = [cell.strip().lower() for cell in cells if cell.strip()]
    return bool(words) and STATISTICS.issuperset(words)


def are_numbers(cells: Sequence[str], missing: Collection[str], comma: bool) -> bool:
    """Whether some cells are numbers, and all others blank or missing."""
    told = [cell.strip() for cell in cells if cell.strip() and not _is_missing(cell, missing)]
    return bool(told) and all(is_number(cell, comma) for cell in told)


def _is_missing(cell: str, missing: Collection[str]) -> bool:
    return cell.strip().lower() in MISSING_WORDS or cell.strip() in missing
