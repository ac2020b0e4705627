"""`deriv steps`: how a derivative is found, rule by rule."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from derivcli.cli import options, terminal
from derivcli.cli.notes import tell, tell_remarks
from derivcli.render.steps import FORMATS

StepsFormat = StrEnum("StepsFormat", list(FORMATS))  # type: ignore[misc]
"""The formats by name."""

Formula = Annotated[
    str, typer.Argument(metavar="EXPR", help="An expression, such as 'x**2*sin(x)'.", show_default=False)
]
FormatOption = Annotated[
    StepsFormat | None,
    options.option("--format", None, "How to print. [default: text; tsv where the output is no terminal]"),
]


def steps(
    expression: Formula,
    wrt: options.Wrt = None,
    order: options.Order = 1,
    mixed: options.Mixed = None,
    let: options.Let = None,
    format_: FormatOption = None,
) -> None:
    """Show how a derivative is found, a line for each rule of differentiation."""
    from derivcli import api
    from derivcli.render.steps import write_steps

    screen = terminal.screen(os.environ)
    style = screen.style()
    chosen = format_.value if format_ else "text" if screen.terminal else "tsv"
    formulas, partials = options.formulas_in(let), options.partials_in(mixed)
    found = api.steps(expression, options.wrt_in(wrt), let=formulas, order=order, mixed=partials)
    terminal.show(sys.stdout, write_steps(found, chosen, style), chosen == "text")
    sys.stdout.flush()
    tell_remarks(found[0].expression.notes)
    for remark in found[0].result.remarks:
        tell(f"note: {remark}")
