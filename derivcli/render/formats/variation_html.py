"""A table of variations as a table of HTML, the row of f in three lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from derivcli.render.blocks import LEVELS, Height, Place, Stretch, Variations

ARROWS = {"+": "↗", "-": "↘", "0": "→", "?": "?"}

BARS = {"|": "‖", "!": "|", "": ""}

MINUS = str.maketrans("-", "−")

HATCHED = "background:repeating-linear-gradient(135deg,currentColor 0 1px,transparent 1px 6px);opacity:.35"

RULE = "border-top:1px solid"
"""Stands above each row but the first."""

HEAD = "text-align:right;border-right:1px solid"


def variation_table(block: Variations) -> str:
    """The table, in a box that scrolls where it is wider than the page."""
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in _rows(block))
    return f'<div style="overflow-x:auto"><table style="border-collapse:collapse"><tbody>{rows}</tbody></table></div>'


def _rows(block: Variations) -> Iterator[list[str]]:
    places, stretches = block.places, block.stretches
    x, slope, value, curvature = block.labels
    yield _row(x, [escape(place.x) for place in places], [""] * len(stretches), stretches, has_hatch=False)
    marks, signs = [_mark(place, place.slope) for place in places], [_sign(each.slope) for each in stretches]
    yield _row(slope, marks, signs, stretches, RULE)
    for level in reversed(LEVELS):
        arrows = [ARROWS[each.slope] if each.level == level else "" for each in stretches]
        heights = [_height(place, level) for place in places]
        yield _row(value if level == 1 else "", heights, arrows, stretches, RULE if level == LEVELS[-1] else "")
    marks, signs = [_mark(place, place.curvature) for place in places], [_sign(each.curvature) for each in stretches]
    yield _row(curvature, marks, signs, stretches, RULE)


def _row(
    label: str,
    places: Sequence[str],
    between: Sequence[str],
    stretches: Sequence[Stretch],
    rule: str = "",
    has_hatch: bool = True,
) -> list[str]:
    cells = [_cell(escape(label), f"{HEAD};{rule}"), _cell(places[0], rule)]
    for stretch, text, place in zip(stretches, between, places[1:], strict=True):
        is_hatched = has_hatch and not stretch.defined
        cells += [_cell("" if is_hatched else text, f"{rule};{HATCHED}" if is_hatched else rule), _cell(place, rule)]
    return cells


def _cell(text: str, style: str) -> str:
    style = ";".join(["text-align:center", *filter(None, style.split(";"))])
    return f'<td style="{style}">{text}</td>'


def _sign(sign: str) -> str:
    return sign.translate(MINUS)


def _height(place: Place, level: int) -> str:
    if not place.bar:
        return escape(place.value.text) if place.value is not None and place.value.level == level else ""
    return f"{_side(place.left, level)} {BARS[place.bar]} {_side(place.right, level)}".strip()


def _side(height: Height | None, level: int) -> str:
    """What stands beside a bar, or as much empty room."""
    if height is None:
        return ""
    text = escape(height.text)
    return text if height.level == level else f'<span style="visibility:hidden">{text}</span>'


def _mark(place: Place, mark: str) -> str:
    if mark != "|":
        return mark
    return f"{_side(place.left, -1)} {BARS[mark]} {_side(place.right, -1)}".strip() if place.bar else BARS[mark]
