"""A table of variations on a terminal's screen, in as many bands as its width asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeAlias

from derivcli.render.blocks import LEVELS, Height, Place, Stretch, Style, Variations

Piece: TypeAlias = tuple[str, str]
"""A text and its role."""

GAPS = (9, 7, 5, 3)
"""Letters between two points, the first of these with which there are the fewest bands."""

MAX_BANDS = 4
"""So many bands are drawn; of more the first two and the last one."""

FIRST_BANDS = 2

X, SLOPE, VALUES, CURVATURE = range(4)

FRAME_LETTERS = 7
"""Letters that a band takes for its frame and the spaces in it."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What a table is drawn with."""

    arrows: dict[str, str]
    signs: dict[str, str]
    double: str
    single: str
    hatch: str
    frame: str
    """The corners and crossings from top left to bottom right, then the horizontal and the vertical line."""
    crossings: dict[tuple[str, str], str]
    """What stands in a line between two rows, by the bars above and below it."""


UNICODE = Signs(
    {"+": "↗", "-": "↘", "0": "→", "?": "?"}, {"+": "+", "-": "−", "0": "0", "?": "?"}, "║", "│", "╱",
    "╭┬╮├┼┤╰┴╯─│",
    {("║", "║"): "╫", ("║", ""): "╨", ("", "║"): "╥", ("│", "│"): "┼", ("│", ""): "┴", ("", "│"): "┬",
     ("║", "│"): "╨", ("│", "║"): "╥"},
)  # fmt: skip
ASCII = Signs(
    {"+": "/", "-": "\\", "0": "->", "?": "?"}, {"+": "+", "-": "-", "0": "0", "?": "?"}, "||", "|", "/",
    "+++++++++-|", {},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands at a point in one line, with the letters of it that stand before the middle of the point."""

    pieces: Sequence[Piece] = ()
    before: int = 0
    bar: str = ""

    @property
    def after(self) -> int:
        return sum(len(text) for text, _ in self.pieces) - self.before

    @property
    def is_value(self) -> bool:
        """Whether a value stands here, and no bar."""
        return not self.bar and any(text for text, _ in self.pieces)


Column: TypeAlias = Sequence[_Cell]
"""What stands at a point in each line: x, f', f from the highest level to the lowest, f''."""

HATCHED = "hatched"
"""Stands for what is drawn where f is not defined."""

BAR_LINES = {X: X, SLOPE: SLOPE, VALUES: VALUES, CURVATURE: VALUES + len(LEVELS)}
"""The first line of each row."""


def variation_lines(block: Variations, style: Style) -> Iterator[list[Piece]]:
    """The lines of a table in pieces with their roles."""
    signs = UNICODE if style.unicode else ASCII
    columns = [_column(place, signs) for place in block.places]
    room = style.width - max(map(len, block.labels)) - FRAME_LETTERS
    found = [(gap, _bands(columns, gap, room)) for gap in GAPS]
    fewest = min(len(bands) for _, bands in found)
    gap, bands = next((gap, bands) for gap, bands in found if len(bands) == fewest)
    kept = bands if len(bands) <= MAX_BANDS else [*bands[:FIRST_BANDS], bands[-1]]
    end = 0
    for first, last in kept:
        if first > end:
            yield [(f"  {'…' if style.unicode else '...'} {first - end - 1:,} points are left out here", "caption")]
        yield from _framed(block, columns[first : last + 1], block.stretches[first:last], gap, signs)
        end = last


def _bands(columns: Sequence[Column], gap: int, room: int) -> list[tuple[int, int]]:
    """The first and the last point of each band; a band begins where the one before ends."""
    apart = [_apart(left, right) + gap for left, right in pairwise(columns)]
    bands, first = [], 0
    while first < len(apart):
        last = first + 1
        width = _before(columns[first]) + apart[first]
        while last < len(apart) and width + apart[last] + _after(columns[last + 1]) <= room:
            width += apart[last]
            last += 1
        bands.append((first, last))
        first = last
    return bands or [(0, 0)]


def _apart(left: Column, right: Column) -> int:
    """How far the middles of two points are from each other at least, in letters."""
    return max(cell.after + other.before for cell, other in zip(left, right, strict=True))


def _before(column: Column) -> int:
    return max(cell.before for cell in column)


def _after(column: Column) -> int:
    return max(cell.after for cell in column)


def _middles(columns: Sequence[Column], gap: int) -> list[int]:
    """Where the middle of each point stands, such that there is a gap between neighbours in every line."""
    return [*accumulate((_apart(*pair) + gap for pair in pairwise(columns)), initial=_before(columns[0]))]


def _column(place: Place, signs: Signs) -> Column:
    return [
        _centred(place.x, "value"),
        _mark(place.slope, signs),
        *(_height(place, level, signs) for level in reversed(LEVELS)),
        _mark(place.curvature, signs),
    ]


def _centred(text: str, role: str = "") -> _Cell:
    return _Cell([(text, role)], len(text) // 2)


def _mark(mark: str, signs: Signs) -> _Cell:
    return _Cell([(signs.double, "caption")], 0, signs.double) if mark == "|" else _centred(mark)


def _height(place: Place, level: int, signs: Signs) -> _Cell:
    """What stands at a level of f: its value, or what it is on both sides of a bar."""
    if not place.bar:
        return _centred(_at(place.value, level), "value")
    bar = signs.double if place.bar == "|" else signs.single
    left, right = _at(place.left, level), _at(place.right, level)
    before, after = f"{left} " if left else "", f" {right}" if right else ""
    return _Cell([(before, "value"), (bar, "caption"), (after, "value")], len(before), bar)


def _at(height: Height | None, level: int) -> str:
    return height.text if height is not None and height.level == level else ""


def _between(stretch: Stretch, signs: Signs) -> list[str]:
    """What stands between two points in each line."""
    if not stretch.defined:
        return ["", *[HATCHED] * (len(LEVELS) + 2)]
    arrows = [signs.arrows[stretch.slope] if stretch.level == level else "" for level in reversed(LEVELS)]
    return ["", signs.signs[stretch.slope], *arrows, signs.signs[stretch.curvature]]


def _framed(
    block: Variations, columns: Sequence[Column], stretches: Sequence[Stretch], gap: int, signs: Signs
) -> Iterator[list[Piece]]:
    """The lines of a band in their frame."""
    label, middles = max(map(len, block.labels)), _middles(columns, gap)
    width = middles[-1] + _after(columns[-1])
    between = [_between(each, signs) for each in stretches]
    rows = {line: row for row, line in BAR_LINES.items()}
    heads = {X: X, SLOPE: SLOPE, VALUES + 1: VALUES, BAR_LINES[CURVATURE]: CURVATURE}
    vertical = (signs.frame[-1], "caption")
    for number in range(len(columns[0])):
        if number in rows:
            yield _rule(label, columns, middles, width, rows[number], signs)
        cells = [column[number] for column in columns]
        pieces = _line(cells, middles, [each[number] for each in between], width, signs)
        head = block.labels[heads[number]] if number in heads else ""
        yield [vertical, (f" {head:>{label}} ", "name"), vertical, (" ", ""), *pieces, (" ", ""), vertical]
    yield _rule(label, columns, middles, width, len(BAR_LINES), signs)


def _line(
    cells: Sequence[_Cell], middles: Sequence[int], between: Sequence[str], width: int, signs: Signs
) -> list[Piece]:
    """One line: what stands at the points, and between them signs in the middle of the room, or hatching all over."""
    pieces: list[Piece] = [(" " * (middles[0] - cells[0].before), "")]
    for cell, middle, sign, after, to in zip(cells, middles, between, cells[1:], middles[1:], strict=False):
        pieces += cell.pieces
        room = to - after.before - middle - cell.after
        if sign == HATCHED:
            apart = (cell.is_value, after.is_value)
            hatch = " " * apart[0] + signs.hatch * (room - sum(apart)) + " " * apart[1]
            pieces.append((hatch, "caption"))
        else:
            pieces.append((sign.center(room), "formula"))
    return [*pieces, *cells[-1].pieces, (" " * (width - middles[-1] - cells[-1].after), "")]


def _rule(
    label: int, columns: Sequence[Column], middles: Sequence[int], width: int, row: int, signs: Signs
) -> list[Piece]:
    """The line above a row, or below the last one, which meets the bars of both."""
    place = 0 if row == X else 2 if row > CURVATURE else 1
    left, cross, right = list(signs.frame[3 * place : 3 * place + 3])
    line = [signs.frame[-2]] * (width + 2)
    for column, middle in zip(columns, middles, strict=True):
        above, below = (column[BAR_LINES[each]].bar if each in BAR_LINES else "" for each in (row - 1, row))
        line[middle + 1] = signs.crossings.get((above, below), line[middle + 1])
    return [(f"{left}{signs.frame[-2] * (label + 2)}{cross}{''.join(line)}{right}", "caption")]
