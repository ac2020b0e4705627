"""Functions that are named formulas, and formulas that call them.

    definition := name "(" parameter { "," parameter } ")" "=" formula

A call stands for the formula with the arguments in the places of the parameters, all at once and as trees, so that
no name of an argument is taken for one of the function. What else the formula names is what it is where it is called.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from derivcli.errors import DerivError, Note, Span
from derivcli.language import limits, tree
from derivcli.language.bound_variables import Binder
from derivcli.language.definitions.left_sides import listed_names
from derivcli.language.definitions.unknown_rows import unknown_rows
from derivcli.language.differentiation.slopes import condition_of, settled, size, slope
from derivcli.language.expression import Definition, Expression
from derivcli.language.functions.forms import forms
from derivcli.language.functions.row import NO_FUNCTIONS, Function, Functions
from derivcli.language.functions.table import CONSTANTS, vocabulary
from derivcli.language.lexer.name_resolution import KEYWORDS, TRUTHS, is_function_name
from derivcli.language.lexer.tokens import canonical_name, is_name, place_of
from derivcli.language.parse import in_place, parse_expression
from derivcli.language.printer import text_of
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.language.tree import Tree


@dataclass(frozen=True, slots=True)
class NamedFunction:
    """A formula with a name and parameters; its tree keeps the calls of other such functions."""

    row: Function
    """What the parser knows of it: the name and the parameters."""
    tree: Tree
    calls: tuple[str, ...]
    """The named functions that its formula calls."""
    notes: tuple[Note, ...] = ()
    """How its formula was read."""
    spelling: Spelling = CANONICAL

    @property
    def name(self) -> str:
        """Its name."""
        return self.row.name

    @property
    def head(self) -> str:
        """The call as one writes it."""
        return self.row.signature

    @property
    def text(self) -> str:
        """The formula."""
        return text_of(self.tree, self.spelling)


NamedFunctions: TypeAlias = Mapping[str, NamedFunction]


def check_free(name: str, source: str, custom: Functions = NO_FUNCTIONS) -> None:
    """Refuse to give a name another meaning that has one in the language."""
    span = Span(source.find(name), source.find(name) + len(name))
    if name in CONSTANTS:
        raise DerivError(f"'{name}' is a constant", source, span, "use another name")
    if name in KEYWORDS or name in TRUTHS:
        raise DerivError(f"'{name}' belongs to conditions", source, span, "use another name")
    form = forms().get(name)
    if is_function_name(name, (), called=True) and not (form is not None and form.yields):
        row = vocabulary().get(name)
        what = f"a function of deriv already, {row.signature}" if row else "a function of deriv already"
        raise DerivError(f"'{name}' is {what}", source, span, "use another name")
    if name in custom:
        raise DerivError(f"'{name}' is code of yours", source, span, "use another name")


@dataclass(frozen=True, slots=True)
class Head:
    """The left side of a definition, and where its formula begins in the text."""

    row: Function
    source: str
    start: int

    @property
    def name(self) -> str:
        """The function's name."""
        return self.row.name


def read_head(text: str, custom: Functions = NO_FUNCTIONS) -> Head:
    """The left side of `f(x, y) = formula`."""
    left, _, right = text.partition("=")
    head, _, listed = left.rstrip().removesuffix(":").rstrip().removesuffix(")").partition("(")
    name = _name(head, text)
    check_free(name, text, custom)
    parameters = listed_names(listed, text, text.find("(") + 1)
    return Head(Function(name, "", parameters=parameters, unknown=True), text, len(text) - len(right))


def read_function(
    text: str,
    declared: Collection[str] = (),
    known: NamedFunctions | None = None,
    custom: Functions = NO_FUNCTIONS,
) -> NamedFunction:
    """The function that `f(x, y) = formula` defines; the formula may call those `known` and `custom` code."""
    head, known = read_head(text, custom), known or {}
    function = read_body(head, declared, {**custom, **{name: each.row for name, each in known.items()}})
    check_recursion(function, known, head)
    return function


def read_body(head: Head, declared: Collection[str], functions: Functions) -> NamedFunction:
    """The function with a head; its formula may call `functions`, and is not to call itself."""
    text, start, row = head.source, head.start, head.row
    rows = {name: each for name, each in {**functions, row.name: row}.items() if name not in row.parameters}
    try:
        typed = parse_expression(" " * start + text[start:], {*declared, *row.parameters} - {row.name}, functions=rows)
        read = in_place(typed)
    except DerivError as error:
        error.source = text
        raise
    calls = dict.fromkeys(called.name for called in calls_in(read.tree) if rows.get(called.name) and not called.kernel)
    notes = tuple(replace(note, source=text) for note in read.notes)
    named = {str(node) for node in tree.postorder(read.tree) if node.is_Symbol} - {*row.parameters}
    free = frozenset(named).union(*(rows[name].free for name in calls))
    return NamedFunction(replace(row, free=free), read.tree, tuple(calls), notes, read.spelling)


def check_recursion(function: NamedFunction, known: NamedFunctions, head: Head) -> None:
    """Refuse a function that would call itself, directly or by way of others."""
    for called in function.calls:
        seen, waiting = {called}, [called]
        while waiting:
            name = waiting.pop()
            if name == function.name:
                by = "itself" if called == name else f"'{called}', which calls it"
                place = place_of(called, " " * head.start + head.source[head.start :])
                hint = "write its formula without it"
                raise DerivError(f"'{name}' is defined by {by}", head.source, place, hint)
            new = set(known[name].calls if name in known else ()) - seen
            seen |= new
            waiting += new


def parse_formula(
    text: str,
    declared: Collection[str] = (),
    definitions: tuple[Definition, ...] = (),
    known: NamedFunctions | None = None,
    custom: Functions = NO_FUNCTIONS,
    derivatives: bool = True,
) -> Expression:
    """The formula that a text writes, each call of a `known` function being what it stands for.

    What that comes to is read anew, so that whatever is refused in a formula is refused in it.
    """
    if not known:
        return parse_expression(text, declared, definitions, custom, derivatives)
    rows = {**custom, **{name: function.row for name, function in known.items()}}
    typed = parse_expression(text, declared, definitions, rows, derivatives)
    for name in typed.variables:
        if name in known:
            hint = f"write {known[name].head}"
            raise DerivError(f"'{name}' is a function here", text, place_of(name, text), hint)
    called = {row.name for row in calls_in(typed.tree)}
    if not called & known.keys():
        return replace(typed, taken_names=tuple(known))
    whole = _in_full(typed.tree, known, text)
    names = {str(symbol) for symbol in tree.postorder(whole) if symbol.is_Symbol}
    unknown = unknown_rows(whole)
    for name in unknown.keys() & names:
        message = f"'{name}' is a function here, and a variable in what is called"
        raise DerivError(message, text, Span(0, len(text)), "use another name for the one of the two")
    found = parse_expression(text_of(whole), {*declared, *names}, definitions, {**custom, **unknown})
    spelling = typed.spelling.before(each.spelling for name, each in known.items() if name in called)
    notes = [*(note for name, each in known.items() if name in called for note in each.notes), *typed.notes]
    notes += _where_defined(typed.tree, known, text)
    return replace(
        found,
        source=text,
        notes=tuple(notes),
        taken_names=tuple(known),
        name=typed.name,
        arguments=typed.arguments,
        asked=typed.asked,
        spelling=spelling,
    )


def _name(head: str, source: str) -> str:
    name = head.strip()
    if not is_name(name):
        start = source.find(name)
        hint = "write it like f(x) = x^2"
        raise DerivError(f"'{name}' is no name", source, Span(start, start + max(1, len(name))), hint)
    return canonical_name(name)


def calls_in(node: Tree) -> Iterator[Function]:
    """The rows of all calls in a tree."""
    for part in tree.postorder(node):
        row = tree.row_of(part)
        if row is not None:
            yield row


def expanded(node: Tree, known: NamedFunctions, source: str = "", depth: int = 0) -> Tree:
    """A tree in which each call of a known function is what it stands for."""
    whole = Span(0, len(source))
    if depth > limits.MAX_NESTING:
        hint = "call fewer of them in each other"
        raise DerivError(f"functions call each other deeper than {limits.MAX_NESTING}", source, whole, hint)

    def make(node: Tree, parts: list[Tree]) -> Tree:
        row = tree.row_of(node)
        function = known.get(row.name) if row is not None else None
        if function is None:
            made = node if parts == list(node.args) else tree.rebuild(node, parts)
            return tree.named_apart(made) if isinstance(made, Binder) else made
        _check_call(function, len(parts), known, source)
        assert row is not None, "a named function is called by a row"
        symbols = [tree.symbol(name) for name in function.row.parameters]
        body = slope(function.tree, dict(zip(symbols, row.orders, strict=False)))
        body = settled(tree.substitute(body, dict(zip(symbols, parts, strict=True))))
        return expanded(body, known, source, depth + 1) if function.calls else body

    return tree.fold(node, make)


def _where_defined(typed: Tree, known: NamedFunctions, source: str) -> Iterator[Note]:
    """Notes on derivatives in a text that have values only where the function has no kink."""
    for row in dict.fromkeys(calls_in(typed)):
        if row.name in known and row.orders:
            arguments = [tree.symbol(name) for name in known[row.name].row.parameters]
            where = condition_of(expanded(tree.call(row, arguments), known))
            if where is not None:
                head = f"{row.head}({', '.join(map(str, arguments))})"
                yield Note(f"{head} has values only where {text_of(where)}", source, Span(0, len(source)))


def _check_call(function: NamedFunction, given: int, known: NamedFunctions, source: str) -> None:
    """Refuse a call that stands in a function from before what it calls was defined anew."""
    whole, count = Span(0, len(source)), len(function.row.parameters)
    if given != count:
        message = f"{function.name} takes {count} argument{'s' * (count > 1)} by now, and is called with {given}"
        raise DerivError(message, source, whole, f"define anew what calls {function.name}")
    for name in function.calls:
        if name not in known:
            message = f"'{function.name}' calls '{name}', which is no function any more"
            raise DerivError(message, source, whole, f"define {name} anew, or {function.name}")


def _in_full(node: Tree, known: NamedFunctions, source: str) -> Tree:
    """A tree in which each call of a known function is what it stands for, if that is not too long."""
    try:
        whole = expanded(node, known, source)
    except DerivError as error:
        error.source, error.span = error.source or source, error.span or Span(0, len(source))
        raise
    _check_size(whole, source)
    return whole


def _check_size(node: Tree, source: str) -> None:
    """Refuse what would be too long a text: a function that uses its argument twice doubles it."""
    if size(node) > limits.MAX_EXPANDED_NODES:
        message = f"this stands for a formula with more than {limits.MAX_EXPANDED_NODES:,} parts"
        raise DerivError(message, source, Span(0, len(source)), "call fewer functions in each other")
