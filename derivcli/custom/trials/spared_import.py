"""PyTorch's compiler, which torch.func imports to say that it does not want it: most of a second."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import torch

COMPILER = "torch._dynamo"


@contextmanager
def spared_compiler() -> Iterator[None]:
    """A block in which torch.func does not import the compiler: what is not there compiles nothing."""
    if COMPILER in sys.modules:
        yield
        return
    stand_in = _Compiler()
    name = COMPILER.rpartition(".")[2]
    setattr(torch, name, stand_in)
    try:
        yield
    finally:
        if vars(torch).get(name) is stand_in:
            delattr(torch, name)


class _Compiler:
    """Stands where the compiler would, until anything else is asked of it."""

    compiled_autograd = SimpleNamespace(_disable=nullcontext)

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(COMPILER), name)
