"""Text to operands, by the grammar of the language.

    expression := choice
    choice     := sum [ "if" condition "else" choice ]             as in Python
    sum        := product { ("+" | "-") product }
    product    := factor { [ "*" | "/" | "//" ] factor }          left to right, the sign may be left out
    factor     := ("-" | "+" | "√" | "∛") factor | power | derivative
    derivative := operator product | over                          d/dx x^2, d(x^2)/dx: `derivative_signs.py`
    power      := postfix [ "**" factor ]                          right to left: 2^3^2 is 2^9
    postfix    := atom { "!" | superscript | prime }               a prime stands behind a bracket: (x^2)'
    atom       := number | variable | constant | "(" choice ")" | "|" choice "|" | call
    function   := a name of the table | ("log" | "ln") "_" base
    call       := function [ exponent ] "(" choice { "," choice } ")"
                | function [ exponent ] factor { factor }          sin 2x: signs left out, ends at the next function
                | ("if" | "where") "(" condition "," choice "," choice ")"
                | "Piecewise" "(" pair { "," pair } ")"
    pair       := [ "ExprCondPair" ] "(" choice "," condition ")"
    exponent   := "**" number | superscript                        sin^2(x) is sin(x)^2
    condition  := conjunction { ( "or" | "|" | "||" | "∨" ) conjunction }
    conjunction := denial { ( "and" | "&" | "&&" | "∧" ) denial }
    denial     := ( "not" | "~" | "!" | "¬" ) denial | sum { comparison sum } | "True" | "False" | "(" condition ")"
                | ( "Eq" | "Ne" | "Gt" | "Ge" | "Lt" | "Le" ) "(" sum "," sum ")"
                | ( "And" | "Or" | "Not" | "Xor" ) "(" condition { "," condition } ")"

The parser keeps a stack of frames, one for each open bracket, and never recurses. `prefix_rules.py` takes a token
where an operand is due, `infix_rules.py` one that stands behind an operand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from derivcli.errors import DerivError, Span
from derivcli.language import limits, tree
from derivcli.language.definitions.unknown_functions import unknown_functions
from derivcli.language.definitions.unknown_rows import unknown_rows
from derivcli.language.functions.row import Function
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.derivative_signs import may_have_differentials
from derivcli.language.lexer.token_stream import TokenStream
from derivcli.language.lexer.tokens import Token, canonical_name
from derivcli.language.parser import ambiguities, binding, derivative_rules, operands, syntax_errors, unknown_calls
from derivcli.language.parser.calls import check_whole, finish
from derivcli.language.parser.condition_rules import end_choices
from derivcli.language.parser.constant_folding import Constant, UndefinedError
from derivcli.language.parser.infix_rules import read_operator
from derivcli.language.parser.notes import Notes
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import (
    BAR,
    BARE,
    CHOICE,
    GROUP,
    OPERATOR,
    PAIR,
    PRODUCTS,
    RANGE,
    TEXT,
    TUPLE,
    Frame,
)
from derivcli.language.parser.prefix_rules import read_operand
from derivcli.language.parser.sign_rules import closer_of
from derivcli.language.printer import text_of
from derivcli.language.spelling import WORDS, Spelling
from derivcli.language.tree import Tree


class Parser:
    """The state of one reading: the place in the tokens, the open frames, the notes."""

    def __init__(
        self,
        text: str,
        declared: Collection[str],
        condition: bool = False,
        trusted: bool = False,
        values: Mapping[str, Constant] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> None:
        self.text = text
        self.declared = {canonical_name(name) for name in declared}
        self.condition = condition
        self.trusted = trusted
        self.values = values or {}
        self.functions = functions or {}
        self.notes = Notes(text)
        self.stream = TokenStream(text, self.declared, self.functions, self.notes.runs)
        self.frames: list[Frame] = []
        self.frame = Frame(TEXT, Token("start", "", 0, 0), inherits_condition=condition)
        """The innermost open frame."""
        self.symbols: dict[str, Tree] = {}
        self.derivatives: dict[Tree, Span] = {}
        """Where each derivative stands that is still to be taken."""
        self.signs = 0
        """How many signs of derivatives have been read."""
        self.counts: dict[str, int] = {}
        """How many arguments each unknown function takes."""
        self.binding: list[Frame] = []
        """The open calls and ranges that bind names."""
        self.spelled: dict[str, str] = {}
        """How functions and signs are written, each as it is first."""
        self.terms = 0
        """Terms of the sums and products over an index that have been read."""

    @property
    def spelling(self) -> Spelling:
        """How the text spells what it has; names that are declared mean nothing else."""
        reserved = tuple(sorted(WORDS & {*self.declared, *self.symbols}))
        return Spelling(tuple(self.spelled.items()), reserved)

    @property
    def variables(self) -> list[str]:
        """The names read as variables, in the order in which they appear."""
        return list(self.symbols)

    @cached_property
    def unknown(self) -> Mapping[str, bool]:
        """The names that are functions without a meaning, and whether nothing else can be meant."""
        return {} if self.trusted else unknown_functions(self.text, self.declared, self.functions)

    @cached_property
    def names_by_bracket(self) -> binding.Names:
        """The names that calls bind, by the places of their brackets."""
        return binding.names_by_bracket(self.text)

    @property
    def next(self) -> Token:
        """The token after the one at hand."""
        return self.stream.next

    def run(self) -> Operand:
        """Read the whole text."""
        try:
            self.frame = Frame(TEXT, self.stream.next, inherits_condition=self.condition)
            self.frames = [self.frame]
            token = self.stream.take()
            while self.frame.operand is None or token.kind != "end":
                (read_operand if self.frame.operand is None else read_operator)(self, token)
                token = self.stream.take()
            return self.close_text(token)
        except DerivError as error:
            error.source = error.source or self.text
            raise

    def variable(self, token: Token) -> Operand:
        """A variable as an operand; its name is kept in the order of appearance."""
        name = token.text
        bound = binding.bound_operand(self, token) if self.binding else None
        if bound is not None:
            return bound
        if name not in self.symbols:
            self.symbols[name] = tree.symbol(name)
        return Operand(self.symbols[name], token.start, token.stop, value=self.values.get(name))

    def inner(self, formula: str) -> Operand:
        """What a formula of the language itself stands for, which nobody typed."""
        return Parser(formula, (), trusted=True).run()

    def is_bound(self, token: Token) -> bool:
        """Whether a name is the variable of a sum, a product or an integral around it."""
        return bool(self.binding) and binding.bound_operand(self, token) is not None

    @cached_property
    def has_differentials(self) -> bool:
        """Whether a differential may stand under a line somewhere."""
        return may_have_differentials(self.text)

    def push(self, frame: Frame) -> None:
        """Open a frame."""
        frame.depth = self.frame.depth + (frame.kind != GROUP)
        limits.check_nesting(frame.depth, frame.opener.span)
        limits.check_brackets(len(self.frames), frame.opener.span)
        self.frames.append(frame)
        self.frame = frame

    def pop(self) -> Frame:
        """Go back to the frame around the innermost one, which is given back."""
        closed = self.frames.pop()
        if closed.bound:
            self.binding.pop()
        self.frame = self.frames[-1]
        return closed

    def close_bare(self) -> tuple[Operand, Operand]:
        """End the argument of a function without brackets; give the call and its argument."""
        self.settle(ambiguities.PRODUCT)
        frame = self.pop()
        frame.close_argument()
        argument = frame.arguments[0]
        self.frame.operand = call = self.finish(frame, argument.stop)
        return call, argument

    def close_bares(self) -> list[tuple[Operand, Operand]]:
        """End every argument without brackets that is open at this place; give them from the outermost on."""
        if self.frame.kind != BARE:
            return []
        closed = []
        while self.frame.kind == BARE:
            closed.append(self.close_bare())
        return closed[::-1]

    def end_product(self) -> None:
        """End all that a product's end ends."""
        while self.frame.kind in PRODUCTS:
            if self.frame.kind == OPERATOR:
                derivative_rules.close_operator(self)
            else:
                self.close_bare()
        if self.frame.pending:
            self.settle(ambiguities.PRODUCT)

    def inside_bar(self) -> bool:
        """Whether the innermost bracket is a `|`."""
        return next(frame for frame in reversed(self.frames) if frame.kind not in (*PRODUCTS, CHOICE)).kind == BAR

    def derivative(self, body: Operand, names: Sequence[str], span: Span) -> Operand:
        """The derivative of an operand by names, the last of them first, still to be taken."""
        self.signs += 1
        limits.check_derivatives(self.signs, span)
        made = body.tree
        for name in reversed(names):
            made = tree.derivative(made, tree.symbol(name))
            self.derivatives[made] = span
        return Operand(made, span.start, span.stop, operands.deepened([body], span))

    def close(self, token: Token) -> None:
        """End the innermost frame at its closing bracket."""
        frame = self.frame
        if frame.kind == TEXT:
            message, hint = f"nothing is open here that '{token.text}' could close", "remove it or open it before"
            raise DerivError(message, span=token.span, hint=hint)
        if token.text != closer_of(frame):
            raise syntax_errors.unclosed(frame.opener, self.text)
        frame.close_argument()
        self.pop()
        if frame.kind in (PAIR, TUPLE):
            self.close_pair(frame, token)
        elif frame.kind == RANGE:
            binding.close_range(self, frame, token)
        else:
            self.frame.operand = self.finish(frame, token.stop)
            if not self.trusted and (frame.row is not None or frame.form is not None):
                self.notes.clash(frame)
                derivative_rules.note_letter(self, frame)
                self.notes.keep(ambiguities.base_first(frame, token.stop, self.text))
                check_whole(frame)
            derivative_rules.closed_square(self, token)

    def finish(self, frame: Frame, stop: int) -> Operand:
        """The operand that a closed frame stands for in the frame around it."""
        if frame.orders and frame.row is not None and not frame.row.unknown:
            return unknown_calls.finish_primed(self, frame, Span(frame.opener.start, stop))
        if frame.row is not None and frame.row.unknown:
            unknown_calls.check_count(self, frame)
        result = finish(frame, stop)
        made = result.tree
        while isinstance(made, tree.Derivative):
            self.derivatives.setdefault(made, result.span)
            made = made.args[0]
        if frame.form is not None and frame.form.binds == "index":
            result = binding.with_value(self, result, value_of_rewrite)
        known = operands.values_of(frame.arguments) if frame.row is not None and result.value is None else None
        row = tree.row_of(result.tree) if known else None
        if known and row is not None and row.definition is not None:
            result.value = operands.guarded(lambda: value_of_rewrite(row, known), result.span)
        return result if frame.exponent is None else replace(operands.power(result, frame.exponent), stop=stop)

    def read_anew(self, made: Tree, span: Span) -> Operand:
        """A tree that came about otherwise as an operand, with all that is refused in a formula refused in it."""
        names = {str(part) for part in tree.postorder(made) if part.is_Symbol}
        functions = {**self.functions, **unknown_rows(made)}
        found = Parser(text_of(made), names, trusted=True, functions=functions).run()
        return replace(found, start=span.start, stop=span.stop, literal=False)

    def begins_call(self, token: Token) -> bool:
        """Whether a token is the name of a function that is called here."""
        return token.kind == "name" and (
            name_resolution.is_function_name(token.text, self.functions, self.stream.is_called(token))
            or unknown_calls.is_call(self, token)
        )

    def close_call(self, token: Token) -> None:
        """End a call whose last argument has ended."""
        call = self.pop()
        self.frame.operand = self.finish(call, token.stop)

    def close_pair(self, pair: Frame, token: Token) -> None:
        """Hand a Piecewise pair, or several arguments, to its call, whose next token must part or end it."""
        if pair.kind == PAIR and len(pair.arguments) != 2:
            span = Span(pair.opener.start, token.stop)
            raise DerivError("a pair is a value and its condition", span=span, hint="write (x**2, x > 0)")
        self.frame.arguments += pair.arguments
        following = self.stream.take()
        if following.text == ")":
            self.close_call(following)
        elif following.kind != "comma":
            assert self.frame.form is not None, "pairs stand in the call of a form"
            message, hint = "another pair or ')' is due here", f"write {self.frame.form.example}"
            raise DerivError(message, span=following.span, hint=hint)

    def close_text(self, token: Token) -> Operand:
        """End the whole text."""
        self.end_product()
        end_choices(self, token)
        frame = self.frame
        if frame.kind != TEXT:
            raise syntax_errors.unclosed(frame.opener, self.text)
        frame.close_argument()
        (operand,) = frame.arguments
        (operands.require_condition if self.condition else operands.require_number)(operand)
        return operand

    def settle(self, reach: int) -> None:
        """End the places with two meanings that go no further than the token before the one at hand."""
        if self.frame.pending and self.stream.before is not None:
            self.notes.settle(self.frame, reach, self.stream.before.stop)


@lru_cache(maxsize=10_000)
def value_of_rewrite(row: Function, values: tuple[Constant, ...]) -> Constant | None:
    """The value of a row's definition for constants; UndefinedError where it has none."""
    assert row.definition is not None, f"{row.name} is a primitive"
    given = dict(zip(row.parameters, values, strict=False))
    try:
        return Parser(row.definition, row.parameters, trusted=True, values=given).run().value
    except DerivError as inner:  # which speaks of a text that nobody typed
        raise UndefinedError(inner.message) from None
