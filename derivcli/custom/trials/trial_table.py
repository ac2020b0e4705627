"""The trials of a function, from causes to effects, each with those without which it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivcli.custom.report import Outcome
from derivcli.custom.subject import Subject
from derivcli.custom.trials import (
    backward_trials,
    compile_trials,
    dense_trials,
    format_trials,
    forward_mode_trials,
    forward_trials,
    layout_trials,
    memory_trials,
    mode_trials,
    precision_trials,
    second_order,
    shape_trials,
    special_values,
    state_trials,
    torch_func_trials,
    variant_trials,
)


@dataclass(frozen=True)
class TrialRow:
    """A trial: what it is called, what it does, and the trials that it relies on.

    Where one of these failed it is not reached: the same fault would show again, and be blamed on something else.
    One that is `quick` is left out where a call takes long, and so is one that calls a function of tensors about so
    many times for each point.
    Where the one that it `follows` had nothing to try or was not reached, it is left out without a word, and so is one
    that takes seconds and was not asked for.
    """

    name: str
    attempt: Callable[[Subject], Outcome]
    needs: tuple[Callable[[Subject], Outcome], ...] = ()
    quick: bool = False
    calls: int = 0
    follows: Callable[[Subject], Outcome] | None = None
    on_request: bool = False


RUNS = (forward_trials.runs,)
CALLED = (*RUNS, state_trials.earlier_call, forward_trials.same_again)
SAME = (*CALLED, mode_trials.without_graph, forward_trials.input_kept)
KEPT = (*SAME, backward_trials.upstream_kept)
APART = (*KEPT, backward_trials.second_pass, state_trials.own_memory, state_trials.two_calls)
VALUES = (*KEPT, forward_trials.is_formula)
SLOPES = (*VALUES, precision_trials.forward_in_double, backward_trials.is_derivative)
LINEAR = (*SLOPES, backward_trials.takes_upstream)
BATCH = (*LINEAR, backward_trials.batch)
FORWARD = (*LINEAR, precision_trials.in_double, forward_mode_trials.forward_mode)
NARROW = (*LINEAR, precision_trials.in_double, format_trials.in_single)

TRIALS = (
    TrialRow("forward and backward run", forward_trials.runs),
    TrialRow("a call after another one", state_trials.earlier_call, RUNS, quick=True),
    TrialRow("the same in every call", forward_trials.same_again, CALLED[:2]),
    TrialRow("forward under no_grad", mode_trials.without_graph, CALLED),
    TrialRow("global state is left as it is", state_trials.global_state, RUNS, quick=True),
    TrialRow("the input is left as it is", forward_trials.input_kept, RUNS),
    TrialRow("grad_output is left as it is", backward_trials.upstream_kept, SAME),
    TrialRow("forward computes in float64", precision_trials.forward_in_double, SAME, quick=True, calls=66),
    TrialRow("forward is the formula", forward_trials.is_formula, (*SAME, precision_trials.forward_in_double)),
    TrialRow("backward with an upstream gradient of 1", backward_trials.is_derivative, SLOPES[:-1]),
    TrialRow("backward with other upstream gradients", backward_trials.takes_upstream, SLOPES, calls=23),
    TrialRow("other constants", variant_trials.other_constants, SLOPES),
    TrialRow("backward a second time", backward_trials.second_pass, KEPT),
    TrialRow("results after another call", state_trials.own_memory, KEPT, quick=True),
    TrialRow("backward after another call", state_trials.two_calls, APART[:-1]),
    TrialRow("backward adds to no .grad by itself", memory_trials.accumulates, RUNS),
    TrialRow("the graph is freed", memory_trials.leak, RUNS),
    TrialRow("backward after a change in place", memory_trials.changed_afterwards, APART, quick=True),
    TrialRow("backward of a batch", backward_trials.batch, (*LINEAR, state_trials.two_calls)),
    TrialRow("backward at thousands of points", dense_trials.everywhere, BATCH),
    TrialRow("backward at special numbers", special_values.at_special_numbers, BATCH, quick=True),
    TrialRow("an input of nan", special_values.nan_input, VALUES, quick=True),
    TrialRow("a grad_output of nan", backward_trials.nan_upstream, BATCH, quick=True),
    TrialRow("a gradient in some arguments only", mode_trials.some_inputs, KEPT, quick=True),
    TrialRow("the gradient of one output only", mode_trials.some_outputs, KEPT, quick=True),
    TrialRow("tensors that are not contiguous", layout_trials.contiguous, KEPT, quick=True),
    TrialRow("arguments that share memory", layout_trials.shared_memory, APART, quick=True),
    TrialRow("a batch of 1", shape_trials.batch_of_one, BATCH, quick=True),
    TrialRow("empty tensors", shape_trials.empty, BATCH, quick=True),
    TrialRow("tensors of 2 and 3 dimensions", shape_trials.shapes, BATCH, quick=True),
    TrialRow("forward under inference_mode", mode_trials.inference, SAME, quick=True),
    TrialRow("within another backward", mode_trials.reentrant, APART, quick=True),
    TrialRow("in another thread", mode_trials.other_thread, APART, quick=True),
    TrialRow("in two threads at once", mode_trials.two_threads, (*APART, mode_trials.other_thread), quick=True),
    TrialRow("on another device", mode_trials.on_device, APART, quick=True),
    TrialRow("forward mode", forward_mode_trials.forward_mode, LINEAR),
    TrialRow("all digits of float64", precision_trials.in_double, SLOPES, calls=250),
    TrialRow(
        "other shapes",
        variant_trials.other_shapes,
        (*LINEAR, precision_trials.in_double, shape_trials.shapes),
        quick=True,
    ),
    TrialRow("float32", format_trials.in_single, (*SLOPES, precision_trials.in_double)),
    TrialRow("float16", format_trials.in_half, NARROW),
    TrialRow("bfloat16", format_trials.in_brain, (*NARROW, format_trials.in_half)),
    TrialRow("second derivatives", second_order.second, (*LINEAR, precision_trials.in_double), calls=180),
    TrialRow(
        "the gradient of forward mode",
        forward_mode_trials.reverse_over_forward,
        FORWARD,
        follows=forward_mode_trials.forward_mode,
    ),
    TrialRow(
        "forward mode over the backward",
        forward_mode_trials.forward_over_reverse,
        (*FORWARD, second_order.second),
        follows=forward_mode_trials.forward_mode,
    ),
    TrialRow(
        "forward mode taken twice",
        forward_mode_trials.forward_twice,
        (*FORWARD, forward_mode_trials.reverse_over_forward),
        follows=forward_mode_trials.forward_mode,
    ),
    TrialRow(
        "torch.func",
        torch_func_trials.under_torch_func,
        (*FORWARD, forward_mode_trials.forward_over_reverse),
        quick=True,
    ),
    TrialRow("a tensor of 0 dimensions", shape_trials.single_number, BATCH),
    TrialRow("torch.compile", compile_trials.compiled, LINEAR, on_request=True),
)
"""What is tried."""
