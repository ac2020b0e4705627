"""The trials of a function, from causes to effects, each with those without which it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivcli.custom import (
    backward_trials,
    forward_trials,
    precision_trials,
    second_order,
    setting_trials,
    variant_trials,
)
from derivcli.custom.report import Outcome
from derivcli.custom.subject import Subject


@dataclass(frozen=True)
class TrialRow:
    """A trial: what it is called, what it does, and the trials that it relies on.

    Where one of these failed it is not reached: the same fault would show again, and be blamed on something else.
    """

    name: str
    attempt: Callable[[Subject], Outcome]
    needs: tuple[Callable[[Subject], Outcome], ...] = ()


RUNS = (forward_trials.runs,)
SAME = (*RUNS, forward_trials.same_again, forward_trials.input_kept)
VALUES = (*SAME, forward_trials.is_formula)
SLOPES = (*VALUES, precision_trials.forward_in_double, backward_trials.is_derivative)
LINEAR = (*SLOPES, backward_trials.takes_upstream, backward_trials.upstream_kept)

TRIALS = (
    TrialRow("forward and backward run", forward_trials.runs),
    TrialRow("forward and backward are the same in every call", forward_trials.same_again, RUNS),
    TrialRow("the input is left as it is", forward_trials.input_kept, RUNS),
    TrialRow("forward computes in float64", precision_trials.forward_in_double, SAME),
    TrialRow("forward is the formula", forward_trials.is_formula, (*SAME, precision_trials.forward_in_double)),
    TrialRow("backward with an upstream gradient of 1", backward_trials.is_derivative, SLOPES[:-1]),
    TrialRow("backward with other upstream gradients", backward_trials.takes_upstream, SLOPES),
    TrialRow("other constants", variant_trials.other_constants, SLOPES),
    TrialRow("other shapes", variant_trials.other_shapes, LINEAR),
    TrialRow("grad_output is left as it is", backward_trials.upstream_kept, SAME),
    TrialRow("backward a second time", backward_trials.second_pass, (*SAME, backward_trials.upstream_kept)),
    TrialRow("backward after another call", backward_trials.two_calls, (*SAME, backward_trials.second_pass)),
    TrialRow("backward of a batch", backward_trials.batch, (*LINEAR, backward_trials.two_calls)),
    TrialRow("tensors of 2 and 3 dimensions", setting_trials.shapes, (*LINEAR, backward_trials.batch)),
    TrialRow("tensors that are not contiguous", setting_trials.contiguous, (*LINEAR, backward_trials.batch)),
    TrialRow("a gradient in one argument only", setting_trials.some_inputs, LINEAR),
    TrialRow("forward mode", setting_trials.forward_mode, SLOPES),
    TrialRow("all digits of float64", precision_trials.in_double, SLOPES),
    TrialRow("float32", precision_trials.in_single, (*SLOPES, precision_trials.in_double)),
    TrialRow("second derivatives", second_order.second, (*LINEAR, precision_trials.in_double)),
    TrialRow("a tensor of 0 dimensions", setting_trials.single_number, (*LINEAR, backward_trials.batch)),
)
"""What is tried."""
