"""Notes on a text that is read all the same, one of each kind, and the places in it that have two meanings."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivcli.errors import Note, Span
from derivcli.language.functions import libraries
from derivcli.language.functions.row import is_function_letter
from derivcli.language.lexer.derivative_words import LONE_OPERATOR
from derivcli.language.lexer.run_notes import RunNotes
from derivcli.language.lexer.token_stream import GluedArgument
from derivcli.language.lexer.tokens import SUPERSCRIPTS, Token
from derivcli.language.parser import ambiguities
from derivcli.language.parser.ambiguities import Ambiguity, Pending
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import TEXT, Frame

EXACT_DIGITS = 15
"""Whole numbers of so many digits are exact in float64."""

_LONE_ARGUMENT = re.compile(r"\(\s*(?:([A-Za-z]\w*)|[-+−]?\s*[0-9.]+(?:\s*/\s*[0-9]+)?)\s*\)")
"""A bracket around a name or a number, which is an argument rather than a factor."""

_NUMERIC = "N"
"""SymPy's function that computes a formula."""


class Notes:
    """What is noted while a text is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.by_kind: dict[str, Note] = {}
        self.ambiguities: list[Ambiguity] = []
        self.unknown: list[str] = []
        """Functions that are not known."""
        self.runs = RunNotes(text)

    @property
    def all(self) -> tuple[Note, ...]:
        """All that was noted."""
        return (*self.by_kind.values(), *self.runs.notes())

    def glued(self, frame: Frame, argument: GluedArgument) -> None:
        """Wait for the end of an argument that is glued to its function's name."""

        def end(stop: int) -> None:
            other = self.runs.glued(argument, stop)
            if other is not None and len(self.ambiguities) < ambiguities.MAX_AMBIGUITIES:
                self.ambiguities.append(other)

        frame.pending.append(Pending(ambiguities.PRODUCT, end))

    def add(self, kind: str, message: str, span: Span, other: str = "") -> None:
        """Keep the first note of each kind."""
        if kind not in self.by_kind:
            self.by_kind[kind] = Note(message, self.text, span, other)

    def inexact_number(self, token: Token) -> None:
        """A whole number that float64 cannot hold as typed."""
        if len(token.text) > EXACT_DIGITS and token.text.isdigit():
            held = int(float(token.text))
            if held != int(token.text):
                self.add("inexact", f"float64 holds {held} instead, the nearest it has", token.span)

    def euler_number(self, token: Token, declared: Collection[str]) -> None:
        """A capital E, which in engineering is a modulus, and an e beside a variable E, as in Kepler's equation."""
        if not token.prefix and (token.text == "E" or (token.text == "e" and "E" in declared)):
            number = "Euler's number e" if token.text == "E" else "Euler's number"
            message = f"{token.text} is read as {number}; declare it, as in `--wrt {token.text}`, to have a variable"
            self.add(token.text, message, token.span)

    def no_function(self, frame: Frame, token: Token) -> None:
        """`f(x)`, where f is no function."""
        operand = frame.operand
        assert operand is not None, "a product goes on only behind an operand"
        base = next((base for _, base in reversed(frame.prefixes) if base is not None), operand)
        if operand.stop != token.start or not base.tree.is_symbol or self.text[token.start] != "(":
            return
        found = _LONE_ARGUMENT.match(self.text, token.start) if not frame.prefixes else None
        alone = found is not None and (found[1] is not None or self.text[operand.start] not in "(x")
        if alone or is_function_letter(str(base.tree)) or str(base.tree) == _NUMERIC:
            written = self.text[base.start : operand.stop]
            message = f"this is read as the product of {written} and the bracket, not as a function"
            self.add("function", message, Span(base.start, token.stop))

    def unknown_function(self, name: str, token: Token, is_certain: bool) -> None:
        """`f(x)`, of which nothing else says that it is no product; one note names all such functions."""
        before = self.by_kind.get("unknown")
        if is_certain or (before and name in self.unknown):
            return
        self.unknown.append(name)
        *names, last = self.unknown
        said = f"{', '.join(names)} and {last} are read as functions" if names else f"{last} is read as a function"
        message = f"{said}; for a product write {next(iter(self.unknown))}*(...)"
        self.by_kind["unknown"] = Note(message, self.text, before.span if before else token.span)

    def power_of_function(self, token: Token, exponent: Operand) -> None:
        """`f^2(x)`, which is f(f(x)) to some."""
        name = self.text[token.start : token.stop]
        written = self.text[token.start : exponent.stop]
        raised = self.text[exponent.start : exponent.stop].translate(SUPERSCRIPTS)
        message = f"{written}(...) is read as ({name}(...))^{raised}; for {name} of {name} write {name}({name}(...))"
        self.add("power of a function", message, Span(token.start, exponent.stop))

    def lone_operator(self, frame: Frame, declared: Collection[str]) -> None:
        """`d sin(x)` and `D x^2`, where the letter that asks for a derivative is read as a variable."""
        operand = frame.operand
        assert operand is not None, "a product goes on only behind an operand"
        if frame.kind != TEXT or frame.factors or self.text[operand.start] not in "dD0123456789":
            return
        first = frame.prefixes[0][1] if frame.prefixes else operand
        found = LONE_OPERATOR.fullmatch(self.text, first.start, operand.stop) if first is not None else None
        if found is not None and found[1] not in declared:
            message = f"{found[1]} is read as a variable; for the derivative leave it out"
            self.add("differential", message, Span(*found.span()))

    def glued_base(self, function: Token, base: str) -> None:
        """`log5(x)`, which could be log(5x)."""
        if self.text[function.start : function.stop].endswith(base) and "_" not in function.text:
            message = f"{function.text} is read as the logarithm to the base {base}, as in log(x, {base})"
            self.add("glued", message, function.span)

    def library(self, token: Token, letters: Collection[str]) -> None:
        """A prefix that is a variable too, or a function of a library that is another one for some arguments."""
        typed = self.text[token.start : token.stop]
        if token.prefix in letters:
            self.add("prefix", f"{typed} is read as {token.text}; {token.prefix} by itself is a variable", token.span)
        said = libraries.note(token.prefix, typed.rpartition(".")[2])
        if said:
            self.add(f"library {typed}", f"{typed} is read as {said}", token.span)

    def bitwise(self, token: Token) -> None:
        """`x > 0 & x < 1`, which Python reads as a chain of comparisons with `0 & x` in it."""
        message = "comparisons are read before & and |; in Python each needs its brackets, as in (x > 0) & (x < 1)"
        self.add("bitwise", message, token.span)

    def clash(self, call: Frame) -> None:
        """A function whose name means another one in another library."""
        is_meant = call.opener.prefix not in ("", "sp")  # which SciPy is called too
        if call.row is not None and call.row.clash and call.opener.text == call.row.name and not is_meant:
            self.add(f"clash {call.row.name}", f"{call.row.name} is {call.row.clash}", call.opener.span)

    def expect(self, frame: Frame, pending: Pending | None) -> None:
        """Wait for the end of a place with two meanings."""
        if pending is not None and len(self.ambiguities) + len(frame.pending) < ambiguities.MAX_AMBIGUITIES:
            frame.pending.append(pending)

    def settle(self, frame: Frame, reach: int, stop: int) -> None:
        """End the places of a frame that reach no further than `reach`, at the position `stop`."""
        ended = [pending for pending in frame.pending if pending.reach <= reach]
        frame.pending = [pending for pending in frame.pending if pending.reach > reach]
        for pending in ended:
            self.keep(pending.end(stop))

    def keep(self, ambiguity: Ambiguity | None) -> None:
        """Keep a place with two meanings, and note the first of each kind."""
        if ambiguity is None or len(self.ambiguities) >= ambiguities.MAX_AMBIGUITIES:
            return
        self.ambiguities.append(ambiguity)
        if ambiguity.kind not in self.by_kind:
            self.add(ambiguity.kind, ambiguity.message, ambiguity.span, ambiguities.edited(self.text, [ambiguity]))
