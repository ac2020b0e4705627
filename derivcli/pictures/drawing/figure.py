"""Matplotlib without its surroundings, in the project's look: what every picture is drawn with."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivcli.pictures.drawing.themes import THEMES, Theme, settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = ("png", "svg", "pdf", "webp")

WORDS: dict[str, tuple[str, ...]] = {"png": ("Title", "Description"), "svg": ("Title",), "pdf": ("Title", "Subject")}
"""What files of each kind call their title and their description; those that are not here have neither."""

DATES: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""What they would say of the day."""


def saved(figure: Figure, suffix: str, title: str, description: str = "", transparent: bool = False) -> bytes:
    """The figure as the bytes of a file; nothing in it depends on the day or on chance."""
    stream = io.BytesIO()
    words = dict(zip(WORDS.get(suffix, ()), (title, description), strict=False))
    metadata: dict[str, Any] = {**{key: word for key, word in words.items() if word}, **DATES.get(suffix, {})}
    figure.savefig(stream, format=suffix, metadata=metadata or None, transparent=transparent)
    if suffix == "svg":
        from derivcli.pictures.drawing.svg import accessible

        return accessible(stream.getvalue(), title, description)
    return stream.getvalue()


@contextmanager
def clean_matplotlib(theme: Theme = THEMES["light"], scale: float = 1.0) -> Iterator[None]:
    """Matplotlib in a theme's look, whatever configuration files, environment or a host program say, and silent."""
    import logging  # late, since the endings of pictures are known to every command

    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        matplotlib = _import_matplotlib()
        with matplotlib.rc_context(), warnings.catch_warnings():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(settings(theme, scale))
            # A letter that no shipped font has is drawn as a box, which says enough.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            yield
    finally:
        logger.setLevel(level)


def _import_matplotlib() -> Any:
    """The package, imported in the one directory where it can find no configuration but its own.

    While it is imported it obeys a file `matplotlibrc` in the current directory before any other, even one
    named in the environment, and such a file can print, fail, or name a module to run. Its own data directory
    holds the pristine one. The way back is a descriptor, since a directory whose path is gone or may not be
    followed is still a place to return to.
    """
    if "matplotlib.figure" not in sys.modules:
        found = importlib.util.find_spec("matplotlib")
        assert found is not None, "Matplotlib is installed with this package."
        assert found.origin is not None, "Matplotlib is a package with files."
        here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
        backend = os.environ.pop("MPLBACKEND", None)  # an unknown name there ends the import
        try:
            os.chdir(Path(found.origin).with_name("mpl-data"))
            importlib.import_module("matplotlib.figure")
        finally:
            os.fchdir(here)
            os.close(here)
            if backend is not None:
                os.environ["MPLBACKEND"] = backend
    return importlib.import_module("matplotlib")


def close_fonts() -> None:
    """Close the files of fonts, which set formulas keep open: a fork that closes them could read no letter."""
    from matplotlib import font_manager, mathtext

    mathtext.MathTextParser._parse_cached.cache_clear()  # type: ignore[attr-defined]
    font_manager._get_font.cache_clear()  # type: ignore[attr-defined]
