"""Functions of the user's own for the reader: a list of them, or one with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivcli.custom.loading.custom_function import names_text
from derivcli.custom.loading.formula_call import FormulaCall
from derivcli.language.functions.row import Function
from derivcli.render.blocks import Document, Facts, Glossary, Section

HEADER = ("write", "or", "meaning")
FAMILY = "your functions"
EXAMPLE_NUMBER = "0.5"


def own_list_document(rows: Mapping[str, Function]) -> Document:
    """The document of functions: how each is called, and the first line of its docstring."""
    terms = [(row.signature, (), row.doc) for row in rows.values()]
    return Document(
        blocks=lambda: [Glossary([Section(2, FAMILY.capitalize(), terms)], HEADER)],
        data=lambda: [_described(row) for row in rows.values()],
        rows=lambda: [(*HEADER, "family"), *((signature, "", doc, FAMILY) for signature, _, doc in terms)],
    )


def own_function_document(row: Function) -> Document:
    """The document of one function."""
    call = _call(row)
    known = [
        ("meaning", row.doc),
        ("arguments", names_text(call.function.parameters)),
        ("kind", call.function.kind),
        ("from", call.place),
        ("family", FAMILY),
        ("example", _example(row)),
        ("check", f"deriv check-fn {call.place}"),
    ]
    facts = [(label, text) for label, text in known if text]
    return Document(
        blocks=lambda: [Facts(row.signature, facts)],
        data=lambda: _described(row),
        rows=lambda: [("write", row.signature), *facts],
    )


def _call(row: Function) -> FormulaCall:
    assert isinstance(row.kernel, FormulaCall), "the row is one of the user's own"
    return row.kernel


def _example(row: Function) -> str:
    """A command that differentiates the function."""
    call = _call(row)
    required = row.parameters[: len(row.parameters) - len(row.defaults)] or row.parameters[:1]
    at = ",".join(f"{name}={EXAMPLE_NUMBER}" for name in required)
    use = call.place if call.place.rpartition(":")[2].rpartition(".")[2] == row.name else f"{row.name}={call.place}"
    return f'deriv "{row.name}({", ".join(required)})" --use {use} --at {at}'


def _described(row: Function) -> dict[str, Any]:
    call = _call(row)
    return {
        "name": row.name,
        "signature": row.signature,
        "meaning": row.doc,
        "arguments": [each.written for each in call.function.parameters],
        "kind": call.function.kind,
        "from": call.place,
        "family": FAMILY,
        "example": _example(row),
    }
