"""Builds the ledger of a run: names its tensors, and writes them and their local derivatives as formulas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, count

import numpy as np

from derivcli.engines.program import lower_named
from derivcli.engines.symbolic import SYMPY_FAILURES, UNREAL, derivatives_of, simplified
from derivcli.engines.torch.backward_graph import CHOICE, CHOSEN, INPUT, SUM, BackwardGraph, TensorRecord, trace
from derivcli.errors import DerivError
from derivcli.explain.ledger import Ledger, Local, Node
from derivcli.language.expression import Expression
from derivcli.language.functions.table import vocabulary
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, substitute, symbol
from derivcli.language.tree import number as exact
from derivcli.result import FloatArray, Result

OUTPUTS = ("y", "f", "out", "result")
"""What the result is called that its text gives no name: the first of these that means nothing else."""

SUMS = ("sum", "total", "all")
"""The same for the sum of a batch."""

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


def ledger_of(expression: Expression, at: Mapping[str, FloatArray], wrt: Sequence[str], dtype: str) -> Ledger:
    """The ledger of an expression at points, arrays of one length, after a backward pass to the variables `wrt`."""
    program, definitions = lower_named(expression, tuple(at))
    graph = trace(program, at, wrt, dtype)
    values = {name: np.asarray(array, dtype=dtype) for name, array in at.items()}
    points = len(graph.flags)
    gradients = {}
    for name, record in zip(at, graph.records, strict=False):
        if name in wrt:
            gradients[name] = np.zeros(points, dtype) if record.grad is None else record.grad
    value = np.broadcast_to(graph.records[graph.output].value, (points,)).astype(dtype)
    result = Result(expression, values, value, gradients, graph.flags)
    called = {graph.values[place]: name for place, name in definitions.items()}
    names = _names(graph, list(at), called, (expression.name,) if expression.name else OUTPUTS)
    nodes = [
        _node(number, graph.records[number], names)
        for number in names
        if graph.records[number].operation != "constant" or number == graph.output
    ]
    return Ledger(result, names[graph.output], tuple(nodes))


def _names(
    graph: BackwardGraph, variables: Sequence[str], definitions: Mapping[int, str], outputs: Sequence[str]
) -> dict[int, str]:
    """What each record is called that the result needs, which has the first free one of its names.

    A constant is called what it is.
    """
    taken = {*variables, *definitions.values()}
    named = {**definitions, **dict(enumerate(variables))}
    named.setdefault(graph.output, _free(outputs, taken))
    taken |= {*named.values()}
    fresh = _fresh(taken)
    names = {}
    for number in _reachable(graph, len(variables)):
        record = graph.records[number]
        if number in named:
            names[number] = named[number]
        elif record.operation == "constant":
            names[number] = _operand_text(record.constant)
        else:
            names[number] = _free(SUMS, taken) if record.operation == SUM else next(fresh)
    return names


def _node(number: int, record: TensorRecord, names: Mapping[int, str]) -> Node:
    inputs = tuple(names[part] for part in record.inputs)
    locals = [
        Local(of, _formula(record, place, inputs), slope)
        for place, (of, slope) in enumerate(zip(inputs, record.slopes, strict=True))
        if slope is not None
    ]
    return Node(
        names[number],
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
        record.function,
    )


def _reachable(graph: BackwardGraph, inputs: int) -> list[int]:
    """The records that the result is made of, and all inputs, in their order."""
    needed = {graph.output, *range(inputs)}
    for number in range(len(graph.records) - 1, -1, -1):
        record = graph.records[number]
        if record.operation == SUM:
            needed.add(number)
        if number in needed:
            needed.update(record.inputs)
    return sorted(needed)


def _free(names: Iterable[str], taken: Collection[str]) -> str:
    """The first of some names that nothing else has; with a number where all are taken."""
    first, *_ = names
    return next(name for name in chain(names, (f"{first}{number}" for number in count(1))) if name not in taken)


def _fresh(taken: Collection[str]) -> Iterator[str]:
    """Names that nothing else has: v1, v2, ..."""
    stems = chain(STEMS, (STEMS[0] * length for length in count(2)))
    stem = next(stem for stem in stems if not any(name.removeprefix(stem).isdigit() for name in taken))
    return (f"{stem}{number}" for number in count(1))


def _operand_text(value: float) -> str:
    """A constant as an operand: in brackets where it has a sign."""
    text = _number_text(value)
    return f"({text})" if text.startswith("-") else text


def _number_text(value: float) -> str:
    return repr(value).removesuffix(".0").replace("e+", "e")


def _operation(record: TensorRecord, inputs: Sequence[str]) -> str:
    if record.formula is not None:
        return _with_operands(record.formula, _holes(inputs), inputs)
    if record.operation == "constant":
        return _number_text(record.constant)
    if record.operation == "pow_constant":
        return f"{inputs[0]}**{_operand_text(record.constant)}"
    if record.operation == CHOICE:
        return " or ".join(inputs) + ", by branch"
    form = FORMS.get(record.operation)
    return f"{record.operation}({', '.join(inputs)})" if form is None else form.format(*inputs)


def _formula(record: TensorRecord, place: int, inputs: Sequence[str]) -> str:
    """The local derivative in one operand, in the operands' names; "" where there is none to write."""
    if record.formula is not None:
        return _slope_of_formula(record.formula, place, inputs)
    if record.operation in FORMULAS:
        return FORMULAS[record.operation][place].format(*inputs)
    if record.operation == "pow_constant":
        return _power_formula(inputs[0], record.constant)
    return _function_formula(record.operation, place, tuple(inputs))


def _holes(inputs: Sequence[str]) -> list[str]:
    """What stands for the operands in a record's own formula."""
    return [f"#{place}" for place in range(len(inputs))]


def _slope_of_formula(formula: Tree, place: int, inputs: Sequence[str]) -> str:
    try:
        slope = simplified(formula.diff(symbol(f"#{place}")))
        return _with_operands(slope, _holes(inputs), inputs)
    except (DerivError, *SYMPY_FAILURES):
        return ""


def _power_formula(base: str, exponent: float) -> str:
    """n*x**(n - 1)."""
    if exponent in (0, 1):
        return _number_text(exponent)
    power = "" if exponent == 2 else f"**{_operand_text(exponent - 1)}"
    return f"{_operand_text(exponent)}*{base}{power}"


@lru_cache(maxsize=10_000)
def _function_formula(name: str, place: int, inputs: tuple[str, ...]) -> str:
    row = vocabulary().get(name)
    if row is None:
        return ""
    try:
        formula = derivatives_of(row).get(row.parameters[place])
        return "" if formula is None else _with_operands(formula, row.parameters, inputs)
    except (DerivError, *SYMPY_FAILURES):
        return ""


def _with_operands(formula: Tree, parameters: Sequence[str], inputs: Sequence[str]) -> str:
    """A formula over parameters with operands in their place, its arithmetic done where some are numbers."""
    operands = [symbol(text) if text.isidentifier() else exact(Fraction(text.strip("()"))) for text in inputs]
    tree = substitute(formula, dict(zip(map(symbol, parameters), operands, strict=False)))
    if any(not text.isidentifier() for text in inputs):
        tree = simplified(tree)
    return "" if tree.has(*UNREAL) else text_of(tree)
