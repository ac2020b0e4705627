"""What is written in pictures: formulas typeset, names that meet nothing, ticks, and colours that can be told apart."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from derivcli import parse
from derivcli.errors import DerivError
from derivcli.language.functions.table import FUNCTIONS
from derivcli.pictures.drawing.draw import draw
from derivcli.pictures.drawing.figure import clean_matplotlib
from derivcli.pictures.drawing.mathtext import mathtext, typeset
from derivcli.pictures.drawing.styles import SHAPES, styles_of
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.drawing.written import HALO
from derivcli.pictures.look import Look
from derivcli.pictures.scene import MARKS, Axis, Curve, Mark, Name, Panel, Stroke
from derivcli.render.latex_printer import latex_of
from tests.made_scenes import NOTHING, X, field, figure, panel, parabola, scene, stroke

FORMULAS = [
    *("where(x > 0, x^2/2, -x)", "Piecewise((x, x < 0), (x^2, x < 1), (1/x, True)) + 1", "x!", "x // 2"),
    *("where(x > 0 and x <= 1, where(x > 3, x, 2), 1/3)", "sum(x^k/k!, k, 0, 5)", "integral(sin(t), t, 0, x)"),
    *("abs(x/2)", "floor(x/2)", "e^(-1/x^2)", "theta_1^2 + lambda", "cbrt(x)", "1.5e-30 x", "x sin(1/x)"),
]


def latex_of_rows() -> list[str]:
    """The LaTeX of every function of variables."""
    texts = [f"{row.name}({', '.join('xyzuvw'[: len(row.parameters)])})" for row in FUNCTIONS if row.parameters]
    trees = []
    for text in [*FORMULAS, *texts]:
        try:
            trees.append(parse(text).tree)
        except DerivError:
            continue  # an index must be a constant there
    return [latex_of(tree) for tree in trees]


def test_every_formula_is_typeset() -> None:
    with clean_matplotlib():
        assert [latex for latex in latex_of_rows() if not mathtext(latex)] == []


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        ("f'(x) + g''", "f′(x) + g″"),
        (r"= \sqrt[3]{x}", r"= \,\sqrt[3]{x}"),
        (r"x \ln(x)", r"x\,\ln(x)"),
        (r"\left|x\right| \le 1", r"∣ x∣ \leq 1"),
        (r"\left|\frac{x}{2}\right|", r"\left|\frac{x}{2}\right|"),
        ("(1, -2)", "(1, {-}2)"),
        (r"\begin{pmatrix} x \end{pmatrix}", ""),
        (r"\frac{x", ""),
    ],
)
def test_latex_becomes_what_mathtext_knows(latex: str, written: str) -> None:
    with clean_matplotlib():
        assert mathtext(latex) == written
        shown = typeset(Name("plain $", latex))
    assert (
        shown == {"text": f"${written}$", "parse_math": True} if written else {"text": "plain $", "parse_math": False}
    )


def test_branches_stand_in_columns() -> None:
    """Each row's first letters, and each row's conditions, begin at one place."""
    latex = (
        r"\begin{cases} \frac{x}{2} & \text{if } |x| < 1 \\ -x & \text{if } x > 22 \\ 1 & \text{otherwise} \end{cases}"
    )
    with clean_matplotlib():
        from matplotlib.font_manager import FontProperties
        from matplotlib.mathtext import MathTextParser

        glyphs = MathTextParser("path").parse(f"${mathtext(latex)}$", 72, FontProperties(size=100))[3]
    conditions = [x for _, _, code, _, x, _ in glyphs if chr(code) == "i" or chr(code) == "o"]
    assert np.ptp([x for x in conditions if x > 200][:1] + [x for x in conditions if x < 400]) < 6
    (outer,) = [x for _, _, code, _, x, _ in glyphs if chr(code) == "−"]
    (digit,) = [x for _, _, code, _, x, y in glyphs if chr(code) == "1" and y < -50]
    assert abs(outer - digit) < 12


def test_a_users_text_means_itself(capfd: pytest.CaptureFixture[str]) -> None:
    hostile = "$\\frac{$ _x & <b> \\n"
    curve = Curve(Name(hostile), (stroke(np.square, -3, 3),), marks=(Mark(0, 0, "dot", Name(hostile)),))
    made = scene(Panel(Axis(Name("_x$^$"), -3, 3), Axis(Name("你"), -1, 9), (curve,)), title="", notes=(hostile,))
    made = type(made)((Name(hostile),), made.panels, made.notes)
    for suffix in ("png", "svg", "pdf"):
        draw(made, suffix, Look(dpi=40))
    with figure(made) as drawn:
        assert {text.get_text() for text in drawn.texts} == {hostile}
        assert drawn.axes[0].get_xlabel() == "_x$^$"
    assert capfd.readouterr() == ("", "")


def test_long_titles_stay_in_the_picture() -> None:
    long = "f(x) = " + " + ".join(f"sin({k} x)/{k}" for k in range(1, 90))
    for latex in ("", long):
        made = parabola()
        made = type(made)((Name(long, latex), *made.titles * 5), made.panels, ("a note " * 40,))
        with figure(made, Look(size=(5, 4))) as drawn:
            boxes = [text.get_window_extent(drawn.canvas.get_renderer()) for text in drawn.texts]
            assert all(box.x0 >= 0 and box.x1 <= drawn.bbox.x1 for box in boxes)
            assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
            assert any("…" in text.get_text() for text in drawn.texts)


def test_notes_fill_the_width_and_name_greek_letters() -> None:
    made = parabola()
    notes = ("theta from 0 to 1", "alpha.csv", "beta(x) is a function", "short", "long " * 60)
    with figure(type(made)(made.titles, made.panels, notes)) as drawn:
        lines = [text.get_text() for text in drawn.texts[1:]]
    assert lines[0] == "θ from 0 to 1   ·   alpha.csv   ·   beta(x) is a function   ·   short"
    assert " ".join(lines[1:]) == ("long " * 60).strip()


# Names where nothing else is.


def crowded(seed: int) -> Any:
    """Curves, tangents and marks with names, drawn by chance."""
    rng = random.Random(seed)
    curves = []
    for number in range(rng.randint(1, 6)):
        a, b, c = rng.uniform(-3, 3), rng.uniform(0.3, 4), rng.uniform(-2, 2)
        points = [rng.uniform(-3, 3) for _ in range(rng.randint(0, 3))]
        marks = tuple(Mark(x, a * np.sin(b * x) + c, rng.choice(list(MARKS)), Name(f"({x:.2f}, y)")) for x in points)
        line = Stroke(x := np.linspace(-3, rng.choice([2.0, 3.0])), a * np.sin(b * x) + c)
        role = rng.choice(["function", "function", "derivative", "tangent"])
        curves.append(Curve(Name(f"name {number}"), (line,), role, role == "derivative", number, marks=marks))
    return scene(panel(*curves, y=(-4, 4)))


def collisions(drawn: Any) -> list[str]:
    """Texts of the picture that meet another one, or a line of another curve."""
    renderer, axes = drawn.canvas.get_renderer(), drawn.axes[0]
    drawn.draw_without_rendering()
    texts = [text for text in axes.texts if text.get_text() and text.get_gid() != HALO]
    boxes = [text.get_window_extent(renderer) for text in texts]
    wrong = [
        f"{one.get_text()} meets {other.get_text()}"
        for (one, box), (other, another) in combinations(zip(texts, boxes, strict=True), 2)
        if box.overlaps(another)
    ]
    for line in axes.lines:
        if line.get_label().startswith("_"):
            continue
        corners = line.get_transform().transform(np.column_stack(line.get_data()))
        fine = np.concatenate([np.linspace(start, end, 20) for start, end in pairwise(corners)])
        for text, box in zip(texts, boxes, strict=True):
            inside = (fine > [box.x0, box.y0]).all(axis=1) & (fine < [box.x1, box.y1]).all(axis=1)
            if inside.any() and axes.bbox.x1 > box.x1:
                wrong.append(f"{text.get_text()} meets {line.get_label()}")
    return wrong


@pytest.mark.parametrize("seed", range(12))
def test_names_meet_nothing_or_stand_in_a_legend_in_order(seed: int) -> None:
    made = crowded(seed)
    names = [curve.name.text for curve in made.panels[0].curves]
    with figure(made) as drawn:
        assert collisions(drawn) == []
        beside = {text.get_text() for text in drawn.axes[0].texts}
        legend = drawn.axes[0].get_legend()
        listed = [text.get_text() for text in legend.get_texts()] if legend else []
    assert listed == [name for name in names if name not in beside]
    assert beside.isdisjoint(listed)


def test_a_collision_is_seen() -> None:
    with figure(parabola()) as drawn:
        assert collisions(drawn) == []
        drawn.axes[0].annotate("in the way", (-2.5, 6.25))
        drawn.axes[0].annotate("in the way too", (-2.5, 6.2))
        assert len(collisions(drawn)) >= 2


def test_names_have_the_colours_of_their_curves_and_stand_by_their_ends() -> None:
    with figure(parabola()) as drawn:
        axes = drawn.axes[0]
        theme = THEMES["light"]
        found = {text.get_text(): text for text in axes.texts}
        assert [found[name].get_color() for name in ("$f(x)$", "$f′(x)$")] == list(theme.letters[:2])
        for name, end in (("$f(x)$", 9.0), ("$f′(x)$", 6.0)):
            box = found[name].get_window_extent()
            assert box.x0 > axes.bbox.x1
            assert box.y0 < axes.transData.transform((3, end))[1] < box.y1


def test_curves_that_lie_together_are_listed() -> None:
    x = np.linspace(-3, 3)
    curves = [Curve(Name(f"f{k}"), (Stroke(x, x + k / 99),), function=k) for k in range(7)]
    with figure(scene(panel(*curves))) as drawn:
        assert [text.get_text() for text in drawn.axes[0].get_legend().get_texts()] == [f"f{k}" for k in range(7)]
        assert not drawn.axes[0].texts


def test_a_name_that_is_the_title_is_not_repeated() -> None:
    circle = Curve(Name("x^2 + y^2 = 1"), (Stroke(np.array([0.0, 1]), np.array([1.0, 0])),))
    with figure(scene(panel(circle), title="x^2 + y^2 = 1")) as drawn:
        assert not drawn.axes[0].texts


# Ticks.


@pytest.mark.parametrize(
    ("low", "high", "some", "count"),
    [
        (-np.pi, np.pi, {"$-3\\pi/4$", "$-\\pi/2$", "$0$", "$\\pi/4$", "$\\pi$"}, 9),
        (-2 * np.pi, 2 * np.pi, {"$-2\\pi$", "$-3\\pi/2$", "$\\pi/2$"}, 9),
        (0, 40 * np.pi, {"$5\\pi$", "$40\\pi$"}, 9),
        (0, 1, {"$\\pi/6$"}, 2),
    ],
)
def test_ticks_are_multiples_of_pi(low: float, high: float, some: set[str], count: int) -> None:
    with figure(scene(Panel(Axis(X, low, high, turns=True), Axis(NOTHING, -1, 1)))) as drawn:
        drawn.draw_without_rendering()
        ticks = [(tick.get_loc(), tick.label1.get_text()) for tick in drawn.axes[0].xaxis.get_major_ticks()]
    seen = {text: place for place, text in ticks if low - 1e-9 <= place <= high + 1e-9}
    assert some <= set(seen)
    assert len(seen) <= count
    for text, place in seen.items():
        turns = text.strip("$").replace("\\pi", "*1.0").replace("-*", "-1*").removeprefix("*")
        number, _, below = turns.partition("/")
        value = float(np.prod([float(part) for part in number.split("*")])) / float(below or 1)
        assert place == pytest.approx(value * np.pi, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "some"),
    [(1e6 - 1, 1e6 + 9, "1000002"), (-3, 3, "−2"), (0, 3e-5, "2.0"), (1e9, 1e9 + 1e-3, "0.0002")],
)
def test_numbers_are_written_out_where_they_are_short(low: float, high: float, some: str) -> None:
    with figure(scene(Panel(Axis(X, -1, 1), Axis(NOTHING, low, high)))) as drawn:
        drawn.draw_without_rendering()
        texts = [text.get_text() for text in drawn.axes[0].get_yticklabels()]
    assert any(some in text for text in texts), texts


def test_units_are_named() -> None:
    made = scene(Panel(Axis(X, -1e300, 1e300, unit=300), Axis(Name("t", "t"), 0, 1)))
    with figure(made) as drawn:
        assert drawn.axes[0].get_xlabel() == r"$x\;/\;10^{300}$"
        assert drawn.axes[0].get_xlim() == (-1, 1)


# Colours and shapes.


def linear(color: str) -> Any:
    from matplotlib.colors import to_rgb

    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lightness(color: str) -> float:
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """As the Web Content Accessibility Guidelines define it."""
    low, high = sorted((lightness(one), lightness(other)))
    return (high + 0.05) / (low + 0.05)


VISIONS = {
    "usual": np.eye(3),
    # Machado, Oliveira and Fernandes, 2009, for a whole deficiency.
    "without red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "without green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "without blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def lab(color: str, vision: Any) -> Any:
    """CIE L*a*b* of a colour as this vision sees it."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratios = xyz @ np.clip(vision @ linear(color), 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_told_apart(theme: str, vision: str) -> None:
    """The first four lines, whose distance is at least ten times what an eye can tell."""
    colors = [lab(color, VISIONS[vision]) for color in THEMES[theme].lines[:4]]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(colors, 2)) > 15


@pytest.mark.parametrize("theme", THEMES)
def test_letters_and_lines_can_be_read(theme: str) -> None:
    row = THEMES[theme]
    assert min(contrast(color, row.background) for color in (*row.letters, row.ink, row.grey)) >= 4.5
    assert min(contrast(color, row.background) for color in row.lines) >= 2.0
    assert min(contrast(row.ink, color) for color in (*row.slopes, *row.signs)) >= 4.5


def test_lines_are_told_apart_without_colour() -> None:
    curves = [
        Curve(Name(f"{role} {function} {order}"), (stroke(np.square, -1, 1),), role, order, function)
        for function in (0, 1)
        for role, order in (("function", 0), ("derivative", 1), ("derivative", 2), ("polynomial", 3))
    ]
    tangents = [Curve(Name(f"t{k}"), (stroke(np.square, -1, 1),), "tangent") for k in (0, 1)]
    styles = styles_of([panel(*curves, *tangents)], THEMES["print"])
    assert len({(style.dashes, style.width) for style in styles.values()}) == len(curves) + len(tangents)


def test_every_mark_has_a_shape_and_kinds_that_stand_together_differ() -> None:
    assert set(SHAPES) == set(MARKS)
    looks = [
        tuple(sorted(SHAPES[kind].items())) for kind in ("minimum", "maximum", "inflection", "flat", "zero", "open")
    ]
    assert len(set(looks)) == len(looks)
    places = [SHAPES[kind]["marker"] for kind in ("minimum", "maximum", "saddle", "degenerate")]
    assert len(set(places)) == len(places)


def test_names_of_fields_meet_nothing() -> None:
    with figure(field()) as drawn:
        assert collisions(drawn) == []
        assert [text.get_text() for text in drawn.axes[0].texts].count("saddle") == 2  # with the halo behind it
