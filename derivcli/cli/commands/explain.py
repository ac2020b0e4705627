"""`deriv explain`: the graph that PyTorch builds of a formula, and what its backward pass does there."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from derivcli import api
from derivcli.check.exit_difference import results_differ
from derivcli.cli import options, terminal
from derivcli.cli.notes import notes_of, tell, tell_remarks
from derivcli.cli.option_declaration import OUTPUT, PICTURE, option, picture, rounding
from derivcli.cli.option_values import formulas_in, functions_in, points_in, wrt_in
from derivcli.cli.picture_options import Dpi, Size, ThemeOption, Transparent, look_of
from derivcli.cli.picture_output import Destination, Drawing, put_drawing
from derivcli.cli.printing import check_picture, print_document
from derivcli.errors import DerivError, ExitStatus
from derivcli.explain.ledger import Ledger
from derivcli.render.blocks import Style
from derivcli.render.format_table import FORMATS, Format, default_format, formats_for, write

LedgerFormat = StrEnum("LedgerFormat", formats_for("ledger"))  # type: ignore[misc]

Expression = Annotated[
    str, typer.Argument(metavar="EXPR", help="A formula, such as '6*x**2 + 2*x + 4'.", show_default=False)
]
FormatOption = Annotated[
    LedgerFormat | None,
    option(
        "--format",
        "How to print: as tables, as a tree, as lines or an object for programs, or as a graph for Graphviz or "
        "Mermaid. [default: table; tsv where the output is no terminal]",
        group=OUTPUT,
    ),
]
Plot = Annotated[
    Path | None,
    picture(
        "Draw the graph (.png, .svg, .pdf, .webp, or .html for a page that lights up paths) instead of printing; "
        "- draws it in the terminal, or a tree where that shows no pictures. With --format do both."
    ),
]
Adjoints = Annotated[
    bool | None,
    option("--adjoints/--no-adjoints", "The graph with or without adjoints. [default: with]", group=PICTURE),
]
Digits = Annotated[int | None, rounding("a few for people, all for programs")]


def explain(
    expression: Expression,
    at: options.At = None,
    zip_: options.Zip = False,
    wrt: options.Wrt = None,
    let: options.Let = None,
    use: options.Use = None,
    check: options.Check = None,
    format_: FormatOption = None,
    plot: Plot = None,
    no_clobber: options.NoClobber = False,
    digits: Digits = None,
    adjoints: Adjoints = None,
    theme: ThemeOption = None,
    size: Size = None,
    dpi: Dpi = None,
    transparent: Transparent = False,
    dtype: options.DtypeOption = options.FLOAT64,
) -> None:
    """Show the graph that PyTorch builds of a formula, and each step of the backward pass through it.

    Every tensor has a row: its value, its local derivatives, its adjoint, and PyTorch's own attributes. Several points
    make a batch, whose outputs are summed.
    """
    from derivcli.pictures.graphs.draw_graph import draw_graph
    from derivcli.render.documents.ledger import ledger_document, ledger_graph

    if not at:
        raise DerivError("the graph is that of numbers, and there is no point", hint="add one, as in --at x=2")
    check_picture(plot, no_clobber)
    _check_adjoints(adjoints, plot, format_)
    look = look_of(theme, size, dpi, transparent)
    with_adjoints = adjoints is not False
    points, names, formulas = points_in(at, zip_), wrt_in(wrt), formulas_in(let)
    with terminal.aside(bool(use)):
        functions = functions_in(use)
        ledger = api.explain(expression, points, names, let=formulas, use=functions, dtype=dtype.value, check=check)
    is_terminal, style = terminal.screen(os.environ)
    style = replace(style, digits=digits, verdicts=check is True)
    if plot is not None:
        has_size = size is not None or dpi is not None
        destination = Destination(plot, clobber=not no_clobber, has_theme=theme is not None, has_size=has_size)
        drawing = Drawing(
            partial(draw_graph, ledger_graph(ledger, style, with_adjoints)),
            lambda _: write(ledger_document(ledger, style, with_adjoints), "tree", style),
            look,
        )
        for note in put_drawing(drawing, destination, (is_terminal, style), partial(terminal.show, sys.stdout)):
            tell(note)
    chosen = None if plot is not None and format_ is None else format_ or default_format("ledger", is_terminal)
    if chosen is not None:
        print_document(ledger_document(ledger, style, with_adjoints), chosen, style)
    tell_remarks(points.notes)
    _tell_notes(ledger, style, FORMATS[chosen] if chosen else None)
    if check and results_differ([ledger.result]):
        raise typer.Exit(ExitStatus.DIFFERENCE)


def _tell_notes(ledger: Ledger, style: Style, shown: Format | None) -> None:
    from derivcli.render.documents.ledger import warnings_of

    for warning in () if shown is not None and shown.tells_check else warnings_of(ledger, style):
        tell(f"note: {warning}")
    for note in notes_of([ledger.result], style, shown):
        tell(note)


def _check_adjoints(adjoints: bool | None, plot: Path | None, format_: LedgerFormat | None) -> None:
    shown = [name for name in formats_for("ledger") if FORMATS[name].shows_graph]
    if adjoints is not None and plot is None and format_ not in shown:
        hint = f"add --plot FILE, or --format {', '.join(shown[:-1])} or {shown[-1]}"
        raise DerivError(f"--{'' if adjoints else 'no-'}adjoints is about a graph", hint=hint)
