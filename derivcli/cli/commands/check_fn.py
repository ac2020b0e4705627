"""`deriv check-fn`: is a user's own autograd.Function right, and if not, what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from derivcli import api
from derivcli.cli import option_values, options, terminal
from derivcli.cli.deferred_modules import import_deferred
from derivcli.cli.option_declaration import DERIVATIVE, INPUT, NUMBERS, OUTPUT, option
from derivcli.cli.printing import print_document
from derivcli.custom.arguments import literals
from derivcli.custom.loading.argument_names import arguments_in_formulas
from derivcli.errors import DerivError, ExitStatus, file_name
from derivcli.render.format_table import formats_for

if TYPE_CHECKING:
    from derivcli.custom.report import FileReport, FunctionReport

ReportFormat = StrEnum("ReportFormat", formats_for("function check"))  # type: ignore[misc]

EXAMPLE = "deriv check-fn squares.py:SQ"

Function = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE.py:NAME",
        help="A torch.autograd.Function: a file, and a class in it. Of a file alone all that it defines are checked.",
        show_default=False,
    ),
]
Against = Annotated[
    str | None,
    option(
        "--against EXPR",
        "The formula that forward should be, over the names of its arguments: 'i**2'. Without one backward is "
        "compared with quotients of differences of forward.",
        group=NUMBERS,
    ),
]
At = Annotated[
    list[str] | None,
    option(
        "--at SPEC",
        "Where: i=3, i=1,2,3,y=4, or a matrix, x=[[1,2],[3,4]]. May be repeated. [default: ordinary points of several "
        "sizes and both signs]",
        group=INPUT,
    ),
]
Wrt = Annotated[
    list[str] | None,
    option(
        "--wrt NAMES",
        "The arguments that have a gradient, without those that are meant to be constants. [default: all]",
        group=DERIVATIVE,
    ),
]
Shape = Annotated[
    list[str] | None,
    option(
        "--shape SPEC",
        "Shapes of the arguments: x=4x3,w=5x3,b=5, and s=() for a number. May be repeated. [default: found by trying]",
        group=INPUT,
    ),
]
With = Annotated[
    list[str] | None,
    option(
        "--with NAME=VALUE",
        "A constant for an argument: lam=0.5, mode=max, flag=true, dims=(1,2) or mask=none. Of several, mode=max,min, "
        "each is tried. May be repeated. [default: found by trying; defaults are varied]",
        group=INPUT,
    ),
]
Gradient = Annotated[
    list[str] | None,
    option(
        "--gradient EXPR",
        "The gradient that backward is meant to give for a grad_output of 1, over the names of its arguments: '1' of a "
        "straight-through estimator, '-lambd', or x=1 of one argument. May be repeated. [default: the derivative]",
        group=DERIVATIVE,
    ),
]
Compile = Annotated[bool, option("--compile", "Try torch.compile too, which takes seconds.", group=NUMBERS)]
TEXT = ReportFormat("text")
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="How to print.", rich_help_panel=OUTPUT)]


def check_fn(
    function: Function = None,
    against: Against = None,
    at: At = None,
    zip_: options.Zip = False,
    shape: Shape = None,
    with_: With = None,
    wrt: Wrt = None,
    gradient: Gradient = None,
    compile_: Compile = False,
    format_: FormatOption = TEXT,
) -> None:
    """Check a torch.autograd.Function of yours and say in a sentence what is wrong with it.

    This runs the file, and nothing but this and --use runs any. Exit status 1 where something is wrong.
    """
    if function is None:
        raise DerivError("the function to be checked is missing", hint=f"name a file and a class in it: {EXAMPLE}")
    at, wrt = map(arguments_in_formulas, (at, wrt))
    points = option_values.points_or_tensors_in(at, zip_) if at else None
    shapes, constants = literals.shapes_in(shape or ()), literals.constants_in(with_ or ())
    import_deferred()
    from derivcli.custom.loading.load import is_whole_file

    with terminal.aside():
        if is_whole_file(function):
            given = {"--against": against, "--at": at, "--wrt": wrt, "--gradient": gradient}
            _refuse(function, {**given, "--shape": shape, "--with": with_})
            report: FunctionReport | FileReport = api.check_functions(function, compile=compile_)
        else:
            report = api.check_function(
                function,
                against,
                points,
                option_values.wrt_in(wrt),
                shape=shapes,
                with_={name: [*values] for name, values in constants.items()},
                gradient=gradient,
                compile=compile_,
            )
    _print(report, format_)


def _refuse(file: str, given: Mapping[str, object]) -> None:
    """Refuse options that are about one function."""
    for name, value in given.items():
        if value:
            raise DerivError(f"{name} is about one function", hint=f"name it, as in {file_name(file)}:NAME")


def _print(report: FunctionReport | FileReport, format_: ReportFormat) -> None:
    """Print a report, and end with its status."""
    from derivcli.render.documents.function_check import function_check_document

    is_terminal, style = terminal.screen(os.environ)
    style = style if is_terminal else replace(style, width=terminal.UNLIMITED)
    print_document(function_check_document(report, style), format_, style)
    if not report.ok:
        raise typer.Exit(ExitStatus.DIFFERENCE if report.is_wrong else ExitStatus.REFUSED)
