"""Which columns names mean: headers as variables, with units or without, and columns by their numbers.

| header            | variable     |
| ----------------- | ------------ |
| `Speed`           | `Speed`      |
| `Speed (m/s)`     | `Speed`, where no header is just that |
| `Wind speed [kn]` | `Wind_speed` |
| `# x`             | `x`          |
| `Δt`              | `Deltat`     |
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.points.files.text.units import without_unit


def headers_by_name(headers: Sequence[str]) -> dict[str, list[str]]:
    """The headers of each variable, exact ones before those with units or spaces; several where it is ambiguous."""
    exact: dict[str, list[str]] = {}
    loose: dict[str, list[str]] = {}
    for header in headers:
        name = _exact_name(header)
        if is_name(name):
            exact.setdefault(name, []).append(header)
        elif is_name(name := _loose_name(header)):
            loose.setdefault(name, []).append(header)
    return {**loose, **exact}


def places_meant(headers: Sequence[str], given: str) -> list[int]:
    """The places of the columns that a header given for a variable may mean, several where it is ambiguous.

    It is a header, with or without spaces around it or a unit behind it, or the number of a column.
    """
    for form, wanted in (
        (str, given),
        (str.strip, given.strip()),
        (_exact_name, _exact_name(given)),
        (_loose_name, _with_underscores(given)),
    ):
        places = [place for place, header in enumerate(headers) if form(header) == wanted]
        if places:
            return places
    return [int(given) - 1] if is_number_of_column(given) and int(given) <= len(headers) else []


def apart(headers: Sequence[str]) -> dict[str, str]:
    """The headers by names of which no two are alike: those that come again are numbered."""
    found: dict[str, str] = {}
    for header in headers:
        name, number = header, 1
        while name in found or (number > 1 and name in headers):
            number += 1
            name = f"{header} ({number})"
        found[name] = header
    return found


def is_number_of_column(given: str) -> bool:
    """Whether a header that is given for a variable may be the number of a column."""
    return re.fullmatch(r"[1-9][0-9]{0,6}", given.strip()) is not None


def _exact_name(header: str) -> str:
    return canonical_name(header.strip())


def _loose_name(header: str) -> str:
    return _with_underscores(without_unit(header.lstrip("#% ")))


def _with_underscores(header: str) -> str:
    return canonical_name(re.sub(r"\s+", "_", header.strip()))
