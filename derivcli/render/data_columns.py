"""Results as the columns of a data file, behind those of the input."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import TypeAlias

import numpy as np

from derivcli.check.verdict import Verdicts
from derivcli.check.verdict_kinds import KINDS
from derivcli.flag_table import FLAGS, flag_names
from derivcli.points.files.writer import Categories, OutputColumn
from derivcli.propagated import LINEAR
from derivcli.render.blocks import Style
from derivcli.render.labels import SHARE, SHARE_OF
from derivcli.render.quantities import LETTERS, Quantity, for_programs, named, quantities_of
from derivcli.result import Result

Naming: TypeAlias = Mapping[str, str]
"""What each function is called in a data file, by the name that it has elsewhere."""

FLAGGED = tuple(" ".join(flag_names(bits)) or None for bits in range(1 << len(FLAGS)))
"""What each number in an array of flags stands for."""


def naming(results: Sequence[Result], typed: Collection[str], headers: Collection[str]) -> Naming:
    """Names for the functions under which none of our columns is called like one of the input or like another."""
    ours = {*typed, *(name for result in results for name in result.expression.variables)}
    ours |= {definition.name for result in results for definition in result.expression.definitions}
    columns = _shown(results, typed)
    functions = dict.fromkeys([name for name, _ in named(results)])
    functions |= dict.fromkeys(column.label.function for column in columns if column.role != "at")
    letters = ((letter, "") for letter in ("", *LETTERS))
    tails = (("", "_" * length) for length in count(1))
    for letter, tail in chain(letters, tails):
        if letter in ours:
            continue
        names = {function: _called(function, letter) + tail for function in functions}
        keys = [*(_key(column, names) for column in columns), *(f"{name} flags" for name in names.values())]
        keys += [f"{key} {judged}" for key in keys[: len(columns)] for judged in ("verdict", "truth")]
        if len({*keys}) == len(keys) and not {*keys} & {*headers}:
            return names
    raise AssertionError("tails of any length are tried")


def _called(function: str, letter: str) -> str:
    return letter + function[1:] if letter and function[0] in LETTERS else function


def data_columns(
    results: Sequence[Result], style: Style, typed: Collection[str], names: Naming
) -> dict[str, OutputColumn]:
    """The variables that were typed, then values, derivatives, flags, and verdicts where they were asked for."""
    found: list[tuple[str, OutputColumn]] = []
    for column in for_programs(_shown(results, typed), style):
        key = _key(column, names)
        found.append((key, _cells(column, style)))
        if style.verdicts and column.verdicts is not None:
            found += _judged(key, column.verdicts)
    found += [(f"{names[function]} flags", Categories(result.flags, FLAGGED)) for function, result in named(results)]
    assert len(dict(found)) == len(found), "no two columns have one name"
    return dict(found)


def _shown(results: Sequence[Result], typed: Collection[str]) -> list[Quantity]:
    """The columns of ours: of the variables those that were typed."""
    return [column for column in quantities_of(results) if column.role != "at" or column.label.plain in typed]


def _cells(column: Quantity, style: Style) -> OutputColumn:
    """The numbers or words of a column, of which some may not be known."""
    if column.codes is not None:
        return Categories(column.codes, LINEAR)
    if style.digits is not None:
        return column.texts(style.digits)
    return np.ma.masked_invalid(column.values, copy=False) if column.is_partial else column.values


def _key(column: Quantity, names: Naming) -> str:
    """The name of a column. A share names its function where that has another name here."""
    label = column.label
    if column.role == "at":
        return label.plain
    function = names[label.function]
    notation = SHARE_OF if label.notation == SHARE and function != label.function else label.notation
    return replace(label, function=function, notation=notation).plain


def _judged(key: str, verdicts: Verdicts) -> list[tuple[str, OutputColumn]]:
    """The kinds of verdict, and the true numbers where they are known."""
    truth = np.ma.masked_invalid(verdicts.truth, copy=False)
    return [(f"{key} verdict", Categories(verdicts.kinds, (None, *KINDS))), (f"{key} truth", truth)]
