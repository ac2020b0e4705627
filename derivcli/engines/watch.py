"""Which points touch a special place: a corner, a jump, an edge, a boundary of branches, an infinity.

A program is watched while it runs, step by step and at every point. What is asked of a step is asked in NumPy,
over the memory of torch's own tensors: its comparisons take a fraction of torch's time and leave no graph.

Every point has the flags that it would have alone. A step can touch a special place only where it varies, that is
where it depends on a variable that is differentiated by; after a choice between branches, that may be so at some
points of a batch and not at others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from derivcli.engines.program import Program, Step, lower_tree
from derivcli.language import formulas
from derivcli.language.function import Function
from derivcli.language.functions import vocabulary
from derivcli.language.parse import parse_tree
from derivcli.language.tree import RELATIONS, Tree, call, substitute, symbol
from derivcli.result import FLAGS

Mask: TypeAlias = NDArray[np.bool_]
Varies: TypeAlias = bool | Mask
"""At which points a value varies; True and False stand for all and none."""

SWALLOWING = frozenset(
    "divide exp expm1 pow pow_constant root atan atan2 tanh erf erfc polygamma sigmoid relu max min sign mod "
    "logsumexp".split()
) | set(RELATIONS)
"""Steps that can make a finite number of one that is not; after any other the value or the gradient tells."""

CONDITIONS: dict[str, Callable[..., Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "negative": np.negative,
    "abs": np.abs, "floor": np.floor, "mod": np.mod,
}  # fmt: skip
"""The NumPy interpretation of the operations that the conditions of special places are made of."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operation has no ordinary derivative: a condition on its operands and, behind them, its value.

    It counts where the operand of the number `by` varies; without one, where any of them does.
    """

    kind: str
    condition: Program
    by: int | None = None


@cache
def places(operation: str) -> tuple[Place, ...]:
    """The special places of an operation; those of `pow_constant` count only for an exponent that is not whole."""
    if operation in RELATIONS:
        return (Place("branch", _condition("x == y", "xy")),)
    if operation == "pow_constant":
        return (Place("edge", _condition("x == 0", "x")),)
    row = vocabulary().get(operation)
    if row is None:
        return ()
    own = tuple(Place(kind, _with_value(row, tree), _exponent(row)) for kind, tree in formulas.special(row))
    return own if row.name != "pow" else (*own, Place("edge", _condition("x == 0 and n != floor(n)", "xn"), 0))


def _exponent(row: Function) -> int | None:
    """The operand that has to vary: the exponent of a power, which has the places of a root if it does not."""
    return row.parameters.index("n") if row.name == "pow" else None


def _condition(text: str, parameters: Sequence[str]) -> Program:
    """The program of a condition."""
    return lower_tree(parse_tree(text, parameters, condition=True), (*parameters, "value"))


def _with_value(row: Function, condition: Tree) -> Program:
    """The program of a row's condition; where the row itself is called there, its value is known already."""
    itself = call(row, [symbol(name) for name in row.parameters])
    return lower_tree(substitute(condition, {itself: symbol("value")}), (*row.parameters, "value"))


def _holds(condition: Program, inputs: Sequence[Any]) -> Any:
    """Where a condition holds, as a mask or one truth for all points."""
    values = list(inputs)
    with np.errstate(all="ignore"):
        for step in condition.steps:
            operands = [values[number] for number in step.inputs]
            values.append(CONDITIONS[step.operation](*operands) if operands else step.constant)
    return values[condition.outputs[0]]


@dataclass(frozen=True, slots=True)
class Watch:
    """A bit of `bits` for each kind of place that a point touches, and where each value so far `varies`.

    Inside a branch only the points that lie in all the masks `among` count.
    """

    bits: NDArray[np.uint8]
    varies: list[Varies]
    among: tuple[Mask, ...] = ()

    @classmethod
    def over(cls, inputs: Sequence[Tensor], count: int) -> Watch:
        """The watch over a program about to run: an input varies if a gradient is wanted there."""
        return cls(np.zeros(count, dtype=np.uint8), [each.requires_grad for each in inputs])

    def within(self, points: Tensor, step: Step) -> Watch:
        """The watch over a program that a piecewise step runs for some of the points."""
        return Watch(self.bits, [self.varies[number] for number in step.inputs], (*self.among, points.numpy()))

    def see(self, step: Step, operands: Sequence[Tensor], value: Tensor) -> None:
        """Set the bits of a step that has run, and note where its value varies."""
        varying = [self.varies[number] for number in step.inputs]
        anywhere = _union(varying)
        self.varies.append(anywhere)
        if anywhere is False:
            return
        if step.operation in SWALLOWING:
            self._see_swallowed(step, operands, varying)
        if step.operation == "pow_constant" and step.constant.is_integer():
            return
        for place in places(step.operation):
            where = anywhere if place.by is None else varying[place.by]
            if where is not False:
                arrays = [each.detach().numpy() for each in (*operands, value)]
                self._set(place.kind, _holds(place.condition, arrays), where)

    def _see_swallowed(self, step: Step, operands: Sequence[Tensor], varying: Sequence[Varies]) -> None:
        """Set the bits where a step may make a finite number of an operand that is not; points themselves are."""
        if step.operation == "pow_constant" and step.constant > 0:
            return
        first = 1 if step.operation == "divide" else 0
        for operand, where in zip(operands[first:], varying[first:], strict=True):
            if where is not False and not operand.is_leaf:
                self.see_finite("infinite", operand, where)

    def see_finite(self, kind: str, value: Tensor, where: Varies = True, total: Tensor | None = None) -> None:
        """Set the bit of a kind where a value is not finite; its sum, `total`, tells at once that all are."""
        value = value.detach()
        if not math.isfinite((value.sum() if total is None else total).item()):
            self._set(kind, ~np.isfinite(value.numpy()), where)

    def _set(self, kind: str, touched: Any, where: Varies) -> None:
        """Set the bit of a kind at the points touched."""
        if not touched.any():
            return
        for mask in (where, *self.among):
            touched = touched & mask
        np.bitwise_or(self.bits, 1 << FLAGS.index(kind), out=self.bits, where=touched)

    def see_choice(self, pieces: Sequence[tuple[Tensor, Varies]]) -> None:
        """Note where the value of a piecewise step varies: at the points of each piece, where that piece does."""
        if all(isinstance(varies, bool) and varies == pieces[0][1] for _, varies in pieces):
            self.varies.append(pieces[0][1])
        else:
            self.varies.append(_union([points.numpy() & varies for points, varies in pieces]))


def _union(varying: Sequence[Varies]) -> Varies:
    """Where any of the values varies."""
    masks = [varies for varies in varying if not isinstance(varies, bool)]
    if any(varies is True for varies in varying):
        return True
    return np.logical_or.reduce(masks) if masks else False
