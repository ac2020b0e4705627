"""The options that commands share, each declared once."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from derivcli import __version__
from derivcli.check.limits import MAX_NUMBERS_UNASKED
from derivcli.cli.data_options import (
    Column,
    Columns,
    Comment,
    Data,
    DecimalComma,
    Encoding,
    FormatOption,
    HeaderLines,
    Keep,
    Missing,
    Names,
    OnError,
    Separator,
    SkipLines,
    Thousands,
    TimeFormat,
    Types,
    Widths,
    reading_in,
)
from derivcli.cli.install_completion import Shell, tell_installed
from derivcli.cli.made_options import Correlation, Elasticity, Mean, Sigma, Sum, correlations_in, sigma_in, total_in
from derivcli.cli.option_declaration import (
    DERIVATIVE,
    INPUT,
    NUMBERS,
    OUTPUT,
    PROGRAM,
    STAYS,
    operator,
    option,
    rounding,
)
from derivcli.cli.option_values import (
    formulas_in,
    functions_in,
    interval_in,
    operator_in,
    orders_in,
    partials_in,
    points_and_intervals_in,
    points_in,
    points_with,
    values_of_files,
    wrt_in,
)
from derivcli.cli.picture_options import Dpi, Equal, Plot, Show, Size, Studied, Surface, ThemeOption, Transparent
from derivcli.engines.engine_table import ENGINES, names
from derivcli.explain.code.languages import LANGUAGES
from derivcli.language.notations.formula_lists import listed_formulas
from derivcli.python_arguments import names_of
from derivcli.render.format_table import formats_for
from derivcli.request import Request
from derivcli.result import DEVICES, DTYPES, ORDERS
from derivcli.vector_operators import VECTOR_OPERATORS

Format = StrEnum("Format", formats_for("results"))  # type: ignore[misc]
Dtype = StrEnum("Dtype", list(DTYPES))  # type: ignore[misc]
Device = StrEnum("Device", list(DEVICES))  # type: ignore[misc]
Engine = StrEnum("Engine", names())  # type: ignore[misc]
Language = StrEnum("Language", list(LANGUAGES))  # type: ignore[misc]
ENDS = ORDERS[0], ORDERS[-1]
FLOAT64, CPU = Dtype(DTYPES[0]), Device(DEVICES[0])


Texts = list[str] | None

At = Annotated[
    Texts,
    option(
        "--at SPEC",
        "Where: x=3, x=pi/2, x=1,2,3,y=4, or a range x=start:stop:count. May be repeated; lists are crossed.",
        group=INPUT,
    ),
]
Zip = Annotated[
    bool, option("--zip", "Pair the lists of several variables instead of crossing them.", group=INPUT), STAYS
]
Wrt = Annotated[
    Texts, option("--wrt NAMES", "Differentiate by these variables: u,v. [default: all]", group=DERIVATIVE), STAYS
]
Orders = Annotated[
    str,
    option(
        "--order N",
        f"The order of the derivatives, {ENDS[0]} to {ENDS[1]}, each in one variable; or several: 1,2,3. [default: 1]",
        group=DERIVATIVE,
    ),
    STAYS,
]
Order = Annotated[
    int,
    option("--order N", "The order of the derivatives, each in one variable.", *ENDS, True, group=DERIVATIVE),
    STAYS,
]
Mixed = Annotated[
    Texts, option("--mixed NAMES", "A mixed partial derivative: x,x,y. May be repeated.", group=DERIVATIVE)
]
Implicit = Annotated[
    str | None,
    option(
        "--implicit NAME",
        "The derivatives of this variable, which the equation 'x**2+y**2=25' makes a function of the others.",
        group=DERIVATIVE,
    ),
]
Gradient = Annotated[bool, operator("gradient")]
Div = Annotated[bool, operator("div")]
Curl = Annotated[bool, operator("curl")]
Laplacian = Annotated[bool, operator("laplacian")]
Differential = Annotated[bool, operator("differential")]
Let = Annotated[
    Texts,
    option("--let NAME=EXPR", "Name a formula, z=x+1, or a function, f(x)=x^2; may be repeated.", group=INPUT),
]
CODE_OPTION = "--use"
"""The one that runs a user's code."""
Use = Annotated[
    Texts,
    option(
        "--use FILE.py:NAME",
        "Make a torch.autograd.Function of yours callable as NAME(x), or a module or a function of tensors. "
        "f=FILE.py:NAME makes it f(x), and FILE.py alone takes all autograd functions. This runs the file, and nothing "
        "but this and check-fn runs any. May be repeated.",
        group=INPUT,
    ),
    STAYS,
]
Check = Annotated[
    bool | None,
    option(
        "--check/--no-check",
        "Judge every number against exact mathematics; exit with 1 if one misleads. "
        f"[default: jobs of no more than {MAX_NUMBERS_UNASKED} derivatives are judged]",
        group=NUMBERS,
    ),
    STAYS,
]
Exact = Annotated[
    bool | None,
    option(
        "--exact/--no-exact",
        "Exact values such as sqrt(2)/2 beside the numbers, where the points are exact. "
        "[default: short ones, at points such as pi/4]",
        group=NUMBERS,
    ),
    STAYS,
]
NoClobber = Annotated[bool, option("--no-clobber", "Refuse to replace a file that exists.", group=OUTPUT)]
DtypeOption = Annotated[
    Dtype, typer.Option("--dtype", help="The number format PyTorch computes in.", rich_help_panel=NUMBERS), STAYS
]


def tell_version(asked: bool) -> None:
    """Say which version this is, and end."""
    if asked:
        sys.stdout.write(f"deriv {__version__}\n")
        raise typer.Exit


@dataclass(frozen=True, slots=True)
class MainOptions:
    """The options of the main command in the order of its help, as they were typed."""

    expressions: Annotated[
        list[str],
        typer.Argument(metavar="EXPR", help="One or more expressions, such as '6*x**2 + 2*x + 4'.", show_default=False),
    ]
    at: At = None
    zip_: Zip = False
    data: Data = None
    data_format: FormatOption = None
    column: Column = None
    na: Missing = None
    on_error: OnError = None
    skip_lines: SkipLines = None
    header_lines: HeaderLines = None
    comment: Comment = None
    separator: Separator = None
    widths: Widths = None
    thousands: Thousands = None
    decimal_comma: DecimalComma = False
    encoding: Encoding = None
    time_format: TimeFormat = None
    types: Types = None
    columns: Columns = None
    keep: Keep = None
    names: Names = None
    wrt: Wrt = None
    order: Orders = "1"
    mixed: Mixed = None
    along: Annotated[
        Texts,
        option(
            "--along SPEC",
            "The derivative along a vector, as it is: u=1,v=2. With --order N the N-th.",
            group=DERIVATIVE,
        ),
    ] = None
    hessian: Annotated[bool, option("--hessian", "All second derivatives, as a matrix.", group=DERIVATIVE)] = False
    gradient: Gradient = False
    div: Div = False
    curl: Curl = False
    laplacian: Laplacian = False
    differential: Differential = False
    implicit: Implicit = None
    parametric: Annotated[
        str | None,
        option(
            "--parametric NAME",
            "The curve whose coordinates x, y and perhaps z are the formulas, of this parameter: its slope, speed and "
            "curvature.",
            group=DERIVATIVE,
        ),
    ] = None
    polar: Annotated[
        str | None,
        option("--polar NAME", "The same of the curve whose radius is the formula, of this angle.", group=DERIVATIVE),
    ] = None
    tangent: Annotated[
        bool,
        option(
            "--tangent",
            "Tangents and normals at the points as equations, and curvature; of several variables tangent planes.",
            group=DERIVATIVE,
        ),
    ] = False
    series: Annotated[
        int | None,
        option(
            "--series N",
            "The Taylor polynomial of degree N about each point.",
            min=0,
            max=ORDERS[-1],
            group=DERIVATIVE,
        ),
    ] = None
    total: Sum = False
    mean: Mean = False
    elasticity: Elasticity = False
    sigma: Sigma = None
    corr: Correlation = None
    on: Annotated[
        str | None,
        option(
            "--on SPEC",
            "The interval of a picture, x=-3:3, or of two variables, x=-3:3,y=0:1; "
            "with --series: enclose the remainder on it.",
            group=DERIVATIVE,
        ),
    ] = None
    let: Let = None
    use: Use = None
    check: Check = None
    exact: Exact = None
    plot: Plot = None
    show: Show = False
    theme: ThemeOption = None
    size: Size = None
    dpi: Dpi = None
    transparent: Transparent = False
    equal: Equal = False
    study: Studied = False
    surface: Surface = False
    code: Annotated[
        Language | None,
        option(
            "--code [LANGUAGE]",
            f"Print a short PyTorch script that does the same by hand, or a function in {'|'.join([*LANGUAGES][1:])}; "
            "--output FILE saves it instead.",
            group=OUTPUT,
        ),
    ] = None
    output: Annotated[
        Path | None,
        option(
            "--output FILE",
            "Write the results into a file: a data file as for --data, with all columns of the input and without "
            "limit in the number of points, or .json, .md, .tex, .txt. It is replaced only when complete.",
            group=OUTPUT,
        ),
    ] = None
    no_clobber: NoClobber = False
    format_: Annotated[
        Format | None,
        option(
            "--format",
            "How to print. [default: table; tsv where the output is no terminal, or of more than 1,000 points]",
            group=OUTPUT,
        ),
        STAYS,
    ] = None
    digits: Annotated[int | None, rounding("all"), STAYS] = None
    dtype: DtypeOption = FLOAT64
    engine: Annotated[
        Engine | None,
        option(
            "--engine",
            f"What computes the numbers: {', '.join(each.help for each in ENGINES[:-1])}, or {ENGINES[-1].help}. "
            f"[default: {ENGINES[0].name} up to order {ENGINES[0].orders_unasked[-1]}]",
            group=NUMBERS,
        ),
        STAYS,
    ] = None
    device: Annotated[
        Device, typer.Option("--device", help="Where PyTorch computes.", rich_help_panel=PROGRAM), STAYS
    ] = CPU
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version.", callback=tell_version, is_eager=True, rich_help_panel=PROGRAM
        ),
    ] = False

    install_completion: Annotated[
        Shell | None,
        typer.Option(
            "--install-completion",
            help="Let a shell complete the words of deriv. [default: the shell that you use]",
            callback=tell_installed,
            is_eager=True,
            rich_help_panel=PROGRAM,
        ),
    ] = None

    def __post_init__(self) -> None:
        orders_in(self.order)

    def request(self) -> Request:
        """What is asked for. The files of --use are run once all else is read."""
        data = reading_in(self)
        given, from_files = values_of_files(self.at or ())
        at, shown = (given, []) if self.plot is None else points_and_intervals_in(given, self.on)
        has_points = bool(at or from_files or data)  # without them no NumPy is loaded
        points, unread = points_with(at, from_files, self.zip_) if has_points else (None, {})
        request = Request(
            [formula for text in self.expressions for formula in listed_formulas(text)],
            points,
            data,
            wrt_in(self.wrt),
            *orders_in(self.order),
            partials_in(self.mixed) or (),
            points_in(self.along) if self.along else None,
            self.hessian,
            _name(self.implicit, "--implicit y"),
            self.series,
            interval_in(self.on) if self.plot is None or self.series is not None else None,
            formulas_in(self.let),
            dtype=self.dtype.value,
            device=self.device.value,
            engine=self.engine.value if self.engine else "",
            check=self.check,
            exact=self.exact,
            study=shown,
            parameter=_name(self.parametric, "--parametric t"),
            angle=_name(self.polar, "--polar theta"),
            tangent=self.tangent,
            operator=operator_in({name: getattr(self, name) for name in VECTOR_OPERATORS}),
            total=total_in(self),
            optional=frozenset(line.name for line in from_files),
            unread=unread,
            elasticity=self.elasticity,
            sigma=sigma_in(self.sigma),
            correlations=correlations_in(self.corr),
        )
        return replace(request, functions=functions_in(self.use))

    @property
    def is_drawn(self) -> bool:
        """Whether a picture is asked for."""
        return self.plot is not None or self.show

    @property
    def clobber(self) -> bool:
        """Whether a file that exists may be replaced."""
        return not self.no_clobber


def _name(text: str | None, usage: str) -> str:
    """The one name that an option gives; "" without it."""
    return "" if text is None else names_of([text], usage)[0]
