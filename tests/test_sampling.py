"""Lines through functions: within half a pixel of the curve, over no break, and all of its shape in the window."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from derivcli.pictures.sampling.sampled import Canvas, Sampled, sampled
from derivcli.pictures.scene import Floats, Stroke
from tests.sampled_functions import CASES, Case, drawn_case, false_breaks, faults
from tests.support import each, sample

CANVAS = (1200, 800)

Strokes = tuple[Stroke, ...]


def lines(case: Case, told: bool, slopes: bool = True) -> list[Sampled]:
    """The lines through a function and its slope."""
    breaks = sorted({*case.breaks, *case.corners, *case.hidden}) if told else ()
    return sampled(case.floats, case.low, case.high, breaks, Canvas(*CANVAS), (1, None) if slopes else ())


def faults_of(case: Case, found: Sequence[Sampled], points: int, seed: int, told: bool) -> list[str]:
    """What is wrong with them, by a function's values in high precision at places drawn by chance."""
    x = np.random.default_rng(seed).uniform(case.low, case.high, points)
    y = np.array([case.exact(place) for place in x.tolist()]).T
    wide = (case.high - case.low) / CANVAS[0]
    wrong = []
    for number, line in enumerate(found):
        which = "slope: " if number else ""
        wrong += [which + fault for fault in faults(line, x, y[number], (case.low, case.high), CANVAS)]
        breaks = sorted({*case.breaks, *(case.corners if number or told else ()), *(case.hidden if told else ())})
        if told or not case.hidden or not number:  # a slope beside a hole is torn by rounding
            wrong += [which + fault for fault in false_breaks(line, breaks, wide)]
    return wrong


@pytest.mark.sampled
@each("name, told", [(name, told) for name in CASES for told in (False, True)])
def test_lines_are_within_half_a_pixel_and_break_where_the_function_does(name: str, told: bool) -> None:
    case = CASES[name]
    assert not faults_of(case, lines(case, told), sample(20, 2000), 3, told)


@pytest.mark.sampled
@each("name", [name for name in CASES if "1000" not in name][:: sample(5, 1)])
def test_lines_need_no_slopes(name: str) -> None:
    case = CASES[name]
    [found, _] = lines(case, False, slopes=False)
    assert not faults_of(case, [found], sample(20, 2000), 4, False)


@pytest.mark.sampled
@each("seed", range(sample(5, 90)))
def test_lines_of_functions_drawn_by_chance(seed: int) -> None:
    case = drawn_case(seed)
    x = np.random.default_rng(seed).uniform(case.low, case.high, sample(30, 500))
    y = np.array([case.exact(place) for place in x.tolist()]).T
    for found, values in zip(lines(case, False), y, strict=True):
        assert not faults(found, x, values, (case.low, case.high), CANVAS)


def joined(strokes: Strokes) -> Strokes:
    return (Stroke(*(np.concatenate([getattr(stroke, axis) for stroke in strokes]) for axis in "xy")),)


def coarse(strokes: Strokes) -> Strokes:
    return tuple(Stroke(stroke.x[[0, -1]], stroke.y[[0, -1]]) for stroke in strokes)


HALVES = (slice(None, 20), slice(20, None))

PLANTED: dict[str, Callable[[Strokes], Strokes]] = {
    "a pixel too far to the right": lambda strokes: tuple(Stroke(each.x + 0.005, each.y) for each in strokes),
    "a pixel too high": lambda strokes: tuple(Stroke(each.x, each.y + 0.012) for each in strokes),
    "a line over a break": joined,
    "ends joined": coarse,
    "a line left out": lambda strokes: strokes[1:],
    "a line cut in two": lambda strokes: tuple(Stroke(s.x[half], s.y[half]) for s in strokes for half in HALVES),
    "a line that goes back": lambda strokes: tuple(Stroke(each.x[::-1], each.y[::-1]) for each in strokes),
}


@each("name, fault", [(name, fault) for name in ("1/x", "tan", "1/(x-1/3)") for fault in PLANTED])
def test_each_planted_fault_is_seen(name: str, fault: str) -> None:
    case = CASES[name]
    [found, _] = lines(case, True)
    wrong = replace(found, strokes=PLANTED[fault](found.strokes))
    assert faults_of(case, [wrong], 60, 3, True)


WINDOWS = {
    "a pole is cut": ("1/x", -6, 6),
    "a pole that overflows is cut": ("exp(1/x)", 0, 12),
    "poles everywhere": ("tan", -12, 12),
    "a logarithm is cut": ("log", -5, 1.2),
    "a narrow peak is not": ("1/((x-0.3)^2+1e-9)", 0.09, 1.001e9),
    "nor one that no sample shows": ("exp(-(1000(x-0.3))^2)", 0, 1),
    "nor an exponential": ("exp 10x", 0, 1.3e39),
    "nor a power": ("x^20", 0, 3.5e9),
    "nor a jump": ("floor 1/x", 0, 20),
    "nor the tops of fast swings": ("sin 1/x", -1, 1),
}


@each("kind, told", [(kind, told) for kind in WINDOWS for told in (False, True)])
def test_window_shows_the_shape(kind: str, told: bool) -> None:
    name, low, high = WINDOWS[kind]
    [found, _] = lines(CASES[name], told)
    size = high - low
    assert low - 0.01 * size <= found.window[0] <= low + 0.5 * size
    assert high - 0.5 * size <= found.window[1] <= high + 0.01 * size
    if "pole" not in kind and "logarithm" not in kind:
        assert found.window == pytest.approx((low, high), rel=0.1, abs=0.02 * size)


def test_end_near_a_pole_is_cut_as_the_pole_is() -> None:
    [found] = sampled(lambda x: [1 / x], 1e-6, 3.0, (), Canvas(*CANVAS))
    assert 2 < found.window[1] < 12


EXTREMES: dict[str, tuple[Callable[[Floats], Floats], float, float]] = {
    "no value": (lambda x: x * np.nan, -1, 1),
    "no finite value": (lambda x: x / 0, -1, 1),
    "a constant": (lambda x: 0 * x + 7, -1, 1),
    "zero": (lambda x: 0 * x, -1, 1),
    "rounding of a constant": (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, -1, 1),
    "largest numbers": (lambda x: 1.7e308 * np.sin(x), -9, 9),
    "overflow on both sides": (lambda x: 1e307 * x**5, -3, 3),
    "smallest numbers": (lambda x: 5e-324 * np.round(x), -9, 9),
    "widest interval": (lambda x: x / 2, -1.7e308, 1.7e308),
    "narrowest interval": (lambda x: x, 1.0, 1.0 + 1e-14),
    "smallest interval": (lambda x: x, 0.0, 1e-320),
    "noise": (lambda x: np.sin(1e17 * x), -1, 1),
    "a value here and there": (lambda x: np.sqrt(np.sin(1 / x)), -1, 1),
    "values far apart": (lambda x: np.where(x > 0.5, 1e300, -1e-300), 0, 1),
}


@each("kind, slopes", [(kind, slopes) for kind in EXTREMES for slopes in ((), (1, None))])
def test_extremes_have_lines_or_none(kind: str, slopes: tuple[int | None, ...]) -> None:
    function, low, high = EXTREMES[kind]
    for found in sampled(lambda x: [function(x), 0 * x + 1], low, high, (), Canvas(*CANVAS), slopes)[:1]:
        assert all(np.isfinite(stroke.x).all() and np.isfinite(stroke.y).all() for stroke in found.strokes)
        assert bool(found.strokes) == (kind not in ("no value", "no finite value"))
        assert sum(len(stroke.x) for stroke in found.strokes) < 12 * CANVAS[0]
    if kind in ("a constant", "zero", "rounding of a constant"):
        assert found.window[0] == found.window[1]


def test_noise_beside_a_hole_is_not_drawn() -> None:
    [found] = sampled(lambda x: [(1 - np.cos(x)) / x**2], 0.0, 3.0, (), Canvas(*CANVAS))
    assert all(stroke.y.max() < 0.5 + 1e-4 and np.abs(stroke.y[0] - 0.5) < 1e-3 for stroke in found.strokes)


def test_lines_come_near_to_breaks_that_are_known() -> None:
    [found] = sampled(lambda x: [np.log(x)], -1.0, 1.0, [0.0], Canvas(*CANVAS))
    assert found.strokes[0].x[0] < 1e-20


def test_special_places_are_looked_at() -> None:
    peak = [lambda x: np.exp(-((1e7 * (x - 0.3)) ** 2))]
    [missed] = sampled(lambda x: [peak[0](x)], -3.0, 3.0, (), Canvas(*CANVAS))
    [found] = sampled(lambda x: [peak[0](x)], -3.0, 3.0, (), Canvas(*CANVAS), special=[0.3])
    assert missed.window[1] == 0
    assert found.window == (0, 1)


def test_few_points_are_evaluated_and_fewer_drawn() -> None:
    counts: list[int] = []

    def evaluate(x: Floats) -> list[Floats]:
        counts.append(len(x))
        return [np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)]

    [found, slope] = sampled(evaluate, -3.0, 3.0, [0.0], Canvas(*CANVAS), (1, None))
    assert len(counts) < 8
    assert sum(counts) < 1000
    assert sum(len(stroke.x) for stroke in found.strokes + slope.strokes) < 100
