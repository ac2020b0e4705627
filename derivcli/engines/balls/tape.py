"""A formula as a tape: its nodes in the order of evaluation, recorded from the tree as typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from flint import fmpq

from derivcli.language.bound_variables import Integral, free_symbols
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.tree import SIGN_OF, Tree, postorder, rebuild, row_of

HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "==": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
}
"""Whether a comparison holds, by the sign of the difference of its sides."""


@dataclass(slots=True, eq=False)
class TapeNode:
    """One operation. `parts` are the numbers of its operands, `varies` has a bit for each variable below it."""

    operation: str
    parts: tuple[int, ...] = ()
    data: Any = None
    varies: int = 0


@dataclass(frozen=True, slots=True)
class TapeBranch:
    """A condition and a value of a choice, each with the nodes to evaluate for it, in order."""

    condition: tuple[int, ...]
    value: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Tape:
    """A formula's nodes, each once. `order` lists those outside of branches, operands first."""

    variables: tuple[str, ...]
    nodes: list[TapeNode] = field(default_factory=list)
    order: tuple[int, ...] = ()
    known_terms: set[int] = field(default_factory=set)

    def inputs(self) -> Iterator[tuple[int, TapeNode]]:
        """The nodes that are variables, with their numbers."""
        return ((number, node) for number, node in enumerate(self.nodes) if node.operation == "variable")

    def terms(self) -> set[int]:
        """The variables, a bit for each, of the terms whose sum, up to constant factors, is the formula."""
        if not self.known_terms:
            rest = [self.order[-1]]
            while rest:
                node = self.nodes[rest.pop()]
                varying = [part for part in node.parts if self.nodes[part].varies]
                if node.operation == "add" or (node.operation == "multiply" and len(varying) == 1):
                    rest += varying
                else:
                    self.known_terms.add(node.varies)
        return self.known_terms


def record(tree: Tree, variables: Sequence[str]) -> Tape:
    """The tape of a tree over the variables."""
    return record_parts(tree, variables)[0]


def record_parts(tree: Tree, variables: Sequence[str]) -> tuple[Tape, Mapping[Tree, int]]:
    """The tape of a tree, and the numbers of the nodes of its parts."""
    tape = Tape(tuple(variables))
    recorder = _Recorder(tape)
    tape.order = recorder.block(unrolled(tree))
    return tape, recorder.numbers


def moving(tape: Tape, names: Iterable[str]) -> int:
    """A bit for each variable of a tape that is among the names."""
    return sum(1 << tape.variables.index(name) for name in names if name in tape.variables)


class _Recorder:
    """Numbers the nodes of a tree, equal ones once."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.numbers: dict[Tree, int] = {}

    def block(self, tree: Tree) -> tuple[int, ...]:
        """The numbers of all nodes that `tree` needs outside of its branches. The last one is its root."""
        needed: dict[int, None] = {}
        root = -1
        for part in postorder(tree, stop_at=(sympy.Piecewise, Integral)):
            root = self.number(part, needed)
        return (*needed, root)

    def number(self, tree: Tree, needed: dict[int, None]) -> int:
        number = self.numbers.get(tree)
        if number is None:
            number = self.numbers[tree] = self.made(tree, needed)
        else:
            definition = self.rewritten(tree)
            if definition is not None:
                needed.update(dict.fromkeys(self.block(definition)))
        needed.setdefault(number)
        return number

    def made(self, tree: Any, needed: dict[int, None]) -> int:
        name = _OPERATIONS.get(type(tree))
        if name is not None:
            parts = tuple([self.numbers[part] for part in tree.args])
            return self.add(TapeNode(name, parts, None, self.varying(parts)))
        if isinstance(tree, sympy.Piecewise):
            pairs = [TapeBranch(self.block(pair.cond), self.block(pair.expr)) for pair in tree.args]
            inside = [number for pair in pairs for number in (pair.condition[-1], pair.value[-1])]
            return self.add(TapeNode("choice", (), pairs, self.varying(inside)))
        if isinstance(tree, Integral):
            return self.integral(tree, needed)
        if isinstance(tree, sympy.Symbol):
            place = self.tape.variables.index(tree.name)
            return self.add(TapeNode("variable", (), place, 1 << place))
        if isinstance(tree, sympy.Rational):
            return self.add(TapeNode("number", (), fmpq(int(tree.p), int(tree.q))))
        definition = self.rewritten(tree)
        if definition is not None:
            block = self.block(definition)
            needed.update(dict.fromkeys(block))
            return block[-1]
        parts = tuple(self.numbers[part] for part in tree.args)
        return self.add(TapeNode(_operation(tree), parts, None, self.varying(parts)))

    def integral(self, tree: Any, needed: dict[int, None]) -> int:
        """A node over the bounds and whatever else the integrand reads, with a tape of its own for that."""
        body, bound, *bounds = tree.args
        free = sorted(free_symbols(body) - {bound}, key=str)
        blocks = [self.block(part) for part in (*bounds, *free)]
        for block in blocks:
            needed.update(dict.fromkeys(block))
        parts = tuple(block[-1] for block in blocks)
        inner = record(body, [each.name for each in (bound, *free)])
        return self.add(TapeNode("integral", parts, inner, self.varying(parts)))

    def rewritten(self, tree: Any) -> Tree | None:
        """What is recorded in place of a call: its row's definition, or the call with its defaults filled in."""
        row = row_of(tree)
        if row is None:
            return None
        if row.definition is not None:
            return formulas.rewritten(row, tree.args)
        complete = tree.args if row.variadic else formulas.complete(row, tree.args)
        return None if len(complete) == len(tree.args) else rebuild(tree, complete)

    def varying(self, numbers: Iterable[int]) -> int:
        bits = 0
        for number in numbers:
            bits |= self.tape.nodes[number].varies
        return bits

    def add(self, node: TapeNode) -> int:
        self.tape.nodes.append(node)
        return len(self.tape.nodes) - 1


def _operation(tree: Any) -> str:
    if isinstance(tree, sympy.core.relational.Relational):
        return SIGN_OF[type(tree)]
    for kind, name in _OPERATIONS.items():
        if isinstance(tree, kind):
            return name
    row = row_of(tree)
    assert row is not None, f"no row of the function table has the class {type(tree).__name__}"
    return "unknown" if row.unknown else row.name


_OPERATIONS: dict[type[Tree], str] = {
    sympy.Add: "add",
    sympy.Mul: "multiply",
    sympy.Pow: "power",
    sympy.And: "and",
    sympy.Or: "or",
    sympy.Not: "not",
    type(sympy.true): "true",
    type(sympy.false): "false",
    type(sympy.pi): "pi",
    type(sympy.E): "e",
}
