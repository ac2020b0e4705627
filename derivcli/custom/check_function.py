"""The check of a user's function: its formula and points, its trials in order, and the report of them.

What one trial finds wrong shows in those that rely on it too: these are not reached, so that the first that fails
names the cause. All others are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from derivcli.custom.binding import bind
from derivcli.custom.custom_function import CustomFunction
from derivcli.custom.forward_trials import is_formula
from derivcli.custom.given import NOTHING, Given, check_arguments
from derivcli.custom.report import FunctionReport, Outcome, Trial, failed
from derivcli.custom.subject import Subject
from derivcli.custom.trial_table import TRIALS
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, code_failure
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.lexer.tokens import place_of
from derivcli.language.parse import in_place, parse_expression


def check(
    function: CustomFunction,
    against: str | None = None,
    given: Given = NOTHING,
    source: str = "",
) -> FunctionReport:
    """The report of a function, with what was said of its arguments, against a formula if there is one."""
    names = tuple(parameter.name for parameter in function.parameters)
    formula = None if against is None else _formula(function.name, against, names)
    with torch.inference_mode(False), torch.enable_grad():
        return run_trials(bind(function, formula, given), source)


def _formula(function: str, against: str, names: Sequence[str]) -> Expression:
    formula = in_place(parse_expression(against, names))
    if formula.unknown_functions:
        name = formula.unknown_functions[0]
        place, hint = place_of(name, formula.source), "write its formula in its place"
        raise DerivError(f"{name} is not known", formula.source, place, hint)
    check_arguments(function, formula.variables, names, against)
    return formula


def run_trials(subject: Subject, source: str = "") -> FunctionReport:
    """The report of a function."""
    rows: list[Trial] = []
    outcomes: dict[Callable[[Subject], Outcome], Outcome] = {}
    failures: list[Outcome] = []
    for row in TRIALS:
        name = row.name
        if subject.formula is not None and row.attempt is is_formula:
            name = f"forward is {subject.formula.text}"
        if any(need not in outcomes or outcomes[need].state == "failed" for need in row.needs):
            rows.append(Trial(name, "unreached"))
            continue
        outcome = outcomes[row.attempt] = attempted(row.attempt, subject)
        rows.append(Trial(name, outcome.state, outcome.detail))
        if outcome.state == "failed":
            failures.append(outcome)
    return FunctionReport(
        subject.name,
        tuple(argument.name for argument in subject.arguments),
        source,
        subject.formula.text if subject.formula else "",
        subject.count,
        tuple(rows),
        failures[0].sentence if failures else "",
        failures[0].kind if failures else "",
        tuple(each.sentence for each in outcomes.values() if each.sentence and each.state != "failed"),
        tuple(dict.fromkeys(each.sentence for each in failures[1:])),
    )


def attempted(attempt: Callable[[Subject], Outcome], subject: Subject) -> Outcome:
    """What a trial came to, where the function's code may fail."""
    try:
        return attempt(subject)
    except NoDerivativeError as error:
        return failed("type", str(error))
    except UserCodeError as error:
        return code_failure(error)
