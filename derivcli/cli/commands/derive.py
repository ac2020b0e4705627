"""The main command: expressions with their options, to numbers or formulas."""

from __future__ import annotations

import os
import sys
from functools import partial

import typer

from derivcli.cli import kernel_cache, terminal
from derivcli.cli.commands.evaluate import evaluate
from derivcli.cli.notes import tell
from derivcli.cli.options import MainOptions, taking
from derivcli.engines.engine_table import engine_named
from derivcli.errors import ExitStatus


@taking(MainOptions)
def deriv(options: MainOptions) -> None:
    """Differentiate expressions with PyTorch's backward(), at points or as formulas.

    Without --at and --data the derivatives are printed as formulas.
    """
    if options.engine and engine_named(options.engine.value).preparing:
        kernel_cache.keep_kernels(os.environ)
    screen, write = terminal.screen(os.environ), partial(terminal.show, sys.stdout)
    with terminal.aside(bool(options.use)):
        answer = evaluate(options.request(), options, screen, write)
    sys.stdout.flush()
    for note in (*answer.notes, *kernel_cache.remarks()):
        tell(note)
    if answer.differs:
        raise typer.Exit(ExitStatus.DIFFERENCE)
