"""The main command: expressions with their options."""

from __future__ import annotations

import os
import sys
from functools import partial

import typer

from derivcli.cli import kernel_cache, options, terminal
from derivcli.cli.commands.evaluate import evaluate
from derivcli.cli.notes import tell
from derivcli.errors import ExitStatus
from derivcli.request import Wanted


def deriv(
    context: typer.Context,
    expressions: options.Expressions,
    at: options.At = None,
    zip_: options.Zip = False,
    data: options.DataFiles = None,
    data_format: options.DataFormatOption = None,
    column: options.ColumnNames = None,
    decimal_comma: options.DecimalComma = False,
    on_error: options.OnErrorOption = options.OnError.STOP,
    wrt: options.Wrt = None,
    order: options.Order = 1,
    mixed: options.Mixed = None,
    along: options.Along = None,
    hessian: options.Hessian = False,
    implicit: options.Implicit = None,
    series: options.Series = None,
    on: options.On = None,
    let: options.Let = None,
    use: options.Use = None,
    check: options.Check = None,
    plot: options.Plot = None,
    code: options.Code = False,
    output: options.Output = None,
    no_clobber: options.NoClobber = False,
    format_: options.FormatOption = None,
    digits: options.Digits = None,
    dtype: options.DtypeOption = options.FLOAT64,
    engine: options.EngineOption = None,
    device: options.DeviceOption = options.CPU,
    version: options.Version = False,
) -> None:
    """Differentiate expressions with PyTorch's backward(), at points or as formulas.

    Without --at and --data the derivatives are printed as formulas.
    """
    wanted = Wanted(
        options.names_in(wrt),
        order,
        options.partials_in(mixed),
        options.direction_in(along),
        hessian,
        options.dependent_in(implicit),
        series,
        engine.value if engine else "",
    )
    files = options.reading_in(data, data_format, column, decimal_comma, on_error)
    if wanted.engine == "compiled":
        kernel_cache.keep_kernels(os.environ)
    showing = options.Showing(format_ and format_.value, digits, plot, output, not no_clobber, code)
    screen, write = terminal.screen(os.environ), partial(terminal.show, sys.stdout)
    with terminal.aside(bool(use)):
        named = options.named_in(let, use)
        job = options.Calculation(
            expressions, at or (), zip_, wanted, named, dtype.value, check, on, files, device.value
        )
        answer = evaluate(job, showing, screen, write)
    sys.stdout.flush()
    for note in (*answer.notes, *kernel_cache.remarks()):
        tell(note)
    if answer.differs:
        raise typer.Exit(ExitStatus.DIFFERENCE)
