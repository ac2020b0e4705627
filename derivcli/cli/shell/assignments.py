"""What gives a name its meaning: `x = 3`, `x = pi/2`, `x = 0:1:11`, `z = x + 1`, `f(x, y) = x^2 + a*y`.

    assignment := name ["(" name { "," name } ")"] ("=" | ":=") meaning

What stands behind `=` is taken by what its names are then: it is a value, or a formula in variables that have none. The
formula of a function is taken by what its other names are when it is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derivcli.cli.shell.formulas import formula_in, names_answer, value_of
from derivcli.cli.shell.state import ANSWER, State
from derivcli.errors import DerivError, Note, Span
from derivcli.language.definitions.named_functions import check_free, read_function
from derivcli.language.expression import Definition, Expression
from derivcli.language.functions.table import CONSTANTS
from derivcli.language.lexer.name_resolution import is_variable_name
from derivcli.language.lexer.tokens import canonical_name, is_name, place_of
from derivcli.language.parse import parse_expression
from derivcli.language.printer import text_of
from derivcli.language.tree import number, substitute, symbol
from derivcli.points.at_option import read_points
from derivcli.points.points import Axis
from derivcli.points.uncertain_values import is_uncertain

_ASSIGNMENT = re.compile(r"\s*([^\W\d_]\w*)\s*(\([^()]*\))?\s*:?=(?!=)")
_SIGN = re.compile(r"(?<![<>=!])=(?!=)")


@dataclass(frozen=True, slots=True)
class Assigned:
    """The state after an assignment, the names that have a new meaning, and how the text was read."""

    state: State
    names: Sequence[str]
    notes: Sequence[Note] = ()


def assign(state: State, text: str) -> Assigned | None:
    """What a text makes of the state, if it gives a name a meaning and is no equation or formula."""
    found = _ASSIGNMENT.match(text)
    if found is None:
        return None
    meaning = text[found.end() :]
    has_several = _has_several(meaning) or is_uncertain(meaning)
    if _SIGN.search(meaning) and not has_several:
        return None
    if canonical_name(found[1]) == ANSWER:
        raise DerivError(f"'{ANSWER}' is the last answer", text, Span(*found.span(1)), "use another name")
    if found[2]:
        return _function(state, text)
    if not is_name(found[1]):
        raise DerivError(f"'{found[1]}' is no name", text, Span(*found.span(1)), "write it like x = 3")
    check_variable(state, canonical_name(found[1]), text)
    if has_several:
        return assign_points(state, text.replace(":=", "=", 1))
    name = canonical_name(found[1])
    try:
        expression = formula_in(state, " " * found.end() + meaning)
    except DerivError as error:
        error.source = text if error.source.startswith(" " * found.end()) else error.source
        raise
    return _value(state, name, text, expression) or _formula(state, name, text, expression)


def assign_points(state: State, spec: str) -> Assigned:
    """What a text as `--at` takes it makes of the state."""
    points = read_points([spec], uncertain=True)
    for axis in points.axes:
        check_variable(state, axis.name, spec)
        state = _with_axis(state, axis)
    return Assigned(state, points.names, points.notes)


def check_variable(state: State, name: str, source: str) -> None:
    """Refuse a variable whose name means something else."""
    if name in CONSTANTS or not is_variable_name(name):
        check_free(name, source, state.custom)


def _has_several(meaning: str) -> bool:
    """Whether there are several values or a range, parted outside of brackets."""
    depth = 0
    for letter in meaning:
        depth += (letter == "(") - (letter == ")")
        if letter in ",:" and depth <= 0:
            return True
    return False


def _with_axis(state: State, axis: Axis) -> State:
    state = state.without(axis.name)
    return replace(state, variables={**state.variables, axis.name: axis})


def _value(state: State, name: str, text: str, expression: Expression) -> Assigned | None:
    """The state after a value, which may be that of a formula in variables with values.

    None where some have none, or an uncertain one, which a formula keeps.
    """
    trees = {}
    for each in expression.variables:
        if each not in state.variables or state.variables[each].sigma:
            return None
        value = value_of(state.variables[each])
        if value is None:
            message = f"'{each}' has several values, and a formula of it is set to one"
            raise DerivError(message, text, place_of(each, text), f"set '{each}' to one value before")
        trees[symbol(each)] = value
    spec = text_of(substitute(expression.expanded, trees))
    try:
        (axis,) = read_points([f"{name}={_shortest(spec)}"]).axes
    except DerivError as error:
        error.source, error.span = text, Span(0, len(text))
        raise
    return Assigned(_with_axis(state, axis), [name], expression.notes)


def _shortest(spec: str) -> str:
    """A value as it was written, or as the number that it is exactly where that is shorter: 4 for 3 + 1."""
    exact = parse_expression(spec).constant
    return min(spec, text_of(number(exact)), key=len) if isinstance(exact, Fraction) else spec


def _formula(state: State, name: str, text: str, expression: Expression) -> Assigned:
    """The state in which a name is a formula."""
    if name in expression.variables:
        place = place_of(name, " " * text.index("=") + text[text.index("=") :])
        hint = f"use another name, or give {name} a value before"
        raise DerivError(f"'{name}' is defined by itself", text, place, hint)
    state = state.without(name)
    definition = Definition(name, expression.expanded, expression.notes, expression.spelling)
    return Assigned(replace(state, formulas={**state.formulas, name: definition}), [name], expression.notes)


def _function(state: State, text: str) -> Assigned:
    """The state with a function."""
    if names_answer(text):
        hint = f"name it before, as in a = {ANSWER}"
        raise DerivError(f"'{ANSWER}' changes with every answer", text, place_of(ANSWER, text), hint)
    function = read_function(text, state.names, state.functions, state.custom)
    state = state.without(function.name)
    functions = {**state.functions, function.name: replace(function, notes=())}  # told of once
    return Assigned(replace(state, functions=functions), [function.name], function.notes)
