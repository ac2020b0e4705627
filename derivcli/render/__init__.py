"""How are they shown?

A format is three functions over the same structures: one for numbers, one for formulas, one for series.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivcli.explain.ledger import Ledger
    from derivcli.render.columns import Style
    from derivcli.result import AnyResult

FORMATS: dict[str, tuple[str, str]] = {
    "table": ("table", "write_table"),
    "tsv": ("tsv_csv_value", "write_tsv"),
    "csv": ("tsv_csv_value", "write_csv"),
    "json": ("json", "write_json"),
    "latex": ("latex", "write_latex"),
    "markdown": ("markdown", "write_markdown"),
    "value": ("tsv_csv_value", "write_value"),
}
"""Each format's module and function, imported when it is used."""


LEDGERS: dict[str, tuple[str, str]] = {
    "table": ("ledger", "write_table"),
    "tree": ("ledger", "write_tree"),
    "tsv": ("ledger", "write_tsv"),
    "json": ("ledger", "write_json"),
    "dot": ("dot_mermaid", "write_dot"),
    "mermaid": ("dot_mermaid", "write_mermaid"),
}
"""The same of the formats of ledgers."""


def render(results: Sequence[AnyResult], name: str, style: Style) -> str:
    """The results in a format of that name."""
    from derivcli.result import SeriesResult, SymbolicResult

    module, function = FORMATS[name]
    for kind, prefix in ((SymbolicResult, "write_formulas_"), (SeriesResult, "write_series_")):
        if isinstance(results[0], kind):
            function = function.replace("write_", prefix)
    write: Callable[[Sequence[Any], Style], str] = getattr(import_module(f"derivcli.render.{module}"), function)
    return write(results, style)


def render_ledger(ledger: Ledger, name: str, style: Style) -> str:
    """The ledger in a format of that name."""
    module, function = LEDGERS[name]
    write: Callable[[Ledger, Style], str] = getattr(import_module(f"derivcli.render.{module}"), function)
    return write(ledger, style)
