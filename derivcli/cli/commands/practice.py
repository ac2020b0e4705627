"""`deriv practice`: exercises in differentiation, and whether the answers are right."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from enum import Enum, auto
from random import randrange
from typing import TYPE_CHECKING, Annotated

import typer

from derivcli.cli import terminal
from derivcli.errors import DerivError, draw_error, draw_note
from derivcli.explain.practice_exercises import LEVELS, exercise
from derivcli.hints import names_options

if TYPE_CHECKING:
    from derivcli.explain.practice_exercises import Exercise
    from derivcli.language.expression import Expression
    from derivcli.render.columns import Style
    from derivcli.result import Partial

SEEDS = 1_000_000
"""So many sets of exercises are there to draw from."""

QUIT = ("quit", "q", "exit")
HELP = ("help", "h", "why")

LEVEL_HELP = "; ".join(f"{number}: {level.about}" for number, level in LEVELS.items())
LevelOption = Annotated[
    int, typer.Option("--level", metavar="N", min=min(LEVELS), max=max(LEVELS), help=f"How hard. {LEVEL_HELP}.")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, help="Which exercises. [default: others each time]", show_default=False),
]
Count = Annotated[int, typer.Option("--count", metavar="N", min=1, help="How many exercises.")]


class End(Enum):
    """How an exercise comes to an end."""

    AT_ONCE = auto()
    LATER = auto()
    UNSOLVED = auto()
    GIVEN_UP = auto()
    """After a wrong answer, with all that follows."""
    QUIT = auto()


def practice(level: LevelOption = 1, seed: Seed = None, count: Count = 10) -> None:
    """Practise differentiation: answer exercises line by line, and see whether each answer is right.

    A wrong answer gets a point where it is wrong, what may have gone wrong, and another try.
    """
    from derivcli.language.parse import parse_expression
    from derivcli.render.practice import Score, write_exercise, write_opening, write_score

    screen = terminal.screen(os.environ)
    style = screen.style()
    seed = randrange(SEEDS) if seed is None else seed
    score = Score()
    say(write_opening(LEVELS[level].about, level, seed, style))
    for number in range(1, count + 1):
        task = exercise(level, seed, number)
        expression = parse_expression(task.text)
        say(write_exercise(task, expression, number, count, style))
        end = solve(task, expression, style)
        score.asked += end is not End.QUIT
        score.right += end in (End.AT_ONCE, End.LATER)
        score.at_once += end is End.AT_ONCE
        if end in (End.GIVEN_UP, End.QUIT):
            break
    say(write_score(score, style))


def solve(task: Exercise, expression: Expression, style: Style) -> End:
    """Ask for answers until one is right, or no more come."""
    from derivcli.api import answer
    from derivcli.render.practice import prompt, write_help, write_judgement

    end = End.AT_ONCE
    while True:
        line = ask(prompt(task, expression, style))
        if line is None or line in QUIT:
            return End.QUIT if end is End.AT_ONCE else End.GIVEN_UP
        if line in HELP:
            say(write_help(style))
            continue
        if line in ("", "skip"):
            return End.UNSOLVED
        if line == "?":
            say(steps_text(expression, task.partial, style))
            return End.UNSOLVED
        try:
            found = answer(expression, line, mixed=[task.partial])
        except DerivError as error:  # a slip of the finger, which does not count
            if names_options(error.way_out):  # there are none here
                way_out = f"write a formula in {' and '.join(expression.variables)}; help tells what can be typed"
                error = error.with_hint(way_out)
            say(f"{draw_error(error)}\n")
            continue
        say("".join(f"note: {draw_note(note)}\n" for note in found.claim.notes))
        say(write_judgement(found, style))
        if found.equal:
            return end
        end = End.LATER


def steps_text(expression: Expression, partial: Partial, style: Style) -> str:
    """How the derivative is found."""
    from derivcli.api import steps
    from derivcli.render.steps import write_steps

    return write_steps(steps(expression, mixed=[partial]), "text", style)


def ask(question: str) -> str | None:
    """A line from standard input; None at its end."""
    try:
        line = typed(question) if sys.stdin and sys.stdin.isatty() and sys.stdout.isatty() else piped(question)
    except KeyboardInterrupt:
        say("\n")
        raise
    except (OSError, UnicodeDecodeError) as error:
        say("\n")
        raise DerivError("standard input cannot be read as text", hint="type the answers, or pipe them in") from error
    return None if line is None else line.strip()


def typed(question: str) -> str | None:
    """A line that somebody types, with the keys for editing that a shell has."""
    with suppress(ImportError):
        import readline  # noqa: F401  (input uses it where it is there)
    try:
        return input(question)
    except EOFError:
        say("\n")
        return None


def piped(question: str) -> str | None:
    """A line that nobody types, and that is shown as if somebody did."""
    say(question)
    line = sys.stdin.readline() if sys.stdin else ""
    say(line if line.endswith("\n") else f"{line}\n", colored=False)
    return line or None


def say(text: str, colored: bool = True) -> None:
    """Write to standard output now, since somebody waits for it."""
    terminal.show(sys.stdout, text, colored)
    sys.stdout.flush()
