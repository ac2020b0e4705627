r"""A table of variations as arrays of LaTeX, with \nearrow and \searrow; amsmath and KaTeX set them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derivcli.render.blocks import LEVELS, Height, Place, Stretch, Variations

MAX_PLACES = 9
"""Points in one array; more make several."""

ARROWS = {"+": r"\nearrow", "-": r"\searrow", "0": r"\rightarrow", "?": "?"}

BARS = {"|": r"\Vert", "!": r"\vert", "": ""}

HATCH = r"/\!/\!/"
"""Stands where f is not defined."""


def variation_arrays(block: Variations) -> list[str]:
    """The arrays; each begins with the point at which the one before ends."""
    count = len(block.places)
    starts = range(0, max(1, count - 1), MAX_PLACES - 1)
    return [_array(block, start, min(start + MAX_PLACES, count)) for start in starts]


def _array(block: Variations, start: int, stop: int) -> str:
    places, stretches = block.places[start:stop], block.stretches[start : stop - 1]
    x, slope, value, curvature = block.latex_labels
    rows = [
        _row(x, [place.x_latex for place in places], [""] * len(stretches)) + r" \hline",
        _row(slope, [_mark(place, place.slope) for place in places], [_sign(each, each.slope) for each in stretches])
        + r" \hline",
        *_values(value, places, stretches),
        _row(
            curvature,
            [_mark(place, place.curvature) for place in places],
            [_sign(each, each.curvature) for each in stretches],
        ),
    ]
    columns = "c" * (2 * len(places) - 1)
    return "\n".join([rf"\begin{{array}}{{c|{columns}}}", *rows, r"\end{array}"])


def _row(label: str, places: Sequence[str], between: Sequence[str]) -> str:
    cells = [label, places[0]]
    for stretch, place in zip(between, places[1:], strict=True):
        cells += [stretch, place]
    return " & ".join(cells) + r" \\"


def _values(label: str, places: Sequence[Place], stretches: Sequence[Stretch]) -> Iterator[str]:
    """The rows of f, the highest level first."""
    for level in reversed(LEVELS):
        arrows = [
            HATCH if not each.defined else ARROWS[each.slope] if each.level == level else "" for each in stretches
        ]
        row = _row(label if level == 1 else "", [_height(place, level) for place in places], arrows)
        yield row + r" \hline" * (level == LEVELS[0])


def _height(place: Place, level: int) -> str:
    if not place.bar:
        return _at(place.value, level)
    left, right = (_side(each, level) for each in (place.left, place.right))
    return f"{left}{BARS[place.bar]}{right}".strip()


def _at(height: Height | None, level: int) -> str:
    return height.latex if height is not None and height.level == level else ""


def _side(height: Height | None, level: int) -> str:
    """What stands beside a bar, or as much empty room."""
    if height is None:
        return ""
    return rf"\;{height.latex}\;" if height.level == level else rf"\;\phantom{{{height.latex}}}\;"


def _mark(place: Place, mark: str) -> str:
    """A sign under the bar of f where that stands."""
    if mark != "|" or not place.bar:
        return BARS.get(mark, mark)
    left, right = (_side(each, -1) for each in (place.left, place.right))
    return f"{left}{BARS[mark]}{right}".strip()


def _sign(stretch: Stretch, sign: str) -> str:
    return sign if stretch.defined else HATCH
