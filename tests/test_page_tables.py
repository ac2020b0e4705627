"""The rows that a page embeds: close enough for what is enlarged, by mpmath, and joined over no break."""

from typing import Any

import mpmath
import numpy as np
import pytest

from derivcli.pictures.curves.page_table import curve_table
from derivcli.pictures.curves.plane import Level, Window
from derivcli.pictures.curves.tracing import traced
from derivcli.pictures.scene import Floats, Name, Table
from derivcli.pictures.tables import MAX_ROWS, table_of

NAMES = [Name("f"), Name("f'")]

CASES: dict[str, tuple[Any, Any, tuple[float, float], list[float], float]] = {
    "sine": (lambda m, x: m.sin(x), lambda m, x: m.cos(x), (-6.0, 6.0), [], 2.0),
    "pole": (lambda m, x: 1 / x, lambda m, x: -1 / x**2, (-3.0, 3.0), [0.0], 10.0),
    "root": (lambda m, x: m.sqrt(x), lambda m, x: 0.5 / m.sqrt(x), (-1.0, 3.0), [0.0], 2.0),
    "wild": (lambda m, x: m.sin(1 / x), lambda m, x: -m.cos(1 / x) / x**2, (-1.0, 1.0), [0.0], 2.0),
}


def made(case: str) -> Table:
    f, slope, ends, breaks, height = CASES[case]
    return table_of(0, NAMES, lambda x: [f(np, x), slope(np, x)], ends, breaks, [height, height])


def cubic(table: Table, gap: int, x: float) -> float:
    """The polynomial of degree 3 through two rows with their slopes, found from its four conditions."""
    f, slope = (column.values for column in table.columns)
    origin = table.x[gap]
    width = table.x[gap + 1] - origin
    conditions = [[0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 1, 1], [3, 2, 1, 0]]
    found = np.linalg.solve(conditions, [f[gap], slope[gap] * width, f[gap + 1], slope[gap + 1] * width])
    return float(np.polyval(found, (x - origin) / width))


@pytest.mark.parametrize("case", CASES)
def test_cubics_between_rows_are_the_function_within_what_the_table_says(case: str) -> None:
    f, _, (low, high), _, height = CASES[case]
    table = made(case)
    assert len(table.x) <= MAX_ROWS
    assert (np.diff(table.x) > 0).all()
    seen = 0
    for x in np.random.default_rng(1).uniform(low, high, 300):
        gap = int(np.searchsorted(table.x, x)) - 1
        error = table.columns[0].errors[gap]
        if np.isfinite(error):
            truth = float(f(mpmath, mpmath.mpf(x)))
            assert abs(cubic(table, gap, x) - truth) <= 3 * error + 1e-9 * height
            seen += 1
    assert seen > 200


def joined(table: Table) -> Floats:
    """The x of rows that something joins to the next one."""
    return table.x[:-1][np.isfinite(table.columns[0].errors)]


def test_nothing_joins_the_sides_of_a_break_or_leaves_the_domain() -> None:
    for case in ("pole", "wild"):
        table = made(case)
        at = int(np.flatnonzero(table.x == 0)[0])
        assert not np.isfinite(table.columns[0].errors[at - 1 : at + 1]).any()
    assert joined(made("root")).min() > 0


def test_verdicts_stand_at_breaks_and_places() -> None:
    table = table_of(
        0,
        NAMES,
        lambda x: [abs(x), np.sign(x)],
        (-1.0, 1.0),
        [0.0],
        [1.0, 1.0],
        judged=lambda x: [f"at {place:g}" for place in x],
        places=[0.3],
    )
    told = {x: text for x, text in zip(table.x.tolist(), table.verdicts, strict=True) if text}
    assert told[0.0] == "at 0"
    assert told[0.3] == "at 0.3"
    assert 100 < len(told) < len(table.x)


EQUATIONS: dict[str, tuple[Any, Any, float]] = {
    "folium": (lambda x, y: x**3 + y**3 - 3 * x * y, lambda x, y: (3 * x**2 - 3 * y, 3 * y**2 - 3 * x), 200.0),
    "ellipse": (lambda x, y: x**2 / 3 + y**2 - 1, lambda x, y: (2 * x / 3, 2 * y), 130.0),
}


@pytest.mark.parametrize("case", EQUATIONS)
def test_rows_of_a_curve_lie_on_it_with_its_directions_and_cubics_between_them(case: str) -> None:
    f, gradient, size = EQUATIONS[case]
    level = Level(lambda x, y: np.stack([f(x, y), *gradient(x, y)]), Window((-2, 2), (-2, 2), (1000, 1000)))
    lines = traced(level).lines
    table = curve_table(level, lines, [Name(text) for text in ("x", "y", "dx", "dy")])
    assert table is not None
    x, y, dx, dy = (column.values for column in table.columns)
    assert np.abs(f(x, y)).max() < 1e-12
    across, up = gradient(x, y)
    known = np.isfinite(dx)
    assert known.mean() > 0.99
    assert np.abs(across * dx + up * dy)[known].max() < 1e-12 * size
    rows = np.flatnonzero(np.isfinite(table.columns[0].errors))
    for row in rows[:: max(1, len(rows) // 100)]:
        width = table.x[row + 1] - table.x[row]
        middle = [
            (each[row] + each[row + 1]) / 2 + width * (slope[row] - slope[row + 1]) / 8
            for each, slope in ((x, dx), (y, dy))
        ]
        if np.isfinite(middle).all():
            assert abs(f(*middle)) < size * (max(column.errors[row] for column in table.columns) + 1e-12)
    assert len(table.x) <= MAX_ROWS
