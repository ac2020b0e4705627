"""How are they shown?

A format is two functions over the same structures: one for numbers, one for formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivcli.render.columns import Style
    from derivcli.result import Result, SymbolicResult

FORMATS: dict[str, tuple[str, str]] = {
    "table": ("table", "write_table"),
    "tsv": ("plain", "write_tsv"),
    "csv": ("plain", "write_csv"),
    "json": ("json", "write_json"),
    "latex": ("latex", "write_latex"),
    "markdown": ("markdown", "write_markdown"),
    "value": ("plain", "write_value"),
}
"""Each format's module and function, imported when it is used."""


def render(results: Sequence[Result] | Sequence[SymbolicResult], name: str, style: Style) -> str:
    """The results in a format of that name."""
    from derivcli.result import Result

    module, function = FORMATS[name]
    if not isinstance(results[0], Result):
        function = function.replace("write_", "write_formulas_")
    write: Callable[[Sequence[Any], Style], str] = getattr(import_module(f"derivcli.render.{module}"), function)
    return write(results, style)
