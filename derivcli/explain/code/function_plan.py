"""What a function in another language is to do: its arguments, what it gives back, and the points of a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import sympy

from derivcli.errors import DerivError
from derivcli.explain.code.common_parts import Assignment, CommonParts
from derivcli.explain.code.data_columns import DataColumns
from derivcli.explain.code.dialect import Dialect, FormulaText
from derivcli.explain.code.expansion import expanded, reflected
from derivcli.explain.code.script_names import Names
from derivcli.language.bound_variables import Binder, IndexVariable
from derivcli.language.tree import Tree, fold, number, postorder, rebuild, substitute, symbol
from derivcli.points.points import Points, Range

MAX_ROWS = 20
"""Points that a call lists one by one; a range is a loop however many there are."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that is given back: what it is called by people, by a program, and its formula."""

    label: str
    name: str
    tree: Tree


@dataclass(frozen=True, slots=True)
class Output:
    """What a function gives back under a name: a number, or a vector or matrix of them, row by row."""

    name: str
    cells: tuple[Cell, ...]
    shape: tuple[int, ...] = ()

    @property
    def rows(self) -> list[Sequence[Cell]]:
        """The rows of a matrix; a vector is one."""
        width = self.shape[-1] if self.shape else 1
        return [self.cells[start : start + width] for start in range(0, len(self.cells), width)]

    @property
    def placed(self) -> list[tuple[tuple[int, ...], Cell]]:
        """Each number with its place, counted from 0; that of a single number is ()."""
        return list(zip(product(*map(range, self.shape)), self.cells, strict=True))


@dataclass(frozen=True, slots=True)
class FunctionPlan:
    """A function to be written. `lines` say in the calculator's notation what it computes."""

    name: str
    arguments: Sequence[str]
    outputs: Sequence[Output]
    lines: Sequence[str]
    remarks: Sequence[str] = ()
    definitions: Mapping[str, Tree] | None = None
    points: Points | None = None
    columns: DataColumns | None = None
    """Where the points are the rows of a file, which only some languages read."""


@dataclass(frozen=True, slots=True)
class Body:
    """A function in the names of a language: what has a name on the way, and what it gives back over these."""

    plan: FunctionPlan
    name: str
    arguments: Sequence[str]
    parts: Sequence[Assignment]
    outputs: Sequence[Output]
    writer: FormulaText
    names: Names
    indices: Sequence[str]
    """The names of the indices of loops."""
    renamed: Sequence[str]
    """Sentences on names that a variable could not keep."""

    @property
    def cells(self) -> list[Cell]:
        """All numbers that are given back, each once."""
        return list(dict.fromkeys(cell for output in self.outputs for cell in output.cells))

    @property
    def head(self) -> list[str]:
        """The sentences over a function."""
        reads = self.writer.dialect.reads_files
        rows = [self.plan.columns.sentence] if self.plan.columns and not reads else []
        return [*self.plan.lines, *self.plan.remarks, *rows, *self.renamed]


def prepared(plan: FunctionPlan, dialect: Dialect, own: Sequence[str] = ()) -> Body:
    """The body of a function in a dialect, which takes some names for its own purposes."""
    names = Names([*plan.arguments, *(plan.definitions or ())], dialect.reserved, dialect.ignores_case)
    name = names.fresh(plan.name)
    outputs = [replace(each, name=names.fresh(each.name)) for each in plan.outputs]
    for each in own:
        names.fresh(each)
    cells = [cell for output in plan.outputs for cell in output.cells]
    single = {id(output.cells[0]) for output in plan.outputs if not output.shape}
    called = {name: names.fresh(name) for name in dict.fromkeys(each.name for each in cells if id(each) not in single)}
    wanted = {names.python[key]: expanded(tree, dialect) for key, tree in (plan.definitions or {}).items() if tree.args}
    trees = {cell.tree: expanded(reflected(cell.tree), dialect) for cell in cells}
    indices: dict[str, str] = {}
    wanted = {name: _indexed(tree, names, indices) for name, tree in wanted.items()}
    trees = {key: _indexed(tree, names, indices) for key, tree in trees.items()}
    parts, left = CommonParts(names, dialect.blocks).split([*trees.values()], wanted)
    parts, over = _without_copies(parts, dict(zip(trees, left, strict=True)), dialect)
    made = [
        replace(
            output,
            cells=tuple(
                replace(cell, name=called.get(cell.name, output.name), tree=over[cell.tree]) for cell in output.cells
            ),
        )
        for output in outputs
    ]
    writer = FormulaText(dialect, names.python)
    renamed = [f"{new} is the variable {old}: that name is taken here" for old, new in names.renamed.items()]
    arguments = [names.python[each] for each in plan.arguments]
    return Body(plan, name, arguments, parts, made, writer, names, [*indices.values()], renamed)


def _indexed(tree: Tree, names: Names, indices: dict[str, str]) -> Tree:
    """The tree with names for the indices of its sums and products that nothing else has."""

    def make(node: Any, parts: list[Tree]) -> Tree:
        if not isinstance(node, Binder):
            return rebuild(node, parts) if parts and parts != list(node.args) else node
        body, index, *bounds = node.args
        if index.name not in indices:
            indices[index.name] = names.fresh(index.name)
        new = IndexVariable(indices[index.name], real=True)
        return rebuild(node, [substitute(body, {index: new}), new, *bounds])

    return fold(tree, make, stop_at=Binder)


def _without_copies(
    parts: Sequence[Assignment], over: Mapping[Tree, Tree], dialect: Dialect
) -> tuple[list[Assignment], dict[Tree, Tree]]:
    """The same, but that what is given back is no copy of a choice: its block of lines assigns it."""
    if dialect.choice:
        return [*parts], {**over}
    used = Counter(part for tree in (*over.values(), *(tree for _, tree in parts)) for part in postorder(tree))
    choices = {symbol(name): tree for name, tree in parts if isinstance(tree, sympy.Piecewise)}
    moved = {key: choices[tree] for key, tree in over.items() if tree in choices and used[tree] == 1}
    gone = {tree for key, tree in over.items() if key in moved}
    return [part for part in parts if symbol(part[0]) not in gone], {**over, **moved}


@dataclass(frozen=True, slots=True)
class Sweep:
    """A range of values of one variable: how many there are, the first one, and how far the next one is."""

    place: int
    count: int
    start: str
    step: str
    stop: str
    from_zero: bool

    def at(self, index: str) -> str:
        """The value with a number, counted from 0."""
        moved = f"{index} * {self.step}"
        return moved if self.from_zero else f"{self.start} + {moved}"


@dataclass(frozen=True, slots=True)
class CallPoints:
    """The points of a call: rows of a number for each argument, and perhaps a range that one of them runs through."""

    rows: Sequence[Sequence[str]]
    sweep: Sweep | None = None

    def moved(self, name: str) -> list[str]:
        """The arguments of a call in a loop over the range, whose variable has a name there."""
        assert self.sweep is not None, "there is a range"
        row = [*self.rows[0]]
        row[self.sweep.place] = name
        return row


def call_points(body: Body) -> CallPoints | None:
    """The points at which the function is called, as the language writes numbers."""
    points, arguments = body.plan.points, body.plan.arguments
    if points is None or body.plan.columns is not None:
        return None
    if points.count <= MAX_ROWS:
        return CallPoints([[_number(body, points, name, row) for name in arguments] for row in range(points.count)])
    spread = [axis for axis in points.axes if axis.count > 1]
    (axis, *others), found = spread, None
    if not others and len(axis.pieces) == 1 and isinstance(axis.pieces[0], Range) and axis.name in arguments:
        piece = axis.pieces[0]
        start, stop = float(piece.start), float(piece.stop)
        write = _float_writer(body)
        step = write((stop - start) / (piece.count - 1))
        found = Sweep(arguments.index(axis.name), piece.count, write(start), step, write(stop), start == 0)
        row = [_number(body, points, name, 0) for name in arguments]
        return CallPoints([row], found)
    message = f"code calls its function at {MAX_ROWS} points, or at one range, and there are {points.count:,} points"
    raise DerivError(message, hint="`shell:leave out --at``python:leave out at` for the function alone")


def number_at(body: Body, name: str) -> str:
    """The only value of a variable that was typed."""
    assert body.plan.points is not None, "it was typed"
    return _number(body, body.plan.points, name, 0)


def _number(body: Body, points: Points, name: str, row: int) -> str:
    """The value of a variable at a point, as it was typed or as the float64 that it is."""
    tree = points.exact(name, row)
    if tree is not None:
        return body.writer.text(expanded(tree, body.writer.dialect))
    return _float_writer(body)(float(points.at[name][row]))


def _float_writer(body: Body) -> Callable[[float], str]:
    from fractions import Fraction

    return lambda value: body.writer.text(number(Fraction(repr(value))))
