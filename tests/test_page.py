"""Pages for a browser, opened in one: what a reader points at, drags, types and enlarges."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from derivcli.pictures.html.page import page
from derivcli.pictures.look import Look
from derivcli.pictures.scene import (
    Axis,
    Contours,
    Curve,
    Density,
    FieldPanel,
    Mark,
    Name,
    Panel,
    Scene,
    Stroke,
    VectorPanel,
)
from derivcli.pictures.tables import table_of
from tests.browser import CHROMIUM, Browser, Tab, running

MOST_BYTES = 5_000_000

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u2028</script>$$x$$\\(y\\)@data@"

X = Name("x", "x")


def polynomial() -> Scene:
    """f(x) = x^3 - 3x with its derivative, and a verdict that says where it was asked."""
    x = np.linspace(-2.5, 2.5, 400)
    f, slope = Name("f(x)"), Name("f′(x)")
    table = table_of(
        0,
        [f, slope],
        lambda x: [x**3 - 3 * x, 3 * x**2 - 3],
        (-2.5, 2.5),
        [],
        [20.0, 20.0],
        judged=lambda x: [f"judged at {place:g}" for place in x],
    )
    marks = (Mark(-1.0, 2.0, "maximum", Name("(-1, 2)")), Mark(1.0, -2.0, "minimum", Name("(1, -2)")))
    curves = (
        Curve(f, (Stroke(x, x**3 - 3 * x),), window=(-8, 8), marks=marks),
        Curve(slope, (Stroke(x, 3 * x**2 - 3),), "derivative", 1, window=(-3, 16)),
    )
    panel = Panel(Axis(X, -2.5, 2.5), Axis(Name(""), -10, 17), curves)
    return Scene((Name("f(x) = x^3 - 3x"),), (panel,), ("a note",), "A cubic.", tables=(table,))


def hostile() -> Scene:
    """A scene whose every name is a trap."""
    scene, bad = polynomial(), Name(HOSTILE)
    (panel,) = scene.panels
    assert isinstance(panel, Panel)
    columns = tuple(replace(column, name=bad) for column in scene.tables[0].columns)
    marks = (Mark(0.0, 0.0, "zero", bad, HOSTILE, HOSTILE), Mark(1.0, math.inf, "open"))
    panel = Panel(
        Axis(bad, -2.5, 2.5),
        Axis(bad, -10, 17),
        tuple(replace(curve, name=bad, marks=marks) for curve in panel.curves),
        densities=(Density(bad, np.ones((1024, 1023), np.int64), (-2, 2), (-2, 2)),),
    )
    table = replace(scene.tables[0], columns=columns, verdicts=tuple(HOSTILE for _ in scene.tables[0].x))
    return Scene((bad,), (panel,), (HOSTILE,), HOSTILE, tables=(table,))


def fields() -> Scene:
    """x^2 - y^2 as contours with its gradient, and the field (-y, x)."""
    line = np.linspace(-2, 2, 41)
    x, y = np.meshgrid(line, line)
    axes = Axis(X, -2, 2), Axis(Name("y"), -2, 2)
    contours = Contours(
        Name("f(x, y)"), line, line, x**2 - y**2, np.linspace(-4, 4, 9), np.stack([2 * x, -2 * y]), (line, line)
    )
    saddle = (Mark(0.0, 0.0, "saddle", Name("(0, 0)")),)
    turning = VectorPanel(*axes, (line, line), np.stack([-y, x]), replace(contours, gradient=None, arrows=None))
    return Scene((Name("f(x, y) = x^2 - y^2"),), (FieldPanel(*axes, contours, saddle), turning))


def circle() -> Scene:
    t = np.linspace(0, 2 * np.pi, 400)
    curve = Curve(Name("path"), (Stroke(np.cos(t), np.sin(t)),), "path", arrows=np.array([[1.0, 0.0, 0.0, 1.0]]))
    axes = Axis(X, -1.5, 1.5), Axis(Name("y"), -1.5, 1.5)
    return Scene((Name("a circle"),), (Panel(*axes, (curve,)),), equal=True)


def ellipse() -> Scene:
    """x = 2 cos t, y = sin t, with its numbers by t."""
    scene = circle()
    (panel,) = scene.panels
    assert isinstance(panel, Panel)
    t = np.linspace(0, 2 * np.pi, 400)
    table = table_of(
        0,
        [Name(text) for text in ("x", "y", "dx", "dy")],
        lambda t: [2 * np.cos(t), np.sin(t), -2 * np.sin(t), np.cos(t)],
        (0.0, 2 * np.pi),
        [],
        [4.0, 2.0, np.inf, np.inf],
        slopes=(2, 3, -1, -1),
    )
    curve = replace(panel.curves[0], strokes=(Stroke(2 * np.cos(t), np.sin(t)),))
    panel = replace(panel, x=Axis(X, -2.2, 2.2), y=Axis(Name("y"), -1.2, 1.2), curves=(curve,))
    return replace(scene, panels=(panel,), tables=(replace(table, parameter=Name("t")),))


def test_the_same_scene_gives_the_same_page_of_bounded_size() -> None:
    text = page(polynomial(), Look())
    assert text == page(polynomial(), Look())
    assert len(text.encode()) < MOST_BYTES


@pytest.mark.parametrize("scene", [hostile(), fields()], ids=["hostile", "fields"])
def test_nothing_of_a_users_is_markup_and_nothing_comes_from_elsewhere(scene: Scene) -> None:
    text = page(scene, Look())
    assert len(text.encode()) < MOST_BYTES
    found = Tags()
    found.feed(text)
    assert [name for name, _ in found.tags if name in ("script", "img", "iframe", "object")] == ["script"] * 4
    addresses = [value for _, given in found.tags for key, value in given if key in ("src", "href", "style", "onerror")]
    assert addresses == ["data:,"]


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))


needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as found:
        yield found


def opened(browser: Browser, scene: Scene, folder: Path, dark: bool = False, width: int = 1200) -> Tab:
    path = folder / "page.html"
    path.write_text(page(scene, Look()), encoding="utf-8")
    return browser.open(path, width=width, dark=dark)


def values(text: str) -> dict[str, float]:
    """The numbers of a reading such as x = 1, f(x) ≈ 2."""
    found = re.findall(r"(x|y|f\(x\)|f′\(x\)) [=≈] (-?[\d.]+(?:e-?\d+)?)", text.split("at x")[0])
    return {name: float(number) for name, number in reversed(found)}


def spot(tab: Tab, x: float, y: float) -> tuple[float, float]:
    """Where a point of the first panel is on the screen, from the ticks' own numbers."""
    found = tab.run(
        f"""(() => {{
          const view = [...Bokeh.index.roots][0], box = view.el.getBoundingClientRect()
          return [box.left + view.frame.x_scale.compute({x}), box.top + view.frame.y_scale.compute({y})]
        }})()"""
    )
    return found[0], found[1]


def span(tab: Tab) -> float:
    """The length of what is seen of the axis."""
    script = "(() => { const {x_range} = [...Bokeh.index.roots][0].model; return x_range.end - x_range.start })()"
    return float(tab.run(script))


def sound(tab: Tab) -> None:
    """Nothing went wrong on the page, and it asked for nothing but itself."""
    wrong = [each for each in tab.troubles() if each.get("type") not in ("log", "info", "debug")]
    assert not wrong
    addresses = [address for address in tab.requests() if not address.startswith(("data:", "blob:"))]
    assert len(addresses) == 1
    assert addresses[0].startswith("file:")


@needs_browser
def test_a_reader_points_drags_and_types(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, polynomial(), tmp_path)
    tab.mouse("mouseMoved", *spot(tab, 1.5, -1.0))
    tab.settle()
    hover = values(tab.text("#tip"))
    assert math.isclose(hover["f(x)"], hover["x"] ** 3 - 3 * hover["x"], rel_tol=1e-9)
    assert math.isclose(hover["f′(x)"], 3 * hover["x"] ** 2 - 3, rel_tol=1e-9)
    assert abs(hover["x"] - 1.5) < 0.02
    assert f"judged at {hover['x']:g}" in tab.text("#tip")

    tab.mouse("mouseMoved", *spot(tab, 1.0, -2.0))
    tab.settle()
    assert tab.text("#tip").startswith("minimum (1, -2)")

    start = values(tab.text("#reading"))
    tab.drag(spot(tab, start["x"], start["f(x)"]), spot(tab, 2.0, 5.0))
    moved = values(tab.text("#reading"))
    assert abs(moved["x"] - 2) < 0.02
    assert math.isclose(moved["f(x)"], moved["x"] ** 3 - 3 * moved["x"], rel_tol=1e-9)
    assert math.isclose(slope_drawn(tab), 3 * moved["x"] ** 2 - 3, rel_tol=1e-9)
    assert span(tab) == 5, "the picture itself stays where it is"

    tab.run("document.getElementById('graph').focus()")
    tab.key("ArrowLeft")
    left = values(tab.text("#reading"))["x"]
    assert 0.01 < moved["x"] - left < 0.1
    tab.key("ArrowLeft", shift=True)
    assert 0 < left - values(tab.text("#reading"))["x"] < 0.011
    tab.key("PageDown")
    tab.key("PageUp")
    assert values(tab.text("#reading"))["x"] == 1
    assert "minimum" in tab.text("#marks")
    tab.until("document.getElementById('spoken').textContent.includes('f(x) is -2')")
    sound(tab)
    tab.close()


def slope_drawn(tab: Tab) -> float:
    """The slope of the black line of three points that is drawn through the point."""
    return float(
        tab.run(
            """(() => {
              const lines = [...Bokeh.index.roots][0].model.renderers.map((each) => each.data_source.data)
              const {x, y} = lines.find((data) => data.x && data.x.length == 3)
              return (y[2] - y[0]) / (x[2] - x[0])
            })()"""
        )
    )


@needs_browser
def test_zoom_shows_what_is_embedded_and_where_it_ends(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, polynomial(), tmp_path)
    tab.run("document.getElementById('graph').focus()")
    for _ in range(6):
        tab.key("+")
    assert math.isclose(span(tab), 5 / 64)
    assert "64" in tab.text("#state")
    x, y = curve_drawn(tab)
    inside = [each for each in x if abs(each - values(tab.text("#reading"))["x"]) < 2.5 / 64]
    assert len(inside) > 100, "strokes of a whole picture would have 6 points here"
    for place, height in zip(x, y, strict=True):
        assert math.isclose(height, place**3 - 3 * place, abs_tol=1e-9)
    for _ in range(40):
        tab.run("document.getElementById('in').click()")
    tab.settle()
    assert "end" in tab.text("#state")
    tab.key("0")
    assert span(tab) == 5
    sound(tab)
    tab.close()


def curve_drawn(tab: Tab) -> tuple[list[float], list[float]]:
    """The points of the first curve."""
    found = tab.run(
        """(() => {
          const lines = [...Bokeh.index.roots][0].model.renderers.map((each) => each.data_source.data)
          const {x, y} = lines.find((data) => data.x && data.x.length > 50)
          return [[...x], [...y]]
        })()"""
    )
    return found[0], found[1]


@needs_browser
def test_a_path_is_read_and_enlarged_by_its_parameter(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, ellipse(), tmp_path)
    told = re.search(r"t . (.*)x . (.*)y . (.*)dy/dx . (.*)", tab.text("#reading"))
    assert told
    t, x, y, slope = (float(text) for text in told.groups())
    for found, truth in ((x, 2 * math.cos(t)), (y, math.sin(t)), (slope, -math.cos(t) / (2 * math.sin(t)))):
        assert math.isclose(found, truth, rel_tol=1e-8)
    for _ in range(6):
        tab.run("document.getElementById('in').click()")
    tab.settle()
    across, up = (np.array(each, float) for each in curve_drawn(tab))
    assert np.nanmax(np.abs((across / 2) ** 2 + up**2 - 1)) < 1e-7
    seen = (np.abs(across - x) < 2.2 / 64) & (np.abs(up - y) < 1.2 / 64)
    assert np.count_nonzero(seen) > 100
    sound(tab)
    tab.close()


@needs_browser
def test_light_and_dark_follow_the_system_and_the_button(browser: Browser, tmp_path: Path) -> None:
    color = "getComputedStyle(document.body).backgroundColor"
    tab = opened(browser, polynomial(), tmp_path, dark=True)
    assert tab.run(color) == "rgb(21, 24, 29)"
    tab.dark(False)
    tab.until(f"{color} == 'rgb(255, 255, 255)'")
    tab.run("document.getElementById('theme').click()")
    assert tab.run(color) == "rgb(21, 24, 29)"
    fill = "[...Bokeh.index.roots][0].model.background_fill_color"
    assert tab.run(fill) == "#15181d"
    sound(tab)
    tab.close()


@needs_browser
def test_tab_reaches_all_and_shows_where_it_is(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, polynomial(), tmp_path, width=400)
    reached = []
    for _ in range(12):
        tab.key("Tab")
        reached.append(tab.run("document.activeElement.id || document.activeElement.textContent"))
        assert tab.run("document.activeElement == document.body || document.activeElement.matches(':focus-visible')")
    assert {"in", "out", "home", "theme", "graph", "f(x)", "minimum (1, -2)"} <= {*reached}
    assert tab.run("document.documentElement.scrollWidth <= innerWidth"), "a small screen scrolls sideways"
    assert tab.run("document.getElementById('graph').getAttribute('aria-label')")
    assert tab.text("#description") == "A cubic."
    start = values(tab.text("#reading"))
    tab.touch(spot(tab, start["x"], start["f(x)"]), spot(tab, 1.0, -2.0))
    assert abs(values(tab.text("#reading"))["x"] - 1) < 0.04
    assert span(tab) == 5, "a finger on the point moves the point alone"
    tab.close()


@needs_browser
@pytest.mark.parametrize(("make", "told"), [(fields, "∂/∂x ≈"), (circle, "slope ≈"), (hostile, HOSTILE)])
def test_every_kind_of_panel_is_drawn_and_read(browser: Browser, tmp_path: Path, make: object, told: str) -> None:
    assert callable(make)
    tab = opened(browser, make(), tmp_path)
    assert told in tab.text("#reading")
    before = tab.text("#reading")
    tab.run("document.getElementById('graph').focus()")
    tab.key("ArrowRight")
    assert tab.text("#reading") != before
    tab.key("+")
    sound(tab)
    tab.close()


@needs_browser
def test_a_field_is_interpolated_where_it_is_enlarged(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, fields(), tmp_path)
    start = values(tab.text("#reading"))
    x, y = start["x"], start["y"]
    told = re.search(r"≈ (-?[\d.e-]+)∂/∂x ≈ (-?[\d.e-]+)∂/∂y ≈ (-?[\d.e-]+)", tab.text("#reading"))
    assert told
    for text, truth in zip(told.groups(), (x**2 - y**2, 2 * x, -2 * y), strict=True):
        assert math.isclose(float(text), truth, rel_tol=0.01, abs_tol=0.01)
    for _ in range(4):
        tab.run("document.getElementById('in').click()")
    tab.settle()
    pieces = tab.run(
        """(() => {
          const lines = [...Bokeh.index.roots][0].model.renderers.map((each) => each.data_source.data)
          const {x0, y0} = lines.find((data) => data.x0 && data.x0.length)
          return [[...x0], [...y0]]
        })()"""
    )
    heights = np.array(pieces[0]) ** 2 - np.array(pieces[1]) ** 2
    step = 0.05
    assert np.abs(heights / step - np.round(heights / step)).max() < 0.02, "lines lie at other levels"
    assert len({*np.round(heights / step)}) >= 3
    assert "interpolated" in tab.text("#state")
    sound(tab)
    tab.close()


@needs_browser
def test_the_tests_see_a_page_that_loads_or_fails(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    head = "<!doctype html><html data-ready='yes'><body><img src='other.png'>"
    path.write_text(f"{head}<script>missing()</script>", encoding="utf-8")
    tab = browser.open(path)
    assert any("missing" in str(each) for each in tab.troubles())
    assert any(address.endswith("other.png") for address in tab.requests())
    with pytest.raises(AssertionError):
        sound(tab)
    tab.close()
