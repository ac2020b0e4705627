"""`deriv shell`: formulas line by line, typed or piped."""

from __future__ import annotations

import sys

import typer

from derivcli.errors import ExitStatus


def shell(context: typer.Context) -> None:
    """Answer formulas line by line, with variables, functions and options that stay set.

    `x = 3` sets a variable, `f(x) = x^2 + a` names a function, `ans` is the last answer, and a line with a colon is an
    option or a command: `:order 2`, `:plot out.png`, `:steps`; `:help` lists them. Read from a pipe it gives one
    answer a line, with tabs between its parts, and says what it refuses by the number of the line.
    """
    from derivcli.cli.shell.running import Session, screen

    session = Session(context.obj, screen())
    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        from derivcli.cli.shell.typed import type_lines

        type_lines(session)
    else:
        from derivcli.cli.shell.piped import answer_lines

        answer_lines(session)
        if session.status:
            raise typer.Exit(session.status)
    raise typer.Exit(ExitStatus.OK)
