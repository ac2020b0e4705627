"""The check of a class: what it is to be, where it is tried, and the trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.custom.forward_arguments import with_numbers
from derivcli.custom.load import CustomFunction, parameters_of
from derivcli.custom.probe import Subject
from derivcli.custom.report import FunctionReport
from derivcli.custom.sample_points import columns_at, ordinary
from derivcli.custom.trials import run_trials
from derivcli.errors import DerivError

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points


def check_class(
    name: str,
    function: CustomFunction,
    against: str | None = None,
    points: Points | None = None,
    wrt: Sequence[str] | None = None,
    source: str = "",
) -> FunctionReport:
    """The report of a function, tried at points or else at ordinary ones, beside a formula if there is one."""
    parameters = parameters_of(name, function)
    places = _places(name, parameters, wrt)
    formula = None if against is None else _formula(name, against, parameters)
    subject = Subject(name, parameters, function, places, (), formula)
    columns = ordinary(subject) if points is None else columns_at(points, parameters, name)
    return run_trials(with_numbers(replace(subject, columns=columns)), source)


def _places(name: str, parameters: Sequence[str], wrt: Sequence[str] | None) -> tuple[int, ...]:
    """The numbers of the arguments to differentiate by, all of them by default."""
    for argument in wrt or ():
        if argument not in parameters:
            hint = f"its arguments are {', '.join(parameters)}"
            raise DerivError(f"'{name}' has no argument '{argument}'", hint=hint)
    return tuple(place for place, argument in enumerate(parameters) if wrt is None or argument in wrt)


def _formula(name: str, text: str, parameters: Sequence[str]) -> Expression:
    """The formula that the forward is to be, over the function's arguments."""
    from derivcli.language.definitions import place_of
    from derivcli.language.parse import parse_expression

    formula = parse_expression(text, parameters)
    for variable in formula.variables:
        if variable not in parameters:
            hint = f"its arguments are {', '.join(parameters)}"
            raise DerivError(f"'{name}' has no argument '{variable}'", text, place_of(variable, text), hint)
    return formula
