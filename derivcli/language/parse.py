"""Text to Expression: the parser's reading with the definitions that it uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from derivcli.errors import DerivError, EquationError, Span
from derivcli.language import tree
from derivcli.language.definitions.left_sides import SIGNS, LeftSide, check_stated, left_side
from derivcli.language.definitions.unknown_functions import subscripted, unknown_functions
from derivcli.language.definitions.unknown_rows import unknown_rows
from derivcli.language.differentiation.derivatives import Taken, taken
from derivcli.language.expression import Definition, Expression
from derivcli.language.functions.row import NO_FUNCTIONS, Functions
from derivcli.language.lexer.lost_powers import with_lost_powers, with_transposes
from derivcli.language.lexer.tokens import EQUATION, EQUATION_HINT, equation_refusal
from derivcli.language.notations.notations import transcribed
from derivcli.language.notations.refused_notation import check_notation
from derivcli.language.parser import ambiguities
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser import Parser
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree
from derivcli.language.variable_order import in_usual_order


def parse_expression(
    text: str,
    declared: Collection[str] = (),
    definitions: tuple[Definition, ...] = (),
    functions: Functions = NO_FUNCTIONS,
    derivatives: bool = True,
) -> Expression:
    """The formula that `text` writes; raises DerivError with the place where it is no formula.

    `declared` are names that are one variable each, whatever they would mean otherwise; the names of
    `definitions` are declared too and stand for their trees. `functions` are the user's own, beside those of the table.
    Without `derivatives` the signs of these are refused.
    """
    written = transcribed(text, {*declared, *(definition.name for definition in definitions)}, functions)
    if written is None:
        found = _parsed(text, declared, definitions, functions, derivatives)
        return with_transposes(with_lost_powers(found, declared), declared)
    with written.refusals():
        unknown = unknown_functions(written.text, declared, functions) if written.names else {}
        names = [name for name in written.names if subscripted(name, unknown) is None]
        found = _parsed(written.text, {*declared, *names}, definitions, functions, derivatives)
    return with_transposes(replace(found, source=text, notes=tuple(written.notes(found.notes))), declared)


def _parsed(
    text: str,
    declared: Collection[str],
    definitions: tuple[Definition, ...],
    functions: Functions,
    derivatives: bool,
) -> Expression:
    """The formula that a text in our notation writes, which may have a left side."""
    if "=" in text:
        check_stated(text)
    side = left_side(text, functions) if any(sign in text for sign in SIGNS) else None
    if side is not None:
        return _named(text, side, declared, definitions, functions, derivatives)
    defined = [definition.name for definition in definitions]
    parser = Parser(text, {*declared, *defined}, functions=functions)
    check_notation(text, parser.declared)
    operand = parser.run()
    if parser.derivatives and not derivatives:
        span = min(parser.derivatives.values(), key=lambda each: each.start)
        hint = "write the derivative itself in its place"
        raise DerivError("a derivative in an equation is not read here", text, span, hint)
    found = None
    if parser.derivatives:
        found = taken(operand.tree, parser.derivatives, text, definitions, parser.variables)
        operand = _again(found, text, parser) if found.in_place else replace(operand, tree=found.tree)
    used = _used_definitions(parser.variables, definitions)
    inner = [name for definition in used for name in _names_in(definition.tree)]
    variables = in_usual_order(name for name in dict.fromkeys([*parser.variables, *inner]) if name not in defined)
    notes = (*(note for definition in used for note in definition.notes), *parser.notes.all)
    if found is not None:
        notes = (*notes, *found.notes)
    asked = found.asked if found is not None else ()
    spelling = parser.spelling.before(definition.spelling for definition in used)
    expression = Expression(text, operand.tree, variables, used, notes, operand.value, asked=asked, spelling=spelling)
    if not functions:
        vars(expression)["custom_functions"] = ()  # which no other formula has, and which takes long to look for
    return expression


def _named(
    text: str,
    side: LeftSide,
    declared: Collection[str],
    definitions: tuple[Definition, ...],
    functions: Functions,
    derivatives: bool,
) -> Expression:
    """The formula that a left side gives a name, read where it stands so that its places are those of the text."""
    formula = " " * side.start + text[side.start : side.stop]
    names = {*declared, *side.arguments} - {side.name}
    try:
        found = _parsed(formula, names, definitions, functions, derivatives)
    except DerivError as error:
        error.source = text if error.source == formula else error.source
        raise
    is_point = not side.arguments and not found.variables and not found.unknown_functions
    if side.name in found.variables:
        raise EquationError(EQUATION, text, side.sign, EQUATION_HINT)
    if side.name in found.unknown_functions:
        raise DerivError(f"'{side.name}' is defined by itself", text, side.sign, "write its formula without it")
    if is_point:
        raise equation_refusal(text, side.sign)
    found = in_place(found)
    notes = tuple(
        replace(
            note, source=text, other=note.other and text[: side.start] + note.other[side.start :] + text[side.stop :]
        )
        if note.source == formula
        else note
        for note in found.notes
    )
    variables = tuple(dict.fromkeys([*side.arguments, *found.variables]))
    return replace(found, source=text, variables=variables, notes=notes, name=side.name, arguments=side.arguments)


def _again(found: Taken, text: str, typed: Parser) -> Operand:
    """What a tree is whose derivatives have been taken, read anew so that whatever is refused is refused in it."""
    try:
        names = {str(node) for node in tree.postorder(found.tree) if node.is_Symbol}
        functions = {**typed.functions, **unknown_rows(found.tree)}
        return Parser(text_of(found.tree), {*typed.declared, *names}, functions=functions).run()
    except DerivError as error:
        message = f"with its derivatives in place this is refused: {error.message}"
        raise DerivError(message, text, Span(0, len(text)), "write the derivatives yourself") from None


def in_place(expression: Expression) -> Expression:
    """The formula of the derivative that a text asks for, where a formula is due and no derivative of one."""
    if not expression.asked:
        return expression
    node, source = expression.tree, expression.source
    for name in reversed(expression.asked):
        node = tree.derivative(node, tree.symbol(name))
    found = taken(node, {}, source, expression.definitions, expression.variables, top=False)
    parser = Parser("", {*expression.variables, *(each.name for each in expression.definitions)})
    operand = _again(found, source, parser)
    notes = (*expression.notes, *found.notes)
    return replace(expression, tree=operand.tree, constant=operand.value, asked=(), notes=notes)


def other_meanings(expression: Expression, declared: Collection[str] = ()) -> Iterator[Expression]:
    """What the text of an expression means too, where people write two things in one way."""
    known = {*declared, *expression.variables, *(definition.name for definition in expression.definitions)}
    written = transcribed(expression.source, known)
    source = expression.source if written is None else written.text
    parser = Parser(source, known)
    try:
        if parser.run().tree != expression.tree:
            return  # it was read with more than is known here
    except DerivError:
        return
    seen = {expression.text}
    for text in ambiguities.other_texts(source, parser.notes.ambiguities):
        try:
            other = parse_expression(text, known, expression.definitions)
        except DerivError:  # such as a part that has no value
            continue
        if other.text not in seen:
            seen.add(other.text)
            yield other


def _used_definitions(names_read: Collection[str], definitions: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """The definitions that the names need, directly or through each other, in their order."""
    needed = set(names_read)
    used: list[Definition] = []
    for definition in reversed(definitions):
        if definition.name in needed:
            used.append(definition)
            needed.update(_names_in(definition.tree))
    return tuple(reversed(used))


def _names_in(node: Tree) -> list[str]:
    return list(dict.fromkeys(str(part) for part in tree.postorder(node) if part.is_Symbol))
