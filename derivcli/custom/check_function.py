"""The check of a user's function: its formula and points, its trials in order, and the report of them.

What one trial finds wrong would show in later ones too, so that the first that fails names the cause; those after it
are not reached. Each relies on those before it, and changes one thing only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from derivcli.custom import backward_trials, forward_trials, precision_trials, setting_trials
from derivcli.custom.load import CustomFunction, parameters_of
from derivcli.custom.report import FunctionReport, Outcome, Trial, failed
from derivcli.custom.trial_arguments import check_arguments, columns_at, ordinary_points, with_numbers
from derivcli.custom.user_function import NoDerivativeError, UserCodeError, UserFunction, code_failure
from derivcli.errors import DerivError
from derivcli.language.lexer.tokens import place_of
from derivcli.language.parse import in_place, parse_expression
from derivcli.points.points import Points

TRIALS: dict[str, Callable[[UserFunction], Outcome]] = {
    "forward and backward run": forward_trials.runs,
    "forward and backward are the same in every call": forward_trials.same_again,
    "the input is left as it is": forward_trials.input_kept,
    "forward of a batch": forward_trials.pointwise,
    "forward computes in float64": precision_trials.forward_in_double,
    "forward is the formula": forward_trials.is_formula,
    "backward with an upstream gradient of 1": backward_trials.is_derivative,
    "backward with other upstream gradients": backward_trials.takes_upstream,
    "grad_output is left as it is": backward_trials.upstream_kept,
    "backward a second time": backward_trials.second_pass,
    "backward after another call": backward_trials.two_calls,
    "backward of a batch": backward_trials.batch,
    "tensors of 2 and 3 dimensions": setting_trials.shapes,
    "tensors that are not contiguous": setting_trials.contiguous,
    "a gradient in one argument only": setting_trials.some_inputs,
    "forward mode": setting_trials.forward_mode,
    "all digits of float64": precision_trials.in_double,
    "float32": precision_trials.in_single,
    "second derivatives": precision_trials.second,
    "a tensor of 0 dimensions": setting_trials.single_number,
}
"""What is tried, from causes to effects."""


def check_class(
    name: str,
    function: CustomFunction,
    against: str | None = None,
    points: Points | None = None,
    wrt: Sequence[str] | None = None,
    source: str = "",
) -> FunctionReport:
    """The report of a function, tried at points or else at ordinary ones, against a formula if there is one."""
    parameters = parameters_of(name, function)
    check_arguments(name, wrt or (), parameters)
    indices = tuple(index for index, argument in enumerate(parameters) if wrt is None or argument in wrt)
    formula = None if against is None else in_place(parse_expression(against, parameters))
    if formula is not None and formula.unknown_functions:
        name = formula.unknown_functions[0]
        place, hint = place_of(name, formula.source), "write its formula in its place"
        raise DerivError(f"{name} is not known", formula.source, place, hint)
    if formula is not None:
        check_arguments(name, formula.variables, parameters, against or "")
    subject = UserFunction(name, parameters, function, indices, (), formula)
    columns = ordinary_points(subject) if points is None else columns_at(points, parameters, name)
    return run_trials(with_numbers(replace(subject, columns=columns)), source)


def run_trials(subject: UserFunction, source: str = "") -> FunctionReport:
    """The report of a function."""
    rows: list[Trial] = []
    outcomes: list[Outcome] = []
    with torch.inference_mode(False), torch.enable_grad():
        for name, attempt in TRIALS.items():
            if subject.formula is not None and attempt is forward_trials.is_formula:
                name = f"forward is {subject.formula.text}"
            reached = not outcomes or outcomes[-1].state != "failed"
            if reached:
                outcomes.append(attempted(attempt, subject))
            rows.append(Trial(name, outcomes[-1].state, outcomes[-1].detail) if reached else Trial(name, "unreached"))
    last = outcomes[-1] if outcomes[-1].state == "failed" else None
    return FunctionReport(
        subject.name,
        subject.parameters,
        source,
        subject.formula.text if subject.formula else "",
        subject.count,
        tuple(rows),
        last.sentence if last else "",
        last.kind if last else "",
        tuple(outcome.sentence for outcome in outcomes if outcome is not last and outcome.sentence),
    )


def attempted(attempt: Callable[[UserFunction], Outcome], subject: UserFunction) -> Outcome:
    """What a trial came to, where the function's code may fail."""
    try:
        return attempt(subject)
    except NoDerivativeError as error:
        return failed("type", str(error))
    except UserCodeError as error:
        return code_failure(error)
