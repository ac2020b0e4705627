"""`deriv study`: what a function does on an interval, with proof."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from derivcli import api
from derivcli.cli import option_values, options, picture_options, terminal
from derivcli.cli.commands import study_questions
from derivcli.cli.notes import tell, tell_remarks
from derivcli.cli.option_declaration import INPUT, OUTPUT, QUESTION, option, rounding
from derivcli.cli.picture_output import Destination, check_display, put_picture
from derivcli.cli.printing import check_picture, print_document
from derivcli.render.format_table import default_format, formats_for

StudyFormat = StrEnum("StudyFormat", formats_for("study"))  # type: ignore[misc]

Formulas = Annotated[
    list[str],
    typer.Argument(
        metavar="EXPR...",
        help="A function, such as 'x*exp(-x)'; an equation, or two coordinates with --parametric.",
        show_default=False,
    ),
]
On = Annotated[
    list[str] | None,
    option(
        "--on SPEC",
        "The interval, x=0:5 or x=-pi:pi; an end may be -inf or inf. Several, as in x=-5:5,y=-5:5, make a box. "
        "[default: one that shows what there is]",
        group=INPUT,
    ),
]
Parametric = Annotated[
    str | None,
    option(
        "--parametric NAME",
        "The path of a point whose coordinates x and y are two formulas of this parameter.",
        group=INPUT,
    ),
]
Claims = Annotated[
    list[str] | None,
    option(
        "--claim TEXT",
        'Is this so everywhere: "f\' > 0", "f >= 2x-1", "0 <= f < 1"? The status is 0 where it is, '
        "1 where it is not, 2 where it is undecided. May be repeated.",
        group=QUESTION,
    ),
]
Solve = Annotated[
    list[str] | None,
    option("--solve TEXT", 'Where is this so: "f = 3", "f\' = 0"? May be repeated.', group=QUESTION),
]
Inverse = Annotated[bool, option("--inverse", "The inverse function and its derivative at `--at f=2`.", group=QUESTION)]
At = Annotated[list[str] | None, option("--at f=NUMBER", "A value of the function.", group=QUESTION)]
FormatOption = Annotated[
    StudyFormat | None,
    option("--format", "How to print. [default: table; tsv where the output is no terminal]", group=OUTPUT),
]
Digits = Annotated[int | None, rounding("all that are proved, up to 17")]


def study(
    expressions: Formulas,
    on: On = None,
    parametric: Parametric = None,
    let: options.Let = None,
    format_: FormatOption = None,
    claim: Claims = None,
    solve: Solve = None,
    inverse: Inverse = False,
    at: At = None,
    digits: Digits = None,
    plot: picture_options.Plot = None,
    show: picture_options.Show = False,
    theme: picture_options.ThemeOption = None,
    size: picture_options.Size = None,
    dpi: picture_options.Dpi = None,
    transparent: picture_options.Transparent = False,
    equal: picture_options.Equal = False,
    no_clobber: options.NoClobber = False,
) -> None:
    """Tell all that a function does on an interval: where it is 0, rises, falls, bends, jumps; and its range.

    Everything that is marked as proved is, and so is that there are no others; what stays undecided is named.
    """
    from derivcli.render.documents.studies import document_of, expressions_of

    is_terminal, style = terminal.screen(os.environ)
    style = replace(style, digits=digits)
    look = picture_options.look_of(theme, size, dpi, transparent)
    check_picture(plot, no_clobber)
    if show:
        check_display(os.environ)
    if claim or solve or inverse or at:
        questions = study_questions.Questions(claim or (), solve or (), inverse, at or ())
        study_questions.answer_all(expressions, on, let, questions, format_, style)
        return
    found = api.study(
        expressions if len(expressions) > 1 else expressions[0],
        ",".join(on) if on else None,
        let=option_values.formulas_in(let),
        parametric=parametric or "",
    )
    if plot is not None or show:
        from derivcli.picture_api import picture_of

        has_size = size is not None or dpi is not None
        destination = Destination(plot, show, not no_clobber, theme is not None, has_size)
        write = partial(terminal.show, sys.stdout)
        for note in put_picture(picture_of(found, look, equal), destination, (is_terminal, style), write):
            tell(note)
    if (plot is None and not show) or format_ is not None:
        print_document(document_of(found, style), format_ or default_format("study", is_terminal), style)
    for expression in expressions_of(found):
        tell_remarks(expression.notes)
