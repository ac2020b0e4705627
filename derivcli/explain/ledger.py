"""The ledger of a run: a row for each node of the backward graph, with its value, its local derivatives, its adjoint.

The adjoint of a node is the derivative of the result in it, by the chain rule the sum over the nodes that read it of
their adjoint times their local derivative in it. (Griewank and Walther, Evaluating Derivatives, chapter 3.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from derivcli.engines.graph import CHOICE, CHOSEN, INPUT, SUM, Graph, Record, trace
from derivcli.engines.program import lower_named
from derivcli.engines.symbolic import derivatives_of, simplified
from derivcli.errors import DerivError
from derivcli.language.functions import vocabulary
from derivcli.language.text import text_of
from derivcli.language.tree import number as exact
from derivcli.language.tree import substitute, symbol
from derivcli.result import Result

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.result import FloatArray

OUTPUTS = ("y", "f", "out", "result")
"""What the result is called: the first of these that means nothing else."""

STEMS = ("v", "w", "node", "step")
"""What other nodes are called, with a number behind it."""

FORMS: dict[str, str] = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0}*{1}", "divide": "{0}/{1}", "negative": "-{0}",
    INPUT: "", CHOSEN: "{0} where chosen", SUM: "sum of {0}",
}  # fmt: skip
"""How operations are written; a function of the table is written as its call."""

FORMULAS: dict[str, tuple[str, ...]] = {
    "add": ("1", "1"),
    "subtract": ("1", "-1"),
    "multiply": ("{1}", "{0}"),
    "divide": ("1/{1}", "-{0}/{1}**2"),
    "negative": ("-1",),
    SUM: ("1",),
}
"""The local derivatives of operations that no row of the table gives; a branch has 1 where it is chosen, else 0."""


CLOSE = {"float64": 1e-10, "float32": 1e-4}
"""How near numbers of each format are, relatively, that rounding alone keeps apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A node's derivative in the node `of` that it reads, as a formula in the names of nodes, and as numbers."""

    of: str
    formula: str
    value: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One tensor of the run; its arrays have shape (points,), or () after the sum of a batch.

    `operation` is how it is made of `inputs`, nodes and constants; "" for a variable. `adjoint` is None where the
    backward pass does not come by, and `turn` tells when it does. The others are PyTorch's own attributes after that
    pass: `grad_fn` is the name of the class, "" for None.
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

    @property
    def accumulates_in(self) -> str:
        """Where the backward pass leaves the adjoint for the user; "" where it only hands it on."""
        return f"{self.name}.grad" if self.is_leaf and self.adjoint is not None else ""


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """What one node contributes to the adjoint of another: its own adjoint times its local derivative."""

    node: Node
    local: Local

    @property
    def value(self) -> FloatArray:
        """The contribution, of shape (points,)."""
        assert self.node.adjoint is not None, "the backward pass came by"
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
        """The nodes that a function of the user's own hands something else than its adjoint times its derivative."""
        own = self.result.expression.own
        found = []
        for name, shares in self.shares.items():
            node = self.by_name[name]
            if node.adjoint is not None and any(share.node.operation.partition("(")[0] in own for share in shares):
                total = sum(share.value for share in shares)
                if not np.allclose(total, node.adjoint, rtol=CLOSE[str(node.value.dtype)], atol=0, equal_nan=True):
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


def ledger_of(expression: Expression, at: Mapping[str, FloatArray], wanted: Sequence[str], dtype: str) -> Ledger:
    """The ledger of an expression at points, after one backward pass to the variables `wanted`.

    `at` has an array of shape (points,) for every variable.
    """
    program, definitions = lower_named(expression, tuple(at))
    graph = trace(program, at, wanted, dtype)
    values = {name: np.asarray(array, dtype=dtype) for name, array in at.items()}
    count = len(graph.flags)
    gradients = {}
    for name, record in zip(at, graph.records, strict=False):
        if name in wanted:
            gradients[name] = np.zeros(count, dtype) if record.grad is None else record.grad
    value = np.broadcast_to(graph.records[graph.output].value, (count,)).astype(dtype)
    result = Result(expression, values, value, gradients, graph.flags)
    naming = _Naming(graph, list(at), {graph.values[place]: name for place, name in definitions.items()})
    return Ledger(result, naming.names[graph.output], tuple(naming.nodes()))


class _Naming:
    """Gives the records of a graph their names, and writes them as nodes."""

    def __init__(self, graph: Graph, variables: Sequence[str], definitions: Mapping[int, str]) -> None:
        self.graph = graph
        self.kept = _reachable(graph, len(variables))
        taken = {*variables, *definitions.values()}
        named = {**definitions, **dict(enumerate(variables))}
        named.setdefault(graph.output, next(name for name in OUTPUTS if name not in taken))
        taken |= {*named.values()}
        fresh = _fresh(taken)
        self.names: dict[int, str] = {}
        for number in self.kept:
            record = graph.records[number]
            if number in named:
                self.names[number] = named[number]
            elif record.operation == "constant":
                self.names[number] = _operand_text(record.constant)
            elif record.operation == SUM:
                self.names[number] = next(name for name in ("sum", "total", "all") if name not in taken)
            else:
                self.names[number] = next(fresh)

    def nodes(self) -> Iterator[Node]:
        """The nodes: all records that the result needs, but constants among their operands."""
        for number in self.kept:
            record = self.graph.records[number]
            if record.operation != "constant" or number == self.graph.output:
                yield self._node(number, record)

    def _node(self, number: int, record: Record) -> Node:
        inputs = tuple(self.names[part] for part in record.inputs)
        locals = [
            Local(of, _formula(record, place, inputs), slope)
            for place, (of, slope) in enumerate(zip(inputs, record.slopes, strict=True))
            if slope is not None
        ]
        return Node(
            self.names[number],
            _operation(record, inputs),
            inputs,
            record.value,
            tuple(locals),
            record.adjoint,
            record.turn,
            record.is_leaf,
            record.requires_grad,
            record.grad_fn,
            record.grad,
        )


def _reachable(graph: Graph, inputs: int) -> list[int]:
    """The records that the result is made of, and all inputs, in their order."""
    needed = {graph.output, *range(inputs)}
    for number in range(len(graph.records) - 1, -1, -1):
        record = graph.records[number]
        if record.operation == SUM:
            needed.add(number)
        if number in needed:
            needed.update(record.inputs)
    return sorted(needed)


def _fresh(taken: Collection[str]) -> Iterator[str]:
    """Names that nothing else has: v1, v2, ..."""
    stem = next(stem for stem in STEMS if not any(name.removeprefix(stem).isdigit() for name in taken))
    number = 0
    while True:
        number += 1
        yield f"{stem}{number}"


def _operand_text(value: float) -> str:
    """A constant as an operand: in brackets where it has a sign."""
    text = _number_text(value)
    return f"({text})" if text.startswith("-") else text


def _number_text(value: float) -> str:
    return repr(value).removesuffix(".0").replace("e+", "e")


def _operation(record: Record, inputs: Sequence[str]) -> str:
    """How a tensor is made of its operands."""
    if record.operation == "constant":
        return _number_text(record.constant)
    if record.operation == "pow_constant":
        return f"{inputs[0]}**{_operand_text(record.constant)}"
    if record.operation == CHOICE:
        return " or ".join(inputs) + ", by branch"
    form = FORMS.get(record.operation)
    return f"{record.operation}({', '.join(inputs)})" if form is None else form.format(*inputs)


def _formula(record: Record, place: int, inputs: Sequence[str]) -> str:
    """The local derivative in one operand, in the operands' names; "" where there is none to write."""
    if record.operation in FORMULAS:
        return FORMULAS[record.operation][place].format(*inputs)
    if record.operation == "pow_constant":
        return _power_formula(inputs[0], record.constant)
    return _function_formula(record.operation, place, tuple(inputs))


def _power_formula(base: str, exponent: float) -> str:
    """n*x**(n - 1)."""
    if exponent in (0, 1):
        return _number_text(exponent)
    power = "" if exponent == 2 else f"**{_operand_text(exponent - 1)}"
    return f"{_operand_text(exponent)}*{base}{power}"


@lru_cache(maxsize=10_000)
def _function_formula(name: str, place: int, inputs: tuple[str, ...]) -> str:
    """The derivative of a function of the table in one of its parameters, over the names of operands."""
    row = vocabulary().get(name)
    if row is None:
        return ""
    try:
        formula = derivatives_of(row).get(row.parameters[place])
    except DerivError:
        return ""
    if formula is None:
        return ""
    operands = [symbol(text) if text.isidentifier() else exact(Fraction(text.strip("()"))) for text in inputs]
    tree = substitute(formula, dict(zip(map(symbol, row.parameters), operands, strict=False)))
    return text_of(tree if all(text.isidentifier() for text in inputs) else simplified(tree))
