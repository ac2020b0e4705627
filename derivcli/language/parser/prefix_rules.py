"""What a token means where an operand is due: a number, a name, an opening bracket, a sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.language import limits, tree
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import CONSTANT_FORMULAS, CONSTANTS, vocabulary
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.tokens import Token, unreadable
from derivcli.language.parser import (
    binding,
    condition_rules,
    derivative_rules,
    name_exponents,
    operands,
    sign_rules,
    syntax_errors,
    unknown_calls,
)
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import BAR, BARE, CALL, FENCES, GROUP, OPERATOR, OVER, PAIR, TUPLE, Frame
from derivcli.language.spelling import BARS, ROOTS, SIDE_BY_SIDE

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser

SIGNS = ("-", "+", "√", "∛", "∜")
"""What may stand before an operand."""

BEGINNINGS = ("number", "name", "bar", "fraction")
"""Kinds of tokens that begin the argument of a function without brackets."""


def read_operand(parser: Parser, token: Token) -> None:
    """Take a token where an operand is due."""
    frame = parser.frame
    is_pair = frame.form is not None and frame.form.pairs
    if is_pair and token.text == "ExprCondPair":
        token = parser.stream.take()
    if is_pair and token.text != "(":
        raise DerivError("Piecewise takes pairs", span=token.span, hint="write Piecewise((a, x > 0), (b, True))")
    if token.kind == "number":
        frame.operand = operands.number(token.text, token.start, token.stop)
        parser.notes.inexact_number(token)
    elif token.kind == "name":
        read_name(parser, token)
    elif token.text == "(":
        if is_pair or not derivative_rules.read_bracketed_head(parser, token):
            read_bracket(parser, token)
    elif token.text == "[" and frame.kind in (OPERATOR, OVER) and not frame.factors and not frame.prefixes:
        parser.push(Frame(GROUP, token, closes="]"))
    elif token.kind == "end" and frame.kind == OPERATOR:
        raise derivative_rules.nothing_behind(frame, parser.text)
    elif token.kind == "prime" or token.text in ("[", "]"):
        raise unreadable(parser.text, token.start)
    elif token.kind == "bar":
        parser.spelled.setdefault("abs", BARS)
        parser.push(Frame(BAR, token))
    elif token.kind == "fraction":
        sign_rules.read_fraction(parser, token)
    elif token.text in FENCES:
        sign_rules.open_fence(parser, token)
    elif token.text in SIGNS:
        if token.text in ROOTS:
            parser.spelled.setdefault(ROOTS[token.text], token.text)
        frame.push_prefix(token)
    elif token.kind == "logic" or (token.text == "!" and frame.wants_condition):
        read_keyword(parser, replace(token, kind="logic", text="not" if token.text == "!" else token.text))
    else:
        raise syntax_errors.missing_operand(token, parser.stream.before, parser.text)


def read_bracket(parser: Parser, token: Token) -> None:
    """Open a bracket: a pair of a Piecewise, several arguments of a form, or a group."""
    frame = parser.frame
    if frame.form is not None and frame.form.pairs:
        parser.push(Frame(PAIR, token))
    elif frame.form is not None and frame.form.tuples and frame.arguments and frame.is_empty:
        parser.push(Frame(TUPLE, token))
    else:
        parser.push(Frame(GROUP, token, inherits_condition=frame.wants_condition))


def read_name(parser: Parser, token: Token) -> None:
    """Take a name where an operand is due."""
    name, frame = token.text, parser.frame
    following = parser.stream.next.text
    called = following == "(" or (name == "D" and following == "[")
    if token.prefix:
        called = called or name not in CONSTANTS
        parser.notes.library(token, parser.stream.letters)
    if not token.prefix and (name in parser.declared or (parser.binding and parser.is_bound(token))):
        frame.operand = parser.variable(token)
    elif derivative_rules.read_derivative(parser, token):
        pass
    elif name in name_resolution.KEYWORDS:
        read_keyword(parser, token)
    elif not token.prefix and unknown_calls.is_call(parser, token):
        unknown_calls.read_call(parser, token)
    elif name_resolution.is_function_name(name, parser.functions, called):
        read_function(parser, token)
    elif name in CONSTANTS:
        frame.operand = operands.constant(token)
        parser.notes.euler_number(token, parser.declared)
    elif name in CONSTANT_FORMULAS:
        frame.operand = replace(parser.inner(CONSTANT_FORMULAS[name]), start=token.start, stop=token.stop)
    elif name_resolution.is_variable_name(name):
        frame.operand = parser.variable(token)
    elif name in name_resolution.TRUTHS and frame.wants_condition:
        frame.operand = Operand(tree.truth(name_resolution.TRUTHS[name]), token.start, token.stop, condition=True)
    else:
        refusal = binding.infinite(parser, token)
        raise refusal or name_resolution.unknown(token, called, parser.declared, parser.functions)


def read_keyword(parser: Parser, token: Token) -> None:
    """Take `not` where an operand is due; `and` and `or` are out of place there but for `AND(x > 0, x < 1)`."""
    frame = parser.frame
    if token.kind == "name" and token.text != "not" and parser.next.text == "(":
        read_function(parser, replace(token, text=token.text.capitalize()))
        return
    starts_condition = not (frame.prefixes or frame.factors or frame.terms or frame.relations)
    if token.text == "not" and frame.wants_condition and starts_condition:
        limits.check_nesting(len(frame.denials) + 1, token.span)
        frame.denials.append(token)
        condition_rules.note_word(parser, token)
    elif token.text == "not" and not frame.wants_condition:
        raise syntax_errors.condition(token, parser.text)
    else:
        raise syntax_errors.missing_operand(token, parser.stream.before, parser.text)


def read_function(parser: Parser, token: Token) -> None:
    """Open the call of a function, with or without brackets, with an exponent on its name perhaps."""
    exponent = name_exponents.read_exponent(parser, token)
    own = None if token.prefix else parser.functions.get(token.text)
    form = None if own else forms().get(token.text)
    row = None if form else own or vocabulary().get(token.text)
    base = None if row or form else read_base(parser, token)
    row = vocabulary()["log"] if base else row
    if row is not None and own is None and not base:
        parser.spelled.setdefault(row.name, row.name if token.prefix else token.text)
    if parser.next.text == "(" or (parser.next.text == "[" and token.text == "D"):
        bracket = parser.stream.take()
        closes = ")" if bracket.text == "(" else "]"
        parser.push(Frame(CALL, token, row, form, exponent, base, closes=closes))
        if form is not None and form.binds:
            binding.open_binder(parser, parser.frame, bracket)
        if parser.next.text != closes:
            return
    elif not form and begins_argument(parser, token):
        parser.spelled.setdefault(SIDE_BY_SIDE, SIDE_BY_SIDE)
        parser.push(Frame(BARE, token, row, exponent=exponent, base=base))
        glued = parser.stream.glued.get(token.start)
        if glued is not None:
            parser.notes.glued(parser.frame, glued)
        return
    raise syntax_errors.argument(token, row, empty=parser.next.text == ")")


def begins_argument(parser: Parser, function: Token) -> bool:
    """Whether an argument without brackets follows; the sign of `sin + 1` stands apart from what is behind it."""
    following = parser.next
    if following.text in ("+", "-") and following.start > function.stop:
        return not parser.text[following.stop : following.stop + 1].isspace()
    return following.kind in BEGINNINGS or following.text in (*SIGNS, *FENCES)


def read_base(parser: Parser, function: Token) -> Operand:
    """The base in a logarithm's name: the 5 of log_5(x)."""
    base = name_resolution.base_of(function.text)
    parser.notes.glued_base(function, base)
    token = Token("name", base, function.start, function.stop)
    if base.isdigit():
        return operands.number(base, function.start, function.stop)
    if base in CONSTANTS and base not in parser.declared:
        return operands.constant(token)
    return parser.variable(token)
