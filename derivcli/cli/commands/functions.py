"""`deriv functions`: the function table, or one function of it."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from derivcli.cli import options, terminal
from derivcli.cli.option_declaration import OUTPUT, option
from derivcli.cli.option_values import functions_in
from derivcli.cli.printing import print_document
from derivcli.language.functions.reference import look_up
from derivcli.language.functions.table import FAMILIES
from derivcli.language.lexer.tokens import canonical_name
from derivcli.render.format_table import default_format, formats_for

ListFormat = StrEnum("ListFormat", formats_for("functions"))  # type: ignore[misc]

Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="One function, by any of its names.", show_default=False)
]
FormatOption = Annotated[
    ListFormat | None,
    option("--format", "How to print. [default: table; tsv where the output is no terminal]", group=OUTPUT),
]


def functions(name: Name = None, use: options.Use = None, format_: FormatOption = None) -> None:
    """List the functions that a formula can use, or tell all about one of them.

    With --use those of the file are listed.
    """
    from derivcli.render.documents.functions import function_document, function_list_document

    is_terminal, style = terminal.screen(os.environ)
    own = functions_in(use)
    if own and (name is None or canonical_name(name) in own):
        from derivcli.render.documents.own_functions import own_function_document, own_list_document

        document = own_list_document(own) if name is None else own_function_document(own[canonical_name(name)])
    elif name is None:
        document = function_list_document(FAMILIES)
    else:
        from derivcli.explain.piecewise.piecewise_derivative import derivatives_on_page
        from derivcli.language.printer import text_of

        row = look_up(name)
        formulas = {parameter: text_of(tree) for parameter, tree in derivatives_on_page(row).items()}
        document = function_document(row, formulas)
    print_document(document, format_ or default_format("functions", is_terminal), style)
