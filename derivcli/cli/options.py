"""The options that commands share, each declared once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derivcli.check.limits import MAX_NUMBERS_UNASKED
from derivcli.engines.engine_table import ENGINES, names
from derivcli.errors import DerivError, Span
from derivcli.points.files.formats import DATA_FORMATS, Reading
from derivcli.render import FORMATS
from derivcli.request import Named, Wanted, mixed_of, names_of, wrt_of
from derivcli.result import DEVICES, DTYPES, ORDERS, Partial

if TYPE_CHECKING:
    from derivcli.language.functions.row import Function
    from derivcli.points.points import Points

Format = StrEnum("Format", list(FORMATS))  # type: ignore[misc]
"""The formats by name."""


Dtype = StrEnum("Dtype", list(DTYPES))  # type: ignore[misc]
"""The number formats by name."""
FLOAT64 = Dtype(DTYPES[0])


Device = StrEnum("Device", list(DEVICES))  # type: ignore[misc]
"""The devices by name."""
CPU = Device(DEVICES[0])


Engine = StrEnum("Engine", names())  # type: ignore[misc]
"""The engines by name."""


DataFormat = StrEnum("DataFormat", list(DATA_FORMATS))  # type: ignore[misc]
"""The formats of data files by name."""


class OnError(StrEnum):
    """What is done about a row of a data file that cannot be read."""

    STOP = "stop"
    SKIP = "skip"


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
Use = Annotated[
    list[str] | None,
    typer.Option(
        "--use",
        metavar="FILE.py:NAME",
        help="Make a torch.autograd.Function of yours callable as NAME(x). This runs the file, and nothing but this "
        "and check-fn runs any. May be repeated.",
        show_default=False,
    ),
]


def picture(help: str) -> Any:
    """The option for a picture's file, and what the picture is of."""
    return typer.Option("--plot", metavar="FILE", help=help, show_default=False)


def rounding(default: str) -> Any:
    """The option for significant digits, and how many there are unless it is given."""
    help = f"Significant digits to print. [default: {default}]"
    return typer.Option("--digits", metavar="N", min=1, max=17, help=help, show_default=False)


Plot = Annotated[Path | None, picture("Save a picture (.png, .svg, .pdf) instead of printing; with --format do both.")]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="How to print. [default: table; tsv where the output is no terminal, or of more than 1,000 points]",
        show_default=False,
    ),
]
Digits = Annotated[int | None, rounding("all")]
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
Mixed = Annotated[
    list[str] | None,
    typer.Option(
        "--mixed", metavar="NAMES", help="A mixed partial derivative: x,x,y. May be repeated.", show_default=False
    ),
]
Along = Annotated[
    list[str] | None,
    typer.Option(
        "--along",
        metavar="SPEC",
        help="The derivative along a vector, as it is: u=1,v=2. With --order N the N-th.",
        show_default=False,
    ),
]
Hessian = Annotated[bool, typer.Option("--hessian", help="All second derivatives, as a matrix.")]
Implicit = Annotated[
    str | None,
    typer.Option(
        "--implicit",
        metavar="NAME",
        help="The derivatives of this variable, which the equation 'x**2+y**2=25' makes a function of the others.",
        show_default=False,
    ),
]
Series = Annotated[
    int | None,
    typer.Option(
        "--series",
        metavar="N",
        min=0,
        max=ORDERS[-1],
        help="The Taylor polynomial of degree N about each point.",
        show_default=False,
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="SPEC",
        help="With --series: enclose the remainder on an interval, x=0:1.",
        show_default=False,
    ),
]
EngineOption = Annotated[
    Engine | None,
    typer.Option(
        "--engine",
        help=f"What computes the numbers: {', '.join(each.help for each in ENGINES[:-1])}, or {ENGINES[-1].help}. "
        f"[default: {ENGINES[0].name} up to order {ENGINES[0].orders_unasked[-1]}]",
        show_default=False,
    ),
]
Check = Annotated[
    bool | None,
    typer.Option(
        "--check/--no-check",
        help="Judge every number against exact mathematics; exit with 1 if one misleads. "
        f"[default: jobs of no more than {MAX_NUMBERS_UNASKED} derivatives are judged]",
        show_default=False,
    ),
]
DataFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="Take the points from the columns of a data file (.csv, .tsv, .parquet, .arrow, .jsonl; - reads standard "
        "input). A pattern such as 'part-*.csv' names several. May be repeated.",
        show_default=False,
    ),
]
DataFormatOption = Annotated[
    DataFormat | None,
    typer.Option("--data-format", help="The format of --data. [default: by the file's name]", show_default=False),
]
ColumnNames = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=HEADER",
        help="Take a variable from the column with this header: v='Speed (m/s)'. May be repeated.",
        show_default=False,
    ),
]
DecimalComma = Annotated[bool, typer.Option("--decimal-comma", help="Read and write 3.14 as 3,14.")]
OnErrorOption = Annotated[OnError, typer.Option("--on-error", help="What to do about a row that cannot be read.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="Write the results into a file: a data file as for --data, with all columns of the input and without "
        "limit in the number of points, or .json, .md, .tex, .txt. It is replaced only when complete.",
        show_default=False,
    ),
]
Code = Annotated[
    bool,
    typer.Option(
        "--code", help="Print a short PyTorch script that does the same by hand; --output FILE.py saves it instead."
    ),
]
NoClobber = Annotated[bool, typer.Option("--no-clobber", help="Refuse to replace a file that exists.")]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where PyTorch computes.")]
DtypeOption = Annotated[Dtype, typer.Option("--dtype", help="The number format PyTorch computes in.")]


def tell_version(wanted: bool) -> None:
    """Say which version this is, and end."""
    if wanted:
        from derivcli import __version__

        sys.stdout.write(f"deriv {__version__}\n")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", help="Show the version.", callback=tell_version, is_eager=True)]


@dataclass(frozen=True, slots=True)
class Calculation:
    """What is to be calculated: the shared options as one object."""

    expressions: Sequence[str]
    at: Sequence[str]
    paired: bool
    wanted: Wanted
    named: Named
    dtype: str
    check: bool | None
    on: str | None = None
    data: Reading | None = None
    device: str = DEVICES[0]

    @property
    def has_points(self) -> bool:
        """Whether there is something to compute numbers at."""
        return bool(self.at) or self.data is not None


@dataclass(frozen=True, slots=True)
class Showing:
    """How the results are to be shown, and where they go."""

    format: str | None = None
    digits: int | None = None
    plot: Path | None = None
    output: Path | None = None
    clobber: bool = True
    code: bool = False
    """Whether a script is wanted instead of numbers."""


def names_in(wrt: Sequence[str] | None) -> list[str] | None:
    """The names in `--wrt u,v --wrt w`."""
    return None if wrt is None else wrt_of(",".join(wrt))


def partials_in(mixed: Sequence[str] | None) -> list[Partial]:
    """The partials of `--mixed x,x,y --mixed x,y`."""
    return [partial for text in mixed or () for partial in mixed_of(text)]


def dependent_in(implicit: str | None) -> str:
    """The name in `--implicit y`."""
    return "" if implicit is None else names_of([implicit], "--implicit y")[0]


def direction_in(along: Sequence[str] | None) -> Points | None:
    """The vector of `--along u=1 --along v=2`."""
    if not along:
        return None
    from derivcli.points.at_option import read_points

    return read_points(along)


def formulas_in(let: Sequence[str] | None) -> dict[str, str]:
    """The names and formulas of `--let name=expr`."""
    return _pairs(let or (), "a definition is a name, '=' and a formula", "write it like z=x+1")


def named_in(let: Sequence[str] | None, use: Sequence[str] | None) -> Named:
    """The formulas of `--let` and the functions of `--use`, whose files are run."""
    functions: dict[str, Function] = {}
    if use:
        from derivcli.custom.load import load

        functions = load(use)
    return Named(formulas_in(let), functions)


def headers_in(columns: Sequence[str] | None) -> dict[str, str]:
    """The names and headers of `--column name=header`."""
    hint = "write it like --column v='Speed (m/s)'"
    pairs = _pairs(columns or (), "a column is a name, '=' and the header in the file", hint)
    return {names_of([name], "--column v='Speed (m/s)'")[0]: header for name, header in pairs.items()}


def reading_in(
    data: Sequence[str] | None,
    format: DataFormat | None,
    columns: Sequence[str] | None,
    decimal_comma: bool,
    on_error: OnError,
) -> Reading | None:
    """How the files of `--data` are to be read."""
    skip = on_error == OnError.SKIP
    if data:
        return Reading(tuple(data), format and format.value, headers_in(columns), decimal_comma, skip)
    given = {"--data-format": format, "--column": columns, "--decimal-comma": decimal_comma, "--on-error skip": skip}
    for option, value in given.items():
        if value:
            raise DerivError(f"{option} is about a data file", hint="add --data FILE, or leave it out")
    return None


def _pairs(texts: Sequence[str], what: str, hint: str) -> dict[str, str]:
    """The names and what stands behind their signs of equality."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, meaning = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise DerivError(what, text, Span(0, len(text)), hint)
        if name in found:
            raise DerivError(f"'{name}' is defined more than once", text, Span(0, len(name)), "use another name")
        found[name] = meaning
    return found
