"""Lines of text that are no wider than a page, in color where it has any."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from derivcli.pictures.terminal.cells import PLAIN
from derivcli.pictures.terminal.signs import Signs
from derivcli.render.labels import raised

GAP = "   "
MAX_GROUP_LINES = 2

Piece: TypeAlias = tuple[str, int]
"""A text and its color."""


@dataclass(frozen=True, slots=True)
class Page:
    """How wide the text is, in which signs, and whether in color."""

    columns: int
    signs: Signs
    color: bool

    def power(self, exponent: int) -> str:
        """A power of ten."""
        return f"10{raised(exponent)}" if self.signs.is_unicode else f"1e{exponent}"

    def wrapped(self, text: str, lines: int) -> list[str]:
        """A text in at most so many lines; the rest is left out."""
        found = textwrap.wrap(text, self.columns)
        return found if len(found) <= lines else [*found[: lines - 1], self._cut(found[lines - 1] + " " * 3)]

    def flowed(self, groups: Sequence[Sequence[Piece]]) -> list[str]:
        """Groups of pieces beside each other, in as many lines as they need."""
        lines: list[str] = []
        width = self.columns
        for group in groups:
            length = sum(len(text) for text, _ in group)
            shown = "".join(self.colored(*piece) for piece in group)
            if length > self.columns:
                lines += self.wrapped("".join(text for text, _ in group), MAX_GROUP_LINES)
                width = self.columns
            elif lines and width + len(GAP) + length <= self.columns:
                lines[-1] += GAP + shown
                width += len(GAP) + length
            else:
                lines.append(shown)
                width = length
        return lines

    def colored(self, text: str, color: int) -> str:
        """A text in a color."""
        if not self.color or color == PLAIN or not text:
            return text
        code = f"{30 + color}" if color < 8 else f"{82 + color}" if color < 16 else f"38;5;{color}"
        return f"\x1b[{code}m{text}\x1b[0m"

    def _cut(self, text: str) -> str:
        end = "…" if self.signs.is_unicode else "..."
        return text[: self.columns - len(end)].rstrip() + end
