"""Text to operands, by the grammar of the language.

    expression := sum
    sum        := product { ("+" | "-") product }
    product    := factor { [ "*" | "/" | "//" ] factor }          left to right, the sign may be left out
    factor     := ("-" | "+" | "√" | "∛") factor | power
    power      := postfix [ "**" factor ]                          right to left: 2^3^2 is 2^9
    postfix    := atom { "!" | superscript }
    atom       := number | variable | constant | "(" sum ")" | "|" sum "|" | call
    function   := a name of the table | ("log" | "ln") "_" base
    call       := function [ exponent ] "(" sum { "," sum } ")"
                | function [ exponent ] factor { factor }          sin 2x: signs left out, ends at the next function
                | ("if" | "where") "(" condition "," sum "," sum ")"
                | "Piecewise" "(" pair { "," pair } ")"
    pair       := "(" sum "," condition ")"
    exponent   := "**" number | superscript                        sin^2(x) is sin(x)^2
    condition  := conjunction { "or" conjunction }
    conjunction := denial { "and" denial }
    denial     := "not" denial | sum { comparison sum } | "True" | "False" | "(" condition ")"

The parser keeps a stack of frames, one for each open bracket, and never recurses; it looks each token up in
one of two tables, by whether an operand is due or has just been read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from derivcli.errors import DerivError, Span
from derivcli.language import ambiguities, limits, name_resolution, operands, syntax_errors, tree
from derivcli.language.constant_folding import Constant, UndefinedError
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import BRANCHING, CONSTANTS, vocabulary
from derivcli.language.notes import Notes
from derivcli.language.operands import Operand
from derivcli.language.parser_stack import BAR, BARE, CALL, GROUP, PAIR, TEXT, Frame, check_whole, finish
from derivcli.language.token_stream import TokenStream
from derivcli.language.tokens import Token, canonical_name
from derivcli.language.tree import Tree

SIGNS = ("-", "+", "√", "∛")
"""What may stand before an operand."""


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
        self.stream = TokenStream(text, self.declared, self.functions)
        self.frames: list[Frame] = []
        self.frame = Frame(TEXT, Token("start", "", 0, 0), inherits_condition=condition)
        """The innermost open frame."""
        self.symbols: dict[str, Tree] = {}
        self.notes = Notes(text)

    @property
    def variables(self) -> list[str]:
        """The names read as variables, in the order in which they appear."""
        return list(self.symbols)

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
                (self.read_operand if self.frame.operand is None else self.read_operator)(token)
                token = self.stream.take()
            return self.close_text(token)
        except DerivError as error:
            error.source = error.source or self.text
            raise

    # An operand is due

    def read_operand(self, token: Token) -> None:
        """Take a token where an operand is due."""
        frame = self.frame
        if frame.branching == "Piecewise" and token.text != "(":
            raise DerivError("Piecewise takes pairs", span=token.span, hint="write Piecewise((a, x > 0), (b, True))")
        if token.kind == "number":
            frame.operand = operands.number(token.text, token.start, token.stop)
            self.notes.inexact_number(token)
        elif token.kind == "name":
            self.read_name(token)
        elif token.text == "(":
            is_pair = frame.branching == "Piecewise"
            self.push(
                Frame(PAIR if is_pair else GROUP, token, inherits_condition=not is_pair and frame.wants_condition)
            )
        elif token.kind == "bar":
            self.push(Frame(BAR, token))
        elif token.text in SIGNS:
            frame.push_prefix(token)
        else:
            raise syntax_errors.missing_operand(token, self.stream.before, self.text)

    def read_name(self, token: Token) -> None:
        """Take a name where an operand is due."""
        name, frame = token.text, self.frame
        called = self.next.text == "("
        if name in self.declared:
            frame.operand = self.variable(token)
        elif name in name_resolution.KEYWORDS:
            self.read_keyword(token)
        elif name_resolution.is_function_name(name, self.functions, called):
            self.read_function(token)
        elif name in CONSTANTS:
            frame.operand = operands.constant(token)
            self.notes.euler_number(token, self.declared)
        elif name_resolution.is_variable_name(name):
            frame.operand = self.variable(token)
        elif name in name_resolution.TRUTHS and frame.wants_condition:
            frame.operand = Operand(tree.truth(name_resolution.TRUTHS[name]), token.start, token.stop, condition=True)
        else:
            raise name_resolution.unknown(token, called, self.declared, self.functions)

    def read_keyword(self, token: Token) -> None:
        """Take `not` where an operand is due; `and` and `or` are out of place there."""
        frame = self.frame
        starts_condition = not (frame.prefixes or frame.factors or frame.terms or frame.relations)
        if token.text == "not" and frame.wants_condition and starts_condition:
            limits.check_nesting(len(frame.denials) + 1, token.span)
            frame.denials.append(token)
        elif token.text == "not" and not frame.wants_condition:
            raise syntax_errors.condition(token)
        else:
            raise syntax_errors.missing_operand(token, self.stream.before, self.text)

    def variable(self, token: Token) -> Operand:
        """A variable as an operand; its name is kept in the order of appearance."""
        name = token.text
        if name not in self.symbols:
            self.symbols[name] = tree.symbol(name)
        return Operand(self.symbols[name], token.start, token.stop, value=self.values.get(name))

    def read_function(self, token: Token) -> None:
        """Open the call of a function, with or without brackets, with an exponent on its name perhaps."""
        exponent = self.read_exponent(token)
        branching = "Piecewise" if token.text == "piecewise" else token.text if token.text in BRANCHING else ""
        row = self.functions.get(token.text) or vocabulary().get(token.text)
        base = None if row or branching else self.read_base(token)
        row = vocabulary()["log"] if base else row
        if self.next.text == "(":
            self.stream.take()
            self.push(Frame(CALL, token, row, branching, exponent, base))
            if self.next.text != ")":
                return
        elif not branching and (self.next.kind in ("number", "name", "bar") or self.next.text in SIGNS):
            self.push(Frame(BARE, token, row, exponent=exponent, base=base))
            return
        raise syntax_errors.argument(token, row, empty=self.next.text == ")")

    def read_base(self, function: Token) -> Operand:
        """The base in a logarithm's name: the 5 of log_5(x)."""
        base = name_resolution.base_of(function.text)
        self.notes.glued_base(function, base)
        token = Token("name", base, function.start, function.stop)
        if base.isdigit():
            return operands.number(base, function.start, function.stop)
        if base in CONSTANTS and base not in self.declared:
            return operands.constant(token)
        return self.variable(token)

    def read_exponent(self, function: Token) -> Operand | None:
        """The exponent between a function's name and its argument: the 2 of sin^2(x)."""
        token = self.next
        if token.kind == "superscript":
            self.stream.take()
        elif token.text == "**":
            self.stream.take()
            token = self.next
            if token.kind == "number" or name_resolution.is_variable_name(token.text):
                self.stream.take()
        else:
            return None
        if token.kind == "name" and name_resolution.is_variable_name(token.text):
            return self.variable(token)
        if token.kind == "number" or (token.kind == "superscript" and token.text.isdigit()):
            return operands.number(token.text, token.start, token.stop)
        raise syntax_errors.power_of_a_name(function, token)

    # An operand has been read

    def read_operator(self, token: Token) -> None:
        """Take a token where an operator, an end or a silent multiplication is due."""
        frame = self.frame
        if token.text == "**":
            frame.push_prefix(token, frame.operand)
        elif token.kind == "superscript":
            assert frame.operand is not None
            frame.operand = operands.power(frame.operand, operands.superscript(token))
        elif token.text == "!":
            self.read_factorial(token)
        elif token.text in ("*", "/", "//"):
            self.read_written_sign(token)
        elif token.text in ("+", "-"):
            self.end_product()
            self.frame.close_term()
            self.frame.sign = token
        elif token.kind in ("comparison", "comma") or token.text == ")" or token.text in name_resolution.KEYWORDS:
            self.end_product()
            self.read_separator(token)
        elif token.kind == "bar" and self.inside_bar():
            self.end_product()
            self.close(token)
        else:
            self.read_silent_multiplication(token)

    def read_factorial(self, token: Token) -> None:
        """x! is factorial(x); x!! would be another function."""
        if self.next.text == "!":
            span = Span(token.start, self.next.stop)
            raise DerivError(
                "the double factorial is not read here", span=span, hint="write (x!)! for the factorial of x!"
            )
        operand = self.frame.operand
        assert operand is not None
        span = Span(operand.start, token.stop)
        self.frame.operand = operands.call(vocabulary()["factorial"], [operand], span)

    def read_silent_multiplication(self, token: Token) -> None:
        """Two operands side by side are a product, except two numbers."""
        frame = self.frame
        assert frame.operand is not None
        if token.kind == "number" and frame.operand.literal:
            span = Span(frame.operand.start, token.stop)
            raise DerivError("two numbers stand side by side", span=span, hint="write * between them, or join them")
        self.settle(ambiguities.RUN if token.start > frame.operand.stop else ambiguities.FACTOR)
        if token.kind == "name" and name_resolution.is_function_name(token.text, self.functions, self.next.text == "("):
            self.end_product()
        self.notes.expect(self.frame, ambiguities.silent_product(self.frame, token, self.text))
        self.notes.expect(self.frame, ambiguities.bare_product(self.frame, token, self.next, self.text))
        self.notes.no_function(self.frame, token)
        self.notes.lone_operator(self.frame, self.declared)
        self.frame.multiply(None)
        self.stream.put_back()

    def read_written_sign(self, token: Token) -> None:
        """A written `*` or `/` ends every argument without brackets."""
        bares = self.close_bares()
        leads_on = self.next.kind == "name" and name_resolution.is_function_name(
            self.next.text, self.functions, self.stream.next_is_called
        )
        self.settle(ambiguities.PRODUCT if leads_on else ambiguities.RUN)
        if bares and not leads_on:
            self.notes.expect(self.frame, ambiguities.bare_quotient(bares, token, self.next, self.text))
        self.notes.expect(self.frame, ambiguities.root(self.frame, token, self.next, self.text))
        self.frame.multiply(token)

    def read_separator(self, token: Token) -> None:
        """Take a comparison, a comma, a closing bracket, `and` or `or`."""
        frame = self.frame
        if token.text == ")":
            self.close(token)
        elif token.kind == "comma":
            if frame.kind not in (CALL, PAIR) or (frame.kind == PAIR and frame.arguments):
                raise syntax_errors.comma(self.stream.before, token, self.next, frame.kind == TEXT)
            frame.close_argument()
        elif not frame.wants_condition:
            raise syntax_errors.condition(token)
        elif token.kind == "comparison":
            frame.compared.append(frame.close_sum())
            frame.relations.append(token.text)
        elif token.text == "and":
            frame.close_comparison()
        elif token.text == "or":
            frame.close_conjunction()
        else:
            raise syntax_errors.missing_operand(token, self.stream.before, self.text)

    # Opening and closing

    def push(self, frame: Frame) -> None:
        """Open a frame."""
        limits.check_nesting(len(self.frames), frame.opener.span)
        self.frames.append(frame)
        self.frame = frame

    def pop(self) -> Frame:
        """Go back to the frame around the innermost one, which is given back."""
        closed = self.frames.pop()
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
        closed = []
        while self.frame.kind == BARE:
            closed.append(self.close_bare())
        return closed[::-1]

    def end_product(self) -> None:
        """End all that a product's end ends."""
        self.close_bares()
        self.settle(ambiguities.PRODUCT)

    def inside_bar(self) -> bool:
        """Whether the innermost bracket is a `|`."""
        return next(frame for frame in reversed(self.frames) if frame.kind != BARE).kind == BAR

    def close(self, token: Token) -> None:
        """End the innermost frame at its closing bracket."""
        frame = self.frame
        if frame.kind == TEXT:
            message, hint = "nothing is open here that ')' could close", "remove it or open it before"
            raise DerivError(message, span=token.span, hint=hint)
        if frame.kind == BAR and token.kind != "bar":
            raise syntax_errors.unclosed(frame.opener, self.text)
        frame.close_argument()
        self.pop()
        if frame.kind == PAIR:
            self.close_pair(frame, token)
        else:
            self.frame.operand = self.finish(frame, token.stop)
            if not self.trusted:
                self.notes.clash(frame)
                self.notes.keep(ambiguities.base_first(frame, token.stop, self.text))
                check_whole(frame)

    def finish(self, frame: Frame, stop: int) -> Operand:
        """The operand that a closed frame stands for in the frame around it."""
        result = finish(frame, stop)
        known = operands.values_of(frame.arguments) if frame.row is not None and result.value is None else None
        row = tree.row_of(result.tree) if known else None
        if known and row is not None and row.definition is not None:
            result.value = operands.guarded(lambda: _value_of_rewrite(row, known), result.span)
        return result if frame.exponent is None else replace(operands.power(result, frame.exponent), stop=stop)

    def close_pair(self, pair: Frame, token: Token) -> None:
        """Hand a Piecewise pair to its call, whose next token must part or end it."""
        if len(pair.arguments) != 2:
            span = Span(pair.opener.start, token.stop)
            raise DerivError("a pair is a value and its condition", span=span, hint="write (x**2, x > 0)")
        self.frame.arguments += pair.arguments
        following = self.stream.take()
        if following.text == ")":
            call = self.pop()
            self.frame.operand = self.finish(call, following.stop)
        elif following.kind != "comma":
            message, hint = "another pair or ')' is due here", "write Piecewise((a, x > 0), (b, True))"
            raise DerivError(message, span=following.span, hint=hint)

    def close_text(self, token: Token) -> Operand:
        """End the whole text."""
        self.end_product()
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
def _value_of_rewrite(row: Function, values: tuple[Constant, ...]) -> Constant | None:
    assert row.definition is not None, f"{row.name} is a primitive"
    given = dict(zip(row.parameters, values, strict=False))
    try:
        return Parser(row.definition, row.parameters, trusted=True, values=given).run().value
    except DerivError as inner:  # which speaks of a text that nobody typed
        raise UndefinedError(inner.message) from None
