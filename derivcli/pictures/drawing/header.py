"""What stands above the panels: titles, and notes in small grey letters below them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from derivcli.language.lexer.tokens import GREEK
from derivcli.pictures.drawing.mathtext import plain, typeset
from derivcli.pictures.drawing.sheet import SIDE, TOP, measuring
from derivcli.pictures.drawing.themes import Theme
from derivcli.pictures.scene import Name

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.figure import Figure

TITLE_LINES, TITLE_POINTS, NOTE_POINTS = 4, 16.0, 11.0
LINE_GAP = 0.06
"""Inches between lines."""

LEAST_SHRINK = 0.7
"""Titles become smaller by this factor at most; what is wider still is written on several lines of plain text."""

BETWEEN_NOTES = "   ·   "

LETTERS = {name: letter for letter, name in reversed(GREEK.items())}
_GREEK_WORD = re.compile(rf"(?<![\w.])({'|'.join(LETTERS)})(?![\w.(])")


def draw_header(figure: Figure, titles: Sequence[Name], notes: Iterable[str], scale: float, theme: Theme) -> float:
    """Writes titles and notes, and gives the inches that they take from the top."""
    from matplotlib.transforms import ScaledTranslation

    renderer = measuring(figure)
    from_top: Any = figure.dpi_scale_trans + ScaledTranslation(0, 1, cast(Any, figure.transFigure))
    width = (figure.get_figwidth() - 2 * SIDE * scale) * figure.dpi
    down = TOP * scale

    def added(words: Mapping[str, Any], points: float, **look: Any) -> Any:
        return figure.text(
            SIDE * scale, -down, words["text"], parse_math=words["parse_math"], va="top", transform=from_top,
            fontsize=points * scale, **look,
        )  # fmt: skip

    shown = [(typeset(name, display=True), name.text) for name in titles]
    if len(shown) > TITLE_LINES:
        rest = f"… and {len(shown) - TITLE_LINES} more functions"
        shown = [*shown[:TITLE_LINES], (plain(rest), rest)]
    for words, text in shown:
        title = added(words, TITLE_POINTS)
        _fit(title, width, renderer, text)
        down += title.get_window_extent(renderer).height / figure.dpi + LINE_GAP * scale

    def wide(text: str) -> float:
        trial = added(plain(text), NOTE_POINTS)
        extent = float(trial.get_window_extent(renderer).width)
        trial.remove()
        return extent

    letters = [_GREEK_WORD.sub(lambda found: LETTERS[found[0]], note) for note in dict.fromkeys(notes)]
    for line in filled(letters, wide, width):
        note = added(plain(line), NOTE_POINTS, color=theme.grey)
        down += note.get_window_extent(renderer).height / figure.dpi + LINE_GAP * scale
    return down


def filled(notes: Iterable[str], wide: Callable[[str], float], width: float) -> list[str]:
    """Lines that are not wider than that, each with as many notes as it holds; a longer one is broken between words."""
    lines: list[str] = []
    for note in notes:
        if lines and wide(joined := lines[-1] + BETWEEN_NOTES + note) <= width:
            lines[-1] = joined
            continue
        lines.append("")
        for word in note.split():
            longer = f"{lines[-1]} {word}".strip()
            if wide(longer) <= width or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
    return lines


def _fit(text: Any, width: float, renderer: RendererAgg, instead: str) -> None:
    """Makes a title smaller, or plain text on several lines, so that it is not wider than so many dots."""

    def factor() -> float:
        return float(width / max(text.get_window_extent(renderer).width, 1.0))

    if factor() < LEAST_SHRINK:
        text.set(text=instead, parse_math=False)
        if factor() < LEAST_SHRINK:
            letters = max(10, int(len(instead) * factor() / LEAST_SHRINK))
            text.set_text("\n".join(textwrap.wrap(instead, letters, max_lines=TITLE_LINES, placeholder=" …")))
    if factor() < 1:
        text.set_fontsize(text.get_fontsize() * factor() * 0.995)
