"""The run: series of a program's one output, over blocks of points that fit the processor's caches."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from derivcli.engines.program import Program
from derivcli.engines.taylor.rules import forward
from derivcli.engines.taylor.series import Series, embed, joint
from derivcli.engines.torch.tensors import VECTOR_BYTES

BLOCK_NUMBERS = 32_768
"""Numbers in the longest series of a block of points."""


@torch.no_grad()
def expand(program: Program, inputs: Sequence[Tensor], caps: tuple[int, ...], count: int) -> Tensor:
    """The program's series at `count` points, of shape (terms along each axis..., points or 1).

    The inputs are series themselves: a variable x along the only axis has the terms (x, 1).
    """
    loop = VECTOR_BYTES // inputs[0].element_size() if inputs else 1
    size = max(loop, BLOCK_NUMBERS // prod(cap + 1 for cap in caps) // loop * loop)
    if count <= size:
        return _block(program, inputs, caps).terms
    blocks = [
        _block(program, [x if x.shape[-1] == 1 else x[..., at : at + size] for x in inputs], caps).terms
        for at in range(0, count, size)
    ]
    *shape, points = joint(*blocks)
    if points == 1:
        return embed(blocks[0], [*shape, 1])
    sizes = [min(size, count - at) for at in range(0, count, size)]
    return torch.cat([embed(block, [*shape, length]) for block, length in zip(blocks, sizes, strict=True)], dim=-1)


def _block(program: Program, inputs: Sequence[Tensor], caps: tuple[int, ...]) -> Series:
    series = [Series(x, caps) for x in inputs]
    like = series[0] if series else Series(torch.zeros((1,) * (len(caps) + 1), dtype=torch.float64), caps)
    return forward(program, series, like)
