"""Results as text in a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Document, Style
from derivcli.render.documents.formulas import formulas_document
from derivcli.render.format_table import write
from derivcli.result import AnyResult, SeriesResult, SymbolicResult


def document_of(results: Sequence[AnyResult], style: Style) -> Document:
    """The document of numbers, formulas or series."""
    return _maker(results[0])(spelled_for(results, style), style)


def render(results: Sequence[AnyResult], name: str, style: Style) -> str:
    """Numbers, formulas or series in the format of that name."""
    return write(document_of(results, style), name, style)


def _maker(result: AnyResult) -> Callable[[Any, Style], Document]:
    if isinstance(result, SymbolicResult):
        return formulas_document
    from derivcli.render.documents.numbers import numbers_document  # late, since formulas need no NumPy
    from derivcli.render.documents.series import series_document

    return series_document if isinstance(result, SeriesResult) else numbers_document
