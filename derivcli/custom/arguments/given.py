"""What was said of a function's arguments: points, tensors, shapes and constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from derivcli.custom.arguments.kinds import NUMBERS, Choice
from derivcli.custom.arguments.shapes import Shape
from derivcli.custom.loading.custom_function import CustomFunction, constructor_parameters
from derivcli.custom.subject import Argument, Columns, Subject
from derivcli.errors import DerivError
from derivcli.language import limits
from derivcli.language.expression import Definition, Expression
from derivcli.language.lexer.tokens import place_of
from derivcli.language.parse import parse_expression
from derivcli.points.points import Points


@dataclass(frozen=True)
class Given:
    """What was said of the arguments: typed points, tensors, shapes, and for each constant one value or several.

    `wrt` are the arguments that are differentiated by, all by default.
    """

    points: Points | None = None
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    constants: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    wrt: Sequence[str] | None = None

    @property
    def names(self) -> list[str]:
        """All arguments of which something was said."""
        typed = [] if self.points is None else self.points.names
        return list(dict.fromkeys([*typed, *self.tensors, *self.shapes, *self.constants, *(self.wrt or ())]))

    def without_constructed(self, function: CustomFunction) -> Given:
        """What is said of calls, without what the module was constructed with."""
        called = {each.name for each in function.parameters}
        made = {each.name for each in constructor_parameters(type(function.target))} - called
        return replace(self, constants={name: each for name, each in self.constants.items() if name not in made})

    @property
    def is_typed(self) -> bool:
        """Whether the function is to be tried at certain points."""
        return self.points is not None or bool(self.tensors)

    @property
    def in_words(self) -> Given | None:
        """The same with the text 'none' where None was given; nothing where it was not."""
        constants = {
            name: tuple("none" if each is None else each for each in values) for name, values in self.constants.items()
        }
        return None if constants == dict(self.constants) else replace(self, constants=constants)

    @cached_property
    def numbers(self) -> dict[str, tuple[Choice, ...]]:
        """What arguments whose points were typed may be: tensors, or a number of Python."""
        found = {}
        for name, typed in self._typed.items():
            first = float(typed[0])
            numbers = [int(first), first] if first.is_integer() else [first]
            found[name] = (NUMBERS, *(Choice(constant=number) for number in numbers if len(typed) == 1))
        return found

    @cached_property
    def _typed(self) -> dict[str, Tensor]:
        """The numbers that were typed for each argument."""
        axes = () if self.points is None else self.points.axes
        return {axis.name: torch.tensor(axis.take(np.arange(axis.count)), dtype=torch.float64) for axis in axes}

    def columns(self, subject: Subject) -> Columns:
        """The typed points, of shape (entries, points)."""
        assert self.points is not None, "points were typed"
        limits.check_tried_points(self.points.count)
        for argument in subject.parameters:
            if argument not in self.points.at:
                raise DerivError(f"'{argument}' has no value", hint=f"add one, as in `--at {argument}=1`")
        numbers = [torch.tensor(self.points.at[argument], dtype=torch.float64) for argument in subject.parameters]
        return torch.stack(numbers)

    def shape_of(self, name: str) -> Shape | None:
        """The shape of an argument of which several numbers were typed, where these are no points."""
        return (len(self._typed[name]),) if len(self._typed.get(name, ())) > 1 else None

    def filled(self, columns: Columns, shapes: Mapping[str, Shape]) -> Columns:
        """Drawn numbers with those of tensors that were given in their places; one point where all were."""
        start, columns, free = 0, columns.clone(), False
        for name, shape in shapes.items():
            stop = start + torch.Size(shape).numel()
            numbers = self.tensors[name].flatten() if name in self.tensors else self._typed.get(name, torch.zeros(0))
            if len(numbers) in (1, stop - start):
                columns[start : start + len(numbers)] = numbers[:, None]
            free = free or len(numbers) != stop - start
            start = stop
        return columns if free else columns[:, :1]


NOTHING = Given()


def check_arguments(function: str, names: Iterable[str], parameters: Sequence[str], source: str = "") -> None:
    """Refuse what are no arguments of a function; `source` is a formula in which they stand."""
    for name in names:
        if name not in parameters:
            span = place_of(name, source) if source else None
            hint = f"its arguments are {', '.join(parameters)}" if parameters else "it has none"
            raise DerivError(f"'{function}' has no argument '{name}'", source, span, hint)


def completed(formula: Expression, arguments: Sequence[Argument]) -> Expression | None:
    """A formula in which the names of constants stand for their numbers; None where one of them is no number."""
    definitions, variables = list(formula.definitions), list(formula.variables)
    for each in arguments:
        if each.shape is None and each.name in variables:
            if not isinstance(each.constant, int | float):
                return None
            definitions.append(Definition(each.name, parse_expression(repr(each.constant + 0)).tree))
            variables.remove(each.name)
    return replace(formula, definitions=tuple(definitions), variables=tuple(variables))
