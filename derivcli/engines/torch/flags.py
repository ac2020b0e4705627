"""Flags: which points touch a corner, a jump, an edge, a boundary of branches, an infinity.

An observer is shown every step of a program while it runs, at every point. It compares in NumPy, over the memory of
torch's own tensors, which takes a fraction of torch's time and leaves no graph. In a trace or on a GPU the numbers
cannot be looked at. There it computes the same in tensors, at all points.

Every point has the flags that it would have alone. A step can touch a special point only where it varies, that is
where it depends on a variable that is differentiated by; after a choice between branches, that may be so at some
points of a batch and not at others.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.program import COMPARISONS, Program, Step, lower_tree
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.torch.tensors import at_hand
from derivcli.flag_table import FLAG_TABLE
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.tree import RELATIONS, Tree, call, postorder, substitute, symbol
from derivcli.result import KindArray

Mask: TypeAlias = Any
"""Some of the points, as an array of NumPy or as a tensor."""

Varies: TypeAlias = bool | Mask
"""At which points a value varies. True and False stand for all and none."""

BranchValue: TypeAlias = tuple[Tensor, Tensor, Varies]
"""The points that take a branch, its value there, and where that varies."""

ConditionOperations: TypeAlias = dict[str, Callable[..., Any]]
"""What computes the operations that the conditions of special points are made of."""

ARRAY_OPERATIONS: ConditionOperations = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "negative": np.negative,
    "abs": np.abs, "floor": np.floor, "mod": np.mod,
}  # fmt: skip
TENSOR_OPERATIONS: ConditionOperations = {
    **COMPARISONS, "and": lambda x, y: torch.where(x, y, False), "or": lambda x, y: torch.where(x, True, y),
    "not": torch.logical_not, "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "negative": operator.neg, "abs": torch.abs, "floor": torch.floor,
    "mod": torch.remainder,
}  # fmt: skip
"""Choices in place of `and` and `or`, since a compiler has a faster form for them."""


@dataclass(frozen=True, slots=True)
class SpecialPoint:
    """Where an operation has no ordinary derivative: a condition on the values that it `reads`.

    These are numbers of operands; the number after the last operand is the operation's own value. A point counts
    where the operand `by` varies, or any operand if there is no `by`. A relation `says` true or false at the special
    point. If it says the other everywhere, the condition need not be computed.
    """

    kind: str
    reads: tuple[int, ...]
    condition: Program
    by: int | None = None
    says: bool | None = None


@lru_cache(maxsize=4096)
def special_points(operation: str, exponent: float) -> tuple[tuple[int, ...], tuple[SpecialPoint, ...]]:
    """The operands that a step may swallow, and its special points. `exponent` is that of a `pow_constant`."""
    if operation == "pow_constant":
        edges = () if exponent.is_integer() else (_special_point("edge", _read("x == 0", "x"), "x"),)
        return () if exponent > 0 else (0,), edges
    if operation == "divide":
        return (1,), ()
    if operation in RELATIONS:
        equal = _special_point("branch", _read("x == y", "xy"), "xy")
        return (0, 1), (replace(equal, says=COMPARISONS[operation](0, 0)),)
    row = vocabulary().get(operation)
    return (_swallowed(row), _special_points(row)) if row else ((), ())


def _swallowed(row: Function) -> tuple[int, ...]:
    """The operands that can be infinite, or no number, where the value is finite. For others the value tells.

    Of special functions all operands are looked at, which costs next to nothing beside them.
    """
    hiding = row.parameters if row.name in KERNELS else row.hides_infinite
    return tuple(row.parameters.index(name) for name in hiding)


def _special_points(row: Function) -> tuple[SpecialPoint, ...]:
    """The special points of a row. A power whose exponent does not vary has those of a root instead of its own."""
    itself = call(row, [symbol(name) for name in row.parameters])
    by = row.parameters.index("n") if row.name == "pow" else None
    found = [
        _special_point(kind, substitute(condition, {itself: symbol("value")}), row.parameters, by)
        for kind, condition in formulas.special(row)
    ]
    if row.name == "pow":
        found.append(_special_point("edge", _read("x == 0 and n != floor(n)", row.parameters), row.parameters, by=0))
    return tuple(found)


def _read(text: str, parameters: Sequence[str]) -> Tree:
    return formulas.parse_tree(text, parameters, condition=True)


def _special_point(kind: str, condition: Tree, parameters: Sequence[str], by: int | None = None) -> SpecialPoint:
    """A special point whose condition is a tree over the parameters and `value`."""
    used = {str(part) for part in postorder(condition) if part.is_Symbol}
    names = {number: name for number, name in enumerate((*parameters, "value")) if name in used}
    return SpecialPoint(kind, tuple(names), lower_tree(condition, tuple(names.values())), by)


def _holds(condition: Program, inputs: Sequence[Any], conditions: ConditionOperations) -> Any:
    """Where a condition holds, as a mask or one truth for all points."""
    values = list(inputs)
    for step in condition.steps:
        operands = [values[number] for number in step.inputs]
        values.append(conditions[step.operation](*operands) if operands else step.constant)
    return values[condition.outputs[0]]


@dataclass(frozen=True, slots=True)
class ArrayFlags:
    """The flags in NumPy: a bit of `bits` for each kind of special point that a point touches."""

    bits: KindArray

    def mask(self, points: Tensor) -> Mask:
        """Some of the points."""
        return points.numpy()

    def observe(self, special: SpecialPoint, values: Sequence[Tensor], masks: Sequence[Mask]) -> None:
        """Set the bits of the points in all the masks where a condition holds."""
        if special.says is None or _occurs(special.says, values[-1]):
            arrays = [values[number].detach().numpy() for number in special.reads]
            self._set(special.kind, _holds(special.condition, arrays, ARRAY_OPERATIONS), masks)

    def observe_finite(self, kind: str, value: Tensor, masks: Sequence[Mask], total: Tensor | None) -> None:
        """Set the bit of a kind where a value is not finite. A finite sum tells at once that there is none."""
        if not math.isfinite((value.sum() if total is None else total).item()):
            self._set(kind, ~np.isfinite(value.numpy()), masks)

    def _set(self, kind: str, touched: Any, masks: Sequence[Mask]) -> None:
        if not np.count_nonzero(touched):
            return
        for mask in masks:
            touched = touched & mask
        points = np.flatnonzero(np.broadcast_to(touched, self.bits.shape))
        self.bits[points] |= FLAG_TABLE[kind].mask


@dataclass(frozen=True, slots=True)
class TensorFlags:
    """The flags in tensors: for each kind touched so far, its bit as a number at the points touched, and 0 at others.

    Numbers of the points' own width and choices between them are what a compiler makes the fastest code of.
    """

    untouched: Tensor
    touched: dict[str, Tensor] = field(default_factory=dict)

    @property
    def bits(self) -> Tensor:
        """A bit for each kind, as uint8."""
        return sum(self.touched.values(), self.untouched).to(torch.uint8)

    def mask(self, points: Tensor) -> Mask:
        """Some of the points."""
        return points

    def observe(self, special: SpecialPoint, values: Sequence[Tensor], masks: Sequence[Mask]) -> None:
        """Set the flags of the points in all the masks where a condition holds."""
        read = [values[number].detach() for number in special.reads]
        self._set(special.kind, _holds(special.condition, read, TENSOR_OPERATIONS), masks)

    def observe_finite(self, kind: str, value: Tensor, masks: Sequence[Mask], total: Tensor | None) -> None:
        """Note the points where a value is not finite: only there it differs from itself by what is not 0."""
        self._set(kind, value - value != 0, masks)

    def _set(self, kind: str, touched: Tensor, masks: Sequence[Mask]) -> None:
        before = self.touched.get(kind, self.untouched)
        now = torch.where(touched, float(FLAG_TABLE[kind].mask), before)
        for mask in masks:
            now = torch.where(mask, now, before)
        self.touched[kind] = now


class StepObserver(Protocol):
    """Who is shown each step of a program while it runs."""

    @property
    def varies(self) -> list[Varies]:
        """At which points each value so far varies."""

    def within(
        self, points: Tensor, step: Step, operands: Sequence[Tensor] = (), kept: Sequence[Tensor] = ()
    ) -> StepObserver:
        """The observer of a branch that is run for some points, with what is `kept` of the operands."""

    def at_end(self, varies: list[Varies]) -> StepObserver:
        """The observer of an integrand at a bound; its inputs vary so."""

    def observe(self, step: Step, operands: Sequence[Tensor], value: Tensor) -> None:
        """A step has run."""

    def observe_choice(self, pieces: Sequence[BranchValue], value: Tensor) -> None:
        """A piecewise step has run."""


@dataclass(frozen=True, slots=True)
class FlagObserver:
    """Sets the flags of special points: those `found` so far, and where each value so far `varies`.

    Inside a branch only the points that lie in all the masks `among` count.
    """

    found: ArrayFlags | TensorFlags
    varies: list[Varies]
    among: tuple[Mask, ...] = ()

    @classmethod
    def over(cls, inputs: Sequence[Tensor], count: int) -> FlagObserver:
        """The observer of a program about to run: an input varies if it requires a gradient."""
        varies: list[Varies] = [each.requires_grad for each in inputs]
        if all(map(at_hand, inputs)):
            return cls(ArrayFlags(np.zeros(count, dtype=np.uint8)), varies)
        return cls(TensorFlags(torch.zeros(count, dtype=inputs[0].dtype, device=inputs[0].device)), varies)

    @property
    def bits(self) -> Any:
        """A bit for each kind of special point: an array of uint8, or a tensor where numbers cannot be looked at."""
        return self.found.bits

    def within(
        self, points: Tensor, step: Step, operands: Sequence[Tensor] = (), kept: Sequence[Tensor] = ()
    ) -> FlagObserver:
        """The observer of a branch that is run for some of the points."""
        among = (*self.among, self.found.mask(points))
        return FlagObserver(self.found, [self.varies[number] for number in step.inputs], among)

    def at_end(self, varies: list[Varies]) -> FlagObserver:
        """The observer of an integrand at a bound."""
        return FlagObserver(self.found, varies, self.among)

    def observe(self, step: Step, operands: Sequence[Tensor], value: Tensor) -> None:
        """Set the bits of a step that has run, and note where its value varies."""
        varying = [self.varies[number] for number in step.inputs]
        anywhere = _union(varying)
        self.varies.append(anywhere)
        swallowed, touchable = special_points(step.operation, step.constant)
        if anywhere is False or not (swallowed or touchable):
            return
        for number in swallowed:
            if varying[number] is not False and not operands[number].is_leaf:  # the points themselves are finite
                self.observe_finite("infinite", operands[number], varying[number])
        values = (*operands, value)
        for special in touchable:
            where = anywhere if special.by is None else varying[special.by]
            if where is not False:
                self.found.observe(special, values, self._masks(where))

    def observe_choice(self, pieces: Sequence[BranchValue], value: Tensor) -> None:
        """Note where the value of a piecewise step varies: at the points of each piece, where that piece does."""
        first = pieces[0][2]
        if isinstance(first, bool) and all(varies is first for _, _, varies in pieces):
            self.varies.append(first)
        else:
            self.varies.append(_union([self.found.mask(points) & varies for points, _, varies in pieces]))

    def observe_finite(self, kind: str, value: Tensor, where: Varies = True, total: Tensor | None = None) -> None:
        """Set the bit of a kind where a value is not finite. `total` is the sum of its numbers, if that is known."""
        self.found.observe_finite(kind, value.detach(), self._masks(where), total)

    def _masks(self, where: Varies) -> Sequence[Mask]:
        """The masks that points have to lie in to count where a value varies."""
        return self.among if isinstance(where, bool) else (*self.among, where)


def _occurs(truth: bool, value: Tensor) -> bool:
    count = int(np.count_nonzero(value.numpy()))
    return count > 0 if truth else count < value.numel()


def _union(varying: Sequence[Varies]) -> Varies:
    union: Varies = False
    for varies in varying:
        if varies is True or union is False:
            union = varies
        elif union is not True and varies is not False:
            union = union | varies
    return union
