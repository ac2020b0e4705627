"""Rows of data files in pictures: counts that grow with their range, a fair lot, and where dots and shadings stand."""

from __future__ import annotations

import io
import math
import tracemalloc
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivcli.file_picture_plans import scene_of_file
from derivcli.picture_plans import Sight
from derivcli.pictures.files.gathered import MAX_DOTS, gathered
from derivcli.pictures.files.growing_grid import Grid, empty_grid
from derivcli.pictures.scene import Floats, Panel, Scene
from derivcli.points.at_option import read_points
from derivcli.points.files.data_files import open_data
from derivcli.points.files.reading import Reading
from derivcli.points.points import Points
from derivcli.request import Request
from tests.support import deriv, each

MOST = (16, 8)

SOURCES: dict[str, Any] = {
    "usual": lambda draw, count: draw.normal(size=count),
    "far": lambda draw, count: 1e9 + draw.uniform(-1, 1, count),
    "tiny": lambda draw, count: draw.normal(size=count) * 5e-324 * 1e4,
    "huge": lambda draw, count: draw.uniform(-1, 1, count) * 1.7e308,
    "heavy": lambda draw, count: np.exp(draw.normal(size=count) * 40),
    "one": lambda draw, count: np.full(count, -0.3),
    "zero": lambda draw, count: np.zeros(count),
    "whole": lambda draw, count: draw.integers(-3, 4, count).astype(float),
    "rising": lambda draw, count: np.sort(draw.normal(size=count)) * 1e3,
}


def grid_faults(grid: Grid, points: Sequence[Floats]) -> list[str]:
    """In what a grid does not count the points, by exact arithmetic."""
    wrong = []
    expected: dict[tuple[int, ...], int] = {}
    for point in zip(*(values.tolist() for values in points), strict=True):
        widths = [Fraction(2) ** cells.exponent for cells in grid.axes]
        place = tuple(
            math.floor(Fraction(value) / width) - cells.first
            for value, width, cells in zip(point, widths, grid.axes, strict=True)
        )
        expected[place] = expected.get(place, 0) + 1
    found = {place: count for place, count in np.ndenumerate(grid.counts) if count}
    if found != expected:
        wrong.append("counts are wrong")
    for cells, most, values in zip(grid.axes, MOST, points, strict=False):
        if cells.stop - cells.first > most:
            wrong.append("there are too many cells")
        low, high = cells.ends
        if not low <= values.min() <= values.max() <= high:
            wrong.append("the ends leave out points")
        is_spread = values.max() / 2 - values.min() / 2 > np.abs(values).max() * 2.0**-40 and values.any()
        if is_spread and cells.exponent > -1000 and cells.stop - cells.first < most / 2 - 1:
            wrong.append("there are too few cells")
    return wrong


@each(("name", "other"), [(name, other) for name in SOURCES for other in ("usual", name)])
def test_a_grid_counts_every_point(name: str, other: str) -> None:
    draw = np.random.default_rng(len(name))
    points = [SOURCES[each](draw, 400) for each in (name, other)]
    grid = empty_grid(*MOST)
    for start, stop in ((0, 1), (1, 1), (1, 40), (40, 400)):
        grid = grid.with_points([values[start:stop] for values in points])
    assert grid_faults(grid, points) == []
    assert empty_grid(MOST[0]).with_points(points[:1]).counts.sum() == 400


def test_faults_of_grids_are_seen() -> None:
    points = [np.linspace(0, 1, 50), np.linspace(-1, 3, 50)]
    grid = empty_grid(*MOST).with_points(points)
    assert grid_faults(grid, points) == []
    assert grid_faults(Grid(grid.axes, np.roll(grid.counts, 1, axis=0)), points)
    assert grid_faults(empty_grid(200, 2).with_points(points), points) == [
        "there are too many cells",
        "there are too few cells",
    ]


def test_rows_are_left_out_and_drawn_by_lot() -> None:
    x = np.arange(20_000.0)
    x[5], x[7] = math.nan, math.inf
    blocks = [[part, -part] for part in np.split(x, 16)]
    found = gathered(blocks, 2)
    assert (found.count, found.left_out) == (19_998, 2)
    assert found.ends == ((0, 19_999), (-19_999, 0))
    across, up = found.dots
    assert len(set(across.tolist())) == MAX_DOTS
    assert (up == -across).all()
    # The mean of so many of so many lies this near to the middle unless once in a billion times.
    assert abs(across.mean() - 10_000) < 6 * 20_000 / math.sqrt(12 * MAX_DOTS)
    assert (gathered(blocks, 2).dots[0] == across).all()
    few = gathered([[x[:6]], [x[8:20]]], 1)
    assert few.grid is None
    assert sorted(few.dots[0].tolist()) == [0, 1, 2, 3, 4, *range(8, 20)]


def test_memory_does_not_grow_with_the_rows() -> None:
    def blocks(count: int) -> Iterator[Sequence[Floats]]:
        draw = np.random.default_rng(1)
        for _ in range(count):
            yield draw.normal(size=20_000), draw.normal(size=20_000)

    def peak(count: int) -> int:
        tracemalloc.start()
        gathered(blocks(count), 2)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(24) < 1.2 * peak(6)


def scene(folder: Path, *texts: str, rows: str, at: str = "", columns: dict[str, str] | None = None) -> Scene:
    """The scene of formulas with the rows of a file of these lines."""
    path = folder / "rows.csv"
    path.write_text(rows)
    reading = Reading((str(path),), columns=columns or {})
    points = read_points([at]) if at else Points(())
    with open_data(reading, io.BytesIO()) as data:
        return scene_of_file(Request(texts, points, reading), Sight(), data)


def panel(found: Scene, number: int = 0) -> Panel:
    shown = found.panels[number]
    assert isinstance(shown, Panel)
    return shown


def dots(found: Scene) -> list[tuple[float, float]]:
    return [(mark.x, mark.y) for each in found.panels for mark in each.marks if mark.kind == "dot"]


def test_few_rows_are_dots_on_the_curve(tmp_path: Path) -> None:
    found = scene(tmp_path, "a*x^2", rows="x,z\n1,5\n2,5\n\n-0.5,5\n", at="a=3")
    assert dots(found) == [(1, 3), (2, 12), (-0.5, 0.75)]
    assert panel(found).x.low < -0.5 < 2 < panel(found).x.high
    assert "dots: 3 rows of rows.csv" in found.notes
    assert "3 rows of rows.csv" in found.description
    several = scene(tmp_path, "x^2", "-x", rows="x\n1\n2\n")
    assert sorted(dots(several)) == [(1, -1), (1, 1), (2, -2), (2, 4)]
    root = scene(tmp_path, "sqrt(x)", rows="x\n-1\n4\n")
    assert dots(root) == [(4, 2)]
    assert "dots: 2 rows of rows.csv, 1 of them where no function has a value" in root.notes


def test_the_whole_curve_of_an_equation_is_seen_beside_its_rows(tmp_path: Path) -> None:
    found = scene(tmp_path, "x^2+y^2=1", rows="x,y\n3,0\n0.5,0.25\n")
    shown = panel(found)
    assert dots(found) == [(3, 0), (0.5, 0.25)]
    assert shown.x.low < -1 < 3 < shown.x.high
    assert shown.y.low < -1 < 1 < shown.y.high


@each("rows", ["x,y\n1,9\n2,-30\nnan,4\n", "x,height\n1,9\n2,-30\n3,inf\n"])
def test_a_column_of_heights_says_where_rows_lie(tmp_path: Path, rows: str) -> None:
    columns = {"h": "height"} if "height" in rows else {}
    found = scene(tmp_path, "x^2" if columns else "y=x^2", rows=rows, columns=columns)
    assert dots(found) == [(1, 9), (2, -30)]
    assert panel(found).y.low < -30
    assert found.notes[-1].endswith("1 without a finite number is left out")


def test_many_rows_are_a_strip_or_a_shading(tmp_path: Path) -> None:
    lines = [f"{number / 1000},{(number % 7) - 3}" for number in range(3_000)]
    found = panel(scene(tmp_path, "x^2", rows="x,y\n" + "\n".join(lines)))
    (strip,) = found.densities
    assert (len(strip.counts), strip.counts.sum()) == (1, 3_000)
    assert found.y.low <= strip.y[0] < strip.y[1] < min(stroke.y.min() for stroke in found.curves[0].strokes)
    shaded = panel(scene(tmp_path, "y=x^2", rows="x,y\n" + "\n".join(lines)))
    (shading,) = shaded.densities
    assert shading.counts.sum() == 3_000
    assert np.flatnonzero(shading.counts.sum(axis=1)).size == 7
    places = np.linspace(*shading.y, len(shading.counts) + 1)[np.flatnonzero(shading.counts.sum(axis=1))]
    assert np.allclose(places, np.arange(-3, 4), atol=(shading.y[1] - shading.y[0]) / len(shading.counts))


def test_a_picture_of_a_pipe(tmp_path: Path) -> None:
    target = tmp_path / "f.png"
    words = ["x^2", "--data", "-", "--data-format", "csv", "--plot", str(target)]
    out = deriv(*words, stdin=b"x\n1\n2\n")
    assert out.stderr == f"deriv: saved {target}\n"
    assert target.read_bytes().startswith(b"\x89PNG")
    target.unlink()
    assert "can be read once" in deriv(*words, "--format", "csv", stdin=b"x\n1\n", status=2).stderr
    assert not target.exists()


def test_a_column_that_hides_a_constant_is_told(tmp_path: Path) -> None:
    found = scene(tmp_path, "2^e", rows="e\n1\n2\n")
    assert any("not the constant" in note for note in found.notes)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_with_types_are_drawn_too(tmp_path: Path, suffix: str) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    table = pyarrow.table({"x": np.linspace(-1, 1, 5_000, dtype=np.float32)})
    path = tmp_path / f"many.{suffix}"
    write = pyarrow.parquet.write_table if suffix == "parquet" else pyarrow.csv.write_csv
    write(table, path)
    out = deriv("sin(x)", "--data", str(path), "--plot", "-")
    assert f"5,000 rows of many.{suffix}" in out.stdout


@pytest.mark.parametrize("formula", ["x", "y=x"])
def test_the_largest_numbers_are_drawn(tmp_path: Path, formula: str) -> None:
    draw = np.random.default_rng(2)
    rows = "x,y\n" + "\n".join(f"{x!r},{y!r}" for x, y in (draw.uniform(-1, 1, (400, 2)) * 1.7e308).tolist())
    found = scene(tmp_path, formula, rows=rows)
    (shown,) = (density for number in range(2) for density in panel(found, number).densities)
    assert shown.counts.sum() == 400
    assert np.isfinite(np.concatenate(shown.edges)).all()
    out = deriv(formula, "--data", str(tmp_path / "rows.csv"), "--plot", str(tmp_path / "f.png"))
    assert out.stderr == f"deriv: saved {tmp_path / 'f.png'}\n"
