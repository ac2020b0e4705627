"""Whether results are shown as a table, leave as a stream of lines, or go into a file, and in which format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivcli.check.limits import MAX_NUMBERS_UNASKED
from derivcli.cli.data_options import columns_in
from derivcli.errors import DerivError, file_name
from derivcli.points.files.formats import format_of
from derivcli.render.chosen_columns import ALL, ChosenColumns
from derivcli.render.format_table import FORMATS, default_format, format_of_suffix

if TYPE_CHECKING:
    from derivcli.cli.options import MainOptions
    from derivcli.cli.point_source import PointSource
    from derivcli.cli.terminal import Screen
    from derivcli.points.files.formats import FileFormat
    from derivcli.render.blocks import Style
    from derivcli.request import Request

Write = Callable[..., object]
"""Takes text for standard output, and whether it is `colored`, or `drawn` so that it moves the cursor."""

MAX_TABLE_POINTS = 1_000
"""Points that are shown as a table on a terminal without being asked for; more are lines."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where results go and in which format: `format` is that of a text, `data` that of a data file."""

    options: MainOptions
    style: Style
    write: Write
    terminal: bool
    format: str = ""
    data: FileFormat | None = None
    columns: ChosenColumns = ALL

    @property
    def is_unasked_table(self) -> bool:
        """Whether a table is shown that nobody asked for, where there are few enough points."""
        options = self.options
        unasked = options.format_ is None and not options.is_drawn and options.output is None and self.columns == ALL
        return self.terminal and unasked

    @property
    def passes_columns(self) -> bool | Sequence[str]:
        """Which columns of a file go along with the results, where they leave as they come."""
        goes_along = self.data is not None or FORMATS[self.format].is_data_file or self.is_unasked_table
        return goes_along if self.columns.keep is None else self.columns.keep

    @property
    def unfinished(self) -> str:
        """What is said of the data file to be written where it was not completed; nothing where there is none."""
        path = self.options.output
        if self.data is None or path is None:
            return ""
        return f"{file_name(path)} " + ("is as it was" if path.exists() else "was not written")


def output_of(request: Request, options: MainOptions, screen: Screen, write: Write) -> Output:
    """Where the results go: as asked for, by the output's name, or by where standard output goes."""
    is_terminal, style = screen
    style = replace(style, digits=options.digits, verdicts=request.check is True, exact=request.exact is True)
    output = Output(options, style, write, is_terminal, columns=columns_in(options))
    found = _where(request, output)
    if found.columns != ALL and (found.data is None and not FORMATS[found.format].is_data_file):
        hint = "write a data file, as with --output slopes.csv, or add --format csv"
        raise DerivError("columns are chosen of a table that is written", hint=hint)
    return found


def check_columns(request: Request, options: MainOptions) -> None:
    """Refuse columns that are chosen of what is no table of numbers at points."""
    chosen = columns_in(options)
    given = {"columns": chosen.results is not None, "keep": chosen.keep is not None, "names sql": chosen.sql}
    option = next((name for name, is_given in given.items() if is_given), "")
    others = {
        "code": options.code is not None,
        "series": request.series is not None,
        "parametric": bool(request.parameter),
        "polar": bool(request.angle),
        "tangent": request.tangent,
        "exact": bool(request.exact),
        "plot": options.plot is not None and options.format_ is None and options.output is None,
        "show": options.show and options.format_ is None and options.output is None,
    }
    other = next((name for name, is_given in others.items() if option and is_given), "")
    if other:
        raise DerivError(f"`--{option}` and `--{other}` do not go together", hint="leave out one of the two")
    if option and not request.has_points:
        raise DerivError(f"`--{option}` is about numbers at points", hint="add some, as in `--at x=3`, or leave it out")


def _where(request: Request, output: Output) -> Output:
    options, style, is_terminal = output.options, output.style, output.terminal
    if options.output is None:
        is_table = is_terminal and output.columns == ALL
        return replace(output, format=options.format_ or default_format("results", is_table))
    if str(options.output) == "-":
        raise DerivError("an output is a file", hint="leave out --output to print")
    name = options.format_ or format_of_suffix().get(options.output.suffix.lower())
    output = replace(output, style=replace(style, color=False, unicode=True))
    if name is not None and not FORMATS[name].is_data_file:
        return replace(output, format=name)

    found = format_of(str(options.output), name, format_of_suffix())
    is_curve = bool(request.moving or request.tangent)
    if request.has_points and request.series is None and not request.exact and not is_curve:
        return replace(output, data=found)
    if found.name not in FORMATS or found.compression:
        kinds = {"curves": is_curve, "exact values": request.exact, "Taylor polynomials": request.has_points}
        what = next((kind for kind, asked in kinds.items() if asked), "formulas")
        raise DerivError(f"{what} are not written into such a file", hint="name a .csv, .tsv, .json, .md or .tex file")
    return replace(output, format=found.name)


def is_streamed(output: Output, source: PointSource, count: int | None) -> bool:
    """Whether results leave as they come: into a data file, or as more lines than a table is made of unasked.

    `count` is None where there may be any number of points.
    """
    from derivcli.engines.chunks import CHUNK_POINTS

    if output.data is not None:
        return True
    if output.options.is_drawn:
        return False
    if output.columns != ALL:
        return True
    if FORMATS[output.format].streams:
        return source.data is not None or count is None or count > CHUNK_POINTS
    return output.is_unasked_table and (count is None or count > MAX_TABLE_POINTS)


def points_read_ahead(output: Output, request: Request, numbers: int) -> int:
    """How many points are read before it is known that there are more than are judged, or shown, unasked."""
    judged = MAX_NUMBERS_UNASKED // max(1, numbers) if request.check is None else 0
    return max(judged, MAX_TABLE_POINTS if output.is_unasked_table else 0)
