"""Results as text in a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivcli.render.blocks import Document, Style
from derivcli.render.documents.formulas import formulas_document
from derivcli.render.documents.numbers import numbers_document
from derivcli.render.documents.series import series_document
from derivcli.render.format_table import write
from derivcli.result import AnyResult, SeriesResult, SymbolicResult


def document_of(results: Sequence[AnyResult], style: Style) -> Document:
    """The document of numbers, formulas or series."""
    makers: dict[type, Callable[..., Document]] = {SymbolicResult: formulas_document, SeriesResult: series_document}
    return makers.get(type(results[0]), numbers_document)(results, style)


def render(results: Sequence[AnyResult], name: str, style: Style) -> str:
    """Numbers, formulas or series in the format of that name."""
    return write(document_of(results, style), name, style)
