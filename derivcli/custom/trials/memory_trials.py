"""Trials of what a function keeps on its context, and of what it does to tensors that others hold."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType

import torch
from torch import Tensor

from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Subject, Tensors, filled_in
from derivcli.custom.trials.examples import tensors_alike
from derivcli.custom.user_code import UserCodeError

MAX_NODES = 1000
MAX_OBJECTS = 1000
"""Of what can be reached from a context so many objects are looked at."""

CHANGE = 0.5
"""What an argument is multiplied by in place."""


def leak(subject: Subject) -> Outcome:
    """The graph of a call is freed as soon as nobody holds it."""
    example = subject.examples[0]
    with _no_collection():
        leaves = subject.leaves(example.tensors)
        outputs = subject.run(leaves)
        nodes = [weakref.ref(node) for node in _own_nodes(outputs)]
        subject.pull(outputs, leaves, example.given)
        del outputs, leaves
        for reference in nodes:
            node = reference()
            names = [name for name, value in vars(node).items() if _holds(value, node)] if node is not None else []
            if names:
                for name in names:
                    delattr(node, name)  # ours should not leak
                detail = f"ctx.{names[0]} holds the output, which holds ctx: only the garbage collector frees them"
                return failed("leak", "keeps its output on ctx outside save_for_backward, which leaks memory", detail)
    return passed()


@contextmanager
def _no_collection() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _own_nodes(outputs: Tensors) -> list[object]:
    """The nodes of a graph that were written in Python: the contexts of autograd functions."""
    waiting = [each.grad_fn for each in outputs]
    seen: set[object] = set()
    while waiting and len(seen) < MAX_NODES:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [following for following, _ in node.next_functions]
    return [node for node in seen if isinstance(node, torch.autograd.function.BackwardCFunction)]


def _holds(value: object, node: object) -> bool:
    """Whether a tensor that a node made can be reached from what stands on its context."""
    waiting, seen = [value], {id(value)}
    while waiting and len(seen) < MAX_OBJECTS:
        each = waiting.pop(0)
        if isinstance(each, Tensor):
            if each.grad_fn is node:
                return True
            continue
        held = gc.get_referents(each.__closure__) if isinstance(each, FunctionType) else gc.get_referents(each)
        fresh = [one for one in held if id(one) not in seen and not isinstance(one, type | ModuleType)]
        seen.update(map(id, fresh))
        waiting += fresh
    return False


def accumulates(subject: Subject) -> Outcome:
    """The backward gives its gradients and adds them to nothing by itself."""
    example = subject.examples[0]
    leaves = subject.leaves(example.tensors)
    subject.pull(subject.run(leaves), leaves, example.given)
    for argument, leaf in zip(subject.tensor_arguments, leaves, strict=True):
        if leaf.grad is not None:
            sentence = f"backward adds to {argument.name}.grad itself besides giving its gradient"
            return failed("accumulates", sentence, f"torch.autograd.grad leaves {argument.name}.grad behind")
    return passed()


def changed_afterwards(subject: Subject) -> Outcome:
    """A backward after a change in place of an argument is right, or PyTorch refuses it.

    What is kept by save_for_backward PyTorch watches; what is kept in another way it does not.
    """
    if subject.in_place:
        return inapplicable("it changes its input in place, and says so by mark_dirty")
    example = subject.examples[0]
    for k, argument in enumerate(subject.tensor_arguments):
        leaves = subject.leaves(example.tensors)
        outputs = subject.run(leaves)
        with torch.no_grad():
            leaves[k].mul_(CHANGE)
        try:
            found = filled_in(subject.pull(outputs, leaves, example.given), leaves)
        except UserCodeError:
            continue
        if not tensors_alike(found, example.gradients):
            name = argument.name
            return passed(
                "", f"keeps {name} on ctx outside save_for_backward: wrong where {name} is changed in place afterwards"
            )
    return passed()
