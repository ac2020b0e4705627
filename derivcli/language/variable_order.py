"""In which order the variables of a formula are its arguments, where no left side says so."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SEQUENCES = ("xyz", "uvw")
"""Letters that follow each other."""

_NUMBERED = re.compile(r"([A-Za-z]+)_?([0-9]+)")


def in_usual_order(names: Iterable[str]) -> tuple[str, ...]:
    """Names in the order of appearance, but x before y before z, u before v before w, and x1 before x2.

    So arctan(y/x) is f(x, y), and a*y + b*x is f(a, x, b, y): nothing else changes its place.
    """
    found = list(names)
    groups: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(found):
        numbered = _NUMBERED.fullmatch(name)
        sequence = next((letters for letters in _SEQUENCES if name in letters), "")
        if numbered:
            groups.setdefault(f"{numbered[1]}1", []).append((int(numbered[2]), place))
        elif sequence:
            groups.setdefault(sequence, []).append((sequence.index(name), place))
    ordered = found.copy()
    for group in groups.values():
        places = sorted(place for _, place in group)
        for place, (_, old) in zip(places, sorted(group), strict=True):
            ordered[place] = found[old]
    return tuple(ordered)
