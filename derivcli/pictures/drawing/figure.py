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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = ("png", "svg", "pdf")

INK, GREY, PALE = "#222222", "#6b6b6b", "#e4e4e4"

LOOK: dict[Any, Any] = {
    # Both families come with Matplotlib; the second lends the letters that the first lacks.
    "font.family": ["STIXGeneral", "DejaVu Sans"],
    "mathtext.fontset": "stix",
    "font.size": 12,
    "text.color": INK,
    "axes.axisbelow": True,
    "axes.edgecolor": PALE,
    "axes.formatter.limits": (-3, 5),
    "axes.formatter.use_mathtext": True,
    "axes.grid": True,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.borderaxespad": 0.2,
    "lines.solid_capstyle": "round",
    "svg.hashsalt": "deriv",
    # Agg gives up on a line with very many corners unless it may draw it in pieces.
    "agg.path.chunksize": 10_000,
}


def saved(figure: Figure, suffix: str, title: str) -> bytes:
    """The figure as the bytes of a file; nothing in it depends on the day or on chance."""
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix, metadata=None if suffix == "webp" else {"Title": title, **dates.get(suffix, {})})
    return stream.getvalue()


@contextmanager
def clean_matplotlib() -> Iterator[None]:
    """Matplotlib with its own defaults, whatever configuration files, environment or a host program say, and silent."""
    import logging  # late, since the endings of pictures are known to every command

    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        matplotlib = _import_matplotlib()
        with matplotlib.rc_context(), warnings.catch_warnings():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(LOOK)
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
