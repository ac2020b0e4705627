"""What the function table says of one function, in words and formulas, for those who look it up."""

from __future__ import annotations

import re

from derivcli.errors import DerivError
from derivcli.language.functions.forms import forms
from derivcli.language.functions.row import Function, SampleInterval
from derivcli.language.functions.table import FAMILIES, vocabulary
from derivcli.language.lexer.name_resolution import nearest
from derivcli.language.lexer.tokens import canonical_name

EXAMPLE_FRACTIONS = (0.8, 0.9, 0.7)
"""Where in their intervals the values of an example lie, one after another; 1/2 would often be 0."""

MAX_RELATED = 8
"""How many functions a page refers to, unless the function's own formulas mention more."""


def look_up(name: str) -> Function:
    """The row that a name or another name of it stands for."""
    row = vocabulary().get(canonical_name(name))
    form = forms().get(name)
    if row is None and form is not None:
        raise DerivError(f"'{name}' makes {form.doc} and is no function of the table", hint=f"write {form.example}")
    if row is None:
        word = nearest(name)
        hint = f"did you mean {word}?" if word else "deriv functions lists them"
        raise DerivError(f"unknown function '{name}'", hint=hint)
    return row


def family_of(row: Function) -> str:
    """The family's name."""
    return next(name for name, rows in FAMILIES.items() if row in rows)


def related(row: Function) -> list[str]:
    """The functions that the row's formulas mention, those of its family that mention it, and its neighbours."""
    family = FAMILIES[family_of(row)]
    place = family.index(row)
    ours = mentioned(row)
    users = [other.name for other in family if row.name in mentioned(other)]
    first = [name for name in dict.fromkeys([*ours, *users]) if name != row.name]
    first = first[: max(MAX_RELATED, len(set(ours)))]
    others = [other for other in family if other.derivatives_of is None and other.name not in (row.name, *first)]
    nearest_ones = sorted(others, key=lambda other: abs(family.index(other) - place))[
        : max(0, MAX_RELATED - len(first))
    ]
    return [*first, *(other.name for other in others if other in nearest_ones)]


def mentioned(row: Function) -> list[str]:
    """The functions in the row's formulas, in their order."""
    formulas = " ".join((row.definition or "", *(row.derivatives or ()), row.longer or ""))
    return [vocabulary()[word].name for word in re.findall(r"[A-Za-z]\w*", formulas) if word in vocabulary()]


def example(row: Function) -> str:
    """A command that differentiates the function at a point of its domain."""
    required = row.parameters[: len(row.parameters) - len(row.defaults)]
    numbers = {name: _inside(row.domain[place], EXAMPLE_FRACTIONS[place % 3]) for place, name in enumerate(required)}
    numbers |= dict.fromkeys(row.whole, "1" if row.derivatives_of else "2")
    arguments = [name if name in row.variables else numbers[name] for name in required]
    at = [f"{name}={numbers[name]}" for name in required if name in row.variables]
    return f'deriv "{row.name}({", ".join(arguments)})" --at {",".join(at)}'


def _inside(interval: SampleInterval, place: float) -> str:
    """A number of few digits near a place in the interval, not 0 where there is another."""
    low, high = interval
    rounded = (round(low + place * (high - low), digits) for digits in range(17))
    return f"{next((value for value in rounded if value and low <= value <= high), low):g}"
