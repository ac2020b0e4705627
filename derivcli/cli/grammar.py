"""What can be written behind a command's name, as Typer has it: the options with their values, and the arguments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import typer

from derivcli.cli.command_table import command_named
from derivcli.cli.conversion import value_may_be_left_out
from derivcli.cli.help_text import Command, MainCommand

HELP = "--help"

EXAMPLES = {
    "deriv '6*x**2+2*x+4' --at x=3": "The value and the derivative at a point, with a verdict.",
    "deriv 'u**3+v**2+4*u*v' --at u=3,v=4 --wrt u,v": "Partial derivatives.",
    "deriv 'relu(x)' --on x=-3:3 --plot relu.png": "A picture of a function and its derivative.",
    "deriv 'sin 2x'": "The derivative as a formula.",
    "deriv 'sqrt(x)' --data points.csv --output slopes.parquet": "Points from a file, and results into one.",
    "deriv functions gamma": "All about one function.",
}
"""Command lines with what each shows."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What can be written behind a command's name."""

    command: str
    """The whole of it, such as `deriv steps`."""
    valued: Mapping[str, Sequence[str]]
    """The options with a value, and the values that each can have, where only some are possible."""
    flags: Collection[str]
    optional: Collection[str]
    """Of the options with a value those whose value may be left out, which then is the first one possible."""
    expressions: int | None
    """How many words beside options there can be; None for any number."""
    formulas: bool
    """Whether these words are formulas."""
    elsewhere: Callable[[], Collection[str]] = tuple
    """Gives the options of the main command without their dashes."""
    alone: int = 0
    """How many of these words there can be without an option that asks for more; 0 where none does."""
    own: Collection[str] = ()
    """The options that mean something else than those of other commands."""

    @property
    def names(self) -> list[str]:
        """The options without their dashes."""
        return [name.lstrip("-") for name in (*self.valued, *self.flags)]

    def has(self, text: str) -> bool:
        """Whether the command has these options, and takes these values."""
        words = text.split()
        if words[0] == "deriv":
            return True
        pairs = zip(words, [*words[1:], ""], strict=True)
        return all(self._takes(word, value) and word not in self.own for word, value in pairs if word.startswith("--"))

    def _takes(self, name: str, value: str) -> bool:
        known = self.valued.get(name)
        return name in self.flags or (known is not None and value in ("", *(known or [value])))


@lru_cache
def built(name: str) -> Any:
    """Typer's command of that name, the main one having none."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    epilog = None if name else "\n\n".join(["Examples:", *EXAMPLES])
    kind = Command if name else MainCommand
    settings = {"help_option_names": [HELP]}
    app.command(cls=kind, epilog=epilog, context_settings=settings)(command_named(name).load())
    return typer.main.get_command(app)


def help_of(name: str) -> str:
    """What --help shows of a command, the main one having no name."""
    with _asked(name) as context:
        return str(context.get_help())


def whole_help(name: str, width: int | None = None) -> str:
    """All that is known of a command, as wide as the terminal unless told."""
    with _asked(name, width) as context:
        return str(context.command.whole_help(context))


def group_help(heading: str) -> str:
    """All that is known of a group of the main command's options."""
    with _asked("") as context:
        return str(context.command.group_help(context, heading))


def _asked(name: str, width: int | None = None) -> Any:
    """Typer's context of a command that is only asked for its help."""
    return built(name).make_context(f"deriv {name}".rstrip(), [], terminal_width=width, resilient_parsing=True)


def grammar_of(own: str) -> Grammar:
    """What can be written behind a command's name."""
    command = built(own)
    options = [each for each in command.params if each.param_type_name == "option"]
    rest = [each for each in command.params if each.param_type_name == "argument"]
    valued = [option for option in options if not option.is_flag]
    return Grammar(
        f"deriv {own}".rstrip(),
        {name: choices_of(option) for option in valued for name in option.opts},
        {HELP, *(name for option in options if option.is_flag for name in (*option.opts, *option.secondary_opts))},
        {name for option in valued if value_may_be_left_out(option.metavar) for name in option.opts},
        None if any(each.nargs < 0 for each in rest) else len(rest),
        command_named(own).takes_formulas,
        lambda: grammar_of("").names if own else (),
        command_named(own).takes_alone,
        command_named(own).own_options,
    )


def choices_of(option: Any) -> Sequence[str]:
    """The values of an option that takes only some."""
    return list(getattr(getattr(option, "type_descriptor", None), "choices", None) or ())
