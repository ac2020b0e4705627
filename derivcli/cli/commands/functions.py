"""`deriv functions`: the function table, or one function of it."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from derivcli.cli import terminal
from derivcli.cli.options import option
from derivcli.language.functions.reference import look_up
from derivcli.language.functions.table import FAMILIES
from derivcli.render.functions import FORMATS

ListFormat = StrEnum("ListFormat", list(FORMATS))  # type: ignore[misc]
"""The formats by name."""

Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="One function, by any of its names.", show_default=False)
]
FormatOption = Annotated[
    ListFormat | None,
    option("--format", None, "How to print. [default: table; tsv where the output is no terminal]"),
]


def functions(name: Name = None, format_: FormatOption = None) -> None:
    """List the functions that a formula can use, or tell all about one of them."""
    from derivcli.render.functions import write_function, write_list

    screen = terminal.screen(os.environ)
    style = screen.style()
    chosen = format_.value if format_ else "table" if screen.terminal else "tsv"
    if name is None:
        text = write_list(FAMILIES, chosen, style)
    else:
        from derivcli.explain.piecewise.piecewise_derivative import derivatives_on_page
        from derivcli.language.printer import text_of

        row = look_up(name)
        formulas = {parameter: text_of(tree) for parameter, tree in derivatives_on_page(row).items()}
        text = write_function(row, formulas, chosen, style)
    terminal.show(sys.stdout, text, chosen == "table")
    sys.stdout.flush()
