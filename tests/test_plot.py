from __future__ import annotations

import os
import re
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from derivcli.errors import DerivError
from derivcli.pictures.drawing.figure import SUFFIXES
from derivcli.pictures.drawing.plot import draw_plot
from derivcli.pictures.drawing.plot_curves import panels_of
from derivcli.result import Result
from tests.processes import python
from tests.support import deriv, hint_of

BLUE, ORANGE = "#0072b2", "#d55e00"
HUGE = 1.7e308
ROOT = Path(__file__).parent.parent

Segment = tuple[float, float, float, float]


NOTHING_ELSE: dict[str, Any] = {"taken_names": (), "name": "", "arguments": (), "unknown_functions": ()}
"""What an expression without a left side and without functions of the user's has."""


def make_result(
    text: str,
    at: dict[str, Any],
    value: Any,
    derivatives: dict[str, Any],
    flags: Any = 0,
    dtype: type = np.float64,
    definitions: tuple[Any, ...] = (),
) -> Result:
    points = np.broadcast_shapes(*(np.shape(values) for values in at.values()))

    def column(values: Any, dtype: type = dtype) -> Any:
        return np.broadcast_to(np.asarray(values, dtype=dtype), points).copy()

    return Result(
        expression=cast(Any, SimpleNamespace(text=text, variables=tuple(at), definitions=definitions, **NOTHING_ELSE)),
        at={name: column(values) for name, values in at.items()},
        value=column(value),
        derivatives={name: column(values) for name, values in derivatives.items()},
        flags=column(flags, np.uint8),
    )


def curve(
    text: str, function: Callable[[Any], Any], derivative: Callable[[Any], Any], *range_: float, flags: Any = 0
) -> Result:
    x = np.linspace(range_[0], range_[1], int(range_[2]))
    with np.errstate(all="ignore"):
        return make_result(text, {"x": x}, function(x), {"x": derivative(x)}, flags)


def square(points: int = 50, reach: float = 3) -> Result:
    return curve("x**2", lambda x: x**2, lambda x: 2 * x, -reach, reach, points)


def svg(*results: Result) -> str:
    return draw_plot(results, "svg").decode()


def texts(picture: str) -> list[str]:
    """Every text of the picture, which Matplotlib leaves as a comment beside its outlines."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.fromstring(picture.encode(), parser)
    return [unescape(str(node.text)).strip() for node in root.iter() if callable(node.tag)]


def panels(picture: str) -> list[str]:
    return picture.split('<g id="axes_')[1:]


def segments(picture: str, color: str) -> list[Segment]:
    """The straight pieces (x, y, x, y) of the curve drawn in a colour; the legend's sample of it is not clipped."""
    paths = re.findall(rf'<path d="([^"]*)" clip-path[^>]*stroke: {color}; stroke-width', picture)
    pieces: list[Segment] = []
    for path in paths:
        previous: tuple[float, float] | None = None
        for letter, x, y in re.findall(r"([ML]) (\S+) (\S+)", path):
            if letter == "L" and previous is not None:
                pieces.append((*previous, float(x), float(y)))
            previous = (float(x), float(y))
    return pieces


def markers(picture: str, style: str) -> int:
    inside = "".join(panels(picture))
    return len(re.findall(rf"<use [^>]*{style}", inside.split('<g id="legend_')[0]))


def test_png_has_the_size_of_a_page() -> None:
    data = draw_plot([square()], "png")
    width, height = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert width == 1440
    assert height == 1030


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_every_format_is_reproducible(suffix: str, start: bytes) -> None:
    first = draw_plot([square()], suffix)
    assert first.startswith(start)
    assert first == draw_plot([square()], suffix)
    assert first != draw_plot([square(40)], suffix)
    assert b"CreationDate" not in first


def test_names_one_variable() -> None:
    found = texts(svg(curve("6*x**2 + 2*x + 4", lambda x: 6 * x**2 + 2 * x + 4, lambda x: 12 * x + 2, -3, 3, 50)))
    assert {"f(x) = 6*x**2 + 2*x + 4", "f(x)", "f′(x)", "x"} <= set(found)


def test_names_several_variables_and_constants() -> None:
    u, definition = np.linspace(0, 1, 40), SimpleNamespace(name="z", text="u + 1")
    result = make_result("u*v*z", {"u": u, "v": 4}, 4 * u, {"u": 4, "v": u, "u,v": 1}, definitions=(definition,))
    found = texts(svg(result))
    assert {"f(u, v) = u*v*z", "f(u, v)", "∂f/∂u", "∂f/∂v", "∂²f/∂u∂v", "z = u + 1   ·   v = 4"} <= set(found)


def test_names_several_functions_and_higher_orders() -> None:
    x = np.linspace(0, 1, 40)
    orders = {"x": 2 * x, "x,x": 2, "x,x,x": 0, "x,x,x,x": 0}
    found = texts(svg(*(make_result(f"x**2 + {k}", {"x": x}, x**2 + k, orders) for k in range(5))))
    assert {"f₁(x) = x**2 + 0", "f₃(x) = x**2 + 2", "… and 2 more functions"} <= set(found)
    assert {"f₅(x)", "f₅′(x)", "f₅″(x)", "f₅‴(x)", "f₅⁽⁴⁾(x)"} <= set(found)
    assert "f₄(x) = x**2 + 3" not in found


def test_user_text_is_plain_text(capfd: pytest.CaptureFixture[str]) -> None:
    hostile, name = "$\\frac{$ _x & <b> \\n", "_x$^$"
    at, derivatives = {name: np.linspace(0, 1, 40), "你\x1b": 1}, {name: 0, "你\x1b": 0}
    result = make_result(hostile, at, 1, derivatives, definitions=(SimpleNamespace(name="z", text=hostile),))
    for suffix in SUFFIXES:
        draw_plot([result], suffix)
    found = texts(svg(result))
    assert f"f(_x$^$, 你\\x1b) = {hostile}" in found
    assert f"z = {hostile}   ·   你\\x1b = 1" in found
    assert {"_x$^$", "∂f/∂_x$^$"} <= set(found)
    assert capfd.readouterr() == ("", "")


def test_long_texts_are_shortened() -> None:
    titles = [text for text in texts(svg(make_result("x + " * 500, {"x": [0, 1]}, 1, {"x": 0}))) if "=" in text]
    assert len(titles) == 1
    assert titles[0].endswith("…")
    assert len(titles[0]) < 80


@pytest.mark.parametrize(("reach", "count"), [(3, 1), (10, 1), (100, 2)])
def test_two_panels_where_the_scales_differ(reach: float, count: int) -> None:
    assert len(panels(svg(square(reach=reach)))) == count


def test_few_points_are_marked_and_many_are_not() -> None:
    assert markers(svg(square(10)), f"fill: {BLUE}") == 10
    assert markers(svg(square(31)), f"fill: {BLUE}") == 0


def test_a_point_without_neighbours_is_marked() -> None:
    x = np.linspace(0, 1, 50)
    result = make_result("f", {"x": x}, np.where((x < 0.5) | (x == x[40]), 1, np.nan), {"x": 0})
    assert markers(svg(result), f"fill: {BLUE}") == 1


def test_points_may_come_in_any_order() -> None:
    x = np.linspace(-3, 3, 50)
    mixed = np.random.default_rng(1).permutation(x)
    flags = (abs(mixed - x[20]) < 1e-9).astype(int)
    plain = make_result("x**2", {"x": x}, x**2, {"x": 2 * x}, abs(x - x[20]) < 1e-9)
    assert svg(plain) == svg(make_result("x**2", {"x": mixed}, mixed**2, {"x": 2 * mixed}, flags))


def test_smooth_lines_are_whole() -> None:
    picture = svg(square(200), curve("sin(x)", np.sin, np.cos, -3, 3, 50))
    assert (
        len(
            re.findall(
                r"M \S+ \S+ \nL", "".join(re.findall(r'<path d="([^"]*)" clip-path[^>]*stroke-width: 2.2', picture))
            )
        )
        == 2
    )


@pytest.mark.parametrize("points", [30, 501, 500])
@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (np.tan, lambda x: 1 + np.tan(x) ** 2),
        (lambda x: 1 / x, lambda x: -1 / x**2),
        (lambda x: 100 + 1 / (x - 2), lambda x: -1 / (x - 2) ** 2),
    ],
)
def test_poles_draw_no_vertical_line(
    function: Callable[[Any], Any], derivative: Callable[[Any], Any], points: int
) -> None:
    pieces = segments(svg(curve("f", function, derivative, -5, 5, points)), BLUE)
    assert pieces
    falling = np.sign(derivative(np.array(4.9)))
    # On paper y grows downward: between poles each line runs as its derivative says, and never back across.
    assert all(np.sign(y1 - y2) == falling for _, y1, _, y2 in pieces if abs(y1 - y2) > 0.01)


def test_poles_do_not_flatten_the_rest() -> None:
    found = texts(svg(curve("tan(x)", np.tan, lambda x: 1 + np.tan(x) ** 2, -5, 5, 500)))
    ticks = [int(number) for text in found for number in re.findall(r"^\$.*{(\d+)}", text)]
    assert 5 < max(ticks) < 10
    assert "values beyond the axis are cut off" in found


@pytest.mark.parametrize("sharpness", [1.0, 10.0, 1e4])
def test_a_peak_is_not_cut(sharpness: float) -> None:
    peak = curve("exp(-x**2)", lambda x: np.exp(-sharpness * x**2), lambda x: 0 * x, -5, 5, 501)
    assert "values beyond the axis are cut off" not in texts(svg(peak))


@pytest.mark.parametrize(("low", "points"), [(-3, 3), (-1, 5), (-3, 5), (-3, 10), (-3, 11), (-3, 100), (-3, 101)])
def test_a_jump_is_a_step(low: int, points: int) -> None:
    x = np.linspace(low, 3, points)
    relu = svg(make_result("relu(x)", {"x": x}, np.maximum(x, 0), {"x": x > 0}, x == 0))
    assert points == 3 or segments(relu, ORANGE)
    assert all(y1 == y2 for _, y1, _, y2 in segments(relu, ORANGE))
    assert segments(relu, BLUE)[-1][3] != segments(relu, BLUE)[0][1]


@pytest.mark.parametrize("points", [3, 4, 20, 121])
def test_jumps_of_the_function_are_steps(points: int) -> None:
    pieces = segments(svg(curve("floor(x)", np.floor, lambda x: 0 * x, -3, 3.0, points)), BLUE)
    assert all(y1 == y2 for _, y1, _, y2 in pieces)


@pytest.mark.parametrize("points", [10, 100])
def test_a_steep_but_smooth_line_is_whole(points: int) -> None:
    for function, derivative in (
        (np.cbrt, lambda x: 1 / (3 * np.cbrt(x) ** 2)),
        (lambda x: x**9, lambda x: 9 * x**8),
        (np.abs, np.sign),
        (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    ):
        pieces = segments(svg(curve("f", function, derivative, -3.1, 3, points)), BLUE)
        assert all(before[2:] == after[:2] for before, after in pairwise(pieces))


def test_flagged_points_are_open_circles() -> None:
    x = np.linspace(-3, 3, 101)
    picture = svg(make_result("abs(x)", {"x": x}, abs(x), {"x": np.sign(x)}, x == 0))
    assert markers(picture, f"fill: #ffffff; stroke: {ORANGE}") == 1
    assert "○ PyTorch’s convention, perhaps no derivative" in texts(picture)


def test_circles_mark_what_is_special() -> None:
    x = np.linspace(-3, 3, 101)
    picture = svg(make_result("max(x, x)", {"x": x}, x, {"x": 1}, 1))
    assert markers(picture, "fill: #ffffff") == 0
    assert not any("○" in text for text in texts(picture))


X = np.linspace(0, 1, 40)


def test_where_the_function_has_no_value_no_derivative_is_drawn() -> None:
    x = np.linspace(-1, 1, 200)
    value = np.where(x > 0, np.log(np.abs(x) + 0.5), np.nan)
    (panel,) = panels_of([make_result("log(x)", {"x": x}, value, {"x": np.ones(200)})], "x")
    assert np.nanmin(np.where(np.isfinite(panel.curves[1].y), panel.curves[1].x, np.nan)) > 0


@pytest.mark.parametrize(
    ("x", "value", "derivative"),
    [
        (X, 4, 0),
        (X, 0, 0),
        (X, 1e6 + 1e-9 * X, 1e-9),
        (X, HUGE * (2 * X - 1), HUGE),
        (X, np.where(X > 0.5, HUGE, -HUGE), 0),
        (X, np.where(X > 0.5, np.inf, X), np.where(X > 0.5, np.nan, -np.inf)),
        (X, np.where(X > 0.5, X, np.nan), X),
        (X, 5e-324 * (X > 0.5), 1e-310),
        (X, np.where(abs(X - 0.5) < 0.02, HUGE * np.sign(X - 0.5), 1 / (X - 0.5)), X),
        (X, np.exp(700 * X), np.exp(700 * X)),
        (X, np.exp(1400 * X - 700), 5e-324),
        (HUGE * (2 * X - 1), X, 0),
        (1e-300 * X, X, 1e300),
        (1e16 + 2 * np.arange(40), X, 1),
        ([1, np.nextafter(1, 2)], [1, 2], [0, 0]),
        ([0, 0, 1], [1, 1, 2], [0, 0, 1]),
    ],
)
@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_extreme_values_are_drawn(x: Any, value: Any, derivative: Any, suffix: str) -> None:
    with np.errstate(all="ignore"):
        result = make_result("f", {"x": x}, value, {"x": derivative})
    assert len(draw_plot([result], suffix)) > 5000


def test_units_and_logarithms_are_named() -> None:
    assert "horizontal unit 10³⁰⁸" in texts(svg(make_result("x", {"x": HUGE * X}, X, {"x": 0})))
    assert "vertical unit 10³⁰⁸" in texts(svg(make_result("x", {"x": X}, HUGE * X, {"x": HUGE})))
    growth = svg(make_result("exp(x)", {"x": 700 * X}, np.exp(700 * X), {"x": np.exp(700 * X)}))
    assert {"logarithmic scale", "$10^{300}$"} <= set(texts(growth))


def test_single_precision_and_a_million_points() -> None:
    x = np.linspace(-3, 3, 1_000_000)
    assert len(svg(make_result("sin(x)", {"x": x}, np.sin(x), {"x": np.cos(x)}, dtype=np.float32))) < 200_000


@pytest.mark.parametrize(
    ("at", "value", "message", "hint"),
    [
        ({"x": 1.0}, 1, "a plot needs a range of points", "try --at x=-3:3:100"),
        ({"x": [2.0, 2.0]}, 1, "a plot needs a range of points", "try --at x=-3:3:100"),
        ({"x": [1, 2], "y": [1, 2], "z": 1}, 1, "a plot shows one variable, and x and y vary", "single value"),
        ({"a": [1, 2], "b": [1, 2], "c": [3, 4]}, 1, "a plot shows one variable, and a, b and c vary", "all but one"),
        ({"x": [1, 2]}, [np.nan, -np.inf], "no value in this range is finite", "defined"),
    ],
)
def test_refusals(at: dict[str, Any], value: Any, message: str, hint: str) -> None:
    at = {name: np.atleast_1d(values) for name, values in at.items()}
    with pytest.raises(DerivError) as caught:
        draw_plot([make_result("f", at, value, {"x": np.nan})], "svg")
    assert caught.value.message == message
    assert hint in hint_of(caught.value)


def test_a_host_program_keeps_its_settings() -> None:
    import matplotlib

    expected = svg(square())
    with matplotlib.rc_context({"lines.linewidth": 40, "text.usetex": True, "svg.fonttype": "none"}):
        assert svg(square()) == expected
        assert matplotlib.rcParams["text.usetex"] is True


SCRIPT = """
import os, sys, warnings
warnings.simplefilter("error")
here = os.getcwd()
from tests.test_plot import draw_plot, square
data = draw_plot([square()], "png")
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
    assert process.stdout == draw_plot([square()], "png")
    assert not (tmp_path / "ran").exists()


def test_points_without_a_place_are_left_out(tmp_path: Path) -> None:
    data, picture = tmp_path / "n.csv", tmp_path / "n.png"
    data.write_text("x\n1\nnan\n2\ninf\n1.5\n")
    deriv("sqrt(x)", "--data", str(data), "--plot", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    data.write_text("x\n1\nnan\n")
    assert "a plot needs a range of points" in deriv("x", "--data", str(data), "--plot", str(picture), status=2).stderr
