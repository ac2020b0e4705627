"""How what is returned shows itself: by lines in a terminal, by mathematics or a table in a notebook.

A record takes these functions into its class. What they show is written in `render`, which reads records and so stands
above them: the package knows where, and loads it when something is shown for the first time.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import Any


def _writer() -> Any:
    """What writes records for people."""
    return sys.modules["derivcli"].WRITER


def short(record: Any) -> str:
    """One line, for `__repr__`."""
    return str(_writer().short(record))


def text(record: Any) -> str:
    """What the command prints in a terminal, for `__str__`."""
    return str(_writer().text(record))


def latex(record: Any) -> str | None:
    """Mathematics, for `_repr_latex_`; None where there is none."""
    found: str | None = _writer().latex(record)
    return found


def html(record: Any) -> str | None:
    """A table, a list or sentences, for `_repr_html_`; None for a formula, which is mathematics."""
    found: str | None = _writer().html(record)
    return found


def mime_bundle(
    record: Any, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """All that a notebook may show, by the type of its content, for `_repr_mimebundle_`."""
    found = {"text/plain": text(record), "text/html": html(record), "text/latex": latex(record)}
    return {
        kind: shown
        for kind, shown in found.items()
        if shown is not None and (include is None or kind in include) and kind not in (exclude or ())
    }


def pretty(record: Any, printer: Any, cycle: bool) -> None:
    """The lines in IPython's terminal, for `_repr_pretty_`."""
    printer.text("..." if cycle else text(record))


def to_arrow(record: Any) -> Any:
    """A table of Arrow with a row for each point: the variables, the values, the derivatives, flags, and verdicts."""
    return _writer().to_arrow(record)


def to_pandas(record: Any) -> Any:
    """The same as a data frame of pandas, which has to be installed (ArgumentError where it is not)."""
    return _writer().to_pandas(record)


def plot(record: Any, ax: Any = None, **look: Any) -> Any:
    """A picture of it, which a notebook shows; with axes of Matplotlib's these, with it drawn on them.

    `theme` is "light", "dark" or "print", `size` a text such as "16x9cm" or a pair of inches; `dpi` and `transparent`
    are about files. The picture's `save("f.svg")` writes one.
    """
    return sys.modules["derivcli"].PLOTTER.plot(record, ax, **look)


class Records(list[Any]):
    """Several records of one kind, which show themselves together; otherwise a list."""

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        """One of them, or some as the same kind of list."""
        found = super().__getitem__(place)
        return type(self)(found) if isinstance(place, slice) else found

    __str__ = text
    _repr_html_ = html
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty


def listed(texts: Sequence[str], most: int = 3) -> str:
    """A few texts, and how many more there are."""
    more = f", and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more
