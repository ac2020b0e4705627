"""The picture of a formula with the rows of data files in it, read once in blocks, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, file_name
from derivcli.picture_plans import Sight, drawn_of, expressions_of, scene_of
from derivcli.validation import check_known, check_named, check_values, variables_of

if TYPE_CHECKING:
    from derivcli.engines.task import Progress
    from derivcli.language.expression import Expression
    from derivcli.pictures.files.file_marks import FileRows
    from derivcli.pictures.scene import Floats, Scene
    from derivcli.points.files.data_files import DataFiles
    from derivcli.request import Request

BLOCK_ROWS = 262_144
"""Rows that are read and counted at a time."""


def scene_of_file(request: Request, sight: Sight, data: DataFiles, progress: Progress | None = None) -> Scene:
    """The scene with the rows on the curve, or where their own column says that they lie."""
    from derivcli.pictures.files.file_marks import on_the_curve, shown_interval, where_they_lie
    from derivcli.points.at_option import Interval

    assert not request.moving, "the points of such a curve are typed"
    request.check_certain()
    expressions, _ = expressions_of(request, data)
    check_named(expressions)
    check_known(expressions)
    taken = _variables_in(request, expressions, data)
    height = _height(request, expressions, taken, data)
    data.check_used([*taken, *height])
    rows = _rows(data, [*taken, *height], progress)
    plain = replace(request, expressions=expressions, data=None)
    ends = [shown_interval(each) for each in rows.found.ends]
    if expressions[0].sides and not request.study:
        first = scene_of(plain, drawn_of(plain, sight)).panels[0]  # the whole curve, even where no rows lie
        own = ((first.x.low, first.x.high), (first.y.low, first.y.high))
        ends = [(min(low, left), max(high, right)) for (low, high), (left, right) in zip(ends, own, strict=True)]
    shown = {interval.variable for interval in request.study}
    named = zip(taken, ends, strict=False)
    study = [Interval(name, *each) for name, each in named if name not in shown and "" not in shown]
    drawn = drawn_of(replace(plain, study=[*request.study, *study]), sight)
    scene = scene_of(plain, drawn)
    scene = replace(scene, notes=(*scene.notes, *data.hidden_constants(taken)))
    if len(taken) + len(height) == 2:
        return where_they_lie(scene, rows, sight.pixels)

    def evaluate(x: Floats) -> Sequence[Floats]:
        return [numbers[0] for numbers in drawn.evaluate({drawn.names[0]: x})]

    return on_the_curve(scene, rows, evaluate, sight.pixels)


def _variables_in(request: Request, expressions: Sequence[Expression], data: DataFiles) -> list[str]:
    """The variables that the files give, one or two."""
    from derivcli.points.files.data_files import headers_shown

    assert request.points is not None, "a request with files has points"
    variables = variables_of(expressions)
    ordered = dict.fromkeys([*(name for each in expressions for name in each.arguments), *variables])
    taken = [name for name in ordered if name in data.variables]
    check_values(expressions, variables, (*request.points.names, *taken), {*request.names, *taken}, data)
    if not taken:
        hint = f"the file has {headers_shown(data.headers)}; leave out --data, or name a column as a variable"
        raise DerivError("no column of the file occurs in the formula", hint=hint)
    if len(taken) > 2:
        shown = f"{', '.join(taken[:-1])} and {taken[-1]}"
        raise DerivError(f"a picture shows two columns of a file at most, and {shown} are columns", hint="plot fewer")
    return taken


def _height(
    request: Request, expressions: Sequence[Expression], taken: Sequence[str], data: DataFiles
) -> Sequence[str]:
    """The column with the heights of the points, where there is one: of `y = x^2` it is called y, or it is named."""
    if len(expressions) != 1 or len(taken) != 1 or expressions[0].sides:
        return []
    named = [name for name in request.data.columns if name not in taken] if request.data else []
    return named[:1] or [name for name in [expressions[0].name] if name in data.variables]


def _rows(data: DataFiles, names: Sequence[str], progress: Progress | None) -> FileRows:
    import numpy as np

    from derivcli.pictures.files.file_marks import FileRows
    from derivcli.pictures.files.gathered import gathered

    def blocks() -> Iterator[Sequence[Floats]]:
        done = 0
        for part in data.parts(names, BLOCK_ROWS, passed=False):
            yield [part.points.at[name].astype(np.float64, copy=False) for name in names]
            done += part.points.count
            if progress is not None:
                progress("reading", done, data.expected)

    found = gathered(blocks(), len(names))
    paths = [file_name(str(path.name)) for path in data.paths] or ["standard input"]
    name = paths[0] if len(paths) == 1 else f"{len(paths)} files"
    if not found.count:
        message = f"no row of {name} has a finite number for {' and '.join(names)}"
        raise DerivError(message, hint="choose other columns with --column, or correct the file")
    return FileRows(name, found)
