"""What a script is to do, and the script as it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from derivcli.engines.task import Task
from derivcli.explain.code.autograd_classes import AutogradClasses
from derivcli.explain.code.data_columns import DataColumns
from derivcli.explain.code.script_names import Names
from derivcli.language.expression import Definition
from derivcli.language.tree import Tree, expansions, substitute, symbol
from derivcli.points.points import Points
from derivcli.result import Partial

DIRECTION_PARAMETER = "#t"
"""Stands for the distance along a direction, by which PyTorch differentiates. No variable has this name."""

Labels = Callable[[int, Partial], tuple[str, str]]
"""Gives for a function and a partial how the derivative is written for machines and for people."""

Output = tuple[str, str]
"""A label, and the tensor in the script that it stands for."""


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """What a script is to do: a task at points, or with a `degree` the Taylor polynomials by the task's one partial.

    `functions` are the names of the task's functions, and `plot` is the file of a picture, if there is to be one.
    """

    task: Task
    points: Points
    functions: Sequence[str]
    label: Labels
    degree: int | None = None
    plot: str = ""
    columns: DataColumns | None = None
    """Where the points are the rows of a file; `points` then has two values in the place of each column."""

    @property
    def count_text(self) -> str:
        """The number of points, as the script writes it."""
        if self.columns is None:
            return str(self.points.count)
        return f"len({next(iter(self.columns.headers))})"

    @property
    def order(self) -> int:
        """How often functions are differentiated."""
        return self.degree if self.degree is not None else max(map(len, self.task.partials), default=0)

    @property
    def many(self) -> bool:
        """Whether there are several points, or none."""
        return self.points.count != 1

    @property
    def recorded(self) -> list[str]:
        """The variables that PyTorch differentiates by; along a direction it is the way."""
        if self.task.direction is not None:
            return []
        named = {name for partial in self.task.partials for name in partial} | {self.task.dependent}
        return [name for name in self.task.names if name in named]

    @property
    def moving(self) -> list[str]:
        """What derivatives are taken by."""
        return self.recorded if self.task.direction is None else [DIRECTION_PARAMETER]

    @property
    def shifted(self) -> list[str]:
        """The variables that change along a direction."""
        return [] if self.task.direction is None else list(self.task.direction.at)


@dataclass
class Draft:
    """The blocks of a script written so far, what its functions are called, and what it is going to show."""

    plan: ScriptPlan
    names: Names
    functions: AutogradClasses
    blocks: list[list[str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)

    def tree(self, place: int) -> Tree:
        """A function without names for parts of it; along a direction it is one of the way alone."""
        task = self.plan.task
        tree = substitute(task.expressions[place].tree, expansions(definitions_of(task).values()))
        return substitute(tree, {symbol(name): symbol(DIRECTION_PARAMETER) for name in self.plan.shifted})

    @property
    def sum(self) -> str:
        """What makes one number of as many as there are points."""
        return ".sum()" if self.plan.many else ""

    def show(self, place: int, partial: Partial, text: str) -> None:
        """Have a derivative shown."""
        self.outputs.append((self.plan.label(place, partial)[1], text))

    def slope(self, place: int, partial: Partial) -> str:
        """A new name for a derivative, such as df_dx."""
        return self.names.fresh(self.plan.label(place, partial)[0].replace("/", "_"))


def definitions_of(task: Task) -> dict[str, Definition]:
    """The definitions that functions use, in their order."""
    return {part.name: part for expression in task.expressions for part in expression.definitions}
