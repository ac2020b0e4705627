"""What a token means behind an operand: an operator, an end, or a multiplication whose sign is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import (
    ambiguities,
    binding,
    condition_rules,
    derivative_rules,
    operands,
    sign_rules,
    syntax_errors,
)
from derivcli.language.parser.parser_stack import BARE, CALL, PAIR, RANGE, TEXT, TUPLE
from derivcli.language.spelling import EULER, HALF, POWER, SIDE_BY_SIDE
from derivcli.language.tree import NUMBERS

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser

EULERS_NUMBER = NUMBERS["e"]

CLOSERS = (")", "]", "⌋", "⌉")
"""What closes a bracket."""


def read_operator(parser: Parser, token: Token) -> None:
    """Take a token where an operator, an end or a silent multiplication is due."""
    if token.kind == "operator":
        OPERATORS.get(token.text, read_silent_multiplication)(parser, token)
    elif token.kind == "name" and token.text not in derivative_rules.WORDS:
        read_silent_multiplication(parser, token)
    elif token.kind in ("comparison", "comma") or token.text in CLOSERS or token.text in name_resolution.KEYWORDS:
        parser.end_product()
        read_separator(parser, token)
    elif token.kind == "superscript":
        assert parser.frame.operand is not None
        spell_power(parser, token)
        parser.notes.keep(ambiguities.raised_exponent(parser.frame, token, parser.text))
        parser.frame.operand = operands.power(parser.frame.operand, operands.superscript(token))
    elif token.kind == "prime":
        derivative_rules.read_prime(parser, token)
    elif token.kind == "fraction":
        sign_rules.read_mixed_number(parser, token)
    elif token.kind == "bar" and condition_rules.is_or(parser, token):
        condition_rules.read_junction(parser, condition_rules.bars(parser, token))
    elif token.kind == "bar" and parser.inside_bar():
        parser.end_product()
        condition_rules.end_choices(parser, token)
        parser.close(token)
    elif token.text == "if" and condition_rules.begins_choice(parser):
        condition_rules.read_if(parser, token)
    elif token.text == "else" and token.text not in parser.declared:
        condition_rules.read_else(parser, token)
    else:
        read_silent_multiplication(parser, token)


def read_power(parser: Parser, token: Token) -> None:
    """Wait for an exponent."""
    parser.notes.expect(parser.frame, ambiguities.exponent_of_raised(parser.frame, token, parser.text))
    spell_power(parser, token, is_half=ends_half(parser))
    parser.frame.push_prefix(token, parser.frame.operand)


def ends_half(parser: Parser) -> bool:
    """Whether `(1/2)` follows."""
    return parser.next.text == "(" and all(parser.stream.peek(place).text == each for place, each in enumerate("(1/2)"))


def spell_power(parser: Parser, token: Token, is_half: bool = False) -> None:
    """Write down how a power is written, and whether it is one of e or a square root."""
    operand, spelled = parser.frame.operand, parser.spelled
    spelled.setdefault(POWER, "**" if parser.text[token.start] == "*" else "^")
    if is_half:
        spelled.setdefault(HALF, HALF)
    elif operand is not None and operand.tree is EULERS_NUMBER:
        spelled.setdefault(EULER, EULER)


def read_sign_of_term(parser: Parser, token: Token) -> None:
    """A written `+` or `-` ends a term."""
    parser.close_bares()
    derivative_rules.check_sum(parser, token)
    parser.end_product()
    parser.frame.close_term()
    parser.frame.sign = token


def read_factorial(parser: Parser, token: Token) -> None:
    """x! is factorial(x); x!! would be another function."""
    if parser.next.text == "!":
        span = Span(token.start, parser.next.stop)
        raise DerivError("the double factorial is not read here", span=span, hint="write (x!)! for the factorial of x!")
    operand = parser.frame.operand
    assert operand is not None
    span = Span(operand.start, token.stop)
    parser.frame.operand = operands.call(vocabulary()["factorial"], [operand], span)


def read_silent_multiplication(parser: Parser, token: Token) -> None:
    """Two operands side by side are a product, except two numbers."""
    frame = parser.frame
    assert frame.operand is not None
    if token.kind == "name" and sign_rules.is_degree(parser, token):
        sign_rules.read_degrees(parser, token)
        return
    joined = token.start == frame.operand.stop
    if token.kind == "number" and frame.operand.literal:
        span = Span(frame.operand.start, token.stop)
        raise DerivError("two numbers stand side by side", span=span, hint="write * between them, or join them")
    derivative_rules.check_bracket(parser, token)
    if token.text == "(" and joined and parser.text[frame.operand.start].isupper():
        syntax_errors.check_layer(frame.operand, parser.text)
        syntax_errors.check_sympy_call(frame.operand, parser.declared, parser.text, token.start)
    is_function = parser.begins_call(token)
    glued = parser.stream.glued.get(frame.opener.start) if frame.kind == BARE and not is_function else None
    if glued is not None and token.start >= glued.token.stop and not (token.kind == "name" and joined):
        raise syntax_errors.glued_argument(glued.start, frame, token, parser.text)
    parser.settle(ambiguities.FACTOR if joined else ambiguities.RUN)
    if is_function:
        parser.close_bares()
        parser.settle(ambiguities.PRODUCT)
    derivative_rules.expect_product(parser, written=False)
    frame, notes, text = parser.frame, parser.notes, parser.text
    notes.expect(frame, ambiguities.silent_product(frame, token, text))
    if frame.kind == BARE:
        notes.expect(frame, ambiguities.bare_product(frame, token, parser.next, text))
    elif frame.kind == TEXT:
        notes.lone_operator(frame, parser.declared)
    if token.text == "(":
        notes.no_function(frame, token)
    parser.spelled.setdefault(SIDE_BY_SIDE, SIDE_BY_SIDE)
    frame.multiply(None)
    parser.stream.put_back()


def read_written_sign(parser: Parser, token: Token) -> None:
    """A written `*` or `/` ends every argument without brackets."""
    bares = parser.close_bares()
    if token.text == "/":
        if derivative_rules.close_over(parser, token):
            return
        derivative_rules.check_differential(parser, token)
    derivative_rules.expect_product(parser, written=True)
    if bares or parser.frame.pending:
        leads_on = parser.begins_call(parser.next)
        parser.settle(ambiguities.PRODUCT if leads_on else ambiguities.RUN)
        if bares and not leads_on:
            parser.notes.expect(parser.frame, ambiguities.bare_quotient(bares, token, parser.next, parser.text))
    if token.text == "/":
        parser.notes.expect(parser.frame, ambiguities.root(parser.frame, token, parser.next, parser.text))
    parser.frame.multiply(token)


def read_separator(parser: Parser, token: Token) -> None:
    """Take a comparison, a comma, a closing bracket, `and` or `or`."""
    if token.text in CLOSERS or token.kind == "comma":
        condition_rules.end_choices(parser, token)
    frame = parser.frame
    if token.text in CLOSERS:
        parser.close(token)
    elif token.kind == "comma":
        if frame.kind not in (CALL, PAIR, RANGE, TUPLE) or (frame.kind == PAIR and frame.arguments):
            raise syntax_errors.comma(parser.stream.before, token, parser.next, frame.kind == TEXT)
        frame.close_argument()
        if frame.kind == CALL and frame.form is not None and frame.form.binds:
            binding.read_bound(parser, token)
    elif not frame.wants_condition:
        raise syntax_errors.condition(token, parser.text)
    elif token.kind == "comparison":
        condition_rules.check_compared(parser, token)
        frame.compared.append(frame.close_sum())
        frame.relations.append(token.text)
    elif token.text in ("and", "or"):
        condition_rules.read_junction(parser, token)
    else:
        raise syntax_errors.missing_operand(token, parser.stream.before, parser.text)


OPERATORS = {
    "**": read_power,
    "!": read_factorial,
    "°": sign_rules.read_degrees,
    "%": sign_rules.read_percent,
    **dict.fromkeys(("*", "/", "//"), read_written_sign),
    **dict.fromkeys(("+", "-"), read_sign_of_term),
}
"""What each sign behind an operand does; a sign of a root begins another factor."""
