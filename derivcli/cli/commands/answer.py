"""`deriv answer`: whether a derivative that one found is right."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from derivcli import api
from derivcli.cli import option_values, options, terminal
from derivcli.cli.notes import tell_remarks
from derivcli.cli.option_declaration import DERIVATIVE, OUTPUT, option
from derivcli.cli.printing import print_document
from derivcli.errors import DerivError, ExitStatus
from derivcli.python_arguments import names_of
from derivcli.render.format_table import formats_for

AnswerFormat = StrEnum("AnswerFormat", formats_for("answer"))  # type: ignore[misc]
TEXT = AnswerFormat("text")

EXAMPLE = 'deriv answer "sin(x**2)" "2*x*cos(x**2)"'

Formula = Annotated[str, typer.Argument(metavar="EXPR", help="The function, such as 'x**2*sin(x)'.")]
Claim = Annotated[
    str | None, typer.Argument(metavar="CLAIM", help="What you found for its derivative.", show_default=False)
]
Wrt = Annotated[
    list[str] | None,
    option("--wrt NAME", "The variable that the derivative is by, where there are several.", group=DERIVATIVE),
]
Implicit = Annotated[
    str | None,
    option(
        "--implicit NAME",
        "The variable that the equation EXPR makes a function of the others: CLAIM is its derivative.",
        group=DERIVATIVE,
    ),
]
Show = Annotated[bool, typer.Option("--show", help="Print the derivative too.", rich_help_panel=OUTPUT)]
FormatOption = Annotated[AnswerFormat, typer.Option("--format", help="How to print.", rich_help_panel=OUTPUT)]


def answer(
    expression: Formula,
    claim: Claim = None,
    wrt: Wrt = None,
    order: options.Order = 1,
    mixed: options.Mixed = None,
    let: options.Let = None,
    implicit: Implicit = None,
    show: Show = False,
    format_: FormatOption = TEXT,
) -> None:
    """Tell whether CLAIM is the derivative of EXPR; if not, where they differ, and perhaps why.

    The exit status is 0 where it is, and 1 where it is not or is not known to be.
    """
    from derivcli.render.documents.answer import answer_document

    if claim is None:
        raise DerivError("the derivative to be judged is missing", hint=f"write it behind the function: {EXAMPLE}")
    _, style = terminal.screen(os.environ)
    formulas, partials = option_values.formulas_in(let), option_values.partials_in(mixed)
    dependent = "" if implicit is None else names_of([implicit], "--implicit y")[0]
    found = api.answer(
        expression, claim, option_values.wrt_in(wrt), dependent=dependent, let=formulas, order=order, mixed=partials
    )
    print_document(answer_document(found, style, show), format_, style)
    tell_remarks([*found.expression.notes, *found.claim.notes])
    if not found.equal:
        raise typer.Exit(ExitStatus.DIFFERENCE)
