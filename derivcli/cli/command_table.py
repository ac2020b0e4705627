"""The commands, a row each. To add one, write its function in a file of `commands/` and a row here.

The function's parameters are its options and arguments, and its docstring is its help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A row: all that is known of a command beside its options."""

    name: str
    load: Callable[[], Callable[..., None]]
    """Imports its function, which may take long."""
    example: str
    """A command line that works, with files that the user may not have."""
    due: str = ""
    """What its first argument is called where it is missing."""
    takes_formulas: bool = False
    """Whether its arguments are formulas."""
    proposal: str = ""
    """What is proposed to somebody who types one of its synonyms; EXPR stands for a formula."""
    synonyms: str = ""
    """Other words that people type for it, as a command or as an option."""


def _main() -> Callable[..., None]:
    from derivcli.cli.commands.derive import deriv

    return deriv


def _explain() -> Callable[..., None]:
    from derivcli.cli.commands.explain import explain

    return explain


def _steps() -> Callable[..., None]:
    from derivcli.cli.commands.steps import steps

    return steps


def _answer() -> Callable[..., None]:
    from derivcli.cli.commands.answer import answer

    return answer


def _practice() -> Callable[..., None]:
    from derivcli.cli.commands.practice import practice

    return practice


def _check_fn() -> Callable[..., None]:
    from derivcli.cli.commands.check_fn import check_fn

    return check_fn


def _functions() -> Callable[..., None]:
    from derivcli.cli.commands.functions import functions

    return functions


MAIN = Command("", _main, example='deriv "x**2" --at x=3', due="an expression", takes_formulas=True)
"""The command without a name."""

COMMANDS = {
    row.name: row
    for row in (
        Command(
            "explain",
            _explain,
            example='deriv explain "x**2" --at x=3',
            due="an expression",
            takes_formulas=True,
            proposal="deriv explain EXPR --at x=2",
            synonyms="backward ledger trace autograd computational-graph",
        ),
        Command(
            "steps",
            _steps,
            example='deriv steps "x**2*sin(x)"',
            due="an expression",
            takes_formulas=True,
            proposal="deriv steps EXPR",
            synonyms="step stepwise step-by-step work show-steps show-work verbose how",
        ),
        Command(
            "answer",
            _answer,
            example='deriv answer "sin(x**2)" "2*x*cos(x**2)"',
            due="a function with its derivative",
            takes_formulas=True,
            proposal="deriv answer EXPR CLAIM",
            synonyms="claim compare judge verify-answer",
        ),
        Command(
            "practice",
            _practice,
            example="deriv practice",
            synonyms="practise quiz exercise exercises learn",
        ),
        Command(
            "check-fn",
            _check_fn,
            example="deriv check-fn squares.py:SQ",
            synonyms="gradcheck checkfn",
        ),
        Command(
            "functions",
            _functions,
            example="deriv functions",
            synonyms="list list-functions constants",
        ),
    )
}
"""The others; a first word that is one of these names is that command."""


def command_named(name: str) -> Command:
    """The row of a command, the main one having no name."""
    return COMMANDS.get(name, MAIN)
