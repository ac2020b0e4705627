"""Results as text in a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivcli.render.blocks import Document, Style
from derivcli.render.documents.formulas import formulas_document
from derivcli.render.documents.numbers import numbers_document
from derivcli.render.documents.series import series_document
from derivcli.render.format_table import write
from derivcli.result import AnyResult, SeriesResult, SymbolicResult


def render(results: Sequence[AnyResult], name: str, style: Style) -> str:
    """Numbers, formulas or series in the format of that name."""
    makers: dict[type, Callable[..., Document]] = {SymbolicResult: formulas_document, SeriesResult: series_document}
    make = makers.get(type(results[0]), numbers_document)
    return write(make(results, style), name, style)
