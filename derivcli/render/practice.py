"""The texts of a practice session: exercises, what is found of answers, the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.render.answer import details, marked
from derivcli.render.columns import derivative_label, equations, function_names
from derivcli.render.terminal import COLORS, console_of, print_equations, print_wrapped, text_on
from derivcli.result import SymbolicResult, derivative_key

if TYPE_CHECKING:
    from derivcli.explain.answer.answer import Answer
    from derivcli.explain.practice_exercises import Exercise
    from derivcli.language.expression import Expression
    from derivcli.render.columns import Style


HELP = (
    ("a formula", "the derivative, as in 2x cos(x^2)"),
    ("?", "the steps, and on to the next one"),
    ("skip", "on without an answer"),
    ("quit", "the end, with the score"),
)
"""What can be typed, and what it means."""


@dataclass(slots=True)
class Score:
    """How many exercises came to an end, and how."""

    asked: int = 0
    right: int = 0
    at_once: int = 0
    """Of those that are right, those with the first answer."""


def write_opening(about: str, level: int, seed: int, style: Style) -> str:
    """What is to be practised, and what can be typed."""
    console = console_of(style)
    print_wrapped(console, f"Level {level}: {about} (--seed {seed} for these again)", "bold")
    said = "Type the derivative, or ? for the steps, an empty line to skip, help, or quit."
    print_wrapped(console, said, COLORS["caption"])
    return text_on(console)


def write_help(style: Style) -> str:
    """What can be typed."""
    console = console_of(style)
    for left, right in HELP:
        print_wrapped(console, f"     {left:<11}{right}", COLORS["caption"])
    return text_on(console)


def write_exercise(exercise: Exercise, expression: Expression, number: int, count: int, style: Style) -> str:
    """The function, with how far one has come."""
    console = console_of(style)
    ((left, right),) = equations([_asked(exercise, expression)])
    console.print()
    print_equations(console, [(f"{number}/{count}  {left}", right)])
    return text_on(console)


def prompt(exercise: Exercise, expression: Expression, style: Style) -> str:
    """The left side of the equation that is to be completed, under that of the function."""
    result = _asked(exercise, expression)
    (name,) = function_names([result])
    label = derivative_label(name, derivative_key(exercise.partial), result).equation(style.unicode)
    return f"     {label} = "


def write_judgement(answer: Answer, style: Style) -> str:
    """Whether an answer is right, and if not, where and perhaps why."""
    console = console_of(style)
    color = COLORS["verdict" if answer.equal else "warning" if answer.how == "undecided" else "wrong"]
    for line in (marked(answer, style), *(f"  {line}" for line in details(answer))):
        print_wrapped(console, f"     {line}", color)
        color = ""
    return text_on(console)


def write_score(score: Score, style: Style) -> str:
    """How it went."""
    console = console_of(style)
    text = "no exercise was answered"
    if score.asked:
        text = f"{score.right} of {score.asked} right"
    if score.right:
        text += f", {score.at_once} of them at the first try"
    console.print()
    print_wrapped(console, text, "bold")
    return text_on(console)


def _asked(exercise: Exercise, expression: Expression) -> SymbolicResult:
    """The question as a result, which the labels are made of."""
    return SymbolicResult(expression, {derivative_key(exercise.partial): expression})
