"""How a picture is to look, as asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivcli.errors import DerivError

THEMES = ("light", "dark", "print")

UNITS = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "px": 0.0}
"""Inches of each unit of length; a pixel's depends on the resolution."""

USUAL_INCHES = 7.2, 5.0
"""The size of a picture for which none is asked; its height is that of what is shown."""

MAX_INCHES, MIN_INCHES = 60.0, 1.0
DPI = range(20, 1201)
MAX_PIXELS = 100_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """The theme, the size in inches (None: as large as what is shown needs), the dots per inch, and the background."""

    theme: str = THEMES[0]
    size: tuple[float, float] | None = None
    dpi: int = 200
    transparent: bool = False

    @property
    def pixels(self) -> tuple[int, int]:
        """The width and height in pixels, as far as they are known before anything is drawn."""
        width, height = self.size or USUAL_INCHES
        return round(width * self.dpi), round(height * self.dpi)

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise DerivError(f"'{self.theme}' is no theme", hint=f"choose {', '.join(THEMES[:-1])} or {THEMES[-1]}")
        if self.dpi not in DPI:
            raise DerivError(f"{self.dpi} dots per inch are not drawn", hint=f"choose {DPI[0]} to {DPI[-1]}")
        if self.size is not None:
            check_inches(*self.size)
            if self.size[0] * self.size[1] * self.dpi**2 > MAX_PIXELS:
                hint = "choose a smaller one, or fewer dots per inch"
                raise DerivError(f"a picture of more than {MAX_PIXELS:,} pixels is not drawn", hint=hint)


def read_size(text: str, dpi: int) -> tuple[float, float]:
    """The width and height in inches that a text such as `16x9cm` or `1200x800px` writes."""
    found = re.fullmatch(r"\s*(\d+\.?\d*)\s*[x×]\s*(\d+\.?\d*)\s*(in|cm|mm|px)?\s*", text)
    hint = "write it like 16x9cm, 6x4in or 1200x800px"
    if found is None:
        raise DerivError(f"'{text}' is no size", hint=hint)
    unit = UNITS[found.group(3) or "in"] or 1 / dpi
    width, height = (float(found.group(place)) * unit for place in (1, 2))
    check_inches(width, height)
    return width, height


def check_inches(width: float, height: float) -> None:
    """Refuse a picture that nobody could see, or that no memory holds."""
    if not all(MIN_INCHES <= side <= MAX_INCHES for side in (width, height)):
        message = f"a picture of {width:.3g} x {height:.3g} inches is too small or too large"
        raise DerivError(message, hint=f"choose {MIN_INCHES:g} to {MAX_INCHES:g} inches")
