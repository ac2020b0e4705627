"""A line of a session: what it makes of the state, and what it comes to.

line := "" | "#" comment | ":" NAME words | assignment | "quit" | "exit" | "help" | formula
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derivcli import pipeline
from derivcli.check.exit_difference import results_differ
from derivcli.cli.notes import notes_of
from derivcli.cli.shell.assignments import Assigned, assign
from derivcli.cli.shell.colon_lines import colon_line, names
from derivcli.cli.shell.documents import meanings_document
from derivcli.cli.shell.formulas import formula_in, names_answer, request_in
from derivcli.cli.shell.program import Program
from derivcli.cli.shell.reply import NOTHING, Reply
from derivcli.cli.shell.single_line import check_signs, check_single
from derivcli.cli.shell.state import State
from derivcli.cli.shell.statements import without_comments
from derivcli.cli.terminal import Screen, aside
from derivcli.errors import DerivError, EquationError, Note, UnknownNameError, draw_note
from derivcli.hints import SHELL
from derivcli.language.lexer.tokens import canonical_name
from derivcli.render.documents.answer_line import answer_document
from derivcli.render.format_table import FORMATS, default_format
from derivcli.render.results import document_of
from derivcli.result import Result, SymbolicResult

BARE = {"quit": ":quit", "exit": ":quit", "help": ":help"}
"""Words that need no colon, unless they name something."""


def answer(state: State, text: str, screen: Screen, program: Program) -> tuple[State, Reply]:
    """The state after a line and what the line comes to. Raises DerivError where it is refused."""
    line = text.strip()
    if not line or line[0] == "#":
        return state, NOTHING
    if line in BARE and line not in state.names:
        line = BARE[line]
    if line[0] == ":":
        found = colon_line(state, line[1:], screen, program)
        return _said(found, screen) if isinstance(found, Assigned) else found
    line = without_comments(line)
    check_single(line, names(program))
    try:
        assigned = assign(state, line) if "=" in line else None
        if assigned is None:
            check_signs(line)
        return _said(assigned, screen) if assigned else _answered(state, line, screen)
    except UnknownNameError as error:
        first = line.split()[0]
        if error.span is not None and error.span.start == 0 and error.undeclared == first and first in names(program):
            raise error.with_hint(f"a command begins with a colon, as in :{first}") from None
        raise


def after_refusal(state: State, text: str, error: DerivError) -> State:
    """The state after a line that was refused: an equation is the last formula, so that its variable can be named."""
    return (
        replace(state, last=text.strip())
        if isinstance(error, EquationError) and error.source == text.strip()
        else state
    )


def _said(assigned: Assigned, screen: Screen) -> tuple[State, Reply]:
    document = meanings_document(assigned.state, assigned.names)
    return assigned.state, Reply(document, notes=_notes(assigned.notes))


def _answered(state: State, line: str, screen: Screen) -> tuple[State, Reply]:
    function = state.functions.get(canonical_name(line))
    line = function.head if function is not None else line
    expression = formula_in(state, line)
    line = expression.text if names_answer(line) else line
    request = request_in(state, expression)
    if request.points is not None and request.points.count != 1:
        return replace(state, last=line, result=None), Reply(job=(request, state.options))
    results: Sequence[Result] | Sequence[SymbolicResult]
    with aside():
        results = pipeline.numbers(request) if request.has_points else pipeline.formulas(request)
    terminal, style = screen
    style = replace(style, digits=state.options.digits, verdicts=request.check is True, exact=request.exact is True)
    format_ = state.options.format_
    document = document_of(results, style) if format_ else answer_document(results[0], style)
    shown = FORMATS[format_ or default_format("results", terminal)]
    notes = [] if _is_plain(results[0]) else notes_of(results, replace(style, verdicts=False), shown, SHELL)
    reply = Reply(document, format_ or "", notes, request.check is True and results_differ(results))
    return replace(state, last=line, result=results[0]), reply


def _is_plain(result: Result | SymbolicResult) -> bool:
    """Whether there is nothing to say of a result, which is found quickly."""
    if isinstance(result, SymbolicResult) or result.expression.notes or result.remark or result.exact_remark:
        return False
    judged = [*result.verdicts.values(), *([] if result.value_verdicts is None else [result.value_verdicts])]
    return not any(each.hard().any() for each in judged) if judged else not result.flags.any()


def _notes(notes: Sequence[Note]) -> list[str]:
    return [f"note: {draw_note(note, SHELL)}" for note in dict.fromkeys(notes)]
