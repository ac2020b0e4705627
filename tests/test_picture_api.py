"""Pictures from Python: each record draws the picture of what it answers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

import derivcli
from derivcli import DerivError, derive, gradient, hessian, implicit, jacobian, parametric, plot, polar, series, study
from derivcli.pictures.scene import FieldPanel, Panel, VectorPanel
from tests.support import each


@each(
    ("record", "titles", "kind"),
    [
        (derive("sin(x)", at={"x": [0, 1]}), ["f(x) = sin(x)"], Panel),
        (derive("x^2"), ["f(x) = x^2"], Panel),
        (derive("x*y", at="x=0:1:40,y=2"), ["f(x, y) = x*y"], Panel),
        (derive("x*y", at="x=0:1:40,y=0:1:40"), ["f(x, y) = x*y"], FieldPanel),
        (hessian("x*y", at="x=1,y=2"), ["f(x, y) = x*y"], FieldPanel),
        (gradient("x^2+y^2", at="x=1,y=2"), ["f(x, y) = x^2 + y^2"], FieldPanel),
        (derivcli.curl(["-y", "x"], at="x=1,y=2"), [], VectorPanel),
        (jacobian(["x^2", "x^3"], at="x=1"), ["f₁(x) = x^2", "f₂(x) = x^3"], Panel),
        (series("exp(x)", 3, at="x=0", on=(-1, 1)), ["f(x) = exp(x)"], Panel),
        (study("x*exp(-x)", on=(0, 5)), ["f(x) = x*exp(-x)"], Panel),
        (study("x^2+y^2", on="x=-1:1,y=-1:1"), ["f(x, y) = x^2 + y^2"], FieldPanel),
        (study("x^2+y^2=1", on="x=-2:2,y=-2:2"), [], Panel),
        (implicit("x^2+y^2=25", "y", at="x=3,y=4"), [], Panel),
        (parametric(["cos(t)", "sin(2t)"], "t"), [], Panel),
        (polar("1+cos(theta)", "theta", at="theta=1"), [], Panel),
        (derivcli.tangent("x^2", at="x=1"), ["f(x) = x^2"], Panel),
    ],
)
def test_a_record_draws_what_it_answers(record: Any, titles: list[str], kind: type) -> None:
    scene = record.plot().scene
    assert all(isinstance(panel, kind) for panel in scene.panels)
    if titles:
        assert [title.text for title in scene.titles] == titles


def test_points_of_a_result_are_touched_by_tangents_and_many_are_a_range() -> None:
    (panel,) = derive("x^2", at={"x": [1, 2]}).plot().scene.panels
    assert [curve.role for curve in panel.curves].count("tangent") == 2
    (panel,) = derive("x^2", at="x=0:2:100").plot().scene.panels
    assert (panel.x.low, panel.x.high) == (0, 2)
    assert not any(curve.role == "tangent" for curve in panel.curves)


def test_a_picture_shows_and_saves_itself(tmp_path: Path) -> None:
    picture = plot("x^2", on=(-1, 1), theme="dark", size=(4, 3), dpi=50)
    assert picture._repr_png_().startswith(b"\x89PNG")
    picture.save(tmp_path / "square.svg")
    assert "<title id=" in (tmp_path / "square.svg").read_text("utf-8")
    assert [*tmp_path.iterdir()] == [tmp_path / "square.svg"]


def test_a_picture_is_drawn_on_axes_of_a_figure() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    assert derive("x^2", at="x=0:1:50").plot(axes) is axes
    assert len(axes.lines) >= 2


@each(
    ("given", "message"),
    [
        ({"theme": "pink"}, "no theme"),
        ({"size": "16"}, "no size"),
        ({"size": (0.1, 3)}, "too small or too large"),
        ({"dpi": 5}, "dots per inch"),
        ({"size": (50, 50), "dpi": 1200}, "pixels"),
    ],
)
def test_a_look_that_cannot_be_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DerivError, match=message):
        plot("x^2", **given)


@each("name", ["f.txt", "f", "nowhere/f.png"])
def test_a_file_that_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DerivError, match="cannot write"):
        plot("x^2", on=(0, 1)).save(tmp_path / name)


def test_a_bound_that_is_proved_is_rounded_up() -> None:
    (panel,) = plot("exp(x)", "x=-1:1", at={"x": 0}, series=3).scene.panels
    assert isinstance(panel, Panel)
    (band,) = panel.bands
    stated = float(band.name.text.removeprefix("error at most ").removesuffix(", proved"))
    largest = math.e - (1 + 1 + 1 / 2 + 1 / 6)  # at x = 1
    assert largest <= stated <= 1.01 * largest


def test_a_finer_picture_has_more_points() -> None:
    coarse, fine = (plot("sin(50x)", "x=0:1", dpi=dpi).scene.panels[0].curves[0] for dpi in (60, 600))
    coarse_points, fine_points = (sum(len(stroke.x) for stroke in curve.strokes) for curve in (coarse, fine))
    assert fine_points > 2 * coarse_points
