"""A picture for Python: it shows itself in a notebook, and goes into a file or onto axes of Matplotlib's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivcli.atomic_file import check_target, write_whole
from derivcli.errors import DerivError
from derivcli.pictures.look import Look
from derivcli.pictures.picture_files import SUFFIXES, picture_file
from derivcli.pictures.scene import Scene


@dataclass(frozen=True, slots=True)
class Picture:
    """A scene and its look: a notebook shows it, `save` puts it into a file, and `draw` onto Matplotlib's axes."""

    scene: Scene
    look: Look

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a file, whole or not at all; the name's ending says the kind: png, svg, pdf, webp or html."""
        target = Path(path)
        check_target(target, SUFFIXES)
        write_whole(target, self.data(target.suffix.lower().lstrip(".")))

    def data(self, suffix: str) -> bytes:
        """The bytes of a file of one of these kinds."""
        if suffix not in SUFFIXES:
            hint = f"choose {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
            raise DerivError(f"'{suffix}' is no kind of picture", hint=hint)
        return picture_file(self.scene, suffix, self.look)

    def draw(self, axes: Any) -> Any:
        """Draw it on axes of Matplotlib's, and give these back; of several panels the first."""
        from derivcli.pictures.drawing.draw import draw_on

        draw_on(axes, self.scene.panels[0], self.look)
        return axes

    def __repr__(self) -> str:
        return f"<Picture of {', '.join(title.text for title in self.scene.titles)}>"

    def _repr_png_(self) -> bytes:
        return self.data("png")
