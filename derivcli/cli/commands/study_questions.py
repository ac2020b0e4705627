"""`deriv study` with `--claim`, `--solve` or `--inverse`: single questions, each with its answer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import typer

from derivcli import study_api
from derivcli.cli import option_values, terminal
from derivcli.cli.notes import tell_remarks
from derivcli.cli.printing import print_document
from derivcli.errors import DerivError
from derivcli.render.blocks import Style
from derivcli.render.format_table import default_format


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: claims, equations, and whether the inverse at values of f, as in f=2."""

    claims: Sequence[str]
    equations: Sequence[str]
    inverse: bool
    values: Sequence[str]


def answer_all(
    expressions: Sequence[str],
    on: Sequence[str] | None,
    let: Sequence[str] | None,
    asked: Questions,
    format_: str | None,
    style: Style,
) -> None:
    """Answer every question; the exit status is that of the claims."""
    from derivcli.render.documents.study_questions import Answered, questions_document, worst_status

    if len(expressions) > 1:
        raise DerivError("this is asked of one function", hint="give one")
    if asked.inverse != bool(asked.values):
        message = "an inverse is taken at a value of f" if asked.inverse else "a value of f is for its inverse"
        raise DerivError(message, hint="write `--inverse --at f=2`")
    where, known = ",".join(on) if on else None, option_values.formulas_in(let)
    (expression,) = expressions
    answers: list[Answered] = [
        *(study_api.claim(expression, text, where, let=known) for text in asked.claims),
        *(study_api.solve(expression, text, where, let=known) for text in asked.equations),
        *(study_api.inverse(expression, text, where, let=known) for text in _values(asked.values)),
    ]
    is_terminal, _ = terminal.screen(os.environ)
    print_document(questions_document(answers, style), format_ or default_format("study", is_terminal), style)
    tell_remarks(answers[0].on.expression.notes)
    status = worst_status(answers)
    if status:
        raise typer.Exit(status)


def _values(specs: Sequence[str]) -> list[str]:
    """The formulas of the values in `f=1,2`."""
    found = []
    for spec in specs:
        name, sign, values = spec.partition("=")
        if not sign or not name.strip() or not values.strip():
            raise DerivError("a value of f is written like f=2", hint="write `--inverse --at f=2`")
        found += values.split(",")
    return found
