"""`deriv data`: what a data file is taken for, and the command line to begin with."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, BinaryIO

import typer

from derivcli.cli import terminal
from derivcli.cli.data_options import (
    Column,
    Comment,
    DecimalComma,
    Encoding,
    FormatOption,
    HeaderLines,
    Missing,
    Separator,
    SkipLines,
    Thousands,
    TimeFormat,
    Widths,
    reading_of,
)
from derivcli.cli.option_declaration import OUTPUT, option, taking
from derivcli.cli.printing import print_document
from derivcli.errors import DerivError
from derivcli.render.format_table import default_format, formats_for

LookFormat = StrEnum("LookFormat", formats_for("data"))  # type: ignore[misc]

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE", help="A data file, a pattern such as 'part-*.csv', or - for standard input.", show_default=False
    ),
]


@dataclass(frozen=True, slots=True)
class LookOptions:
    """The options of a look, as they were typed."""

    files: Files = None
    data_format: FormatOption = None
    column: Column = None
    na: Missing = None
    skip_lines: SkipLines = None
    header_lines: HeaderLines = None
    comment: Comment = None
    separator: Separator = None
    widths: Widths = None
    thousands: Thousands = None
    decimal_comma: DecimalComma = False
    encoding: Encoding = None
    time_format: TimeFormat = None
    format_: Annotated[LookFormat | None, option("--format", "How to print. [default: table]", group=OUTPUT)] = None


@taking(LookOptions)
def data(options: LookOptions) -> None:
    """Look at a data file, and tell what it is taken for.

    What is told: its layout, its columns, what is no number in them, and the command line to begin with. Options say
    what is taken wrongly.
    """
    if not options.files:
        raise DerivError("the file to look at is missing", hint="name it: deriv data weather.csv")
    from derivcli.cli.first_command import first_command
    from derivcli.points.files.looks.several import look_at_all
    from derivcli.render.documents.data_look import data_look_document

    reading = replace(reading_of(options), paths=tuple(options.files))
    look = look_at_all(reading, _standard_input(options.files))
    is_terminal, style = terminal.screen(os.environ)
    document = data_look_document(look, first_command(look), style)
    print_document(document, options.format_ or default_format("data", is_terminal), style)


def _standard_input(files: list[str]) -> BinaryIO:
    if sys.stdin is not None:
        return sys.stdin.buffer
    if "-" in files:
        raise DerivError("standard input is closed", hint="name a file, or pipe one in")
    return io.BytesIO()
