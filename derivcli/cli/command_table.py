"""The commands, a row each. To add one, write its function in a file of `commands/` and a row here.

The function's parameters are its options and arguments, and its docstring is its help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
    group: str = field(kw_only=True)
    """What it is for, the heading over it and others in the list of commands."""
    summary: str = field(kw_only=True)
    """What it does, in the line that it has there."""
    due: str = ""
    """What its first argument is called where it is missing."""
    takes_formulas: bool = False
    takes_alone: int = 0
    """How many formulas it takes where no option asks for more; 0 for all that it ever takes."""
    proposal: str = ""
    """What is proposed to somebody who types one of its synonyms; EXPR stands for a formula."""
    stays_cold: bool = False
    """Whether it never runs in a fork of the warm server, such as what runs a user's code."""
    talks: bool = False
    """Whether it reads what somebody types at a terminal."""
    own_options: tuple[str, ...] = ()
    """Its options that mean something else than those of other commands, so that no hint proposes them."""
    synonyms: str = ""
    """Other words that people type for it, as a command or as an option."""


LEARN, INSIDE = "Learn calculus", "Look inside, look up, work quickly"

MAIN = Command(
    "", partial(resolve_name, "derivcli.cli.commands.derive:deriv"), 'deriv "x**2" --at x=3', "an expression",
    group="", summary="Differentiate formulas, and show how far each number can be trusted", takes_formulas=True,
)  # fmt: skip

COMMANDS = {
    row.name: row
    for row in (
        Command("study", partial(resolve_name, "derivcli.cli.commands.study:study"),
                'deriv study "x*exp(-x)" --on x=0:5', "an expression", takes_formulas=True, proposal="deriv study EXPR",
                takes_alone=1, own_options=("--at",),
                group=LEARN, summary="Tell all that a function does on an interval, with proof",
                synonyms="curve variations extrema extremum critical zeros roots inflection monotone sketch"),
        Command("steps", partial(resolve_name, "derivcli.cli.commands.steps:steps"), 'deriv steps "x**2*sin(x)"',
                "an expression", takes_formulas=True, proposal="deriv steps EXPR",
                group=LEARN, summary="Show how a derivative is found, rule by rule",
                synonyms="step stepwise step-by-step work show-steps show-work verbose how"),
        Command("answer", partial(resolve_name, "derivcli.cli.commands.answer:answer"),
                'deriv answer "sin(x**2)" "2*x*cos(x**2)"', "a function with its derivative", takes_formulas=True,
                group=LEARN, summary="Judge a derivative that you found, and say where it is wrong",
                proposal="deriv answer EXPR CLAIM", synonyms="claim compare judge verify-answer"),
        Command("practice", partial(resolve_name, "derivcli.cli.commands.practice:practice"), "deriv practice",
                group=LEARN, summary="Set exercises, and judge what you answer", talks=True,
                synonyms="practise quiz exercise exercises learn"),
        Command("explain", partial(resolve_name, "derivcli.cli.commands.explain:explain"),
                'deriv explain "x**2" --at x=3', "an expression", takes_formulas=True,
                group=INSIDE, summary="Show the graph of a formula, and each step of the backward pass",
                proposal="deriv explain EXPR --at x=2", synonyms="backward ledger trace autograd computational-graph"),
        Command("check-fn", partial(resolve_name, "derivcli.cli.commands.check_fn:check_fn"),
                "deriv check-fn squares.py:SQ", group=INSIDE, summary="Check a torch.autograd.Function of yours",
                stays_cold=True, synonyms="gradcheck checkfn"),
        Command("functions", partial(resolve_name, "derivcli.cli.commands.functions:functions"), "deriv functions",
                group=INSIDE, summary="List the functions that a formula can use, or tell all about one",
                synonyms="list list-functions constants"),
        Command("data", partial(resolve_name, "derivcli.cli.commands.data:data"), "deriv data weather.csv",
                "a data file", group=INSIDE, summary="Look at a data file, and tell how to begin with it",
                synonyms="look inspect sniff head preview describe"),
        Command("shell", partial(resolve_name, "derivcli.cli.commands.shell:shell"), "deriv shell",
                group=INSIDE, summary="Answer formulas line by line, typed or piped", talks=True,
                synonyms="repl session console prompt"),
        Command("warm", partial(resolve_name, "derivcli.cli.commands.warm:warm"), "deriv warm status",
                "start, status or stop", group=INSIDE, summary="Keep a server ready, so that answers come at once",
                stays_cold=True, synonyms="server daemon"),
    )
}  # fmt: skip
"""The others; a first word that is one of these names is that command."""


def command_named(name: str) -> Command:
    """The row of a command, the main one having no name."""
    return COMMANDS.get(name, MAIN)
