"""The graph of a run: every tensor that a program makes on its way, and what one backward pass does with each.

The run is the one that gives the numbers. Hooks write down the adjoints in the order in which PyTorch computes them.
They change nothing: no tensor keeps a gradient that it would not have kept. The local derivatives of a step come from
running it again, alone, on operands that are cut off from the graph.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.program import Program, Step, kernels_in
from derivcli.engines.torch.flags import BranchValue, FlagObserver, Varies
from derivcli.engines.torch.rules import forward, run
from derivcli.engines.torch.tensors import VECTOR_BYTES, array, filled, leaves_at
from derivcli.language.tree import Tree
from derivcli.result import FloatArray, KindArray

INPUT, CHOSEN, CHOICE, SUM = "input", "chosen", "choice", "sum"
"""What makes a tensor where no step does: a point, the part of a tensor that a branch reads, a piecewise choice of
branches, and the sum of a batch."""


@dataclass(frozen=True, slots=True)
class TensorRecord:
    """One tensor of a run, whose arrays have shape (points,), or () after the sum of a batch.

    `inputs` are the numbers of the records that it was made of, `slopes` its derivative in each, None where no
    gradient goes there. `adjoint` is the derivative of the result in this tensor, None where the backward pass does
    not come by; `turn` tells when it does. `is_leaf`, `requires_grad`, `grad_fn` and `grad` are PyTorch's own
    attributes after that pass, `grad_fn` as the name of its class, "" for None. `function` is the autograd function, as
    "module:class", whose `grad_fn` is none of PyTorch's.
    """

    operation: str
    inputs: tuple[int, ...]
    constant: float
    value: FloatArray
    slopes: tuple[FloatArray | None, ...]
    adjoint: FloatArray | None
    turn: int | None
    is_leaf: bool
    requires_grad: bool
    grad_fn: str
    grad: FloatArray | None
    formula: Tree | None = None
    """What a step says of itself where its name does not tell."""
    function: str = ""


@dataclass(frozen=True, slots=True)
class BackwardGraph:
    """A run: its records in the order in which they were made, of which `output` is the program's value.

    `values` are the records of the program's own values, those of its inputs and then of its steps; `flags` has a
    bit for each special point that a point touches.
    """

    records: tuple[TensorRecord, ...]
    output: int
    values: tuple[int, ...]
    flags: KindArray


def trace(
    program: Program, at: Mapping[str, FloatArray], differentiated: Sequence[str], dtype: str = "float64"
) -> BackwardGraph:
    """The graph of a program with one output at points, after a backward pass to the variables `differentiated` by.

    `at` has an array of shape (points,) for each of the program's inputs. Several outputs are summed, so that one
    pass serves all points. Beyond these the arrays of the run are filled up, and what is written down is cut.
    """
    points = max(map(len, at.values()), default=1)
    size = VECTOR_BYTES if any(kernels_in([program])) else np.dtype(dtype).itemsize
    full = {name: filled(np.asarray(values), size) for name, values in at.items()}
    count = max(map(len, full.values()), default=1)
    with torch.inference_mode(False), torch.enable_grad(), np.errstate(all="ignore"):
        variables, _ = leaves_at(full, differentiated, dtype)
        inputs = list(variables.values())
        observer = FlagObserver.over(inputs, count)
        tape = _Tape(points, count)
        for tensor in inputs:
            tape.add(INPUT, (), tensor)
        recorder = _Recorder(observer, tape, list(range(len(inputs))))
        output = forward(program, inputs, count, recorder, once=True)
        number = tape.number(output)
        total = output
        if points > 1:
            total = (output[:points] if output.ndim else output).sum()
            tape.add(SUM, (output,), total, slopes=[torch.ones_like(output)])
        observer.observe_finite("undefined", output)
        turns = _turns(tape.tensors)
        if total.requires_grad:
            total.backward(torch.ones_like(total))  # type: ignore[no-untyped-call]
        for name in differentiated:
            grad = variables[name].grad
            if grad is not None:
                observer.observe_finite("infinite", grad)
        return BackwardGraph(tuple(tape.records(turns)), number, tuple(recorder.values), observer.bits[:points])


Turns = dict[int, tuple[int, Tensor]]
"""For the number of a tensor when the backward pass came by, and its adjoint."""


def _turns(tensors: Sequence[Tensor]) -> Turns:
    """What hooks on the tensors will have written down after a backward pass."""
    turns: Turns = {}

    def hook(number: int, adjoint: Tensor | None) -> None:
        if adjoint is not None:  # a user's backward may give nothing
            turns[number] = len(turns), adjoint.detach()

    for number, tensor in enumerate(tensors):
        if tensor.requires_grad:
            tensor.register_hook(partial(hook, number))  # type: ignore[no-untyped-call]
    return turns


@dataclass(slots=True)
class _Tape:
    """The tensors of a run as they are made, each with what made it. Tensors differ by identity.

    Of arrays of `count` numbers those at the `points` are written down.
    """

    points: int
    count: int
    tensors: list[Tensor] = field(default_factory=list)
    made: list[tuple[str, float, list[int], list[Tensor | None], Tree | None]] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def add(
        self, operation: str, operands: Sequence[Tensor], value: Tensor, number: float = 0.0,
        slopes: Sequence[Tensor | None] = (), formula: Tree | None = None,
    ) -> None:  # fmt: skip
        if id(value) not in self.numbers:
            self.numbers[id(value)] = len(self.tensors)
            self.tensors.append(value)
            self.made.append((operation, number, [self.number(operand) for operand in operands], [*slopes], formula))

    def number(self, tensor: Tensor) -> int:
        """The number of a tensor. One that was never added is a constant."""
        if id(tensor) not in self.numbers:
            self.add("constant", (), tensor, float(tensor.reshape(-1)[0]) if tensor.numel() else 0.0)
        return self.numbers[id(tensor)]

    def records(self, turns: Turns) -> list[TensorRecord]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns where the gradient of a tensor that keeps none is read
            return [self._record(number, turns) for number in range(len(self.tensors))]

    def _record(self, number: int, turns: Turns) -> TensorRecord:
        tensor = self.tensors[number]
        operation, constant, inputs, slopes, formula = self.made[number]
        turn, adjoint = turns.get(number, (None, None))
        return TensorRecord(
            operation,
            tuple(inputs),
            constant,
            self._copied(tensor),
            tuple(None if slope is None else self._copied(slope) for slope in slopes),
            None if adjoint is None else self._copied(adjoint),
            turn,
            tensor.is_leaf,
            tensor.requires_grad,
            "" if tensor.grad_fn is None else type(tensor.grad_fn).__name__,
            None if tensor.grad is None else self._copied(tensor.grad),
            formula,
            _function(tensor),
        )

    def _copied(self, tensor: Tensor) -> FloatArray:
        """A tensor's numbers in memory of their own: constants are shared by all formulas."""
        numbers: FloatArray = array(tensor)
        return (numbers[: self.points] if numbers.ndim else numbers).copy()


def _function(tensor: Tensor) -> str:
    """The autograd function that made a tensor, as "module:class"."""
    made_by = getattr(tensor.grad_fn, "_forward_cls", None)
    return "" if made_by is None else f"{made_by.__module__}:{made_by.__qualname__}"


class _Recorder:
    """Writes the steps of a program down while it runs, and lets the observer see them too."""

    def __init__(self, observer: FlagObserver, tape: _Tape, values: list[int]) -> None:
        self.observer = observer
        self.tape = tape
        self.values = values

    @property
    def varies(self) -> list[Varies]:
        """At which points each value so far varies."""
        return self.observer.varies

    def observe(self, step: Step, operands: Sequence[Tensor], value: Tensor) -> None:
        self.observer.observe(step, operands, value)
        slopes = _slopes(step, operands, self.tape.count) if value.requires_grad else [None] * len(operands)
        self.tape.add(step.operation, operands, value, step.constant, slopes, step.formula)
        self.values.append(self.tape.number(value))

    def within(
        self, points: Tensor, step: Step, operands: Sequence[Tensor] = (), kept: Sequence[Tensor] = ()
    ) -> _Recorder:
        """The recorder of a branch, some of whose operands are kept at the points that take it alone."""
        for operand, part in zip(operands, kept, strict=True):
            if part is not operand:  # it is another tensor, with a node of its own in the graph
                self.tape.add(CHOSEN, (operand,), part, slopes=[points.to(part.dtype) if part.requires_grad else None])
        return _Recorder(self.observer.within(points, step), self.tape, [])

    def at_end(self, varies: list[Varies]) -> FlagObserver:
        """The observer of an integrand at a bound, whose steps are no part of the graph."""
        return self.observer.at_end(varies)

    def observe_choice(self, pieces: Sequence[BranchValue], value: Tensor) -> None:
        """Write down what the branches come to together. The value of a single branch is known already."""
        self.observer.observe_choice(pieces, value)
        if len(pieces) > 1:
            values = [piece for _, piece, _ in pieces]
            slopes = [points.to(value.dtype) if piece.requires_grad else None for points, piece, _ in pieces]
            self.tape.add(CHOICE, values, value, slopes=slopes)
        self.values.append(self.tape.number(value))


def _slopes(step: Step, operands: Sequence[Tensor], points: int) -> list[Tensor | None]:
    """The derivatives of a step alone in each operand that a gradient goes to, at every point."""
    alone = [operand.detach().clone().requires_grad_(operand.requires_grad) for operand in operands]
    value = run(step, alone, points, alone[0], once=True)
    leaves = [leaf for leaf in alone if leaf.requires_grad]
    found = iter(torch.autograd.grad(value, leaves, torch.ones_like(value), allow_unused=True))
    slopes = [next(found) if leaf.requires_grad else None for leaf in alone]
    return [
        torch.zeros_like(leaf) if slope is None and leaf.requires_grad else slope
        for leaf, slope in zip(alone, slopes, strict=True)
    ]
