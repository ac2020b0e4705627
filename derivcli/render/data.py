"""Results as the columns of a data file, beside those of the input."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from derivcli.check.verdict import NAMES
from derivcli.points.files.formats import Coded
from derivcli.render.columns import LETTERS, Column, Style, columns_of, named
from derivcli.result import FLAGS

if TYPE_CHECKING:
    from derivcli.check.verdict import Verdicts
    from derivcli.result import FloatArray, Result

    DataColumn: TypeAlias = FloatArray | Coded | list[str]

KINDS = (None, *NAMES)
"""What each number in an array of verdicts stands for."""

FLAGGED = tuple(
    " ".join(kind for place, kind in enumerate(FLAGS) if bits >> place & 1) or None for bits in range(1 << len(FLAGS))
)
"""What each number in an array of flags stands for."""


def data_columns(
    results: Sequence[Result], style: Style, typed: Collection[str], taken: Collection[str] = ()
) -> dict[str, DataColumn]:
    """The variables that were `typed`, then values, derivatives, flags and verdicts, under names not `taken`."""
    columns = [column for column in columns_of(results) if column.role != "at" or column.label.plain in typed]
    found = [_named_columns(columns, results, style, letter) for letter in ("", *LETTERS)] if taken else []
    plain = found[0] if found else _named_columns(columns, results, style, "")
    free = (each for each in found if not each.keys() & {*taken})
    return next(free, {f"{name}_" if name in taken else name: values for name, values in plain.items()})


def _named_columns(
    columns: Sequence[Column], results: Sequence[Result], style: Style, letter: str
) -> dict[str, DataColumn]:
    """The columns by their names, in which another letter may stand for the functions."""
    found: dict[str, DataColumn] = {}
    for column in columns:
        name = _renamed(column, letter)
        found[name] = column.values if style.digits is None else column.texts(style.digits)
        if style.verdicts and column.verdicts is not None:
            found |= _judged(name, column.verdicts)
    for function, result in named(results):
        found[f"{_with_letter(function, letter)} flags"] = Coded(result.flags, FLAGGED)
    return found


def _judged(name: str, verdicts: Verdicts) -> dict[str, DataColumn]:
    """The kinds of verdict, and the true numbers where they are known."""
    truth = np.ma.masked_invalid(verdicts.truth, copy=False)
    return {f"{name} verdict": Coded(verdicts.kinds, KINDS), f"{name} truth": truth}


def _renamed(column: Column, letter: str) -> str:
    label = column.label
    return (label if column.role == "at" else replace(label, function=_with_letter(label.function, letter))).plain


def _with_letter(function: str, letter: str) -> str:
    return letter + function[1:] if letter and function[0] in LETTERS else function
