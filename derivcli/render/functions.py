"""The function table for the reader: the whole of it by family, or one function with all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derivcli.language.reference import PLACES, example, family_of, related

if TYPE_CHECKING:
    from derivcli.language.function import Function
    from derivcli.render.columns import Style

FORMATS = ("table", "tsv", "csv", "json", "markdown")
"""The formats that suit texts."""

DELIMITERS = {"tsv": "\t", "csv": ","}
HEADER = ("write", "or", "meaning")


def write_list(families: Mapping[str, Sequence[Function]], format_name: str, style: Style) -> str:
    """Every function: how it is called, by what other names, and what it means."""
    if format_name == "json":
        return _dump([_described(row) for rows in families.values() for row in rows])
    sections = {family: [_cells(row) for row in rows] for family, rows in families.items()}
    if format_name == "markdown":
        return "\n".join(f"## {family.capitalize()}\n\n{markdown_rows(rows)}" for family, rows in families.items())
    if format_name == "table":
        from derivcli.render.table import write_sections

        return write_sections(sections, HEADER, style)
    from derivcli.render.plain import delimited_rows

    lines = [[*cells, family] for family, rows in sections.items() for cells in rows]
    return delimited_rows([[*HEADER, "family"], *lines], DELIMITERS[format_name])


def write_function(row: Function, derivatives: Mapping[str, str], format_name: str, style: Style) -> str:
    """One function; `derivatives` are the formulas of its partial derivatives by parameter."""
    if format_name == "json":
        return _dump(_described(row) | {"derivatives": dict(derivatives)})
    facts = facts_of(row, derivatives)
    if format_name == "markdown":
        return f"## `{row.signature}`\n\n" + "".join(f"- {label}: {text}\n" for label, text in facts)
    if format_name == "table":
        from derivcli.render.table import write_facts

        return write_facts(row.signature, facts, style)
    from derivcli.render.plain import delimited_rows

    return delimited_rows([("write", row.signature), *facts], DELIMITERS[format_name])


def markdown_rows(rows: Sequence[Function]) -> str:
    """The table of a family in Markdown."""
    lines = [f"| `{row.signature}` | {', '.join(f'`{name}`' for name in row.aliases)} | {row.doc} |\n" for row in rows]
    return f"| {' | '.join(HEADER)} |\n| --- | --- | --- |\n" + "".join(lines)


def facts_of(row: Function, derivatives: Mapping[str, str]) -> list[tuple[str, str]]:
    """What there is to say of a function, each with its label; nothing empty."""
    places = [("where not smooth", f"{PLACES[kind]} where {condition}") for kind, condition in row.special]
    slopes = [
        ("derivative" if len(row.parameters) == 1 else f"derivative in {name}", text)
        for name, text in derivatives.items()
    ]
    facts = [
        ("meaning", row.doc),
        ("or", ", ".join(row.aliases)),
        ("defined", f"where {row.defined}" if row.defined else "everywhere"),
        *places,
        ("computed as", row.definition or ""),
        *slopes,
        ("family", family_of(row)),
        ("see also", ", ".join(related(row))),
        ("example", example(row)),
    ]
    return [(label, text) for label, text in facts if text]


def _cells(row: Function) -> list[str]:
    return [row.signature, ", ".join(row.aliases), row.doc]


def _described(row: Function) -> dict[str, object]:
    return {
        "name": row.name,
        "signature": row.signature,
        "aliases": list(row.aliases),
        "meaning": row.doc,
        "family": family_of(row),
        "defined": row.defined,
        "special": [{"kind": kind, "where": condition} for kind, condition in row.special],
        "definition": row.definition,
        "related": related(row),
        "example": example(row),
    }


def _dump(content: object) -> str:
    return json.dumps(content, ensure_ascii=True) + "\n"
