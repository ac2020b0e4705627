"""How the parser reads the calls of functions without a meaning, and of derivatives by primes: `f(x)`, `sin'(x)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span
from derivcli.language import tree
from derivcli.language.definitions.unknown_functions import CALL as MAY_BE_CALL
from derivcli.language.definitions.unknown_functions import orders_at, subscripted
from derivcli.language.definitions.unknown_rows import unknown_row
from derivcli.language.differentiation.slopes import condition_of, settled, slope
from derivcli.language.functions.forms import forms
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import name_exponents, operands, syntax_errors
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import CALL, Frame
from derivcli.language.printer import text_of

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser


def is_call(parser: Parser, token: Token) -> bool:
    """Whether a name begins the call of an unknown function, or one with primes or an exponent at its name."""
    if parser.trusted or not MAY_BE_CALL.match(parser.text, token.stop) or token.text in parser.declared:
        return False
    name = token.text
    is_known = name in vocabulary() or name in forms()
    if is_known and name not in parser.functions:  # most calls; `unknown` looks through the whole text
        return name in vocabulary() and orders_at(parser.text, token.stop, primes_only=True) is not None
    return name in parser.functions or name in parser.unknown or _parts(parser, name) is not None


def _parts(parser: Parser, name: str) -> tuple[str, str] | None:
    """The function and the letters in a name such as `f_xy`."""
    unknown = [known for known, row in parser.functions.items() if row.unknown] if "_" in name else ()
    return subscripted(name, {*parser.unknown, *unknown}) if "_" in name else None


def read_call(parser: Parser, token: Token) -> None:
    """Open the call of an unknown function, of a named one, or of the derivative of any."""
    name, below = _parts(parser, token.text) or (token.text, "")
    orders = orders_at(parser.text, token.stop)
    while orders and parser.next.start < orders[1]:
        parser.stream.take()
    exponent = None if orders else name_exponents.read_exponent(parser, token)
    row = parser.functions.get(name) or vocabulary().get(name) or unknown_row(name, 1)
    if exponent is not None:
        parser.notes.power_of_function(token, exponent)
    if name in parser.unknown:
        parser.notes.unknown_function(name, token, parser.unknown[name])
    parser.stream.take()
    frame = Frame(CALL, token, row, exponent=exponent, orders=orders[0] if orders else (), below=below)
    parser.push(frame)
    if parser.next.text == ")":
        raise syntax_errors.argument(token, row, empty=True)


def check_count(parser: Parser, call: Frame) -> None:
    """Refuse to call an unknown function with one number of arguments here and with another there."""
    assert call.row is not None, "a call has a row"
    name, count = call.row.name, len(call.arguments)
    known = parser.functions.get(name)
    expected = len(known.parameters) if known else parser.counts.setdefault(name, count)
    if count != expected:
        plural = "s" * (expected != 1)
        hint = f"write {known.signature}" if known else "use another name for the one of the two"
        message = f"{name} takes {expected} argument{plural}, and here it has {count}"
        raise DerivError(message, span=Span(call.opener.start, call.arguments[-1].stop + 1), hint=hint)


def finish_unknown(call: Frame, span: Span) -> Operand:
    """The call of an unknown or a named function, or of one of its derivatives."""
    assert call.row is not None, "a call has a row"
    orders = _orders(call.row.name, call, call.arguments, span)
    named = len(call.row.parameters) == len(call.arguments) and not orders
    made = unknown_row(call.row.name, len(call.arguments), orders)
    row = call.row if named else replace(made, free=call.row.free)
    return operands.call(row, call.arguments, span)


def _orders(name: str, call: Frame, arguments: Sequence[Operand], span: Span) -> tuple[int, ...]:
    """How often a call differentiates its function in each argument."""
    count = len(arguments)
    if call.below:
        letters = [str(argument.tree) if argument.tree.is_Symbol else "" for argument in arguments]
        if len({*letters}) != count or not {*call.below} <= {*letters}:
            hint = f"write it like {_by_place(name, count)}"
            raise DerivError(f"what {name}_{call.below} is the derivative by is not clear", span=span, hint=hint)
        return tuple(call.below.count(letter) for letter in letters)
    if not call.orders or len(call.orders) == count:
        return call.orders
    if len(call.orders) == 1:
        message = f"{name} has {count} variables, and a prime does not say by which it is differentiated"
    else:
        message = f"{name} has {count} variable{'s' * (count > 1)}, and here are {len(call.orders)} orders"
    raise DerivError(message, span=span, hint=f"write it like {_by_place(name, count)}")


def _by_place(name: str, count: int) -> str:
    names = ["x", "y", "z"] if count <= 3 else [f"x{place}" for place in range(1, count + 1)]
    orders = ",".join("1" if place == 0 else "0" for place in range(count))
    return f"{name}^({orders})({', '.join(names[:count])})" if count > 1 else f"{name}'(x)"


def finish_primed(parser: Parser, call: Frame, span: Span) -> Operand:
    """A derivative of a function of the table, taken in its place."""
    row, arguments = call.row, call.arguments
    assert row is not None, "a call has a row"
    places = [place for place, name in enumerate(row.parameters[: len(arguments)]) if name in row.variables]
    if all(argument.value is not None for argument in arguments[:-1]):
        places = places[-1:]  # besselj'(2, x)
    if len(places) != 1 or len(arguments) > len(row.parameters) or row.kernel is not None:
        raise _no_prime(row, span)
    by = tree.symbol("_")
    parts = [by if place == places[0] else each.tree for place, each in enumerate(arguments)]
    try:
        made = slope(tree.call(row, parts), {by: call.orders[0]})
        made = settled(tree.substitute(made, {by: arguments[places[0]].tree}))
    except DerivError as error:
        error.span = error.span or span
        raise
    where = condition_of(made)
    if where is not None:
        parser.notes.add("in place", f"this derivative has values only where {text_of(where)}", span)
    return parser.read_anew(made, span)


def _no_prime(row: Function, span: Span) -> DerivError:
    if row.kernel is not None:
        return DerivError(f"'{row.name}' is code, whose derivative is not known", span=span, hint="write its formula")
    message = f"{row.name} has several variables, and a prime does not say by which it is differentiated"
    return DerivError(message, span=span, hint=f"write it like diff({row.signature}, {row.parameters[0]})")
