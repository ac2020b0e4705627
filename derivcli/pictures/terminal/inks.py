"""How each curve of a picture is told apart: by its color, its dashes, or the letter that it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from derivcli.pictures.scene import AnyPanel, Curve
from derivcli.pictures.terminal.cells import GREY, PLAIN
from derivcli.pictures.terminal.dots import DASHES, TANGENT_DASHES
from derivcli.pictures.terminal.signs import Signs

COLORS = (12, 9, 2, 13, 6, 3, 208)
"""Colors that can be read on light and on dark, most of them of the sixteen that a terminal's theme sets.

Their number has no divisor in common with that of the dashes, so that curves with one color differ in these.
"""

BREAK_DASHES: dict[str, tuple[int, ...]] = {"border": (), "jump": (3, 2), "pole": (1, 2)}
"""Those of lines on a field."""

Key: TypeAlias = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Ink:
    """A color, dashes, and a letter, "" where lines are made of dots."""

    color: int
    dashes: tuple[int, ...] = ()
    letter: str = ""


def key_of(curve: Curve) -> Key:
    """What curves have in common that are drawn alike."""
    name = curve.name.text if curve.role in ("polynomial", "path") else ""
    return curve.role, curve.order, curve.function, name


def inks_of(panels: Sequence[AnyPanel], signs: Signs) -> Mapping[Key, Ink]:
    """The ink of each curve, in the order in which they appear; a tangent has the color of its function."""
    curves = [curve for panel in panels for curve in panel.curves]
    lines = [curve for curve in curves if curve.role not in ("tangent", *BREAK_DASHES)]
    inks = {
        key_of(curve): Ink(PLAIN, BREAK_DASHES[curve.role], signs.letters and "x")
        for curve in curves
        if curve.role in BREAK_DASHES
    }
    for number, key in enumerate(dict.fromkeys(map(key_of, lines))):
        letter = signs.letters[number % len(signs.letters)] if signs.letters else ""
        dashes = () if letter else DASHES[number % len(DASHES)]
        inks[key] = Ink(COLORS[number % len(COLORS)], dashes, letter)
    for curve in curves:
        if curve.role == "tangent":
            of = next((inks[key] for key in inks if key[2] == curve.function), Ink(GREY))
            inks.setdefault(key_of(curve), Ink(of.color, TANGENT_DASHES, signs.letters and "."))
    return inks
