"""An equation, which makes one of its variables a function of the others.

    equation := formula [ ( "=" | "==" ) formula ]

A formula alone stands for that it is 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial

import sympy

from derivcli.errors import DerivError, Span
from derivcli.language import tree
from derivcli.language.definitions.named_functions import NamedFunctions, parse_formula
from derivcli.language.definitions.unknown_functions import unknown_functions
from derivcli.language.expression import Definition, Expression
from derivcli.language.functions.row import NO_FUNCTIONS, Functions
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.derivative_words import LETTERS
from derivcli.language.lexer.tokens import letters_alone
from derivcli.language.notations.notations import transcribed
from derivcli.language.variable_order import in_usual_order

_SIGN = re.compile(r"(?<![<>=!])==?(?!=)")


def parse_equation(
    text: str,
    declared: Collection[str] = (),
    definitions: tuple[Definition, ...] = (),
    known: NamedFunctions | None = None,
    custom: Functions = NO_FUNCTIONS,
) -> Expression:
    """The equation that `text` writes, as its left side minus its right side; refusals are those of a formula."""
    names = {*declared, *(definition.name for definition in definitions)}
    written = transcribed(text, names, {**custom, **(known or {})})
    if written is None:
        return _parsed(text, declared, definitions, known, custom)
    with written.refusals():
        found = _parsed(written.text, {*declared, *written.names}, definitions, known, custom)
    return replace(found, source=text, notes=tuple(written.notes(found.notes)))


def _parsed(
    text: str,
    declared: Collection[str],
    definitions: tuple[Definition, ...],
    known: NamedFunctions | None,
    custom: Functions,
) -> Expression:
    """The equation that a text in our notation writes."""
    read = partial(parse_formula, definitions=definitions, known=known, custom=custom, derivatives=False)
    signs = list(_signs(text))
    if len(signs) > 1:
        hint = "give several equations as separate arguments"
        raise DerivError("an equation has one '='", text, Span(*signs[1]), hint)
    if not signs:
        left, right = read(text, declared), None
    else:
        start, stop = signs[0]
        # xy = x+y names x and y on one side only; what may ask for a derivative is declared by nothing but its user
        functions = {*(known or ()), *unknown_functions(text, declared, custom)}
        letters = {*declared, *(letters_alone(text) - CONSTANTS.keys() - LETTERS - functions)}
        read = partial(read, declared=letters)
        left, right = _side(text, 0, start, read), _side(text, stop, len(text), read)
    other = sympy.S.Zero if right is None else right.tree
    difference = left.tree if other is sympy.S.Zero else tree.add([left.tree, tree.negative(other)])
    sides = [left] if right is None else [left, right]
    variables = in_usual_order(dict.fromkeys(name for side in sides for name in side.variables))
    used = dict.fromkeys(definition for side in sides for definition in side.definitions)
    ordered = tuple(definition for definition in definitions if definition in used)
    notes = dict.fromkeys(note for side in sides for note in side.notes)
    sides_of = (left.tree, other)
    taken = tuple(known or ())
    spelling = left.spelling.before(side.spelling for side in sides[1:])
    return Expression(text, difference, variables, ordered, tuple(notes), None, sides_of, taken, spelling=spelling)


def _signs(text: str) -> Iterator[tuple[int, int]]:
    """Where the equality signs outside of brackets stand; inside they belong to conditions."""
    depth = last = 0
    for sign in _SIGN.finditer(text):
        depth += text.count("(", last, sign.start()) - text.count(")", last, sign.start())
        last = sign.end()
        if depth <= 0:
            yield sign.span()


def _side(text: str, start: int, stop: int, read: Callable[[str], Expression]) -> Expression:
    """One side, read where it stands so that its places are those of the whole text."""
    if not text[start:stop].strip():
        message = "a side of this equation is empty"
        raise DerivError(message, text, Span(start and start - 1, start or stop + 1), "write it like x**2 + y**2 = 25")
    try:
        return read(" " * start + text[start:stop])
    except DerivError as error:
        error.source = text
        raise
