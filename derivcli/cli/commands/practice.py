"""`deriv practice`: exercises in differentiation, and whether the answers are right."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from random import randrange
from textwrap import indent
from typing import TYPE_CHECKING, Annotated

import typer

from derivcli.api import answer, steps
from derivcli.cli import terminal
from derivcli.errors import DerivError, draw_error, draw_note
from derivcli.explain.practice_exercises import LEVELS, Exercise, exercise
from derivcli.hints import names_options
from derivcli.language.expression import Expression
from derivcli.language.spelling import BOOK
from derivcli.render.blocks import Block, Style

if TYPE_CHECKING:
    from derivcli.explain.answer.answer import Answer
    from derivcli.explain.practice_hints import Hint

SEEDS = 1_000_000

MARGIN = " " * 5
"""What stands before all that is said of an answer."""

QUIT = ("quit", "q", "exit")
HELP = ("help", "h", "why")
HINT, STEPS, SKIP = ("hint", "hints"), ("?",), ("", "skip")

LEVEL_HELP = "; ".join(f"{number}: {level.about}" for number, level in LEVELS.items())
LevelOption = Annotated[
    int, typer.Option("--level", metavar="N", min=min(LEVELS), max=max(LEVELS), help=f"How hard. {LEVEL_HELP}.")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, help="Which exercises. [default: others each time]", show_default=False),
]
Count = Annotated[int, typer.Option("--count", metavar="N", min=1, help="How many exercises.")]


def practice(level: LevelOption = 1, seed: Seed = None, count: Count = 10) -> None:
    """Practise differentiation: answer exercises line by line, and see whether each answer is right.

    A wrong answer gets a point where it is wrong, what may have gone wrong, and another try. Hints tell ever more.
    """
    from derivcli.language.definitions.equation import parse_equation
    from derivcli.language.parse import parse_expression
    from derivcli.render.documents.practice import opening, question, score_line

    _, style = terminal.screen(os.environ)
    seed = randrange(SEEDS) if seed is None else seed
    score: Counter[str] = Counter()
    say_blocks(opening(LEVELS[level].about, level, seed), style)
    try:
        for number in range(1, count + 1):
            task = exercise(level, seed, number)
            typed = parse_equation(task.text) if task.dependent else parse_expression(task.text)
            expression = replace(typed, spelling=BOOK.before([typed.spelling]))
            say_blocks(question(task, expression, number, count), style)
            if not solve(task, expression, score, style):
                break
    except KeyboardInterrupt:
        say_blocks(score_line(score), style)
        raise
    say_blocks(score_line(score), style)


def solve(task: Exercise, expression: Expression, score: Counter[str], style: Style) -> bool:
    """Ask for answers until one is right, or no more come; whether to go on. An exercise counts once it is answered."""
    from derivcli.render.documents.practice import prompt, solution

    tries, help_given = 0, Help(task, expression, style)
    while True:
        try:
            line = ask(prompt(task, expression, style))
        except KeyboardInterrupt:
            score["asked"] += tries > 0
            raise
        if line is None or line in QUIT:
            score["asked"] += tries > 0
            return False
        if line in SKIP:
            say_blocks(solution(task, truth_of(task, expression), style), style)
            score["asked"] += 1
            return True
        if help_given.answers(line):
            continue
        found = judged(task, expression, line, style)
        if found is not None and found.equal:
            score.update(asked=1, right=1, at_once=int(tries == 0 and not help_given.hints_shown))
            return True
        tries += found is not None


@dataclass(slots=True)
class Help:
    """The help with an exercise, and how many of its hints have been shown."""

    task: Exercise
    expression: Expression
    style: Style
    hints_shown: int = 0

    def answers(self, line: str) -> bool:
        """Give the help that a line asks for, if it asks for any."""
        from derivcli.render.documents.practice import help_lines, hint_blocks, no_more_hints

        if line in HELP:
            say_blocks(help_lines(), self.style)
        elif line in (*HINT, *STEPS):
            known = hints_of(self.task, self.expression)
            first = self.hints_shown
            shown = all_steps(known) if line in STEPS else known[first : first + 1]
            blocks = [block for hint in shown for block in hint_blocks(hint, self.style)]
            say_blocks(blocks or no_more_hints(), self.style)
            self.hints_shown = len(known) if line in STEPS else first + 1
        else:
            return False
        return True


def hints_of(task: Exercise, expression: Expression) -> list[Hint]:
    """The hints of an exercise."""
    from derivcli.explain.practice_hints import hints, slope_hints

    return slope_hints(expression, task) if task.dependent else hints(steps(expression, mixed=[task.partial]))


def all_steps(known: Sequence[Hint]) -> Sequence[Hint]:
    """The last steps of some hints and what is said after these; all hints where there are no steps."""
    last = max((place for place, hint in enumerate(known) if hint.derivations), default=0)
    return known[last:]


def truth_of(task: Exercise, expression: Expression) -> Expression:
    """The derivative that an exercise asks for."""
    from derivcli import pipeline
    from derivcli.request import Request

    (found,) = pipeline.formulas(Request([expression], mixed=[task.partial], dependent=task.dependent))
    (truth,) = found.derivatives.values()
    return truth


def judged(task: Exercise, expression: Expression, line: str, style: Style) -> Answer | None:
    """Whether an answer is right, and say so; None for a slip of the finger, which does not count."""
    from derivcli.render.documents.practice import judgement

    try:
        found = answer(expression, line, mixed=[task.partial], dependent=task.dependent)
    except DerivError as error:
        say(indent(f"{draw_error(without_options(error, expression))}\n", MARGIN))
        return None
    say(indent("".join(f"note: {draw_note(note)}\n" for note in found.claim.notes), MARGIN))
    say_blocks(judgement(found, style), style)
    return found


def without_options(error: DerivError, expression: Expression) -> DerivError:
    """The refusal of an answer, with a way out that names no options, since there are none here."""
    if not names_options(error.way_out):
        return error
    return error.with_hint(f"write a formula in {' and '.join(expression.variables)}; help tells what can be typed")


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


def say_blocks(blocks: Sequence[Block], style: Style) -> None:
    """Write blocks."""
    from derivcli.render.formats.terminal import terminal_text

    say(terminal_text(blocks, style))


def say(text: str, colored: bool = True) -> None:
    """Write to standard output now, since somebody waits for it."""
    terminal.show(sys.stdout, text, colored)
    sys.stdout.flush()
