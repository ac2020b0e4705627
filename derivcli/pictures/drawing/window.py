"""A picture in a window, which one of Matplotlib's backends opens with a toolkit that is installed."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from derivcli.errors import DerivError
from derivcli.pictures.drawing.draw import figure_of
from derivcli.pictures.drawing.figure import clean_matplotlib
from derivcli.pictures.drawing.sheet import scale_of
from derivcli.pictures.drawing.themes import THEMES

if TYPE_CHECKING:
    from derivcli.pictures.look import Look
    from derivcli.pictures.scene import Scene

TOOLKITS = (
    *(("PyQt6", "qtagg"), ("PySide6", "qtagg"), ("PyQt5", "qtagg"), ("PySide2", "qtagg")),
    *(("gi", "gtk3agg"), ("_tkinter", "tkagg"), ("wx", "wxagg")),
)
"""Modules of toolkits, and Matplotlib's backends that take them, the first that is there being taken."""

INSTEAD = "see it in the terminal with `--plot -`, or save it with `--plot f.png`"


def backend_name() -> str:
    """The backend that opens windows here. Raises DerivError where no toolkit is installed."""
    for module, backend in TOOLKITS:
        if importlib.util.find_spec(module) is not None:
            return backend
    raise DerivError("no toolkit for windows is installed", hint=f"install PySide6, PyQt6 or Tk; or {INSTEAD}")


def show_window(scene: Scene, look: Look) -> None:
    """Show the scene until its window is closed; it can be moved, enlarged and saved there."""
    name = backend_name()
    with clean_matplotlib(THEMES[look.theme], scale_of(look)):
        figure = figure_of(scene, look)
        try:
            backend = importlib.import_module(f"matplotlib.backends.backend_{name}")
            manager = backend.FigureCanvas.new_manager(figure, 1)
        except Exception as error:  # each toolkit has its own for a display that is not there
            raise DerivError(f"no window opens: {error}", hint=INSTEAD) from error
        manager.set_window_title("; ".join(title.text for title in scene.titles))
        _run(manager)


def _run(manager: Any) -> None:
    """Show the window, and come back when it has been closed."""
    from matplotlib._pylab_helpers import Gcf

    Gcf.figs[manager.num] = manager  # where backends look for open windows
    try:
        manager.show()
        manager.start_main_loop()
    finally:
        Gcf.figs.pop(manager.num, None)
