"""Notes on exponents that may be none: `w^T x`, and `5x3-2x2+x`, in which those of a copied text came down."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from derivcli.errors import Note, Span
from derivcli.language.expression import Expression
from derivcli.language.lexer.run_notes import MAX_SHOWN

_LIKE_A_POWER = re.compile(r"([a-zA-Z])([2-9])")
_TRANSPOSED = re.compile(r"\^\s*(?:T(?!\w)|\{\s*T\s*\})")


def with_transposes(expression: Expression, declared: Collection[str]) -> Expression:
    """A formula with a note where T is nothing but an exponent, which to some says that a vector is transposed."""
    if "T" not in expression.variables or "T" in declared:
        return expression
    place = _TRANSPOSED.search(expression.source)
    if place is None or "T" in _TRANSPOSED.sub("", expression.source):
        return expression
    message = "T is read as an exponent, and every letter as a number; a product of vectors is written as a sum"
    note = Note(message, expression.source, Span(*place.span()))
    return replace(expression, notes=(*expression.notes, note))


def with_lost_powers(expression: Expression, declared: Collection[str]) -> Expression:
    """A formula with a note where x2 stands beside x, and neither x1 nor a declaration says that it is a name."""
    letters = {*expression.variables, *declared}
    found = [_LIKE_A_POWER.fullmatch(name) for name in expression.variables if name not in declared]
    lost = [each for each in found if each and each[1] in letters and not {f"{each[1]}0", f"{each[1]}1"} & letters]
    names = [each[0] for each in lost][:MAX_SHOWN]
    place = re.search(rf"(?<![A-Za-z_])({'|'.join(names)})(?!\w)", expression.source) if names else None
    if place is None:  # as where it is typed with a subscript
        return expression
    *before, last = names
    said = f"{', '.join(before)} and {last} are read as variables" if before else f"{last} is read as a variable"
    message = f"{said}; for a power write {place[1][0]}^{place[1][1]}"
    note = Note(message, expression.source, Span(*place.span()))
    return replace(expression, notes=(*expression.notes, note))
