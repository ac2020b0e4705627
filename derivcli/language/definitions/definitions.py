"""Named formulas and functions of the user's own: what `--let` writes.

    definition := name [ "(" name { "," name } ")" ] "=" formula

A formula may use those before it and every function; a function may use them all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from derivcli.errors import DerivError, Span
from derivcli.language.definitions.named_functions import (
    Head,
    NamedFunctions,
    check_recursion,
    parse_formula,
    read_body,
    read_head,
)
from derivcli.language.expression import Definition
from derivcli.language.functions.row import NO_FUNCTIONS, Functions
from derivcli.language.lexer.tokens import canonical_name, is_name, place_of
from derivcli.language.parse import in_place


@dataclass(frozen=True, slots=True)
class Named:
    """What names stand for: formulas in their order, and functions."""

    definitions: tuple[Definition, ...] = ()
    functions: NamedFunctions = field(default_factory=dict)


def read_definitions(
    let: Mapping[str, str], declared: Iterable[str] = (), functions: Functions = NO_FUNCTIONS
) -> Named:
    """The named formulas, each of which may use those before it, and the functions."""
    formulas = {name: text for name, text in let.items() if "(" not in name}
    names = {canonical_name(name) for name in formulas}
    heads = _heads([f"{head}={text}" for head, text in let.items() if "(" in head], {*declared, *names}, functions)
    rows = {**functions, **{name: head.row for name, head in heads.items()}}
    known = {name: read_body(head, {*declared, *names}, rows) for name, head in heads.items()}
    for name, head in heads.items():
        check_recursion(known[name], known, head)
    for _ in heads:  # what functions depend on by those that they call
        rows = {**functions, **{name: each.row for name, each in known.items()}}
        before = known
        known = {
            name: read_body(heads[name], {*declared, *names}, rows)
            if any(rows[call].free for call in each.calls)
            else each
            for name, each in before.items()
        }
        if all(known[name].row == each.row for name, each in before.items()):
            break
    return Named(_formulas(formulas, declared, known, functions), known)


def _heads(texts: Iterable[str], taken: Collection[str], functions: Functions) -> dict[str, Head]:
    """The left sides of functions by their names, none of which means something else."""
    heads: dict[str, Head] = {}
    for text in texts:
        head = read_head(text, functions)
        span = Span(text.find("(") - len(head.name), text.find("("))
        if head.name in taken:
            hint = "leave out one of the two"
            raise DerivError(f"'{head.name}' is given a formula and is a variable too", text, span, hint)
        if head.name in heads:
            raise DerivError(f"'{head.name}' is defined more than once", text, span, "use another name")
        heads[head.name] = head
    return heads


def _formulas(
    formulas: Mapping[str, str], declared: Iterable[str], known: NamedFunctions, functions: Functions
) -> tuple[Definition, ...]:
    """The named formulas, each of which may use those before it."""
    definitions: list[Definition] = []
    later = [canonical_name(name) for name in formulas]
    for raw, text in formulas.items():
        name = canonical_name(raw)
        if not is_name(raw):
            raise DerivError(f"'{raw}' is no name", raw, Span(0, len(raw)), "write it like `--let z=x+1`")
        if name in declared:
            hint = "leave out one of the two"
            raise DerivError(f"'{name}' is given a formula and is a variable too", raw, Span(0, len(raw)), hint)
        if name in functions:
            hint = "give the formula another name"
            raise DerivError(f"'{name}' is given a formula and is a function too", raw, Span(0, len(raw)), hint)
        expression = in_place(parse_formula(text, {*declared, *later}, tuple(definitions), known, functions))
        for used in expression.variables:
            if used == name:
                raise DerivError(f"'{name}' is defined by itself", text, place_of(used, text), "use another name")
            if used in later:
                hint = f"put `--let {used}=...` before it"
                raise DerivError(f"'{name}' uses '{used}' before it is defined", text, place_of(used, text), hint)
        definitions.append(Definition(name, expression.tree, expression.notes, expression.spelling))
        later.remove(name)
    return tuple(definitions)
