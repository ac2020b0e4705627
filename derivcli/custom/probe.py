"""The function under test, and the only places where its code is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

from derivcli.custom.load import CustomFunction
from derivcli.errors import DerivError

if TYPE_CHECKING:
    from derivcli.language.expression import Expression

Columns: TypeAlias = tuple[Tensor, ...]
"""A tensor for each argument, all of the same shape."""


class OwnError(Exception):
    """The function's own code failed, in its forward or its backward."""

    def __init__(self, stage: str, error: BaseException) -> None:
        super().__init__(stage)
        self.stage, self.error = stage, error


class NoDerivativeError(Exception):
    """The forward gives what cannot have a derivative; the message says what."""


@contextmanager
def own(stage: str) -> Iterator[None]:
    """A block that runs the user's code."""
    try:
        yield
    except (Exception, SystemExit) as error:
        raise OwnError(stage, error) from error


@dataclass(frozen=True, eq=False)
class Subject:
    """A function under test with the points to try it at: its arguments there have shape (points,), in float64.

    `places` are the numbers of the arguments that it is differentiated by, `formula` what its forward should be,
    `numbers` stand in the places of arguments that it takes as Python numbers.
    """

    name: str
    parameters: tuple[str, ...]
    function: CustomFunction
    places: tuple[int, ...]
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
        return [self.parameters[place] for place in self.places]

    def leaves(self, columns: Columns, places: Sequence[int] | None = None) -> Columns:
        """Fresh tensors of the same numbers, those of some places to be differentiated by."""
        wanted = self.places if places is None else places
        return tuple(x.detach().clone().requires_grad_(place in wanted) for place, x in enumerate(columns))

    def run(self, inputs: Columns) -> Tensor:
        """The forward on these very tensors; DerivError where it does not work point by point."""
        given = [self.numbers.get(place, x) for place, x in enumerate(inputs)]
        with own("forward"):
            value: Any = self.function.apply(*given)  # type: ignore[no-untyped-call]
        if isinstance(value, tuple | list):
            hint = "formulas call functions that give one tensor; torch.autograd.gradcheck takes others"
            raise DerivError(f"'{self.name}' gives {len(value)} tensors", hint=hint)
        if not isinstance(value, Tensor):
            raise NoDerivativeError(f"forward gives a {type(value).__name__} where a tensor is due")
        if value.shape != inputs[0].shape:
            message = f"'{self.name}' gives shape {tuple(value.shape)} for arguments of shape {tuple(inputs[0].shape)}"
            hint = "formulas call functions that work point by point; torch.autograd.gradcheck takes others"
            raise DerivError(message, hint=hint)
        if not value.is_floating_point():
            raise NoDerivativeError(f"forward gives {value.dtype}, which has no derivative")
        return value

    def pull(
        self, value: Tensor, inputs: Columns, upstream: Tensor | None = None, keep: bool = False, again: bool = False
    ) -> list[Tensor | None]:
        """The backward of a value with an upstream gradient, 1 by default: a gradient for each place that wants one.

        The graph is kept to be walked `again` as a second derivative, or once more as it is.
        """
        wanted = [x for x in inputs if x.requires_grad]
        if not value.requires_grad:
            return [None] * len(wanted)
        upstream = torch.ones_like(value) if upstream is None else upstream
        with own("backward"):
            found = torch.autograd.grad(
                value, wanted, upstream, retain_graph=keep or again, create_graph=again, allow_unused=True
            )
        return list(found)

    def value(self, columns: Columns) -> Tensor:
        """The forward at these points together, without a graph."""
        with torch.no_grad():
            return self.run(self.leaves(columns, ())).detach().clone()

    def gradients(self, columns: Columns, upstream: Tensor | None = None) -> Tensor:
        """The backward at these points together, of shape (places, points); 0 where it gives None."""
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
        """The backward of each point by itself with an upstream gradient of 1, of shape (places, points)."""
        return self.each(self.gradients)

    def at(self, point: int) -> str:
        """Where a point is, in words."""
        pairs = zip(self.parameters, self.columns, strict=True)
        return "at " + ", ".join(f"{name} = {x[point].item():.6g}" for name, x in pairs)


def stacked(gradients: Sequence[Tensor | None], like: Tensor) -> Tensor:
    """Gradients as one tensor; 0 where there is none."""
    return torch.stack([torch.zeros_like(like) if each is None else each.detach() for each in gradients])
