"""Fields as Matplotlib's own objects: contours where the function has their level, texts apart, surfaces cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from derivcli.picture_plans import Sight, drawn_of, scene
from derivcli.pictures.drawing.draw import draw, figure_of
from derivcli.pictures.drawing.figure import clean_matplotlib
from derivcli.pictures.drawing.surface import clipped, cut_faces
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.drawing.written import HALO
from derivcli.pictures.fields.field_scene import field_scene
from derivcli.pictures.look import Look
from derivcli.pictures.scene import Axis, FieldPanel, Name, Scene
from derivcli.points.at_option import read_intervals, read_points
from derivcli.request import Request
from tests.support import sample

PIXELS = 1000.0
"""The side of a picture's axes, which is more than that of a usual one."""


@cache
def made(text: str, on: str = "", at: str = "", surface: bool = False) -> Scene:
    points = read_points([at]) if at else None
    request = Request([text], points, study=tuple(read_intervals(on)) if on else ())
    return field_scene(drawn_of(request, Sight(surface=surface)))


def figure(found: Scene, theme: str = "light") -> object:
    with clean_matplotlib(THEMES[theme]):
        drawn = figure_of(found, Look(theme))
        drawn.draw_without_rendering()
        return drawn


def lines_at(drawn: object) -> Iterator[tuple[float, np.ndarray]]:
    """The contour lines with their levels."""
    for shape in drawn.axes[0].collections:  # type: ignore[attr-defined]
        if hasattr(shape, "levels") and not shape.filled:
            yield from ((level, path.vertices) for level, path in zip(shape.levels, shape.get_paths(), strict=True))


def bell(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-x * x - y * y))


def dome(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(1 - x * x - y * y))


TRACED: list[tuple[str, float, Callable[..., np.ndarray], Callable[..., tuple[np.ndarray, np.ndarray]]]] = [
    ("x^2-y^2", 6, lambda x, y: x**2 - y**2, lambda x, y: (2 * x, -2 * y)),
    ("sqrt(1-x^2-y^2)", 2.4, dome, lambda x, y: (-x / dome(x, y), -y / dome(x, y))),
    ("floor(x)+y", 6, lambda x, y: np.floor(x) + y, lambda x, y: (0 * x, 1 + 0 * y)),
    ("exp(-x^2-y^2)", 5, bell, lambda x, y: (-2 * x * bell(x, y), -2 * y * bell(x, y))),
    ("x^3-3x*y^2", 6, lambda x, y: x**3 - 3 * x * y * y, lambda x, y: (3 * x * x - 3 * y * y, -6 * x * y)),
]  # fmt: skip


@pytest.mark.sampled
@pytest.mark.parametrize(("text", "width", "value", "slopes"), TRACED[: sample(3, 99)])
def test_contours_are_where_the_function_has_their_level(
    text: str, width: float, value: Callable[..., np.ndarray], slopes: Callable[..., tuple[np.ndarray, np.ndarray]]
) -> None:
    drawn = figure(made(text))
    count = 0
    for level, points in lines_at(drawn):
        x, y = points.T
        with np.errstate(all="ignore"):
            steep = np.hypot(*slopes(x, y))
            pixels = np.abs(value(x, y) - level) / steep * PIXELS / width
        inside = steep > 0.3  # near a critical point a level is no line
        inside &= (text[:5] != "floor") | (np.abs(x - np.round(x)) > 1e-6)  # at a jump there are two values
        count += int(inside.sum())
        # Where the slope has no bound lines are less exact.
        assert np.nanmax(pixels[inside], initial=0.0) < (1.5 if "sqrt" in text else 0.5)
    assert count > 500


def test_a_contour_of_another_level_is_found_out() -> None:
    drawn = figure(made("x^2-y^2"))
    worst = max(
        float(np.abs(x * x - y * y - level - 0.1).max()) for level, (x, y) in ((a, b.T) for a, b in lines_at(drawn))
    )
    assert worst / 6 * PIXELS / 6 > 0.5


@pytest.mark.parametrize("text", ["(x^2+y-11)^2+(x+y^2-7)^2", "x^2-y^2"])
def test_texts_do_not_hide_each_other(text: str) -> None:
    drawn = figure(made(text))
    texts = [each for each in drawn.axes[0].texts if each.get_gid() != HALO]  # type: ignore[attr-defined]
    boxes = [each.get_window_extent() for each in texts]
    assert len(boxes) > 3
    middles = [box.shrunk(0.7, 0.7) for box in boxes]  # the corners of the box of a turned text are empty
    assert not any(one.overlaps(two) for one, two in combinations(middles, 2))


def test_where_there_is_no_value_there_is_a_hatching() -> None:
    def hatched(text: str) -> bool:
        return any(patch.get_hatch() for patch in figure(made(text)).axes[0].patches)  # type: ignore[attr-defined]

    assert hatched("sqrt(1-x^2-y^2)")
    assert not hatched("x*y")


def test_every_kind_is_drawn() -> None:
    kinds = {
        "light": made("f(x,y)=5"),
        "dark": made("1e300*x*y", surface=True),
        "print": scene(Request(["y", "x-x^3"], operator="div"), Sight()),
    }
    for theme, found in kinds.items():
        assert draw(found, "png", Look(theme, dpi=40))[:4] == b"\x89PNG"


def test_the_same_bytes_twice() -> None:
    found = made("x*y", "x=-1:1,y=-1:1")
    assert draw(found, "svg", Look()) == draw(found, "svg", Look())


def test_arrows_are_as_thick_in_every_kind_of_file() -> None:
    (arrows,) = (shape for shape in figure(made("x*y", "x=-1:1,y=-1:1")).axes[0].collections if hasattr(shape, "U"))  # type: ignore[attr-defined]
    assert arrows.units == "inches"
    assert 0.3 < arrows.width * 72 < 2


def test_a_function_of_two_values() -> None:
    assert draw(made("if(x*y>1, 1, 0)"), "png", Look(dpi=40))


def test_a_surface_over_parts_of_pi() -> None:
    assert draw(made("x*sin(y)", surface=True), "png", Look(dpi=40))


def test_surfaces_are_cut_at_their_ends_and_along_breaks() -> None:
    (panel,) = made("1/(x-y)", surface=True).panels
    assert isinstance(panel, FieldPanel)
    faces, _ = cut_faces(panel, Axis(Name("f"), -5, 5))
    assert len(faces) > 1000
    for face in faces:
        assert face[:, 2].min() >= -5 - 1e-9
        assert face[:, 2].max() <= 5 + 1e-9
        assert len({*np.sign(face[:, 2])} - {0.0}) == 1


def test_a_polygon_is_clipped() -> None:
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 2], [0, 1, 2]], float)
    assert np.ptp(clipped(square, 0.5, 1.5)[:, 1]) == pytest.approx(0.5)
    assert len(clipped(square, 3, 4)) == 0
    assert clipped(square, -1, 5).tolist() == square.tolist()
