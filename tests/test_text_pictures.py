"""Pictures of text, read back sign by sign: dots are where the curves are, numbers where they belong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import pi

import numpy as np
import plotext
import pytest

from derivcli.pictures.scene import (
    MARKS,
    Asymptote,
    Axis,
    Band,
    Contours,
    Curve,
    Density,
    FieldPanel,
    Floats,
    Mark,
    Name,
    Panel,
    Scene,
    Stroke,
    VectorPanel,
)
from derivcli.pictures.terminal.signs import SIGNS
from derivcli.pictures.terminal.text_picture import text_picture

X = np.linspace(-3, 3, 400)
GRID = np.linspace(-2, 2, 41)
PLANE = np.add.outer(GRID**2, GRID)
"""y^2 + x on the grid."""

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

BRAILLE_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and line of each bit of a Braille sign."""


def curve(name: str, f: Callable[[Floats], Floats], role: str = "function", order: int = 0, number: int = 0) -> Curve:
    return Curve(Name(name), (Stroke(X, f(X)),), role, order, number)


def panel(*curves: Curve, low: float = -6, high: float = 6, turns: bool = False) -> Panel:
    return Panel(Axis(Name("x"), -3, 3, turns=turns), Axis(Name("y"), low, high), curves)


def field() -> FieldPanel:
    contours = Contours(Name("f(x, y)"), GRID, GRID, PLANE, np.array([0.0, 1, 2, 3]))
    marks = (Mark(0, 0, "saddle", Name("(0, 0)")),)
    return FieldPanel(Axis(Name("x"), -2, 2), Axis(Name("y"), -2, 2), contours, marks)


def scene(*panels: Panel | FieldPanel | VectorPanel) -> Scene:
    return Scene((Name("f(x) = x³ − 3x"),), panels)


CUBIC = curve("f(x)", lambda x: x**3 - 3 * x)
SLOPE = curve("f′(x)", lambda x: 3 * x**2 - 3, "derivative", 1)
BENDING = curve("f″(x)", lambda x: 6 * x, "derivative", 2)
LABELLED = replace(CUBIC, marks=(Mark(-1, 2, "maximum", Name("(−1, 2)")), Mark(1, -2, "minimum", Name("(1, −2)"))))
STEP = Curve(
    Name("f(x)"),
    (Stroke(np.array([-3.0, 0]), np.array([-1.0, -1])), Stroke(np.array([0, 3.0]), np.array([1.0, 1]))),
    marks=(Mark(0, -1, "open"), Mark(0, 1, "closed")),
)
FLOW = VectorPanel(Axis(Name("x"), -2, 2), Axis(Name("y"), -2, 2), (GRID, GRID), np.stack([0 * PLANE + 1, 0 * PLANE]))
RICH = replace(
    panel(CUBIC),
    asymptotes=(Asymptote(1.0), Asymptote(2.5, vertical=False)),
    bands=(Band(Name("remainder"), X, X - 1, X + 1),),
    densities=(Density(Name("data"), np.arange(64).reshape(8, 8), (-3, 3), (-6, 6)),),
    marks=(Mark(2, 2, "dot"), Mark(50, 2, "dot", Name("out of sight"))),
)
SCENES = {
    "one": scene(panel(CUBIC)),
    "three": replace(scene(panel(LABELLED, SLOPE, BENDING)), notes=("values beyond the axis are cut off",) * 5),
    "two panels": scene(panel(CUBIC), panel(SLOPE, low=-5, high=25)),
    "step": scene(panel(STEP, low=-2, high=2)),
    "rich": scene(RICH),
    "field": scene(field()),
    "flow": replace(scene(replace(FLOW, contours=field().contours)), equal=True),
    "long": replace(scene(panel(curve("f(x)" * 30, np.sin))), titles=(Name("a" * 300), Name("x + " * 100)) * 3),
}


def lines_of(shown: Scene, columns: int = 80, lines: int = 24, signs: str = "braille") -> list[str]:
    return text_picture(shown, columns, lines, color=False, signs=signs).splitlines()


def canvases_of(lines: list[str], columns: int) -> list[list[str]]:
    """What stands within the axes of each panel, from above, and as wide as it is."""
    found: list[list[str]] = [[]]
    corner = next(line.index("└") for line in lines if "└" in line)
    for line in lines:
        if line[corner : corner + 1] in ("│", "┤"):
            found[-1].append(line[corner + 1 :].ljust(columns - corner - 1))
        elif found[-1]:
            found.append([])
    return [rows for rows in found if rows]


def dots_in(rows: list[str]) -> Floats:
    """The middles of all dots, as parts of the canvas from the left and from below."""
    places = [
        ((2 * column + across + 0.5) / (2 * len(line)), 1 - (4 * row + down + 0.5) / (4 * len(rows)))
        for row, line in enumerate(rows)
        for column, sign in enumerate(line)
        for bit, (across, down) in enumerate(BRAILLE_DOTS)
        if 0x2800 <= ord(sign) < 0x2900 and (ord(sign) - 0x2800) >> bit & 1
    ]
    return np.array(places)


def gaps(rows: list[str], f: Callable[[Floats], Floats]) -> tuple[float, float]:
    """How many dots a dot is off the curve at most, and a place of the curve in sight off the dots."""
    x = np.linspace(-3, 3, 4_000)
    true = np.stack([(x + 3) / 6, (f(x) + 6) / 12], axis=1)
    true = true[(true[:, 1] >= 0) & (true[:, 1] <= 1)]
    scale = 2 * len(rows[0]), 4 * len(rows)
    apart = np.abs((dots_in(rows)[:, None, :] - true[None, :, :]) * scale).max(axis=2)
    return float(apart.min(axis=1).max()), float(apart.min(axis=0).max())


@pytest.mark.parametrize(("columns", "lines"), [(40, 14), (80, 24), (200, 55)])
def test_dots_are_where_the_curve_is(columns: int, lines: int) -> None:
    (rows,) = canvases_of(lines_of(SCENES["one"], columns, lines), columns)
    off_curve, off_dots = gaps(rows, lambda x: x**3 - 3 * x)
    assert off_curve < 1, "a dot stands where the curve is not"
    assert off_dots < 1.6, "a piece of the curve is missing"
    assert gaps(rows, lambda x: x**3 - 3 * x + 0.6)[0] > 1, "a shifted curve is found out"
    assert gaps([*rows[:3], " " * len(rows[0]), *rows[4:]], lambda x: x**3 - 3 * x)[1] > 1.6, "so is a gap"


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("signs", SIGNS)
@pytest.mark.parametrize("columns", [40, 83])
def test_no_line_is_too_long_and_no_sign_out_of_place(name: str, signs: str, columns: int) -> None:
    text = text_picture(SCENES[name], columns, 24, color=False, signs=signs)
    assert max(map(len, text.splitlines())) <= columns
    assert "\x1b" not in text
    assert signs != "ascii" or text.isascii()
    colored = text_picture(SCENES[name], columns, 24, color=True, signs=signs)
    plain = re.sub(r"\x1b\[[\d;]*m", "", colored)
    assert max(map(len, plain.splitlines())) <= columns
    if isinstance(SCENES[name].panels[0], Panel):
        assert [line.rstrip() for line in plain.splitlines()] == text.splitlines(), "color changes nothing else"


def test_a_wide_terminal_is_not_filled() -> None:
    assert max(map(len, lines_of(SCENES["rich"], 500))) == 200


@pytest.mark.parametrize("turns", [False, True])
@pytest.mark.parametrize(("low", "high"), [(-6, 6), (1e6, 1e6 + 4), (-2e-7, 3e-7), (0, 1.7e9), (-40, 1)])
def test_numbers_stand_where_they_belong(low: float, high: float, turns: bool) -> None:
    lines = lines_of(scene(panel(CUBIC, low=low, high=high, turns=turns)))
    (rows,) = canvases_of(lines, 80)
    left = 80 - len(rows[0])
    numbered = [(number, line[: left - 1]) for number, line in enumerate(lines[1:]) if line[left - 1 :][:1] == "┤"]
    assert len(numbered) >= 2
    for row, text in numbered:
        at = (float(text) - low) / (high - low)
        assert abs(1 - (row + 0.5) / len(rows) - at) * len(rows) <= 0.51
    corner = next(number for number, line in enumerate(lines) if line.lstrip().startswith("└"))
    ticks = [column - left for column, sign in enumerate(lines[corner]) if sign == "┬"]
    texts = lines[corner + 1].split()
    assert len(texts) == len(ticks) >= 2
    for column, text in zip(ticks, texts, strict=True):
        value = float(eval_of_pi(text)) if turns else float(text)
        assert abs((value + 3) / 6 * len(rows[0]) - column - 0.5) <= 0.51


def eval_of_pi(text: str) -> float:
    above, _, below = text.partition("/")
    sign = -1 if above.startswith("-") else 1
    count = above.strip("-π")
    return sign * (pi * float(count or 1) if "π" in above else float(count)) / float(below or 1)


def test_no_line_crosses_a_break() -> None:
    (rows,) = canvases_of(lines_of(SCENES["step"]), 80)
    signs = [sign for line in rows for sign in line if 0x2800 <= ord(sign) < 0x2900]
    assert len(rows[0]) - 3 <= len(signs) <= len(rows[0]), "each column has one sign, but for the marks"
    assert sum(line.count("○") for line in rows) == sum(line.count("●") for line in rows) == 1
    upper, lower = (next(n for n, line in enumerate(rows) if mark in line) for mark in "●○")
    assert upper < lower
    assert rows[upper].index("●") == rows[lower].index("○") == len(rows[0]) // 2
    assert not any(sign.strip() and sign != "┈" for line in rows[upper + 1 : lower] for sign in line)


def test_names_stand_beside_their_marks_or_below() -> None:
    lines = lines_of(SCENES["three"])
    assert sum("(−1, 2)" in line for line in lines) == sum("(1, −2)" in line for line in lines) == 1
    crowded = replace(CUBIC, marks=tuple(Mark(k / 8, 0, "zero", Name(f"({k}/8, 0)")) for k in range(8)))
    text = " ".join(lines_of(scene(panel(crowded)), 40))
    assert all(text.count(f"({k}/8, 0)") == 1 for k in range(8)), "none is lost"


@pytest.mark.parametrize("signs", SIGNS)
def test_curves_are_told_apart_without_color(signs: str) -> None:
    key = lines_of(SCENES["three"], signs=signs)[1]
    samples = re.split(r" f\S+", key)[:3]
    assert len({sample.strip() for sample in samples}) == 3
    colored = text_picture(SCENES["three"], 80, 24, color=True, signs=signs).splitlines()[1]
    assert len(set(re.findall(r"\x1b\[([1-9]\d*)m", colored))) == 3


def test_colors_of_shades_say_the_values() -> None:
    text = text_picture(scene(replace(field(), marks=())), 80, 24, color=True)
    rows = [list(halves(line)) for line in text.splitlines() if re.search("[│┤]", line)]
    key = [upper for upper, _ in halves(text.splitlines()[1])]
    colors = list(dict.fromkeys(color for color in key if color is not None))
    assert len(colors) == 5
    assert {len(line) for line in rows} == {77}
    for row, line in enumerate(rows):
        for column, colored in enumerate(line):
            for half in (0, 1):
                x, y = -2 + 4 * (column + 0.5) / 77, 2 - 4 * (row + 0.25 + half / 2) / len(rows)
                if np.abs(np.arange(4) - y * y - x).min() > 0.05:
                    assert colored[half] == colors[sum(level <= y * y + x for level in range(4))], (x, y)


def halves(line: str) -> Iterator[tuple[str | None, str | None]]:
    """The colors of the upper and the lower half of each cell that has any, in the way of terminals."""
    ink = ground = None
    for code, sign in re.findall(r"\x1b\[([\d;]*)m|(.)", line):
        if code == "0":
            ink = ground = None
        elif code:
            ink, ground = (code[5:], ground) if code[0] == "3" else (ink, code[5:])
        elif sign in "▀▄█ " and (ink or ground):
            yield ink if sign in "▀█" else ground, ink if sign in "▄█" else ground


@pytest.mark.parametrize("signs", ["braille", "ascii"])
def test_shades_say_the_values(signs: str) -> None:
    lines = lines_of(scene(field()), signs=signs)
    left = 2 + 1
    rows = [line[left:].ljust(80 - left) for line in lines if line[left - 1 : left] in ("│", "┤", "|", "+")]
    rows = [line for line in rows if "---+" not in line and "───" not in line]
    shades = SIGNS[signs].shades
    rank = {sign: number for number, sign in enumerate(shades)}
    levels = np.array([0, 1, 2, 3])
    checked = 0
    for row, line in enumerate(rows):
        for column, sign in enumerate(line):
            x, y = -2 + 4 * (column + 0.5) / len(line), 2 - 4 * (row + 0.75) / len(rows)
            value = y * y + x
            if sign in rank and np.abs(levels - value).min() > 0.15:
                checked += 1
                assert rank[sign] == int(np.sum(levels <= value)) * len(shades) // 5, (x, y)
    assert checked > len(rows) * len(rows[0]) / 2


def test_nothing_is_shaded_where_there_is_no_value() -> None:
    holed = np.where(np.add.outer(0 * GRID, GRID) < 0, np.nan, PLANE)
    shown = replace(field(), contours=replace(field().contours, values=holed), marks=())
    (rows,) = canvases_of(lines_of(scene(shown)), 80)
    assert all(set(line[:36]) == {" "} and " " not in line[42:] for line in rows)
    text = text_picture(scene(shown), 80, 24, color=True)
    assert all(len(list(halves(line))) in range(38, 41) for line in text.splitlines() if re.search("[│┤]", line))


def test_gradients_point_uphill() -> None:
    bowl = np.add.outer(GRID**2, GRID**2)
    gradient = np.stack([2 * np.add.outer(0 * GRID, GRID), 2 * np.add.outer(GRID, 0 * GRID)])
    contours = Contours(Name("f"), GRID, GRID, bowl, np.array([100.0]), gradient, (GRID, GRID))
    (rows,) = canvases_of(lines_of(scene(replace(field(), contours=contours, marks=()))), 80)
    for row, line in enumerate(rows):
        for column, sign in enumerate(line):
            if sign in "←→" and abs(row - len(rows) / 2) < 2:
                assert (sign == "→") == (column > len(line) / 2)
            if sign in "↑↓":
                assert (sign == "↑") == (row < len(rows) / 2)
    assert all(arrow in "".join(rows) for arrow in "→↗↑↖←↙↓↘")


def test_each_kind_of_mark_has_a_sign() -> None:
    for signs in SIGNS.values():
        assert set(signs.marks) == set(MARKS)
        assert len(signs.arrows) == 8


def test_a_vector_points_where_it_flows() -> None:
    turning = replace(FLOW, vectors=np.stack([0 * PLANE, 0 * PLANE - 1]))
    for shown, arrow in ((FLOW, "→"), (turning, "↓")):
        (rows,) = canvases_of(lines_of(scene(shown)), 80)
        assert set("".join(rows)) == {arrow, " "}


def test_a_path_says_where_it_goes() -> None:
    arrows = np.array([[0, 0, 1, 0], [1, 3, 0, 1], [-1, -3, -1, 0], [2, 2, 0.0001, -5], [1, 1, 6 / 77, -12 / 36]])
    path = Curve(Name(""), (Stroke(X, X),), "path", arrows=arrows)
    text = "".join(lines_of(scene(panel(path))))
    assert [text.count(arrow) for arrow in "→↗↑↖←↙↓↘"] == [1, 0, 1, 0, 1, 0, 1, 1]


@pytest.mark.parametrize("size", [1e300, 1e-300, 0.0])
def test_numbers_of_any_size_are_drawn(size: float) -> None:
    unit = 300 if size == 1e300 else -300 if size else 0
    line = Curve(Name("f(x)"), (Stroke(X, size * X), Stroke(X[:1], X[:1] * size)))
    shown = replace(panel(line), y=Axis(Name("y"), -2 * (size or 1), 2 * (size or 1), unit))
    (rows,) = canvases_of(lines_of(scene(shown)), 80)
    assert len(dots_in(rows)) > 100
    far = Curve(Name("f(x)"), (Stroke(np.array([-1.0, 0, 1]), np.array([-1e308, 0, 1e308])),))
    assert len(dots_in(canvases_of(lines_of(scene(panel(far))), 80)[0])) > 40
    empty = scene(Panel(Axis(Name("x"), 0, 1), Axis(Name("y"), 0, 1)))
    assert not len(dots_in(canvases_of(lines_of(empty), 80)[0]))


def test_a_logarithmic_axis_has_powers() -> None:
    rising = Curve(Name("f(x)"), (Stroke(X, 10.0 ** (5 * X)),))
    shown = replace(panel(rising), y=Axis(Name("y"), 1e-15, 1e15, logarithmic=True))
    lines = lines_of(scene(shown))
    (rows,) = canvases_of(lines, 80)
    numbered = [(row, line.split("┤")[0].strip()) for row, line in enumerate(lines[1:]) if "┤" in line]
    powers = [(row, int(text.removeprefix("10").translate(RAISED))) for row, text in numbered]
    assert len(powers) > 2
    assert all(abs((15 - power) / 30 * len(rows) - row - 0.5) <= 0.51 for row, power in powers)
    heights = dots_in(rows)
    assert np.abs(heights[:, 0] - heights[:, 1]).max() < 0.05, "10^(5x) is a straight line there"


def test_the_figure_that_plotext_has_for_all_is_left_alone() -> None:
    before = (plotext.figure.size(), plotext.figure._signals._get_length(), repr(plotext.terminal))
    lines_of(SCENES["rich"])
    assert (plotext.figure.size(), plotext.figure._signals._get_length(), repr(plotext.terminal)) == before
