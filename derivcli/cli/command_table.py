"""The commands, a row each. To add one, write its function in a file of `commands/` and a row here.

The function's parameters are its options and arguments, and its docstring is its help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pkgutil import resolve_name


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
    proposal: str = ""
    """What is proposed to somebody who types one of its synonyms; EXPR stands for a formula."""
    synonyms: str = ""
    """Other words that people type for it, as a command or as an option."""


MAIN = Command("", partial(resolve_name, "derivcli.cli.commands.derive:deriv"), 'deriv "x**2" --at x=3',
               "an expression", takes_formulas=True)  # fmt: skip

COMMANDS = {
    row.name: row
    for row in (
        Command("explain", partial(resolve_name, "derivcli.cli.commands.explain:explain"),
                'deriv explain "x**2" --at x=3', "an expression", takes_formulas=True,
                proposal="deriv explain EXPR --at x=2", synonyms="backward ledger trace autograd computational-graph"),
        Command("steps", partial(resolve_name, "derivcli.cli.commands.steps:steps"), 'deriv steps "x**2*sin(x)"',
                "an expression", takes_formulas=True, proposal="deriv steps EXPR",
                synonyms="step stepwise step-by-step work show-steps show-work verbose how"),
        Command("answer", partial(resolve_name, "derivcli.cli.commands.answer:answer"),
                'deriv answer "sin(x**2)" "2*x*cos(x**2)"', "a function with its derivative", takes_formulas=True,
                proposal="deriv answer EXPR CLAIM", synonyms="claim compare judge verify-answer"),
        Command("practice", partial(resolve_name, "derivcli.cli.commands.practice:practice"), "deriv practice",
                synonyms="practise quiz exercise exercises learn"),
        Command("check-fn", partial(resolve_name, "derivcli.cli.commands.check_fn:check_fn"),
                "deriv check-fn squares.py:SQ", synonyms="gradcheck checkfn"),
        Command("functions", partial(resolve_name, "derivcli.cli.commands.functions:functions"), "deriv functions",
                synonyms="list list-functions constants"),
        Command("shell", partial(resolve_name, "derivcli.cli.commands.shell:shell"), "deriv shell",
                synonyms="repl session console prompt"),
    )
}  # fmt: skip
"""The others; a first word that is one of these names is that command."""


def command_named(name: str) -> Command:
    """The row of a command, the main one having no name."""
    return COMMANDS.get(name, MAIN)
