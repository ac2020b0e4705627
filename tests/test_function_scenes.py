"""Drawn functions on Matplotlib's own lines: broken where they are and nowhere else, with ends that tell the truth."""

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from mpmath import mp, mpf

from derivcli.picture_plans import Sight, scene
from derivcli.pictures.drawing.panel import draw_panel
from derivcli.pictures.drawing.styles import styles_of
from derivcli.pictures.drawing.themes import THEMES
from derivcli.pictures.scene import Curve, Mark, Panel, Scene, Stroke
from derivcli.points.at_option import read_intervals
from derivcli.request import Request
from tests.function_breaks import CASES, Broken, Ends
from tests.support import each, sample

PIXELS = (1200, 800)
"""A picture of 6 by 4 inches at 200 dots per inch."""

ABSCISSAS = sample(40, 2000)

NEAR = 1e-9
"""How near to a break, as a part of the interval, a line has to end."""


def scene_of(text: str, low: float, high: float) -> Scene:
    intervals = tuple(read_intervals(f"x={low}:{high}"))
    return scene(Request((text,), study=intervals), Sight(pixels=PIXELS))


def panels_of(made: Scene) -> list[Panel]:
    return [panel for panel in made.panels if isinstance(panel, Panel)]


def drawn(made: Scene) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The lines that Matplotlib has, by their labels; marks of one kind together."""
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for panel in panels_of(made):
        axes, theme = Figure().subplots(), THEMES["light"]
        draw_panel(axes, panel, styles_of([panel], theme), theme)
        for line in axes.get_lines():
            label = str(line.get_label())
            x, y = (np.asarray(each, float) for each in line.get_data())
            if label in found:
                x, y = (np.concatenate(pair) for pair in zip(found[label], (x, y), strict=True))
            found[label] = x, y
    return found


def pieces(x: np.ndarray, y: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """What is drawn without lifting the pen."""
    gaps = np.flatnonzero(~np.isfinite(x) | ~np.isfinite(y))
    parts = zip(np.split(x, gaps), np.split(y, gaps), strict=True)
    kept = [(a[np.isfinite(a) & np.isfinite(b)], b[np.isfinite(a) & np.isfinite(b)]) for a, b in parts]
    return sorted((each for each in kept if len(each[0]) > 1), key=lambda each: each[0][0])


def faults(case: Broken, made: Scene) -> list[str]:
    """All that is wrong with the lines and the marks of a picture."""
    lines = drawn(made)
    found = []
    for label, ends in (("f(x)", case.ends), ("f′(x)", case.slopes)):
        panel = next(panel for panel in panels_of(made) if label in {curve.name.text for curve in panel.curves})
        parts = pieces(*lines[label])
        found += [f"{label}: {each}" for each in _faults_of(case, parts, ends, max(-panel.y.low, panel.y.high))]
    for kind, wanted in _marks_wanted(case).items():
        x, y = lines.get(f"_{kind}", (np.zeros(0), np.zeros(0)))
        there = sorted({(round(a, 6) + 0.0, round(b, 6) + 0.0) for a, b in zip(x.tolist(), y.tolist(), strict=True)})
        if there != sorted(wanted):
            found.append(f"{kind} marks at {there} and not at {sorted(wanted)}")
    return found


def _faults_of(
    case: Broken, parts: list[tuple[np.ndarray, np.ndarray]], ends: dict[float, Ends], top: float
) -> list[str]:
    """Where a line goes on over a break, ends where there is none, does not end at one, or ends at another height."""
    breaks = {place: each for place, each in ends.items() if not _goes_on(each)}
    found = [f"goes over {place}" for x, _ in parts for place in breaks if x[0] < place < x[-1]]
    for side, outer in ((0, case.high), (2, case.low)):
        wanted = {place: each[side] for place, each in breaks.items() if _is_seen(case, place, side)}
        wanted |= {} if _nowhere(case, outer, side) or outer in ends else {outer: None}
        edges = [(x[-1], y[-1]) if side == 0 else (x[0], y[0]) for x, y in parts]
        for place, limit in wanted.items():
            if not any(_belongs(case, edge, place, limit, top) for edge in edges):
                found.append(f"does not end at {place} as it tends to {limit}: {edges}")
        for edge in edges:
            if not any(_belongs(case, edge, place, limit, top) for place, limit in wanted.items()):
                found.append(f"ends at {edge}")
    return found


def _is_seen(case: Broken, place: float, side: int) -> bool:
    """Whether there is a line on a side of a break in sight."""
    outside = place <= case.low if side == 0 else place >= case.high
    return not outside and not _nowhere(case, place, side)


def _belongs(case: Broken, edge: tuple[float, float], place: float, limit: float | None, top: float) -> bool:
    """Whether a line ends as it should at a break: at its limit, or beyond the picture on the way to infinity or
    where it swings ever more.
    """
    (x, y), width = edge, case.high - case.low
    if limit is not None and math.isinf(limit):
        return y * limit > 0 and abs(y) > top and abs(x - place) < 0.15 * width
    if limit is not None and math.isnan(limit):
        return abs(y) > top and abs(x - place) < 0.01 * width
    is_near = abs(x - place) <= NEAR * width
    return is_near and (limit is None or math.isclose(y, limit, abs_tol=1e-9))


def _nowhere(case: Broken, place: float, side: int) -> bool:
    """Whether there is nothing on a side of a place."""
    beside = place - 1e-6 if side == 0 else place + 1e-6
    return any(low < beside < high for low, high in case.nowhere)


def _goes_on(ends: Ends) -> bool:
    left, here, right = ends
    return here is not None and left == here == right


def _marks_wanted(case: Broken) -> dict[str, set[tuple[float, float]]]:
    """The ends that belong to lines, those that do not, and what stands apart."""
    wanted: dict[str, set[tuple[float, float]]] = {"open": set(), "closed": set()}
    for ends in (case.ends, case.slopes):
        for place, (left, here, right) in ends.items():
            if _goes_on((left, here, right)):
                continue
            sides = [limit for limit, there in ((left, place > case.low), (right, place < case.high)) if there]
            for limit in sides:
                if limit is not None and math.isfinite(limit) and limit != here:
                    wanted["open"].add((round(place, 6), round(limit, 6) + 0.0))
            if here is not None:
                wanted["closed"].add((round(place, 6), round(here, 6) + 0.0))
    return wanted


@pytest.mark.sampled
@each("case", CASES[:: sample(2, 1)])
def test_functions_break_where_they_do_and_nowhere_else(case: Broken) -> None:
    made = scene_of(case.text, case.low, case.high)
    assert not faults(case, made)
    assert not far_from(case, made)


def far_from(case: Broken, made: Scene) -> list[tuple[str, float, float]]:
    """The abscissas at which a drawn line is more than half a pixel from its curve, with the distance."""
    found = []
    for panel in panels_of(made):
        wide, high = (panel.x.high - panel.x.low) / PIXELS[0], (panel.y.high - panel.y.low) / PIXELS[1]
        for curve in panel.curves:
            for x in np.random.default_rng(5).uniform(case.low, case.high, ABSCISSAS).tolist():
                if any(low <= x <= stop for low, stop in case.nowhere) or abs(x) < case.wild:
                    continue
                y = _true(case, x, curve.order)
                if panel.y.low <= y <= panel.y.high:
                    distance = _distance(curve.strokes, x, y, wide, high)
                    found += [(curve.name.text, x, distance)] if distance > 0.5 else []
    return found


def _true(case: Broken, x: float, order: int) -> float:
    """A function or its derivative, to more digits than a float64 has."""
    with mp.workdps(30):
        if not order:
            return float(case.true(mpf(x)))
        step = mpf(10) ** -12
        return float((case.true(x + step) - case.true(x - step)) / (2 * step))


@np.errstate(all="ignore")
def _distance(strokes: tuple[Stroke, ...], x: float, y: float, wide: float, high: float) -> float:
    """How many pixels a point is from the lines; 0 where the lines in its column of pixels go higher and lower."""
    least, column = math.inf, []
    for stroke in strokes:
        near = slice(*np.searchsorted(stroke.x, (x - 2 * wide, x + 2 * wide)) + np.array((-1, 1)).clip(None, 1))
        near = slice(max(near.start, 0), near.stop)
        line = np.stack(((stroke.x[near] - x) / wide, (stroke.y[near] - y) / high))
        if line.shape[1] < 2:
            continue
        start, along = line[:, :-1], np.diff(line, axis=1)
        share = np.clip(-(start * along).sum(axis=0) / np.maximum((along**2).sum(axis=0), 1e-300), 0, 1)
        least = min(least, float(np.hypot(*(start + share * along)).min()))
        column += line[1][np.abs(line[0]) <= 0.5].tolist()
    return 0.0 if column and min(column) <= 0 <= max(column) else least


PLANTED = {
    "a line over the pole": ("1/x", lambda c: _with(c, strokes=_one(c.strokes))),
    "a line over the jump": ("floor(x)", lambda c: _with(c, strokes=_one(c.strokes))),
    "a break where there is none": ("abs(x)", lambda c: _with(c, strokes=_cut(c.strokes[0]))),
    "an end that does not belong": ("floor(x)", lambda c: _with(c, marks=_kinds(c.marks, "closed", "open"))),
    "an end too many": ("sin(x)/x", lambda c: _with(c, marks=(*c.marks, Mark(0, 1, "closed")))),
    "no hole": ("sin(x)/x", lambda c: _with(c, marks=())),
    "an end at another height": ("sign(x)", lambda c: _with(c, strokes=_raised(c.strokes))),
}


def _with(curve: Curve, **changes: object) -> Curve:
    return replace(curve, **changes) if curve.role == "function" else curve  # type: ignore[arg-type]


def _one(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    return (Stroke(np.concatenate([each.x for each in strokes]), np.concatenate([each.y for each in strokes])),)


def _cut(stroke: Stroke) -> tuple[Stroke, ...]:
    half = len(stroke.x) // 3
    return Stroke(stroke.x[:half], stroke.y[:half]), Stroke(stroke.x[half:], stroke.y[half:])


def _kinds(marks: tuple[Mark, ...], old: str, new: str) -> tuple[Mark, ...]:
    return tuple(replace(each, kind=new if each.kind == old else each.kind) for each in marks)


def _raised(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    return tuple(Stroke(each.x, each.y + 0.01) for each in strokes)


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_faults_are_found(fault: str) -> None:
    text, change = PLANTED[fault]
    case = next(each for each in CASES if each.text == text)
    made = scene_of(case.text, case.low, case.high)
    assert not faults(case, made)
    panels = tuple(replace(panel, curves=tuple(map(change, panel.curves))) for panel in panels_of(made))
    assert faults(case, replace(made, panels=panels))


def test_a_polygon_of_too_few_corners_is_found() -> None:
    case = next(each for each in CASES if each.text == "x^3-3x")
    made = scene_of(case.text, case.low, case.high)
    (panel,) = panels_of(made)
    coarse = [
        replace(curve, strokes=tuple(Stroke(each.x[::40], each.y[::40]) for each in curve.strokes))
        for curve in panel.curves
    ]
    assert far_from(case, replace(made, panels=(replace(panel, curves=tuple(coarse)),)))
