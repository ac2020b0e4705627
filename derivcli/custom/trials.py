"""The check of a user's function: its trials in order, and the report of them.

What one trial finds wrong would show in later ones too, so that the first that fails names the cause; those after it
are not reached. Each relies on those before it, and changes one thing only.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from derivcli.custom import backward_trials, forward_trials, precision_trials, setting_trials
from derivcli.custom.error_messages import complaint
from derivcli.custom.probe import NoDerivativeError, OwnError, Subject
from derivcli.custom.report import FunctionReport, Outcome, Trial, failed

TRIALS: dict[str, Callable[[Subject], Outcome]] = {
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


def run_trials(subject: Subject, source: str = "") -> FunctionReport:
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


def attempted(attempt: Callable[[Subject], Outcome], subject: Subject) -> Outcome:
    """What a trial came to, where the function's code may fail."""
    try:
        return attempt(subject)
    except NoDerivativeError as error:
        return failed("type", str(error))
    except OwnError as error:
        return complaint(error)
