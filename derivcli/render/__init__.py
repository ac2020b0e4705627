"""How are they shown?

Documents are made of what was found, and each format writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from derivcli.render.blocks import Document, Style
    from derivcli.result import AnyResult, Result, SeriesResult, SymbolicResult


def document_of(results: Sequence[AnyResult], style: Style) -> Document:
    """The document of numbers, formulas or series."""
    from derivcli.result import SeriesResult, SymbolicResult

    match results[0]:
        case SymbolicResult():
            from derivcli.render.documents.formulas import formulas_document

            return formulas_document(cast("Sequence[SymbolicResult]", results), style)
        case SeriesResult():
            from derivcli.render.documents.series import series_document

            return series_document(cast("Sequence[SeriesResult]", results), style)
    from derivcli.render.documents.numbers import numbers_document

    return numbers_document(cast("Sequence[Result]", results), style)


def render(results: Sequence[AnyResult], name: str, style: Style) -> str:
    """The results in a format of that name."""
    from derivcli.render.format_table import write

    return write(document_of(results, style), name, style)
