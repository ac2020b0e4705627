"""The function under test: its arguments, the points to try it at, and the only place where its code is called.

Of all shapes of functions there is one picture: numbers go in, the entries of all tensor arguments, and one number
comes out. A function that works point by point takes all points in one call, as vectors, and its one entry for each
argument has a number at each point. Any other is called once for each point, with tensors of the arguments' shapes,
and its outputs are weighed into one number, so that what is checked is a vector-Jacobian product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, TypeAlias

import torch
from torch import Tensor

from derivcli.custom.budget import Budget
from derivcli.custom.loading.custom_function import CustomFunction
from derivcli.custom.nested_tensors import tensors_in
from derivcli.custom.user_code import NoDerivativeError, user_code
from derivcli.errors import DerivError
from derivcli.language.expression import Expression

Columns: TypeAlias = Tensor
"""The numbers of the arguments at points, of shape (entries, points)."""

Tensors: TypeAlias = tuple[Tensor, ...]
"""The tensor arguments of one call, the outputs that have a derivative, or a gradient for each."""

MAX_PROBES = 48
"""Of so many entries of an argument each is differentiated by; of more only a sample is."""

WEIGHTS_SEED = 1
MAX_WRITTEN_ENTRIES = 6
"""Points of no more numbers are written out."""


@dataclass(frozen=True, eq=False)
class Argument:
    """An argument of a call: a tensor of a shape whose numbers are those of the point, or a constant as it is.

    A constant is anything: a number, a text, None, a tensor of whole numbers; it is `found` where nobody gave it and it
    was tried. One argument is given by name where it can only be given so. Of a `symmetric` matrix the function reads
    one triangle and means both: it is given the mean of the matrix and its transpose.
    """

    name: str
    shape: tuple[int, ...] | None = ()
    constant: object = None
    differentiable: bool = True
    by_name: bool = False
    found: bool = False
    symmetric: bool = False

    @property
    def size(self) -> int:
        """How many numbers of the point it takes."""
        return 0 if self.shape is None else math.prod(self.shape)


@dataclass(frozen=True, eq=False)
class Example:
    """One plain call: float64 tensor arguments, upstream gradients, outputs, and gradients by tensor arguments."""

    tensors: Tensors
    upstreams: Tensors
    outputs: Tensors
    gradients: Tensors

    @property
    def given(self) -> list[Tensor]:
        """Upstream gradients for one backward, which may change them."""
        return [each.clone() for each in self.upstreams]


@dataclass(frozen=True, eq=False)
class Subject:
    """A function bound to arguments, with the points to try it at, in float64, of shape (entries, points).

    `formula` is what its forward should be, over the names of the arguments, if it works point by point. `stated` are
    the gradients that are meant where they are not the derivative, by the names of arguments. `in_place` is for one
    that changes its arguments and says so: it is called with tensors that are no leaves. Beside points that were
    `typed` no others are tried. `variants` are other ways of calling it.
    """

    function: CustomFunction
    arguments: tuple[Argument, ...]
    columns: Columns
    pointwise: bool = True
    formula: Expression | None = None
    in_place: bool = False
    variants: tuple[Variant, ...] = ()
    typed: bool = False
    stated: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.function.name

    @property
    def budget(self) -> Budget:
        """How long its calls take."""
        return self.function.budget

    @property
    def count(self) -> int:
        """The number of points."""
        return self.columns.shape[1]

    @cached_property
    def tensor_arguments(self) -> tuple[Argument, ...]:
        """The arguments whose numbers are those of the points."""
        return tuple(argument for argument in self.arguments if argument.shape is not None)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The name of each entry: that of its argument, with its place where there are others."""
        return tuple(
            argument.name + (str(list(place)) if place else "")
            for argument in self.tensor_arguments
            for place in product(*map(range, argument.shape or ()))
        )

    @cached_property
    def indices(self) -> tuple[int, ...]:
        """The entries that it is differentiated by: the rows of gradients."""
        found: list[int] = []
        start = 0
        for argument in self.tensor_arguments:
            if argument.differentiable:
                found += range(start, start + argument.size, max(1, math.ceil(argument.size / MAX_PROBES)))
            start += argument.size
        return tuple(found)

    @property
    def wrt(self) -> list[str]:
        """The names of the rows of gradients."""
        return [self.parameters[index] for index in self.indices]

    @cached_property
    def owners(self) -> list[str]:
        """For each row of gradients the name of the argument that it is of."""
        names = [argument.name for argument in self.tensor_arguments for _ in range(argument.size)]
        return [names[index] for index in self.indices]

    def calls(self, columns: Columns) -> list[Tensors]:
        """The tensor arguments of each call that numbers at points make: one for all points, or one for each."""
        if self.pointwise:
            return [tuple(columns)]
        sizes = [argument.size for argument in self.tensor_arguments]
        return [
            tuple(
                part.reshape(argument.shape or ())
                for part, argument in zip(torch.split(column, sizes), self.tensor_arguments, strict=True)
            )
            for column in columns.T
        ]

    def leaves(self, tensors: Sequence[Tensor], wanted: Sequence[int] | None = None) -> Tensors:
        """Fresh tensors of the same numbers, those of `wanted` tensor arguments to be differentiated by."""
        if wanted is None:
            wanted = [k for k, argument in enumerate(self.tensor_arguments) if argument.differentiable]
        return tuple(x.detach().clone().requires_grad_(k in wanted) for k, x in enumerate(tensors))

    def run(self, tensors: Sequence[Tensor]) -> Tensors:
        """The outputs that have a derivative, of the forward on these very tensors."""
        found = self.all_outputs(tensors)
        floating = [each for each in found if each.is_floating_point()]
        if any(each.is_complex() for each in found):
            hint = "give a function of it that is real, as its absolute value"
            raise DerivError(f"'{self.name}' gives complex numbers, which are not tried", hint=hint)
        if not floating:
            raise NoDerivativeError(f"forward gives {found[0].dtype}, which has no derivative")
        kept = self.kept_outputs if len(floating) > 1 else (0,)
        return tuple(each for k, each in enumerate(floating) if k in kept)

    def all_outputs(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """All tensors that the forward gives, one or more, on these very tensors."""
        with user_code("forward"):
            value = self.call(tensors)
        found = list(tensors_in(value))
        if not found:
            raise NoDerivativeError(f"forward gives a {type(value).__name__} where a tensor is due")
        if self.pointwise:
            for each in found:
                if each.shape != tensors[0].shape:
                    shapes = f"shape {tuple(each.shape)} for arguments of shape {tuple(tensors[0].shape)}"
                    raise DerivError(f"'{self.name}' gives {shapes}", hint="say with `--shape` what it takes")
        return found

    def call(self, tensors: Sequence[Tensor]) -> Any:
        """Whatever the user's code gives for these very tensors, and the constants."""
        given = iter(tensors)
        positional: list[object] = []
        named: dict[str, object] = {}
        for argument in self.arguments:
            value = argument.constant
            if argument.shape is not None:
                value = next(given)
                if argument.symmetric:
                    value = (value + value.mT) / 2
                elif self.in_place and value.requires_grad and value.is_leaf:
                    value = value.clone()
            if argument.by_name:
                named[argument.name] = value
            else:
                positional.append(value)
        return self.budget.timed("forward", self.function.call, *positional, **named)

    @cached_property
    def kept_outputs(self) -> tuple[int, ...]:
        """Which of the floating outputs take part in a graph: all where none does."""
        with torch.enable_grad():  # it may be asked for first where no graph is made
            found = self.all_outputs(self.leaves(self.calls(self.columns[:, :1])[0]))
        floating = [each for each in found if each.is_floating_point()]
        attached = [k for k, each in enumerate(floating) if each.requires_grad]
        return tuple(attached or range(len(floating)))

    def pull(
        self,
        outputs: Sequence[Tensor],
        tensors: Sequence[Tensor],
        upstreams: Sequence[Tensor | None] | None = None,
        keep: bool = False,
        again: bool = False,
    ) -> list[Tensor | None]:
        """The backward of outputs with upstream gradients, 1 by default: a gradient for each tensor that wants one.

        The graph is kept to be walked `again` as a second derivative, or once more as it is.
        """
        differentiable = [x for x in tensors if x.requires_grad]
        attached = [k for k, each in enumerate(outputs) if each.requires_grad]
        if not attached or not differentiable:
            return [None] * len(differentiable)
        given = [torch.ones_like(each) for each in outputs] if upstreams is None else upstreams
        with user_code("backward"):
            found = self.budget.timed(
                "backward",
                torch.autograd.grad,
                [outputs[k] for k in attached],
                differentiable,
                [given[k] for k in attached],
                retain_graph=keep or again,
                create_graph=again,
                allow_unused=True,
            )
        return [each if each is None or each.layout is torch.strided else each.to_dense() for each in found]

    def weights(self, outputs: Sequence[Tensor], point: int, upstream: Tensor | None = None) -> Tensors:
        """What each output counts in the one number that comes out, times an upstream gradient of that number.

        The only output of a function that works point by point counts 1. All others are drawn, anew for each point.
        """
        if self.pointwise and len(outputs) == 1:
            drawn = [torch.ones_like(outputs[0])]
        else:
            seed = WEIGHTS_SEED + (0 if self.pointwise else point % self.count)
            shapes = tuple(() if self.pointwise else tuple(each.shape) for each in outputs)
            drawn = [
                w.to(each.dtype).expand(each.shape).clone()
                for w, each in zip(_drawn_weights(seed, shapes), outputs, strict=True)
            ]
        return tuple(drawn if upstream is None else [w * upstream.to(w.dtype) for w in drawn])

    def value(self, columns: Columns) -> Tensor:
        """The one number that comes out at each point, of shape (points,), without a graph."""
        found = []
        with torch.no_grad():
            for point, tensors in enumerate(self.calls(columns)):
                outputs = self.run(self.leaves(tensors, ()))
                if self.pointwise and len(outputs) == 1:
                    return outputs[0].detach().clone()
                found.append(self.weighed(outputs, self.weights(outputs, point)))
        return found[0] if self.pointwise else torch.stack(found)

    def weighed(self, numbers: Sequence[Tensor], weights: Tensors) -> Tensor:
        """What outputs, or tangents of them, come to: a number for each point of a batch, or one number."""
        terms = [w * y for w, y in zip(weights, numbers, strict=True)]
        if not self.pointwise:
            terms = [term.sum() for term in terms]
        return torch.stack(terms).sum(0)

    def gradients(self, columns: Columns, upstream: Tensor | None = None) -> Tensor:
        """The backward at these points, of shape (rows, points); 0 where it gives None.

        `upstream`, of shape (points,), is the gradient of something by the number that comes out, 1 by default.
        """
        found = []
        for point, tensors in enumerate(self.calls(columns)):
            leaves = self.leaves(tensors)
            outputs = self.run(leaves)
            given = None if upstream is None else upstream if self.pointwise else upstream[point]
            found.append(self.rows(self.pull(outputs, leaves, self.weights(outputs, point, given)), leaves))
        return found[0] if self.pointwise else torch.stack(found, -1)

    def rows(self, gradients: Sequence[Tensor | None], tensors: Sequence[Tensor]) -> Tensor:
        """Gradients by tensors as rows: of shape (rows, points) where these are vectors of points, else (rows,)."""
        filled = filled_in(gradients, tensors)
        if self.pointwise:
            return torch.stack([each for each, x in zip(filled, tensors, strict=True) if x.requires_grad])
        return torch.cat([each.flatten() for each in filled])[list(self.indices)]

    def by_argument(self, rows: Tensor) -> Tensors:
        """A number for each row, of shape (rows,), as one tensor for each differentiable tensor argument."""
        numbers = torch.zeros(len(self.parameters), dtype=torch.float64).index_copy(0, torch.tensor(self.indices), rows)
        parts = torch.split(numbers, [argument.size for argument in self.tensor_arguments])
        pairs = zip(parts, self.tensor_arguments, strict=True)
        return tuple(part.reshape(each.shape or ()) for part, each in pairs if each.differentiable)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """A plain call for each point, or one for all where the function works point by point."""
        found = []
        for point, tensors in enumerate(self.calls(self.columns)):
            leaves = self.leaves(tensors)
            outputs = self.run(leaves)
            upstreams = self.weights(outputs, point)
            kept = tuple(each.detach().clone() for each in outputs)  # a backward may change the outputs themselves
            gradients = filled_in(self.pull(outputs, leaves, [each.clone() for each in upstreams]), leaves)
            found.append(Example(tensors, upstreams, kept, tuple(each.clone() for each in gradients)))
        return tuple(found)

    def each(self, compute: Callable[[Columns], Tensor]) -> Tensor:
        """What is computed at each point by itself, put together along the last axis."""
        if not self.pointwise:
            return compute(self.columns)
        return torch.cat([compute(self.columns[:, point : point + 1]) for point in range(self.count)], -1)

    @cached_property
    def values(self) -> Tensor:
        """The number that comes out at each point by itself."""
        return self.each(self.value)

    @cached_property
    def slopes(self) -> Tensor:
        """The backward of each point by itself with an upstream gradient of 1, of shape (rows, points)."""
        return self.each(self.gradients)

    def at(self, point: int) -> str:
        """Where a point is, in words that read back."""
        column = self.columns[:, point]
        if len(column) <= MAX_WRITTEN_ENTRIES:
            numbers = zip(self.parameters, column.tolist(), strict=True)
            return "at " + ", ".join(f"{name} = {number_text(x)}" for name, x in numbers)
        shapes = ", ".join(f"{each.name} of shape {shape_text(each.shape or ())}" for each in self.tensor_arguments)
        return f"at {shapes}"


@dataclass(frozen=True, eq=False)
class Variant:
    """Another way of calling a function, which has to be as right: other shapes, or another constant.

    `where` says what is other, as in "mode is 'max'", and `otherwise` what it is in the first way. A `spare` one is
    tried where another one of its argument was wrong, to say of which values that is so.
    """

    subject: Subject
    where: str
    otherwise: str = ""
    argument: str = ""
    spare: bool = False


@lru_cache(maxsize=64)
def _drawn_weights(seed: int, shapes: tuple[tuple[int, ...], ...]) -> Tensors:
    """Numbers from 0.5 to 1.5 that read back, of either sign in turn."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [(torch.rand(shape, generator=generator, dtype=torch.float64) * 1000).round() / 1000 for shape in shapes]
    return tuple((w + 0.5) * (1 - 2 * (torch.arange(w.numel()).reshape(w.shape) % 2)) for w in drawn)


def number_text(number: float) -> str:
    """A number in so few digits that it reads back."""
    return next(text for text in (f"{number:.{digits}g}" for digits in (6, 10, 15, 16, 17)) if float(text) == number)


def shape_text(shape: Sequence[int]) -> str:
    """A shape as `--shape` takes it: 4x3, 5, or 1 number."""
    return "x".join(map(str, shape)) if len(shape) else "1 number"


def filled_in(gradients: Sequence[Tensor | None], tensors: Sequence[Tensor]) -> Tensors:
    """A gradient for each tensor: 0 where there is none, or where none was wanted."""
    given = iter(gradients)
    found = [next(given) if x.requires_grad else None for x in tensors]
    return tuple(torch.zeros_like(x) if g is None else g.detach() for g, x in zip(found, tensors, strict=True))
