"""What is wrong with gradients by all arguments and of all outputs, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import torch
from torch import Tensor

from derivcli.custom.faults.argument_faults import ZERO, look
from derivcli.custom.faults.tensor_cases import Case, Look
from derivcli.custom.subject import Tensors
from derivcli.custom.truth.jacobians import Pullback

WHOLE = ("stated", "surrogate")
"""Kinds whose sentences name their argument."""


def named(case: Case) -> Look | None:
    """What is wrong, in a sentence that tells of which argument; None where nothing is."""
    bad = [a for a in range(len(case.names)) if case.is_wrong(a)]
    if not bad:
        return None
    exchanged = swapped(case)
    if exchanged is not None:
        return exchanged
    looks = [look(case, a) for a in bad]
    kind, sentence = looks[0]
    if len(case.names) == 1 or f" of {case.names[bad[0]]} " in sentence or "; say " in sentence or kind in WHOLE:
        return kind, sentence
    plain = {text.partition(":")[0] for _, text in looks}
    if len(plain) == 1 and all(a in bad or case.is_unused(a) for a in range(len(case.names))):
        return kind, sentence if all(each == looks[0] for each in looks) else plain.pop()
    if kind == "somewhere":
        return kind, sentence.replace(" where ", f" in {case.names[bad[0]]} where ")
    what, colon, why = sentence.partition(":")
    return kind, f"{what} in {case.names[bad[0]]}{colon}{why}"


def swapped(case: Case) -> Look | None:
    """The gradients of two arguments that stand in each other's place."""
    bad = [a for a in range(len(case.names)) if case.is_wrong(a)]
    for a, b in combinations(bad, 2):
        if len(bad) == 2 and case.fits(a, _truth_of(b)) and case.fits(b, _truth_of(a)):
            return "swapped", f"the gradients of {case.names[a]} and {case.names[b]} are swapped"
    return None


def _truth_of(b: int) -> Callable[[Pullback, int], Tensor | None]:
    def other(each: Pullback, a: int) -> Tensor | None:
        return each.truths[b] if each.found[a].shape == each.truths[b].shape else None

    return other


def ignored(case: Case) -> Look | None:
    """Gradients that are right for upstream gradients of 1, of all outputs or of some."""
    bad = [a for a in range(len(case.names)) if case.is_wrong(a)]
    outputs = range(len(case.pullbacks[0].upstreams))
    for count in range(len(outputs), 0, -1):
        for chosen in combinations(outputs, count):
            if bad and all(case.fits(a, _with_ones(chosen)) for a in bad):
                return "ignores", "ignores grad_output: right at the end of a graph, wrong inside one"
    return None


def _with_ones(chosen: Sequence[int]) -> Callable[[Pullback, int], Tensor | None]:
    def candidate(each: Pullback, a: int) -> Tensor | None:
        given = [torch.ones_like(u) if k in chosen else u for k, u in enumerate(each.upstreams)]
        return each.with_upstreams(a, given)

    return candidate


def outputs_swapped(case: Case) -> Look | None:
    """Upstream gradients of two outputs that stand in each other's place."""
    bad = [a for a in range(len(case.names)) if case.is_wrong(a)]
    for one, other in combinations(range(len(case.pullbacks[0].upstreams)), 2):
        if bad and all(case.fits(a, _exchanged(one, other)) for a in bad):
            return "outputs", f"the gradients of outputs {one + 1} and {other + 1} are swapped"
    return None


def _exchanged(one: int, other: int) -> Callable[[Pullback, int], Tensor | None]:
    def candidate(each: Pullback, a: int) -> Tensor | None:
        given = list(each.upstreams)
        if given[one].numel() != given[other].numel():
            return None
        given[one], given[other] = given[other], given[one]
        return each.with_upstreams(a, given)

    return candidate


def of_output(case: Case, k: int, found: Sequence[Tensors]) -> Case:
    """The backwards of one output alone, with the gradients that came out of each."""
    return replace(
        case,
        pullbacks=tuple(
            replace(
                each,
                upstreams=(each.upstreams[k],),
                blocks=tuple((block[k],) for block in each.blocks),
                truths=tuple(
                    (block[k] @ each.upstreams[k].flatten()).reshape(truth.shape)
                    for block, truth in zip(each.blocks, each.truths, strict=True)
                ),
                found=tuple(gradients),
            )
            for each, gradients in zip(case.pullbacks, found, strict=True)
        ),
    )


def named_of_outputs(cases: Sequence[Case]) -> Look | None:
    """What is wrong with the gradient of one output, by the backwards of each; None where several are wrong."""
    wrong = [k for k, case in enumerate(cases) if any(case.is_wrong(a) for a in range(len(case.names)))]
    if len(wrong) != 1:
        return None
    (k,) = wrong
    found = named(cases[k])
    assert found is not None, "something is wrong with it"
    kind, sentence = found
    where = f" for output {k + 1}"
    if kind == "zero":
        return "outputs", sentence.replace(ZERO, f"the gradient of output {k + 1} is lost")
    what, colon, why = sentence.partition(":")
    return kind, f"{what}{where}{colon}{why}"
