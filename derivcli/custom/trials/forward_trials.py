"""Trials of the forward: it gives numbers, the same each time, leaves its input alone, and is the formula."""

from __future__ import annotations

import re
from dataclasses import replace

import torch

from derivcli.custom.arguments.calls_text import constants_text
from derivcli.custom.faults.gradient_comparison import deviates, deviation_text, digits_text, first_true, points_text
from derivcli.custom.faults.tensor_naming import refused
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Subject, Tensors
from derivcli.custom.truth.formula_everywhere import different
from derivcli.custom.truth.true_values import by_formula, noise
from derivcli.custom.user_code import UserCodeError, code_failure, error_text
from derivcli.errors import DerivError


def runs(subject: Subject) -> Outcome:
    """Forward and backward work, of one point and of several, and the forward gives numbers."""
    finite = int(subject.values.isfinite().sum())
    if not finite and subject.formula is None:
        message = f"'{subject.name}' gives finite numbers at none of the points"
        raise DerivError(message, hint=f"give some where it does, as in `--at {subject.parameters[0]}=0.5`")
    if not subject.pointwise:
        try:
            subject.gradients(subject.columns[:, :1])
        except UserCodeError as error:
            return refused(subject, error) or _for_a_constant(subject, error) or code_failure(error)
    assert len(subject.slopes) == len(subject.indices), "there is a gradient for each argument"
    if subject.pointwise:
        try:
            subject.gradients(subject.columns)
        except UserCodeError as error:
            return code_failure(error, "batch", f"{error.stage} fails for several points at once")
    share = f"finite at {finite} of {points_text(subject.count)}" if finite < subject.count else ""
    return passed(", ".join(filter(None, [share, constants_text(subject)])))


def _for_a_constant(subject: Subject, error: UserCodeError) -> Outcome | None:
    """What is wrong with a backward that gives a gradient for what is no tensor."""
    found = re.search(r"gradient different than None at position (\d+)", str(error.error))
    if found is None or int(found[1]) > len(subject.arguments):
        return None
    name = subject.arguments[int(found[1]) - 1].name
    return failed("constant", f"backward gives a gradient for {name}, which is no tensor", error_text(error))


def same_again(subject: Subject) -> Outcome:
    """Two calls with the same arguments give the same."""
    for stage, compute in (("forward", subject.value), ("backward", subject.gradients)):
        one, other = (compute(subject.columns).nan_to_num() for _ in range(2))
        if not torch.equal(one, other):
            index = first_true(one != other)
            detail = f"{subject.at(index[-1])}: {one[index].item():.10g}, then {other[index].item():.10g}"
            if getattr(subject.function.target, "training", False):
                detail += "; it is in training mode: name an instance of which .eval() was called"
            return failed("random", f"not deterministic: {stage} differs from call to call", detail)
    return passed()


def input_kept(subject: Subject) -> Outcome:
    """The arguments are after forward and backward what they were before."""
    if subject.in_place:
        return inapplicable("it changes its input in place, and says so by mark_dirty")
    for example in subject.examples:
        leaves = subject.leaves(example.tensors)
        outputs = subject.run(leaves)
        outcome = _changed(subject, leaves, example.tensors, "forward")
        if outcome is None:
            subject.pull(outputs, leaves, example.given)
            outcome = _changed(subject, leaves, example.tensors, "backward")
        if outcome is not None:
            return outcome
    return passed()


def _changed(subject: Subject, after: Tensors, before: Tensors, stage: str) -> Outcome | None:
    for argument, x, kept in zip(subject.tensor_arguments, after, before, strict=True):
        off = x.detach() != kept
        if off.any():
            place = tuple(off.nonzero()[0].tolist())
            detail = (
                f"{stage} makes {argument.name} = {x[place].item():.6g} of {argument.name} = {kept[place].item():.6g}"
            )
            return failed("input", "modifies its input in place", detail)
    return None


def is_formula(subject: Subject) -> Outcome:
    """The forward is the formula."""
    if subject.formula is None:
        return inapplicable("needs `--against`")
    truth = by_formula(subject.formula, subject.parameters, subject.columns)
    found, rounding = subject.values, noise(subject.value, subject.columns)
    off = deviates(subject, found, truth, 0, rounding)
    if off.any():
        detail = deviation_text(subject, first_true(off), found, truth.numbers)
        return failed("forward", f"forward is not {subject.formula.text}", detail)
    known = int(truth.known.sum())
    if not known:
        message = f"{subject.formula.text} has no value at any of the points"
        raise DerivError(message, hint=f"give others, as in `--at {subject.parameters[0]}=0.5`")
    difference = different(subject)
    if difference is not None:
        where, columns = difference
        due = by_formula(subject.formula, subject.parameters, columns).numbers
        detail = deviation_text(replace(subject, columns=columns), (0,), subject.value(columns), due)
        detail = f"{where}, as {detail}" if where else detail
        return failed("forward", f"forward is not {subject.formula.text}", detail)
    return passed(f"{digits_text(subject, found, truth, 0)} at {points_text(known)}")
