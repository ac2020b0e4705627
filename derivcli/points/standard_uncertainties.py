"""Standard uncertainties that are given beside the points: `--sigma x=0.1,y=2%,z=HEADER`, or Python's values.

    spread := constant formula ["%"]

A percentage is one of each value. In a file a column may hold the uncertainties of another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from derivcli.errors import ArgumentError, DerivError, Span
from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.language.parser import constant_folding
from derivcli.language.parser.constant_folding import Constant
from derivcli.points.at_option import read_constant
from derivcli.points.points import Axis, Points, Range, Values
from derivcli.points.python_values import parts_of

if TYPE_CHECKING:
    from derivcli.result import FloatArray

SIGMA_HINT = "write it like `--sigma x=0.1` or `--sigma x=2%`"


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard uncertainty: a number, or so many percent of each value."""

    size: Constant
    is_percent: bool = False

    def beside(self, piece: Values | Range) -> Values | Range:
        """The uncertainties of the values of a piece, up to their signs."""
        if isinstance(piece, Range):
            ends = (piece.start, piece.stop)
            low, high = (_percent(end, self.size) if self.is_percent else self.size for end in ends)
            return Range(low, high, piece.count)
        size = constant_folding.float_of(self.size)
        numbers = piece.numbers * size / 100 if self.is_percent else np.full(piece.count, size)
        return Values(numbers)


def _percent(value: Constant, percent: Constant) -> Constant:
    return constant_folding.multiply([value, percent / 100])


def read_spread(name: str, text: str) -> Spread:
    """The uncertainty that a text writes; raises DerivError where it is no constant, or negative."""
    spec = f"{name}={text}"
    start = len(name) + 1
    bare = text.rstrip()
    is_percent = bare.endswith("%")
    stop = start + (len(bare.removesuffix("%").removesuffix("\\")) if is_percent else len(text))
    size, _ = read_constant(spec, start, stop, [])
    if size < 0:
        raise DerivError("an uncertainty is not negative", spec, Span(start, len(spec)), SIGMA_HINT)
    return Spread(size, is_percent)


def with_sigma(points: Points, sigma: Mapping[str, object]) -> Points:
    """The points with the uncertainties that variables among them are given: texts, numbers or arrays."""
    if not sigma:
        return points
    axes = {axis.name: axis for axis in points.axes}
    for given, value in sigma.items():
        name = canonical_name(given) if isinstance(given, str) else ""
        if not is_name(name):
            raise ArgumentError(f"'{given}' is no name of a variable", hint=SIGMA_HINT)
        if name not in axes:
            raise no_value(name)
        if axes[name].sigma:
            raise DerivError(f"'{name}' has two uncertainties", hint="leave out one of the two")
        axes[name] = replace(axes[name], sigma=_sigma(axes[name], value))
    return replace(points, axes=tuple(axes.values()))


def no_value(name: str) -> DerivError:
    """The refusal of an uncertainty of what has no value."""
    hint = f"give it one, as in `--at {name}=1`, or leave out its uncertainty"
    return DerivError(f"'{name}' has an uncertainty and no value", hint=hint)


def _sigma(axis: Axis, given: object) -> tuple[Values | Range, ...]:
    """The uncertainties of the values of a variable."""
    if isinstance(given, str):
        spread = read_spread(axis.name, given)
        return tuple(spread.beside(piece) for piece in axis.pieces)
    (found,) = parts_of(axis.name, given)
    if isinstance(found, str) or found.count not in (1, axis.count):
        what = "text" if isinstance(found, str) else f"{found.count:,}"
        message = f"'{axis.name}' has {axis.count:,} values, and its uncertainties are {what}"
        raise ArgumentError(message, hint="give one number, or an array with one for each value")
    negative = found.numbers[found.numbers < 0]
    if len(negative):
        message = f"'{axis.name}' has a negative uncertainty, {negative[0]:g}"
        raise ArgumentError(message, hint="a standard uncertainty is 0 or more")
    return (Values(found.numbers if found.count == axis.count else np.repeat(found.numbers, axis.count)),)


def with_columns(points: Points, spreads: Mapping[str, Spread | str]) -> Points:
    """Points from columns with their uncertainties: those of a text, or those that `sigma_column` names.

    None of these is negative, since the readers of files see to that.
    """
    if not spreads:
        return points
    columns = {axis.name: axis for axis in points.axes}
    axes = []
    for name, axis in columns.items():
        spread = spreads.get(name)
        if isinstance(spread, Spread):
            axis = replace(axis, sigma=tuple(spread.beside(piece) for piece in axis.pieces))
        elif spread is not None:
            axis = replace(axis, sigma=columns[sigma_column(name)].pieces)
        if not name.startswith(sigma_column("")):
            axes.append(axis)
    return replace(points, axes=tuple(axes))


def sigma_column(name: str) -> str:
    """What the column of the uncertainties of a variable is called where columns have names of variables."""
    return f"sigma {name}"


def correlation_matrix(names: Sequence[str], correlations: Mapping[tuple[str, str], float]) -> FloatArray:
    """The symmetric matrix of the correlations, with 1 on its diagonal."""
    places = {name: place for place, name in enumerate(names)}
    matrix: FloatArray = np.eye(len(names))
    for (one, other), value in correlations.items():
        matrix[places[one], places[other]] = matrix[places[other], places[one]] = value
    return matrix
