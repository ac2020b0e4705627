"""Scenes as Matplotlib draws them: its lines, marks and axes, and the files that come of them."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivcli.errors import DerivError
from derivcli.pictures.drawing.draw import draw, draw_on
from derivcli.pictures.drawing.figure import SUFFIXES, clean_matplotlib
from derivcli.pictures.look import THEMES, Look
from derivcli.pictures.scene import Asymptote, Axis, Contours, Curve, FieldPanel, Mark, Name, Panel, Scene, Stroke
from tests.made_scenes import X, Y, everything, field, figure, panel, parabola, rotation, scene, steps, stroke
from tests.processes import python

HUGE = 1.7e308
ROOT = Path(__file__).parent.parent
SMALL = Look(size=(3.0, 2.0), dpi=60)
SVG = "{http://www.w3.org/2000/svg}"


# Files.


@pytest.mark.parametrize(
    ("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("webp", b"RIFF")]
)
def test_every_format_is_reproducible(suffix: str, start: bytes) -> None:
    first = draw(parabola(), suffix, SMALL)
    assert first.startswith(start)
    assert first == draw(parabola(), suffix, SMALL)
    assert first != draw(parabola(40), suffix, SMALL)
    assert b"CreationDate" not in first
    assert SUFFIXES == ("png", "svg", "pdf", "webp")


@pytest.mark.parametrize("theme", THEMES)
def test_every_panel_is_drawn_in_every_theme_without_a_word(theme: str, recwarn: pytest.WarningsRecorder) -> None:
    pictures = [draw(made, "svg", replace(SMALL, theme=theme)) for made in everything()]
    assert len(set(pictures)) == len(pictures)
    assert list(recwarn) == []


@pytest.mark.parametrize(("inches", "dpi"), [((1.0, 1.0), 72), ((20.0, 3.0), 20)])
def test_a_picture_has_the_size_that_was_asked_for(inches: tuple[float, float], dpi: int) -> None:
    for made in everything():
        data = draw(made, "png", Look(size=inches, dpi=dpi))
        assert struct.unpack(">II", data[16:24]) == (inches[0] * dpi, inches[1] * dpi)


def test_a_transparent_picture_has_no_background() -> None:
    from PIL import Image

    corners = [
        Image.open(BytesIO(draw(parabola(), "png", replace(SMALL, transparent=clear)))).convert("RGBA").getpixel((0, 0))
        for clear in (True, False)
    ]
    assert corners == [(255, 255, 255, 0), (255, 255, 255, 255)]


def fonts_of(picture: str) -> dict[str, set[int]]:
    """The code points of each font that the picture brings, by its family and slope."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    found: dict[str, set[int]] = {}
    faces = r"font-family:'([^']*)';font-style:(\w+);[^}]*base64,([^)]*)\)"
    for family, slope, data in re.findall(faces, picture):
        with TTFont(BytesIO(b64decode(data))) as font:
            found[f"{family} {slope}"] = set(font.getBestCmap())
    return found


def test_text_of_svg_is_text_with_the_fonts_that_it_needs() -> None:
    picture = draw(scene(panel(y=(-1, 1)), title=r"f(x) = \frac{\sin(x)}{2}", notes=("a < 3 & b ≤ π",)), "svg", SMALL)
    root, fonts = ElementTree.fromstring(picture), fonts_of(picture.decode())
    texts = [node for node in root.iter() if node.tag in (f"{SVG}text", f"{SVG}tspan") and (node.text or "").strip()]
    shown = "".join(node.text or "" for node in texts)
    assert "a < 3 & b ≤ π" in shown
    assert "sin" in shown.replace("(", "")
    for node in texts:
        style = node.get("style") or ""
        families = re.findall(r"'([^']*)'", style)
        slope = "italic" if "italic" in style else "normal"
        known = set().union(*(fonts.get(f"{family} {slope}", set()) for family in families))
        assert {ord(letter) for letter in node.text or ""} - known <= {0x20, 0xA0}


@pytest.mark.parametrize("made", everything(), ids=range(7))
def test_all_text_of_svg_is_text(made: Scene) -> None:
    """What is written stands in the file's text, and no letter is an outline alone."""
    with figure(made) as drawn:
        drawn.draw_without_rendering()
        plain = [text.get_text() for text in [*drawn.texts, *drawn.axes[0].texts] if not text.get_parse_math()]
    found = ElementTree.fromstring(draw(made, "svg", Look()))
    written = ["".join(node.itertext()) for node in found.iter() if node.tag == f"{SVG}text"]
    assert [text for text in plain if text and text.strip() not in "".join(written)] == []


def test_svg_is_read_aloud() -> None:
    made = replace(parabola(), titles=(Name("f(x) = x < 1 & 2"),), description="It is <b>steep</b>.")
    root = ElementTree.fromstring(draw(made, "svg", SMALL))
    by_id = {node.get("id"): node for node in root}
    assert root.get("role") == "img"
    assert [by_id[name].text for name in (root.get("aria-labelledby") or "").split()] == [
        "f(x) = x < 1 & 2",
        "It is <b>steep</b>.",
    ]
    assert [by_id["picture-title"].tag, by_id["picture-description"].tag] == [f"{SVG}title", f"{SVG}desc"]


# Lines and marks.


def lines_of(axes: Any) -> dict[str, Any]:
    return {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}


def test_a_curve_is_one_line_that_no_stroke_shares_with_another() -> None:
    with figure(steps()) as drawn:
        (line,) = lines_of(drawn.axes[0]).values()
        x, y = line.get_data()
    (curve,) = steps().panels[0].curves
    parts = [np.flatnonzero(np.isfinite(y))[[0, -1]], np.flatnonzero(np.isnan(y))]
    assert len(parts[1]) == len(curve.strokes) - 1
    for before, after in ((parts[0][0], parts[1][0]), (parts[1][0] + 1, parts[0][1] + 1)):
        assert any(np.array_equal(x[before:after], stroke.x) for stroke in curve.strokes)
        assert any(np.array_equal(y[before:after], stroke.y) for stroke in curve.strokes)


def test_ends_are_open_or_filled_where_they_are_said_to_be() -> None:
    with figure(steps()) as drawn:
        axes = drawn.axes[0]
        marks = {line.get_label(): line for line in axes.lines if line.get_label() in ("_open", "_closed")}
        assert [tuple(side) for side in marks["_open"].get_data()] == [(0,), (-1,)]
        assert [tuple(side) for side in marks["_closed"].get_data()] == [(0, 3), (1, 4)]
        assert (
            marks["_open"].get_markerfacecolor() == drawn.get_facecolor()[:3]
            or marks["_open"].get_markerfacecolor() == "#ffffff"
        )
        assert marks["_closed"].get_markerfacecolor() == marks["_closed"].get_color()
        # A mark at the end of the axes is not cut in two.
        border = marks["_closed"].get_clip_box().x1 - axes.bbox.x1
    assert border > 6 * 200 / 72 / 2


def test_asymptotes_are_dotted_and_take_the_place_of_an_axis() -> None:
    with figure(scene(panel(asymptotes=(Asymptote(0), Asymptote(1, vertical=False))))) as drawn:
        dotted = [line for line in drawn.axes[0].lines if line.get_linestyle() == "--"]
        plain = [line for line in drawn.axes[0].lines if line.get_linestyle() == "-"]
        assert [tuple(line.get_xdata()) for line in dotted] == [(0, 0), (0, 1)]
        assert [tuple(line.get_ydata()) for line in plain] == [(0, 0)]


def test_far_values_are_brought_near_without_a_change_of_what_is_seen() -> None:
    x = np.array([0.0, 1e-9, 1.0])
    with figure(scene(panel(Curve(Name("f"), (Stroke(x, np.array([HUGE, 5, 5])),))))) as drawn:
        (line,) = lines_of(drawn.axes[0]).values()
        pixels = line.get_transform().transform(np.column_stack(line.get_data()))
        left = drawn.axes[0].transData.transform((0, 5))[0]
    assert abs(pixels).max() < 1e6
    assert abs(pixels[0, 0] - left) < 0.01


def test_equal_scales_are_equal() -> None:
    made = replace(parabola(), equal=True)
    for size in (None, (6.0, 3.0), (3.0, 6.0)):
        with figure(made, Look(size=size)) as drawn:
            drawn.draw_without_rendering()
            zero, one = drawn.axes[0].transData.transform([(0, 0), (1, 1)])
        assert np.ptp(one - zero) < 1e-6


def test_panels_share_their_axis_and_only_the_last_is_numbered() -> None:
    with figure(scene(panel(y=(0, 1)), panel(y=(0, 100)), panel(y=(0, 1)))) as drawn:
        boxes = [axes.get_position() for axes in drawn.axes]
        assert len({(box.x0, box.x1) for box in boxes}) == 1
        assert all(above.y0 > below.y1 for above, below in pairwise(boxes))
        assert [axes.get_xlabel() for axes in drawn.axes] == ["", "", "$x$"]


EXTREMES = [
    ((0, 1), (4, 4)),
    ((0, 1), (0, 0)),
    ((1e6, 1e6 + 1), (1e6, 1e6 + 1e-9)),
    ((-HUGE, HUGE), (-HUGE, HUGE)),
    ((0, 5e-324), (0, 5e-324)),
    ((1e-300, 2e-300), (1e300, 2e300)),
    ((0, 0), (np.nan, np.nan)),
]


@pytest.mark.parametrize(("x", "y"), EXTREMES)
def test_extreme_values_are_drawn(x: tuple[float, float], y: tuple[float, float]) -> None:
    units = [int(np.log10(max(map(abs, ends)))) if max(map(abs, ends)) > 0 else 0 for ends in (x, y)]
    axes = [Axis(X, *ends, unit=unit if abs(unit) > 250 else 0) for ends, unit in zip((x, y), units, strict=True)]
    line = Curve(
        Name("f"), (Stroke(np.array(x, dtype=float), np.array(y, dtype=float)),), marks=(Mark(x[0], y[0], "dot"),)
    )
    made = scene(Panel(axes[0], axes[1], (line,)))
    for suffix in ("png", "svg"):
        assert len(draw(made, suffix, SMALL)) > 1000


def test_a_logarithmic_axis_has_powers_of_ten_at_its_ticks() -> None:
    line = Curve(Name("f"), (stroke(np.exp, -3, 700),))
    made = scene(Panel(Axis(X, -3, 700), Axis(Name(""), 1e-2, 1e304, logarithmic=True), (line,)))
    with figure(made) as drawn:
        drawn.draw_without_rendering()
        axes = drawn.axes[0]
        ticks = [(text.get_text(), text.get_position()[1]) for text in axes.get_yticklabels()]
        (line_drawn,) = lines_of(axes).values()
        assert np.allclose(line_drawn.get_ydata(), np.linspace(-3, 700, 101) / np.log(10))
    assert ("$10^{300}$", 300) in ticks


# Two variables.


def test_contours_lie_on_their_levels_and_say_so() -> None:
    with figure(field()) as drawn:
        axes = drawn.axes[0]
        (lines,) = [each for each in axes.collections if hasattr(each, "levels") and not each.filled]
        for level, path in zip(lines.levels, lines.get_paths(), strict=True):
            assert np.allclose(path.vertices[:, 0] ** 2 - path.vertices[:, 1] ** 2, level, atol=0.01)
        numbers = [text for text in axes.texts if text.get_text() in ("−0.5", "0", "1", "2")]
        assert len(numbers) > 4
        for text in numbers:
            x, y = text.get_position()
            assert x**2 - y**2 == pytest.approx(float(text.get_text().replace("−", "-")), abs=0.03)
        scale = drawn.axes[1]
        assert [float(tick) for tick in scale.get_yticks()] == [-0.5, 0, 1, 2]


@pytest.mark.parametrize("made", [field(), rotation()], ids=["gradient", "vectors"])
def test_arrows_point_where_the_vectors_do(made: Scene) -> None:
    with figure(made) as drawn:
        (arrows,) = [each for each in drawn.axes[0].collections if type(each).__name__ == "Quiver"]
        x, y, across, up = arrows.X, arrows.Y, arrows.U, arrows.V
    vectors = (2 * x, -2 * y) if isinstance(made.panels[0], FieldPanel) else (-y, x)
    assert np.allclose(across * vectors[1], up * vectors[0])
    assert (across * vectors[0] + up * vectors[1] > 0).all()
    # Each stays in its cell of the grid.
    assert np.abs(across).max() < np.diff(np.unique(x)).max()
    assert np.abs(up).max() < np.diff(np.unique(y)).max()


def corners_of(faces: Any) -> Any:
    """All corners of the faces, which Matplotlib keeps in one array that it fills up to the longest."""
    filled = np.broadcast_to(faces._invalid_vertices, faces._faces.shape[:2])
    return faces._faces[~filled]


def test_a_surface_and_its_plane_are_where_they_are() -> None:
    with figure(field(surface=True)) as drawn:
        axes = drawn.axes[0]
        assert axes.name == "3d"
        (faces,) = axes.collections
        corners = corners_of(faces)
    on_surface = np.isclose(corners[:, 0] ** 2 - corners[:, 1] ** 2, corners[:, 2], atol=0.01)
    rest = corners[~on_surface]
    assert on_surface.sum() > 1000
    assert np.allclose(rest[:, 2], 0.75 + 2 * (rest[:, 0] - 1) - (rest[:, 1] - 0.5), atol=0.05)
    assert (rest[:, :2].min(axis=0) < [1, 0.5]).all()
    assert (rest[:, :2].max(axis=0) > [1, 0.5]).all()


def test_what_has_no_value_has_no_face_and_no_line() -> None:
    grid = np.linspace(-1, 1, 21)
    values = np.where(grid[None, :] > 0, grid[None, :] + 0 * grid[:, None], np.nan)
    contours = Contours(Name("f"), grid, grid, values, np.array([0.25, 0.5]))
    for surface in (False, True):
        made = scene(FieldPanel(Axis(X, -1, 1), Axis(Y, -1, 1), contours, surface=surface))
        with figure(made) as drawn:
            for each in drawn.axes[0].collections:
                if surface:
                    assert corners_of(each)[:, 0].min() >= 0
                elif hasattr(each, "levels"):
                    assert min(path.vertices[:, 0].min() for path in each.get_paths() if len(path.vertices)) >= 0


def test_a_surface_needs_axes_with_depth() -> None:
    with figure(parabola()) as drawn, pytest.raises(DerivError, match="three axes"):
        draw_on(drawn.axes[0], field(surface=True).panels[0], Look())


# Surroundings.


def test_a_panel_is_drawn_on_axes_of_others_in_their_settings() -> None:
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"lines.linewidth": 7.0, "font.size": 5.0}):
        axes = Figure().add_subplot()
        for made in everything():
            if not (isinstance(made.panels[0], FieldPanel) and made.panels[0].surface):
                draw_on(axes, made.panels[0], Look())
        assert lines_of(axes)["f(x)"].get_linewidth() == 7.0
        assert matplotlib.rcParams["font.size"] == 5.0


def test_a_host_program_keeps_its_settings() -> None:
    import matplotlib

    expected = draw(parabola(), "svg", SMALL)
    with matplotlib.rc_context({"lines.linewidth": 40, "text.usetex": True, "svg.fonttype": "path"}):
        assert draw(parabola(), "svg", SMALL) == expected
        assert matplotlib.rcParams["text.usetex"] is True


def example() -> bytes:
    return draw(parabola(), "png", SMALL)


SCRIPT = """
import os, sys, warnings
warnings.simplefilter("error")
here = os.getcwd()
from tests.test_drawing import example
data = example()
assert os.getcwd() == here
assert "matplotlib.pyplot" not in sys.modules
assert os.environ["MPLBACKEND"] == "bogus"
sys.stdout.buffer.write(data)
"""


@pytest.mark.parametrize(
    "settings",
    [
        b"backend: module://evil\naxes.formatter.use_locale: True\n",
        b"text.usetex: True\nsavefig.dpi: 3000\nfigure.dpi: 3000\nlines.linewidth: nonsense\nno_such_key: 1\n",
        b"\xff\xfe\x00broken",
    ],
)
def test_no_configuration_is_obeyed(settings: bytes, tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(settings)
    (tmp_path / "evil.py").write_text("open('ran', 'w').close()")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        "MPLBACKEND": "bogus",
        "MPLCONFIGDIR": str(tmp_path / "evil.py"),  # no directory, of which Matplotlib would complain
    }
    command = [*python(), "-c", SCRIPT]
    process = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert process.stderr == b""
    assert process.stdout == example()
    assert not (tmp_path / "ran").exists()


def test_nothing_is_left_open_or_changed() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    with clean_matplotlib():
        pass
    assert dict(matplotlib.rcParams) == before
