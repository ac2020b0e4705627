"""Which classes with a backward of their own a call goes through, and what these say they can do."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, TypeAlias

import torch
from torch.autograd.function import BackwardCFunction

from derivcli.custom.subject import Subject

FunctionClass: TypeAlias = type[torch.autograd.Function]


@lru_cache(maxsize=1)
def graph_classes(subject: Subject) -> tuple[FunctionClass, ...]:
    """The class itself that is tried, or those whose backward stands in the graph of a call."""
    if subject.function.kind == "autograd function":
        target: Any = subject.function.target
        return (target,)
    leaves = subject.leaves(subject.calls(subject.columns[:, :1])[0])
    waiting: list[Any] = [each.grad_fn for each in subject.run(leaves) if each.grad_fn is not None]
    seen, found = set(waiting), []
    while waiting:
        node = waiting.pop()
        found += [vars(type(node))["_forward_cls"]] if isinstance(node, BackwardCFunction) else []
        following = {each for each, _ in node.next_functions if each is not None} - seen
        seen |= following
        waiting += following
    return tuple(dict.fromkeys(found))


def has_jvp(function: FunctionClass) -> bool:
    """Whether it has a rule of its own for forward mode."""
    return function.jvp is not torch.autograd.Function.jvp


def has_context_apart(function: FunctionClass) -> bool:
    """Whether its context is set up by a method of its own, which torch.func asks for."""
    return function.setup_context is not torch.autograd.Function.setup_context


def vmap_rule(subject: Subject) -> Literal["own", "made", ""]:
    """Whether there is a rule for batches: one of its own, or one that PyTorch makes as all its classes ask for."""
    classes = graph_classes(subject)
    if getattr(subject.function.target, "_vmap_fn", None) is not None:  # of an operator
        return "own"
    if classes and all(each.generate_vmap_rule for each in classes):
        return "made"
    rules = [each.generate_vmap_rule or each.vmap is not torch.autograd.Function.vmap for each in classes]
    return "own" if rules and all(rules) else ""
