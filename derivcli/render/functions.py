"""The function table for the reader: the whole of it by family, or one function with all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derivcli.flag_table import FLAG_TABLE
from derivcli.language import limits
from derivcli.language.functions.reference import example, family_of, related

if TYPE_CHECKING:
    from derivcli.language.functions.row import Function
    from derivcli.render.columns import Style

FORMATS = ("table", "tsv", "csv", "json", "markdown")
"""The formats that suit texts."""

DELIMITERS = {"tsv": "\t", "csv": ","}
HEADER = ("write", "or", "meaning")


def write_list(families: Mapping[str, Sequence[Function]], format_name: str, style: Style) -> str:
    """Every function: how it is called, by what other names, and what it means."""
    if format_name == "json":
        return _dump([_described(row) for rows in families.values() for row in rows])
    if format_name == "markdown":
        return "\n".join(markdown_family(family, rows) for family, rows in families.items())
    if format_name == "table":
        from derivcli.render.table import write_sections

        parts = [part for family, rows in families.items() for part in _parts(family, rows)]
        return write_sections([(_title(title), [_entry(row) for row in part]) for title, part in parts], style)
    from derivcli.render.tsv_csv_value import delimited_rows

    listed = [(row, family) for family, rows in families.items() for row in rows]
    lines = [[row.signature, ", ".join(row.aliases), row.doc, family] for row, family in listed]
    return delimited_rows([[*HEADER, "family"], *lines], DELIMITERS[format_name])


def write_function(row: Function, derivatives: Mapping[str, str], format_name: str, style: Style) -> str:
    """One function; `derivatives` are the formulas of its partial derivatives by parameter."""
    if format_name == "json":
        return _dump(_described(row) | {"derivatives": dict(derivatives)})
    facts = facts_of(row, derivatives)
    if format_name == "markdown":
        return f"## `{row.signature}`\n\n" + "".join(f"- {label}: {_escaped(text)}\n" for label, text in facts)
    if format_name == "table":
        from derivcli.render.table import write_facts

        return write_facts(row.signature, facts, style)
    from derivcli.render.tsv_csv_value import delimited_rows

    return delimited_rows([("write", row.signature), *facts], DELIMITERS[format_name])


def markdown_family(family: str, rows: Sequence[Function]) -> str:
    """The section of a family in Markdown."""
    parts = _parts(family, rows)
    return "\n".join(f"{'#' * level} {_title(title)}\n\n{_rows(part)}" for level, (title, part) in enumerate(parts, 2))


def _rows(rows: Sequence[Function]) -> str:
    cells = [(f"`{row.signature}`", ", ".join(f"`{name}`" for name in row.aliases), _escaped(row.doc)) for row in rows]
    lines = [f"| {' | '.join(row)} |\n" for row in cells]
    return f"| {' | '.join(HEADER)} |\n| --- | --- | --- |\n" + "".join(lines)


def facts_of(row: Function, derivatives: Mapping[str, str]) -> list[tuple[str, str]]:
    """What there is to say of a function, each with its label; nothing empty."""
    places = [("where not smooth", f"{FLAG_TABLE[kind].place} where {condition}") for kind, condition in row.special]
    slopes = [
        ("derivative" if len(row.parameters) == 1 else f"derivative in {name}", text)
        for name, text in derivatives.items()
    ]
    facts = [
        ("meaning", row.doc),
        ("or", ", ".join(row.aliases)),
        ("constant", ", ".join(_constants(row))),
        ("defined", f"where {row.defined}" if row.defined else "everywhere"),
        *places,
        ("computed as", row.definition or ""),
        *slopes,
        ("family", family_of(row)),
        ("see also", ", ".join(related(row))),
        ("example", example(row)),
    ]
    return [(label, text) for label, text in facts if text]


def _constants(row: Function) -> list[str]:
    """The parameters that have to be constant, and which numbers they may be."""
    whole = [f"{name} (a whole number from {row.least} to {limits.WHOLE})" for name in row.whole]
    return [*whole, *row.constant]


def _escaped(text: str) -> str:
    """The text in Markdown, where stars and bars mean something."""
    return text.replace("*", r"\*").replace("|", r"\|")


def _parts(family: str, rows: Sequence[Function]) -> list[tuple[str, list[Function]]]:
    """The rows of a family under its name, and those that only name derivatives of these under another title."""
    plain = [row for row in rows if row.derivatives_of is None]
    others = [row for row in rows if row.derivatives_of is not None]
    return [(family, plain), ("derivatives of these", others)] if others else [(family, plain)]


def _title(text: str) -> str:
    return text[0].upper() + text[1:]


def _entry(row: Function) -> tuple[str, str]:
    """How the function is called, and a text with all else."""
    return row.signature, f"{row.doc} Also {', '.join(row.aliases)}." if row.aliases else row.doc


def _described(row: Function) -> dict[str, object]:
    return {
        "name": row.name,
        "signature": row.signature,
        "aliases": list(row.aliases),
        "meaning": row.doc,
        "constant": [*row.whole, *row.constant],
        "derivatives_of": row.derivatives_of,
        "family": family_of(row),
        "defined": row.defined,
        "special": [{"kind": kind, "where": condition} for kind, condition in row.special],
        "definition": row.definition,
        "related": related(row),
        "example": example(row),
    }


def _dump(content: object) -> str:
    return json.dumps(content, ensure_ascii=True) + "\n"
