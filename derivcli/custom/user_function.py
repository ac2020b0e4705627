"""The function under test, the only places where its code is called, and what is said of code that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import torch
from torch import Tensor

from derivcli.custom.load import CustomFunction
from derivcli.custom.report import Outcome, failed
from derivcli.errors import DerivError, failure
from derivcli.language.expression import Expression

Columns: TypeAlias = tuple[Tensor, ...]
"""A tensor for each argument, all of the same shape."""


POINT_BY_POINT = "formulas call functions that work point by point; torch.autograd.gradcheck takes others"
"""The way out for a function of another kind."""


class UserCodeError(Exception):
    """The function's own code failed, in its forward or its backward."""

    def __init__(self, stage: str, error: BaseException) -> None:
        super().__init__(stage)
        self.stage, self.error = stage, error


class NoDerivativeError(Exception):
    """The forward gives what cannot have a derivative; the message says what."""


@contextmanager
def user_code(stage: str) -> Iterator[None]:
    """A block that runs the user's code."""
    try:
        yield
    except (Exception, SystemExit) as error:
        raise UserCodeError(stage, error) from error


@dataclass(frozen=True, eq=False)
class UserFunction:
    """A function under test with the points to try it at: its arguments there have shape (points,), in float64.

    `indices` are the positions of the arguments that it is differentiated by, `formula` what its forward should be,
    `numbers` stand for arguments that it takes as Python numbers.
    """

    name: str
    parameters: tuple[str, ...]
    function: CustomFunction
    indices: tuple[int, ...]
    columns: Columns
    formula: Expression | None = None
    numbers: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of points."""
        return len(self.columns[0])

    @property
    def wrt(self) -> list[str]:
        """The arguments that it is differentiated by."""
        return [self.parameters[index] for index in self.indices]

    def leaves(self, columns: Columns, indices: Sequence[int] | None = None) -> Columns:
        """Fresh tensors of the same numbers, those of some arguments to be differentiated by."""
        differentiable = self.indices if indices is None else indices
        return tuple(x.detach().clone().requires_grad_(index in differentiable) for index, x in enumerate(columns))

    def run(self, inputs: Columns) -> Tensor:
        """The forward on these very tensors; DerivError where it does not work point by point."""
        given = [self.numbers.get(index, x) for index, x in enumerate(inputs)]
        with user_code("forward"):
            value: Any = self.function.apply(*given)  # type: ignore[no-untyped-call]
        if isinstance(value, tuple | list):
            hint = "formulas call functions that give one tensor; torch.autograd.gradcheck takes others"
            raise DerivError(f"'{self.name}' gives {len(value)} tensors", hint=hint)
        if not isinstance(value, Tensor):
            raise NoDerivativeError(f"forward gives a {type(value).__name__} where a tensor is due")
        if value.shape != inputs[0].shape:
            message = f"'{self.name}' gives shape {tuple(value.shape)} for arguments of shape {tuple(inputs[0].shape)}"
            raise DerivError(message, hint=POINT_BY_POINT)
        if not value.is_floating_point():
            raise NoDerivativeError(f"forward gives {value.dtype}, which has no derivative")
        return value

    def pull(
        self, value: Tensor, inputs: Columns, upstream: Tensor | None = None, keep: bool = False, again: bool = False
    ) -> list[Tensor | None]:
        """The backward of a value with an upstream gradient, 1 by default: a gradient for each argument that wants one.

        The graph is kept to be walked `again` as a second derivative, or once more as it is.
        """
        differentiable = [x for x in inputs if x.requires_grad]
        if not value.requires_grad:
            return [None] * len(differentiable)
        upstream = torch.ones_like(value) if upstream is None else upstream
        with user_code("backward"):
            found = torch.autograd.grad(
                value, differentiable, upstream, retain_graph=keep or again, create_graph=again, allow_unused=True
            )
        return list(found)

    def value(self, columns: Columns) -> Tensor:
        """The forward at these points together, without a graph."""
        with torch.no_grad():
            return self.run(self.leaves(columns, ())).detach().clone()

    def gradients(self, columns: Columns, upstream: Tensor | None = None) -> Tensor:
        """The backward at these points together, of shape (arguments, points); 0 where it gives None."""
        inputs = self.leaves(columns)
        return stacked(self.pull(self.run(inputs), inputs, upstream), columns[0])

    def each(self, compute: Callable[[Columns], Tensor]) -> Tensor:
        """What is computed at each point by itself, put together along the last axis."""
        points = range(self.count)
        return torch.cat([compute(tuple(x[point : point + 1] for x in self.columns)) for point in points], -1)

    @cached_property
    def values(self) -> Tensor:
        """The forward of each point by itself."""
        return self.each(self.value)

    @cached_property
    def slopes(self) -> Tensor:
        """The backward of each point by itself with an upstream gradient of 1, of shape (arguments, points)."""
        return self.each(self.gradients)

    def at(self, point: int) -> str:
        """Where a point is, in words."""
        pairs = zip(self.parameters, self.columns, strict=True)
        return "at " + ", ".join(f"{name} = {x[point].item():.6g}" for name, x in pairs)


def stacked(gradients: Sequence[Tensor | None], like: Tensor) -> Tensor:
    """Gradients as one tensor; 0 where there is none."""
    return torch.stack([torch.zeros_like(like) if each is None else each.detach() for each in gradients])


TORCH_ERRORS = (
    (r"gradients \(expected (\d+), got (\d+)\)", "count", "wrong number of gradients: {1}, should be {0}"),
    (r"invalid gradient at index .* shape compatible", "shape", "a gradient of the wrong shape"),
    (r"expected Variable or None \(got (\w+)\)", "type", "backward gives a {0} where a tensor is due"),
    (r"leaf Variable that requires grad", "input", "modifies its input in place"),
    (r"modified by an inplace operation", "saved", "modifies saved tensors in place"),
    (r"must implement either the backward or vjp", "missing", "there is no backward"),
)
"""What PyTorch says, as a pattern, with the kind and the sentence."""


def code_failure(error: UserCodeError, kind: str = "raises", sentence: str = "") -> Outcome:
    """What is wrong with a function whose code failed, or that PyTorch refuses; a sentence for what it does not say."""
    for pattern, known, said in TORCH_ERRORS:
        match = re.search(pattern, error_text(error))
        if match is not None:
            return failed(known, said.format(*match.groups()), error_text(error))
    if isinstance(error.error, ModuleNotFoundError):  # the file's folder is looked in only while the file is run
        return failed(
            "import", f"{error.stage} imports what should be imported at the head of the file", error_text(error)
        )
    return failed(kind, sentence or f"{error.stage} fails", error_text(error))


def error_text(error: UserCodeError) -> str:
    """What the user's code raised, and where, in a line."""
    return f"{error.stage} raises {failure(error.error)}"
