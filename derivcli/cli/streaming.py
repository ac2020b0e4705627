"""Jobs whose results leave as they come, so that memory does not grow with the points: into a file, or as text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from derivcli.check.elasticity import with_elasticities
from derivcli.cli.point_source import PointSource
from derivcli.cli.progress import progress
from derivcli.pipeline import judged, stream
from derivcli.points.files.formats import FileFormat
from derivcli.points.files.reading import Cells
from derivcli.render.chosen_columns import ALL, ChosenColumns
from derivcli.render.format_table import FORMATS
from derivcli.uncertainty.propagate_results import propagate

if TYPE_CHECKING:
    from derivcli.engines.task import Progress
    from derivcli.pipeline import Job
    from derivcli.points.files.formats import FileFormat
    from derivcli.points.files.typed.given_types import Plan
    from derivcli.points.files.writer import OutputColumn
    from derivcli.points.points import Part
    from derivcli.render.tally import Tally
    from derivcli.result import Result

Sink: TypeAlias = "Callable[[Part, Sequence[Result]], None]"
"""Takes points with the rows of the input that they come from, and the results at them."""

CHECKED_PART_POINTS = 2_048
"""Points of one part where each number is judged, which takes a thousand times as long."""

MIN_RATED_POINTS = 1_000
"""Points from which on it is worth saying how many there were a second."""


@dataclass(frozen=True, slots=True)
class Streaming:
    """What is needed to stream: the job, its source with the parts of it, whether to judge, and who counts."""

    job: Job
    source: PointSource
    parts: Iterable[Part]
    check: bool
    tally: Tally

    def run(self, sink: Sink, bar: bool) -> None:
        """Send the results to a sink, part after part."""
        request, hidden = self.job.request, self.job.task.hidden
        with progress(bar) as tell:
            for part, results in stream(self.parts, self.job, self.source.count, tell):
                if self.check and part.points.count:
                    results = judged(results, part.points, self._judging(tell, part.points.count))
                results = propagate(results, part.points, request.correlations, hidden, self.check)
                results = with_elasticities(results, part.points, request.elasticity)
                sink(part, results)
                self.tally.add(results)
                if tell is not None:
                    what = "checking" if self.check else "differentiating"
                    tell(what, self.tally.points, self.source.expected)

    def _judging(self, tell: Progress | None, count: int) -> Progress:
        """What is told how many numbers of the next part are judged, and tells how many points that is in all."""
        before = self.tally.points

        def judging(what: str, done: int, total: int | None) -> None:
            if tell is not None and total:
                tell(what, before + done * count // total, self.source.expected)

        return judging


@contextmanager
def points_done_in_errors(tally: Tally, target: str) -> Iterator[None]:
    """Let whatever ends a stream before its end say how far it came, and what became of the file that it was for."""
    try:
        yield
    except BaseException as error:
        if target or tally.points:
            done = f"{tally.points:,} point{'s' * (tally.points != 1)} done"
            error.add_note(f"{done}; {target or 'the output is not complete'}")
        raise


def summary(what: str, tally: Tally) -> str:
    """How many points there were, how fast they were, how many were flagged, and whether anything was checked."""
    count, seconds = tally.points, time.perf_counter() - tally.start
    line = f"{what}: {count:,} point{'s' * (count != 1)} in {seconds:.2f} s"
    if count >= MIN_RATED_POINTS:
        rate = count / seconds
        line += f", {rate / 1e6:.3g} million a second" if rate >= 1e6 else f", {rate:,.0f} a second"
    flagged = f"flagged: {tally.flags.counts()}" if tally.flags.counts() else ""
    return "; ".join(filter(None, [line, flagged, "not checked" if tally.findings is None else ""]))


@contextmanager
def printing(
    write: Callable[[str], object], name: str, source: PointSource, tally: Tally, chosen: ChosenColumns = ALL
) -> Iterator[Sink]:
    """A sink that prints lines in one of the formats for programs; of a data file with all of its columns."""
    from derivcli.render.results import render

    has_header = FORMATS[name].is_data_file
    if has_header and (source.data is not None or chosen != ALL):
        with data_sink(TextStream(write), FileFormat(name), source, tally, chosen) as sink:
            yield sink
        return

    def print_lines(part: Part, results: Sequence[Result]) -> None:
        text = render(results, name, tally.style)
        write(text.partition("\n")[2] if has_header and tally.points else text)

    yield print_lines


@contextmanager
def data_sink(
    file: Any, format: FileFormat, source: PointSource, tally: Tally, chosen: ChosenColumns = ALL
) -> Iterator[Sink]:
    """A sink that writes a data file: the columns of the input, values, derivatives, flags, and verdicts if any."""
    from derivcli.points.files.typed.given_types import converted, planned
    from derivcli.points.files.writer import spread, writing
    from derivcli.points.standard_uncertainties import sigma_column
    from derivcli.render.data_columns import Naming, data_columns, naming

    names: Naming = {}
    called: dict[str, str] = {}
    plan: Plan | None = None
    data = source.data
    headers = data.headers if data is not None else ()
    kept = None if data is None or chosen.keep is None else [headers[place] for place in data.places_of(chosen.keep)]
    if data is not None:
        format = replace(format, cells=Cells(data.decimal_comma), storage=data.storage)
    if data is not None and data.types and not format.row.has_types:
        tally.remarks.append(f"{format.name} has no types, so that --types changes nothing in it")
    with writing(file, format) as writer:

        def sink(part: Part, results: Sequence[Result]) -> None:
            nonlocal names, called, plan
            if not names:
                names = naming(results, source.typed.names, headers if kept is None else kept)
                tally.remarks += [
                    f"the input has columns called like those of {old}, so it is called {new} in the output"
                    for old, new in names.items()
                    if new != old
                ]
            at: Mapping[str, OutputColumn] = part.points.at if part.blank is None else part.cells
            numbers = {}
            if data is not None and not data.have_types:
                numbers = {header: at[name] for name, header in data.variables.items() if name in at}
                if part.blank is None:
                    sigmas = {name: part.points.sigmas[name] for name in source.spread_columns}
                    numbers |= {data.variables[sigma_column(name)]: sizes for name, sizes in sigmas.items()}
            columns = data_columns(results, tally.style, source.typed.names, names)
            if chosen != ALL:
                called = called or chosen.named([*columns], headers if kept is None else kept)
                columns = {new: columns[name] for name, new in called.items()}
            if part.blank is not None:
                columns = spread(columns, part.blank)
            rows = part.rows
            if data is not None and format.row.has_types:
                has_lists = not format.row.is_text
                plan = planned(rows, data.given, numbers, has_lists) if plan is None else plan
                rows = converted(rows, plan, data.given)
            writer.write(rows, columns, numbers, kept)

        yield sink


class TextStream:
    """A file of bytes whose UTF-8 text goes on to a stream of text, line by line."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._rest = b""

    def write(self, data: Any) -> None:
        """Pass on all lines that are complete."""
        whole, newline, self._rest = (self._rest + bytes(data)).rpartition(b"\n")
        self._write((whole + newline).decode())

    def flush(self) -> None:
        """Do nothing: lines go on when they are complete."""
