"""The options that commands share, each declared once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from derivcli.errors import DerivError, Span
from derivcli.render import FORMATS
from derivcli.result import DTYPES, ORDERS, SMALL

Format = StrEnum("Format", list(FORMATS))  # type: ignore[misc]
"""The formats by name."""


Dtype = StrEnum("Dtype", list(DTYPES))  # type: ignore[misc]
"""The number formats by name."""
FLOAT64 = Dtype(DTYPES[0])


Expressions = Annotated[
    list[str],
    typer.Argument(metavar="EXPR", help="One or more expressions, such as '6*x**2 + 2*x + 4'.", show_default=False),
]
At = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="SPEC",
        help="Where: x=3, x=pi/2, x=1,2,3,y=4, or a range x=start:stop:count. May be repeated; lists are crossed.",
        show_default=False,
    ),
]
Zip = Annotated[bool, typer.Option("--zip", help="Pair the lists of several variables instead of crossing them.")]
Wrt = Annotated[
    list[str] | None,
    typer.Option(
        "--wrt", metavar="NAMES", help="Differentiate by these variables: u,v. [default: all]", show_default=False
    ),
]
Let = Annotated[
    list[str] | None,
    typer.Option(
        "--let", metavar="NAME=EXPR", help="Name an intermediate formula; may be repeated.", show_default=False
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Save a picture (.png, .svg, .pdf) instead of printing; with --format do both.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format", help="How to print. [default: table; tsv where the output is no terminal]", show_default=False
    ),
]
Digits = Annotated[
    int | None,
    typer.Option(
        "--digits", metavar="N", min=1, max=17, help="Significant digits to print. [default: all]", show_default=False
    ),
]
Order = Annotated[
    int,
    typer.Option(
        "--order",
        metavar="N",
        min=ORDERS[0],
        max=ORDERS[-1],
        help="The order of the derivatives, each in one variable.",
    ),
]
Check = Annotated[
    bool | None,
    typer.Option(
        "--check/--no-check",
        help="Judge every number against exact mathematics; exit with 1 if one misleads. "
        f"[default: jobs of no more than {SMALL} derivatives are judged]",
        show_default=False,
    ),
]
DtypeOption = Annotated[Dtype, typer.Option("--dtype", help="The number format PyTorch computes in.")]


@dataclass(frozen=True, slots=True)
class Calculation:
    """What is to be calculated: the shared options as one object."""

    expressions: Sequence[str]
    at: Sequence[str]
    paired: bool
    wrt: Sequence[str] | None
    let: dict[str, str]
    order: int
    dtype: str
    check: bool | None


def names_in(wrt: Sequence[str] | None) -> list[str] | None:
    """The names in `--wrt u,v --wrt w`."""
    return None if wrt is None else [name.strip() for text in wrt for name in text.split(",")]


def formulas_in(let: Sequence[str] | None) -> dict[str, str]:
    """The names and formulas of `--let name=expr`."""
    formulas: dict[str, str] = {}
    for text in let or ():
        name, equals, formula = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise DerivError(
                "a definition is a name, '=' and a formula", text, Span(0, len(text)), "write it like z=x+1"
            )
        if name in formulas:
            raise DerivError(f"'{name}' is defined more than once", text, Span(0, len(name)), "use another name")
        formulas[name] = formula
    return formulas
