"""Results as documents, and as text in a format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from derivcli.render.blocks import Document, Style
from derivcli.render.documents.formulas import formulas_document
from derivcli.render.documents.numbers import numbers_document
from derivcli.render.documents.series import series_document
from derivcli.render.format_table import write
from derivcli.result import AnyResult, Result, SeriesResult, SymbolicResult


def document_of(results: Sequence[AnyResult], style: Style) -> Document:
    """The document of numbers, formulas or series."""
    match results[0]:
        case SymbolicResult():
            return formulas_document(cast("Sequence[SymbolicResult]", results), style)
        case SeriesResult():
            return series_document(cast("Sequence[SeriesResult]", results), style)
    return numbers_document(cast("Sequence[Result]", results), style)


def render(results: Sequence[AnyResult], name: str, style: Style) -> str:
    """The results in a format of that name."""
    return write(document_of(results, style), name, style)
