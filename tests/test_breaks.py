"""Lines of a picture break where mathematics says that they must, and nowhere else.

The table says for each formula over a range where the graph of f and that of its derivative are not one line. It was
written by hand. The lines are read from Matplotlib's own artists.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

from derivcli import derive
from derivcli.render import plot
from derivcli.result import Result
from tests.support import each
from tests.test_plot import make_result

Lines = dict[str, list[tuple[float, float]]]
"""By the label of each line its unbroken parts, from where to where."""

PI = np.pi
BOTH = (101, 100)
"""With a sample at 0, and with 0 between two."""

# The formula, from, to, where f breaks, where f' breaks: at kinks, cusps, vertical tangents, poles, jumps and holes.
CASES: list[tuple[str, float, float, tuple[float, ...], tuple[float, ...]]] = [
    ("cbrt(x)", -1, 1, (), (0,)),
    ("root(x, 7)", -1, 1, (), (0,)),
    ("cbrt(x^2)", -1, 1, (), (0,)),
    ("sqrt(abs(x))", -1, 1, (), (0,)),
    ("cbrt(x) + x", -1, 1, (), (0,)),
    ("cbrt(x - 1)*cbrt(x + 1)", -3, 3, (), (-1, 1)),
    ("abs(x)", -1, 1, (), (0,)),
    ("sqrt(x^2)", -1, 1, (), (0,)),
    ("relu(x)", -3, 3, (), (0,)),
    ("max(x, -x/2) + x", -2, 2, (), (0,)),
    ("where(x > 0, x, 2*x)", -2, 2, (), (0,)),
    ("1/x", -1, 1, (0,), (0,)),
    ("1/x^2", -1, 1, (0,), (0,)),
    ("1/x^3 - x", -1, 1, (0,), (0,)),
    ("log(abs(x))", -1, 1, (0,), (0,)),
    ("1/sqrt(abs(x))", -1, 1, (0,), (0,)),
    ("exp(1/x)", -1, 1, (0,), (0,)),
    ("tan(x)", -3, 3, (-PI / 2, PI / 2), (-PI / 2, PI / 2)),
    ("csc(x)", -4, 4, (-PI, 0, PI), (-PI, 0, PI)),
    ("1/(x^2 - 1)", -3, 3, (-1, 1), (-1, 1)),
    ("sign(x)", -1, 1, (0,), (0,)),
    ("sign(x) + sin(2*x)", -1, 1, (0,), (0,)),
    ("atan(1/x)", -1, 1, (0,), (0,)),
    ("where(x > 0, x + 1, x)", -2, 2, (0,), (0,)),
    ("where(x > 0, 1/x, 0)", -1, 1, (0,), (0,)),
    ("floor(x)", -2.5, 2.5, (-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2)),
    ("mod(x, 1)", -1.5, 1.5, (-1, 0, 1), (-1, 0, 1)),
    ("x^2", -3, 3, (), ()),
    ("x^9", -3, 3, (), ()),
    ("exp(5*x)", -3, 3, (), ()),
    ("tanh(10*x)", -1, 1, (), ()),
    ("atan(20*x)", -1, 1, (), ()),
    ("1/(1 + 25*x^2)", -3, 3, (), ()),
    ("exp(-50*x^2)", -2, 2, (), ()),
    ("sqrt(x^2 + 0.01)", -1, 1, (), ()),
    ("sin(10*x)", -3, 3, (), ()),
    ("abs(x)^3", -1, 1, (), ()),
    ("x*abs(x)", -1, 1, (), ()),
]

# Of samples at 0 alone: what is there stands by itself, and no line goes through it.
HOLES: list[tuple[str, float, float, tuple[float, ...], tuple[float, ...]]] = [
    ("sin(x)/x", -3, 3, (0,), (0,)),
    ("x/x", -3, 3, (0,), (0,)),
    ("sin(1/x)", -1, 1, (0,), (0,)),
    ("where(x == 0, 5, x)", -1, 1, (0,), (0,)),
    ("floor(-abs(x)/2)", -1, 1, (0,), (0,)),
    ("cbrt(x)^4", -1, 1, (), (0,)),  # PyTorch has no number for the slope, which is 0
]


def lines_of(results: list[Result], monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The parts of each line that the picture draws."""
    figures: list[Any] = []

    def saved(figure: Any, *_: str) -> bytes:
        figures.append(figure)
        return b""

    monkeypatch.setattr(plot, "saved", saved)
    plot.draw_plot(results, "svg")
    drawn = [line for axes in figures[0].axes for line in axes.lines]
    return {str(line.get_label()): _parts(*line.get_data()) for line in drawn if line.get_label()[0] != "_"}


def _parts(x: Any, y: Any) -> list[tuple[float, float]]:
    """Each run of points that are joined."""
    ends = np.flatnonzero(~np.isfinite(np.concatenate(([np.nan], y, [np.nan]))))
    return [(float(x[start]), float(x[stop - 2])) for start, stop in pairwise(ends) if stop - start > 1]


def breaks_at(parts: list[tuple[float, float]], places: tuple[float, ...]) -> bool:
    """Whether the parts of a line leave out these places and no others."""
    joined = [part for part in parts if part[1] > part[0]]
    between = list(pairwise(joined))
    if len(between) != len(places):
        return False
    return all(left[1] <= place <= right[0] for (left, right), place in zip(between, places, strict=True))


@each("points", BOTH)
@each(("text", "low", "high", "breaks", "derivative_breaks"), CASES)
def test_lines_break_where_they_must(
    text: str,
    low: float,
    high: float,
    breaks: Any,
    derivative_breaks: Any,
    points: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = lines_of([derive(text, at=f"x={low}:{high}:{points}", check=False)], monkeypatch)
    assert breaks_at(lines["f(x)"], breaks), lines["f(x)"]
    assert breaks_at(lines["f′(x)"], derivative_breaks), lines["f′(x)"]


@each(("text", "low", "high", "breaks", "derivative_breaks"), HOLES)
def test_no_line_goes_through_a_hole(
    text: str, low: float, high: float, breaks: Any, derivative_breaks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of([derive(text, at=f"x={low}:{high}:101", check=False)], monkeypatch)
    assert breaks_at(lines["f(x)"], breaks), lines["f(x)"]
    assert breaks_at(lines["f′(x)"], derivative_breaks), lines["f′(x)"]


@each("points", [3, 5, 21, 41])
@each("text", ["cbrt(x)", "sqrt(abs(x))", "1/x", "abs(x)", "sign(x)"])
def test_few_points_break_too(text: str, points: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of([derive(text, at=f"x=-1:1:{points}", check=False)], monkeypatch)
    assert not any(start < 0 < stop for start, stop in lines["f′(x)"])


def test_an_edge_ends_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of([derive("sqrt(x)", at="x=-1:1:101", check=False)], monkeypatch)
    assert lines["f(x)"] == [(0, 1)]
    assert np.ravel(lines["f′(x)"]) == pytest.approx([0.02, 1])
    power = lines_of([derive("x^x", at="x=-2:2:41", check=False)], monkeypatch)
    assert np.ravel(power["f′(x)"]) == pytest.approx([0.1, 2])  # at 0 PyTorch says 0, and the slope is infinite


@pytest.mark.parametrize(("text", "breaks"), [("cbrt(x)", (0,)), ("x*abs(x)", (0,)), ("abs(x)^3", ()), ("x^3", ())])
def test_second_derivatives(text: str, breaks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of([derive(text, at="x=-1:1:101", order=2, check=False)], monkeypatch)
    assert breaks_at(lines["f″(x)"], breaks), lines


def test_points_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points may stand in any order and repeat themselves."""
    plain = derive("sqrt(abs(x))", at="x=-1:1:101", check=False)
    mixed = np.random.default_rng(1).permutation(np.repeat(plain.at["x"], 2))
    again = derive("sqrt(abs(x))", at={"x": mixed}, check=False)
    assert lines_of([again], monkeypatch) == lines_of([plain], monkeypatch)
    twice = derive("abs(x)", at={"x": [-1, -0.5, 0, 0, 0.5, 1]}, check=False)
    assert not any(start < 0 < stop for start, stop in lines_of([twice], monkeypatch)["f′(x)"])


def test_only_the_derivative_by_the_variable_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of([derive("cbrt(u) + 2*v", at="u=-1:1:100,v=3", check=False)], monkeypatch)
    assert breaks_at(lines["∂f/∂u"], (0,))
    assert breaks_at(lines["∂f/∂v"], ())


def test_each_function_breaks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    results = [derive(text, at="x=-1:1:100", check=False) for text in ("1/x", "x^2")]
    lines = lines_of(results, monkeypatch)
    assert all(breaks_at(lines[name], (0,)) for name in ("f₁(x)", "f₁′(x)"))
    assert all(breaks_at(lines[name], ()) for name in ("f₂(x)", "f₂′(x)"))


SMOOTH = "sin(A) cos(A) exp(-(A)^2) tanh(A) atan(A) 1/(1+(A)^2) sqrt(1+(A)^2) log(2+(A)^2) erf(A) sigmoid(A)".split()


def smooth_formula(random: Random, depth: int) -> str:
    """A formula that is smooth everywhere."""
    if not depth:
        return random.choice("x 2*x x/3 x^2 3*x-1 x^3 10*x".split())
    parts = [smooth_formula(random, depth - 1) for _ in range(2)]
    joined = ("({})+({})".format(*parts), "({})*({})".format(*parts))
    return random.choice((*joined, *(form.replace("A", parts[0]) for form in SMOOTH)))


@each("seed", range(30))
def test_smooth_lines_are_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    text, points = smooth_formula(random, random.randint(1, 3)), random.choice((100, 101, 200, 301))
    lines = lines_of([derive(text, at=f"x=-2:2:{points}", check=False)], monkeypatch)
    assert lines == {"f(x)": [(-2, 2)], "f′(x)": [(-2, 2)]}, text


def test_rounding_breaks_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).normal(size=(2, 100_000)) * 1e-16
    x = np.linspace(0, 1, 100_000)
    lines = lines_of([make_result("1", {"x": x}, 1 + noise[0], {"x": noise[1]})], monkeypatch)
    assert lines["f(x)"] == [(0, 1)]


def test_no_derivative_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(0, 1, 40)
    lines = lines_of([make_result("f", {"x": x}, x, {"x": np.nan})], monkeypatch)
    assert lines == {"f(x)": [(0, 1)], "f′(x)": []}
