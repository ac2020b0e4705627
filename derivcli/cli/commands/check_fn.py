"""`deriv check-fn`: is a user's own autograd.Function right, and if not, what is wrong with it."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from derivcli.check.exit_difference import function_differs
from derivcli.cli import options, terminal
from derivcli.errors import DerivError, ExitStatus
from derivcli.render.check_fn import FORMATS

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

ReportFormat = StrEnum("ReportFormat", list(FORMATS))  # type: ignore[misc]
"""The formats by name."""

EXAMPLE = "deriv check-fn squares.py:SQ"

Function = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE.py:NAME", help="A torch.autograd.Function: a file, and a class in it.", show_default=False
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="EXPR",
        help="The formula that forward should be, over the names of its arguments: 'i**2'. Without one backward is "
        "compared with quotients of differences of forward.",
        show_default=False,
    ),
]
At = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="SPEC",
        help="Where: i=3, or i=1,2,3,y=4. May be repeated. [default: ordinary points of several sizes and both signs]",
        show_default=False,
    ),
]
Wrt = Annotated[
    list[str] | None,
    typer.Option(
        "--wrt",
        metavar="NAMES",
        help="The arguments that have a gradient, without those that are meant to be constants. [default: all]",
        show_default=False,
    ),
]
TEXT = ReportFormat("text")
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="How to print.")]


@app.command(context_settings={"help_option_names": ["--help"]})
def check_fn(
    function: Function = None,
    against: Against = None,
    at: At = None,
    zip_: options.Zip = False,
    wrt: Wrt = None,
    format_: FormatOption = TEXT,
) -> None:
    """Check a torch.autograd.Function of yours and say in a sentence what is wrong with it.

    This runs the file, and nothing but this and --use runs any. Exit status 1 where something is wrong.
    """
    from derivcli.points.at_option import read_points
    from derivcli.render.check_fn import write_report
    from derivcli.teach import check_function_at

    if function is None:
        raise DerivError("the function to be checked is missing", hint=f"name a file and a class in it: {EXAMPLE}")
    points = read_points(at, zip_) if at else None
    with terminal.aside():
        report = check_function_at(points, function, against, options.names_in(wrt))
    screen = terminal.screen(os.environ)
    style = screen.style()
    style = style if screen.terminal else replace(style, width=terminal.UNLIMITED)
    terminal.show(sys.stdout, write_report(report, format_.value, style), format_ == TEXT)
    sys.stdout.flush()
    if function_differs(report):
        raise typer.Exit(ExitStatus.DIFFERENCE)
