"""How an option is declared: its usage, its help, and the group in which help shows it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

import typer

from derivcli.vector_operators import VECTOR_OPERATORS

INPUT, QUESTION, DERIVATIVE, NUMBERS, OUTPUT, DATA, PICTURE, PROGRAM = GROUPS = (
    *("Points", "Question", "Derivatives", "Checking", "Output", "Data files", "Pictures", "Program"),
)
"""The headings over options in help, in their order; what has none belongs to the last."""

TOPICS = {heading.lower().split()[0]: heading for heading in GROUPS if heading != QUESTION}
"""The word by which help tells of a group of the main command's options."""


def option(
    usage: str, help: str, min: int | None = None, max: int | None = None, show_default: bool = False, *, group: str
) -> Any:
    """An option, written as in help with what stands for its value; mostly its text tells the default if any."""
    flag, _, metavar = usage.partition(" ")
    return typer.Option(
        flag, metavar=metavar or None, help=help, min=min, max=max, show_default=show_default, rich_help_panel=group
    )


def picture(help: str) -> Any:
    """The option for a picture's file, and what the picture is of."""
    return option("--plot FILE", help, group=OUTPUT)


def operator(name: str) -> Any:
    """The option for an operator of vector calculus."""
    return option(f"--{name}", VECTOR_OPERATORS[name].help, group=DERIVATIVE)


def rounding(default: str) -> Any:
    """The option for significant digits, and how many there are unless it is given."""
    return option("--digits N", f"Significant digits to print. [default: {default}]", min=1, max=17, group=NUMBERS)


STAYS = "stays"
"""Marks an option that stays set in a shell until it is changed; the others are about one formula."""


Options = TypeVar("Options")


def taking(options: type[Options]) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """Give a command its options as one object. Typer is shown the fields of the class as parameters."""
    hints = get_type_hints(options, include_extras=True)
    parameters = [each.replace(annotation=hints[each.name]) for each in inspect.signature(options).parameters.values()]

    def taker(command: Callable[[Options], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def take(**given: Any) -> None:
            command(options(**given))

        vars(take).update(__signature__=inspect.Signature(parameters), __annotations__=hints)
        return take

    return taker
