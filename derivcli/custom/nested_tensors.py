"""The tensors of what a forward gives."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor


def tensors_in(value: object) -> Iterator[Tensor]:
    """The tensors of what a forward gives, be it one or a tuple, a list or a dictionary of such."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from tensors_in(each)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))
