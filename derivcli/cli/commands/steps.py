"""`deriv steps`: how a derivative is found, rule by rule."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from derivcli import api
from derivcli.cli import option_values, options, terminal
from derivcli.cli.notes import tell, tell_remarks
from derivcli.cli.option_declaration import OUTPUT, STAYS, option
from derivcli.cli.printing import print_document
from derivcli.language.notations.formula_lists import listed_formulas
from derivcli.render.format_table import default_format, formats_for

StepsFormat = StrEnum("StepsFormat", formats_for("steps"))  # type: ignore[misc]

Formulas = Annotated[
    list[str],
    typer.Argument(
        metavar="EXPR",
        help="One or more expressions, such as 'x**2*sin(x)'.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    StepsFormat | None,
    option("--format", "How to print. [default: text; tsv where the output is no terminal]", group=OUTPUT),
]

Brief = Annotated[
    bool,
    option("--brief", "Name the rules, without what they say of u and v.", group=OUTPUT),
    STAYS,
]


def steps(
    expressions: Formulas,
    wrt: options.Wrt = None,
    order: options.Order = 1,
    mixed: options.Mixed = None,
    gradient: options.Gradient = False,
    div: options.Div = False,
    curl: options.Curl = False,
    laplacian: options.Laplacian = False,
    differential: options.Differential = False,
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
    flags = {"gradient": gradient, "div": div, "curl": curl, "laplacian": laplacian, "differential": differential}
    operator = option_values.operator_in(flags)
    found = api.steps(
        [formula for text in expressions for formula in listed_formulas(text)],
        by,
        at=points,
        let=formulas,
        order=order,
        mixed=partials,
        dependent=dependent,
        operator=operator,
    )
    print_document(steps_document(found, style, brief), format_ or default_format("steps", is_terminal), style)
    tell_remarks(note for one in found for note in one.expression.notes)
    for remark in dict.fromkeys(remark for one in found[-1:] for remark in one.result.remarks):
        tell(f"note: {remark}")
