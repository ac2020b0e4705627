"""Ledgers of formulas with functions of the user's own, which may break the chain of adjoints."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from torch import Tensor

from derivcli import explain, parse
from tests.custom_functions import Square
from tests.support import each
from tests.test_explain import broken_sums


def test_functions_of_the_users_own() -> None:
    ledger = explain(parse("3*SQ(x)", use={"SQ": Square}), {"x": 4})
    node = ledger.nodes[1]
    assert (node.operation, node.grad_fn) == ("SQ(x)", "SquareBackward")
    assert [local.value.item() for local in node.locals] == [8]
    assert broken_sums(ledger) == []


class Cube(torch.autograd.Function):
    """A right function whose value and derivative are rounded otherwise than a formula's."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        ctx.save_for_backward(i)
        return i**3 / 7

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        slope: Tensor = grad_outputs[0] * 3 * i * i / 7
        return slope


@each("seed", range(40))
def test_rounding_is_no_fault_of_a_function(seed: int) -> None:
    draw = random.Random(seed)
    ledger = explain(parse("c*E(x) - c*x^3/7", use={"E": Cube}), {"c": draw.uniform(-3, 3), "x": draw.uniform(-3, 3)})
    assert ledger.broken == ()


class Mute(Square):
    """Has no gradient to give, which is as good as 0."""

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Any:
        return None


class Deaf(Square):
    """Ignores what comes from above."""

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        slope: Tensor = 2 * i
        return slope


@pytest.mark.parametrize(("function", "broken"), [(Square, []), (Deaf, ["x"]), (Mute, [])])
def test_a_backward_that_ignores_what_comes_in_is_seen(function: type[Square], broken: list[str]) -> None:
    ledger = explain(parse("3*SQ(x)", use={"SQ": function}), {"x": 4})
    assert [node.name for node in ledger.broken] == broken
    if function is Mute:
        assert ledger.by_name["x"].adjoint is None
    else:
        assert ledger.by_name["x"].adjoint == (8 if broken else 24)
        assert explain(parse("SQ(x)", use={"SQ": function}), {"x": 4}).broken == ()  # at the end of a graph all is well
