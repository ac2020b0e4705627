"""The main command's options as a session has them: which there are, which stay set, and their words as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

import typer

from derivcli.cli.code_option import MEANINGLESS
from derivcli.cli.conversion import value_may_be_left_out
from derivcli.cli.option_declaration import STAYS, taking
from derivcli.cli.options import MainOptions
from derivcli.errors import DerivError
from derivcli.request import CONTRADICTIONS


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the main command."""

    name: str
    """Without its dashes."""
    names: tuple[str, ...]
    """All names, those that turn a flag off included."""
    field: str
    """Its field of `MainOptions`."""
    help: str
    value: str
    """What stands for its value; "" for a flag."""
    choices: tuple[str, ...]
    stays: bool
    repeats: bool
    is_optional: bool
    """Whether its value may be left out, and is the first of its choices then."""


@cache
def options() -> dict[str, Option]:
    """Every option by each of its names, without dashes, in the order of the command's help."""
    staying = {name for name, hint in get_type_hints(MainOptions, include_extras=True).items() if _stays(hint)}
    found: dict[str, Option] = {}
    for parameter in _command(_pass).params:
        if parameter.param_type_name == "option" and not parameter.is_eager:
            option = _option(parameter, staying)
            found.update(dict.fromkeys(option.names, option))
    return found


def read_options(words: Sequence[str]) -> MainOptions:
    """The options that words are, as the command line has them.

    Raises DerivError where a number is out of its range, and Typer's errors where they are none otherwise.
    """
    found: list[MainOptions] = []

    def take(options: MainOptions) -> None:
        found.append(options)

    command = _command(take)
    try:
        with command.make_context("deriv", [*words, "--", "0"]) as context:
            command.invoke(context)
    except typer.BadParameter as error:
        low, high = getattr(error.param, "min", None), getattr(error.param, "max", None)
        if error.param is None or low is None:
            raise
        name = error.param.opts[0]
        message = f"`{name}` takes a whole number from {low} to {high}"
        raise DerivError(message, hint=f":help {name.lstrip('-')} tells more") from error
    return found[0]


def goes_with(setting: str, name: str) -> bool:
    """Whether an option that is set means something together with one that is asked for once."""
    if name == "code":
        return f"--{setting}" not in MEANINGLESS
    return setting not in CONTRADICTIONS.get(name, ()) and name not in CONTRADICTIONS.get(setting, ())


def _command(take: Callable[[MainOptions], None]) -> Any:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(taking(MainOptions)(take))
    return typer.main.get_command(app)


def _pass(options: MainOptions) -> None:
    pass


def _stays(hint: Any) -> bool:
    return STAYS in getattr(hint, "__metadata__", ())


def _option(parameter: Any, staying: set[str]) -> Option:
    names = tuple(name.lstrip("-") for name in (*parameter.opts, *parameter.secondary_opts))
    choices = tuple(map(str, getattr(getattr(parameter, "type_descriptor", None), "choices", None) or ()))
    value = "" if parameter.is_flag else parameter.metavar or "|".join(choices)
    stays, is_optional = parameter.name in staying, value_may_be_left_out(value)
    return Option(
        names[0], names, parameter.name, parameter.help, value, choices, stays, parameter.multiple, is_optional
    )
