"""Integrals over series: each node of a quadrature is a point of its own, and no coefficient is a difference."""

from __future__ import annotations

import torch

from derivcli.engines.taylor.recurrences import TaylorRule, anchored, growing
from derivcli.engines.taylor.series import Series, embed, joint
from derivcli.engines.torch.rules import TORCH_RULES

BLOCK_POINTS = 16


def quadrature(name: str, formula: TaylorRule) -> TaylorRule:
    """The rule of an integral. None of its coefficients exists where it has no value."""

    def grow(base: Series, *inputs: Series) -> Series:
        found = anchored(formula)(base, *inputs)
        return Series(torch.where(torch.isfinite(found.value), found.terms, torch.nan), found.caps)

    return growing(TORCH_RULES[name], grow)


def in_blocks(formula: TaylorRule, *inputs: Series) -> Series:
    """The formula at all points, some of them at a time."""
    count = max(u.terms.shape[-1] for u in inputs)
    indices = [torch.arange(start, min(start + BLOCK_POINTS, count)) for start in range(0, count, BLOCK_POINTS)]
    blocks = [formula(*(u.at(some) for u in inputs)).terms for some in indices]
    *shape, _ = joint(*blocks)
    terms = torch.cat([embed(block, [*shape, block.shape[-1]]) for block in blocks], dim=-1)
    return Series(terms, inputs[0].caps)


def spread(u: Series, count: int, nodes: int) -> Series:
    """The series at each of the points, once for each node."""
    return Series(u.terms.expand(*u.terms.shape[:-1], count).repeat_interleave(nodes, dim=-1), u.caps)


def summed(heights: Series, nodes: int) -> Series:
    """The sum over the nodes of each point."""
    terms = heights.terms
    return Series(terms.reshape(*terms.shape[:-1], -1, nodes).sum(dim=-1), heights.caps)
