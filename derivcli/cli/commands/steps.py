"""`deriv steps`: how a derivative is found, rule by rule."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from derivcli import api
from derivcli.cli import option_values, options, terminal
from derivcli.cli.notes import tell, tell_remarks
from derivcli.cli.printing import print_document
from derivcli.render.format_table import default_format, formats_for

StepsFormat = StrEnum("StepsFormat", formats_for("steps"))  # type: ignore[misc]

Formula = Annotated[
    str, typer.Argument(metavar="EXPR", help="An expression, such as 'x**2*sin(x)'.", show_default=False)
]
FormatOption = Annotated[
    StepsFormat | None,
    options.option(
        "--format", "How to print. [default: text; tsv where the output is no terminal]", group=options.OUTPUT
    ),
]

Brief = Annotated[
    bool,
    options.option("--brief", "Name the rules, without what they say of u and v.", group=options.OUTPUT),
    options.STAYS,
]


def steps(
    expression: Formula,
    wrt: options.Wrt = None,
    order: options.Order = 1,
    mixed: options.Mixed = None,
    implicit: options.Implicit = None,
    at: options.At = None,
    let: options.Let = None,
    brief: Brief = False,
    format_: FormatOption = None,
) -> None:
    """Show how a derivative is found, a line for each rule of differentiation."""
    from derivcli.render.documents.steps import steps_document

    is_terminal, style = terminal.screen(os.environ)
    formulas, partials = option_values.formulas_in(let), option_values.partials_in(mixed)
    points, by = option_values.points_in(at) if at else None, option_values.wrt_in(wrt)
    dependent = implicit or ""
    found = api.steps(expression, by, at=points, let=formulas, order=order, mixed=partials, dependent=dependent)
    print_document(steps_document(found, style, brief), format_ or default_format("steps", is_terminal), style)
    tell_remarks(found[0].expression.notes)
    for remark in found[0].result.remarks:
        tell(f"note: {remark}")
