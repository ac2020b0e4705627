"""A scene as the bytes of a file of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.pictures.drawing.figure import SUFFIXES as DRAWN

if TYPE_CHECKING:
    from derivcli.pictures.look import Look
    from derivcli.pictures.scene import Scene

PAGE = "html"
"""The ending of a page for a browser."""

SUFFIXES = (*DRAWN, PAGE)
"""The endings of pictures' names."""


def picture_file(scene: Scene, suffix: str, look: Look) -> bytes:
    """The picture as a file whose name ends so; nothing in it depends on the day or on chance."""
    if suffix == PAGE:
        from derivcli.pictures.html.page import page

        return page(scene, look).encode()
    from derivcli.pictures.drawing.draw import draw

    return draw(scene, suffix, look)
