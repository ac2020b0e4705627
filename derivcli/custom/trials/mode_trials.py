"""Trials of a call in other surroundings: without a graph, in another thread, within a backward, on another device."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject, Tensors, filled_in
from derivcli.custom.trials.examples import (
    Call,
    as_before,
    at_example,
    call_as_before,
    other_example,
    repeated,
    values_as_before,
)
from derivcli.custom.trials.global_state import watched_random_numbers
from derivcli.custom.user_code import UserCodeError, error_text

MAX_SUBSETS_OF = 3
"""Of so many arguments each subset is tried as those that need a gradient; of more, each by itself."""

THREAD_SECONDS = 10.0

CALLS_AT_ONCE = 4
SWITCH_SECONDS = 1e-6

DIFFERENTIATES = ("requires_grad", "does not require grad", "saved for backward")
"""What PyTorch says, within inference mode, of code that differentiates something by itself."""


def without_graph(subject: Subject) -> Outcome:
    """The forward gives without a graph what it gives elsewhere."""
    for example in subject.examples:
        for where, wanted in (("under no_grad", None), ("where no gradient is needed", ())):
            try:
                with torch.set_grad_enabled(wanted is not None):
                    outputs = _kept(subject, subject.leaves(example.tensors, wanted))
            except UserCodeError as error:
                return failed("no_grad", f"forward fails {where}", error_text(error))
            outcome = values_as_before(subject, example, outputs, "no_grad", f"forward differs {where}")
            if outcome.state == "failed":
                return outcome
    return passed()


def inference(subject: Subject) -> Outcome:
    """The forward gives under inference_mode what it gives elsewhere."""
    for example in subject.examples:
        try:
            with torch.inference_mode():
                outputs = [each.clone() for each in _kept(subject, subject.leaves(example.tensors, ()))]
        except UserCodeError as error:
            if any(text in str(error.error) for text in DIFFERENTIATES):
                return inapplicable("forward differentiates, which PyTorch refuses there")
            return failed("inference", "fails under inference_mode", error_text(error))
        outcome = values_as_before(subject, example, outputs, "inference", "forward differs under inference_mode")
        if outcome.state == "failed":
            return outcome
    return passed()


def _kept(subject: Subject, tensors: Tensors) -> Tensors:
    """The outputs that have a derivative where there is a graph."""
    floating = [each for each in subject.all_outputs(tensors) if each.is_floating_point()]
    return tuple(each.detach() for k, each in enumerate(floating) if k in subject.kept_outputs)


def some_inputs(subject: Subject) -> Outcome:
    """The gradients in some arguments are the same where no other wants one."""
    wanted = [k for k, argument in enumerate(subject.tensor_arguments) if argument.differentiable]
    if len(subject.tensor_arguments) == 1:
        return inapplicable("there is one")
    largest = len(wanted) if len(wanted) <= MAX_SUBSETS_OF else 2
    subsets = [subset for size in range(1, largest) for subset in combinations(wanted, size)] or [tuple(wanted)]
    return first_failure(_alone(subject, example, subset) for subset in subsets for example in subject.examples)


def _alone(subject: Subject, example: Example, subset: tuple[int, ...]) -> Outcome:
    names = " and ".join(subject.tensor_arguments[index].name for index in subset)
    where, kind = f"where only {names} need{'s' * (len(subset) == 1)} a gradient", "needs_input_grad"
    try:
        _, found = repeated(subject, example, subject.leaves(example.tensors, subset))
    except UserCodeError as error:
        return failed(kind, f"fails {where}", error_text(error))
    due = [g if k in subset else torch.zeros_like(g) for k, g in enumerate(example.gradients)]
    return as_before(subject, replace(example, gradients=tuple(due)), found, kind, f"wrong {where}")


def some_outputs(subject: Subject) -> Outcome:
    """The gradient of one output is the same where those of the others are None and where they are 0."""
    if len(subject.examples[0].outputs) == 1:
        return inapplicable("there is one")
    where, kind = "where the gradient of an output is None", "none upstream"
    for example in subject.examples:
        for index in range(len(example.outputs)):
            upstreams = [u if k == index else torch.zeros_like(u) for k, u in enumerate(example.upstreams)]
            _, due = repeated(subject, example, upstreams=upstreams)
            leaves = subject.leaves(example.tensors)
            outputs = subject.run(leaves)
            try:
                found = filled_in(subject.pull([outputs[index]], leaves, [example.given[index]]), leaves)
            except UserCodeError as error:
                return failed(kind, f"backward fails {where}", f"{error_text(error)}, for output {index + 1} alone")
            setting = f" for output {index + 1} alone"
            outcome = as_before(
                subject, replace(example, gradients=due), found, kind, f"backward is wrong {where}", setting
            )
            if outcome.state == "failed":
                return outcome
    return passed()


def reentrant(subject: Subject) -> Outcome:
    """A call and its backward within another backward give the same, as where a part of a graph is computed anew."""
    for example in subject.examples:
        found: list[Call] = []
        start = torch.zeros((), requires_grad=True)
        try:
            within = _Within.apply(start, lambda: found.append(repeated(subject, example)))  # type: ignore[no-untyped-call]  # noqa: B023
            torch.autograd.grad(within, start)
        except UserCodeError as error:
            return failed("reentrant", "fails where backward runs inside another backward", error_text(error))
        sentence = "wrong where backward runs inside another backward"
        outcome = call_as_before(subject, example, found[0], "reentrant", sentence)
        if outcome.state == "failed":
            return outcome
    return passed()


class _Within(torch.autograd.Function):
    """The identity, whose backward runs something."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, job: Callable[[], object]) -> Tensor:
        ctx.job = job
        return x.clone()

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        with torch.enable_grad():
            ctx.job()
        return grad_output, None


def other_thread(subject: Subject) -> Outcome:
    """A call in another thread gives the same, and so does a backward there of a forward here."""
    example = subject.examples[0]
    leaves = subject.leaves(example.tensors)
    outputs = subject.run(leaves)

    def job() -> list[Call]:
        gradients = subject.pull(outputs, leaves, example.given)
        return [repeated(subject, example), (outputs, filled_in(gradients, leaves))]

    found: list[list[Call]] = []
    errors: list[UserCodeError] = []
    _in_thread(job, found, errors)
    if not found:
        detail = error_text(errors[0]) if errors else f"it is not back after {THREAD_SECONDS:g} s"
        return failed("thread", "fails in another thread", detail)
    settings = ("", ", with the backward there alone")
    return first_failure(
        call_as_before(subject, example, call, "thread", "wrong in another thread", setting)
        for call, setting in zip(found[0], settings, strict=True)
    )


def _in_thread(job: Callable[[], Any], found: list[Any], errors: list[UserCodeError]) -> None:
    def run() -> None:
        try:
            found.append(job())
        except UserCodeError as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(THREAD_SECONDS)


def two_threads(subject: Subject) -> Outcome:
    """Calls in two threads at once, each with numbers of its own, give the same."""
    if subject.function.kind == "module":  # torch.func.functional_call puts them into the module itself
        return inapplicable("a module is given its weights for one call at a time")
    example = subject.examples[0]
    with watched_random_numbers() as called:
        repeated(subject, example)
    if called:
        return inapplicable(f"it calls torch.{called[0]}, which acts on all threads")
    calls = (example, other_example(subject))
    start = threading.Barrier(len(calls))
    found: list[tuple[Example, Call]] = []
    errors: list[UserCodeError] = []

    def job(call: Example) -> None:
        try:
            start.wait(THREAD_SECONDS)
            for _ in range(CALLS_AT_ONCE):
                found.append((call, repeated(subject, call)))
        except UserCodeError as error:
            errors.append(error)

    threads = [threading.Thread(target=job, args=(call,), daemon=True) for call in calls]
    with _quick_switches():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(THREAD_SECONDS)
    if errors:
        return failed("thread", "fails where two threads call it at once", error_text(errors[0]))
    if len(found) < CALLS_AT_ONCE * len(calls):
        detail = f"it is not back after {THREAD_SECONDS:g} s"
        return failed("thread", "fails where two threads call it at once", detail)
    sentence = "wrong where two threads call it at once"
    return first_failure(
        call_as_before(at_example(subject, each), each, call, "thread", sentence) for each, call in found
    )


@contextmanager
def _quick_switches() -> Iterator[None]:
    """A block in which threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def other_device() -> str:
    """A device beside the processor; empty where there is none."""
    return "cuda" if torch.cuda.is_available() else ""


DEVICE_TOLERANCE = 1e-5


def on_device(subject: Subject) -> Outcome:
    """A call on another device gives there what it gives here."""
    device = other_device()
    if not device:
        return inapplicable("no CUDA here")
    there = replace(
        subject, arguments=tuple(replace(a, constant=_moved(a.constant, device)) for a in subject.arguments)
    )
    for example in subject.examples:
        leaves = tuple(
            x.to(device).requires_grad_(argument.differentiable)
            for x, argument in zip(example.tensors, subject.tensor_arguments, strict=True)
        )
        try:
            away = next((each.device for each in there.run(leaves) if each.device.type != device), None)
            if away is not None:
                return failed("device", f"gives a tensor on {away} where its input is on {device}")
            outputs, found = repeated(there, example, leaves, [each.to(device) for each in example.upstreams])
        except UserCodeError as error:
            return failed("device", f"fails on {device}", error_text(error))
        outcome = _same_there(subject, example, outputs, found, device)
        if outcome.state == "failed":
            return outcome
    return passed()


def _same_there(subject: Subject, example: Example, outputs: Tensors, found: Tensors, device: str) -> Outcome:
    sentence = f"gives another result on {device}"
    values, gradients = ([each.cpu() for each in tensors] for tensors in (outputs, found))
    return first_failure(
        [
            values_as_before(subject, example, values, "device", sentence, f" on {device}", DEVICE_TOLERANCE),
            as_before(subject, example, gradients, "device", sentence, f" on {device}", DEVICE_TOLERANCE),
        ]
    )


def _moved(constant: object, device: str) -> object:
    """A constant as it is on a device: tensors move there, and what names the processor names the device."""
    if isinstance(constant, Tensor):
        return constant.to(device)
    if isinstance(constant, torch.device) and constant.type == "cpu":
        return torch.device(device)
    return device if constant == "cpu" else constant
