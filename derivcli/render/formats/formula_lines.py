"""A formula in several lines, broken outside of brackets where that can be."""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST_PART = 0.4
"""A line is rather broken inside of brackets than before this part of its width."""

SUM, PRODUCT = range(2)
"""Between terms and between factors: where a line may end, the better place first."""


def formula_lines(formula: str, first: int, width: int) -> list[str]:
    """The lines of a formula, the first of one width and the others of another; signs begin them."""
    lines: list[str] = []
    room = first
    while len(formula) > room:
        place = _place(formula, room)
        if place is None:
            break
        lines.append(formula[:place].rstrip())
        formula = formula[place:].lstrip()
        room = width
    return [*lines, formula]


def _place(formula: str, room: int) -> int | None:
    """Where a line ends best: as far outside of brackets as can be, between terms, and late."""
    places = [(depth, kind, place) for place, depth, kind in _places(formula) if place <= room]
    full = [each for each in places if each[2] >= SHORTEST_PART * room]
    if not places:
        return next((place for place, _, _ in _places(formula)), None)
    return min(full or places, key=lambda each: (each[0], each[1], -each[2]))[2]


def _places(formula: str) -> Iterator[tuple[int, int, int]]:
    """The places where a line may end, each with the brackets around it and what stands there."""
    depth = 0
    for place, letter in enumerate(formula):
        before, after = formula[place - 1 : place], formula[place + 1 : place + 2]
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == " " and place and before not in "+-=<>":
            yield place, depth, SUM
        elif letter in "*/" and place and before != "*" and after != "*" and not _is_tight(before, after):
            yield place, depth, PRODUCT


def _is_tight(before: str, after: str) -> bool:
    """Whether a sign stands in a fraction of numbers or in d/dx."""
    return (before.isdigit() and after.isdigit()) or (before in ("d", "∂") and after == before)
