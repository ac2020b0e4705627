"""The texts of a practice session: exercises, what is found of answers, the score."""

from __future__ import annotations

from collections import Counter

from derivcli.explain.answer.answer import Answer
from derivcli.explain.practice_exercises import Exercise
from derivcli.explain.practice_hints import Hint
from derivcli.language.expression import Expression
from derivcli.render.blocks import UNBROKEN, Block, Equations, Gap, Sentence, Style
from derivcli.render.documents.answer import details, marked
from derivcli.render.documents.step_reasons import reason_of, reason_text
from derivcli.render.documents.steps import steps_document
from derivcli.render.quantities import derivative_label, equations, function_names
from derivcli.result import SymbolicResult, derivative_key

HELP = (
    ("a formula", "the derivative, as in 2x cos(x^2)"),
    ("hint", "the rule to begin with; once more, the first step; and so on"),
    ("?", "all steps but those that are the answer"),
    ("skip", "the answer, and on to the next one"),
    ("quit", "the end, with the score"),
)
"""What can be typed, and what it means."""


def opening(about: str, level: int, seed: int) -> list[Block]:
    """What is to be practised, and what can be typed."""
    return [
        Sentence(f"Level {level}: {about} (--seed {seed} for these again)", "title"),
        Sentence("Type the derivative, or hint, ? for the steps, skip, help or quit.", "caption"),
    ]


def help_lines() -> list[Block]:
    """What can be typed."""
    return [Sentence(f"     {left:<11}{right}", "caption") for left, right in HELP]


def question(exercise: Exercise, expression: Expression, number: int, count: int) -> list[Block]:
    """The function, with how far one has come."""
    if exercise.dependent:
        return [Gap(), Sentence(f"{number}/{count}  {expression.text}", "derivative")]
    ((left, right),) = equations([_asked(exercise, expression)])
    return [Gap(), Equations([(f"{number}/{count}  {left}", right)])]


def prompt(exercise: Exercise, expression: Expression, style: Style) -> str:
    """The left side of the equation that is to be completed, under that of the function."""
    result = _asked(exercise, expression)
    (name,) = function_names([result])
    label = derivative_label(name, derivative_key(exercise.partial), result).equation(style.unicode)
    return f"     {label} = "


def hint_blocks(hint: Hint, style: Style) -> list[Block]:
    """A sentence, the steps so far, or the rule of the next one in letters."""
    if hint.hidden is not None:
        reason = reason_text(reason_of(hint.hidden, set(), brief=False), hint.hidden.spelling)
        rule, _, statements = reason.replace(UNBROKEN, " ").partition(": ")
        lines = [f"     go on with: {rule}", *(f"       {each}" for each in statements.split("; ") if each)]
        return [Sentence(line, "caption") for line in lines]
    if not hint.derivations:
        return [Sentence(f"     {hint.sentence}", "caption")]
    _, *chains = steps_document(hint.derivations, style).blocks()
    return [*chains, Gap()]


def no_more_hints() -> list[Block]:
    """What there is after the last hint."""
    return [Sentence("     there are no more hints; skip shows the answer", "caption")]


def solution(exercise: Exercise, truth: Expression, style: Style) -> list[Block]:
    """The answer of an exercise that was skipped."""
    label = prompt(exercise, truth, style).strip().removesuffix(" =")
    return [Equations([(f"     {label}", truth.text)], role="formula")]


def judgement(answer: Answer, style: Style) -> list[Block]:
    """Whether an answer is right, and if not, where and perhaps why."""
    role = "verdict" if answer.equal else "warning" if answer.how == "undecided" else "wrong"
    return [Sentence(f"     {marked(answer, style)}", role), *(Sentence(f"       {line}") for line in details(answer))]


def score_line(score: Counter[str]) -> list[Block]:
    """How many exercises were asked and answered, how many right, and of these how many with the first answer."""
    text = "no exercise was answered"
    if score["asked"]:
        text = f"{score['right']} of {score['asked']} right"
    if score["right"]:
        text += f", {score['at_once']} of them at the first try"
    return [Gap(), Sentence(text, "title")]


def _asked(exercise: Exercise, expression: Expression) -> SymbolicResult:
    """The question as a result, which the labels are made of."""
    return SymbolicResult(expression, {derivative_key(exercise.partial): expression}, dependent=exercise.dependent)
