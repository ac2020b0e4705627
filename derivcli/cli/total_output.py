"""Totals on their way out: one row for all points, and what there is to say of these."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.atomic_file import replacing, write_whole
from derivcli.check.exit_difference import results_differ
from derivcli.cli.answer import Answer
from derivcli.cli.notes import notes_of
from derivcli.cli.point_source import PointSource
from derivcli.cli.progress import PATIENCE
from derivcli.cli.streaming import Streaming, data_sink, printing, summary
from derivcli.errors import file_name
from derivcli.render.chosen_columns import ALL
from derivcli.render.format_table import FORMATS
from derivcli.totals import Total, fixed_names, shifted_note

if TYPE_CHECKING:
    from derivcli.cli.table_or_stream import Output
    from derivcli.points.points import Part, Points
    from derivcli.result import Result


def write_total(output: Output, streaming: Streaming) -> Answer:
    """Add up the results at all points, and write the total."""
    request, tally = streaming.job.request, streaming.tally
    points = fixed_points(streaming.source.typed)
    total = Total(request.total, points)

    def add(part: Part, results: Sequence[Result]) -> None:
        is_first = not total.rows
        total.add(results)
        if is_first and total.rows:
            _check_columns(output, total.results(), points)

    streaming.run(add, bar=True)
    results = total.results()
    done = _written(output, streaming, results, points)
    remarks = [*tally.notes(), *shifted_note(request, streaming.job.task.names), *total.notes()]
    blind = [replace(result, flags=result.flags * 0) for result in results]  # the points' own notes tell the flags
    notes = [*(f"note: {note}" for note in remarks), *notes_of(blind, output.style, FORMATS.get(output.format))]
    differs = request.check is True and (tally.differs or results_differ(results))
    slow = time.perf_counter() - tally.start > PATIENCE
    return Answer([*dict.fromkeys(notes), *(done or ([summary("done", tally)] if slow else []))], differs)


def _check_columns(output: Output, results: Sequence[Result], points: Points) -> None:
    """Refuse chosen columns that there are none of, before all points are added up."""
    from derivcli.render.data_columns import data_columns, naming

    if output.columns != ALL:
        names = naming(results, points.names, ())
        output.columns.named([*data_columns(results, output.style, points.names, names)], ())


def fixed_points(points: Points) -> Points:
    """The variables that have one value for all points, as one point."""
    names = fixed_names(points)
    return replace(points, axes=tuple(axis for axis in points.axes if axis.name in names))


def _written(output: Output, streaming: Streaming, results: Sequence[Result], points: Points) -> list[str]:
    """Write the one row; what there is to say of a file."""
    from derivcli.points.points import Part
    from derivcli.render.results import render

    options, style, source = output.options, output.style, PointSource(points)
    if output.data is not None and options.output is not None:
        with (
            replacing(options.output, options.clobber) as file,
            data_sink(file, output.data, source, streaming.tally, output.columns) as sink,
        ):
            sink(Part(points, None), results)
        return [summary(f"wrote {file_name(options.output)}", streaming.tally)]
    if output.columns != ALL:
        with printing(output.write, output.format, source, streaming.tally, output.columns) as sink:
            sink(Part(points, None), results)
        return []
    text = render(results, output.format, style)
    if options.output is not None:
        write_whole(options.output, text.encode(), options.clobber)
        return [f"wrote {file_name(options.output)}"]
    output.write(text, FORMATS[output.format].is_colored)
    return []
