"""Which exit status each error has, and what is said of it on standard error.

Status 1, where a command finds a difference, is no error: of numbers `check/exit_difference.py` decides it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from derivcli.cli.argv import command_in
from derivcli.cli.command_table import command_named
from derivcli.cli.grammar import grammar_of
from derivcli.errors import DerivError, ExitStatus, draw_error, inert, visible
from derivcli.hints import Surface

TRACEBACK = "DERIV_TRACEBACK"
"""The variable of the environment that makes an internal error show where it is."""


class Terminated(BaseException):
    """The process was asked to end (SIGTERM, SIGHUP); it unwinds, so that no temporary file stays."""


def end_by(error: BaseException, words: Sequence[str]) -> tuple[ExitStatus, str]:
    """The exit status of a command line that ended with this error, and what is said; what is no error goes on."""
    match error:
        case DerivError():
            surface = Surface(is_python=False, options=grammar_of(command_in(words)).names)
            return error.status, _noted(draw_error(error, surface), error)
        case typer.Exit():
            return ExitStatus(error.exit_code), ""
        case TyperException():
            return ExitStatus.REFUSED, _usage(error, command_in(words))
        case KeyboardInterrupt() | typer.Abort():
            return ExitStatus.INTERRUPTED, _noted("interrupted", error)
        case Terminated():
            return ExitStatus.TERMINATED, _noted("terminated", error) if hasattr(error, "__notes__") else ""
        case BrokenPipeError():
            return ExitStatus.CLOSED_PIPE, ""
        case OSError():
            reason = visible(error.strerror or str(error))
            return ExitStatus.UNWRITABLE, _noted(f"cannot write output: {reason}", error)
        case Exception():
            return ExitStatus.INTERNAL, _internal(error, words)
    raise error


PLAINER = {
    "Value error, ": "",
    "Input should be less than or equal to ": "it is at most ",
    "Input should be greater than or equal to ": "it is at least ",
    "Input should be a valid integer, unable to parse string as an integer": "it is one whole number",
}
"""What is said for words of the library that reads options."""


def _usage(error: TyperException, name: str) -> str:
    """What Typer has against the words of a command, as one sentence with a way out."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if message.startswith("Missing argument"):
        row = command_named(name)
        return f"{row.due} is missing\n  write one, as in {row.example}"
    message, _, similar = " ".join(message.split()).partition(" (Possible options: ")
    for theirs, ours in PLAINER.items():
        message = message.replace(theirs, ours)
    message = visible(message.rstrip("."))
    hint = f"did you mean {similar.rstrip(')')}?" if similar else f"deriv {name}".rstrip() + " --help lists the options"
    return f"{message[:1].lower()}{message[1:]}\n  {hint}"


def _noted(text: str, error: BaseException) -> str:
    """What is said of an error, and how far the work had come."""
    return "\n  ".join([text, *map(visible, getattr(error, "__notes__", ()))])


def _internal(error: Exception, words: Sequence[str]) -> str:
    """What is said of a fault of ours: the command that shows it, and where it is, or how to see that."""
    said = f"internal error: {visible(f'{type(error).__name__}: {error}')}"
    report = f"please report it with this command: {visible(shlex.join(['deriv', *words]))}"
    if os.environ.get(TRACEBACK, "0") not in ("", "0"):
        import traceback

        return f"{said}\n  {report}\n{inert(''.join(traceback.format_exception(error)))}".rstrip("\n")
    return f"{said}\n  {report}\n  and with what it says where {TRACEBACK}=1 is set in the environment"
