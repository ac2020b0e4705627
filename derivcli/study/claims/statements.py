"""What is said of a function f and its derivatives: "f' > 0", "f = 3", "0 <= f''(x) < x".

    statement := formula { relation formula }

In the formulas f, f' and f'' stand for f(x), f'(x) and f''(x). Each relation is read as the sign of a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derivcli.errors import DerivError, Span
from derivcli.language.definitions.definitions import Named, read_definitions
from derivcli.language.definitions.named_functions import parse_formula
from derivcli.language.expression import Expression
from derivcli.language.lexer.tokens import place_of
from derivcli.language.parse import in_place
from derivcli.language.printer import text_of

RELATIONS = {
    ">=": ">=",
    "<=": "<=",
    "!=": "!=",
    "==": "==",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    ">": ">",
    "<": "<",
    "=": "==",
}
"""The signs of relations, the longer ones first, and what they mean."""

_RELATION = re.compile("|".join(map(re.escape, RELATIONS)))

EXAMPLE = "write it like f' > 0 or f = 3"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of two sides: their difference, and how that compares with 0.

    `order` is that of the highest derivative of f in it.
    """

    left: str
    written: str
    right: str
    difference: Expression
    order: int
    is_elsewhere: bool = False
    """Whether it speaks of a derivative at another place than the variable, as of f'(x+1)."""

    @property
    def sign(self) -> str:
        """The relation as the tapes of formulas know it."""
        return RELATIONS[self.written]

    @property
    def text(self) -> str:
        """The relation as it was written."""
        return f"{self.left} {self.written} {self.right}"


def read_statement(text: str, expression: Expression, variable: str, let: Mapping[str, str]) -> list[Relation]:
    """The relations that a text makes of a function, one after the other."""
    signs = list(_outer_signs(text))
    if not signs:
        raise DerivError("this says nothing of f: a relation is missing", text, Span(0, len(text)), EXAMPLE)
    bounds = [0, *(bound for sign in signs for bound in sign.span()), len(text)]
    sides = [text[start:stop] for start, stop in zip(bounds[::2], bounds[1::2], strict=True)]
    for side, start in zip(sides, bounds[::2], strict=True):
        if not side.strip():
            raise DerivError("a formula is missing here", text, Span(start, start + 1), EXAMPLE)
    name = expression.name or "f"
    known = read_definitions({f"{name}({variable})": text_of(expression.expanded), **let}, {variable})
    return [
        _relation(left, sign.group(), right, name, variable, known)
        for (left, right), sign in zip(pairwise(sides), signs, strict=True)
    ]


def _relation(left: str, sign: str, right: str, name: str, variable: str, known: Named) -> Relation:
    sides = [_called(side.strip(), name, variable) for side in (left, right)]
    text = f"{sides[0]} - ({sides[1]})"
    difference = in_place(parse_formula(text, {variable}, known.definitions, known.functions))
    others = [each for each in difference.variables if each != variable]
    if others:
        hint = f"give it a value, as in `--let {others[0]}=2`"
        raise DerivError(f"'{others[0]}' is not known here", text, place_of(others[0], text), hint)
    orders = [len(match.group(1)) for side in sides for match in re.finditer(rf"\b{re.escape(name)}('*)\(", side)]
    elsewhere = re.compile(rf"\b{re.escape(name)}'+\((?!\s*{re.escape(variable)}\s*\))")
    is_elsewhere = any(elsewhere.search(side) for side in sides)
    return Relation(left.strip(), sign, right.strip(), difference, max(orders, default=0), is_elsewhere)


def _called(side: str, name: str, variable: str) -> str:
    """A side with the variable behind f, f' and f'' where nothing is."""
    primed = side.replace("″", "''").replace("′", "'")
    return re.sub(rf"(?<![\w.]){re.escape(name)}('*)(?![\w(']|\s*\()", rf"{name}\1({variable})", primed)


def _outer_signs(text: str) -> Sequence[re.Match[str]]:
    """The signs of relations that stand in no brackets."""
    found, depth, place = [], 0, 0
    while place < len(text):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        match = _RELATION.match(text, place) if depth == 0 else None
        if match is not None:
            found.append(match)
        place = match.end() if match is not None else place + 1
    return found
