"""The options for what is made of derivatives, each declared once, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from derivcli.cli.option_declaration import DERIVATIVE, STAYS, option
from derivcli.errors import DerivError, Span
from derivcli.python_arguments import names_of

if TYPE_CHECKING:
    from derivcli.cli.options import MainOptions

SIGMA_HINT = "write it like --sigma x=0.1,y=2%, or with the header of a column"
CORRELATION_HINT = "write it like --corr x,y=0.5"

Sum = Annotated[
    bool, option("--sum", "One row for all points: the total of the values, and its derivatives.", group=DERIVATIVE)
]
Mean = Annotated[bool, option("--mean", "The same of the mean of the values.", group=DERIVATIVE)]
Elasticity = Annotated[
    bool,
    option(
        "--elasticity",
        "Elasticities too: the percent that the value grows by with one percent of a variable.",
        group=DERIVATIVE,
    ),
    STAYS,
]
Sigma = Annotated[
    list[str] | None,
    option(
        "--sigma SPEC",
        "Propagate standard uncertainties, x=0.1,y=2%,z=HEADER: that of the value, the share of each variable, and "
        "whether the linear estimate is right. --at 'x=3.0±0.1' says the same.",
        group=DERIVATIVE,
    ),
]
Correlation = Annotated[
    list[str] | None,
    option(
        "--corr SPEC",
        "The correlation of two variables with uncertainties: x,y=0.5. May be repeated.",
        group=DERIVATIVE,
    ),
]


def total_in(options: MainOptions) -> str:
    """The total that is asked for, "" where none is."""
    if options.total and options.mean:
        raise DerivError("`--sum` and `--mean` do not go together", hint="leave out one of the two")
    return "sum" if options.total else "mean" if options.mean else ""


def sigma_in(specs: Sequence[str] | None) -> Mapping[str, str]:
    """The uncertainties of `--sigma x=0.1,y=2%`, as they were typed."""
    if not specs:
        return {}
    from derivcli.points.at_option import stretches

    found: dict[str, str] = {}
    for spec in specs or ():
        for start, stop in stretches(spec, 0, len(spec), ","):
            name, equals, value = (each.strip() for each in spec[start:stop].partition("="))
            if not equals or not name or not value:
                raise DerivError("an uncertainty has the name of its variable", spec, Span(0, len(spec)), SIGMA_HINT)
            (name,) = names_of(name, "--sigma x=0.1")
            if name in found:
                raise DerivError(f"'{name}' has two uncertainties", hint="leave out one of the two")
            found[name] = value
    return found


def correlations_in(specs: Sequence[str] | None) -> Mapping[tuple[str, str], float]:
    """The correlations of `--corr x,y=0.5`, each from -1 to 1."""
    found: dict[tuple[str, str], float] = {}
    for spec in specs or ():
        names, equals, number = spec.rpartition("=")
        one, comma, other = (each.strip() for each in names.partition(","))
        try:
            value = float(number)
        except ValueError:
            value = 2.0
        if not (equals and comma and one and other and one != other and -1 <= value <= 1):
            what = "a correlation is one of two variables, from -1 to 1"
            raise DerivError(what, spec, Span(0, len(spec)), CORRELATION_HINT)
        one, other = (names_of(each, "--corr x,y=0.5")[0] for each in (one, other))
        found[one, other] = value
    return found
