"""The app and its one error border: every way out of the program ends here with an exit status."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Sequence
from functools import lru_cache
from types import FrameType
from typing import Any

import typer
from typer.exceptions import TyperException

from derivcli.cli import kernel_cache, terminal
from derivcli.cli.argv import parted
from derivcli.cli.command_table import COMMANDS, command_named
from derivcli.cli.mistyped_words import check_words
from derivcli.cli.notes import tell
from derivcli.cli.option_synonyms import Grammar
from derivcli.errors import DerivError, ExitStatus, draw_error, inert, visible
from derivcli.hints import Surface

HELP = "--help"
TRACEBACK = "DERIV_TRACEBACK"
"""The variable of the environment that makes an internal error show where it is."""

EXAMPLES = (
    "deriv '6*x**2+2*x+4' --at x=3",
    "deriv 'u**3+v**2+4*u*v' --at u=3,v=4 --wrt u,v",
    "deriv 'relu(x)' --at x=-3:3:100 --plot relu.png",
    "deriv 'sin 2x'",
    "deriv 'sqrt(x)' --data points.csv --output slopes.parquet",
    "deriv functions gamma",
)
"""What stands at the end of the main command's help."""


class Terminated(BaseException):
    """The process was asked to end (SIGTERM, SIGHUP); it unwinds, so that no temporary file stays."""


def run(words: Sequence[str]) -> ExitStatus:
    """One command line, from its words to its exit status; everything that can go wrong is told here."""
    try:
        try:
            _invoke(words)
        finally:
            sys.stdout.flush()
    except DerivError as error:
        surface = Surface(is_python=False, options=grammar_of(_own(words)).names)
        tell(_noted(draw_error(error, surface), error))
        return error.status
    except typer.Exit as error:
        return ExitStatus(error.exit_code)
    except TyperException as error:
        tell(_usage(error, _own(words)))
        return ExitStatus.REFUSED
    except (KeyboardInterrupt, typer.Abort) as error:
        tell(_noted("interrupted", error))
        return ExitStatus.INTERRUPTED
    except Terminated as error:
        if hasattr(error, "__notes__"):
            tell(_noted("terminated", error))
        return ExitStatus.TERMINATED
    except BrokenPipeError:
        return ExitStatus.CLOSED_PIPE
    except OSError as error:
        tell(_noted(f"cannot write output: {visible(error.strerror or str(error))}", error))
        return ExitStatus.UNWRITABLE
    except Exception as error:
        tell(_internal(error, words))
        return ExitStatus.INTERNAL
    finally:
        kernel_cache.remove_temporary()
    return ExitStatus.OK


def main() -> None:
    """The console script: real streams, signals and the end of the process."""
    terminal.open_streams()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _terminate)
    status = run(sys.argv[1:])
    _leave(status)


def _invoke(words: Sequence[str]) -> None:
    words = _helped(words)
    own = _own(words)
    words = words[1:] if own else words
    command = built(own)
    grammar = grammar_of(own)
    # A word with one dash is an expression, so -h asks for help only where there is nothing else.
    if list(words) in (["-h"], [HELP]):
        arguments = [HELP]
    else:
        found = parted(words, grammar.valued, grammar.flags, grammar.command)
        if (HELP,) not in found.options:
            check_words(found, grammar)
        arguments = found.ordered
    # Not command.main(), which has ways of its own out of an interrupt and a closed pipe.
    with command.make_context(grammar.command, arguments) as context:
        command.invoke(context)


def _helped(words: Sequence[str]) -> Sequence[str]:
    """The words with `help` in the place of its option: `deriv help` and `deriv help steps`."""
    if list(words[:1]) == ["help"] and set(words[1:]) <= set(COMMANDS) and len(words) < 3:
        return [*words[1:], HELP]
    return words


@lru_cache
def built(name: str) -> Any:
    """Typer's command of that name, the main one having none."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    listed = f"Commands: {', '.join(COMMANDS)}. Each tells of itself, as in deriv steps --help."
    epilog = None if name else "\n\n".join([listed, "Examples:", *EXAMPLES])
    app.command(epilog=epilog, context_settings={"help_option_names": [HELP]})(command_named(name).load())
    return typer.main.get_command(app)


def grammar_of(own: str) -> Grammar:
    """What can be written behind a command's name."""
    command = built(own)
    options = [each for each in command.params if each.param_type_name == "option"]
    rest = [each for each in command.params if each.param_type_name == "argument"]
    return Grammar(
        f"deriv {own}".rstrip(),
        {name: choices_of(option) for option in options if not option.is_flag for name in option.opts},
        {HELP, *(name for option in options if option.is_flag for name in (*option.opts, *option.secondary_opts))},
        None if any(each.nargs < 0 for each in rest) else len(rest),
        command_named(own).takes_formulas,
        lambda: grammar_of("").names if own else (),
    )


def choices_of(option: Any) -> Sequence[str]:
    """The values of an option that takes only some."""
    return list(getattr(getattr(option, "type_descriptor", None), "choices", None) or ())


def _own(words: Sequence[str]) -> str:
    """The command that the first word names, if it does."""
    return words[0] if words and words[0] in COMMANDS else ""


def _usage(error: TyperException, own: str) -> str:
    """What Typer has against the words of a command, as one sentence with a way out."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if message.startswith("Missing argument"):
        row = command_named(own)
        return f"{row.due} is missing\n  write one, as in {row.example}"
    message, _, similar = " ".join(message.split()).partition(" (Possible options: ")
    message = visible(message.replace("Value error, ", "").rstrip("."))
    hint = f"did you mean {similar.rstrip(')')}?" if similar else f"deriv {own}".rstrip() + " --help lists the options"
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


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _leave(status: ExitStatus) -> None:
    """End the process at once: the output is written, and taking torch apart would cost a second."""
    os._exit(status)
