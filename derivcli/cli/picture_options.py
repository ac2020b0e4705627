"""The options of pictures, each declared once, and what they ask for."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from derivcli.cli.option_declaration import OUTPUT, PICTURE, STAYS, option, picture
from derivcli.cli.picture_output import Destination, check_display
from derivcli.errors import DerivError
from derivcli.pictures.look import DPI, THEMES, Look, read_size

if TYPE_CHECKING:
    from derivcli.cli.options import MainOptions
    from derivcli.picture_plans import Sight

Theme = StrEnum("Theme", list(THEMES))  # type: ignore[misc]

Plot = Annotated[
    Path | None,
    picture(
        "Save a picture (.png, .svg, .pdf, .webp, or .html for a page that moves) instead of printing; "
        "- draws it in the terminal, in full where that can show pictures and DERIV_PICTURES does not say text. "
        "With --format do both."
    ),
]
ThemeOption = Annotated[
    Theme | None,
    option("--theme THEME", f"The colours: {', '.join(THEMES)}. [default: {THEMES[0]}]", group=PICTURE),
    STAYS,
]
Size = Annotated[
    str | None, option("--size SIZE", "Width and height: 16x9cm, 6x4in, 1200x800px.", group=PICTURE), STAYS
]
Dpi = Annotated[
    int | None,
    option("--dpi N", "Dots per inch. [default: 200]", DPI[0], DPI[-1], group=PICTURE),
    STAYS,
]
Transparent = Annotated[bool, option("--transparent", "No background.", group=PICTURE), STAYS]
Equal = Annotated[bool, option("--equal", "One scale on both axes.", group=PICTURE), STAYS]
Studied = Annotated[
    bool, option("--study", "Mark zeros, extrema and inflections, and write beside them where they are.", group=PICTURE)
]
Surface = Annotated[
    bool, option("--surface", "Two variables as a surface seen from a side, with its tangent plane.", group=PICTURE)
]

Show = Annotated[bool, option("--show", "Open the picture in a window; with --plot do both.", group=OUTPUT)]


def look_in(options: MainOptions) -> Look:
    """How the picture is to look."""
    return look_of(options.theme, options.size, options.dpi, options.transparent)


def look_of(theme: Theme | None, size: str | None, dpi: int | None, transparent: bool) -> Look:
    """The look that values of the options ask for."""
    dots = dpi or Look().dpi
    inches = None if size is None else read_size(size, dots)
    return Look(theme.value if theme else THEMES[0], inches, dots, transparent)


def sight_in(options: MainOptions, look: Look, tips: bool) -> Sight:
    """What of the formula is shown."""
    from derivcli.picture_plans import Sight

    return Sight(options.study, options.surface, options.equal, tips, look.pixels)


def destination_in(options: MainOptions) -> Destination:
    """Where the picture goes."""
    has_size = options.size is not None or options.dpi is not None
    return Destination(options.plot, options.show, options.clobber, options.theme is not None, has_size)


def check_picture_options(options: MainOptions) -> None:
    """Refuse a window that cannot be opened, and what is about a picture where none is drawn."""
    if options.show:
        check_display(os.environ)
    if options.is_drawn:
        return
    given = {
        "--study": options.study,
        "--surface": options.surface,
        "--equal": options.equal,
        "--transparent": options.transparent,
        "--theme": options.theme,
        "--size": options.size,
        "--dpi": options.dpi,
    }
    for name, value in given.items():
        if value:
            raise DerivError(f"{name} is about a picture", hint="add --plot FILE or --show, or leave it out")
