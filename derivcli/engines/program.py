"""An expression as a flat list of steps: what every engine interprets.

A program's values are numbered: its inputs first, then one for each step. Equal steps are shared, rewrites
are put in place, and arithmetic on constants is done here, exactly where it is rational. A piecewise step
holds programs of its own for its conditions and values, which an interpretation runs only at the points
that take them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import sympy

from derivcli.language.bound_variables import Integral, free_symbols
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.expression import Expression
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS, vocabulary
from derivcli.language.parser import constant_folding
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.tree import RELATIONS, Tree, divisor, made, negated, postorder, row_of, substitute, symbol

ARITHMETIC = ("constant", "add", "subtract", "multiply", "divide", "negative", "pow_constant", "piecewise", "integral")
COMPARISONS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
LOGIC = (*RELATIONS, "and", "or", "not", "true", "false")
OPERATIONS = frozenset((*ARITHMETIC, *LOGIC, *(row.name for row in FUNCTIONS if row.primitive)))
"""The names of all steps but those of a user's custom functions. Every interpretation has a rule for each."""

CustomFunction: TypeAlias = Callable[..., Any]
"""A user's custom function, tensors in and a tensor out. A step that has one is called like that function."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on earlier values. `constant` is its number where it carries one, `kernel` a user's code.

    An integral reads its bounds and what its `integrand` does, a program over the abscissa and these values.
    Values that no later step reads are let go after it: those in `last`.
    """

    operation: str
    inputs: tuple[int, ...]
    constant: float = 0.0
    branches: tuple[Branch, ...] = ()
    kernel: CustomFunction | None = None
    last: tuple[int, ...] = ()
    integrand: Program | None = None
    formula: Tree | None = None
    """Of an integral what is typed, with the symbols #0, #1, ... in the places of the inputs."""

    @property
    def inner_programs(self) -> Iterator[Program]:
        """The programs inside of the step."""
        for branch in self.branches:
            yield from (branch.condition, branch.value)
        if self.integrand is not None:
            yield self.integrand


@dataclass(frozen=True, slots=True)
class Program:
    """Steps over `inputs`, the names of variables. `outputs` are the numbers of the values that it gives."""

    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]


def kernels_in(programs: Iterable[Program]) -> Iterator[str]:
    """The names of the user's custom functions that programs run."""
    for program in programs:
        for step in program.steps:
            if step.kernel is not None:
                yield step.operation
            yield from kernels_in(step.inner_programs)


@dataclass(frozen=True, slots=True)
class Branch:
    """One piece of a piecewise step. Both programs read the step's inputs, in their order."""

    condition: Program
    value: Program


def only(program: Program, output: int) -> Program:
    """The part of a program that one of its outputs needs."""
    return program if program.outputs == (output,) else _pruned(replace(program, outputs=(output,)))[0]


@dataclass(frozen=True, slots=True)
class Scope:
    """What symbols mean in a tree: the values that hold them, and the trees of those that are definitions."""

    values: Mapping[Tree, int]
    definitions: Mapping[Tree, Tree] = field(default_factory=dict)


def lower(expressions: Sequence[Expression], inputs: Sequence[str]) -> Program:
    """The program of several expressions over the variables `inputs`, one output each."""
    lowering = _Lowering(inputs)
    return lowering.program([lowering.lower_expression(expression) for expression in expressions])


def lower_each(expressions: Sequence[Expression], inputs: Sequence[str]) -> list[tuple[Expression, Program]]:
    """Each expression with its own program over the variables `inputs`. They are lowered together."""
    program = lower(expressions, inputs)
    return [(each, only(program, output)) for each, output in zip(expressions, program.outputs, strict=True)]


def lower_named(expression: Expression, inputs: Sequence[str]) -> tuple[Program, dict[int, str]]:
    """The program of an expression over the variables `inputs`, and its values that are definitions, by name."""
    lowering = _Lowering(inputs)
    program, numbers = _pruned(lowering.unpruned([lowering.lower_expression(expression)]))
    return program, {numbers[value]: name for value, name in lowering.named.items() if value in numbers}


def lower_tree(tree: Tree, inputs: Sequence[str]) -> Program:
    """The program of one tree over the variables `inputs`."""
    lowering = _Lowering(inputs)
    return lowering.program([lowering.lower(unrolled(tree), Scope(lowering.variables()))])


@cache
def lower_derivative(name: str, index: int) -> Program:
    """The program of a row's derivative in its parameter `index`, by the formula of the function table."""
    row = vocabulary()[name]
    return lower_tree(formulas.derivative(row, index), row.parameters)


class _Lowering:
    """The steps made so far, each once."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self.inputs = tuple(inputs)
        self.steps: list[Step] = []
        self.numbers: dict[Step, int] = {}
        self.constants: dict[int, Constant] = {}
        self.named: dict[int, str] = {}

    def variables(self) -> dict[Tree, int]:
        return {symbol(name): number for number, name in enumerate(self.inputs)}

    def program(self, outputs: Sequence[int]) -> Program:
        return _pruned(self.unpruned(outputs))[0]

    def unpruned(self, outputs: Sequence[int]) -> Program:
        return Program(self.inputs, tuple(self.steps), tuple(outputs))

    def lower_expression(self, expression: Expression) -> int:
        """The value of an expression. Each of its definitions is computed once."""
        values: dict[Tree, int] = self.variables()
        trees: dict[Tree, Tree] = {}
        for definition in expression.definitions:
            tree = unrolled(definition.tree)
            value = values[symbol(definition.name)] = self.lower(tree, Scope(values, trees))
            self.named.setdefault(value, definition.name)
            trees[symbol(definition.name)] = substitute(tree, trees)
        return self.lower(unrolled(expression.tree), Scope(values, trees))

    def lower(self, tree: Tree, scope: Scope) -> int:
        done: dict[Tree, int] = dict(scope.values)
        for node in postorder(tree, stop_at=(sympy.Piecewise, Integral)):
            if node not in done:
                done[node] = self.lower_node(node, done, scope)
        return done[tree]

    def lower_node(self, node: Any, done: Mapping[Tree, int], scope: Scope) -> int:
        if isinstance(node, sympy.Piecewise):
            return self.lower_piecewise(node, scope)
        if isinstance(node, Integral):
            return self.lower_integral(node, scope)
        parts = [done[part] for part in node.args]
        if isinstance(node, sympy.Rational):
            return self.constant(Fraction(node.p, node.q))
        if isinstance(node, sympy.NumberSymbol):
            return self.constant(float(node))
        if isinstance(node, sympy.Add):
            return self.lower_sum(node, parts, done)
        if isinstance(node, sympy.Mul):
            return self.lower_product(node, parts, done)
        if isinstance(node, sympy.Pow):
            return self.lower_power(node, parts)
        if isinstance(node, sympy.core.relational.Relational | sympy.logic.boolalg.Boolean):
            return self.lower_condition(node, parts)
        row = row_of(node)
        assert row is not None, f"no row of the function table has the class {type(node).__name__}"
        return self.call(row, parts)

    def lower_sum(self, node: Any, parts: Sequence[int], done: Mapping[Tree, int]) -> int:
        """Terms from left to right. One whose sign is changed is subtracted."""
        total = parts[0]
        for term, part in zip(node.args[1:], parts[1:], strict=True):
            positive = negated(term)
            total = self.step("add", total, part) if positive is None else self.step("subtract", total, done[positive])
        return total

    def lower_product(self, node: Any, parts: Sequence[int], done: Mapping[Tree, int]) -> int:
        """Factors from left to right. A reciprocal divides, and -1 before one factor changes its sign."""
        positive = negated(node)
        if positive is not None:
            return self.step("negative", done[positive])
        total = parts[0]
        for factor, part in zip(node.args[1:], parts[1:], strict=True):
            base = divisor(factor)
            total = self.step("multiply", total, part) if base is None else self.step("divide", total, done[base])
        return total

    def lower_power(self, node: Any, parts: Sequence[int]) -> int:
        base, exponent = parts
        if node.exp is sympy.S.NegativeOne:
            return self.step("divide", self.constant(Fraction(1)), base)
        if node.exp is sympy.S.Half:
            return self.step("sqrt", base)
        if node.base is sympy.E:
            return self.step("exp", exponent)
        if exponent in self.constants:
            folded = self.folded("pow", base, exponent)
            if folded is not None:
                return folded
            return self.add_step(Step("pow_constant", (base,), float(self.constants[exponent])))
        return self.step("pow", base, exponent)

    def lower_condition(self, node: Any, parts: Sequence[int]) -> int:
        for sign, kind in RELATIONS.items():
            if isinstance(node, kind):
                return self.step(sign, *parts)
        if isinstance(node, sympy.And | sympy.Or):
            total = parts[0]
            for part in parts[1:]:
                total = self.step("and" if isinstance(node, sympy.And) else "or", total, part)
            return total
        if isinstance(node, sympy.Not):
            return self.step("not", *parts)
        return self.step("true" if node == sympy.true else "false")

    def lower_piecewise(self, node: Any, scope: Scope) -> int:
        """A step whose branches are programs over the values that they read.

        Definitions are put in place there, so that they too are computed only at the points that take the branch.
        """
        node = substitute(node, scope.definitions)
        read = [part for part in postorder(node) if part in scope.values]
        captured = sorted({scope.values[part] for part in read} - self.constants.keys())
        branches: list[Branch] = []
        for pair in node.args:
            condition = self.inner(pair.cond, captured, scope)
            if condition.steps[-1].operation == "true" and not branches:
                return self.lower(pair.expr, Scope(scope.values))
            if condition.steps[-1].operation != "false":
                branches.append(Branch(condition, self.inner(pair.expr, captured, scope)))
        if not branches:
            return self.add_step(Step("constant", (), math.nan))
        return self.add_step(Step("piecewise", tuple(captured), branches=tuple(branches)))

    def lower_integral(self, node: Any, scope: Scope) -> int:
        """A step over the bounds and the values that the integrand reads."""
        body, bound, *bounds = node.args
        ends = [self.lower(each, scope) for each in bounds]
        free = [part for part in free_symbols(body) if part != bound]
        captured = sorted({scope.values[part] for part in free} - self.constants.keys())
        inner = _Lowering(["abscissa", *(f"value{number}" for number in captured)])
        values: dict[Tree, int] = {bound: 0}
        for part in free:
            number = scope.values[part]
            known = self.constants.get(number)
            values[part] = inner.constant(known) if known is not None else 1 + captured.index(number)
        integrand = inner.program([inner.lower(body, Scope(values))])
        holes = {
            part: symbol(f"#{2 + captured.index(number)}")
            for part in free
            if (number := scope.values[part]) in captured
        }
        typed = substitute(substitute(body, holes), scope.definitions)
        formula = made(Integral, [typed, bound, symbol("#0"), symbol("#1")])
        return self.add_step(Step("integral", (*ends, *captured), integrand=integrand, formula=formula))

    def inner(self, tree: Tree, captured: Sequence[int], scope: Scope) -> Program:
        """The program of a branch over the captured values. Constants are known inside too."""
        inner = _Lowering([f"value{number}" for number in captured])
        values = {}
        for part, number in scope.values.items():
            if number in self.constants:
                values[part] = inner.constant(self.constants[number])
            elif number in captured:
                values[part] = captured.index(number)
        return inner.program([inner.lower(tree, Scope(values))])

    def call(self, row: Function, arguments: Sequence[int]) -> int:
        """The value of a call: a constant, a rewrite put in place, or steps of at most two arguments."""
        if row.kernel is not None:
            return self.add_step(Step(row.name, tuple(arguments), kernel=row.kernel))
        folded = self.folded(row.name, *arguments)
        if folded is not None:
            return folded
        if row.variadic and len(arguments) != len(row.parameters):
            return self.call_variadic(row, arguments)
        missing = len(row.parameters) - len(arguments)
        extra = [self.lower(tree, Scope({})) for tree in formulas.defaults(row)[len(row.defaults) - missing :]]
        if row.definition is None:
            return self.step(row.name, *arguments, *extra)
        parameters = map(symbol, row.parameters)
        return self.lower(formulas.definition(row), Scope(dict(zip(parameters, [*arguments, *extra], strict=True))))

    def call_variadic(self, row: Function, arguments: Sequence[int]) -> int:
        """The value of a call with one argument or more than two, by calls with two."""
        if len(arguments) == 1:
            return self.lower(formulas.alone(row), Scope({symbol(row.parameters[0]): arguments[0]}))
        if row.others is not None:
            return self.call(row, [arguments[0], self.call(vocabulary()[row.others], arguments[1:])])
        total = arguments[0]
        for argument in arguments[1:]:
            total = self.call(row, [total, argument])
        return total

    def step(self, operation: str, *inputs: int) -> int:
        """The value of an operation, computed at once where its inputs are constants."""
        folded = self.folded(operation, *inputs)
        return self.add_step(Step(operation, inputs)) if folded is None else folded

    def folded(self, operation: str, *inputs: int) -> int | None:
        """The constant that an operation on constants gives, if that is what it is."""
        if not inputs or any(part not in self.constants for part in inputs):
            return None
        values = [self.constants[part] for part in inputs]
        if operation in COMPARISONS:
            return self.add_step(Step("true" if COMPARISONS[operation](*values) else "false", ()))
        try:
            value = _fold(operation, values)
        except ArithmeticError:
            return None
        return None if value is None else self.constant(value)

    def constant(self, value: Constant) -> int:
        number = self.add_step(Step("constant", (), float(value)))
        self.constants.setdefault(number, value)
        return number

    def add_step(self, step: Step) -> int:
        """The number of a step, made if it is new."""
        number = len(self.inputs) + len(self.steps)
        found = self.numbers.setdefault(step, number)
        if found == number:
            self.steps.append(step)
        return found


def _fold(operation: str, values: Sequence[Constant]) -> Constant | None:
    """An operation on constants. It is None where constants have no rule for it."""
    if operation in FOLDED:
        return FOLDED[operation](*values)
    row = vocabulary().get(operation)
    return None if row is None else constant_folding.apply(row, values)


FOLDED: dict[str, Callable[..., Constant]] = {
    "add": lambda *values: constant_folding.add(values),
    "subtract": lambda one, other: constant_folding.add([one, -other]),
    "multiply": lambda *values: constant_folding.multiply(values),
    "divide": lambda one, other: constant_folding.multiply([one, constant_folding.reciprocal(other)]),
    "negative": operator.neg,
    "pow": constant_folding.power,
}
"""Arithmetic on constants."""


def _pruned(program: Program) -> tuple[Program, dict[int, int]]:
    """The program without steps that no output needs, each value let go after the last step that reads it.

    Beside it stand the new numbers of the values that are left.
    """
    first = len(program.inputs)
    needed = set(program.outputs)
    last: dict[int, list[int]] = {}
    for number in range(first + len(program.steps) - 1, first - 1, -1):
        if number in needed:
            inputs = set(program.steps[number - first].inputs)
            last[number] = [part for part in inputs - needed if part >= first]
            needed |= inputs
    renumbered = {number: number for number in range(first)}
    steps: list[Step] = []
    for number, step in enumerate(program.steps, start=first):
        if number in needed:
            renumbered[number] = first + len(steps)
            inputs_now = tuple(renumbered[part] for part in step.inputs)
            last_now = tuple(renumbered[part] for part in last[number])
            steps.append(replace(step, inputs=inputs_now, last=last_now))
    return Program(program.inputs, tuple(steps), tuple(renumbered[number] for number in program.outputs)), renumbered
