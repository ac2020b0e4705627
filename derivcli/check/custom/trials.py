"""The check of a user's function: its trials in order, and the report of them.

What one trial finds wrong would show in later ones too, so that the first that fails names the cause; those after it
are not reached. Each relies on those before it, and changes one thing only.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from derivcli.check.custom import backward, forward, precision, settings
from derivcli.check.custom.complaints import complaint
from derivcli.check.custom.probe import NoDerivativeError, OwnError, Subject
from derivcli.check.custom.report import FunctionReport, Outcome, Trial, failed

TRIALS: dict[str, Callable[[Subject], Outcome]] = {
    "forward and backward run": forward.runs,
    "forward and backward are the same in every call": forward.same_again,
    "the input is left as it is": forward.input_kept,
    "forward of a batch": forward.pointwise,
    "forward computes in float64": precision.forward_in_double,
    "forward is the formula": forward.is_formula,
    "backward with an upstream gradient of 1": backward.is_derivative,
    "backward with other upstream gradients": backward.takes_upstream,
    "grad_output is left as it is": backward.upstream_kept,
    "backward a second time": backward.second_pass,
    "backward after another call": backward.two_calls,
    "backward of a batch": backward.batch,
    "tensors of 2 and 3 dimensions": settings.shapes,
    "tensors that are not contiguous": settings.contiguous,
    "a gradient in one argument only": settings.some_inputs,
    "forward mode": settings.forward_mode,
    "all digits of float64": precision.in_double,
    "float32": precision.in_single,
    "second derivatives": precision.second,
    "a tensor of 0 dimensions": settings.single_number,
}
"""What is tried, from causes to effects."""


def run_trials(subject: Subject, source: str = "") -> FunctionReport:
    """The report of a function."""
    rows: list[Trial] = []
    outcomes: list[Outcome] = []
    with torch.inference_mode(False), torch.enable_grad():
        for name, attempt in TRIALS.items():
            if subject.formula is not None and attempt is forward.is_formula:
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
