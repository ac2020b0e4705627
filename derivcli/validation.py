"""Whether formulas, variables and points fit together: what is refused before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from derivcli.errors import DerivError, Span

if TYPE_CHECKING:
    from derivcli.language.expression import Expression
    from derivcli.points.points import Points
    from derivcli.result import FloatArray, Partial

WayOut: TypeAlias = Callable[[str], str]
"""Gives the way out where a variable of this name has no value."""


def typed(name: str) -> str:
    """The way out where values are typed."""
    return f"add it, as in --at {name}=1"


@dataclass(frozen=True, slots=True)
class Known:
    """The variables that have values: those `given`, which have to occur, and those `offered`, which need not.

    Those `declared` are variables in any formula; `way_out` is what to say of a variable without a value.
    """

    given: Sequence[str]
    offered: Collection[str] = ()
    declared: Collection[str] = ()
    way_out: WayOut = typed


def variables_of(expressions: Sequence[Expression]) -> list[str]:
    """The variables of all expressions in the order in which they appear."""
    return list(dict.fromkeys(name for expression in expressions for name in expression.variables))


def check_values(
    expressions: Sequence[Expression],
    variables: Collection[str],
    at: Collection[str],
    named: Collection[str],
    way_out: WayOut = typed,
) -> None:
    """Refuse a variable without a value, and a value for no variable."""
    from derivcli.language.definitions import place_of

    for expression in expressions:
        for name in expression.variables:
            if name not in at:
                place = place_of(name, expression.source)
                raise DerivError(f"'{name}' has no value", expression.source, place, way_out(name))
    for name in at:
        if variables and name not in variables and name not in named:
            source = expressions[0].source
            hint = f"leave it out, or add --wrt {name} to see the derivative 0"
            raise DerivError(f"'{name}' has a value but does not occur here", source, Span(0, len(source)), hint)


def check_wrt(wrt: Collection[str], known: Collection[str], expressions: Sequence[Expression]) -> None:
    """Refuse to differentiate by what is no variable."""
    for name in wrt:
        if name not in known:
            source = expressions[0].source
            hint = f"the variables are {', '.join(known)}" if known else "give it a value with --at"
            raise DerivError(f"'{name}' is no variable here", source, Span(0, len(source)), hint)


def check_dependent(dependent: str, partials: Sequence[Partial], expressions: Sequence[Expression]) -> None:
    """Refuse an equation that does not make the variable a function of others."""
    for expression in expressions:
        source = expression.source
        span = Span(0, len(source))
        if dependent not in expression.variables:
            hint = f"its variables are {', '.join(expression.variables)}" if expression.variables else "name others"
            raise DerivError(f"'{dependent}' does not occur in this equation", source, span, hint)
        if not partials:
            raise DerivError(f"only '{dependent}' occurs in this equation", source, span, "add another variable")
        if any(dependent in partial for partial in partials):
            hint = "differentiate by one of the other variables"
            raise DerivError(f"'{dependent}' is the function here and no variable of it", source, span, hint)


def only_variable(variables: Sequence[str], expressions: Sequence[Expression]) -> str:
    """The variable of a series."""
    if len(variables) != 1:
        source = expressions[0].source
        message = f"a series is in one variable, and there are {len(variables) or 'none'}"
        raise DerivError(message, source, Span(0, len(source)), "name one, as in --wrt x")
    return variables[0]


def check_written(expressions: Sequence[Expression]) -> None:
    """Refuse a series of a user's own function, of which Taylor arithmetic would need the formula."""
    for name in (name for expression in expressions for name in expression.own):
        hint = "write its formula in its place, or take the script that --code prints"
        raise DerivError(f"'{name}' is code, and a series is computed from formulas", hint=hint)


def check_range(points: Points, dtype: str) -> None:
    """Refuse a point that the number format cannot hold; float64 holds all, and looking at many takes a while."""
    import numpy as np

    if dtype == "float64":
        return
    for axis in points.axes:
        if axis.largest > float(np.finfo(dtype).max):
            raise DerivError(f"'{axis.name}' has a value outside the range of {dtype}", hint="compute in float64")


def check_fits(at: Mapping[str, FloatArray], dtype: str) -> None:
    """Refuse the values of points that the number format cannot hold: those of files are not known before."""
    import numpy as np

    if dtype == "float64":
        return
    for name, values in at.items():
        with np.errstate(all="ignore"):
            lost = np.flatnonzero(np.isfinite(values) & ~np.isfinite(values.astype(dtype)))
        if lost.size:
            message = f"'{name}' has a value outside the range of {dtype}: {float(values[lost[0]])!r}"
            raise DerivError(message, hint="compute in float64")
