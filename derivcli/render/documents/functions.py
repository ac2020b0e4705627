"""The function table for the reader: the whole of it by family, or one function with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivcli.flag_table import FLAG_TABLE
from derivcli.language import limits
from derivcli.language.functions.reference import example, family_of, related
from derivcli.language.functions.row import Function
from derivcli.render.blocks import Document, Facts, Glossary, Section

HEADER = ("write", "or", "meaning")


def function_list_document(families: Mapping[str, Sequence[Function]]) -> Document:
    """The document of every function: how it is called, by what other names, and what it means."""
    return Document(
        blocks=lambda: [
            Glossary([part for family, rows in families.items() for part in _sections(family, rows)], HEADER)
        ],
        data=lambda: [_described(row) for rows in families.values() for row in rows],
        rows=lambda: [
            (*HEADER, "family"),
            *(
                (row.signature, ", ".join(row.aliases), row.doc, family)
                for family, rows in families.items()
                for row in rows
            ),
        ],
    )


def function_document(row: Function, derivatives: Mapping[str, str]) -> Document:
    """The document of one function; `derivatives` are the formulas of its partial derivatives by parameter."""
    facts = facts_of(row, derivatives)
    return Document(
        blocks=lambda: [Facts(row.signature, facts)],
        data=lambda: _described(row) | {"derivatives": dict(derivatives)},
        rows=lambda: [("write", row.signature), *facts],
    )


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
    whole = [f"{name} (a whole number from {row.least} to {limits.MAX_WHOLE})" for name in row.whole]
    return [*whole, *row.constant]


def _sections(family: str, rows: Sequence[Function]) -> list[Section]:
    """The rows of a family under its name, and those that only name derivatives of these under another title."""
    plain = [row for row in rows if row.derivatives_of is None]
    others = [row for row in rows if row.derivatives_of is not None]
    parts = [(2, family, plain), (3, "derivatives of these", others)] if others else [(2, family, plain)]
    return [
        Section(level, title[0].upper() + title[1:], [(row.signature, row.aliases, row.doc) for row in part])
        for level, title, part in parts
    ]


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
