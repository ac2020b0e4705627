"""What the function table says of one function, in words and formulas, for those who look it up."""

from __future__ import annotations

import re

from derivcli.errors import DerivError
from derivcli.language.function import Function, Interval
from derivcli.language.functions import BRANCHING, FAMILIES, vocabulary
from derivcli.language.names import nearest
from derivcli.language.tokens import canonical_name

PLACES = {
    "corner": "a corner", "jump": "a jump", "edge": "the edge of its domain", "vertical": "a vertical tangent",
    "branch": "two formulas meet",
}  # fmt: skip
"""The kinds of `Function.special` in words."""

INSIDE = 2 / 3
"""Where in its interval an example's value lies; 1/2 would often be 0."""


def look_up(name: str) -> Function:
    """The row that a name or another name of it stands for."""
    row = vocabulary().get(canonical_name(name))
    if row is None and name in BRANCHING:
        raise DerivError(f"'{name}' makes a choice and is no function of the table", hint="write if(x > 0, x**2, 0)")
    if row is None:
        word = nearest(name)
        hint = f"did you mean {word}?" if word else "deriv functions lists them"
        raise DerivError(f"unknown function '{name}'", hint=hint)
    return row


def family_of(row: Function) -> str:
    """The family's name."""
    return next(name for name, rows in FAMILIES.items() if row in rows)


def related(row: Function) -> list[str]:
    """The functions that the row's formulas mention, then the rest of its family."""
    formulas = " ".join((row.definition or "", *(row.derivatives or ())))
    mentioned = [vocabulary()[word].name for word in re.findall(r"[A-Za-z]\w*(?=\()", formulas) if word in vocabulary()]
    family = [other.name for other in FAMILIES[family_of(row)]]
    return [name for name in dict.fromkeys([*mentioned, *family]) if name != row.name]


def example(row: Function) -> str:
    """A command that differentiates the function at a point of its domain."""
    required = row.parameters[: len(row.parameters) - len(row.defaults)]
    arguments = ["1" if name in row.whole else name for name in required]
    intervals = zip(required, row.domain, strict=False)
    at = [f"{name}={_inside(interval)}" for name, interval in intervals if name not in row.whole]
    return f'deriv "{row.name}({", ".join(arguments)})" --at {",".join(at)}'


def _inside(interval: Interval) -> str:
    """A number in the interval, of as few digits as can be."""
    low, high = interval
    rounded = (float(f"{low + INSIDE * (high - low):.{digits}g}") for digits in range(1, 17))
    return f"{next(value for value in rounded if low <= value <= high):g}"
