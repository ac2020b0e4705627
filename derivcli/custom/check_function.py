"""The check of a user's function: its formula and points, its trials in order, and the report of them.

What one trial finds wrong shows in those that rely on it too: these are not reached, so that the first that fails
names the cause. All others are.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from derivcli.custom.arguments.attempts import refuses_numbers
from derivcli.custom.arguments.binding import bind
from derivcli.custom.arguments.given import NOTHING, Given, check_arguments
from derivcli.custom.budget import CALL_SECONDS, CHECK_SECONDS, Budget, EndlessCallError
from derivcli.custom.loading.custom_function import CustomFunction, custom_function
from derivcli.custom.loading.load import find_all
from derivcli.custom.report import (
    RELIES_ON,
    FileReport,
    FunctionReport,
    Outcome,
    ReportArgument,
    Trial,
    Untried,
    failed,
    inapplicable,
)
from derivcli.custom.stated_gradients import with_stated
from derivcli.custom.subject import Argument, Subject, shape_text
from derivcli.custom.trials.backward_trials import is_derivative
from derivcli.custom.trials.dense_trials import everywhere
from derivcli.custom.trials.forward_trials import is_formula, runs
from derivcli.custom.trials.global_state import restored_settings
from derivcli.custom.trials.trial_table import TRIALS, TrialRow
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, code_failure, error_text
from derivcli.engines.chunks import one_thread
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.lexer.tokens import place_of
from derivcli.language.parse import in_place, parse_expression

Attempt: TypeAlias = Callable[[Subject], Outcome]

ALWAYS = (runs, is_formula, is_derivative, everywhere)
"""Without these trials nothing can be said."""

MAX_CALL_SECONDS = 0.1
"""Where a call takes longer, trials in other settings are left out."""


def check(
    function: CustomFunction,
    against: str | None = None,
    given: Given = NOTHING,
    source: str = "",
    gradients: Mapping[str, str] | None = None,
    compiled: bool = False,
) -> FunctionReport:
    """The report of a function, with what was said of its arguments, against a formula if there is one.

    `gradients` are formulas of gradients that are meant and not the derivative, by the names of arguments, or by ""
    that of all of them. torch.compile is tried where `compiled` asks for it.
    """
    names = tuple(parameter.name for parameter in function.parameters)
    formula = None if against is None else _formula(function.name, against, names)
    stated = {name: _formula(function.name, text, names) for name, text in (gradients or {}).items()}
    named = {name for each in stated.values() for name in each.variables}
    with torch.inference_mode(False), torch.enable_grad(), one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what code says of settings that nobody asked for is noise
        try:
            with restored_settings():
                subject = with_stated(bind(replace(function, budget=Budget()), formula, given, named), stated)
            return run_trials(subject, source, compiled)
        except EndlessCallError as error:
            message = f"{error} of '{function.name}' has not ended after {CALL_SECONDS:g} s"
            raise DerivError(message, hint="give it less to do, as with `--shape x=2x3`") from None


def check_all(text: str, compiled: bool = False) -> FileReport:
    """The reports of all autograd functions that a file defines; those that could not be tried are told with why."""
    found: list[FunctionReport | Untried] = []
    for name, thing in find_all(text):
        try:
            found.append(check(custom_function(name, thing), source=f"{text}:{name}", compiled=compiled))
        except DerivError as error:
            found.append(Untried(name, error.wording, error.way_out))
    return FileReport(text, tuple(found))


def _formula(function: str, against: str, names: Sequence[str]) -> Expression:
    formula = in_place(parse_expression(against, names))
    if formula.unknown_functions:
        name = formula.unknown_functions[0]
        place, hint = place_of(name, formula.source), "write its formula in its place"
        raise DerivError(f"{name} is not known", formula.source, place, hint)
    check_arguments(function, formula.variables, names, against)
    return formula


def run_trials(subject: Subject, source: str = "", on_request: bool = False) -> FunctionReport:
    """The report of a function, with the trials that are made on request or without them."""
    rows: list[Trial] = []
    outcomes: dict[Attempt, Outcome] = {}
    blamed: dict[Attempt, tuple[str, ...]] = {}
    as_written = names_as_written(subject.function)
    for row in TRIALS:
        if (row.on_request and not on_request) or (row.follows is not None and row.follows not in outcomes):
            continue
        if row.follows is not None and outcomes[row.follows].state == "inapplicable":
            outcomes[row.attempt] = outcomes[row.follows]
            continue
        name = _trial_name(row, subject)
        causes = blamed[row.attempt] = tuple(
            dict.fromkeys(cause for need in row.needs for cause in blamed.get(need, ()))
        )
        if causes:
            rows.append(Trial(name, "unreached", f"{RELIES_ON}{' and '.join(causes)}"))
            continue
        outcome = attempted(_unless_slow(row), subject)
        is_wrong = outcome.state == "failed"
        outcome = replace(outcome, detail=as_written(outcome.detail), sentence=as_written(outcome.sentence))
        outcomes[row.attempt] = outcome
        rows.append(Trial(name, outcome.state, outcome.detail, outcome.sentence if is_wrong else "", outcome.kind))
        if is_wrong:
            blamed[row.attempt] = (f"'{name}'",)
    return FunctionReport(
        subject.name,
        tuple(replace(each, name=as_written(each.name)) for each in map(_argument, subject.arguments)),
        source,
        subject.formula.text if subject.formula else "",
        subject.count,
        tuple(rows),
        _remarks(subject, outcomes.values()),
        tuple((name, formula.source) for name, formula in subject.stated.items()),
    )


def names_as_written(function: CustomFunction) -> Callable[[str], str]:
    """What makes of a text one in which a module's weights have the names that they have there: layers.0.weight."""
    weights = {each.name: each.written for each in function.parameters if "." in each.written}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, weights))})\b")
    return lambda text: pattern.sub(lambda found: weights[found[0]], text) if weights else text


def _trial_name(row: TrialRow, subject: Subject) -> str:
    if row.attempt is is_derivative and not subject.pointwise:
        return "backward with drawn upstream gradients"
    is_named = subject.formula is not None and row.attempt is is_formula
    return f"forward is {subject.formula.text}" if is_named and subject.formula else row.name


def _remarks(subject: Subject, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """What is worth knowing though it is no fault."""
    found = [each.sentence for each in outcomes if each.sentence and each.state != "failed"]
    return (*found, f"{subject.budget.text}: fewer points were tried") if subject.budget.saves else (*found,)


def _argument(argument: Argument) -> ReportArgument:
    """An argument for the report."""
    value = argument.constant
    if argument.shape is not None:
        return ReportArgument(argument.name, argument.shape)
    return ReportArgument(
        argument.name, None, f"a tensor of {shape_text(value.shape)}" if isinstance(value, Tensor) else repr(value)
    )


def _unless_slow(row: TrialRow) -> Attempt:
    """The trial, which is left out where calls take too long."""

    def quickly(subject: Subject) -> Outcome:
        budget = subject.budget
        many = 0 if subject.pointwise else row.calls * subject.count
        slow = (row.quick and budget.seconds > MAX_CALL_SECONDS) or not budget.allows(many)
        if row.attempt not in ALWAYS and (slow or budget.spent > CHECK_SECONDS):
            return inapplicable(budget.text)
        return row.attempt(subject)

    return quickly


def attempted(attempt: Attempt, subject: Subject) -> Outcome:
    """What a trial came to, where the function's code may fail."""
    try:
        with restored_settings():
            return attempt(subject)
    except NoDerivativeError as error:
        return failed("type", str(error))
    except UserCodeError as error:
        if attempt is not runs and refuses_numbers(error):  # a trial goes beyond the numbers at which it runs
            return inapplicable(f"it is refused: {error_text(error)}")
        return code_failure(error)
