"""Which columns of results and of the input a data file gets, and what they are called."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from derivcli.errors import DerivError, visible

OTHERS = "*"
"""Stands for all results that are not named."""

KEYWORDS = frozenset(
    "add all alter and as asc between by case check column constraint create cross default delete desc distinct drop "
    "else end except exists false for foreign from full group having if in index inner insert intersect into is join "
    "key left like limit not null on or order outer primary references right select set table then to true union "
    "unique update using values view when where with".split()
)
"""Words that SQL keeps for itself."""


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """Which columns are written: of `results` names with new ones or "", and of the input those to `keep`.

    None stands for all of them. With `sql` results have names that SQL can hold.
    """

    results: tuple[tuple[str, str], ...] | None = None
    keep: tuple[str, ...] | None = None
    sql: bool = False

    def named(self, names: Sequence[str], headers: Collection[str]) -> dict[str, str]:
        """The new name of each result that is written, in their order, beside columns with these headers."""
        chosen = self._chosen(names)
        found: dict[str, str] = {}
        taken = {header.casefold() for header in headers}
        for name, new in chosen:
            called = new or (_distinct(sql_name(name), taken) if self.sql else name)
            if self._is_one_of(called, headers):
                hint = "use another name, or keep fewer columns of the input"
                raise DerivError(f"'{visible(called)}' is the name of a column of the input too", hint=hint)
            if self._is_one_of(called, found.values()):
                raise DerivError(f"'{visible(called)}' is the name of another result too", hint="use another name")
            found[name] = called
            taken.add(called.casefold())
        return found

    def _is_one_of(self, name: str, names: Collection[str]) -> bool:
        """Whether a name is there already; to SQL names are one that differ in upper and lower case alone."""
        return name in names or (self.sql and name.casefold() in {each.casefold() for each in names})

    def _chosen(self, names: Sequence[str]) -> list[tuple[str, str]]:
        if self.results is None:
            return [(name, "") for name in names]
        chosen = dict.fromkeys(name for name, _ in self.results)
        for name, _ in self.results:
            if name != OTHERS and name not in names:
                close = difflib.get_close_matches(name, names, 1)
                hint = f"did you mean '{close[0]}'? " if close else ""
                hint += f"there are {', '.join(names)}"
                raise DerivError(f"'{visible(name)}' is no result", hint=hint)
        others = [(name, "") for name in names if name not in chosen]
        return [pair for each in self.results for pair in (others if each[0] == OTHERS else [each])]


ALL = ChosenColumns()
"""All columns, under their own names."""


def read_names(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The names in `f=loss,df/dx`, each with its new one or ""; those that hold commas stand in quotes."""
    parts = [part.strip() for row in csv.reader(texts, skipinitialspace=True) for part in row]
    pairs = [part.rpartition("=") for part in parts]
    found = [(name.strip(), new.strip()) if equals else (new.strip(), "") for name, equals, new in pairs]
    names = [name for name, _ in found]
    if not found:
        raise DerivError("no result is named", hint="write them like f=loss,df/dx=slope_x, or leave out `--columns`")
    for (name, new), (_, equals, _) in zip(found, pairs, strict=True):
        if not name or (equals and not new) or (name == OTHERS and new) or names.count(name) > 1:
            hint = "write them like f=loss,df/dx=slope_x, where * stands for all others"
            raise DerivError("columns are names of results, each once, perhaps with '=' and a new name", hint=hint)
    return tuple(found)


def read_headers(texts: Sequence[str]) -> tuple[str, ...] | None:
    """The headers in `time,station`; those that hold commas stand in quotes. None for all, nothing for none."""
    parts = [part.strip() for row in csv.reader(texts, skipinitialspace=True) for part in row]
    if not any(parts):
        raise DerivError("no column of the input is named", hint="write none for none of them, or leave out `--keep`")
    if parts == [OTHERS]:
        return None
    return () if parts == ["none"] else tuple(dict.fromkeys(parts))


def sql_name(name: str) -> str:
    """A name of letters, digits and underscores that is no word of SQL's."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "result"
    found = f"_{found}" if found[0].isdigit() else found
    return f"{found}_" if found.lower() in KEYWORDS else found


def _distinct(name: str, taken: Collection[str]) -> str:
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}_{number}"
    return found
