"""The ledger of a run: a row for each node of the backward graph, with its value, its local derivatives, its adjoint.

The adjoint of a node is the derivative of the result in it, by the chain rule the sum over the nodes that read it of
their adjoint times their local derivative in it. (Griewank and Walther, Evaluating Derivatives, chapter 3.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from derivcli.language.pickling import reduced
from derivcli.record_equality import equal
from derivcli.showing import html, mime_bundle, pretty, short, text

if TYPE_CHECKING:
    from derivcli.result import FloatArray, Result

ADJOINT_TOLERANCE = {"float64": 1e-10, "float32": 1e-4}
"""The largest relative difference of two numbers of a format that rounding explains."""


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A node's derivative in the node `of` that it reads, as a formula in the names of nodes, and as numbers."""

    of: str
    formula: str
    value: FloatArray

    __eq__ = equal


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One tensor of the run; its arrays have shape (points,), or () after the sum of a batch.

    `operation` is how it is made of `inputs`, nodes and constants; "" for a variable. `adjoint` is None where the
    backward pass does not come by, and `turn` tells when it does. The others are PyTorch's own attributes after that
    pass: `grad_fn` is the name of the class, "" for None, and `function` the autograd function that it belongs to, as
    "module:class", "" where it is PyTorch's own.
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    value: FloatArray
    locals: tuple[Local, ...]
    adjoint: FloatArray | None
    turn: int | None
    is_leaf: bool
    requires_grad: bool
    grad_fn: str
    grad: FloatArray | None
    function: str = ""

    __eq__ = equal
    __repr__ = short

    @property
    def accumulates_in(self) -> str:
        """Where the backward pass leaves the adjoint for the user; "" where it only hands it on."""
        return f"{self.name}.grad" if self.is_leaf and self.adjoint is not None else ""


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """What one node contributes to the adjoint of another: its own adjoint times its local derivative."""

    node: Node
    local: Local

    __eq__ = equal

    @property
    def value(self) -> FloatArray:
        """The contribution, of shape (points,)."""
        import numpy as np  # late, since the public list names these classes

        assert self.node.adjoint is not None, "the backward pass came by"
        with np.errstate(all="ignore"):
            value: FloatArray = self.node.adjoint * self.local.value
        return value


@dataclass(frozen=True, eq=False)
class Ledger:
    """The graph of one run, its nodes in the order in which PyTorch made them.

    `output` is the name of the formula's value. `result` holds the numbers of the same run, with their verdicts
    where they were checked.
    """

    result: Result
    output: str
    nodes: tuple[Node, ...]

    __eq__ = equal
    __reduce__ = reduced
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """The nodes by their names."""
        return {node.name: node for node in self.nodes}

    @property
    def root(self) -> Node:
        """The node at which the backward pass starts: the result or, of several points, its sum."""
        return self.backward[0] if self.backward else self.by_name[self.output]

    @cached_property
    def backward(self) -> tuple[Node, ...]:
        """The nodes that the backward pass comes by, in the order in which it does."""
        reached = [node for node in self.nodes if node.turn is not None]
        return tuple(sorted(reached, key=lambda node: node.turn or 0))

    @cached_property
    def shares(self) -> Mapping[str, Sequence[Share]]:
        """What the adjoint of each node is the sum of, in the order in which it comes."""
        found: dict[str, list[Share]] = {node.name: [] for node in self.nodes}
        for node in self.backward:
            for local in node.locals:
                found[local.of].append(Share(node, local))
        return found

    @cached_property
    def broken(self) -> tuple[Node, ...]:
        """The nodes to which a user's own function hands a gradient other than its adjoint times its derivative."""
        custom = self.result.expression.custom_functions
        found = []
        for name, shares in self.shares.items():
            node = self.by_name[name]
            if any(share.node.operation.partition("(")[0] in custom for share in shares) and not _adds_up(node, shares):
                found.append(node)
        return tuple(found)

    @property
    def variables(self) -> tuple[Node, ...]:
        """The nodes that are variables of the formula, in the order of the points."""
        return tuple(node for node in self.nodes if node.name in self.result.at)

    @property
    def shown(self) -> tuple[Node, ...]:
        """The nodes whose attributes a reader asks for: the variables and the result."""
        return (*self.variables, *([] if self.output in self.result.at else [self.by_name[self.output]]))

    def why(self, node: Node) -> str:
        """What a node's `.grad` is, and why."""
        if node.grad is not None:
            return "filled, since the backward pass ends at leaves that require grad"
        name = node.name
        if name == self.output and not node.requires_grad:
            return f"None, since nothing that {name} is made of requires grad: {name}.backward() would be an error"
        if not node.is_leaf:
            return (
                f"None, since {name} is no leaf: the pass hands its adjoint on and keeps it only "
                f"where {name}.retain_grad() was called before"
            )
        if not node.requires_grad:
            return "None, since requires_grad is False"
        return f"None, since {self.output} does not depend on it"


def _adds_up(node: Node, shares: Sequence[Share]) -> bool:
    """Whether an adjoint is the sum of its shares, as near as the rounding of these allows."""
    import numpy as np

    values = np.array([share.value for share in shares])
    with np.errstate(all="ignore"):
        rounding = ADJOINT_TOLERANCE[str(node.value.dtype)] * np.abs(values).sum(axis=0)
        same = np.abs(values.sum(axis=0) - (0 if node.adjoint is None else node.adjoint)) <= rounding
    return bool(np.all(same | ~np.isfinite(rounding)))
