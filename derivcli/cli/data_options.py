"""The options of data files, each declared once, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from derivcli.cli.option_declaration import DATA, option
from derivcli.cli.option_values import pairs_in
from derivcli.errors import DerivError, visible
from derivcli.points.files.formats import DATA_FORMATS
from derivcli.points.files.reading import ON_ERROR, SPACE, SPACES, STOP, THOUSANDS, Cells, Layout, Reading
from derivcli.python_arguments import names_of
from derivcli.render.chosen_columns import ChosenColumns, read_headers, read_names

if TYPE_CHECKING:
    from derivcli.cli.commands.data import LookOptions
    from derivcli.cli.options import MainOptions

DataFormat = StrEnum("DataFormat", list(DATA_FORMATS))  # type: ignore[misc]
OnErrorName = StrEnum("OnErrorName", list(ON_ERROR))  # type: ignore[misc]
NameStyle = StrEnum("NameStyle", ["plain", "sql"])

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", SPACE: SPACE}
"""The separators by their names; each can also be written as it is."""

Texts = list[str] | None

Data = Annotated[
    Texts,
    option(
        "--data FILE",
        "Take the points from the columns of a data file (.csv, .tsv, .parquet, .arrow, .jsonl; - reads standard "
        "input). A pattern such as 'part-*.csv' names several. May be repeated. deriv data FILE looks at one.",
        group=DATA,
    ),
]
Column = Annotated[
    Texts,
    option(
        "--column NAME=HEADER",
        "Take a variable from the column with this header, v='Speed (m/s)', or with this number, v=3. May be repeated.",
        group=DATA,
    ),
]
Missing = Annotated[
    Texts,
    option(
        "--na TEXTS",
        "Cells that stand for no number: -999,NA,?; of one column T=-999. Their rows stay, without results. "
        "May be repeated.",
        group=DATA,
    ),
]
OnError = Annotated[
    OnErrorName | None,
    option(
        f"--on-error <{'|'.join(ON_ERROR)}>",
        "What to do about a row that cannot be read: end the job, leave the row out, or keep it without results. "
        f"[default: {STOP}]",
        group=DATA,
    ),
]
FormatOption = Annotated[
    DataFormat | None, option("--data-format", "The format of --data. [default: by the file's name]", group=DATA)
]
SkipLines = Annotated[int | None, option("--skip-lines N", "Lines above the table.", min=0, group=DATA)]
HeaderLines = Annotated[
    int | None,
    option(
        "--header-lines N",
        "Lines of headers: 1 of names, 2 with units below them, more with lines to leave out, 0 for none. "
        "[default: what the file tells]",
        min=0,
        max=9,
        group=DATA,
    ),
]
Comment = Annotated[str | None, option("--comment TEXT", "Leave out lines that begin with this, as '#'.", group=DATA)]
Separator = Annotated[
    str | None,
    option(
        "--separator NAME",
        f"What stands between cells: {', '.join(SEPARATORS)}. [default: what the header tells]",
        group=DATA,
    ),
]
Widths = Annotated[str | None, option("--widths N,N", "Columns of fixed widths, in characters: 4,8,8.", group=DATA)]
Thousands = Annotated[
    str | None, option("--thousands SIGN", "What separates thousands: comma, point, apostrophe or space.", group=DATA)
]
DecimalComma = Annotated[bool, option("--decimal-comma", "Read and write 3.14 as 3,14.", group=DATA)]
Encoding = Annotated[
    str | None, option("--encoding NAME", "How text is encoded: latin-1, cp1252, utf-16. [default: utf-8]", group=DATA)
]
TimeFormat = Annotated[
    str | None,
    option(
        "--time-format FORMAT",
        "How times are written: '%d.%m.%Y %H:%M'. A column of times is seconds since the first. [default: ISO 8601]",
        group=DATA,
    ),
]
Types = Annotated[
    Texts,
    option(
        "--types TYPES",
        "Types for columns of text that go into files with types: id=text,when=timestamp,n=int64, or auto for what "
        "the first rows tell. [default: text]",
        group=DATA,
    ),
]
Columns = Annotated[
    Texts,
    option(
        "--columns NAMES",
        "The results to write, under new names: f=loss,df/dx=slope_x; * stands for all others. May be repeated.",
        group=DATA,
    ),
]
Keep = Annotated[
    Texts,
    option("--keep NAMES", "The columns of the input to write: time,station, or none. [default: all]", group=DATA),
]
Names = Annotated[
    NameStyle | None,
    option(
        "--names <plain|sql>", "How results are called: df/dx, or df_dx as SQL has it. [default: plain]", group=DATA
    ),
]


def reading_in(options: MainOptions) -> Reading | None:
    """How the files of `--data` are to be read."""
    if not options.data:
        _check_unasked(options)
        return None
    on_error = options.on_error
    return replace(
        reading_of(options),
        paths=tuple(options.data),
        on_error=on_error.value if on_error else STOP,
        types=_types(options.types or ()),
    )


def reading_of(options: MainOptions | LookOptions) -> Reading:
    """How files are laid out and written, and which columns are named."""
    example = "--column v='Speed (m/s)'"
    what = "a column is a name, '=' and the header in the file"
    pairs = pairs_in(options.column or (), what, f"write it like {example}")
    columns = {names_of([name], example)[0]: header for name, header in pairs.items()}
    format = options.data_format
    return Reading((), format and format.value, columns, layout=layout_in(options), cells=_cells(options))


def layout_in(options: MainOptions | LookOptions) -> Layout:
    """Where the table lies in a text file."""
    return Layout(
        options.skip_lines or 0,
        options.comment or "",
        options.header_lines,
        _separator(options.separator),
        _widths(options.widths),
        options.encoding or "",
    )


def columns_in(options: MainOptions) -> ChosenColumns:
    """Which columns are written, and what they are called."""
    results = read_names(options.columns) if options.columns is not None else None
    keep = read_headers(options.keep) if options.keep is not None else None
    return ChosenColumns(results, keep, options.names is not None and options.names.value == "sql")


def _cells(options: MainOptions | LookOptions) -> Cells:
    missing, missing_in = _missing(options.na or ())
    thousands = _thousands(options.thousands, options.decimal_comma)
    return Cells(options.decimal_comma, thousands, missing, missing_in, options.time_format or "")


def _missing(texts: list[str] | tuple[str, ...]) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """The texts of `--na -999,NA --na T=-1` for all columns, and for single ones."""
    everywhere: list[str] = []
    single: dict[str, tuple[str, ...]] = {}
    for text in texts:
        for part in text.split(","):
            header, equals, cell = part.rpartition("=")
            if equals and header:
                single[header.strip()] = (*single.get(header.strip(), ()), cell.strip())
            else:
                everywhere.append(part.strip())
    return tuple(dict.fromkeys(everywhere)), single


def _thousands(text: str | None, decimal_comma: bool) -> str:
    if text is None:
        return ""
    names = {name: sign for sign, name in THOUSANDS.items()}
    sign = names.get(text, " " if text and text in SPACES else "'" if text == "\u2019" else text)
    if sign not in THOUSANDS:
        hint = f"choose {', '.join(names)}, or the sign itself"
        raise DerivError(f"'{visible(text)}' is no sign between thousands", hint=hint)
    if sign == (",." if decimal_comma else ".,")[0]:
        hint = "leave out --decimal-comma" if decimal_comma else "add --decimal-comma, or name another sign"
        raise DerivError(f"a {THOUSANDS[sign]} is the decimal sign here, and cannot separate thousands", hint=hint)
    return sign


def _separator(text: str | None) -> str:
    if text is None or text in SEPARATORS.values():
        return text or ""
    if text not in SEPARATORS:
        raise DerivError(f"'{text}' is no separator of cells", hint=f"choose {', '.join(SEPARATORS)}")
    return SEPARATORS[text]


def _widths(text: str | None) -> tuple[int, ...]:
    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and 0 < len(part) < 6 and int(part) for part in parts):
        raise DerivError("widths are whole numbers of characters", hint="write them like --widths 4,8,8")
    return tuple(map(int, parts))


def _types(texts: list[str] | tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in (part for text in texts for part in text.split(",")):
        header, equals, kind = part.rpartition("=")
        found[header.strip() if equals else ""] = kind.strip()
    return found


def _check_unasked(options: MainOptions) -> None:
    """Refuse what is about a data file where none is read."""
    given = {
        "--data-format": options.data_format,
        "--column": options.column,
        "--decimal-comma": options.decimal_comma,
        "--on-error": options.on_error,
        "--na": options.na,
        "--skip-lines": options.skip_lines is not None,
        "--header-lines": options.header_lines is not None,
        "--comment": options.comment,
        "--separator": options.separator,
        "--widths": options.widths,
        "--thousands": options.thousands,
        "--encoding": options.encoding,
        "--time-format": options.time_format,
        "--types": options.types,
        "--keep": options.keep,
    }
    for name, value in given.items():
        if value:
            raise DerivError(f"{name} is about a data file", hint="add --data FILE, or leave it out")
