"""Named formulas: what `--let` writes, and where names stand in a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derivcli.errors import DerivError, Span
from derivcli.language.expression import Definition
from derivcli.language.functions.row import NO_FUNCTIONS, Functions
from derivcli.language.parse import parse_expression
from derivcli.language.tokens import canonical_name, is_name, tokenize


def read_definitions(
    let: Mapping[str, str], declared: Iterable[str] = (), functions: Functions = NO_FUNCTIONS
) -> tuple[Definition, ...]:
    """The named formulas, each of which may use those before it."""
    definitions: list[Definition] = []
    later = [canonical_name(name) for name in let]
    for raw, text in let.items():
        name = canonical_name(raw)
        if not is_name(raw):
            raise DerivError(f"'{raw}' is no name", raw, Span(0, len(raw)), "write it like `--let z=x+1`")
        if name in declared:
            hint = "leave out one of the two"
            raise DerivError(f"'{name}' is given a formula and is a variable too", raw, Span(0, len(raw)), hint)
        if name in functions:
            hint = "give the formula another name"
            raise DerivError(f"'{name}' is given a formula and is a function too", raw, Span(0, len(raw)), hint)
        expression = parse_expression(text, {*declared, *later}, tuple(definitions), functions)
        for used in expression.variables:
            if used == name:
                raise DerivError(f"'{name}' is defined by itself", text, place_of(used, text), "use another name")
            if used in later:
                hint = f"put `--let {used}=...` before it"
                raise DerivError(f"'{name}' uses '{used}' before it is defined", text, place_of(used, text), hint)
        definitions.append(Definition(name, expression.tree, expression.notes))
        later.remove(name)
    return tuple(definitions)


def place_of(name: str, source: str) -> Span:
    """Where a name first stands in a text; the whole text where it is hidden in a product of letters."""
    readable = source.replace("==", "= ").replace("=", ",")  # an equation has no token for its sign
    spans = [token.span for token in tokenize(readable, {name}) if token.kind == "name" and token.text == name]
    return spans[0] if spans else Span(0, len(source))
